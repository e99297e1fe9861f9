//! [`Guards`]: what a plan may not do unless it is allowed by name.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use cloudinary_provisioning::{PrincipalType, UserId};
use serde::{Serialize, Serializer};

use crate::manifest::Email;
use crate::plan::{AccountFacts, Effect, Plan, Step, StepKind, Work};
use crate::shown::Shown;
use crate::snapshot::{FEW, fold};

/// What a plan may not do unless it is allowed by name.
///
/// | guard | refuses | default |
/// |---|---|---|
/// | `last-admin` | to leave fewer enabled master admins than this after any step; pending users do not count | 1 |
/// | `me` | to change the caller's role, product environments, or whether the caller is enabled | nobody, until [`me`](Self::me) says who |
/// | `own-key` | to take a role away from the provisioning key in use | any provisioning key, until [`provisioning_key`](Self::provisioning_key) says which |
/// | `root` | to change the root user or a root key | |
/// | `share` | to take away more than this share of a kind, where that is more than a few | 10 percent, 3 |
/// | `count` | to take away more than this number of a kind | 100 |
/// | `delete-environment:NAME` | to delete a product environment | |
/// | `secrets` | to create what comes with a secret, unless secrets are stored | they are not |
///
/// Taking away is to disable, to delete, or to remove; the groups and roles of a user who is disabled do not count. The same
/// guards are checked on a plan as a whole and before every step of an [`Apply`](crate::Apply).
///
/// ```
/// use cloudinary_provisioning::users::Role;
/// use cloudinary_provisioning_plan::guard::{Guard, Guards};
/// use cloudinary_provisioning_plan::manifest::User;
/// use cloudinary_provisioning_plan::snapshot::{FoundUser, Part, Snapshot};
/// use cloudinary_provisioning_plan::{Manifest, Plan};
///
/// let mut manifest = Manifest::new();
/// manifest.users.push(User::new("ada@example.com").role(Role::Billing));
/// let mut ada = FoundUser::new("u1", "ada@example.com");
/// ada.role = Some(Role::MasterAdmin);
/// let mut snapshot = Snapshot::new();
/// (snapshot.users, snapshot.users_are_all) = (Part::Known(vec![ada]), true);
/// let plan = Plan::new(&manifest, &snapshot)?;
///
/// let refused = plan.check(&Guards::new()).unwrap_err();
/// assert_eq!(refused.refusals()[0].guard, Guard::LastAdmin);
/// assert!(plan.check(&Guards::new().allow(Guard::LastAdmin)).is_ok());
/// # Ok::<(), cloudinary_provisioning_plan::plan::PlanError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Guards {
    min_master_admins: usize,
    me: Option<Email>,
    provisioning_key: Option<String>,
    max_percent: usize,
    few: usize,
    max_removals: usize,
    stores_secrets: bool,
    allowed: BTreeSet<Guard>,
}

impl Default for Guards {
    fn default() -> Self {
        Self::new()
    }
}

impl Guards {
    /// Creates the guards with their defaults.
    pub fn new() -> Self {
        Self {
            min_master_admins: 1,
            me: None,
            provisioning_key: None,
            max_percent: 10,
            few: FEW,
            max_removals: 100,
            stores_secrets: false,
            allowed: BTreeSet::new(),
        }
    }

    /// Allows what a guard refuses.
    pub fn allow(mut self, guard: Guard) -> Self {
        self.allowed.insert(guard);
        self
    }

    /// Sets who the caller is. A plan for an account that has no such user is refused.
    pub fn me(mut self, email: impl Into<Email>) -> Self {
        self.me = Some(email.into());
        self
    }

    /// Sets the provisioning key in use.
    pub fn provisioning_key(mut self, key: impl Into<String>) -> Self {
        self.provisioning_key = Some(key.into());
        self
    }

    /// Sets how many enabled master admins there have to be after every step.
    pub fn min_master_admins(mut self, count: usize) -> Self {
        self.min_master_admins = count;
        self
    }

    /// Sets the largest share of a kind that may be taken away, in percent.
    pub fn max_percent(mut self, percent: usize) -> Self {
        self.max_percent = percent;
        self
    }

    /// Sets how many of a kind may be taken away whatever their share is, so that small accounts can be managed.
    pub fn few(mut self, count: usize) -> Self {
        self.few = count;
        self
    }

    /// Sets how many of a kind may be taken away at most.
    pub fn max_removals(mut self, count: usize) -> Self {
        self.max_removals = count;
        self
    }

    /// Sets whether new secrets are stored: an [`Apply`](crate::Apply) then hands them out.
    pub fn stores_secrets(mut self, stores: bool) -> Self {
        self.stores_secrets = stores;
        self
    }

    pub(crate) fn are_secrets_stored(&self) -> bool {
        self.stores_secrets
    }

    /// Checks a plan, as [`Plan::check`] does.
    ///
    /// # Errors
    ///
    /// Returns every refusal.
    pub fn check(&self, plan: &Plan) -> Result<(), Refused> {
        let mut progress = Progress::new(&plan.account);
        let mut refusals: BTreeMap<(Guard, String), Refusal> = BTreeMap::new();
        let mut add = |refusal: Refusal| {
            let key = (refusal.guard.clone(), refusal.subject.clone());
            // Of refusals that count, the last one has the number of the whole plan.
            if matches!(refusal.guard, Guard::Share | Guard::Count) {
                refusals.insert(key, refusal);
            } else {
                refusals.entry(key).or_insert(refusal);
            }
        };
        self.check_me(&plan.account).into_iter().for_each(&mut add);
        for step in plan.steps() {
            self.judge(&plan.account, &progress, step).into_iter().for_each(&mut add);
            progress.begin(step);
            progress.succeed(step);
        }
        Refused::unless_empty(refusals.into_values().collect())
    }

    /// Whoever the caller is has to exist: a misspelt email would protect nobody.
    pub(crate) fn check_me(&self, account: &AccountFacts) -> Option<Refusal> {
        let me = self.me.as_ref()?;
        let message = match &account.emails {
            Some(emails) if emails.contains(&fold(me)) => return None,
            Some(_) => format!("{me} is not a user of the account"),
            None => format!("the users could not be read, so {me} cannot be protected"),
        };
        Some(Refusal { guard: Guard::Me, subject: me.to_string(), message, allowed_by: None })
    }

    /// What speaks against the next step, after those that have begun.
    pub(crate) fn judge(&self, account: &AccountFacts, progress: &Progress, step: &Step) -> Vec<Refusal> {
        let mut refusals = Vec::new();
        let mut refuse = |guard: Guard, subject: &str, message: String| {
            if !self.allowed.contains(&guard) {
                let allowed_by = Some(guard.to_string());
                refusals.push(Refusal { guard, subject: subject.to_owned(), message, allowed_by });
            }
        };
        let subject = step.subject();
        if let Effect::LosesAdmin(id) = &step.effect {
            let left = progress.admins.iter().filter(|admin| *admin != id).count();
            if left < self.min_master_admins {
                let needed = self.min_master_admins;
                let message =
                    format!("{subject}: {left} enabled master admins would be left, at least {needed} are needed");
                refuse(Guard::LastAdmin, "", message);
            }
        }
        if self.me.as_ref().is_some_and(|me| concerns(step, me)) {
            refuse(Guard::Me, &step.name, format!("{subject} is the caller: role, environments and enabled stay"));
        }
        if let Work::Unassign(fields) = &step.work {
            let is_own = self.provisioning_key.as_deref().is_none_or(|key| fields.principal.known() == Some(key));
            if fields.kind == PrincipalType::ProvisioningKey && is_own {
                refuse(Guard::OwnKey, &step.name, format!("{subject}: the provisioning key in use keeps its roles"));
            }
        }
        if step.root && step.changes.iter().any(|change| change.field != "email") | step.action.takes_away() {
            refuse(Guard::Root, &step.name, format!("{subject} is the account's or its environment's first and stays"));
        }
        if let Work::DeleteEnvironment(_) = step.work {
            let message = format!("{subject} would be deleted, with all that is in it");
            refuse(Guard::DeleteEnvironment(step.name.clone()), &step.name, message);
        }
        if step.yields_secret && !self.stores_secrets {
            refuse(Guard::Secrets, &step.name, format!("{subject} comes with a secret, which would not be stored"));
        }
        if step.counted {
            let (kind, count) = (step.kind, progress.removed(step.kind) + 1);
            let total = account.totals.get(&kind).copied().unwrap_or_default();
            let most = self.few.max(total.saturating_mul(self.max_percent) / 100);
            if count > most {
                let (percent, few) = (self.max_percent, self.few);
                let message = format!(
                    "{count} of {total} {kind} would be taken away, more than {percent} percent and more than {few}"
                );
                refuse(Guard::Share, kind.as_str(), message);
            }
            if count > self.max_removals {
                let most = self.max_removals;
                let message = format!("{count} {kind} would be taken away, more than {most}");
                refuse(Guard::Count, kind.as_str(), message);
            }
        }
        refusals
    }
}

/// Whether the step changes what the caller has to keep.
fn concerns(step: &Step, me: &Email) -> bool {
    let is_me = |email: &str| email.eq_ignore_ascii_case(me);
    let was_me = step.changes.iter().any(|change| change.field == "email" && change.old.as_str().is_some_and(is_me));
    step.kind == StepKind::Users
        && (is_me(&step.name) || was_me)
        && step.changes.iter().any(|change| matches!(change.field, "role" | "enabled" | "environments"))
}

impl Plan {
    /// Checks the plan as a whole: that no guard would refuse any of its steps.
    ///
    /// # Errors
    ///
    /// Returns every refusal, each with the guard, what it is about, and what allows it.
    pub fn check(&self, guards: &Guards) -> Result<(), Refused> {
        guards.check(self)
    }

    /// Returns the plan together with what the guards say about it, to print or to serialize.
    pub fn review(&self, guards: &Guards) -> Review<'_> {
        Review::new(self, guards)
    }
}

/// How far a plan has come, for the guards.
#[derive(Clone, Debug)]
pub(crate) struct Progress {
    removed: BTreeMap<StepKind, usize>,
    admins: BTreeSet<UserId>,
}

impl Progress {
    pub(crate) fn new(account: &AccountFacts) -> Self {
        Self { removed: BTreeMap::new(), admins: account.admins.clone() }
    }

    fn removed(&self, kind: StepKind) -> usize {
        self.removed.get(&kind).copied().unwrap_or_default()
    }

    /// From the moment that it is sent, what a step takes away counts as gone.
    pub(crate) fn begin(&mut self, step: &Step) {
        if step.counted {
            *self.removed.entry(step.kind).or_default() += 1;
        }
        if let Effect::LosesAdmin(id) = &step.effect {
            self.admins.remove(id);
        }
    }

    /// Only once it has succeeded, what a step adds counts as there.
    pub(crate) fn succeed(&mut self, step: &Step) {
        if let Effect::GainsAdmin(id) = &step.effect {
            self.admins.insert(id.clone());
        }
    }

    /// The step has surely not been applied.
    pub(crate) fn fail(&mut self, step: &Step) {
        if step.counted {
            let removed = self.removed.entry(step.kind).or_default();
            *removed = removed.saturating_sub(1);
        }
        if let Effect::LosesAdmin(id) = &step.effect {
            self.admins.insert(id.clone());
        }
    }

    /// What a response says about a user, whoever changed it.
    pub(crate) fn observe(&mut self, id: &UserId, is_admin: bool) {
        if is_admin {
            self.admins.insert(id.clone());
        } else {
            self.admins.remove(id);
        }
    }
}

/// A guard, by the name that allows what it refuses.
///
/// ```
/// use cloudinary_provisioning_plan::guard::Guard;
///
/// let guard: Guard = "delete-environment:shop".parse()?;
/// assert_eq!(guard, Guard::DeleteEnvironment("shop".to_owned()));
/// assert!("last-amdin".parse::<Guard>().unwrap_err().to_string().contains("last-admin"));
/// # Ok::<(), cloudinary_provisioning_plan::guard::UnknownGuard>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Guard {
    /// `last-admin`
    LastAdmin,
    /// `me`
    Me,
    /// `own-key`
    OwnKey,
    /// `root`
    Root,
    /// `share`
    Share,
    /// `count`
    Count,
    /// `delete-environment:NAME`, of the product environment of this cloud name.
    DeleteEnvironment(String),
    /// `secrets`
    Secrets,
}

const NAMES: [(&str, Guard); 7] = [
    ("last-admin", Guard::LastAdmin),
    ("me", Guard::Me),
    ("own-key", Guard::OwnKey),
    ("root", Guard::Root),
    ("share", Guard::Share),
    ("count", Guard::Count),
    ("secrets", Guard::Secrets),
];

impl Guard {
    /// Returns the names of the guards, other than those of single product environments.
    ///
    /// ```
    /// use cloudinary_provisioning_plan::guard::Guard;
    ///
    /// assert!(Guard::names().all(|name| name.parse::<Guard>().is_ok()));
    /// ```
    pub fn names() -> impl Iterator<Item = &'static str> {
        NAMES.iter().map(|(name, _)| *name)
    }
}

const DELETE_ENVIRONMENT: &str = "delete-environment:";

impl fmt::Display for Guard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self, NAMES.iter().find(|(_, guard)| guard == self)) {
            (_, Some((name, _))) => f.pad(name),
            (Self::DeleteEnvironment(cloud_name), None) => write!(f, "{DELETE_ENVIRONMENT}{cloud_name}"),
            (_, None) => Ok(()),
        }
    }
}

impl FromStr for Guard {
    type Err = UnknownGuard;

    fn from_str(text: &str) -> Result<Self, UnknownGuard> {
        if let Some(cloud_name) = text.strip_prefix(DELETE_ENVIRONMENT).filter(|name| !name.is_empty()) {
            return Ok(Self::DeleteEnvironment(cloud_name.to_owned()));
        }
        let known = NAMES.iter().find(|(name, _)| *name == text);
        known.map(|(_, guard)| guard.clone()).ok_or_else(|| UnknownGuard(text.to_owned()))
    }
}

impl Serialize for Guard {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// A text that names no guard.
///
/// ```
/// use cloudinary_provisioning_plan::guard::Guard;
///
/// assert!("everything".parse::<Guard>().is_err());
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownGuard(String);

impl fmt::Display for UnknownGuard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "there is no guard {}; there are", Shown(&self.0))?;
        for (name, _) in &NAMES {
            write!(f, " {name},")?;
        }
        write!(f, " and {DELETE_ENVIRONMENT}NAME")
    }
}

impl std::error::Error for UnknownGuard {}

/// Why a plan is refused: every refusal.
///
/// ```
/// use cloudinary_provisioning_plan::guard::Refused;
///
/// fn names(refused: &Refused) -> Vec<String> {
///     refused.refusals().iter().map(|refusal| refusal.guard.to_string()).collect()
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused(Vec<Refusal>);

impl Refused {
    pub(crate) fn unless_empty(refusals: Vec<Refusal>) -> Result<(), Self> {
        if refusals.is_empty() { Ok(()) } else { Err(Self(refusals)) }
    }

    /// Returns the refusals; there is at least one.
    pub fn refusals(&self) -> &[Refusal] {
        &self.0
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, refusal) in self.0.iter().enumerate() {
            write!(f, "{}{refusal}", if at == 0 { "" } else { "\n" })?;
        }
        Ok(())
    }
}

impl std::error::Error for Refused {}

/// What one guard refuses.
///
/// ```
/// use cloudinary_provisioning_plan::guard::Refusal;
///
/// fn flag(refusal: &Refusal) -> Option<String> {
///     refusal.allowed_by.as_ref().map(|name| format!("--allow {name}"))
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Refusal {
    /// The guard.
    pub guard: Guard,
    /// What it is about: a name, or a kind.
    pub subject: String,
    /// What the plan would do.
    pub message: String,
    /// The name of the guard to allow; `None` where there is nothing to allow, but something to correct.
    pub allowed_by: Option<String>,
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "refused by `{}`: {}", Shown(&self.guard.to_string()), Shown(&self.message))
    }
}

/// A plan together with what the guards say about it, to print or to serialize.
///
/// ```
/// use cloudinary_provisioning_plan::guard::Guards;
/// use cloudinary_provisioning_plan::snapshot::Snapshot;
/// use cloudinary_provisioning_plan::{Manifest, Plan};
///
/// let plan = Plan::new(&Manifest::new(), &Snapshot::new())?;
/// let json = serde_json::to_value(plan.review(&Guards::new())).unwrap();
/// assert_eq!(json["refused"], serde_json::json!([]));
/// # Ok::<(), cloudinary_provisioning_plan::plan::PlanError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Review<'p> {
    plan: &'p Plan,
    refusals: Vec<Refusal>,
}

impl<'p> Review<'p> {
    pub(crate) fn new(plan: &'p Plan, guards: &Guards) -> Self {
        let refusals = guards.check(plan).err().map(|refused| refused.0).unwrap_or_default();
        Self { plan, refusals }
    }

    /// Returns what the guards refuse.
    pub fn refusals(&self) -> &[Refusal] {
        &self.refusals
    }
}

impl fmt::Display for Review<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.plan.fmt(f)?;
        self.refusals.iter().try_for_each(|refusal| writeln!(f, "! {refusal}"))
    }
}

impl Serialize for Review<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.plan.as_json(&self.refusals).serialize(serializer)
    }
}
