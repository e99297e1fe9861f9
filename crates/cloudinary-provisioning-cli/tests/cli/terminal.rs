//! What a terminal gets, which acts on some characters.
#![cfg(unix)]

use std::fs::File;
use std::io::{Read, Write};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use cloudinary_provisioning_fake::{
    FakeAccount, NewAccessKey, NewGroup, NewRole, NewSubAccount, NewUser, PermissionType, ScopeType,
};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};

use crate::run::{TempFile, account, cldp, run, serve, writes};

/// Sets the clipboard, clears the screen, breaks the line and turns the direction.
const NAME: &str = "Eve\u{1b}]52;c;eA==\u{7}\u{9b}2J\u{61c}\u{2028}\u{2029}\u{202e}!";

fn seeded() -> FakeAccount {
    account()
        .with_sub_account(NewSubAccount::new("One").id("s1").cloud_name(NAME))
        .with_user(NewUser::new(NAME, format!("{NAME}@x.org")).id("u1").sub_account_ids(["s1"]))
        .with_user(NewUser::new(NAME, "eve@x.org").id("u2"))
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
    let users = TempFile::new("csv", "email,name\neve@x.org,Eve\n");
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
        &["plan", users],
        &["apply", users],
    ] {
        let shown = Terminal::new().shows(cldp(&server).args(arguments), "n\n");
        assert!(shown.contains("Eve"), "{arguments:?}: {shown:?}");
        let acts = ACTS.into_iter().find(|part| shown.contains(part));
        assert_eq!(acts, None, "{arguments:?}: {shown:?}");
    }
}

#[test]
fn a_question_names_a_person_by_email_and_a_thing_by_name() {
    let account = account()
        .with_sub_account(NewSubAccount::new("Shop").id("s1"))
        .with_access_key("s1", NewAccessKey::new("Deploy").api_key("814"))
        .with_user(NewUser::new("Ada", "ada@x.org").id("u1"))
        .with_group(NewGroup::new("Editors").id("g1").members(["u1"]))
        .with_role(NewRole::new("Reviewers", ScopeType::Prodenv, PermissionType::Global).id("r1"));
    let server = serve(account);
    let principals = r#"[{"principal_type":"user","principal_id":"u1"}]"#;
    for (arguments, question) in [
        (&["users", "delete", "u1"][..], "deleteUser u1 (ada@x.org)? [y/N]"),
        (&["users", "update", "u1", "--enabled=false"], "updateUser u1 enabled=false (ada@x.org)? [y/N]"),
        (&["access-keys", "delete", "s1", "814"], "deleteAccessKey s1 814 (Shop, Deploy)? [y/N]"),
        (&["user-groups", "remove-user", "g1", "u1"], "removeUserFromUserGroup g1 u1 (Editors, ada@x.org)? [y/N]"),
        (
            &["roles", "update-principals", "r1", "--operation=remove", "--principals", principals],
            "updateRolePrincipals r1 operation=remove (Reviewers, ada@x.org)? [y/N]",
        ),
        (&["api", "DELETE", "user_groups/g1"], "DELETE user_groups/g1 (Editors)? [y/N]"),
        (&["users", "delete", "nobody"], "deleteUser nobody? [y/N]"),
    ] {
        let shown = Terminal::new().shows(cldp(&server).args(arguments), "n\n");
        assert!(shown.contains(question), "{arguments:?}: {shown:?}");
        assert!(shown.contains("nothing was changed"), "{arguments:?}: {shown:?}");
    }
    assert_eq!(writes(&server), 0);
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

#[test]
fn an_error_about_arguments_repeats_nothing_that_a_terminal_acts_on() {
    let server = serve(seeded());
    for arguments in [&["users", "get", "u1", "--nonsense"][..], &["users", "list", "--role"]] {
        let mut command = cldp(&server);
        let last = format!("{}{NAME}", arguments.last().unwrap());
        command.args(&arguments[..arguments.len() - 1]).arg(last);
        let seen = Terminal::new().shows(&mut command, "");
        assert!(seen.contains("error:"), "{seen:?}");
        assert!(!ACTS.iter().any(|acts| seen.contains(acts)), "{seen:?}");
    }
}
