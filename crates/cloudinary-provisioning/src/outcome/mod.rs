//! Outcomes of attempts, and results of calls.

pub(crate) mod account_error;
pub(crate) mod cursor_page;
pub(crate) mod error;
pub(crate) mod headers;
pub(crate) mod optional_result;
pub(crate) mod outcome;
pub(crate) mod response;
pub(crate) mod transport_error;
