//! Ids in place of the names that a request gives.

use std::collections::{BTreeMap, BTreeSet};

use cloudinary_provisioning::catalog::IdKind;
use cloudinary_provisioning_plan::names::{NameError, Reference, references, renamed, with_ids};
use cloudinary_provisioning_plan::snapshot::Part;
use cloudinary_provisioning_plan::{Snapshot, Survey};
use cloudinary_provisioning_ureq::Client;

use super::reading::Reading;
use crate::args::request::Request;
use crate::terminal::exit::Exit;
use crate::terminal::progress::ProgressLine;

/// Looks names up, each once.
pub(crate) struct IdLookup {
    reading: Reading,
    found: BTreeMap<Reference, String>,
    /// What the last look-up did not find.
    missing: BTreeMap<Reference, Missing>,
    /// Lists that know more than was asked for. The newest comes last.
    snapshots: Vec<Snapshot>,
}

/// Why a name has no id.
#[derive(Clone)]
struct Missing {
    why: Exit,
    /// Whether it has one once others are gone that have the name too.
    is_ambiguous: bool,
}

impl IdLookup {
    pub(crate) fn new(client: Client, workers: usize) -> Self {
        Self {
            reading: Reading::new(client, workers, &ProgressLine::hidden()),
            found: BTreeMap::new(),
            missing: BTreeMap::new(),
            snapshots: Vec::new(),
        }
    }

    /// Looks up what is not known, in as few calls as answer all of it.
    pub(crate) fn look_up(&mut self, names: impl IntoIterator<Item = Reference>) {
        let open: Vec<_> = names.into_iter().filter(|name| !self.knows(name)).collect();
        self.missing.clear();
        if open.is_empty() {
            return;
        }
        let snapshot = match self.reading.snapshot(Survey::names(open.iter().cloned())) {
            Ok(snapshot) => snapshot,
            Err(why) => {
                let missing = Missing { why, is_ambiguous: false };
                return self.missing.extend(open.into_iter().map(|name| (name, missing.clone())));
            }
        };
        // Users are looked up by email; the other lists know more than was asked for.
        let knows_more = open.iter().any(|name| name.kind() != IdKind::User);
        for name in open {
            match snapshot.find(&name) {
                Ok(id) => drop(self.found.insert(name, id)),
                Err(error) => {
                    let is_ambiguous = matches!(error, NameError::Ambiguous { .. });
                    self.missing.insert(name, Missing { why: unknown(error), is_ambiguous });
                }
            }
        }
        if knows_more {
            self.snapshots.push(snapshot);
        }
    }

    /// Returns the request with ids in place of names, which were looked up.
    pub(crate) fn resolved(&self, request: Request) -> Result<Request, Exit> {
        let id = |name: &Reference| match (self.found.get(name), self.missing.get(name)) {
            (Some(id), _) => Ok(id.clone()),
            (None, Some(missing)) => Err(missing.why.clone()),
            (None, None) => Err(Exit::Failed(format!("the {name} was not looked up; nothing was sent"))),
        };
        let fields = with_ids(request.entry, &request.fields, id)?;
        if fields == request.fields {
            Ok(request)
        } else {
            Request::new(request.entry, fields, None).map_err(Exit::Usage)
        }
    }

    /// Whether the id is known without looking it up.
    pub(crate) fn knows(&mut self, name: &Reference) -> bool {
        if self.found.contains_key(name) {
            return true;
        }
        // What a newer list says of it counts.
        let id = self.snapshots.iter().rev().find_map(|snapshot| match snapshot.find(name) {
            Err(NameError::Unread { .. }) => None,
            found => Some(found.ok()),
        });
        id.flatten().is_some_and(|id| self.found.insert(name.clone(), id).is_none())
    }

    /// Whether the last look-up did not find it.
    pub(crate) fn misses(&self, name: &Reference) -> bool {
        self.missing.contains_key(name)
    }

    /// Forgets that names are ambiguous, since something is removed.
    pub(crate) fn forget_ambiguous(&mut self) {
        self.missing.retain(|_, missing| !missing.is_ambiguous);
    }

    /// Forgets the names that may mean something else once a thing of this kind has another name.
    pub(crate) fn forget(&mut self, kind: IdKind) {
        self.found.retain(|name, _| !is_outdated(name, kind));
        for snapshot in &mut self.snapshots {
            match kind {
                IdKind::Group => snapshot.groups = Part::Unread,
                IdKind::Role => snapshot.all_roles = Part::Unread,
                IdKind::ApiKey => snapshot.keys.clear(),
                IdKind::Policy => snapshot.policies.clear(),
                IdKind::SubAccount => snapshot.environments = Part::Unread,
                _ => snapshot.users = Part::Unread,
            }
        }
    }
}

/// Whether a name may mean something else once a thing of this kind has another name.
pub(crate) fn is_outdated(name: &Reference, renamed: IdKind) -> bool {
    let is_within = matches!(name.kind(), IdKind::ApiKey | IdKind::Policy);
    name.kind() == renamed || is_within && renamed == IdKind::SubAccount
}

/// What a request names instead of giving its id.
pub(crate) fn names(request: &Request) -> BTreeSet<Reference> {
    references(request.entry, &request.fields)
}

/// What kind of thing the request may give a name.
pub(crate) fn renames(request: &Request) -> Option<IdKind> {
    renamed(request.entry, &request.fields)
}

fn unknown(error: NameError) -> Exit {
    match error {
        NameError::Unread { .. } => {
            Exit::failed(format!("{error}; nothing was sent. id:ID is an id that is not looked up"))
        }
        error => Exit::usage(format!("{error}; nothing was sent")),
    }
}
