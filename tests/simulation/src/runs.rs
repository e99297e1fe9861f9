//! What has to hold for plans and their steps. A run is one survey, plan and apply of an actor.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use cloudinary_provisioning_plan::apply::{Ending, NewSecret, StepReport};
use cloudinary_provisioning_plan::guard::{Guard, Guards};
use cloudinary_provisioning_plan::plan::{Action, Cause, Step, StepKind};
use cloudinary_provisioning_plan::{Manifest, Plan, Snapshot};

use crate::goal::Goal;
use crate::holdings::{Holdings, Loss};
use crate::model::{Call, Kind, Model};
use crate::oracle::{differences, is_unwanted};

/// What a run may do at most: the settings of its guards.
#[derive(Clone, Debug)]
pub(crate) struct Limits {
    pub(crate) min_admins: usize,
    pub(crate) me: Option<&'static str>,
    pub(crate) few: usize,
    pub(crate) stores_secrets: bool,
    /// The environment that may be deleted.
    pub(crate) deletes: Option<&'static str>,
}

impl Limits {
    pub(crate) fn guards(&self) -> Guards {
        let mut guards = Guards::new()
            .provisioning_key("KEY")
            .min_master_admins(self.min_admins)
            .max_percent(0)
            .few(self.few)
            .stores_secrets(self.stores_secrets);
        if let Some(me) = self.me {
            guards = guards.me(me);
        }
        match self.deletes {
            Some(name) => guards.allow(Guard::DeleteEnvironment(name.to_owned())),
            None => guards,
        }
    }
}

/// A survey, the plan that was made of it, and its steps.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) goal: Goal,
    pub(crate) limits: Limits,
    pub(crate) began: Duration,
    /// Whether it came to its report. If not, it was dropped.
    pub(crate) has_reported: bool,
    /// What it has taken away, by kind.
    taken: BTreeMap<StepKind, BTreeSet<Loss>>,
    /// The calls whose secrets are stored, and those of which the report says that something may be there.
    stored: BTreeSet<usize>,
    told: BTreeSet<usize>,
    /// The steps that are done, and since when.
    done: BTreeMap<usize, Duration>,
    /// Whether somebody else has answered one of its steps.
    pub(crate) is_fooled: bool,
}

/// A write that the service applied.
#[derive(Debug)]
pub(crate) struct Touch {
    at: Duration,
    run: Option<usize>,
    /// What the path and the body of the request name.
    text: String,
}

impl Model {
    pub(crate) fn begin_run(&mut self, goal: Goal, limits: Limits) -> usize {
        self.runs.push(Run {
            goal,
            limits,
            began: self.now,
            has_reported: false,
            taken: BTreeMap::new(),
            stored: BTreeSet::new(),
            told: BTreeSet::new(),
            done: BTreeMap::new(),
            is_fooled: false,
        });
        self.runs.len() - 1
    }

    /// Checks a plan that was made.
    pub(crate) fn on_plan(&mut self, plan: &Plan) {
        let takes_away = |step: &&Step| step.action.takes_away();
        let unread = plan.blocked().iter().find(|blocked| blocked.cause == Cause::Unread);
        if let (Some(unread), Some(step)) = (unread, plan.steps().iter().find(takes_away)) {
            self.fail("removes-only-what-is-unwanted", || format!("{step} is planned, although {unread}"));
        }
        for (at, step) in plan.steps().iter().enumerate() {
            if step.after.iter().any(|needed| *needed >= at) {
                self.fail("removes-only-what-is-unwanted", || format!("{step} comes before what it needs"));
            }
        }
        self.count(if plan.blocked().is_empty() { "plans" } else { "plans with something blocked" });
    }

    /// Records a write that was applied, whoever made it.
    pub(crate) fn on_write(&mut self, call: usize, text: String) {
        let (at, run) = (self.now, self.calls[call].run);
        self.touched.push(Touch { at, run, text });
    }

    /// Checks what a write of a run has changed.
    pub(crate) fn on_step(&mut self, call: usize, before: &Holdings, after: &Holdings) {
        let Some(run) = self.calls[call].run else { return };
        let (limits, goal) = (self.runs[run].limits.clone(), self.runs[run].goal.clone());
        let is_doubled = self.calls[call].is_doubled || self.calls[call].claims_not_applied;
        for loss in before.lost(after) {
            let is_wanted = match &goal {
                Goal::Manifest(manifest) => is_unwanted(manifest, before, &loss),
                Goal::Rotation(rotating) => {
                    self.check_retired(call, rotating, before, &loss);
                    true
                }
            };
            if !is_wanted {
                if self.is_touched(run, &loss.ids()) {
                    self.count("somebody changed meanwhile what a plan took away");
                } else {
                    self.fail("removes-only-what-is-unwanted", || format!("call {call}: {loss:?}, of {before:#?}"));
                }
            }
            if let Loss::Environment(id) = &loss
                && limits.deletes != Some(before.environments[id].as_str())
            {
                self.fail("guards-hold", || format!("call {call} deletes environment {id}"));
            }
            // The groups and roles of a user who is disabled do not count.
            let is_leaver = loss.user_who_loses().is_some_and(|id| {
                let is_disabled = before.users.get(id).is_some_and(|user| !user.enabled);
                let disabling = Loss::UserDisabled(id.to_owned());
                is_disabled || matches!(&goal, Goal::Manifest(manifest) if is_unwanted(manifest, before, &disabling))
            });
            if is_leaver {
                continue;
            }
            let kind = loss.kind();
            let taken = self.runs[run].taken.entry(kind).or_default();
            taken.insert(loss);
            let count = taken.len();
            if count > limits.few && !is_doubled {
                self.fail("guards-hold", || format!("call {call} takes away the {count}th of {kind}"));
            }
        }
        self.check_admins(call, run, before, after);
        for (id, was) in &before.users {
            let Some(now) = after.users.get(id).filter(|now| *now != was) else { continue };
            let is_me = limits.me.is_some_and(|me| me.eq_ignore_ascii_case(&was.email));
            let is_same = (&was.role, was.enabled, &was.access) == (&now.role, now.enabled, &now.access);
            if (is_me || was.root) && !is_same {
                self.fail("guards-hold", || format!("call {call}: {was:?} becomes {now:?}"));
            }
        }
        let root_keys = before.keys.iter().filter(|(_, key)| key.root);
        for (id, key) in root_keys.filter(|(_, key)| after.environments.contains_key(&key.environment)) {
            if after.keys.get(id) != Some(key) {
                self.fail("guards-hold", || format!("call {call} changes root key {id}"));
            }
        }
        let yields = after.keys.keys().any(|id| !before.keys.contains_key(id));
        if yields && !limits.stores_secrets {
            self.fail("guards-hold", || format!("call {call} makes a key whose secret nobody stores"));
        }
        if matches!(goal, Goal::Rotation(_)) {
            self.check_successor(call, before, after);
        }
    }

    fn check_admins(&mut self, call: usize, run: usize, before: &Holdings, after: &Holdings) {
        let (was, left) = (before.admins().count(), after.admins().count());
        let min = self.runs[run].limits.min_admins;
        if left >= was || left >= min {
            return;
        }
        let ids: Vec<_> = before.admins().collect();
        // There is no "only if": two programs may each leave enough, and together too few.
        if self.is_anything_touched(run, "/users/") || self.calls[call].claims_not_applied {
            self.count("two programs together left too few admins");
        } else {
            self.fail("guards-hold", || {
                format!("call {call} leaves {left} of {was} admins ({ids:?}), of at least {min}")
            });
        }
    }

    /// Whether somebody else wrote to one of these since the run began to read, or so shortly before that lists lagged.
    pub(crate) fn is_touched(&self, run: usize, ids: &[&str]) -> bool {
        self.others_since(run).any(|touch| ids.iter().any(|id| touch.text.contains(id)))
    }

    fn is_anything_touched(&self, run: usize, text: &str) -> bool {
        self.others_since(run).any(|touch| touch.text.contains(text))
    }

    fn others_since(&self, run: usize) -> impl Iterator<Item = &Touch> {
        let from = self.runs[run].began.saturating_sub(self.list_lag.max(self.get_lag));
        self.touched.iter().filter(move |touch| touch.at >= from && touch.run != Some(run))
    }

    /// Checks that a result is recorded for the step that was sent, and what the report says of it.
    pub(crate) fn on_recorded(&mut self, call: usize, (at, step): (usize, &Step), report: &StepReport, request: &str) {
        let (run, began) = (self.calls[call].run.unwrap_or_default(), self.calls[call].began);
        let is_done = |needed: &&usize| self.runs[run].done.get(*needed).is_some_and(|since| *since <= began);
        if let Some(needed) = step.after.iter().find(|needed| !is_done(needed)) {
            self.fail("needs-come-first", || format!("call {call} began before step {needed}, which {step} needs"));
        }
        // A path or a body names what the step is about.
        let names = [step.id.as_deref(), step.name.split([' ', '/']).next_back()];
        let is_it = match step.kind {
            StepKind::Memberships => request.contains("/user_groups/"),
            StepKind::Assignments => step.name.split(' ').next().is_some_and(|role| request.contains(role)),
            StepKind::Policies => request.contains("/policies/custom"),
            // Of a key that the plan makes, only the service knows the id.
            StepKind::Keys if step.id.is_none() && step.action == Action::Update => request.contains("/access_keys/"),
            _ => names.iter().flatten().any(|name| request.to_lowercase().contains(&name.to_lowercase())),
        };
        if !is_it {
            self.fail("report-is-true", || format!("the result of call {call} ({request}) is recorded for {step}"));
        }
        if report.maybe_applied || report.secret_lost {
            self.runs[run].told.insert(call);
        }
        let it = &self.calls[call];
        let (applied, last) = (it.applied, it.last);
        match report.ending {
            Ending::Failed | Ending::Skipped if applied > 0 && !report.maybe_applied => {
                if self.calls[call].is_doubled {
                    self.count("a proxy sent it twice");
                } else {
                    self.fail("report-is-true", || format!("call {call} was applied: {report} ({last:?})"));
                }
            }
            Ending::Done => {
                self.runs[run].done.insert(at, self.now);
                self.runs[run].is_fooled |= applied == 0 && last.is_some_and(|last| !last.genuine);
            }
            Ending::Failed | Ending::Skipped => {}
            _ => self.fail("report-is-true", || format!("call {call} has ended: {report}")),
        }
    }

    /// What a step that is done has changed, the account shows, unless somebody else has changed it since.
    pub(crate) fn check_shown(&mut self, call: usize, step: &Step, account: &Holdings) {
        let run = self.calls[call].run.unwrap_or_default();
        let Some(id) = step.id.as_deref().filter(|_| self.calls[call].applied > 0) else { return };
        for change in &step.changes {
            let found = match (step.kind, change.field) {
                (StepKind::Users, "enabled") => account.users.get(id).map(|user| user.enabled.into()),
                (StepKind::Users, "role") => account.users.get(id).map(|user| user.role.as_str().into()),
                (StepKind::Keys, "enabled") => account.keys.get(id).map(|key| key.enabled.into()),
                (StepKind::Policies, "enabled") => account.policies.get(id).map(|(.., enabled)| (*enabled).into()),
                _ => None,
            };
            if found.is_some_and(|found: serde_json::Value| found != change.new) && !self.is_touched(run, &[id]) {
                self.fail("report-is-true", || format!("{step} is done, and the account is {account:#?}"));
            }
        }
    }

    /// Checks that nothing begins beside a step that yields a secret, if secrets are to be stored.
    pub(crate) fn on_step_begun(&mut self, call: usize) {
        let run = self.calls[call].run;
        let yields = |of: &Call| matches!(of.ask.creates, Some((Kind::Key | Kind::Environment, _)));
        let open = |of: &&Call| of.run == run && !of.ended;
        let open: Vec<_> = self.calls.iter().filter(open).collect();
        let stores = run.is_some_and(|run| self.runs[run].limits.stores_secrets);
        if stores && open.len() > 1 && open.into_iter().any(yields) {
            self.fail("secret-is-stored-first", || format!("call {call} begins beside a step that yields a secret"));
        }
    }

    /// Checks what a survey has read, from `began` to now: whoever was there throughout is in it.
    pub(crate) fn on_surveyed(&mut self, began: Duration, snapshot: &Snapshot) {
        let Some(users) = snapshot.users.known().filter(|_| snapshot.users_are_all) else { return };
        let ids: Vec<_> = users.iter().map(|user| user.id.to_string()).collect();
        self.on_list(Kind::User, began, &ids, None);
    }

    /// A secret is stored.
    pub(crate) fn on_stored(&mut self, run: usize, call: Option<usize>, new: &NewSecret, is_right: bool) {
        match call {
            Some(call) => drop(self.runs[run].stored.insert(call)),
            None => self.fail("secret-is-kept", || format!("{new:?} belongs to no step")),
        }
        if !is_right {
            self.fail("secret-is-kept", || format!("{new:?} has another secret"));
        }
        self.vault.insert(new.api_key.to_string());
        self.count("secrets stored");
    }

    /// Checks, in the end, that every secret was stored, or told to be lost.
    pub(crate) fn check_secrets(&mut self) {
        let made: Vec<_> = self.resources.iter().filter_map(|it| Some((it.kind, it.made_by?, it.id.clone()))).collect();
        for (kind, call, id) in made {
            let Some(run) = self.calls[call].run.filter(|_| matches!(kind, Kind::Key | Kind::Environment)) else {
                continue;
            };
            let it = &self.runs[run];
            if it.stored.contains(&call) {
                continue;
            }
            if it.told.contains(&call) {
                self.count("secret of a step lost, and told");
            } else if self.vault.contains(&id) {
                self.count("a later run stored a secret");
            } else if !it.has_reported {
                self.count("a program was killed before it stored a secret");
            } else if self.calls[call].is_doubled {
                self.count("a proxy sent it twice");
            } else {
                self.fail("secret-is-kept", || {
                    format!("nobody was told of the secret of {id}, which call {call} made")
                });
            }
        }
    }

    /// Whether several things have one name where manifests have to name one.
    pub(crate) fn has_ambiguous_names(account: &Holdings) -> bool {
        let mut names = BTreeSet::new();
        let keys = account.keys.values().map(|key| (&key.environment, &key.name));
        let mut keys_seen = BTreeSet::new();
        !account.groups.values().all(|(name, _)| names.insert(name))
            || !keys.into_iter().all(|key| keys_seen.insert(key))
    }

    /// Checks that the account is what a manifest says.
    pub(crate) fn check_converged(&mut self, manifest: &Manifest, account: &Holdings) {
        let differences = differences(manifest, account);
        if let Some(first) = differences.first() {
            self.fail("calm-plan-converges", || {
                format!("{} differences: {first}\n{}", differences.len(), manifest.to_toml())
            });
        }
        self.count("converged");
    }
}
