//! Whole worlds of clients, faults and a service, in one thread and from one seed.
//!
//! See the README beside this crate: what is in a world, what has to hold in it, and how to run more of them.

mod actor;
mod batch;
mod driver;
mod executor;
mod fault;
mod goal;
mod holdings;
mod model;
mod oracle;
mod planner;
mod random;
mod rotating;
mod runs;
mod shrink;
mod state;
mod wanted;
mod world;

pub use batch::Totals;
pub use fault::Fault;
pub use model::{PROPERTIES, Violation};
pub use shrink::shrink;
pub use world::{Report, Scenario};
