//! Runs seeds and counts what fails, by property.
//!
//! ```text
//! cargo run --release -p cloudinary-provisioning-simulation --example survey [COUNT [FIRST]]
//! ```

use std::collections::BTreeMap;
use std::time::Instant;

use cloudinary_provisioning_simulation::Scenario;

fn main() {
    let mut numbers = std::env::args().skip(1).map(|text| text.parse::<u64>().expect("a number"));
    let (count, first) = (numbers.next().unwrap_or(2_000), numbers.next().unwrap_or(0));
    let start = Instant::now();
    let threads = std::thread::available_parallelism().map_or(1, |count| u64::try_from(count.get()).unwrap_or(1));
    let (mut failures, mut counts) = (BTreeMap::<_, Vec<u64>>::new(), BTreeMap::<_, u64>::new());
    let (mut calls, mut requests) = (0, 0);
    let parts = std::thread::scope(|scope| {
        let run = |thread| {
            let seeds = (first..first + count).filter(move |seed| seed % threads == thread);
            move || seeds.map(|seed| (seed, Scenario::new(seed).run())).collect::<Vec<_>>()
        };
        let running: Vec<_> = (0..threads).map(|thread| scope.spawn(run(thread))).collect();
        running.into_iter().flat_map(|thread| thread.join().expect("no panic")).collect::<Vec<_>>()
    });
    for (seed, report) in parts {
        calls += report.calls;
        requests += report.requests;
        for (what, count) in report.counts {
            *counts.entry(what).or_default() += count;
        }
        if let Some(violation) = report.violation {
            failures.entry(violation.property).or_default().push(seed);
        }
    }
    let seconds = start.elapsed().as_secs_f64();
    println!(
        "{count} seeds, {calls} calls, {requests} requests in {seconds:.1} s: {:.0} calls/s",
        calls as f64 / seconds
    );
    for (what, count) in counts {
        println!("{count:>9}  {what}");
    }
    for (property, mut seeds) in failures {
        seeds.sort_unstable();
        println!("FAILED {property}: {} seeds, {:?}", seeds.len(), &seeds[..seeds.len().min(6)]);
    }
}
