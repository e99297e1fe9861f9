//! The operation of system policies.

use serde::Serialize;

use crate::policy::scope::{self, Parameters, PermissionType, ScopeType};
use crate::policy::system::{CATALOG, MADE_AT, SystemPolicy};
use crate::request::fields::RequestFields;
use crate::response::answer::{Answer, Failure, data};
use crate::response::object::object;
use crate::state::AccountState;

pub(super) fn handle(_state: &mut AccountState, operation: &str, fields: &RequestFields) -> Answer {
    match operation {
        "getSystemPolicies" => list(fields),
        _ => Err(Failure::not_built(operation)),
    }
}

/// The policies of one scope, the account by default. They come all at once, since the request has no cursor.
fn list(fields: &RequestFields) -> Answer {
    let scope = fields.keyword("scope_type")?.unwrap_or(ScopeType::Account);
    let permission: Option<PermissionType> = fields.keyword("permission_type")?;
    let wanted = |policy: &&SystemPolicy| {
        policy.scope_type == scope && permission.is_none_or(|permission| policy.permission_type == permission)
    };
    let policies = CATALOG.system_policies.iter().filter(wanted);
    data(&policies.map(|policy| view(policy, &Parameters::new())).collect::<Vec<_>>())
}

/// A system policy on the wire.
pub(super) fn view(policy: &'static SystemPolicy, parameters: &Parameters) -> impl Serialize + use<> {
    object! {
        id: &policy.id,
        name: &policy.name,
        description: &policy.description,
        scope_type: policy.scope_type,
        permission_type: policy.permission_type,
        policy_statement: scope::fill(&policy.statement, parameters),
        policy_parameters: policy.parameters().collect::<Vec<_>>(),
        category: &policy.category,
        sub_category: &policy.sub_category,
        created_at: MADE_AT,
        updated_at: MADE_AT,
    }
}
