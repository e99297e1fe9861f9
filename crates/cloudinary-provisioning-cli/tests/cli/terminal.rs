//! What a terminal gets, which acts on some characters.
#![cfg(unix)]

use std::fs::File;
use std::io::{Read, Write};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use cloudinary_provisioning_fake::{FakeAccount, NewSubAccount, NewUser};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

use crate::run::{TempFile, account, cldp, run, serve};

/// Sets the clipboard, clears the screen, breaks the line and turns the direction.
const NAME: &str = "Eve\u{1b}]52;c;eA==\u{7}\u{9b}2J\u{61c}\u{2028}\u{2029}\u{202e}!";

fn seeded() -> FakeAccount {
    account()
        .with_sub_account(NewSubAccount::new("One").id("s1").cloud_name(NAME))
        .with_user(NewUser::new(NAME, format!("{NAME}@x.org")).id("u1").sub_account_ids(["s1"]))
}

/// The parts of the name that a terminal acts on. No spinner writes them.
const ACTS: [&str; 7] = ["\u{1b}]", "\u{7}", "\u{9b}", "\u{61c}", "\u{2028}", "\u{2029}", "\u{202e}"];

struct Terminal {
    /// The side of the person before it.
    person: File,
    path: PathBuf,
}

impl Terminal {
    fn new() -> Self {
        let person = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&person).unwrap();
        unlockpt(&person).unwrap();
        let path = PathBuf::from(ptsname(&person, Vec::new()).unwrap().into_string().unwrap());
        Self { person: person.into(), path }
    }

    fn open(&self) -> File {
        File::options().read(true).write(true).open(&self.path).unwrap()
    }

    /// Runs a command on the terminal, and returns what a person would see.
    fn shows(mut self, command: &mut Command, answer: &str) -> String {
        self.person.write_all(answer.as_bytes()).unwrap();
        let mut child = command.stdin(self.open()).stdout(self.open()).stderr(self.open()).spawn().unwrap();
        // The command keeps the terminal open.
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut bytes = Vec::new();
        // It ends with an error on Linux, when nobody has the other side any more.
        let _ = self.person.read_to_end(&mut bytes);
        child.wait().unwrap();
        String::from_utf8(bytes).unwrap()
    }
}

#[test]
fn no_command_sends_a_terminal_what_it_would_act_on() {
    let server = serve(seeded());
    let users =
        TempFile::new("json", &serde_json::json!([{"email": format!("{NAME}@x.org"), "name": "Eve"}]).to_string());
    let lines = TempFile::new("jsonl", r#"{"operation": "getUser", "fields": {"user_id": "u1"}}"#);
    let (users, lines) = (users.0.to_str().unwrap(), lines.0.to_str().unwrap());
    for arguments in [
        &["users", "list", "-o", "table"][..],
        &["users", "list", "-o", "json"],
        &["users", "list", "-o", "jsonl"],
        &["users", "list", "-o", "csv"],
        &["users", "get", "u1"],
        &["users", "get", NAME],
        &["users", "delete", NAME],
        &["users", "create", "--name", NAME, "--email", "a@x.org", "--dry-run"],
        &["api", "GET", "users/u1", "-o", "json"],
        &["api", "DELETE", NAME],
        &["batch", lines],
        &["export", "users"],
        &["export", "access"],
        &["review", "-o", "json"],
        &["sync", users],
    ] {
        let shown = Terminal::new().shows(cldp(&server).args(arguments), "n\n");
        assert!(shown.contains("Eve"), "{arguments:?}: {shown:?}");
        let acts = ACTS.into_iter().find(|part| shown.contains(part));
        assert_eq!(acts, None, "{arguments:?}: {shown:?}");
    }
}

#[test]
fn a_terminal_that_is_named_as_a_file_is_one_all_the_same() {
    let server = serve(seeded());
    let terminal = Terminal::new();
    let path = terminal.path.clone();
    let shown = terminal.shows(cldp(&server).args(["export", "users", "--file"]).arg(path), "");
    assert!(shown.contains("Eve\\u{1b}]52"), "{shown:?}");
    assert!(!shown.contains("\u{1b}]52"), "{shown:?}");
}

#[test]
fn files_and_pipes_get_the_bytes() {
    let server = serve(seeded());
    for arguments in [&["users", "list", "-o", "csv"][..], &["export", "users"]] {
        let ran = run(cldp(&server).args(arguments));
        assert!(ran.is_done().stdout.contains(NAME), "{ran:?}");
    }
    assert_eq!(run(cldp(&server).args(["users", "get", "u1"])).is_done().value()["name"], NAME);
}
