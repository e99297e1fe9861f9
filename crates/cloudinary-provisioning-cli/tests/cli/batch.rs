//! `cldp batch`.

use cloudinary_provisioning_fake::{FakeAccount, Fault, NewUser};
use serde_json::{Value, json};

use crate::run::{Ran, TempFile, account, bare, cldp, run, run_with_input, serve, wait_for_requests, writes};

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
    wait_for_requests(&server, &mut child, 1);
    crate::run::interrupt(&child);
    let ran = crate::run::ran(child.wait_with_output().unwrap());
    assert_eq!(ran.status, 1, "{ran:?}");
    let lines = ran.json();
    assert!(lines[0]["error"]["message"].as_str().unwrap().contains("the call was cancelled"), "{ran:?}");
    assert_eq!(lines[0]["error"]["maybe_applied"], false);
    assert_eq!(server.requests(), 1);
}

#[cfg(unix)]
#[test]
fn ctrl_c_ends_a_batch_that_waits_for_lines() {
    use std::io::{BufRead, BufReader, Write};
    use std::process::Stdio;

    let server = serve(seeded());
    let mut child = cldp(&server).arg("batch").stdin(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    writeln!(stdin, "{}", get("u1")).unwrap();
    let mut line = String::new();
    stdout.read_line(&mut line).unwrap();
    assert!(line.contains("\"ok\":true"), "a result comes before the next line is there: {line}");

    crate::run::interrupt(&child);
    let ran = crate::run::ran(child.wait_with_output().unwrap());
    assert_eq!(ran.status, 1, "{ran:?}");
    assert!(ran.stderr.contains("interrupted after 1 lines"), "{ran:?}");
    drop(stdin);
}
