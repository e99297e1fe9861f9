//! Takes away from a world that fails whatever it fails without.

use crate::fault::Fault;
use crate::world::{Report, Scenario};

/// Returns the smallest world that was found in which the same property does not hold.
///
/// Actors, kinds of faults, single faults and steps are taken away one after the other, as long as one of them can be.
pub fn shrink(scenario: &Scenario) -> Scenario {
    let Some(violation) = scenario.run().violation else { return scenario.clone() };
    let fails = |smaller: &Scenario| smaller.run().violation.is_some_and(|it| it.property == violation.property);
    let mut smallest = scenario.clone();
    loop {
        let candidates = smaller_than(&smallest, &smallest.run());
        match candidates.into_iter().find(|candidate| fails(candidate)) {
            Some(candidate) => smallest = candidate,
            None => return smallest,
        }
    }
}

/// Worlds with one thing less, large things first.
fn smaller_than(scenario: &Scenario, report: &Report) -> Vec<Scenario> {
    let mut candidates = Vec::new();
    let mut without = |change: &dyn Fn(&mut Scenario)| {
        let mut candidate = scenario.clone();
        change(&mut candidate);
        if candidate != *scenario {
            candidates.push(candidate);
        }
    };
    for actor in 0..report.actors {
        without(&|it| _ = it.without_actors.insert(actor));
    }
    for steps in 1..scenario.steps.unwrap_or(8) {
        without(&|it| it.steps = Some(steps));
    }
    for fault in Fault::ALL {
        if report.struck.iter().any(|(.., struck)| *struck == fault) {
            without(&|it| _ = it.without_faults.insert(fault));
        }
    }
    for (actor, number, _) in &report.struck {
        without(&|it| _ = it.spared.insert((*actor, *number)));
    }
    candidates
}
