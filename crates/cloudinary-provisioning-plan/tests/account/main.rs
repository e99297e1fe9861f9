//! Plans for an in-memory account.

mod apply;
mod generate;
mod plan;
mod properties;
mod support;
mod survey;
