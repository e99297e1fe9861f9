//! [`Work`]: what a step sends, with the ids that are known and references to those that are not.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use cloudinary_provisioning::access_keys::DedicatedFor;
use cloudinary_provisioning::users::Role as UserRole;
use cloudinary_provisioning::{
    ApiKey, GroupId, JsonObject, PermissionType, PolicyId, PrincipalType, RoleId, ScopeType, SubAccountId, UserId,
};

use crate::manifest::{Email, Statement};

/// What a step creates, for the steps that need its id.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Made {
    /// By cloud name.
    Environment(String),
    /// By cloud name and name.
    Key(String, String),
    Group(String),
    User(Email),
    Role(String),
}

impl fmt::Display for Made {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Environment(cloud_name) => write!(f, "environment {cloud_name}"),
            Self::Key(cloud_name, name) => write!(f, "key {cloud_name}/{name}"),
            Self::Group(name) => write!(f, "group {name}"),
            Self::User(email) => write!(f, "user {email}"),
            Self::Role(id) => write!(f, "role {id}"),
        }
    }
}

/// An id: known, or that of something which another step creates.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Handle {
    Known(String),
    Made(Made),
}

impl Handle {
    pub(crate) fn known(&self) -> Option<&str> {
        match self {
            Self::Known(id) => Some(id),
            Self::Made(_) => None,
        }
    }

    pub(crate) fn made(&self) -> Option<&Made> {
        match self {
            Self::Known(_) => None,
            Self::Made(made) => Some(made),
        }
    }
}

/// What a step does to the number of active master admins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Effect {
    Nothing,
    /// This user becomes one.
    GainsAdmin(UserId),
    /// This user is one no longer.
    LosesAdmin(UserId),
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Access {
    All,
    Only(BTreeSet<Handle>),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ScopeHandle {
    Account,
    AllEnvironments,
    Environment(Handle),
}

impl ScopeHandle {
    pub(crate) fn scope_type(&self) -> ScopeType {
        match self {
            Self::Account => ScopeType::Account,
            Self::AllEnvironments | Self::Environment(_) => ScopeType::Prodenv,
        }
    }

    pub(crate) fn handle(&self) -> Option<&Handle> {
        match self {
            Self::Environment(handle) => Some(handle),
            Self::Account | Self::AllEnvironments => None,
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct EnvironmentFields {
    pub(crate) cloud_name: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) enabled: Option<bool>,
    pub(crate) attributes: Option<JsonObject>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct UserFields {
    pub(crate) email: Option<String>,
    pub(crate) name: Option<String>,
    pub(crate) role: Option<UserRole>,
    pub(crate) enabled: Option<bool>,
    pub(crate) access: Option<Access>,
}

/// A role as a whole, as an update sends it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct RoleFields {
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    pub(crate) policies: BTreeSet<PolicyId>,
}

/// The text of a statement, with references to keys that other steps make.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum StatementText {
    /// As it stands in the account.
    Found(String),
    /// From the manifest, with what its references are to, in order.
    Wanted(Statement, Vec<Handle>),
}

/// A policy as a whole, as a create and an update send it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct PolicyFields {
    pub(crate) name: String,
    pub(crate) scope: ScopeHandle,
    pub(crate) statement: StatementText,
    pub(crate) description: Option<String>,
    pub(crate) enabled: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct AssignmentFields {
    pub(crate) role: Handle,
    pub(crate) scope: ScopeHandle,
    pub(crate) content: BTreeMap<String, String>,
    pub(crate) kind: PrincipalType,
    pub(crate) principal: Handle,
}

impl AssignmentFields {
    /// Callers choose the ids of roles, so that they are known before the roles are made.
    pub(crate) fn role_id(&self) -> RoleId {
        match &self.role {
            Handle::Known(id) | Handle::Made(Made::Role(id)) => RoleId::from(id),
            Handle::Made(_) => RoleId::from(""),
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Work {
    CreateEnvironment(EnvironmentFields),
    UpdateEnvironment(Handle, EnvironmentFields),
    DeleteEnvironment(SubAccountId),
    GenerateKey {
        environment: Handle,
        cloud_name: String,
        name: String,
        enabled: Option<bool>,
    },
    UpdateKey {
        environment: Handle,
        key: Handle,
        name: Option<String>,
        enabled: Option<bool>,
    },
    DeleteKey {
        environment: SubAccountId,
        key: ApiKey,
    },
    /// Sets a key aside for what another one was set aside for.
    DedicateKey {
        environment: SubAccountId,
        key: Handle,
        purpose: DedicatedFor,
    },
    /// Disables a key that another one replaces, once that one has everything.
    RetireKey {
        environment: SubAccountId,
        key: ApiKey,
        successor: Handle,
    },
    CreateRole {
        id: RoleId,
        permission: PermissionType,
        scope: ScopeType,
        fields: RoleFields,
    },
    UpdateRole(RoleId, RoleFields),
    DeleteRole(RoleId),
    CreateGroup(String),
    RenameGroup(GroupId, String),
    DeleteGroup(GroupId),
    CreateUser(Email, UserFields),
    UpdateUser(UserId, UserFields),
    AddMember {
        group: Handle,
        user: Handle,
    },
    RemoveMember {
        group: GroupId,
        user: UserId,
    },
    Assign(AssignmentFields),
    Unassign(AssignmentFields),
    CreatePolicy(PolicyFields),
    UpdatePolicy(PolicyId, PolicyFields),
    DeletePolicy(PolicyId),
}

impl Work {
    /// Everything that has to be made before this can be sent.
    pub(crate) fn needs(&self) -> Vec<&Made> {
        let handles: Vec<&Handle> = match self {
            Self::UpdateEnvironment(handle, _)
            | Self::GenerateKey { environment: handle, .. }
            | Self::DedicateKey { key: handle, .. }
            | Self::RetireKey { successor: handle, .. } => vec![handle],
            Self::CreateUser(_, fields) | Self::UpdateUser(_, fields) => match &fields.access {
                Some(Access::Only(environments)) => environments.iter().collect(),
                Some(Access::All) | None => Vec::new(),
            },
            Self::AddMember { group: one, user: other } | Self::UpdateKey { environment: one, key: other, .. } => {
                vec![one, other]
            }
            Self::Assign(fields) | Self::Unassign(fields) => {
                fields.scope.handle().into_iter().chain([&fields.role, &fields.principal]).collect()
            }
            Self::CreatePolicy(fields) | Self::UpdatePolicy(_, fields) => {
                let keys = match &fields.statement {
                    StatementText::Wanted(_, keys) => keys.as_slice(),
                    StatementText::Found(_) => &[],
                };
                fields.scope.handle().into_iter().chain(keys).collect()
            }
            _ => Vec::new(),
        };
        handles.into_iter().filter_map(Handle::made).collect()
    }
}
