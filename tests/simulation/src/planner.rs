//! An actor that keeps a manifest or replaces keys: it reads the account, plans, and makes the steps, and begins anew
//! when it was stopped.

use std::collections::{BTreeMap, VecDeque};
use std::pin::Pin;
use std::time::Duration;

use cloudinary_provisioning::{AnyOperation, Error, Exchange, Operation, Secret, access_keys};
use cloudinary_provisioning_plan::apply::Ending as StepEnding;
use cloudinary_provisioning_plan::plan::PlanError;
use cloudinary_provisioning_plan::rotation::Successor;
use cloudinary_provisioning_plan::{Plan, Snapshot};

use crate::actor::{Actor, Stop};
use crate::driver::Sleep;
use crate::executor::Race;
use crate::goal::{Goal, Goals, Rotating};
use crate::holdings::Holdings;
use crate::model::{Ask, Kind, Model};
use crate::random::{chance, millis, pick};
use crate::runs::Limits;
use crate::wanted::{self, BOSS, OLD, ROOT};

/// When everybody else has ended.
const CALM: Duration = Duration::from_secs(60 * 86_400);

/// How a run came out.
enum Ending {
    /// A plan that could not be made.
    Impossible(PlanError),
    /// The guards refused the plan as a whole.
    Refused,
    /// An earlier run has made a key, and nobody has its secret.
    SecretLost,
    Cancelled,
    /// Whether everything was known and done, and how many steps there were.
    Applied {
        is_complete: bool,
        steps: usize,
        report: String,
    },
}

/// How a run goes about it.
#[derive(Clone, Copy, Debug)]
struct Style {
    workers: usize,
    /// Whether it asks for more steps while some are under way.
    is_eager: bool,
    /// Whether it goes on only if the guards pass the plan as a whole.
    checks_plan: bool,
    /// How long it takes to store a secret.
    storing: Duration,
}

/// Plans and applies again and again.
pub(crate) async fn run(mut actor: Actor, goals: Goals, runs: usize) {
    for step in 0..runs {
        actor.step = step;
        let mut rng = actor.rng.fork();
        std::mem::swap(&mut actor.rng, &mut rng);
        let pause = millis(&mut actor.rng, 0..pick(&mut rng.clone(), &[1, 2_000, 20_000]));
        let until = actor.now().saturating_add(pause);
        Sleep::until(&actor.world, until).await;
        let now = actor.world.lock().service.account.now();
        let goal = goals.draw(&mut actor.rng, now);
        let draw = &mut actor.rng;
        let stop = match draw.u32(..10) {
            0..3 => Stop { after_polls: Some(draw.u32(1..150)), after: None },
            3 | 4 => Stop { after_polls: None, after: Some(millis(draw, 0..20_000)) },
            _ => Stop::default(),
        };
        let limits = Limits {
            min_admins: 2,
            me: pick(draw, &[None, Some(ROOT), Some(BOSS)]).filter(|_| matches!(goal, Goal::Manifest(_))),
            few: draw.usize(1..4),
            stores_secrets: chance(draw, 85),
            deletes: chance(draw, 50).then_some(OLD),
        };
        let style = style(draw);
        let running = plan_and_apply(&actor, &goal, limits, style);
        let what = match actor.stopping(running, stop).await {
            None => "runs that were killed",
            Some(Ending::Impossible(_)) => "runs without a plan",
            Some(Ending::Refused) => "runs that were refused",
            Some(Ending::SecretLost) => "runs that found a key whose secret nobody has",
            Some(Ending::Cancelled) => "runs that were cancelled",
            Some(Ending::Applied { is_complete: true, .. }) => "runs that were complete",
            Some(Ending::Applied { .. }) => "runs that were not complete",
        };
        actor.world.lock().model.count(what);
        actor.rng = rng;
    }
}

/// When everything is calm, each goal is reached, and there is nothing left to do.
pub(crate) async fn calm(mut actor: Actor, goals: Vec<Goal>) {
    Sleep::until(&actor.world, CALM).await;
    {
        let mut world = actor.world.lock();
        world.network.is_calm = true;
        // A read may give up where nothing is left for an hour.
        world.service.account.set_rate_limit(u64::MAX);
    }
    for goal in goals {
        let limits = Limits {
            min_admins: match &goal {
                Goal::Manifest(manifest) => wanted::admins(manifest).min(2),
                Goal::Rotation(_) => 0,
            },
            me: None,
            few: 1_000,
            stores_secrets: true,
            deletes: Some(OLD),
        };
        let style = Style { checks_plan: true, ..style(&mut actor.rng) };
        let first = plan_and_apply(&actor, &goal, limits.clone(), style).await;
        // Lists may lag.
        let until = actor.now().saturating_add(Duration::from_secs(60));
        Sleep::until(&actor.world, until).await;
        let second = plan_and_apply(&actor, &goal, limits, style).await;
        let mut world = actor.world.lock();
        match (&first, &second) {
            (Ending::Applied { is_complete: true, .. }, Ending::Applied { is_complete: true, steps: 0, .. }) => {
                let account = Holdings::of(&world.service.account);
                match &goal {
                    Goal::Manifest(manifest) => world.model.check_converged(manifest, &account),
                    Goal::Rotation(_) => world.model.check_rotated(&account),
                }
            }
            (_, Ending::SecretLost) => world.model.count("a key whose secret is lost is not handed over"),
            (_, Ending::Impossible(_))
                if matches!(goal, Goal::Rotation(_)) && Model::cannot_rotate(&Holdings::of(&world.service.account)) =>
            {
                world.model.count("a key cannot be replaced, or several could be meant");
            }
            (_, Ending::Applied { is_complete: false, steps: 0, .. })
                if Model::has_ambiguous_names(&Holdings::of(&world.service.account)) =>
            {
                world.model.count("a name that several things have kept a plan from being complete");
            }
            _ if world.service.lacks_features => world.model.count("the account has not all features"),
            _ => {
                let what = format!("{}\nand then {}\n{}", first.told(), second.told(), goal);
                world.model.fail("calm-plan-converges", || what);
            }
        }
    }
    actor.world.lock().model.check_secrets();
}

impl Ending {
    fn told(&self) -> String {
        match self {
            Self::Impossible(error) => format!("impossible: {error}"),
            Self::Refused => "refused".to_owned(),
            Self::SecretLost => "a secret is lost".to_owned(),
            Self::Cancelled => "cancelled".to_owned(),
            Self::Applied { steps, report, .. } => format!("{steps} steps: {report}"),
        }
    }
}

fn style(rng: &mut fastrand::Rng) -> Style {
    Style {
        workers: pick(rng, &[1, 2, 8]),
        is_eager: rng.bool(),
        checks_plan: rng.bool(),
        storing: pick(rng, &[Duration::ZERO, Duration::from_millis(1), Duration::from_secs(2)]),
    }
}

/// The end of a call of a run: which one, and its result.
type Ended<T> = (AnyOperation<T>, usize, Result<T, Error>);

async fn plan_and_apply(actor: &Actor, goal: &Goal, limits: Limits, style: Style) -> Ending {
    let world = &actor.world;
    let guards = limits.guards();
    let me = limits.me;
    let run = world.lock().model.begin_run(goal.clone(), limits);
    world.lock().tell(|| format!("actor {} run {run}: begins, {style:?}", actor.id));
    let began = actor.now();
    let mut survey = goal.survey();
    if let Some(me) = me {
        survey = survey.user(me);
    }
    let (mut queue, mut race, mut is_cancelled) = (VecDeque::new(), Race::default(), false);
    loop {
        while race.len() < style.workers && !is_cancelled {
            if queue.is_empty() {
                queue.extend(survey.next_batch().unwrap_or_default());
            }
            let Some(operation) = queue.pop_front() else { break };
            race.push(call(actor, run, operation));
        }
        let Some((operation, _, result)) = race.next().await else { break };
        is_cancelled |= result.as_ref().is_err_and(Error::is_cancelled);
        survey.record(&operation, result);
    }
    let told = format!("{survey:?}");
    let snapshot = survey.finish();
    world.lock().model.on_surveyed(began, &snapshot);
    let plan = match goal.plan(&snapshot) {
        Ok(plan) => plan,
        Err(error) => {
            world.lock().model.runs[run].has_reported = true;
            world.lock().model.check_told(&format!("{told}{snapshot:?}{error}{error:?}"));
            world.lock().tell(|| format!("run {run}: {error}"));
            return Ending::Impossible(error);
        }
    };
    {
        let mut world = world.lock();
        world.model.on_plan(&plan);
        world.model.check_told(&format!("{told}{snapshot:?}{plan:?}{}", plan.review(&guards)));
        world.tell(|| format!("run {run}: plans\n{}", plan.review(&guards)));
        let ending = if is_cancelled { Some(Ending::Cancelled) } else { None };
        let ending = ending.or_else(|| (style.checks_plan && plan.check(&guards).is_err()).then_some(Ending::Refused));
        if let Some(ending) = ending {
            world.model.runs[run].has_reported = true;
            return ending;
        }
    }
    if let Goal::Rotation(rotating) = goal
        && !store_again(actor, rotating, &snapshot).await
    {
        world.lock().model.runs[run].has_reported = true;
        return Ending::SecretLost;
    }
    apply(actor, run, plan, &guards, style).await
}

/// Stores the secrets of keys that an earlier run has made, as far as the service shows them.
async fn store_again(actor: &Actor, rotating: &Rotating, snapshot: &Snapshot) -> bool {
    for Successor { environment, api_key, .. } in rotating.rotation().successors(snapshot) {
        if actor.world.lock().model.vault.contains(api_key.as_str()) {
            continue;
        }
        let list = access_keys::List::new(environment);
        let Some(Ok(listed)) = actor.call(list, Stop::default()).await else { return false };
        let found = listed.value().access_keys.iter().find(|found| found.api_key == api_key);
        let secret = found.and_then(|found| found.api_secret.as_ref()).map(Secret::expose);
        let mut world = actor.world.lock();
        match secret {
            Some(secret) if world.service.is_secret(api_key.as_str(), secret) => {
                world.model.vault.insert(api_key.to_string());
                world.model.count("secrets stored by a later run");
            }
            _ => return false,
        }
    }
    true
}

async fn apply(
    actor: &Actor,
    run: usize,
    plan: Plan,
    guards: &cloudinary_provisioning_plan::Guards,
    style: Style,
) -> Ending {
    let world = &actor.world;
    let is_blocked = !plan.blocked().is_empty();
    let mut apply = plan.apply(guards);
    let (mut queue, mut race, mut is_cancelled) = (VecDeque::new(), Race::default(), false);
    let mut calls: BTreeMap<usize, usize> = BTreeMap::new();
    loop {
        while race.len() < style.workers && !is_cancelled {
            if queue.is_empty() && (style.is_eager || race.len() == 0) {
                queue.extend(apply.next_batch().unwrap_or_default());
            }
            let Some(operation) = queue.pop_front() else { break };
            race.push(call(actor, run, operation));
        }
        let Some((operation, call, result)) = race.next().await else { break };
        is_cancelled |= result.as_ref().is_err_and(Error::is_cancelled);
        let recorded = apply.record(&operation, result);
        {
            let mut world = world.lock();
            let request = request(&actor.account, &operation);
            match recorded.and_then(|at| Some((at, apply.steps().get(at)?, apply.report_of(at)?))) {
                Some((at, step, report)) => {
                    calls.insert(at, call);
                    world.tell(|| format!("run {run} call {call}: {report}"));
                    world.model.on_recorded(call, (at, step), &report, &request.1);
                    if report.ending == StepEnding::Done && step.id.is_some() && !step.changes.is_empty() {
                        let account = Holdings::of(&world.service.account);
                        world.model.check_shown(call, step, &account);
                    }
                }
                None => world.model.fail("report-is-true", || format!("the result of call {call} is not recorded")),
            }
        }
        for new in apply.take_secrets() {
            if !style.storing.is_zero() {
                // Whatever happens meanwhile, nothing else begins.
                if apply.next_batch().is_some() {
                    let detail = || format!("run {run} goes on before the secret of {} is stored", new.api_key);
                    world.lock().model.fail("secret-is-stored-first", detail);
                }
                let until = actor.now().saturating_add(style.storing);
                Sleep::until(world, until).await;
            }
            let mut world = world.lock();
            let is_right = world.service.is_secret(new.api_key.as_str(), new.secret.expose());
            let call = calls.get(&new.step).copied();
            world.model.on_stored(run, call, &new, is_right);
            drop(world);
            apply.stored(&new);
        }
    }
    let report = apply.report();
    let mut world = world.lock();
    world.model.runs[run].has_reported = true;
    world.model.check_told(&format!("{apply:?}{report:?}{report}"));
    world.tell(|| format!("run {run}: {report}"));
    if is_cancelled {
        return Ending::Cancelled;
    }
    if !apply.is_finished() {
        world.model.fail("everybody-ends", || format!("run {run} stands still: {report}"));
    }
    let steps = report.steps.len();
    Ending::Applied { is_complete: report.is_complete() && !is_blocked, steps, report: report.to_string() }
}

/// Makes a call of a run, as a client with recovery does.
fn call<'a, T: Send + 'static>(
    actor: &'a Actor,
    run: usize,
    operation: AnyOperation<T>,
) -> Pin<Box<dyn Future<Output = Ended<T>> + 'a>> {
    Box::pin(async move {
        let (creates, _) = request(&actor.account, &operation);
        let ask = Ask {
            operation: operation.id(),
            safety: operation.safety(),
            recovers: creates.is_some(),
            creates,
            or_existing: false,
            is_shown_as_asked: true,
        };
        let exchange =
            Exchange::new(&actor.account, operation.clone(), actor.policy.retry()).and_then(Exchange::recover);
        let call = actor.begin(ask);
        {
            let model = &mut actor.world.lock().model;
            model.calls[call].run = Some(run);
            model.on_step_begun(call);
        }
        let result = actor.run_exchange(exchange, call).await;
        actor.end_of_step(call, &result);
        (operation, call, result.map(cloudinary_provisioning::Response::into_value))
    })
}

/// What an operation creates, by its request, and the request as a text.
fn request<T: Send>(
    account: &cloudinary_provisioning::Account,
    operation: &AnyOperation<T>,
) -> (Option<(Kind, String)>, String) {
    let request = account.request(operation).expect("the request can be built");
    let body: serde_json::Value = serde_json::from_slice(request.body()).unwrap_or_default();
    let text = |name: &str| body.get(name).and_then(serde_json::Value::as_str).unwrap_or_default().to_owned();
    let creates = match operation.id() {
        "createUser" => Some((Kind::User, text("email"))),
        "createUserGroup" => Some((Kind::Group, text("name"))),
        "createProductEnvironment" => Some((Kind::Environment, text("cloud_name"))),
        "generateAccessKey" => Some((Kind::Key, text("name"))),
        "createCustomPolicy" => {
            let kind = if text("scope_type") == "account" { Kind::Policy } else { Kind::EnvironmentPolicy };
            Some((kind, format!("{}|{}", text("name"), text("policy_statement"))))
        }
        "createRole" => Some((Kind::Role, text("id"))),
        _ => None,
    };
    (creates, format!("{} {} {body}", request.method(), request.uri()))
}
