//! Times in responses: RFC 3339 with or without fractions and at any offset, the same with a space or without an offset
//! (which is UTC), or a bare date, which is midnight UTC.

use time::{Date, Month, OffsetDateTime, PrimitiveDateTime, Time, UtcOffset};

/// RFC 3339, which [`parse`] reads back as the same instant.
#[cfg(feature = "serialize")]
pub(crate) fn serialize<S: serde::Serializer>(time: &OffsetDateTime, serializer: S) -> Result<S::Ok, S::Error> {
    use time::format_description::well_known::Rfc3339;

    serializer.serialize_str(&time.format(&Rfc3339).map_err(serde::ser::Error::custom)?)
}

#[cfg(feature = "serialize")]
#[expect(clippy::trivially_copy_pass_by_ref, reason = "as the others")]
pub(crate) fn serialize_date<S: serde::Serializer>(date: &Date, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&format_args!("{:04}-{:02}-{:02}", date.year(), u8::from(date.month()), date.day()))
}

/// Reads a time by hand: the parser of the `time` crate takes most of the time that reading a user takes.
pub(crate) fn parse(text: &str) -> Option<OffsetDateTime> {
    // What the service sends nearly always: `2026-01-31T08:00:00Z`.
    if let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2, b'T', h1, h2, b':', i1, i2, b':', s1, s2, b'Z'] =
        text.as_bytes()
        && (*s1, *s2) != (b'6', b'0')
    {
        let date = date(two_digits(*y1, *y2)?, two_digits(*y3, *y4)?, two_digits(*m1, *m2)?, two_digits(*d1, *d2)?)?;
        let time = Time::from_hms(two_digits(*h1, *h2)?, two_digits(*i1, *i2)?, two_digits(*s1, *s2)?).ok()?;
        return Some(PrimitiveDateTime::new(date, time).assume_utc());
    }
    parse_any(text)
}

fn parse_any(text: &str) -> Option<OffsetDateTime> {
    let (date, rest) = split(text, 10)?;
    let date = parse_date(date)?;
    if rest.is_empty() {
        return Some(date.with_time(Time::MIDNIGHT).assume_utc());
    }
    let rest = rest.strip_prefix(['T', 't', ' '])?;
    let (clock, rest) = split(rest, 8)?;
    let [h1, h2, b':', m1, m2, b':', s1, s2] = clock.as_bytes() else { return None };
    let (hour, minute, second) = (two_digits(*h1, *h2)?, two_digits(*m1, *m2)?, two_digits(*s1, *s2)?);
    let (nanosecond, rest) = match rest.strip_prefix('.') {
        Some(fraction) => parse_fraction(fraction)?,
        None => (0, rest),
    };
    let leap = second == 60;
    let (second, nanosecond) = if leap { (59, 999_999_999) } else { (second, nanosecond) };
    let time = PrimitiveDateTime::new(date, Time::from_hms_nano(hour, minute, second, nanosecond).ok()?);
    let time = time.assume_offset(parse_offset(rest)?);
    (!leap || ends_month(time)).then_some(time)
}

/// Whether this is where a leap second can be; it counts as the last moment before it.
fn ends_month(time: OffsetDateTime) -> bool {
    let utc = time.to_offset(UtcOffset::UTC);
    (utc.hour(), utc.minute()) == (23, 59) && utc.date().next_day().is_none_or(|day| day.day() == 1)
}

/// Whether a text is a date and nothing else: `2026-01-31`.
pub(crate) fn is_date(text: &str) -> bool {
    parse_date(text).is_some()
}

/// Reads seconds since 1970 with a fraction.
pub(crate) fn from_seconds(seconds: f64) -> Option<OffsetDateTime> {
    #[expect(clippy::cast_possible_truncation, reason = "what is out of range is not a time either")]
    seconds.is_finite().then(|| OffsetDateTime::from_unix_timestamp_nanos((seconds * 1e9) as i128).ok()).flatten()
}

fn parse_date(text: &str) -> Option<Date> {
    let [y1, y2, y3, y4, b'-', m1, m2, b'-', d1, d2] = text.as_bytes() else { return None };
    date(two_digits(*y1, *y2)?, two_digits(*y3, *y4)?, two_digits(*m1, *m2)?, two_digits(*d1, *d2)?)
}

fn date(century: u8, year: u8, month: u8, day: u8) -> Option<Date> {
    let year = 100 * i32::from(century) + i32::from(year);
    Date::from_calendar_date(year, Month::try_from(month).ok()?, day).ok()
}

/// Digits beyond the ninth are dropped.
fn parse_fraction(text: &str) -> Option<(u32, &str)> {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (fraction, rest) = split(text, digits)?;
    let nanosecond = fraction.bytes().chain(std::iter::repeat(b'0')).take(9);
    let nanosecond = nanosecond.fold(0, |sum, digit| 10 * sum + u32::from(digit - b'0'));
    (digits > 0).then_some((nanosecond, rest))
}

fn parse_offset(text: &str) -> Option<UtcOffset> {
    match text.as_bytes() {
        [] | [b'Z' | b'z'] => Some(UtcOffset::UTC),
        [sign @ (b'+' | b'-'), h1, h2, b':', m1, m2] => {
            let (hours, minutes) = (two_digits(*h1, *h2)?, two_digits(*m1, *m2)?);
            let seconds = 60 * (60 * i32::from(hours) + i32::from(minutes));
            let in_range = hours < 24 && minutes < 60;
            in_range.then(|| UtcOffset::from_whole_seconds(if *sign == b'-' { -seconds } else { seconds }).ok())?
        }
        _ => None,
    }
}

fn two_digits(tens: u8, ones: u8) -> Option<u8> {
    (tens.is_ascii_digit() && ones.is_ascii_digit()).then(|| 10 * (tens - b'0') + (ones - b'0'))
}

/// `None` where the text is shorter or the place is within a character.
fn split(text: &str, at: usize) -> Option<(&str, &str)> {
    text.split_at_checked(at)
}

#[cfg(test)]
mod tests {
    use super::parse;
    use time::OffsetDateTime;

    fn unix(text: &str) -> Option<i128> {
        parse(text).map(OffsetDateTime::unix_timestamp_nanos)
    }

    #[test]
    fn times_with_fractions_and_offsets_are_read() {
        assert_eq!(unix("1970-01-01T00:00:01Z"), Some(1_000_000_000));
        assert_eq!(unix("1970-01-01T00:00:01.5Z"), Some(1_500_000_000));
        assert_eq!(unix("1970-01-01T00:00:01.123456789Z"), Some(1_123_456_789));
        assert_eq!(unix("1970-01-01T00:00:01.1234567891234Z"), Some(1_123_456_789));
        assert_eq!(unix("1970-01-01T02:00:00+02:00"), Some(0));
        assert_eq!(unix("1969-12-31T23:30:00-00:30"), Some(0));
        assert_eq!(unix("1970-01-01t00:00:00z"), Some(0));
        assert_eq!(unix("1970-01-31T23:59:60Z"), Some(2_678_399_999_999_999));
    }

    #[test]
    fn a_space_and_a_missing_offset_are_read() {
        assert_eq!(unix("1970-01-01 00:00:01Z"), Some(1_000_000_000));
        assert_eq!(unix("1970-01-01 00:00:01"), Some(1_000_000_000));
        assert_eq!(unix("1970-01-01T00:00:01"), Some(1_000_000_000));
    }

    #[test]
    fn a_bare_date_is_midnight_utc() {
        assert_eq!(unix("1970-01-02"), Some(86_400_000_000_000));
        assert_eq!(unix("2024-02-29"), Some(1_709_164_800_000_000_000));
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for text in [
            "",
            "yesterday",
            "2026-02-30",
            "2026-13-01",
            "2026-00-10",
            "10000-01-01",
            "+2026-1-01",
            "2026-01-1a",
            "2026-01-01 10:00",
            "2026-01-01T24:00:00Z",
            "2026-03-01T12:00:60Z",
            "2026-01-01T10:00:00.Z",
            "2026-01-01T10:00:00Zulu",
            "2026-01-01T10:00:00+99:99",
            "2026-01-01T10:00:00+1:00",
            "20é6-1-01",
        ] {
            assert_eq!(unix(text), None, "{text:?}");
        }
    }
}
