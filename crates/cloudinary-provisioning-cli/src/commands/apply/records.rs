//! What a run writes down before it goes on: what became of each step.

use std::path::Path;

use cloudinary_provisioning_plan::apply::StepReport;
use serde_json::json;

use crate::terminal::exit::Exit;
use crate::terminal::json_lines::JsonLines;

/// A log of steps.
pub(crate) struct Records(JsonLines);

impl Records {
    /// Opens the log.
    pub(crate) fn open_log(path: &Path) -> Result<Self, Exit> {
        JsonLines::open(path).map(Self)
    }

    pub(super) fn step(&mut self, number: usize, step: &StepReport, request_id: Option<&str>) -> Result<(), Exit> {
        self.0.append(json!({
            "step": {"number": number, "kind": step.kind, "name": step.name, "action": step.action},
            "request_id": request_id,
            "result": step.ending,
            "message": step.message,
            "changed_meanwhile": step.changed_meanwhile,
            "maybe_applied": step.maybe_applied,
        }))
    }
}
