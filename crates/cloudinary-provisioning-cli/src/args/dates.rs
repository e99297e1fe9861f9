//! Dates of a command line: `2026-01-31`, `90d`, `3w`.

use cloudinary_provisioning::time::format_description::well_known::Iso8601;
use cloudinary_provisioning::time::{Date, Duration, OffsetDateTime};

/// Reads a date, or how many days or weeks it is ago.
pub(crate) fn date(text: &str) -> Result<Date, String> {
    date_at(text, OffsetDateTime::now_utc().date())
}

fn date_at(text: &str, today: Date) -> Result<Date, String> {
    const EXPECTED: &str = "is not a date: expected 2026-01-31, 90d or 3w";

    let days_in = |unit: char| match unit {
        'd' => Some(1),
        'w' => Some(7),
        _ => None,
    };
    if let Some(days) = text.chars().last().and_then(days_in) {
        let count = text.get(..text.len() - 1).filter(|count| count.bytes().all(|byte| byte.is_ascii_digit()));
        let count = count.and_then(|count| count.parse::<i64>().ok()).and_then(|count| count.checked_mul(days));
        let ago = count.filter(|days| *days <= 1_000_000).map(Duration::days);
        return ago.and_then(|ago| today.checked_sub(ago)).ok_or_else(|| EXPECTED.to_owned());
    }
    if text.len() != "2026-01-31".len() || text.contains(|c: char| c != '-' && !c.is_ascii_digit()) {
        return Err(EXPECTED.to_owned());
    }
    Date::parse(text, &Iso8601::DATE).map_err(|_| EXPECTED.to_owned())
}

#[cfg(test)]
mod tests {
    use time::macros::date;

    use super::*;

    #[test]
    fn days_and_weeks_are_counted_back_from_today() {
        let read = |text| date_at(text, date!(2026 - 03 - 31)).ok();
        assert_eq!(read("2026-01-31"), Some(date!(2026 - 01 - 31)));
        assert_eq!(read("90d"), Some(date!(2025 - 12 - 31)));
        assert_eq!(read("3w"), Some(date!(2026 - 03 - 10)));
        assert_eq!(read("0d"), Some(date!(2026 - 03 - 31)));
        for text in
            ["", "d", "-1d", "1y", "2026-02-30", "2026-W05-6", "2026-031", "99999999999999999999w", "1000000w", "+1d"]
        {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
