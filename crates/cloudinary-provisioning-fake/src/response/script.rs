//! The order in which requests meet scripted faults.

use std::collections::VecDeque;

use http::Method;

use crate::response::fault::Fault;

/// The scripted faults that no request has met yet.
#[derive(Clone, Debug, Default)]
pub(crate) struct Script {
    /// Faults with the number of requests that meet them.
    once: VecDeque<(usize, Fault)>,
    recurring: Vec<Recurring>,
}

#[derive(Clone, Debug)]
struct Recurring {
    every: u64,
    seen: u64,
    fault: Fault,
}

impl Script {
    pub(crate) fn add(&mut self, times: usize, fault: Fault) {
        if times > 0 {
            self.once.push_back((times, fault));
        }
    }

    pub(crate) fn recur(&mut self, every: u64, fault: Fault) {
        self.recurring.push(Recurring { every, seen: 0, fault });
    }

    pub(crate) fn clear(&mut self) {
        *self = Self::default();
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.once.is_empty() && self.recurring.is_empty()
    }

    pub(crate) fn left(&self) -> usize {
        self.once.iter().fold(0, |left, (times, _)| left.saturating_add(*times))
    }

    pub(crate) fn next(&mut self, method: &Method, operation: Option<&str>) -> Option<Fault> {
        let place = self.once.iter().position(|(_, fault)| fault.affects(method, operation));
        if let Some((place, (times, fault))) = place.and_then(|place| Some((place, self.once.get_mut(place)?))) {
            *times -= 1;
            let (left, fault) = (*times, fault.clone());
            if left == 0 {
                self.once.remove(place);
            }
            return Some(fault);
        }
        let mut met = None;
        for recurring in &mut self.recurring {
            if recurring.fault.affects(method, operation) {
                recurring.seen = recurring.seen.wrapping_add(1);
                if recurring.every != 0 && recurring.seen.is_multiple_of(recurring.every) {
                    met.get_or_insert_with(|| recurring.fault.clone());
                }
            }
        }
        met
    }
}
