//! Calls: one with its retries, many with a throttle, and lists.

pub(crate) mod driver;
pub(crate) mod events;
pub(crate) mod exchange;
pub(crate) mod pager;
pub(crate) mod recover;
pub(crate) mod retry;
pub(crate) mod sample;
pub(crate) mod throttle;
pub(crate) mod transport;
