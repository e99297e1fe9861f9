//! Ctrl-C: the first lets the calls in flight finish, the second ends the process.

use std::sync::LazyLock;

use cloudinary_provisioning_ureq::CancelFlag;

use super::exit::Exit;
use super::say::note;

static CANCEL: LazyLock<CancelFlag> = LazyLock::new(CancelFlag::new);

/// From here on, Ctrl-C sets [`interrupted`] instead of ending the process.
pub(crate) fn watch() -> Result<(), Exit> {
    handle(|| {
        if interrupted() {
            std::process::exit(130);
        }
        CANCEL.cancel();
        note("Stopping after the calls in flight. Press Ctrl-C again to stop at once.");
    })
}

/// Calls `on_interrupt` on Ctrl-C, on its own thread.
pub(crate) fn handle(on_interrupt: impl FnMut() + Send + 'static) -> Result<(), Exit> {
    ctrlc::set_handler(on_interrupt).map_err(|error| Exit::Failed(format!("cannot handle Ctrl-C: {error}")))
}

/// Whether Ctrl-C was pressed since [`watch`].
pub(crate) fn interrupted() -> bool {
    CANCEL.is_cancelled()
}

/// The flag that Ctrl-C sets since [`watch`], for clients: no call begins any more, and no retry.
pub(crate) fn cancel_flag() -> CancelFlag {
    CANCEL.clone()
}

/// Returns an error once Ctrl-C was pressed, for commands that only read.
pub(crate) fn check() -> Result<(), Exit> {
    if interrupted() { Err(Exit::failed("interrupted")) } else { Ok(()) }
}
