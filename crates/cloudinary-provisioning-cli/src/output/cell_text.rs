//! JSON values as the text of cells, in tables and in CSV.

use cloudinary_provisioning::time::OffsetDateTime;
use cloudinary_provisioning::time::format_description::well_known::Rfc3339;
use serde_json::Value;

use crate::terminal::json::{self, Exact};

/// Separates the entries of a list in a CSV cell.
pub(crate) const SEPARATOR: &str = "|";

/// The value at this path of a row: `id`, `principal.id`.
pub(crate) fn at<'v>(row: &'v Value, path: &str) -> Option<&'v Value> {
    row.get(path).or_else(|| path.split('.').try_fold(row, |value, name| value.get(name)))
}

/// A value as the text of one cell.
pub(crate) fn text(value: Option<&Value>, separator: &str) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => json::marked_number(text).unwrap_or(text).to_owned(),
        Some(Value::Array(list)) if list.iter().all(|entry| !entry.is_object() && !entry.is_array()) => {
            list.iter().map(|entry| text(Some(entry), separator)).collect::<Vec<_>>().join(separator)
        }
        Some(value) => serde_json::to_string(&Exact(value)).unwrap_or_default(),
    }
}

/// A point in time as RFC 3339; some operations send seconds since 1970.
pub(crate) fn time(value: Option<&Value>) -> String {
    let moment = value.and_then(Value::as_i64).and_then(|seconds| OffsetDateTime::from_unix_timestamp(seconds).ok());
    moment.map_or_else(|| text(value, " "), rfc3339)
}

/// Formats a time as RFC 3339; as nothing for a year beyond 9999, which has no such form.
pub(crate) fn rfc3339(moment: OffsetDateTime) -> String {
    moment.format(&Rfc3339).unwrap_or_default()
}

/// The characters with which a spreadsheet lets a formula begin, or that it skips in front of one.
const FORMULA: [char; 12] = ['=', '+', '-', '@', '\t', '\r', '\n', '\0', '＝', '＋', '－', '＠'];

/// Puts an apostrophe in front of a cell that a spreadsheet would read as a formula.
pub(crate) fn escaped(cell: String) -> String {
    if is_formula(&cell) { format!("'{cell}") } else { cell }
}

/// Looks behind apostrophes too, so that escaping can be undone.
fn is_formula(cell: &str) -> bool {
    cell.trim_start_matches('\'').starts_with(FORMULA)
}

#[cfg(test)]
mod tests {
    use cloudinary_provisioning_plan::Manifest;
    use cloudinary_provisioning_plan::manifest::CsvOptions;
    use serde_json::json;

    use super::*;

    #[test]
    fn escaping_leaves_no_formula_and_is_undone_where_a_table_is_read() {
        for cell in [
            "=1+1", "+1", "-1", "@x", "\tx", "\rx", "\nx", "\0=1", "＝1", "＋1", "－1", "＠x", "'=1", "''=1",
            "'quoted'", "", "plain", "a=b",
        ] {
            let escaped = escaped(cell.to_owned());
            assert!(!escaped.starts_with(FORMULA), "{escaped}");
            // A manifest has no name with a control character.
            if !cell.contains(char::is_control) {
                let csv = format!("email,name\na@x.org,{escaped}\n");
                let manifest = Manifest::from_csv(csv, &CsvOptions::new()).unwrap();
                assert_eq!(manifest.users[0].name.as_deref().unwrap_or_default(), cell);
            }
        }
    }

    #[test]
    fn a_path_leads_into_an_object_and_a_name_with_a_dot_is_a_name() {
        let row = json!({"a": {"b": 1}, "a.c": 2});
        assert_eq!(at(&row, "a.b"), Some(&json!(1)));
        assert_eq!(at(&row, "a.c"), Some(&json!(2)));
        assert_eq!(at(&row, "a.d"), None);
    }

    #[test]
    fn seconds_become_a_time() {
        assert_eq!(time(Some(&json!(1_719_475_216))), "2024-06-27T08:00:16Z");
        assert_eq!(time(Some(&json!("2024-06-27"))), "2024-06-27");
        assert_eq!(time(None), "");
    }
}
