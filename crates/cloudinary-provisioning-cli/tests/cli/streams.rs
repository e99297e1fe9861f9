//! Output that is closed, or full.
#![cfg(unix)]

use std::fs::File;
use std::os::fd::OwnedFd;
use std::process::{Command, Stdio};

use cloudinary_provisioning_fake::{FakeAccount, Fault, NewSubAccount, NewUser};

use serde_json::json;

use crate::run::{Ran, TempFile, account, bare, cldp, ran, serve, state, writes};

fn seeded() -> FakeAccount {
    account()
        .with_sub_account(NewSubAccount::new("One").id("s1"))
        .with_users((0..50).map(|n| NewUser::new(format!("User {n}"), format!("u{n}@x.org")).id(format!("u{n}"))))
}

/// A pipe that nobody reads.
fn closed() -> Stdio {
    let (reader, writer) = std::io::pipe().unwrap();
    drop(reader);
    OwnedFd::from(writer).into()
}

fn full() -> Stdio {
    File::options().write(true).open("/dev/full").unwrap().into()
}

fn run_to(command: &mut Command, stdout: Stdio) -> Ran {
    ran(command.stdout(stdout).output().unwrap())
}

#[test]
fn a_list_whose_reader_is_gone_ends_quietly() {
    let server = serve(seeded());
    for format in ["json", "jsonl", "csv", "table"] {
        let ran = run_to(cldp(&server).args(["users", "list", "-o", format]), closed());
        assert_eq!((ran.status, ran.stderr.as_str()), (0, ""), "{format}");
    }
}

#[test]
fn a_full_device_is_a_failure() {
    let server = serve(seeded());
    for command in
        [&["users", "list"][..], &["users", "get", "u1"], &["export", "users"], &["review"], &["completions", "bash"]]
    {
        let ran = run_to(cldp(&server).args(command), full());
        assert_eq!(ran.status, 1, "{command:?}: {ran:?}");
        assert!(ran.stderr.contains("cldp: cannot write the output: No space left"), "{command:?}: {ran:?}");
    }
    assert_eq!(run_to(bare().arg("--help"), full()).status, 1);
}

#[test]
fn a_change_whose_result_cannot_be_written_says_that_it_was_applied() {
    let server = serve(seeded());
    for (stdout, email) in [(closed(), "a@x.org"), (full(), "b@x.org")] {
        let ran = run_to(cldp(&server).args(["users", "create", "--name=A", "--email", email]), stdout);
        assert_eq!(ran.status, 1, "{ran:?}");
        assert!(ran.stderr.contains("cldp: createUser was applied, and its result could not be written"), "{ran:?}");
        assert!(state(&server).contains_key(email));
    }
}

#[test]
fn an_apply_whose_plan_cannot_be_written_changes_nothing() {
    let server = serve(seeded());
    let file = TempFile::new("json", r#"[{"email": "new@x.org", "name": "New"}]"#);
    for stdout in [closed(), full()] {
        let ran = run_to(cldp(&server).args(["apply", "--yes"]).arg(&file.0), stdout);
        assert_eq!(ran.status, 1, "{ran:?}");
        assert!(ran.stderr.contains("nothing was changed"), "{ran:?}");
    }
    assert_eq!(writes(&server), 0);
}

#[test]
fn a_batch_whose_results_cannot_be_written_says_what_was_applied() {
    let create = |n| {
        let fields = json!({"name": "A", "email": format!("new{n}@x.org")});
        json!({"operation": "createUser", "fields": fields}).to_string()
    };
    let file = TempFile::new("jsonl", &(0..40).map(create).collect::<Vec<_>>().join("\n"));
    for stdout in [closed(), full()] {
        let server = serve(seeded());
        let before = state(&server).len();
        let ran = run_to(cldp(&server).arg("batch").arg(&file.0), stdout);
        assert_eq!(ran.status, 1, "{ran:?}");
        let told = ran.stderr.lines().filter(|line| line.ends_with("createUser was applied")).count();
        assert!(ran.stderr.contains("the result of line 1 could not be written"), "{ran:?}");
        assert_eq!(state(&server).len() - before, told, "{ran:?}");
    }
}

#[test]
fn a_closed_standard_error_stops_nothing() {
    let server = serve(seeded());
    let file = TempFile::new("json", r#"[{"email": "new@x.org", "name": "New"}]"#);
    for stderr in [closed(), full()] {
        let mut command = cldp(&server);
        let output = command.args(["apply", "--yes", "-v"]).arg(&file.0).stderr(stderr).output().unwrap();
        assert_eq!(output.status.code(), Some(0));
    }
    assert!(state(&server).contains_key("new@x.org"));
    for arguments in [&["--nonsense"][..], &["users", "get", "nobody"]] {
        let output = cldp(&server).args(arguments).stderr(closed()).output().unwrap();
        assert!(matches!(output.status.code(), Some(1 | 2)), "{arguments:?}: {output:?}");
    }
}

#[test]
fn a_fake_whose_lines_nobody_reads_ends() {
    assert_eq!(run_to(bare().arg("fake").stdin(Stdio::piped()), full()).status, 1);
}

#[test]
fn a_quiet_run_says_nothing_but_errors() {
    let mut account = seeded();
    account.fail_next(1, Fault::status(503));
    let server = serve(account);
    for arguments in [&["users", "get", "u1", "-q"][..], &["export", "users", "--quiet"]] {
        let ran = ran(cldp(&server).args(arguments).output().unwrap());
        assert_eq!((ran.status, ran.stderr.as_str()), (0, ""), "{arguments:?}");
    }
    let failed = ran(cldp(&server).args(["users", "get", "nobody", "--quiet"]).output().unwrap());
    assert!(failed.status == 1 && failed.stderr.starts_with("cldp: getUser: 404"), "{failed:?}");
    ran(cldp(&server).args(["users", "list", "-q", "-v"]).output().unwrap())
        .is_refused("--quiet cannot be used with --verbose");
}

#[test]
fn retries_and_waits_are_as_many_and_as_long_as_asked() {
    for (arguments, fault, requests) in [
        (&["--retries", "0"][..], Fault::status(503), 1),
        (&["--retries", "1"], Fault::status(503), 2),
        (&["--max-wait", "1s"], Fault::throttled(30), 1),
        (&["--max-wait", "20m"], Fault::throttled(1_300), 1),
    ] {
        let mut account = seeded();
        account.fail_next(9, fault);
        let server = serve(account);
        let ran = ran(cldp(&server).args(["users", "get", "u1"]).args(arguments).output().unwrap());
        assert_eq!((ran.status, server.requests()), (1, requests), "{arguments:?}: {ran:?}");
    }
    for arguments in [["--max-wait", "soon"], ["--max-wait", "0"], ["--retries", "few"], ["--timeout", "1y"]] {
        ran(bare().args(["--demo", "users", "list"]).args(arguments).output().unwrap()).is_refused(arguments[0]);
    }
}
