//! Manifests of users in CSV.

use std::collections::BTreeMap;
use std::ops::Range;

use csv_core::{ReadFieldResult, ReaderBuilder};

use super::columns::{Column, Preset, Status};
use super::encoding::decode;
use super::field::{ALL, ID, NONE};
use super::model::Manifest;
use super::problem::{ManifestError, Problem};
use super::reader;
use super::tree::{Node, NodeValue, Source};
use super::values::ObjectKind;

/// How a CSV is read.
///
/// ```
/// use cloudinary_provisioning_plan::Manifest;
/// use cloudinary_provisioning_plan::manifest::CsvOptions;
///
/// let csv = "Email;Name;Desk\nada@example.com;Ada;17\n";
/// assert!(Manifest::from_csv(csv, &CsvOptions::new()).is_err());
/// let manifest = Manifest::from_csv(csv, &CsvOptions::new().ignore_columns(true))?;
/// assert_eq!(manifest.users[0].name.as_deref(), Some("Ada"));
/// # Ok::<(), cloudinary_provisioning_plan::manifest::ManifestError>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CsvOptions {
    ignore_columns: bool,
    raw: bool,
    preset: Option<Preset>,
}

impl CsvOptions {
    /// Creates the options for a table with this crate's own columns.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets whether columns that are not known are ignored. By default they are an error.
    pub fn ignore_columns(mut self, ignore: bool) -> Self {
        self.ignore_columns = ignore;
        self
    }

    /// Sets whether an apostrophe in front of a formula is part of the cell. By default it is taken off, as it is there to
    /// keep spreadsheets from computing the cell.
    pub fn raw(mut self, raw: bool) -> Self {
        self.raw = raw;
        self
    }

    /// Sets the product whose export this is, which has its own columns.
    pub fn preset(mut self, preset: Preset) -> Self {
        self.preset = Some(preset);
        self
    }
}

impl Manifest {
    /// Reads a manifest of users from CSV.
    ///
    /// The first line that is not empty names the columns, in any case and order: `email`, and any of `name`, `role`,
    /// `enabled`, `environments` (cloud names or ids), `sub_account_ids` (ids) and `groups` (names). In a cell of several,
    /// `;` or `|` stands between them; `all` stands for every product environment. An empty cell leaves the field alone.
    /// The other columns of an export by the command-line tool are known, and not read.
    ///
    /// Cells are separated by commas, semicolons or tabs, whichever finds the most columns, or by what a first line of
    /// `sep=` says. The text is UTF-8 or UTF-16. Rows and columns without any value are skipped, and blanks
    /// around a value are not part of it.
    ///
    /// ```
    /// use cloudinary_provisioning_plan::Manifest;
    /// use cloudinary_provisioning_plan::manifest::{CsvOptions, EnvironmentAccess};
    ///
    /// let csv = "email,environments,groups\nada@example.com,shop;blog,Editors\n";
    /// let manifest = Manifest::from_csv(csv, &CsvOptions::new())?;
    /// let expected = EnvironmentAccess::only(["shop", "blog"]);
    /// assert_eq!(manifest.users[0].environments, Some(expected));
    /// # Ok::<(), cloudinary_provisioning_plan::manifest::ManifestError>(())
    /// ```
    pub fn from_csv(csv: impl AsRef<[u8]>, options: &CsvOptions) -> Result<Self, ManifestError> {
        let text = decode(csv.as_ref())?;
        let source = Source::new(text);
        let mut problems = Vec::new();
        let rows = rows(&source, options, &mut problems);
        let Some((header, rows)) = rows.split_first() else {
            let message = "is empty: the first line names the columns, of which one is `email`";
            return Err(Problem::new(Some(source.position(0)), "", message).into());
        };
        let users = users(&source, options, header, rows, &mut problems);
        reader::read(&users, Some(&source), problems)
    }
}

/// A cell without the blanks around it, and where it stands.
#[derive(Clone, Debug)]
struct Cell {
    text: String,
    span: Range<usize>,
}

impl Cell {
    fn is_blank(&self) -> bool {
        self.text.is_empty()
    }
}

type Row = Vec<Cell>;

/// The rows that are not blank, the one with the names of the columns first.
fn rows(source: &Source<'_>, options: &CsvOptions, problems: &mut Vec<Problem>) -> Vec<Row> {
    let text = source.text();
    let (start, said) = separator_line(text);
    let known = |delimiter: &u8| {
        let header = split(text, start, *delimiter, 1);
        header.iter().flatten().filter(|cell| Column::find(&cell.text, options.preset).is_some()).count()
    };
    // Of several that find as many, the last one is taken.
    let delimiter = said.or(DELIMITERS.into_iter().max_by_key(known)).unwrap_or(b',');
    let rows = split(text, start, delimiter, usize::MAX);
    let last = rows.last().and_then(|row| row.last()).filter(|cell| cell.span.end == text.len());
    if let Some(cell) = last
        && text.get(cell.span.clone()).is_some_and(|text| text.starts_with('"') && text.matches('"').count() % 2 == 1)
    {
        problems.push(at(source, cell, "a quote is opened and never closed"));
    }
    rows
}

/// The users, as tables like those of the other formats.
fn users(
    source: &Source<'_>,
    options: &CsvOptions,
    header: &[Cell],
    rows: &[Row],
    problems: &mut Vec<Problem>,
) -> Node<'static> {
    let columns = columns(source, options, header, problems);
    let user_of = |row: &Row| {
        let mut cells = BTreeMap::new();
        for (number, cell) in row.iter().enumerate().filter(|(_, cell)| !cell.is_blank()) {
            match columns.get(number) {
                Some(Some(column)) => _ = cells.insert(*column, cell),
                Some(None) if header.get(number).is_some_and(|name| !name.is_blank()) => {}
                _ => problems.push(at(source, cell, "is a value in a column without a name")),
            }
        }
        if let (Some(_), Some(ids)) = (cells.get(&Column::Environments), cells.get(&Column::SubAccountIds)) {
            problems.push(at(source, ids, "`environments` and `sub_account_ids` say the same thing: fill one of them"));
        }
        let span = row.first().zip(row.last()).map_or(0..0, |(first, last)| first.span.start..last.span.end);
        user(&cells, options).at(span)
    };
    let users: Vec<_> = rows.iter().map(user_of).collect();
    // Without emails, each row would be a problem of its own.
    let users = if columns.iter().flatten().any(|column| column.identifies()) { users } else { Vec::new() };
    Node::table([(ObjectKind::Users.as_str(), Node::list(users))])
}

fn at(source: &Source<'_>, cell: &Cell, message: impl Into<String>) -> Problem {
    Problem::new(Some(source.position(cell.span.start)), "", message)
}

const DELIMITERS: [u8; 3] = [b'\t', b';', b','];

/// Where the table begins, and the separator that a first line of `sep=` says.
fn separator_line(text: &str) -> (usize, Option<u8>) {
    let line = text.lines().next().unwrap_or_default();
    match line.trim_matches('"').strip_prefix("sep=").map(str::as_bytes) {
        Some([separator]) if *separator == b'\t' || separator.is_ascii_punctuation() => (line.len(), Some(*separator)),
        _ => (0, None),
    }
}

/// The rows from `start` on that are not blank, at most so many.
fn split(text: &str, start: usize, delimiter: u8, limit: usize) -> Vec<Row> {
    let mut reader = ReaderBuilder::new().delimiter(delimiter).build();
    let bytes = text.as_bytes();
    // No cell is longer than the text, or fills this.
    let mut output = vec![0; bytes.len() + 1];
    let (mut rows, mut row) = (Vec::new(), Vec::new());
    let mut at = start;
    while rows.len() < limit {
        if row.is_empty() {
            // Line ends between rows belong to no cell.
            let blank = bytes.get(at..).unwrap_or_default().iter().take_while(|byte| matches!(byte, b'\r' | b'\n'));
            at += blank.count();
        }
        let begin = at;
        let mut length = 0;
        let record_end = loop {
            let (result, read, written) =
                reader.read_field(bytes.get(at..).unwrap_or_default(), output.get_mut(length..).unwrap_or_default());
            at += read;
            length += written;
            match result {
                ReadFieldResult::InputEmpty => {}
                ReadFieldResult::Field { record_end } => break Some(record_end),
                // Full it cannot be.
                ReadFieldResult::OutputFull | ReadFieldResult::End => break None,
            }
        };
        let Some(record_end) = record_end else { break };
        let content = String::from_utf8_lossy(output.get(..length).unwrap_or_default());
        // Blanks of other kinds at an end are a mistake, but where there is nothing else.
        let content = if content.trim().is_empty() { "" } else { content.trim_matches(BLANKS) };
        row.push(Cell { text: content.to_owned(), span: begin..at });
        if record_end {
            let row = std::mem::take(&mut row);
            rows.extend(row.iter().any(|cell| !cell.text.is_empty()).then_some(row));
        }
    }
    rows
}

const BLANKS: [char; 4] = [' ', '\t', '\r', '\n'];

/// What each column holds; `None` where it is not read.
fn columns(
    source: &Source<'_>,
    options: &CsvOptions,
    header: &[Cell],
    problems: &mut Vec<Problem>,
) -> Vec<Option<Column>> {
    let names = || Column::names(options.preset);
    let mut columns = Vec::new();
    for cell in header {
        let column = Column::find(&cell.text, options.preset);
        if column.is_none() && !cell.is_blank() && !options.ignore_columns {
            let problem = at(source, cell, format!("the column {:?} is not known", cell.text));
            problems.push(problem.expected(names(), &cell.text));
        }
        let column = column.filter(|column| column.is_read());
        if column.is_some() && columns.contains(&column) {
            problems.push(at(source, cell, format!("the column {:?} is there twice", cell.text)));
        }
        columns.push(column);
    }
    if !columns.iter().flatten().any(|column| column.identifies()) {
        let position = header.first().map(|cell| source.position(cell.span.start));
        problems.push(Problem::new(position, "", "no column has emails").expected(names(), "email"));
    }
    columns
}

/// A row as the table of a user.
fn user(cells: &BTreeMap<Column, &Cell>, options: &CsvOptions) -> Node<'static> {
    let cell = |column| cells.get(&column).copied();
    let text = |cell: &Cell| Node::text(plain(&cell.text, options).to_owned()).at(cell.span.clone());
    let full_name = || {
        let parts: Vec<_> = [Column::FirstName, Column::LastName].into_iter().filter_map(cell).collect();
        let names: Vec<_> = parts.iter().map(|cell| plain(&cell.text, options)).collect();
        Some(Node::text(names.join(" ")).at(parts.first()?.span.start..parts.last()?.span.end))
    };
    let enabled = || {
        let (cell, enabled) = [(Column::Enabled, None), (Column::Status, options.preset)]
            .into_iter()
            .find_map(|(column, preset)| Some((cell(column)?, preset)))?;
        let status = enabled.map_or_else(|| Status::of_boolean(&cell.text), |preset| preset.status(&cell.text));
        let value = match status {
            Status::Enabled => NodeValue::Boolean(true),
            Status::Disabled => NodeValue::Boolean(false),
            Status::Unknown => NodeValue::Text(cell.text.clone().into()),
        };
        Some(Node::from(value).at(cell.span.clone()))
    };
    let access = |column, prefix: &str| {
        let cell = cell(column)?;
        let word = [ALL, NONE].into_iter().find(|word| cell.text.eq_ignore_ascii_case(word));
        let list = || list(cell, options, |entry| format!("{prefix}{entry}"));
        Some(word.map_or_else(list, |word| Node::text(word).at(cell.span.clone())))
    };
    let entries = [
        ("email", cell(Column::Email).or_else(|| cell(Column::Login)).map(text)),
        ("name", cell(Column::Name).map(text).or_else(full_name)),
        ("role", cell(Column::Role).map(text)),
        ("enabled", enabled()),
        ("environments", access(Column::Environments, "").or_else(|| access(Column::SubAccountIds, ID))),
        ("groups", cell(Column::Groups).map(|cell| list(cell, options, str::to_owned))),
    ];
    Node::table(entries.into_iter().filter_map(|(name, node)| Some((name, node?))))
}

/// The entries of a cell of several. Separators alone, which would be a list of nothing, stay a text, and are refused.
fn list(cell: &Cell, options: &CsvOptions, text: impl Fn(&str) -> String) -> Node<'static> {
    let entries = plain(&cell.text, options)
        .split([';', '|'])
        .map(|entry| entry.trim_matches(BLANKS))
        .filter(|entry| !entry.is_empty());
    let nodes: Vec<_> = entries.map(|entry| Node::text(text(entry)).at(cell.span.clone())).collect();
    let node = if nodes.is_empty() { Node::text(cell.text.clone()) } else { Node::list(nodes) };
    node.at(cell.span.clone())
}

/// A cell without the apostrophe that keeps spreadsheets from computing it.
fn plain<'c>(cell: &'c str, options: &CsvOptions) -> &'c str {
    let guarded = |rest: &&str| rest.trim_start_matches('\'').starts_with(FORMULA);
    cell.strip_prefix('\'').filter(|_| !options.raw).filter(guarded).unwrap_or(cell)
}

/// What spreadsheets take for the beginning of a formula.
const FORMULA: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];
