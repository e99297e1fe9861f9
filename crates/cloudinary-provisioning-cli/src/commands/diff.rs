//! `cldp diff`: what one manifest or account has that another has not.

use std::path::Path;
use std::process::ExitCode;

use cloudinary_provisioning_plan::manifest::ObjectKind;
use cloudinary_provisioning_plan::{Diff, Manifest, Survey};

use super::manifest::{Wanted, format_of, json_format};
use super::plan::show;
use super::pull::{whole, write};
use crate::args::cli::{DiffOptions, ManifestFormat};
use crate::args::globals::Globals;
use crate::connection::account::Connection;
use crate::connection::reading::Reading;
use crate::terminal::ctrl_c;
use crate::terminal::exit::Exit;
use crate::terminal::file::check_distinct;
use crate::terminal::progress::ProgressLine;
use crate::terminal::say::note;

pub(crate) fn run(globals: &Globals, options: &DiffOptions) -> Result<ExitCode, Exit> {
    globals.no_dry_run()?;
    let json = json_format(globals)?;
    let closing = options.file.as_deref().map(|path| (path, format_of(path).unwrap_or(ManifestFormat::Toml)));
    if closing.is_some_and(|(_, format)| format == ManifestFormat::Csv) {
        return Err(Exit::usage("--file writes a manifest, in TOML or JSON"));
    }
    check_distinct([options.file.as_deref()], [Some(options.a.as_path()), Some(options.b.as_path())])?;
    ctrl_c::watch()?;
    let a = manifest_of(globals, &options.a)?;
    let b = manifest_of(globals, &options.b)?;
    let diff = Diff::new(&a, &b);
    show(&diff, json)?;
    if let Some((path, format)) = closing {
        let manifest = diff.closing(&b);
        let text = if format == ManifestFormat::Json { manifest.to_json() } else { manifest.to_toml() };
        write(path, &text).map_err(|error| Exit::Failed(format!("{}: {error}", path.display())))?;
        note(format_args!("Wrote {} objects to {}.", manifest.objects().count(), path.display()));
    }
    Ok(if options.exit_code && !diff.is_empty() { ExitCode::from(3) } else { ExitCode::SUCCESS })
}

/// The manifest of a file, or of the account of a profile.
fn manifest_of(globals: &Globals, what: &Path) -> Result<Manifest, Exit> {
    let is_file = what == Path::new("-") || format_of(what).is_some() || what.exists();
    let Some(profile) = what.to_str().filter(|_| !is_file) else {
        return Wanted::of_file(globals, what).map(|wanted| wanted.manifest);
    };
    if globals.demo {
        return Err(Exit::usage(format_args!("{profile}: there is no such file, and --demo has no profiles")));
    }
    let globals = &Globals { profile: Some(profile.to_owned()), ..globals.clone() };
    let progress = ProgressLine::of_about("calls");
    let reading = Reading::new(Connection::open(globals, &progress)?.client, globals.workers(), &progress);
    let snapshot = reading.snapshot(Survey::everything(ObjectKind::ALL.iter().copied()))?;
    progress.finish();
    whole(&snapshot, ObjectKind::ALL.iter().copied(), "nothing was compared")
}
