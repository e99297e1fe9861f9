//! Writes all users of an account as CSV, with their groups and product environments.
//!
//! ```text
//! cargo run --example users_csv                      # a made-up account
//! cargo run --example users_csv -- --help            # among others: the columns
//! cargo run --example users_csv -- --output users.csv
//! cargo run --example directory_sync -- users.csv    # … and back, once it is edited
//! ```
//!
//! The columns are those of `../support/csv_format.rs`. Cells are written as they are: a spreadsheet may take a name
//! that begins with `=` for a formula.
//!
//! | file | concern |
//! |---|---|
//! | `options.rs` | the command line |
//! | `export.rs` | reading the users and writing them as they come |
//! | `row.rs` | a user as a line: a pure function, with its tests |
//! | `../support/` | the account to work on, for this tool and `directory_sync` |

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

use crate::export::Export;
use crate::options::Options;
use crate::support::{Connection, Stop, demo};

mod export;
mod options;
mod row;
#[path = "../support/mod.rs"]
mod support;

fn main() -> ExitCode {
    match run() {
        Ok(0) => ExitCode::SUCCESS,
        Ok(failures) => {
            eprintln!("users_csv: {failures} cells could not be read and are empty");
            ExitCode::from(1)
        }
        Err(stop) => {
            eprintln!("users_csv: {stop}");
            stop.exit_code()
        }
    }
}

/// How much could not be read.
fn run() -> Result<usize, Stop> {
    let Some(options) = Options::parse(lexopt::Parser::from_env())? else {
        io::stdout().write_all(options::HELP.as_bytes())?;
        return Ok(0);
    };
    let progress = progress();
    let retries = progress.clone();
    let connection = Connection::open(options.origin.as_deref(), demo::account, move |event| {
        retries.suspend(|| eprintln!("retry: {event}"));
    })?;
    eprintln!("Reading from {connection}.");
    progress.enable_steady_tick(Duration::from_millis(100));
    let export = Export::new(&connection.client, &progress);
    let failures = match &options.output {
        Some(path) => write_file(export, path)?,
        None => export.write(io::stdout())?,
    };
    progress.finish_and_clear();
    eprintln!("Wrote {} users.", progress.position());
    Ok(failures)
}

/// The file gets its name when it is complete, so that a part of an export cannot be taken for the whole.
fn write_file(export: Export<'_>, path: &Path) -> Result<usize, Stop> {
    if fs::metadata(path).is_ok_and(|there| !there.is_file()) {
        // A pipe or a device must not be replaced.
        return export.write(File::create(path)?);
    }
    let mut part = path.to_owned().into_os_string();
    part.push(".part");
    let failures = export.write(File::create(&part)?)?;
    fs::rename(&part, path)?;
    Ok(failures)
}

/// On stderr, and nothing at all where that is no terminal.
fn progress() -> ProgressBar {
    let style = ProgressStyle::default_spinner().template("{spinner} {pos} users, {elapsed}");
    ProgressBar::new_spinner().with_style(style.unwrap_or_else(|_| ProgressStyle::default_spinner()))
}
