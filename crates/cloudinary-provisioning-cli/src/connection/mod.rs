//! The account to work on, and what is sent to it.

pub(crate) mod account;
pub(crate) mod demo;
pub(crate) mod pages;
pub(crate) mod send;
