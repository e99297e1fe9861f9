//! The client over the program `curl`, which reads everything from its standard input, where no other user sees the secret.
//!
//! ```text
//! CLOUDINARY_ACCOUNT_URL=account://KEY:SECRET@ID cargo run -p cloudinary-provisioning-tests --example stack_curl [SERVER]
//! ```

use std::process::{Command, Stdio};
use std::{io::Write, time::Duration};

use cloudinary_provisioning_ureq::{Client, Outcome, TransportError, http};

mod common;

fn send(request: &http::Request<Vec<u8>>, timeout: Duration) -> Result<Outcome, TransportError> {
    let option = |name: &str, value: &[u8]| {
        let value = String::from_utf8_lossy(value).replace('\\', "\\\\").replace('"', "\\\"");
        format!("{name} = \"{value}\"\n")
    };
    let (url, seconds) = (request.uri().to_string(), timeout.as_secs_f64().to_string());
    let mut config = option("url", url.as_bytes()) + &option("max-time", seconds.as_bytes());
    config += &option("request", request.method().as_str().as_bytes());
    for (name, value) in request.headers() {
        config += &option("header", &[name.as_str().as_bytes(), b": ", value.as_bytes()].concat());
    }
    if !request.body().is_empty() {
        config += &option("data-raw", request.body());
    }
    let mut curl = Command::new("curl");
    curl.args(["--silent", "--include", "--config", "-"]).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut curl = curl.spawn().map_err(TransportError::permanent)?;
    // The end of its input is where `curl` starts.
    curl.stdin.take().map(|mut input| input.write_all(config.as_bytes()));
    let output = curl.wait_with_output().map_err(TransportError::maybe_sent)?;

    let mut headers = [httparse::EMPTY_HEADER; 100];
    let mut head = httparse::Response::new(&mut headers);
    match (output.status.code(), head.parse(&output.stdout)) {
        (code, Ok(httparse::Status::Complete(length))) => {
            let response = http::Response::builder().status(head.code.unwrap_or_default());
            let response = head.headers.iter().fold(response, |response, line| response.header(line.name, line.value));
            let response =
                response.body(output.stdout.split_at(length).1.to_vec()).map_err(TransportError::maybe_sent)?;
            Ok(if code == Some(0) { response.into() } else { Outcome::Truncated(response, None) })
        }
        // Neither proxy nor host was found, or no connection was made.
        (Some(5..=7), _) => Err(TransportError::not_sent(output.status.to_string())),
        _ => Err(TransportError::maybe_sent(output.status.to_string())),
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    common::work(&Client::builder(common::account()?).transport(send).build()?)
}
