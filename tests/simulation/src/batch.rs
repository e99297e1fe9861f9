//! Many seeds, on all cores.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

use crate::world::Scenario;

/// What many seeds came to. `Display` is a report.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct Totals {
    /// The number of worlds.
    pub seeds: u64,
    /// The number of calls in all of them.
    pub calls: usize,
    /// The number of requests in all of them.
    pub requests: u64,
    /// How often something happened.
    pub counts: BTreeMap<&'static str, u64>,
    /// The seeds that failed, by property, each in order.
    pub failures: BTreeMap<&'static str, Vec<u64>>,
    /// How long it took.
    pub elapsed: Duration,
}

impl Totals {
    /// Runs seeds on all cores: all of them, or until one fails.
    pub fn run(seeds: Range<u64>, stops: bool) -> Self {
        let (next, end) = (AtomicU64::new(seeds.start), AtomicU64::new(seeds.end));
        let totals = Mutex::new(Self::default());
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
                        let mut totals = crate::executor::lock(&totals);
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
        let mut totals = totals.into_inner().unwrap_or_default();
        for seeds in totals.failures.values_mut() {
            seeds.sort_unstable();
        }
        totals.elapsed = start.elapsed();
        totals
    }

    /// The first seed that failed, with its property.
    pub fn first_failure(&self) -> Option<(&'static str, u64)> {
        let firsts = self.failures.iter().filter_map(|(property, seeds)| Some((*property, *seeds.first()?)));
        firsts.min_by_key(|(_, seed)| *seed)
    }
}

impl fmt::Display for Totals {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { seeds, calls, requests, counts, failures, elapsed } = self;
        let pace = u128::try_from(*calls).unwrap_or_default() * 1_000 / elapsed.as_millis().max(1);
        writeln!(f, "{seeds} seeds, {calls} calls, {requests} requests in {elapsed:.1?}: {pace} calls/s")?;
        for (what, count) in counts {
            writeln!(f, "{count:>9}  {what}")?;
        }
        for (property, seeds) in failures {
            writeln!(f, "FAILED {property}: {} seeds, {:?}", seeds.len(), &seeds[..seeds.len().min(6)])?;
        }
        if let Some((property, seed)) = self.first_failure() {
            writeln!(f, "FIRST {property} {seed}")?;
        }
        Ok(())
    }
}
