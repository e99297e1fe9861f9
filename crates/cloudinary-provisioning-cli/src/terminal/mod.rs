//! What people read and answer: messages, questions, progress, Ctrl-C, files, the exit status.

pub(crate) mod confirm;
pub(crate) mod file;
pub(crate) mod input;
pub(crate) mod interrupt;
pub(crate) mod progress;
pub(crate) mod say;
pub(crate) mod shown;
pub(crate) mod stop;
