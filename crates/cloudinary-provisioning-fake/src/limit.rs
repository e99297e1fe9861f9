//! The hourly budget of requests.

use time::OffsetDateTime;

use crate::clock::{http_date, next_hour};
use crate::reply::Failure;

#[derive(Clone, Debug)]
pub(crate) struct RateLimit {
    limit: u64,
    used: u64,
    /// The end of the hour that `used` belongs to.
    reset: Option<OffsetDateTime>,
}

impl Default for RateLimit {
    fn default() -> Self {
        Self::new(1_000_000)
    }
}

impl RateLimit {
    pub(crate) fn new(limit: u64) -> Self {
        Self { limit, used: 0, reset: None }
    }

    pub(crate) fn charge(&mut self, now: OffsetDateTime) -> Result<(), Failure> {
        let reset = next_hour(now);
        if self.reset != Some(reset) {
            self.used = 0;
            self.reset = Some(reset);
        }
        if self.used >= self.limit {
            let (limit, reset) = (self.limit, http_date(reset));
            return Err(Failure::rate_limited(format!(
                "Rate limit exceeded. Limit of {limit} requests reached. Try again on {reset}"
            )));
        }
        self.used += 1;
        Ok(())
    }

    /// The limit and what remains of it.
    pub(crate) fn state(&self, now: OffsetDateTime) -> (u64, u64) {
        let used = if self.reset == Some(next_hour(now)) { self.used } else { 0 };
        (self.limit, self.limit.saturating_sub(used))
    }
}

#[cfg(test)]
mod tests {
    use time::Duration;

    use super::*;

    #[test]
    fn a_spent_limit_comes_back_with_the_full_hour() {
        let start = OffsetDateTime::UNIX_EPOCH;
        let mut limit = RateLimit::new(1);
        assert!(limit.charge(start).is_ok());
        assert_eq!(limit.state(start), (1, 0));
        let late = start + Duration::seconds(3599);
        assert_eq!(limit.charge(late).unwrap_err().status, 420);
        let reset = start + Duration::seconds(3600);
        assert_eq!(limit.state(reset), (1, 1));
        assert!(limit.charge(reset).is_ok());
    }
}
