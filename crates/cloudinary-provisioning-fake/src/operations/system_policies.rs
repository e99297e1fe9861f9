//! System policies.

use serde::Serialize;

use crate::policy::catalogue::{self, SystemPolicy};
use crate::policy::permissions::{self, Parameters, PermissionType, ScopeType, data};
use crate::reply::answer::{Answer, Failure};
use crate::request::fields::Fields;
use crate::state::State;

pub(crate) fn handle(_state: &mut State, operation: &str, fields: &Fields) -> Answer {
    match operation {
        "getSystemPolicies" => list(fields),
        _ => Err(Failure::not_built(operation)),
    }
}

/// The policies of one scope, the account's unless it is said otherwise. They come all at once, for the request has no
/// cursor.
fn list(fields: &Fields) -> Answer {
    let scope = permissions::word(fields, "scope_type", ScopeType::parse)?.unwrap_or(ScopeType::Account);
    let permission = permissions::word(fields, "permission_type", PermissionType::parse)?;
    let wanted = |policy: &&SystemPolicy| {
        policy.scope_type == scope && permission.is_none_or(|permission| policy.permission_type == permission)
    };
    let none = Parameters::new();
    let policies: Vec<_> =
        catalogue::POLICIES.iter().filter(wanted).map(|policy| PolicyView::new(policy, &none)).collect();
    data(&policies)
}

/// A system policy as it goes over the wire.
#[derive(Serialize)]
pub(crate) struct PolicyView {
    id: &'static str,
    name: &'static str,
    description: &'static str,
    scope_type: ScopeType,
    permission_type: PermissionType,
    policy_statement: String,
    policy_parameters: &'static [&'static str],
    category: &'static str,
    sub_category: &'static str,
    created_at: i64,
    updated_at: i64,
}

impl PolicyView {
    pub(crate) fn new(policy: &'static SystemPolicy, parameters: &Parameters) -> Self {
        Self {
            id: policy.id,
            name: policy.name,
            description: policy.description,
            scope_type: policy.scope_type,
            permission_type: policy.permission_type,
            policy_statement: permissions::fill(policy.statement, parameters),
            policy_parameters: policy.parameters,
            category: policy.category,
            sub_category: policy.sub_category,
            created_at: catalogue::MADE_AT,
            updated_at: catalogue::MADE_AT,
        }
    }
}
