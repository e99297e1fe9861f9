//! Roles, the system's and custom ones.

use std::collections::BTreeSet;

use time::OffsetDateTime;

use crate::policy::scope::{ManagementType, PermissionType, ScopeType};
use crate::policy::system::{self, CATALOG, SystemPolicy};

/// A role of a [`FakeAccount`](crate::FakeAccount).
///
/// ```
/// use cloudinary_provisioning_fake::{FakeAccount, ManagementType};
///
/// let account = FakeAccount::new("acc", "key", "secret");
/// let admin = account.role("cld::role::prodenv::master_admin").unwrap();
/// assert_eq!(admin.management_type, ManagementType::System);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FakeRole {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its description, if it has one.
    pub description: Option<String>,
    /// Whether it is a system role or a custom one.
    pub management_type: ManagementType,
    /// Whether each of its assignments is for a folder or a collection.
    pub permission_type: PermissionType,
    /// Where it applies.
    pub scope_type: ScopeType,
    /// The system policies that it consists of.
    pub system_policy_ids: Vec<String>,
    /// When it was created.
    pub created_at: OffsetDateTime,
    /// When it last changed.
    pub updated_at: OffsetDateTime,
}

impl FakeRole {
    /// Returns the system's roles.
    pub(super) fn of_system() -> impl Iterator<Item = Self> {
        let made_at = OffsetDateTime::from_unix_timestamp(system::MADE_AT).unwrap_or(OffsetDateTime::UNIX_EPOCH);
        CATALOG.system_roles.iter().map(move |role| Self {
            id: role.id.clone(),
            name: role.name.clone(),
            description: Some(role.description.clone()),
            management_type: ManagementType::System,
            permission_type: role.permission_type,
            scope_type: role.scope_type,
            system_policy_ids: role.system_policy_ids.clone(),
            created_at: made_at,
            updated_at: made_at,
        })
    }

    pub(crate) fn policies(&self) -> impl Iterator<Item = &'static SystemPolicy> {
        self.system_policy_ids.iter().filter_map(|id| system::policy(id))
    }

    /// Returns the kinds of content that have to be named when the role is assigned.
    pub(crate) fn parameters(&self) -> BTreeSet<&'static str> {
        self.policies().flat_map(SystemPolicy::parameters).collect()
    }
}

/// A custom role to add to a [`FakeAccount`](crate::FakeAccount).
///
/// ```
/// use cloudinary_provisioning_fake::{FakeAccount, NewRole, PermissionType, ScopeType};
///
/// let account = FakeAccount::new("acc", "key", "secret").with_role(
///     NewRole::new("Reviewers", ScopeType::Prodenv, PermissionType::Content)
///         .id("reviewers")
///         .system_policy("cld::policy::content::folder::view_download"),
/// );
/// assert_eq!(account.role("reviewers").unwrap().name, "Reviewers");
/// ```
#[derive(Clone, Debug)]
pub struct NewRole {
    role: FakeRole,
    pub(super) id: Option<String>,
}

impl NewRole {
    /// Creates a role without policies.
    pub fn new(name: impl Into<String>, scope_type: ScopeType, permission_type: PermissionType) -> Self {
        let role = FakeRole {
            id: String::new(),
            name: name.into(),
            description: None,
            management_type: ManagementType::Custom,
            permission_type,
            scope_type,
            system_policy_ids: Vec::new(),
            created_at: OffsetDateTime::UNIX_EPOCH,
            updated_at: OffsetDateTime::UNIX_EPOCH,
        };
        Self { role, id: None }
    }

    /// Sets its id. A generated one is the default.
    pub fn id(mut self, id: impl Into<String>) -> Self {
        self.id = Some(id.into());
        self
    }

    /// Sets its description.
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.role.description = Some(description.into());
        self
    }

    /// Adds a system policy.
    pub fn system_policy(mut self, id: impl Into<String>) -> Self {
        self.role.system_policy_ids.push(id.into());
        self
    }

    pub(crate) fn build(self, id: String, now: OffsetDateTime) -> FakeRole {
        FakeRole { id, created_at: now, updated_at: now, ..self.role }
    }
}
