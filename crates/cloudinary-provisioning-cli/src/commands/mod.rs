//! What each command does.

pub(crate) mod access;
pub(crate) mod api;
pub(crate) mod batch;
pub(crate) mod completions;
pub(crate) mod export;
pub(crate) mod fake;
pub(crate) mod operation;
pub(crate) mod review;
pub(crate) mod sync;
