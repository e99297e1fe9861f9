//! Where new secrets go: to a file, or to a command.

use std::collections::BTreeSet;
use std::io::{ErrorKind, Write};
use std::path::Path;
use std::process::Stdio;

use cloudinary_provisioning::{ApiKey, Secret};
use serde_json::{Value, json};

use crate::terminal::exit::Exit;
use crate::terminal::json_lines::JsonLines;
use crate::terminal::shell::shell;

/// Where new secrets go.
#[derive(Clone, Copy)]
pub(crate) enum SecretsTo<'s> {
    /// JSON lines are appended to this file.
    File(&'s Path),
    /// This command gets each on its standard input, as a JSON line.
    Command(&'s str),
}

/// Stores secrets, each before anything else is done.
pub(crate) enum SecretStore<'s> {
    File(JsonLines, &'s Path),
    Command(&'s str),
}

/// A key with its secret.
pub(crate) struct NewKey<'k> {
    pub(crate) cloud_name: &'k str,
    /// `None` for the key that comes with a new product environment.
    pub(crate) name: Option<&'k str>,
    pub(crate) api_key: &'k ApiKey,
    pub(crate) secret: &'k Secret,
}

impl<'s> SecretStore<'s> {
    /// Opens the file, which nobody but its owner may read.
    pub(crate) fn open(to: SecretsTo<'s>) -> Result<Self, Exit> {
        Ok(match to {
            SecretsTo::File(path) => Self::File(JsonLines::open_private(path)?, path),
            SecretsTo::Command(command) => Self::Command(command),
        })
    }

    /// The keys whose secrets are stored. What a command has stored is not known.
    pub(crate) fn stored(&mut self) -> Result<BTreeSet<ApiKey>, Exit> {
        let Self::File(lines, path) = self else { return Ok(BTreeSet::new()) };
        let bytes = std::fs::read(*path).map_err(|error| Exit::Usage(format!("{}: {error}", path.display())))?;
        if bytes.last().is_some_and(|last| *last != b'\n') {
            lines.end_line()?;
        }
        let text = |line: &Value, field| line.get(field).and_then(Value::as_str).map(str::to_owned);
        // A truncated line is not a stored secret.
        let records = bytes.split(|byte| *byte == b'\n').filter_map(|line| serde_json::from_slice(line).ok());
        let whole = records.filter(|line| text(line, "api_secret").is_some_and(|secret| !secret.is_empty()));
        Ok(whole.filter_map(|line| text(&line, "api_key")).map(ApiKey::from).collect())
    }

    /// Stores a secret. The file has it on disk afterwards, and the command has ended well.
    pub(crate) fn store(&mut self, key: &NewKey<'_>) -> Result<(), Exit> {
        let record = json!({
            "cloud_name": key.cloud_name,
            "name": key.name,
            "api_key": key.api_key,
            "api_secret": key.secret.expose(),
        });
        match self {
            Self::File(lines, _) => lines.append(record),
            Self::Command(command) => give(command, &format!("{record}\n")),
        }
    }
}

/// Runs the command with a text on its standard input. What it prints is dropped, but for errors.
fn give(command: &str, text: &str) -> Result<(), Exit> {
    let failed = |error: &dyn std::fmt::Display| Exit::Failed(format!("the command for secrets failed: {error}"));
    let mut shell = shell(command);
    let spawned = shell.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::inherit()).spawn();
    let mut child = spawned.map_err(|error| failed(&error))?;
    let written = child.stdin.take().map_or(Ok(()), |mut stdin| stdin.write_all(text.as_bytes()));
    let status = child.wait().map_err(|error| failed(&error))?;
    match written {
        _ if !status.success() => Err(failed(&status)),
        // Its own success says that it needs no more.
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(failed(&error)),
        _ => Ok(()),
    }
}
