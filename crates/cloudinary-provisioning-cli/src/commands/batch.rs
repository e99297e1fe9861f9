//! `cldp batch`: operations from JSON lines, results as JSON lines in the same order.

use std::cell::RefCell;
use std::collections::VecDeque;
use std::io::{self, Write};
use std::num::NonZeroUsize;
use std::path::Path;
use std::process::ExitCode;
use std::rc::Rc;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::Duration;
use std::{iter, thread};

use cloudinary_provisioning::{Error, Safety};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::args::cli::BatchOptions;
use crate::args::globals::Globals;
use crate::args::operation_names;
use crate::args::request::Request;
use crate::connection::account::Connection;
use crate::connection::envelope::value;
use crate::connection::ids::IdLookup;
use crate::connection::send::described;
use crate::output::redact::has_secret;
use crate::output::style::{Style, line};
use crate::terminal::ctrl_c;
use crate::terminal::exit::{Exit, describe};
use crate::terminal::input::{self, Input};
use crate::terminal::json::{self, JsonError};
use crate::terminal::progress::ProgressLine;
use crate::terminal::say::say;
use crate::terminal::stream;

/// A line of the input.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Job {
    operation: String,
    #[serde(default)]
    fields: Map<String, Value>,
}

/// What a line asks for, or why it cannot be sent.
struct Asked {
    line: u64,
    operation: Value,
    request: Result<Request, String>,
}

pub(crate) fn run(globals: &Globals, options: &BatchOptions) -> Result<ExitCode, Exit> {
    let input = input::open(options.file.as_deref().unwrap_or(Path::new("-")))?;
    let connection = Connection::open(globals, &ProgressLine::hidden())?;
    ctrl_c::watch()?;
    let style = Style::new(globals);
    let mut output = ResultWriter { style: &style, failed: 0, done: 0 };
    let mut unreadable = None;
    let mut ids = IdLookup::new(connection.client.clone(), globals.workers());
    let asked = lines(input)?.zip(1_u64..).map_while(|(text, number)| match text {
        Ok(text) if text.trim().is_empty() => Some(None),
        Ok(text) => Some(Some(read(&text, number, globals.yes || globals.dry_run, &mut ids))),
        Err(error) => {
            unreadable = Some(Exit::Failed(format!("cannot read the input: {error}")));
            None
        }
    });
    let asked = asked.flatten();

    if globals.dry_run {
        for asked in asked {
            let described = asked.request.as_ref().map_err(Clone::clone).and_then(|request| {
                described(connection.client.account(), &request.raw).map_err(|exit| exit.to_string())
            });
            match described {
                Ok(request) => output.write(&request)?,
                Err(error) => output.unsent(&asked, &error)?,
            }
        }
    } else {
        // Workers take operations as they become free, and results come in the same order, with lines that cannot be
        // sent in between.
        let taken: Rc<RefCell<VecDeque<Asked>>> = Rc::default();
        let taking = Rc::clone(&taken);
        let operations = asked.filter_map(move |asked| {
            let raw = asked.request.as_ref().ok().map(|request| request.raw.clone());
            taking.borrow_mut().push_back(asked);
            raw
        });
        // Lines may depend on one another, so they run one after the other unless told otherwise.
        let workers = globals.workers.map_or(1, NonZeroUsize::get);
        let results = connection.client.send_all(operations).workers(workers).in_order();
        for (_, result) in results {
            if let Some(asked) = output.skip_to_sent(&taken)? {
                output.result(&asked, result)?;
            }
        }
        output.skip_to_sent(&taken)?;
    }

    match unreadable {
        Some(exit) => Err(exit),
        None if ctrl_c::interrupted() => Err(Exit::Failed(format!("interrupted after {} lines", output.done))),
        None if output.failed > 0 => {
            say(format_args!("cldp: {} of {} lines failed", output.failed, output.done));
            Ok(ExitCode::from(1))
        }
        None => Ok(ExitCode::SUCCESS),
    }
}

/// Yields the lines of the input until Ctrl-C. A thread reads them, so that Ctrl-C takes effect at once.
fn lines(input: Input) -> Result<impl Iterator<Item = io::Result<String>>, Exit> {
    let (sender, receiver) = mpsc::sync_channel(1);
    let read = move || {
        for line in input::lines(input) {
            if sender.send(line).is_err() {
                return;
            }
        }
    };
    thread::Builder::new().spawn(read).map_err(|error| Exit::Failed(format!("cannot read the input: {error}")))?;
    Ok(iter::from_fn(move || {
        while !ctrl_c::interrupted() {
            match receiver.recv_timeout(Duration::from_millis(50)) {
                Ok(line) => return Some(line),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return None,
            }
        }
        None
    }))
}

fn read(text: &str, line: u64, may_remove: bool, ids: &mut IdLookup) -> Asked {
    let refused = |why| Asked { line, operation: Value::Null, request: Err(why) };
    let job = match json::read(text) {
        Ok(value) => Job::deserialize(value).map_err(|error| format!("not an operation: {error}")),
        Err(error @ JsonError::Number { .. }) => Err(error.to_string()),
        Err(error) => Err(format!("not an operation: the line {error}")),
    };
    let job = match job {
        Ok(job) => job,
        Err(why) => return refused(why),
    };
    let Some(entry) = operation_names::find(&job.operation) else {
        return refused(format!("there is no operation {:?}", job.operation));
    };
    let request = Request::new(entry, job.fields, None).and_then(|request| {
        if request.removes() && !may_remove {
            return Err(format!("{}: confirm with --yes; nothing was sent", request.title()));
        }
        let request = ids.resolved(request).map_err(|exit| exit.to_string())?;
        ids.forget_after(&request);
        Ok(request)
    });
    Asked { line, operation: entry.id.into(), request }
}

struct ResultWriter<'o> {
    style: &'o Style,
    failed: u64,
    done: u64,
}

impl ResultWriter<'_> {
    /// Reports the lines that cannot be sent, up to the next one that was sent.
    fn skip_to_sent(&mut self, taken: &RefCell<VecDeque<Asked>>) -> Result<Option<Asked>, Exit> {
        loop {
            let Some(asked) = taken.borrow_mut().pop_front() else { return Ok(None) };
            match &asked.request {
                Ok(_) => return Ok(Some(asked)),
                Err(error) => self.unsent(&asked, error)?,
            }
        }
    }

    fn result(&mut self, asked: &Asked, result: Result<Value, Error>) -> Result<(), Exit> {
        let Ok(request) = &asked.request else { return Ok(()) };
        match result {
            Ok(response) => {
                let cursor = response.get("next_cursor").cloned().filter(|_| request.entry.response.next_cursor);
                let value = value(&response, request.entry).clone();
                let shown = request.creates() && has_secret(&value);
                let value = if shown { value } else { self.style.redacted(value) };
                let mut line = json!({"line": asked.line, "operation": asked.operation, "ok": true, "result": value});
                if let (Some(cursor), Some(line)) = (cursor, line.as_object_mut()) {
                    line.insert("next_cursor".to_owned(), cursor);
                }
                self.write(&line).map_err(|exit| match exit {
                    Exit::Closed | Exit::Failed(_) if request.entry.safety != Safety::Safe => Exit::Failed(format!(
                        "line {}: {} was applied, and its result could not be written: {exit}",
                        asked.line,
                        request.title()
                    )),
                    exit => exit,
                })
            }
            Err(error) => {
                self.failed += 1;
                self.write(&json!({"line": asked.line, "operation": asked.operation, "ok": false, "error": {
                    "message": describe(&error),
                    "status": error.status().map(|status| status.as_u16()),
                    "request_id": error.request_id(),
                    "maybe_applied": error.maybe_applied(),
                }}))
            }
        }
    }

    fn unsent(&mut self, asked: &Asked, error: &str) -> Result<(), Exit> {
        self.failed += 1;
        let error = json!({"message": error, "maybe_applied": false});
        self.write(&json!({"line": asked.line, "operation": asked.operation, "ok": false, "error": error}))
    }

    fn write(&mut self, value: &Value) -> Result<(), Exit> {
        self.done += 1;
        let mut out = stream::stdout();
        line(value, &mut out)?;
        out.flush()?;
        Ok(())
    }
}
