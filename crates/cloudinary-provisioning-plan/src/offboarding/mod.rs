//! People who leave: what takes their access away, and what they still hold.

mod holding;
#[expect(clippy::module_inception, reason = "the type that the folder is named after")]
mod offboarding;

pub use holding::{Holding, HoldingKind, Holdings};
pub use offboarding::Offboarding;
