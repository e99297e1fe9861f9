//! The number of requests that are allowed per hour.

use http::StatusCode;
use time::OffsetDateTime;

use crate::base::clock::{http_date, next_hour};
use crate::facts::OperationFacts;
use crate::response::answer::Failure;

#[derive(Clone, Debug)]
pub(crate) struct HourlyLimit {
    limit: u64,
    used: u64,
    /// The end of the hour that `used` belongs to.
    reset: Option<OffsetDateTime>,
}

impl Default for HourlyLimit {
    fn default() -> Self {
        Self::new(1_000_000)
    }
}

impl HourlyLimit {
    pub(crate) fn new(limit: u64) -> Self {
        Self { limit, used: 0, reset: None }
    }

    /// Counts a request of this operation; a spent limit is a 420 where the operation documents it, else a 429.
    pub(crate) fn charge(&mut self, now: OffsetDateTime, operation: &OperationFacts) -> Result<(), Failure> {
        let reset = next_hour(now);
        if self.reset != Some(reset) {
            self.used = 0;
            self.reset = Some(reset);
        }
        if self.used >= self.limit {
            let (limit, reset) = (self.limit, http_date(reset));
            let status = if operation.documents(420) { StatusCode::from_u16(420).ok() } else { None };
            return Err(Failure::new(
                status.unwrap_or(StatusCode::TOO_MANY_REQUESTS),
                format!("Rate limit exceeded. Limit of {limit} requests reached. Try again on {reset}"),
            ));
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
    use crate::facts::operations;

    fn operation(id: &str) -> &'static OperationFacts {
        operations().iter().find(|operation| operation.id == id).unwrap()
    }

    #[test]
    fn a_spent_limit_is_a_429_where_no_420_is_documented() {
        let failure = HourlyLimit::new(0).charge(OffsetDateTime::UNIX_EPOCH, operation("getBillingUsage")).unwrap_err();
        assert_eq!(failure.status, 429);
    }

    #[test]
    fn a_spent_limit_comes_back_with_the_full_hour() {
        let users = operation("getUsers");
        let start = OffsetDateTime::UNIX_EPOCH;
        let mut limit = HourlyLimit::new(1);
        assert!(limit.charge(start, users).is_ok());
        assert_eq!(limit.state(start), (1, 0));
        let late = start + Duration::seconds(3599);
        assert_eq!(limit.charge(late, users).unwrap_err().status, 420);
        let reset = start + Duration::seconds(3600);
        assert_eq!(limit.state(reset), (1, 1));
        assert!(limit.charge(reset, users).is_ok());
    }
}
