//! The public operations of the permissions system, which need no credentials.

use crate::policy::cedar;
use crate::policy::system::{CATALOG, SCHEMA};
use crate::request::fields::RequestFields;
use crate::response::answer::{Answer, Failure, ok};
use crate::response::object::object;
use crate::state::AccountState;

pub(super) fn handle(_state: &mut AccountState, operation: &str, fields: &RequestFields) -> Answer {
    match operation {
        "getSystemRolesAndPoliciesCatalog" => ok(&object! { catalog: &*CATALOG }),
        "validateCedarPolicy" => validate(fields),
        "getCedarSchema" => ok(&object! { schema: &*SCHEMA }),
        _ => Err(Failure::not_built(operation)),
    }
}

/// Checks the outline of a policy; see [`cedar`].
fn validate(fields: &RequestFields) -> Answer {
    let problems = cedar::check(fields.text("policy").unwrap_or_default());
    let valid = problems.is_empty();
    let errors = problems.into_iter().map(|problem| object! { cedar_message: problem, cedar_code: cedar::CODE });
    ok(&object! {
        valid: valid,
        #[serde(flatten)]
        errors: (!valid).then(|| object! { errors: errors.collect::<Vec<_>>() }),
    })
}
