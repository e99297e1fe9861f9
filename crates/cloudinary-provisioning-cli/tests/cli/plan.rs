//! `cldp plan`.

use std::fs;

use cloudinary_provisioning_fake::{FakeAccount, FakeServer, Fault, NewGroup, NewSubAccount, NewUser, Switch};
use serde_json::json;

use crate::run::{Ran, TempFile, account, bare, cldp, demo, run, run_with_input, serve, state, writes};

/// Two environments, a group, a master admin who is the root user, another one, and three more.
pub(crate) fn seeded() -> FakeAccount {
    account()
        .with_page_cap(2)
        .with_sub_account(NewSubAccount::new("One").id("s1").cloud_name("one"))
        .with_sub_account(NewSubAccount::new("Two").id("s2").cloud_name("two"))
        .with_users([
            NewUser::new("Root", "root@x.org").id("u-root").role("master_admin").root(true).pending(false),
            NewUser::new("Old", "update@x.org").id("u-update").sub_account_ids(["s1"]),
            NewUser::new("Disable", "disable@x.org").id("u-disable"),
            NewUser::new("Same", "same@x.org").id("u-same").role("reports"),
            NewUser::new("Missing", "missing@x.org").id("u-missing"),
        ])
        .with_group(NewGroup::new("Editors").id("g1").members(["u-same"]))
}

/// One of each kind: to create, to update, to disable, unchanged; nothing is said of two.
pub(crate) const WANTED: &str = r#"
[[users]]
email = "new@x.org"
name = "New"
role = "billing"
environments = ["one"]

[[users]]
email = "Update@X.org"
name = "Updated"
environments = ["one", "two"]

[[users]]
email = "disable@x.org"
state = "absent"

[[users]]
email = "same@x.org"
name = "Same"
role = "reports"
enabled = true
"#;

pub(crate) fn command(server: &FakeServer, command: &str, extension: &str, wanted: &str, options: &[&str]) -> Ran {
    let file = TempFile::new(extension, wanted);
    run(cldp(server).arg(command).args(options).arg(&file.0))
}

fn plan(server: &FakeServer, wanted: &str, options: &[&str]) -> Ran {
    command(server, "plan", "toml", wanted, options)
}

#[test]
fn it_shows_what_would_change_and_changes_nothing() {
    let server = serve(seeded());
    let before = state(&server);
    let ran = plan(&server, WANTED, &[]);

    let expected = "\
~ user Update@X.org  name: Old → Updated, environments: [one] → [one, two]
+ user new@x.org  name: New, role: billing, environments: [one]  (sends an email to new@x.org)
- user disable@x.org: disable  enabled: true → false
3 changes. Unchanged: users 1.
";
    assert_eq!(ran.is_done().stdout, expected);
    assert_eq!(writes(&server), 0);
    assert_eq!(state(&server), before);
}

#[test]
fn json_has_the_steps_what_is_unchanged_and_what_is_refused() {
    let server = serve(seeded());
    let wanted = "[[users]]\nemail = \"root@x.org\"\nrole = \"billing\"\nenvironments = \"all\"\n\
                  [[users]]\nemail = \"same@x.org\"\nrole = \"admin\"\n";
    let ran = plan(&server, wanted, &["-ojson"]);

    assert_eq!(ran.status, 4, "{ran:?}");
    let value = ran.value();
    let step = &value["steps"][0];
    assert_eq!(
        (&step["kind"], &step["name"], &step["action"]),
        (&json!("users"), &json!("same@x.org"), &json!("update"))
    );
    assert_eq!(step["changes"], json!([{"field": "role", "old": "reports", "new": "admin"}]));
    assert_eq!(step["widens"], true);
    assert_eq!(value["unchanged"], json!({}));
    let guards: Vec<_> = value["refused"].as_array().unwrap().iter().map(|refusal| refusal["guard"].clone()).collect();
    assert_eq!(guards, ["last-admin", "root"]);
    assert!(value["refused"][0]["message"].as_str().unwrap().contains("0 enabled master admins would be left"));
}

#[test]
fn the_exit_status_says_whether_anything_differs() {
    let server = serve(seeded());
    assert_eq!(plan(&server, WANTED, &["--exit-code"]).status, 3);
    let same = "[[users]]\nemail = \"same@x.org\"\nrole = \"reports\"\n";
    assert_eq!(plan(&server, same, &["--exit-code"]).is_done().stdout, "No changes. Unchanged: users 1.\n");
}

#[test]
fn every_problem_of_a_file_is_told_with_its_place_and_nothing_is_sent() {
    let server = serve(seeded());
    let wanted = "[[users]]\nemail = \"a\u{200b}@x.org\"\nrole = \"amdin\"\n[[users]]\nemial = \"b@x.org\"\n";
    let ran = plan(&server, wanted, &[]);

    ran.is_refused("line 2, column ");
    for part in [
        "U+200B",
        "line 3, column 8: users[0].role: \"amdin\" is not a role",
        "line 5, column 1: users[1].emial: unknown key",
    ] {
        assert!(ran.stderr.contains(part), "{part} is not in {}", ran.stderr);
    }
    assert_eq!(server.requests(), 0);
}

#[test]
fn a_reference_to_nobody_is_a_problem_of_the_file() {
    let server = serve(seeded());
    let ran = plan(&server, "[[groups]]\nname = \"Editors\"\nmembers = [\"nobody@x.org\"]\n", &[]);
    ran.is_refused(".toml: line 1, column 1: group Editors: there is no user nobody@x.org");
}

#[test]
fn wrong_flags_are_refused() {
    let server = serve(seeded());
    let refused = |options: &[&str], why| plan(&server, WANTED, options).is_refused(why);
    refused(&["--allow", "last-amdin"], "there is no guard last-amdin; there are last-admin,");
    refused(&["--from", "okta"], "--from and --ignore-columns are for CSV");
    refused(&["--from", "ldap"], "[possible values: okta, entra, google]");
    refused(&["--prune", "user"], "possible values: environments, keys,");
    refused(&["--me", "same@x.org\u{200b}"], "--me: users[0].email: has the invisible character U+200B");
    refused(&["-ocsv"], "as text or, with -o json, as JSON");
    run(cldp(&server).args(["plan"])).is_refused("which FILE?");
    run(cldp(&server).args(["plan", "/there/is/no/such.toml"])).is_refused("/there/is/no/such.toml: No such file");
    run(bare().args(["--demo", "plan", "--origin", "http://127.0.0.1:1"])).is_refused("cannot be used with");
    let of_another_name = TempFile::new("txt", WANTED);
    run(cldp(&server).arg("plan").arg(&of_another_name.0))
        .is_refused("nor does its name say whether it is TOML, JSON or CSV; say it with --format");
    run(cldp(&server).args(["plan", "-"])).is_refused("standard input: neither a saved plan, nor does its name say");
    assert_eq!(server.requests(), 0);
}

#[test]
fn every_format_says_the_same() {
    let server = serve(seeded());
    let expected = plan(&server, WANTED, &[]).stdout;
    let json = json!({"users": [
        {"email": "new@x.org", "name": "New", "role": "billing", "environments": ["one"]},
        {"email": "Update@X.org", "name": "Updated", "environments": ["one", "two"]},
        {"email": "disable@x.org", "enabled": false},
        {"email": "same@x.org", "name": "Same", "role": "reports", "enabled": true},
    ]})
    .to_string();
    assert_eq!(command(&server, "plan", "json", &json, &[]).is_done().stdout, expected);
    let csv = "\u{feff}sep=;\r\nRole;Email;Name;Environments;Enabled;\r\n\
               billing;new@x.org;New;s1;;\r\n;Update@X.org;Updated;one|two; ;\r\n;disable@x.org;;;false;\r\n\
               reports;same@x.org;Same;;TRUE;\r\n;;;;;\r\n";
    assert_eq!(command(&server, "plan", "CSV", csv, &[]).is_done().stdout, expected);
    let utf16: Vec<_> = csv.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let ran = run_with_input(cldp(&server).args(["plan", "-", "--format", "csv"]), &utf16);
    assert_eq!(ran.is_done().stdout, expected);
}

#[test]
fn a_column_that_is_not_known_is_an_error_that_lists_those_that_are() {
    let server = serve(seeded());
    let csv = "email,age\nsame@x.org,7\n";
    command(&server, "plan", "csv", csv, &[]).is_refused(
        "line 1, column 7: the column \"age\" is not known; expected name, email, role, enabled, environments, sub_account_ids, groups",
    );
    command(&server, "plan", "csv", csv, &["--ignore-columns"]).is_done();
    let okta = "id,login,firstName,lastName,status\n00u1,same@x.org,Same,,ACTIVE\n";
    command(&server, "plan", "csv", okta, &["--from", "okta", "--exit-code"]).is_done();
}

#[test]
fn the_groups_column_is_read() {
    let server = serve(seeded());
    let ran = command(&server, "plan", "csv", "email,groups\nupdate@x.org,Editors\n", &[]);
    assert_eq!(ran.is_done().stdout, "+ membership update@x.org in Editors\n1 change. Unchanged: users 1.\n");
}

#[test]
fn a_list_that_could_not_be_read_removes_nothing() {
    let server = serve(seeded());
    server.with(|account| account.script([Fault::status(400).on_operation("getUserGroups")]));
    let wanted = "prune = [\"users\"]\n[[users]]\nemail = \"same@x.org\"\nname = \"Renamed\"\n\
                  [[users]]\nemail = \"root@x.org\"\n[[groups]]\nname = \"Editors\"\nmembers = []\n";
    let ran = plan(&server, wanted, &["-ojson"]);

    assert_eq!(ran.status, 1, "{ran:?}");
    assert!(ran.stderr.contains("not everything could be read"), "{ran:?}");
    let value = ran.value();
    assert_eq!(value["steps"].as_array().unwrap().len(), 1, "what does not depend on it is planned");
    assert_eq!(value["steps"][0]["name"], "same@x.org");
    assert_eq!(value["withheld"], 3);
    assert_eq!(value["blocked"][0]["kind"], "groups");
}

#[test]
fn environments_of_a_user_that_could_not_be_read_block_that_user_alone() {
    let server = serve(seeded().with_switch(Switch::UsersAsDocumented));
    server.with(|account| account.script([Fault::status(400).on_operation("getSubAccountsForUser")]));
    let ran = plan(&server, WANTED, &[]);

    assert_eq!(ran.status, 1, "{ran:?}");
    assert!(ran.stdout.contains("+ user new@x.org"), "{ran:?}");
    assert!(ran.stdout.contains("! not planned: user Update@X.org: "), "{ran:?}");
    assert!(!ran.stdout.contains("- user disable@x.org"), "{ran:?}");
}

#[test]
fn wrong_credentials_are_a_failure_with_a_hint() {
    let server = serve(seeded());
    let file = TempFile::new("toml", WANTED);
    let ran = run(cldp(&server).env("CLOUDINARY_ACCOUNT_URL", "account://another:s3cret@acc").arg("plan").arg(&file.0));

    assert_eq!(ran.status, 1, "{ran:?}");
    assert!(ran.stderr.contains("are the account id, the API key, the secret and the region right?"), "{}", ran.stderr);
    assert_eq!(ran.stdout, "");
}

#[test]
fn a_saved_plan_is_a_file_for_apply_without_a_secret() {
    let server = serve(seeded());
    // It is known by what it holds.
    let saved = TempFile::new("plan", "");
    let path = saved.0.to_str().unwrap();
    plan(&server, WANTED, &["--out", path, "--me", "same@x.org"]).is_done();
    run(cldp(&server).args(["diff", path, path])).is_done();

    let value: serde_json::Value = serde_json::from_slice(&fs::read(path).unwrap()).unwrap();
    assert_eq!((&value["version"], &value["account"], &value["me"]), (&json!(1), &json!("acc"), &json!("same@x.org")));
    assert_eq!(value["manifest"]["users"].as_array().unwrap().len(), 4);
    assert!(value["fingerprint"].is_string());
}

#[test]
fn the_demo_has_a_manifest_of_its_own() {
    let ran = demo(&["plan", "--exit-code"]);
    assert_eq!(ran.status, 3, "{ran:?}");
    for kind in ["environment", "key", "role", "group", "user", "membership", "assignment", "policy"] {
        assert!(
            ran.stdout.contains(&format!("+ {kind} ")) || ran.stdout.contains(&format!("~ {kind} ")),
            "{kind}: {ran:?}"
        );
    }
    assert!(ran.stderr.contains("2 of the steps yield a secret"), "{ran:?}");
}

#[test]
fn a_file_that_is_read_or_written_is_not_written_over() {
    let manifest = TempFile::new("toml", "[[users]]\nemail = \"jo@example.com\"\nname = \"Jo\"\nrole = \"billing\"\n");
    let other = TempFile::new("toml", "");
    let before = fs::read(&manifest.0).unwrap();
    let (path, other) = (manifest.0.to_str().unwrap(), other.0.to_str().unwrap());
    let new = format!("{path}.new");
    for arguments in [
        &["plan", path, "--out", path][..],
        &["apply", path, "--yes", "--log", path],
        &["apply", path, "--yes", "--secrets", path],
        &["apply", path, "--yes", "--secrets", &new, "--log", &new],
        &["rotate", "demo-shop", "--yes", "--secrets", &new, "--log", &new],
        &["diff", path, other, "--file", path],
        &["diff", other, path, "--file", path],
    ] {
        demo(arguments).is_refused("is given twice");
    }
    assert_eq!(fs::read(&manifest.0).unwrap(), before);
}
