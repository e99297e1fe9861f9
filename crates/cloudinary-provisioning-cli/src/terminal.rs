//! What people read and answer: messages, questions, progress. Standard error may be closed at any time.

use std::fmt;
use std::io::{self, BufRead, IsTerminal, Write};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use crate::stop::Stop;

/// Writes a line to standard error. Where that is closed, nobody wants to know.
pub(crate) fn say(message: impl fmt::Display) {
    // In one piece, so that lines of several threads do not mix.
    let line = format!("{message}\n");
    let _ = io::stderr().write_all(line.as_bytes());
}

/// Asks for a confirmation: on a terminal with a question, elsewhere by `--yes` alone.
///
/// `what` says what is about to happen: `delete user u1`.
pub(crate) fn confirm(what: impl fmt::Display, yes: bool) -> Result<(), Stop> {
    if yes {
        return Ok(());
    }
    if !(io::stdin().is_terminal() && io::stderr().is_terminal()) {
        return Err(Stop::Usage(format!("{what}: confirm with --yes; nothing was changed")));
    }
    let _ = write!(io::stderr(), "{what}? [y/N] ");
    let mut answer = String::new();
    let read = io::stdin().lock().read_line(&mut answer);
    if read.is_ok() && matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes") {
        return Ok(());
    }
    Err(Stop::usage("nothing was changed"))
}

/// A count of what is done, on a terminal alone.
#[derive(Clone, Debug)]
pub(crate) struct Progress(ProgressBar);

impl Progress {
    /// A progress that shows nothing yet.
    pub(crate) fn hidden() -> Self {
        Self(ProgressBar::hidden())
    }

    /// Shows how many `things` there were so far.
    pub(crate) fn of(things: &str) -> Self {
        if !io::stderr().is_terminal() {
            return Self::hidden();
        }
        let style = ProgressStyle::with_template(&format!("{{spinner}} {{pos}} {things}, {{elapsed}}"));
        let bar = ProgressBar::new_spinner().with_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()));
        bar.enable_steady_tick(Duration::from_millis(100));
        Self(bar)
    }

    pub(crate) fn advance(&self) {
        self.0.inc(1);
    }

    /// Writes a line to standard error, above the progress.
    pub(crate) fn say(&self, message: impl fmt::Display) {
        self.0.suspend(|| say(message));
    }

    pub(crate) fn finish(&self) {
        self.0.finish_and_clear();
    }
}

/// Text from elsewhere without the characters that a terminal would act on, or that change the direction of text.
pub(crate) fn shown(text: &str) -> String {
    let acts = |c: char| {
        c.is_control() || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    if !text.contains(acts) {
        return text.to_owned();
    }
    text.chars().fold(String::with_capacity(text.len()), |mut shown, c| {
        if acts(c) {
            shown.extend(c.escape_default());
        } else {
            shown.push(c);
        }
        shown
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_and_direction_characters_are_escaped_and_the_rest_is_not() {
        assert_eq!(shown("Ärö \"the first\" \u{1f600}"), "Ärö \"the first\" \u{1f600}");
        assert_eq!(shown("\u{1b}[2J\n\u{202e}x\u{9b}"), "\\u{1b}[2J\\n\\u{202e}x\\u{9b}");
    }
}
