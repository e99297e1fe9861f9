//! What a run tells: the plan and the summary on standard output, as text or as JSON lines.

use std::fmt;
use std::io::{self, Write};

use serde::Serialize;

use super::apply::{Done, Outcome};
use super::input::Wanted;
use super::plan::{Action, Change, Changes, Plan, Step};
use crate::terminal::shown::shown;
use crate::terminal::stream;

pub(crate) struct Report {
    pub(crate) json: bool,
}

/// How many users there are of each kind.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Counts {
    create: usize,
    update: usize,
    disable: usize,
    unchanged: usize,
    /// That cannot be planned, or did not succeed.
    pub(crate) failed: usize,
    /// That an interruption came before.
    #[serde(skip_serializing_if = "is_zero")]
    pub(crate) not_begun: usize,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "as serde calls it")]
fn is_zero(count: &usize) -> bool {
    *count == 0
}

/// A line of `-o json`.
#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Line<'a> {
    Step(&'a Step),
    Plan {
        #[serde(flatten)]
        counts: &'a Counts,
        left_alone: usize,
    },
    Result {
        email: &'a str,
        action: &'static str,
        ok: bool,
        #[serde(skip_serializing_if = "Option::is_none")]
        note: Option<&'static str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        error: Option<&'a str>,
    },
    Summary(&'a Counts),
    SecondPass {
        left: Vec<&'a str>,
    },
}

impl Report {
    pub(crate) fn plan(&self, plan: &Plan) -> io::Result<()> {
        let counts = Counts::of_plan(plan);
        if self.json {
            plan.steps.iter().try_for_each(|step| json(&Line::Step(step)))?;
            return json(&Line::Plan { counts: &counts, left_alone: plan.left_alone });
        }
        let mut out = stream::stdout();
        for step in &plan.steps {
            let line = format!("{:<10} {:<24} {}", kind(&step.action), shown(&step.email), detail(&step.action));
            writeln!(out, "{}", line.trim_end())?;
        }
        let Counts { create, update, disable, unchanged, failed, .. } = counts;
        writeln!(out, "Plan: {create} to create, {update} to update, {disable} to disable, {unchanged} unchanged.")?;
        if failed > 0 {
            writeln!(out, "{failed} cannot be planned.")?;
        }
        if plan.left_alone > 0 {
            writeln!(out, "Not in the file, and left alone: {}.", plan.left_alone)?;
        }
        Ok(())
    }

    pub(crate) fn results(&self, outcomes: &[Outcome<'_>], counts: &Counts) -> io::Result<()> {
        if self.json {
            outcomes
                .iter()
                .filter(|outcome| !matches!(outcome.step.action, Action::Unchanged { .. }))
                .map(result_line)
                .try_for_each(|line| json(&line))?;
            return json(&Line::Summary(counts));
        }
        writeln!(stream::stdout(), "{counts}")
    }

    /// Tells what a plan that was made afterwards leaves to do.
    pub(crate) fn second_pass(&self, plan: &Plan) -> io::Result<()> {
        let left: Vec<_> = plan.unsettled().map(|step| step.email.as_str()).collect();
        if self.json {
            json(&Line::SecondPass { left })
        } else if left.is_empty() {
            writeln!(stream::stdout(), "Second pass: nothing is left to do.")
        } else {
            writeln!(stream::stdout(), "Second pass: left to do: {}.", left.join(", "))
        }
    }
}

/// One line for a step that was applied, or was not.
pub(crate) fn progress(number: usize, of: usize, outcome: &Outcome<'_>) -> String {
    let came = match &outcome.result {
        Ok(done) => note(*done).map_or_else(|| "done".to_owned(), |note| format!("done ({note})")),
        Err(error) => format!("FAILED: {error}"),
    };
    format!("[{number}/{of}] {} {}: {came}", kind(&outcome.step.action), shown(&outcome.step.email))
}

/// What was applied, in one line.
impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { create, update, disable, unchanged, failed, not_begun } = self;
        write!(
            f,
            "Done: {create} created, {update} updated, {disable} disabled, {unchanged} unchanged, {failed} failed"
        )?;
        if *not_begun > 0 {
            write!(f, ", {not_begun} not begun")?;
        }
        f.write_str(".")
    }
}

impl Counts {
    fn of_plan(plan: &Plan) -> Self {
        let mut counts = Self::default();
        plan.steps.iter().for_each(|step| counts.add(&step.action));
        counts
    }

    pub(crate) fn of_outcomes(outcomes: &[Outcome<'_>], plan: &Plan) -> Self {
        let not_begun = plan.steps.len().saturating_sub(outcomes.len());
        let mut counts = Self { not_begun, ..Self::default() };
        for outcome in outcomes {
            match outcome.result {
                Ok(_) => counts.add(&outcome.step.action),
                Err(_) => counts.failed += 1,
            }
        }
        counts
    }

    fn add(&mut self, action: &Action) {
        *match action {
            Action::Create { .. } => &mut self.create,
            Action::Update { .. } => &mut self.update,
            Action::Disable { .. } => &mut self.disable,
            Action::Unchanged { .. } => &mut self.unchanged,
            Action::Blocked { .. } => &mut self.failed,
        } += 1;
    }
}

fn json(line: &Line<'_>) -> io::Result<()> {
    let mut out = stream::stdout();
    serde_json::to_writer(&mut out, line)?;
    writeln!(out)
}

fn result_line<'a>(outcome: &'a Outcome<'_>) -> Line<'a> {
    Line::Result {
        email: &outcome.step.email,
        action: kind(&outcome.step.action),
        ok: outcome.result.is_ok(),
        note: outcome.result.as_ref().ok().copied().and_then(note),
        error: outcome.result.as_ref().err().map(String::as_str),
    }
}

fn note(done: Done) -> Option<&'static str> {
    match done {
        Done::AsPlanned => None,
        Done::ResponseLost => Some("the response was lost, and a look has found the user"),
        Done::AlreadyThere => Some("somebody else had created the user"),
    }
}

fn kind(action: &Action) -> &'static str {
    match action {
        Action::Create { .. } => "create",
        Action::Update { .. } => "update",
        Action::Disable { .. } => "disable",
        Action::Unchanged { .. } => "unchanged",
        Action::Blocked { .. } => "blocked",
    }
}

fn detail(action: &Action) -> String {
    match action {
        Action::Create { user } => fields(user),
        Action::Update { changes, .. } => changed_fields(changes),
        Action::Disable { missing: true, .. } => "not in the file".to_owned(),
        Action::Disable { missing: false, .. } | Action::Unchanged { .. } => String::new(),
        Action::Blocked { error } => error.clone(),
    }
}

fn fields(user: &Wanted) -> String {
    let fields = [
        user.name.as_deref().map(|name| format!("name {name:?}")),
        user.role.as_ref().map(|role| format!("role {}", shown(role.as_str()))),
        user.enabled.map(|enabled| format!("enabled {enabled}")),
        user.sub_account_ids.as_ref().map(|environments| format!("sub_account_ids {environments}")),
    ];
    joined(fields)
}

fn changed_fields(changes: &Changes) -> String {
    let fields = [
        changes.name.as_ref().map(|change| change.shown("name", |name| format!("{name:?}"))),
        changes.role.as_ref().map(|change| change.shown("role", |role| shown(role.as_str()))),
        changes.enabled.as_ref().map(|change| change.shown("enabled", bool::to_string)),
        changes.sub_account_ids.as_ref().map(|change| change.shown("sub_account_ids", ToString::to_string)),
    ];
    joined(fields)
}

impl<T> Change<T> {
    fn shown(&self, field: &str, show: impl Fn(&T) -> String) -> String {
        let old = self.old.as_ref().map_or_else(|| "nothing".to_owned(), &show);
        format!("{field}: {old} → {}", show(&self.new))
    }
}

fn joined<const N: usize>(fields: [Option<String>; N]) -> String {
    fields.into_iter().flatten().collect::<Vec<_>>().join(", ")
}
