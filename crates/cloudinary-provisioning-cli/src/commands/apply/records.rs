//! What a run writes down before it goes on: new secrets, and what became of each step.

use std::path::Path;

use cloudinary_provisioning_plan::apply::{NewSecret, StepReport};
use serde_json::json;

use crate::terminal::exit::Exit;
use crate::terminal::json_lines::JsonLines;

/// A log of steps, or the file for their secrets.
pub(crate) struct Records(JsonLines);

impl Records {
    /// Opens the log.
    pub(crate) fn open_log(path: &Path) -> Result<Self, Exit> {
        JsonLines::open(path).map(Self)
    }

    /// Opens the file for secrets, which nobody but its owner may read.
    pub(super) fn open_secrets(path: &Path) -> Result<Self, Exit> {
        JsonLines::open_private(path).map(Self)
    }

    pub(super) fn secret(&mut self, secret: &NewSecret) -> Result<(), Exit> {
        self.0.append(json!({
            "cloud_name": secret.cloud_name,
            "name": secret.name,
            "api_key": secret.api_key,
            "api_secret": secret.secret.expose(),
        }))
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
