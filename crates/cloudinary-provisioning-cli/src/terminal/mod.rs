//! The process and its surroundings: messages, questions, progress, Ctrl-C, files, the exit status.

pub(crate) mod confirm;
pub(crate) mod ctrl_c;
pub(crate) mod exit;
pub(crate) mod file;
pub(crate) mod input;
pub(crate) mod json;
pub(crate) mod json_lines;
pub(crate) mod progress;
pub(crate) mod say;
pub(crate) mod shell;
pub(crate) mod shown;
pub(crate) mod stream;
