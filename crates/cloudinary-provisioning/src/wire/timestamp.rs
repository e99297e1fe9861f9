//! Times in responses: RFC 3339 with or without fractions and at any offset, the same with a space or without an offset
//! (which is UTC), or a bare date, which is midnight UTC.

#[cfg(feature = "serialize")]
use time::Date;
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

/// RFC 3339, which [`parse`] reads back as the same instant.
#[cfg(feature = "serialize")]
pub(crate) fn serialize<S: serde::Serializer>(time: &OffsetDateTime, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&time.format(&Rfc3339).map_err(serde::ser::Error::custom)?)
}

#[cfg(feature = "serialize")]
#[expect(clippy::trivially_copy_pass_by_ref, reason = "as the others")]
pub(crate) fn serialize_date<S: serde::Serializer>(date: &Date, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&format_args!("{:04}-{:02}-{:02}", date.year(), u8::from(date.month()), date.day()))
}

/// Reads a time. Only what is not RFC 3339 costs an allocation.
pub(crate) fn parse(text: &str) -> Option<OffsetDateTime> {
    OffsetDateTime::parse(text, &Rfc3339)
        .or_else(|_| OffsetDateTime::parse(&completed(text).unwrap_or_default(), &Rfc3339))
        .ok()
}

/// A time with a space, without an offset, or without a time of the day, as RFC 3339.
fn completed(text: &str) -> Option<String> {
    let (date, time) = text.split_at_checked(10)?;
    let time = match time.strip_prefix(['T', 't', ' ']) {
        Some(time) => time,
        None if time.is_empty() => "00:00:00",
        None => return None,
    };
    let offset = if time.contains(['Z', 'z', '+', '-']) { "" } else { "Z" };
    Some(format!("{date}T{time}{offset}"))
}

/// Whether a text is a date and nothing else: `2026-01-31`.
pub(crate) fn is_date(text: &str) -> bool {
    text.len() == 10 && parse(text).is_some()
}

/// Reads seconds since 1970 with a fraction.
pub(crate) fn from_seconds(seconds: f64) -> Option<OffsetDateTime> {
    #[expect(clippy::cast_possible_truncation, reason = "what is out of range is not a time either")]
    seconds.is_finite().then(|| OffsetDateTime::from_unix_timestamp_nanos((seconds * 1e9) as i128).ok()).flatten()
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
    fn what_is_not_a_time_is_refused() {
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
