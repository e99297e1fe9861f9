//! The permissions system's terms: scopes, the system's policies and roles, statements.

pub(crate) mod cedar;
pub(crate) mod scope;
pub(crate) mod system;
