//! What does not know the API: the clock, generated ids, switches.

pub(crate) mod clock;
pub(crate) mod ids;
pub(crate) mod switch;
