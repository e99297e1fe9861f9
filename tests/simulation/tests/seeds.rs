//! Many worlds, and a failing one made small.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Instant;

use cloudinary_provisioning_simulation::{Scenario, shrink};

/// How many seeds to run, from `FIRST` on.
const SEEDS: &str = "SIMULATION_SEEDS";
/// The one seed to run, with its trace.
const SEED: &str = "SIMULATION_SEED";
const DEFAULT_SEEDS: u64 = 2_000;

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok().map(|text| text.parse().unwrap_or_else(|_| panic!("{variable} is not a number")))
}

/// Runs seeds on all cores, and returns the first that fails.
fn run(seeds: std::ops::Range<u64>) -> Option<u64> {
    let (next, failed) = (AtomicU64::new(seeds.start), AtomicU64::new(u64::MAX));
    let totals = Mutex::new((0, 0, BTreeMap::new()));
    let start = Instant::now();
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Relaxed);
                    if seed >= seeds.end || seed >= failed.load(Relaxed) {
                        return;
                    }
                    let report = Scenario::new(seed).run();
                    if report.violation.is_some() {
                        failed.fetch_min(seed, Relaxed);
                    }
                    let mut totals = totals.lock().unwrap();
                    totals.0 += report.calls;
                    totals.1 += report.requests;
                    for (what, count) in report.counts {
                        *totals.2.entry(what).or_insert(0) += count;
                    }
                }
            });
        }
    });
    let (calls, requests, counts) = totals.into_inner().unwrap();
    let seconds = start.elapsed().as_secs_f64();
    let pace = calls as f64 / seconds;
    println!(
        "{} seeds, {calls} calls, {requests} requests in {seconds:.1} s: {pace:.0} calls/s",
        next.load(Relaxed).min(seeds.end) - seeds.start
    );
    for (what, count) in counts {
        println!("{count:>9}  {what}");
    }
    Some(failed.into_inner()).filter(|seed| *seed != u64::MAX)
}

/// Panics with all that is needed to understand a seed that fails.
fn explain(seed: u64) {
    let scenario = Scenario::new(seed);
    let Some(violation) = scenario.run().violation else { return };
    let small = shrink(&scenario);
    let report = small.trace();
    let trace = report.trace.join("\n");
    panic!("seed {seed}: {violation:?}\n\n{small:#?}\n{:?}\n\n{trace}\n", report.violation);
}

#[test]
fn every_property_holds_in_every_world() {
    let failed = match number(SEED) {
        Some(seed) => run(seed..seed + 1),
        None => run(0..number(SEEDS).unwrap_or(DEFAULT_SEEDS)),
    };
    if let Some(seed) = failed {
        explain(seed);
    }
}
