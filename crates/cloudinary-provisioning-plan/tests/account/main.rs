//! Plans for an in-memory account.

mod apply;
mod plan;
mod support;
mod survey;
