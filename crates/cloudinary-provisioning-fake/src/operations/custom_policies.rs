//! The operations of custom policies.

use crate::base::switch::Switch;
use crate::operations::lookup;
use crate::policy::cedar;
use crate::request::fields::RequestFields;
use crate::request::page::after_cursor;
use crate::response::answer::{Answer, Failure, Success, created_data, data, data_page};
use crate::state::AccountState;
use crate::state::custom_policies::{FakeCustomPolicy, NewCustomPolicy};

pub(super) fn handle(state: &mut AccountState, operation: &str, fields: &RequestFields) -> Answer {
    match operation {
        "getCustomPolicies" => list(state, fields),
        "createCustomPolicy" => create(state, fields),
        "getCustomPolicy" => data(find(state, fields)?),
        "updateCustomPolicy" => update(state, fields),
        "deleteCustomPolicy" => {
            let id = find(state, fields)?.id.clone();
            state.policies.remove(&*id);
            Ok(Success::NO_CONTENT)
        }
        _ => Err(Failure::not_built(operation)),
    }
}

/// The policies of one scope. Those for all product environments are listed for each of them: the description says that
/// `all` is for creating and updating alone.
fn list(state: &AccountState, fields: &RequestFields) -> Answer {
    let scope = lookup::existing_scope(state, fields)?;
    let enabled = fields.boolean("enabled");
    let wanted = |policy: &&FakeCustomPolicy| {
        policy.scope().covers(&scope) && enabled.is_none_or(|enabled| policy.enabled == enabled)
    };
    let policies = state.policies.iter().filter(wanted);
    let (policies, next) = after_cursor(policies, fields.text("cursor"), state.page_cap)?;
    data_page(&policies, next)
}

fn create(state: &mut AccountState, fields: &RequestFields) -> Answer {
    let new = read(state, fields)?;
    check_is_free(state, &new, None)?;
    let id = state.insert_policy(new);
    created_data(&state.policies.get(&*id))
}

/// Replaces the whole policy. The description says that a statement which is not changed is a 409; a test against the
/// service changes the name alone and succeeds, so it does here without [`Switch::UnchangedStatementRefused`].
fn update(state: &mut AccountState, fields: &RequestFields) -> Answer {
    let former = find(state, fields)?.clone();
    let new = read(state, fields)?;
    let unchanged = new.draft().policy_statement == former.policy_statement;
    if unchanged && state.is_on(Switch::UnchangedStatementRefused) {
        return Err(Failure::conflict("The policy has this statement already"));
    }
    check_is_free(state, &new, Some(&former.id))?;
    let policy = FakeCustomPolicy { created_at: former.created_at, ..new.build(former.id, state.now()) };
    let answer = data(&policy);
    state.policies.insert(policy);
    answer
}

fn find<'a>(state: &'a AccountState, fields: &RequestFields) -> Result<&'a FakeCustomPolicy, Failure> {
    let id = fields.path("policy_id");
    state.policies.get(id).ok_or_else(|| Failure::unknown("policy", id))
}

fn read(state: &AccountState, fields: &RequestFields) -> Result<NewCustomPolicy, Failure> {
    let statement = fields.required_text("policy_statement")?;
    let name = fields.required_text("name")?;
    let environment = lookup::scope(fields)?.id;
    if environment.is_some_and(|id| !state.has_environment(id)) {
        // A 404 is not documented for creating a policy.
        return Err(Failure::invalid("scope_id", "must be the id of a product environment, or all"));
    }
    if let Some(problem) = cedar::check(statement).first() {
        let failure = Failure::invalid("policy_statement", format!("is not a valid policy: {problem}"));
        return Err(failure.with_code(cedar::CODE));
    }
    let new = NewCustomPolicy::new(name, statement).enabled(fields.boolean("enabled").unwrap_or(true));
    let new = environment.into_iter().fold(new, NewCustomPolicy::in_environment);
    Ok(fields.text("description").into_iter().fold(new, NewCustomPolicy::description))
}

/// Checks that no other policy of the scope has the name or, whitespace apart, the statement.
fn check_is_free(state: &AccountState, new: &NewCustomPolicy, owner: Option<&str>) -> Result<(), Failure> {
    let new = new.draft();
    for other in state.policies.iter().filter(|other| other.scope_id == new.scope_id && owner != Some(&*other.id)) {
        if other.name == new.name {
            return Err(Failure::conflict(format!("A policy named {} already exists in this scope", new.name)));
        }
        if other.policy_statement == new.policy_statement {
            return Err(Failure::conflict("A policy with this statement already exists in this scope"));
        }
    }
    Ok(())
}
