//! The steps from what is there to what is wanted.

mod assignments;
mod blocked;
mod builder;
mod environments;
mod groups;
mod keys;
mod order;
mod pairing;
#[expect(clippy::module_inception, reason = "the type that the folder is named after")]
mod plan;
mod policies;
mod problem;
mod roles;
mod show;
mod step;
mod users;
mod work;

pub use blocked::{Blocked, Cause};
pub use plan::Plan;
pub use problem::{PlanError, PlanProblem};
pub use step::{Action, Change, Step, StepKind};

pub(crate) use keys::{dedicate, delete, retire};
pub(crate) use plan::{AccountFacts, More};
pub(crate) use work::{
    Access, AssignmentFields, Effect, Handle, Made, PolicyFields, ScopeHandle, StatementText, UserFields, Work,
};
