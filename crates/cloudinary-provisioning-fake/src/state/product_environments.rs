//! Product environments, also called sub-accounts.

use std::collections::HashMap;

use serde_json::{Map, Value};
use time::OffsetDateTime;

use crate::state::ordered::Ordered;

/// A product environment (sub-account) of a [`FakeAccount`](crate::FakeAccount).
///
/// ```
/// use cloudinary_provisioning_fake::{FakeAccount, NewSubAccount};
///
/// let account = FakeAccount::new("acc", "key", "secret")
///     .with_sub_account(NewSubAccount::new("Staging").id("s1").enabled(false));
/// let staging = account.sub_account("s1").unwrap();
/// assert_eq!(staging.name, "Staging");
/// assert_eq!(staging.cloud_name, "Staging");
/// assert!(!staging.enabled);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FakeSubAccount {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its description, if it has one.
    pub description: Option<String>,
    /// The name of its cloud.
    pub cloud_name: String,
    /// Whether it is enabled.
    pub enabled: bool,
    /// Its custom attributes, if it has any.
    pub custom_attributes: Option<Map<String, Value>>,
    /// The number of its assets.
    pub assets: u64,
    /// When it was created.
    pub created_at: OffsetDateTime,
    /// When a request last changed it.
    pub updated_at: OffsetDateTime,
    /// Whether a request created it, so that the provisioning key may lack rights on it.
    pub(crate) created_by_request: bool,
}

/// A product environment (sub-account) to add to a [`FakeAccount`](crate::FakeAccount).
///
/// ```
/// use cloudinary_provisioning_fake::{FakeAccount, NewSubAccount};
///
/// let mut account = FakeAccount::new("acc", "key", "secret");
/// let id = account.add_sub_account(
///     NewSubAccount::new("Production").cloud_name("prod").description("the shop"),
/// );
/// assert_eq!(account.sub_account(&id).unwrap().cloud_name, "prod");
/// ```
#[derive(Clone, Debug)]
pub struct NewSubAccount {
    environment: FakeSubAccount,
    pub(super) id: Option<String>,
    cloud_name: Option<String>,
}

impl NewSubAccount {
    /// Creates an enabled product environment. Its cloud name is derived from its name unless it is set.
    pub fn new(name: impl Into<String>) -> Self {
        let environment = FakeSubAccount {
            id: String::new(),
            name: name.into(),
            description: None,
            cloud_name: String::new(),
            enabled: true,
            custom_attributes: None,
            assets: 0,
            created_at: OffsetDateTime::UNIX_EPOCH,
            updated_at: OffsetDateTime::UNIX_EPOCH,
            created_by_request: false,
        };
        Self { environment, id: None, cloud_name: None }
    }

    /// Sets its id. A generated one is the default.
    pub fn id(mut self, id: impl Into<String>) -> Self {
        self.id = Some(id.into());
        self
    }

    /// Sets its cloud name.
    pub fn cloud_name(mut self, cloud_name: impl Into<String>) -> Self {
        self.cloud_name = Some(cloud_name.into());
        self
    }

    /// Sets its description.
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.environment.description = Some(description.into());
        self
    }

    /// Sets whether it is enabled.
    pub fn enabled(mut self, enabled: bool) -> Self {
        self.environment.enabled = enabled;
        self
    }

    /// Adds a custom attribute.
    pub fn custom_attribute(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.environment.custom_attributes.get_or_insert_default().insert(name.into(), value.into());
        self
    }

    /// Sets the number of its assets. With 1,000 or more it can neither be deleted nor get another cloud name.
    pub fn assets(mut self, count: u64) -> Self {
        self.environment.assets = count;
        self
    }

    /// Marks it as created by a request.
    pub(crate) fn by_request(mut self, custom_attributes: Option<Map<String, Value>>) -> Self {
        self.environment.created_by_request = true;
        self.environment.custom_attributes = custom_attributes;
        self
    }

    pub(crate) fn build(self, id: String, now: OffsetDateTime) -> FakeSubAccount {
        let cloud_name = self.cloud_name.unwrap_or_else(|| cloud_name_from(&self.environment.name));
        FakeSubAccount { id, cloud_name, created_at: now, updated_at: now, ..self.environment }
    }
}

/// Derives a cloud name from a display name: what a cloud name cannot hold becomes a hyphen (live, PHP).
pub(crate) fn cloud_name_from(name: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || c == '-' { c } else { '-' };
    name.chars().map(plain).collect()
}

/// All product environments, and the cloud names that are taken.
#[derive(Clone, Debug, Default)]
pub(crate) struct ProductEnvironments {
    all: Ordered<FakeSubAccount>,
    /// Every cloud name that was ever used, in lower case, with the id of the environment of this account that used it:
    /// they stay taken (live, Go), except for that environment itself.
    cloud_names: HashMap<String, Option<String>>,
}

impl std::ops::Deref for ProductEnvironments {
    type Target = Ordered<FakeSubAccount>;

    fn deref(&self) -> &Self::Target {
        &self.all
    }
}

impl ProductEnvironments {
    /// Reserves a cloud name, as an environment of another account would.
    pub(crate) fn take_cloud_name(&mut self, name: &str) {
        self.cloud_names.insert(name.to_lowercase(), None);
    }

    /// Returns whether another environment uses or used a cloud name.
    pub(crate) fn is_taken(&self, cloud_name: &str, except: Option<&str>) -> bool {
        let owner = self.cloud_names.get(&cloud_name.to_lowercase());
        owner.is_some_and(|owner| owner.is_none() || owner.as_deref() != except)
    }

    /// Adds an environment, or replaces the one with its id.
    pub(crate) fn insert(&mut self, environment: FakeSubAccount) {
        self.cloud_names.insert(environment.cloud_name.to_lowercase(), Some(environment.id.clone()));
        self.all.insert(environment);
    }

    pub(super) fn remove(&mut self, id: &str) -> Option<FakeSubAccount> {
        self.all.remove(id)
    }
}
