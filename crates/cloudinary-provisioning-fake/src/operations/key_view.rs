//! Access keys on the wire, with their secrets as the switches have it.

use serde::Serialize;
use serde_json::Value;

use crate::base::clock::rfc3339;
use crate::base::switch::Switch;
use crate::response::object::object;
use crate::state::AccountState;
use crate::state::access_keys::FakeAccessKey;

/// A key with its fields in the order of live responses. A `new` one comes with its secret, whatever the switches say.
pub(super) fn key(state: &AccountState, key: &FakeAccessKey, new: bool) -> impl Serialize {
    let undocumented = !state.is_on(Switch::KeysAsDocumented);
    object! {
        name: &key.name,
        api_key: &key.api_key,
        #[serde(flatten)]
        secret: secret(state, key, new).map(|secret| object! { api_secret: secret }),
        created_at: rfc3339(key.created_at),
        updated_at: rfc3339(key.updated_at),
        enabled: key.enabled,
        #[serde(flatten)]
        purposes: (undocumented && !key.dedicated_for.is_empty()).then(|| object! { dedicated_for: &key.dedicated_for }),
        #[serde(flatten)]
        root: undocumented.then(|| object! { root: key.root }),
    }
}

/// The keys of an environment as its own responses have them.
pub(super) fn of_environment<'a>(
    state: &'a AccountState,
    environment_id: &str,
    new: bool,
) -> Vec<impl Serialize + use<'a>> {
    let view = |key: &'a FakeAccessKey| {
        object! {
            key: &key.api_key,
            #[serde(flatten)]
            secret: secret(state, key, new).map(|secret| object! { secret: secret }),
            enabled: key.enabled,
        }
    };
    state.access_keys.of(environment_id).map(view).collect()
}

/// The secret, or what comes in its place: nothing, or null.
fn secret(state: &AccountState, key: &FakeAccessKey, new: bool) -> Option<Value> {
    let is_on = |switch| !new && state.is_on(switch);
    if is_on(Switch::SecretsAbsentOnReads) {
        None
    } else if is_on(Switch::SecretsNullOnReads) {
        Some(Value::Null)
    } else if is_on(Switch::SecretsEmptyOnReads) {
        Some(Value::from(""))
    } else {
        Some(Value::from(key.api_secret.as_str()))
    }
}
