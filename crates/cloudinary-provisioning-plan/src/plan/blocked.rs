//! [`Blocked`]: what a plan leaves out, and why.

use std::fmt;

use serde::Serialize;

use crate::shown::Shown;

use super::step::StepKind;

/// Something that is not planned, and why.
///
/// ```
/// use cloudinary_provisioning_plan::manifest::Group;
/// use cloudinary_provisioning_plan::plan::Cause;
/// use cloudinary_provisioning_plan::snapshot::{FoundGroup, Part, Snapshot};
/// use cloudinary_provisioning_plan::{Manifest, Plan};
///
/// let mut manifest = Manifest::new();
/// manifest.groups.push(Group::new("Editors"));
/// let mut snapshot = Snapshot::new();
/// snapshot.groups = Part::Failed("503 Service Unavailable".to_owned());
///
/// let plan = Plan::new(&manifest, &snapshot)?;
/// assert_eq!(plan.blocked()[0].to_string(), "group Editors: 503 Service Unavailable");
/// assert_eq!(plan.blocked()[0].cause, Cause::Unread);
///
/// let twins = ["g1", "g2"].map(|id| FoundGroup::new(id, "Editors", ["u1"]));
/// snapshot.groups = Part::Known(twins.to_vec());
/// let plan = Plan::new(&manifest, &snapshot)?;
/// assert_eq!(plan.blocked()[0].to_string(), "group Editors: 2 groups have this name");
/// assert_eq!(plan.blocked()[0].cause, Cause::Ambiguous);
/// # Ok::<(), cloudinary_provisioning_plan::plan::PlanError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[non_exhaustive]
pub struct Blocked {
    /// The kind of thing.
    pub kind: StepKind,
    /// Which one; empty where it is about the whole kind.
    pub name: String,
    /// Whether something is missing, or there is too much of it.
    pub cause: Cause,
    /// What could not be read and why, or which name several objects have.
    pub reason: String,
}

/// What kind of reason it is that blocks something.
///
/// ```
/// use cloudinary_provisioning_plan::Plan;
/// use cloudinary_provisioning_plan::plan::Cause;
///
/// /// Whether reading again could help.
/// fn is_worth_another_try(plan: &Plan) -> bool {
///     plan.blocked().iter().any(|blocked| blocked.cause == Cause::Unread)
/// }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Cause {
    /// Something that it depends on could not be read. Then nothing at all is taken away.
    Unread,
    /// Several objects of the account have a name that it needs. What does not need the name is planned.
    Ambiguous,
}

impl fmt::Display for Blocked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name.as_str() {
            "" => write!(f, "{}: {}", self.kind, Shown(&self.reason)),
            name => write!(f, "{} {}: {}", self.kind.singular(), Shown(name), Shown(&self.reason)),
        }
    }
}
