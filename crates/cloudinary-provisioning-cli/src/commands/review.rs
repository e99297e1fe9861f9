//! `cldp review`: who can access what, in which product environment, through which group or role.

use std::process::ExitCode;

use crate::args::cli::ReviewOptions;
use crate::args::globals::{Format, Globals};
use crate::commands::access::{self, Wanted};
use crate::connection::account::Connection;
use crate::connection::reading::Reading;
use crate::output::style::Style;
use crate::terminal::ctrl_c;
use crate::terminal::exit::Exit;
use crate::terminal::progress::ProgressLine;
use crate::terminal::say::{note, say};
use crate::terminal::stream;

/// The default columns.
const COLUMNS: [&str; 6] = ["principal", "environment", "role", "through", ALLOWS, "content"];

/// What the policies of a role allow, which is read only where it is shown.
const ALLOWS: &str = "allows";

pub(crate) fn run(globals: &Globals, options: &ReviewOptions) -> Result<ExitCode, Exit> {
    globals.no_dry_run()?;
    let progress = ProgressLine::of("lines");
    let connection = Connection::open(globals, &progress)?;
    ctrl_c::watch()?;
    let style = Style::new(globals);
    let is_table = style.format == Format::Table;
    let is_text = is_table || style.format == Format::Csv;
    let known: Vec<_> = access::COLUMNS.into_iter().chain([ALLOWS]).collect();
    let mut rows = style.rows(&COLUMNS, &known, stream::stdout())?;
    let reading = Reading::new(connection.client.clone(), globals.workers(), &progress);
    let is_allows = |column: &String| column.trim().split('.').next() == Some(ALLOWS);
    let wanted = Wanted {
        environments: options.environment.clone(),
        users: options.user.clone(),
        roles: options.role.clone(),
        policies: options.policies,
        allows: globals.columns.is_empty() || globals.columns.iter().any(is_allows),
    };
    let (grants, failures) = access::read(&connection.client, &reading, &wanted)?;
    progress.finish();
    for grant in grants {
        let mut row = serde_json::to_value(&grant).map_err(Exit::failed)?;
        if let Some(fields) = row.as_object_mut() {
            if is_table && grant.enabled == Some(false) {
                fields.insert("principal".to_owned(), format!("{} (disabled)", grant.principal).into());
            }
            if wanted.allows {
                let allows = if is_text { grant.summary().into() } else { serde_json::json!(grant.allows) };
                fields.insert(ALLOWS.to_owned(), allows);
            }
        }
        rows.push(row)?;
    }
    rows.finish()?;
    if !wanted.policies && wanted.roles.is_empty() {
        note("cldp: custom policies, which may permit or forbid more, were not read: --policies");
    }
    if failures == 0 {
        return Ok(ExitCode::SUCCESS);
    }
    say(format_args!("cldp: could not read everything: {failures} errors, and their lines are missing"));
    Ok(ExitCode::from(1))
}
