//! `cldp apply`: makes an account what a manifest says.

use std::process::ExitCode;

use cloudinary_provisioning_fake::{FakeAccount, Fault};

use self::making::{Making, make};
use self::records::Records;
use self::secrets::SecretsTo;
use super::manifest::{Wanted, json_format, lines};
use crate::args::cli::ApplyOptions;
use crate::args::globals::Globals;
use crate::connection::account::Connection;
use crate::connection::demo;
use crate::connection::reading::Reading;
use crate::terminal::ctrl_c;
use crate::terminal::exit::Exit;
use crate::terminal::file::check_distinct;
use crate::terminal::progress::ProgressLine;
use crate::terminal::say::note;

pub(crate) mod making;
pub(crate) mod records;
pub(crate) mod secrets;

pub(crate) fn run(globals: &Globals, options: &ApplyOptions) -> Result<ExitCode, Exit> {
    let json = json_format(globals)?;
    if globals.dry_run {
        return Err(Exit::usage("apply has no --dry-run: `cldp plan` shows what it would do"));
    }
    check_distinct([options.log.as_deref(), options.secrets.as_deref()], [options.manifest.file.as_deref()])?;
    let wanted = Wanted::read(globals, &options.manifest)?;
    let log = options.log.as_deref().map(Records::open_log).transpose()?;
    let is_sample = options.manifest.file.is_none();
    let progress = ProgressLine::of_about("calls");
    let demo_account = if is_sample { moody_account } else { demo::account };
    let connection = Connection::with_demo(globals, &progress, demo_account)?;
    note(format_args!("Working on {connection}."));
    ctrl_c::watch()?;

    let reading = Reading::new(connection.client.clone(), globals.workers(), &progress);
    let plan = || {
        let plan = reading.plan(&wanted.manifest, wanted.me.as_deref())?;
        progress.finish();
        plan.map_err(|error| lines(&wanted.place, error.problems()))
    };
    let first = plan()?;
    let making = Making {
        client: &connection.client,
        json,
        // Nobody misses the secrets of a sample.
        guards: wanted.guards(&reading.reader).stores_secrets(options.secrets.is_some() || is_sample),
        log,
        secrets: options.secrets.as_deref().map(SecretsTo::File),
        is_confirmed: globals.yes || is_sample || wanted.reviewed.is_some(),
    };
    let is_reviewed =
        |plan: &_| wanted.reviewed.as_ref().map_or(Ok(()), |reviewed| reviewed.check(plan, &reading.reader));
    make(globals, making, first, is_reviewed, plan)
}

/// The demo account in a bad mood: it throttles the first request, and closes the connection on the first user who is
/// created, though it creates the user.
fn moody_account() -> FakeAccount {
    demo::account().with_script([
        Fault::throttled(0).on_operation("getUsers"),
        Fault::close().applied().on_operation("createUser"),
    ])
}
