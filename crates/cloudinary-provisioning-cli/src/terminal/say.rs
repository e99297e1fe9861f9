//! Messages. Standard error may be closed at any time.

use std::fmt;
use std::io::Write;

use super::stream;

/// Writes a line to standard error. A failure is ignored: there is nowhere to report it.
pub(crate) fn say(message: impl fmt::Display) {
    // In one write, so that lines from several threads do not mix.
    let line = format!("{message}\n");
    let _ = stream::stderr().write_all(line.as_bytes());
}
