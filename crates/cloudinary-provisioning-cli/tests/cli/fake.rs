//! `cldp fake`.

use std::io::{BufRead, BufReader, Read};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, ChildStdin, Stdio};

use crate::run::{bare, run};

struct Served {
    child: Child,
    stdin: ChildStdin,
    stdout: BufReader<std::process::ChildStdout>,
    url: String,
    account: String,
}

fn serve(arguments: &[&str]) -> Served {
    let mut child = bare().arg("fake").args(arguments).stdin(Stdio::piped()).spawn().unwrap();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    let stdin = child.stdin.take().unwrap();
    let mut line = || {
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    };
    let (url, account) = (line(), line());
    Served { child, stdin, stdout, url, account }
}

impl Served {
    fn list(&self) -> crate::run::Ran {
        let (name, value) = self.account.split_once('=').unwrap();
        run(bare().env(name, value).args(["--origin", &self.url, "users", "list", "-ojsonl", "--columns", "id"]))
    }

    /// Its status, once it has ended, with nothing more than the two lines on its output.
    fn end(mut self) -> Option<i32> {
        drop(self.stdin);
        let mut rest = String::new();
        self.stdout.read_to_string(&mut rest).unwrap();
        assert_eq!(rest, "");
        self.child.wait().unwrap().code()
    }
}

#[test]
fn it_prints_two_lines_and_serves_until_its_input_ends() {
    let served = serve(&[]);
    assert!(served.url.starts_with("http://127.0.0.1:"), "{}", served.url);
    assert!(served.account.starts_with("CLOUDINARY_ACCOUNT_URL=account://"), "{}", served.account);
    assert_eq!(served.list().is_done().json().len(), 7);
    let address: SocketAddr = served.url.strip_prefix("http://").unwrap().parse().unwrap();
    assert_eq!(served.end(), Some(0));
    assert!(TcpStream::connect(address).is_err(), "nobody listens any more");
}

#[test]
fn an_empty_account_has_nobody() {
    let served = serve(&["--seed", "empty"]);
    assert_eq!(served.list().is_done().stdout, "");
    assert_eq!(served.end(), Some(0));
}

#[test]
fn a_port_is_the_one_that_is_asked_for_and_a_taken_one_is_a_failure() {
    let served = serve(&[]);
    let port = served.url.rsplit(':').next().unwrap().to_owned();
    let taken = run(bare().args(["fake", "--port", &port]));
    assert_eq!((taken.status, taken.stdout.as_str()), (1, ""));
    assert!(taken.stderr.contains(&format!("cannot listen on 127.0.0.1:{port}")), "{taken:?}");
    served.end();

    let again = serve(&["--port", &port]);
    assert_eq!(again.url, format!("http://127.0.0.1:{port}"));
    again.end();
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_it_in_order() {
    use crate::run::{interrupt, ran};

    let served = serve(&[]);
    interrupt(&served.child);
    let Served { child, stdin, stdout, .. } = served;
    let output = child.wait_with_output().unwrap();
    drop((stdin, stdout));
    assert_eq!(ran(output).status, 0);
}
