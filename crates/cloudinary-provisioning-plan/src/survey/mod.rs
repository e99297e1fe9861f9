//! Reading what a manifest is about, in as few calls as answer it.

mod access;
mod estimate;
mod fact;
mod keys;
mod needs;
mod once;
mod pages;
mod policies;
#[expect(clippy::module_inception, reason = "the type that the folder is named after")]
mod survey;

pub use estimate::{Estimate, EstimatedCalls};
pub use fact::Fact;
pub use survey::Survey;

pub(crate) use survey::is_absent;
