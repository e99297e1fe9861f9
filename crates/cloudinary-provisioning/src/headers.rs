//! What reply headers say: the request's id, the rate limit, and how long to wait.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http::header::{DATE, RETRY_AFTER};
use http::{HeaderMap, HeaderName, StatusCode};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc2822;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const LIMIT: HeaderName = HeaderName::from_static("x-featureratelimit-limit");
const REMAINING: HeaderName = HeaderName::from_static("x-featureratelimit-remaining");
const RESET: HeaderName = HeaderName::from_static("x-featureratelimit-reset");

/// How many requests the account has left, as a reply's `X-FeatureRateLimit-*` headers tell.
///
/// What the service did not send, or sent as junk, is `None`.
///
/// ```
/// use cloudinary_provisioning::{RateLimit, http::HeaderMap};
///
/// let mut headers = HeaderMap::new();
/// headers.insert("x-featureratelimit-limit", "500".parse()?);
/// headers.insert("x-featureratelimit-remaining", "499".parse()?);
/// let limit = RateLimit::from_headers(&headers);
/// assert_eq!((limit.limit, limit.remaining, limit.reset), (Some(500), Some(499), None));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct RateLimit {
    /// Requests allowed in the current period.
    pub limit: Option<u64>,
    /// Requests left in the current period.
    pub remaining: Option<u64>,
    /// When the next period begins.
    pub reset: Option<OffsetDateTime>,
}

impl RateLimit {
    /// Reads the three headers.
    pub fn from_headers(headers: &HeaderMap) -> Self {
        Self {
            limit: text(headers, &LIMIT).and_then(digits),
            remaining: text(headers, &REMAINING).and_then(digits),
            reset: text(headers, &RESET).and_then(http_date),
        }
    }
}

/// The service's id of a request, from its reply's `x-request-id`, to quote to its support.
///
/// Replies and errors of this crate have a method of this name; this is for headers that are nobody's yet.
///
/// ```
/// use cloudinary_provisioning::{http::HeaderMap, request_id};
///
/// let mut headers = HeaderMap::new();
/// headers.insert("x-request-id", "4f2a".parse()?);
/// assert_eq!(request_id(&headers), Some("4f2a"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn request_id(headers: &HeaderMap) -> Option<&str> {
    text(headers, &REQUEST_ID).filter(|id| !id.is_empty())
}

/// How long the service asks to wait, by `Retry-After`, or on 420 and 429 with nothing remaining by the reset of
/// the rate limit.
///
/// A date is measured against the reply's own `Date`, so that a local clock that is off does not matter; `now`
/// serves where there is none. A date in the past is zero.
pub(crate) fn retry_after(status: StatusCode, headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    if let Some(value) = text(headers, &RETRY_AFTER) {
        if let Some(seconds) = digits(value) {
            return Some(Duration::from_secs(seconds));
        }
        if let Some(date) = http_date(value) {
            return Some(until(date, headers, now));
        }
    }
    if is_throttled(status) {
        let limit = RateLimit::from_headers(headers);
        if limit.remaining == Some(0) {
            return limit.reset.map(|reset| until(reset, headers, now));
        }
    }
    None
}

/// 429, and 420, which this service uses for the same.
pub(crate) fn is_throttled(status: StatusCode) -> bool {
    matches!(status.as_u16(), 420 | 429)
}

fn until(date: OffsetDateTime, headers: &HeaderMap, now: SystemTime) -> Duration {
    let reference =
        text(headers, &DATE).and_then(http_date).map_or_else(|| unix_seconds(now), OffsetDateTime::unix_timestamp);
    let seconds = date.unix_timestamp().saturating_sub(reference);
    Duration::from_secs(u64::try_from(seconds).unwrap_or(0))
}

fn unix_seconds(time: SystemTime) -> i64 {
    match time.duration_since(UNIX_EPOCH) {
        Ok(after) => i64::try_from(after.as_secs()).unwrap_or(i64::MAX),
        Err(before) => i64::try_from(before.duration().as_secs()).map_or(i64::MIN, |seconds| -seconds),
    }
}

fn text<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h str> {
    headers.get(name)?.to_str().ok().map(str::trim)
}

/// Digits and nothing else; what is too large for a `u64` is the largest.
fn digits(value: &str) -> Option<u64> {
    if value.is_empty() || !value.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    Some(value.parse().unwrap_or(u64::MAX))
}

/// The three forms of RFC 9110: `Wed, 21 Oct 2015 07:28:00 GMT`, which is a subset of RFC 2822's, and the two obsolete
/// ones, put into its order: `Wednesday, 21-Oct-15 07:28:00 GMT` and `Wed Oct 21 07:28:00 2015`.
fn http_date(value: &str) -> Option<OffsetDateTime> {
    let parse = |date: &str| OffsetDateTime::parse(date, &Rfc2822).ok();
    parse(value).or_else(|| {
        if let Some((_, date)) = value.split_once(", ") {
            return parse(&date.replace('-', " "));
        }
        let mut words = value.split_ascii_whitespace().skip(1);
        let (month, day, time, year) = (words.next()?, words.next()?, words.next()?, words.next()?);
        words.next().is_none().then_some(())?;
        parse(&format!("{day} {month} {year} {time} GMT"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.insert(*name, value.parse().unwrap());
        }
        headers
    }

    fn hint(status: u16, pairs: &[(&'static str, &str)]) -> Option<Duration> {
        // The local clock stands at 1970, an age away from every date below.
        retry_after(StatusCode::from_u16(status).unwrap(), &headers(pairs), UNIX_EPOCH)
    }

    #[test]
    fn seconds_are_taken_and_saturate() {
        assert_eq!(hint(429, &[("retry-after", "2")]), Some(Duration::from_secs(2)));
        assert_eq!(hint(503, &[("retry-after", " 0 ")]), Some(Duration::from_secs(0)));
        assert_eq!(hint(503, &[("retry-after", "99999999999999999999999")]), Some(Duration::from_secs(u64::MAX)));
    }

    #[test]
    fn junk_is_no_hint() {
        for junk in ["-5", "inf", "", "1.5", "1e3", "soon", "NaN", "+1", "Wed, 99 Oct 2015 07:28:00 GMT"] {
            assert_eq!(hint(429, &[("retry-after", junk)]), None, "{junk:?}");
        }
    }

    #[test]
    fn dates_are_measured_against_the_reply_and_not_the_local_clock() {
        let date = ("date", "Wed, 21 Oct 2015 07:28:00 GMT");
        assert_eq!(hint(503, &[date, ("retry-after", "Wed, 21 Oct 2015 07:28:30 GMT")]), Some(Duration::from_secs(30)));
        assert_eq!(hint(503, &[date, ("retry-after", "Wed, 21 Oct 2015 07:00:00 GMT")]), Some(Duration::from_secs(0)));
        assert_eq!(hint(503, &[("retry-after", "Thu, 01 Jan 1970 00:00:07 GMT")]), Some(Duration::from_secs(7)));
    }

    #[test]
    fn the_reset_counts_when_throttled_with_nothing_remaining() {
        let date = ("date", "Wed, 21 Oct 2015 07:28:00 GMT");
        let reset = ("x-featureratelimit-reset", "Wed, 21 Oct 2015 08:00:00 GMT");
        let none_left = ("x-featureratelimit-remaining", "0");
        assert_eq!(hint(420, &[date, reset, none_left]), Some(Duration::from_secs(32 * 60)));
        assert_eq!(hint(429, &[date, reset, none_left]), Some(Duration::from_secs(32 * 60)));
        assert_eq!(hint(429, &[date, reset, none_left, ("retry-after", "3")]), Some(Duration::from_secs(3)));
        assert_eq!(hint(429, &[date, reset, none_left, ("retry-after", "junk")]), Some(Duration::from_secs(32 * 60)));
        assert_eq!(hint(420, &[date, reset, ("x-featureratelimit-remaining", "1")]), None);
        assert_eq!(hint(503, &[date, reset, none_left]), None);
    }

    #[test]
    fn extreme_clocks_do_not_overflow() {
        let far = UNIX_EPOCH.checked_add(Duration::from_secs(1 << 62)).unwrap_or(UNIX_EPOCH);
        let headers = headers(&[("retry-after", "Wed, 21 Oct 2015 07:28:30 GMT")]);
        assert_eq!(retry_after(StatusCode::SERVICE_UNAVAILABLE, &headers, far), Some(Duration::from_secs(0)));
    }
}
