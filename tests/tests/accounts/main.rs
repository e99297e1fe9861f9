//! Whole accounts: many calls at once, long lists, the throttle, and creates that are made exactly once.

mod cancel;
mod connections;
mod exactly_once;
mod hooks;
mod items;
mod items_all;
mod not_twice;
mod recovery;
mod send_all;
mod support;
mod throttle;
mod tracing;
