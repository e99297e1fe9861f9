//! Roles.

use crate::answer::{Answer, Failure};
use crate::fields::Fields;
use crate::state::State;

#[derive(Clone, Debug, Default)]
pub(crate) struct Roles {}

pub(crate) fn handle(_state: &mut State, operation: &str, _fields: &Fields) -> Answer {
    Err(Failure::not_built(operation))
}
