//! Manifests: what is read, what is refused, and that what is written is read back.

#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a panic is a failed test"
)]

mod csv;
mod diff;
mod properties;
mod refused;
mod toml;

use cloudinary_provisioning_plan::manifest::ManifestError;

/// A line for each problem.
fn problems(error: &ManifestError) -> Vec<String> {
    error.problems().iter().map(ToString::to_string).collect()
}
