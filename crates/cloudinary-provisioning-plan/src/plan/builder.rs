//! [`Builder`]: what a plan is made of while it is made, and how references find their objects.

use std::collections::{BTreeMap, BTreeSet};

use cloudinary_provisioning::{PrincipalType, SubAccountId, UserId};

use crate::manifest::{
    Email, Environment, EnvironmentRef, Group, Key, KeyRef, Manifest, Name, Object, ObjectKind, Principal, Scope, User,
};
use crate::snapshot::{
    FoundAssignment, FoundEnvironment, FoundGroup, FoundKey, FoundPrincipal, FoundScope, FoundUser, Part, ROOT_KEY,
    Snapshot, fold,
};

use super::blocked::{Blocked, Cause};
use super::pairing::{Names, Pairing, pair};
use super::problem::PlanProblem;
use super::step::{Step, StepKind};
use super::work::{Handle, Made, ScopeHandle};

/// Why something cannot be planned.
#[derive(Clone, Debug)]
pub(crate) enum Obstacle {
    /// The manifest asks for something that cannot be.
    Problem(String),
    /// Something that it depends on could not be read.
    Unknown(String),
    /// Several objects of the account have a name that it needs.
    Ambiguous(String),
}

pub(crate) type Resolved<T> = Result<T, Obstacle>;

pub(crate) struct Builder<'a> {
    pub(crate) manifest: &'a Manifest,
    pub(crate) snapshot: &'a Snapshot,
    pub(crate) steps: Vec<Step>,
    pub(crate) problems: Vec<PlanProblem>,
    pub(crate) blocked: Vec<Blocked>,
    pub(crate) unchanged: BTreeMap<StepKind, usize>,
    pub(crate) environments: Index<'a, Environment, FoundEnvironment>,
    pub(crate) groups: Index<'a, Group, FoundGroup>,
    pub(crate) users: Index<'a, User, FoundUser>,
    /// By the id of the product environment.
    pub(crate) keys: BTreeMap<&'a SubAccountId, Index<'a, Key, FoundKey>>,
    /// Assignments that steps take away.
    pub(crate) unassigned: BTreeSet<FoundAssignment>,
    /// Where each key is, by its text.
    environment_of_key: BTreeMap<&'a str, &'a SubAccountId>,
}

impl<'a> Builder<'a> {
    pub(crate) fn new(manifest: &'a Manifest, snapshot: &'a Snapshot) -> Self {
        let environments = Index::new(
            manifest
                .environments
                .iter()
                .map(|declared| (declared, Names::new(&declared.cloud_name, declared.was.as_ref()))),
            &snapshot.environments,
            |found| (found.id.as_str(), found.cloud_name.clone()),
        );
        let groups = Index::new(
            manifest.groups.iter().map(|declared| (declared, Names::new(&declared.name, declared.was.as_ref()))),
            &snapshot.groups,
            |found| (found.id.as_str(), found.name.clone()),
        );
        let users = Index::new(
            manifest
                .users
                .iter()
                .map(|declared| (declared, Names::new(fold(&declared.email), declared.was.as_ref().map(fold)))),
            &snapshot.users,
            |found| (found.id.as_str(), fold(&found.email)),
        );
        let mut builder = Self {
            manifest,
            snapshot,
            steps: Vec::new(),
            problems: Vec::new(),
            blocked: Vec::new(),
            unchanged: BTreeMap::new(),
            environments,
            groups,
            users,
            keys: BTreeMap::new(),
            unassigned: BTreeSet::new(),
            environment_of_key: BTreeMap::new(),
        };
        let mut keys_of: BTreeMap<String, Vec<&Key>> = BTreeMap::new();
        for key in &manifest.keys {
            if let Ok(Handle::Known(id)) = builder.environment(&key.environment) {
                keys_of.entry(id).or_default().push(key);
            }
        }
        for (id, found) in &snapshot.keys {
            let declared = keys_of.get(id.as_str()).into_iter().flatten().copied();
            let index = Index::new(
                declared.map(|declared| (declared, Names::new(&declared.name, declared.was.as_ref()))),
                found,
                |found| (found.api_key.as_str(), found.name.clone()),
            );
            builder.keys.insert(id, index);
            let keys = found.known().map_or(&[][..], Vec::as_slice);
            builder.environment_of_key.extend(keys.iter().map(|key| (key.api_key.as_str(), id)));
        }
        builder
    }

    /// Notes what keeps an object from being planned.
    pub(crate) fn block(&mut self, object: Object<'_>, obstacle: Obstacle) {
        match obstacle {
            Obstacle::Problem(message) => self.problems.push(PlanProblem::new(object, message)),
            Obstacle::Unknown(reason) => self.unknown(StepKind::of(object.kind()), object.name(), reason),
            Obstacle::Ambiguous(reason) => self.ambiguous(StepKind::of(object.kind()), object.name(), reason),
        }
    }

    /// Notes what is not planned, because it depends on what could not be read.
    pub(crate) fn unknown(&mut self, kind: StepKind, name: impl Into<String>, reason: impl Into<String>) {
        self.blocked.push(Blocked { kind, name: name.into(), cause: Cause::Unread, reason: reason.into() });
    }

    /// Notes what is not planned, because several objects have a name that it needs.
    pub(crate) fn ambiguous(&mut self, kind: StepKind, name: impl Into<String>, reason: impl Into<String>) {
        self.blocked.push(Blocked { kind, name: name.into(), cause: Cause::Ambiguous, reason: reason.into() });
    }

    pub(crate) fn unchanged(&mut self, kind: StepKind) {
        *self.unchanged.entry(kind).or_default() += 1;
    }

    pub(crate) fn is_ignored(&self, kind: ObjectKind, name: &str) -> bool {
        self.manifest.ignore.matches(kind, name)
    }

    pub(crate) fn prunes(&self, kind: ObjectKind) -> bool {
        self.manifest.prune.contains(&kind)
    }

    /// The product environment of this cloud name.
    pub(crate) fn environment(&self, name: &str) -> Resolved<Handle> {
        self.environments.resolve(
            name,
            "product environment",
            |found| found.id.to_string(),
            |declared| (!declared.is_absent()).then(|| Made::Environment(declared.cloud_name.to_string())),
        )
    }

    /// The product environment of a user's list.
    pub(crate) fn environment_ref(&self, reference: &EnvironmentRef) -> Resolved<Handle> {
        let by_id = |id: &str| {
            self.environments.reason()?;
            let known = self.environments.by_id(id).is_some();
            let handle = known.then(|| Handle::Known(id.to_owned()));
            handle.ok_or_else(|| Obstacle::Problem(format!("there is no product environment with the id {id}")))
        };
        match reference {
            EnvironmentRef::Id(id) => by_id(id),
            EnvironmentRef::Named(name) => match self.environment(name) {
                Err(Obstacle::Problem(message)) => by_id(name).map_err(|_| Obstacle::Problem(message)),
                other => other,
            },
        }
    }

    pub(crate) fn user(&self, email: &Email) -> Resolved<Handle> {
        self.users.resolve(
            &fold(email),
            "user",
            |found| found.id.to_string(),
            |declared| (!declared.is_absent()).then(|| Made::User(declared.email.clone())),
        )
    }

    pub(crate) fn group(&self, name: &str) -> Resolved<Handle> {
        self.groups.resolve(
            name,
            "group",
            |found| found.id.to_string(),
            |declared| (!declared.is_absent()).then(|| Made::Group(declared.name.to_string())),
        )
    }

    /// The text of an access key.
    pub(crate) fn key(&self, key: &KeyRef) -> Resolved<Handle> {
        let missing = || Obstacle::Problem(format!("there is no key {key}, neither declared nor in the account"));
        match self.environment(&key.environment)? {
            Handle::Known(id) => match self.keys.get(&SubAccountId::from(id)) {
                None => Err(Obstacle::Unknown(format!("the keys of {} were not read", key.environment))),
                Some(index) => {
                    let made = || Made::Key(key.environment.to_string(), key.name.to_string());
                    let handle = index.resolve(
                        &key.name,
                        "key",
                        |found| found.api_key.to_string(),
                        |declared| (!declared.is_absent()).then(made),
                    )?;
                    match handle.known().and_then(|id| index.by_id(id)) {
                        Some((found, None)) if self.is_pruned_key(&key.environment, found) => Err(Obstacle::Problem(
                            format!("key {key} is not declared, and `prune` removes what is not"),
                        )),
                        _ => Ok(handle),
                    }
                }
            },
            Handle::Made(_) if &*key.name == ROOT_KEY => {
                Ok(Handle::Made(Made::Key(key.environment.to_string(), key.name.to_string())))
            }
            Handle::Made(_) => {
                let declared = self.manifest.keys.iter().any(|declared| {
                    declared.environment == key.environment && declared.name == key.name && !declared.is_absent()
                });
                let made = Made::Key(key.environment.to_string(), key.name.to_string());
                declared.then_some(Handle::Made(made)).ok_or_else(missing)
            }
        }
    }

    /// Whether a key that is not declared goes. Root keys stay.
    pub(crate) fn is_pruned_key(&self, cloud_name: &str, found: &FoundKey) -> bool {
        self.prunes(ObjectKind::Keys)
            && !found.root
            && !self.is_ignored(ObjectKind::Environments, cloud_name)
            && !self.is_ignored(ObjectKind::Keys, &format!("{cloud_name}/{}", found.name))
    }

    pub(crate) fn principal(&self, principal: &Principal) -> Resolved<(PrincipalType, Handle)> {
        Ok(match principal {
            Principal::User(email) => (PrincipalType::User, self.user(email)?),
            Principal::Group(name) => (PrincipalType::Group, self.group(name)?),
            Principal::Key(key) => (PrincipalType::ApiKey, self.key(key)?),
            Principal::ProvisioningKey(key) => (PrincipalType::ProvisioningKey, Handle::Known(key.to_string())),
        })
    }

    pub(crate) fn scope(&self, scope: &Scope) -> Resolved<ScopeHandle> {
        Ok(match scope {
            Scope::Account => ScopeHandle::Account,
            Scope::AllEnvironments => ScopeHandle::AllEnvironments,
            Scope::Environment(name) => ScopeHandle::Environment(self.environment(name)?),
        })
    }

    /// What a product environment is called after the plan: its cloud name, or `id:` and its id.
    pub(crate) fn environment_name(&self, id: &SubAccountId) -> String {
        match self.environments.by_id(id.as_str()) {
            Some((_, Some(declared))) => declared.cloud_name.to_string(),
            Some((found, None)) => found.cloud_name.clone(),
            None => EnvironmentRef::Id(Name::new(id.as_str())).to_string(),
        }
    }

    pub(crate) fn user_name(&self, id: &UserId) -> String {
        match self.users.by_id(id.as_str()) {
            Some((_, Some(declared))) => declared.email.to_string(),
            Some((found, None)) => found.email.clone(),
            None => self.snapshot.member_emails.get(id).cloned().unwrap_or_else(|| format!("id:{id}")),
        }
    }

    /// What a manifest would call a principal, or `None` where nothing is known of it but the id.
    pub(crate) fn principal_name(&self, principal: &FoundPrincipal) -> Option<Principal> {
        let id = principal.id.as_str();
        Some(match principal.kind {
            PrincipalType::User => match self.users.by_id(id)? {
                (_, Some(declared)) => Principal::user(&declared.email),
                (found, None) => Principal::user(&*found.email),
            },
            PrincipalType::Group => match self.groups.by_id(id)? {
                (_, Some(declared)) => Principal::group(&declared.name),
                (found, None) => Principal::group(&*found.name),
            },
            PrincipalType::ApiKey => {
                let environment = self.environment_of_key.get(id)?;
                let name = match self.keys.get(environment)?.by_id(id)? {
                    (_, Some(declared)) => declared.name.clone(),
                    (found, None) => Name::new(&*found.name),
                };
                Principal::Key(KeyRef::new(self.environment_name(environment), name))
            }
            PrincipalType::ProvisioningKey => Principal::provisioning_key(id),
            _ => return None,
        })
    }

    pub(crate) fn scope_name(&self, scope: &FoundScope) -> Scope {
        match scope {
            FoundScope::Account => Scope::Account,
            FoundScope::AllEnvironments => Scope::AllEnvironments,
            FoundScope::Environment(id) => Scope::environment(self.environment_name(id)),
        }
    }

    /// The environments that the plan deletes: what is in them goes with them.
    pub(crate) fn is_deleted(&self, id: &SubAccountId) -> bool {
        self.environments
            .pairs()
            .any(|(declared, pairing)| declared.is_absent() && pairing.found().is_some_and(|found| found.id == *id))
    }
}

/// The declared objects of a kind beside those found.
pub(crate) struct Index<'a, D, F> {
    declared: Vec<(&'a D, Pairing<&'a F>)>,
    /// Places in `declared`, by name.
    by_name: BTreeMap<String, usize>,
    /// Found objects with what they are declared as, by id.
    by_id: BTreeMap<&'a str, (&'a F, Option<&'a D>)>,
    /// Found objects that are not declared, by name; without those that a declared object might be.
    others: BTreeMap<String, Vec<&'a F>>,
    /// The ids of found objects that share their names with others.
    twins: BTreeSet<&'a str>,
    /// Names in the account that several objects have, and a declared one needs.
    ambiguous: BTreeSet<String>,
    /// Why the found ones are not known.
    reason: Option<String>,
}

impl<'a, D, F> Index<'a, D, F> {
    /// `key` is the id and the name of a found object.
    fn new(
        declared: impl Iterator<Item = (&'a D, Names)>,
        found: &'a Part<Vec<F>>,
        key: impl Fn(&'a F) -> (&'a str, String),
    ) -> Self {
        let (declared, names): (Vec<_>, Vec<_>) = declared.unzip();
        let all = found.known().map_or(&[][..], Vec::as_slice);
        let keys: Vec<_> = all.iter().map(key).collect();
        let pairings = pair(&names, keys.iter().map(|(_, name)| &**name));
        let paired: BTreeMap<usize, &D> = pairings
            .iter()
            .zip(&declared)
            .filter_map(|(pairing, declared)| Some((pairing.found()?, *declared)))
            .collect();
        let needed = pairings.iter().zip(&names).filter(|(pairing, _)| matches!(pairing, Pairing::Ambiguous(_)));
        let ambiguous: BTreeSet<_> =
            needed.flat_map(|(_, names)| [Some(names.name.clone()), names.was.clone()]).flatten().collect();
        let mut holders: BTreeMap<&str, usize> = BTreeMap::new();
        for (_, name) in &keys {
            *holders.entry(name).or_default() += 1;
        }
        let shared = keys.iter().filter(|(_, name)| holders.get(&**name).is_some_and(|count| *count > 1));
        let twins = shared.map(|(id, _)| *id).collect();
        let mut by_id = BTreeMap::new();
        let mut others: BTreeMap<String, Vec<&F>> = BTreeMap::new();
        for (at, (object, (id, name))) in all.iter().zip(keys).enumerate() {
            let declared = paired.get(&at).copied();
            by_id.insert(id, (object, declared));
            if declared.is_none() && !ambiguous.contains(&name) {
                others.entry(name).or_default().push(object);
            }
        }
        let pairings = pairings.into_iter().map(|pairing| pairing.map(|at| all.get(at)));
        Self {
            declared: declared.into_iter().zip(pairings).collect(),
            by_name: names.into_iter().enumerate().map(|(at, names)| (names.name, at)).collect(),
            by_id,
            others,
            twins,
            ambiguous,
            reason: found.or_reason().err(),
        }
    }

    /// Declared objects with what they are in the account.
    pub(crate) fn pairs(&self) -> impl Iterator<Item = (&'a D, Pairing<&'a F>)> + use<'_, 'a, D, F> {
        self.declared.iter().copied()
    }

    /// Found objects that are not declared, by name; those of one name together.
    pub(crate) fn others(&self) -> impl Iterator<Item = (&str, &[&'a F])> {
        self.others.iter().map(|(name, objects)| (name.as_str(), objects.as_slice()))
    }

    /// Whether a found object shares its name with others.
    pub(crate) fn is_twin(&self, id: &str) -> bool {
        self.twins.contains(id)
    }

    /// Whether a declared object might be any of those found that have this name.
    pub(crate) fn is_ambiguous(&self, name: &str) -> bool {
        self.ambiguous.contains(name)
    }

    /// A found object, and what it is declared as.
    pub(crate) fn by_id(&self, id: &str) -> Option<(&'a F, Option<&'a D>)> {
        self.by_id.get(id).copied()
    }

    pub(crate) fn declared(&self, name: &str) -> Option<(&'a D, Pairing<&'a F>)> {
        self.by_name.get(name).and_then(|at| self.declared.get(*at)).copied()
    }

    /// Why nothing is known about the kind.
    pub(crate) fn reason(&self) -> Resolved<()> {
        match &self.reason {
            Some(reason) => Err(Obstacle::Unknown(reason.clone())),
            None => Ok(()),
        }
    }

    fn resolve(
        &self,
        name: &str,
        what: &str,
        id: impl Fn(&F) -> String,
        made: impl Fn(&D) -> Option<Made>,
    ) -> Resolved<Handle> {
        self.reason().map_err(|obstacle| match obstacle {
            Obstacle::Unknown(reason) => Obstacle::Unknown(format!("{what} {name} is not known: {reason}")),
            other => other,
        })?;
        let several = |count| Obstacle::Ambiguous(format!("{count} {what}s have the name {name}"));
        match self.declared(name) {
            Some((declared, pairing)) => match (pairing, made(declared)) {
                (Pairing::Ambiguous(count), _) => Err(several(count)),
                (_, None) => Err(Obstacle::Problem(format!("{what} {name} is declared absent"))),
                (Pairing::New, Some(made)) => Ok(Handle::Made(made)),
                (Pairing::Found(found) | Pairing::Renamed(found), Some(_)) => Ok(Handle::Known(id(found))),
            },
            None if self.is_ambiguous(name) => Err(several(self.twins.len())),
            None => match self.others.get(name).map(Vec::as_slice) {
                Some([found]) => Ok(Handle::Known(id(found))),
                Some(all) => Err(several(all.len())),
                None => {
                    Err(Obstacle::Problem(format!("there is no {what} {name}, neither declared nor in the account")))
                }
            },
        }
    }
}
