//! The account as a function: what each resource answers, in every form of request.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

#[path = "../common/mod.rs"]
mod common;

mod access_keys;
mod agents;
mod billing_usage;
mod catalog;
mod faults;
mod forms;
mod hostile;
mod late;
mod lists;
mod permissions;
mod product_environments;
mod shapes;
mod user_groups;
mod users;
