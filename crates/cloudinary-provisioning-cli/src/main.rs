//! `cldp`: a command line for Cloudinary account provisioning.
//!
//! Each folder imports from those above it alone:
//!
//! | folder | concern |
//! |---|---|
//! | `terminal/` | messages, questions, progress, Ctrl-C, files, the exit status |
//! | `args/` | the command line: options, commands, a command for every operation of the catalogue |
//! | `output/` | results: as a table, JSON, JSON lines or CSV, and secrets in them |
//! | `connection/` | the account to work on, and what is sent to it |
//! | `commands/` | what each command does |

use std::io::Write;
use std::process::ExitCode;

use clap::error::{ContextKind, ContextValue};
use clap::{ArgMatches, FromArgMatches};

use crate::args::cli::{self, Cli, Command};
use crate::args::globals::Globals;
use crate::args::operation;
use crate::terminal::exit::Exit;
use crate::terminal::file::survive_size_limit;
use crate::terminal::say::{be_quiet, say};
use crate::terminal::shown::acts;
use crate::terminal::stream;

mod args;
mod commands;
mod connection;
mod output;
mod terminal;

fn main() -> ExitCode {
    survive_size_limit();
    let matches = match cli::command().try_get_matches() {
        Ok(matches) => matches,
        Err(error) => return print_clap_error(&without_aliases(error)),
    };
    run(&matches).unwrap_or_else(|exit| {
        if !matches!(exit, Exit::Closed) {
            say(format_args!("cldp: {exit}"));
        }
        exit.exit_code()
    })
}

/// Suggests subcommands by their usual names: aliases are in `snake_case`, or the vendor's operation ids.
fn without_aliases(mut error: clap::Error) -> clap::Error {
    let is_usual = |name: &&String| !name.contains(|c: char| c == '_' || c.is_ascii_uppercase());
    let usual: Vec<_> = match error.get(ContextKind::SuggestedSubcommand) {
        Some(ContextValue::Strings(names)) => names.iter().filter(is_usual).cloned().collect(),
        _ => Vec::new(),
    };
    if !usual.is_empty() {
        error.insert(ContextKind::SuggestedSubcommand, ContextValue::Strings(usual));
    }
    error
}

/// Prints help, versions and usage errors. Only usage errors are failures.
fn print_clap_error(error: &clap::Error) -> ExitCode {
    // It repeats arguments, which are not the tool's own text.
    let is_strange = std::env::args_os().any(|argument| argument.to_string_lossy().contains(acts));
    let printed = if error.use_stderr() && is_strange {
        stream::stderr().write_all(error.render().to_string().as_bytes())
    } else {
        error.print()
    };
    match (error.use_stderr(), printed) {
        (true, _) => ExitCode::from(2),
        (false, Err(error)) => Exit::from(error).exit_code(),
        (false, Ok(())) => ExitCode::SUCCESS,
    }
}

fn run(matches: &ArgMatches) -> Result<ExitCode, Exit> {
    let unusable = |error: clap::Error| Exit::usage(error.render());
    if let Some((entry, arguments)) = operation::find(matches) {
        let globals = Globals::read(matches).map_err(unusable)?;
        globals.check()?;
        globals.quiet.then(be_quiet);
        return commands::operation::run(&globals, entry, arguments);
    }
    let globals = Globals::read(matches).map_err(unusable)?;
    let Cli { command, .. } = Cli::from_arg_matches(matches).map_err(unusable)?;
    globals.check()?;
    globals.quiet.then(be_quiet);
    match command {
        Command::Plan(options) => commands::plan::run(&globals, &options),
        Command::Apply(options) => commands::apply::run(&globals, &options),
        Command::Diff(options) => commands::diff::run(&globals, &options),
        Command::Offboard(options) => commands::offboard::run(&globals, &options),
        Command::Rotate(options) => commands::rotate::run(&globals, &options),
        Command::Pull(options) => commands::pull::run(&globals, &options),
        Command::Export(options) => commands::export::run(&globals, &options),
        Command::Review(options) => commands::review::run(&globals, &options),
        Command::Api(options) => commands::api::run(&globals, &options),
        Command::Whoami => commands::whoami::run(&globals),
        Command::Profile(command) => commands::profile::run(globals, command),
        Command::Batch(options) => commands::batch::run(&globals, &options),
        Command::Fake(options) => commands::fake::run(&options),
        Command::Man { directory } => commands::man::run(&directory),
        Command::Completions { shell } => commands::completions::run(shell),
    }
}
