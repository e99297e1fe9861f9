//! Product environments, also called sub-accounts.

use serde::Serialize;

/// A product environment (sub-account) of a [`FakeAccount`](crate::FakeAccount), as it stands.
///
/// ```
/// use cloudinary_provisioning_fake::{FakeAccount, NewSubAccount};
///
/// let account = FakeAccount::new("acc", "key", "secret")
///     .with_sub_account(NewSubAccount::new("Staging").id("s1").enabled(false));
/// let staging = account.sub_account("s1").unwrap();
/// assert_eq!(staging.name, "Staging");
/// assert_eq!(staging.cloud_name, "staging");
/// assert!(!staging.enabled);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
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
}

/// A product environment (sub-account) to put into a [`FakeAccount`](crate::FakeAccount).
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
    pub(crate) id: Option<String>,
    name: String,
    description: Option<String>,
    cloud_name: Option<String>,
    enabled: bool,
}

impl NewSubAccount {
    /// An enabled product environment. Its cloud name follows from its name unless it is set.
    pub fn new(name: impl Into<String>) -> Self {
        Self { id: None, name: name.into(), description: None, cloud_name: None, enabled: true }
    }

    /// Its id, in place of a made-up one.
    pub fn id(mut self, id: impl Into<String>) -> Self {
        self.id = Some(id.into());
        self
    }

    /// The name of its cloud.
    pub fn cloud_name(mut self, cloud_name: impl Into<String>) -> Self {
        self.cloud_name = Some(cloud_name.into());
        self
    }

    /// Its description.
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.description = Some(description.into());
        self
    }

    /// Whether it is enabled.
    pub fn enabled(mut self, enabled: bool) -> Self {
        self.enabled = enabled;
        self
    }

    pub(crate) fn build(self, id: String) -> FakeSubAccount {
        let cloud_name = self.cloud_name.unwrap_or_else(|| {
            let plain = |c: char| if c.is_alphanumeric() { c } else { '_' };
            self.name.to_lowercase().chars().map(plain).collect()
        });
        FakeSubAccount { id, name: self.name, description: self.description, cloud_name, enabled: self.enabled }
    }
}
