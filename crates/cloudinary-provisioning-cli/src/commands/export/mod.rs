//! `cldp export`: users, access, keys and roles of a whole account.

use std::io::{self, IsTerminal, Write};
use std::num::NonZeroUsize;
use std::process::ExitCode;

use cloudinary_provisioning_ureq::Client;

use self::rows::Rows;
use crate::args::cli::{Export, ExportOptions};
use crate::args::globals::{Format, Globals};
use crate::commands::access;
use crate::connection::account::Connection;
use crate::output::style::Style;
use crate::terminal::file::Output;
use crate::terminal::interrupt;
use crate::terminal::progress::Progress;
use crate::terminal::say::say;
use crate::terminal::stop::Stop;

mod keys;
mod roles;
mod row;
mod rows;
mod users;

const WORKERS: NonZeroUsize = NonZeroUsize::new(4).unwrap();

/// How many calls are made at the same time, where many only read.
pub(crate) fn workers(globals: &Globals) -> usize {
    globals.workers.unwrap_or(WORKERS).get()
}

pub(crate) fn run(globals: &Globals, options: &ExportOptions) -> Result<ExitCode, Stop> {
    no_dry_run(globals)?;
    let style = Style::with_default(globals, Format::Csv);
    let things = things(options.what);
    // On a terminal, the lines themselves are progress.
    let hidden = options.file.is_none() && io::stdout().is_terminal();
    let progress = if hidden { Progress::hidden() } else { Progress::of(things) };
    let connection = Connection::open(globals, &progress)?;
    progress.say(format_args!("Reading from {connection}."));
    interrupt::watch()?;
    let failures = match &options.file {
        Some(path) => {
            let unwritable = |error: io::Error| Stop::Usage(format!("{}: {error}", path.display()));
            let mut file = Output::create(path).map_err(unwritable)?;
            let failures = write(globals, options.what, &style, &connection.client, &progress, &mut file)?;
            file.finish().map_err(|error| Stop::Failed(format!("{}: {error}", path.display())))?;
            failures
        }
        None => write(globals, options.what, &style, &connection.client, &progress, io::stdout())?,
    };
    progress.finish();
    if failures == 0 {
        return Ok(ExitCode::SUCCESS);
    }
    say(format_args!("cldp: could not read everything: {failures} errors, and what they are about is empty"));
    Ok(ExitCode::from(1))
}

/// Reading a whole account is more than one request.
pub(crate) fn no_dry_run(globals: &Globals) -> Result<(), Stop> {
    if globals.dry_run {
        return Err(Stop::usage("--dry-run is for operations, `api`, `batch` and `sync`"));
    }
    Ok(())
}

fn write(
    globals: &Globals,
    what: Export,
    style: &Style,
    client: &Client,
    progress: &Progress,
    out: impl Write,
) -> Result<usize, Stop> {
    let workers = workers(globals);
    let columns: &[&str] = match what {
        Export::Users => &row::COLUMNS,
        Export::Access => &access::COLUMNS,
        Export::Keys => &keys::COLUMNS,
        Export::Roles => &roles::COLUMNS,
    };
    let mut rows = Rows::new(style.rows(columns, out), progress);
    match what {
        Export::Users => users::write(client, workers, &mut rows)?,
        Export::Access => {
            let (grants, failures) = access::read(client, workers, progress)?;
            rows.failures += failures;
            grants.into_iter().try_for_each(|grant| rows.push(grant))?;
        }
        Export::Keys => keys::write(client, workers, &mut rows)?,
        Export::Roles => roles::write(client, workers, &mut rows)?,
    }
    let (failures, count) = (rows.failures, rows.count);
    rows.list.finish()?;
    progress.say(format_args!("Wrote {count} {}.", things(what)));
    Ok(failures)
}

fn things(what: Export) -> &'static str {
    match what {
        Export::Users => "users",
        Export::Access => "lines",
        Export::Keys => "keys",
        Export::Roles => "roles",
    }
}
