//! `cldp export`: users, access, keys and roles of a whole account.

use std::io::Write;
use std::process::ExitCode;

use cloudinary_provisioning_ureq::Client;

use self::rows::Rows;
use crate::args::cli::{Export, ExportOptions};
use crate::args::globals::{Format, Globals};
use crate::commands::access::{self, Wanted};
use crate::connection::account::Connection;
use crate::connection::reading::Reading;
use crate::output::style::Style;
use crate::terminal::ctrl_c;
use crate::terminal::exit::Exit;
use crate::terminal::file::OutputFile;
use crate::terminal::progress::ProgressLine;
use crate::terminal::say::say;
use crate::terminal::stream;

mod keys;
mod roles;
mod row;
mod rows;
mod users;

pub(crate) fn run(globals: &Globals, options: &ExportOptions) -> Result<ExitCode, Exit> {
    globals.no_dry_run()?;
    let style = Style::with_default(globals, Format::Csv);
    let things = things(options.what);
    // On a terminal, the lines themselves show the progress.
    let hidden = options.file.is_none() && stream::stdout().is_terminal();
    let progress = if hidden { ProgressLine::hidden() } else { ProgressLine::of(things) };
    let connection = Connection::open(globals, &progress)?;
    ctrl_c::watch()?;
    progress.note(format_args!("Reading from {connection}."));
    let failures = match &options.file {
        Some(path) => {
            let created = OutputFile::create(path, globals.show_secrets);
            ctrl_c::check()?;
            let mut file = created.map_err(|error| Exit::Usage(format!("{}: {error}", path.display())))?;
            let failures = write(globals, options.what, &style, &connection.client, &progress, &mut file)?;
            if failures > 0 && !options.partial && !file.is_device() {
                progress.finish();
                return Err(Exit::Failed(format!(
                    "could not read everything: {failures} errors, and {} is left as it was; --partial writes the rest",
                    path.display()
                )));
            }
            file.finish().map_err(|error| Exit::Failed(format!("{}: {error}", path.display())))?;
            failures
        }
        None => write(globals, options.what, &style, &connection.client, &progress, stream::stdout())?,
    };
    progress.finish();
    if failures == 0 {
        return Ok(ExitCode::SUCCESS);
    }
    say(format_args!(
        "cldp: could not read everything: {failures} errors; their cells are empty, or their lines missing"
    ));
    Ok(ExitCode::from(1))
}

fn write(
    globals: &Globals,
    what: Export,
    style: &Style,
    client: &Client,
    progress: &ProgressLine,
    out: impl Write,
) -> Result<usize, Exit> {
    let workers = globals.workers();
    let reading = Reading::new(client.clone(), workers, progress);
    let columns: &[&str] = match what {
        Export::Users => &row::COLUMNS,
        Export::Access => &access::COLUMNS,
        Export::Keys => &keys::COLUMNS,
        Export::Roles => &roles::COLUMNS,
    };
    let mut rows = Rows::new(style.rows(columns, columns, out)?, progress);
    match what {
        Export::Users => users::write(&reading, &mut rows)?,
        Export::Access => {
            let (grants, failures) = access::read(client, &reading, &Wanted::default())?;
            rows.failures += failures;
            for grant in grants {
                rows.push(serde_json::to_value(grant).map_err(Exit::failed)?)?;
            }
        }
        Export::Keys => keys::write(client, workers, &mut rows)?,
        Export::Roles => roles::write(client, workers, &mut rows)?,
    }
    let (failures, count) = (rows.failures, rows.count);
    rows.list.finish()?;
    progress.note(format_args!("Read {count} {}.", things(what)));
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
