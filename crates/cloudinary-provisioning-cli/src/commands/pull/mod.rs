//! `cldp pull`: what an account holds, as a manifest.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

use cloudinary_provisioning_plan::manifest::ObjectKind;
use cloudinary_provisioning_plan::{Manifest, Snapshot, Survey};

use super::manifest::{format_of, wrong};
use crate::args::cli::{ManifestFormat, PullOptions};
use crate::args::globals::{Format, Globals};
use crate::connection::account::Connection;
use crate::connection::reading::Reading;
use crate::terminal::ctrl_c;
use crate::terminal::exit::Exit;
use crate::terminal::file::OutputFile;
use crate::terminal::input;
use crate::terminal::progress::ProgressLine;
use crate::terminal::say::{note, say};
use crate::terminal::shown::shown;
use crate::terminal::stream;

mod merge;

pub(crate) fn run(globals: &Globals, options: &PullOptions) -> Result<ExitCode, Exit> {
    globals.no_dry_run()?;
    let format = format(globals, options.file.as_deref())?;
    let before = options.file.as_deref().map(|path| Before::read(path, format)).transpose()?.flatten();
    let kinds = match options.only.as_slice() {
        [] => ObjectKind::ALL,
        only => only,
    };
    let kinds: BTreeSet<_> = kinds.iter().copied().collect();

    let progress = ProgressLine::of_about("calls");
    let reading = Reading::new(Connection::open(globals, &progress)?.client, globals.workers(), &progress);
    ctrl_c::watch()?;
    let snapshot = reading.snapshot(Survey::everything(kinds.iter().copied()))?;
    progress.finish();
    let mut manifest = whole(&snapshot, kinds.iter().copied(), "nothing was written; --only names what to read")?;
    let text = match before {
        Some(before) => before.merged(&mut manifest, &kinds),
        None if format == ManifestFormat::Json => manifest.to_json(),
        None => manifest.to_toml(),
    };
    let checked = if format == ManifestFormat::Json { Manifest::from_json(&text) } else { Manifest::from_toml(&text) };
    checked.map_err(|error| Exit::Failed(format!("what was found contradicts what the file says: {error}")))?;
    match &options.file {
        None => {
            let mut out = stream::stdout();
            out.write_all(text.as_bytes())?;
            out.flush()?;
        }
        Some(path) => {
            write(path, &text).map_err(|error| Exit::Failed(format!("{}: {error}", path.display())))?;
            note(format_args!("Wrote {} objects to {}.", manifest.objects().count(), path.display()));
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The manifest of what was read, unless a part could not be.
pub(crate) fn whole(
    snapshot: &Snapshot,
    kinds: impl IntoIterator<Item = ObjectKind>,
    otherwise: &str,
) -> Result<Manifest, Exit> {
    let failures = snapshot.failures();
    if !failures.is_empty() {
        for failure in &failures {
            say(shown(failure));
        }
        return Err(Exit::Failed(format!("not everything could be read, and {otherwise}")));
    }
    let (manifest, left_out) = snapshot.manifest(kinds);
    for left_out in &left_out {
        say(shown(&format!("left out: {left_out}")));
    }
    Ok(manifest)
}

pub(crate) fn write(path: &Path, text: &str) -> io::Result<()> {
    let mut file = OutputFile::create(path, false)?;
    file.write_all(text.as_bytes())?;
    file.finish()
}

/// The format of the manifest: what the file's name says, else the option.
fn format(globals: &Globals, file: Option<&Path>) -> Result<ManifestFormat, Exit> {
    let wanted = match globals.output {
        None => None,
        Some(Format::Json) => Some(ManifestFormat::Json),
        Some(_) => return Err(Exit::usage("a manifest is written as TOML or, with -o json, as JSON")),
    };
    match (file.and_then(format_of), wanted) {
        (Some(ManifestFormat::Csv), _) => {
            Err(Exit::usage("`cldp export users --file` writes CSV; pull writes a manifest"))
        }
        (Some(ManifestFormat::Toml), Some(_)) => Err(Exit::usage("-o json cannot be used with a FILE in TOML")),
        (named, wanted) => Ok(named.or(wanted).unwrap_or(ManifestFormat::Toml)),
    }
}

/// The manifest that is there.
struct Before {
    manifest: Manifest,
    /// With its comments, where it is TOML.
    document: Option<toml_edit::DocumentMut>,
    /// Whether its lines end as on Windows.
    is_crlf: bool,
}

impl Before {
    /// Reads the file, if it is there and there is something in it.
    fn read(path: &Path, format: ManifestFormat) -> Result<Option<Self>, Exit> {
        match fs::metadata(path) {
            // A device or a pipe holds nothing to keep.
            Ok(there) if !there.is_file() => return Ok(None),
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Ok(_) | Err(_) => {}
        }
        let text = input::read(path)?;
        if text.trim().is_empty() {
            return Ok(None);
        }
        let place = path.display().to_string();
        let is_crlf = text.contains("\r\n");
        if format == ManifestFormat::Json {
            let manifest = Manifest::from_json(&text).map_err(|error| wrong(&place, &error))?;
            return Ok(Some(Self { manifest, document: None, is_crlf }));
        }
        let manifest = Manifest::from_toml(&text).map_err(|error| wrong(&place, &error))?;
        let document = text.parse().map_err(|error| Exit::Usage(format!("{place}: {error}")))?;
        Ok(Some(Self { manifest, document: Some(document), is_crlf }))
    }

    /// The text of the manifest with what was found in place of what it says of these kinds. What is ignored stays out.
    fn merged(self, found: &mut Manifest, kinds: &BTreeSet<ObjectKind>) -> String {
        let is_crlf = self.is_crlf;
        let text = self.merged_lines(found, kinds);
        if is_crlf { text.replace('\n', "\r\n") } else { text }
    }

    fn merged_lines(self, found: &mut Manifest, kinds: &BTreeSet<ObjectKind>) -> String {
        let Self { manifest: before, document, .. } = self;
        let ignore = before.ignore.clone();
        found.environments.retain(|it| !ignore.matches(ObjectKind::Environments, &it.cloud_name));
        found.keys.retain(|it| !ignore.matches(ObjectKind::Keys, &format!("{}/{}", it.environment, it.name)));
        found.groups.retain(|it| !ignore.matches(ObjectKind::Groups, &it.name));
        found.users.retain(|it| !ignore.matches(ObjectKind::Users, &it.email));
        found.roles.retain(|it| {
            let names = [Some(&it.id), it.name.as_ref()];
            !names.into_iter().flatten().any(|name| ignore.matches(ObjectKind::Roles, name))
        });
        found.policies.retain(|it| !ignore.matches(ObjectKind::Policies, &it.name));
        if let Some(document) = document {
            return merge::merge(document, found, kinds);
        }
        let keep = |kind| !kinds.contains(&kind);
        (found.prune, found.ignore) = (before.prune, before.ignore);
        if keep(ObjectKind::Environments) {
            found.environments = before.environments;
        }
        if keep(ObjectKind::Keys) {
            found.keys = before.keys;
        }
        if keep(ObjectKind::Groups) {
            found.groups = before.groups;
        }
        if keep(ObjectKind::Users) {
            found.users = before.users;
        }
        if keep(ObjectKind::Roles) {
            found.roles = before.roles;
        }
        if keep(ObjectKind::Policies) {
            found.policies = before.policies;
        }
        if keep(ObjectKind::Assignments) {
            found.assignments = before.assignments;
        }
        found.to_json()
    }
}
