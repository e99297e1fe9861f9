//! The permissions system's own language: scopes, roles, policies and their statements.

pub(crate) mod catalogue;
pub(crate) mod cedar;
pub(crate) mod permissions;
