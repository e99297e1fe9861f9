//! The tools as their users run them: as processes, against an account behind HTTP.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "test support: a panic here is a failed test"
)]

mod example;

#[path = "tools/directory_sync.rs"]
mod directory_sync;
#[path = "tools/run.rs"]
mod run;
#[path = "tools/users_csv.rs"]
mod users_csv;
