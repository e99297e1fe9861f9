//! Keys that are replaced: a new one for each, and an end for the old one.

mod pair;
#[expect(clippy::module_inception, reason = "the type that the folder is named after")]
mod rotation;

pub use rotation::{Kept, OldKeys, Rotation, Successor};
