//! Whole accounts: many calls and long lists, against a server on loopback that answers after 20 ms.
//!
//! The ideal time of a job is its calls × the latency / its workers; what is printed is the time as a multiple of that,
//! with the connections that the server counted. The job of bare sockets, which writes and reads bytes and knows no HTTP,
//! is as quick as the server and the machine allow for. `--serve PORT` runs the server alone, for programs in other languages;
//! its `/stats` are the counts since the last time that they were asked for.

#![allow(clippy::unwrap_used, reason = "a benchmark that fails may stop")]
#![allow(clippy::print_stdout, reason = "a benchmark prints")]

mod common;

use std::time::{Duration, Instant};

use cloudinary_provisioning::{Account, Origin, users};
use cloudinary_provisioning_fake::{
    FakeAccount, FakeServer, NewAccessKey, NewAssignment, NewGroup, NewRole, NewSubAccount, NewUser, PermissionType,
    Principal, ScopeType,
};
use cloudinary_provisioning_plan::manifest::ObjectKind;
use cloudinary_provisioning_plan::{Plan, Snapshot, Survey};
use cloudinary_provisioning_ureq::Client;
use http::{Request, Response};
use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};

use common::latency::{LATENCY, LatencyServer, PAGE_SIZE};

#[global_allocator]
static ALLOC: &StatsAlloc<std::alloc::System> = &INSTRUMENTED_SYSTEM;

/// The size of each job.
struct Size {
    calls: usize,
    /// Calls of the one worker that stands for serial use.
    serial_calls: usize,
    users: usize,
    results: usize,
    /// Groups, product environments and roles of a whole account.
    groups: usize,
    environments: usize,
    roles: usize,
}

const FULL: Size = Size {
    calls: 2_000,
    serial_calls: 200,
    users: 20_000,
    results: 1_000_000,
    groups: 500,
    environments: 200,
    roles: 50,
};
/// `cargo bench -- --test`, and `cargo test --benches`, run everything once to see that it works.
const SMALL: Size =
    Size { calls: 256, serial_calls: 2, users: 300, results: 1_000, groups: 5, environments: 4, roles: 3 };

fn main() {
    let args: Vec<_> = std::env::args().collect();
    let flag = |name: &str| args.iter().position(|arg| arg == name);
    if let Some(port) = flag("--serve").and_then(|at| args.get(at + 1)) {
        let server = LatencyServer::start(&format!("127.0.0.1:{port}"), LATENCY, FULL.users, false);
        println!("listening on {}", server.origin());
        loop {
            std::thread::park();
        }
    }
    let small = flag("--bench").is_none() || flag("--test").is_some();
    let size = if small { SMALL } else { FULL };

    println!(
        "{:<28} {:>8} {:>9} {:>9} {:>7} {:>12} {:>16}",
        "job", "workers", "requests", "time", "×", "connections", "full handshakes"
    );
    for tls in [false, true] {
        let server = LatencyServer::start("127.0.0.1:0", LATENCY, size.users, tls);
        for workers in [1, 8, 32, 128] {
            let calls = if workers == 1 { size.serial_calls } else { size.calls };
            if !tls {
                report(&server, "bare sockets", workers, calls, || server.bare(workers, calls));
            }
            measure(&server, "groups of users", workers, calls, |client| {
                let get_groups = (0..calls).map(|number| users::GetGroups::new(format!("u{number}")));
                client.send_all(get_groups).workers(workers).map(|(_, groups)| groups.unwrap().len()).sum::<usize>()
            });
        }
        let [serial, ahead] = [1, 8].map(|workers| {
            measure(&server, "users in pages of 100", workers, size.users.div_ceil(PAGE_SIZE), |client| {
                let list = users::List::new().page_size(u32::try_from(PAGE_SIZE).unwrap());
                client.items(list).workers(workers).map(|user| user.unwrap().id.as_str().len()).sum::<usize>()
            })
        });
        println!("{:<28} 8 workers take {:.3} of the time of 1", "", ahead.as_secs_f64() / serial.as_secs_f64());
    }
    whole_accounts(&size);

    println!();
    println!("{:<28} {:>8} {:>9} {:>9} {:>14}", "job", "workers", "results", "time", "peak memory");
    for results in [size.results / 100, size.results] {
        for (workers, in_order) in [(1, false), (8, false), (8, true)] {
            memory(workers, in_order, results);
        }
    }
}

/// Runs a job with a client of its own.
fn measure<T>(server: &LatencyServer, job: &str, workers: usize, calls: usize, run: impl Fn(&Client) -> T) -> Duration {
    let account = Account::new(common::ACCOUNT_ID, "KEY", "SECRET").unwrap();
    let mut builder = Client::builder(account.with_origin(Origin::url(&server.origin()).unwrap())).proxy(None);
    if let Some(trust) = server.trust() {
        builder = builder.tls_config(trust);
    }
    let client = builder.build().unwrap();
    report(server, job, workers, calls, || run(&client))
}

/// Times a job and prints it with what the server counted.
fn report<T>(server: &LatencyServer, job: &str, workers: usize, calls: usize, run: impl FnOnce() -> T) -> Duration {
    server.take();
    let start = Instant::now();
    std::hint::black_box(run());
    let time = start.elapsed();
    let counts = server.take();
    let ideal = LATENCY * u32::try_from(calls).unwrap() / u32::try_from(workers).unwrap();
    let job = if server.trust().is_some() { format!("{job}, TLS") } else { job.to_owned() };
    println!(
        "{job:<28} {workers:>8} {:>9} {:>7.2} s {:>7.3} {:>12} {:>16}",
        counts.requests,
        time.as_secs_f64(),
        time.as_secs_f64() / ideal.as_secs_f64(),
        counts.connections,
        counts.handshakes,
    );
    time
}

/// Reads an account as a survey asks for it, for each of the jobs that need most of it.
fn whole_accounts(size: &Size) {
    println!();
    println!("{:<28} {:>8} {:>9} {:>9} {:>7}", "whole account", "workers", "requests", "time", "×");
    let server = FakeServer::start(account_of(size)).unwrap();
    server.set_latency(LATENCY);
    let account = Account::from_url(&server.account_url()).unwrap();
    let mut everything = Snapshot::new();
    for (job, kinds) in [
        ("users and their groups", &[ObjectKind::Users, ObjectKind::Groups][..]),
        ("who can do what", &[ObjectKind::Users, ObjectKind::Groups, ObjectKind::Roles, ObjectKind::Assignments]),
        ("everything", ObjectKind::ALL),
    ] {
        for workers in [8, 32] {
            let survey = Survey::everything(kinds.iter().copied());
            everything = survey_of(&server, &account, job, workers, survey);
        }
    }
    let (manifest, _) = everything.manifest(ObjectKind::ALL.iter().copied());
    for workers in [8, 32] {
        let snapshot = survey_of(&server, &account, "a plan of everything", workers, Survey::new(&manifest));
        assert!(Plan::new(&manifest, &snapshot).unwrap().is_empty());
    }
}

fn survey_of(server: &FakeServer, account: &Account, job: &str, workers: usize, survey: Survey) -> Snapshot {
    server.with(FakeAccount::clear_requests);
    let client = Client::builder(account.clone()).proxy(None).build().unwrap();
    let mut survey = survey.pages_ahead(u32::try_from(workers).unwrap());
    let start = Instant::now();
    let mut reads = client.send_all(survey.next_batch().unwrap_or_default()).workers(workers);
    while let Some((operation, fact)) = reads.next() {
        survey.record(&operation, fact);
        reads.extend(survey.next_batch().into_iter().flatten());
    }
    let time = start.elapsed().as_secs_f64();
    let calls = server.with(|fake| fake.requests().len());
    let ideal =
        LATENCY.as_secs_f64() * f64::from(u32::try_from(calls).unwrap()) / f64::from(u32::try_from(workers).unwrap());
    println!("{job:<28} {workers:>8} {calls:>9} {time:>7.2} s {:>7.3}", time / ideal);
    survey.finish()
}

/// Users spread over groups and product environments, three keys in each environment, and roles of users and groups.
fn account_of(size: &Size) -> FakeAccount {
    let mut account = FakeAccount::new("acc", "key", "secret");
    for n in 0..size.environments {
        let id = format!("s{n}");
        account
            .add_sub_account(NewSubAccount::new(format!("Environment {n}")).id(&id).cloud_name(format!("cloud-{n}")));
        for key in 0..3 {
            account.add_access_key(&id, NewAccessKey::new(format!("Key {key}")));
        }
    }
    for n in 0..size.users {
        let user = NewUser::new("User", format!("user{n}@example.com")).id(format!("u{n}")).pending(false);
        account.insert_user(user.sub_account_ids([format!("s{}", n % size.environments)]));
    }
    for n in 0..size.groups {
        let members = (n..size.users).step_by(size.groups).map(|user| format!("u{user}"));
        account.add_group(NewGroup::new(format!("Group {n}")).id(format!("g{n}")).members(members));
    }
    for n in 0..size.roles {
        let id = format!("role{n}");
        let role = NewRole::new(format!("Role {n}"), ScopeType::Prodenv, PermissionType::Global).id(&id);
        account.add_role(role.system_policy("cld::policy::global::prodenv::assets::view"));
        for principal in [Principal::user(format!("u{n}")), Principal::group(format!("g{}", n % size.groups))] {
            account.assign(principal, NewAssignment::new(&id).in_environment(format!("s{}", n % size.environments)));
        }
    }
    account
}

/// The most bytes that are allocated at a time while this many results pass by, above those at the start.
fn memory(workers: usize, in_order: bool, results: usize) {
    let body = br#"{"groups":[{"id":"g1","name":"Editors"},{"id":"g2","name":"Reviewers"}]}"#;
    let client = Client::builder(common::account())
        .transport(move |_: &Request<Vec<u8>>, _| Response::new(body.to_vec()))
        .build()
        .unwrap();
    let get_groups = (0..results).map(|number| users::GetGroups::new(format!("u{number}")));
    let (start, before) = (Instant::now(), live_bytes());
    let mut sent = client.send_all(get_groups).workers(workers);
    if in_order {
        sent = sent.in_order();
    }
    let mut peak = before;
    for (_, groups) in sent {
        std::hint::black_box(groups.unwrap());
        peak = peak.max(live_bytes());
    }
    let job = if in_order { "results in memory, in order" } else { "results in memory" };
    let time = start.elapsed().as_secs_f64();
    let kib = (peak - before).div_ceil(1024);
    println!("{job:<28} {workers:>8} {results:>9} {time:>7.2} s {kib:>10} KiB");
}

fn live_bytes() -> usize {
    let stats = ALLOC.stats();
    // Both counts include what reallocations added and took away.
    stats.bytes_allocated.saturating_sub(stats.bytes_deallocated)
}
