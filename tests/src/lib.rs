//! What the workspace's tests share: fixtures, strict decoding of requests, a scripted server, a clock that never ticks
//! by itself.

pub mod bomb;
pub mod clock;
pub mod faulty;
pub mod fixture;
pub mod fuzz;
pub mod hostile;
pub mod leaks;
pub mod process;
pub mod script;
pub mod tls;
pub mod wire;

/// The README's Rust code, as doc tests.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
pub struct Readme;
