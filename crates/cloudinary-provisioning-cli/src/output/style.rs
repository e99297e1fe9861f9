//! Results on standard output: as a table, JSON, JSON lines or CSV.

use std::collections::BTreeSet;
use std::io::{self, BufWriter, Write};

use cloudinary_provisioning::catalog::{Field, Kind};
use comfy_table::ContentArrangement;
use serde_json::{Map, Value};

use super::cell_text::{self, SEPARATOR, at};
use super::column::{Column, Fitting, column, columns, found, hides_some};
use super::redact::redact;
use super::table::{table, terminal_width};
use crate::args::globals::{Format, Globals};
use crate::terminal::exit::Exit;
use crate::terminal::json::{self, Exact};
use crate::terminal::say::note;
use crate::terminal::shown::shown;
use crate::terminal::stream;

/// How results are written.
#[derive(Clone, Debug)]
pub(crate) struct Style {
    pub(crate) format: Format,
    columns: Vec<String>,
    raw_csv: bool,
    show_secrets: bool,
}

impl Style {
    /// Follows the options; by default, a table on a terminal and JSON elsewhere.
    pub(crate) fn new(globals: &Globals) -> Self {
        let usual = if stream::stdout().is_terminal() { Format::Table } else { Format::Json };
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

    /// Shows secrets, for the response to a create, which no other response repeats.
    pub(crate) fn showing_secrets(mut self) -> Self {
        self.show_secrets = true;
        self
    }

    /// Redacts the secrets of a value unless they are to be shown.
    pub(crate) fn redacted(&self, mut value: Value) -> Value {
        if !self.show_secrets {
            redact(&mut value);
        }
        value
    }

    /// Writes one result.
    pub(crate) fn one(&self, value: Value, kind: Kind, out: impl Write) -> io::Result<()> {
        match (self.format, value) {
            (Format::Csv, value) => {
                let mut list = self.list(kind, out);
                list.push(value)?;
                list.finish()
            }
            (Format::Table, Value::Object(fields)) => self.fields(fields, kind, out),
            (Format::Table | Format::Json, value) => pretty(&self.selected(self.redacted(value)), out),
            (Format::Jsonl, value) => line(&self.selected(self.redacted(value)), out),
        }
    }

    /// Writes a list as it comes. `kind` is that of an item.
    pub(crate) fn list<W: Write>(&self, kind: Kind, out: W) -> List<W> {
        let columns = match self.columns.as_slice() {
            [] => columns(kind, self.format == Format::Table, self.show_secrets),
            names => Some(names.iter().map(|name| column(name, kind)).collect()),
        };
        let mut list = self.list_in(columns, out);
        list.hints = self.columns.is_empty() && stream::stdout().is_terminal();
        list
    }

    /// Refuses columns that a result of this kind does not have.
    pub(crate) fn check(&self, kind: Kind) -> Result<(), Exit> {
        let Kind::Record(fields) = kind else { return Ok(()) };
        self.check_names(&fields.iter().map(|field: &Field| field.name).collect::<Vec<_>>())
    }

    /// Refuses columns that a value does not have, nor any of its items.
    pub(crate) fn check_keys(&self, value: &Value) -> Result<(), Exit> {
        let items = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
        let keys: BTreeSet<_> = items.iter().filter_map(Value::as_object).flat_map(Map::keys).collect();
        // Nothing says what an empty list would hold.
        let known: Vec<_> = keys.into_iter().map(String::as_str).collect();
        if known.is_empty() { Ok(()) } else { self.check_names(&known) }
    }

    fn check_names(&self, known: &[&str]) -> Result<(), Exit> {
        let is_unknown = |name: &&String| !known.contains(&name.split('.').next().unwrap_or_default());
        match self.columns.iter().find(is_unknown) {
            Some(name) => {
                Err(Exit::Usage(format!("--columns: there is no column {name:?}; there are {}", known.join(", "))))
            }
            None => Ok(()),
        }
    }

    /// Writes rows with these columns, or those of them that were asked for, as they come.
    pub(crate) fn rows<W: Write>(&self, usual: &[&str], known: &[&str], out: W) -> Result<List<W>, Exit> {
        self.check_names(known)?;
        let columns = match self.columns.as_slice() {
            [] => usual.iter().copied().map(Column::new).collect(),
            names => names.iter().map(Column::new).collect(),
        };
        Ok(self.list_in(Some(columns), out))
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

    /// Writes a single object, one field per line.
    fn fields(&self, fields: Map<String, Value>, kind: Kind, mut out: impl Write) -> io::Result<()> {
        let value = self.redacted(Value::Object(fields));
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

    /// Keeps the fields that are to be shown.
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
    /// `None` if the shape of an item is unknown.
    columns: Option<Vec<Column>>,
    out: BufWriter<W>,
    count: u64,
    /// Rows that are written at the end, once the columns and their widths are known.
    kept: Vec<Value>,
    header: bool,
    /// Whether to mention fields that no column shows.
    hints: bool,
}

impl<W: Write> List<W> {
    /// Writes an item, or keeps it until all have arrived.
    pub(crate) fn push(&mut self, item: Value) -> io::Result<()> {
        let item = self.style.redacted(item);
        self.count += 1;
        match self.style.format {
            Format::Json => {
                let item = serde_json::to_string_pretty(&Exact(&self.style.selected(item)))?.replace('\n', "\n  ");
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

    /// Writes what is left of a list that is not whole. Nothing is written if there was no item, and a JSON array is left
    /// open.
    pub(crate) fn abandon(mut self) -> io::Result<()> {
        match self.style.format {
            Format::Table | Format::Csv if self.count > 0 => self.finish(),
            Format::Json if self.count > 0 => {
                writeln!(self.out)?;
                self.out.flush()
            }
            _ => self.out.flush(),
        }
    }

    fn csv(&mut self, row: &Value) -> io::Result<()> {
        self.csv_header()?;
        let raw = self.style.raw_csv;
        let cell = |column: &Column| {
            let cell = column.cell(row, SEPARATOR);
            let is_text = match at(row, &column.path) {
                Some(Value::String(text)) => json::marked_number(text).is_none(),
                value => matches!(value, Some(Value::Array(_) | Value::Object(_))),
            };
            if raw || !is_text { cell } else { cell_text::escaped(cell) }
        };
        let record: Vec<_> = self.columns.iter().flatten().map(cell).collect();
        self.csv_record(&record)
    }

    fn csv_header(&mut self) -> io::Result<()> {
        if std::mem::replace(&mut self.header, true) {
            return Ok(());
        }
        let raw = self.style.raw_csv;
        let name = |column: &Column| if raw { column.path.clone() } else { cell_text::escaped(column.path.clone()) };
        let names: Vec<_> = self.columns.iter().flatten().map(name).collect();
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
        let are_named = !self.style.columns.is_empty();
        if !are_named {
            columns.retain(|column| rows.iter().any(|row| !column.cell(row, ", ").is_empty()));
        }
        let hides_some = self.hints && hides_some(&columns, &rows);
        if columns.is_empty() {
            // Items without fields.
            return rows.iter().try_for_each(|row| writeln!(self.out, "{}", shown(&cell_text::text(Some(row), ", "))));
        }
        let Fitting { columns, dropped } = match terminal_width() {
            Some(width) => Fitting::within(width, columns, &rows, are_named),
            None => Fitting::all(columns, &rows),
        };
        if !dropped.is_empty() {
            let dropped = shown(&dropped.join(", "));
            note(format_args!("No room for {dropped}. -o json shows everything, and --columns what you name."));
        } else if hides_some {
            note("There are more fields. -o json shows everything, and --columns what you name.");
        }
        let mut table = table();
        // The cells fit already.
        table.set_content_arrangement(ContentArrangement::Disabled);
        table.set_header(columns.iter().map(|(column, _)| shown(&column.path).to_uppercase()));
        for row in &rows {
            table.add_row(columns.iter().map(|(column, width)| column.cut(row, *width)));
        }
        writeln!(self.out, "{}", table.trim_fmt())
    }
}

fn pretty(value: &Value, mut out: impl Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut out, &Exact(value))?;
    writeln!(out)
}

/// Writes a value in one line.
pub(crate) fn line(value: &Value, mut out: impl Write) -> io::Result<()> {
    serde_json::to_writer(&mut out, &Exact(value))?;
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
    fn csv_of_unknown_shape_has_every_key_as_a_column() {
        let items = [json!({"id": "a"}), json!({"id": "b", "tags": ["x", "y"], "of": {"k": 1}})];
        assert_eq!(written(&style(Format::Csv, &[]), &items), "id,of,tags\na,,\nb,\"{\"\"k\"\":1}\",x|y\n");
    }
}
