//! `cldp review`: who can access what, in which product environment, through which group or role.

use std::process::ExitCode;

use serde_json::Value;

use crate::args::globals::{Format, Globals};
use crate::commands::access;
use crate::connection::account::Connection;
use crate::connection::reader::Reader;
use crate::connection::reading::Reading;
use crate::output::style::Style;
use crate::terminal::ctrl_c;
use crate::terminal::exit::Exit;
use crate::terminal::progress::ProgressLine;
use crate::terminal::say::say;
use crate::terminal::stream;

/// The default columns.
const COLUMNS: [&str; 5] = ["principal", "environment", "role", "through", "content"];

pub(crate) fn run(globals: &Globals) -> Result<ExitCode, Exit> {
    globals.no_dry_run()?;
    let progress = ProgressLine::of("lines");
    let connection = Connection::open(globals, &progress)?;
    ctrl_c::watch()?;
    let style = Style::new(globals);
    let is_table = style.format == Format::Table;
    let mut rows = style.rows(&COLUMNS, &access::COLUMNS, stream::stdout())?;
    let reader = Reader::new(connection.client.clone());
    let reading = Reading { reader: &reader, workers: globals.workers(), progress: &progress };
    let (grants, failures) = access::read(&connection.client, &reading)?;
    progress.finish();
    for mut grant in grants {
        let is_disabled = grant.get("enabled") == Some(&false.into());
        if let Some(Value::String(principal)) = grant.get_mut("principal").filter(|_| is_table && is_disabled) {
            principal.push_str(" (disabled)");
        }
        rows.push(grant)?;
    }
    rows.finish()?;
    if failures == 0 {
        return Ok(ExitCode::SUCCESS);
    }
    say(format_args!("cldp: could not read everything: {failures} errors, and their lines are missing"));
    Ok(ExitCode::from(1))
}
