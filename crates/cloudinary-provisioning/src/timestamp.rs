//! Times in replies: RFC 3339 with or without fractions, at any offset, or a bare date, which is midnight UTC.

use std::fmt;

use serde::Deserializer;
use serde::de::{Error, Visitor};
use time::format_description::well_known::Rfc3339;
use time::{Date, Month, OffsetDateTime, Time};

/// For `#[serde(deserialize_with)]`: null and a missing field are `None`.
pub(crate) fn option<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<OffsetDateTime>, D::Error> {
    deserializer.deserialize_option(OptionVisitor)
}

/// For `#[serde(serialize_with)]`: RFC 3339, which [`option`] reads back as the same instant.
#[cfg(feature = "serialize")]
#[expect(clippy::ref_option, reason = "serde passes a reference to the field")]
pub(crate) fn serialize<S: serde::Serializer>(time: &Option<OffsetDateTime>, serializer: S) -> Result<S::Ok, S::Error> {
    match time {
        Some(time) => serializer.serialize_some(&time.format(&Rfc3339).map_err(serde::ser::Error::custom)?),
        None => serializer.serialize_none(),
    }
}

fn parse(text: &str) -> Option<OffsetDateTime> {
    if text.len() == 10 {
        return bare_date(text).map(|date| date.with_time(Time::MIDNIGHT).assume_utc());
    }
    OffsetDateTime::parse(text, &Rfc3339).ok()
}

fn bare_date(text: &str) -> Option<Date> {
    let mut parts = text.split('-');
    let mut number = |digits: usize| {
        let part = parts.next()?;
        (part.len() == digits && part.bytes().all(|byte| byte.is_ascii_digit())).then_some(part)
    };
    let year = number(4)?.parse().ok()?;
    let month = Month::try_from(number(2)?.parse::<u8>().ok()?).ok()?;
    let day = number(2)?.parse().ok()?;
    Date::from_calendar_date(year, month, day).ok()
}

struct OptionVisitor;

impl<'de> Visitor<'de> for OptionVisitor {
    type Value = Option<OffsetDateTime>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an RFC 3339 time or a date")
    }

    fn visit_none<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        // The text itself stays out of the message: messages may end up in logs.
        parse(text)
            .map(Some)
            .ok_or_else(|| E::custom("expected an RFC 3339 time (2026-01-31T08:00:00Z) or a date (2026-01-31)"))
    }
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
        assert_eq!(unix("1970-01-01T02:00:00+02:00"), Some(0));
        assert_eq!(unix("1969-12-31T23:30:00-00:30"), Some(0));
        assert_eq!(unix("1970-01-01t00:00:00z"), Some(0));
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
            "2026-01-01T10:00:00",
            "2026-01-01T10:00:00+99:99",
            "20é6-1-01",
        ] {
            assert_eq!(unix(text), None, "{text:?}");
        }
    }
}
