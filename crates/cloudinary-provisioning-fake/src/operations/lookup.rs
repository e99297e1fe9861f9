//! What an operation is about: each is found, or the operation fails.

use crate::base::switch::Switch;
use crate::policy::scope::{CONTENT_KINDS, Parameters, RoleScope, ScopeType};
use crate::request::fields::RequestFields;
use crate::response::answer::Failure;
use crate::state::AccountState;
use crate::state::product_environments::FakeSubAccount;
use crate::state::roles::FakeRole;
use crate::state::user_groups::FakeGroup;
use crate::state::users::FakeUser;

pub(super) fn user<'a>(state: &'a AccountState, id: &str) -> Result<&'a FakeUser, Failure> {
    state.users.get(id).ok_or_else(|| Failure::unknown("user", id))
}

pub(super) fn group<'a>(state: &'a AccountState, id: &str) -> Result<&'a FakeGroup, Failure> {
    state.groups.get(id).ok_or_else(|| Failure::unknown("user group", id))
}

/// The role that the path names.
pub(super) fn role<'a>(state: &'a AccountState, fields: &RequestFields) -> Result<&'a FakeRole, Failure> {
    let id = fields.path("role_id");
    state.roles.get(id).ok_or_else(|| Failure::unknown("role", id))
}

pub(super) fn environment<'a>(state: &'a AccountState, id: &str) -> Result<&'a FakeSubAccount, Failure> {
    state.environments.get(id).ok_or_else(|| Failure::unknown("sub account", id))
}

/// An environment on which the provisioning key may do this.
pub(super) fn environment_for<'a>(
    state: &'a AccountState,
    id: &str,
    action: &str,
) -> Result<&'a FakeSubAccount, Failure> {
    let environment = environment(state, id)?;
    let needs_role = state.is_on(Switch::NewEnvironmentsForbidden) && environment.created_by_request;
    if needs_role && !state.provisioning_key_has_role(id) {
        return Err(Failure::forbidden(format!(
            "[prodenv:{id}] Request forbidden due to missing permissions (actions=[\"{action}\"])"
        )));
    }
    Ok(environment)
}

/// The scope of a request, the account by default. Product environments need `scope_id`; the account ignores it.
pub(super) fn scope(fields: &RequestFields) -> Result<RoleScope<'_>, Failure> {
    let kind = fields.keyword("scope_type")?.unwrap_or(ScopeType::Account);
    let id = match kind {
        ScopeType::Account => None,
        ScopeType::Prodenv => Some(fields.required_text("scope_id")?),
    };
    Ok(RoleScope { kind, id })
}

/// The scope of a request about what exists already, so that its product environment has to exist as well.
pub(super) fn existing_scope<'f>(state: &AccountState, fields: &'f RequestFields) -> Result<RoleScope<'f>, Failure> {
    let scope = scope(fields)?;
    scope.id.map_or(Ok(()), |id| check_environment(state, id))?;
    Ok(scope)
}

pub(super) fn check_environment(state: &AccountState, id: &str) -> Result<(), Failure> {
    if state.has_environment(id) { Ok(()) } else { Err(Failure::unknown("product environment", id)) }
}

/// The folder, the collection or the pairs of `param_key` and `param_value` that a request is about. The service does
/// not support `asset_id`.
pub(super) fn content(fields: &RequestFields) -> Result<Parameters, Failure> {
    let keys = fields.texts("param_key").unwrap_or_default();
    let values = fields.texts("param_value").unwrap_or_default();
    if keys.len() != values.len() {
        let message = format!("must be as many as param_key, {} and not {}", keys.len(), values.len());
        return Err(Failure::invalid("param_value", message));
    }
    let single = CONTENT_KINDS.into_iter().filter_map(|kind| Some((kind, fields.text(kind)?)));
    Ok(keys.into_iter().zip(values).chain(single).map(|(kind, id)| (kind.to_owned(), id.to_owned())).collect())
}

/// Checks a name that must not be blank.
pub(super) fn check_name(name: &str) -> Result<(), Failure> {
    if name.trim().is_empty() { Err(Failure::invalid("name", "must not be empty")) } else { Ok(()) }
}
