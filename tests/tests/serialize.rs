//! The feature `serialize`: what was fetched can be stored, and read back as the same.

use cloudinary_provisioning::access_keys::AccessKey;
use cloudinary_provisioning::users::{SubAccountSummary, User, UserGroupSummary};
use cloudinary_provisioning::{Secret, SuccessResponse};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

/// Reads `json`, stores it and reads it again; returns what was stored.
fn stored<T: Serialize + DeserializeOwned + PartialEq + std::fmt::Debug>(json: &Value) -> Value {
    let value: T = serde_json::from_value(json.clone()).unwrap();
    let stored = serde_json::to_value(&value).unwrap();
    assert_eq!(serde_json::from_value::<T>(stored.clone()).unwrap(), value);
    stored
}

#[test]
fn a_user_is_stored_with_every_field_as_the_service_sent_it() {
    let user = json!({
        "id": "u1", "name": "Jo Doe", "first_name": "Jo", "last_name": "Doe", "role": "space_admin",
        "email": "jo@example.com", "pending": false, "enabled": true, "created_at": "2023-01-31T08:15:30Z",
        "updated_at": "2024-02-29T10:00:00.123456789Z", "last_login": "2026-10-01T12:34:56+02:00",
        "all_sub_accounts": false, "providers": ["google"], "email_preferences": {"news": [true, null]},
        "account_id": "acc", "two_factor": true, "status": "active", "root": false, "technical_role": "developer",
        "groups": [{"id": "g1", "name": "Editors"}], "sub_account_ids": ["s1", "s2"], "group_count": 2, "sub_account_count": 3,
    });
    assert_eq!(stored::<User>(&user), user);
}

#[test]
fn a_bare_date_is_stored_as_the_time_that_it_means_and_an_absent_field_as_null() {
    let stored = stored::<User>(&json!({"id": "u1", "created_at": "2023-01-31"}));
    assert_eq!(stored["created_at"], "2023-01-31T00:00:00Z");
    assert_eq!(stored["last_login"], Value::Null);
}

#[test]
fn the_other_models_are_stored_as_well() {
    let group = json!({"id": "g1", "name": "Editors"});
    assert_eq!(stored::<UserGroupSummary>(&group), group);
    let sub_account = json!({"id": "s1", "name": "A", "description": "B", "cloud_name": "c", "enabled": true});
    assert_eq!(stored::<SubAccountSummary>(&sub_account), sub_account);
    assert_eq!(stored::<SuccessResponse>(&json!({"message": "ok"})), json!({"message": "ok", "ok": null}));
}

#[test]
fn a_secret_is_stored_only_where_it_was_exposed() {
    let mut key: AccessKey = serde_json::from_value(json!({"api_key": "814", "api_secret": "s3cr3t"})).unwrap();
    assert_eq!(serde_json::to_value(&key).unwrap()["api_secret"], Value::Null);
    key.api_secret = key.api_secret.map(Secret::exposed);
    let stored = serde_json::to_value(&key).unwrap();
    assert_eq!(stored["api_secret"], "s3cr3t");
    assert_eq!(serde_json::from_value::<AccessKey>(stored).unwrap(), key);
    assert!(!format!("{key:?}").contains("s3cr3t"));
}
