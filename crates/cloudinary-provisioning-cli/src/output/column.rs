//! The columns of tables and of CSV.

use cloudinary_provisioning::catalog::{Field, Kind};
use serde_json::{Map, Value};

use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use super::cell_text::{self, at};
use super::redact::is_secret;
use crate::terminal::shown::shown;

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
            columns.push(Column::new(name));
        }
    }
    columns
}

/// The columns of a table, with their widths, and those for which there is no room.
#[derive(Debug, Default)]
pub(super) struct Fitting {
    pub(super) columns: Vec<(Column, usize)>,
    pub(super) dropped: Vec<String>,
}

impl Fitting {
    /// Gives every column the width that it needs.
    pub(super) fn all(columns: Vec<Column>, rows: &[Value]) -> Self {
        let columns = columns.into_iter().map(|column| {
            let width = column.width(rows);
            (column, width)
        });
        Self { columns: columns.collect(), dropped: Vec::new() }
    }

    /// Keeps as many columns as fit, those that people look for first. If these were named, it keeps all of them. Cells
    /// are cut where there is not room for all of them as they are.
    pub(super) fn within(width: u16, columns: Vec<Column>, rows: &[Value], are_named: bool) -> Self {
        /// What people look for first.
        const FIRST: [&str; 9] =
            ["email", "name", "id", "api_key", "cloud_name", "role", "enabled", "principal", "environment"];

        // Each has a blank on both sides, of which the last one does not count.
        let room = usize::from(width) + 1;
        let mut all = Self::all(columns, rows);
        let rank = |column: &Column| FIRST.iter().position(|first| *first == column.path).unwrap_or(FIRST.len());
        // Rows of the tool's own come in a good order.
        if !are_named && all.columns.iter().any(|(column, _)| rank(column) <= 2) {
            all.columns.sort_by_key(|(column, _)| rank(column));
        }
        if all.columns.iter().map(|(_, width)| width + GAP).sum::<usize>() <= room {
            return all;
        }
        let mut fitting = Self::default();
        let mut left = room;
        let (keys, others): (Vec<_>, Vec<_>) =
            all.columns.into_iter().partition(|(column, _)| are_named || rank(column) < FIRST.len());
        let mut wanted = Vec::new();
        for columns in [keys, others] {
            for (column, width) in columns {
                let least = column.least(width);
                if least + GAP > left && !are_named {
                    fitting.dropped.push(column.path);
                    continue;
                }
                left = left.saturating_sub(least + GAP);
                fitting.columns.push((column, least));
                wanted.push(width);
            }
            // What names somebody is whole before anything else has a column.
            fitting.widen(&wanted, &mut left, |column| {
                column.is_id() || ["email", "principal"].contains(&column.path.as_str())
            });
        }
        fitting.widen(&wanted, &mut left, |_| true);
        fitting
    }

    /// Gives columns what they want, as far as there is something left.
    fn widen(&mut self, wanted: &[usize], left: &mut usize, which: impl Fn(&Column) -> bool) {
        for ((column, width), wanted) in self.columns.iter_mut().zip(wanted) {
            let more = if which(column) { wanted.saturating_sub(*width).min(*left) } else { 0 };
            *width += more;
            *left -= more;
        }
    }
}

/// The blanks around a column.
const GAP: usize = 2;

impl Column {
    pub(super) fn new(path: impl Into<String>) -> Self {
        Self { path: path.into(), is_time: false }
    }

    /// The text of a cell in a table.
    pub(super) fn shown(&self, row: &Value) -> String {
        shown(&self.cell(row, ", "))
    }

    /// The text of a cell in a table, cut to a width: ids in the middle, other texts at their end.
    pub(super) fn cut(&self, row: &Value, width: usize) -> String {
        let text = self.shown(row);
        if text.width() <= width {
            return text;
        }
        let tail = if self.is_id() { width.saturating_sub(1) / 2 } else { 0 };
        let head = width.saturating_sub(1 + tail);
        let end: Vec<_> = up_to(tail, text.chars().rev()).collect();
        up_to(head, text.chars()).chain(['…']).chain(end.into_iter().rev()).collect()
    }

    fn is_id(&self) -> bool {
        self.path == "id" || self.path.ends_with("_id")
    }

    fn width(&self, rows: &[Value]) -> usize {
        let cells = rows.iter().map(|row| self.shown(row).width());
        cells.chain([shown(&self.path).width()]).max().unwrap_or_default()
    }

    /// The width to which cells may be cut.
    fn least(&self, width: usize) -> usize {
        let cut = if self.is_id() { 11 } else { 32 };
        width.min(cut).max(self.path.width())
    }
}

/// The characters that fit this width.
fn up_to(width: usize, text: impl Iterator<Item = char>) -> impl Iterator<Item = char> {
    text.scan(0, |used, c| {
        *used += c.width().unwrap_or_default();
        Some((*used, c))
    })
    .take_while(move |(used, _)| *used <= width)
    .map(|(_, c)| c)
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

    fn fitted(width: u16, names: &[&str], row: Value, are_named: bool) -> (Vec<String>, Vec<String>) {
        let rows = [row];
        let columns = names.iter().map(|name| Column::new(*name)).collect();
        let fitting = Fitting::within(width, columns, &rows, are_named);
        (fitting.columns.iter().map(|(column, width)| column.cut(&rows[0], *width)).collect(), fitting.dropped)
    }

    #[test]
    fn the_columns_that_matter_stay_and_the_others_are_named() {
        let names = ["id", "first_name", "email", "created_at"];
        let row =
            json!({"id": "0123456789abcdef", "first_name": "Ada", "email": "a@x.org", "created_at": "2026-01-01"});
        let (cells, dropped) = fitted(80, &names, row.clone(), false);
        assert_eq!(
            (cells, dropped.len()),
            (vec!["a@x.org".into(), "0123456789abcdef".into(), "Ada".into(), "2026-01-01".into()], 0)
        );
        let (cells, dropped) = fitted(40, &names, row.clone(), false);
        assert_eq!(
            (cells, dropped),
            (vec!["a@x.org".into(), "0123456789abcdef".into(), "Ada".into()], vec!["created_at".into()])
        );
        let (cells, dropped) = fitted(21, &names, row.clone(), false);
        assert_eq!(
            (cells, dropped),
            (vec!["a@x.org".into(), "01234…bcdef".into()], vec!["first_name".into(), "created_at".into()])
        );
        let (cells, dropped) = fitted(20, &["id", "email"], row, true);
        assert_eq!(
            (cells, dropped),
            (vec!["01234…bcdef".into(), "a@x.org".into()], Vec::new()),
            "named ones stay, in their order"
        );
    }

    #[test]
    fn who_it_is_about_stays_where_hardly_anything_fits() {
        let names = ["principal", "environment", "role", "through"];
        let row = json!({"principal": "ada@example.com", "environment": "all", "role": "billing", "through": "user"});
        let (cells, dropped) = fitted(30, &names, row, false);
        assert_eq!((cells[0].as_str(), dropped), ("ada@example.com", vec!["role".to_owned(), "through".to_owned()]));
    }

    #[test]
    fn a_long_text_is_cut_at_its_end_by_what_a_terminal_shows() {
        let row = json!({"name": "名".repeat(30), "description": "x".repeat(50)});
        let (cells, _) = fitted(80, &["name", "description"], row, false);
        assert_eq!(cells, [format!("{}…", "名".repeat(22)), format!("{}…", "x".repeat(31))]);
    }
}
