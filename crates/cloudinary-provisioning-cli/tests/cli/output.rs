//! The forms of the output.

use cloudinary_provisioning_fake::{FakeAccount, Fault, NewUser};
use serde_json::json;

use crate::run::{account, cldp, demo, run, serve};

fn seeded() -> FakeAccount {
    account().with_page_cap(1).with_users([
        NewUser::new("=cmd|' /C calc'!A0", "a@x.org").id("u1"),
        NewUser::new("Tab\u{1b}[2J", "b@x.org").id("u2").enabled(false),
    ])
}

#[test]
fn a_pipe_gets_json() {
    let server = serve(seeded());
    let ran = run(cldp(&server).args(["users", "list"]));
    let users = ran.is_done().value();
    assert_eq!((users[0]["id"].as_str(), users[1]["enabled"].as_bool()), (Some("u1"), Some(false)));
    let user = run(cldp(&server).args(["users", "get", "u2"]));
    assert_eq!(user.is_done().value()["id"], "u2");
}

#[test]
fn columns_choose_fields_in_every_form() {
    let server = serve(seeded());
    let list = |format: &str| {
        let ran = run(cldp(&server).args(["users", "list", "--columns", "id,enabled", "-o", format]));
        ran.is_done().stdout.clone()
    };
    assert_eq!(list("table"), " ID  ENABLED\n u1  true\n u2  false\n");
    assert_eq!(list("jsonl"), "{\"enabled\":true,\"id\":\"u1\"}\n{\"enabled\":false,\"id\":\"u2\"}\n");
    assert_eq!(list("csv"), "id,enabled\nu1,true\nu2,false\n");
    let json: serde_json::Value = serde_json::from_str(&list("json")).unwrap();
    assert_eq!(json, json!([{"id": "u1", "enabled": true}, {"id": "u2", "enabled": false}]));
}

#[test]
fn a_single_object_is_a_table_of_its_fields() {
    let server = serve(seeded());
    let ran = run(cldp(&server).args(["users", "get", "u1", "-o", "table", "--columns", "id,email"]));
    assert_eq!(ran.is_done().stdout, " id     u1\n email  a@x.org\n");
}

#[test]
fn a_table_shows_no_control_characters() {
    let server = serve(seeded());
    let ran = run(cldp(&server).args(["users", "list", "-o", "table"]));
    assert!(!ran.is_done().stdout.contains('\u{1b}'), "{ran:?}");
    assert!(ran.stdout.contains("Tab\\u{1b}[2J"), "{ran:?}");
}

#[test]
fn csv_has_no_formula_unless_it_is_asked_for() {
    let server = serve(seeded());
    let csv = |options: &[&str]| {
        let ran =
            run(cldp(&server).args(["users", "list", "-ocsv", "--columns", "name", "--limit", "1"]).args(options));
        ran.is_done().stdout.clone()
    };
    assert_eq!(csv(&[]), "name\n'=cmd|' /C calc'!A0\n");
    assert_eq!(csv(&["--raw-csv"]), "name\n=cmd|' /C calc'!A0\n");
}

#[test]
fn csv_has_no_cell_that_a_spreadsheet_would_read_as_a_formula() {
    let starts = ['=', '+', '-', '@', '\t', '\r', '\n', '\0', '＝', '＋', '－', '＠'];
    let server = serve(
        account()
            .with_users(starts.map(|start| NewUser::new(format!("{start}1"), format!("{}@x.org", u32::from(start))))),
    );
    let ran = run(cldp(&server).args(["users", "list", "-ocsv", "--columns", "name"]));
    let mut csv = csv::Reader::from_reader(ran.is_done().stdout.as_bytes());
    let names: Vec<_> = csv.records().map(|record| record.unwrap()[0].to_owned()).collect();
    assert_eq!(names, starts.map(|start| format!("'{start}1")));
}

#[test]
fn an_empty_list_is_told_in_every_form() {
    let server = serve(account());
    let list = |format: &str| run(cldp(&server).args(["users", "list", "-o", format])).is_done().stdout.clone();
    assert_eq!(list("json"), "[]\n");
    assert_eq!(list("jsonl"), "");
    assert_eq!(list("table"), "None.\n");
    assert!(list("csv").starts_with("id,name,"), "the columns are there");
}

#[test]
fn a_list_whose_later_page_fails_is_not_taken_for_whole() {
    for (format, is_partial) in [
        ("json", (|text| text.starts_with("[\n  {") && text.ends_with("\n  }\n")) as fn(&str) -> bool),
        ("jsonl", |text| text.lines().count() == 1),
        ("csv", |text| text.lines().count() == 2),
        ("table", |text| text.lines().count() == 2),
    ] {
        let server = serve(seeded());
        server.with(|account| account.script([Fault::response(), Fault::status(403)]));
        let ran = run(cldp(&server).args(["users", "list", "--workers", "1", "--columns", "id", "-o", format]));
        assert_eq!(ran.status, 1, "{ran:?}");
        assert!(is_partial(&ran.stdout), "{ran:?}");
        assert!(ran.stderr.contains("cldp: getUsers: 403"), "{ran:?}");
    }
}

#[test]
fn nothing_is_written_of_a_list_whose_first_page_fails() {
    for format in ["json", "jsonl", "csv", "table"] {
        let server = serve(seeded());
        server.with(|account| account.script([Fault::status(403)]));
        let ran = run(cldp(&server).args(["users", "list", "--workers", "1", "-o", format]));
        assert_eq!((ran.status, ran.stdout.as_str()), (1, ""), "{ran:?}");
    }
}

#[test]
fn an_envelope_without_its_list_is_an_error() {
    let server = serve(seeded());
    server.with(|account| account.script([Fault::status(200).body("{}")]));
    let ran = run(cldp(&server).args(["users", "list", "--workers", "1"]));
    assert_eq!(ran.status, 1, "{ran:?}");
    assert!(ran.stderr.contains("at `users`: expected a list"), "{ran:?}");
}

#[test]
fn numbers_are_shown_as_they_came() {
    let (large, long) = ("123456789012345678901", "-0.12345678901234567890");
    let server = serve(seeded());
    let body = format!(r#"{{"users":[{{"group_count":{large},"id":"u1","x":{{"y":{long}}}}}]}}"#);
    let answer = Fault::status(200).body(body.clone());
    let shown = |arguments: &[&str]| {
        server.with(|account| account.script([answer.clone()]));
        run(cldp(&server).args(arguments).args(["--columns", "group_count"])).is_done().stdout.clone()
    };
    let list = ["users", "list", "--page", "1", "-o"];
    assert_eq!(shown(&[&list[..], &["jsonl"]].concat()), format!("{{\"group_count\":{large}}}\n"));
    assert_eq!(shown(&[&list[..], &["csv"]].concat()), format!("group_count\n{large}\n"));
    assert_eq!(shown(&[&list[..], &["table"]].concat()), format!(" GROUP_COUNT\n {large}\n"));
    server.with(|account| account.script([answer.clone()]));
    let api = run(cldp(&server).args(["api", "GET", "users", "-o", "jsonl"]));
    assert_eq!(api.is_done().stdout.trim_end(), body);
}

#[test]
fn lists_that_are_not_of_records_have_a_form_too() {
    for format in ["table", "json", "jsonl", "csv"] {
        demo(&["billing-usage", "get", "-o", format]).is_done();
        demo(&["public", "get-catalog", "-o", format]).is_done();
        demo(&["effective-policies", "list", "--scope-type", "account", "-o", format]).is_done();
    }
}

#[test]
fn an_unknown_column_and_an_empty_one_are_refused() {
    for command in [
        &["users", "list"][..],
        &["users", "get", "u1"],
        &["users", "create", "--name=A", "--email=a@x.org"],
        &["billing-usage", "get", "-ocsv"],
        &["export", "users"],
        &["export", "roles"],
        &["review"],
    ] {
        let ran = demo(&[command, &["--columns", "nope"]].concat());
        ran.is_refused("--columns: there is no column \"nope\"; there are ");
    }
    demo(&["users", "list", "--columns", "id,,name"]).is_refused("--columns has an empty name");
    assert!(demo(&["review", "--columns", "enabled"]).is_done().stdout.contains("true"), "not only the usual ones");
}

#[test]
fn billing_usage_is_a_table_of_numbers() {
    let usage = ["billing-usage", "get", "--include-prodenv-breakdown", "-o", "csv", "--columns"];
    let ran = demo(&[&usage[..], &["metric,cloud_name,used_for,usage,limit"]].concat());
    let expected = "metric,cloud_name,used_for,usage,limit\n\
        credit,,,51.5,225\ncredit,,storage_image,12.5,225\ncredit,demo-shop,storage_image,12.5,225\n";
    assert_eq!(ran.is_done().stdout, expected);
}
