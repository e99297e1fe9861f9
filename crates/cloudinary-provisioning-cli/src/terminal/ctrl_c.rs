//! Ctrl-C: the first lets the calls in flight finish, the second ends the process.

use std::sync::LazyLock;
#[cfg(unix)]
use std::{fs, io, thread};

use cloudinary_provisioning_ureq::CancelFlag;
#[cfg(unix)]
use signal_hook::{
    consts::{SIGHUP, SIGINT, SIGTERM},
    iterator::Signals,
};

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

/// Calls `on_interrupt` on Ctrl-C, on its own thread. On Unix this goes for SIGINT, SIGTERM and SIGHUP, but for those that
/// the process was told to ignore, as `nohup` does.
pub(crate) fn handle(on_interrupt: impl FnMut() + Send + 'static) -> Result<(), Exit> {
    set_handler(on_interrupt).map_err(|error| Exit::Failed(format!("cannot handle Ctrl-C: {error}")))
}

#[cfg(unix)]
fn set_handler(mut on_interrupt: impl FnMut() + Send + 'static) -> io::Result<()> {
    let handled = [SIGINT, SIGTERM, SIGHUP].into_iter().filter(|signal| !is_ignored(*signal));
    let mut signals = Signals::new(handled)?;
    let wait = move || signals.forever().for_each(|_| on_interrupt());
    thread::Builder::new().name("ctrl-c".to_owned()).spawn(wait).map(drop)
}

/// Only Linux tells without unsafe code. Elsewhere SIGHUP does what it did before.
#[cfg(unix)]
fn is_ignored(signal: i32) -> bool {
    let Ok(status) = fs::read_to_string("/proc/self/status") else { return signal == SIGHUP };
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or_default();
    mask & (1 << (signal - 1)) != 0
}

#[cfg(not(unix))]
fn set_handler(on_interrupt: impl FnMut() + Send + 'static) -> Result<(), ctrlc::Error> {
    ctrlc::set_handler(on_interrupt)
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
