//! Names in place of ids: an email, a group's name, a cloud name, a key's name, a role's name.

mod error;
mod fields;
mod reference;

pub use error::NameError;
pub use fields::{references, with_ids};
pub use reference::Reference;
