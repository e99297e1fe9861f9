//! Many callers, many faults, a rate limit: in the end the account is what one careful caller would have made of it.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use cloudinary_provisioning_fake::{FakeAccount, FakeServer, Fault, Framing, NewGroup};
use cloudinary_provisioning_ureq::{Account, Client, Error, Origin, RetryPolicy, UserId, user_groups, users};
use time::macros::datetime;

use crate::support::OneTime;

const THREADS: usize = 16;
const WORKERS: usize = 32;
const GROUPS: usize = 4;
/// The environment variable that sets another number of calls, such as 20000.
const CALLS: &str = "ACCOUNTS_TEST_CALLS";
const DEFAULT_CALLS: usize = 3_000;
/// What is to become of the user of this number.
struct Plan {
    email: String,
    /// The name after an update, for the users that get one.
    renamed: Option<String>,
    group: Option<usize>,
    deleted: bool,
}

fn plan(number: usize) -> Plan {
    Plan {
        email: format!("user.{number}@example.com"),
        renamed: number.is_multiple_of(2).then(|| format!("Renamed {number}")),
        group: (!number.is_multiple_of(3)).then_some(number % GROUPS),
        deleted: number % 5 == 4,
    }
}

fn create(number: usize) -> users::Create {
    users::Create::new(format!("User {number}"), plan(number).email)
}

fn group_id(group: usize) -> String {
    format!("g{group}")
}

/// The names by email, and the emails by group.
#[derive(Debug, Default, PartialEq, Eq)]
struct State {
    users: BTreeMap<String, String>,
    members: BTreeMap<String, Vec<String>>,
}

/// What one caller makes of the plans, one after the other.
fn model(count: usize) -> State {
    let mut state = State::default();
    for number in 0..count {
        let plan = plan(number);
        if !plan.deleted {
            let name = plan.renamed.unwrap_or_else(|| format!("User {number}"));
            state.users.insert(plan.email.clone(), name);
            if let Some(group) = plan.group {
                state.members.entry(group_id(group)).or_default().push(plan.email);
            }
        }
    }
    state.members.values_mut().for_each(|emails| emails.sort());
    state
}

fn state_of(fake: &FakeAccount) -> State {
    let mut state = State::default();
    for user in fake.users() {
        let twice = state.users.insert(user.email.clone(), user.name.clone());
        assert_eq!(twice, None, "{} is there twice", user.email);
    }
    for group in fake.groups() {
        let mut emails: Vec<_> =
            group.members.iter().filter_map(|id| fake.user(id)).map(|user| user.email.clone()).collect();
        emails.sort();
        state.members.insert(group.id.clone(), emails);
    }
    state
}

/// Sixteen things that happen to a request or to its response, each now and then.
fn faults() -> [Fault; 16] {
    [
        Fault::throttled(2),
        Fault::status(420),
        Fault::status(408),
        Fault::status(500).applied(),
        Fault::html(502),
        Fault::status(503).header("retry-after", "1"),
        Fault::status(504).applied(),
        Fault::close(),
        Fault::close().applied(),
        Fault::reset(),
        Fault::reset().applied(),
        Fault::response().truncated(Framing::ContentLength),
        Fault::response().truncated(Framing::Chunked),
        Fault::response().then_close(),
        Fault::raw("HTTP/1.1 200 OK\r\ncontent-le"),
        Fault::stall().applied(),
    ]
}

/// The user that a create has made, which a lost response must not hide.
fn created(number: usize, result: Result<users::User, Error>) -> UserId {
    let user = result.unwrap_or_else(|error| panic!("user {number} was given up: {error:?}"));
    assert_eq!(user.email, Some(plan(number).email));
    user.id
}

/// A retried call that finds its work done already has done it.
fn done<T>(result: Result<T, Error>) {
    match result {
        Ok(_) => {}
        Err(error) if error.maybe_applied() && (error.is_not_found() || error.is_conflict()) => {}
        Err(error) => panic!("given up: {error:?}"),
    }
}

/// Call by call, as a thread of a service makes them.
fn one_by_one(client: &Client, numbers: impl Iterator<Item = usize>) {
    for number in numbers {
        let plan = plan(number);
        let id = created(number, client.call(create(number)).recover().send());
        if let Some(name) = &plan.renamed {
            done(client.send(users::Update::new(&id).name(name)));
        }
        if let Some(group) = plan.group {
            done(client.send(user_groups::AddUser::new(group_id(group), &id)));
        }
        if number.is_multiple_of(7) {
            assert_eq!(client.send(users::Get::new(&id)).unwrap().email, Some(plan.email));
        }
        if plan.deleted {
            done(client.send(users::Delete::new(&id)));
        }
    }
}

/// Kind by kind, as a sync tool makes them.
fn all_at_once(client: &Client, numbers: impl Iterator<Item = usize>) {
    let numbers: Vec<_> = numbers.collect();
    let results = client.send_all(numbers.iter().map(|number| create(*number))).workers(WORKERS).in_order().recover();
    let ids: Vec<_> = results.zip(&numbers).map(|((_, user), number)| created(*number, user)).collect();
    let planned = || numbers.iter().zip(&ids).map(|(number, id)| (plan(*number), id.clone()));

    let updates = planned().filter_map(|(plan, id)| Some(users::Update::new(id).name(plan.renamed?)));
    let updates: Vec<_> = updates.collect();
    client.send_all(updates).workers(WORKERS).for_each(|(_, user)| done(user));
    let joins = planned().filter_map(|(plan, id)| Some(user_groups::AddUser::new(group_id(plan.group?), id)));
    let joins: Vec<_> = joins.collect();
    client.send_all(joins).workers(WORKERS).for_each(|(_, users)| done(users));
    let deletes: Vec<_> = planned().filter(|(plan, _)| plan.deleted).map(|(_, id)| users::Delete::new(id)).collect();
    client.send_all(deletes).workers(WORKERS).for_each(|(_, deleted)| done(deleted));
}

#[test]
fn the_account_ends_as_a_sequential_model_says_whatever_happens_meanwhile() {
    let calls = std::env::var(CALLS).ok().and_then(|calls| calls.parse().ok()).unwrap_or(DEFAULT_CALLS);
    // A user takes 2.4 calls on average: a create, and its share of the others.
    let count = calls * 10 / 24;
    let groups = (0..GROUPS).map(|group| NewGroup::new(group_id(group)).id(group_id(group)));
    let fake = groups.fold(FakeAccount::new("acc", "KEY", "SECRET"), FakeAccount::with_group);
    let fake = fake
        .with_clock(datetime!(2026-11-23 10:00 UTC), time::Duration::ZERO)
        .with_rate_limit(u64::try_from(calls / 6).unwrap());
    let server = Arc::new(FakeServer::start(fake).unwrap());
    server.with(|account| {
        for (interval, fault) in (150..).step_by(7).zip(faults()) {
            account.fail_every(interval, fault);
        }
    });

    let account = Account::new("acc", "KEY", "SECRET").unwrap().with_origin(Origin::url(&server.url()).unwrap());
    let policy = RetryPolicy::patient().attempt_timeout(Duration::from_secs(2)).total_timeout(Duration::MAX);
    // A thread that reads a hint late, after others have slept for hours, takes it for longer than the hour that it is.
    let policy = policy.max_server_delay(Duration::from_secs(24 * 3_600));
    let clock = OneTime::new(&server);
    let timeline = clock.timeline.clone();
    let client = Client::builder(account).proxy(None).retry(policy).clock(clock).build().unwrap();

    let start = Instant::now();
    thread::scope(|scope| {
        for thread in 0..THREADS {
            let client = client.clone();
            scope.spawn(move || one_by_one(&client, (0..count / 2).filter(|number| number % THREADS == thread)));
        }
        all_at_once(&client, count / 2..count);
    });

    let (requests, hours) = (server.requests(), timeline.elapsed().as_secs() / 3600);
    println!("{count} users in {requests} requests: {:.1?}, {hours} hours of the clock", start.elapsed());
    server.with(|account| assert_eq!(state_of(account), model(count)));
    assert!(hours >= 5, "the rate limit holds back nothing");
}
