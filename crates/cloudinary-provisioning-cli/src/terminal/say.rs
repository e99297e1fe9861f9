//! Messages. Standard error may be closed at any time.

use std::fmt;
use std::io::Write;
use std::sync::atomic::{AtomicBool, Ordering};

use super::stream;

static QUIET: AtomicBool = AtomicBool::new(false);

/// From here on, there are no [notes](note) and no progress.
pub(crate) fn be_quiet() {
    QUIET.store(true, Ordering::Relaxed);
}

pub(crate) fn is_quiet() -> bool {
    QUIET.load(Ordering::Relaxed)
}

/// Writes what is good to know and not an error, unless the tool is [quiet](be_quiet).
pub(crate) fn note(message: impl fmt::Display) {
    if !is_quiet() {
        say(message);
    }
}

/// Writes a line to standard error. A failure is ignored: there is nowhere to report it.
pub(crate) fn say(message: impl fmt::Display) {
    // In one write, so that lines from several threads do not mix.
    let line = format!("{message}\n");
    let _ = stream::stderr().write_all(line.as_bytes());
}
