//! Many worlds, and a failing one made small.

use cloudinary_provisioning_simulation::{Scenario, Totals, shrink};

/// The variables that set how many seeds to run, and the one seed to run.
const SEEDS: &str = "SIMULATION_SEEDS";
const SEED: &str = "SIMULATION_SEED";
const DEFAULT_SEEDS: u64 = 2_000;

fn number(variable: &str) -> Option<u64> {
    std::env::var(variable).ok().map(|text| text.parse().unwrap_or_else(|_| panic!("{variable} is not a number")))
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
    let seeds = match number(SEED) {
        Some(seed) => seed..seed + 1,
        None => 0..number(SEEDS).unwrap_or(DEFAULT_SEEDS),
    };
    let totals = Totals::run(seeds, true);
    println!("{totals}");
    if let Some((_, seed)) = totals.first_failure() {
        explain(seed);
    }
}

#[test]
fn a_seed_is_the_same_world_every_time() {
    for seed in 0..20 {
        assert_eq!(Scenario::new(seed).trace(), Scenario::new(seed).trace(), "seed {seed}");
    }
}

#[test]
fn the_worlds_are_not_all_harmless() {
    let counts = Totals::run(0..200, false).counts;
    for what in ["recovered", "secret lost", "existing", "lists", "a proxy made it twice"] {
        assert!(counts.contains_key(what), "{what}: {counts:?}");
    }
}
