//! Each of our paths beside what a user would write by hand, as ratios.
//!
//! The two sides take turns, and the median of the ratios of the turns is printed: what disturbs the machine disturbs
//! both, so that the ratio holds where times do not. Allocations are counted in one run of each side.

#![allow(clippy::unwrap_used, reason = "a benchmark that fails may stop")]
#![allow(clippy::print_stdout, reason = "a benchmark prints")]

mod common;

use std::hint::black_box;
use std::time::Instant;

use cloudinary_provisioning::users::{Get, List};
use cloudinary_provisioning::{access_keys, roles};
use cloudinary_provisioning_ureq::Client;
use stats_alloc::{INSTRUMENTED_SYSTEM, Region, StatsAlloc};

use common::{
    BareKeys, BareRoles, BareUser, BareUsers, USER_ID, account, account_at, by_hand, create, full_list, keys_json,
    roles_json, serve_user, users_json,
};

#[global_allocator]
static ALLOC: &StatsAlloc<std::alloc::System> = &INSTRUMENTED_SYSTEM;

const TURNS: usize = 101;

fn main() {
    // `cargo bench -- --test`, and `cargo test --benches`, run everything once to see that it works.
    let once = !std::env::args().any(|arg| arg == "--bench") || std::env::args().any(|arg| arg == "--test");
    let bench = Bench { turns: if once { 1 } else { TURNS }, once };
    println!("{:<44} {:>10} {:>7} {:>10} {:>7} {:>7}", "", "ours", "allocs", "by hand", "allocs", "ratio");

    let account = account();
    let get = Get::new(USER_ID);
    bench.pair("build: get", 2_000, || account.request(&get).unwrap(), || by_hand::get_default(black_box(USER_ID)));
    let list = full_list();
    let (ids, emails) = (["a1", "b2", "c3"], ["x+y@example.com", "z@example.com"]);
    bench.pair(
        "build: list with all parameters",
        2_000,
        || account.request(&list).unwrap(),
        || by_hand::list(black_box(&ids), &emails, "john", 2, 50),
    );
    let create = create();
    bench.pair(
        "build: create",
        2_000,
        || account.request(&create).unwrap(),
        || by_hand::create(black_box("John"), "john@example.com"),
    );

    for (count, runs) in [(1, 2_000), (100, 20), (10_000, 1)] {
        let body = users_json(0..count);
        let response = http::Response::new(body.as_bytes());
        let list = List::new();
        let ours = || list.parse(black_box(&response)).unwrap();
        bench.pair(&format!("parse: {count} users, to a bare struct"), runs, ours, || {
            serde_json::from_slice::<BareUsers>(black_box(body.as_bytes())).unwrap().users
        });
        bench.pair(&format!("parse: {count} users, to serde_json::Value"), runs, ours, || {
            serde_json::from_slice::<serde_json::Value>(black_box(body.as_bytes())).unwrap()
        });
    }

    let body = keys_json(100);
    let response = http::Response::new(body.as_bytes());
    let list = access_keys::List::new("s1");
    let ours = || list.parse(black_box(&response)).unwrap();
    bench.pair("parse: 100 access keys, to a bare struct", 20, ours, || {
        serde_json::from_slice::<BareKeys>(black_box(body.as_bytes())).unwrap()
    });
    let body = roles_json(100);
    let response = http::Response::new(body.as_bytes());
    let list = roles::List::new("content");
    let ours = || list.parse(black_box(&response)).unwrap();
    bench.pair("parse: 100 roles, to a bare struct", 20, ours, || {
        serde_json::from_slice::<BareRoles>(black_box(body.as_bytes())).unwrap()
    });

    let address = serve_user();
    let client = Client::builder(account_at(address)).proxy(None).build().unwrap();
    let origin = format!("http://{address}");
    let agent = common::bare_agent();
    bench.pair(
        "adapter: get over loopback, to bare ureq",
        50,
        || client.send(black_box(&get)).unwrap(),
        || -> BareUser { common::bare_get(&agent, by_hand::get(&origin, black_box(USER_ID))) },
    );
}

struct Bench {
    turns: usize,
    once: bool,
}

impl Bench {
    fn pair<A, B>(&self, name: &str, runs: u32, mut ours: impl FnMut() -> A, mut by_hand: impl FnMut() -> B) {
        let runs = if self.once { 1 } else { runs };
        let mut turns: Vec<(f64, f64)> = (0..self.turns)
            .map(|turn| {
                // Who goes first changes, so that neither side has the other's warm caches for itself.
                if turn % 2 == 0 {
                    let first = time(runs, &mut ours);
                    (first, time(runs, &mut by_hand))
                } else {
                    let first = time(runs, &mut by_hand);
                    (time(runs, &mut ours), first)
                }
            })
            .collect();
        let (ours_allocs, by_hand_allocs) = (allocations(&mut ours), allocations(&mut by_hand));
        turns.sort_by(|a, b| (a.0 / a.1).total_cmp(&(b.0 / b.1)));
        let ratio = turns.get(turns.len() / 2).map_or(f64::NAN, |(ours, by_hand)| ours / by_hand);
        let best = |side: fn(&(f64, f64)) -> f64| turns.iter().map(side).fold(f64::INFINITY, f64::min);
        println!(
            "{name:<44} {:>7.2} us {ours_allocs:>7} {:>7.2} us {by_hand_allocs:>7} {ratio:>7.2}",
            best(|turn| turn.0),
            best(|turn| turn.1),
        );
    }
}

/// Microseconds a run.
fn time<T>(runs: u32, run: &mut impl FnMut() -> T) -> f64 {
    let start = Instant::now();
    for _ in 0..runs {
        black_box(run());
    }
    start.elapsed().as_secs_f64() * 1e6 / f64::from(runs)
}

fn allocations<T>(run: &mut impl FnMut() -> T) -> usize {
    let region = Region::new(ALLOC);
    black_box(run());
    let change = region.change();
    change.allocations + change.reallocations
}
