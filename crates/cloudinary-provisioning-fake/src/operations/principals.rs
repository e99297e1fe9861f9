//! The operations of principals: which roles they have.

use std::collections::{HashMap, HashSet};

use serde::Serialize;
use serde_json::{Map, Value};

use crate::operations::lookup;
use crate::policy::scope::{ALL, ManagementType, Parameters, PermissionType, RoleScope, ScopeType};
use crate::request::fields::{RequestFields, keyword, required};
use crate::request::page::after_cursor;
use crate::response::answer::{Answer, Failure, Success, data, data_page};
use crate::response::object::object;
use crate::state::AccountState;
use crate::state::assignments::{FakeAssignment, NewAssignment, Principal};
use crate::state::ordered::Keyed as _;
use crate::state::roles::FakeRole;

pub(super) fn handle(state: &mut AccountState, operation: &str, fields: &RequestFields) -> Answer {
    match operation {
        "getPrincipalRoles" => roles_of(state, fields),
        "updatePrincipalRoles" => update_roles(state, fields),
        "inspect" => inspect(state, fields),
        "inspectMultiple" => inspect_multiple(state, fields),
        _ => Err(Failure::not_built(operation)),
    }
}

/// The roles that are assigned to a principal itself, not to its groups.
fn roles_of(state: &AccountState, fields: &RequestFields) -> Answer {
    let principal = asked_for(state, fields)?.ok_or_else(|| Failure::missing("principal_id"))?;
    let permission: PermissionType = fields.required_keyword("permission_type")?;
    let management: Option<ManagementType> = fields.keyword("management_type")?;
    let filter = AssignmentFilter::read(state, fields)?;
    let wanted = |(role, known): &(&FakeRole, &FakeAssignment)| {
        role.permission_type == permission
            && management.is_none_or(|management| role.management_type == management)
            && filter.admits(role, known)
    };
    let roles = state.assigned_to(&principal).filter(wanted).map(|(role, known)| view(role, known));
    data(&roles.collect::<Vec<_>>())
}

/// Adds roles to a principal, or takes them away: all of them, or none after an error.
fn update_roles(state: &mut AccountState, fields: &RequestFields) -> Answer {
    let adds = adds(fields)?;
    let principal = fields.object("principal").ok_or_else(|| Failure::missing("principal"))?;
    let principal = read_principal(state, principal, "type", "id")?;
    let roles = fields.objects("roles").ok_or_else(|| Failure::missing("roles"))?;
    let read = |item: &Map<String, Value>| {
        let id = required(item.get("id"), "id")?;
        let role = state.roles.get(id).ok_or_else(|| Failure::unknown("role", id))?;
        read_assignment(state, role, principal.clone(), item)
    };
    let assignments = roles.into_iter().map(read).collect::<Result<Vec<_>, _>>()?;
    Ok(apply(state, adds, assignments))
}

/// Adds principals to a role, or takes them away: all of them, or none after an error.
pub(super) fn update_of_role(state: &mut AccountState, fields: &RequestFields) -> Answer {
    let role = lookup::role(state, fields)?;
    let adds = adds(fields)?;
    let principals = fields.objects("principals").ok_or_else(|| Failure::missing("principals"))?;
    let read = |item: &Map<String, Value>| {
        let principal = read_principal(state, item, "principal_type", "principal_id")?;
        read_assignment(state, role, principal, item)
    };
    let assignments = principals.into_iter().map(read).collect::<Result<Vec<_>, _>>()?;
    Ok(apply(state, adds, assignments))
}

/// Whether `operation` is `add`. The facts allow `remove` besides.
fn adds(fields: &RequestFields) -> Result<bool, Failure> {
    Ok(fields.required_text("operation")? == "add")
}

/// Adds what is missing, or removes what exists.
fn apply(state: &mut AccountState, adds: bool, assignments: Vec<FakeAssignment>) -> Success {
    for assignment in assignments {
        if adds {
            state.assign(assignment);
        } else {
            state.assignments.remove(&assignment.key());
        }
    }
    Success::OK
}

/// The principals that have a role; without `verbose`, their types and ids alone.
pub(super) fn of_role(state: &AccountState, fields: &RequestFields) -> Answer {
    let role_id = &lookup::role(state, fields)?.id;
    let filter = AssignmentFilter::read(state, fields)?;
    let verbose = fields.boolean("verbose") == Some(true);
    let mut seen = HashSet::new();
    let holders =
        state.assigned_where(|known| known.role_id == *role_id).filter(|(role, known)| filter.admits(role, known));
    // A principal that has the role twice, for example for two folders, is listed once.
    let holders = holders.filter(|(_, known)| verbose || seen.insert(&known.principal));
    let holders = holders.map(|(role, known)| {
        object! {
            id: &known.principal.id,
            r#type: known.principal.kind,
            #[serde(flatten)]
            details: verbose.then(|| object! {
                role_id: &role.id,
                policy_parameters: &known.policy_parameters,
                scope_type: role.scope_type,
                scope_id: &known.scope_id,
                created_at: known.created_at.unix_timestamp(),
                updated_at: known.updated_at.unix_timestamp(),
            }),
        }
    });
    data(&holders.collect::<Vec<_>>())
}

/// The principals that have roles in a scope, with their roles.
fn inspect(state: &AccountState, fields: &RequestFields) -> Answer {
    let scope = lookup::existing_scope(state, fields)?;
    let only = asked_for(state, fields)?;
    let content = lookup::content(fields)?;
    let mut found = Vec::new();
    let mut roles: HashMap<_, Vec<_>> = HashMap::new();
    for (role, known) in state.assigned_where(|_| true) {
        if only.as_ref().is_none_or(|only| *only == known.principal) && applies(role, known, &scope, &content) {
            let held = roles.entry(&known.principal).or_default();
            if held.is_empty() {
                found.push(&known.principal);
            }
            held.push(view(role, known));
        }
    }
    inspection(state, fields, found.into_iter(), &roles)
}

/// The roles of the principals that the request names, each of which is in the response, in their order.
fn inspect_multiple(state: &AccountState, fields: &RequestFields) -> Answer {
    let scope = lookup::existing_scope(state, fields)?;
    let content = parameters(fields.object("policy_parameters"))?;
    let asked = fields.objects("principals").unwrap_or_default();
    let asked = asked.into_iter().map(|item| read_principal(state, item, "type", "id"));
    let asked = asked.collect::<Result<Vec<_>, _>>()?;
    let mut roles: HashMap<_, Vec<_>> = asked.iter().map(|principal| (principal, Vec::new())).collect();
    for (role, known) in state.assigned_where(|_| true).filter(|(role, known)| applies(role, known, &scope, &content)) {
        if let Some(held) = roles.get_mut(&known.principal) {
            held.push(view(role, known));
        }
    }
    inspection(state, fields, asked.iter(), &roles)
}

/// A page of principals with their roles.
fn inspection<'a>(
    state: &AccountState,
    fields: &RequestFields,
    principals: impl Iterator<Item = &'a Principal>,
    roles: &HashMap<&Principal, Vec<impl Serialize>>,
) -> Answer {
    let (page, next) = after_cursor(principals, fields.text("cursor"), state.page_cap)?;
    let inspected = |principal: &'a Principal| {
        object! {
            r#type: principal.kind,
            id: &principal.id,
            roles: roles.get(principal).map_or(&[][..], Vec::as_slice),
        }
    };
    data_page(&object! { principals: page.into_iter().map(inspected).collect::<Vec<_>>() }, next)
}

fn applies(role: &FakeRole, known: &FakeAssignment, scope: &RoleScope<'_>, content: &Parameters) -> bool {
    known.scope(role).covers(scope) && known.is_for(content)
}

/// The filters of lists of roles and of principals.
struct AssignmentFilter {
    scope_type: Option<ScopeType>,
    environment: Option<String>,
    content: Parameters,
}

impl AssignmentFilter {
    fn read(state: &AccountState, fields: &RequestFields) -> Result<Self, Failure> {
        let scope_type = fields.keyword("scope_type")?;
        // A product environment says nothing about roles of the account's scope.
        let environment = fields.text("scope_id").filter(|_| scope_type != Some(ScopeType::Account));
        if let Some(id) = environment {
            lookup::check_environment(state, id)?;
        }
        let content = lookup::content(fields)?;
        Ok(Self { scope_type, environment: environment.map(ToOwned::to_owned), content })
    }

    fn admits(&self, role: &FakeRole, known: &FakeAssignment) -> bool {
        let there = |id: &String| known.scope_id.as_ref().is_some_and(|scope| scope == id || scope == ALL);
        self.scope_type.is_none_or(|kind| role.scope_type == kind)
            && self.environment.as_ref().is_none_or(there)
            && known.is_for(&self.content)
    }
}

/// The principal that a query asks for. Its type and its id are given together.
pub(super) fn asked_for(state: &AccountState, fields: &RequestFields) -> Result<Option<Principal>, Failure> {
    let kind = fields.keyword("principal_type")?;
    match (kind, fields.text("principal_id")) {
        (None, None) => Ok(None),
        (Some(kind), Some(id)) => existing(state, Principal { kind, id: id.to_owned() }).map(Some),
        (Some(_), None) => Err(Failure::missing("principal_id")),
        (None, Some(_)) => Err(Failure::missing("principal_type")),
    }
}

fn read_principal(state: &AccountState, item: &Map<String, Value>, kind: &str, id: &str) -> Result<Principal, Failure> {
    let kind = keyword(required(item.get(kind), kind)?, kind)?;
    existing(state, Principal { kind, id: required(item.get(id), id)?.to_owned() })
}

fn existing(state: &AccountState, principal: Principal) -> Result<Principal, Failure> {
    if state.has_principal(&principal) {
        return Ok(principal);
    }
    Err(Failure::unknown(principal.kind.as_str(), &principal.id))
}

/// Reads an object of folder and collection ids.
fn parameters(object: Option<&Map<String, Value>>) -> Result<Parameters, Failure> {
    let read = |(kind, id): (&String, &Value)| match id {
        Value::String(id) if !id.is_empty() => Ok((kind.clone(), id.clone())),
        Value::Number(id) => Ok((kind.clone(), id.to_string())),
        _ => Err(Failure::invalid("policy_parameters", format!("must have a text for {kind}"))),
    };
    object.into_iter().flatten().map(read).collect()
}

/// Reads an assignment: a role for product environments needs one of them or `all`, a content role needs every kind of
/// content that its policies have placeholders for.
fn read_assignment(
    state: &AccountState,
    role: &FakeRole,
    principal: Principal,
    item: &Map<String, Value>,
) -> Result<FakeAssignment, Failure> {
    let mut assignment = NewAssignment::new(&role.id);
    if role.scope_type == ScopeType::Prodenv {
        let environment = required(item.get("scope_id"), "scope_id")?;
        lookup::check_environment(state, environment)?;
        assignment = assignment.in_environment(environment);
    }
    let given = parameters(item.get("policy_parameters").and_then(Value::as_object))?;
    let needed = role.parameters();
    if let Some(missing) = needed.iter().find(|kind| !given.contains_key(**kind)) {
        return Err(Failure::invalid("policy_parameters", format!("must have {missing} for {}", role.id)));
    }
    if let Some(extra) = given.keys().find(|kind| !needed.contains(kind.as_str())) {
        return Err(Failure::invalid("policy_parameters", format!("must not have {extra} for {}", role.id)));
    }
    Ok(assignment.parameters(given).build(principal, state.now()))
}

/// A role that a principal has, on the wire.
fn view(role: &FakeRole, known: &FakeAssignment) -> impl Serialize {
    object! {
        id: &role.id,
        name: &role.name,
        description: &role.description,
        management_type: role.management_type,
        permission_type: role.permission_type,
        scope_type: role.scope_type,
        #[serde(flatten)]
        scope_id: known.scope_id.as_ref().map(|id| object! { scope_id: id }),
        policy_parameters: Some(&known.policy_parameters).filter(|parameters| !parameters.is_empty()),
        created_at: role.created_at.unix_timestamp(),
        updated_at: role.updated_at.unix_timestamp(),
    }
}
