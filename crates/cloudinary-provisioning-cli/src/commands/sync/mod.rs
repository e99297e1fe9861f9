//! `cldp sync`: brings the users of an account to the state that a file describes.
//!
//! | file | concern |
//! |---|---|
//! | `input.rs`, `environments.rs` | the wanted users, from JSON or CSV |
//! | `directory.rs` | what is there, read from the account |
//! | `plan.rs` | what to do: a pure function of the two, with its tests |
//! | `apply.rs` | doing it |
//! | `workers.rs` | the same on several threads |
//! | `report.rs` | telling of it, as text or JSON |

use std::num::NonZeroUsize;
use std::process::ExitCode;

use cloudinary_provisioning::http::Method;
use cloudinary_provisioning_fake::{FakeAccount, Fault};
use cloudinary_provisioning_ureq::Client;

use self::input::Wanted;
use self::plan::{Missing, Plan};
use self::report::{Counts, Report};
use crate::args::cli::SyncOptions;
use crate::args::globals::{Format, Globals};
use crate::connection::account::Connection;
use crate::connection::demo;
use crate::terminal::confirm::confirm;
use crate::terminal::ctrl_c;
use crate::terminal::exit::Exit;
use crate::terminal::progress::ProgressLine;
use crate::terminal::say::say;
use crate::terminal::stream;

mod apply;
mod directory;
mod environments;
mod input;
mod plan;
mod report;
mod workers;

pub(crate) fn run(globals: &Globals, options: &SyncOptions) -> Result<ExitCode, Exit> {
    let json = match globals.output {
        Some(Format::Json | Format::Jsonl) => true,
        Some(Format::Csv) => return Err(Exit::usage("sync reports as text or, with -o json, as JSON lines")),
        Some(Format::Table) | None => false,
    };
    if options.file.is_none() && !globals.demo {
        return Err(Exit::usage("sync needs a FILE with the wanted users; with --demo it can do without"));
    }
    let wanted = input::read(options.file.as_deref(), globals.raw_csv)?;
    if wanted.is_empty() && options.disable_missing {
        return Err(Exit::usage("there are no users in the file, and --disable-missing would disable everybody"));
    }
    let connection = Connection::with_demo(globals, &ProgressLine::hidden(), moody_account)?;
    say(format_args!("Working on {connection}."));
    ctrl_c::watch()?;
    let sync = Sync {
        client: &connection.client,
        wanted: &wanted,
        globals,
        missing: if options.disable_missing { Missing::Disable { but: &options.me } } else { Missing::LeaveAlone },
        workers: globals.workers.unwrap_or(NonZeroUsize::MIN),
        report: Report { json },
    };
    let settled = sync.run()?;
    Ok(if settled { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

struct Sync<'s> {
    client: &'s Client,
    wanted: &'s [Wanted],
    globals: &'s Globals,
    missing: Missing<'s>,
    workers: NonZeroUsize,
    report: Report,
}

impl Sync<'_> {
    /// Whether all is as wanted at the end.
    fn run(&self) -> Result<bool, Exit> {
        let plan = self.plan()?;
        self.report
            .plan(&plan)
            .map_err(|error| Exit::Failed(format!("cannot write the plan: {error}; nothing was changed")))?;
        if self.globals.dry_run {
            say("Dry run: nothing was changed.");
            return Ok(plan.blocked() == 0);
        }
        let missing = plan.missing();
        if missing > 0 {
            let users = if missing == 1 { "user who is" } else { "users who are" };
            confirm(format_args!("disable {missing} {users} not in the file"), Vec::new, self.globals.yes)?;
        }
        self.apply(&plan)
    }

    fn apply(&self, plan: &Plan) -> Result<bool, Exit> {
        let tells_all = self.globals.verbose || stream::stderr().is_terminal();
        let (mut done, changes) = (0, plan.changes());
        let outcomes = apply::apply(self.client, plan, self.workers, ctrl_c::interrupted, |outcome| {
            if outcome.step.action.is_change() {
                done += 1;
                if tells_all || outcome.result.is_err() {
                    say(report::progress(done, changes, outcome));
                }
            }
        });
        let counts = Counts::of_outcomes(&outcomes, plan);
        self.report.results(&outcomes, &counts).map_err(|error| {
            // The changes are made, whoever reads about them.
            Exit::Failed(format!("cannot write the results: {error}. {counts}"))
        })?;
        if counts.not_begun > 0 {
            return Err(Exit::failed("interrupted; run it again to go on"));
        }

        // What the service says afterwards counts, and not what its responses said.
        let second = self.plan()?;
        self.report
            .second_pass(&second)
            .map_err(|error| Exit::Failed(format!("cannot write the results: {error}. {counts}")))?;
        Ok(counts.failed == 0 && second.unsettled().next().is_none())
    }

    fn plan(&self) -> Result<Plan, Exit> {
        let directory = directory::read(self.client, self.wanted, self.workers)?;
        say(format_args!("Read {} users.", directory.users.len()));
        Ok(plan::plan(self.wanted, &directory, self.missing))
    }
}

/// The demo account in a bad mood: it throttles the first request, is unavailable at the first update, and closes the
/// connection on the first creation, though it applies it.
fn moody_account() -> FakeAccount {
    demo::account().with_script([
        Fault::throttled(1).on(Method::GET),
        Fault::status(503).on(Method::PUT),
        Fault::close().applied().on(Method::POST),
    ])
}
