//! Ctrl-C: the first lets the calls in flight finish, the second ends the process.

use std::sync::atomic::{AtomicBool, Ordering};

use super::exit::Exit;
use super::say::say;

static INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// From here on, Ctrl-C sets [`interrupted`] instead of ending the process.
pub(crate) fn watch() -> Result<(), Exit> {
    handle(|| {
        if INTERRUPTED.swap(true, Ordering::SeqCst) {
            std::process::exit(130);
        }
        say("Stopping after the calls in flight. Press Ctrl-C again to stop at once.");
    })
}

/// Calls `on_interrupt` on Ctrl-C, on a thread of its own.
pub(crate) fn handle(on_interrupt: impl FnMut() + Send + 'static) -> Result<(), Exit> {
    ctrlc::set_handler(on_interrupt).map_err(|error| Exit::Failed(format!("cannot handle Ctrl-C: {error}")))
}

/// Whether Ctrl-C was pressed since [`watch`].
pub(crate) fn interrupted() -> bool {
    INTERRUPTED.load(Ordering::SeqCst)
}

/// Returns an error once Ctrl-C was pressed, for commands that only read.
pub(crate) fn check() -> Result<(), Exit> {
    if interrupted() { Err(Exit::failed("interrupted")) } else { Ok(()) }
}
