//! The command line: what is the same for every command, and the commands that are not operations.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::time::Duration;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{ArgAction, Args, CommandFactory, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use cloudinary_provisioning::Region;

use crate::operation;
use crate::stop::Stop;

/// Manages a Cloudinary account: users, groups, product environments, access keys, roles, policies.
///
/// Every operation of the account provisioning API is a command: `cldp users list --prefix jo`. Try them with --demo, on an
/// account in memory.
#[derive(Debug, Parser)]
#[command(name = "cldp", version, after_help = AFTER_HELP, subcommand_required = true, arg_required_else_help = true)]
#[command(subcommand_help_heading = "Commands")]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) globals: Globals,
    #[command(subcommand)]
    pub(crate) command: Command,
}

const AFTER_HELP: &str = "\
The account comes from the environment:
  CLOUDINARY_ACCOUNT_URL=account://KEY:SECRET@ACCOUNT_ID
or in parts:
  CLOUDINARY_ACCOUNT_ID, CLOUDINARY_PROVISIONING_API_KEY,
  CLOUDINARY_PROVISIONING_API_SECRET
With --demo it is an account in memory, and the environment is not looked at.

Exit status:
  0  all is done
  1  the service refused, or something failed
  2  the command line, the environment or the input is wrong; nothing was sent

Examples:
  cldp --demo users list --prefix a
  cldp --demo users create --name \"Jo Doe\" --email jo@example.com --role billing
  cldp --demo roles list --permission-type global -o json
  cldp --demo users delete u3 --dry-run
  cldp --demo review";

/// Options of every command.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Global options")]
#[allow(clippy::struct_excessive_bools, reason = "each is an option of its own")]
pub(crate) struct Globals {
    /// Work on an account in memory. Nothing leaves the process, and credentials are not looked at.
    #[arg(long, global = true)]
    pub(crate) demo: bool,
    /// The URL of the service, such as a gateway's.
    #[arg(long, global = true, value_name = "URL")]
    pub(crate) origin: Option<String>,
    /// The region of the service.
    #[arg(long, global = true, value_parser = regions())]
    pub(crate) region: Option<Region>,
    /// How many calls to make at the same time, where a command makes many.
    #[arg(long, global = true, value_name = "N")]
    pub(crate) workers: Option<NonZeroUsize>,
    /// How many seconds one attempt of a call may take.
    #[arg(long, global = true, value_name = "SECONDS", value_parser = seconds)]
    pub(crate) timeout: Option<Duration>,
    /// The form of the output: a table on a terminal, JSON elsewhere, unless this says otherwise.
    #[arg(short, long, global = true, value_enum, value_name = "FORMAT")]
    pub(crate) output: Option<Format>,
    /// The columns or fields to show: `id,email` or `principal.id`. Tables and CSV have them in this order.
    #[arg(long, global = true, value_name = "NAMES", value_delimiter = ',')]
    pub(crate) columns: Vec<String>,
    /// Show what would be sent, with credentials masked, and send nothing. For `sync`: show the plan, change nothing.
    #[arg(long, global = true)]
    pub(crate) dry_run: bool,
    /// Do not ask before something is deleted, removed or disabled.
    #[arg(short, long, global = true)]
    pub(crate) yes: bool,
    /// Print secrets instead of `********`.
    #[arg(long, global = true)]
    pub(crate) show_secrets: bool,
    /// Leave CSV cells that a spreadsheet would take for a formula as they are.
    #[arg(long, global = true)]
    pub(crate) raw_csv: bool,
    /// Report every attempt of a call on standard error.
    #[arg(short, global = true, action = ArgAction::SetTrue)]
    pub(crate) verbose: bool,
}

impl Globals {
    /// Options that exclude one another, wherever they stand.
    pub(crate) fn check(&self) -> Result<(), Stop> {
        let given = [("--demo", self.demo), ("--origin", self.origin.is_some()), ("--region", self.region.is_some())];
        let given: Vec<_> = given.into_iter().filter(|(_, given)| *given).map(|(name, _)| name).collect();
        if self.columns.iter().any(|name| name.trim().is_empty()) {
            return Err(Stop::usage("--columns has an empty name"));
        }
        match given.as_slice() {
            [one, other, ..] => Err(Stop::Usage(format!("{one} cannot be used with {other}"))),
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

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Bring the users of the account to the state that a file describes.
    #[command(long_about = SYNC_HELP)]
    Sync(SyncOptions),
    /// Write users, access, keys or roles to standard output or a file, as CSV.
    Export(ExportOptions),
    /// Show who can access what, in which product environment, and through which group or role.
    Review,
    /// Send any request to the service, for what has no command.
    Api(ApiOptions),
    /// Run operations from JSON lines, and write their results as JSON lines in the same order.
    #[command(long_about = BATCH_HELP)]
    Batch(BatchOptions),
    /// Serve an account in memory on the loopback interface, to test tools in any language.
    #[command(long_about = FAKE_HELP)]
    Fake(FakeOptions),
    /// Print a script that completes commands in a shell.
    Completions {
        /// The shell.
        shell: Shell,
    },
}

const SYNC_HELP: &str = "\
Bring the users of the account to the state that a file describes.

FILE holds the wanted users. It is a JSON array:

  [{\"email\": \"jo@example.com\", \"name\": \"Jo\", \"role\": \"billing\",
    \"enabled\": true, \"sub_account_ids\": [\"id-1\", \"id-2\"]}, ...]

or, if its name ends in .csv, CSV with columns of these names, as `cldp export users` writes it. Users are told \
apart by their email, in any case; blanks around emails and ids do not count. `email` is required, and `name` \
for those who are to be created. A field that is absent, null or an empty cell stays as it is; a new user gets \
the service's default.

`sub_account_ids` holds the product environments: a list of ids (in CSV with | between them), `all` for access \
to all, or `none` for users who have no access. An empty list is refused, because the service would grant access \
to all.

The plan is shown first. The plan and the summary go to standard output, as text or with -o json as one JSON \
object a line; everything else goes to standard error. It is safe to stop a run at any point and to start it \
again.";

const BATCH_HELP: &str = "\
Run operations from JSON lines, and write their results as JSON lines in the same order.

A line names an operation by its operationId, or by resource and name, and holds its fields:

  {\"operation\": \"getUser\", \"fields\": {\"user_id\": \"u1\"}}
  {\"operation\": \"users delete\", \"fields\": {\"user_id\": \"u1\"}}

Its result has the keys line, operation, ok, and result or error. Operations run one after the other; with \
--workers they run at the same time, and several lines are read ahead. Lines that delete or remove something \
need --yes.";

const FAKE_HELP: &str = "\
Serve an account in memory on the loopback interface, to test tools in any language.

It prints two lines, the URL of the service and CLOUDINARY_ACCOUNT_URL=account://KEY:SECRET@ACCOUNT_ID, and \
serves until its standard input ends or Ctrl-C is pressed.";

#[derive(Args, Debug)]
pub(crate) struct SyncOptions {
    /// The wanted users, as JSON or CSV; - for JSON on standard input. With --demo alone, a sample is taken.
    pub(crate) file: Option<PathBuf>,
    /// Disable the account's users who are not in FILE: never the root user, and never those of --me.
    #[arg(long)]
    pub(crate) disable_missing: bool,
    /// Your own email address, which --disable-missing leaves alone. The API does not tell whose key it is.
    #[arg(long, value_name = "EMAIL")]
    pub(crate) me: Vec<String>,
}

#[derive(Args, Debug)]
pub(crate) struct ExportOptions {
    #[arg(value_enum)]
    pub(crate) what: Export,
    /// The file to write, in place of standard output. It appears when it is complete.
    #[arg(short, long, value_name = "FILE")]
    pub(crate) file: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Export {
    /// Users with their groups and product environments, as `cldp sync` reads them.
    Users,
    /// A line for each way in which a principal has access, as `cldp review` shows them.
    Access,
    /// The access keys of all product environments.
    Keys,
    /// Roles with their policies and principals.
    Roles,
}

#[derive(Args, Debug)]
pub(crate) struct ApiOptions {
    /// GET, POST, PUT or DELETE.
    pub(crate) method: String,
    /// The path: `users/u1`, `roles`, or whole: `/v2/accounts/{account_id}/permissions/roles`.
    pub(crate) path: String,
    /// A query parameter; one that is given twice is sent twice.
    #[arg(long, value_name = "KEY=VALUE")]
    pub(crate) query: Vec<String>,
    /// The body: JSON text, @FILE, or - for standard input.
    #[arg(long, value_name = "JSON")]
    pub(crate) json: Option<String>,
}

#[derive(Args, Debug)]
pub(crate) struct BatchOptions {
    /// The file with the lines; - or nothing for standard input.
    pub(crate) file: Option<PathBuf>,
}

#[derive(Args, Debug)]
pub(crate) struct FakeOptions {
    /// The port to listen on; a free one unless this is given.
    #[arg(long, default_value_t = 0, hide_default_value = true)]
    pub(crate) port: u16,
    /// What is in the account at the beginning.
    #[arg(long, value_enum, default_value_t = Seed::Demo)]
    pub(crate) seed: Seed,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Seed {
    /// The account of --demo.
    Demo,
    /// Nothing but the credentials.
    Empty,
}

/// The whole command line: the commands above, and one for every operation of the catalogue.
pub(crate) fn command() -> clap::Command {
    Cli::command().subcommands(operation::resources()).subcommands(operation::operation_ids())
}

fn regions() -> impl TypedValueParser<Value = Region> {
    PossibleValuesParser::new(Region::ALL.map(Region::as_str)).try_map(|name| name.parse())
}

fn seconds(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text.parse().map_err(|_| "not a number of seconds".to_owned())?;
    Duration::try_from_secs_f64(seconds)
        .ok()
        .filter(|timeout| !timeout.is_zero())
        .ok_or_else(|| "not a length of time".to_owned())
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_command_line_is_consistent() {
        super::command().debug_assert();
    }
}
