//! Whole calls, many calls, and what can be set for them.

mod concurrency;
mod guarantees;
mod hooks;
mod options;
mod order;
mod recovery;
mod turns;
mod volume;
