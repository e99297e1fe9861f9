//! The access keys of product environments.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use time::OffsetDateTime;

use crate::base::clock::utc;
use crate::base::ids::Ids;
use crate::state::ordered::Ordered;

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
    key: FakeAccessKey,
    api_key: Option<String>,
    api_secret: Option<String>,
    created_at: Option<OffsetDateTime>,
}

impl std::fmt::Debug for NewAccessKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewAccessKey").field("name", &self.key.name).finish_non_exhaustive()
    }
}

impl NewAccessKey {
    /// Creates an enabled key with a generated API key and secret.
    pub fn new(name: impl Into<String>) -> Self {
        let key = FakeAccessKey {
            name: name.into(),
            api_key: String::new(),
            api_secret: String::new(),
            enabled: true,
            root: false,
            dedicated_for: Vec::new(),
            created_at: OffsetDateTime::UNIX_EPOCH,
            updated_at: OffsetDateTime::UNIX_EPOCH,
        };
        Self { key, api_key: None, api_secret: None, created_at: None }
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
        self.key.enabled = enabled;
        self
    }

    /// Sets whether it is marked as the key that came with the environment.
    pub fn root(mut self, root: bool) -> Self {
        self.key.root = root;
        self
    }

    /// Adds a purpose that it is dedicated for, such as `webhooks`.
    pub fn dedicated_for(mut self, purpose: impl Into<String>) -> Self {
        self.key.dedicated_for.push(purpose.into());
        self
    }

    /// Sets when it was created. The default is the account's time.
    pub fn created_at(mut self, moment: OffsetDateTime) -> Self {
        self.created_at = Some(utc(moment));
        self
    }

    pub(super) fn build(self, ids: &mut Ids, now: OffsetDateTime) -> FakeAccessKey {
        let moment = self.created_at.unwrap_or(now);
        FakeAccessKey {
            api_key: self.api_key.unwrap_or_else(|| ids.next_key()),
            api_secret: self.api_secret.unwrap_or_else(|| ids.next_secret()),
            created_at: moment,
            updated_at: moment,
            ..self.key
        }
    }
}

/// The keys of one environment.
#[derive(Clone, Debug, Default)]
pub(crate) struct EnvironmentKeys {
    all: Ordered<FakeAccessKey>,
    /// The names of deleted keys.
    deleted: HashSet<String>,
}

/// The keys of all environments, by the environment's id.
#[derive(Clone, Debug, Default)]
pub(crate) struct AccessKeys(HashMap<Arc<str>, EnvironmentKeys>);

impl AccessKeys {
    /// Returns the keys of an environment, in the order of creation.
    pub(crate) fn of(&self, environment_id: &str) -> impl DoubleEndedIterator<Item = &FakeAccessKey> {
        self.0.get(environment_id).into_iter().flat_map(|keys| keys.all.iter())
    }

    pub(crate) fn get(&self, environment_id: &str, api_key: &str) -> Option<&FakeAccessKey> {
        self.0.get(environment_id)?.all.get(api_key)
    }

    /// Returns whether any environment has this key.
    pub(crate) fn has(&self, api_key: &str) -> bool {
        self.0.values().any(|keys| keys.all.get(api_key).is_some())
    }

    /// Returns whether a key of this name was deleted.
    pub(crate) fn had(&self, environment_id: &str, name: &str) -> bool {
        self.0.get(environment_id).is_some_and(|keys| keys.deleted.contains(name))
    }

    /// Adds a key. One with the same API key is replaced.
    pub(super) fn insert(&mut self, environment_id: &str, key: FakeAccessKey) {
        let keys = self.0.entry(environment_id.into()).or_default();
        keys.all.remove(key.api_key.as_str());
        keys.all.insert(key);
    }

    /// Replaces a key. What it is dedicated for, no other key of the environment is any longer.
    pub(crate) fn replace(&mut self, environment_id: &str, key: FakeAccessKey) {
        let Some(keys) = self.0.get_mut(environment_id) else { return };
        let shares = |other: &FakeAccessKey| {
            other.api_key != key.api_key
                && other.dedicated_for.iter().any(|purpose| key.dedicated_for.contains(purpose))
        };
        let release =
            |other: &mut FakeAccessKey| other.dedicated_for.retain(|purpose| !key.dedicated_for.contains(purpose));
        keys.all.change_where(shares, release);
        keys.all.insert(key);
    }

    pub(super) fn remove(&mut self, environment_id: &str, api_key: &str) -> Option<FakeAccessKey> {
        let keys = self.0.get_mut(environment_id)?;
        let key = keys.all.remove(api_key)?;
        keys.deleted.insert(key.name.clone());
        Some(key)
    }

    /// Removes an environment's keys and returns them.
    pub(super) fn forget_environment(&mut self, environment_id: &str) -> Vec<FakeAccessKey> {
        let keys = self.0.remove(environment_id);
        keys.iter().flat_map(|keys| keys.all.iter()).cloned().collect()
    }
}
