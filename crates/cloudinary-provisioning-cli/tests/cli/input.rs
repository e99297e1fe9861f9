//! Input files: one reader for every command.

use std::process::Command;

use serde_json::json;

use crate::run::{TempFile, bare, run, run_with_input};

/// The text in every encoding that is read.
fn encodings(text: &str) -> [Vec<u8>; 4] {
    let marked = format!("\u{feff}{text}");
    let utf16 = |bytes: fn(u16) -> [u8; 2]| marked.encode_utf16().flat_map(bytes).collect();
    [text.as_bytes().to_vec(), marked.clone().into_bytes(), utf16(u16::to_le_bytes), utf16(u16::to_be_bytes)]
}

fn dry(arguments: &[&str]) -> Command {
    let mut command = bare();
    command.args(["--demo", "--dry-run"]).args(arguments);
    command
}

#[test]
fn every_command_reads_every_encoding() {
    let body = r#"{"name":"Zoë","email":"zoe@x.org"}"#;
    let batch = format!(r#"{{"operation":"createUser","fields":{body}}}"#);
    let users = format!("[{body}]");
    let outputs = |text: &str, arguments: &[&str], option: &str| {
        encodings(text).map(|bytes| {
            let file = TempFile::new("json", &bytes);
            run(dry(arguments).arg(format!("{option}{}", file.0.display()))).is_done().stdout.clone()
        })
    };
    for outputs in [
        outputs(body, &["users", "create"], "--json=@"),
        outputs(body, &["api", "POST", "users"], "--json=@"),
        outputs("Zoë", &["users", "update", "u1"], "--name=@"),
        outputs(&batch, &["batch"], ""),
        outputs(&users, &["plan"], ""),
    ] {
        assert!(outputs[0].contains("Zoë"), "{}", outputs[0]);
        assert!(outputs.iter().all(|output| *output == outputs[0]), "{outputs:#?}");
    }
}

#[test]
fn standard_input_may_have_a_byte_order_mark() {
    let lines = "{\"operation\":\"getUser\",\"fields\":{\"user_id\":\"u1\"}}\r\n\n".repeat(2);
    for bytes in encodings(&lines) {
        assert_eq!(run_with_input(&mut dry(&["batch"]), &bytes).is_done().json().len(), 2);
    }
}

#[test]
fn text_in_another_encoding_is_refused_with_its_line() {
    let file = TempFile::new("csv", b"email,name\nrene@x.org,Ren\xe9\n");
    let path = file.0.display();
    let why = format!("{path}: line 2: not UTF-8 text (byte 15 is 0xe9)");
    run(dry(&["plan"]).arg(&file.0)).is_refused(&why);
    run(dry(&["users", "create", "--json"]).arg(format!("@{path}"))).is_refused(&why);
    run(dry(&["users", "update", "u1", "--name"]).arg(format!("@{path}"))).is_refused(&why);
    let ran = run(dry(&["batch"]).arg(&file.0));
    assert_eq!((ran.status, ran.json().len()), (1, 1), "{ran:?}");
    assert!(ran.stderr.contains("cannot read the input: line 2: not UTF-8 text (byte 15 is 0xe9)"), "{ran:?}");
}

#[test]
fn the_value_of_an_option_may_be_in_a_file() {
    let statement = TempFile::new("cedar", "permit(principal,\n  action, resource);\n");
    let attributes = TempFile::new("json", r#"{"team": 7}"#);
    let at = |file: &TempFile| format!("@{}", file.0.display());
    let body = |arguments: &[&str]| run(&mut dry(arguments)).is_done().value()["body"].clone();

    let policy =
        ["custom-policies", "update", "p1", "--name=P", "--scope-type=account", "--enabled=true", "--policy-statement"];
    assert_eq!(
        body(&[&policy[..], &[&at(&statement)]].concat())["policy_statement"],
        "permit(principal,\n  action, resource);",
    );
    let environment = ["product-environments", "update", "id:s1", "--custom-attributes"];
    assert_eq!(body(&[&environment[..], &[&at(&attributes)]].concat()), json!({"custom_attributes": {"team": 7}}));
    assert_eq!(body(&["users", "update", "u1", "--name", "@@jo"]), json!({"name": "@jo"}));
    let ran = run_with_input(&mut dry(&["users", "update", "u1", "--name", "@-"]), "Jo\r\n");
    assert_eq!(ran.is_done().value()["body"], json!({"name": "Jo"}));
    run(&mut dry(&["users", "update", "u1", "--name", "@/there/is/no.txt"]))
        .is_refused("/there/is/no.txt: No such file");
}
