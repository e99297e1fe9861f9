//! Custom policies.

use serde::Serialize;
use time::OffsetDateTime;

use crate::base::clock::as_seconds;
use crate::policy::cedar;
use crate::policy::scope::{RoleScope, ScopeType};

/// A custom policy of a [`FakeAccount`](crate::FakeAccount).
///
/// ```
/// use cloudinary_provisioning_fake::{FakeAccount, NewCustomPolicy};
///
/// let account = FakeAccount::new("acc", "key", "secret").with_custom_policy(
///     NewCustomPolicy::new("All", "permit(principal,\n  action, resource);").id("p1"),
/// );
/// let policy = account.custom_policy("p1").unwrap();
/// assert_eq!(policy.policy_statement, "permit(principal, action, resource);");
/// assert!(policy.enabled);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct FakeCustomPolicy {
    /// Its id.
    pub id: String,
    /// Its statement, with whitespace as the service rewrites it.
    pub policy_statement: String,
    /// Its description, if it has one.
    pub description: Option<String>,
    /// Where it applies.
    pub scope_type: ScopeType,
    /// The product environment that it applies in, or `all`; `None` for the account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope_id: Option<String>,
    /// Its name.
    pub name: String,
    /// Whether it is enabled.
    pub enabled: bool,
    /// When it was created.
    #[serde(serialize_with = "as_seconds")]
    pub created_at: OffsetDateTime,
    /// When it last changed.
    #[serde(serialize_with = "as_seconds")]
    pub updated_at: OffsetDateTime,
}

impl FakeCustomPolicy {
    pub(crate) fn scope(&self) -> RoleScope<'_> {
        RoleScope { kind: self.scope_type, id: self.scope_id.as_deref() }
    }
}

/// A custom policy to add to a [`FakeAccount`](crate::FakeAccount).
///
/// ```
/// use cloudinary_provisioning_fake::{FakeAccount, NewCustomPolicy, ScopeType};
///
/// let mut account = FakeAccount::new("acc", "key", "secret");
/// let statement = "permit(principal, action, resource is Cloudinary::Asset);";
/// let id = account.add_custom_policy(
///     NewCustomPolicy::new("Assets", statement).in_environment("all").enabled(false),
/// );
/// assert_eq!(account.custom_policy(&id).unwrap().scope_type, ScopeType::Prodenv);
/// ```
#[derive(Clone, Debug)]
pub struct NewCustomPolicy {
    policy: FakeCustomPolicy,
    pub(super) id: Option<String>,
}

impl NewCustomPolicy {
    /// Creates an enabled policy in the scope of the account.
    pub fn new(name: impl Into<String>, policy_statement: impl Into<String>) -> Self {
        let policy = FakeCustomPolicy {
            id: String::new(),
            policy_statement: cedar::tidy(&policy_statement.into()),
            description: None,
            scope_type: ScopeType::Account,
            scope_id: None,
            name: name.into(),
            enabled: true,
            created_at: OffsetDateTime::UNIX_EPOCH,
            updated_at: OffsetDateTime::UNIX_EPOCH,
        };
        Self { policy, id: None }
    }

    /// Sets its id. A generated one is the default.
    pub fn id(mut self, id: impl Into<String>) -> Self {
        self.id = Some(id.into());
        self
    }

    /// Sets its description.
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.policy.description = Some(description.into());
        self
    }

    /// Sets the product environment that it applies in, or `all` of them, instead of the account.
    pub fn in_environment(mut self, id: impl Into<String>) -> Self {
        self.policy.scope_type = ScopeType::Prodenv;
        self.policy.scope_id = Some(id.into());
        self
    }

    /// Sets whether it is enabled.
    pub fn enabled(mut self, enabled: bool) -> Self {
        self.policy.enabled = enabled;
        self
    }

    /// Returns the policy without its id and times.
    pub(crate) fn draft(&self) -> &FakeCustomPolicy {
        &self.policy
    }

    pub(crate) fn build(self, id: String, now: OffsetDateTime) -> FakeCustomPolicy {
        FakeCustomPolicy { id, created_at: now, updated_at: now, ..self.policy }
    }
}
