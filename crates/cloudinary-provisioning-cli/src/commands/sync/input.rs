//! The wanted users, read from JSON or CSV.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::Path;

use cloudinary_provisioning::SubAccountId;
use cloudinary_provisioning::users::Role;
use serde::{Deserialize, Serialize};

use super::environments::Environments;
use crate::output::cell_text::{SEPARATOR, unescaped};
use crate::output::csv_format::{ALL, INFORMATION, NONE, WANTED};
use crate::terminal::exit::Exit;
use crate::terminal::input;

const SAMPLE: &str = include_str!("sample.json");

/// What a user is wanted to be. What is `None` stays as it is.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Wanted {
    pub(crate) email: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) role: Option<Role>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) enabled: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) sub_account_ids: Option<Environments>,
}

/// What emails are compared by.
pub(crate) fn key(email: &str) -> String {
    email.trim().to_lowercase()
}

/// Reads a file, or the sample where none is given. `raw` CSV has no cells that were escaped for spreadsheets.
pub(crate) fn read(file: Option<&Path>, raw: bool) -> Result<Vec<Wanted>, Exit> {
    let Some(path) = file else {
        return parse_json(SAMPLE).map_err(Exit::usage);
    };
    let text = input::read(path)?;
    let is_csv = path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("csv"));
    let users = if is_csv { parse_csv(&text, raw) } else { parse_json(&text) };
    users.map_err(|error| Exit::Usage(format!("{}: {error}", path.display())))
}

/// What is wrong with the input, and where.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {what}")]
pub(crate) struct InputError {
    place: Place,
    what: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    /// The whole of it.
    File,
    /// An element of the JSON array, from 1.
    Entry(usize),
    /// A line of CSV, from 1.
    Line(u64),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File => f.write_str("not a list of users"),
            Self::Entry(number) => write!(f, "entry {number}"),
            Self::Line(number) => write!(f, "line {number}"),
        }
    }
}

impl Place {
    fn error(self, what: impl fmt::Display) -> InputError {
        InputError { place: self, what: what.to_string() }
    }
}

fn parse_json(text: &str) -> Result<Vec<Wanted>, InputError> {
    let mut json = serde_json::Deserializer::from_str(text);
    let users: Vec<Wanted> = serde_path_to_error::deserialize(&mut json).map_err(|error| json_error(&error))?;
    json.end().map_err(|error| Place::File.error(error))?;
    check((1..).map(Place::Entry).zip(users).collect())
}

/// The path of the error is `[2].enabled`: the entry, and the field if it is about one.
fn json_error(error: &serde_path_to_error::Error<serde_json::Error>) -> InputError {
    use serde_path_to_error::Segment;

    let mut place = Place::File;
    let mut field = None;
    for segment in error.path() {
        match segment {
            Segment::Seq { index } if place == Place::File => place = Place::Entry(index + 1),
            Segment::Map { key } => field = Some(key),
            _ => {}
        }
    }
    match field {
        Some(field) => place.error(format_args!("`{field}`: {}", error.inner())),
        None => place.error(error.inner()),
    }
}

fn parse_csv(text: &str, raw: bool) -> Result<Vec<Wanted>, InputError> {
    if let Some(line) = open_quote(text) {
        return Err(Place::Line(line).error("a quote is opened and never closed"));
    }
    let mut reader = csv::Reader::from_reader(text.as_bytes());
    let columns = reader.headers().map_err(|error| csv_error(&error))?.clone();
    check_columns(&columns)?;
    let users = reader.records().map(|record| {
        let record = record.map_err(|error| csv_error(&error))?;
        let line = Place::Line(record.position().map_or(0, csv::Position::line));
        Ok((line, parse_record(line, &columns, &record, raw)?))
    });
    check(users.collect::<Result<_, _>>()?)
}

fn check_columns(columns: &csv::StringRecord) -> Result<(), InputError> {
    let first = Place::Line(1);
    let mut seen = BTreeSet::new();
    for column in columns {
        if !WANTED.contains(&column) && !INFORMATION.contains(&column) {
            return Err(first.error(format_args!("unknown column `{column}`, expected one of {}", WANTED.join(", "))));
        }
        if !seen.insert(column) {
            return Err(first.error(format_args!("the column `{column}` is there twice")));
        }
    }
    if seen.contains("email") { Ok(()) } else { Err(first.error("the column `email` is missing")) }
}

/// The line of a quote that is open at the end of the text, in which the rest of the file would be one cell.
fn open_quote(text: &str) -> Option<u64> {
    let (mut line, mut opened, mut at_start) = (1, None, true);
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match (c, opened) {
            ('"', Some(_)) if chars.peek() == Some(&'"') => drop(chars.next()),
            ('"', Some(_)) => opened = None,
            ('"', None) if at_start => opened = Some(line),
            _ => {}
        }
        at_start = opened.is_none() && matches!(c, ',' | '\n' | '\r');
        line += u64::from(c == '\n');
    }
    opened
}

fn parse_record(
    line: Place,
    columns: &csv::StringRecord,
    record: &csv::StringRecord,
    raw: bool,
) -> Result<Wanted, InputError> {
    let mut user = Wanted::default();
    for (column, cell) in columns.iter().zip(record).filter(|(_, cell)| !cell.is_empty()) {
        let cell = if raw { cell } else { unescaped(cell) };
        match column {
            "email" => cell.clone_into(&mut user.email),
            "name" => user.name = Some(cell.to_owned()),
            "role" => user.role = Some(cell.trim().into()),
            "enabled" => user.enabled = Some(parse_bool(line, cell.trim())?),
            "sub_account_ids" => user.sub_account_ids = parse_environments(line, cell.trim())?,
            _ => {}
        }
    }
    Ok(user)
}

/// In any case: spreadsheets write `TRUE`.
fn parse_bool(line: Place, cell: &str) -> Result<bool, InputError> {
    let wrong = |_| line.error(format_args!("`enabled`: {cell:?} is neither `true` nor `false`"));
    cell.to_ascii_lowercase().parse().map_err(wrong)
}

fn parse_environments(line: Place, cell: &str) -> Result<Option<Environments>, InputError> {
    let part = |id: &str| match id.trim() {
        "" => Err(line.error(format_args!("`sub_account_ids`: {cell:?} has an empty part"))),
        id @ (ALL | NONE) => Err(line.error(format_args!("`sub_account_ids`: `{id}` stands alone"))),
        id => Ok(SubAccountId::from(id)),
    };
    match cell {
        // Blanks are no more than an empty cell.
        "" => Ok(None),
        ALL => Ok(Some(Environments::All)),
        NONE => Ok(Some(Environments::None)),
        ids => {
            ids.split(SEPARATOR).map(part).collect::<Result<BTreeSet<_>, _>>().map(|ids| Some(Environments::Only(ids)))
        }
    }
}

fn csv_error(error: &csv::Error) -> InputError {
    let line = error.position().map_or(Place::File, |position| Place::Line(position.line()));
    match error.kind() {
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            line.error(format_args!("{len} cells, where the first line has {expected_len}"))
        }
        _ => line.error(error),
    }
}

/// Everybody needs an email, and nobody may have another's. Blanks around them do not count.
fn check(mut users: Vec<(Place, Wanted)>) -> Result<Vec<Wanted>, InputError> {
    for (_, user) in &mut users {
        user.email = user.email.trim().to_owned();
    }
    let mut seen = BTreeMap::new();
    for (place, user) in &users {
        if user.email.is_empty() {
            return Err(place.error("`email` is empty"));
        }
        if let Some(first) = seen.insert(key(&user.email), place) {
            return Err(place.error(format_args!("`email`: {} is in {first} already", user.email)));
        }
    }
    Ok(users.into_iter().map(|(_, user)| user).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn json(text: &str) -> Result<Vec<Wanted>, String> {
        parse_json(text).map_err(|error| error.to_string())
    }

    fn csv(text: &str) -> Result<Vec<Wanted>, String> {
        parse_csv(text, false).map_err(|error| error.to_string())
    }

    fn email(email: &str) -> Wanted {
        Wanted { email: email.to_owned(), ..Wanted::default() }
    }

    #[test]
    fn the_sample_is_valid() {
        assert!(json(SAMPLE).is_ok_and(|users| users.len() > 5));
    }

    #[test]
    fn json_and_csv_say_the_same() {
        let from_json = json(
            r#"[{"email": "a@x.org", "name": "A, the \"first\"", "role": "space_admin", "enabled": false,
                 "sub_account_ids": ["s2", "s1"]},
                {"email": "b@x.org", "name": null, "sub_account_ids": "none"},
                {"email": "c@x.org", "sub_account_ids": "all"}]"#,
        );
        let from_csv = csv("name,email,enabled,role,sub_account_ids\n\
                            \"A, the \"\"first\"\"\",a@x.org,FALSE,space_admin,s1|s2\n\
                            ,b@x.org,,,none\n\
                            ,\" c@x.org \",,, all \n");
        assert_eq!(from_json, from_csv);
        let users = from_json.unwrap();
        assert_eq!(users[0].role, Some(Role::from("space_admin")));
        assert_eq!(users[0].sub_account_ids, Some(Environments::Only(BTreeSet::from(["s1".into(), "s2".into()]))));
        assert_eq!(users[1], Wanted { sub_account_ids: Some(Environments::None), ..email("b@x.org") });
        assert_eq!(users[2], Wanted { sub_account_ids: Some(Environments::All), ..email("c@x.org") });
    }

    #[test]
    fn blanks_around_emails_and_ids_do_not_count() {
        let users = csv("email,sub_account_ids\n\" a@x.org\t\", s1 | s2 \nb@x.org,  \n").unwrap();
        assert_eq!(users[0].email, "a@x.org");
        assert_eq!(users[0].sub_account_ids, Some(Environments::Only(BTreeSet::from(["s1".into(), "s2".into()]))));
        assert_eq!(users[1].sub_account_ids, None);
        assert_eq!(json(r#"[{"email": " a@x.org "}]"#), Ok(vec![email("a@x.org")]));
    }

    #[test]
    fn a_cell_that_was_escaped_for_a_spreadsheet_is_what_it_was() {
        let csv = "email,name\na@x.org,'=1+1\n";
        assert_eq!(parse_csv(csv, false).unwrap()[0].name.as_deref(), Some("=1+1"));
        assert_eq!(parse_csv(csv, true).unwrap()[0].name.as_deref(), Some("'=1+1"));
    }

    #[test]
    fn columns_for_information_are_ignored() {
        assert_eq!(csv("id,email,groups,created_at\nu1,a@x.org,Editors,never\n"), Ok(vec![email("a@x.org")]));
    }

    #[test]
    fn an_error_names_the_entry_and_the_field() {
        let error = |text| json(text).unwrap_err();
        assert_eq!(
            error(r#"[{"email": "a@x.org"}, {"email": "b@x.org", "rol": "admin"}]"#),
            "entry 2: `rol`: unknown field `rol`, expected one of `email`, `name`, `role`, `enabled`, `sub_account_ids` at line 1 column 49",
        );
        assert_eq!(
            error(r#"[{"email": "a@x.org", "enabled": "yes"}]"#),
            "entry 1: `enabled`: invalid type: string \"yes\", expected a boolean at line 1 column 38",
        );
        assert_eq!(
            error(r#"[{"email": "a@x.org", "sub_account_ids": ["s1", 2]}]"#),
            "entry 1: `sub_account_ids`: invalid type: integer `2`, expected a string at line 1 column 49",
        );
        assert_eq!(
            error(r#"[{"email": "a@x.org", "sub_account_ids": []}]"#),
            "entry 1: `sub_account_ids`: an empty list would grant access to all product environments; write \"all\" to mean that, or \"none\" at line 1 column 43",
        );
        assert_eq!(
            error(r#"[{"email": "a@x.org", "sub_account_ids": ["s1", " "]}]"#),
            "entry 1: `sub_account_ids`: an id is empty at line 1 column 52",
        );
        assert_eq!(error(r#"[{"name": "A"}]"#), "entry 1: missing field `email` at line 1 column 14");
        assert_eq!(error(r#"[{"email": " "}]"#), "entry 1: `email` is empty");
        assert!(error(r#"{"users": []}"#).starts_with("not a list of users: invalid type: map, expected a sequence"));
        assert!(error("[] []").starts_with("not a list of users: trailing characters"));
    }

    #[test]
    fn an_error_names_the_line_and_the_column() {
        let error = |text| csv(text).unwrap_err();
        assert_eq!(
            error("email,rol\na@x.org,admin\n"),
            "line 1: unknown column `rol`, expected one of email, name, role, enabled, sub_account_ids",
        );
        assert_eq!(error("email,email\n"), "line 1: the column `email` is there twice");
        assert_eq!(error("name\nA\n"), "line 1: the column `email` is missing");
        assert_eq!(error(""), "line 1: the column `email` is missing");
        assert_eq!(
            error("email,enabled\na@x.org,true\nb@x.org,yes\n"),
            "line 3: `enabled`: \"yes\" is neither `true` nor `false`",
        );
        assert_eq!(error("email,name\na@x.org\n"), "line 2: 1 cells, where the first line has 2");
        assert_eq!(error("email,name\n,A\n"), "line 2: `email` is empty");
        assert_eq!(
            error("email,name\na@x.org,A\nb@x.org,\"B\nc@x.org,C\n"),
            "line 3: a quote is opened and never closed"
        );
        assert_eq!(
            error("email,sub_account_ids\na@x.org,s1||s2\n"),
            "line 2: `sub_account_ids`: \"s1||s2\" has an empty part",
        );
        assert_eq!(error("email,sub_account_ids\na@x.org,s1|all\n"), "line 2: `sub_account_ids`: `all` stands alone");
    }

    #[test]
    fn an_email_may_be_there_once_in_whatever_case() {
        assert_eq!(
            json(r#"[{"email": "a@x.org"}, {"email": "b@x.org"}, {"email": "A@X.org"}]"#).unwrap_err(),
            "entry 3: `email`: A@X.org is in entry 1 already",
        );
        assert_eq!(csv("email\na@x.org\na@x.org\n").unwrap_err(), "line 3: `email`: a@x.org is in line 2 already");
    }
}
