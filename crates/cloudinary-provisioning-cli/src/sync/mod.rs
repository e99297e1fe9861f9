//! Brings the users of an account to the state that a file describes.
//!
//! ```text
//! cargo run --example directory_sync                 # a made-up account and a sample file
//! cargo run --example directory_sync -- --help
//! cargo run --example directory_sync -- --dry-run users.csv
//! ```
//!
//! | file | concern |
//! |---|---|
//! | `options.rs` | the command line |
//! | `input.rs` | the wanted users, from JSON or CSV |
//! | `directory.rs` | what is there, read from the account |
//! | `plan.rs` | what to do: a pure function of the two, with its tests |
//! | `apply.rs` | doing it, and what becomes of a lost reply |
//! | `workers.rs` | the same on several threads |
//! | `report.rs` | telling of it, as text or JSON |
//! | `../support/` | the account to work on, for this tool and `users_csv` |

use std::io::{self, Write};
use std::process::ExitCode;

use cloudinary_provisioning::http::Method;
use cloudinary_provisioning_fake::{FakeAccount, Fault};
use cloudinary_provisioning_ureq::Client;

use crate::input::Wanted;
use crate::options::Options;
use crate::plan::Plan;
use crate::report::{Counts, Report};
use crate::support::{Connection, Stop, demo};

mod apply;
mod directory;
mod input;
mod options;
mod plan;
mod report;
#[path = "../support/mod.rs"]
mod support;
mod workers;

fn main() -> ExitCode {
    match run() {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::from(1),
        Err(stop) => {
            eprintln!("directory_sync: {stop}");
            stop.exit_code()
        }
    }
}

/// Whether all is as wanted at the end.
fn run() -> Result<bool, Stop> {
    let Some(options) = Options::parse(lexopt::Parser::from_env())? else {
        io::stdout().write_all(options::HELP.as_bytes())?;
        return Ok(true);
    };
    let wanted = input::read(options.file.as_deref())?;
    if wanted.is_empty() && options.disable_missing {
        return Err(Stop::usage("there are no users in the file, and --disable-missing would disable everybody"));
    }
    let connection = Connection::open(options.origin.as_deref(), made_up_account, |event| eprintln!("retry: {event}"))?;
    eprintln!("Working on {connection}.");
    sync(&connection.client, &wanted, &options)
}

fn sync(client: &Client, wanted: &[Wanted], options: &Options) -> Result<bool, Stop> {
    let report = Report { json: options.json };
    let plan = make_plan(client, wanted, options)?;
    report.plan(&plan)?;
    if options.dry_run {
        eprintln!("Dry run: nothing was changed.");
        return Ok(plan.blocked() == 0);
    }

    let (mut done, changes) = (0, plan.changes());
    let outcomes = apply::apply(client, &plan, options.concurrency, |outcome| {
        if outcome.step.action.is_change() {
            done += 1;
            report::progress(done, changes, outcome);
        }
    });
    let counts = Counts::of_outcomes(&outcomes);
    report.results(&outcomes, &counts)?;

    // What the service says afterwards counts, and not what its replies said.
    let second = make_plan(client, wanted, options)?;
    report.second_pass(&second)?;
    Ok(counts.failed == 0 && second.unsettled().next().is_none())
}

fn make_plan(client: &Client, wanted: &[Wanted], options: &Options) -> Result<Plan, Stop> {
    let directory = directory::read(client, wanted, options.concurrency)?;
    eprintln!("Read {} users.", directory.users.len());
    Ok(plan::plan(wanted, &directory, options.disable_missing))
}

/// The made-up account, in a bad mood: it throttles the first request, is unavailable at the first update, and
/// closes the connection on the first creation, though it carries it out.
fn made_up_account() -> FakeAccount {
    demo::account().with_script([
        Fault::throttled(1).on(Method::GET),
        Fault::status(503).on(Method::PUT),
        Fault::close().applied().on(Method::POST),
    ])
}
