//! Ctrl-C: the first one stops a run in an orderly way, the second one at once.

use std::sync::atomic::{AtomicBool, Ordering};

use super::say::say;
use super::stop::Stop;

static INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// From here on, Ctrl-C sets [`interrupted`] instead of ending the process.
pub(crate) fn watch() -> Result<(), Stop> {
    handle(|| {
        if INTERRUPTED.swap(true, Ordering::SeqCst) {
            std::process::exit(130);
        }
        say("Stopping after the calls in flight. Press Ctrl-C again to stop at once.");
    })
}

/// Calls `on_interrupt` on Ctrl-C, on a thread of its own.
pub(crate) fn handle(on_interrupt: impl FnMut() + Send + 'static) -> Result<(), Stop> {
    ctrlc::set_handler(on_interrupt).map_err(|error| Stop::Failed(format!("cannot handle Ctrl-C: {error}")))
}

/// Whether Ctrl-C was pressed since [`watch`].
pub(crate) fn interrupted() -> bool {
    INTERRUPTED.load(Ordering::SeqCst)
}

/// Stops a command that only reads.
pub(crate) fn check() -> Result<(), Stop> {
    if interrupted() { Err(Stop::failed("interrupted")) } else { Ok(()) }
}
