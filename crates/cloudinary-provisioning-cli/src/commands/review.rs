//! `cldp review`: who can access what, in which product environment, through which group or role.

use std::io;
use std::process::ExitCode;

use crate::args::globals::Globals;
use crate::commands::access;
use crate::commands::export::{no_dry_run, workers};
use crate::connection::account::Connection;
use crate::output::style::Style;
use crate::terminal::interrupt;
use crate::terminal::progress::Progress;
use crate::terminal::say::say;
use crate::terminal::stop::Stop;

/// The columns that people look at; --columns chooses others.
const COLUMNS: [&str; 5] = ["principal", "environment", "role", "through", "content"];

pub(crate) fn run(globals: &Globals) -> Result<ExitCode, Stop> {
    no_dry_run(globals)?;
    let progress = Progress::of("lines");
    let connection = Connection::open(globals, &progress)?;
    interrupt::watch()?;
    let (grants, failures) = access::read(&connection.client, workers(globals), &progress)?;
    progress.finish();
    let mut rows = Style::new(globals).rows(&COLUMNS, io::stdout());
    grants.into_iter().try_for_each(|grant| rows.push(grant))?;
    rows.finish()?;
    if failures == 0 {
        return Ok(ExitCode::SUCCESS);
    }
    say(format_args!("cldp: could not read everything: {failures} errors, and what they are about is missing"));
    Ok(ExitCode::from(1))
}
