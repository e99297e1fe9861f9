//! [`Report`]: what became of the steps of a plan.

use std::fmt;

use serde::Serialize;

use crate::plan::{Action, StepKind};
use crate::shown::Shown;

/// What became of a step.
///
/// ```
/// use cloudinary_provisioning_plan::apply::Ending;
///
/// assert_eq!(Ending::Skipped.as_str(), "skipped");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Ending {
    /// It was made, or was there already.
    Done,
    /// It has failed.
    Failed,
    /// It was not begun: a guard refused it, a step that it needs has failed, or nobody went on.
    Skipped,
    /// It was sent, and no result was recorded.
    Open,
}

impl Ending {
    /// Returns its name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Skipped => "skipped",
            Self::Open => "open",
        }
    }
}

/// What became of one step.
///
/// ```
/// use cloudinary_provisioning_plan::apply::StepReport;
///
/// fn is_news(step: &StepReport) -> bool {
///     step.changed_meanwhile || step.message.is_some()
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct StepReport {
    /// What kind of thing the step changes.
    pub kind: StepKind,
    /// Which one.
    pub name: String,
    /// What the step does.
    pub action: Action,
    /// What became of it.
    pub ending: Ending,
    /// Why it did not succeed, or what is noteworthy though it did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// Whether somebody else has changed the account since it was read.
    pub changed_meanwhile: bool,
    /// Whether a step that has failed may have been applied all the same.
    pub maybe_applied: bool,
    /// Whether what the step has made has a secret that nobody got.
    pub secret_lost: bool,
}

/// What became of the steps of a plan, in their order.
///
/// ```
/// use cloudinary_provisioning_plan::guard::Guards;
/// use cloudinary_provisioning_plan::snapshot::Snapshot;
/// use cloudinary_provisioning_plan::{Manifest, Plan};
///
/// let report = Plan::new(&Manifest::new(), &Snapshot::new())?.apply(&Guards::new()).report();
/// assert!(report.is_complete());
/// assert_eq!(report.to_string(), "0 done, 0 failed, 0 skipped.\n");
/// # Ok::<(), cloudinary_provisioning_plan::plan::PlanError>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Report {
    /// The steps.
    pub steps: Vec<StepReport>,
}

impl Report {
    /// Returns how many steps ended like this.
    pub fn count(&self, ending: Ending) -> usize {
        self.steps.iter().filter(|step| step.ending == ending).count()
    }

    /// Whether every step was made, and no secret was lost.
    pub fn is_complete(&self) -> bool {
        self.steps.iter().all(|step| step.ending == Ending::Done && !step.secret_lost)
    }
}

impl fmt::Display for StepReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {} {} {}", self.ending.as_str(), self.action, self.kind.singular(), Shown(&self.name))?;
        if let Some(message) = &self.message {
            write!(f, ": {}", Shown(message))?;
        }
        if self.changed_meanwhile {
            f.write_str(" (changed meanwhile)")?;
        }
        if self.maybe_applied {
            f.write_str(" (may have been applied)")?;
        }
        Ok(())
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for step in self.steps.iter().filter(|step| step.ending != Ending::Done || step.message.is_some()) {
            writeln!(f, "{step}")?;
        }
        let [done, failed, skipped, open] =
            [Ending::Done, Ending::Failed, Ending::Skipped, Ending::Open].map(|ending| self.count(ending));
        write!(f, "{done} done, {failed} failed, {skipped} skipped")?;
        if open > 0 {
            write!(f, ", {open} without a result")?;
        }
        f.write_str(".\n")
    }
}
