//! Every response in `fixtures/<operationId>/`, read to the exact values beside it.

use std::collections::BTreeSet;

use cloudinary_provisioning::users::{self, Role};
use cloudinary_provisioning::{Error, ErrorKind, RateLimit};
use cloudinary_provisioning_tests::{fixture, samples};
use serde_json::{Value, json};
use time::format_description::well_known::Rfc3339;
use time::macros::datetime;

#[test]
fn every_reply_is_read_to_the_values_beside_it() {
    let samples = samples::all();
    let mut responses = 0;
    for operation in fixture::operations() {
        let sample = samples.iter().find(|sample| sample.id() == operation.id).unwrap();
        for case in fixture::response_cases(operation.id) {
            let name = format!("{}-{case}", operation.id);
            let response = fixture::response(operation.id, &case);
            let read = match sample.read(&response) {
                Ok((value, _)) => {
                    json!({"value": value, "rate_limit": rate_limit(RateLimit::from_headers(response.headers()))})
                }
                Err(error) => {
                    assert_eq!(
                        (error.headers(), error.body()),
                        (Some(response.headers()), Some(&**response.body())),
                        "{name}"
                    );
                    assert_eq!(error.request_id(), Some(&*name));
                    described(&error)
                }
            };
            assert_eq!(without_nulls(read), fixture::value(operation.id, &case), "{name}");
            responses += 1;
        }
    }
    assert!(responses > 60, "{responses}");
}

/// An error response as the fixtures have it.
fn described(error: &Error) -> Value {
    assert!(matches!(error.kind(), ErrorKind::Status), "{error:?}");
    json!({
        "status": error.status().map(|status| status.as_u16()),
        "message": error.message(),
        "code": error.code(),
        "category": error.category(),
        "details": error.details(),
        "rate_limit": rate_limit(error.rate_limit()),
        "retry_after": error.retry_after().map(|delay| delay.as_secs_f64()),
    })
}

fn rate_limit(RateLimit { limit, remaining, reset, .. }: RateLimit) -> Option<Value> {
    limit?;
    Some(json!({"limit": limit, "remaining": remaining, "reset": reset.map(|reset| reset.format(&Rfc3339).unwrap())}))
}

/// A value without the fields that are null, which is how an absent one is stored.
fn without_nulls(value: Value) -> Value {
    match value {
        Value::Object(object) => {
            let given = object.into_iter().filter(|(_, value)| !value.is_null());
            given.map(|(key, value)| (key, without_nulls(value))).collect()
        }
        Value::Array(list) => list.into_iter().map(without_nulls).collect(),
        value => value,
    }
}

#[test]
fn every_documented_status_of_the_users_has_a_reply() {
    for operation in fixture::operations() {
        let statuses: BTreeSet<u16> =
            fixture::response_cases(operation.id).iter().map(|case| case[..3].parse().unwrap()).collect();
        let documented = operation.errors.iter().copied().chain([operation.success]);
        assert_eq!(statuses, documented.collect(), "{}", operation.id);
    }
    assert_eq!(fixture::operations().filter(|operation| operation.resource == "users").count(), 7);
}

#[test]
fn a_success_tells_what_stands_in_its_head() {
    let sent = fixture::response("getUser", "200-full");
    let response = users::Get::new("u1").parse_response(&sent).unwrap();
    assert_eq!((response.status().as_u16(), response.headers()), (200, sent.headers()));
    assert_eq!(response.request_id(), Some("getUser-200-full"));
    let RateLimit { limit, remaining, reset, .. } = response.rate_limit();
    assert_eq!((limit, remaining, reset), (Some(500), Some(488), Some(datetime!(2026-11-23 11:00 UTC))));
}

#[test]
fn a_role_of_the_future_is_kept_and_written_back() {
    let user = users::Get::new("u1").parse(&fixture::response("getUser", "200-unknown")).unwrap();
    assert_eq!(user.role, Some(Role::from("night_watch")));
    assert_eq!(serde_json::to_value(&user.role).unwrap(), "night_watch");
}
