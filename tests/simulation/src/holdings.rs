//! What the account holds, as far as plans change it, and what a write has taken away.

use std::collections::{BTreeMap, BTreeSet};

use cloudinary_provisioning_fake::{FakeAccount, PrincipalType};
use cloudinary_provisioning_plan::plan::StepKind;

/// A copy of what plans are about.
#[derive(Clone, Debug, Default)]
pub(crate) struct Holdings {
    pub(crate) users: BTreeMap<String, User>,
    /// Names and members.
    pub(crate) groups: BTreeMap<String, (String, BTreeSet<String>)>,
    /// Cloud names.
    pub(crate) environments: BTreeMap<String, String>,
    pub(crate) keys: BTreeMap<String, Key>,
    /// Names, scopes, and whether they are enabled.
    pub(crate) policies: BTreeMap<String, (String, Option<String>, bool)>,
    pub(crate) roles: BTreeSet<String>,
    pub(crate) assignments: BTreeSet<Assigned>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct User {
    pub(crate) email: String,
    pub(crate) role: String,
    pub(crate) enabled: bool,
    pub(crate) pending: bool,
    pub(crate) root: bool,
    pub(crate) access: Option<BTreeSet<String>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Key {
    pub(crate) environment: String,
    pub(crate) name: String,
    pub(crate) enabled: bool,
    pub(crate) root: bool,
    /// What it is dedicated for.
    pub(crate) purposes: BTreeSet<String>,
}

/// A role that somebody has.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Assigned {
    pub(crate) kind: PrincipalType,
    pub(crate) principal: String,
    pub(crate) role: String,
    pub(crate) scope: Option<String>,
}

/// What somebody has lost.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Loss {
    UserDisabled(String),
    UserDeleted(String),
    Group(String),
    /// Of a group, a user.
    Member(String, String),
    Environment(String),
    Key(String),
    KeyDisabled(String),
    Policy(String),
    PolicyDisabled(String),
    Role(String),
    Assignment(Assigned),
}

impl Loss {
    /// The kind under which guards count it.
    pub(crate) fn kind(&self) -> StepKind {
        match self {
            Self::UserDisabled(_) | Self::UserDeleted(_) => StepKind::Users,
            Self::Group(_) => StepKind::Groups,
            Self::Member(..) => StepKind::Memberships,
            Self::Environment(_) => StepKind::Environments,
            Self::Key(_) | Self::KeyDisabled(_) => StepKind::Keys,
            Self::Policy(_) | Self::PolicyDisabled(_) => StepKind::Policies,
            Self::Role(_) => StepKind::Roles,
            Self::Assignment(_) => StepKind::Assignments,
        }
    }

    /// The user who loses a group or a role.
    pub(crate) fn user_who_loses(&self) -> Option<&str> {
        match self {
            Self::Member(_, user) => Some(user),
            Self::Assignment(assigned) if assigned.kind == PrincipalType::User => Some(&assigned.principal),
            _ => None,
        }
    }

    /// The ids of what it is about.
    pub(crate) fn ids(&self) -> Vec<&str> {
        match self {
            Self::UserDisabled(id)
            | Self::UserDeleted(id)
            | Self::Group(id)
            | Self::Environment(id)
            | Self::Key(id)
            | Self::KeyDisabled(id)
            | Self::Policy(id)
            | Self::PolicyDisabled(id)
            | Self::Role(id) => vec![id],
            Self::Member(group, user) => vec![group, user],
            Self::Assignment(assigned) => vec![&assigned.principal, &assigned.role],
        }
    }
}

impl Holdings {
    pub(crate) fn of(account: &FakeAccount) -> Self {
        let mut holdings = Self::default();
        for user in account.users() {
            let access = user.sub_account_ids.as_ref().map(|ids| ids.iter().cloned().collect());
            let (email, role) = (user.email.to_ascii_lowercase(), user.role.clone());
            let (enabled, pending, root) = (user.enabled, user.pending, user.root);
            holdings.users.insert(user.id.clone(), User { email, role, enabled, pending, root, access });
        }
        for group in account.groups() {
            let members = group.members.iter().cloned().collect();
            holdings.groups.insert(group.id.clone(), (group.name.clone(), members));
        }
        for environment in account.sub_accounts() {
            holdings.environments.insert(environment.id.clone(), environment.cloud_name.clone());
            for key in account.access_keys(&environment.id) {
                let (name, enabled, root) = (key.name.clone(), key.enabled, key.root);
                let (environment, purposes) = (environment.id.clone(), key.dedicated_for.iter().cloned().collect());
                holdings.keys.insert(key.api_key.clone(), Key { environment, name, enabled, root, purposes });
            }
        }
        for policy in account.custom_policies() {
            let fields = (policy.name.clone(), policy.scope_id.clone(), policy.enabled);
            holdings.policies.insert(policy.id.clone(), fields);
        }
        let custom = account.roles().filter(|role| !role.id.starts_with("cld::"));
        holdings.roles.extend(custom.map(|role| role.id.clone()));
        holdings.assignments.extend(account.assignments().map(|it| Assigned {
            kind: it.principal.kind,
            principal: it.principal.id.clone(),
            role: it.role_id.clone(),
            scope: it.scope_id.clone(),
        }));
        holdings
    }

    /// The ids of the master admins who can log in.
    pub(crate) fn admins(&self) -> impl Iterator<Item = &str> {
        let active = |user: &User| user.role == "master_admin" && user.enabled && !user.pending;
        self.users.iter().filter(move |(_, user)| active(user)).map(|(id, _)| id.as_str())
    }

    /// What is lost in `after`. What goes with something else that goes is not lost by itself.
    pub(crate) fn lost(&self, after: &Self) -> Vec<Loss> {
        let mut lost = Vec::new();
        for (id, user) in &self.users {
            match after.users.get(id) {
                None => lost.push(Loss::UserDeleted(id.clone())),
                Some(now) if user.enabled && !now.enabled => lost.push(Loss::UserDisabled(id.clone())),
                Some(_) => {}
            }
        }
        for (id, (_, members)) in &self.groups {
            let Some((_, now)) = after.groups.get(id) else {
                lost.push(Loss::Group(id.clone()));
                continue;
            };
            let left = members.difference(now).filter(|member| after.users.contains_key(*member));
            lost.extend(left.map(|member| Loss::Member(id.clone(), member.clone())));
        }
        let gone = self.environments.keys().filter(|id| !after.environments.contains_key(*id));
        lost.extend(gone.map(|id| Loss::Environment(id.clone())));
        for (id, key) in &self.keys {
            match after.keys.get(id) {
                None if after.environments.contains_key(&key.environment) => lost.push(Loss::Key(id.clone())),
                Some(now) if key.enabled && !now.enabled => lost.push(Loss::KeyDisabled(id.clone())),
                _ => {}
            }
        }
        for (id, (_, scope, enabled)) in &self.policies {
            let is_scope_there =
                scope.as_ref().is_none_or(|scope| scope == "all" || after.environments.contains_key(scope));
            match after.policies.get(id) {
                None if is_scope_there => lost.push(Loss::Policy(id.clone())),
                Some((.., now)) if *enabled && !now => lost.push(Loss::PolicyDisabled(id.clone())),
                _ => {}
            }
        }
        lost.extend(self.roles.difference(&after.roles).map(|id| Loss::Role(id.clone())));
        let gone = self.assignments.difference(&after.assignments).filter(|assigned| after.has_both_ends(assigned));
        lost.extend(gone.map(|assigned| Loss::Assignment(assigned.clone())));
        lost
    }

    /// Whether the principal of an assignment and its role are there.
    fn has_both_ends(&self, assigned: &Assigned) -> bool {
        let id = &assigned.principal;
        let is_there = match assigned.kind {
            PrincipalType::User => self.users.contains_key(id),
            PrincipalType::Group => self.groups.contains_key(id),
            PrincipalType::ApiKey => self.keys.contains_key(id),
            _ => true,
        };
        let has_scope =
            assigned.scope.as_ref().is_none_or(|scope| scope == "all" || self.environments.contains_key(scope));
        is_there && has_scope && (assigned.role.starts_with("cld::") || self.roles.contains(&assigned.role))
    }
}
