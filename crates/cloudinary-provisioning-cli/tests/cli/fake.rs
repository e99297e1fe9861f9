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
    let mut child = bare().args(["fake", "--until-eof"]).args(arguments).stdin(Stdio::piped()).spawn().unwrap();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    let stdin = child.stdin.take().unwrap();
    let mut line = || {
        let mut line = String::new();
        stdout.read_line(&mut line).unwrap();
        line.trim_end().to_owned()
    };
    let (url, account, origin) = (line(), line(), line());
    assert_eq!(origin, format!("CLOUDINARY_ORIGIN={url}"));
    Served { child, stdin, stdout, url, account }
}

impl Served {
    fn list(&self) -> crate::run::Ran {
        let (name, value) = self.account.split_once('=').unwrap();
        run(bare().env(name, value).args(["--origin", &self.url, "users", "list", "-ojsonl", "--columns", "id"]))
    }

    /// Its status, once it has ended, with nothing more than the three lines on its output.
    fn end(mut self) -> Option<i32> {
        drop(self.stdin);
        let mut rest = String::new();
        self.stdout.read_to_string(&mut rest).unwrap();
        assert_eq!(rest, "");
        self.child.wait().unwrap().code()
    }
}

#[test]
fn it_prints_three_lines_and_serves_until_its_input_ends() {
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
fn without_an_input_it_serves_until_a_signal() {
    use crate::run::{interrupt, ran};

    let mut child = bare().arg("fake").spawn().unwrap();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    let lines: Vec<_> = stdout.by_ref().lines().take(3).map(Result::unwrap).collect();
    // Its standard input ended before it was started.
    let variables = lines.iter().skip(1).map(|line| line.split_once('=').unwrap());
    let listed = run(bare().envs(variables).args(["users", "list", "-ojsonl", "--columns", "id"]));
    assert_eq!(listed.is_done().json().len(), 7);
    interrupt(&child);
    assert_eq!(ran(child.wait_with_output().unwrap()).status, 0);
}

#[test]
fn it_holds_and_does_what_it_is_told() {
    let load = ["--users", "250", "--groups", "5", "--environments", "4", "--keys", "2", "--roles", "3"];
    let served = serve(&[&load[..], &["--latency", "1", "--fault", "503:4", "--fault", "close:7"]].concat());
    let (name, value) = served.account.split_once('=').unwrap();
    let count = |arguments: &[&str]| {
        let mut command = bare();
        let ran = run(command.env(name, value).args(arguments).args(["-ojsonl", "--timeout", "5"]));
        ran.is_done().json().len()
    };
    assert_eq!(count(&["users", "list"]), 250);
    assert_eq!(count(&["user-groups", "list-users", "load-group-0"]), 50);
    assert_eq!(count(&["access-keys", "list", "load-env-3"]), 3, "each product environment has a root key");
    assert_eq!(count(&["roles", "list-principals", "load-role-0"]), 2);
    assert_eq!(served.end(), Some(0));
    run(bare().args(["fake", "--fault", "moon:3"])).is_refused("there is no fault `moon`");
    run(bare().args(["fake", "--fault", "503"])).is_refused("expected FAULT:N");
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
