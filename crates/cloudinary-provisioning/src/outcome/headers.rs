//! Response headers: the request id, the rate limit, and how long to wait.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use http::header::{DATE, RETRY_AFTER};
use http::{HeaderMap, HeaderName, StatusCode};
use time::OffsetDateTime;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const LIMIT: HeaderName = HeaderName::from_static("x-featureratelimit-limit");
const REMAINING: HeaderName = HeaderName::from_static("x-featureratelimit-remaining");
const RESET: HeaderName = HeaderName::from_static("x-featureratelimit-reset");

/// How many requests the account has left, read from the `X-FeatureRateLimit-*` headers of a response.
///
/// Absent or malformed headers are `None`.
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
#[doc(alias = "quota")]
pub struct RateLimit {
    /// The number of requests allowed in the current period.
    pub limit: Option<u64>,
    /// The number of requests left in the current period.
    pub remaining: Option<u64>,
    /// When the next period begins.
    pub reset: Option<OffsetDateTime>,
}

impl RateLimit {
    /// Reads the headers of a response.
    pub fn from_headers(headers: &HeaderMap) -> Self {
        Self {
            limit: text(headers, &LIMIT).and_then(digits),
            remaining: text(headers, &REMAINING).and_then(digits),
            reset: text(headers, &RESET).and_then(http_date),
        }
    }
}

/// Returns the service's id of a request, from the `x-request-id` of its response. Its support asks for it.
///
/// [`Response`](crate::Response) and [`Error`](crate::Error) have a method of this name. This function is for other
/// headers.
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
/// the rate limit. Of several values of `Retry-After` the longest that can be read counts.
///
/// A date is measured against the response's own `Date`, so that a wrong local clock does not matter. Without a
/// `Date` it is measured against `now`; without that, it is ignored. A date in the past is zero.
pub(crate) fn retry_after(status: StatusCode, headers: &HeaderMap, now: Option<SystemTime>) -> Option<Duration> {
    let values = headers.get_all(RETRY_AFTER).into_iter().filter_map(|value| value.to_str().ok());
    let delays = values.flat_map(|value| {
        // A date has a comma of its own, so that it is read as a whole first.
        let whole = delay(value.trim(), headers, now);
        let listed = value.split(',').filter(move |_| whole.is_none());
        whole.into_iter().chain(listed.filter_map(|part| seconds(part.trim())))
    });
    delays.max().or_else(|| if is_throttled(status) { until_reset(headers, now) } else { None })
}

fn delay(value: &str, headers: &HeaderMap, now: Option<SystemTime>) -> Option<Duration> {
    seconds(value).or_else(|| until(http_date(value)?, headers, now))
}

/// How long it is until the rate limit is reset, where nothing remains of it.
pub(crate) fn until_reset(headers: &HeaderMap, now: Option<SystemTime>) -> Option<Duration> {
    let limit = RateLimit::from_headers(headers);
    if limit.remaining == Some(0) { until(limit.reset?, headers, now) } else { None }
}

/// 429, and 420, which this service uses for the same.
pub(crate) fn is_throttled(status: StatusCode) -> bool {
    matches!(status.as_u16(), 420 | 429)
}

/// The time of the service when it sent a response.
pub(crate) fn date(headers: &HeaderMap) -> Option<OffsetDateTime> {
    text(headers, &DATE).and_then(http_date)
}

fn until(date: OffsetDateTime, headers: &HeaderMap, now: Option<SystemTime>) -> Option<Duration> {
    let reference = self::date(headers).map(OffsetDateTime::unix_timestamp);
    let seconds = date.unix_timestamp().saturating_sub(reference.or_else(|| now.map(unix_seconds))?);
    Some(Duration::from_secs(u64::try_from(seconds).unwrap_or(0)))
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

/// Seconds, with or without a fraction, of which nine digits count.
fn seconds(value: &str) -> Option<Duration> {
    let (whole, fraction) = value.split_once('.').unwrap_or((value, "0"));
    let (whole, _) = (digits(whole)?, digits(fraction)?);
    let nanoseconds = fraction.bytes().chain(std::iter::repeat(b'0')).take(9);
    Some(Duration::new(whole, nanoseconds.fold(0, |sum, digit| 10 * sum + u32::from(digit - b'0'))))
}

/// Digits and nothing else; what is too large for a `u64` is the largest.
fn digits(value: &str) -> Option<u64> {
    if value.is_empty() || !value.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    Some(value.parse().unwrap_or(u64::MAX))
}

/// The three forms of RFC 9110: `Wed, 21 Oct 2015 07:28:00 GMT` and the two obsolete ones.
fn http_date(value: &str) -> Option<OffsetDateTime> {
    httpdate::parse_http_date(value).ok().map(OffsetDateTime::from)
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
        retry_after(StatusCode::from_u16(status).unwrap(), &headers(pairs), Some(UNIX_EPOCH))
    }

    #[test]
    fn seconds_are_taken_and_saturate() {
        assert_eq!(hint(429, &[("retry-after", "2")]), Some(Duration::from_secs(2)));
        assert_eq!(hint(429, &[("retry-after", "2.5")]), Some(Duration::from_millis(2_500)));
        assert_eq!(hint(503, &[("retry-after", " 0 ")]), Some(Duration::from_secs(0)));
        assert_eq!(hint(503, &[("retry-after", "99999999999999999999999")]), Some(Duration::from_secs(u64::MAX)));
    }

    #[test]
    fn of_several_hints_the_longest_that_can_be_read_counts() {
        assert_eq!(hint(429, &[("retry-after", "1, 2")]), Some(Duration::from_secs(2)));
        assert_eq!(hint(429, &[("retry-after", "soon, 4,")]), Some(Duration::from_secs(4)));
        let mut twice = headers(&[("retry-after", "3")]);
        twice.append("retry-after", "Thu, 01 Jan 1970 00:00:07 GMT".parse().unwrap());
        twice.append("retry-after", "junk".parse().unwrap());
        let delay = retry_after(StatusCode::TOO_MANY_REQUESTS, &twice, Some(UNIX_EPOCH));
        assert_eq!(delay, Some(Duration::from_secs(7)));
    }

    #[test]
    fn a_date_that_nothing_measures_is_no_hint() {
        let dated = headers(&[("retry-after", "Wed, 21 Oct 2015 07:28:30 GMT")]);
        assert_eq!(retry_after(StatusCode::TOO_MANY_REQUESTS, &dated, None), None);
    }

    #[test]
    fn junk_is_no_hint() {
        for junk in ["-5", "inf", "", ".5", "1.", "1.5.2", "1e3", "soon", "NaN", "+1", "Wed, 99 Oct 2015 07:28:00 GMT"]
        {
            assert_eq!(hint(429, &[("retry-after", junk)]), None, "{junk:?}");
        }
    }

    #[test]
    fn dates_are_measured_against_the_response_and_not_the_local_clock() {
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
        assert_eq!(retry_after(StatusCode::SERVICE_UNAVAILABLE, &headers, Some(far)), Some(Duration::from_secs(0)));
    }
}
