//! The line of a batch that a thread is working on.

use std::cell::Cell;

thread_local! {
    static CURRENT: Cell<Option<u64>> = const { Cell::new(None) };
}

/// Says which line the calls of this thread belong to from here on.
pub(crate) fn begin(line: u64) {
    CURRENT.set(Some(line));
}

/// Returns the line, and ends it.
pub(crate) fn end() -> Option<u64> {
    CURRENT.take()
}

/// What a message about a call of this thread begins with.
pub(crate) fn prefix() -> String {
    CURRENT.get().map(|line| format!("line {line}: ")).unwrap_or_default()
}
