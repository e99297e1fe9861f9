//! `cldp batch`.

use std::io::Write;
use std::path::Path;
use std::process::{Child, Stdio};

use cloudinary_provisioning_fake::{FakeAccount, FakeServer, Fault, NewUser};
use serde_json::{Value, json};

use crate::run::{Ran, TempFile, account, bare, cldp, ran, run, run_with_input, serve, wait_for, writes};

fn seeded() -> FakeAccount {
    account().with_users((0..40).map(|n| NewUser::new(format!("User {n}"), format!("u{n}@x.org")).id(format!("u{n}"))))
}

fn get(id: &str) -> String {
    json!({"operation": "getUser", "fields": {"user_id": id}}).to_string()
}

fn lines(ran: &Ran) -> Vec<(u64, bool)> {
    ran.json().iter().map(|line| (line["line"].as_u64().unwrap(), line["ok"].as_bool().unwrap())).collect()
}

#[test]
fn results_come_in_the_order_of_the_lines_with_any_number_of_workers() {
    let server = serve(seeded());
    let input = (0..40).map(|n| get(&format!("u{n}"))).collect::<Vec<_>>().join("\n");
    for workers in ["1", "7"] {
        let ran = run_with_input(cldp(&server).args(["batch", "--workers", workers]), &input);
        ran.is_done();
        let ids: Vec<_> = ran.json().iter().map(|line| line["result"]["id"].as_str().unwrap().to_owned()).collect();
        assert_eq!(ids, (0..40).map(|n| format!("u{n}")).collect::<Vec<_>>(), "{workers}");
    }
}

#[test]
fn lines_that_cannot_be_sent_are_errors_in_their_places() {
    let server = serve(seeded());
    let input = [
        get("u0"),
        "nonsense".to_owned(),
        String::new(),
        r#"{"operation": "users fly"}"#.to_owned(),
        r#"{"operation": "users get"}"#.to_owned(),
        r#"{"operation": "users.get", "fields": {"user_id": "u1", "x": 1}}"#.to_owned(),
        get("nobody"),
        r#"{"operation": "updateUser", "fields": {"user_id": "u1", "enabled": false}}"#.to_owned(),
        r#"{"operation": "users get", "fields": {"user_id": "u2"}}"#.to_owned(),
    ];
    for workers in ["1", "3"] {
        let ran = run_with_input(cldp(&server).args(["batch", "--workers", workers]), &input.join("\n"));
        assert_eq!(ran.status, 1, "{ran:?}");
        let expected = [(1, true), (2, false), (4, false), (5, false), (6, false), (7, false), (8, false), (9, true)];
        assert_eq!(lines(&ran), expected, "{workers}: {ran:?}");
        let errors: Vec<Value> = ran.json().iter().map(|line| line["error"]["message"].clone()).collect();
        for (at, why) in
            [(1, "not an operation"), (2, "users fly"), (3, "`user_id` is missing"), (4, "`x` is not a field")]
        {
            assert!(errors[at].as_str().unwrap().contains(why), "{why}: {errors:?}");
        }
        assert!(errors[5].as_str().unwrap().starts_with("getUser: 404"), "{errors:?}");
        assert!(errors[6].as_str().unwrap().contains("confirm with --yes"), "{errors:?}");
        assert_eq!(ran.json()[5]["error"]["status"], 404);
    }
    assert_eq!(writes(&server), 0);
}

#[test]
fn lines_that_depend_on_one_another_run_one_after_the_other() {
    let server = serve(account());
    let input = [
        json!({"operation": "createUser", "fields": {"name": "Jo", "email": "jo@x.org"}}),
        json!({"operation": "createUserGroup", "fields": {"name": "Editors"}}),
        json!({"operation": "getUsers", "fields": {"emails": ["jo@x.org"]}}),
    ];
    let file = TempFile::new("jsonl", &input.map(|line| line.to_string()).join("\n"));
    let ran = run(cldp(&server).args(["batch", "--workers", "1"]).arg(&file.0));
    assert_eq!(ran.is_done().json()[2]["result"][0]["email"], "jo@x.org");
    assert_eq!(server.with(|account| account.groups().count()), 1);
}

#[test]
fn deletes_need_yes() {
    let server = serve(seeded());
    let input = r#"{"operation": "deleteUser", "fields": {"user_id": "u1"}}"#;
    run_with_input(cldp(&server).args(["batch", "-", "--yes"]), input).is_done();
    assert!(server.with(|account| account.user("u1").is_none()));
}

#[test]
fn a_dry_run_shows_the_requests() {
    let server = serve(seeded());
    let ran = run_with_input(cldp(&server).args(["batch", "--dry-run"]), &get("u1"));
    let request = &ran.is_done().json()[0];
    assert_eq!(
        (request["method"].as_str(), request["headers"]["authorization"].as_str()),
        (Some("GET"), Some("Basic ********"))
    );
    assert_eq!(server.requests(), 0);
}

#[test]
fn secrets_are_masked_but_those_that_are_new() {
    let input = [
        json!({"operation": "generateAccessKey", "fields": {"sub_account_id": "env-shop", "name": "ci"}}).to_string(),
        json!({"operation": "getAccessKeys", "fields": {"sub_account_id": "env-shop"}}).to_string(),
    ];
    let ran = run_with_input(bare().args(["--demo", "batch"]), &input.join("\n"));
    let lines = ran.is_done().json();
    assert_ne!(lines[0]["result"]["api_secret"], "********");
    assert!(!lines[1].to_string().contains("demo-deploy-secret"));
}

#[test]
fn a_file_that_is_not_there_is_wrong_usage() {
    run(bare().args(["--demo", "batch", "/there/is/no.jsonl"])).is_refused("/there/is/no.jsonl: No such file");
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_the_waits_of_a_batch_and_tells_of_every_line_that_was_taken() {
    let server = serve(seeded());
    server.with(|account| account.script([Fault::throttled(50)]));
    let file = TempFile::new("jsonl", &["u0", "u1", "u2"].map(get).join("\n"));
    let mut child = cldp(&server).args(["batch", "--workers", "1"]).arg(&file.0).spawn().unwrap();
    crate::run::wait_for_requests(&server, &mut child, 1);
    crate::run::interrupt(&child);
    let ran = ran(child.wait_with_output().unwrap());
    assert_eq!(ran.status, 1, "{ran:?}");
    let lines = ran.json();
    assert!(lines[0]["error"]["message"].as_str().unwrap().contains("the call was cancelled"), "{ran:?}");
    assert_eq!(lines[0]["error"]["maybe_applied"], false);
    assert_eq!(server.requests(), 1);
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_a_batch_that_waits_for_lines() {
    use std::io::{BufRead, BufReader};

    let server = serve(seeded());
    let mut child = cldp(&server).arg("batch").stdin(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    writeln!(stdin, "{}", get("u1")).unwrap();
    let mut line = String::new();
    stdout.read_line(&mut line).unwrap();
    assert!(line.contains("\"ok\":true"), "a result comes before the next line is there: {line}");

    crate::run::interrupt(&child);
    let ran = ran(child.wait_with_output().unwrap());
    assert_eq!(ran.status, 1, "{ran:?}");
    assert!(ran.stderr.contains("interrupted after 1 lines"), "{ran:?}");
    drop(stdin);
}

fn group(name: &str) -> String {
    json!({"operation": "createUserGroup", "fields": {"name": name}}).to_string()
}

/// A path in a directory of its own, where nothing is yet.
fn new_path() -> (TempFile, std::path::PathBuf) {
    let file = TempFile::new("jsonl", "");
    let path = file.0.with_extension("log");
    (file, path)
}

#[test]
fn a_batch_goes_on_from_its_log_and_does_nothing_twice() {
    let server = serve(seeded());
    let update = json!({"operation": "updateUser", "fields": {"user_id": "u1", "name": "New"}}).to_string();
    let input = [update, group("Editors"), get("nobody"), group("Viewers")].join("\n");
    let (_file, log) = new_path();
    let batch = |more: &[&str]| {
        let mut command = cldp(&server);
        command.args(["batch", "--retries", "0", "--workers", "1", "--log"]).arg(&log).args(more);
        run_with_input(&mut command, &input)
    };

    // The response to the second create is lost, and the third line has failed.
    server.with(|account| account.script([Fault::status(503).applied().on_operation("createUserGroup")]));
    let first = batch(&[]);
    assert_eq!(lines(&first), [(1, true), (2, false), (3, false), (4, true)], "{first:?}");
    assert_eq!(writes(&server), 3);

    let second = batch(&["--resume"]);
    assert_eq!(lines(&second), [(1, true), (2, false), (3, false), (4, true)], "{second:?}");
    let results = second.json();
    assert_eq!((&results[0]["earlier"], &results[3]["earlier"]), (&json!(true), &json!(true)));
    assert_eq!(results[1]["error"]["maybe_applied"], true);
    assert!(results[1]["error"]["message"].as_str().unwrap().contains("it may have been applied; nothing was sent"));
    assert!(results[2]["error"]["message"].as_str().unwrap().starts_with("getUser: 404"));
    assert_eq!(writes(&server), 3, "nothing is sent again");
}

#[test]
fn what_a_killed_batch_had_begun_is_told_and_not_sent() {
    let server = serve(seeded());
    let (_file, log) = new_path();
    let input = [group("Editors"), group("Viewers")].join("\n");
    run_with_input(cldp(&server).args(["batch", "--workers", "1", "--log"]).arg(&log), &input).is_done();
    let text = std::fs::read(&log).unwrap();
    let end = text.trim_ascii_end().iter().rposition(|byte| *byte == b'\n').unwrap() + 1;

    // As if it had been killed, or the power had been lost, while it wrote the end of the second line.
    for tail in [&b""[..], b"{\"line\":2", b"{\"line\":2,\"sta", b"{\"message\":\"\xc3", b"{\"line\":\0\0", b"\0\0\0"] {
        std::fs::write(&log, [&text[..end], tail].concat()).unwrap();
        for run in 1..3 {
            let ran = run_with_input(cldp(&server).args(["batch", "--resume", "--log"]).arg(&log), &input);
            assert_eq!(lines(&ran), [(1, true), (2, false)], "run {run} after {}: {ran:?}", tail.escape_ascii());
        }
    }
    assert_eq!(writes(&server), 2);
}

#[test]
fn a_batch_sends_nothing_once_another_writes_to_its_log() {
    let server = serve(seeded());
    let (_file, log) = new_path();
    let waiting = waiting_batch(&server, &log);
    run_with_input(cldp(&server).args(["batch", "--resume", "--log"]).arg(&log), &group("A")).is_done();

    let ran = given(waiting, &group("A"));
    assert!(ran.status == 1 && ran.stderr.contains("another run writes to it"), "{ran:?}");
    assert_eq!(writes(&server), 1);
}

#[cfg(unix)]
#[test]
fn a_batch_sends_nothing_once_its_log_is_gone() {
    let server = serve(seeded());
    let (_file, log) = new_path();
    let waiting = waiting_batch(&server, &log);
    std::fs::remove_file(&log).unwrap();

    let ran = given(waiting, &group("A"));
    assert!(ran.status == 1 && ran.stderr.contains("it was deleted meanwhile"), "{ran:?}");
    assert_eq!(writes(&server), 0);
}

/// A batch that has opened its log and waits for lines.
fn waiting_batch(server: &FakeServer, log: &Path) -> Child {
    let child = cldp(server).args(["batch", "--log"]).arg(log).stdin(Stdio::piped()).spawn().unwrap();
    wait_for(|| std::fs::metadata(log).ok().filter(|log| log.len() > 0));
    child
}

fn given(mut waiting: Child, line: &str) -> Ran {
    waiting.stdin.take().unwrap().write_all(line.as_bytes()).unwrap();
    ran(waiting.wait_with_output().unwrap())
}

#[cfg(unix)]
#[test]
fn a_log_is_its_owners_alone() {
    let server = serve(seeded());
    let (_file, log) = new_path();
    run_with_input(cldp(&server).args(["batch", "--log"]).arg(&log), &group("A")).is_done();
    let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&log).unwrap().permissions());
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn a_log_is_refused_that_is_of_something_else() {
    let server = serve(seeded());
    let (_file, log) = new_path();
    let batch = |more: &[&str], input: &str| {
        run_with_input(cldp(&server).args(["batch", "--workers", "1", "--log"]).arg(&log).args(more), input)
    };
    batch(&["--resume"], &group("A")).is_refused("there is nothing to resume");
    batch(&[], &group("A")).is_done();
    batch(&[], &group("A")).is_refused("it is there already: --resume goes on from it");
    let other = batch(&["--resume"], &group("B"));
    assert!(other.status == 1 && other.stderr.contains("line 1 is not the line that the log is about"), "{other:?}");
    let text = std::fs::read_to_string(&log).unwrap();
    for (text, why) in [
        (text.replacen("\"acc\"", "\"other\"", 1), "it is about account other, and this is acc"),
        ("{}\n".to_owned(), "it is not the log of a batch"),
    ] {
        std::fs::write(&log, text).unwrap();
        batch(&["--resume"], &group("A")).is_refused(why);
    }
    assert_eq!(writes(&server), 1);
}

#[test]
fn lines_with_names_wait_for_those_that_give_names() {
    let server = serve(seeded());
    let member = |name: &str| {
        json!({"operation": "addUserToUserGroup", "fields": {"group_id": name, "user_id": "u1@x.org"}}).to_string()
    };
    let input: Vec<_> = (0..10).flat_map(|n| [group(&format!("G{n}")), member(&format!("G{n}"))]).collect();
    run_with_input(cldp(&server).arg("batch"), &input.join("\n")).is_done();
    assert_eq!(server.with(|account| account.groups().count()), 10);
}

#[test]
fn retries_name_the_line() {
    let server = serve(seeded());
    server.with(|account| account.script([Fault::throttled(0)]));
    let ran = run_with_input(cldp(&server).arg("batch"), &format!("\n{}", get("u1")));
    ran.is_done();
    assert!(ran.stderr.starts_with("retry: line 2: getUser: attempt 1: 4"), "{ran:?}");
}

#[cfg(unix)]
#[test]
fn a_signal_lets_no_other_line_begin_and_every_line_has_an_outcome() {
    let server = serve(seeded());
    server.with(|account| account.script(vec![Fault::throttled(50); 100]));
    let delete = |n| json!({"operation": "deleteUser", "fields": {"user_id": format!("u{n}")}}).to_string();
    let file = TempFile::new("jsonl", &(0..40).map(delete).collect::<Vec<_>>().join("\n"));
    for signal in crate::run::signals() {
        let mut child = cldp(&server).args(["batch", "--yes", "--workers", "8"]).arg(&file.0).spawn().unwrap();
        crate::run::wait_for_requests(&server, &mut child, server.requests() + 1);
        crate::run::signal(&child, signal);
        let ran = ran(child.wait_with_output().unwrap());
        assert!(ran.status == 1 && ran.stderr.contains("interrupted after"), "{signal}: {ran:?}");
        let told = ran.json();
        assert!(told.iter().all(|line| line["error"]["maybe_applied"] == false), "{signal}: {ran:?}");
    }
    assert_eq!(server.with(|account| account.users().count()), 40);
}

#[cfg(target_os = "linux")]
#[test]
fn nohup_stays_in_force() {
    let server = serve(seeded());
    server.with(|account| account.script([Fault::throttled(1)]));
    let mut command = std::process::Command::new("nohup");
    let batch = cldp(&server);
    command.arg(batch.get_program()).args(batch.get_args()).arg("batch");
    command.envs(batch.get_envs().filter_map(|(name, value)| Some((name, value?))));
    let file = TempFile::new("jsonl", &get("u1"));
    let mut child = command.arg(&file.0).stdout(Stdio::piped()).spawn().unwrap();
    crate::run::wait_for_requests(&server, &mut child, 1);
    crate::run::signal(&child, "-HUP");
    let ran = ran(child.wait_with_output().unwrap());
    assert_eq!(ran.is_done().json()[0]["ok"], true);
}
