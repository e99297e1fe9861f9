//! Names in place of ids: an email, a group's name, a cloud name, a key's name, a role's name, a custom policy's name.

mod error;
mod fields;
mod reference;

pub use error::NameError;
pub use fields::{references, renamed, with_ids};
pub use reference::Reference;

pub(crate) use reference::{PolicyScope, scope_and_name};
