//! The lines of an export.

use std::io::Write;

use serde_json::Value;

use crate::output::style::List;
use crate::terminal::ctrl_c;
use crate::terminal::exit::{Exit, describe};
use crate::terminal::progress::ProgressLine;
use crate::terminal::shown::shown;

/// The lines of an export.
pub(super) struct Rows<'p, W: Write> {
    pub(super) list: List<W>,
    progress: &'p ProgressLine,
    /// How many parts could not be read.
    pub(super) failures: usize,
    pub(super) count: usize,
}

impl<'p, W: Write> Rows<'p, W> {
    pub(super) fn new(list: List<W>, progress: &'p ProgressLine) -> Self {
        Self { list, progress, failures: 0, count: 0 }
    }

    pub(super) fn push(&mut self, row: Value) -> Result<(), Exit> {
        ctrl_c::check()?;
        self.list.push(row)?;
        self.count += 1;
        self.progress.advance();
        Ok(())
    }

    /// Returns what was read, or reports the error and counts it.
    pub(super) fn read<T>(&mut self, of: &str, result: Result<T, cloudinary_provisioning::Error>) -> Option<T> {
        result.inspect_err(|error| self.failed(&format!("{of}: {}", describe(error)))).ok()
    }

    /// Reports a part that could not be read.
    pub(super) fn failed(&mut self, why: &str) {
        self.failures += 1;
        self.progress.say(shown(why));
    }
}
