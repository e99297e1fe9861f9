//! [`PlanError`]: why there is no plan.

use std::fmt;

use crate::manifest::{ManifestError, Object, Position};
use crate::shown::Shown;

/// Why no plan could be made: every problem, not only the first.
///
/// ```
/// use cloudinary_provisioning_plan::manifest::Group;
/// use cloudinary_provisioning_plan::snapshot::{Part, Snapshot};
/// use cloudinary_provisioning_plan::{Manifest, Plan};
///
/// let mut manifest = Manifest::new();
/// manifest.groups.push(Group::new("Editors").members(["ada@example.com"]));
/// let mut snapshot = Snapshot::new();
/// snapshot.groups = Part::Known(vec![]);
/// snapshot.users = Part::Known(vec![]);
///
/// let error = Plan::new(&manifest, &snapshot).unwrap_err();
/// assert_eq!(
///     error.to_string(),
///     "group Editors: there is no user ada@example.com, neither declared nor in the account",
/// );
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlanError(Vec<PlanProblem>);

impl PlanError {
    pub(crate) fn new(mut problems: Vec<PlanProblem>) -> Self {
        problems.sort();
        problems.dedup();
        Self(problems)
    }

    /// Returns the problems, in the order of their places in the file; there is at least one.
    pub fn problems(&self) -> &[PlanProblem] {
        &self.0
    }
}

impl fmt::Display for PlanError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, problem) in self.0.iter().enumerate() {
            if at > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{problem}")?;
        }
        Ok(())
    }
}

impl std::error::Error for PlanError {}

impl From<ManifestError> for PlanError {
    fn from(error: ManifestError) -> Self {
        let problems = error.problems().iter().map(|problem| PlanProblem {
            position: problem.position,
            subject: problem.path.clone(),
            message: problem.message.clone(),
        });
        Self::new(problems.collect())
    }
}

/// One reason why no plan could be made.
///
/// ```
/// use cloudinary_provisioning_plan::plan::PlanProblem;
///
/// fn line(problem: &PlanProblem) -> Option<u32> {
///     problem.position.map(|position| position.line)
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct PlanProblem {
    /// Where the object is declared; `None` for what a program made, and for what is not declared.
    pub position: Option<Position>,
    /// What it is about: `user ada@example.com`.
    pub subject: String,
    /// What the problem is.
    pub message: String,
}

impl PlanProblem {
    pub(crate) fn new(object: Object<'_>, message: impl Into<String>) -> Self {
        let subject = format!("{} {}", object.kind().singular(), object.name());
        Self { position: object.position(), subject, message: message.into() }
    }

    /// A problem of what is not declared.
    pub(crate) fn of(subject: String, message: String) -> Self {
        Self { position: None, subject, message }
    }
}

impl fmt::Display for PlanProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(position) = self.position {
            write!(f, "{position}: ")?;
        }
        write!(f, "{}: {}", Shown(&self.subject), Shown(&self.message))
    }
}
