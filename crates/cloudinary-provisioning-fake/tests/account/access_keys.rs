//! The access keys of a product environment.

use cloudinary_provisioning_fake::{FakeAccount, NewAccessKey, NewSubAccount, Switch};
use serde_json::{Value, json};

use crate::common::{account, ask, at, message, names, text_at};

const FIELDS: [&str; 7] = ["name", "api_key", "api_secret", "created_at", "updated_at", "enabled", "root"];

fn seeded() -> FakeAccount {
    account()
        .with_sub_account(NewSubAccount::new("Shop").id("s1"))
        .with_access_key("s1", NewAccessKey::new("ci").api_key("111").api_secret("xyz"))
        .with_access_key("s1", NewAccessKey::new("Backup").api_key("222").enabled(false))
}

fn keys(account: &mut FakeAccount, method: &str, below: &str, body: &Value) -> (u16, Value) {
    at(account, method, &format!("/sub_accounts/s1/access_keys{below}"), body)
}

fn listed(account: &mut FakeAccount, query: &str) -> Vec<String> {
    let (status, list) = keys(account, "GET", &format!("?{query}"), &Value::Null);
    assert_eq!((status, &list["total"]), (200, &json!(3)), "{query}: {list}");
    list["access_keys"].as_array().unwrap().iter().map(|key| key["name"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn keys_have_the_fields_of_live_tests_in_their_order() {
    let (_, text) = text_at(&mut seeded(), "GET", "/sub_accounts/s1/access_keys/111", &Value::Null);
    assert_eq!(names(&text), FIELDS);
    let (_, text) = text_at(&mut seeded(), "POST", "/sub_accounts/s1/access_keys", &json!({"name": "new"}));
    assert_eq!(names(&text), FIELDS);
    let body = json!({"dedicated_for": "webhooks"});
    let (_, text) = text_at(&mut seeded(), "PUT", "/sub_accounts/s1/access_keys/111", &body);
    let with_mark = ["name", "api_key", "api_secret", "created_at", "updated_at", "enabled", "dedicated_for", "root"];
    assert_eq!(names(&text), with_mark);
}

#[test]
fn key_responses_have_no_rate_limit_headers() {
    let target = "/v1_1/provisioning/accounts/acc/sub_accounts/s1/access_keys";
    let response = ask(&mut seeded(), http::Method::GET, target, "");
    assert!(!response.headers().keys().any(|name| name.as_str().starts_with("x-featureratelimit")));
    assert!(response.headers().contains_key("x-request-id"));
}

#[test]
fn the_documented_fields_come_alone_by_a_switch() {
    let mut account = seeded().with_switch(Switch::KeysAsDocumented);
    let (_, key) = keys(&mut account, "PUT", "/111", &json!({"dedicated_for": "webhooks"}));
    assert_eq!(key.as_object().unwrap().len(), 6);
}

#[test]
fn a_list_tells_the_total_of_all_pages() {
    let mut account = seeded();
    assert_eq!(listed(&mut account, ""), ["Root", "ci", "Backup"]);
    assert_eq!(listed(&mut account, "page=2&page_size=2"), ["Backup"]);
    assert_eq!(listed(&mut account, "page=3&page_size=2"), [""; 0]);
    assert_eq!(listed(&mut account, "page=100"), [""; 0]);
    let response = keys(&mut account, "GET", "?page=101", &Value::Null);
    assert_eq!((response.0, message(&response)), (400, "page must be at most 100, not 101"));
}

#[test]
fn every_order_can_be_asked_for() {
    let mut account = seeded();
    assert_eq!(listed(&mut account, "sort_by=name&sort_order=asc"), ["Backup", "ci", "Root"]);
    assert_eq!(listed(&mut account, "sort_by=name"), ["Root", "ci", "Backup"]);
    assert_eq!(listed(&mut account, "sort_by=enabled&sort_order=asc"), ["Backup", "Root", "ci"]);
    assert_eq!(listed(&mut account, "sort_by=created_at&sort_order=desc"), ["Backup", "ci", "Root"]);
    assert_eq!(listed(&mut account, "sort_by=api_key&sort_order=asc")[..2], ["ci", "Backup"]);
}

#[test]
fn a_key_is_generated_with_a_secret_and_without_a_root_mark() {
    let mut account = seeded();
    let (status, key) = keys(&mut account, "POST", "", &json!({"name": "new", "enabled": false}));
    assert_eq!((status, &key["enabled"], &key["root"]), (200, &json!(false), &json!(false)));
    let made = account.access_key("s1", key["api_key"].as_str().unwrap()).unwrap();
    assert_eq!(key["api_secret"], made.api_secret.as_str());
    assert_eq!(keys(&mut account, "POST", "", &json!({})).1["enabled"], true);
}

#[test]
fn a_taken_name_is_a_409() {
    let mut account = seeded();
    let response = keys(&mut account, "POST", "", &json!({"name": "ci"}));
    assert_eq!((response.0, message(&response)), (409, "Name exists"));
    assert_eq!(keys(&mut account, "PUT", "/222", &json!({"name": "ci"})).0, 409);
    assert_eq!(keys(&mut account, "PUT", "/111", &json!({"name": "ci"})).0, 200);
}

#[test]
fn the_name_of_a_deleted_key_is_free_unless_a_switch_keeps_it() {
    for (switches, status) in [(None, 200), (Some(Switch::DeletedKeyNamesTaken), 409)] {
        let mut account = seeded().with_switches(switches);
        keys(&mut account, "DELETE", "/111", &Value::Null);
        assert_eq!(keys(&mut account, "POST", "", &json!({"name": "ci"})).0, status);
    }
}

#[test]
fn a_key_is_disabled_unless_a_switch_ignores_it() {
    for (switches, enabled) in [(None, false), (Some(Switch::DisablingKeysIgnored), true)] {
        let mut account = seeded().with_switches(switches);
        let (status, key) = keys(&mut account, "PUT", "/111", &json!({"enabled": false}));
        assert_eq!((status, &key["enabled"]), (200, &json!(enabled)));
        assert_eq!(account.access_key("s1", "111").unwrap().enabled, enabled);
        assert_eq!(keys(&mut account, "PUT", "/222", &json!({"enabled": true})).1["enabled"], true);
    }
}

#[test]
fn the_mark_of_webhooks_moves() {
    let mut account = seeded();
    let (_, key) = keys(&mut account, "PUT", "/111", &json!({"dedicated_for": "webhooks"}));
    assert_eq!(key["dedicated_for"], json!(["webhooks"]));
    keys(&mut account, "PUT", "/222", &json!({"dedicated_for": "webhooks"}));
    assert!(account.access_key("s1", "111").unwrap().dedicated_for.is_empty());
    assert_eq!(account.access_key("s1", "222").unwrap().dedicated_for, ["webhooks"]);
    assert_eq!(keys(&mut account, "PUT", "/222", &json!({"dedicated_for": "other"})).0, 400);
}

#[test]
fn a_key_is_deleted_by_itself_or_by_its_name() {
    let mut account = seeded();
    let ok = (200, json!({"message": "ok"}));
    assert_eq!(keys(&mut account, "DELETE", "/111", &Value::Null), ok);
    assert_eq!(keys(&mut account, "DELETE", "/111", &Value::Null).0, 404);
    assert_eq!(keys(&mut account, "DELETE", "?name=Backup", &Value::Null), ok);
    assert_eq!(keys(&mut account, "DELETE", "", &json!({"name": "Root"})), ok);
    assert_eq!(keys(&mut account, "DELETE", "?name=Root", &Value::Null).0, 404);
    assert_eq!(account.access_keys("s1").count(), 0);
}

#[test]
fn deleting_by_name_needs_the_name() {
    for below in ["", "?name="] {
        let response = keys(&mut seeded(), "DELETE", below, &Value::Null);
        assert_eq!((response.0, message(&response)), (400, "name is missing"));
    }
}

#[test]
fn secrets_stay_out_of_what_is_read_by_a_switch() {
    for (switch, expected) in [
        (Switch::SecretsAbsentOnReads, None),
        (Switch::SecretsNullOnReads, Some(Value::Null)),
        (Switch::SecretsEmptyOnReads, Some(json!(""))),
    ] {
        let mut account = seeded().with_switch(switch);
        let (_, list) = keys(&mut account, "GET", "", &Value::Null);
        assert_eq!(list["access_keys"][0].get("api_secret"), expected.as_ref());
        let (_, environment) = at(&mut account, "GET", "/sub_accounts/s1", &Value::Null);
        assert_eq!(environment["api_access_keys"][0].get("secret"), expected.as_ref());
        let (_, made) = keys(&mut account, "POST", "", &json!({}));
        assert!(!made["api_secret"].as_str().unwrap().is_empty());
        let (_, made) = at(&mut account, "POST", "/sub_accounts", &json!({"name": "N"}));
        assert!(!made["api_access_keys"][0]["secret"].as_str().unwrap().is_empty());
    }
}

#[test]
fn an_account_without_keys_answers_an_html_page_by_a_switch() {
    let mut account = seeded().with_switch(Switch::NoAccessKeys);
    let target = "/v1_1/provisioning/accounts/acc/sub_accounts/s1/access_keys";
    let response = ask(&mut account, http::Method::GET, target, "");
    assert_eq!(
        (response.status().as_u16(), &response.headers()["content-type"]),
        (404, &"text/html; charset=utf-8".parse().unwrap())
    );
    assert!(response.body().starts_with(b"<!DOCTYPE html>"));
    assert_eq!(at(&mut account, "GET", "/sub_accounts/s1", &Value::Null).0, 200);
}

#[test]
fn debug_hides_secrets() {
    let account = seeded();
    let key = account.access_key("s1", "111").unwrap();
    assert!(!format!("{key:?} {:?}", NewAccessKey::new("n").api_secret("xyz")).contains("xyz"));
}
