//! The public part of the permissions system, which takes no credentials.

use serde::Serialize;
use serde_json::Value;

use crate::policy::catalogue::{self, SystemPolicy, SystemRole};
use crate::policy::cedar;
use crate::reply::answer::{Answer, Failure, ok};
use crate::request::fields::Fields;
use crate::state::State;

pub(crate) fn handle(_state: &mut State, operation: &str, fields: &Fields) -> Answer {
    match operation {
        "getSystemRolesAndPoliciesCatalog" => ok(&CatalogResponse {
            catalog: Catalog { system_policies: catalogue::POLICIES, system_roles: catalogue::ROLES },
        }),
        "validateCedarPolicy" => validate(fields),
        "getCedarSchema" => ok(&SchemaResponse { schema: cedar::schema() }),
        _ => Err(Failure::not_built(operation)),
    }
}

/// Checks the outline of a policy. This is no Cedar: see [`cedar`].
fn validate(fields: &Fields) -> Answer {
    let problems = cedar::check(fields.text("policy").unwrap_or_default());
    let error = |problem| CedarError { cedar_message: problem, cedar_code: cedar::CODE };
    ok(&Validation { valid: problems.is_empty(), errors: problems.into_iter().map(error).collect() })
}

#[derive(Serialize)]
struct CatalogResponse {
    catalog: Catalog,
}

#[derive(Serialize)]
struct Catalog {
    system_policies: &'static [SystemPolicy],
    system_roles: &'static [SystemRole],
}

#[derive(Serialize)]
struct SchemaResponse {
    schema: Value,
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
