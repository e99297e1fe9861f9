//! What each command does.

pub(crate) mod access;
pub(crate) mod api;
pub(crate) mod apply;
pub(crate) mod batch;
pub(crate) mod completions;
pub(crate) mod diff;
pub(crate) mod export;
pub(crate) mod fake;
pub(crate) mod man;
pub(crate) mod manifest;
pub(crate) mod offboard;
pub(crate) mod operation;
pub(crate) mod plan;
pub(crate) mod profile;
pub(crate) mod pull;
pub(crate) mod review;
pub(crate) mod rotate;
pub(crate) mod whoami;
