//! Every form in which clients send their fields.

use cloudinary_provisioning_fake::{FakeAccount, NewSubAccount, NewUser};
use http::{Method, Request, Response};
use serde_json::{Value, json};

use crate::common::{USERS, account};

fn seeded() -> FakeAccount {
    account()
        .with_sub_account(NewSubAccount::new("One").id("s1"))
        .with_sub_account(NewSubAccount::new("Two").id("s2"))
        .with_user(NewUser::new("John", "john@example.com").id("u1"))
        .with_user(NewUser::new("Jenny", "jenny@example.com").id("u2").pending(false))
}

fn send(account: &mut FakeAccount, method: Method, target: &str, content_type: &str, body: &str) -> Response<Vec<u8>> {
    let request = Request::builder()
        .method(method)
        .uri(target)
        .header("authorization", account.authorization())
        .header("content-type", content_type)
        .body(body.into())
        .unwrap();
    account.respond(request)
}

fn json_of(response: &Response<Vec<u8>>) -> Value {
    serde_json::from_slice(response.body()).unwrap()
}

const FORM: &str = "application/x-www-form-urlencoded";

/// A user whose fields came in one of the forms.
fn created(content_type: &str, body: &str) -> Value {
    let response = send(&mut seeded(), Method::POST, USERS, content_type, body);
    assert_eq!(response.status(), 200, "{}", String::from_utf8_lossy(response.body()));
    let user = json_of(&response);
    json!([user["name"], user["email"], user["role"], user["enabled"], user["sub_account_count"]])
}

#[test]
fn a_body_may_be_json_a_form_or_multipart() {
    let expected = json!(["A é", "a@example.com", "billing", false, 1]);
    let json_body =
        r#"{"name":"A é","email":"a@example.com","role":"billing","enabled":"false","sub_account_ids":["s2"]}"#;
    assert_eq!(created("application/json; charset=utf-8", json_body), expected);
    for ids in ["sub_account_ids[]=s2", "sub_account_ids%5B0%5D=s2", "sub_account_ids=s2"] {
        let body = format!("name=A+%C3%A9&email=a%40example.com&role=billing&enabled=false&{ids}");
        assert_eq!(created(FORM, &body), expected, "{ids}");
    }
    let multipart = [
        ("name", "A é"),
        ("email", "a@example.com"),
        ("role", "billing"),
        ("enabled", "0"),
        ("sub_account_ids[0]", "s2"),
    ]
    .map(|(name, value)| format!("--x-1\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n"))
    .concat();
    assert_eq!(created("multipart/form-data; boundary=x-1", &format!("{multipart}--x-1--\r\n")), expected);
    assert_eq!(created("multipart/form-data; boundary=\"x-1\"", &format!("{multipart}--x-1--")), expected);
}

#[test]
fn empty_form_values_are_as_if_they_had_not_been_sent() {
    let body = "name=N&email=n%40example.com&role=&enabled=&sub_account_ids=";
    assert_eq!(created(FORM, body), json!(["N", "n@example.com", "media_library_user", true, 2]));
}

#[test]
fn nested_form_fields_are_objects() {
    let mut account = seeded();
    let target = "/v1_1/provisioning/accounts/acc/sub_accounts/s1";
    let body = "custom_attributes[a]=1&custom_attributes[b][c]=x&custom_attributes[d][]=y&custom_attributes[d][]=z";
    let response = send(&mut account, Method::PUT, target, FORM, body);
    let expected = json!({"a": "1", "b": {"c": "x"}, "d": ["y", "z"]});
    assert_eq!(json_of(&response)["custom_attributes"], expected);
    let response = send(&mut account, Method::PUT, target, FORM, "custom_attributes=%7B%22a%22%3A1%7D");
    assert_eq!(json_of(&response)["custom_attributes"], json!({"a": 1}));
}

#[test]
fn parameters_of_a_list_may_come_as_the_json_body_of_a_get() {
    for (body, expected) in [
        (r#"{"ids":["u1","u2"],"pending":null,"prefix":null,"sub_account_id":null}"#, 2),
        (r#"{"ids":[],"pending":true}"#, 1),
        (r#"{"ids":"u1,u2","pending":"false"}"#, 1),
    ] {
        let response = send(&mut seeded(), Method::GET, USERS, "application/json", body);
        assert_eq!(json_of(&response)["users"].as_array().unwrap().len(), expected, "{body}");
    }
}

#[test]
fn a_delete_may_come_as_a_post() {
    let target = format!("{USERS}/u1");
    for (target, content_type, body) in [
        (format!("{target}?_method=delete"), FORM, ""),
        (target.clone(), FORM, "_method=delete"),
        (target, "application/json", r#"{"_method":"DELETE"}"#),
    ] {
        let mut account = seeded();
        assert_eq!(send(&mut account, Method::POST, &target, content_type, body).status(), 200, "{target} {body}");
        assert!(account.user("u1").is_none());
    }
}

#[test]
fn only_a_post_stands_for_another_method() {
    let mut account = seeded();
    assert_eq!(send(&mut account, Method::GET, &format!("{USERS}/u1?_method=delete"), FORM, "").status(), 200);
    assert!(account.user("u1").is_some());
}

#[test]
fn a_body_of_another_type_is_a_400() {
    for (content_type, body) in [
        ("text/plain", r#"{"name":"N"}"#),
        ("", r#"{"name":"N"}"#),
        ("multipart/form-data", "--x"),
        ("application/json", "{"),
        ("application/json", "[1]"),
        ("application/json", "7"),
        ("application/json", ""),
    ] {
        let response = send(&mut seeded(), Method::POST, USERS, content_type, body);
        assert_eq!(response.status(), 400, "{content_type} {body}");
    }
}

#[test]
fn nesting_without_end_is_refused_rather_than_followed() {
    let deep = "[".repeat(100_000);
    assert_eq!(send(&mut seeded(), Method::POST, USERS, "application/json", &deep).status(), 400);
    let brackets = format!("a{}=1", "[b]".repeat(10_000));
    assert_eq!(send(&mut seeded(), Method::POST, USERS, FORM, &brackets).status(), 400);
}

#[test]
fn the_log_keeps_headers_body_and_operation() {
    let mut account = seeded();
    send(&mut account, Method::POST, USERS, FORM, "name=N&email=n%40example.com");
    let asked = account.requests().next().unwrap();
    assert_eq!(asked.headers["content-type"], FORM);
    assert_eq!(asked.body, b"name=N&email=n%40example.com");
    assert_eq!(asked.operation, Some("createUser"));
}
