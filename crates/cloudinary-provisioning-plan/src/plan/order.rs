//! The order of steps.

use std::collections::BTreeMap;

use cloudinary_provisioning::PrincipalType;

use super::step::{Phase, Step};
use super::work::{Handle, Work};

/// Sorts steps so that each comes after those that it needs, and notes in each which those are.
///
/// The order depends on what the steps are, not on how they were found.
pub(crate) fn order(mut steps: Vec<Step>) -> Vec<Step> {
    // A start that does not depend on the order of the input; places in this order name steps below.
    steps.sort_by(|a, b| (a.kind, &a.name, a.action, &a.id).cmp(&(b.kind, &b.name, b.action, &b.id)));
    let needs: Vec<Vec<usize>> = {
        let makers: BTreeMap<_, _> =
            steps.iter().enumerate().flat_map(|(at, step)| step.made.iter().map(move |made| (made, at))).collect();
        // A role goes once nobody has it any more, and a key once the one that replaces it has everything.
        let mut taken: BTreeMap<_, Vec<usize>> = BTreeMap::new();
        let (mut roles, mut purposes): (BTreeMap<&Handle, Vec<usize>>, BTreeMap<_, Vec<usize>>) = Default::default();
        for (at, step) in steps.iter().enumerate() {
            match &step.work {
                Work::Unassign(fields) => taken.entry(fields.role_id()).or_default().push(at),
                Work::Assign(fields) if fields.kind == PrincipalType::ApiKey => {
                    roles.entry(&fields.principal).or_default().push(at);
                }
                Work::DedicateKey { key, .. } => purposes.entry(key).or_default().push(at),
                _ => {}
            }
        }
        steps
            .iter()
            .map(|step| {
                let made = step.work.needs().into_iter().filter_map(|made| makers.get(made));
                let others = match &step.work {
                    Work::DeleteRole(id) => [taken.get(id), None],
                    Work::DedicateKey { key, .. } => [roles.get(key), None],
                    Work::RetireKey { successor, .. } => [roles.get(successor), purposes.get(successor)],
                    _ => [None, None],
                };
                let mut needs: Vec<_> = made.chain(others.into_iter().flatten().flatten()).copied().collect();
                needs.sort_unstable();
                needs.dedup();
                needs
            })
            .collect()
    };
    // Nothing needs itself in the end, so that this settles within as many rounds as there are steps in a chain.
    let mut ranks: Vec<(Phase, usize)> = steps.iter().map(|step| (step.phase, 0)).collect();
    for _ in 0..steps.len() {
        let next: Vec<_> = ranks
            .iter()
            .zip(&needs)
            .map(|(own, needs)| {
                let after =
                    needs.iter().filter_map(|at| ranks.get(*at)).map(|(phase, depth)| (*phase, depth + 1)).max();
                after.map_or(*own, |after| after.max(*own))
            })
            .collect();
        if next == ranks {
            break;
        }
        ranks = next;
    }
    let mut places: Vec<usize> = (0..steps.len()).collect();
    places.sort_by_key(|at| (ranks.get(*at).copied(), *at));
    let new_places: BTreeMap<usize, usize> = places.iter().enumerate().map(|(new, old)| (*old, new)).collect();
    let mut steps: Vec<Option<Step>> = steps.into_iter().map(Some).collect();
    let moved = places.into_iter().filter_map(|old| {
        let mut step = steps.get_mut(old)?.take()?;
        let (phase, _) = ranks.get(old)?;
        step.phase = *phase;
        step.after = needs.get(old)?.iter().filter_map(|at| new_places.get(at)).copied().collect();
        step.after.sort_unstable();
        Some(step)
    });
    moved.collect()
}
