//! The command line: options, commands, and a command for every operation of the catalogue.

pub(crate) mod cli;
pub(crate) mod dates;
pub(crate) mod globals;
mod hints;
pub(crate) mod list_options;
pub(crate) mod operation;
pub(crate) mod operation_names;
pub(crate) mod request;
