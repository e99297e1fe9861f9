//! What each operation does to the state, and what it answers.
#![allow(non_camel_case_types, reason = "`object!` has type parameters that are named after its fields")]

use crate::facts::OperationFacts;
use crate::request::fields::RequestFields;
use crate::response::answer::{Answer, Failure};
use crate::state::AccountState;

mod access_keys;
mod agents;
mod billing_usage;
mod custom_policies;
mod effective_policies;
mod key_view;
mod lookup;
mod principals;
mod product_environments;
mod public;
mod roles;
mod system_policies;
mod user_groups;
mod users;

pub(crate) use agents::charge;

/// Answers an operation whose fields are valid.
pub(crate) fn handle(state: &mut AccountState, operation: &OperationFacts, fields: &RequestFields) -> Answer {
    let handle = match operation.tag.as_str() {
        "Product Environments" => product_environments::handle,
        "Access Keys" => access_keys::handle,
        "Users" => users::handle,
        "User Groups" => user_groups::handle,
        "Billing Usage" => billing_usage::handle,
        "Public" => public::handle,
        "System Policies" => system_policies::handle,
        "Custom Policies" => custom_policies::handle,
        "Effective Policies" => effective_policies::handle,
        "Roles" => roles::handle,
        "Principals" => principals::handle,
        "Agents" => agents::handle,
        _ => |_: &mut AccountState, operation: &str, _: &RequestFields| Err(Failure::not_built(operation)),
    };
    handle(state, &operation.id, fields)
}
