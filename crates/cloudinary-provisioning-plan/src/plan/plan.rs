//! [`Plan`]: the steps from what is there to what is wanted.

use std::collections::{BTreeMap, BTreeSet};

use cloudinary_provisioning::{PrincipalType, UserId};
use serde::{Serialize, Serializer};

use crate::manifest::{CheckedManifest, Manifest};
use crate::snapshot::{Snapshot, fold};

use super::blocked::{Blocked, Cause};
use super::builder::Builder;
use super::order::order;
use super::problem::PlanError;
use super::step::{Step, StepKind};
use super::work::Work;

/// The version of the JSON that a plan is serialized to.
const VERSION: u32 = 1;

/// The steps that make an account what a manifest says.
///
/// A plan is a pure function of both; the order in which either lists things does not matter. `Display` is what a person
/// reviews: a line for each step, then how much stays as it is. `Serialize` is the same for a program.
///
/// ```
/// use cloudinary_provisioning_plan::manifest::Group;
/// use cloudinary_provisioning_plan::snapshot::{FoundGroup, FoundUser, Part, Snapshot};
/// use cloudinary_provisioning_plan::{Manifest, Plan};
///
/// let mut manifest = Manifest::new();
/// manifest.groups.push(Group::new("Editors").members(["ada@example.com"]));
/// manifest.groups.push(Group::new("Viewers"));
///
/// let mut snapshot = Snapshot::new();
/// snapshot.groups = Part::Known(vec![FoundGroup::new("g1", "Viewers", ["u1"])]);
/// snapshot.users = Part::Known(vec![FoundUser::new("u1", "ada@example.com")]);
///
/// let plan = Plan::new(&manifest, &snapshot)?;
/// assert_eq!(
///     plan.to_string(),
///     "\
/// + group Editors
/// + membership ada@example.com in Editors
/// 2 changes. Unchanged: groups 1.
/// ",
/// );
/// # Ok::<(), cloudinary_provisioning_plan::plan::PlanError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Plan {
    steps: Vec<Step>,
    unchanged: BTreeMap<StepKind, usize>,
    blocked: Vec<Blocked>,
    withheld: usize,
    pub(crate) account: AccountFacts,
}

/// What a plan has beside what a manifest says.
#[derive(Debug, Default)]
pub(crate) struct More {
    /// Steps for which a manifest has no words.
    pub(crate) steps: Vec<Step>,
    /// What could not be read, so that the manifest does not say it.
    pub(crate) unread: Vec<Blocked>,
}

/// What guards have to know of the account beside the steps.
#[derive(Clone, Debug, Default)]
pub(crate) struct AccountFacts {
    /// How many there are of a kind, of what can be taken away.
    pub(crate) totals: BTreeMap<StepKind, usize>,
    /// The ids of the active master admins.
    pub(crate) admins: BTreeSet<UserId>,
    /// The emails of the users that were read, in lower case; `None` where users could not be read.
    pub(crate) emails: Option<BTreeSet<String>>,
}

impl Plan {
    /// Plans the steps.
    ///
    /// # Errors
    ///
    /// Returns every problem at once: a reference to something that is neither declared nor in the account, a
    /// field without which an object cannot be created, a change that the API does not offer. A
    /// manifest that a program made is [checked](Manifest::check) first.
    pub fn new(manifest: &Manifest, snapshot: &Snapshot) -> Result<Self, PlanError> {
        Self::of_checked(manifest.check()?, snapshot)
    }

    /// Plans the steps, as [`new`](Self::new) does, of a manifest that was checked before.
    ///
    /// # Errors
    ///
    /// Those of [`new`](Self::new), but for what the check finds.
    pub fn of_checked(manifest: CheckedManifest<'_>, snapshot: &Snapshot) -> Result<Self, PlanError> {
        Self::with_more(manifest, snapshot, More::default())
    }

    /// Plans the steps, beside what the manifest does not say.
    pub(crate) fn with_more(manifest: CheckedManifest<'_>, snapshot: &Snapshot, more: More) -> Result<Self, PlanError> {
        let mut builder = Builder::new(manifest.manifest(), snapshot);
        builder.plan_environments();
        builder.plan_keys();
        builder.plan_roles();
        builder.plan_groups();
        builder.plan_users();
        builder.plan_memberships();
        builder.plan_assignments();
        builder.plan_policies();
        builder.steps.extend(more.steps);
        builder.blocked.extend(more.unread);
        let Builder { mut steps, problems, mut blocked, unchanged, .. } = builder;
        if !problems.is_empty() {
            return Err(PlanError::new(problems));
        }
        block_dependents(&mut steps, &mut blocked);
        let before = steps.len();
        if blocked.iter().any(|blocked| blocked.cause == Cause::Unread) {
            steps.retain(|step| !step.action.takes_away());
        }
        blocked.sort();
        blocked.dedup();
        let disabled = disabled(&steps, snapshot);
        for step in &mut steps {
            step.counted &= !user_who_loses(&step.work).is_some_and(|id| disabled.contains(id));
        }
        Ok(Self {
            withheld: before - steps.len(),
            steps: order(steps),
            unchanged,
            blocked,
            account: AccountFacts::of(snapshot),
        })
    }

    /// Returns the steps, in an order in which they can be made one by one.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// Whether there is nothing to do, and nothing is blocked.
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty() && self.blocked.is_empty()
    }

    /// Returns how many declared things of each kind are as they are wanted.
    pub fn unchanged(&self) -> &BTreeMap<StepKind, usize> {
        &self.unchanged
    }

    /// Returns what is not planned, since it depends on something that could not be read, or on a name that several objects
    /// have.
    pub fn blocked(&self) -> &[Blocked] {
        &self.blocked
    }

    /// Returns how many steps that take something away are left out, since not everything could be read.
    pub fn withheld(&self) -> usize {
        self.withheld
    }

    /// Returns a text that is the same for equal plans: compare it to see whether a plan that is made anew is still the
    /// one that was reviewed.
    pub fn fingerprint(&self) -> String {
        let text = serde_json::to_string(&(&self.steps, &self.blocked, self.withheld)).unwrap_or_default();
        // FNV-1a with 128 bits: the same on every machine, in every version.
        let hash = text.bytes().fold(0x6c62_272e_07bb_0142_62b8_2175_6295_c58d_u128, |hash, byte| {
            (hash ^ u128::from(byte)).wrapping_mul(0x0000_0000_0100_0000_0000_0000_0000_013b)
        });
        format!("{hash:032x}")
    }

    pub(crate) fn into_parts(self) -> (Vec<Step>, AccountFacts) {
        (self.steps, self.account)
    }
}

/// The ids of the users who are disabled once the steps are made.
fn disabled(steps: &[Step], snapshot: &Snapshot) -> BTreeSet<String> {
    let users = snapshot.users.known().into_iter().flatten();
    let already = users.filter(|user| user.enabled == Some(false)).map(|user| user.id.to_string());
    let mut disabled: BTreeSet<_> = already.collect();
    for step in steps {
        if let Work::UpdateUser(id, fields) = &step.work {
            match fields.enabled {
                Some(true) => _ = disabled.remove(id.as_str()),
                Some(false) => _ = disabled.insert(id.to_string()),
                None => {}
            }
        }
    }
    disabled
}

/// The id of the user from whom the work takes a group or a role.
fn user_who_loses(work: &Work) -> Option<&str> {
    match work {
        Work::RemoveMember { user, .. } => Some(user.as_str()),
        Work::Unassign(fields) if fields.kind == PrincipalType::User => fields.principal.known(),
        _ => None,
    }
}

/// Two plans are equal if they have the same steps and leave the same out, however much is unchanged.
impl PartialEq for Plan {
    fn eq(&self, other: &Self) -> bool {
        self.steps == other.steps && self.blocked == other.blocked && self.withheld == other.withheld
    }
}

impl Serialize for Plan {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.as_json::<()>(&[]).serialize(serializer)
    }
}

/// What a plan is in JSON, with what is refused.
#[derive(Serialize)]
pub(crate) struct PlanJson<'p, R> {
    version: u32,
    fingerprint: String,
    steps: &'p [Step],
    unchanged: &'p BTreeMap<StepKind, usize>,
    blocked: &'p [Blocked],
    withheld: usize,
    refused: &'p [R],
}

impl Plan {
    pub(crate) fn as_json<'p, R>(&'p self, refused: &'p [R]) -> PlanJson<'p, R> {
        PlanJson {
            version: VERSION,
            fingerprint: self.fingerprint(),
            steps: &self.steps,
            unchanged: &self.unchanged,
            blocked: &self.blocked,
            withheld: self.withheld,
            refused,
        }
    }
}

/// Moves steps that need what no step makes, since its own is blocked, to what is blocked.
fn block_dependents(steps: &mut Vec<Step>, blocked: &mut Vec<Blocked>) {
    let is_unread = blocked.iter().any(|blocked| blocked.cause == Cause::Unread);
    let cause = if is_unread { Cause::Unread } else { Cause::Ambiguous };
    loop {
        let made: BTreeSet<_> = steps.iter().flat_map(|step| step.made.iter().cloned()).collect();
        let before = steps.len();
        steps.retain(|step| {
            let missing = step.work.needs().into_iter().find(|needed| !made.contains(*needed));
            let reason = missing.map(|missing| format!("it needs {missing}, which is not planned"));
            let (kind, name) = (step.kind, step.name.clone());
            blocked.extend(reason.into_iter().map(|reason| Blocked { kind, name: name.clone(), cause, reason }));
            missing.is_none()
        });
        if steps.len() == before {
            return;
        }
    }
}

impl AccountFacts {
    fn of(snapshot: &Snapshot) -> Self {
        let users = snapshot.users.known();
        let all = users.map_or(&[][..], Vec::as_slice);
        let groups = snapshot.groups.known().map_or(&[][..], Vec::as_slice);
        let roles = snapshot.roles.values().filter_map(|part| part.known()?.as_ref());
        let totals = [
            (StepKind::Environments, snapshot.environments.known().map_or(0, Vec::len)),
            (StepKind::Keys, snapshot.keys.values().filter_map(|keys| keys.known()).map(Vec::len).sum()),
            (StepKind::Roles, roles.filter(|role| !role.system).count()),
            (StepKind::Groups, groups.len()),
            (StepKind::Users, all.iter().filter(|user| user.enabled != Some(false)).count()),
            (StepKind::Memberships, groups.iter().filter_map(|group| group.members.known()).map(BTreeSet::len).sum()),
            (StepKind::Assignments, snapshot.assignments.len()),
            (
                StepKind::Policies,
                snapshot.policies.values().filter_map(|policies| policies.known()).map(Vec::len).sum(),
            ),
        ];
        Self {
            totals: totals.into_iter().collect(),
            admins: all.iter().filter(|user| user.is_active_master_admin()).map(|user| user.id.clone()).collect(),
            emails: users.map(|users| users.iter().map(|user| fold(&user.email)).collect()),
        }
    }
}
