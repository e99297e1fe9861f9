//! Calls: one with its retries, many with a throttle, and lists.

pub(crate) mod driver;
pub(crate) mod events;
pub(crate) mod exchange;
pub(crate) mod pager;
pub(crate) mod raw_list;
pub(crate) mod reading;
pub(crate) mod recovery;
pub(crate) mod retry;
pub(crate) mod shared_throttle;
pub(crate) mod throttle;
pub(crate) mod transport;
