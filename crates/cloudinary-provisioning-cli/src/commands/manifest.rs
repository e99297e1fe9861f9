//! The manifest that `cldp plan` and `cldp apply` are given: a file, or a plan that was saved.

use std::fmt;
use std::io::Write;
use std::path::{Path, PathBuf};

use cloudinary_provisioning_plan::guard::{Guard, Guards};
use cloudinary_provisioning_plan::manifest::{CsvOptions, ManifestError, User};
use cloudinary_provisioning_plan::{Manifest, Plan};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::args::cli::{GuardOptions, ManifestFormat, ManifestOptions};
use crate::args::globals::{Format, Globals};
use crate::connection::reader::Reader;
use crate::terminal::exit::Exit;
use crate::terminal::file::OutputFile;
use crate::terminal::input;

/// What `--demo` applies where there is no file.
const DEMO: &str = include_str!("demo.toml");

/// The version of a saved plan.
const VERSION: u32 = 1;

/// What is wanted of the account.
pub(crate) struct Wanted {
    /// Where it was read from.
    pub(crate) place: String,
    pub(crate) manifest: Manifest,
    /// The caller's own email address.
    pub(crate) me: Option<String>,
    allow: Vec<Guard>,
    /// What was reviewed, of a plan that was saved.
    pub(crate) reviewed: Option<Reviewed>,
}

/// What a saved plan is compared by.
pub(crate) struct Reviewed {
    account: String,
    fingerprint: String,
}

/// A plan, as it is saved.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct SavedPlan {
    version: u32,
    account: String,
    fingerprint: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    me: Option<String>,
    #[serde(default)]
    allow: Vec<String>,
    manifest: Box<RawValue>,
}

impl Wanted {
    /// Reads the file that the options name.
    pub(crate) fn read(globals: &Globals, options: &ManifestOptions) -> Result<Self, Exit> {
        let mut wanted = match &options.file {
            Some(path) => Self::read_file(path, globals, options, "; say it with --format")?,
            None if globals.demo => Self::of("the sample", Manifest::from_toml(DEMO).map_err(Exit::failed)?),
            None => return Err(Exit::usage("which FILE? It can be left out with --demo")),
        };
        if !options.prune.is_empty() {
            wanted.manifest.prune.extend(&options.prune);
            wanted.manifest.check().map_err(|error| wrong("--prune", &error))?;
        }
        wanted.allow.extend(options.guards.allow.iter().cloned());
        wanted.me = me(&options.guards)?.or(wanted.me);
        Ok(wanted)
    }

    /// Reads a file whose format its name or its content says.
    pub(crate) fn of_file(globals: &Globals, path: &Path) -> Result<Self, Exit> {
        Self::read_file(path, globals, &ManifestOptions::default(), "")
    }

    fn of(place: impl Into<String>, manifest: Manifest) -> Self {
        Self { place: place.into(), manifest, me: None, allow: Vec::new(), reviewed: None }
    }

    fn read_file(path: &Path, globals: &Globals, options: &ManifestOptions, hint: &str) -> Result<Self, Exit> {
        let place = if path == Path::new("-") { "standard input".to_owned() } else { path.display().to_string() };
        let format = options.format.or_else(|| format_of(path));
        if format != Some(ManifestFormat::Csv) && (options.from.is_some() || options.ignore_columns) {
            return Err(Exit::usage("--from and --ignore-columns are for CSV"));
        }
        let text = input::read(path)?;
        // A saved plan is known by what it holds, whatever it is called.
        if matches!(format, None | Some(ManifestFormat::Json))
            && let Some(saved) = SavedPlan::find(&text)
        {
            let opened = saved.and_then(|saved| saved.open(&place));
            return opened.map_err(|why| Exit::Usage(format!("{place}: {why}")));
        }
        let manifest = match format {
            None => {
                let why = "neither a saved plan, nor does its name say whether it is TOML, JSON or CSV";
                return Err(Exit::Usage(format!("{place}: {why}{hint}")));
            }
            Some(ManifestFormat::Toml) => Manifest::from_toml(&text),
            Some(ManifestFormat::Json) => Manifest::from_json(&text),
            Some(ManifestFormat::Csv) => {
                let csv = CsvOptions::new().ignore_columns(options.ignore_columns).raw(globals.raw_csv);
                Manifest::from_csv(text, &options.from.map_or(csv.clone(), |preset| csv.preset(preset)))
            }
        };
        match manifest {
            Ok(manifest) => Ok(Self::of(place, manifest)),
            Err(error) => Err(wrong(place, &error)),
        }
    }

    /// The guards of the caller, who uses this account's key.
    pub(crate) fn guards(&self, reader: &Reader) -> Guards {
        guards(&self.allow, self.me.as_deref(), reader)
    }

    /// Saves the plan, for a run of `cldp apply`.
    pub(crate) fn save(&self, plan: &Plan, reader: &Reader, path: &Path) -> Result<(), Exit> {
        let failed = |error: &dyn fmt::Display| Exit::Failed(format!("{}: {error}", path.display()));
        let saved = SavedPlan {
            version: VERSION,
            account: reader.account().id().to_string(),
            fingerprint: plan.fingerprint(),
            me: self.me.clone(),
            allow: self.allow.iter().map(ToString::to_string).collect(),
            manifest: RawValue::from_string(self.manifest.to_json()).map_err(|error| failed(&error))?,
        };
        let mut file = OutputFile::create(path, false).map_err(|error| failed(&error))?;
        serde_json::to_writer(&mut file, &saved).map_err(|error| failed(&error))?;
        writeln!(file).and_then(|()| file.finish()).map_err(|error| failed(&error))
    }
}

impl Reviewed {
    /// Refuses a plan that is not the one that was reviewed.
    pub(crate) fn check(&self, plan: &Plan, reader: &Reader) -> Result<(), Exit> {
        let account = reader.account().id();
        if self.account != account.as_str() {
            return Err(Exit::Refused(format!(
                "the saved plan is for account {}, and this is {account}",
                self.account
            )));
        }
        if self.fingerprint != plan.fingerprint() {
            let why =
                "the saved plan is out of date: what would be done now is shown above. Nothing was changed; plan again";
            return Err(Exit::Refused(why.to_owned()));
        }
        Ok(())
    }
}

impl SavedPlan {
    /// The saved plan that a text is, unless it is a manifest.
    fn find(json: &str) -> Option<Result<Self, String>> {
        #[derive(Deserialize)]
        struct Any<'j> {
            #[serde(borrow)]
            #[allow(dead_code, reason = "that it is there is what counts")]
            fingerprint: &'j RawValue,
        }

        // A list of users would be read as the fields.
        json.trim_start().starts_with('{').then(|| serde_json::from_str::<Any<'_>>(json).ok()).flatten()?;
        Some(serde_json::from_str(json).map_err(|error| format!("not a saved plan: {error}")))
    }

    fn open(self, place: &str) -> Result<Wanted, String> {
        let Self { version, account, fingerprint, me, allow, manifest } = self;
        if version != VERSION {
            return Err(format!("a saved plan of version {version}, where {VERSION} is expected: plan again"));
        }
        let manifest = Manifest::from_json(manifest.get()).map_err(|error| format!("not a saved plan: {error}"))?;
        let allow = allow.iter().map(|guard| guard.parse()).collect::<Result<_, _>>();
        let allow = allow.map_err(|error| format!("not a saved plan: {error}"))?;
        Ok(Wanted { me, allow, reviewed: Some(Reviewed { account, fingerprint }), ..Wanted::of(place, manifest) })
    }
}

/// The caller's own email address.
pub(crate) fn me(options: &GuardOptions) -> Result<Option<String>, Exit> {
    if let Some(me) = &options.me {
        // An address with a character that cannot be seen would protect nobody.
        let mut of_me = Manifest::new();
        of_me.users.push(User::new(me.as_str()));
        of_me.check().map_err(|error| wrong("--me", &error))?;
    }
    Ok(options.me.clone())
}

/// The guards of a caller who uses the reader's key.
pub(crate) fn guards(allow: &[Guard], me: Option<&str>, reader: &Reader) -> Guards {
    let guards = Guards::new().provisioning_key(reader.account().key());
    let guards = allow.iter().cloned().fold(guards, Guards::allow);
    me.into_iter().fold(guards, Guards::me)
}

/// Whether the output is JSON, pretty or on one line; `None` for text.
pub(crate) fn json_format(globals: &Globals) -> Result<Option<Format>, Exit> {
    match globals.output {
        Some(Format::Csv) => Err(Exit::usage("a plan is written as text or, with -o json, as JSON")),
        Some(Format::Table) | None => Ok(None),
        json => Ok(json),
    }
}

/// The format that a file's name says it has.
pub(crate) fn format_of(path: &Path) -> Option<ManifestFormat> {
    let extension = PathBuf::from(path.extension()?.to_ascii_lowercase());
    match extension.to_str()? {
        "toml" => Some(ManifestFormat::Toml),
        "json" => Some(ManifestFormat::Json),
        "csv" => Some(ManifestFormat::Csv),
        _ => None,
    }
}

/// Everything that is wrong with a file, a line for each problem.
pub(crate) fn wrong(place: impl fmt::Display, error: &ManifestError) -> Exit {
    lines(place, error.problems())
}

/// One line for each problem, behind the place.
pub(crate) fn lines<T: fmt::Display>(place: impl fmt::Display, problems: &[T]) -> Exit {
    let lines: Vec<_> = problems.iter().map(|problem| format!("{place}: {problem}")).collect();
    Exit::Usage(lines.join("\ncldp: "))
}
