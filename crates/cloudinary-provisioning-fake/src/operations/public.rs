//! The public operations of the permissions system, which need no credentials.

use serde::Serialize;
use serde_json::json;

use crate::policy::cedar;
use crate::policy::system::{CATALOG, SCHEMA, SystemCatalog};
use crate::reply::answer::{Answer, Failure, ok};
use crate::request::fields::Fields;
use crate::state::State;

pub(super) fn handle(_state: &mut State, operation: &str, fields: &Fields) -> Answer {
    match operation {
        "getSystemRolesAndPoliciesCatalog" => ok(&CatalogResponse { catalog: &CATALOG }),
        "validateCedarPolicy" => validate(fields),
        "getCedarSchema" => ok(&json!({ "schema": *SCHEMA })),
        _ => Err(Failure::not_built(operation)),
    }
}

/// Checks the outline of a policy; see [`cedar`].
fn validate(fields: &Fields) -> Answer {
    let problems = cedar::check(fields.text("policy").unwrap_or_default());
    let error = |problem| CedarError { cedar_message: problem, cedar_code: cedar::CODE };
    ok(&Validation { valid: problems.is_empty(), errors: problems.into_iter().map(error).collect() })
}

#[derive(Serialize)]
struct CatalogResponse {
    catalog: &'static SystemCatalog,
}

#[derive(Serialize)]
struct Validation {
    valid: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<CedarError>,
}

#[derive(Serialize)]
struct CedarError {
    cedar_message: &'static str,
    cedar_code: &'static str,
}
