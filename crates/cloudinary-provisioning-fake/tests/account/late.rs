//! What happens later than a client expects: requests that are applied late, reads that lag behind.

use cloudinary_provisioning_fake::{FakeAccount, Fault, NewAccessKey, NewGroup, NewSubAccount, NewUser, Switch};
use http::Method;
use serde_json::{Value, json};
use time::Duration;

use crate::common::{USERS, account, ask, at, call, delete, get, list, post};

/// An account whose clock stands still between requests.
fn still() -> FakeAccount {
    let account = account();
    let start = account.now();
    account.with_clock(start, Duration::ZERO)
}

const JOHN: &str = r#"{"name":"John","email":"john@example.com"}"#;

fn emails(account: &FakeAccount) -> Vec<&str> {
    account.users().map(|user| user.email.as_str()).collect()
}

#[test]
fn a_delayed_request_is_applied_when_it_is_due_and_at_that_time() {
    let mut account = still();
    account.fail_next(1, Fault::status(503).applied_after(Duration::MINUTE));
    let start = account.now();
    assert_eq!(post(&mut account, JOHN).0, 503);

    account.advance(Duration::seconds(59));
    assert_eq!(account.user_count(), 0);
    assert!(!account.requests().next().unwrap().applied);

    account.advance(Duration::HOUR);
    assert_eq!(account.users().next().unwrap().created_at, start + Duration::MINUTE);
    assert!(account.requests().next().unwrap().applied);
    assert_eq!(account.now(), start + Duration::HOUR + Duration::seconds(59));
}

#[test]
fn a_delayed_request_comes_before_a_request_of_the_time_at_which_it_is_due() {
    let start = account().now();
    let mut account = account().with_clock(start, Duration::MINUTE);
    account.fail_next(1, Fault::close().on(Method::POST).applied_after(Duration::MINUTE));
    assert_eq!(ask(&mut account, Method::POST, USERS, JOHN).status(), 502);
    assert_eq!(list(&mut account, "").len(), 1);
}

#[test]
fn delayed_requests_are_applied_in_the_order_in_which_they_are_due() {
    let mut account = still().with_script([
        Fault::status(503).applied_after(Duration::HOUR),
        Fault::status(503).applied_after(Duration::MINUTE),
    ]);
    for email in ["slow@example.com", "fast@example.com"] {
        post(&mut account, &json!({ "name": "A", "email": email }).to_string());
    }
    account.advance(Duration::DAY);
    assert_eq!(emails(&account), ["fast@example.com", "slow@example.com"]);
}

#[test]
fn delayed_requests_can_be_applied_by_hand() {
    let mut account = still();
    account.fail_next(1, Fault::stall().applied_after(Duration::MAX));
    ask(&mut account, Method::POST, USERS, JOHN);
    account.advance(Duration::days(365));
    account.clear_requests();
    assert_eq!((account.delayed(), account.user_count()), (1, 0));

    assert_eq!(account.apply_delayed(), 1);
    assert_eq!((account.delayed(), account.user_count()), (0, 1));
    assert_eq!(account.users().next().unwrap().created_at, account.now());
}

#[test]
fn a_delayed_request_that_has_become_impossible_changes_nothing() {
    let mut account = still();
    account.fail_next(1, Fault::status(503).applied_after(Duration::MINUTE));
    post(&mut account, JOHN);
    assert_eq!(post(&mut account, JOHN).0, 200);
    account.advance(Duration::MINUTE);
    assert_eq!(account.user_count(), 1);
}

#[test]
fn a_genuine_response_is_not_delayed() {
    let mut account = still();
    account.fail_next(1, Fault::response().applied_after(Duration::MINUTE));
    assert_eq!(post(&mut account, JOHN).0, 200);
    assert_eq!((account.delayed(), account.user_count()), (0, 1));
}

#[test]
fn lists_lag_behind_creates_changes_and_deletes() {
    let mut account = still()
        .with_users([NewUser::new("A", "a@example.com").id("a"), NewUser::new("B", "b@example.com").id("b")])
        .with_list_lag(Duration::MINUTE);
    post(&mut account, JOHN);
    call(&mut account, Method::PUT, "/a", r#"{"name":"Anna"}"#);
    delete(&mut account, "b");
    let names = |account: &mut FakeAccount| -> Vec<String> {
        let users = get(account, "").1["users"].as_array().unwrap().clone();
        users.iter().map(|user| user["name"].as_str().unwrap().to_owned()).collect()
    };

    account.advance(Duration::seconds(59));
    assert_eq!(names(&mut account), ["A", "B"]);
    account.advance(Duration::SECOND);
    assert_eq!(names(&mut account), ["Anna", "John"]);
}

#[test]
fn lists_show_each_change_after_the_same_time() {
    let mut account = still().with_list_lag(Duration::MINUTE);
    let mut counts = Vec::new();
    for round in 0..5 {
        post(&mut account, &json!({ "name": "A", "email": format!("{round}@example.com") }).to_string());
        account.advance(Duration::seconds(30));
        counts.push(list(&mut account, "").len());
    }
    assert_eq!(counts, [0, 1, 2, 3, 4]);
}

#[test]
fn single_reads_and_writes_are_up_to_date_unless_gets_lag_as_well() {
    let mut account = still().with_list_lag(Duration::MINUTE);
    let id = post(&mut account, JOHN).1["id"].as_str().unwrap().to_owned();
    assert_eq!(get(&mut account, &format!("/{id}")).0, 200);
    assert_eq!(post(&mut account, JOHN).0, 409);

    account.advance(Duration::MINUTE);
    account.set_get_lag(Duration::SECOND);
    delete(&mut account, &id);
    assert_eq!(get(&mut account, &format!("/{id}")).0, 200);
    account.advance(Duration::SECOND);
    assert_eq!(get(&mut account, &format!("/{id}")).0, 404);
}

#[test]
fn lists_below_an_object_lag_as_well() {
    let mut account = still().with_list_lag(Duration::MINUTE);
    account.add_group(NewGroup::new("Editors").id("g1"));
    let members = |account: &mut FakeAccount| at(account, "GET", "/user_groups/g1/users", &Value::Null).0;
    assert_eq!(members(&mut account), 404);
    account.advance(Duration::MINUTE);
    assert_eq!(members(&mut account), 200);
}

#[test]
fn settings_do_not_lag() {
    let mut account = still().with_list_lag(Duration::MINUTE).with_user(NewUser::new("A", "a@example.com"));
    account.advance(Duration::MINUTE);
    account.add_user("B", "b@example.com");
    account.set_switch(Switch::UsersAsDocumented, true);
    let users = get(&mut account, "").1;
    assert_eq!(users["users"].as_array().unwrap().len(), 1);
    assert_eq!(users["users"][0].get("groups"), None);
}

#[test]
fn without_the_lag_lists_are_up_to_date_again() {
    let mut account = still().with_list_lag(Duration::MINUTE);
    account.add_user("A", "a@example.com");
    account.set_list_lag(Duration::ZERO);
    assert_eq!(list(&mut account, "").len(), 1);
}

#[test]
fn a_user_who_goes_between_two_pages_hides_another_one() {
    let users = ["a", "b", "c"].map(|id| NewUser::new(id, format!("{id}@example.com")).id(id));
    let mut account = account().with_users(users);
    assert_eq!(list(&mut account, "page=1&page_size=1"), ["a"]);
    account.remove_user("a");
    assert_eq!(list(&mut account, "page=2&page_size=1"), ["c"]);
}

#[test]
fn names_of_groups_and_keys_can_be_taken_twice() {
    let mut account = account().with_sub_account(NewSubAccount::new("Shop").id("s1"));
    account.add_access_key("s1", NewAccessKey::new("ci"));
    account.add_group(NewGroup::new("ci"));
    for (path, switch) in
        [("/user_groups", Switch::DuplicateGroupNames), ("/sub_accounts/s1/access_keys", Switch::DuplicateKeyNames)]
    {
        assert_eq!(at(&mut account, "POST", path, &json!({ "name": "ci" })).0, 409, "{path}");
        account.set_switch(switch, true);
        assert_eq!(at(&mut account, "POST", path, &json!({ "name": "ci" })).0, 200, "{path}");
    }
    assert_eq!(account.access_keys("s1").filter(|key| key.name == "ci").count(), 2);
    assert_eq!(account.groups().count(), 2);
}

#[test]
fn keys_without_a_name_get_different_ones_also_where_names_need_not_be_unique() {
    let mut account =
        account().with_sub_account(NewSubAccount::new("Shop").id("s1")).with_switch(Switch::DuplicateKeyNames);
    for _ in 0..2 {
        at(&mut account, "POST", "/sub_accounts/s1/access_keys", &json!({}));
    }
    let names: Vec<_> = account.access_keys("s1").map(|key| key.name.as_str()).collect();
    assert_eq!(names, ["Root", "Untitled 1", "Untitled 2"]);
}

#[test]
fn sub_account_ids_come_as_text_or_as_an_array() {
    let user = NewUser::new("A", "a@example.com").id("a").sub_account_ids(["s1", "s2"]);
    let mut account = account().with_user(user).with_group(NewGroup::new("Editors").id("g1").member("a"));
    let (_, user) = get(&mut account, "/a");
    assert_eq!(user["sub_account_ids"], "s1,s2");
    assert_eq!(user["groups"], json!([{ "id": "g1", "name": "Editors" }]));
    account.set_switch(Switch::SubAccountIdsAsArray, true);
    assert_eq!(get(&mut account, "/a").1["sub_account_ids"], json!(["s1", "s2"]));
}

#[test]
fn responses_are_dated_by_the_clock_that_dates_what_they_create() {
    let mut account = account();
    account.advance(Duration::days(31));
    let response = ask(&mut account, Method::POST, USERS, JOHN);
    assert_eq!(response.headers()["date"], "Sun, 01 Feb 2026 00:00:01 GMT");
    let user: Value = serde_json::from_slice(response.body()).unwrap();
    assert_eq!(user["created_at"], "2026-02-01T00:00:01Z");
}

#[test]
fn a_response_in_place_of_a_broken_connection_is_dated_as_well() {
    let mut account = still();
    account.fail_next(1, Fault::reset());
    let response = ask(&mut account, Method::GET, USERS, "");
    assert_eq!(response.status(), 502);
    assert_eq!(response.headers()["date"], "Thu, 01 Jan 2026 00:00:00 GMT");
}
