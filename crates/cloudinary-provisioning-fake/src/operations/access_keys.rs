//! The access keys of a product environment.

use std::collections::{HashMap, HashSet};

use serde::Serialize;
use time::OffsetDateTime;

use crate::base::clock::{rfc3339, utc};
use crate::base::switch::Switch;
use crate::operations::product_environments;
use crate::policy::permissions::PrincipalType;
use crate::reply::answer::{Answer, Failure, message_ok, ok};
use crate::request::fields::Fields;
use crate::request::page::Page;
use crate::state::State;

/// The name of the key that comes with an environment.
const ROOT: &str = "Root";

/// An access key of a product environment in a [`FakeAccount`](crate::FakeAccount).
///
/// Every product environment comes with a key of its own.
///
/// ```
/// use cloudinary_provisioning_fake::{FakeAccount, NewSubAccount};
///
/// let account = FakeAccount::new("acc", "key", "secret")
///     .with_sub_account(NewSubAccount::new("Shop").id("s1"));
/// let root = account.access_keys("s1").next().unwrap();
/// assert_eq!(root.name, "Root");
/// assert!(root.root && root.enabled && root.dedicated_for.is_empty());
/// ```
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct FakeAccessKey {
    /// Its name, which no other key of the environment has.
    pub name: String,
    /// The API key.
    pub api_key: String,
    /// Its secret.
    pub api_secret: String,
    /// Whether it can be used.
    pub enabled: bool,
    /// Whether it came with the environment.
    pub root: bool,
    /// What it is dedicated for, such as `webhooks`.
    pub dedicated_for: Vec<String>,
    /// When it was created.
    pub created_at: OffsetDateTime,
    /// When a request last changed it.
    pub updated_at: OffsetDateTime,
}

impl std::fmt::Debug for FakeAccessKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("FakeAccessKey")
            .field("name", &self.name)
            .field("api_key", &self.api_key)
            .field("enabled", &self.enabled)
            .field("root", &self.root)
            .field("dedicated_for", &self.dedicated_for)
            .finish_non_exhaustive()
    }
}

/// An access key to add to a [`FakeAccount`](crate::FakeAccount).
///
/// ```
/// use cloudinary_provisioning_fake::{FakeAccount, NewAccessKey, NewSubAccount};
///
/// let account = FakeAccount::new("acc", "key", "secret")
///     .with_sub_account(NewSubAccount::new("Shop").id("s1"))
///     .with_access_key("s1", NewAccessKey::new("ci").api_key("123").enabled(false));
/// assert!(!account.access_key("s1", "123").unwrap().enabled);
/// ```
#[derive(Clone)]
pub struct NewAccessKey {
    name: String,
    api_key: Option<String>,
    api_secret: Option<String>,
    enabled: bool,
    root: bool,
    dedicated_for: Vec<String>,
    created_at: Option<OffsetDateTime>,
}

impl std::fmt::Debug for NewAccessKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewAccessKey").field("name", &self.name).finish_non_exhaustive()
    }
}

impl NewAccessKey {
    /// Creates an enabled key with a generated API key and secret.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            api_key: None,
            api_secret: None,
            enabled: true,
            root: false,
            dedicated_for: Vec::new(),
            created_at: None,
        }
    }

    /// Sets the API key. A generated one is the default.
    pub fn api_key(mut self, api_key: impl Into<String>) -> Self {
        self.api_key = Some(api_key.into());
        self
    }

    /// Sets its secret. A generated one is the default.
    pub fn api_secret(mut self, api_secret: impl Into<String>) -> Self {
        self.api_secret = Some(api_secret.into());
        self
    }

    /// Sets whether it can be used.
    pub fn enabled(mut self, enabled: bool) -> Self {
        self.enabled = enabled;
        self
    }

    /// Sets whether it is marked as the key that came with the environment.
    pub fn root(mut self, root: bool) -> Self {
        self.root = root;
        self
    }

    /// Adds a purpose that it is dedicated for, such as `webhooks`.
    pub fn dedicated_for(mut self, purpose: impl Into<String>) -> Self {
        self.dedicated_for.push(purpose.into());
        self
    }

    /// Sets when it was created. The default is the account's time.
    pub fn created_at(mut self, moment: OffsetDateTime) -> Self {
        self.created_at = Some(utc(moment));
        self
    }
}

/// The keys of all environments, by the environment's id.
#[derive(Clone, Debug, Default)]
pub(crate) struct AccessKeys {
    keys: HashMap<String, Vec<FakeAccessKey>>,
    /// The names of deleted keys, by the environment's id.
    deleted: HashMap<String, HashSet<String>>,
}

impl AccessKeys {
    /// The keys of an environment, in the order of creation.
    pub(crate) fn of(&self, environment_id: &str) -> &[FakeAccessKey] {
        self.keys.get(environment_id).map_or(&[], Vec::as_slice)
    }

    /// Whether any environment has this key.
    pub(crate) fn has(&self, api_key: &str) -> bool {
        self.keys.values().flatten().any(|key| key.api_key == api_key)
    }

    /// Removes the keys of an environment that is gone, and returns them.
    pub(crate) fn forget_environment(&mut self, environment_id: &str) -> Vec<FakeAccessKey> {
        self.deleted.remove(environment_id);
        self.keys.remove(environment_id).unwrap_or_default()
    }
}

/// Adds a key and returns it. One with the same API key is replaced.
pub(crate) fn insert(state: &mut State, environment_id: &str, new: NewAccessKey) -> FakeAccessKey {
    let api_key = new.api_key.unwrap_or_else(|| state.ids.next_key());
    let created_at = new.created_at.unwrap_or(state.now());
    let key = FakeAccessKey {
        name: new.name,
        api_key,
        api_secret: new.api_secret.unwrap_or_else(|| state.ids.next_secret()),
        enabled: new.enabled,
        root: new.root,
        dedicated_for: new.dedicated_for,
        created_at,
        updated_at: created_at,
    };
    let keys = state.access_keys.keys.entry(environment_id.to_owned()).or_default();
    keys.retain(|known| known.api_key != key.api_key);
    keys.push(key.clone());
    key
}

/// Adds the key that comes with an environment, unless it has one.
pub(crate) fn insert_root(state: &mut State, environment_id: &str) {
    if state.access_keys.of(environment_id).is_empty() {
        insert(state, environment_id, NewAccessKey::new(ROOT).root(true));
    }
}

/// Returns an environment's keys in the environment's own form. `made` says that the environment is new: then the secret
/// is shown, whatever the switches say about reading.
pub(crate) fn of_environment<'a>(state: &'a State, environment_id: &str, made: bool) -> Vec<EnvironmentKey<'a>> {
    let keys = state.access_keys.of(environment_id).iter();
    keys.map(|key| EnvironmentKey {
        key: &key.api_key,
        secret: SecretView::new(state, key, made),
        enabled: key.enabled,
    })
    .collect()
}

pub(crate) fn handle(state: &mut State, operation: &str, fields: &Fields) -> Answer {
    let (environment_id, key) = (fields.path("sub_account_id"), fields.path("key"));
    match operation {
        "getAccessKeys" => list(state, environment_id, fields),
        "getAccessKey" => {
            product_environments::find(state, environment_id, "read")?;
            ok(&View::new(state, find(state, environment_id, key)?, false))
        }
        "generateAccessKey" => generate(state, environment_id, fields),
        "updateAccessKey" => update(state, environment_id, key, fields),
        "deleteAccessKey" => {
            product_environments::find(state, environment_id, "delete")?;
            delete(state, environment_id, |known| known.api_key == key).ok_or_else(|| no_key(key))?;
            message_ok()
        }
        "deleteAccessKeyByName" => {
            let name = fields.text("name").unwrap_or("");
            product_environments::find(state, environment_id, "delete")?;
            delete(state, environment_id, |known| known.name == name)
                .ok_or_else(|| Failure::not_found(format!("Cannot find access key with name {name}")))?;
            message_ok()
        }
        _ => Err(Failure::not_built(operation)),
    }
}

fn list(state: &State, environment_id: &str, fields: &Fields) -> Answer {
    product_environments::find(state, environment_id, "read")?;
    let page = Page::of(fields, state.page_cap)?;
    let all = state.access_keys.of(environment_id);
    let mut keys: Vec<_> = all.iter().collect();
    let (by, order) = (fields.text("sort_by"), fields.text("sort_order"));
    if by.is_some() || order.is_some() {
        match by {
            Some("api_key") => keys.sort_by(|a, b| a.api_key.cmp(&b.api_key)),
            Some("name") => keys.sort_by_cached_key(|key| key.name.to_lowercase()),
            Some("enabled") => keys.sort_by_key(|key| key.enabled),
            _ => keys.sort_by_key(|key| key.created_at),
        }
        if order != Some("asc") {
            keys.reverse();
        }
    }
    let keys = Page::cut(page, keys.into_iter());
    ok(&ListResponse {
        access_keys: keys.into_iter().map(|key| View::new(state, key, false)).collect(),
        total: all.len(),
    })
}

fn generate(state: &mut State, environment_id: &str, fields: &Fields) -> Answer {
    product_environments::find(state, environment_id, "create")?;
    let name = match fields.text("name") {
        Some(name) => {
            check_name(state, environment_id, name, None)?;
            name.to_owned()
        }
        None => free_name(state, environment_id),
    };
    let new = NewAccessKey::new(name).enabled(fields.boolean("enabled").unwrap_or(true));
    let key = insert(state, environment_id, new);
    ok(&View::new(state, &key, true))
}

/// Returns a name for a key that was generated without one.
fn free_name(state: &State, environment_id: &str) -> String {
    let mut number = 1_u64;
    loop {
        let name = format!("Untitled {number}");
        if check_name(state, environment_id, &name, None).is_ok() {
            return name;
        }
        number += 1;
    }
}

fn update(state: &mut State, environment_id: &str, key: &str, fields: &Fields) -> Answer {
    product_environments::find(state, environment_id, "update")?;
    let before = find(state, environment_id, key)?.clone();
    let mut after = before.clone();
    if let Some(name) = fields.text("name") {
        check_name(state, environment_id, name, Some(key))?;
        name.clone_into(&mut after.name);
    }
    match fields.boolean("enabled") {
        Some(false) if state.is_on(Switch::DisablingKeysIgnored) => {}
        Some(enabled) => after.enabled = enabled,
        None => {}
    }
    let purpose = fields.text("dedicated_for");
    if let Some(purpose) = purpose {
        after.dedicated_for = vec![purpose.to_owned()];
    }
    if after != before {
        after.updated_at = state.now();
    }
    for known in state.access_keys.keys.entry(environment_id.to_owned()).or_default() {
        if known.api_key == key {
            *known = after.clone();
        } else {
            // The mark moves: no two keys have it.
            known.dedicated_for.retain(|known| Some(known.as_str()) != purpose);
        }
    }
    ok(&View::new(state, &after, false))
}

/// Deletes a key, which loses all roles. Its name is free again, unless a switch says otherwise.
pub(crate) fn delete(
    state: &mut State,
    environment_id: &str,
    which: impl Fn(&FakeAccessKey) -> bool,
) -> Option<FakeAccessKey> {
    let keys = state.access_keys.keys.get_mut(environment_id)?;
    let key = keys.remove(keys.iter().position(which)?);
    state.access_keys.deleted.entry(environment_id.to_owned()).or_default().insert(key.name.clone());
    state.principals.forget(PrincipalType::ApiKey, &key.api_key);
    Some(key)
}

fn no_key(key: &str) -> Failure {
    Failure::not_found(format!("Cannot find access key {key}"))
}

fn find<'a>(state: &'a State, environment_id: &str, key: &str) -> Result<&'a FakeAccessKey, Failure> {
    state.access_keys.of(environment_id).iter().find(|known| known.api_key == key).ok_or_else(|| no_key(key))
}

fn check_name(state: &State, environment_id: &str, name: &str, owner: Option<&str>) -> Result<(), Failure> {
    if name.trim().is_empty() {
        return Err(Failure::invalid("name", "must not be empty"));
    }
    let other = |key: &FakeAccessKey| key.name == name && owner != Some(key.api_key.as_str());
    let deleted = state.is_on(Switch::DeletedKeyNamesTaken)
        && state.access_keys.deleted.get(environment_id).is_some_and(|names| names.contains(name));
    if deleted || state.access_keys.of(environment_id).iter().any(other) {
        // What the service says (live, Go).
        return Err(Failure::conflict("Name exists"));
    }
    Ok(())
}

#[derive(Serialize)]
struct ListResponse<'a> {
    access_keys: Vec<View<'a>>,
    total: usize,
}

/// The fields in the order of live responses.
#[derive(Serialize)]
struct View<'a> {
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

impl<'a> View<'a> {
    fn new(state: &State, key: &'a FakeAccessKey, made: bool) -> Self {
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
pub(crate) struct EnvironmentKey<'a> {
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
