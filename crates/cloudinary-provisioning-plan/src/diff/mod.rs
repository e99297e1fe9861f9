//! What one manifest says and another does not.

#[expect(clippy::module_inception, reason = "the type that the folder is named after")]
mod diff;

pub use diff::{Diff, Difference, Presence};
