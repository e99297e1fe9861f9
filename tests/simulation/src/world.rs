//! A world from a seed: who is in it, what happens to them, and how it ends.

use std::collections::BTreeMap;
use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cloudinary_provisioning::{Account, RetryPolicy, SharedThrottle};
use cloudinary_provisioning_fake::{
    FakeAccount, NewAccessKey, NewAssignment, NewCustomPolicy, NewGroup, NewSubAccount, NewUser, Principal, Switch,
};
use fastrand::Rng;
use time::OffsetDateTime;
use time::macros::datetime;

use crate::actor::{self, Actor, Role};
use crate::executor::{Event, Executor};
use crate::fault::Fault;
use crate::goal::{Goal, Goals, ROTATED, Rotating};
use crate::model::{Client, Kind, Model, Policy, Resource, Violation};
use crate::planner;
use crate::random::{Stream, chance, millis, pick, stream};
use crate::state::{ActorState, Network, Service, Shared, State};
use crate::wanted;

/// The secret of the account, which nothing may tell.
const SECRET: &str = "s3cr3t-of-the-account";
/// A world that takes more steps than this never ends.
const MOST_STEPS: u64 = 2_000_000;

/// The policy of calls that have to succeed at once.
const CALM_POLICY: Policy = Policy {
    max_attempts: 1,
    base_delay: Duration::ZERO,
    max_delay: Duration::ZERO,
    attempt_timeout: Duration::from_secs(30),
    total_timeout: Duration::from_secs(120),
    max_server_delay: Duration::from_secs(60),
};

/// The policy of a plan that has to be made to its end, however few calls the service allows in an hour.
const CALM_PLAN_POLICY: Policy = Policy {
    max_attempts: 100,
    total_timeout: Duration::from_secs(30 * 86_400),
    max_server_delay: Duration::from_secs(7_200),
    ..CALM_POLICY
};

/// A world to run: a seed, and what is taken away from it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scenario {
    /// Everything follows from it.
    pub seed: u64,
    /// Actors that do nothing.
    pub without_actors: BTreeSet<usize>,
    /// Kinds of faults that do not happen.
    pub without_faults: BTreeSet<Fault>,
    /// Requests that have no fault, by actor and number.
    pub spared: BTreeSet<(usize, u64)>,
    /// How many things each actor does at most.
    pub steps: Option<usize>,
}

/// What a world came to.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Report {
    /// The first property that did not hold.
    pub violation: Option<Violation>,
    /// The number of calls.
    pub calls: usize,
    /// The number of requests.
    pub requests: u64,
    /// How much virtual time has passed.
    pub elapsed: Duration,
    /// How often something happened.
    pub counts: BTreeMap<&'static str, u64>,
    /// What has happened, if it was asked for.
    pub trace: Vec<String>,
    /// How many actors there are.
    pub actors: usize,
    /// The requests that had a fault.
    pub struck: Vec<(usize, u64, Fault)>,
}

impl Scenario {
    /// The world of a seed, with everything in it.
    pub fn new(seed: u64) -> Self {
        Self { seed, ..Self::default() }
    }

    /// Runs the world to its end, or to the first property that does not hold.
    pub fn run(&self) -> Report {
        self.run_with(false)
    }

    /// Runs the world and keeps a trace of what happens.
    pub fn trace(&self) -> Report {
        self.run_with(true)
    }

    fn run_with(&self, traces: bool) -> Report {
        let (shared, mut executor, actors) = self.build(traces);
        let ended = catch_unwind(AssertUnwindSafe(|| drive(&shared, &mut executor)));
        if ended.is_err() {
            shared.lock().model.fail("no-panic", || "a task panicked".to_owned());
        }
        // Tasks hold handles to the world, and say goodbye to it.
        drop(executor);
        let mut world = shared.lock();
        Report {
            violation: world.model.violation.take(),
            calls: world.model.calls.len(),
            requests: world.requests,
            elapsed: world.now,
            counts: std::mem::take(&mut world.model.counts),
            trace: world.trace.take().unwrap_or_default(),
            actors,
            struck: std::mem::take(&mut world.network.struck),
        }
    }

    #[expect(clippy::too_many_lines, reason = "one choice after the other, in the order in which they are drawn")]
    fn build(&self, traces: bool) -> (Shared, Executor, usize) {
        let mut rng = stream(self.seed, Stream::World, 0);
        let start = pick(
            &mut rng,
            &[
                datetime!(2026-11-23 10:00:00.4 UTC),
                datetime!(2026-11-23 10:59:58 UTC),
                datetime!(1970-01-01 00:00 UTC),
                datetime!(2000-02-29 23:59:59.9 UTC),
                datetime!(2399-12-31 23:00 UTC),
            ],
        );
        let (mut model, mut service) = self.service(&mut rng, start);
        let mut plan_rng = stream(self.seed, Stream::Plan, 0);
        let planned = planned(&mut plan_rng);
        if !planned.goals.is_empty() {
            prepare(&mut model, &mut service, start, &mut plan_rng);
        }
        let actor_count = rng.usize(2..7);
        // Some worlds crowd behind one throttle, some contend for one name.
        let is_crowded = chance(&mut rng, 12);
        let client_count = if is_crowded { 1 } else { rng.usize(1..4) };
        let contended = chance(&mut rng, 30).then(|| (pick(&mut rng, &Kind::ALL), rng.usize(..actor::NAMES.len())));
        let is_lossy = contended.is_some() && !is_crowded && rng.bool();
        let mut timers = crate::executor::Timers::default();
        let mut wall_clocks = Vec::new();
        let mut clients = Vec::new();
        for client in 0..client_count {
            let has_throttle = is_crowded || chance(&mut rng, 80);
            model.clients.push(Client { has_throttle, ..Client::default() });
            clients.push(has_throttle.then(SharedThrottle::new));
            let years = pick(&mut rng, &[0, 0, 0, -20, 30, -56]);
            wall_clocks.push((start.unix_timestamp() + years * 365 * 86_400).max(0));
            for _ in 0..rng.usize(..3) {
                timers.at(millis(&mut rng, 0..60_000), Event::Jump { client });
            }
        }
        let network = self.network(&mut rng, is_crowded, is_lossy);
        let mut actors = Vec::new();
        let mut states = Vec::new();
        // The last one calls when everything is calm again.
        let calm_id = actor_count + planned.actors.len();
        for id in 0..=calm_id {
            let index = u64::try_from(id).unwrap_or(0);
            let jitter = stream(self.seed, Stream::Jitter, index);
            states.push(ActorState { jitter, requests: 0, sleepers: Vec::new() });
        }
        for id in 0..actor_count {
            let client = rng.usize(..client_count);
            let roles: &[Role] = match () {
                () if is_crowded => &Role::BUSY,
                () if is_lossy => &[Role::Creator],
                () => &Role::ALL,
            };
            let role = pick(&mut rng, roles);
            let steps = rng.usize(2..8);
            for _ in 0..rng.usize(..4) / 2 {
                timers.at(millis(&mut rng, 0..20_000), Event::Cancel { actor: id });
            }
            actors.push((id, client, role, policy(&mut rng), self.steps.map_or(steps, |most| steps.min(most))));
        }
        let shared = Shared::new(State {
            seed: self.seed,
            now: Duration::ZERO,
            timers,
            model,
            service,
            network,
            actors: states,
            wall_clocks,
            trace: traces.then(Vec::new),
            requests: 0,
        });
        let executor = Executor::new(stream(self.seed, Stream::Scheduler, 0));
        let account = Account::new("acc", "KEY", SECRET).expect("the credentials are in order");
        for (id, client, role, policy, steps) in actors {
            if self.without_actors.contains(&id) {
                continue;
            }
            let throttle = clients[client].clone();
            let rng = stream(self.seed, Stream::Actor, u64::try_from(id).unwrap_or(0));
            let spawner = executor.spawner();
            let world = shared.clone();
            let account = account.clone();
            let actor = Actor { world, spawner, id, client, account, policy, throttle, rng, contended, step: 0 };
            executor.spawner().spawn(actor::run(actor, role, steps));
        }
        let keeper = |id, client: usize, policy, rng| {
            let (world, spawner, throttle) = (shared.clone(), executor.spawner(), clients[client].clone());
            let account = account.clone();
            Actor { world, spawner, id, client, account, policy, throttle, rng, contended: None, step: 0 }
        };
        for (number, (goals, runs)) in planned.actors.into_iter().enumerate() {
            let (id, client) = (actor_count + number, plan_rng.usize(..client_count));
            let policy = policy(&mut plan_rng);
            let runs = self.steps.map_or(runs, |most| runs.min(most));
            if !self.without_actors.contains(&id) {
                let rng = stream(self.seed, Stream::Plan, 1 + u64::try_from(number).unwrap_or(0));
                executor.spawner().spawn(planner::run(keeper(id, client, policy, rng), goals, runs));
            }
        }
        if !planned.goals.is_empty() {
            let rng = stream(self.seed, Stream::Plan, u64::MAX);
            executor.spawner().spawn(planner::calm(keeper(calm_id, 0, CALM_PLAN_POLICY, rng), planned.goals));
        }
        for (client, throttle) in clients.into_iter().enumerate() {
            let policy = CALM_POLICY;
            for number in 0..3_u64 {
                let rng = stream(self.seed, Stream::Actor, u64::MAX - number);
                let (world, spawner, account, throttle) =
                    (shared.clone(), executor.spawner(), account.clone(), throttle.clone());
                let id = calm_id;
                let actor = Actor { world, spawner, id, client, account, policy, throttle, rng, contended, step: 0 };
                executor.spawner().spawn(actor::calm(actor));
            }
        }
        (shared, executor, calm_id)
    }

    /// A network with the faults of this world: some kinds, now and then, and sometimes all requests for a while.
    fn network(&self, rng: &mut Rng, is_crowded: bool, is_lossy: bool) -> Network {
        // A few kinds meet each other more often than many.
        let kinds = pick(rng, &[50, 50, 20, 10]);
        let mut faults: Vec<_> = Fault::ALL.into_iter().filter(|_| chance(rng, kinds)).collect();
        if is_crowded {
            faults = vec![Fault::Throttled, Fault::Slow];
        } else if is_lossy {
            faults = vec![Fault::RequestLost, Fault::ResponseLost, Fault::Slow, Fault::Late];
        }
        faults.retain(|fault| !self.without_faults.contains(fault));
        let percent = if is_lossy { 45 } else { pick(rng, &[0, 5, 15, 30, 30, 60]) };
        let mut bursts = Vec::new();
        if chance(rng, 20) && !self.without_faults.contains(&Fault::ServerError) {
            let from = millis(rng, 0..20_000);
            bursts.push((from, from + millis(rng, 500..15_000)));
        }
        Network {
            flights: Vec::new(),
            faults,
            percent,
            bursts,
            spared: self.spared.clone(),
            struck: Vec::new(),
            is_calm: false,
        }
    }

    /// The service with what is there from the beginning.
    fn service(&self, rng: &mut Rng, start: OffsetDateTime) -> (Model, Service) {
        let before = start.saturating_sub(time::Duration::DAY);
        let mut account = FakeAccount::new("acc", "KEY", SECRET)
            .with_clock(start, time::Duration::ZERO)
            .with_seed(self.seed)
            .with_sub_account(NewSubAccount::new("Production").id("s1").cloud_name("production"))
            .with_access_key("s1", NewAccessKey::new("key-0").api_key("key-there").created_at(before));
        let mut model = Model { key_names_are_unique: true, purposes_are_shown: true, ..Model::default() };
        let mut there = |kind, key: &str, id: &str| {
            let (key, id) = (key.to_owned(), id.to_owned());
            let (made_by, deleted_at) = (None, None);
            let at = Duration::ZERO;
            model.resources.push(Resource { kind, key, id, made_by, at, deleted_at, is_changed: false });
        };
        there(Kind::Environment, "production", "s1");
        there(Kind::Key, "key-0", "key-there");
        for number in 0..rng.usize(1..9) {
            let (name, id) = (format!("There {number}"), format!("there{number}"));
            let email = if number == 0 { actor::EMAILS[0].to_owned() } else { format!("there.{number}@example.com") };
            account.insert_user(NewUser::new(name, &email).id(&id).pending(false).created_at(before));
            there(Kind::User, &email, &id);
        }
        if rng.bool() {
            account.add_group(NewGroup::new(actor::NAMES[0]).id("group-there"));
            there(Kind::Group, actor::NAMES[0], "group-there");
        }
        for number in 0..rng.usize(..4) {
            let (name, id) = (format!("there {number}"), format!("policy-there{number}"));
            let statement = format!("permit(principal, action, resource) when {{ context.number == {number} }};");
            account.add_custom_policy(NewCustomPolicy::new(&name, &statement).id(&id));
            there(Kind::Policy, &format!("{name}|{statement}"), &id);
        }
        let switches = [
            Switch::LastRepeatedValueWins,
            Switch::PendingFalseIsEverybody,
            Switch::IdsWithoutOtherFilters,
            Switch::UsersAsDocumented,
            Switch::SubAccountIdsAsArray,
            Switch::DuplicateGroupNames,
            Switch::DeletedGroupAsMessage,
            Switch::AddedUserAlone,
            Switch::EnvironmentsAsDocumented,
            Switch::UnderscoresInCloudNames,
            Switch::EnabledOnCreate,
            Switch::NewEnvironmentsForbidden,
            Switch::KeysAsDocumented,
            Switch::DisablingKeysIgnored,
            Switch::DuplicateKeyNames,
            Switch::DeletedKeyNamesTaken,
            Switch::SecretsAbsentOnReads,
            Switch::SecretsNullOnReads,
            Switch::SecretsEmptyOnReads,
            Switch::UnchangedStatementRefused,
        ];
        for switch in switches {
            if chance(rng, 15) {
                account.set_switch(switch, true);
                model.key_names_are_unique &= switch != Switch::DuplicateKeyNames;
                model.purposes_are_shown &= switch != Switch::KeysAsDocumented;
            }
        }
        let mut lacks_features = false;
        for switch in [Switch::NoAccessKeys, Switch::NoPermissions] {
            let is_on = chance(rng, 3);
            account.set_switch(switch, is_on);
            lacks_features |= is_on;
        }
        if chance(rng, 30) {
            model.list_lag = millis(rng, 100..8_000);
            account.set_list_lag(time::Duration::try_from(model.list_lag).unwrap_or_default());
        }
        if chance(rng, 20) {
            model.get_lag = millis(rng, 100..8_000);
            account.set_get_lag(time::Duration::try_from(model.get_lag).unwrap_or_default());
        }
        if chance(rng, 50) {
            let cap = rng.u32(1..4);
            model.page_cap = Some(cap);
            account = account.with_page_cap(usize::try_from(cap).unwrap_or(1));
        }
        if chance(rng, 20) {
            account = account.with_rate_limit(rng.u64(5..60));
        }
        model.secrets.push(SECRET.to_owned());
        model.secrets.push(STANDARD.encode(format!("KEY:{SECRET}")));
        let lowers_emails = chance(rng, 30);
        (model, Service { account, followed: Duration::ZERO, lowers_emails, lacks_features })
    }
}

/// How often there are planners with manifests, and with keys to replace.
const PLANNERS: [(bool, bool); 10] = {
    let (none, keys, manifests, both) = ((false, false), (false, true), (true, false), (true, true));
    [none, none, none, none, none, keys, manifests, manifests, manifests, both]
};

/// Who plans in a world, and what they want.
#[derive(Default)]
struct Planned {
    /// What is to be reached in the end, one after the other.
    goals: Vec<Goal>,
    /// What each planner wants, and how often it plans and applies.
    actors: Vec<(Goals, usize)>,
}

/// In some worlds nobody plans, in others one or several do, with the same manifest or with different ones, and one or
/// two replace keys.
fn planned(rng: &mut Rng) -> Planned {
    let mut planned = Planned::default();
    let (has_manifests, has_rotators) = pick(rng, &PLANNERS);
    if has_manifests {
        let count = rng.usize(1..4);
        let manifests: Vec<_> =
            (0..if rng.bool() { 1 } else { count }).map(|_| Arc::new(wanted::manifest(rng))).collect();
        let keeper = |at: usize| Goals::Manifest(Arc::clone(&manifests[at % manifests.len()]));
        planned.actors.extend((0..count).map(|at| (keeper(at), rng.usize(1..5))));
        planned.goals.extend(manifests.into_iter().map(Goal::Manifest));
    }
    if has_rotators {
        planned.actors.extend((0..rng.usize(1..3)).map(|_| (Goals::Rotations, rng.usize(2..6))));
        planned.goals.push(Goal::Rotation(Rotating::to_its_end()));
    }
    planned
}

/// Puts the people into the account that plans are about, and takes the switches back with which not every manifest can be
/// kept.
fn prepare(model: &mut Model, service: &mut Service, start: OffsetDateTime, rng: &mut Rng) {
    model.has_planners = true;
    let account = &mut service.account;
    for switch in [
        Switch::EnvironmentsAsDocumented,
        Switch::NewEnvironmentsForbidden,
        Switch::DeletedKeyNamesTaken,
        Switch::UnchangedStatementRefused,
    ] {
        account.set_switch(switch, false);
    }
    let is_stubborn = chance(rng, 10);
    account.set_switch(Switch::DisablingKeysIgnored, is_stubborn);
    service.lacks_features |= is_stubborn;
    let before = start.saturating_sub(time::Duration::DAY);
    let master =
        |email: &str, id: &str| NewUser::new(id, email).id(id).role("master_admin").pending(false).created_at(before);
    account.insert_user(master(wanted::ROOT, "the-root").root(true));
    account.insert_user(master(wanted::BOSS, "the-boss"));
    account.insert_user(master(wanted::DEPUTY, "the-deputy").role("billing"));
    account.add_sub_account(NewSubAccount::new("Old").id("s-old").cloud_name(wanted::OLD));
    // Some manifests ignore the guest.
    account.insert_user(NewUser::new("Guest", wanted::GUEST).id("the-guest").pending(false).created_at(before));
    if rng.bool() {
        account.add_group(NewGroup::new(wanted::GROUPS[2]).id("group-editors").member("the-guest"));
    }
    let key = NewAccessKey::new(ROTATED).api_key("key-rotated").dedicated_for("webhooks").created_at(before);
    account.add_access_key("s1", key);
    let roles = [
        NewAssignment::new("cld::role::account::user_manager"),
        NewAssignment::new("cld::role::prodenv::viewer").in_environment("s1"),
    ];
    for role in roles {
        account.assign(Principal::api_key("key-rotated"), role);
    }
}

/// Runs a world until nothing happens any more.
fn drive(shared: &Shared, executor: &mut Executor) {
    for _ in 0..MOST_STEPS {
        if shared.lock().model.violation.is_some() {
            return;
        }
        if executor.step() {
            continue;
        }
        let mut world = shared.lock();
        world.model.on_idle();
        let Some((time, event)) = world.timers.pop() else {
            let unfinished = executor.unfinished();
            if unfinished > 0 {
                world.model.fail("everybody-ends", || format!("{unfinished} tasks wait for nothing"));
            }
            return;
        };
        world.set_now(time);
        match event {
            Event::Wake(waker) => waker.wake(),
            Event::Deliver { flight, copy } => world.deliver(flight, copy),
            Event::Answer { flight } => world.answer(flight),
            Event::TimeOut { flight } => world.time_out(flight),
            Event::Jump { client } => world.jump(client),
            Event::Cancel { actor } => world.cancel(actor),
        }
    }
    shared.lock().model.fail("everybody-ends", || format!("the world goes on after {MOST_STEPS} steps"));
}

fn policy(rng: &mut Rng) -> Policy {
    let seconds = Duration::from_secs;
    Policy {
        max_attempts: pick(rng, &[1, 2, 3, 3, 5, 8]),
        base_delay: pick(rng, &[Duration::ZERO, Duration::from_millis(50), Duration::from_millis(500)]),
        max_delay: pick(rng, &[seconds(1), seconds(20)]),
        attempt_timeout: pick(rng, &[Duration::from_millis(300), seconds(2), seconds(10), seconds(30)]),
        total_timeout: pick(rng, &[seconds(0), seconds(3), seconds(20), seconds(120), seconds(120), seconds(21_600)]),
        max_server_delay: pick(rng, &[seconds(2), seconds(60), seconds(60), seconds(5_400)]),
    }
}

impl Policy {
    pub(crate) fn retry(&self) -> RetryPolicy {
        RetryPolicy::default()
            .max_attempts(self.max_attempts)
            .base_delay(self.base_delay)
            .max_delay(self.max_delay)
            .attempt_timeout(self.attempt_timeout)
            .total_timeout(self.total_timeout)
            .max_server_delay(self.max_server_delay)
    }
}
