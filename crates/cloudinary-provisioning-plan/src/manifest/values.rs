//! The values that fields of objects hold, and how they are written.

use std::collections::BTreeSet;
use std::fmt;

use serde::{Serialize, Serializer};

use super::position::DeclaredAt;
use super::text::{Email, Name};

/// A kind of object; its text is the name of its tables in a manifest.
///
/// ```
/// use cloudinary_provisioning_plan::manifest::ObjectKind;
///
/// assert_eq!(ObjectKind::Users.as_str(), "users");
/// assert_eq!(ObjectKind::ALL.len(), 7);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ObjectKind {
    /// Product environments.
    Environments,
    /// Access keys of product environments.
    Keys,
    /// User groups.
    Groups,
    /// Users.
    Users,
    /// Custom roles.
    Roles,
    /// Custom policies.
    Policies,
    /// Roles that principals have.
    Assignments,
}

impl ObjectKind {
    /// Every kind, in the order in which a manifest is written.
    pub const ALL: &'static [Self] =
        &[Self::Environments, Self::Keys, Self::Groups, Self::Users, Self::Roles, Self::Policies, Self::Assignments];

    /// Returns the name of the kind's tables.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Environments => "environments",
            Self::Keys => "keys",
            Self::Groups => "groups",
            Self::Users => "users",
            Self::Roles => "roles",
            Self::Policies => "policies",
            Self::Assignments => "assignments",
        }
    }

    /// Returns what one object of this kind is called, as in `environment`.
    pub fn singular(self) -> &'static str {
        match self {
            Self::Environments => "environment",
            Self::Keys => "key",
            Self::Groups => "group",
            Self::Users => "user",
            Self::Roles => "role",
            Self::Policies => "policy",
            Self::Assignments => "assignment",
        }
    }

    /// Whether `prune` may name this kind. Product environments are removed one by one only.
    pub fn can_be_pruned(self) -> bool {
        self != Self::Environments
    }

    /// Whether `[ignore]` may name this kind. Assignments have no name.
    pub fn can_be_ignored(self) -> bool {
        self != Self::Assignments
    }
}

impl fmt::Display for ObjectKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl Serialize for ObjectKind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// Whether an object should exist.
///
/// ```
/// use cloudinary_provisioning_plan::manifest::{Group, State};
///
/// assert_eq!(Group::new("Editors").state, State::Present);
/// assert_eq!(Group::new("Editors").absent().state, State::Absent);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum State {
    /// It should exist.
    #[default]
    Present,
    /// It should not exist. Users are disabled instead of deleted.
    Absent,
}

/// The scope of a policy or an assignment: `account`, `prodenv`, or `prodenv:CLOUD_NAME`.
///
/// ```
/// use cloudinary_provisioning_plan::manifest::Scope;
///
/// assert_eq!(Scope::Account.to_string(), "account");
/// assert_eq!(Scope::AllEnvironments.to_string(), "prodenv");
/// assert_eq!(Scope::environment("shop").to_string(), "prodenv:shop");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Scope {
    /// The account.
    Account,
    /// Every product environment, those to come included.
    AllEnvironments,
    /// The product environment of this cloud name.
    Environment(Name),
}

impl Scope {
    /// Creates the scope of one product environment.
    pub fn environment(cloud_name: impl Into<Name>) -> Self {
        Self::Environment(cloud_name.into())
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Account => f.write_str("account"),
            Self::AllEnvironments => f.write_str("prodenv"),
            Self::Environment(cloud_name) => write!(f, "prodenv:{cloud_name}"),
        }
    }
}

/// An access key, by the cloud name of its product environment and its name: `CLOUD_NAME/NAME`.
///
/// ```
/// use cloudinary_provisioning_plan::manifest::KeyRef;
///
/// assert_eq!(KeyRef::new("shop", "ci").to_string(), "shop/ci");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct KeyRef {
    /// The cloud name of the product environment.
    pub environment: Name,
    /// The name of the key.
    pub name: Name,
}

impl KeyRef {
    /// Creates a reference to the key of this name in this product environment.
    pub fn new(environment: impl Into<Name>, name: impl Into<Name>) -> Self {
        Self { environment: environment.into(), name: name.into() }
    }
}

impl fmt::Display for KeyRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.environment, self.name)
    }
}

/// Who gets a role: `user:EMAIL`, `group:NAME`, `key:CLOUD_NAME/NAME` or `provisioning_key:KEY`.
///
/// ```
/// use cloudinary_provisioning_plan::manifest::{KeyRef, Principal};
///
/// assert_eq!(Principal::group("Editors").to_string(), "group:Editors");
/// assert_eq!(Principal::from(KeyRef::new("shop", "ci")).to_string(), "key:shop/ci");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Principal {
    /// A user.
    User(Email),
    /// A user group.
    Group(Name),
    /// An access key.
    Key(KeyRef),
    /// A provisioning key, by the key itself, as the API has no list of them.
    ProvisioningKey(Name),
}

impl Principal {
    /// Creates the principal that is the user of this email.
    pub fn user(email: impl Into<Email>) -> Self {
        Self::User(email.into())
    }

    /// Creates the principal that is the group of this name.
    pub fn group(name: impl Into<Name>) -> Self {
        Self::Group(name.into())
    }

    /// Creates the principal that is this provisioning key.
    pub fn provisioning_key(key: impl Into<Name>) -> Self {
        Self::ProvisioningKey(key.into())
    }

    /// Returns where it stands in the file.
    pub fn declared_at(&self) -> DeclaredAt {
        match self {
            Self::User(email) => email.declared_at,
            Self::Group(name) | Self::ProvisioningKey(name) => name.declared_at,
            Self::Key(key) => key.name.declared_at,
        }
    }
}

impl From<KeyRef> for Principal {
    fn from(key: KeyRef) -> Self {
        Self::Key(key)
    }
}

impl fmt::Display for Principal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::User(email) => write!(f, "user:{email}"),
            Self::Group(name) => write!(f, "group:{name}"),
            Self::Key(key) => write!(f, "key:{key}"),
            Self::ProvisioningKey(key) => write!(f, "provisioning_key:{key}"),
        }
    }
}

/// The product environments that a user can access: `"all"`, `"none"`, or a list.
///
/// ```
/// use cloudinary_provisioning_plan::manifest::{EnvironmentAccess, User};
///
/// let user = User::new("ada@example.com").environments(EnvironmentAccess::only(["shop", "blog"]));
/// assert_ne!(user.environments, Some(EnvironmentAccess::All));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum EnvironmentAccess {
    /// Every product environment, those to come included.
    All,
    /// None at all. Such users exist, but no request of the API makes one: it takes an empty list for access to all.
    None,
    /// Those of the list, which is not empty.
    Only(BTreeSet<EnvironmentRef>),
}

impl EnvironmentAccess {
    /// Creates access to these product environments alone.
    pub fn only(environments: impl IntoIterator<Item = impl Into<EnvironmentRef>>) -> Self {
        Self::Only(environments.into_iter().map(Into::into).collect())
    }
}

/// A product environment in a user's list: a cloud name, or `id:` and an id.
///
/// ```
/// use cloudinary_provisioning_plan::manifest::EnvironmentRef;
///
/// assert_eq!(EnvironmentRef::from("shop").to_string(), "shop");
/// assert_eq!(EnvironmentRef::id("0aaaaa1bbbbb").to_string(), "id:0aaaaa1bbbbb");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum EnvironmentRef {
    /// A cloud name; where no product environment has it, an id. Spreadsheets have either in one column.
    Named(Name),
    /// An id.
    Id(Name),
}

impl EnvironmentRef {
    /// Creates a reference to the product environment of this id.
    pub fn id(id: impl Into<Name>) -> Self {
        Self::Id(id.into())
    }
}

impl<T: Into<Name>> From<T> for EnvironmentRef {
    fn from(cloud_name: T) -> Self {
        Self::Named(cloud_name.into())
    }
}

impl fmt::Display for EnvironmentRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Named(name) => write!(f, "{name}"),
            Self::Id(id) => write!(f, "id:{id}"),
        }
    }
}
