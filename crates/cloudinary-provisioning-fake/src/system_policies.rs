//! System policies.

use crate::answer::{Answer, Failure};
use crate::fields::Fields;
use crate::state::State;

pub(crate) fn handle(_state: &mut State, operation: &str, _fields: &Fields) -> Answer {
    Err(Failure::not_built(operation))
}
