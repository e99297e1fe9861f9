//! The options that are the same for every command.

use std::iter;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches, ValueEnum};
use cloudinary_provisioning::Region;

use crate::terminal::exit::Exit;

const HEADING: &str = "Global options";

/// Options of every command.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = HEADING)]
#[allow(clippy::struct_excessive_bools, reason = "each is an option of its own")]
pub(crate) struct Globals {
    /// Work on an account in memory. Nothing leaves the process, and credentials are ignored.
    #[arg(long, global = true)]
    pub(crate) demo: bool,
    /// The account of this profile; see `cldp profile`.
    #[arg(long, global = true, value_name = "NAME")]
    pub(crate) profile: Option<String>,
    /// The base URL of the service, such as that of a gateway.
    #[arg(long, global = true, value_name = "URL")]
    pub(crate) origin: Option<String>,
    /// The region of the service.
    #[arg(long, global = true, value_parser = regions())]
    pub(crate) region: Option<Region>,
    /// Also trust the certificate authorities in this file, in PEM, beside those that are built in and the platform's (or those
    /// of `SSL_CERT_FILE` and `SSL_CERT_DIR`).
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) ca_file: Option<PathBuf>,
    /// How many calls a command may make at the same time: 8 by default.
    #[arg(long, global = true, value_name = "N")]
    pub(crate) workers: Option<NonZeroUsize>,
    /// How long each attempt of a call may take: 30s by default. A number alone is seconds.
    #[arg(long, global = true, value_name = "DURATION", value_parser = duration)]
    pub(crate) timeout: Option<Duration>,
    /// How often a failed attempt is retried, where that is safe: 5 times by default.
    #[arg(long, global = true, value_name = "N")]
    pub(crate) retries: Option<u32>,
    /// How long a call may take with all that it waits for: 90s, 10m, 2h. By default 5m, of which at most 60s at a time are
    /// waited because the service asks for it.
    #[arg(long, global = true, value_name = "DURATION", value_parser = duration)]
    pub(crate) max_wait: Option<Duration>,
    /// The format of the output. By default, a table on a terminal and JSON elsewhere.
    #[arg(short, long, global = true, value_enum, value_name = "FORMAT")]
    pub(crate) output: Option<Format>,
    /// The columns or fields to show: `id,email` or `principal.id`. Tables and CSV have them in this order.
    #[arg(long, global = true, value_name = "NAMES", value_delimiter = ',')]
    pub(crate) columns: Vec<String>,
    /// Show what would be sent, with credentials redacted, and send nothing but look-ups of names.
    #[arg(long, global = true)]
    pub(crate) dry_run: bool,
    /// Do not ask before deleting, removing or disabling anything.
    #[arg(short, long, global = true)]
    pub(crate) yes: bool,
    /// Print secrets instead of `********`.
    #[arg(long, global = true)]
    pub(crate) show_secrets: bool,
    /// Do not escape CSV cells that a spreadsheet would read as formulas.
    #[arg(long, global = true)]
    pub(crate) raw_csv: bool,
    /// Whether to report each attempt of a call on standard error; see [`with_verbose`].
    #[arg(skip)]
    pub(crate) verbose: bool,
    /// Write nothing but errors to standard error: no progress, no retries, no notes.
    #[arg(short, long, global = true)]
    pub(crate) quiet: bool,
}

/// How many calls a command makes at the same time where `--workers` does not say.
const WORKERS: NonZeroUsize = NonZeroUsize::new(8).unwrap();

/// The id of `--verbose`, and its long form.
const VERBOSE: &str = "verbose";

/// Adds `-v, --verbose` to a command and those below it. It is not global for clap, since an operation has a field of that name:
/// there it is `-v` alone.
pub(crate) fn with_verbose(command: Command) -> Command {
    let is_taken = command.get_arguments().any(|argument| argument.get_long() == Some(VERBOSE));
    let verbose = Arg::new(VERBOSE)
        .short('v')
        .action(ArgAction::SetTrue)
        .help("Report each attempt of a call on standard error")
        .help_heading(HEADING);
    command.arg(if is_taken { verbose } else { verbose.long(VERBOSE) }).mut_subcommands(with_verbose)
}

impl Globals {
    /// Takes the options from wherever they are given on the command line.
    pub(crate) fn read(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let mut globals = Self::from_arg_matches(matches)?;
        let levels = iter::successors(Some(matches), |matches| Some(matches.subcommand()?.1));
        for level in levels {
            globals.verbose |= matches!(level.try_get_one(VERBOSE), Ok(Some(true)));
        }
        Ok(globals)
    }

    /// How many calls a command makes at the same time.
    pub(crate) fn workers(&self) -> usize {
        self.workers.unwrap_or(WORKERS).get()
    }

    /// Refuses `--dry-run`, for a command that reads more than one request can show, or writes what is not the service's.
    pub(crate) fn no_dry_run(&self) -> Result<(), Exit> {
        if self.dry_run {
            return Err(Exit::usage("--dry-run is for operations, `api`, `batch`, `apply` and `offboard`"));
        }
        Ok(())
    }

    /// Refuses options that exclude one another, wherever they are given.
    pub(crate) fn check(&self) -> Result<(), Exit> {
        let given = [("--demo", self.demo), ("--origin", self.origin.is_some()), ("--region", self.region.is_some())];
        let given: Vec<_> = given.into_iter().filter(|(_, given)| *given).map(|(name, _)| name).collect();
        if self.columns.iter().any(|name| name.trim().is_empty()) {
            return Err(Exit::usage("--columns has an empty name"));
        }
        if self.demo && self.profile.is_some() {
            return Err(Exit::usage("--demo cannot be used with --profile"));
        }
        if self.quiet && self.verbose {
            return Err(Exit::usage("--quiet cannot be used with --verbose"));
        }
        match given.as_slice() {
            [one, other, ..] => Err(Exit::Usage(format!("{one} cannot be used with {other}"))),
            _ => Ok(()),
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    Table,
    Json,
    /// One JSON value a line.
    Jsonl,
    Csv,
}

fn regions() -> impl TypedValueParser<Value = Region> {
    PossibleValuesParser::new(Region::ALL.map(Region::as_str)).try_map(|name| name.parse())
}

/// Reads `30`, `0.5`, `90s`, `10m`, `2h` or `1d`.
fn duration(text: &str) -> Result<Duration, String> {
    let units = [('s', 1.0), ('m', 60.0), ('h', 3_600.0), ('d', 86_400.0)];
    let unit = units.into_iter().find_map(|(unit, seconds)| Some((text.strip_suffix(unit)?, seconds)));
    let (number, seconds) = unit.unwrap_or((text, 1.0));
    let number: f64 = number.parse().map_err(|_| "not a length of time: expected 30, 90s, 10m or 2h".to_owned())?;
    Duration::try_from_secs_f64(number * seconds)
        .ok()
        .filter(|length| !length.is_zero())
        .ok_or_else(|| "not a positive length of time".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_of_time_has_a_unit_or_is_in_seconds() {
        for (text, millis) in [("30", 30_000), ("0.5", 500), ("90s", 90_000), ("10m", 600_000), ("2h", 7_200_000)] {
            assert_eq!(duration(text), Ok(Duration::from_millis(millis)), "{text}");
        }
        for text in ["", "0", "-1", "s", "1y", "NaN", "inf", "1e300h"] {
            assert!(duration(text).is_err(), "{text}");
        }
    }
}
