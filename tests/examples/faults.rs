//! Creates whose first attempt meets a fault, by this client and by others, over sockets.
//!
//! Each create has an account of its own, whose server lets the first `POST` meet the fault and answers normally from then
//! on. Every client says what it was told of its create, and the account says what is there. Each argument is a client as a
//! command, `NAME=PROGRAM ARGUMENT…`: it is run with `users` or `groups` and the servers' URLs, creates one of that kind at
//! each, and prints a line with the number of the create and what it was told. `bash tests/peers/run faults` runs it.

#![allow(clippy::unwrap_used, reason = "a comparison that fails may stop")]
#![allow(clippy::print_stdout, reason = "it prints a table")]

use std::collections::{BTreeMap, HashMap};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use cloudinary_provisioning::{Account, Recover, user_groups, users};
use cloudinary_provisioning_fake::{FakeAccount, FakeServer, Fault, Framing, Switch};
use cloudinary_provisioning_ureq::Client;
use http::Method;

const CREATES: usize = 20;
/// How long an attempt may take, for every client.
const TIMEOUT: Duration = Duration::from_secs(2);
/// What has not ended by then hangs.
const PATIENCE: Duration = Duration::from_secs(20);

/// What a client was told of a create.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Told {
    Created,
    /// An error that says, or leaves it open, that the create may have been applied.
    Open,
    /// An error that means that nothing was created.
    Refused,
}

#[derive(Clone, Copy)]
enum Kind {
    Users,
    Groups,
}

/// A client of each create's server, by the servers' accounts.
enum Peer {
    Send,
    Recover,
    Command(String),
}

fn main() {
    let mut peers = vec![("ours, `send`".to_owned(), Peer::Send), ("ours, `recover`".to_owned(), Peer::Recover)];
    for arg in std::env::args().skip(1) {
        let (name, command) = arg.split_once('=').unwrap();
        peers.push((name.to_owned(), Peer::Command(command.to_owned())));
    }
    let names: Vec<_> = peers.iter().map(|(name, _)| name.as_str()).collect();
    let mut sums = vec![BTreeMap::new(); peers.len()];
    println!("| the first attempt | create | {} |", names.join(" | "));
    println!("|---|---|{}", "---|".repeat(peers.len()));
    for (what, fault) in faults() {
        let fault = &fault;
        let rows = thread::scope(|scope| {
            let start = |kind| {
                peers.iter().map(move |(_, peer)| scope.spawn(move || run(peer, kind, fault))).collect::<Vec<_>>()
            };
            let cells = [Kind::Users, Kind::Groups].map(start);
            cells.map(|row| row.into_iter().map(|cell| cell.join().unwrap()).collect::<Vec<_>>())
        });
        for (kind, row) in [Kind::Users, Kind::Groups].into_iter().zip(rows) {
            let cells: Vec<_> = row.iter().map(text).collect();
            println!("| {what} | {} | {} |", kind.name(), cells.join(" | "));
            for (sum, cell) in sums.iter_mut().zip(row) {
                for (outcome, count) in cell {
                    *sum.entry(outcome).or_default() += count;
                }
            }
        }
    }
    let sums: Vec<_> = sums.iter().map(text).collect();
    println!("| all | both | {} |", sums.join(" | "));
}

fn faults() -> [(&'static str, Fault); 9] {
    let late = time::Duration::seconds(3);
    [
        ("is applied, then the connection is closed", Fault::close().applied()),
        ("is not applied, and the connection is closed", Fault::close()),
        ("is applied, then a 503 comes", Fault::status(503).applied()),
        ("is not applied: a 503", Fault::status(503)),
        ("is not applied: a 429 with `Retry-After: 1`", Fault::throttled(1)),
        ("is applied, and half of the response's body comes", Fault::response().truncated(Framing::ContentLength)),
        ("is applied, and its response is later than the timeout", Fault::stall().applied()),
        ("is applied 1 s after the timeout", Fault::stall().applied_after(late)),
        ("is never applied, and the connection is held open", Fault::stall()),
    ]
    .map(|(what, fault)| (what, fault.on(Method::POST)))
}

/// Counts the outcomes of creates of one kind, side by side.
fn run(peer: &Peer, kind: Kind, fault: &Fault) -> BTreeMap<&'static str, usize> {
    let account = FakeAccount::new("acc", "key", "secret").with_switch(Switch::DuplicateGroupNames);
    let account = account.with_script([fault.clone()]);
    let servers: Vec<_> = (0..CREATES).map(|_| FakeServer::start(account.clone()).unwrap()).collect();
    let told = match peer {
        Peer::Send => ours(&servers, kind, false),
        Peer::Recover => ours(&servers, kind, true),
        Peer::Command(command) => theirs(&servers, kind, command),
    };
    let mut outcomes = BTreeMap::new();
    for (number, server) in servers.iter().enumerate() {
        let there = server.with(|account| {
            account.apply_delayed();
            assert_eq!(account.faults_left(), 0, "the fault was met");
            match kind {
                Kind::Users => account.users().count(),
                Kind::Groups => account.groups().count(),
            }
        });
        *outcomes.entry(outcome(told.get(&number).copied(), there)).or_default() += 1;
    }
    outcomes
}

/// What came of a create: what the client was told, if its call ended, against how often the account has it.
fn outcome(told: Option<Told>, there: usize) -> &'static str {
    match (told, there) {
        (_, 2..) => "**doubled**",
        (None, _) => "**hung**",
        (Some(Told::Created), 1) => "created",
        (Some(Told::Open), _) => "open",
        (Some(Told::Refused), 0) => "refused",
        (Some(Told::Created), 0) | (Some(Told::Refused), 1) => "**lost**",
    }
}

fn text(outcomes: &BTreeMap<&str, usize>) -> String {
    outcomes.iter().map(|(outcome, count)| format!("{count} {outcome}")).collect::<Vec<_>>().join(", ")
}

/// Creates with this client, with one thread for each.
fn ours(servers: &[FakeServer], kind: Kind, recover: bool) -> HashMap<usize, Told> {
    let (sender, ended) = mpsc::channel();
    for (number, server) in servers.iter().enumerate() {
        let account = Account::from_url(&server.account_url()).unwrap();
        let client = Client::builder(account).proxy(None).timeout(TIMEOUT).build().unwrap();
        let sender = sender.clone();
        thread::spawn(move || {
            let told = match kind {
                Kind::Users => {
                    create(&client, users::Create::new("User", format!("user{number}@example.com")), recover)
                }
                Kind::Groups => create(&client, user_groups::Create::new(format!("Group {number}")), recover),
            };
            // Nobody waits for a call that hung.
            let _ = sender.send((number, told));
        });
    }
    drop(sender);
    let deadline = Instant::now() + PATIENCE;
    std::iter::from_fn(|| ended.recv_timeout(deadline.saturating_duration_since(Instant::now())).ok()).collect()
}

fn create<O: Recover>(client: &Client, operation: O, recover: bool) -> Told {
    let call = client.call(operation);
    match if recover { call.recover() } else { call }.send() {
        Ok(_) => Told::Created,
        Err(error) if error.maybe_applied() => Told::Open,
        Err(_) => Told::Refused,
    }
}

/// Creates with another client, a process that is killed where it hangs.
fn theirs(servers: &[FakeServer], kind: Kind, command: &str) -> HashMap<usize, Told> {
    let mut words = command.split(' ');
    let mut process = Command::new(words.next().unwrap())
        .args(words)
        .arg(kind.name())
        .args(servers.iter().map(FakeServer::url))
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let start = Instant::now();
    let status = loop {
        match process.try_wait().unwrap() {
            None if start.elapsed() < PATIENCE => thread::sleep(Duration::from_millis(50)),
            status => break status,
        }
    };
    assert!(status.is_none_or(|status| status.success()), "{command} failed");
    // A kill fails only where it has just ended.
    let _ = process.kill();
    let lines = String::from_utf8(process.wait_with_output().unwrap().stdout).unwrap();
    lines
        .lines()
        .map(|line| {
            let (number, told) = line.split_once(' ').unwrap();
            let told = match told {
                "created" => Told::Created,
                "open" => Told::Open,
                "refused" => Told::Refused,
                other => panic!("{command} says {other}"),
            };
            (number.parse().unwrap(), told)
        })
        .collect()
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::Users => "users",
            Self::Groups => "groups",
        }
    }
}
