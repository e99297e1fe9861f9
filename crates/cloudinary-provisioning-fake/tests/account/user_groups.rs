//! User groups and their members.

use cloudinary_provisioning_fake::{FakeAccount, NewGroup, NewUser, Switch};
use serde_json::{Value, json};

use crate::common::{account, at, delete, message, names, text_at};

fn seeded() -> FakeAccount {
    account()
        .with_user(NewUser::new("John", "john@example.com").id("u1"))
        .with_user(NewUser::new("Jenny", "jenny@example.com").id("u2"))
        .with_group(NewGroup::new("Editors").id("g1").member("u1"))
}

fn john() -> Value {
    json!({"id": "u1", "name": "John", "email": "john@example.com"})
}

fn jenny() -> Value {
    json!({"id": "u2", "name": "Jenny", "email": "jenny@example.com"})
}

#[test]
fn a_group_is_its_id_and_name() {
    let expected = json!({"id": "g1", "name": "Editors"});
    assert_eq!(at(&mut seeded(), "GET", "/user_groups/g1", &Value::Null), (200, expected.clone()));
    let all = json!({"user_groups": [expected]});
    assert_eq!(at(&mut seeded(), "GET", "/user_groups", &Value::Null), (200, all));
}

#[test]
fn extended_details_add_members_and_times() {
    let (_, text) = text_at(&mut seeded(), "GET", "/user_groups/g1?extended_details=true", &Value::Null);
    assert_eq!(names(&text), ["id", "name", "users", "id", "name", "email", "created_at", "updated_at"]);
    let (_, all) = at(&mut seeded(), "GET", "/user_groups?extended_details=true", &Value::Null);
    assert_eq!(all["user_groups"][0]["users"], json!([john()]));
}

#[test]
fn extended_details_may_stand_in_the_body() {
    let body = json!({"name": "New", "extended_details": true});
    let (status, group) = at(&mut seeded(), "POST", "/user_groups", &body);
    assert_eq!((status, &group["users"]), (200, &json!([])));
    let (status, group) = at(&mut seeded(), "PUT", "/user_groups/g1", &body);
    assert_eq!((status, &group["name"], &group["users"]), (200, &json!("New"), &json!([john()])));
}

#[test]
fn a_group_needs_a_name_that_is_free() {
    for (body, status) in
        [(json!({}), 400), (json!({"name": " "}), 400), (json!({"name": "Editors"}), 409), (json!({"name": "B"}), 200)]
    {
        assert_eq!(at(&mut seeded(), "POST", "/user_groups", &body).0, status, "{body}");
        if body != json!({}) {
            let mut account = seeded().with_group(NewGroup::new("A").id("g2"));
            assert_eq!(at(&mut account, "PUT", "/user_groups/g2", &body).0, status, "{body}");
        }
    }
}

#[test]
fn a_groups_own_name_is_no_conflict() {
    assert_eq!(at(&mut seeded(), "PUT", "/user_groups/g1", &json!({"name": "Editors"})).0, 200);
}

#[test]
fn deleting_a_group_is_ok_true_as_live_tests_have_it() {
    let mut account = seeded();
    assert_eq!(at(&mut account, "DELETE", "/user_groups/g1", &Value::Null), (200, json!({"ok": true})));
    assert_eq!(at(&mut account, "DELETE", "/user_groups/g1", &Value::Null).0, 404);
    assert_eq!(account.groups().count(), 0);
    assert_eq!(account.groups_of("u1").count(), 0);
}

#[test]
fn deleting_a_group_is_a_message_by_a_switch() {
    let mut account = seeded().with_switch(Switch::DeletedGroupAsMessage);
    assert_eq!(at(&mut account, "DELETE", "/user_groups/g1", &Value::Null), (200, json!({"message": "ok"})));
}

#[test]
fn adding_a_user_answers_all_members() {
    let mut account = seeded();
    let everybody = json!({"users": [john(), jenny()]});
    assert_eq!(at(&mut account, "POST", "/user_groups/g1/users/u2", &Value::Null), (200, everybody.clone()));
    assert_eq!(at(&mut account, "POST", "/user_groups/g1/users/u2", &json!({})), (200, everybody.clone()));
    assert_eq!(at(&mut account, "GET", "/user_groups/g1/users", &Value::Null), (200, everybody));
}

#[test]
fn adding_a_user_answers_that_user_by_a_switch() {
    let mut account = seeded().with_switch(Switch::AddedUserAlone);
    assert_eq!(at(&mut account, "POST", "/user_groups/g1/users/u2", &Value::Null), (200, jenny()));
}

#[test]
fn removing_a_user_answers_who_is_left() {
    let mut account = seeded();
    assert_eq!(at(&mut account, "DELETE", "/user_groups/g1/users/u1", &Value::Null), (200, json!({"users": []})));
    assert_eq!(at(&mut account, "DELETE", "/user_groups/g1/users/u1", &Value::Null).0, 404);
    assert!(account.group("g1").unwrap().members.is_empty());
}

#[test]
fn what_is_not_there_is_a_404() {
    let mut account = seeded();
    let response = at(&mut account, "GET", "/user_groups/nope", &Value::Null);
    assert_eq!((response.0, message(&response)), (404, "Cannot find user group with id nope"));
    for (method, below) in [
        ("PUT", "/user_groups/nope"),
        ("DELETE", "/user_groups/nope"),
        ("GET", "/user_groups/nope/users"),
        ("POST", "/user_groups/nope/users/u1"),
        ("POST", "/user_groups/g1/users/nope"),
        ("DELETE", "/user_groups/nope/users/u1"),
    ] {
        assert_eq!(at(&mut account, method, below, &json!({"name": "N"})).0, 404, "{method} {below}");
    }
}

#[test]
fn a_deleted_user_leaves_all_groups() {
    let mut account = seeded();
    delete(&mut account, "u1");
    assert_eq!(at(&mut account, "GET", "/user_groups/g1/users", &Value::Null), (200, json!({"users": []})));
    assert!(account.group("g1").unwrap().members.is_empty());
}

#[test]
fn a_change_of_members_is_an_update() {
    let mut account = seeded();
    at(&mut account, "POST", "/user_groups/g1/users/u1", &Value::Null);
    assert_eq!(account.group("g1").unwrap().updated_at, account.group("g1").unwrap().created_at);
    at(&mut account, "POST", "/user_groups/g1/users/u2", &Value::Null);
    assert_eq!(account.group("g1").unwrap().updated_at, account.now());
}
