//! Ids in place of the names that a request gives.

use std::collections::BTreeMap;

use cloudinary_provisioning::catalog::Entry;
use cloudinary_provisioning_plan::names::{NameError, Reference, references, with_ids};
use cloudinary_provisioning_plan::{Snapshot, Survey};
use cloudinary_provisioning_ureq::Client;
use serde_json::{Map, Value};

use super::reader::Reader;
use super::reading::Reading;
use crate::args::request::Request;
use crate::terminal::exit::Exit;
use crate::terminal::progress::ProgressLine;

/// Looks names up, each once.
pub(crate) struct IdLookup {
    reader: Reader,
    workers: usize,
    found: BTreeMap<Reference, String>,
    /// The newest comes last.
    snapshots: Vec<Snapshot>,
}

impl IdLookup {
    pub(crate) fn new(client: Client, workers: usize) -> Self {
        Self { reader: Reader::new(client), workers, found: BTreeMap::new(), snapshots: Vec::new() }
    }

    /// Returns the request with ids in place of names.
    pub(crate) fn resolved(&mut self, request: Request) -> Result<Request, Exit> {
        let mut open = references(request.entry, &request.fields);
        open.retain(|reference| !self.is_found(reference));
        if !open.is_empty() {
            let progress = ProgressLine::hidden();
            let reading = Reading { reader: &self.reader, workers: self.workers, progress: &progress };
            let snapshot = reading.snapshot(Survey::names(open.iter().cloned()))?;
            for reference in open {
                let id = snapshot.find(&reference).map_err(unknown)?;
                self.found.insert(reference, id);
            }
            // Each user is looked up by email; the other lists know more than was asked for.
            if snapshot.environments.known().is_some()
                || snapshot.groups.known().is_some()
                || snapshot.all_roles.known().is_some()
            {
                self.snapshots.push(snapshot);
            }
        }
        let id = |reference: &Reference| Ok(self.found.get(reference).cloned().unwrap_or_default());
        let fields = with_ids::<Exit>(request.entry, &request.fields, id)?;
        if fields == request.fields {
            Ok(request)
        } else {
            Request::new(request.entry, fields, None).map_err(Exit::Usage)
        }
    }

    /// Whether a request gives names where ids go.
    pub(crate) fn has_names(entry: &Entry, fields: &Map<String, Value>) -> bool {
        !references(entry, fields).is_empty()
    }

    /// Whether the request may give a name to something, or take it away.
    pub(crate) fn is_outdated_by(request: &Request) -> bool {
        const NAMES: [&str; 3] = ["name", "email", "cloud_name"];
        NAMES.iter().any(|name| request.fields.contains_key(*name))
    }

    /// Forgets what was looked up if the request [may outdate](Self::is_outdated_by) it.
    pub(crate) fn forget_after(&mut self, request: &Request) {
        if Self::is_outdated_by(request) {
            self.found.clear();
            self.snapshots.clear();
        }
    }

    fn is_found(&mut self, reference: &Reference) -> bool {
        if self.found.contains_key(reference) {
            return true;
        }
        let id = self.snapshots.iter().rev().find_map(|snapshot| snapshot.find(reference).ok());
        id.is_some_and(|id| self.found.insert(reference.clone(), id).is_none())
    }
}

fn unknown(error: NameError) -> Exit {
    match error {
        NameError::Unread { .. } => {
            Exit::failed(format!("{error}; nothing was sent. id:ID is an id that is not looked up"))
        }
        error => Exit::usage(format!("{error}; nothing was sent")),
    }
}
