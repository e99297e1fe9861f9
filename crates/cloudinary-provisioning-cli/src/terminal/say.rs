//! Messages. Standard error may be closed at any time.

use std::fmt;
use std::io::{self, Write};

/// Writes a line to standard error. Where that is closed, nobody wants to know.
pub(crate) fn say(message: impl fmt::Display) {
    // In one piece, so that lines of several threads do not mix.
    let line = format!("{message}\n");
    let _ = io::stderr().write_all(line.as_bytes());
}
