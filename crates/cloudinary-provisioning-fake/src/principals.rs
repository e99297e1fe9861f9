//! Principals.

use crate::answer::{Answer, Failure};
use crate::fields::Fields;
use crate::state::State;

#[derive(Clone, Debug, Default)]
pub(crate) struct Principals {}

pub(crate) fn handle(_state: &mut State, operation: &str, _fields: &Fields) -> Answer {
    Err(Failure::not_built(operation))
}

/// Whether a principal has any role in a product environment, by an assignment there or in all of them.
pub(crate) fn has_role_in(_state: &State, _principal_type: &str, _principal_id: &str, _environment_id: &str) -> bool {
    false
}
