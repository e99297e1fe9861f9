//! [`Needs`]: what has to be read to answer a manifest.

use std::collections::{BTreeMap, BTreeSet};

use crate::manifest::{Email, Manifest, ObjectKind, Principal, Scope, Statement};
use crate::names::{PolicyScope, Reference, scope_and_name};
use crate::snapshot::{FEW, fold};

/// Some of a kind, or all of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Which<T: Ord> {
    Some(BTreeSet<T>),
    All,
}

impl<T: Ord> Default for Which<T> {
    fn default() -> Self {
        Self::Some(BTreeSet::new())
    }
}

impl<T: Ord> Which<T> {
    fn add(&mut self, item: impl Into<T>) {
        if let Self::Some(items) = self {
            items.insert(item.into());
        }
    }

    pub(super) fn contains(&self, item: &T) -> bool {
        match self {
            Self::All => true,
            Self::Some(items) => items.contains(item),
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        matches!(self, Self::Some(items) if items.is_empty())
    }
}

/// What has to be read.
#[derive(Clone, Debug, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is one list")]
pub(super) struct Needs {
    pub(super) environments: bool,
    /// Former cloud names by those that are wanted.
    pub(super) former_names: BTreeMap<String, String>,
    /// The keys of the product environments of these cloud names.
    pub(super) keys: Which<String>,
    /// The keys of these product environments as well, by id or by name.
    pub(super) keys_of: BTreeSet<Reference>,
    pub(super) groups: bool,
    pub(super) members: bool,
    /// Users by email, in lower case.
    pub(super) users: Which<String>,
    /// The product environments of the users of these emails.
    pub(super) access: Which<String>,
    /// Whether all roles are listed.
    pub(super) all_roles: bool,
    /// Roles to get with their policies; all means the custom ones.
    pub(super) roles: Which<String>,
    /// Roles whose principals are asked for.
    pub(super) principals_of: Which<String>,
    /// Whether the principals of all custom roles that are not declared are asked for: they are to be deleted.
    pub(super) principals_of_others: bool,
    /// Principals whose roles are asked for, where that is fewer calls than asking roles for their principals.
    pub(super) roles_of: BTreeSet<Principal>,
    /// Keys whose roles are asked for as well, or product environments whose keys in rotation are.
    pub(super) roles_of_keys: BTreeSet<Reference>,
    pub(super) policies: Which<Scope>,
    /// The product environments whose own policies are listed as well, by id or by name.
    pub(super) policies_of: BTreeSet<Reference>,
    /// Users by email, in lower case: if one of them is an active master admin, everybody is read.
    pub(super) leavers: BTreeSet<String>,
}

impl Needs {
    pub(super) fn everything(kinds: &BTreeSet<ObjectKind>) -> Self {
        let mut needs = Self::default();
        for kind in kinds {
            match kind {
                ObjectKind::Environments => needs.environments = true,
                ObjectKind::Keys => (needs.environments, needs.keys) = (true, Which::All),
                ObjectKind::Groups => (needs.groups, needs.members, needs.users) = (true, true, Which::All),
                ObjectKind::Users => {
                    needs.environments = true;
                    (needs.users, needs.access) = (Which::All, Which::All);
                }
                ObjectKind::Roles => (needs.all_roles, needs.roles) = (true, Which::All),
                ObjectKind::Policies => (needs.environments, needs.policies) = (true, Which::All),
                ObjectKind::Assignments => {
                    (needs.environments, needs.groups, needs.all_roles) = (true, true, true);
                    (needs.users, needs.keys) = (Which::All, Which::All);
                    needs.principals_of = Which::All;
                }
            }
        }
        needs
    }

    /// What tells the ids of what is named.
    pub(super) fn names(references: impl IntoIterator<Item = Reference>) -> Self {
        let mut needs = Self::default();
        for reference in references.into_iter().filter(|reference| reference.known_id().is_none()) {
            match reference {
                Reference::User(email) => needs.users.add(fold(email)),
                Reference::Group(_) => needs.groups = true,
                Reference::Environment(_) => needs.environments = true,
                Reference::Key { environment, .. } => {
                    let environment = Reference::Environment(environment);
                    needs.environments |= environment.known_id().is_none();
                    needs.keys_of.insert(environment);
                }
                Reference::Role(_) => needs.all_roles = true,
                Reference::Policy(text) => match scope_and_name(&text).0 {
                    PolicyScope::Account => needs.policies.add(Scope::Account),
                    PolicyScope::AllEnvironments => {
                        needs.environments = true;
                        needs.policies.add(Scope::AllEnvironments);
                    }
                    PolicyScope::Environment(environment) => {
                        needs.environments |= environment.known_id().is_none();
                        needs.policies_of.insert(environment);
                    }
                },
            }
        }
        needs
    }

    pub(super) fn of(manifest: &Manifest) -> Self {
        let mut needs = Self::default();
        needs.environments(manifest);
        needs.people(manifest);
        needs.permissions(manifest);
        needs.environments |= !needs.keys.is_empty() || !needs.policies_are_of_account();
        needs
    }

    /// What users hold who are about to leave. Up to a few are read alone, since no guard asks how many others there are.
    pub(super) fn leavers(emails: &BTreeSet<Email>, roles: bool) -> Self {
        let mut needs = Self { environments: true, keys: Which::All, groups: true, members: true, ..Self::default() };
        needs.leavers = emails.iter().map(fold).collect();
        needs.users = if emails.len() <= FEW { Which::Some(needs.leavers.clone()) } else { Which::All };
        if roles {
            needs.roles_of = emails.iter().cloned().map(Principal::User).collect();
        }
        needs
    }

    /// The keys that are to be replaced, by their names or those of their product environments, with their roles.
    pub(super) fn rotation(keys: &BTreeSet<Reference>, roles: bool) -> Self {
        let environments = keys.iter().map(|reference| match reference {
            Reference::Key { environment, .. } => Reference::Environment(environment.clone()),
            other => other.clone(),
        });
        let mut needs = Self { environments: true, keys_of: environments.collect(), ..Self::default() };
        if roles {
            needs.roles_of_keys.clone_from(keys);
        }
        needs
    }

    fn policies_are_of_account(&self) -> bool {
        match &self.policies {
            Which::Some(scopes) => scopes.iter().all(|scope| *scope == Scope::Account),
            Which::All => false,
        }
    }

    fn environments(&mut self, manifest: &Manifest) {
        self.environments = !manifest.environments.is_empty();
        let former =
            manifest.environments.iter().filter_map(|declared| Some((&declared.cloud_name, declared.was.as_ref()?)));
        self.former_names = former.map(|(name, was)| (name.to_string(), was.to_string())).collect();
        if manifest.prune.contains(&ObjectKind::Keys) {
            self.keys = Which::All;
        }
        for key in &manifest.keys {
            self.keys.add(&*key.environment);
        }
    }

    fn people(&mut self, manifest: &Manifest) {
        let prunes = |kind| manifest.prune.contains(&kind);
        let lists_groups = manifest.users.iter().any(|user| user.groups.is_some());
        self.members = lists_groups || manifest.groups.iter().any(|group| group.members.is_some());
        self.groups = self.members || !manifest.groups.is_empty() || prunes(ObjectKind::Groups);
        if !manifest.users.is_empty() || prunes(ObjectKind::Users) {
            self.users = Which::All;
        }
        for email in manifest.groups.iter().flat_map(|group| group.members.iter().flatten()) {
            self.users.add(fold(email));
        }
        for user in &manifest.users {
            if user.environments.is_some() && !user.is_absent() {
                self.environments = true;
                self.access.add(fold(&user.email));
                if let Some(was) = &user.was {
                    self.access.add(fold(was));
                }
            }
        }
    }

    fn permissions(&mut self, manifest: &Manifest) {
        let prunes = |kind| manifest.prune.contains(&kind);
        for role in &manifest.roles {
            self.roles.add(&*role.id);
            if role.is_absent() {
                self.principals_of.add(&*role.id);
            }
        }
        if prunes(ObjectKind::Roles) {
            (self.all_roles, self.principals_of_others) = (true, true);
        }
        if prunes(ObjectKind::Policies) {
            self.policies = Which::All;
        }
        for policy in &manifest.policies {
            self.policies.add(policy.scope.clone());
            for key in policy.statement.iter().flat_map(Statement::references) {
                self.keys.add(&*key.environment);
            }
        }
        self.assignments(manifest);
    }

    fn assignments(&mut self, manifest: &Manifest) {
        let roles: BTreeSet<&str> = manifest.assignments.iter().map(|assignment| &*assignment.role).collect();
        let principals: BTreeSet<&Principal> =
            manifest.assignments.iter().flat_map(|assignment| &assignment.to).collect();
        for principal in &principals {
            match principal {
                Principal::User(email) => self.users.add(fold(email)),
                Principal::Group(_) => self.groups = true,
                Principal::Key(key) => self.keys.add(&*key.environment),
                Principal::ProvisioningKey(_) => {}
            }
        }
        self.environments |=
            manifest.assignments.iter().any(|assignment| matches!(assignment.scope, Scope::Environment(_)));
        if manifest.prune.contains(&ObjectKind::Assignments) {
            (self.all_roles, self.groups, self.environments) = (true, true, true);
            (self.principals_of, self.users) = (Which::All, Which::All);
            if manifest.ignore.patterns(ObjectKind::Keys).next().is_some() {
                self.keys = Which::All;
            }
            return;
        }
        // One call a role, or two a principal besides the two that list all roles.
        let by_principal = 2 * principals.len() + if self.all_roles { 0 } else { 2 };
        let renames = manifest.groups.iter().any(|group| group.was.is_some())
            || manifest.users.iter().any(|user| user.was.is_some())
            || manifest.keys.iter().any(|key| key.was.is_some());
        if by_principal < roles.len() && !renames {
            self.all_roles = true;
            self.roles_of = principals.into_iter().cloned().collect();
        } else {
            for role in roles {
                self.principals_of.add(role);
            }
        }
    }
}
