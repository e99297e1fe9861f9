//! What a run tells: the plan and the summary on stdout, as text or as JSON lines, and the progress on stderr.

use std::collections::BTreeSet;
use std::io::{self, Write};

use cloudinary_provisioning::SubAccountId;
use serde::Serialize;

use crate::apply::{Done, Outcome};
use crate::input::Wanted;
use crate::plan::{Action, Change, Changes, Plan, Step};

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
}

/// A line of `--json`.
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
        let mut out = io::stdout().lock();
        for step in &plan.steps {
            let line = format!("{:<10} {:<24} {}", kind(&step.action), shown(&step.email), detail(&step.action));
            writeln!(out, "{}", line.trim_end())?;
        }
        let Counts { create, update, disable, unchanged, failed } = counts;
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
        let Counts { create, update, disable, unchanged, failed } = counts;
        writeln!(
            io::stdout(),
            "Done: {create} created, {update} updated, {disable} disabled, {unchanged} unchanged, {failed} failed."
        )
    }

    /// Tells what a plan that was made afterwards leaves to do.
    pub(crate) fn second_pass(&self, plan: &Plan) -> io::Result<()> {
        let left: Vec<_> = plan.unsettled().map(|step| step.email.as_str()).collect();
        if self.json {
            json(&Line::SecondPass { left })
        } else if left.is_empty() {
            writeln!(io::stdout(), "Second pass: nothing is left to do.")
        } else {
            writeln!(io::stdout(), "Second pass: left to do: {}.", left.join(", "))
        }
    }
}

/// One line on stderr for every step that was carried out.
pub(crate) fn progress(number: usize, of: usize, outcome: &Outcome<'_>) {
    let came = match &outcome.result {
        Ok(done) => note(*done).map_or_else(|| "done".to_owned(), |note| format!("done ({note})")),
        Err(error) => format!("FAILED: {error}"),
    };
    eprintln!("[{number}/{of}] {} {}: {came}", kind(&outcome.step.action), shown(&outcome.step.email));
}

impl Counts {
    fn of_plan(plan: &Plan) -> Self {
        let mut counts = Self::default();
        plan.steps.iter().for_each(|step| counts.add(&step.action));
        counts
    }

    pub(crate) fn of_outcomes(outcomes: &[Outcome<'_>]) -> Self {
        let mut counts = Self::default();
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
    let mut out = io::stdout().lock();
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
        Done::ReplyLost => Some("the reply was lost, and a look has found the user"),
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
        user.sub_account_ids.as_ref().map(|ids| format!("sub_account_ids {}", list(ids))),
    ];
    joined(fields)
}

fn changed_fields(changes: &Changes) -> String {
    let fields = [
        changes.name.as_ref().map(|change| change.shown("name", |name| format!("{name:?}"))),
        changes.role.as_ref().map(|change| change.shown("role", |role| shown(role.as_str()))),
        changes.enabled.as_ref().map(|change| change.shown("enabled", bool::to_string)),
        changes.sub_account_ids.as_ref().map(|change| change.shown("sub_account_ids", list)),
    ];
    joined(fields)
}

impl<T> Change<T> {
    fn shown(&self, field: &str, show: impl Fn(&T) -> String) -> String {
        let old = match &self.old {
            Some(old) => show(old),
            None if field == "sub_account_ids" => "all".to_owned(),
            None => "nothing".to_owned(),
        };
        format!("{field}: {old} → {}", show(&self.new))
    }
}

fn joined<const N: usize>(fields: [Option<String>; N]) -> String {
    fields.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

fn list(ids: &BTreeSet<SubAccountId>) -> String {
    let ids: Vec<_> = ids.iter().map(|id| shown(id.as_str())).collect();
    format!("[{}]", ids.join(" "))
}

/// Without the characters that a terminal would act on.
fn shown(text: &str) -> String {
    text.escape_debug().to_string()
}
