//! [`Lines`]: the lines of the input, as they come.

use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use crate::terminal::ctrl_c;
use crate::terminal::exit::Exit;
use crate::terminal::input::{self, Input};

/// The lines of the input that are not blank, with their numbers, until Ctrl-C. A thread reads them, so that Ctrl-C takes
/// effect at once.
pub(super) struct Lines {
    lines: Receiver<Result<(u64, String), String>>,
    is_file: bool,
}

impl Lines {
    pub(super) fn read(input: Input, is_file: bool) -> Result<Self, Exit> {
        let (sender, receiver) = mpsc::sync_channel(64);
        let read = move || {
            for (line, number) in input::lines(input).zip(1..) {
                let line = match line {
                    Ok(line) if line.trim().is_empty() => continue,
                    Ok(line) => Ok((number, line)),
                    Err(error) => Err(format!("cannot read the input: {error}")),
                };
                if sender.send(line).is_err() {
                    return;
                }
            }
        };
        let failed = |error| Exit::Failed(format!("cannot read the input: {error}"));
        thread::Builder::new().spawn(read).map_err(failed)?;
        Ok(Self { lines: receiver, is_file })
    }

    /// Waits for a line.
    pub(super) fn next(&self) -> Option<Result<(u64, String), String>> {
        while !ctrl_c::interrupted() {
            match self.lines.recv_timeout(Duration::from_millis(50)) {
                Ok(line) => return Some(line),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return None,
            }
        }
        None
    }

    /// Returns a line that is there, or is just being read. Those of a file always are.
    pub(super) fn next_if_there(&self) -> Option<Result<(u64, String), String>> {
        if self.is_file {
            return self.next();
        }
        self.lines.recv_timeout(Duration::from_millis(2)).ok().filter(|_| !ctrl_c::interrupted())
    }
}
