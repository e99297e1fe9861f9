//! [`Snapshot`]: what the account holds, as far as it was read.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use cloudinary_provisioning::{RoleId, SubAccountId, UserId};

use super::found::{
    FoundAssignment, FoundEnvironment, FoundGroup, FoundKey, FoundPolicy, FoundPrincipal, FoundRole, FoundScope,
    FoundUser,
};
use super::part::Part;

/// What the account holds, as far as it was read.
///
/// A [`Survey`](crate::Survey) makes one. It holds no secret.
///
/// ```
/// use cloudinary_provisioning_plan::snapshot::{FoundGroup, Part, Snapshot};
///
/// let mut snapshot = Snapshot::new();
/// snapshot.groups = Part::Known(vec![FoundGroup::new("g1", "Editors", ["u1"])]);
/// assert_eq!(snapshot.users, Part::Unread);
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
#[non_exhaustive]
pub struct Snapshot {
    /// The product environments, all of them.
    pub environments: Part<Vec<FoundEnvironment>>,
    /// The access keys by their product environment, where they were asked for.
    pub keys: BTreeMap<SubAccountId, Part<Vec<FoundKey>>>,
    /// The user groups, all of them.
    pub groups: Part<Vec<FoundGroup>>,
    /// The users: all of them, or those that were asked for.
    pub users: Part<Vec<FoundUser>>,
    /// The emails of members of groups, as far as the groups show them.
    pub member_emails: BTreeMap<UserId, String>,
    /// Whether `users` are all users of the account.
    pub users_are_all: bool,
    /// The roles that were asked for; `None` for those that do not exist.
    pub roles: BTreeMap<RoleId, Part<Option<FoundRole>>>,
    /// The ids of all roles, where they were asked for.
    pub all_roles: Part<BTreeSet<RoleId>>,
    /// The custom policies by scope, where they were asked for.
    pub policies: BTreeMap<FoundScope, Part<Vec<FoundPolicy>>>,
    /// Who has which role, as far as `assignments_of_roles` and `assignments_of_principals` say.
    pub assignments: BTreeSet<FoundAssignment>,
    /// The roles whose principals are all in `assignments`, and whether there is such a role.
    pub assignments_of_roles: BTreeMap<RoleId, Part<bool>>,
    /// The principals whose roles are all in `assignments`.
    pub assignments_of_principals: BTreeMap<FoundPrincipal, Part<()>>,
}

impl Snapshot {
    /// Creates one of an account of which nothing was read.
    pub fn new() -> Self {
        Self::default()
    }

    /// Returns what could not be read, each with the reason.
    ///
    /// ```
    /// use cloudinary_provisioning_plan::snapshot::{Part, Snapshot};
    ///
    /// let mut snapshot = Snapshot::new();
    /// snapshot.groups = Part::Failed("503 Service Unavailable".to_owned());
    /// assert_eq!(snapshot.failures(), ["groups: 503 Service Unavailable"]);
    /// ```
    pub fn failures(&self) -> Vec<String> {
        let mut failures = Failures::default();
        failures.add("environments", &self.environments);
        failures.add("groups", &self.groups);
        failures.add("users", &self.users);
        failures.add("roles", &self.all_roles);
        for group in self.groups.known().into_iter().flatten() {
            failures.add(format_args!("members of group {}", group.name), &group.members);
        }
        for user in self.users.known().into_iter().flatten() {
            failures.add(format_args!("environments of user {}", user.email), &user.access);
        }
        self.keys.iter().for_each(|(id, part)| failures.add(format_args!("keys of environment {id}"), part));
        self.roles.iter().for_each(|(id, part)| failures.add(format_args!("role {id}"), part));
        self.policies.iter().for_each(|(scope, part)| match scope {
            FoundScope::Account => failures.add("policies of the account", part),
            FoundScope::AllEnvironments => failures.add("policies of all environments", part),
            FoundScope::Environment(id) => failures.add(format_args!("policies of environment {id}"), part),
        });
        let of_roles = self.assignments_of_roles.iter();
        of_roles.for_each(|(id, part)| failures.add(format_args!("principals of role {id}"), part));
        for (principal, part) in &self.assignments_of_principals {
            failures.add(format_args!("roles of {} {}", principal.kind, principal.id), part);
        }
        failures.0
    }

    /// The cloud name of a product environment, or its id where that is not known.
    pub(crate) fn cloud_name<'s>(&'s self, id: &'s SubAccountId) -> &'s str {
        let mut all = self.environments.known().into_iter().flatten();
        all.find(|found| found.id == *id).map_or(id.as_str(), |found| &found.cloud_name)
    }

    /// Whether there is such a role, if that is known.
    pub(crate) fn has_role(&self, id: &str) -> Result<bool, String> {
        match (self.all_roles.known(), self.roles.get(id), self.assignments_of_roles.get(id)) {
            (Some(all), ..) => Ok(all.contains(id)),
            (None, Some(Part::Known(role)), _) => Ok(role.is_some()),
            (None, _, Some(part)) => part.or_reason().copied(),
            (None, Some(part), None) => part.or_reason().map(Option::is_some),
            // What somebody has is there.
            (None, None, None) if self.assignments.iter().any(|found| found.role.as_str() == id) => Ok(true),
            (None, None, None) => self.all_roles.or_reason().map(|all| all.contains(id)),
        }
    }

    /// Whether the principal has the role there, if that is known.
    pub(crate) fn has_assignment(&self, assignment: &FoundAssignment) -> Result<bool, String> {
        let found = self.assignments.contains(assignment);
        match (
            self.assignments_of_roles.get(&assignment.role),
            self.assignments_of_principals.get(&assignment.principal),
        ) {
            (Some(Part::Known(_)), _) | (_, Some(Part::Known(()))) => Ok(found),
            (Some(part), _) => part.or_reason().map(|_| found),
            (_, Some(part)) => part.or_reason().map(|()| found),
            (None, None) => Err("its assignments were not read".to_owned()),
        }
    }
}

/// What could not be read.
#[derive(Default)]
struct Failures(Vec<String>);

impl Failures {
    fn add<T>(&mut self, what: impl fmt::Display, part: &Part<T>) {
        if let Part::Failed(reason) = part {
            self.0.push(format!("{what}: {reason}"));
        }
    }
}
