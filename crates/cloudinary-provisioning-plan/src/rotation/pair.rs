//! [`Pair`]: a key, and the one that replaces it.

use std::collections::BTreeMap;

use cloudinary_provisioning::time::OffsetDateTime;
use cloudinary_provisioning::{ApiKey, PrincipalType, SubAccountId};

use crate::manifest::KeyRef;
use crate::names::{NameError, Reference};
use crate::plan::{Blocked, Cause, StepKind};
use crate::snapshot::{FoundKey, FoundPrincipal, Part, Snapshot, in_rotation, successor_name};

/// A key, and the one that replaces it.
pub(super) struct Pair<'s> {
    pub(super) environment: SubAccountId,
    pub(super) cloud_name: &'s str,
    pub(super) old: &'s FoundKey,
    pub(super) new: Option<&'s FoundKey>,
    /// Whether the key itself was named.
    pub(super) is_named: bool,
}

impl Pair<'_> {
    pub(super) fn old_reference(&self) -> KeyRef {
        KeyRef::new(self.cloud_name, &*self.old.name)
    }

    pub(super) fn new_reference(&self) -> KeyRef {
        KeyRef::new(self.cloud_name, successor_name(&self.old.name))
    }

    pub(super) fn principal(&self) -> FoundPrincipal {
        FoundPrincipal::new(PrincipalType::ApiKey, self.old.api_key.as_str())
    }

    /// Whether nothing is left to hand over.
    pub(super) fn is_over(&self) -> bool {
        self.new.is_some() && self.old.enabled == Some(false)
    }

    /// Whether the successor cannot be used.
    pub(super) fn is_stuck(&self) -> bool {
        !self.is_over() && self.new.is_some_and(|new| new.enabled == Some(false))
    }

    /// Why the old key is not to be deleted yet.
    pub(super) fn reason_to_keep(&self, before: OffsetDateTime) -> Option<String> {
        let Some(new) = self.new else { return Some("it was not replaced".to_owned()) };
        match new.created_at {
            _ if new.enabled == Some(false) => Some(format!("{} is disabled", new.name)),
            None => Some(format!("when {} was generated is not known", new.name)),
            Some(created) if created > before => Some(format!("{} was generated on {}", new.name, created.date())),
            Some(_) => None,
        }
    }
}

/// The keys that a rotation is about, and what could not be read.
#[derive(Default)]
pub(super) struct Pairs<'s> {
    pub(super) pairs: BTreeMap<&'s ApiKey, Pair<'s>>,
    pub(super) unread: Vec<Blocked>,
}

impl<'s> Pairs<'s> {
    /// Adds what a reference stands for.
    pub(super) fn add(&mut self, reference: &Reference, snapshot: &'s Snapshot) -> Result<(), String> {
        let of_environment = match reference {
            Reference::Key { environment, .. } => Reference::Environment(environment.clone()),
            Reference::Environment(_) => reference.clone(),
            _ => return Err("is neither an access key nor a product environment".to_owned()),
        };
        if let Err(reason) = snapshot.environments.or_reason() {
            self.add_unread(reference, &reason);
            return Ok(());
        }
        let environment = snapshot.find(&of_environment).map(SubAccountId::from).map_err(|error| error.to_string())?;
        let keys = match snapshot.keys.get(&environment).unwrap_or(&Part::Unread).or_reason() {
            Ok(keys) => keys,
            Err(reason) => {
                self.add_unread(reference, &reason);
                return Ok(());
            }
        };
        let Reference::Key { key, .. } = reference else {
            for old in in_rotation(keys) {
                self.pair(&environment, keys, old, false, snapshot)?;
            }
            return Ok(());
        };
        match snapshot.find(reference) {
            Ok(id) => match keys.iter().find(|found| found.api_key == id) {
                Some(old) => self.pair(&environment, keys, old, true, snapshot),
                None => Err(NameError::missing(reference).to_string()),
            },
            // It was replaced and has gone.
            Err(NameError::Missing { .. }) if keys.iter().any(|found| found.name == successor_name(key)) => Ok(()),
            Err(error) => Err(error.to_string()),
        }
    }

    fn add_unread(&mut self, reference: &Reference, reason: &str) {
        self.unread.push(blocked(shown(reference), reason.to_owned()));
    }

    fn pair(
        &mut self,
        environment: &SubAccountId,
        keys: &'s [FoundKey],
        old: &'s FoundKey,
        is_named: bool,
        snapshot: &'s Snapshot,
    ) -> Result<(), String> {
        let twins = keys.iter().filter(|found| found.name == old.name).count();
        if twins > 1 {
            return Err(format!("{twins} keys of the product environment are called {}", old.name));
        }
        let name = successor_name(&old.name);
        let successors: Vec<_> = keys.iter().filter(|found| found.name == name).collect();
        let new = match successors.as_slice() {
            [] => None,
            [new] if new.created_at.zip(old.created_at).is_some_and(|(new, old)| new < old) => {
                return Err(format!("{name} is older than {}, so it cannot be its successor", old.name));
            }
            [new] => Some(*new),
            _ => return Err(format!("{} keys of the product environment are called {name}", successors.len())),
        };
        let mut environments = snapshot.environments.known().into_iter().flatten();
        let Some(found) = environments.find(|found| found.id == *environment) else {
            return Err("is not in the list of product environments".to_owned());
        };
        let pair = Pair { environment: environment.clone(), cloud_name: &found.cloud_name, old, new, is_named };
        self.pairs.entry(&old.api_key).and_modify(|known| known.is_named |= is_named).or_insert(pair);
        Ok(())
    }
}

pub(super) fn blocked(name: String, reason: String) -> Blocked {
    Blocked { kind: StepKind::Keys, name, cause: Cause::Unread, reason }
}

/// `CLOUD_NAME/KEY`, or the product environment.
pub(super) fn shown(reference: &Reference) -> String {
    match reference {
        Reference::Key { environment, key } => format!("{environment}/{key}"),
        other => other.text().to_owned(),
    }
}
