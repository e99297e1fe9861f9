//! Operations: what one is, and what is known of it.

pub(crate) mod entry;
pub(crate) mod inherent;
pub(crate) mod operation;
pub(crate) mod raw;
pub(crate) mod reading;
pub(crate) mod safety;
