//! What knows nothing of the API: the clock, generated ids, switches, keywords.

pub(crate) mod clock;
pub(crate) mod ids;
pub(crate) mod keyword;
pub(crate) mod switch;
