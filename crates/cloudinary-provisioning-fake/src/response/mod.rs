//! Responses before the usual headers, the rate limit, and faults that replace responses.

pub(crate) mod answer;
pub(crate) mod fault;
pub(crate) mod limit;
pub(crate) mod object;
pub(crate) mod script;
