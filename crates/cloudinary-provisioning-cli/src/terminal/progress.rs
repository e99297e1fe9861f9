//! A count of what is done so far.

use std::fmt;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use super::say::{is_quiet, note, say};
use super::stream;

/// A running count, shown only on a terminal.
#[derive(Clone, Debug)]
pub(crate) struct ProgressLine(ProgressBar);

impl ProgressLine {
    /// Creates one that shows nothing.
    pub(crate) fn hidden() -> Self {
        Self(ProgressBar::hidden())
    }

    /// Shows how many `things` there have been so far.
    pub(crate) fn of(things: &str) -> Self {
        Self::with_template(&format!("{{spinner}} {{pos}} {things}, {{elapsed}}"))
    }

    /// Shows how many `things` of about how many there have been so far; see [`expect`](Self::expect).
    pub(crate) fn of_about(things: &str) -> Self {
        Self::with_template(&format!("{{spinner}} {{pos}} of about {{len}} {things}, {{elapsed}}"))
    }

    fn with_template(template: &str) -> Self {
        if is_quiet() || !stream::stderr().is_terminal() {
            return Self::hidden();
        }
        let style = ProgressStyle::with_template(template);
        let bar = ProgressBar::new_spinner().with_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()));
        bar.enable_steady_tick(Duration::from_millis(100));
        Self(bar)
    }

    /// Sets how many there will be, as far as that is known.
    pub(crate) fn expect(&self, count: usize) {
        self.0.set_length(u64::try_from(count).unwrap_or(u64::MAX));
    }

    pub(crate) fn advance(&self) {
        self.0.inc(1);
    }

    /// Writes a line to standard error, above the count.
    pub(crate) fn say(&self, message: impl fmt::Display) {
        self.0.suspend(|| say(message));
    }

    /// Writes a [note](note()) to standard error, above the count.
    pub(crate) fn note(&self, message: impl fmt::Display) {
        self.0.suspend(|| note(message));
    }

    pub(crate) fn finish(&self) {
        self.0.finish_and_clear();
    }
}
