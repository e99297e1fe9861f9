//! Custom policies.

use serde::Serialize;
use time::OffsetDateTime;

use crate::base::switch::Switch;
use crate::policy::cedar;
use crate::policy::permissions::{self, Scope, ScopeType, created_data, data, data_page};
use crate::reply::answer::{Answer, Failure, Success};
use crate::request::fields::Fields;
use crate::request::page::after_cursor;
use crate::state::State;

/// A custom policy of a [`FakeAccount`](crate::FakeAccount), as it stands.
///
/// ```
/// use cloudinary_provisioning_fake::{FakeAccount, NewCustomPolicy};
///
/// let account = FakeAccount::new("acc", "key", "secret").with_custom_policy(
///     NewCustomPolicy::new("All", "permit(principal,\n  action, resource);").id("p1"),
/// );
/// let policy = account.custom_policy("p1").unwrap();
/// assert_eq!(policy.policy_statement, "permit(principal, action, resource);");
/// assert!(policy.enabled);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct FakeCustomPolicy {
    /// Its id.
    pub id: String,
    /// Its statement, with whitespace as the service writes it.
    pub policy_statement: String,
    /// Its description, if it has one.
    pub description: Option<String>,
    /// Where it applies.
    pub scope_type: ScopeType,
    /// The product environment that it applies in, or `all`: for the scope of product environments alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub scope_id: Option<String>,
    /// Its name.
    pub name: String,
    /// Whether it is in force.
    pub enabled: bool,
    /// When it was made.
    #[serde(serialize_with = "permissions::as_seconds")]
    pub created_at: OffsetDateTime,
    /// When it last changed.
    #[serde(serialize_with = "permissions::as_seconds")]
    pub updated_at: OffsetDateTime,
}

impl FakeCustomPolicy {
    pub(crate) fn scope(&self) -> Scope {
        Scope { kind: self.scope_type, id: self.scope_id.clone() }
    }
}

/// A custom policy to put into a [`FakeAccount`](crate::FakeAccount).
///
/// ```
/// use cloudinary_provisioning_fake::{FakeAccount, NewCustomPolicy, ScopeType};
///
/// let mut account = FakeAccount::new("acc", "key", "secret");
/// let statement = "permit(principal, action, resource is Cloudinary::Asset);";
/// let id = account.add_custom_policy(
///     NewCustomPolicy::new("Assets", statement).in_environment("all").enabled(false),
/// );
/// assert_eq!(account.custom_policy(&id).unwrap().scope_type, ScopeType::Prodenv);
/// ```
#[derive(Clone, Debug)]
pub struct NewCustomPolicy {
    pub(crate) id: Option<String>,
    name: String,
    statement: String,
    description: Option<String>,
    environment: Option<String>,
    enabled: bool,
}

impl NewCustomPolicy {
    /// An enabled policy of the account's scope.
    pub fn new(name: impl Into<String>, policy_statement: impl Into<String>) -> Self {
        Self {
            id: None,
            name: name.into(),
            statement: policy_statement.into(),
            description: None,
            environment: None,
            enabled: true,
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

    /// The product environment that it applies in, or `all` of them, in place of the account.
    pub fn in_environment(mut self, id: impl Into<String>) -> Self {
        self.environment = Some(id.into());
        self
    }

    /// Whether it is in force.
    pub fn enabled(mut self, enabled: bool) -> Self {
        self.enabled = enabled;
        self
    }

    pub(crate) fn build(self, id: String, now: OffsetDateTime) -> FakeCustomPolicy {
        FakeCustomPolicy {
            id,
            policy_statement: cedar::tidy(&self.statement),
            description: self.description,
            scope_type: if self.environment.is_some() { ScopeType::Prodenv } else { ScopeType::Account },
            scope_id: self.environment,
            name: self.name,
            enabled: self.enabled,
            created_at: now,
            updated_at: now,
        }
    }
}

/// The custom policies of an account, in the order of creation.
#[derive(Clone, Debug, Default)]
pub(crate) struct CustomPolicies(Vec<FakeCustomPolicy>);

impl CustomPolicies {
    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &FakeCustomPolicy> {
        self.0.iter()
    }

    pub(crate) fn get(&self, id: &str) -> Option<&FakeCustomPolicy> {
        self.iter().find(|policy| policy.id == id)
    }

    /// Adds a policy. One with the same id makes way.
    pub(crate) fn insert(&mut self, policy: FakeCustomPolicy) {
        match self.0.iter_mut().find(|known| known.id == policy.id) {
            Some(former) => *former = policy,
            None => self.0.push(policy),
        }
    }

    /// Removes the policies of a product environment that is gone.
    pub(crate) fn forget_environment(&mut self, id: &str) {
        self.0.retain(|policy| policy.scope_id.as_deref() != Some(id));
    }
}

/// Adds a policy and returns it.
pub(crate) fn insert(state: &mut State, new: NewCustomPolicy) -> FakeCustomPolicy {
    let known = &state.custom_policies;
    let id = new.id.clone().unwrap_or_else(|| state.ids.free_id(|id| known.get(id).is_some()));
    let policy = new.build(id, state.now());
    state.custom_policies.insert(policy.clone());
    policy
}

pub(crate) fn handle(state: &mut State, operation: &str, fields: &Fields) -> Answer {
    match operation {
        "getCustomPolicies" => list(state, fields),
        "createCustomPolicy" => create(state, fields),
        "getCustomPolicy" => data(find(state, fields)?),
        "updateCustomPolicy" => update(state, fields),
        "deleteCustomPolicy" => {
            let id = find(state, fields)?.id.clone();
            state.custom_policies.0.retain(|policy| policy.id != id);
            Ok(Success::NO_CONTENT)
        }
        _ => Err(Failure::not_built(operation)),
    }
}

/// The policies of one scope. Those for all product environments belong to each of them: the description says that
/// `all` is for creating and updating alone, so they must show up in a list by id.
fn list(state: &State, fields: &Fields) -> Answer {
    let scope = permissions::existing_scope(state, fields)?;
    let enabled = fields.boolean("enabled");
    let wanted = |policy: &&FakeCustomPolicy| {
        policy.scope().covers(&scope) && enabled.is_none_or(|enabled| policy.enabled == enabled)
    };
    let policies = state.custom_policies.iter().filter(wanted);
    let (policies, next) = after_cursor(policies, fields.text("cursor"), state.page_cap)?;
    data_page(&policies, next)
}

fn create(state: &mut State, fields: &Fields) -> Answer {
    let new = read(state, fields)?;
    check_is_free(state, &new, None)?;
    created_data(&insert(state, new))
}

/// Replaces the whole policy. The description says that a statement which is not changed is a 409; a test against the
/// service changes the name alone and succeeds, so it does here without [`Switch::UnchangedStatementRefused`].
fn update(state: &mut State, fields: &Fields) -> Answer {
    let former = find(state, fields)?.clone();
    let new = read(state, fields)?;
    let unchanged = cedar::tidy(&new.statement) == former.policy_statement;
    if unchanged && state.is_on(Switch::UnchangedStatementRefused) {
        return Err(Failure::conflict("The policy has this statement already"));
    }
    check_is_free(state, &new, Some(&former.id))?;
    let policy = FakeCustomPolicy { created_at: former.created_at, ..new.build(former.id, state.now()) };
    let answer = data(&policy);
    state.custom_policies.insert(policy);
    answer
}

fn find<'a>(state: &'a State, fields: &Fields) -> Result<&'a FakeCustomPolicy, Failure> {
    let id = fields.path("policy_id");
    state.custom_policies.get(id).ok_or_else(|| permissions::unknown("policy", id))
}

fn read(state: &State, fields: &Fields) -> Result<NewCustomPolicy, Failure> {
    let statement = permissions::required_text(fields, "policy_statement")?;
    let name = permissions::required_text(fields, "name")?;
    let environment = permissions::scope(fields)?.id;
    if environment.as_deref().is_some_and(|id| !permissions::has_environment(state, id)) {
        // A 404 is not documented for policies that are made.
        return Err(Failure::invalid("scope_id", "must be the id of a product environment, or all"));
    }
    if let Some(problem) = cedar::check(statement).first() {
        return Err(
            Failure::invalid("policy_statement", format!("is no valid policy: {problem}")).with_code(cedar::CODE)
        );
    }
    Ok(NewCustomPolicy {
        id: None,
        name: name.to_owned(),
        statement: statement.to_owned(),
        description: fields.text("description").map(ToOwned::to_owned),
        environment,
        enabled: fields.boolean("enabled").unwrap_or(true),
    })
}

/// Neither the name nor the statement, whitespace apart, may be taken by another policy of the same scope.
fn check_is_free(state: &State, new: &NewCustomPolicy, owner: Option<&str>) -> Result<(), Failure> {
    let statement = cedar::tidy(&new.statement);
    let others = || {
        let known = state.custom_policies.iter().filter(|known| known.scope_id == new.environment);
        known.filter(|known| owner != Some(&*known.id))
    };
    if others().any(|known| known.name == new.name) {
        return Err(Failure::conflict(format!("A policy named {} already exists in this scope", new.name)));
    }
    if others().any(|known| known.policy_statement == statement) {
        return Err(Failure::conflict("A policy with this statement already exists in this scope"));
    }
    Ok(())
}
