//! [`Job`]: what a line asks for, and [`Jobs`], which reads them.

use std::collections::{BTreeSet, VecDeque};

use cloudinary_provisioning::catalog::IdKind;
use cloudinary_provisioning_plan::names::Reference;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::journal::{Journal, Resumed, fingerprint};
use super::lines::Lines;
use crate::args::operation_names;
use crate::args::request::Request;
use crate::connection::ids::{self, IdLookup, is_outdated};
use crate::terminal::ctrl_c;
use crate::terminal::json::{self, JsonError};

/// What a line of the input says.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct JobInput {
    operation: String,
    #[serde(default)]
    fields: Map<String, Value>,
}

/// What a line asks for.
pub(super) struct Job {
    pub(super) line: u64,
    pub(super) fingerprint: String,
    pub(super) operation: Value,
    /// The request, or why it is not sent.
    pub(super) request: Result<Request, Unsent>,
    /// What it names instead of giving its id.
    names: BTreeSet<Reference>,
    /// What kind of thing it gives a name.
    renames: Option<IdKind>,
    /// Whether its names were looked up with those of an earlier line.
    is_looked_up: bool,
}

/// Why a line is not sent.
pub(super) enum Unsent {
    Refused(String),
    /// An earlier run has done it.
    Done,
    /// An earlier run may have done it.
    Unclear,
}

impl Job {
    fn new(line: u64, text: &str, operation: Value, request: Result<Request, Unsent>) -> Self {
        let (names, renames) = match &request {
            Ok(request) => (ids::names(request), ids::renames(request)),
            Err(_) => (BTreeSet::new(), None),
        };
        Self { line, fingerprint: fingerprint(text), operation, request, names, renames, is_looked_up: false }
    }

    /// Whether its names may mean something else once those lines have ended.
    fn is_outdated(&self, renames: &Renames) -> bool {
        renames.0.iter().any(|kind| self.names.iter().any(|name| is_outdated(name, *kind)))
    }

    /// Whether it makes something, whose name has to be free.
    fn creates(&self) -> bool {
        self.request.as_ref().is_ok_and(Request::creates)
    }
}

/// The kinds of things that lines give names.
#[derive(Clone, Default)]
struct Renames(Vec<IdKind>);

impl Renames {
    fn note(&mut self, job: &Job) {
        self.0.extend(job.renames);
    }
}

/// Reads what lines ask for, as far ahead as names are looked up together.
pub(super) struct Jobs<'j> {
    lines: &'j Lines,
    may_remove: bool,
    journal: Option<&'j Journal>,
    ids: IdLookup,
    ahead: VecDeque<Result<Job, String>>,
    /// What lines under way give names.
    renames: Renames,
    /// Whether a line under way may free a name that is taken.
    frees_names: bool,
}

impl<'j> Jobs<'j> {
    pub(super) fn new(lines: &'j Lines, may_remove: bool, journal: Option<&'j Journal>, ids: IdLookup) -> Self {
        Self {
            lines,
            may_remove,
            journal,
            ids,
            ahead: VecDeque::new(),
            renames: Renames::default(),
            frees_names: false,
        }
    }

    /// The next line until Ctrl-C, if need be after a wait for it. An error ends the batch.
    pub(super) fn next(&mut self, wait: bool) -> Option<Result<Job, String>> {
        let ahead = self.ahead.pop_front().filter(|_| !ctrl_c::interrupted());
        ahead.or_else(|| self.read(wait))
    }

    /// Takes a line back that has to wait.
    pub(super) fn put_back(&mut self, job: Job) {
        self.ahead.push_front(Ok(job));
    }

    /// Whether a line has to wait for the end of those under way: what a name means is not known while one of them may give
    /// or take it, and whether it is free while one may free it.
    pub(super) fn has_to_wait(&self, job: &Job) -> bool {
        job.is_outdated(&self.renames) || (self.frees_names && job.creates())
    }

    /// Replaces the names of a line by ids. Those of the lines behind it are looked up with its own.
    pub(super) fn resolve(&mut self, job: &mut Job) {
        let is_looked_up = |name| self.ids.knows(name) || job.is_looked_up && self.ids.misses(name);
        if !job.names.iter().all(is_looked_up) {
            let names = self.names_ahead(job);
            self.ids.look_up(names);
        }
        let request = std::mem::replace(&mut job.request, Err(Unsent::Unclear));
        let resolved = |request| self.ids.resolved(request).map_err(|exit| Unsent::Refused(exit.to_string()));
        job.request = request.and_then(resolved);
    }

    /// Notes that a line is sent.
    pub(super) fn begun(&mut self, job: &Job) {
        let Ok(request) = &job.request else { return };
        self.renames.note(job);
        self.frees_names |= !request.creates() && (request.removes() || job.renames.is_some());
        job.renames.into_iter().for_each(|kind| self.ids.forget(kind));
        if request.removes() {
            self.ids.forget_ambiguous();
        }
    }

    /// Notes that no line is under way.
    pub(super) fn all_ended(&mut self) {
        (self.renames, self.frees_names) = (Renames::default(), false);
    }

    fn read(&self, wait: bool) -> Option<Result<Job, String>> {
        let line = if wait { self.lines.next() } else { self.lines.next_if_there() };
        Some(line?.and_then(|(number, text)| self.job(number, &text)))
    }

    fn job(&self, line: u64, text: &str) -> Result<Job, String> {
        let input = match json::read(text) {
            Ok(value) => JobInput::deserialize(value).map_err(|error| format!("not an operation: {error}")),
            Err(error @ JsonError::Number { .. }) => Err(error.to_string()),
            Err(error) => Err(format!("not an operation: the line {error}")),
        };
        let found = input.and_then(|JobInput { operation, fields }| {
            let entry = operation_names::find(&operation);
            entry.map(|entry| (entry, fields)).ok_or_else(|| format!("there is no operation {operation:?}"))
        });
        let (entry, fields) = match found {
            Ok(found) => found,
            Err(why) => return Ok(Job::new(line, text, Value::Null, Err(Unsent::Refused(why)))),
        };
        let resumed = self.journal.map_or(Ok(Resumed::Send), |journal| journal.resumed(line, text, entry.safety))?;
        let request = match resumed {
            Resumed::Done => Err(Unsent::Done),
            Resumed::Unclear => Err(Unsent::Unclear),
            Resumed::Send => Request::new(entry, fields, None).map_err(Unsent::Refused),
        };
        let request = request.and_then(|request| {
            if request.removes() && !self.may_remove {
                let why = format!("{}: confirm with --yes; nothing was sent", request.title());
                return Err(Unsent::Refused(why));
            }
            Ok(request)
        });
        Ok(Job::new(line, text, entry.id.into(), request))
    }

    /// The unknown names of a line, and of those behind it that are there, as far as they mean the same by then.
    fn names_ahead(&mut self, first: &Job) -> BTreeSet<Reference> {
        /// How many emails the service takes in one call.
        const EMAILS: usize = 100;
        const LINES: usize = 1000;

        let mut names = BTreeSet::new();
        let mut renames = self.renames.clone();
        let mut emails = 0;
        let mut add = |job: &Job, ids: &mut IdLookup| {
            for name in &job.names {
                if !ids.knows(name) && names.insert(name.clone()) && name.kind() == IdKind::User {
                    emails += 1;
                }
            }
            emails
        };
        let mut found = add(first, &mut self.ids);
        renames.note(first);
        for place in 0..LINES {
            if place == self.ahead.len() {
                self.ahead.extend(self.read(false));
            }
            match self.ahead.get_mut(place) {
                Some(Ok(job)) if found < EMAILS && !job.is_outdated(&renames) => {
                    job.is_looked_up = true;
                    found = add(job, &mut self.ids);
                    renames.note(job);
                }
                _ => break,
            }
        }
        names
    }
}
