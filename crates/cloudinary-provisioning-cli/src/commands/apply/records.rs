//! What a run writes down before it goes on: new secrets, and what became of each step.

use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use cloudinary_provisioning::time::OffsetDateTime;
use cloudinary_provisioning_plan::apply::{NewSecret, StepReport};
use serde_json::{Value, json};

use crate::output::cell_text::rfc3339;
use crate::terminal::exit::Exit;

/// A file to which JSON lines are appended. Each is on disk before anything else is done.
pub(super) struct Records {
    file: File,
    path: PathBuf,
}

impl Records {
    /// Opens the log.
    pub(super) fn open_log(path: &Path) -> Result<Self, Exit> {
        Self::open(path, OpenOptions::new().append(true).create(true))
    }

    /// Opens the file for secrets, which nobody but its owner may read.
    pub(super) fn open_secrets(path: &Path) -> Result<Self, Exit> {
        let mut options = OpenOptions::new();
        options.append(true).create(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let records = Self::open(path, &options)?;
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;

            let metadata = records.file.metadata().map_err(|error| records.failed(&error))?;
            if metadata.permissions().mode() & 0o077 != 0 {
                let path = path.display();
                return Err(Exit::Usage(format!(
                    "{path}: others may read it, and it is for secrets: chmod 600 {path}"
                )));
            }
        }
        Ok(records)
    }

    fn open(path: &Path, options: &OpenOptions) -> Result<Self, Exit> {
        let unusable = |error: &dyn std::fmt::Display| Exit::Usage(format!("{}: {error}", path.display()));
        // A pipe would block, and cannot keep anything.
        if std::fs::metadata(path).is_ok_and(|there| !there.is_file()) {
            return Err(unusable(&"not a regular file"));
        }
        let file = options.open(path).map_err(|error| unusable(&error))?;
        #[cfg(unix)]
        if let Some(directory) = path.canonicalize().ok().as_deref().and_then(Path::parent) {
            // So that the name is on disk too. Not every file system can do it.
            let _ = File::open(directory).and_then(|directory| directory.sync_all());
        }
        Ok(Self { file, path: path.to_owned() })
    }

    pub(super) fn secret(&mut self, secret: &NewSecret) -> Result<(), Exit> {
        self.append(&json!({
            "time": now(),
            "cloud_name": secret.cloud_name,
            "name": secret.name,
            "api_key": secret.api_key,
            "api_secret": secret.secret.expose(),
        }))
    }

    pub(super) fn step(&mut self, number: usize, step: &StepReport, request_id: Option<&str>) -> Result<(), Exit> {
        self.append(&json!({
            "time": now(),
            "step": {"number": number, "kind": step.kind, "name": step.name, "action": step.action},
            "request_id": request_id,
            "result": step.ending,
            "message": step.message,
            "changed_meanwhile": step.changed_meanwhile,
            "maybe_applied": step.maybe_applied,
        }))
    }

    fn append(&mut self, value: &Value) -> Result<(), Exit> {
        let mut line = value.to_string();
        line.push('\n');
        let written = self.file.write_all(line.as_bytes()).and_then(|()| self.file.sync_all());
        written.map_err(|error| self.failed(&error))
    }

    fn failed(&self, error: &io::Error) -> Exit {
        Exit::Failed(format!("{}: {error}", self.path.display()))
    }
}

fn now() -> String {
    rfc3339(OffsetDateTime::from(SystemTime::now()))
}
