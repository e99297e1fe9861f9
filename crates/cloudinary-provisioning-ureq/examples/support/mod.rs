//! What the tools of this directory share.

pub(crate) mod csv_format;
pub(crate) mod demo;

mod connection;
mod stop;

pub(crate) use connection::Connection;
pub(crate) use stop::{Stop, chain};
