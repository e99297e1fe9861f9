//! [`Step`]: one change of the account, as a value.

use std::fmt;

use serde::{Serialize, Serializer};
use serde_json::Value;

use crate::manifest::ObjectKind;

use super::work::{Effect, Made, Work};

/// What kind of thing a step changes.
///
/// ```
/// use cloudinary_provisioning_plan::plan::StepKind;
///
/// assert_eq!(StepKind::Memberships.as_str(), "memberships");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum StepKind {
    /// Product environments.
    Environments,
    /// Access keys.
    Keys,
    /// Custom roles.
    Roles,
    /// User groups.
    Groups,
    /// Users.
    Users,
    /// Users in user groups.
    Memberships,
    /// Roles that principals have.
    Assignments,
    /// Custom policies.
    Policies,
}

impl StepKind {
    /// Every kind, in the order in which things are made.
    pub const ALL: &'static [Self] = &[
        Self::Environments,
        Self::Keys,
        Self::Roles,
        Self::Groups,
        Self::Users,
        Self::Memberships,
        Self::Assignments,
        Self::Policies,
    ];

    /// Returns the name of the kind; for all but memberships it is the name of the kind's tables in a manifest.
    pub fn as_str(self) -> &'static str {
        match self.object_kind() {
            Some(kind) => kind.as_str(),
            None => "memberships",
        }
    }

    /// Returns what one of them is called, as in `environment`.
    pub fn singular(self) -> &'static str {
        match self.object_kind() {
            Some(kind) => kind.singular(),
            None => "membership",
        }
    }

    fn object_kind(self) -> Option<ObjectKind> {
        Some(match self {
            Self::Environments => ObjectKind::Environments,
            Self::Keys => ObjectKind::Keys,
            Self::Roles => ObjectKind::Roles,
            Self::Groups => ObjectKind::Groups,
            Self::Users => ObjectKind::Users,
            Self::Assignments => ObjectKind::Assignments,
            Self::Policies => ObjectKind::Policies,
            Self::Memberships => return None,
        })
    }
}

impl StepKind {
    pub(crate) fn of(kind: ObjectKind) -> Self {
        match kind {
            ObjectKind::Environments => Self::Environments,
            ObjectKind::Keys => Self::Keys,
            ObjectKind::Groups => Self::Groups,
            ObjectKind::Users => Self::Users,
            ObjectKind::Roles => Self::Roles,
            ObjectKind::Policies => Self::Policies,
            ObjectKind::Assignments => Self::Assignments,
        }
    }
}

impl fmt::Display for StepKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl Serialize for StepKind {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// What a step does.
///
/// ```
/// use cloudinary_provisioning_plan::plan::Action;
///
/// assert_eq!(Action::Disable.as_str(), "disable");
/// assert!(Action::Disable.takes_away() && !Action::Update.takes_away());
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Action {
    /// Creates an object.
    Create,
    /// Changes fields of an object.
    Update,
    /// Changes what an object is known by, and maybe other fields.
    Rename,
    /// Disables an object; other fields may change with it.
    Disable,
    /// Deletes an object.
    Delete,
    /// Adds a member to a group, or a role to a principal.
    Add,
    /// Removes a member from a group, or a role from a principal.
    Remove,
}

impl Action {
    /// Returns the action's name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Rename => "rename",
            Self::Disable => "disable",
            Self::Delete => "delete",
            Self::Add => "add",
            Self::Remove => "remove",
        }
    }

    /// Whether something is gone afterwards, or cannot be used. Guards count these.
    pub fn takes_away(self) -> bool {
        matches!(self, Self::Disable | Self::Delete | Self::Remove)
    }

    /// Returns the sign that lines of a plan begin with.
    pub(crate) fn sign(self) -> char {
        match self {
            Self::Create | Self::Add => '+',
            Self::Update | Self::Rename => '~',
            Self::Disable | Self::Delete | Self::Remove => '-',
        }
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl Serialize for Action {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// A field that a step changes.
///
/// ```
/// use cloudinary_provisioning_plan::Plan;
/// # use cloudinary_provisioning_plan::Manifest;
/// # use cloudinary_provisioning_plan::manifest::Group;
/// # use cloudinary_provisioning_plan::snapshot::{FoundGroup, Part, Snapshot};
/// # let mut manifest = Manifest::new();
/// # manifest.groups.push(Group::new("Editors").was("Writers"));
/// # let mut snapshot = Snapshot::new();
/// # snapshot.groups = Part::Known(vec![FoundGroup::new("g1", "Writers", ["u1"])]);
/// let plan = Plan::new(&manifest, &snapshot)?;
/// let change = &plan.steps()[0].changes[0];
/// assert_eq!((change.field, &change.old, &change.new), ("name", &"Writers".into(), &"Editors".into()));
/// # Ok::<(), cloudinary_provisioning_plan::plan::PlanError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Change {
    /// The field, as it is called in a manifest.
    pub field: &'static str,
    /// The value that it has; null if it has none, or if that is not known.
    pub old: Value,
    /// The value that it gets.
    pub new: Value,
}

impl Change {
    pub(crate) fn new(field: &'static str, old: impl Into<Value>, new: impl Into<Value>) -> Self {
        Self { field, old: old.into(), new: new.into() }
    }
}

/// One change of the account.
///
/// ```
/// use cloudinary_provisioning_plan::Plan;
/// use cloudinary_provisioning_plan::plan::{Action, StepKind};
/// # use cloudinary_provisioning_plan::Manifest;
/// # use cloudinary_provisioning_plan::manifest::User;
/// # use cloudinary_provisioning_plan::snapshot::{Part, Snapshot};
/// # let mut manifest = Manifest::new();
/// # manifest.users.push(User::new("ada@example.com").name("Ada"));
/// # let mut snapshot = Snapshot::new();
/// # (snapshot.users, snapshot.users_are_all) = (Part::Known(vec![]), true);
/// let plan = Plan::new(&manifest, &snapshot)?;
/// let step = &plan.steps()[0];
/// assert_eq!((step.kind, step.action), (StepKind::Users, Action::Create));
/// assert_eq!(step.notifies.as_deref(), Some("ada@example.com"));
/// # Ok::<(), cloudinary_provisioning_plan::plan::PlanError>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "each is known by itself")]
#[non_exhaustive]
pub struct Step {
    /// What kind of thing changes.
    pub kind: StepKind,
    /// Which one: an email, a cloud name, `CLOUD_NAME/KEY`, a group's name, what a manifest knows it by. A renamed object
    /// has its new name.
    pub name: String,
    /// What the step does.
    pub action: Action,
    /// The fields that change, with the values of a created object's fields.
    pub changes: Vec<Change>,
    /// Why the step widens access, if it does in a way that deserves a second look: access to all product environments, an
    /// admin role, a policy that permits everything.
    pub widens: Option<String>,
    /// The email address that the service sends an invitation to.
    pub notifies: Option<String>,
    /// The id of the object that changes, where it exists already.
    pub id: Option<String>,
    /// The steps that have to succeed first, as places in the plan.
    pub after: Vec<usize>,
    /// Whether no later step can take this one back.
    pub irreversible: bool,
    /// Whether the response holds a new secret, which has to be stored.
    pub yields_secret: bool,
    pub(crate) phase: Phase,
    pub(crate) work: Work,
    pub(crate) made: Vec<Made>,
    pub(crate) effect: Effect,
    /// Whether it is about the root user or a root key, which stay as they are.
    pub(crate) root: bool,
    /// Whether the guards count it among what is taken away.
    pub(crate) counted: bool,
}

impl Step {
    pub(crate) fn new(kind: StepKind, name: impl Into<String>, action: Action, work: Work) -> Self {
        Self {
            kind,
            name: name.into(),
            action,
            changes: Vec::new(),
            widens: None,
            notifies: None,
            id: None,
            after: Vec::new(),
            irreversible: action == Action::Delete,
            yields_secret: false,
            phase: Phase::of(kind, action.takes_away()),
            work,
            made: Vec::new(),
            effect: Effect::Nothing,
            root: false,
            counted: action.takes_away(),
        }
    }

    pub(crate) fn id(mut self, id: impl AsRef<str>) -> Self {
        self.id = Some(id.as_ref().to_owned());
        self
    }

    pub(crate) fn changes(mut self, changes: Vec<Change>) -> Self {
        self.changes = changes;
        self
    }

    pub(crate) fn makes(mut self, made: Made) -> Self {
        self.made.push(made);
        self
    }

    /// How a sentence names it: `user ada@example.com`.
    pub(crate) fn subject(&self) -> String {
        format!("{} {}", self.kind.singular(), self.name)
    }
}

impl Serialize for Step {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Fields<'s> {
            kind: StepKind,
            name: &'s str,
            action: Action,
            #[serde(skip_serializing_if = "Option::is_none")]
            id: Option<&'s str>,
            changes: &'s [Change],
            widens: bool,
            #[serde(skip_serializing_if = "Option::is_none")]
            widens_because: Option<&'s str>,
            #[serde(skip_serializing_if = "Option::is_none")]
            notifies: Option<&'s str>,
            after: &'s [usize],
            irreversible: bool,
            yields_secret: bool,
        }

        Fields {
            kind: self.kind,
            name: &self.name,
            action: self.action,
            id: self.id.as_deref(),
            changes: &self.changes,
            widens: self.widens.is_some(),
            widens_because: self.widens.as_deref(),
            notifies: self.notifies.as_deref(),
            after: &self.after,
            irreversible: self.irreversible,
            yields_secret: self.yields_secret,
        }
        .serialize(serializer)
    }
}

/// When a step is due. All steps of a phase have ended before the next phase begins: what is needed comes before what
/// needs it, and what takes away comes last and the other way round.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Phase {
    Environments,
    /// A provisioning key may have no rights on a new environment until a role is assigned to it.
    OwnRights,
    Keys,
    Roles,
    Groups,
    Users,
    Memberships,
    Assignments,
    Policies,
    LessPolicies,
    LessAssignments,
    LessMemberships,
    LessUsers,
    LessGroups,
    LessRoles,
    LessKeys,
    LessEnvironments,
}

impl Phase {
    pub(crate) fn of(kind: StepKind, takes_away: bool) -> Self {
        match (kind, takes_away) {
            (StepKind::Environments, false) => Self::Environments,
            (StepKind::Keys, false) => Self::Keys,
            (StepKind::Roles, false) => Self::Roles,
            (StepKind::Groups, false) => Self::Groups,
            (StepKind::Users, false) => Self::Users,
            (StepKind::Memberships, false) => Self::Memberships,
            (StepKind::Assignments, false) => Self::Assignments,
            (StepKind::Policies, false) => Self::Policies,
            (StepKind::Policies, true) => Self::LessPolicies,
            (StepKind::Assignments, true) => Self::LessAssignments,
            (StepKind::Memberships, true) => Self::LessMemberships,
            (StepKind::Users, true) => Self::LessUsers,
            (StepKind::Groups, true) => Self::LessGroups,
            (StepKind::Roles, true) => Self::LessRoles,
            (StepKind::Keys, true) => Self::LessKeys,
            (StepKind::Environments, true) => Self::LessEnvironments,
        }
    }
}
