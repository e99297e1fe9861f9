//! Principals, and which roles they have.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value};
use time::OffsetDateTime;

use crate::operations::roles::{self, FakeRole};
use crate::policy::permissions::{
    self, ALL, ManagementType, Parameters, PermissionType, PrincipalType, Scope, ScopeType, data, data_page,
};
use crate::reply::answer::{Answer, Failure, Success};
use crate::request::fields::Fields;
use crate::request::page::after_cursor;
use crate::state::State;

/// Who can have roles: a user, a group or a key.
///
/// ```
/// use cloudinary_provisioning_fake::{Principal, PrincipalType};
///
/// let john = Principal::user("u1");
/// assert_eq!((john.kind, john.id.as_str()), (PrincipalType::User, "u1"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub struct Principal {
    /// Its kind.
    pub kind: PrincipalType,
    /// Its id; for a key, the key itself.
    pub id: String,
}

impl Principal {
    /// The user of this id.
    pub fn user(id: impl Into<String>) -> Self {
        Self { kind: PrincipalType::User, id: id.into() }
    }

    /// The group of this id.
    pub fn group(id: impl Into<String>) -> Self {
        Self { kind: PrincipalType::Group, id: id.into() }
    }

    /// The access key of a product environment.
    pub fn api_key(key: impl Into<String>) -> Self {
        Self { kind: PrincipalType::ApiKey, id: key.into() }
    }

    /// A key of the account.
    pub fn provisioning_key(key: impl Into<String>) -> Self {
        Self { kind: PrincipalType::ProvisioningKey, id: key.into() }
    }
}

/// A role that a [`Principal`] has in a [`FakeAccount`](crate::FakeAccount).
///
/// ```
/// use cloudinary_provisioning_fake::{FakeAccount, NewAssignment, Principal};
///
/// let mut account = FakeAccount::new("acc", "key", "secret");
/// account.assign(Principal::user("u1"), NewAssignment::new("cld::role::account::admin"));
/// let assignment = account.assignments().next().unwrap();
/// assert_eq!(assignment.principal, Principal::user("u1"));
/// assert_eq!(assignment.scope_id, None);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FakeAssignment {
    /// Who has the role.
    pub principal: Principal,
    /// The role.
    pub role_id: String,
    /// The product environment, or `all`: for roles of that scope alone.
    pub scope_id: Option<String>,
    /// The folder or collection of a content role, by its kind (`folder_id`, `collection_id`).
    pub policy_parameters: BTreeMap<String, String>,
    /// When it was assigned.
    pub created_at: OffsetDateTime,
    /// When the assignment last changed.
    pub updated_at: OffsetDateTime,
}

impl FakeAssignment {
    /// Whether both say the same, whenever it was said.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        self.principal == other.principal
            && self.role_id == other.role_id
            && self.scope_id == other.scope_id
            && self.policy_parameters == other.policy_parameters
    }

    pub(crate) fn scope(&self, role: &FakeRole) -> Scope {
        Scope { kind: role.scope_type, id: self.scope_id.clone() }
    }

    /// Whether it is for this folder or collection. A global role is for none in particular.
    fn is_for(&self, filter: &Parameters) -> bool {
        filter.iter().all(|(kind, id)| self.policy_parameters.get(kind) == Some(id))
    }
}

/// A role to assign in a [`FakeAccount`](crate::FakeAccount).
///
/// ```
/// use cloudinary_provisioning_fake::{FakeAccount, NewAssignment, Principal};
///
/// let account = FakeAccount::new("acc", "key", "secret").with_assignment(
///     Principal::api_key("1234"),
///     NewAssignment::new("cld::role::content::folder::editor")
///         .in_environment("s1")
///         .parameter("folder_id", "f1"),
/// );
/// let assignment = account.assignments_of(&Principal::api_key("1234")).next().unwrap();
/// assert_eq!(assignment.policy_parameters["folder_id"], "f1");
/// ```
#[derive(Clone, Debug)]
pub struct NewAssignment {
    role_id: String,
    environment: Option<String>,
    parameters: Parameters,
}

impl NewAssignment {
    /// This role, in the account.
    pub fn new(role_id: impl Into<String>) -> Self {
        Self { role_id: role_id.into(), environment: None, parameters: Parameters::new() }
    }

    /// In this product environment, or in `all` of them.
    pub fn in_environment(mut self, id: impl Into<String>) -> Self {
        self.environment = Some(id.into());
        self
    }

    /// For this folder (`folder_id`) or collection (`collection_id`).
    pub fn parameter(mut self, kind: impl Into<String>, id: impl Into<String>) -> Self {
        self.parameters.insert(kind.into(), id.into());
        self
    }

    pub(crate) fn build(self, principal: Principal, now: OffsetDateTime) -> FakeAssignment {
        FakeAssignment {
            principal,
            role_id: self.role_id,
            scope_id: self.environment,
            policy_parameters: self.parameters,
            created_at: now,
            updated_at: now,
        }
    }
}

/// Who has which role, in the order of assignment.
#[derive(Clone, Debug, Default)]
pub(crate) struct Principals(Vec<FakeAssignment>);

impl Principals {
    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &FakeAssignment> {
        self.0.iter()
    }

    /// Assigns a role. Assigning it again, in the same scope and for the same content, changes nothing.
    pub(crate) fn add(&mut self, assignment: FakeAssignment) {
        if !self.0.iter().any(|known| known.is_same(&assignment)) {
            self.0.push(assignment);
        }
    }

    /// Takes a role away. Says whether it was assigned.
    pub(crate) fn remove(&mut self, assignment: &FakeAssignment) -> bool {
        let before = self.0.len();
        self.0.retain(|known| !known.is_same(assignment));
        self.0.len() < before
    }

    /// Takes every role from a principal that is gone.
    pub(crate) fn forget(&mut self, kind: PrincipalType, id: &str) {
        self.0.retain(|known| known.principal.kind != kind || known.principal.id != id);
    }

    /// Removes the assignments in a product environment that is gone.
    pub(crate) fn forget_environment(&mut self, id: &str) {
        self.0.retain(|known| known.scope_id.as_deref() != Some(id));
    }

    /// Takes a role that is gone from whoever has it.
    pub(crate) fn forget_role(&mut self, id: &str) {
        self.0.retain(|known| known.role_id != id);
    }
}

/// Every assignment with its role.
pub(crate) fn assigned(state: &State) -> impl Iterator<Item = (&FakeRole, &FakeAssignment)> {
    state.principals.iter().filter_map(|known| Some((state.roles.get(&known.role_id)?, known)))
}

/// Whether the account's own key has any role in a product environment, by an assignment there or in all of them.
pub(crate) fn provisioning_key_has_role(state: &State, environment: &str) -> bool {
    let there = Scope { kind: ScopeType::Prodenv, id: Some(environment.to_owned()) };
    let key = Principal::provisioning_key(&state.key);
    assigned(state).any(|(role, known)| known.principal == key && known.scope(role).covers(&there))
}

pub(crate) fn handle(state: &mut State, operation: &str, fields: &Fields) -> Answer {
    match operation {
        "getPrincipalRoles" => roles_of(state, fields),
        "updatePrincipalRoles" => update_roles(state, fields),
        "inspect" => inspect(state, fields),
        "inspectMultiple" => inspect_multiple(state, fields),
        _ => Err(Failure::not_built(operation)),
    }
}

/// The roles that a principal has itself; those of its groups are the groups'.
fn roles_of(state: &State, fields: &Fields) -> Answer {
    let principal = asked_for(state, fields)?.ok_or_else(|| Failure::missing("principal_id"))?;
    let permission = permissions::required_word(fields, "permission_type", PermissionType::parse)?;
    let management = permissions::word(fields, "management_type", ManagementType::parse)?;
    let filter = Filter::read(state, fields)?;
    let wanted = |(role, known): &(&FakeRole, &FakeAssignment)| {
        known.principal == principal
            && role.permission_type == permission
            && management.is_none_or(|management| role.management_type == management)
            && filter.admits(role, known)
    };
    let roles: Vec<_> = assigned(state).filter(wanted).map(|(role, known)| View::new(role, known)).collect();
    data(&roles)
}

/// Adds roles to a principal, or takes them away: all of them, or none after an error.
fn update_roles(state: &mut State, fields: &Fields) -> Answer {
    let operation = permissions::required_word(fields, "operation", Operation::parse)?;
    let principal = fields.object("principal").ok_or_else(|| Failure::missing("principal"))?;
    let principal = read_principal(state, principal, "type", "id")?;
    let roles = fields.objects("roles").ok_or_else(|| Failure::missing("roles"))?;
    let read = |item: &Map<String, Value>| {
        let id = required_text(item, "id")?;
        let role = state.roles.get(id).ok_or_else(|| permissions::unknown("role", id))?;
        read_assignment(state, role, principal.clone(), item)
    };
    let assignments = roles.into_iter().map(read).collect::<Result<Vec<_>, _>>()?;
    apply(state, operation, assignments);
    Ok(Success::OK)
}

/// Adds principals to a role, or takes them away: all of them, or none after an error.
pub(crate) fn update_of_role(state: &mut State, fields: &Fields) -> Answer {
    let role = roles::find(state, fields)?;
    let operation = permissions::required_word(fields, "operation", Operation::parse)?;
    let principals = fields.objects("principals").ok_or_else(|| Failure::missing("principals"))?;
    let read = |item: &Map<String, Value>| {
        let principal = read_principal(state, item, "principal_type", "principal_id")?;
        read_assignment(state, role, principal, item)
    };
    let assignments = principals.into_iter().map(read).collect::<Result<Vec<_>, _>>()?;
    apply(state, operation, assignments);
    Ok(Success::OK)
}

#[derive(Clone, Copy)]
enum Operation {
    Add,
    Remove,
}

impl Operation {
    fn parse(text: &str) -> Option<Self> {
        match text {
            "add" => Some(Self::Add),
            "remove" => Some(Self::Remove),
            _ => None,
        }
    }
}

/// What is there already is not added again, and removing what is not there succeeds.
fn apply(state: &mut State, operation: Operation, assignments: Vec<FakeAssignment>) {
    for assignment in assignments {
        match operation {
            Operation::Add => state.principals.add(assignment),
            Operation::Remove => {
                state.principals.remove(&assignment);
            }
        }
    }
}

/// Those who have a role. Without `verbose`, their types and ids alone.
pub(crate) fn of_role(state: &State, fields: &Fields) -> Answer {
    let role_id = &roles::find(state, fields)?.id;
    let filter = Filter::read(state, fields)?;
    let verbose = fields.boolean("verbose") == Some(true);
    let mut found = Vec::new();
    for (role, known) in assigned(state).filter(|(role, known)| role.id == *role_id && filter.admits(role, known)) {
        let details = verbose.then(|| Details {
            role_id: &role.id,
            policy_parameters: &known.policy_parameters,
            scope_type: role.scope_type,
            scope_id: known.scope_id.as_deref(),
            created_at: known.created_at,
            updated_at: known.updated_at,
        });
        let holder = Holder { id: &known.principal.id, kind: known.principal.kind, details };
        // Whoever has the role twice, for two folders say, is still one principal.
        if verbose || !found.contains(&holder) {
            found.push(holder);
        }
    }
    data(&found)
}

/// Those who have roles in a scope, with their roles.
fn inspect(state: &State, fields: &Fields) -> Answer {
    let scope = permissions::existing_scope(state, fields)?;
    let only = asked_for(state, fields)?;
    let content = permissions::content(fields)?;
    let mut found: Vec<Inspected<'_>> = Vec::new();
    for (role, known) in assigned(state) {
        if only.as_ref().is_some_and(|only| *only != known.principal) || !applies(role, known, &scope, &content) {
            continue;
        }
        let view = View::new(role, known);
        match found.iter_mut().find(|entry| entry.is(&known.principal)) {
            Some(entry) => entry.roles.push(view),
            None => found.push(Inspected::new(&known.principal, vec![view])),
        }
    }
    let (principals, next) = after_cursor(found.into_iter(), fields.text("cursor"), state.page_cap)?;
    data_page(&Inspection { principals }, next)
}

/// The roles of the principals that the request names, each of which is in the response, in their order.
fn inspect_multiple(state: &State, fields: &Fields) -> Answer {
    let scope = permissions::existing_scope(state, fields)?;
    let content = permissions::parameters(fields.object("policy_parameters"))?;
    let asked = fields.objects("principals").unwrap_or_default();
    let asked = asked.into_iter().map(|item| read_principal(state, item, "type", "id"));
    let asked = asked.collect::<Result<Vec<_>, _>>()?;
    let (asked, next) = after_cursor(asked.iter(), fields.text("cursor"), state.page_cap)?;
    let mut principals = Vec::with_capacity(asked.len());
    for principal in asked {
        let held = assigned(state)
            .filter(|(role, known)| known.principal == *principal && applies(role, known, &scope, &content));
        principals.push(Inspected::new(principal, held.map(|(role, known)| View::new(role, known)).collect()));
    }
    data_page(&Inspection { principals }, next)
}

fn applies(role: &FakeRole, known: &FakeAssignment, scope: &Scope, content: &Parameters) -> bool {
    known.scope(role).covers(scope) && known.is_for(content)
}

/// What lists of roles and of principals can be narrowed down to.
struct Filter {
    scope_type: Option<ScopeType>,
    environment: Option<String>,
    content: Parameters,
}

impl Filter {
    fn read(state: &State, fields: &Fields) -> Result<Self, Failure> {
        let scope_type = permissions::word(fields, "scope_type", ScopeType::parse)?;
        // A product environment says nothing about roles of the account's scope.
        let environment = fields.text("scope_id").filter(|_| scope_type != Some(ScopeType::Account));
        if let Some(id) = environment {
            check_environment(state, id)?;
        }
        let content = permissions::content(fields)?;
        Ok(Self { scope_type, environment: environment.map(ToOwned::to_owned), content })
    }

    fn admits(&self, role: &FakeRole, known: &FakeAssignment) -> bool {
        let there = |id: &String| known.scope_id.as_ref().is_some_and(|scope| scope == id || scope == ALL);
        self.scope_type.is_none_or(|kind| role.scope_type == kind)
            && self.environment.as_ref().is_none_or(there)
            && known.is_for(&self.content)
    }
}

fn check_environment(state: &State, id: &str) -> Result<(), Failure> {
    if permissions::has_environment(state, id) { Ok(()) } else { Err(permissions::unknown("product environment", id)) }
}

/// The principal that a query asks for. Its type and its id go together.
pub(crate) fn asked_for(state: &State, fields: &Fields) -> Result<Option<Principal>, Failure> {
    let kind = permissions::word(fields, "principal_type", PrincipalType::parse)?;
    match (kind, fields.text("principal_id")) {
        (None, None) => Ok(None),
        (Some(kind), Some(id)) => existing(state, Principal { kind, id: id.to_owned() }).map(Some),
        (Some(_), None) => Err(Failure::missing("principal_id")),
        (None, Some(_)) => Err(Failure::missing("principal_type")),
    }
}

fn required_text<'a>(item: &'a Map<String, Value>, name: &str) -> Result<&'a str, Failure> {
    let text = item.get(name).and_then(Value::as_str).filter(|text| !text.is_empty());
    text.ok_or_else(|| Failure::missing(name))
}

fn read_principal(state: &State, item: &Map<String, Value>, kind: &str, id: &str) -> Result<Principal, Failure> {
    let word = required_text(item, kind)?;
    let kind = PrincipalType::parse(word).ok_or_else(|| Failure::invalid(kind, format!("must not be {word:?}")))?;
    existing(state, Principal { kind, id: required_text(item, id)?.to_owned() })
}

/// A principal that is there. Of provisioning keys the account knows its own, and those that have a role already.
fn existing(state: &State, principal: Principal) -> Result<Principal, Failure> {
    let id = &principal.id;
    let there = match principal.kind {
        PrincipalType::User => state.users.get(id).is_some(),
        PrincipalType::Group => state.groups.get(id).is_some(),
        PrincipalType::ApiKey => state.access_keys.has(id),
        PrincipalType::ProvisioningKey => {
            state.key == *id || state.principals.iter().any(|known| known.principal == principal)
        }
    };
    if there { Ok(principal) } else { Err(permissions::unknown(principal.kind.as_str(), id)) }
}

/// Reads where and for what a role is to be assigned: a role for product environments needs one of them or `all`, a
/// content role needs every kind of content that its policies have placeholders for.
fn read_assignment(
    state: &State,
    role: &FakeRole,
    principal: Principal,
    item: &Map<String, Value>,
) -> Result<FakeAssignment, Failure> {
    let mut assignment = NewAssignment::new(&role.id);
    if role.scope_type == ScopeType::Prodenv {
        let environment = required_text(item, "scope_id")?;
        check_environment(state, environment)?;
        assignment = assignment.in_environment(environment);
    }
    assignment.parameters = permissions::parameters(item.get("policy_parameters").and_then(Value::as_object))?;
    let needed = role.parameters();
    if let Some(missing) = needed.iter().find(|kind| !assignment.parameters.contains_key(**kind)) {
        return Err(Failure::invalid("policy_parameters", format!("must have {missing} for {}", role.id)));
    }
    if let Some(extra) = assignment.parameters.keys().find(|kind| !needed.contains(kind.as_str())) {
        return Err(Failure::invalid("policy_parameters", format!("must not have {extra} for {}", role.id)));
    }
    Ok(assignment.build(principal, state.now()))
}

/// A role that somebody has, as it goes over the wire.
#[derive(Serialize)]
pub(crate) struct View<'a> {
    id: &'a str,
    name: &'a str,
    description: Option<&'a str>,
    management_type: ManagementType,
    permission_type: PermissionType,
    scope_type: ScopeType,
    #[serde(skip_serializing_if = "Option::is_none")]
    scope_id: Option<&'a str>,
    policy_parameters: Option<&'a Parameters>,
    #[serde(serialize_with = "permissions::as_seconds")]
    created_at: OffsetDateTime,
    #[serde(serialize_with = "permissions::as_seconds")]
    updated_at: OffsetDateTime,
}

impl<'a> View<'a> {
    fn new(role: &'a FakeRole, known: &'a FakeAssignment) -> Self {
        Self {
            id: &role.id,
            name: &role.name,
            description: role.description.as_deref(),
            management_type: role.management_type,
            permission_type: role.permission_type,
            scope_type: role.scope_type,
            scope_id: known.scope_id.as_deref(),
            policy_parameters: Some(&known.policy_parameters).filter(|parameters| !parameters.is_empty()),
            created_at: role.created_at,
            updated_at: role.updated_at,
        }
    }
}

#[derive(Serialize)]
struct Inspection<'a> {
    principals: Vec<Inspected<'a>>,
}

#[derive(Serialize)]
struct Inspected<'a> {
    #[serde(rename = "type")]
    kind: PrincipalType,
    id: &'a str,
    roles: Vec<View<'a>>,
}

impl<'a> Inspected<'a> {
    fn new(principal: &'a Principal, roles: Vec<View<'a>>) -> Self {
        Self { kind: principal.kind, id: &principal.id, roles }
    }

    fn is(&self, principal: &Principal) -> bool {
        (self.kind, self.id) == (principal.kind, principal.id.as_str())
    }
}

/// Somebody who has a role, as they go over the wire.
#[derive(PartialEq, Serialize)]
struct Holder<'a> {
    id: &'a str,
    #[serde(rename = "type")]
    kind: PrincipalType,
    #[serde(flatten)]
    details: Option<Details<'a>>,
}

#[derive(PartialEq, Serialize)]
struct Details<'a> {
    role_id: &'a str,
    policy_parameters: &'a Parameters,
    scope_type: ScopeType,
    scope_id: Option<&'a str>,
    #[serde(serialize_with = "permissions::as_seconds")]
    created_at: OffsetDateTime,
    #[serde(serialize_with = "permissions::as_seconds")]
    updated_at: OffsetDateTime,
}
