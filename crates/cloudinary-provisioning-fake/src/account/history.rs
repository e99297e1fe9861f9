//! Former states of an account, for reads that lag behind.

use std::collections::VecDeque;

use time::{Duration, OffsetDateTime};

use crate::facts::Effect;
use crate::state::AccountState;

#[derive(Clone, Debug, Default)]
pub(super) struct History {
    pub(super) list_lag: Duration,
    pub(super) get_lag: Duration,
    /// Each state with the time at which a change replaced it.
    former: VecDeque<(OffsetDateTime, AccountState)>,
}

impl History {
    /// Keeps the state before a change, if a read may still need it.
    pub(super) fn keep(&mut self, state: &AccountState) {
        let now = state.now();
        let lag = self.list_lag.max(self.get_lag);
        let needed = self.former.partition_point(|(until, _)| *until <= before(now, lag));
        self.former.drain(..needed);
        // Of several changes at one time, only the state before the first was ever visible.
        if lag > Duration::ZERO && self.former.back().is_none_or(|(until, _)| *until < now) {
            self.former.push_back((now, state.clone()));
        }
    }

    /// Returns the former state that a read has to show, or `None` for the present one.
    pub(super) fn view(&mut self, present: &AccountState, effect: Effect) -> Option<&mut AccountState> {
        let lag = match effect {
            Effect::Write => return None,
            Effect::List => self.list_lag,
            Effect::Get => self.get_lag,
        };
        let then = before(present.now(), lag);
        let place = self.former.partition_point(|(until, _)| *until <= then);
        let (_, state) = self.former.get_mut(place)?;
        // Settings are not part of what lags.
        state.clock = present.clock;
        state.switches.clone_from(&present.switches);
        state.page_cap = present.page_cap;
        Some(state)
    }
}

fn before(now: OffsetDateTime, lag: Duration) -> OffsetDateTime {
    now.checked_sub(lag).unwrap_or(OffsetDateTime::UNIX_EPOCH)
}
