//! Makes the steps of a plan: shown, guarded, asked, logged, and looked at again afterwards.

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::process::ExitCode;

use cloudinary_provisioning_plan::Plan;
use cloudinary_provisioning_plan::apply::{Apply, Ending, NewSecret, Report, StepReport};
use cloudinary_provisioning_plan::guard::Guards;
use cloudinary_provisioning_plan::plan::Step;
use cloudinary_provisioning_ureq::{Client, Response};
use serde_json::{Value, json};

use super::records::Records;
use super::secrets::{NewKey, SecretStore, SecretsTo};
use crate::args::globals::{Format, Globals};
use crate::commands::plan::{incomplete, refused, show};
use crate::terminal::confirm::confirm;
use crate::terminal::ctrl_c;
use crate::terminal::exit::Exit;
use crate::terminal::say::{note, say};
use crate::terminal::stream;

/// How a plan is made.
pub(crate) struct Making<'m> {
    pub(crate) client: &'m Client,
    pub(crate) json: Option<Format>,
    pub(crate) guards: Guards,
    pub(crate) log: Option<Records>,
    /// Where new secrets go.
    pub(crate) secrets: Option<SecretsTo<'m>>,
    /// Whether nobody need be asked.
    pub(crate) is_confirmed: bool,
}

/// Shows the plan, asks, makes its steps, and plans again to say what is left.
pub(crate) fn make(
    globals: &Globals,
    making: Making<'_>,
    plan: Plan,
    is_reviewed: impl FnOnce(&Plan) -> Result<(), Exit>,
    plan_again: impl Fn() -> Result<Plan, Exit>,
) -> Result<ExitCode, Exit> {
    let Making { client, json, guards, log, secrets, is_confirmed } = making;
    let review = plan.review(&guards);
    let shown = match json {
        None => show(&review, None),
        Some(_) => show_lines([tagged("plan", &review)]),
    };
    shown.map_err(|error| Exit::Failed(format!("cannot write the plan: {error}; nothing was changed")))?;
    is_reviewed(&plan)?;
    if !review.refusals().is_empty() {
        return Err(refused(review.refusals()));
    }
    if plan.steps().is_empty() {
        return incomplete(&plan).map_or(Ok(ExitCode::SUCCESS), Err);
    }
    confirm(question(plan.steps()), || losses(plan.steps()), is_confirmed)?;
    let yields_secrets = plan.steps().iter().any(|step| step.yields_secret);
    let secrets = secrets.filter(|_| yields_secrets).map(SecretStore::open).transpose()?;

    let mut run = Run {
        client,
        workers: globals.workers(),
        tells_all: globals.verbose || stream::stderr().is_terminal(),
        steps: plan.steps().len(),
        log,
        secrets,
        logged: BTreeSet::new(),
    };
    let (report, failure) = run.apply(plan, &guards);
    tell_report(&report, json)?;
    if let Some(exit) = failure {
        return Err(exit);
    }
    if ctrl_c::interrupted() {
        return Err(Exit::failed("interrupted; run it again to go on"));
    }

    // What the service says afterwards counts, and not what its responses said.
    let left = plan_again().map_err(|exit| match exit {
        Exit::Usage(why) => Exit::Failed(format!("cannot be planned any more: {why}")),
        exit => exit,
    })?;
    tell_left(&left, json).map_err(|error| untold(&report, &error))?;
    Ok(if report.is_complete() && left.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

/// A run over the steps of a plan.
struct Run<'r> {
    client: &'r Client,
    workers: usize,
    tells_all: bool,
    steps: usize,
    log: Option<Records>,
    secrets: Option<SecretStore<'r>>,
    /// The places of the steps that are in the log.
    logged: BTreeSet<usize>,
}

impl Run<'_> {
    /// Makes the steps, and returns what became of them, with what kept the run from going on.
    fn apply(&mut self, plan: Plan, guards: &Guards) -> (Report, Option<Exit>) {
        let mut apply = plan.apply(guards);
        let mut failure = self.make(&mut apply).err();
        for at in 0..self.steps {
            if !self.logged.contains(&at)
                && let Some(step) = apply.report_of(at)
            {
                failure = failure.or(self.record(at, &step, None).err());
            }
        }
        (apply.report(), failure)
    }

    fn make(&mut self, apply: &mut Apply) -> Result<(), Exit> {
        let mut failure = None;
        while !ctrl_c::interrupted() && failure.is_none() {
            let Some(batch) = apply.next_batch() else { break };
            for (operation, response) in self.client.send_all(batch).workers(self.workers).recover().responses() {
                let request_id = match &response {
                    Ok(response) => response.request_id(),
                    Err(error) => error.request_id(),
                };
                let request_id = request_id.map(str::to_owned);
                let is_recovered = response.as_ref().is_ok_and(Response::recovered);
                let Some(at) = apply.record(&operation, response.map(Response::into_value)) else { continue };
                let told = self.tell(apply, at, is_recovered, request_id.as_deref());
                if let Err(exit) = told
                    && failure.is_none()
                {
                    // What is in flight ends, and nothing else begins.
                    ctrl_c::cancel_flag().cancel();
                    failure = Some(exit);
                }
            }
        }
        failure.map_or(Ok(()), Err)
    }

    /// Stores the secrets of a step, and says what became of it.
    fn tell(&mut self, apply: &mut Apply, at: usize, is_recovered: bool, request_id: Option<&str>) -> Result<(), Exit> {
        for secret in apply.take_secrets() {
            if let Some(secrets) = &mut self.secrets {
                let NewSecret { cloud_name, name, api_key, secret, .. } = &secret;
                let new = NewKey { cloud_name, name: name.as_deref(), api_key, secret };
                secrets.store(&new).map_err(|error| {
                    let key = name.as_deref().unwrap_or("the first key");
                    Exit::Failed(format!("{error}; the secret of {key} of {cloud_name} is not stored"))
                })?;
            }
            apply.stored(&secret);
        }
        let Some(step) = apply.report_of(at) else { return Ok(()) };
        if self.tells_all || is_recovered || step.ending == Ending::Failed {
            let how = if is_recovered { " (the response was lost, and a look has found it)" } else { "" };
            let tell = if step.ending == Ending::Failed { say } else { note };
            tell(format!("[{}/{}] {step}{how}", at + 1, self.steps));
        }
        self.record(at, &step, request_id)
    }

    fn record(&mut self, at: usize, step: &StepReport, request_id: Option<&str>) -> Result<(), Exit> {
        self.logged.insert(at);
        self.log.as_mut().map_or(Ok(()), |log| log.step(at + 1, step, request_id))
    }
}

fn tell_report(report: &Report, json: Option<Format>) -> Result<(), Exit> {
    let told = if json.is_none() {
        show(report, None)
    } else {
        let [done, failed, skipped, open] =
            [Ending::Done, Ending::Failed, Ending::Skipped, Ending::Open].map(|ending| report.count(ending));
        let summary = json!({"type": "summary", "done": done, "failed": failed, "skipped": skipped, "open": open});
        show_lines(report.steps.iter().map(|step| tagged("step", step)).chain([summary]))
    };
    told.map_err(|error| untold(report, &error))
}

/// The changes are made, whoever reads about them.
fn untold(report: &Report, error: &io::Error) -> Exit {
    Exit::Failed(format!("cannot write what was done: {error}. {}", report.to_string().trim_end()))
}

fn tell_left(left: &Plan, json: Option<Format>) -> io::Result<()> {
    match json {
        Some(_) => show_lines([tagged("left", left)]),
        None if left.is_empty() => writeln!(stream::stdout(), "Second pass: nothing is left to do."),
        None => {
            writeln!(stream::stdout(), "Second pass, left to do:")?;
            show(left, None)
        }
    }
}

pub(crate) fn show_lines(values: impl IntoIterator<Item = Value>) -> io::Result<()> {
    values.into_iter().try_for_each(|value| show(&value, Some(Format::Jsonl)))
}

/// A value with its type, for a stream of several.
pub(crate) fn tagged(tag: &str, value: &impl serde::Serialize) -> Value {
    let mut value = serde_json::to_value(value).unwrap_or_default();
    if let Some(fields) = value.as_object_mut() {
        fields.insert("type".to_owned(), tag.into());
    }
    value
}

fn question(steps: &[Step]) -> String {
    let changes = if steps.len() == 1 { "change" } else { "changes" };
    format!("apply {} {changes}", steps.len())
}

/// What is taken away, for the question.
fn losses(steps: &[Step]) -> Vec<String> {
    const SHOWN: usize = 10;

    let away: Vec<_> = steps.iter().filter(|step| step.action.takes_away()).collect();
    let mut losses: Vec<_> =
        away.iter().take(SHOWN).map(|step| format!("{} {} {}", step.action, step.kind.singular(), step.name)).collect();
    if away.len() > SHOWN {
        losses.push(format!("and {} more", away.len() - SHOWN));
    }
    losses
}
