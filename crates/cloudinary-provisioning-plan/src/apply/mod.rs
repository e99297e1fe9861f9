//! Making the steps of a plan.

mod applied;
#[expect(clippy::module_inception, reason = "the type that the folder is named after")]
mod apply;
mod perform;
mod report;
mod secret;
mod verify;

pub use applied::Applied;
pub use apply::Apply;
pub use report::{Ending, Report, StepReport};
pub use secret::NewSecret;
