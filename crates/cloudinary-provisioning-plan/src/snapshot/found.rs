//! The objects of an account, as they were found.

use std::collections::{BTreeMap, BTreeSet};

use cloudinary_provisioning::access_keys::DedicatedFor;
use cloudinary_provisioning::time::OffsetDateTime;
use cloudinary_provisioning::users::Role as UserRole;
use cloudinary_provisioning::{
    ApiKey, GroupId, JsonObject, PermissionType, PolicyId, PrincipalId, PrincipalType, RoleId, ScopeType, SubAccountId,
    UserId,
};

use super::part::Part;

/// A product environment of the account. Secrets are not kept.
///
/// ```
/// use cloudinary_provisioning_plan::snapshot::FoundEnvironment;
///
/// let mut shop = FoundEnvironment::new("s1", "shop");
/// shop.enabled = Some(false);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FoundEnvironment {
    /// The id.
    pub id: SubAccountId,
    /// The cloud name.
    pub cloud_name: String,
    /// The display name.
    pub name: Option<String>,
    /// Whether it is enabled.
    pub enabled: Option<bool>,
    /// The custom attributes.
    pub attributes: JsonObject,
}

impl FoundEnvironment {
    /// Creates an enabled one, whose display name is its cloud name.
    pub fn new(id: impl Into<SubAccountId>, cloud_name: impl Into<String>) -> Self {
        let cloud_name = cloud_name.into();
        Self {
            id: id.into(),
            name: Some(cloud_name.clone()),
            cloud_name,
            enabled: Some(true),
            attributes: JsonObject::new(),
        }
    }
}

/// An access key of a product environment, without its secret.
///
/// ```
/// use cloudinary_provisioning_plan::snapshot::FoundKey;
///
/// assert!(!FoundKey::new("814814814814814", "ci").root);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FoundKey {
    /// The key, which is also its id.
    pub api_key: ApiKey,
    /// The name.
    pub name: String,
    /// Whether it is enabled.
    pub enabled: Option<bool>,
    /// Whether it came with the product environment.
    pub root: bool,
    /// When it was generated.
    pub created_at: Option<OffsetDateTime>,
    /// What it is set aside for.
    pub dedicated_for: Vec<DedicatedFor>,
}

impl FoundKey {
    /// Creates an enabled key.
    pub fn new(api_key: impl Into<ApiKey>, name: impl Into<String>) -> Self {
        Self {
            api_key: api_key.into(),
            name: name.into(),
            enabled: Some(true),
            root: false,
            created_at: None,
            dedicated_for: Vec::new(),
        }
    }
}

/// A user group of the account.
///
/// ```
/// use cloudinary_provisioning_plan::snapshot::{FoundGroup, Part};
///
/// let editors = FoundGroup::new("g1", "Editors", ["u1", "u2"]);
/// assert_eq!(editors.members.known().map(|members| members.len()), Some(2));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FoundGroup {
    /// The id.
    pub id: GroupId,
    /// The name.
    pub name: String,
    /// The members' ids.
    pub members: Part<BTreeSet<UserId>>,
}

impl FoundGroup {
    /// Creates a group with these members.
    pub fn new(
        id: impl Into<GroupId>,
        name: impl Into<String>,
        members: impl IntoIterator<Item = impl Into<UserId>>,
    ) -> Self {
        let members = members.into_iter().map(Into::into).collect();
        Self { id: id.into(), name: name.into(), members: Part::Known(members) }
    }
}

/// A user of the account.
///
/// ```
/// use cloudinary_provisioning::users::Role;
/// use cloudinary_provisioning_plan::snapshot::FoundUser;
///
/// let mut ada = FoundUser::new("u1", "ada@example.com");
/// assert!(!ada.is_active_master_admin());
/// ada.role = Some(Role::MasterAdmin);
/// assert!(ada.is_active_master_admin());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FoundUser {
    /// The id.
    pub id: UserId,
    /// The email address.
    pub email: String,
    /// The name.
    pub name: Option<String>,
    /// The role.
    pub role: Option<UserRole>,
    /// Whether the user is enabled.
    pub enabled: Option<bool>,
    /// Whether the user has not accepted the invitation yet.
    pub pending: bool,
    /// Whether this is the root user of the account.
    pub root: bool,
    /// When the user was created.
    pub created_at: Option<OffsetDateTime>,
    /// When the user last logged in.
    pub last_login: Option<OffsetDateTime>,
    /// The product environments that the user can access.
    pub access: Part<FoundAccess>,
}

impl FoundUser {
    /// Creates an enabled user who has accepted the invitation and can access every product environment.
    pub fn new(id: impl Into<UserId>, email: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            email: email.into(),
            name: None,
            role: None,
            enabled: Some(true),
            pending: false,
            root: false,
            created_at: None,
            last_login: None,
            access: Part::Known(FoundAccess::All),
        }
    }

    /// Whether the user is a master admin who can log in.
    pub fn is_active_master_admin(&self) -> bool {
        self.role == Some(UserRole::MasterAdmin) && self.enabled == Some(true) && !self.pending
    }
}

/// The product environments that a user can access.
///
/// ```
/// use cloudinary_provisioning_plan::snapshot::FoundAccess;
///
/// assert_ne!(FoundAccess::All, FoundAccess::Only(["s1".into()].into()));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FoundAccess {
    /// Every product environment.
    All,
    /// These, or none.
    Only(BTreeSet<SubAccountId>),
}

/// A role of the account, the system's or a custom one.
///
/// ```
/// use cloudinary_provisioning_plan::snapshot::FoundRole;
///
/// assert!(!FoundRole::new("auditor").system);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FoundRole {
    /// The id.
    pub id: RoleId,
    /// The name.
    pub name: Option<String>,
    /// The description.
    pub description: Option<String>,
    /// What the permissions are about.
    pub permission: Option<PermissionType>,
    /// The level that the role applies to.
    pub scope: Option<ScopeType>,
    /// Whether the service defines the role.
    pub system: bool,
    /// The ids of its system policies.
    pub policies: Part<BTreeSet<PolicyId>>,
}

impl FoundRole {
    /// Creates a custom role of which only the id is known.
    pub fn new(id: impl Into<RoleId>) -> Self {
        Self {
            id: id.into(),
            name: None,
            description: None,
            permission: None,
            scope: None,
            system: false,
            policies: Part::Unread,
        }
    }
}

/// The scope of a policy or an assignment, by the product environment's id.
///
/// ```
/// use cloudinary_provisioning_plan::snapshot::FoundScope;
///
/// assert!(FoundScope::Account < FoundScope::Environment("s1".into()));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FoundScope {
    /// The account.
    Account,
    /// Every product environment.
    AllEnvironments,
    /// The product environment of this id.
    Environment(SubAccountId),
}

/// A custom policy of the account.
///
/// ```
/// use cloudinary_provisioning_plan::snapshot::{FoundPolicy, FoundScope};
///
/// let statement = "permit(principal, action, resource);";
/// let policy = FoundPolicy::new("p1", FoundScope::Account, "All", statement);
/// assert_eq!(policy.enabled, Some(true));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FoundPolicy {
    /// The id.
    pub id: PolicyId,
    /// The scope.
    pub scope: FoundScope,
    /// The name.
    pub name: String,
    /// The statement, in Cedar.
    pub statement: String,
    /// The description.
    pub description: Option<String>,
    /// Whether it is enabled.
    pub enabled: Option<bool>,
}

impl FoundPolicy {
    /// Creates an enabled policy without a description.
    pub fn new(
        id: impl Into<PolicyId>,
        scope: FoundScope,
        name: impl Into<String>,
        statement: impl Into<String>,
    ) -> Self {
        let (id, name, statement) = (id.into(), name.into(), statement.into());
        Self { id, scope, name, statement, description: None, enabled: Some(true) }
    }
}

/// A principal, by the kind and the id that the service knows it by.
///
/// ```
/// use cloudinary_provisioning::PrincipalType;
/// use cloudinary_provisioning_plan::snapshot::FoundPrincipal;
///
/// let key = FoundPrincipal::new(PrincipalType::ApiKey, "814814814814814");
/// assert_eq!(key.id, "814814814814814");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct FoundPrincipal {
    /// The kind.
    pub kind: PrincipalType,
    /// The id; the text of the key for keys.
    pub id: PrincipalId,
}

impl FoundPrincipal {
    /// Creates a principal.
    pub fn new(kind: PrincipalType, id: impl Into<PrincipalId>) -> Self {
        Self { kind, id: id.into() }
    }
}

/// A role that a principal has in a scope.
///
/// ```
/// use cloudinary_provisioning::PrincipalType;
/// use cloudinary_provisioning_plan::snapshot::{FoundAssignment, FoundPrincipal, FoundScope};
///
/// let ada = FoundPrincipal::new(PrincipalType::User, "u1");
/// let assignment = FoundAssignment::new("auditor", FoundScope::Account, ada);
/// assert!(assignment.content.is_empty());
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct FoundAssignment {
    /// The role.
    pub role: RoleId,
    /// The scope.
    pub scope: FoundScope,
    /// The content that a content role is about.
    pub content: BTreeMap<String, String>,
    /// Who has the role.
    pub principal: FoundPrincipal,
}

impl FoundAssignment {
    /// Creates an assignment that is about no content in particular.
    pub fn new(role: impl Into<RoleId>, scope: FoundScope, principal: FoundPrincipal) -> Self {
        Self { role: role.into(), scope, content: BTreeMap::new(), principal }
    }
}
