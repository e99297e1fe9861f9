//! Access keys on the wire, with their secrets as the switches have it.

use serde::Serialize;

use crate::base::clock::rfc3339;
use crate::base::switch::Switch;
use crate::state::State;
use crate::state::access_keys::FakeAccessKey;

/// Returns an environment's keys in the environment's own form. `made` is for a new environment:
/// its secret is shown, whatever the switches say about reading.
pub(super) fn of_environment<'a>(state: &'a State, environment_id: &str, made: bool) -> Vec<EnvironmentKey<'a>> {
    let keys = state.access_keys.of(environment_id);
    keys.map(|key| EnvironmentKey {
        key: &key.api_key,
        secret: SecretView::new(state, key, made),
        enabled: key.enabled,
    })
    .collect()
}

/// The fields in the order of live responses.
#[derive(Serialize)]
pub(super) struct KeyView<'a> {
    name: &'a str,
    api_key: &'a str,
    #[serde(skip_serializing_if = "SecretView::is_absent")]
    api_secret: SecretView<'a>,
    created_at: String,
    updated_at: String,
    enabled: bool,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    dedicated_for: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    root: Option<bool>,
}

impl<'a> KeyView<'a> {
    pub(super) fn new(state: &State, key: &'a FakeAccessKey, made: bool) -> Self {
        let documented = state.is_on(Switch::KeysAsDocumented);
        Self {
            name: &key.name,
            api_key: &key.api_key,
            api_secret: SecretView::new(state, key, made),
            created_at: rfc3339(key.created_at),
            updated_at: rfc3339(key.updated_at),
            enabled: key.enabled,
            dedicated_for: if documented { &[] } else { &key.dedicated_for },
            root: (!documented).then_some(key.root),
        }
    }
}

/// A key inside its environment.
#[derive(Serialize)]
pub(super) struct EnvironmentKey<'a> {
    key: &'a str,
    #[serde(skip_serializing_if = "SecretView::is_absent")]
    secret: SecretView<'a>,
    enabled: bool,
}

/// A secret, or what comes in its place.
#[derive(Serialize)]
#[serde(untagged)]
enum SecretView<'a> {
    Shown(&'a str),
    Null(()),
    Absent,
}

impl<'a> SecretView<'a> {
    fn new(state: &State, key: &'a FakeAccessKey, made: bool) -> Self {
        if made {
            Self::Shown(&key.api_secret)
        } else if state.is_on(Switch::SecretsAbsentOnReads) {
            Self::Absent
        } else if state.is_on(Switch::SecretsNullOnReads) {
            Self::Null(())
        } else if state.is_on(Switch::SecretsEmptyOnReads) {
            Self::Shown("")
        } else {
            Self::Shown(&key.api_secret)
        }
    }

    fn is_absent(&self) -> bool {
        matches!(self, Self::Absent)
    }
}
