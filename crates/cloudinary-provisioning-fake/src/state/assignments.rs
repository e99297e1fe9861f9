//! Principals, and the roles that are assigned to them.

use std::collections::BTreeMap;
use std::sync::Arc;

use time::OffsetDateTime;

use crate::policy::scope::{Parameters, PrincipalType, RoleScope};
use crate::state::ordered::Keyed;
use crate::state::roles::FakeRole;

/// Who can have roles: a user, a group or a key.
///
/// ```
/// use cloudinary_provisioning_fake::{Principal, PrincipalType};
///
/// let john = Principal::user("u1");
/// assert_eq!((john.kind, john.id.as_str()), (PrincipalType::User, "u1"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct Principal {
    /// Its kind.
    pub kind: PrincipalType,
    /// Its id; for a key, the key itself.
    pub id: String,
}

impl Principal {
    /// Creates the principal of a user.
    pub fn user(id: impl Into<String>) -> Self {
        Self { kind: PrincipalType::User, id: id.into() }
    }

    /// Creates the principal of a user group.
    pub fn group(id: impl Into<String>) -> Self {
        Self { kind: PrincipalType::Group, id: id.into() }
    }

    /// Creates the principal of a product environment's access key.
    pub fn api_key(key: impl Into<String>) -> Self {
        Self { kind: PrincipalType::ApiKey, id: key.into() }
    }

    /// Creates the principal of a provisioning key.
    pub fn provisioning_key(key: impl Into<String>) -> Self {
        Self { kind: PrincipalType::ProvisioningKey, id: key.into() }
    }
}

/// A role that a [`Principal`] has in a [`FakeAccount`](crate::FakeAccount).
///
/// ```
/// use cloudinary_provisioning_fake::{FakeAccount, NewAssignment, Principal};
///
/// let mut account = FakeAccount::new("acc", "key", "secret");
/// account.assign(Principal::user("u1"), NewAssignment::new("cld::role::account::admin"));
/// let assignment = account.assignments().next().unwrap();
/// assert_eq!(assignment.principal, Principal::user("u1"));
/// assert_eq!(assignment.scope_id, None);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FakeAssignment {
    /// Who has the role.
    pub principal: Principal,
    /// The role.
    pub role_id: String,
    /// The product environment, or `all`; `None` for roles of the account.
    pub scope_id: Option<String>,
    /// The folder or collection of a content role, by its kind (`folder_id`, `collection_id`).
    pub policy_parameters: BTreeMap<String, String>,
    /// When it was assigned.
    pub created_at: OffsetDateTime,
    /// When the assignment last changed.
    pub updated_at: OffsetDateTime,
}

impl FakeAssignment {
    pub(crate) fn scope(&self, role: &FakeRole) -> RoleScope<'_> {
        RoleScope { kind: role.scope_type, id: self.scope_id.as_deref() }
    }

    /// Returns whether it is for this folder or collection. A global role is for none in particular.
    pub(crate) fn is_for(&self, content: &Parameters) -> bool {
        content.iter().all(|(kind, id)| self.policy_parameters.get(kind) == Some(id))
    }
}

/// A role to assign in a [`FakeAccount`](crate::FakeAccount).
///
/// ```
/// use cloudinary_provisioning_fake::{FakeAccount, NewAssignment, Principal};
///
/// let account = FakeAccount::new("acc", "key", "secret").with_assignment(
///     Principal::api_key("1234"),
///     NewAssignment::new("cld::role::content::folder::editor")
///         .in_environment("s1")
///         .parameter("folder_id", "f1"),
/// );
/// let assignment = account.assignments_of(&Principal::api_key("1234")).next().unwrap();
/// assert_eq!(assignment.policy_parameters["folder_id"], "f1");
/// ```
#[derive(Clone, Debug)]
pub struct NewAssignment {
    role_id: String,
    environment: Option<String>,
    parameters: Parameters,
}

impl NewAssignment {
    /// Creates an assignment of this role, in the account.
    pub fn new(role_id: impl Into<String>) -> Self {
        Self { role_id: role_id.into(), environment: None, parameters: Parameters::new() }
    }

    /// Sets the product environment, or `all` of them.
    pub fn in_environment(mut self, id: impl Into<String>) -> Self {
        self.environment = Some(id.into());
        self
    }

    /// Sets the folder (`folder_id`) or collection (`collection_id`) that it is for.
    pub fn parameter(mut self, kind: impl Into<String>, id: impl Into<String>) -> Self {
        self.parameters.insert(kind.into(), id.into());
        self
    }

    /// Sets all folders and collections.
    pub(crate) fn parameters(mut self, parameters: Parameters) -> Self {
        self.parameters = parameters;
        self
    }

    pub(crate) fn build(self, principal: Principal, now: OffsetDateTime) -> FakeAssignment {
        FakeAssignment {
            principal,
            role_id: self.role_id,
            scope_id: self.environment,
            policy_parameters: self.parameters,
            created_at: now,
            updated_at: now,
        }
    }
}

/// All but an assignment's times: two with the same key are the same.
pub(crate) type AssignmentKey = Arc<(Principal, String, Option<String>, Parameters)>;

impl Keyed for FakeAssignment {
    type Key = AssignmentKey;

    fn key(&self) -> AssignmentKey {
        let Self { principal, role_id, scope_id, policy_parameters, .. } = self.clone();
        Arc::new((principal, role_id, scope_id, policy_parameters))
    }
}
