//! Responses before they are sent, and what a test scripts in their place.

pub(crate) mod answer;
pub(crate) mod fault;
pub(crate) mod limit;
