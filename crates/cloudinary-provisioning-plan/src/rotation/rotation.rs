//! [`Rotation`]: replaces access keys.

use std::collections::BTreeSet;
use std::fmt;

use cloudinary_provisioning::time::OffsetDateTime;
use cloudinary_provisioning::{ApiKey, SubAccountId};
use serde::Serialize;

use crate::manifest::{Assignment, Key, KeyRef, Manifest, Principal};
use crate::names::Reference;
use crate::plan::{Blocked, Handle, Made, More, Plan, PlanError, PlanProblem, dedicate, delete, retire};
use crate::shown::Shown;
use crate::snapshot::{Part, Snapshot};
use crate::survey::Survey;

use super::pair::{Pair, Pairs, blocked, shown};

/// What becomes of the keys that are replaced.
///
/// ```
/// use cloudinary_provisioning_plan::rotation::OldKeys;
///
/// assert_eq!(OldKeys::default(), OldKeys::Keep);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum OldKeys {
    /// They stay as they are.
    #[default]
    Keep,
    /// Each is disabled once its successor has everything.
    Disable,
    /// No key is generated. Each that has an enabled successor goes, if the successor was generated before this time.
    Delete {
        /// The time before which the successor has to have been generated.
        before: OffsetDateTime,
    },
}

/// Replaces access keys: each gets a successor with its roles and with what it is set aside for.
///
/// The successor of `ci` is called `ci-rotated-1`, that of `ci-rotated-1` is called `ci-rotated-2`. The account so says by
/// itself how far a rotation has come: a run that was broken off at any point goes on when it is planned anew, and no key
/// gets two successors. A product environment stands for its keys in use, without the one that came with it and without
/// those that replace one that is still there.
///
/// It is a plan as that of a manifest, for the same guards and the same [`Apply`](crate::Apply). The old key is disabled
/// only after the successor's secret is stored and the successor has everything. One report says that the service ignores
/// a request to disable a key: that step then fails.
///
/// ```
/// use cloudinary_provisioning::PrincipalType;
/// use cloudinary_provisioning_plan::Rotation;
/// use cloudinary_provisioning_plan::names::Reference;
/// use cloudinary_provisioning_plan::rotation::OldKeys;
/// use cloudinary_provisioning_plan::snapshot::{
///     FoundAssignment, FoundEnvironment, FoundKey, FoundPrincipal, FoundScope, Part, Snapshot,
/// };
///
/// let rotation = Rotation::new([Reference::key("shop", "ci")]).old_keys(OldKeys::Disable);
/// // What `rotation.survey()` brings:
/// let mut account = Snapshot::new();
/// account.environments = Part::Known(vec![FoundEnvironment::new("s1", "shop")]);
/// account.keys.insert("s1".into(), Part::Known(vec![FoundKey::new("814", "ci")]));
/// let key = FoundPrincipal::new(PrincipalType::ApiKey, "814");
/// account.assignments_of_principals.insert(key.clone(), Part::Known(()));
/// account.assignments.insert(FoundAssignment::new("uploader", FoundScope::AllEnvironments, key));
///
/// let plan = rotation.plan(&account)?;
/// let steps: Vec<_> = plan.steps().iter().map(ToString::to_string).collect();
/// assert_eq!(
///     steps,
///     [
///         "+ key shop/ci-rotated-1  (yields a secret)",
///         "+ assignment uploader (prodenv) to key:shop/ci-rotated-1",
///         "- key shop/ci: disable  enabled: true → false",
///     ],
/// );
/// # Ok::<(), cloudinary_provisioning_plan::plan::PlanError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rotation {
    keys: BTreeSet<Reference>,
    old: OldKeys,
    roles: bool,
}

/// A successor that an earlier run has generated: its secret may not be stored.
///
/// ```
/// use cloudinary_provisioning::access_keys;
/// use cloudinary_provisioning_plan::rotation::Successor;
///
/// /// Reads it again, with its secret, if the service still shows it.
/// fn list(successor: &Successor) -> access_keys::List {
///     access_keys::List::new(&successor.environment)
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Successor {
    /// The id of the product environment.
    pub environment: SubAccountId,
    /// The cloud name of the product environment, and the name of the key.
    pub reference: KeyRef,
    /// The key.
    pub api_key: ApiKey,
}

/// An old key that is not deleted, and why.
///
/// ```
/// use cloudinary_provisioning_plan::rotation::Kept;
///
/// fn names(kept: &[Kept]) -> Vec<&str> {
///     kept.iter().map(|kept| kept.name.as_str()).collect()
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[non_exhaustive]
pub struct Kept {
    /// Which one: `CLOUD_NAME/KEY`.
    pub name: String,
    /// Why it stays.
    pub reason: String,
}

impl fmt::Display for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "! key {} stays: {}", Shown(&self.name), Shown(&self.reason))
    }
}

impl Rotation {
    /// Prepares to replace keys: [`Reference::Key`] for one, [`Reference::Environment`] for those of a product environment.
    pub fn new(keys: impl IntoIterator<Item = Reference>) -> Self {
        Self { keys: keys.into_iter().collect(), old: OldKeys::Keep, roles: true }
    }

    /// Sets what becomes of the old keys. By default they stay.
    pub fn old_keys(mut self, old: OldKeys) -> Self {
        self.old = old;
        self
    }

    /// Sets whether successors get roles. By default they do, and an account without roles has none to read.
    pub fn roles(mut self, roles: bool) -> Self {
        self.roles = roles;
        self
    }

    /// Returns the survey that reads what the plan needs.
    ///
    /// ```
    /// use cloudinary_provisioning_plan::Rotation;
    /// use cloudinary_provisioning_plan::names::Reference;
    ///
    /// let estimate = Rotation::new([Reference::key("shop", "ci")]).survey().estimate();
    /// assert_eq!(
    ///     estimate.to_string(),
    ///     "at least 1 call: assignments at least 0 (two for each principal), environments 1, \
    ///      keys at least 0 (one for each environment)",
    /// );
    /// ```
    pub fn survey(&self) -> Survey {
        Survey::rotation(&self.keys, self.roles && !matches!(self.old, OldKeys::Delete { .. }))
    }

    /// Plans the steps. A key of which not everything could be read is not replaced, and then nothing is taken away.
    ///
    /// # Errors
    ///
    /// Returns every key that is not there, or that several keys could be, and every successor that is disabled or older
    /// than the key that it would replace.
    pub fn plan(&self, snapshot: &Snapshot) -> Result<Plan, PlanError> {
        let Pairs { pairs, unread } = self.pairs(snapshot)?;
        let mut more = More { unread, ..More::default() };
        let mut manifest = Manifest::new();
        let disabled = pairs.values().filter(|pair| pair.is_stuck() && !matches!(self.old, OldKeys::Delete { .. }));
        let problems: Vec<_> = disabled
            .map(|pair| {
                PlanProblem::of(pair.new_reference().to_string(), "is disabled: enable or delete it".to_owned())
            })
            .collect();
        if !problems.is_empty() {
            return Err(PlanError::new(problems));
        }
        for pair in pairs.values() {
            match self.old {
                OldKeys::Delete { before } if pair.reason_to_keep(before).is_none() => {
                    more.steps.push(delete(&pair.old_reference(), &pair.environment, pair.old));
                }
                OldKeys::Delete { .. } => {}
                OldKeys::Keep | OldKeys::Disable => self.replace(pair, snapshot, &mut manifest, &mut more),
            }
        }
        Plan::with_more(manifest.check()?, snapshot, more)
    }

    /// Returns the successors that are there already and whose keys are still in use. Make sure that their secrets are
    /// stored before the plan is made: the run that has generated them may have ended before it could do so.
    pub fn successors(&self, snapshot: &Snapshot) -> Vec<Successor> {
        let pairs = self.pairs(snapshot).map(|pairs| pairs.pairs).unwrap_or_default();
        let is_open = |pair: &&Pair<'_>| !pair.is_over() && !matches!(self.old, OldKeys::Delete { .. });
        let open = pairs.values().filter(is_open).filter_map(|pair| {
            Some(Successor {
                environment: pair.environment.clone(),
                reference: pair.new_reference(),
                api_key: pair.new?.api_key.clone(),
            })
        });
        open.collect()
    }

    /// Returns the old keys that are not deleted yet.
    pub fn kept(&self, snapshot: &Snapshot) -> Vec<Kept> {
        let OldKeys::Delete { before } = self.old else { return Vec::new() };
        let pairs = self.pairs(snapshot).map(|pairs| pairs.pairs).unwrap_or_default();
        let concerned = pairs.values().filter(|pair| pair.is_named || pair.new.is_some());
        let mut kept: Vec<_> = concerned
            .filter_map(|pair| {
                Some(Kept { name: pair.old_reference().to_string(), reason: pair.reason_to_keep(before)? })
            })
            .collect();
        kept.sort();
        kept
    }

    fn replace(&self, pair: &Pair<'_>, snapshot: &Snapshot, manifest: &mut Manifest, more: &mut More) {
        let new = pair.new_reference();
        if pair.is_over() {
            return manifest.keys.push(Key::new(&new.environment, &new.name));
        }
        match self.assignments(pair, snapshot) {
            Ok(assignments) => manifest.assignments.extend(assignments),
            Err(unread) => return more.unread.extend(unread),
        }
        manifest.keys.push(Key::new(&new.environment, &new.name));
        let handle = match pair.new {
            Some(found) => Handle::Known(found.api_key.to_string()),
            None => Handle::Made(Made::Key(new.environment.to_string(), new.name.to_string())),
        };
        let had = pair.new.map_or(&[][..], |found| found.dedicated_for.as_slice());
        for purpose in pair.old.dedicated_for.iter().filter(|purpose| !had.contains(purpose)) {
            more.steps.push(dedicate(&new, &pair.environment, handle.clone(), purpose));
        }
        if self.old == OldKeys::Disable {
            more.steps.push(retire(&pair.old_reference(), &pair.environment, pair.old, handle));
        }
    }

    /// The old key's roles, for the new one.
    fn assignments(&self, pair: &Pair<'_>, snapshot: &Snapshot) -> Result<Vec<Assignment>, Vec<Blocked>> {
        if !self.roles {
            return Ok(Vec::new());
        }
        let unread = |reason: &str| {
            blocked(pair.old_reference().to_string(), format!("the key's roles are not known: {reason}"))
        };
        let old = pair.principal();
        match snapshot.assignments_of_principals.get(&old).unwrap_or(&Part::Unread) {
            Part::Known(()) => {}
            Part::Failed(reason) => return Err(vec![unread(reason)]),
            Part::Unread => return Err(vec![unread("they were not read")]),
        }
        let (mut assignments, left_out) = snapshot.assignments_of(|principal| *principal == old);
        if !left_out.is_empty() {
            return Err(left_out.iter().map(|left_out| unread(&left_out.to_string())).collect());
        }
        for assignment in &mut assignments {
            assignment.to = [Principal::Key(pair.new_reference())].into();
        }
        Ok(assignments)
    }

    fn pairs<'s>(&self, snapshot: &'s Snapshot) -> Result<Pairs<'s>, PlanError> {
        let mut found = Pairs::default();
        let mut problems = Vec::new();
        for reference in &self.keys {
            if let Err(message) = found.add(reference, snapshot) {
                problems.push(PlanProblem::of(shown(reference), message));
            }
        }
        if problems.is_empty() { Ok(found) } else { Err(PlanError::new(problems)) }
    }
}
