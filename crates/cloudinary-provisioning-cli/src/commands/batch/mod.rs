//! `cldp batch`: operations from JSON lines, results as JSON lines in the same order.

use std::collections::{BTreeMap, VecDeque};
use std::io::Write;
use std::path::Path;
use std::process::ExitCode;
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;
use std::{iter, thread};

use cloudinary_provisioning::catalog::Entry;
use cloudinary_provisioning::{Account, Error, Operation, Raw, Safety};
use cloudinary_provisioning_ureq::Client;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use self::journal::{Journal, Resumed};
use crate::args::cli::BatchOptions;
use crate::args::globals::Globals;
use crate::args::operation_names;
use crate::args::request::Request;
use crate::connection::account::Connection;
use crate::connection::current_line;
use crate::connection::envelope::value;
use crate::connection::ids::IdLookup;
use crate::connection::send::{described, unmet};
use crate::output::redact::has_secret;
use crate::output::style::{Style, line};
use crate::terminal::ctrl_c;
use crate::terminal::exit::{Exit, describe};
use crate::terminal::input::{self, Input};
use crate::terminal::json::{self, JsonError};
use crate::terminal::say::say;
use crate::terminal::stream;

mod journal;

/// What a line of the input says.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct JobInput {
    operation: String,
    #[serde(default)]
    fields: Map<String, Value>,
}

/// A line that was read: its operation and fields, or why it has none.
struct Job {
    line: u64,
    text: String,
    found: Result<(&'static Entry, Map<String, Value>), String>,
    resumed: Resumed,
}

impl Job {
    /// Whether it gives names where ids go.
    fn has_names(&self) -> bool {
        self.found.as_ref().is_ok_and(|(entry, fields)| IdLookup::has_names(entry, fields))
    }

    /// Whether it makes something, whose name has to be free.
    fn creates(&self) -> bool {
        self.found.as_ref().is_ok_and(|(entry, _)| entry.safety == Safety::NotIdempotent)
    }
}

/// What a line asks for, or why it is not sent.
struct Asked {
    line: u64,
    operation: Value,
    request: Result<Request, Unsent>,
}

/// Why a line is not sent.
enum Unsent {
    Refused(String),
    /// An earlier run has done it.
    Done,
    /// An earlier run may have done it.
    Unclear,
}

pub(crate) fn run(globals: &Globals, options: &BatchOptions) -> Result<ExitCode, Exit> {
    let input = input::open(options.file.as_deref().unwrap_or(Path::new("-")))?;
    let journal: Arc<OnceLock<Journal>> = Arc::default();
    let ended = Arc::clone(&journal);
    let connection = Connection::with_hook(globals, move |event| journal::on_end(&ended, event))?;
    if let Some(path) = options.log.as_deref().filter(|_| !globals.dry_run) {
        let _ = journal.set(Journal::open(path, options.resume, connection.client.account().id().as_str())?);
    }
    ctrl_c::watch()?;
    let style = Style::new(globals);
    let mut output = ResultWriter { style: &style, journal: journal.get(), failed: 0, done: 0, broken: None };
    let mut ids = IdLookup::new(connection.client.clone(), globals.workers());
    let mut batch = Batch { may_remove: globals.yes || globals.dry_run, journal: journal.get(), ids: &mut ids };
    let lines = Lines::read(input)?;
    let stopped = if globals.dry_run {
        describe_all(connection.client.account(), &lines, &mut batch, &mut output)?
    } else {
        send_all(&connection.client, globals.workers(), &lines, &mut batch, &journal, &mut output)
    };

    let ResultWriter { failed, done, broken, .. } = output;
    if let Some(exit) = journal.get().and_then(Journal::failure) {
        return Err(Exit::Failed(format!("{exit}; no other line was begun")));
    }
    match broken.or(stopped.map(Exit::Failed)) {
        Some(exit) => Err(exit),
        None if ctrl_c::interrupted() => Err(Exit::Failed(format!("interrupted after {done} lines"))),
        None if failed > 0 => {
            say(format_args!("cldp: {failed} of {done} lines failed"));
            Ok(ExitCode::from(1))
        }
        None => Ok(ExitCode::SUCCESS),
    }
}

/// Writes the requests that would be sent. Returns why it ended early.
fn describe_all(
    account: &Account,
    lines: &Lines,
    batch: &mut Batch<'_>,
    output: &mut ResultWriter<'_>,
) -> Result<Option<String>, Exit> {
    while let Some(line) = lines.next() {
        let asked = match line.and_then(|(number, text)| batch.read(text, number)) {
            Ok(job) => batch.asked(job),
            Err(why) => return Ok(Some(why)),
        };
        let described = asked.request.as_ref().map(|request| described(account, &request.raw));
        match described {
            Ok(Ok(request)) => output.write(&request)?,
            Ok(Err(exit)) => output.unsent(&asked, &Unsent::Refused(exit.to_string()))?,
            Err(unsent) => output.unsent(&asked, unsent)?,
        }
    }
    Ok(None)
}

/// Sends the lines as they come, several at the same time, and writes their results in the same order, with lines that
/// are not sent in between. Returns why it ended early.
fn send_all(
    client: &Client,
    workers: usize,
    lines: &Lines,
    batch: &mut Batch<'_>,
    journal: &Arc<OnceLock<Journal>>,
    output: &mut ResultWriter<'_>,
) -> Option<String> {
    const AHEAD: usize = 4;

    let most = if workers == 1 { 1 } else { workers.saturating_mul(AHEAD) };
    let sent: Arc<Mutex<BTreeMap<u64, Identity>>> = Arc::default();
    let (known, journal) = (Arc::clone(&sent), Arc::clone(journal));
    let begin = move |place, raw: &Raw| {
        let identity = known.lock().unwrap_or_else(PoisonError::into_inner).remove(&place);
        let Some(Identity { line, fingerprint }) = identity else { return };
        current_line::begin(line);
        journal.get().into_iter().for_each(|journal| journal.begin(line, raw.id(), &fingerprint));
    };
    let mut calls = client.send_all(iter::empty::<Raw>()).workers(workers).in_order().on_begin(begin);
    let (mut taken, mut under_way, mut place) = (VecDeque::new(), 0, 0);
    // What a name means is not known while a line that may give or take one is under way, and whether it is free while a
    // line may free it.
    let (mut held, mut names_change, mut names_are_freed, mut stopped) = (None::<Job>, false, false, None);
    loop {
        while under_way < most && stopped.is_none() {
            let next = || if under_way == 0 { lines.next() } else { lines.next_if_there() };
            let read = || Some(next()?.and_then(|(number, text)| batch.read(text, number)));
            let job = match held.take().map(Ok).or_else(read) {
                Some(Ok(job)) => job,
                Some(Err(why)) => {
                    stopped = Some(why);
                    break;
                }
                None => break,
            };
            if (names_change && job.has_names()) || (names_are_freed && job.creates()) {
                held = Some(job);
                break;
            }
            let identity = Identity { line: job.line, fingerprint: journal::fingerprint(&job.text) };
            let asked = batch.asked(job);
            if let Ok(request) = &asked.request {
                names_change |= IdLookup::is_outdated_by(request);
                names_are_freed |= !request.creates() && (request.removes() || IdLookup::is_outdated_by(request));
                sent.lock().unwrap_or_else(PoisonError::into_inner).insert(place, identity);
                calls.extend([request.raw.clone()]);
                (place, under_way) = (place + 1, under_way + 1);
            }
            taken.push_back(asked);
            if under_way == 0 {
                output.skip_to_sent(&mut taken);
            }
        }
        let Some((_, result)) = calls.next() else { break };
        under_way -= 1;
        if let Some(asked) = output.skip_to_sent(&mut taken) {
            output.result(&asked, result);
        }
        if under_way == 0 {
            (names_change, names_are_freed) = (false, false);
            output.skip_to_sent(&mut taken);
        }
    }
    stopped
}

/// What a line is known by.
struct Identity {
    line: u64,
    fingerprint: String,
}

/// The lines of the input that are not blank, with their numbers, until Ctrl-C. A thread reads them, so that Ctrl-C takes
/// effect at once.
struct Lines(Receiver<Result<(u64, String), String>>);

impl Lines {
    fn read(input: Input) -> Result<Self, Exit> {
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
        Ok(Self(receiver))
    }

    /// Waits for a line.
    fn next(&self) -> Option<Result<(u64, String), String>> {
        while !ctrl_c::interrupted() {
            match self.0.recv_timeout(Duration::from_millis(50)) {
                Ok(line) => return Some(line),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return None,
            }
        }
        None
    }

    /// Returns a line that is there, or is just being read.
    fn next_if_there(&self) -> Option<Result<(u64, String), String>> {
        self.0.recv_timeout(Duration::from_millis(2)).ok().filter(|_| !ctrl_c::interrupted())
    }
}

/// Reads the lines of a batch.
struct Batch<'b> {
    may_remove: bool,
    journal: Option<&'b Journal>,
    ids: &'b mut IdLookup,
}

impl Batch<'_> {
    /// Reads a line. The error ends the batch.
    fn read(&self, text: String, line: u64) -> Result<Job, String> {
        let input = match json::read(&text) {
            Ok(value) => JobInput::deserialize(value).map_err(|error| format!("not an operation: {error}")),
            Err(error @ JsonError::Number { .. }) => Err(error.to_string()),
            Err(error) => Err(format!("not an operation: the line {error}")),
        };
        let found = input.and_then(|JobInput { operation, fields }| {
            let entry = operation_names::find(&operation);
            entry.map(|entry| (entry, fields)).ok_or_else(|| format!("there is no operation {operation:?}"))
        });
        let resumed = match (&found, self.journal) {
            (Ok((entry, _)), Some(journal)) => journal.resumed(line, &text, entry.safety)?,
            _ => Resumed::Send,
        };
        Ok(Job { line, text, found, resumed })
    }

    fn asked(&mut self, job: Job) -> Asked {
        let Job { line, found, resumed, .. } = job;
        let operation = found.as_ref().map_or(Value::Null, |(entry, _)| entry.id.into());
        let request = match (found, resumed) {
            (Err(why), _) => Err(Unsent::Refused(why)),
            (Ok(_), Resumed::Done) => Err(Unsent::Done),
            (Ok(_), Resumed::Unclear) => Err(Unsent::Unclear),
            (Ok((entry, fields)), Resumed::Send) => self.request(entry, fields).map_err(Unsent::Refused),
        };
        Asked { line, operation, request }
    }

    fn request(&mut self, entry: &'static Entry, fields: Map<String, Value>) -> Result<Request, String> {
        let request = Request::new(entry, fields, None)?;
        if request.removes() && !self.may_remove {
            return Err(format!("{}: confirm with --yes; nothing was sent", request.title()));
        }
        let request = self.ids.resolved(request).map_err(|exit| exit.to_string())?;
        self.ids.forget_after(&request);
        Ok(request)
    }
}

struct ResultWriter<'o> {
    style: &'o Style,
    journal: Option<&'o Journal>,
    failed: u64,
    done: u64,
    /// Why results cannot be written any more. What was sent is told on standard error then.
    broken: Option<Exit>,
}

impl ResultWriter<'_> {
    /// Reports the lines that are not sent, up to the next one that was.
    fn skip_to_sent(&mut self, taken: &mut VecDeque<Asked>) -> Option<Asked> {
        loop {
            let asked = taken.pop_front()?;
            match &asked.request {
                Ok(_) => return Some(asked),
                Err(_) if self.broken.is_some() => {}
                Err(unsent) => {
                    let written = self.unsent(&asked, unsent);
                    self.broken = written.err().inspect(|_| ctrl_c::cancel_flag().cancel());
                }
            }
        }
    }

    /// Writes the result of a line. Where that is not possible, it is told on standard error, and no other line begins.
    fn result(&mut self, asked: &Asked, result: Result<Value, Error>) {
        let Ok(request) = &asked.request else { return };
        let told = match &result {
            Ok(_) => "was applied".to_owned(),
            Err(error) => describe(error),
        };
        let is_change = request.entry.safety != Safety::Safe
            && !result.as_ref().is_err_and(|error| error.is_cancelled() && !error.maybe_applied());
        if self.broken.is_none() {
            let Err(exit) = self.write_result(asked, request, result) else { return };
            ctrl_c::cancel_flag().cancel();
            self.broken = Some(match exit {
                Exit::Closed | Exit::Failed(_) if is_change => {
                    Exit::Failed(format!("the result of line {} could not be written: {exit}", asked.line))
                }
                exit => exit,
            });
        }
        if is_change {
            say(format_args!("cldp: line {}: {} {told}", asked.line, request.title()));
            if let Some(broken @ Exit::Closed) = &mut self.broken {
                *broken = Exit::Failed(format!("the result of line {} could not be written: {broken}", asked.line));
            }
        }
    }

    fn write_result(&mut self, asked: &Asked, request: &Request, result: Result<Value, Error>) -> Result<(), Exit> {
        match result {
            Ok(response) => {
                let cursor = response.get("next_cursor").cloned().filter(|_| request.entry.response.next_cursor);
                let unmet = unmet(&response, request);
                let value = value(&response, request.entry).clone();
                let shown = request.creates() && has_secret(&value);
                let value = if shown { value } else { self.style.redacted(value) };
                let mut line = json!({"line": asked.line, "operation": asked.operation, "ok": true, "result": value});
                if let (Some(cursor), Some(line)) = (cursor, line.as_object_mut()) {
                    line.insert("next_cursor".to_owned(), cursor);
                }
                if let (Some(why), Some(line)) = (unmet, line.as_object_mut()) {
                    self.failed += 1;
                    self.journal.into_iter().for_each(|journal| journal.unmet(asked.line, &why));
                    line.insert("ok".to_owned(), false.into());
                    line.insert("error".to_owned(), json!({"message": why, "maybe_applied": true}));
                }
                self.write(&line)
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

    fn unsent(&mut self, asked: &Asked, unsent: &Unsent) -> Result<(), Exit> {
        let (message, maybe_applied) = match unsent {
            Unsent::Done => {
                let line = json!({"line": asked.line, "operation": asked.operation, "ok": true, "earlier": true});
                return self.write(&line);
            }
            Unsent::Refused(why) => (why.as_str(), false),
            Unsent::Unclear => (UNCLEAR, true),
        };
        self.failed += 1;
        let error = json!({"message": message, "maybe_applied": maybe_applied});
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

const UNCLEAR: &str = "an earlier run began it, and it may have been applied; nothing was sent. See whether it was: if not, run \
    the line in a batch of its own";
