//! What the workspace's tests share: fixtures, strict decoding of requests, a scripted server, a clock that never ticks
//! by itself.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    clippy::panic,
    clippy::unwrap_used,
    reason = "test support: a panic here is a failed test"
)]

pub mod bomb;
pub mod clock;
pub mod faulty;
pub mod fixture;
pub mod fuzz;
pub mod hostile;
pub mod leaks;
pub mod process;
pub mod samples;
pub mod script;
pub mod wire;

/// The README's Rust code, as doc tests.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
pub struct Readme;
