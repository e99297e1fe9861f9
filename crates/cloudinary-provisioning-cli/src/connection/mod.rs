//! The account to work on, and what is sent to it.

pub(crate) mod account;
pub(crate) mod current_line;
pub(crate) mod demo;
pub(crate) mod envelope;
pub(crate) mod ids;
pub(crate) mod listing;
pub(crate) mod names;
pub(crate) mod profile;
pub(crate) mod reader;
pub(crate) mod reading;
pub(crate) mod send;
mod trust;
