//! The command line: the commands that are not operations, and all of them together.

use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, CommandFactory, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use cloudinary_provisioning::time::Date;
use cloudinary_provisioning_fake::{Fault, Framing};
use cloudinary_provisioning_plan::guard::Guard;
use cloudinary_provisioning_plan::manifest::{ObjectKind, Preset};

use super::dates;
use super::globals::{Globals, with_verbose};
use super::hints::Hints;
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
or from a profile, which --profile, CLDP_PROFILE or the file of profiles names:
  cldp profile list
With --demo it is an account in memory, and the environment is ignored.

Exit status:
  0  success
  1  the service refused a request, something failed, or a policy is not valid
  2  the command line, the environment or the input is wrong; nothing was sent
  3  there are differences (`plan --exit-code`)
  4  a guard refused, or a saved plan is out of date

Examples:
  cldp --demo users list --prefix a
  cldp --demo users create --name \"Jo Doe\" --email jo@example.com --role billing
  cldp --demo roles list --permission-type global -o json
  cldp --demo users get ada@example.com
  cldp --demo users delete u3 --dry-run
  cldp --demo apply
  cldp --demo review";

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Write what the account holds as a manifest, or bring one up to date.
    #[command(long_about = PULL_HELP)]
    Pull(PullOptions),
    /// Show what would make the account what a manifest says. Changes nothing.
    #[command(long_about = PLAN_HELP)]
    Plan(PlanOptions),
    /// Make the account what a manifest or a saved plan says.
    #[command(long_about = APPLY_HELP)]
    Apply(ApplyOptions),
    /// Show what one manifest or account has that another has not, by name. Changes nothing.
    #[command(long_about = DIFF_HELP)]
    Diff(DiffOptions),
    /// Take the access of people away who leave.
    #[command(long_about = OFFBOARD_HELP)]
    Offboard(OffboardOptions),
    /// Replace access keys by new ones with the same roles.
    #[command(long_about = ROTATE_HELP)]
    Rotate(RotateOptions),
    /// Write users, access, keys or roles to standard output or a file, as CSV.
    Export(ExportOptions),
    /// Show who can access what, in which product environment, and through which group or role.
    #[command(long_about = REVIEW_HELP)]
    Review(ReviewOptions),
    /// Send any request to the service, including those that have no command.
    Api(ApiOptions),
    /// Run operations from JSON lines, and write their results as JSON lines in the same order.
    #[command(long_about = BATCH_HELP)]
    Batch(BatchOptions),
    /// Show which account the tool works on, by which key, and whether the key works.
    Whoami,
    /// Show, choose and check the accounts of the file of profiles.
    #[command(subcommand, long_about = PROFILE_HELP)]
    Profile(ProfileCommand),
    /// Serve an account in memory on the loopback interface, to test tools in any language.
    #[command(long_about = FAKE_HELP)]
    Fake(FakeOptions),
    /// Write a manual page for each command into a directory.
    #[command(hide = true)]
    Man {
        /// The directory, which is made if it is not there.
        #[arg(value_name = "DIR")]
        directory: PathBuf,
    },
    /// Print a script that completes commands in a shell.
    Completions {
        /// The shell.
        shell: Shell,
    },
}

const PULL_HELP: &str = "\
Write what the account holds as a manifest, or bring one up to date.

The manifest is TOML, or with -o json or a FILE of that name JSON. `cldp plan` finds nothing to do for it. It holds no \
secret. What a FILE that is there says of other kinds, and what it ignores, stays; a TOML file keeps its comments.

If anything could not be read, nothing is written.";

const PLAN_HELP: &str = "\
Show what would make the account what a manifest says. Changes nothing.

FILE is a manifest in TOML or JSON, or a CSV of users. What it says, the account gets; what it does not mention stays. A \
list is the whole list, and nothing is removed unless the file says so:

  [[users]]
  email = \"jo@example.com\"
  name = \"Jo\"
  role = \"billing\"
  environments = [\"shop\"]      # or \"all\"

  [[groups]]
  name = \"Editors\"
  members = [\"jo@example.com\"]

There are also environments, keys, roles, policies and assignments: see \
https://docs.rs/cloudinary-provisioning-plan. `cldp pull` writes such a file.

A CSV has the columns email, name, role, enabled, environments and groups, in any order, as `cldp export users` writes \
them.

Exit status: 0, or with --exit-code 3 if anything would change; 1 if not everything could be read; 2 if the file is \
wrong; 4 if a guard refuses the plan.";

const APPLY_HELP: &str = "\
Make the account what a manifest or a saved plan says.

The plan is shown first, and applied once it is confirmed: on a terminal, by --yes, or by a plan that was saved with \
`cldp plan --out`. A saved plan is made anew, and refused if anything differs from what was reviewed. Afterwards the \
account is read again, and what is left is shown.

Guards refuse a plan, or a step of it, that would leave no master admin, change your own user (--me) or the root user, \
take a role from the provisioning key in use, take away much at once, delete a product environment, or create a secret \
that is not stored. --allow GUARD allows it by name.

It is safe to stop a run at any point and to start it again.

Exit status: 0 if nothing is left; 1 if something failed or is left; 2 if the file or the command line is wrong; 4 if a \
guard refuses, or the saved plan is out of date.";

const DIFF_HELP: &str = "\
Show what B has that A has not, by name. Changes nothing.

A and B are manifests, plans that `cldp plan --out` saved, or the names of profiles, whose accounts are read. A line with + is \
in B alone, one with - in A alone, and one with ~ says what A says of a field, and B. --file writes a manifest that gives A \
what B has, for `cldp apply`; it takes away nothing that A alone has, but what a list of B leaves out.

  cldp diff staging production
  cldp diff yesterday.toml today.toml --file closing.toml";

const OFFBOARD_HELP: &str = "\
Take the access of people away who leave: each is disabled, out of every group, and without a role.

What they still hold is told: enabled access keys that are named after them, groups of which nobody else is a member, \
and whether they are the last master admin. The plan is shown, guarded and asked about as that of `cldp apply`; --dry-run \
shows it and changes nothing. Run it again to go on where it was interrupted.";

const ROTATE_HELP: &str = "\
Replace access keys: each gets a successor with its roles and with what it is set aside for.

The successor of `ci` is called `ci-rotated-1`, and the next one `ci-rotated-2`. A product environment stands for its keys \
in use, without its root key and without successors of keys that are still there. Run it again to go on where it was \
interrupted: no key gets two successors, and a secret that is not stored yet is read again, if the service shows it.

  cldp rotate shop/ci --secrets new.jsonl --disable-old
  cldp rotate shop/ci --delete-old --older-than 7d

With --disable-old, an old key is disabled once the successor's secret is stored and the successor has everything. Custom \
policies that name an old key are left as they are. The plan is shown, guarded and asked about as that of `cldp apply`; \
--dry-run shows it and changes nothing.";

const REVIEW_HELP: &str = "\
Show who can access what, in which product environment, through which group or role, and what it allows.

Only what is asked about is read. An option can be given several times, for any of its values; different options restrict \
one another. With --environment, roles of the account itself are left out.

What a role allows is what the statements of its policies say. (conditions) marks what a statement leaves open, because it \
depends on more than an action and the type that it is about, and (unknown) a policy whose statement is not shown or not \
understood. `not` is what a statement forbids, whatever permits it. Custom policies are not part of a role, and may \
permit or forbid more: --policies shows them. Nothing says what the role in a user's own record allows, such as billing.

  cldp review --user ada@example.com
  cldp review --environment shop --role prodenv/Admin --columns principal,allows

Exit status: 1 if not everything could be read, 2 if there is no such name, or more than one.";

const PROFILE_HELP: &str = "\
Show, choose and check the accounts of the file of profiles.

The file is cldp/profiles.toml in the configuration folder: $XDG_CONFIG_HOME or ~/.config, on macOS \
~/Library/Application Support, on Windows %APPDATA%. Only its owner may read it.

  default = \"staging\"

  [profiles.staging]
  account_id = \"...\"
  key = \"...\"
  secret = \"...\"
  region = \"api-eu\"

  [profiles.production]
  credential_command = \"vault read -field=url secret/cloudinary\"

The command prints account://KEY:SECRET@ACCOUNT_ID. --profile takes precedence, then the environment's account, then \
CLDP_PROFILE, then `default`; --verbose tells which one was taken.";

const BATCH_HELP: &str = "\
Run operations from JSON lines, and write their results as JSON lines in the same order.

A line names an operation by its operationId, or by resource and name, and holds its fields:

  {\"operation\": \"getUser\", \"fields\": {\"user_id\": \"u1\"}}
  {\"operation\": \"users delete\", \"fields\": {\"user_id\": \"u1\"}}

Its result has the keys line, operation, ok, and result or error. Several lines run at the same time; where they depend \
on one another, --workers 1 runs one after the other. Lines that delete, remove or disable something need --yes.

With --log, what becomes of each line is on disk before anything else happens. --resume goes on from there: what was \
done is not done again, what has failed is tried again, and a create that was begun and may have been applied is \
reported, and not sent.";

const FAKE_HELP: &str = "\
Serve an account in memory on the loopback interface, to test tools in any language.

It prints three lines, the URL of the service, CLOUDINARY_ACCOUNT_URL=account://KEY:SECRET@ACCOUNT_ID and \
CLOUDINARY_ORIGIN=URL, and serves until a signal, such as that of Ctrl-C.

With --users and the like it holds a large account, and with --latency, --rate-limit and --fault it behaves as a \
distant, busy or broken service does:

  cldp fake --users 20000 --groups 500 --environments 200 --keys 3 --latency 20 --fault 503:50";

#[derive(Debug, Subcommand)]
pub(crate) enum ProfileCommand {
    /// List the profiles.
    List,
    /// Take a profile where nothing else says which.
    Use {
        /// Its name.
        name: String,
    },
    /// Make a call with a profile.
    Check {
        /// Its name. By default, the one that would be taken.
        name: Option<String>,
    },
}

#[derive(Args, Debug)]
pub(crate) struct PullOptions {
    /// The file to write or to bring up to date, instead of standard output.
    #[arg(short, long, value_name = "FILE")]
    pub(crate) file: Option<PathBuf>,
    /// The kinds to write: users,groups. All of them by default.
    #[arg(long, value_name = "KINDS", value_delimiter = ',', value_parser = kinds())]
    pub(crate) only: Vec<ObjectKind>,
}

#[derive(Args, Debug, Default)]
pub(crate) struct ManifestOptions {
    /// A manifest, as TOML, JSON or a CSV of users; - for standard input. With --demo alone, a sample is taken.
    pub(crate) file: Option<PathBuf>,
    /// The format of FILE, where its name does not say.
    #[arg(long, value_enum, value_name = "FORMAT")]
    pub(crate) format: Option<ManifestFormat>,
    /// Read a CSV as this product exports its users.
    #[arg(long, value_parser = presets(), value_name = "PRODUCT")]
    pub(crate) from: Option<Preset>,
    /// Ignore columns of a CSV that are not known.
    #[arg(long)]
    pub(crate) ignore_columns: bool,
    /// Kinds of which nothing should exist but what FILE declares, as `prune` in the file says. Users are disabled.
    #[arg(long, value_name = "KINDS", value_delimiter = ',', value_parser = kinds())]
    pub(crate) prune: Vec<ObjectKind>,
    #[command(flatten)]
    pub(crate) guards: GuardOptions,
}

#[derive(Args, Debug, Default)]
pub(crate) struct GuardOptions {
    /// Your own email address: your user's role, product environments and enabled stay. The API does not tell whose key
    /// it is.
    #[arg(long, value_name = "EMAIL")]
    pub(crate) me: Option<String>,
    /// Allow what a guard refuses, by the guard's name. Can be given several times.
    #[arg(long, value_name = "GUARD", value_parser = guards(), hide_possible_values = true)]
    pub(crate) allow: Vec<Guard>,
}

#[derive(Args, Debug)]
pub(crate) struct DiffOptions {
    /// A manifest, a saved plan, or the name of a profile.
    pub(crate) a: PathBuf,
    /// The same, for what A is compared with.
    pub(crate) b: PathBuf,
    /// Write the manifest that gives A what B has, in TOML or, by the file's name, in JSON.
    #[arg(short, long, value_name = "FILE")]
    pub(crate) file: Option<PathBuf>,
    /// Exit with 3 if anything differs.
    #[arg(long)]
    pub(crate) exit_code: bool,
}

#[derive(Args, Debug)]
pub(crate) struct OffboardOptions {
    /// The email addresses of the users.
    #[arg(required = true, value_name = "EMAIL")]
    pub(crate) emails: Vec<String>,
    /// Leave their roles alone, as in an account that has none to assign.
    #[arg(long)]
    pub(crate) keep_roles: bool,
    #[command(flatten)]
    pub(crate) guards: GuardOptions,
    /// Append what became of each step to this file, as JSON lines.
    #[arg(long, value_name = "FILE")]
    pub(crate) log: Option<PathBuf>,
}

#[derive(Args, Debug)]
pub(crate) struct RotateOptions {
    /// The keys, or the product environments whose keys in use are meant, by names or ids.
    #[arg(required = true, value_name = "ENV[/KEY]")]
    pub(crate) keys: Vec<String>,
    /// Append new secrets to this file, as JSON lines. It is its owner's alone.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["store", "delete_old"])]
    pub(crate) secrets: Option<PathBuf>,
    /// Give each new secret to this command of the shell, as a JSON line on its standard input. It may get one again where an
    /// earlier run was interrupted.
    #[arg(long, value_name = "COMMAND", conflicts_with = "delete_old")]
    pub(crate) store: Option<String>,
    /// Disable each old key in the end.
    #[arg(long, conflicts_with = "delete_old")]
    pub(crate) disable_old: bool,
    /// Generate nothing, and delete the keys that have been replaced for long enough.
    #[arg(long, requires = "older_than")]
    pub(crate) delete_old: bool,
    /// Before which day the successor was generated: 2026-01-31, 7d, 3w.
    #[arg(long, value_name = "DATE", value_parser = dates::date, requires = "delete_old")]
    pub(crate) older_than: Option<Date>,
    /// Give the new keys no roles, as in an account that has none to assign.
    #[arg(long)]
    pub(crate) without_roles: bool,
    #[command(flatten)]
    pub(crate) guards: GuardOptions,
    /// Append what became of each step to this file, as JSON lines.
    #[arg(long, value_name = "FILE")]
    pub(crate) log: Option<PathBuf>,
}

#[derive(Args, Debug)]
pub(crate) struct PlanOptions {
    #[command(flatten)]
    pub(crate) manifest: ManifestOptions,
    /// Save the plan, for `cldp apply`.
    #[arg(long, value_name = "PLAN")]
    pub(crate) out: Option<PathBuf>,
    /// Exit with 3 if anything would change.
    #[arg(long)]
    pub(crate) exit_code: bool,
}

#[derive(Args, Debug)]
pub(crate) struct ApplyOptions {
    #[command(flatten)]
    pub(crate) manifest: ManifestOptions,
    /// Append new secrets to this file, as JSON lines. It is its owner's alone.
    #[arg(long, value_name = "FILE")]
    pub(crate) secrets: Option<PathBuf>,
    /// Append what became of each step to this file, as JSON lines.
    #[arg(long, value_name = "FILE")]
    pub(crate) log: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ManifestFormat {
    Toml,
    Json,
    /// A table of users.
    Csv,
}

fn kinds() -> impl TypedValueParser<Value = ObjectKind> {
    let names = ObjectKind::ALL.iter().map(|kind| kind.as_str());
    PossibleValuesParser::new(names.collect::<Vec<_>>()).map(|name| {
        let kind = ObjectKind::ALL.iter().find(|kind| kind.as_str() == name);
        // The parser lets no other name pass.
        kind.copied().unwrap_or(ObjectKind::Users)
    })
}

fn guards() -> impl TypedValueParser<Value = Guard> {
    Hints::new(Guard::names()).try_map(|name| name.parse::<Guard>())
}

fn presets() -> impl TypedValueParser<Value = Preset> {
    let all = Preset::ALL.iter().map(|preset| preset.as_str());
    PossibleValuesParser::new(all.collect::<Vec<_>>()).try_map(|name| name.parse())
}

#[derive(Args, Debug)]
pub(crate) struct ExportOptions {
    #[arg(value_enum)]
    pub(crate) what: Export,
    /// The file to write instead of standard output. It appears only once it is complete.
    #[arg(short, long, value_name = "FILE")]
    pub(crate) file: Option<PathBuf>,
    /// Write FILE also if something could not be read, which is missing then. Otherwise it is left as it was.
    #[arg(long, requires = "file")]
    pub(crate) partial: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Export {
    /// Users with their groups and product environments, as `cldp plan` reads them.
    Users,
    /// A line for each way in which a principal has access, as `cldp review` shows them.
    Access,
    /// The access keys of all product environments.
    Keys,
    /// Roles with their policies and principals.
    Roles,
}

#[derive(Args, Debug)]
pub(crate) struct ReviewOptions {
    /// Only who can access this product environment, by its cloud name or id.
    #[arg(long, value_name = "ENVIRONMENT")]
    pub(crate) environment: Vec<String>,
    /// Only what this user can access, by email or id.
    #[arg(long, value_name = "USER")]
    pub(crate) user: Vec<String>,
    /// Only who has this role, by its name or id, or a role of users' own records, such as billing.
    #[arg(long, value_name = "ROLE")]
    pub(crate) role: Vec<String>,
    /// Show custom policies as well, which may permit or forbid more: a call for the account and one for each product
    /// environment that is asked about.
    #[arg(long, conflicts_with = "role")]
    pub(crate) policies: bool,
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
    /// Append what becomes of each line to a file: before it is sent, and after it has ended.
    #[arg(long, value_name = "FILE")]
    pub(crate) log: Option<PathBuf>,
    /// Go on from the log of an earlier run of the same lines, which was stopped or has failed.
    #[arg(long, requires = "log")]
    pub(crate) resume: bool,
}

#[derive(Args, Debug)]
pub(crate) struct FakeOptions {
    /// The port to listen on. By default, a free one.
    #[arg(long, default_value_t = 0, hide_default_value = true)]
    pub(crate) port: u16,
    /// What the account holds at first: by default `demo`, or `empty` where it is loaded with --users and the like.
    #[arg(long, value_enum)]
    pub(crate) seed: Option<FakeSeed>,
    #[command(flatten)]
    pub(crate) load: Load,
    /// How many milliseconds each response takes.
    #[arg(long, value_name = "MS", default_value_t = 0, hide_default_value = true)]
    pub(crate) latency: u64,
    /// How many requests an hour the account allows.
    #[arg(long, value_name = "N")]
    pub(crate) rate_limit: Option<u64>,
    /// What goes wrong at every Nth request: a status (`503:10`), `close`, `close-applied`, `reset`, `stall`, `truncated`,
    /// `html` or `throttled`. Can be given several times.
    #[arg(long, value_name = "FAULT:N", value_parser = fault)]
    pub(crate) fault: Vec<(Fault, u64)>,
    /// Serve until standard input ends, for a program that starts this one.
    #[arg(long)]
    pub(crate) until_eof: bool,
}

/// How much a served account holds beside its seed.
#[derive(Args, Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Load {
    /// How many users to add.
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    pub(crate) users: u32,
    /// How many user groups to add, with the users spread over them.
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    pub(crate) groups: u32,
    /// How many product environments to add, with the users spread over them.
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    pub(crate) environments: u32,
    /// How many access keys to add to each of these product environments.
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    pub(crate) keys: u32,
    /// How many roles to add, each with principals.
    #[arg(long, value_name = "N", default_value_t = 0, hide_default_value = true)]
    pub(crate) roles: u32,
}

fn fault(text: &str) -> Result<(Fault, u64), String> {
    let (kind, every) = text.split_once(':').ok_or("expected FAULT:N, such as 503:10")?;
    let every = every.parse().ok().filter(|every| *every > 0).ok_or("N is not a positive number")?;
    let fault = match kind {
        "close" => Fault::close(),
        "close-applied" => Fault::close().applied(),
        "reset" => Fault::reset(),
        "stall" => Fault::stall(),
        "truncated" => Fault::response().truncated(Framing::ContentLength),
        "html" => Fault::html(502),
        "throttled" => Fault::throttled(1),
        status => match status.parse() {
            Ok(status @ 200..=599) => Fault::status(status),
            _ => return Err(format!("there is no fault `{status}`")),
        },
    };
    Ok((fault, every))
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
    with_verbose(Cli::command().subcommands(operation::resources()).subcommands(operation::operation_ids()))
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_command_line_is_consistent() {
        super::command().debug_assert();
    }
}
