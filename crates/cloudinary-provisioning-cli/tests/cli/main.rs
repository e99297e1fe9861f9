//! `cldp` as its users run it: as a process, against an account behind HTTP.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "test support: a panic here is a failed test"
)]

mod accounts;
mod api;
mod apply;
mod batch;
mod calls;
mod diff;
mod export;
mod export_users;
mod fake;
mod help;
mod input;
mod lists;
mod names;
mod offboard;
mod operations;
mod output;
mod plan;
mod profile;
mod pull;
mod refused_reads;
mod review;
mod rotate;
mod run;
mod streams;
mod terminal;
mod tls;
