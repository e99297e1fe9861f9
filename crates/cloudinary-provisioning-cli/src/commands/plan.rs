//! `cldp plan`: what would make the account what a manifest says. It has no client but one that can only read.

use std::fmt;
use std::io::{self, BufWriter, Write};
use std::process::ExitCode;

use cloudinary_provisioning_plan::Plan;
use cloudinary_provisioning_plan::guard::{Guards, Refusal};
use cloudinary_provisioning_plan::plan::Cause;
use serde::Serialize;

use super::manifest::{Wanted, json_format, lines};
use crate::args::cli::PlanOptions;
use crate::args::globals::{Format, Globals};
use crate::connection::account::Connection;
use crate::connection::reading::Reading;
use crate::terminal::ctrl_c;
use crate::terminal::exit::Exit;
use crate::terminal::file::check_distinct;
use crate::terminal::progress::ProgressLine;
use crate::terminal::say::note;
use crate::terminal::stream;

pub(crate) fn run(globals: &Globals, options: &PlanOptions) -> Result<ExitCode, Exit> {
    let json = json_format(globals)?;
    check_distinct([options.out.as_deref()], [options.manifest.file.as_deref()])?;
    let wanted = Wanted::read(globals, &options.manifest)?;
    let progress = ProgressLine::of_about("calls");
    let reading = Reading::new(Connection::open(globals, &progress)?.client, globals.workers(), &progress);
    ctrl_c::watch()?;

    let plan = reading.plan(&wanted.manifest, wanted.me.as_deref())?;
    progress.finish();
    let plan = plan.map_err(|error| lines(&wanted.place, error.problems()))?;
    // Where new secrets go is said when it is applied.
    let review = plan.review(&wanted.guards(&reading.reader).stores_secrets(true));
    show(&review, json)?;

    let secrets = plan.steps().iter().filter(|step| step.yields_secret).count();
    if secrets > 0 {
        note(format_args!("To be applied with --secrets FILE: {secrets} of the steps yield a secret."));
    }
    if let Some(exit) = incomplete(&plan) {
        return Err(exit);
    }
    if let Some(path) = &options.out {
        wanted.save(&plan, &reading.reader, path)?;
    }
    match review.refusals() {
        [] if options.exit_code && !plan.steps().is_empty() => Ok(ExitCode::from(3)),
        [] => Ok(ExitCode::SUCCESS),
        refusals => Err(refused(refusals)),
    }
}

/// Writes a plan, or what became of it.
pub(crate) fn show<T: fmt::Display + Serialize>(value: &T, json: Option<Format>) -> io::Result<()> {
    let mut out = BufWriter::new(stream::stdout());
    match json {
        None => write!(out, "{value}")?,
        Some(Format::Jsonl) => {
            serde_json::to_writer(&mut out, value)?;
            writeln!(out)?;
        }
        Some(_) => {
            serde_json::to_writer_pretty(&mut out, value)?;
            writeln!(out)?;
        }
    }
    out.flush()
}

/// Shows a plan with what the guards refuse, where nothing is to be made.
pub(crate) fn show_review(plan: &Plan, guards: &Guards, json: Option<Format>) -> Result<ExitCode, Exit> {
    let review = plan.review(guards);
    show(&review, json)?;
    match (incomplete(plan), review.refusals()) {
        (Some(exit), _) => Err(exit),
        (None, []) => Ok(ExitCode::SUCCESS),
        (None, refusals) => Err(refused(refusals)),
    }
}

/// The failure of a plan that leaves something out.
pub(crate) fn incomplete(plan: &Plan) -> Option<Exit> {
    let count = |cause| plan.blocked().iter().filter(|blocked| blocked.cause == cause).count();
    let unread = (count(Cause::Unread), "not everything could be read");
    let ambiguous = (count(Cause::Ambiguous), "several objects have one name");
    let reasons = [unread, ambiguous].into_iter().filter(|(count, _)| *count > 0);
    let reasons: Vec<_> =
        reasons.map(|(count, why)| format!("{why}: {count} of the plan's parts are missing")).collect();
    (!reasons.is_empty()).then(|| Exit::Failed(reasons.join("; ")))
}

/// Why the plan may not be applied, and what would allow it.
pub(crate) fn refused(refusals: &[Refusal]) -> Exit {
    let flags = refusals.iter().filter_map(|refusal| match refusal.allowed_by.as_deref()? {
        "secrets" => Some("--secrets FILE".to_owned()),
        guard => Some(format!("--allow {guard}")),
    });
    let mut flags: Vec<_> = flags.collect();
    flags.sort();
    flags.dedup();
    let allowed = if flags.is_empty() { String::new() } else { format!(". If it is meant so: {}", flags.join(" ")) };
    let why: Vec<_> = refusals.iter().map(ToString::to_string).collect();
    Exit::Refused(format!("{}\ncldp: nothing was changed{allowed}", why.join("\ncldp: ")))
}
