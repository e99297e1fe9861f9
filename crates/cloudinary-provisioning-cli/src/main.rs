//! `cldp`: a command line for Cloudinary account provisioning.
//!
//! | file | concern |
//! |---|---|
//! | `cli.rs` | the command line: global options, and the commands that are not operations |
//! | `operation.rs`, `names.rs` | a command for every operation of the catalogue |
//! | `request.rs`, `pages.rs`, `send.rs` | an operation with its fields, its pages, its result |
//! | `sync/`, `export/`, `review.rs`, `access.rs` | whole accounts |
//! | `api.rs`, `batch.rs`, `fake.rs` | the other commands |
//! | `connection.rs`, `demo.rs` | the account to work on |
//! | `output.rs`, `cells.rs`, `mask.rs`, `file.rs` | results, and secrets in them |
//! | `terminal.rs`, `interrupt.rs`, `input.rs`, `stop.rs` | messages, questions, Ctrl-C, input, exit status |

use std::io::{self, Write};
use std::process::ExitCode;

use clap::{ArgMatches, FromArgMatches};
use clap_complete::Shell;

use crate::cli::{Cli, Command, Globals};
use crate::stop::Stop;
use crate::terminal::say;

mod access;
mod api;
mod batch;
mod cells;
mod cli;
mod connection;
mod csv_format;
mod demo;
mod export;
mod fake;
mod file;
mod input;
mod interrupt;
mod mask;
mod names;
mod operation;
mod output;
mod pages;
mod request;
mod review;
mod send;
mod stop;
mod sync;
mod terminal;

fn main() -> ExitCode {
    let matches = match cli::command().try_get_matches() {
        Ok(matches) => matches,
        Err(error) => return told(&error),
    };
    run(&matches).unwrap_or_else(|stop| {
        if !matches!(stop, Stop::Closed) {
            say(format_args!("cldp: {stop}"));
        }
        stop.exit_code()
    })
}

/// Help and versions are no errors; wrong usage is one.
fn told(error: &clap::Error) -> ExitCode {
    let printed = error.print();
    match (error.use_stderr(), printed) {
        (true, _) => ExitCode::from(2),
        (false, Err(error)) => Stop::from(error).exit_code(),
        (false, Ok(())) => ExitCode::SUCCESS,
    }
}

fn run(matches: &ArgMatches) -> Result<ExitCode, Stop> {
    let unusable = |error: clap::Error| Stop::usage(error.render());
    if let Some((entry, arguments)) = operation::find(matches) {
        let globals = Globals::from_arg_matches(matches).map_err(unusable)?;
        globals.check()?;
        return operation::run(&globals, entry, arguments);
    }
    let Cli { globals, command } = Cli::from_arg_matches(matches).map_err(unusable)?;
    globals.check()?;
    match command {
        Command::Sync(options) => sync::run(&globals, &options),
        Command::Export(options) => export::run(&globals, &options),
        Command::Review => review::run(&globals),
        Command::Api(options) => api::run(&globals, &options),
        Command::Batch(options) => batch::run(&globals, &options),
        Command::Fake(options) => fake::run(&options),
        Command::Completions { shell } => completions(shell),
    }
}

fn completions(shell: Shell) -> Result<ExitCode, Stop> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut cli::command(), "cldp", &mut script);
    let mut out = io::stdout();
    out.write_all(&script)?;
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}
