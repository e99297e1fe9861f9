//! Declarations: an operation from a few lines that read like the API reference ([`operations!`]), and the objects that
//! requests ([`objects!`]) and responses ([`models!`]) hold.

mod models;
mod objects;
mod operations;
mod parts;
pub(crate) mod response;
pub(crate) mod words;

pub(crate) use models::models;
pub(crate) use objects::objects;
pub(crate) use operations::{operation, operations};
pub(crate) use parts::part;
