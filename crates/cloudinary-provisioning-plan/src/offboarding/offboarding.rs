//! [`Offboarding`]: takes the access of people away who leave.

use std::collections::{BTreeMap, BTreeSet};

use cloudinary_provisioning::PrincipalType;

use crate::manifest::{Email, Manifest, Name, Object, User};
use crate::plan::{Blocked, Cause, More, Plan, PlanError, PlanProblem, StepKind};
use crate::snapshot::{FoundPrincipal, FoundUser, Snapshot, fold};
use crate::survey::Survey;

use super::holding::Holdings;

/// Takes the access of people away who leave: each is disabled, out of every group, and without a role.
///
/// It is a plan as that of a manifest, for the same guards and the same [`Apply`](crate::Apply). Its survey reads no more
/// than it takes: everybody is read only if one of them is an active master admin, or if there are more than three.
///
/// ```
/// use cloudinary_provisioning_plan::Offboarding;
/// use cloudinary_provisioning_plan::snapshot::{FoundGroup, FoundUser, Part, Snapshot};
///
/// let offboarding = Offboarding::new(["ada@example.com"]).roles(false);
/// // What `offboarding.survey()` brings:
/// let mut account = Snapshot::new();
/// account.users = Part::Known(vec![FoundUser::new("u1", "ada@example.com")]);
/// account.groups = Part::Known(vec![FoundGroup::new("g1", "Editors", ["u1", "u2"])]);
///
/// let plan = offboarding.plan(&account)?;
/// let steps: Vec<_> = plan.steps().iter().map(ToString::to_string).collect();
/// assert_eq!(
///     steps,
///     [
///         "- membership ada@example.com in Editors",
///         "- user ada@example.com: disable  enabled: true → false",
///     ],
/// );
/// # Ok::<(), cloudinary_provisioning_plan::plan::PlanError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Offboarding {
    emails: BTreeSet<Email>,
    roles: bool,
}

impl Offboarding {
    /// Prepares to take the access of these people away.
    pub fn new(emails: impl IntoIterator<Item = impl Into<Email>>) -> Self {
        Self { emails: emails.into_iter().map(Into::into).collect(), roles: true }
    }

    /// Sets whether roles are taken away as well. They are by default, and an account without roles has none to read.
    pub fn roles(mut self, roles: bool) -> Self {
        self.roles = roles;
        self
    }

    /// Returns the survey that reads what the plan and the holdings need.
    ///
    /// ```
    /// use cloudinary_provisioning_plan::Offboarding;
    ///
    /// let estimate = Offboarding::new(["ada@example.com"]).survey().estimate();
    /// assert_eq!(
    ///     estimate.to_string(),
    ///     "at least 3 calls: assignments at least 0 (two for each principal), environments 1, groups 1, \
    ///      keys at least 0 (one for each environment), users 1",
    /// );
    /// ```
    pub fn survey(&self) -> Survey {
        Survey::leavers(&self.emails, self.roles)
    }

    /// Returns the manifest that says so.
    ///
    /// # Errors
    ///
    /// Returns every email that no user has, or that several have.
    pub fn manifest(&self, snapshot: &Snapshot) -> Result<Manifest, PlanError> {
        self.wanted(snapshot).map(|(manifest, _)| manifest)
    }

    /// Plans the steps. What could not be read is unknown, and then nothing is taken away.
    ///
    /// # Errors
    ///
    /// Returns every email that no user has, or that several have.
    pub fn plan(&self, snapshot: &Snapshot) -> Result<Plan, PlanError> {
        let (manifest, unknown) = self.wanted(snapshot)?;
        Plan::with_more(manifest.check()?, snapshot, More { unread: unknown, ..More::default() })
    }

    /// Returns what is theirs beside groups and roles, for somebody to decide about.
    pub fn holdings(&self, snapshot: &Snapshot) -> Holdings {
        Holdings::of(&self.users(snapshot).into_values().flatten().collect::<Vec<_>>(), snapshot)
    }

    fn wanted(&self, snapshot: &Snapshot) -> Result<(Manifest, Vec<Blocked>), PlanError> {
        let mut manifest = Manifest::new();
        let nothing: [Name; 0] = [];
        manifest.users =
            self.emails.iter().map(|email| User::new(email).enabled(false).groups(nothing.clone())).collect();
        if snapshot.users.known().is_none() {
            // Each is then unknown.
            return Ok((manifest, Vec::new()));
        }
        let users = self.users(snapshot);
        let problems = users.iter().zip(&manifest.users).filter_map(|((_, users), declared)| {
            let message = match users.len() {
                0 => "is not a user of the account".to_owned(),
                1 => return None,
                count => format!("{count} users of the account have this email address"),
            };
            Some(PlanProblem::new(Object::User(declared), message))
        });
        let problems: Vec<_> = problems.collect();
        if !problems.is_empty() {
            return Err(PlanError::new(problems));
        }
        let mut unknown = Vec::new();
        if self.roles {
            let principals: BTreeMap<_, _> = users.values().flatten().map(|user| (principal(user), user)).collect();
            for (principal, user) in &principals {
                let read = snapshot.assignments_of_principals.get(principal);
                let reason = read.map_or(Err("they were not read".to_owned()), |part| part.or_reason().map(drop)).err();
                unknown.extend(reason.map(|reason| Blocked {
                    kind: StepKind::Assignments,
                    cause: Cause::Unread,
                    name: user.email.clone(),
                    reason: format!("the user's roles are not known: {reason}"),
                }));
            }
            let (assignments, left_out) = snapshot.assignments_of(|principal| principals.contains_key(principal));
            manifest.assignments = assignments.into_iter().map(crate::manifest::Assignment::absent).collect();
            unknown.extend(left_out.into_iter().map(|left_out| Blocked {
                kind: StepKind::Assignments,
                cause: Cause::Unread,
                name: left_out.name,
                reason: left_out.reason,
            }));
        }
        Ok((manifest, unknown))
    }

    /// The users of each email.
    fn users<'s>(&self, snapshot: &'s Snapshot) -> BTreeMap<&Email, Vec<&'s FoundUser>> {
        let all = || snapshot.users.known().into_iter().flatten();
        let of = |email: &Email| all().filter(|user| fold(&user.email) == fold(email)).collect();
        self.emails.iter().map(|email| (email, of(email))).collect()
    }
}

fn principal(user: &FoundUser) -> FoundPrincipal {
    FoundPrincipal::new(PrincipalType::User, user.id.as_str())
}
