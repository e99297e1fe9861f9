//! Plans for an in-memory account.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a panic is a failed test"
)]
#![allow(clippy::type_complexity, reason = "what a generator draws is a tuple")]

mod apply;
mod generate;
mod names;
mod offboarding;
mod plan;
mod properties;
mod rotation;
mod support;
mod survey;
