//! The public operations of the permissions system, which need no credentials.

use crate::policy::cedar;
use crate::policy::system::{CATALOG, SCHEMA};
use crate::reply::answer::{Answer, Failure, ok};
use crate::reply::object::object;
use crate::request::fields::Fields;
use crate::state::State;

pub(super) fn handle(_state: &mut State, operation: &str, fields: &Fields) -> Answer {
    match operation {
        "getSystemRolesAndPoliciesCatalog" => ok(&object! { catalog: &*CATALOG }),
        "validateCedarPolicy" => validate(fields),
        "getCedarSchema" => ok(&object! { schema: &*SCHEMA }),
        _ => Err(Failure::not_built(operation)),
    }
}

/// Checks the outline of a policy; see [`cedar`].
fn validate(fields: &Fields) -> Answer {
    let problems = cedar::check(fields.text("policy").unwrap_or_default());
    let valid = problems.is_empty();
    let errors = problems.into_iter().map(|problem| object! { cedar_message: problem, cedar_code: cedar::CODE });
    ok(&object! {
        valid: valid,
        #[serde(flatten)]
        errors: (!valid).then(|| object! { errors: errors.collect::<Vec<_>>() }),
    })
}
