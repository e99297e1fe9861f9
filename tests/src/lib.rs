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
pub mod samples;
pub mod script;
pub mod sources;
pub mod tls;
pub mod wire;

/// The Rust code of the READMEs, as doc tests.
#[cfg(doctest)]
mod readmes {
    #[doc = include_str!("../../README.md")]
    pub struct Workspace;
    #[doc = include_str!("../../crates/cloudinary-provisioning/README.md")]
    pub struct Core;
    #[doc = include_str!("../../crates/cloudinary-provisioning-ureq/README.md")]
    pub struct Adapter;
    #[doc = include_str!("../../crates/cloudinary-provisioning-fake/README.md")]
    pub struct Fake;
    #[doc = include_str!("../../crates/cloudinary-provisioning-plan/README.md")]
    pub struct Plan;
}
