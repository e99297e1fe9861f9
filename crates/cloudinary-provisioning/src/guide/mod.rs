//! The guide: what the pages of single items do not say.
//!
//! | page | what it covers |
//! |---|---|
//! | [`operations`] | every operation and its request; operations by name, and calls that have no operation |
//! | [`configuration`] | credentials, regions, settings |
//! | [`errors`] | telling errors apart |
//! | [`retries`] | what is retried, what is given up, and what a failed call may have done |
//! | [`lists`] | pages, cursors, and where a list ends |
//! | [`many_calls`] | mixed lists of operations, throttling, creates whose response is lost |
//! | [`async_stacks`] | reqwest, hyper, and other async stacks; timeouts and cancelling |
//! | [`testing`] | tests without a network, and recipes |
//! | [`security`] | credentials and secrets |
//! | [`from_python`] | the vendor's Python SDKs, call by call, and where this crate differs |

pub mod async_stacks;
pub mod configuration;
pub mod errors;
pub mod from_python;
pub mod lists;
pub mod many_calls;
pub mod operations;
pub mod retries;
pub mod security;
pub mod testing;
