//! The columns of tables and of CSV.

use cloudinary_provisioning::catalog::{Field, Kind};
use serde_json::{Map, Value};

use super::cell_text::{self, at};
use super::redact::is_secret;

/// A column of a table or of CSV.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Column {
    pub(super) path: String,
    pub(super) is_time: bool,
}

impl Column {
    pub(super) fn cell(&self, row: &Value, separator: &str) -> String {
        let value = at(row, &self.path);
        if self.is_time { cell_text::time(value) } else { cell_text::text(value, separator) }
    }
}

/// The columns of a record: all of them, or for a table those that fit into a cell.
pub(super) fn columns(kind: Kind, for_table: bool, show_secrets: bool) -> Option<Vec<Column>> {
    let Kind::Record(fields) = kind else { return None };
    let fits = |field: &&Field| {
        let is_secret = matches!(field.kind, Kind::Secret) || is_secret(field.name);
        !for_table || (is_simple(field.kind) && (show_secrets || !is_secret))
    };
    Some(fields.iter().filter(fits).map(|field| column(field.name, kind)).collect())
}

fn is_simple(kind: Kind) -> bool {
    match kind {
        Kind::Object | Kind::Record(_) | Kind::Pairs(..) => false,
        Kind::List(kind) | Kind::Nullable(kind) | Kind::Json(kind) => is_simple(*kind),
        _ => true,
    }
}

pub(super) fn column(path: &str, kind: Kind) -> Column {
    let fields = if let Kind::Record(fields) = kind { fields } else { &[] };
    let is_time = fields.iter().any(|field| field.name == path && matches!(field.kind, Kind::Time));
    Column { path: path.to_owned(), is_time }
}

/// The columns of rows whose shape is not known: every key, in order of appearance.
pub(super) fn found(rows: &[Value]) -> Vec<Column> {
    let mut columns: Vec<Column> = Vec::new();
    for name in rows.iter().filter_map(Value::as_object).flat_map(Map::keys) {
        if !columns.iter().any(|column| column.path == *name) {
            columns.push(Column { path: name.clone(), is_time: false });
        }
    }
    columns
}

/// Keeps as many columns as fit the width, those that people look for first.
pub(super) fn fitting(mut columns: Vec<Column>, rows: &[Value], width: Option<u16>) -> Vec<Column> {
    const FIRST: [&str; 4] = ["id", "name", "email", "role"];

    let Some(width) = width else { return columns };
    if columns.iter().any(|column| FIRST.starts_with(&[column.path.as_str()])) {
        columns.sort_by_key(|column| FIRST.iter().position(|first| *first == column.path).unwrap_or(FIRST.len()));
    }
    let mut left = usize::from(width);
    let mut all_fit = true;
    columns.retain(|column| {
        let cells = rows.iter().map(|row| column.cell(row, ", ").chars().count());
        let needed = cells.chain([column.path.len()]).max().unwrap_or_default() + 2;
        all_fit = all_fit && needed <= left;
        left = left.saturating_sub(needed);
        all_fit
    });
    columns
}

/// Whether the rows have fields that no column shows.
pub(super) fn hides_some(columns: &[Column], rows: &[Value]) -> bool {
    let is_shown = |name: &String| columns.iter().any(|column| column.path == *name);
    let mut fields = rows.iter().filter_map(Value::as_object).flatten();
    fields.any(|(name, value)| !is_shown(name) && !cell_text::text(Some(value), "").is_empty())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_table_has_the_columns_that_fit_and_the_usual_ones_first() {
        let names = ["first_name", "email", "id"];
        let columns = |width| {
            let columns = names.map(|name| column(name, Kind::Object)).to_vec();
            let rows = [json!({"first_name": "Ada", "email": "a@x.org", "id": "u1"})];
            fitting(columns, &rows, width).into_iter().map(|column| column.path).collect::<Vec<_>>()
        };
        assert_eq!(columns(Some(80)), ["id", "email", "first_name"]);
        assert_eq!(columns(Some(14)), ["id", "email"]);
        assert_eq!(columns(None), names);
    }
}
