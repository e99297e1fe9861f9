//! The lines of an export, whatever they are of.

use std::io::Write;

use serde_json::Value;

use crate::output::style::List;
use crate::terminal::interrupt;
use crate::terminal::progress::Progress;
use crate::terminal::shown::shown;
use crate::terminal::stop::{Stop, chain};

/// The lines of an export.
pub(super) struct Rows<'p, W: Write> {
    pub(super) list: List<W>,
    progress: &'p Progress,
    /// How much could not be read.
    pub(super) failures: usize,
    pub(super) count: usize,
}

impl<'p, W: Write> Rows<'p, W> {
    pub(super) fn new(list: List<W>, progress: &'p Progress) -> Self {
        Self { list, progress, failures: 0, count: 0 }
    }

    pub(super) fn push(&mut self, row: Value) -> Result<(), Stop> {
        interrupt::check()?;
        self.list.push(row)?;
        self.count += 1;
        self.progress.advance();
        Ok(())
    }

    /// What was read, or nothing, with a word of what is missing.
    pub(super) fn read<T>(&mut self, of: &str, result: Result<T, cloudinary_provisioning::Error>) -> Option<T> {
        result
            .inspect_err(|error| {
                self.failures += 1;
                self.progress.say(shown(&format!("{of}: {}", chain(error))));
            })
            .ok()
    }
}
