//! The account's time, which does not depend on the time of day: it advances by a fixed step per request, or as fast as
//! real time.

use std::time::{Instant, SystemTime};

use serde::Serializer;
use time::{Date, Duration, Month, OffsetDateTime, Time, UtcOffset};

#[derive(Clone, Copy, Debug)]
pub(crate) struct AccountClock {
    now: OffsetDateTime,
    pace: Pace,
}

#[derive(Clone, Copy, Debug)]
enum Pace {
    /// By a second per request, until a transport shares the account.
    Default,
    Step(Duration),
    /// As fast as real time, which was read last at this point.
    Real(Instant),
}

impl Default for AccountClock {
    fn default() -> Self {
        let start = Date::from_calendar_date(2026, Month::January, 1)
            .map_or(OffsetDateTime::UNIX_EPOCH, |day| day.with_time(Time::MIDNIGHT).assume_utc());
        Self { pace: Pace::Default, ..Self::new(start, Duration::SECOND) }
    }
}

impl AccountClock {
    pub(crate) fn new(start: OffsetDateTime, step: Duration) -> Self {
        Self { now: utc(start), pace: Pace::Step(step) }
    }

    pub(crate) fn now(&self) -> OffsetDateTime {
        self.now
    }

    pub(crate) fn set(&mut self, now: OffsetDateTime) {
        self.now = utc(now);
    }

    pub(crate) fn tick(&mut self) {
        match self.pace {
            Pace::Default => self.advance(Duration::SECOND),
            Pace::Step(step) => self.advance(step),
            Pace::Real(last) => {
                let now = Instant::now();
                self.advance(Duration::try_from(now.duration_since(last)).unwrap_or_default());
                self.pace = Pace::Real(now);
            }
        }
    }

    /// Advances as fast as real time from here on, unless the pace was set. What is there already is a day old.
    pub(crate) fn run(&mut self) {
        if matches!(self.pace, Pace::Default) {
            self.advance(Duration::DAY);
            self.pace = Pace::Real(Instant::now());
        }
    }

    /// Stands still where time itself would run out of range.
    pub(crate) fn advance(&mut self, by: Duration) {
        self.now = self.now.checked_add(by).unwrap_or(self.now);
    }
}

/// Everything inside is UTC, so that dates compare and print without an offset.
pub(crate) fn utc(moment: OffsetDateTime) -> OffsetDateTime {
    moment.checked_to_offset(UtcOffset::UTC).unwrap_or(OffsetDateTime::UNIX_EPOCH)
}

pub(crate) fn next_hour(moment: OffsetDateTime) -> OffsetDateTime {
    let into_hour = moment.unix_timestamp().rem_euclid(3600);
    moment.replace_nanosecond(0).unwrap_or(moment).checked_add(Duration::seconds(3600 - into_hour)).unwrap_or(moment)
}

pub(crate) fn rfc3339(moment: OffsetDateTime) -> String {
    let (year, month, day) = moment.to_calendar_date();
    let (hour, minute, second) = moment.to_hms();
    let mut text = String::with_capacity(20);
    // Lists hold thousands of times, and `format!` takes several times as long.
    let mut push = |number: u8, after: &str| {
        text.push(char::from(b'0' + number / 10 % 10));
        text.push(char::from(b'0' + number % 10));
        text.push_str(after);
    };
    let year = year.unsigned_abs();
    push(u8::try_from(year / 100 % 100).unwrap_or(0), "");
    push(u8::try_from(year % 100).unwrap_or(0), "-");
    push(month.into(), "-");
    push(day, "T");
    push(hour, ":");
    push(minute, ":");
    push(second, "Z");
    text
}

/// Serializes a time as seconds since 1970, as the permissions API does.
pub(crate) fn as_seconds<S: Serializer>(moment: &OffsetDateTime, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_i64(moment.unix_timestamp())
}

/// The last second that an HTTP date can hold.
const LAST_HTTP_SECOND: i64 = 253_402_300_799;

/// The IMF-fixdate of RFC 9110, as in `Thu, 01 Jan 2026 00:00:00 GMT`. Times before 1970 become its first second.
pub(crate) fn http_date(moment: OffsetDateTime) -> String {
    let seconds = moment.unix_timestamp().clamp(0, LAST_HTTP_SECOND).unsigned_abs();
    httpdate::fmt_http_date(SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(seconds))
}

/// A day in any form that clients send: `2026-11-23` or `23-11-2026`, with or without a time behind it.
pub(crate) fn parse_date(text: &str) -> Option<Date> {
    let (day, time) = text.split_once([' ', 'T']).unwrap_or((text, "0"));
    let time_like = |byte: u8| byte.is_ascii_digit() || b":.+-ZUTC ".contains(&byte);
    if !time.starts_with(|c: char| c.is_ascii_digit()) || !time.bytes().all(time_like) {
        return None;
    }
    let mut parts = day.split('-');
    let (first, month, last) = (parts.next()?, parts.next()?, parts.next()?);
    let (year, day) = if first.len() == 4 { (first, last) } else { (last, first) };
    let digits = |part: &str, width: usize| part.len() == width && part.bytes().all(|byte| byte.is_ascii_digit());
    if parts.next().is_some() || !digits(year, 4) || !digits(month, 2) || !digits(day, 2) {
        return None;
    }
    let month = Month::try_from(month.parse::<u8>().ok()?).ok()?;
    Date::from_calendar_date(year.parse().ok()?, month, day.parse().ok()?).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_print_in_both_forms() {
        let clock = AccountClock::default();
        assert_eq!(rfc3339(clock.now()), "2026-01-01T00:00:00Z");
        assert_eq!(http_date(clock.now()), "Thu, 01 Jan 2026 00:00:00 GMT");
    }

    #[test]
    fn the_next_hour_is_always_later() {
        let mut clock = AccountClock::default();
        assert_eq!(http_date(next_hour(clock.now())), "Thu, 01 Jan 2026 01:00:00 GMT");
        clock.advance(Duration::seconds(3599));
        assert_eq!(http_date(next_hour(clock.now())), "Thu, 01 Jan 2026 01:00:00 GMT");
    }

    #[test]
    fn time_stands_still_at_its_end() {
        let mut clock = AccountClock::new(OffsetDateTime::UNIX_EPOCH, Duration::MAX);
        clock.tick();
        assert_eq!(clock.now(), OffsetDateTime::UNIX_EPOCH);
        let last = Date::MAX.with_time(Time::MAX).assume_utc();
        assert_eq!(next_hour(last), last);
    }

    #[test]
    fn a_day_is_read_in_every_form_that_clients_write() {
        let day = Date::from_calendar_date(2026, Month::November, 23).ok();
        for text in [
            "2026-11-23",
            "23-11-2026",
            "2026-11-23 17:16:16.58",
            "2026-11-23T17:16:16Z",
            "2026-11-23T17:16:16.000+00:00",
        ] {
            assert_eq!(parse_date(text), day, "{text}");
        }
    }

    #[test]
    fn anything_else_is_not_a_day() {
        for bad in [
            "2023-02-29",
            "2023-2-1",
            "",
            "-",
            "+023-01-01",
            "2023-13-01",
            "2023/01/01",
            "2023-01-01 noon",
            "2023-01-01T",
        ] {
            assert_eq!(parse_date(bad), None, "{bad}");
        }
    }

    #[test]
    fn an_http_date_stays_within_its_range() {
        assert_eq!(http_date(OffsetDateTime::UNIX_EPOCH - Duration::DAY), "Thu, 01 Jan 1970 00:00:00 GMT");
        assert_eq!(http_date(Date::MAX.with_time(Time::MAX).assume_utc()), "Fri, 31 Dec 9999 23:59:59 GMT");
    }
}
