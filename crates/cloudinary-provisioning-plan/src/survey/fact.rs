//! [`Fact`]: what a read brought, and the reads themselves.

use std::collections::{BTreeMap, BTreeSet};

use cloudinary_provisioning::access_keys::{self, AccessKeys};
use cloudinary_provisioning::custom_policies::{self, CustomPolicy};
use cloudinary_provisioning::principals::{self, PrincipalRole};
use cloudinary_provisioning::product_environments::{self, ProductEnvironment};
use cloudinary_provisioning::roles::{self, RolePrincipal};
use cloudinary_provisioning::user_groups::{self, UserGroup};
use cloudinary_provisioning::users::{self, User};
use cloudinary_provisioning::{
    AnyOperation, CursorPage, GroupId, JsonObject, ManagementType, PermissionType, RoleId, ScopeId, ScopeType,
    SubAccountId, UserId, Value,
};

use crate::snapshot::{
    ALL, FoundAccess, FoundAssignment, FoundEnvironment, FoundGroup, FoundKey, FoundPolicy, FoundPrincipal, FoundRole,
    FoundScope, FoundUser, Part, ROOT_KEY,
};

use super::pages::Listed;

/// How many items a page has.
pub(super) const PAGE_SIZE: u32 = 100;

/// One read of the account.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Read {
    Environments,
    Groups {
        members: bool,
    },
    UsersPage(u32),
    /// The users with these emails.
    UsersOf(Vec<String>),
    /// The product environments of a user.
    AccessOf(UserId),
    /// The users who can access a product environment.
    UsersOfEnvironment(SubAccountId),
    MembersOf(GroupId),
    /// The keys of a product environment: all, or a page.
    KeysOf(SubAccountId, Option<u32>),
    RolesOfType(PermissionType),
    Role(RoleId),
    PrincipalsOf(RoleId),
    RolesOf(FoundPrincipal, PermissionType),
    /// The policies of a scope, from a cursor on.
    Policies(FoundScope, Option<String>),
}

/// What a read brought: hand it to [`Survey::record`](super::Survey::record). It holds no secret.
///
/// ```
/// use cloudinary_provisioning_plan::survey::Fact;
///
/// fn is_debug(fact: &Fact) -> String {
///     format!("{fact:?}")
/// }
/// ```
#[derive(Clone, Debug)]
pub struct Fact(pub(super) FactKind);

#[derive(Clone, Debug)]
pub(super) enum FactKind {
    Environments(Result<Vec<FoundEnvironment>, String>),
    Groups(Result<Vec<FoundGroup>, String>, BTreeMap<UserId, String>),
    Users(Result<Vec<Listed>, String>),
    Access(BTreeSet<SubAccountId>),
    UserIds(BTreeSet<UserId>),
    Members(BTreeSet<UserId>, BTreeMap<UserId, String>),
    Keys(Vec<FoundKey>, Option<u64>),
    Roles(Vec<FoundRole>),
    Role(FoundRole),
    Assignments(Result<Vec<FoundAssignment>, String>),
    Policies(Result<Vec<FoundPolicy>, String>, Option<String>),
}

impl Read {
    /// The operation that makes this read.
    pub(super) fn operation(&self) -> AnyOperation<Fact> {
        match self {
            Self::Environments => product_environments::List::new()
                .map(|found| Fact(FactKind::Environments(found.into_iter().map(environment).collect()))),
            Self::Groups { members } => user_groups::List::new()
                .maybe(members.then_some(true), user_groups::List::extended_details)
                .map(|found| {
                    let emails = found.iter().flat_map(|group| group.users.iter().flatten());
                    let emails = emails.filter_map(|user| Some((user.id.clone(), user.email.clone()?))).collect();
                    Fact(FactKind::Groups(found.into_iter().map(group).collect(), emails))
                }),
            // Whoever is created meanwhile comes last in this order, and moves nobody to another page.
            Self::UsersPage(page) => users::List::new()
                .page(*page)
                .page_size(PAGE_SIZE)
                .sort_by(users::SortBy::CreatedAt)
                .sort_order(users::SortOrder::Asc)
                .map(all_users),
            Self::UsersOf(emails) => users::List::new().emails(emails.iter().cloned()).map(all_users),
            Self::AccessOf(id) => users::ListSubAccounts::new(id)
                .map(|found| Fact(FactKind::Access(found.into_iter().map(|environment| environment.id).collect()))),
            Self::UsersOfEnvironment(id) => users::List::new()
                .sub_account_id(id)
                .map(|found| Fact(FactKind::UserIds(found.into_iter().map(|user| user.id).collect()))),
            Self::MembersOf(id) => user_groups::ListUsers::new(id).map(|found| {
                let emails = found.iter().filter_map(|user| Some((user.id.clone(), user.email.clone()?))).collect();
                Fact(FactKind::Members(found.into_iter().map(|user| user.id).collect(), emails))
            }),
            Self::KeysOf(id, page) => {
                let size = page.map(|_| PAGE_SIZE);
                let list = access_keys::List::new(id).maybe(*page, access_keys::List::page);
                list.maybe(size, access_keys::List::page_size).map(keys)
            }
            Self::RolesOfType(permission) => roles::List::new(permission.clone())
                .map(|found| Fact(FactKind::Roles(found.into_iter().map(role).collect()))),
            Self::Role(id) => roles::Get::new(id).map(|found| Fact(FactKind::Role(role(found)))),
            Self::PrincipalsOf(id) => {
                let role = id.clone();
                roles::ListPrincipals::new(id).verbose(true).map(move |found| {
                    let found = found.into_iter().map(|found| principal(&role, found)).collect();
                    Fact(FactKind::Assignments(found))
                })
            }
            Self::RolesOf(holder, permission) => {
                let principal = holder.clone();
                principals::ListRoles::new(holder.kind.clone(), &holder.id, permission.clone()).map(move |found| {
                    let found = found.into_iter().map(|found| assignment(&principal, found)).collect();
                    Fact(FactKind::Assignments(Ok(found)))
                })
            }
            Self::Policies(scope, cursor) => {
                let scope_id = match scope {
                    FoundScope::Account => None,
                    FoundScope::AllEnvironments => Some(ScopeId::from(ALL)),
                    FoundScope::Environment(id) => Some(ScopeId::from(id.as_str())),
                };
                let scope_type = if scope_id.is_some() { ScopeType::Prodenv } else { ScopeType::Account };
                custom_policies::List::new()
                    .scope_type(scope_type)
                    .maybe(scope_id, custom_policies::List::scope_id)
                    .maybe(cursor.clone(), custom_policies::List::cursor)
                    .map(policies)
            }
        }
    }

    /// Of what it reads something.
    pub(super) fn what(&self) -> &'static str {
        match self {
            Self::Environments => "environments",
            Self::Groups { .. } | Self::MembersOf(_) => "groups",
            Self::UsersPage(_) | Self::UsersOf(_) => "users",
            Self::AccessOf(_) | Self::UsersOfEnvironment(_) => "environments of users",
            Self::KeysOf(..) => "keys",
            Self::RolesOfType(_) | Self::Role(_) => "roles",
            Self::PrincipalsOf(_) | Self::RolesOf(..) => "assignments",
            Self::Policies(..) => "policies",
        }
    }
}

fn missing(what: &str, id: &str, field: &str) -> String {
    format!("the {what} {id} came without `{field}`")
}

fn environment(found: ProductEnvironment) -> Result<FoundEnvironment, String> {
    let cloud_name = found.cloud_name.ok_or_else(|| missing("environment", found.id.as_str(), "cloud_name"))?;
    let mut environment = FoundEnvironment::new(found.id, cloud_name);
    environment.name = found.name;
    environment.enabled = found.enabled;
    environment.attributes = found.custom_attributes.unwrap_or_default();
    Ok(environment)
}

fn group(found: UserGroup) -> Result<FoundGroup, String> {
    let name = found.name.ok_or_else(|| missing("group", found.id.as_str(), "name"))?;
    let members = found.users.map(|users| users.into_iter().map(|user| user.id).collect());
    let mut group = FoundGroup::new(found.id, name, [] as [UserId; 0]);
    group.members = members.map_or(Part::Unread, Part::Known);
    Ok(group)
}

fn all_users(found: Vec<User>) -> Fact {
    Fact(FactKind::Users(found.into_iter().map(user).collect()))
}

fn user(found: User) -> Result<Listed, String> {
    let email = found.email.ok_or_else(|| missing("user", found.id.as_str(), "email"))?;
    let mut user = FoundUser::new(found.id, email);
    user.name = found.name;
    user.enabled = found.enabled;
    user.pending = found.pending == Some(true);
    user.root = found.root == Some(true);
    (user.created_at, user.last_login) = (found.created_at, found.last_login);
    let is_master = found.role == Some(users::Role::MasterAdmin);
    user.role = found.role;
    let count = found.sub_account_count;
    let own = found.sub_account_ids.map(|ids| ids.into_iter().collect::<BTreeSet<_>>());
    user.access = match (found.all_sub_accounts, own) {
        (Some(true), _) => Part::Known(FoundAccess::All),
        _ if is_master => Part::Known(FoundAccess::All),
        // Not every service sends the list; where it does, it is as long as the service counts.
        (Some(false), Some(ids)) if count == Some(ids.len() as u64) => Part::Known(FoundAccess::Only(ids)),
        _ => Part::Unread,
    };
    Ok((user, count))
}

fn keys(found: AccessKeys) -> Fact {
    let keys = found.access_keys.into_iter().map(|found| {
        let name = found.name.unwrap_or_else(|| found.api_key.to_string());
        let mut key = FoundKey::new(found.api_key, name);
        key.enabled = found.enabled;
        // Where the service does not say which key came with the environment, its name does.
        key.root = found.root.unwrap_or_else(|| key.name == ROOT_KEY);
        key.created_at = found.created_at;
        key.dedicated_for = found.dedicated_for.unwrap_or_default();
        key
    });
    Fact(FactKind::Keys(keys.collect(), found.total))
}

fn role(found: roles::Role) -> FoundRole {
    let mut role = FoundRole::new(found.id);
    role.name = found.name;
    role.description = found.description;
    role.permission = found.permission_type;
    role.scope = found.scope_type;
    role.system = found.management_type == Some(ManagementType::System);
    let policies = found.policies.map(|policies| policies.into_iter().map(|policy| policy.id).collect());
    role.policies = policies.map_or(Part::Unread, Part::Known);
    role
}

fn principal(role: &RoleId, found: RolePrincipal) -> Result<FoundAssignment, String> {
    let kind = found.kind.ok_or_else(|| missing("principal", found.id.as_str(), "type"))?;
    let scope = scope(found.scope_type.as_ref(), found.scope_id.as_ref());
    let mut assignment = FoundAssignment::new(role.clone(), scope, FoundPrincipal::new(kind, found.id));
    assignment.content = content(found.policy_parameters);
    Ok(assignment)
}

fn assignment(principal: &FoundPrincipal, found: PrincipalRole) -> FoundAssignment {
    let scope = scope(found.scope_type.as_ref(), found.scope_id.as_ref());
    let mut assignment = FoundAssignment::new(found.id, scope, principal.clone());
    assignment.content = content(found.policy_parameters);
    assignment
}

/// An account's scope has no id, or an empty one.
fn scope(scope_type: Option<&ScopeType>, id: Option<&ScopeId>) -> FoundScope {
    match (scope_type, id.map(ScopeId::as_str)) {
        (Some(ScopeType::Account), _) | (_, None | Some("")) => FoundScope::Account,
        (_, Some(ALL)) => FoundScope::AllEnvironments,
        (_, Some(id)) => FoundScope::Environment(SubAccountId::from(id)),
    }
}

fn content(parameters: Option<JsonObject>) -> BTreeMap<String, String> {
    let text = |value: Value| match value {
        Value::String(text) => text,
        other => other.to_string(),
    };
    parameters.unwrap_or_default().into_iter().map(|(kind, id)| (kind, text(id))).collect()
}

fn policies(page: CursorPage<CustomPolicy>) -> Fact {
    let policies = page.items.into_iter().map(|found| {
        let missing = |field| missing("policy", found.id.as_str(), field);
        let name = found.name.clone().ok_or_else(|| missing("name"))?;
        let statement = found.policy_statement.clone().ok_or_else(|| missing("policy_statement"))?;
        let scope = scope(found.scope_type.as_ref(), found.scope_id.as_ref());
        let mut policy = FoundPolicy::new(found.id, scope, name, statement);
        policy.description = found.description;
        policy.enabled = found.enabled;
        Ok(policy)
    });
    Fact(FactKind::Policies(policies.collect(), page.next_cursor.filter(|cursor| !cursor.is_empty())))
}
