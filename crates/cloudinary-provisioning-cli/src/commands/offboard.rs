//! `cldp offboard`: takes the access of people away who leave.

use std::process::ExitCode;

use cloudinary_provisioning_plan::offboarding::Holdings;
use cloudinary_provisioning_plan::{Offboarding, Plan};

use super::apply::making::{Making, make, show_lines, tagged};
use super::apply::records::Records;
use super::manifest::{guards, json_format, lines, me};
use super::plan::{show, show_review};
use crate::args::cli::OffboardOptions;
use crate::args::globals::Globals;
use crate::connection::account::Connection;
use crate::connection::reading::Reading;
use crate::terminal::ctrl_c;
use crate::terminal::exit::Exit;
use crate::terminal::progress::ProgressLine;
use crate::terminal::say::note;

pub(crate) fn run(globals: &Globals, options: &OffboardOptions) -> Result<ExitCode, Exit> {
    let json = json_format(globals)?;
    let me = me(&options.guards)?;
    let offboarding = Offboarding::new(options.emails.iter().map(String::as_str)).roles(!options.keep_roles);
    let log = options.log.as_deref().filter(|_| !globals.dry_run).map(Records::open_log).transpose()?;
    let progress = ProgressLine::of_about("calls");
    let connection = Connection::open(globals, &progress)?;
    note(format_args!("Working on {connection}."));
    ctrl_c::watch()?;

    let reading = Reading::new(connection.client.clone(), globals.workers(), &progress);
    let read = || -> Result<(Plan, Holdings), Exit> {
        let snapshot = reading.snapshot_with(offboarding.survey(), me.as_deref())?;
        progress.finish();
        let plan = offboarding.plan(&snapshot).map_err(|error| lines("nothing was changed", error.problems()))?;
        Ok((plan, offboarding.holdings(&snapshot)))
    };
    let (plan, holdings) = read()?;
    let shown = match json {
        None => show(&holdings, None),
        Some(_) => show_lines([tagged("holdings", &holdings)]),
    };
    shown.map_err(|error| Exit::Failed(format!("cannot write what they hold: {error}; nothing was changed")))?;
    let guards = guards(&options.guards.allow, me.as_deref(), &reading.reader);
    if globals.dry_run {
        return show_review(&plan, &guards, json);
    }
    let making = Making { client: &connection.client, json, guards, log, secrets: None, is_confirmed: globals.yes };
    make(globals, making, plan, |_| Ok(()), || read().map(|(plan, _)| plan))
}
