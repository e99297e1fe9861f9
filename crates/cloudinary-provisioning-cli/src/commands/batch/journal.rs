//! What became of each line of a batch, on disk before anything else happens.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::{Mutex, OnceLock, PoisonError};

use cloudinary_provisioning::{CallEvent, Safety};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::connection::current_line;
use crate::terminal::ctrl_c;
use crate::terminal::exit::{Exit, describe};
use crate::terminal::json_lines::JsonLines;

/// The first record of a journal.
#[derive(Deserialize, Serialize)]
struct Head {
    /// The version of the format.
    batch: u32,
    account: String,
}

const VERSION: u32 = 1;

/// What a record says of a line.
#[derive(Deserialize)]
struct Record {
    line: u64,
    state: State,
    /// Of the text of the line, where it begins.
    fingerprint: Option<String>,
    #[serde(default)]
    maybe_applied: bool,
}

#[derive(Clone, Copy, Debug, Deserialize, Serialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
enum State {
    Begun,
    Done,
    Failed,
}

/// What an earlier run came to with a line.
struct Earlier {
    fingerprint: String,
    state: State,
    maybe_applied: bool,
}

/// What is to be done with a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Resumed {
    /// It is to be sent.
    Send,
    /// An earlier run has done it.
    Done,
    /// An earlier run may have applied it, and doing so twice would make two.
    Unclear,
}

/// The journal of a batch, which may go on from that of an earlier run.
pub(super) struct Journal {
    file: Mutex<JsonLines>,
    earlier: BTreeMap<u64, Earlier>,
    /// Why it could not be written.
    failure: OnceLock<Exit>,
}

impl Journal {
    /// Opens a new journal, or one to go on from.
    pub(super) fn open(path: &Path, resume: bool, account: &str) -> Result<Self, Exit> {
        let usage = |why: String| Exit::Usage(format!("{}: {why}", path.display()));
        let before = match fs::metadata(path) {
            Ok(there) if there.is_file() => fs::read(path).map_err(|error| usage(error.to_string()))?,
            _ => Vec::new(),
        };
        if resume && before.is_empty() {
            return Err(usage("there is nothing to resume".to_owned()));
        }
        if !resume && !before.is_empty() {
            return Err(usage("it is there already: --resume goes on from it".to_owned()));
        }
        let earlier =
            if resume { read(&String::from_utf8_lossy(&before), account).map_err(usage)? } else { BTreeMap::new() };
        let mut file = JsonLines::open(path)?.alone_after(&before);
        if before.last().is_some_and(|last| *last != b'\n') {
            file.end_line()?;
        }
        if before.is_empty() {
            file.append(json!(Head { batch: VERSION, account: account.to_owned() }))?;
        }
        Ok(Self { file: Mutex::new(file), earlier, failure: OnceLock::new() })
    }

    /// What is to be done with a line, by what became of it before.
    pub(super) fn resumed(&self, line: u64, text: &str, safety: Safety) -> Result<Resumed, String> {
        let Some(earlier) = self.earlier.get(&line) else { return Ok(Resumed::Send) };
        if earlier.fingerprint != fingerprint(text) {
            return Err(format!("line {line} is not the line that the log is about"));
        }
        Ok(match earlier.state {
            State::Done => Resumed::Done,
            State::Failed if !earlier.maybe_applied => Resumed::Send,
            State::Begun | State::Failed if safety == Safety::NotIdempotent => Resumed::Unclear,
            State::Begun | State::Failed => Resumed::Send,
        })
    }

    /// Writes down that a line is about to be sent by this thread. If that fails, nothing is sent any more.
    pub(super) fn begin(&self, line: u64, operation: &str, fingerprint: &str) {
        self.append(json!({"line": line, "state": State::Begun, "operation": operation, "fingerprint": fingerprint}));
    }

    /// Writes down how the call of this thread's line has ended.
    pub(super) fn end(&self, line: u64, event: &CallEvent<'_>) {
        self.append(match event.result {
            Ok(status) => json!({"line": line, "state": State::Done, "status": status.as_u16()}),
            Err(error) => json!({
                "line": line,
                "state": State::Failed,
                "message": describe(error),
                "request_id": error.request_id(),
                "maybe_applied": error.maybe_applied(),
            }),
        });
    }

    /// Writes down that the success of a line is not what was asked for.
    pub(super) fn unmet(&self, line: u64, why: &str) {
        self.append(json!({"line": line, "state": State::Failed, "message": why, "maybe_applied": true}));
    }

    /// Returns why the journal could not be written, if it could not.
    pub(super) fn failure(&self) -> Option<&Exit> {
        self.failure.get()
    }

    fn append(&self, record: serde_json::Value) {
        let written = self.file.lock().unwrap_or_else(PoisonError::into_inner).append(record);
        if let Err(exit) = written {
            let _ = self.failure.set(exit);
            ctrl_c::cancel_flag().cancel();
        }
    }
}

/// Notes the end of a call in the journal, if it was the call of a line.
pub(super) fn on_end(journal: &OnceLock<Journal>, event: &CallEvent<'_>) {
    if let Some(line) = current_line::end()
        && let Some(journal) = journal.get()
    {
        journal.end(line, event);
    }
}

/// Reads the records of an earlier run. A truncated last line is ignored: nothing was sent after it. After a loss of power,
/// NULs may be in place of its end.
fn read(text: &str, account: &str) -> Result<BTreeMap<u64, Earlier>, String> {
    let mut lines = text.split_inclusive('\n').zip(1_u64..).filter(|(line, _)| line.ends_with('\n'));
    let head = lines.next().and_then(|(line, _)| serde_json::from_str::<Head>(line).ok());
    let head = head.filter(|head| head.batch == VERSION).ok_or("it is not the log of a batch")?;
    if head.account != account {
        return Err(format!("it is about account {}, and this is {account}", head.account));
    }
    let mut earlier = BTreeMap::new();
    let lines = lines.map(|(line, number)| (line.trim_end_matches(['\n', '\0']), number));
    for (line, number) in lines.filter(|(line, _)| !line.trim().is_empty()) {
        let record = match serde_json::from_str::<Record>(line) {
            Ok(record) => record,
            // It is truncated, and a later run went on after it.
            Err(error) if error.is_eof() => continue,
            Err(error) => return Err(format!("line {number}: {error}")),
        };
        if let Some(fingerprint) = record.fingerprint {
            let begun = Earlier { fingerprint, state: record.state, maybe_applied: false };
            earlier.insert(record.line, begun);
            continue;
        }
        let begun: &mut Earlier =
            earlier.get_mut(&record.line).ok_or(format!("line {number}: line {} was not begun", record.line))?;
        (begun.state, begun.maybe_applied) = (record.state, record.maybe_applied);
    }
    Ok(earlier)
}

/// A text by which a line is known again, whatever it holds. FNV-1a with 64 bits: the same in every version.
pub(super) fn fingerprint(line: &str) -> String {
    let hash = line
        .trim()
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
    format!("{hash:016x}")
}
