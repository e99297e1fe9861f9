//! Questions.

use std::fmt;
use std::io::{self, BufRead, IsTerminal, Write};

use super::stop::Stop;

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
