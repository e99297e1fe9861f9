//! `cldp batch`: operations from JSON lines, results as JSON lines in the same order.

use std::collections::{BTreeMap, VecDeque};
use std::iter;
use std::path::Path;
use std::process::ExitCode;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use cloudinary_provisioning::{Account, Operation, Raw};
use cloudinary_provisioning_ureq::Client;

use self::job::{Jobs, Unsent};
use self::journal::Journal;
use self::lines::Lines;
use self::results::ResultWriter;
use crate::args::cli::BatchOptions;
use crate::args::globals::Globals;
use crate::connection::account::Connection;
use crate::connection::current_line;
use crate::connection::ids::IdLookup;
use crate::connection::send::described;
use crate::output::style::Style;
use crate::terminal::ctrl_c;
use crate::terminal::exit::Exit;
use crate::terminal::input;
use crate::terminal::say::say;

mod job;
mod journal;
mod lines;
mod results;

pub(crate) fn run(globals: &Globals, options: &BatchOptions) -> Result<ExitCode, Exit> {
    let path = options.file.as_deref().unwrap_or(Path::new("-"));
    let input = input::open(path)?;
    let journal: Arc<OnceLock<Journal>> = Arc::default();
    let ended = Arc::clone(&journal);
    let connection = Connection::with_hook(globals, move |event| journal::on_end(&ended, event))?;
    if let Some(path) = options.log.as_deref().filter(|_| !globals.dry_run) {
        let _ = journal.set(Journal::open(path, options.resume, connection.client.account().id().as_str())?);
    }
    ctrl_c::watch()?;
    let style = Style::new(globals);
    let mut output = ResultWriter { style: &style, journal: journal.get(), failed: 0, done: 0, broken: None };
    let ids = IdLookup::new(connection.client.clone(), globals.workers());
    let lines = Lines::read(input, input::is_file(path))?;
    let mut jobs = Jobs::new(&lines, globals.yes || globals.dry_run, journal.get(), ids);
    let stopped = if globals.dry_run {
        describe_all(connection.client.account(), &mut jobs, &mut output)?
    } else {
        send_all(&connection.client, globals.workers(), &mut jobs, &journal, &mut output)
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
fn describe_all(account: &Account, jobs: &mut Jobs<'_>, output: &mut ResultWriter<'_>) -> Result<Option<String>, Exit> {
    while let Some(job) = jobs.next(true) {
        let mut job = match job {
            Ok(job) => job,
            Err(why) => return Ok(Some(why)),
        };
        jobs.resolve(&mut job);
        match job.request.as_ref().map(|request| described(account, &request.raw)) {
            Ok(Ok(request)) => output.write(&request)?,
            Ok(Err(exit)) => output.unsent(&job, &Unsent::Refused(exit.to_string()))?,
            Err(unsent) => output.unsent(&job, unsent)?,
        }
    }
    Ok(None)
}

/// Sends the lines as they come, several at the same time, and writes their results in the same order, with lines that
/// are not sent in between. Returns why it ended early.
fn send_all(
    client: &Client,
    workers: usize,
    jobs: &mut Jobs<'_>,
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
    let (mut taken, mut under_way, mut place, mut stopped) = (VecDeque::new(), 0, 0, None);
    loop {
        while under_way < most && stopped.is_none() {
            let mut job = match jobs.next(under_way == 0) {
                Some(Ok(job)) => job,
                Some(Err(why)) => {
                    stopped = Some(why);
                    break;
                }
                None => break,
            };
            if jobs.has_to_wait(&job) {
                jobs.put_back(job);
                break;
            }
            jobs.resolve(&mut job);
            if let Ok(request) = &job.request {
                let identity = Identity { line: job.line, fingerprint: job.fingerprint.clone() };
                sent.lock().unwrap_or_else(PoisonError::into_inner).insert(place, identity);
                calls.extend([request.raw.clone()]);
                jobs.begun(&job);
                (place, under_way) = (place + 1, under_way + 1);
            }
            taken.push_back(job);
            if under_way == 0 {
                output.skip_to_sent(&mut taken);
            }
        }
        let Some((_, result)) = calls.next() else { break };
        under_way -= 1;
        if let Some(job) = output.skip_to_sent(&mut taken) {
            output.result(&job, result);
        }
        if under_way == 0 {
            jobs.all_ended();
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
