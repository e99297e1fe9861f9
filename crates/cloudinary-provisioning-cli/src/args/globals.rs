//! The options that are the same for every command.

use std::num::NonZeroUsize;
use std::time::Duration;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{ArgAction, Args, ValueEnum};
use cloudinary_provisioning::Region;

use crate::terminal::exit::Exit;

/// Options of every command.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Global options")]
#[allow(clippy::struct_excessive_bools, reason = "each is an option of its own")]
pub(crate) struct Globals {
    /// Work on an account in memory. Nothing leaves the process, and credentials are ignored.
    #[arg(long, global = true)]
    pub(crate) demo: bool,
    /// The base URL of the service, such as that of a gateway.
    #[arg(long, global = true, value_name = "URL")]
    pub(crate) origin: Option<String>,
    /// The region of the service.
    #[arg(long, global = true, value_parser = regions())]
    pub(crate) region: Option<Region>,
    /// How many calls a command may make at the same time: 8 by default where it reads, 1 where it changes something.
    #[arg(long, global = true, value_name = "N")]
    pub(crate) workers: Option<NonZeroUsize>,
    /// How many seconds each attempt of a call may take.
    #[arg(long, global = true, value_name = "SECONDS", value_parser = seconds)]
    pub(crate) timeout: Option<Duration>,
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
    /// Report each attempt of a call on standard error.
    #[arg(short, global = true, action = ArgAction::SetTrue)]
    pub(crate) verbose: bool,
}

/// How many calls a command makes at the same time where `--workers` does not say.
const WORKERS: NonZeroUsize = NonZeroUsize::new(8).unwrap();

impl Globals {
    /// How many calls a command makes at the same time.
    pub(crate) fn workers(&self) -> usize {
        self.workers.unwrap_or(WORKERS).get()
    }

    /// Refuses options that exclude one another, wherever they are given.
    pub(crate) fn check(&self) -> Result<(), Exit> {
        let given = [("--demo", self.demo), ("--origin", self.origin.is_some()), ("--region", self.region.is_some())];
        let given: Vec<_> = given.into_iter().filter(|(_, given)| *given).map(|(name, _)| name).collect();
        if self.columns.iter().any(|name| name.trim().is_empty()) {
            return Err(Exit::usage("--columns has an empty name"));
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

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text.parse().map_err(|_| "not a number of seconds".to_owned())?;
    Duration::try_from_secs_f64(seconds)
        .ok()
        .filter(|timeout| !timeout.is_zero())
        .ok_or_else(|| "not a positive length of time".to_owned())
}
