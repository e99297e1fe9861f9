//! Runs seeds and counts what happens, and what fails by property.
//!
//! ```text
//! cargo run --release -p cloudinary-provisioning-simulation --example survey -- [--first] [COUNT [FIRST_SEED]]
//! ```
//!
//! With `--first` it stops at the first seed that fails.

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Instant;

use cloudinary_provisioning_simulation::Scenario;

#[derive(Default)]
struct Totals {
    seeds: u64,
    calls: usize,
    requests: u64,
    counts: BTreeMap<&'static str, u64>,
    failures: BTreeMap<&'static str, Vec<u64>>,
}

fn main() {
    let mut arguments: Vec<_> = std::env::args().skip(1).collect();
    let stops = arguments.first().is_some_and(|first| first == "--first");
    arguments.drain(..usize::from(stops));
    let mut numbers = arguments.iter().map(|text| text.parse::<u64>().expect("a number"));
    let (count, first) = (numbers.next().unwrap_or(2_000), numbers.next().unwrap_or(0));

    let (next, end) = (AtomicU64::new(first), AtomicU64::new(first + count));
    let totals = Mutex::new(Totals::default());
    let start = Instant::now();
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Relaxed);
                    if seed >= end.load(Relaxed) {
                        return;
                    }
                    let report = Scenario::new(seed).run();
                    let mut totals = totals.lock().expect("no thread panics");
                    totals.seeds += 1;
                    totals.calls += report.calls;
                    totals.requests += report.requests;
                    for (what, count) in report.counts {
                        *totals.counts.entry(what).or_default() += count;
                    }
                    if let Some(violation) = report.violation {
                        totals.failures.entry(violation.property).or_default().push(seed);
                        if stops {
                            end.fetch_min(seed, Relaxed);
                        }
                    }
                }
            });
        }
    });

    let Totals { seeds, calls, requests, counts, failures } = totals.into_inner().expect("no thread panics");
    let seconds = start.elapsed().as_secs_f64();
    #[expect(clippy::cast_precision_loss, reason = "it is shown without digits")]
    let pace = calls as f64 / seconds;
    println!("{seeds} seeds, {calls} calls, {requests} requests in {seconds:.1} s: {pace:.0} calls/s");
    for (what, count) in counts {
        println!("{count:>9}  {what}");
    }
    // The property whose seed is the first comes first.
    let mut failures: Vec<_> = failures.into_iter().collect();
    failures.iter_mut().for_each(|(_, seeds)| seeds.sort_unstable());
    failures.sort_by_key(|(_, seeds)| seeds.first().copied());
    for (property, seeds) in failures {
        println!("FAILED {property}: {} seeds, {:?}", seeds.len(), &seeds[..seeds.len().min(6)]);
    }
}
