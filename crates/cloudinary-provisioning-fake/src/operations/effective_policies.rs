//! Effective policies: what applies to whom in a scope.

use serde::Serialize;

use crate::operations::custom_policies::FakeCustomPolicy;
use crate::operations::principals::{self, FakeAssignment, Principal};
use crate::operations::roles::FakeRole;
use crate::policy::cedar::{self, Whom};
use crate::policy::permissions::{self, PrincipalType, data};
use crate::reply::answer::{Answer, Failure};
use crate::request::fields::Fields;
use crate::state::State;

pub(crate) fn handle(state: &mut State, operation: &str, fields: &Fields) -> Answer {
    match operation {
        "getEffectivePolicies" => list(state, fields),
        _ => Err(Failure::not_built(operation)),
    }
}

/// Every principal with roles in the scope, and the policies that these consist of; then the custom policies
/// in force there. The roles of a group are its members' as well. Asked for one principal, custom policies
/// are those that name it, a group of its, its type, or nobody in particular.
fn list(state: &State, fields: &Fields) -> Answer {
    let scope = permissions::existing_scope(state, fields)?;
    let only = principals::asked_for(state, fields)?;
    let assigned: Vec<_> =
        principals::assigned(state).filter(|(role, known)| known.scope(role).covers(&scope)).collect();

    let whom = match &only {
        Some(principal) => vec![principal.clone()],
        None => everyone(state, &assigned),
    };
    let principals = whom.iter().map(|principal| {
        let selves = selves(state, principal);
        let held = selves.iter().flat_map(|one| assigned.iter().filter(move |(_, known)| known.principal == *one));
        PrincipalRoles {
            principal_type: principal.kind,
            principal_id: &principal.id,
            roles: held.map(|(role, known)| EffectiveRole::new(role, known)).collect(),
        }
    });
    let principals = principals.filter(|principal| !principal.roles.is_empty()).collect();

    let selves = only.as_ref().map(|principal| selves(state, principal));
    let custom_policies = state
        .custom_policies
        .iter()
        .filter(|policy| policy.enabled && policy.scope().covers(&scope))
        .filter(|policy| selves.as_ref().is_none_or(|selves| concerns(policy, selves)))
        .map(|policy| EffectivePolicy { id: &policy.id, policy_statement: policy.policy_statement.clone() })
        .collect();
    data(&Effective { principals, custom_policies })
}

/// Those with roles in the order of assignment, and each group's members after it.
fn everyone(state: &State, assigned: &[(&FakeRole, &FakeAssignment)]) -> Vec<Principal> {
    let mut everyone: Vec<Principal> = Vec::new();
    let mut add = |principal: Principal| {
        if !everyone.contains(&principal) {
            everyone.push(principal);
        }
    };
    for (_, known) in assigned {
        add(known.principal.clone());
        if known.principal.kind == PrincipalType::Group {
            let members = state.groups.get(&known.principal.id).into_iter().flat_map(|group| &group.members);
            members.map(Principal::user).for_each(&mut add);
        }
    }
    everyone
}

/// A principal, and the groups that a user belongs to.
fn selves(state: &State, principal: &Principal) -> Vec<Principal> {
    let mut selves = vec![principal.clone()];
    if principal.kind == PrincipalType::User {
        selves.extend(state.groups.all_of_user(&principal.id).map(|group| Principal::group(&group.id)));
    }
    selves
}

/// Whether a policy speaks of a principal, the first of these, or of a group that it belongs to.
fn concerns(policy: &FakeCustomPolicy, selves: &[Principal]) -> bool {
    let is_type = |name: &str, principal: &Principal| name.eq_ignore_ascii_case(principal.kind.as_str());
    cedar::principals(&policy.policy_statement).into_iter().any(|whom| match whom {
        Whom::Anyone => true,
        Whom::Type(name) => selves.first().is_some_and(|principal| is_type(name, principal)),
        Whom::One(name, id) => selves.iter().any(|principal| is_type(name, principal) && principal.id == id),
    })
}

#[derive(Serialize)]
struct Effective<'a> {
    principals: Vec<PrincipalRoles<'a>>,
    custom_policies: Vec<EffectivePolicy<'a>>,
}

#[derive(Serialize)]
struct PrincipalRoles<'a> {
    principal_type: PrincipalType,
    principal_id: &'a str,
    roles: Vec<EffectiveRole<'a>>,
}

#[derive(Serialize)]
struct EffectiveRole<'a> {
    id: &'a str,
    system_policies: Vec<EffectivePolicy<'a>>,
}

impl<'a> EffectiveRole<'a> {
    fn new(role: &'a FakeRole, known: &FakeAssignment) -> Self {
        let policies = role.policies().map(|policy| EffectivePolicy {
            id: policy.id,
            policy_statement: permissions::fill(policy.statement, &known.policy_parameters),
        });
        Self { id: &role.id, system_policies: policies.collect() }
    }
}

#[derive(Serialize)]
struct EffectivePolicy<'a> {
    id: &'a str,
    policy_statement: String,
}
