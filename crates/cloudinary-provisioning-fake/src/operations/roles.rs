//! The operations of roles.

use std::collections::BTreeSet;

use serde::Serialize;

use crate::operations::{lookup, principals, system_policies};
use crate::policy::scope::{ManagementType, Parameters, PermissionType, ScopeType};
use crate::policy::system;
use crate::request::fields::RequestFields;
use crate::response::answer::{Answer, Failure, Success, created_data, data};
use crate::response::object::object;
use crate::state::AccountState;
use crate::state::roles::{FakeRole, NewRole};

/// Answers operations on roles; their principals are in [`principals`].
pub(super) fn handle(state: &mut AccountState, operation: &str, fields: &RequestFields) -> Answer {
    match operation {
        "getRoles" => list(state, fields),
        "createRole" => create(state, fields),
        "getRole" => data(&view(lookup::role(state, fields)?, Some(&lookup::content(fields)?))),
        "updateRole" => update(state, fields),
        "deleteRole" => delete(state, fields),
        "getRolePrincipals" => principals::of_role(state, fields),
        "updateRolePrincipals" => principals::update_of_role(state, fields),
        _ => Err(Failure::not_built(operation)),
    }
}

/// Roles of one permission type. `policy_parameters` asks for roles that take each of these kinds of content.
fn list(state: &AccountState, fields: &RequestFields) -> Answer {
    let permission: PermissionType = fields.required_keyword("permission_type")?;
    let scope: Option<ScopeType> = fields.keyword("scope_type")?;
    let management: Option<ManagementType> = fields.keyword("management_type")?;
    let kinds = fields.texts("policy_parameters").unwrap_or_default();
    let wanted = |role: &&FakeRole| {
        role.permission_type == permission
            && scope.is_none_or(|scope| role.scope_type == scope)
            && management.is_none_or(|management| role.management_type == management)
            && kinds.iter().all(|kind| role.parameters().contains(kind))
    };
    let roles: Vec<_> = state.roles.iter().filter(wanted).map(|role| view(role, None)).collect();
    data(&roles)
}

/// Creates a role, with the caller's id or a generated one.
fn create(state: &mut AccountState, fields: &RequestFields) -> Answer {
    let name = fields.required_text("name")?;
    let (permission, scope) = (fields.required_keyword("permission_type")?, fields.required_keyword("scope_type")?);
    let mut new = NewRole::new(name, scope, permission);
    new = read_policies(fields)?.into_iter().fold(new, NewRole::system_policy);
    new = fields.text("description").into_iter().fold(new, NewRole::description);
    if let Some(id) = fields.text("id").filter(|id| !id.is_empty()) {
        if state.roles.get(id).is_some() {
            return Err(Failure::conflict(format!("A role with id {id} already exists")));
        }
        new = new.id(id);
    }
    check_name_is_free(state, name, scope, permission, None)?;
    let id = state.insert_role(new);
    let none = Parameters::new();
    created_data(&state.roles.get(&*id).map(|role| view(role, Some(&none))))
}

/// Replaces name, description and policies; absent ones are removed.
fn update(state: &mut AccountState, fields: &RequestFields) -> Answer {
    let former = find_custom(state, fields)?.clone();
    let name = fields.required_text("name")?.to_owned();
    let system_policy_ids = read_policies(fields)?;
    check_name_is_free(state, &name, former.scope_type, former.permission_type, Some(&former.id))?;
    let description = fields.text("description").map(ToOwned::to_owned);
    let role = FakeRole { name, description, system_policy_ids, updated_at: state.now(), ..former };
    let answer = data(&view(&role, Some(&Parameters::new())));
    state.roles.insert(role);
    answer
}

/// Deletes a role and its assignments. One that is assigned needs `force`; the response without it is not documented,
/// and is a 409 here.
fn delete(state: &mut AccountState, fields: &RequestFields) -> Answer {
    let id = find_custom(state, fields)?.id.clone();
    let assigned = state.assignments.iter().any(|known| known.role_id == id);
    if assigned && fields.boolean("force") != Some(true) {
        return Err(Failure::conflict(format!("The role {id} has principals: remove them, or delete it with force")));
    }
    state.assignments.retain(|known| known.role_id != id);
    state.roles.remove(&*id);
    Ok(Success::NO_CONTENT)
}

fn find_custom<'a>(state: &'a AccountState, fields: &RequestFields) -> Result<&'a FakeRole, Failure> {
    let role = lookup::role(state, fields)?;
    match role.management_type {
        ManagementType::Custom => Ok(role),
        ManagementType::System => Err(Failure::forbidden(format!("The system role {} cannot be changed", role.id))),
    }
}

fn read_policies(fields: &RequestFields) -> Result<Vec<String>, Failure> {
    let mut ids = fields.texts("system_policy_ids").unwrap_or_default();
    if let Some(unknown) = ids.iter().find(|id| system::policy(id).is_none()) {
        return Err(Failure::invalid(
            "system_policy_ids",
            format!("must not hold {unknown}, which is not a system policy"),
        ));
    }
    let mut seen = BTreeSet::new();
    ids.retain(|id| seen.insert(*id));
    Ok(ids.into_iter().map(ToOwned::to_owned).collect())
}

/// A name is unique among the roles of the same scope and permission type, the system's included.
fn check_name_is_free(
    state: &AccountState,
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

/// A role on the wire, with its policies where it is the only one.
fn view(role: &FakeRole, parameters: Option<&Parameters>) -> impl Serialize {
    object! {
        id: &role.id,
        name: &role.name,
        description: &role.description,
        management_type: role.management_type,
        permission_type: role.permission_type,
        policy_parameters: role.parameters(),
        scope_type: role.scope_type,
        created_at: role.created_at.unix_timestamp(),
        updated_at: role.updated_at.unix_timestamp(),
        #[serde(flatten)]
        policies: parameters.map(|parameters| object! {
            policies: role.policies().map(|policy| system_policies::view(policy, parameters)).collect::<Vec<_>>(),
        }),
    }
}
