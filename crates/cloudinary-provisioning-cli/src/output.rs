//! Results on standard output: as a table, JSON, JSON lines or CSV.

use std::io::{self, BufWriter, IsTerminal, Write};

use cloudinary_provisioning::catalog::{Field, Kind};
use comfy_table::{ContentArrangement, Table, presets};
use serde_json::{Map, Value};

use crate::cells::{self, SEPARATOR, at};
use crate::cli::{Format, Globals};
use crate::mask::{is_secret, mask};
use crate::terminal::{say, shown};

/// How results are written.
#[derive(Clone, Debug)]
pub(crate) struct Style {
    pub(crate) format: Format,
    columns: Vec<String>,
    raw_csv: bool,
    show_secrets: bool,
}

/// A column of a table or of CSV.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Column {
    path: String,
    is_time: bool,
}

impl Style {
    /// As the options say; else a table on a terminal, and JSON elsewhere.
    pub(crate) fn new(globals: &Globals) -> Self {
        let usual = if io::stdout().is_terminal() { Format::Table } else { Format::Json };
        Self::with_default(globals, usual)
    }

    pub(crate) fn with_default(globals: &Globals, usual: Format) -> Self {
        Self {
            format: globals.output.unwrap_or(usual),
            columns: globals.columns.iter().map(|name| name.trim().to_owned()).collect(),
            raw_csv: globals.raw_csv,
            show_secrets: globals.show_secrets,
        }
    }

    /// The same, with secrets shown: for the response to a creation, which holds them this once.
    pub(crate) fn showing_secrets(mut self) -> Self {
        self.show_secrets = true;
        self
    }

    /// The value as it may be printed.
    pub(crate) fn masked(&self, mut value: Value) -> Value {
        if !self.show_secrets {
            mask(&mut value);
        }
        value
    }

    /// Writes one result.
    pub(crate) fn one(&self, value: Value, kind: Kind, out: impl Write) -> io::Result<()> {
        if self.format != Format::Csv {
            self.note_unknown(kind);
        }
        match (self.format, value) {
            (Format::Csv, value) => {
                let mut list = self.list(kind, out);
                list.push(value)?;
                list.finish()
            }
            (Format::Table, Value::Object(fields)) => self.fields(fields, kind, out),
            (Format::Table | Format::Json, value) => pretty(&self.selected(self.masked(value)), out),
            (Format::Jsonl, value) => line(&self.selected(self.masked(value)), out),
        }
    }

    /// Writes a list as it comes. `kind` is that of an item.
    pub(crate) fn list<W: Write>(&self, kind: Kind, out: W) -> List<W> {
        self.note_unknown(kind);
        let columns = match self.columns.as_slice() {
            [] => columns(kind, self.format == Format::Table, self.show_secrets),
            names => Some(names.iter().map(|name| column(name, kind)).collect()),
        };
        let mut list = self.list_in(columns, out);
        list.hints = self.columns.is_empty() && io::stdout().is_terminal();
        list
    }

    /// Says which columns are no fields of the record. The service may have them all the same, so it is no error.
    fn note_unknown(&self, kind: Kind) {
        let Kind::Record(fields) = kind else { return };
        let is_unknown = |name: &&String| {
            let first = name.split('.').next().unwrap_or_default();
            !fields.iter().any(|field| field.name == first)
        };
        for name in self.columns.iter().filter(is_unknown) {
            let names: Vec<_> = fields.iter().map(|field| field.name).collect();
            say(format_args!("There is no documented field {name:?}; the fields are {}.", names.join(", ")));
        }
    }

    /// Writes rows with these columns as they come.
    pub(crate) fn rows<W: Write>(&self, columns: &[&str], out: W) -> List<W> {
        let column = |name: &str| Column { path: name.to_owned(), is_time: false };
        let columns = match self.columns.as_slice() {
            [] => columns.iter().map(|name| column(name)).collect(),
            names => names.iter().map(|name| column(name)).collect(),
        };
        self.list_in(Some(columns), out)
    }

    fn list_in<W: Write>(&self, columns: Option<Vec<Column>>, out: W) -> List<W> {
        List {
            style: self.clone(),
            columns,
            out: BufWriter::new(out),
            count: 0,
            kept: Vec::new(),
            header: false,
            hints: false,
        }
    }

    /// A single object, a field in each line.
    fn fields(&self, fields: Map<String, Value>, kind: Kind, mut out: impl Write) -> io::Result<()> {
        let value = self.masked(Value::Object(fields));
        let columns = match self.columns.as_slice() {
            [] => {
                let mut columns = columns(kind, false, true).unwrap_or_default();
                let others = value.as_object().into_iter().flat_map(Map::keys);
                for name in others {
                    if !columns.iter().any(|column| column.path == *name) {
                        columns.push(column(name, kind));
                    }
                }
                columns
            }
            names => names.iter().map(|name| column(name, kind)).collect(),
        };
        let mut table = table();
        for column in columns {
            let cell = column.cell(&value, ", ");
            if !cell.is_empty() {
                table.add_row([shown(&column.path), shown(&cell)]);
            }
        }
        writeln!(out, "{}", table.trim_fmt())
    }

    /// Those of the fields that are to be shown.
    fn selected(&self, value: Value) -> Value {
        if self.columns.is_empty() || !value.is_object() {
            return value;
        }
        let field = |name: &String| (name.clone(), at(&value, name).cloned().unwrap_or_default());
        Value::Object(self.columns.iter().map(field).collect())
    }
}

/// A list that is being written.
pub(crate) struct List<W: Write> {
    style: Style,
    /// Unknown where the shape of an item is.
    columns: Option<Vec<Column>>,
    out: BufWriter<W>,
    count: u64,
    /// Rows that are written at the end, once the columns and their widths are known.
    kept: Vec<Value>,
    header: bool,
    /// Whether to say that there are more fields than columns.
    hints: bool,
}

impl<W: Write> List<W> {
    /// Writes an item, or keeps it until all are known.
    pub(crate) fn push(&mut self, item: Value) -> io::Result<()> {
        let item = self.style.masked(item);
        self.count += 1;
        match self.style.format {
            Format::Json => {
                let item = serde_json::to_string_pretty(&self.style.selected(item))?.replace('\n', "\n  ");
                write!(self.out, "{}\n  {item}", if self.count == 1 { "[" } else { "," })
            }
            Format::Jsonl => {
                line(&self.style.selected(item), &mut self.out)?;
                self.out.flush()
            }
            Format::Csv if self.columns.is_some() => self.csv(&item),
            Format::Table | Format::Csv => {
                self.kept.push(item);
                Ok(())
            }
        }
    }

    /// Writes what is left.
    pub(crate) fn finish(mut self) -> io::Result<()> {
        match self.style.format {
            Format::Json if self.count == 0 => writeln!(self.out, "[]")?,
            Format::Json => writeln!(self.out, "\n]")?,
            Format::Jsonl => {}
            Format::Csv => {
                let kept = std::mem::take(&mut self.kept);
                if self.columns.is_none() {
                    self.columns = Some(found(&kept));
                }
                kept.iter().try_for_each(|row| self.csv(row))?;
                self.csv_header()?;
            }
            Format::Table => self.table()?,
        }
        self.out.flush()
    }

    fn csv(&mut self, row: &Value) -> io::Result<()> {
        self.csv_header()?;
        let raw = self.style.raw_csv;
        let cell = |column: &Column| {
            let cell = column.cell(row, SEPARATOR);
            let is_text = matches!(at(row, &column.path), Some(Value::String(_) | Value::Array(_) | Value::Object(_)));
            if raw || !is_text { cell } else { cells::escaped(cell) }
        };
        let record: Vec<_> = self.columns.iter().flatten().map(cell).collect();
        self.csv_record(&record)
    }

    fn csv_header(&mut self) -> io::Result<()> {
        if std::mem::replace(&mut self.header, true) {
            return Ok(());
        }
        let names: Vec<_> = self.columns.iter().flatten().map(|column| column.path.clone()).collect();
        self.csv_record(&names)
    }

    fn csv_record(&mut self, record: &[String]) -> io::Result<()> {
        if record.is_empty() {
            return Ok(());
        }
        let mut csv = csv::Writer::from_writer(&mut self.out);
        csv.write_record(record).map_err(io::Error::from)?;
        csv.flush()
    }

    fn table(&mut self) -> io::Result<()> {
        let rows = std::mem::take(&mut self.kept);
        if rows.is_empty() {
            return writeln!(self.out, "None.");
        }
        let mut columns = self.columns.take().unwrap_or_else(|| found(&rows));
        if self.style.columns.is_empty() {
            columns.retain(|column| rows.iter().any(|row| !column.cell(row, ", ").is_empty()));
            columns = fitting(columns, &rows, terminal_width());
            if self.hints && hides_some(&columns, &rows) {
                say("There are more fields: -o json shows them all, and --columns those that you name.");
            }
        }
        if columns.is_empty() {
            // Items without fields.
            return rows.iter().try_for_each(|row| writeln!(self.out, "{}", shown(&cells::text(Some(row), ", "))));
        }
        let mut table = table();
        table.set_header(columns.iter().map(|column| shown(&column.path).to_uppercase()));
        for row in &rows {
            table.add_row(columns.iter().map(|column| shown(&column.cell(row, ", "))));
        }
        writeln!(self.out, "{}", table.trim_fmt())
    }
}

impl Column {
    fn cell(&self, row: &Value, separator: &str) -> String {
        let value = at(row, &self.path);
        if self.is_time { cells::time(value) } else { cells::text(value, separator) }
    }
}

/// The columns of a record: all of them, or for a table those that fit into a cell.
fn columns(kind: Kind, for_table: bool, show_secrets: bool) -> Option<Vec<Column>> {
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

fn column(path: &str, kind: Kind) -> Column {
    let fields = if let Kind::Record(fields) = kind { fields } else { &[] };
    let is_time = fields.iter().any(|field| field.name == path && matches!(field.kind, Kind::Time));
    Column { path: path.to_owned(), is_time }
}

/// The columns of rows whose shape is not known: every key, in the order in which they come.
fn found(rows: &[Value]) -> Vec<Column> {
    let mut columns: Vec<Column> = Vec::new();
    for name in rows.iter().filter_map(Value::as_object).flat_map(Map::keys) {
        if !columns.iter().any(|column| column.path == *name) {
            columns.push(Column { path: name.clone(), is_time: false });
        }
    }
    columns
}

/// As many columns as fit beside one another, what people look for first.
fn fitting(mut columns: Vec<Column>, rows: &[Value], width: Option<u16>) -> Vec<Column> {
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
fn hides_some(columns: &[Column], rows: &[Value]) -> bool {
    let is_shown = |name: &String| columns.iter().any(|column| column.path == *name);
    let mut fields = rows.iter().filter_map(Value::as_object).flatten();
    fields.any(|(name, value)| !is_shown(name) && !cells::text(Some(value), "").is_empty())
}

/// How wide the terminal is, if the output goes to one.
fn terminal_width() -> Option<u16> {
    let (width, _) = terminal_size::terminal_size().filter(|_| io::stdout().is_terminal())?;
    Some(width.0)
}

fn table() -> Table {
    let mut table = Table::new();
    table.load_preset(presets::NOTHING).set_content_arrangement(ContentArrangement::Dynamic);
    // Without a terminal, lines are as long as they need to be.
    if let Some(width) = terminal_width() {
        table.set_width(width);
    }
    table
}

fn pretty(value: &Value, mut out: impl Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut out, value)?;
    writeln!(out)
}

/// Writes a value in one line.
pub(crate) fn line(value: &Value, mut out: impl Write) -> io::Result<()> {
    serde_json::to_writer(&mut out, value)?;
    writeln!(out)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn style(format: Format, columns: &[&str]) -> Style {
        let columns = columns.iter().map(|name| (*name).to_owned()).collect();
        Style { format, columns, raw_csv: false, show_secrets: false }
    }

    fn written(style: &Style, items: &[Value]) -> String {
        let mut out = Vec::new();
        let mut list = style.list(Kind::Object, &mut out);
        for item in items {
            list.push(item.clone()).unwrap();
        }
        list.finish().unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_list_is_one_json_array() {
        let items = [json!({"id": "a"}), json!({"id": "b", "api_secret": "s"})];
        let text = written(&style(Format::Json, &[]), &items);
        let read: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(read, json!([{"id": "a"}, {"id": "b", "api_secret": "********"}]));
        assert_eq!(written(&style(Format::Json, &[]), &[]), "[]\n");
    }

    #[test]
    fn columns_choose_fields_in_every_format() {
        let items = [json!({"id": "a", "of": {"id": 7}, "name": "=1"})];
        let columns = ["of.id", "name"];
        assert_eq!(written(&style(Format::Jsonl, &columns), &items), "{\"name\":\"=1\",\"of.id\":7}\n");
        assert_eq!(written(&style(Format::Csv, &columns), &items), "of.id,name\n7,'=1\n");
        assert_eq!(written(&style(Format::Table, &columns), &items), " OF.ID  NAME\n 7      =1\n");
    }

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

    #[test]
    fn csv_of_unknown_shape_has_every_key_as_a_column() {
        let items = [json!({"id": "a"}), json!({"id": "b", "tags": ["x", "y"], "of": {"k": 1}})];
        assert_eq!(written(&style(Format::Csv, &[]), &items), "id,of,tags\na,,\nb,\"{\"\"k\"\":1}\",x|y\n");
    }
}
