//! What a response may say in another form than the documented one, and what comes out: one row for each variant.

use cloudinary_provisioning::ErrorKind;
use cloudinary_provisioning_tests::samples::{self, Boxed};
use http::Response;
use serde_json::{Value, json};

fn sample(id: &str) -> Boxed {
    samples::all().into_iter().find(|sample| sample.id() == id).unwrap()
}

/// What is read, at this pointer; or the place of the fault.
fn read(id: &str, body: &str, pointer: &str) -> Result<Value, String> {
    match sample(id).read(&Response::new(body.as_bytes().to_vec())) {
        Ok((value, _)) => Ok(value.pointer(pointer).cloned().unwrap_or_else(|| panic!("{pointer} in {value}"))),
        Err(error) => match error.kind() {
            ErrorKind::Decode { path, .. } => Err(path.clone()),
            ErrorKind::Truncated(_) => Err("truncated".to_owned()),
            other => panic!("{other:?}"),
        },
    }
}

/// A field of a user, as the service may send it, and what comes out. `None`: the whole response is refused, at the field.
fn fields() -> Vec<(&'static str, Value, Option<Value>)> {
    let some = |value: Value| Some(value);
    let noon = || Some(json!("2026-01-31T12:00:00Z"));
    vec![
        // Times.
        ("created_at", json!("2026-01-31T12:00:00Z"), noon()),
        ("created_at", json!("2026-01-31T12:00:00.5Z"), some(json!("2026-01-31T12:00:00.5Z"))),
        ("created_at", json!("2026-01-31T12:00:00+02:00"), some(json!("2026-01-31T12:00:00+02:00"))),
        ("created_at", json!("2026-01-31T12:00:00"), noon()),
        ("created_at", json!("2026-01-31 12:00:00"), noon()),
        ("created_at", json!("2026-01-31 12:00:00Z"), noon()),
        ("created_at", json!("2026-01-31"), some(json!("2026-01-31T00:00:00Z"))),
        ("created_at", json!(1_769_860_800), noon()),
        ("created_at", json!(1_769_860_800.5), some(json!("2026-01-31T12:00:00.5Z"))),
        ("created_at", json!(0), some(json!("1970-01-01T00:00:00Z"))),
        ("created_at", json!(""), some(json!(null))),
        ("created_at", json!(null), some(json!(null))),
        ("created_at", json!("31.01.2026"), None),
        ("created_at", json!("1769860800"), None),
        ("created_at", json!(true), None),
        ("created_at", json!(1e300), None),
        // Booleans.
        ("enabled", json!(true), some(json!(true))),
        ("enabled", json!("true"), some(json!(true))),
        ("enabled", json!("false"), some(json!(false))),
        ("enabled", json!("True"), some(json!(true))),
        ("enabled", json!("1"), some(json!(true))),
        ("enabled", json!(1), some(json!(true))),
        ("enabled", json!(0), some(json!(false))),
        ("enabled", json!(null), some(json!(null))),
        ("enabled", json!("yes"), None),
        ("enabled", json!(""), None),
        ("enabled", json!(2), None),
        ("enabled", json!([]), None),
        // Whole numbers.
        ("group_count", json!(3), some(json!(3))),
        ("group_count", json!("3"), some(json!(3))),
        ("group_count", json!(3.0), some(json!(3))),
        ("group_count", json!(null), some(json!(null))),
        ("group_count", json!(3.5), None),
        ("group_count", json!(-3), None),
        ("group_count", json!("many"), None),
        // Ids and texts.
        ("account_id", json!("acc"), some(json!("acc"))),
        ("account_id", json!(12345), some(json!("12345"))),
        ("account_id", json!(u64::MAX), some(json!("18446744073709551615"))),
        ("account_id", json!(1.5), None),
        ("account_id", json!({}), None),
        ("name", json!(""), some(json!(""))),
        ("name", json!(null), some(json!(null))),
        ("name", json!(7), None),
        ("role", json!("night_watch"), some(json!("night_watch"))),
        ("role", json!(7), None),
        // Lists and objects.
        ("providers", json!(["google"]), some(json!(["google"]))),
        ("providers", json!([]), some(json!([]))),
        ("providers", json!(null), some(json!(null))),
        ("providers", json!("google"), None),
        ("email_preferences", json!({"a": [null]}), some(json!({"a": [null]}))),
        ("email_preferences", json!(null), some(json!(null))),
        ("email_preferences", json!([]), None),
        ("a_later_field", json!({"any": "thing"}), some(json!(null))),
    ]
}

#[test]
fn a_field_is_read_in_every_form_that_is_known_and_in_no_other() {
    for (field, value, expected) in fields() {
        let body = json!({"id": "u1", "a_later_field": null, field: value}).to_string();
        let pointer = if field == "a_later_field" { "/name".to_owned() } else { format!("/{field}") };
        assert_eq!(read("getUser", &body, &pointer), expected.ok_or_else(|| field.to_owned()), "{field} as {value}");
    }
}

/// An operation, a whole body, a place in what comes out, and what stands there; or the place of the fault.
#[test]
fn a_whole_response_is_read_in_every_shape_that_is_known_and_in_no_other() {
    for (id, body, pointer, expected) in [
        // An envelope that lacks its list is no empty list.
        ("getUsers", r#"{"users":[]}"#, "", Ok(json!([]))),
        ("getUsers", r#"{"users":null}"#, "", Err("users")),
        ("getUsers", "{}", "", Err(".")),
        ("getUsers", "[]", "", Err(".")),
        ("getUsers", r#"{"users":{}}"#, "", Err("users")),
        ("getUsers", r#"{"users":[null]}"#, "", Err("users[0]")),
        ("getUsers", r#"{"users":[{"id":"u1"},{"name":"Jo"}]}"#, "", Err("users[1]")),
        ("getUsers", r#"{"users":[{"id":12}]}"#, "/0/id", Ok(json!("12"))),
        ("getRoles", r#"{"data":[]}"#, "", Ok(json!([]))),
        ("getRoles", r#"[{"id":"r1"}]"#, "", Err(".")),
        ("getCustomPolicies", r#"{"data":[],"next_cursor":null}"#, "/next_cursor", Ok(json!(null))),
        ("getCustomPolicies", r#"{"data":[]}"#, "/next_cursor", Ok(json!(null))),
        ("getCustomPolicies", r#"{"next_cursor":"3","data":[]}"#, "/next_cursor", Ok(json!("3"))),
        ("getCustomPolicies", r#"{"data":[],"next_cursor":3}"#, "", Err("next_cursor")),
        ("inspect", r#"{"data":{"principals":[]}}"#, "/items", Ok(json!([]))),
        ("inspect", r#"{"data":{}}"#, "", Err("data")),
        ("inspect", r#"{"data":[]}"#, "", Err("data")),
        ("inspect", r#"{"data":{"principals":[{}]}}"#, "", Err("data.principals[0]")),
        ("getBillingUsage", "[]", "", Ok(json!([]))),
        ("getBillingUsage", "{}", "", Err(".")),
        ("getBillingUsage", r#"[{"metric_usage":[{"limit":"2750.5"}]}]"#, "/0/metric_usage/0/limit", Ok(json!(2750.5))),
        ("getBillingUsage", r#"[{"metric_usage":[{"limit":"NaN"}]}]"#, "", Err("[0].metric_usage[0].limit")),
        (
            "getBillingUsage",
            r#"[{"metric_usage":[{"cycles":[{"from_day":"2026-01-31"},{"to_day":""}]}]}]"#,
            "/0/metric_usage/0/cycles/0/from_day",
            Ok(json!("2026-01-31")),
        ),
        // No body is a success where nothing is expected.
        ("deleteUser", "", "/message", Ok(json!(null))),
        ("deleteUserGroup", r#"{"ok":true}"#, "/ok", Ok(json!(true))),
        ("deleteUserGroup", r#"{"message":"ok"}"#, "/message", Ok(json!("ok"))),
        ("deleteRole", "", "", Ok(json!(null))),
        ("updateRolePrincipals", "<html>", "", Ok(json!(null))),
        ("removeUserFromUserGroup", "", "", Err(".")),
        ("removeUserFromUserGroup", r#"{"users":["#, "", Err("truncated")),
        // Two shapes.
        ("addUserToUserGroup", r#"{"users":[{"id":"u1"}]}"#, "/users/0/id", Ok(json!("u1"))),
        ("addUserToUserGroup", r#"{"id":"u1"}"#, "/id", Ok(json!("u1"))),
        ("addUserToUserGroup", r#"{"message":"ok"}"#, "", Err(".")),
        ("createCloud", r#"{"account_id":"a1","api_key":814}"#, "/api_key", Ok(json!("814"))),
        (
            "createCloud",
            r#"{"id":"a1","product_environments":[{"api_access_keys":[{"key":"814","secret":"x"}]}]}"#,
            "/product_environments/0/api_access_keys/0/key",
            Ok(json!("814")),
        ),
        ("createCloud", r#"{"credentials":{"key":"814"}}"#, "", Err(".")),
        ("createAgentAccount", r#"{"accounts":[]}"#, "", Err(".")),
        // Fields beyond the description.
        ("getAccessKeys", r#"{"access_keys":[],"total":"7","active":3.0}"#, "/total", Ok(json!(7))),
        (
            "updateAccessKey",
            r#"{"api_key":"814","dedicated_for":["webhooks"]}"#,
            "/dedicated_for/0",
            Ok(json!("webhooks")),
        ),
        (
            "getProductEnvironment",
            r#"{"id":"s1","custom_attributes":{"a":"b"}}"#,
            "/custom_attributes/a",
            Ok(json!("b")),
        ),
        (
            "getRole",
            r#"{"data":{"id":"r1","created_at":1719475216}}"#,
            "/created_at",
            Ok(json!("2024-06-27T08:00:16Z")),
        ),
        ("getRole", r#"{"id":"r1"}"#, "", Err(".")),
    ] {
        assert_eq!(read(id, body, pointer), expected.map_err(str::to_owned), "{id} of {body}");
    }
}
