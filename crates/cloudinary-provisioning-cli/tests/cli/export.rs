//! `cldp export access|keys|roles` and `cldp review`.

use cloudinary_provisioning_fake::{Fault, NewAccessKey, NewSubAccount, Switch};
use serde_json::{Value, json};

use crate::run::{account, bare, cldp, demo, run, serve};

#[test]
fn a_review_shows_who_can_access_what_and_through_what() {
    let ran = demo(&["review", "-ojsonl", "--columns", "principal,environment,role,through"]);
    let lines = ran.is_done().json();
    let expected = |principal: &str, environment: &str, role: &str, through: &str| {
        let line = json!({"principal": principal, "environment": environment, "role": role, "through": through});
        assert!(lines.contains(&line), "{line} is not in {lines:#?}");
    };
    expected("ada@example.com", "all", "master_admin", "user");
    expected("alan@example.com", "demo-website", "media_library_user", "user");
    expected("alan@example.com", "demo-website", "Reviewers", "group Editors");
    expected("edsger@example.com", "all", "Viewer", "group Developers");
    expected("grace@example.com", "account", "Admin", "assignment");
    expected("814814814814814", "demo-shop", "Admin", "assignment");
}

#[test]
fn a_review_is_a_table_or_json() {
    let table = demo(&["review", "-otable"]);
    assert!(table.is_done().stdout.starts_with(" PRINCIPAL "), "{table:?}");
    let json = demo(&["review"]);
    assert!(json.is_done().value().as_array().is_some_and(|lines| lines.len() > 7));
}

#[test]
fn a_table_of_a_review_marks_who_is_disabled() {
    let jo = cloudinary_provisioning_fake::NewUser::new("Jo", "jo@x.org").role("billing").enabled(false);
    let server = serve(account().with_user(jo));
    let table = run(cldp(&server).args(["review", "-otable"]));
    assert!(table.is_done().stdout.contains(" jo@x.org (disabled) "), "{table:?}");
    assert_eq!(run(cldp(&server).arg("review")).is_done().value()[0]["principal"], "jo@x.org");
}

#[test]
fn a_review_without_the_permissions_system_shows_the_rest_and_fails() {
    let server = serve(
        account()
            .with_switch(Switch::NoPermissions)
            .with_user(cloudinary_provisioning_fake::NewUser::new("Jo", "jo@x.org").role("billing")),
    );
    let ran = run(cldp(&server).arg("review"));
    assert_eq!(ran.status, 1, "{ran:?}");
    assert_eq!(ran.value()[0]["principal"], "jo@x.org");
    assert!(ran.stderr.contains("cldp: could not read everything: 1 errors"), "{ran:?}");
}

#[test]
fn access_is_exported_as_csv() {
    let ran = demo(&["export", "access"]);
    let first = ran.is_done().stdout.lines().next().unwrap();
    assert_eq!(first, "principal,principal_type,principal_id,enabled,environment,sub_account_id,role,through,content");
    let line = "alan@example.com,user,u3,true,demo-website,env-website,Reviewers,group Editors,";
    assert!(ran.stdout.lines().any(|found| found == line), "{ran:?}");
}

#[test]
fn keys_are_exported_without_their_secrets() {
    let ran = demo(&["export", "keys"]);
    let line = ran.is_done().stdout.lines().find(|line| line.contains(",Deploy,")).unwrap();
    assert!(line.starts_with("env-shop,demo-shop,Deploy,814814814814814,********,true,false,"), "{line}");
    let shown = demo(&["export", "keys", "--show-secrets"]);
    assert!(shown.is_done().stdout.contains("demo-deploy-secret"));
}

#[test]
fn every_key_is_exported_whatever_the_size_of_a_page() {
    let keys = (0..5).map(|n| NewAccessKey::new(format!("Key {n}")));
    let seeded = account().with_page_cap(2).with_sub_account(NewSubAccount::new("One").id("s1"));
    let server = serve(keys.fold(seeded, |account, key| account.with_access_key("s1", key)));
    let ran = run(cldp(&server).args(["export", "keys", "-ojsonl"]));
    assert_eq!(ran.is_done().json().len(), 6, "five, and the root key");
}

#[test]
fn roles_are_exported_with_policies_and_principals() {
    let ran = demo(&["export", "roles", "-ojson"]);
    let roles = ran.is_done().value();
    let role = roles.as_array().unwrap().iter().find(|role| role["id"] == "reviewers").unwrap();
    assert_eq!(role["policies"].as_array().map(Vec::len), Some(2), "{role}");
    assert_eq!(role["principals"], json!(["group:g1@env-website"]));
    assert!(roles.as_array().unwrap().iter().any(|role| role["permission_type"] == "content"));
}

#[test]
fn what_could_not_be_read_is_empty_and_a_failure() {
    let server = serve(account().with_sub_account(NewSubAccount::new("One").id("s1")));
    server.with(|account| account.script([Fault::response(), Fault::status(403)]));
    let ran = run(cldp(&server).args(["export", "keys"]));
    assert_eq!(ran.status, 1, "{ran:?}");
    assert!(ran.stderr.contains("product environment s1: getAccessKeys: 403"), "{ran:?}");
}

#[test]
fn any_number_of_workers_comes_to_the_same() {
    for what in ["users", "access", "keys", "roles"] {
        let with =
            |workers: &str| run(bare().args(["--demo", "export", what, "--workers", workers])).is_done().stdout.clone();
        assert_eq!(with("1"), with("8"), "{what}");
    }
}

#[test]
fn a_dry_run_of_an_export_is_refused() {
    demo(&["export", "users", "--dry-run"]).is_refused("--dry-run is for operations");
    demo(&["review", "--dry-run"]).is_refused("--dry-run is for operations");
}

#[test]
fn json_of_users_has_lists_and_booleans() {
    let ran = demo(&["export", "users", "-ojson"]);
    let alan = ran
        .is_done()
        .value()
        .as_array()
        .unwrap()
        .iter()
        .find(|user| user["id"] == "u3")
        .cloned()
        .unwrap_or(Value::Null);
    assert_eq!((&alan["groups"], &alan["enabled"]), (&json!(["Editors", "Developers"]), &json!(true)));
}
