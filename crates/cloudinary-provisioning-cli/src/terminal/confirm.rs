//! Questions.

use std::fmt;
use std::io::{self, BufRead, IsTerminal, Write};

use super::exit::Exit;
use super::shown::shown;
use super::stream;

/// Asks for confirmation on a terminal; anywhere else, requires `--yes`.
///
/// `what` is the change: `deleteUser u1`. A question also has the `names` of what is changed, which are looked up for it.
pub(crate) fn confirm(what: impl fmt::Display, names: impl FnOnce() -> Vec<String>, yes: bool) -> Result<(), Exit> {
    check_confirmable(&what, yes)?;
    if yes {
        return Ok(());
    }
    let names = match names().as_slice() {
        [] => String::new(),
        names => format!(" ({})", names.join(", ")),
    };
    let _ = write!(stream::stderr(), "{}? [y/N] ", shown(&format!("{what}{names}")));
    let mut answer = String::new();
    let read = io::stdin().lock().read_line(&mut answer);
    if read.is_ok() && matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes") {
        return Ok(());
    }
    Err(Exit::usage("nothing was changed"))
}

/// Refuses a change that nobody can confirm, before anything is looked up for it.
pub(crate) fn check_confirmable(what: impl fmt::Display, yes: bool) -> Result<(), Exit> {
    if yes || (io::stdin().is_terminal() && stream::stderr().is_terminal()) {
        return Ok(());
    }
    Err(Exit::Usage(format!("{what}: confirm with --yes; nothing was changed")))
}
