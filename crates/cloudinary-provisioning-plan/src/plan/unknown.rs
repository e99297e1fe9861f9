//! [`Unknown`]: what a plan leaves out, since something could not be read.

use std::fmt;

use serde::Serialize;

use crate::shown::Shown;

use super::step::StepKind;

/// Something that is not planned, since what it depends on could not be read.
///
/// ```
/// use cloudinary_provisioning_plan::manifest::Group;
/// use cloudinary_provisioning_plan::snapshot::{Part, Snapshot};
/// use cloudinary_provisioning_plan::{Manifest, Plan};
///
/// let mut manifest = Manifest::new();
/// manifest.groups.push(Group::new("Editors"));
/// let mut snapshot = Snapshot::new();
/// snapshot.groups = Part::Failed("503 Service Unavailable".to_owned());
///
/// let plan = Plan::new(&manifest, &snapshot)?;
/// assert_eq!(plan.unknown()[0].to_string(), "group Editors: 503 Service Unavailable");
/// # Ok::<(), cloudinary_provisioning_plan::plan::PlanError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[non_exhaustive]
pub struct Unknown {
    /// The kind of thing.
    pub kind: StepKind,
    /// Which one; empty where it is about the whole kind.
    pub name: String,
    /// What could not be read, and why.
    pub reason: String,
}

impl fmt::Display for Unknown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name.as_str() {
            "" => write!(f, "{}: {}", self.kind, Shown(&self.reason)),
            name => write!(f, "{} {}: {}", self.kind.singular(), Shown(name), Shown(&self.reason)),
        }
    }
}
