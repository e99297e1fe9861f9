//! Roles, the system's and the account's own.

use std::collections::BTreeSet;

use serde::Serialize;
use time::OffsetDateTime;

use crate::operations::principals;
use crate::operations::system_policies::PolicyView;
use crate::policy::catalogue::{self, SystemPolicy, SystemRole};
use crate::policy::permissions::{self, ManagementType, Parameters, PermissionType, ScopeType, created_data, data};
use crate::reply::answer::{Answer, Failure, Success};
use crate::request::fields::Fields;
use crate::state::State;

/// A role of a [`FakeAccount`](crate::FakeAccount), as it stands.
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
    /// Whether it is the system's or the account's own.
    pub management_type: ManagementType,
    /// Whether it is for one folder or collection each time that it is assigned.
    pub permission_type: PermissionType,
    /// Where it applies.
    pub scope_type: ScopeType,
    /// The system policies that make it up.
    pub system_policy_ids: Vec<String>,
    /// When it was made.
    pub created_at: OffsetDateTime,
    /// When it last changed.
    pub updated_at: OffsetDateTime,
}

impl FakeRole {
    pub(crate) fn of_system(role: &SystemRole) -> Self {
        let made_at = OffsetDateTime::from_unix_timestamp(catalogue::MADE_AT).unwrap_or(OffsetDateTime::UNIX_EPOCH);
        Self {
            id: role.id.to_owned(),
            name: role.name.to_owned(),
            description: Some(role.description.to_owned()),
            management_type: ManagementType::System,
            permission_type: role.permission_type,
            scope_type: role.scope_type,
            system_policy_ids: role.system_policy_ids.iter().map(|id| (*id).to_owned()).collect(),
            created_at: made_at,
            updated_at: made_at,
        }
    }

    pub(crate) fn policies(&self) -> impl Iterator<Item = &'static SystemPolicy> {
        self.system_policy_ids.iter().filter_map(|id| catalogue::policy(id))
    }

    /// The kinds of content that have to be named when the role is assigned.
    pub(crate) fn parameters(&self) -> BTreeSet<&'static str> {
        self.policies().flat_map(|policy| policy.parameters).copied().collect()
    }
}

/// A custom role to put into a [`FakeAccount`](crate::FakeAccount).
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
    pub(crate) id: Option<String>,
    name: String,
    description: Option<String>,
    permission_type: PermissionType,
    scope_type: ScopeType,
    system_policy_ids: Vec<String>,
}

impl NewRole {
    /// A role without policies.
    pub fn new(name: impl Into<String>, scope_type: ScopeType, permission_type: PermissionType) -> Self {
        Self {
            id: None,
            name: name.into(),
            description: None,
            permission_type,
            scope_type,
            system_policy_ids: Vec::new(),
        }
    }

    /// Its id, in place of a made-up one.
    pub fn id(mut self, id: impl Into<String>) -> Self {
        self.id = Some(id.into());
        self
    }

    /// Its description.
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.description = Some(description.into());
        self
    }

    /// One more system policy.
    pub fn system_policy(mut self, id: impl Into<String>) -> Self {
        self.system_policy_ids.push(id.into());
        self
    }

    pub(crate) fn build(self, id: String, now: OffsetDateTime) -> FakeRole {
        FakeRole {
            id,
            name: self.name,
            description: self.description,
            management_type: ManagementType::Custom,
            permission_type: self.permission_type,
            scope_type: self.scope_type,
            system_policy_ids: self.system_policy_ids,
            created_at: now,
            updated_at: now,
        }
    }
}

/// The roles of an account: the system's first, then its own in the order of creation.
#[derive(Clone, Debug)]
pub(crate) struct Roles(Vec<FakeRole>);

impl Default for Roles {
    fn default() -> Self {
        Self(catalogue::ROLES.iter().map(FakeRole::of_system).collect())
    }
}

impl Roles {
    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &FakeRole> {
        self.0.iter()
    }

    pub(crate) fn get(&self, id: &str) -> Option<&FakeRole> {
        self.iter().find(|role| role.id == id)
    }

    /// Adds a role. One with the same id makes way.
    fn insert(&mut self, role: FakeRole) {
        match self.0.iter_mut().find(|known| known.id == role.id) {
            Some(former) => *former = role,
            None => self.0.push(role),
        }
    }
}

/// Adds a role and returns it.
pub(crate) fn insert(state: &mut State, new: NewRole) -> FakeRole {
    let known = &state.roles;
    let id = new.id.clone().unwrap_or_else(|| state.ids.free_id(|id| known.get(id).is_some()));
    let role = new.build(id, state.now());
    state.roles.insert(role.clone());
    role
}

/// Answers what concerns roles themselves; their principals are in [`principals`].
pub(crate) fn handle(state: &mut State, operation: &str, fields: &Fields) -> Answer {
    match operation {
        "getRoles" => list(state, fields),
        "createRole" => create(state, fields),
        "getRole" => data(&RoleView::new(find(state, fields)?, Some(&permissions::content(fields)?))),
        "updateRole" => update(state, fields),
        "deleteRole" => delete(state, fields),
        "getRolePrincipals" => principals::of_role(state, fields),
        "updateRolePrincipals" => principals::update_of_role(state, fields),
        _ => Err(Failure::not_built(operation)),
    }
}

/// Roles of one permission type. `policy_parameters` asks for roles that take each of these kinds of content.
fn list(state: &State, fields: &Fields) -> Answer {
    let permission = permissions::required_word(fields, "permission_type", PermissionType::parse)?;
    let scope = permissions::word(fields, "scope_type", ScopeType::parse)?;
    let management = permissions::word(fields, "management_type", ManagementType::parse)?;
    let kinds = fields.texts("policy_parameters").unwrap_or_default();
    let wanted = |role: &&FakeRole| {
        role.permission_type == permission
            && scope.is_none_or(|scope| role.scope_type == scope)
            && management.is_none_or(|management| role.management_type == management)
            && kinds.iter().all(|kind| role.parameters().contains(kind))
    };
    let roles: Vec<_> = state.roles.iter().filter(wanted).map(|role| RoleView::new(role, None)).collect();
    data(&roles)
}

/// Creates a role, with an id of the caller's or a made-up one.
fn create(state: &mut State, fields: &Fields) -> Answer {
    let new = NewRole {
        id: fields.text("id").filter(|id| !id.is_empty()).map(ToOwned::to_owned),
        name: permissions::required_text(fields, "name")?.to_owned(),
        description: fields.text("description").map(ToOwned::to_owned),
        permission_type: permissions::required_word(fields, "permission_type", PermissionType::parse)?,
        scope_type: permissions::required_word(fields, "scope_type", ScopeType::parse)?,
        system_policy_ids: read_policies(fields)?,
    };
    if let Some(id) = new.id.as_deref().filter(|id| state.roles.get(id).is_some()) {
        return Err(Failure::conflict(format!("A role with id {id} already exists")));
    }
    check_name_is_free(state, &new.name, new.scope_type, new.permission_type, None)?;
    created_data(&RoleView::new(&insert(state, new), Some(&Parameters::new())))
}

/// Replaces name, description and policies: what is left out is lost.
fn update(state: &mut State, fields: &Fields) -> Answer {
    let former = find_custom(state, fields)?.clone();
    let name = permissions::required_text(fields, "name")?.to_owned();
    let system_policy_ids = read_policies(fields)?;
    check_name_is_free(state, &name, former.scope_type, former.permission_type, Some(&former.id))?;
    let description = fields.text("description").map(ToOwned::to_owned);
    let role = FakeRole { name, description, system_policy_ids, updated_at: state.now(), ..former };
    let answer = data(&RoleView::new(&role, Some(&Parameters::new())));
    state.roles.insert(role);
    answer
}

/// Deletes a role, and takes it from whoever has it. One that is assigned needs `force`; what the service answers
/// without it is not documented, and here it is a 409.
fn delete(state: &mut State, fields: &Fields) -> Answer {
    let id = find_custom(state, fields)?.id.clone();
    let assigned = state.principals.iter().any(|known| known.role_id == id);
    if assigned && fields.boolean("force") != Some(true) {
        return Err(Failure::conflict(format!("The role {id} has principals: remove them, or delete it with force")));
    }
    state.principals.forget_role(&id);
    state.roles.0.retain(|role| role.id != id);
    Ok(Success::NO_CONTENT)
}

/// The role that the path names.
pub(crate) fn find<'a>(state: &'a State, fields: &Fields) -> Result<&'a FakeRole, Failure> {
    let id = fields.path("role_id");
    state.roles.get(id).ok_or_else(|| permissions::unknown("role", id))
}

fn find_custom<'a>(state: &'a State, fields: &Fields) -> Result<&'a FakeRole, Failure> {
    let role = find(state, fields)?;
    match role.management_type {
        ManagementType::Custom => Ok(role),
        ManagementType::System => Err(Failure::forbidden(format!("The system role {} cannot be changed", role.id))),
    }
}

fn read_policies(fields: &Fields) -> Result<Vec<String>, Failure> {
    let mut ids = fields.texts("system_policy_ids").unwrap_or_default();
    if let Some(unknown) = ids.iter().find(|id| catalogue::policy(id).is_none()) {
        return Err(Failure::invalid(
            "system_policy_ids",
            format!("must not hold {unknown}, which is no system policy"),
        ));
    }
    let mut seen = BTreeSet::new();
    ids.retain(|id| seen.insert(*id));
    Ok(ids.into_iter().map(ToOwned::to_owned).collect())
}

/// A name is unique among the roles of the same scope and permission type, the system's included.
fn check_name_is_free(
    state: &State,
    name: &str,
    scope: ScopeType,
    permission: PermissionType,
    owner: Option<&str>,
) -> Result<(), Failure> {
    let same = |role: &FakeRole| role.name == name && (role.scope_type, role.permission_type) == (scope, permission);
    if state.roles.iter().any(|role| same(role) && owner != Some(&*role.id)) {
        return Err(Failure::conflict(format!("A role named {name} already exists")));
    }
    Ok(())
}

/// A role as it goes over the wire, with its policies where it is the only one.
#[derive(Serialize)]
pub(crate) struct RoleView<'a> {
    id: &'a str,
    name: &'a str,
    description: Option<&'a str>,
    management_type: ManagementType,
    permission_type: PermissionType,
    policy_parameters: BTreeSet<&'static str>,
    scope_type: ScopeType,
    #[serde(serialize_with = "permissions::as_seconds")]
    created_at: OffsetDateTime,
    #[serde(serialize_with = "permissions::as_seconds")]
    updated_at: OffsetDateTime,
    #[serde(skip_serializing_if = "Option::is_none")]
    policies: Option<Vec<PolicyView>>,
}

impl<'a> RoleView<'a> {
    fn new(role: &'a FakeRole, parameters: Option<&Parameters>) -> Self {
        let filled = |parameters| role.policies().map(|policy| PolicyView::new(policy, parameters)).collect();
        Self {
            id: &role.id,
            name: &role.name,
            description: role.description.as_deref(),
            management_type: role.management_type,
            permission_type: role.permission_type,
            policy_parameters: role.parameters(),
            scope_type: role.scope_type,
            created_at: role.created_at,
            updated_at: role.updated_at,
            policies: parameters.map(filled),
        }
    }
}
