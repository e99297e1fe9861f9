//! One attempt over ureq.

pub(crate) mod agents;
pub(crate) mod proxy;
pub(crate) mod tls;
pub(crate) mod transport;
