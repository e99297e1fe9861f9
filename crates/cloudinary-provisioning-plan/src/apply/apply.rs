//! [`Apply`]: hands out the steps of a plan that can be made now, and takes their results.

use std::collections::BTreeSet;

use cloudinary_provisioning::{AnyOperation, ApiKey, Error, ErrorKind, Secret, UserId, users};

use crate::guard::{Guards, Progress, Refused};
use crate::plan::{AccountFacts, Plan, Step, Work};
use crate::request_key::Keys;
use crate::survey::is_absent;

use super::applied::{Applied, AppliedKind};
use super::perform::{Ids, operation};
use super::report::{Ending, Report, StepReport};
use super::secret::NewSecret;
use super::verify::mismatches;

/// Hands out the steps of a plan that can be made now, and takes their results.
///
/// Steps are handed out phase by phase, each after those that it needs, and the guards are checked before every one.
/// Results may come in any order and from any number of workers. A failure stops the steps that need the failed one and
/// nothing else. Dropping an `Apply` at any point is safe: what is left is found by planning anew.
///
/// A step that yields a secret is handed out alone. Take its secret, store it, and say so; nothing goes on before.
///
/// ```
/// use cloudinary_provisioning_plan::guard::Guards;
/// use cloudinary_provisioning_plan::manifest::Group;
/// use cloudinary_provisioning_plan::snapshot::{Part, Snapshot};
/// use cloudinary_provisioning_plan::{Manifest, Plan};
/// # use cloudinary_provisioning::http;
///
/// let mut manifest = Manifest::new();
/// manifest.groups.push(Group::new("Editors"));
/// let mut snapshot = Snapshot::new();
/// snapshot.groups = Part::Known(vec![]);
///
/// let mut apply = Plan::new(&manifest, &snapshot)?.apply(&Guards::new());
/// while let Some(batch) = apply.next_batch() {
///     for operation in batch {
///         // With any HTTP stack, or with a client's `send_all`, which recovers creates:
///         let response = http::Response::new(br#"{"id":"g1","name":"Editors"}"#.to_vec());
///         apply.record(&operation, operation.parse(&response));
///     }
///     for secret in apply.take_secrets() {
///         // Store it, then:
///         apply.stored(&secret);
///     }
/// }
/// assert!(apply.report().is_complete());
/// # Ok::<(), cloudinary_provisioning_plan::plan::PlanError>(())
/// ```
#[derive(Debug)]
pub struct Apply {
    steps: Vec<Step>,
    states: Vec<State>,
    /// The first step that has not ended.
    first: usize,
    account: AccountFacts,
    guards: Guards,
    progress: Progress,
    ids: Ids,
    open: Keys<usize>,
    secrets: Vec<NewSecret>,
    /// The steps whose secrets are not known to be stored.
    unstored: BTreeSet<usize>,
}

#[derive(Clone, Debug)]
enum State {
    Waiting,
    Sent,
    Ended(Ended),
}

#[derive(Clone, Debug)]
struct Ended {
    ending: Ending,
    message: Option<String>,
    changed_meanwhile: bool,
    maybe_applied: bool,
    secret_lost: bool,
}

impl Ended {
    fn new(ending: Ending, message: Option<String>) -> Self {
        Self { ending, message, changed_meanwhile: false, maybe_applied: false, secret_lost: false }
    }

    fn done() -> Self {
        Self::new(Ending::Done, None)
    }

    fn failed(message: impl Into<String>) -> Self {
        Self::new(Ending::Failed, Some(message.into()))
    }

    fn skipped(message: impl Into<String>) -> Self {
        Self::new(Ending::Skipped, Some(message.into()))
    }

    fn changed_meanwhile(mut self, is_so: bool) -> Self {
        self.changed_meanwhile = is_so;
        self
    }
}

impl Plan {
    /// Begins to apply the plan.
    pub fn apply(self, guards: &Guards) -> Apply {
        let (steps, account) = self.into_parts();
        Apply {
            states: vec![State::Waiting; steps.len()],
            steps,
            first: 0,
            progress: Progress::new(&account),
            account,
            guards: guards.clone(),
            ids: Ids::new(),
            open: Keys::new(),
            secrets: Vec::new(),
            unstored: BTreeSet::new(),
        }
    }
}

impl Apply {
    /// Returns the steps that can be made now, as operations; `None` if there are none: until more results are recorded, or
    /// a secret is stored, or at all.
    ///
    /// Creates can be recovered: give the batch to a driver that does so.
    pub fn next_batch(&mut self) -> Option<Vec<AnyOperation<Applied>>> {
        if let Some(refusal) = self.guards.check_me(&self.account) {
            self.skip_all(&refusal.to_string());
        }
        loop {
            if !self.unstored.is_empty() || self.has_secret_under_way() {
                return None;
            }
            let ended = self.states.iter().skip(self.first).take_while(|state| matches!(state, State::Ended(_)));
            self.first += ended.count();
            let phase = self.steps.get(self.first)?.phase;
            let length = self.steps.iter().skip(self.first).take_while(|step| step.phase == phase).count();
            let (mut batch, mut has_ended) = (Vec::new(), false);
            for at in self.first..self.first + length {
                if !matches!(self.states.get(at), Some(State::Waiting)) {
                    continue;
                }
                match self.begin(at, !batch.is_empty()) {
                    Begun::Sent(operation) => batch.push(operation),
                    Begun::Alone(operation) => return Some(vec![operation]),
                    Begun::Ended => has_ended = true,
                    Begun::NotNow => {}
                }
            }
            if !batch.is_empty() {
                return Some(batch);
            }
            if !has_ended {
                return None;
            }
        }
    }

    /// Records the result of a step, and returns the place of the step in the plan. Results of anything else are ignored.
    pub fn record(&mut self, operation: &AnyOperation<Applied>, result: Result<Applied, Error>) -> Option<usize> {
        let at = self.open.remove(operation)?;
        let step = self.steps.get(at)?.clone();
        let ended = match result {
            Ok(applied) => self.succeeded(at, &step, applied),
            Err(error) => self.failed(&step, &error),
        };
        if let Some(state) = self.states.get_mut(at) {
            *state = State::Ended(ended);
        }
        Some(at)
    }

    /// Takes the secrets that steps have yielded; each is handed out once.
    pub fn take_secrets(&mut self) -> Vec<NewSecret> {
        std::mem::take(&mut self.secrets)
    }

    /// Says that a secret is stored, so that the next steps may begin.
    pub fn stored(&mut self, secret: &NewSecret) {
        self.unstored.remove(&secret.step);
    }

    /// Whether every step has ended.
    pub fn is_finished(&self) -> bool {
        self.states.iter().all(|state| matches!(state, State::Ended(_)))
    }

    /// Returns the steps, in the order of the plan.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// Returns what has become of the steps so far.
    pub fn report(&self) -> Report {
        Report { steps: (0..self.steps.len()).filter_map(|at| self.report_of(at)).collect() }
    }

    /// Returns what has become of the step at this place so far.
    pub fn report_of(&self, at: usize) -> Option<StepReport> {
        let (step, state) = (self.steps.get(at)?, self.states.get(at)?);
        let ended = match state {
            State::Ended(ended) => ended.clone(),
            State::Sent => Ended::new(Ending::Open, None),
            State::Waiting => Ended::skipped("not begun"),
        };
        Some(StepReport {
            kind: step.kind,
            name: step.name.clone(),
            action: step.action,
            ending: ended.ending,
            message: ended.message,
            changed_meanwhile: ended.changed_meanwhile,
            maybe_applied: ended.maybe_applied,
            secret_lost: ended.secret_lost || self.unstored.contains(&at),
        })
    }

    fn skip_all(&mut self, reason: &str) {
        for state in self.states.iter_mut().filter(|state| matches!(state, State::Waiting)) {
            *state = State::Ended(Ended::skipped(reason));
        }
    }

    fn has_secret_under_way(&self) -> bool {
        let steps = self.steps.iter().zip(&self.states).skip(self.first);
        let mut phase =
            steps.take_while(|(step, _)| self.steps.get(self.first).is_some_and(|first| first.phase == step.phase));
        self.guards.are_secrets_stored()
            && phase.any(|(step, state)| step.yields_secret && matches!(state, State::Sent))
    }

    /// Begins a step, if it is time.
    fn begin(&mut self, at: usize, is_not_first: bool) -> Begun {
        let Some(step) = self.steps.get(at).cloned() else { return Begun::NotNow };
        let ended = match self.hold(&step, is_not_first) {
            Hold::No => match operation(&step.work, &self.ids) {
                Ok(operation) => match self.open.insert(&operation, at) {
                    Ok(()) => {
                        self.progress.begin(&step);
                        self.set(at, State::Sent);
                        let is_alone = step.yields_secret && self.guards.are_secrets_stored();
                        return if is_alone { Begun::Alone(operation) } else { Begun::Sent(operation) };
                    }
                    Err(error) => Ended::failed(error.to_string()),
                },
                Err(_) => Ended::failed("the service did not return the id of something that this needs"),
            },
            Hold::NotNow => return Begun::NotNow,
            Hold::Never(ended) => ended,
        };
        self.set(at, State::Ended(ended));
        Begun::Ended
    }

    /// What keeps a step from beginning.
    fn hold(&self, step: &Step, is_not_first: bool) -> Hold {
        for needed in &step.after {
            match self.states.get(*needed) {
                Some(State::Ended(Ended { secret_lost: true, .. })) if is_after_secret(&step.work) => {
                    let subject = self.steps.get(*needed).map(Step::subject).unwrap_or_default();
                    return Hold::Never(Ended::skipped(format!("nobody has the secret of {subject}")));
                }
                Some(State::Ended(ended)) if ended.ending == Ending::Done => {}
                Some(State::Ended(_)) | None => {
                    let subject = self.steps.get(*needed).map(Step::subject).unwrap_or_default();
                    return Hold::Never(Ended::skipped(format!("it needs {subject}")));
                }
                Some(State::Waiting | State::Sent) => return Hold::NotNow,
            }
        }
        let is_alone = is_not_first || !self.open.is_empty();
        if step.yields_secret && self.guards.are_secrets_stored() && is_alone {
            return Hold::NotNow;
        }
        match Refused::unless_empty(self.guards.judge(&self.account, &self.progress, step)) {
            Ok(()) => Hold::No,
            // What is under way may make room.
            Err(_) if is_alone => Hold::NotNow,
            Err(refused) => Hold::Never(Ended::skipped(refused.to_string())),
        }
    }

    fn set(&mut self, at: usize, state: State) {
        if let Some(place) = self.states.get_mut(at) {
            *place = state;
        }
    }

    fn succeeded(&mut self, at: usize, step: &Step, applied: Applied) -> Ended {
        let fields = mismatches(&step.work, &applied, &self.ids);
        self.progress.succeed(step);
        let mut ended = match fields.as_slice() {
            [] => Ended::done(),
            fields => {
                let fields: Vec<_> = fields.iter().map(|field| format!("`{field}`")).collect();
                let mut ended = Ended::failed(format!("the service returned another value for {}", fields.join(", ")));
                // The other fields may be as they were sent.
                ended.maybe_applied = true;
                ended
            }
        };
        match (&step.work, applied.0) {
            (Work::CreateEnvironment(fields), AppliedKind::Environment(made)) => {
                let cloud_name = fields.cloud_name.clone().unwrap_or_default();
                let key = made.api_access_keys.into_iter().flatten().next();
                let (api_key, secret) = key.map_or((None, None), |key| (key.key, key.secret));
                self.learn(step, [made.id.as_str()].into_iter().chain(api_key.as_ref().map(ApiKey::as_str)));
                let pair = api_key.zip(secret);
                self.keep_secret(at, &mut ended, cloud_name, None, pair);
            }
            (Work::GenerateKey { .. }, AppliedKind::Key(made)) if self.is_to_be_retired(&made.api_key) => {
                let why = "the service returned the key that is to be replaced in place of a new one";
                ended = Ended { maybe_applied: true, ..Ended::failed(why) };
            }
            (Work::GenerateKey { cloud_name, name, .. }, AppliedKind::Key(made)) => {
                self.learn(step, [made.api_key.as_str()]);
                let pair = made.api_secret.clone().map(|secret| (made.api_key.clone(), secret));
                self.keep_secret(at, &mut ended, cloud_name.clone(), Some(name.clone()), pair);
            }
            (_, AppliedKind::Group(made)) => self.learn(step, [made.id.as_str()]),
            (_, AppliedKind::Role(made)) => self.learn(step, [made.id.as_str()]),
            (Work::CreateUser(..), AppliedKind::User(made)) => self.learn(step, [made.id.as_str()]),
            (Work::UpdateUser(id, _), AppliedKind::User(found)) => {
                self.observe(id, &found);
            }
            _ => {}
        }
        ended
    }

    fn is_to_be_retired(&self, api_key: &ApiKey) -> bool {
        self.steps.iter().any(|step| matches!(&step.work, Work::RetireKey { key, .. } if key == api_key))
    }

    /// Notes the ids of what a step has made.
    fn learn<'i>(&mut self, step: &Step, ids: impl IntoIterator<Item = &'i str>) {
        for (made, id) in step.made.iter().zip(ids) {
            self.ids.insert(made.clone(), id.to_owned());
        }
    }

    /// Notes what a response says about who is an active master admin.
    fn observe(&mut self, id: &UserId, found: &users::User) {
        if let (Some(role), Some(enabled)) = (&found.role, found.enabled) {
            let is_admin = *role == users::Role::MasterAdmin && enabled && found.pending != Some(true);
            self.progress.observe(id, is_admin);
        }
    }

    fn keep_secret(
        &mut self,
        step: usize,
        ended: &mut Ended,
        cloud_name: String,
        name: Option<String>,
        pair: Option<(ApiKey, Secret)>,
    ) {
        match pair.filter(|(_, secret)| secret.is_usable()) {
            Some((api_key, secret)) if self.guards.are_secrets_stored() => {
                self.unstored.insert(step);
                self.secrets.push(NewSecret { step, cloud_name, name, api_key, secret });
            }
            Some(_) => ended.message = ended.message.take().or_else(|| Some("its secret was not stored".to_owned())),
            None => {
                ended.secret_lost = true;
                ended.message = Some("the response has no secret: delete the key and generate another one".to_owned());
            }
        }
    }

    fn failed(&mut self, step: &Step, error: &Error) -> Ended {
        let maybe_applied = error.maybe_applied();
        match (&step.work, error.kind()) {
            (work, ErrorKind::SecretLost { sub_account_id, api_key }) => {
                let is_environment = matches!(work, Work::CreateEnvironment(_));
                let key = api_key.as_ref().map(ApiKey::as_str);
                let ids = if is_environment { [Some(sub_account_id.as_str()), key] } else { [key, None] };
                self.learn(step, ids.into_iter().flatten());
                let mut ended =
                    Ended::new(Ending::Done, Some(format!("{error}: delete the key and generate another one")));
                ended.secret_lost = true;
                return ended;
            }
            _ if step.action.takes_away() && is_absent(error) && !is_update(&step.work) => {
                let note = (!maybe_applied).then(|| "it was gone already".to_owned());
                return Ended::new(Ending::Done, note).changed_meanwhile(!maybe_applied);
            }
            (Work::AddMember { .. }, _) if error.is_conflict() => {
                let note = (!maybe_applied).then(|| "the user was in the group already".to_owned());
                return Ended::new(Ending::Done, note).changed_meanwhile(!maybe_applied);
            }
            _ => {}
        }
        if !maybe_applied {
            self.progress.fail(step);
        }
        if error.is_cancelled() && !maybe_applied {
            return Ended::skipped("cancelled");
        }
        let mut ended = Ended::failed(error.to_string());
        ended.maybe_applied = maybe_applied;
        ended.changed_meanwhile = !maybe_applied && (is_absent(error) || error.is_conflict());
        ended
    }
}

enum Begun {
    Sent(AnyOperation<Applied>),
    /// Nothing else may be under way.
    Alone(AnyOperation<Applied>),
    Ended,
    NotNow,
}

enum Hold {
    No,
    NotNow,
    Never(Ended),
}

/// Whether the object is still needed afterwards, so that its being gone is not what was wanted.
fn is_update(work: &Work) -> bool {
    matches!(work, Work::UpdateEnvironment(..) | Work::UpdateKey { .. } | Work::UpdateUser(..) | Work::UpdatePolicy(..))
}

/// Whether programs are to use a new key from then on.
fn is_after_secret(work: &Work) -> bool {
    matches!(work, Work::DedicateKey { .. } | Work::RetireKey { .. })
}
