//! The command line: the commands that are not operations, and all of them together.

use std::path::PathBuf;

use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

use super::globals::Globals;
use super::operation;

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
With --demo it is an account in memory, and the environment is ignored.

Exit status:
  0  success
  1  the service refused a request, or something failed
  2  the command line, the environment or the input is wrong; nothing was sent

Examples:
  cldp --demo users list --prefix a
  cldp --demo users create --name \"Jo Doe\" --email jo@example.com --role billing
  cldp --demo roles list --permission-type global -o json
  cldp --demo users delete u3 --dry-run
  cldp --demo review";

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Bring the users of the account to the state that a file describes.
    #[command(long_about = SYNC_HELP)]
    Sync(SyncOptions),
    /// Write users, access, keys or roles to standard output or a file, as CSV.
    Export(ExportOptions),
    /// Show who can access what, in which product environment, and through which group or role.
    Review,
    /// Send any request to the service, including those that have no command.
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

or, if its name ends in .csv, CSV with columns of these names, as `cldp export users` writes it. Users are \
matched by email, ignoring case and whitespace. `email` is required, and `name` for users to be created. A \
field that is absent, null or an empty cell is left as it is; a new user gets the service's default.

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
    /// The file to write instead of standard output. It appears only once it is complete.
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
    /// The path: `users/u1`, `roles`, or in full: `/v2/accounts/{account_id}/permissions/roles`.
    pub(crate) path: String,
    /// A query parameter. Can be given several times.
    #[arg(long, value_name = "KEY=VALUE")]
    pub(crate) query: Vec<String>,
    /// The body: JSON text, @FILE, or - for standard input.
    #[arg(long, value_name = "JSON")]
    pub(crate) json: Option<String>,
}

#[derive(Args, Debug)]
pub(crate) struct BatchOptions {
    /// The file with the lines. Standard input is read if it is - or absent.
    pub(crate) file: Option<PathBuf>,
}

#[derive(Args, Debug)]
pub(crate) struct FakeOptions {
    /// The port to listen on. By default, a free one.
    #[arg(long, default_value_t = 0, hide_default_value = true)]
    pub(crate) port: u16,
    /// What the account holds at first.
    #[arg(long, value_enum, default_value_t = FakeSeed::Demo)]
    pub(crate) seed: FakeSeed,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum FakeSeed {
    /// The account of --demo.
    Demo,
    /// Nothing but the credentials.
    Empty,
}

/// The whole command line: the commands above, and one for every operation of the catalogue.
pub(crate) fn command() -> clap::Command {
    Cli::command().subcommands(operation::resources()).subcommands(operation::operation_ids())
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_command_line_is_consistent() {
        super::command().debug_assert();
    }
}
