//! No stack at all: the request as a curl command line, and the reply from its bytes.
//!
//! ```text
//! cargo run -p cloudinary-provisioning-tests --example stack_curl                      # the whole way, with a made-up account
//! cargo run -p cloudinary-provisioning-tests --example stack_curl -- request           # of CLOUDINARY_ACCOUNT_URL
//! cargo run -p cloudinary-provisioning-tests --example stack_curl -- request --show-secret | sh > reply
//! cargo run -p cloudinary-provisioning-tests --example stack_curl -- reply < reply
//! ```

use std::error::Error;
use std::io::{self, Read};
use std::process::Command;

use cloudinary_provisioning::users::List;
use cloudinary_provisioning::{Account, Origin};
use cloudinary_provisioning_fake::{FakeAccount, FakeServer, NewUser};

/// A command for a POSIX shell. What is marked sensitive is shown on request alone.
pub(crate) fn curl(request: &http::Request<Vec<u8>>, show_secret: bool) -> Result<String, Box<dyn Error>> {
    let mut words = vec!["curl --silent --include --request".to_owned(), request.method().to_string()];
    words.push(quoted(&request.uri().to_string()));
    for (name, value) in request.headers() {
        let value = if value.is_sensitive() && !show_secret { "REDACTED" } else { value.to_str()? };
        words.push(format!("--header {}", quoted(&format!("{name}: {value}"))));
    }
    if !request.body().is_empty() {
        words.push(format!("--data-raw {}", quoted(str::from_utf8(request.body())?)));
    }
    Ok(words.join(" "))
}

fn quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', r"'\''"))
}

/// A reply as `curl --include` prints it: status line, headers, an empty line, the body.
pub(crate) fn reply(bytes: &[u8]) -> Result<http::Response<&[u8]>, Box<dyn Error>> {
    let mut headers = [httparse::EMPTY_HEADER; 100];
    let mut head = httparse::Response::new(&mut headers);
    let httparse::Status::Complete(length) = head.parse(bytes)? else {
        return Err("the reply ends before its headers do".into());
    };
    let mut response = http::Response::builder().status(head.code.unwrap_or_default());
    for header in head.headers.iter() {
        response = response.header(header.name, header.value);
    }
    Ok(response.body(bytes.get(length..).unwrap_or_default())?)
}

fn show(bytes: &[u8]) -> Result<(), Box<dyn Error>> {
    for user in List::new().parse(&reply(bytes)?)? {
        println!("{}", user.email.unwrap_or_default());
    }
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["request", rest @ ..] => {
            let account = Account::from_lookup(|name| std::env::var(name).ok())?;
            println!("{}", curl(&account.request(&List::new())?, rest == ["--show-secret"])?);
        }
        ["reply"] => {
            let mut bytes = Vec::new();
            io::stdin().read_to_end(&mut bytes)?;
            show(&bytes)?;
        }
        _ => {
            let made_up = FakeAccount::new("acc", "key", "secret").with_user(NewUser::new("Ada", "ada@example.com"));
            let server = FakeServer::start(made_up)?;
            let account = Account::new("acc", "key", "secret")?.with_origin(Origin::url(&server.url())?);
            let request = account.request(&List::new())?;
            println!("$ {}", curl(&request, false)?);
            show(&Command::new("sh").args(["-c", &curl(&request, true)?]).output()?.stdout)?;
        }
    }
    Ok(())
}
