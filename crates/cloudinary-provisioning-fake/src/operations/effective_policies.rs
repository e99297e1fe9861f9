//! The operation of effective policies: what applies to whom in a scope.

use std::collections::{HashMap, HashSet};
use std::iter;

use serde::Serialize;

use crate::operations::{lookup, principals};
use crate::policy::cedar::{self, Subject};
use crate::policy::scope::{self, PrincipalType};
use crate::request::fields::RequestFields;
use crate::response::answer::{Answer, Failure, data};
use crate::response::object::object;
use crate::state::AccountState;
use crate::state::assignments::{FakeAssignment, Principal};
use crate::state::custom_policies::FakeCustomPolicy;
use crate::state::roles::FakeRole;

pub(super) fn handle(state: &mut AccountState, operation: &str, fields: &RequestFields) -> Answer {
    match operation {
        "getEffectivePolicies" => list(state, fields),
        _ => Err(Failure::not_built(operation)),
    }
}

/// Every principal with roles in the scope and the policies of these roles, then the enabled custom policies there. A
/// group's roles count for its members as well. For a single principal, custom policies are those that name it, one of
/// its groups, its type, or no principal at all.
fn list(state: &AccountState, fields: &RequestFields) -> Answer {
    let scope = lookup::existing_scope(state, fields)?;
    let only = principals::asked_for(state, fields)?;
    let assigned: Vec<_> =
        state.assigned_where(|_| true).filter(|(role, known)| known.scope(role).covers(&scope)).collect();

    let whom = match &only {
        Some(principal) => vec![principal.clone()],
        None => everyone(state, &assigned),
    };
    let mut held: HashMap<&Principal, Vec<_>> = HashMap::new();
    for (role, known) in &assigned {
        held.entry(&known.principal).or_default().push(view(role, known));
    }
    let mut principals = Vec::new();
    for principal in &whom {
        let roles: Vec<_> = selves(state, principal).iter().filter_map(|one| held.get(one)).flatten().collect();
        if !roles.is_empty() {
            principals.push(object! { principal_type: principal.kind, principal_id: &principal.id, roles: roles });
        }
    }

    let selves = only.as_ref().map(|principal| selves(state, principal));
    let custom_policies = state
        .policies
        .iter()
        .filter(|policy| policy.enabled && policy.scope().covers(&scope))
        .filter(|policy| selves.as_ref().is_none_or(|selves| concerns(policy, selves)))
        .map(|policy| object! { id: &policy.id, policy_statement: &policy.policy_statement });
    data(&object! { principals: principals, custom_policies: custom_policies.collect::<Vec<_>>() })
}

/// Principals with roles in the order of assignment, each group followed by its members.
fn everyone(state: &AccountState, assigned: &[(&FakeRole, &FakeAssignment)]) -> Vec<Principal> {
    let mut seen = HashSet::new();
    let members = |principal: &Principal| {
        let group = if principal.kind == PrincipalType::Group { state.groups.get(&*principal.id) } else { None };
        group.into_iter().flat_map(|group| &group.members).map(Principal::user)
    };
    let all =
        assigned.iter().flat_map(|(_, known)| iter::once(known.principal.clone()).chain(members(&known.principal)));
    all.filter(|principal| seen.insert(principal.clone())).collect()
}

/// A principal, and the groups that a user belongs to.
fn selves(state: &AccountState, principal: &Principal) -> Vec<Principal> {
    let mut selves = vec![principal.clone()];
    if principal.kind == PrincipalType::User {
        selves.extend(state.groups.of_user(&principal.id).map(|group| Principal::group(&group.id)));
    }
    selves
}

/// Returns whether a policy is about a principal, the first of these, or a group that it belongs to.
fn concerns(policy: &FakeCustomPolicy, selves: &[Principal]) -> bool {
    let is_type = |name: &str, principal: &Principal| name.eq_ignore_ascii_case(principal.kind.as_str());
    cedar::subjects(&policy.policy_statement).into_iter().any(|subject| match subject {
        Subject::Anyone => true,
        Subject::Type(name) => selves.first().is_some_and(|principal| is_type(name, principal)),
        Subject::One(name, id) => selves.iter().any(|principal| is_type(name, principal) && principal.id == id),
    })
}

fn view(role: &FakeRole, known: &FakeAssignment) -> impl Serialize {
    let policies = role.policies().map(|policy| {
        object! {
            id: &policy.id,
            policy_statement: scope::fill(&policy.statement, &known.policy_parameters),
        }
    });
    object! { id: &role.id, system_policies: policies.collect::<Vec<_>>() }
}
