//! [`ResultWriter`]: what became of each line, as JSON lines.

use std::collections::VecDeque;
use std::io::Write;

use cloudinary_provisioning::{Error, Safety};
use serde_json::{Value, json};

use super::job::{Job, Unsent};
use super::journal::Journal;
use crate::args::request::Request;
use crate::connection::envelope::value;
use crate::connection::send::unmet;
use crate::output::redact::has_secret;
use crate::output::style::{Style, line};
use crate::terminal::ctrl_c;
use crate::terminal::exit::{Exit, describe};
use crate::terminal::say::say;
use crate::terminal::stream;

/// Writes what became of each line.
pub(super) struct ResultWriter<'o> {
    pub(super) style: &'o Style,
    pub(super) journal: Option<&'o Journal>,
    pub(super) failed: u64,
    pub(super) done: u64,
    /// Why results cannot be written any more. What was sent is told on standard error then.
    pub(super) broken: Option<Exit>,
}

impl ResultWriter<'_> {
    /// Reports the lines that are not sent, up to the next one that was.
    pub(super) fn skip_to_sent(&mut self, taken: &mut VecDeque<Job>) -> Option<Job> {
        loop {
            let job = taken.pop_front()?;
            match &job.request {
                Ok(_) => return Some(job),
                Err(_) if self.broken.is_some() => {}
                Err(unsent) => {
                    let written = self.unsent(&job, unsent);
                    self.broken = written.err().inspect(|_| ctrl_c::cancel_flag().cancel());
                }
            }
        }
    }

    /// Writes the result of a line. Where that is not possible, it is told on standard error, and no other line begins.
    pub(super) fn result(&mut self, job: &Job, result: Result<Value, Error>) {
        let Ok(request) = &job.request else { return };
        let told = match &result {
            Ok(_) => "was applied".to_owned(),
            Err(error) => describe(error),
        };
        let is_change = request.entry.safety != Safety::Safe
            && !result.as_ref().is_err_and(|error| error.is_cancelled() && !error.maybe_applied());
        if self.broken.is_none() {
            let Err(exit) = self.write_result(job, request, result) else { return };
            ctrl_c::cancel_flag().cancel();
            self.broken = Some(match exit {
                Exit::Closed | Exit::Failed(_) if is_change => {
                    Exit::Failed(format!("the result of line {} could not be written: {exit}", job.line))
                }
                exit => exit,
            });
        }
        if is_change {
            say(format_args!("cldp: line {}: {} {told}", job.line, request.title()));
            if let Some(broken @ Exit::Closed) = &mut self.broken {
                *broken = Exit::Failed(format!("the result of line {} could not be written: {broken}", job.line));
            }
        }
    }

    fn write_result(&mut self, job: &Job, request: &Request, result: Result<Value, Error>) -> Result<(), Exit> {
        match result {
            Ok(response) => {
                let cursor = response.get("next_cursor").cloned().filter(|_| request.entry.response.next_cursor);
                let unmet = unmet(&response, request);
                let value = value(&response, request.entry).clone();
                let shown = request.creates() && has_secret(&value);
                let value = if shown { value } else { self.style.redacted(value) };
                let mut line = json!({"line": job.line, "operation": job.operation, "ok": true, "result": value});
                if let (Some(cursor), Some(line)) = (cursor, line.as_object_mut()) {
                    line.insert("next_cursor".to_owned(), cursor);
                }
                if let (Some(why), Some(line)) = (unmet, line.as_object_mut()) {
                    self.failed += 1;
                    self.journal.into_iter().for_each(|journal| journal.unmet(job.line, &why));
                    line.insert("ok".to_owned(), false.into());
                    line.insert(
                        "error".to_owned(),
                        json!({"message": why, "maybe_applied": request.entry.safety != Safety::Safe}),
                    );
                }
                self.write(&line)
            }
            Err(error) => {
                self.failed += 1;
                self.write(&json!({"line": job.line, "operation": job.operation, "ok": false, "error": {
                    "message": describe(&error),
                    "status": error.status().map(|status| status.as_u16()),
                    "request_id": error.request_id(),
                    "maybe_applied": error.maybe_applied(),
                }}))
            }
        }
    }

    pub(super) fn unsent(&mut self, job: &Job, unsent: &Unsent) -> Result<(), Exit> {
        let (message, maybe_applied) = match unsent {
            Unsent::Done => {
                let line = json!({"line": job.line, "operation": job.operation, "ok": true, "earlier": true});
                return self.write(&line);
            }
            Unsent::Refused(why) => (why.as_str(), false),
            Unsent::Unclear => (UNCLEAR, true),
        };
        self.failed += 1;
        let error = json!({"message": message, "maybe_applied": maybe_applied});
        self.write(&json!({"line": job.line, "operation": job.operation, "ok": false, "error": error}))
    }

    pub(super) fn write(&mut self, value: &Value) -> Result<(), Exit> {
        self.done += 1;
        let mut out = stream::stdout();
        line(value, &mut out)?;
        out.flush()?;
        Ok(())
    }
}

const UNCLEAR: &str = "an earlier run began it, and it may have been applied; nothing was sent. See whether it was: if not, run \
    the line in a batch of its own";
