//! A command for every operation of the catalogue.

use clap::{Arg, ArgAction, ArgMatches, Command};
use cloudinary_provisioning::catalog;
use cloudinary_provisioning::catalog::{Entry, Field, Kind, Place};
use serde_json::Map;

use super::hints::Hints;
use super::list_options::{self, ListOptions};
use super::operation_names::{find_in, kebab, snake};
use super::request::{self, ALL, Request, has_body, is_list};
use crate::terminal::exit::Exit;
use crate::terminal::input;

const JSON: &str = "json";
const FILES: &str =
    "An option's value may be in a file: @FILE, or @- for standard input. @@ stands for a leading @.\n\n";

/// A command for every resource, with its operations.
pub(crate) fn resources() -> Vec<Command> {
    let mut resources: Vec<&'static str> = Vec::new();
    for entry in catalog() {
        if !resources.contains(&entry.resource) {
            resources.push(entry.resource);
        }
    }
    resources.into_iter().map(resource).collect()
}

/// A hidden command for every operationId.
pub(crate) fn operation_ids() -> impl Iterator<Item = Command> {
    catalog().map(|entry| operation(entry, entry.id).hide(true))
}

/// Finds the operation that the command line names, with its arguments.
pub(crate) fn find(matches: &ArgMatches) -> Option<(&'static Entry, &ArgMatches)> {
    let (name, matches) = matches.subcommand()?;
    if let Some(entry) = catalog().find(|entry| entry.id == name) {
        return Some((entry, matches));
    }
    let (operation, matches) = matches.subcommand()?;
    Some((find_in(name, operation)?, matches))
}

/// Reads the request from its arguments.
pub(crate) fn read(entry: &'static Entry, matches: &ArgMatches) -> Result<(Request, ListOptions), Exit> {
    let mut fields = Map::new();
    for field in entry.fields {
        let Some(texts) = matches.get_many::<String>(&id(field)) else { continue };
        let texts = texts.map(|text| if takes_files(field) { input::text(text) } else { Ok(text.clone()) });
        let texts = texts.collect::<Result<Vec<_>, _>>()?;
        let value = request::parse_all(field, &texts).map_err(|why| Exit::Usage(format!("{}: {why}", shown(field))))?;
        fields.insert(field.name.to_owned(), value);
    }
    let options = list_options::read(entry, matches, &mut fields)?;
    let body = matches.try_get_one::<String>(JSON).ok().flatten();
    let body = body.map(|text| input::json(text)).transpose()?;
    let check = |why| Exit::Usage(format!("{}: {why}", entry.id));
    Ok((Request::new(entry, fields, body).map_err(check)?, options))
}

fn resource(name: &'static str) -> Command {
    let entries = || catalog().filter(move |entry| entry.resource == name);
    let list = entries().map(|entry| kebab(entry.name)).collect::<Vec<_>>().join(", ");
    let operations = entries().map(|entry| {
        let usual = kebab(entry.name);
        let mut aliases = vec![snake(entry.name), entry.id.to_owned()];
        aliases.retain(|alias| *alias != usual);
        operation(entry, &usual).aliases(aliases)
    });
    let command = Command::new(kebab(name))
        .about(list)
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommands(operations);
    if kebab(name) == name { command } else { command.alias(name) }
}

fn operation(entry: &'static Entry, name: &str) -> Command {
    let fields = entry.fields.iter().map(|field| argument(entry, field));
    let files = if entry.fields.iter().any(takes_files) { FILES } else { "" };
    let mut command = Command::new(name.to_owned())
        .about(plain(entry.summary))
        .after_help(format!("{files}{} {}\nVendor's documentation: {}", entry.method, entry.path, entry.documentation))
        .args(fields);
    if has_body(entry) {
        let json = Arg::new(JSON).long(JSON).value_name("JSON").help(
            "The whole body: JSON text, @FILE, or - for standard input. Fields given on their own replace those in it",
        );
        command = command.arg(json);
    }
    command.args(list_options::arguments(entry))
}

fn argument(entry: &Entry, field: &'static Field) -> Arg {
    let argument = Arg::new(id(field)).help(help(field)).value_name(value_name(field.kind));
    if field.place == Place::Path {
        return argument.required(true).value_name(field.name.to_ascii_uppercase());
    }
    let long = kebab(field.name);
    let argument = if long == field.name { argument } else { argument.alias(field.name) }.long(long);
    let argument = match (field.required, field.place) {
        (true, Place::Body) if has_body(entry) => argument.required_unless_present(JSON),
        (required, _) => argument.required(required),
    };
    let argument = match completed(field.kind) {
        Some(values) => argument.value_parser(Hints::new(values.iter().copied())).hide_possible_values(true),
        None => argument,
    };
    match field.kind {
        kind if is_list(kind) => argument.action(ArgAction::Append).allow_hyphen_values(true),
        Kind::Boolean => argument.num_args(0..=1).default_missing_value("true"),
        _ => argument.allow_hyphen_values(true),
    }
}

/// The argument's id. It differs from those of global options, whose names a field may have.
fn id(field: &Field) -> String {
    format!("field {}", field.name)
}

fn value_name(kind: Kind) -> String {
    match kind {
        Kind::Boolean => "true|false".to_owned(),
        Kind::Integer | Kind::Number => "NUMBER".to_owned(),
        Kind::Time => "TIME".to_owned(),
        Kind::Date => "DATE".to_owned(),
        Kind::Choice(_) => "VALUE".to_owned(),
        Kind::Object | Kind::Record(_) => "JSON".to_owned(),
        Kind::Pairs(..) => "KEY=VALUE".to_owned(),
        Kind::List(kind) | Kind::Json(kind) => value_name(*kind),
        Kind::Nullable(kind) => format!("{}|null", value_name(*kind)),
        _ => "TEXT".to_owned(),
    }
}

fn help(field: &Field) -> String {
    // Sentences about the library's types are for its users.
    let doc = plain(field.doc);
    let sentences = doc.split_inclusive(". ").filter(|sentence| !sentence.contains("::"));
    let mut help = sentences.collect::<String>().trim_end().trim_end_matches('.').to_owned();
    let mut add = |text: &str| {
        if !help.is_empty() {
            help.push_str(". ");
        }
        help.push_str(text);
    };
    if field.kind == Kind::SubAccountAccess {
        add("`all` for all of them");
    }
    if field.kind == Kind::Date {
        add("2026-01-31, or 90d or 3w ago");
    }
    if is_list(field.kind) {
        add("Can be given several times");
    }
    if let Some(values) = choices(field.kind) {
        add(&format!("[values: {}]", values.join(", ")));
    }
    if let Some(fields) = record(field.kind) {
        let names: Vec<_> =
            fields.iter().map(|field| format!("{}{}", field.name, if field.required { "" } else { "?" })).collect();
        add(&format!("[fields: {}]", names.join(", ")));
    }
    if let Some((least, most)) = field.limits {
        add(&format!("[{least} to {most}]"));
    }
    help
}

fn choices(kind: Kind) -> Option<&'static [&'static str]> {
    match kind {
        Kind::Choice(values) => Some(values),
        Kind::List(kind) | Kind::Nullable(kind) | Kind::Json(kind) => choices(*kind),
        _ => None,
    }
}

/// The values that a shell completes.
fn completed(kind: Kind) -> Option<&'static [&'static str]> {
    match kind {
        Kind::Boolean => Some(&["true", "false"]),
        Kind::SubAccountAccess => Some(&[ALL]),
        kind => choices(kind),
    }
}

fn record(kind: Kind) -> Option<&'static [Field]> {
    match kind {
        Kind::Record(fields) => Some(fields),
        Kind::List(kind) | Kind::Nullable(kind) | Kind::Json(kind) => record(*kind),
        _ => None,
    }
}

/// Markdown without its links: `[text](target)` and `` [`text`] `` as their text.
fn plain(markdown: &str) -> String {
    let mut plain = String::with_capacity(markdown.len());
    let mut rest = markdown;
    while let Some((before, after)) = rest.split_once('[') {
        plain.push_str(before);
        let Some((text, after)) = after.split_once(']') else {
            rest = after;
            continue;
        };
        plain.push_str(text);
        rest = match after.strip_prefix('(').and_then(|target| target.split_once(')')) {
            Some((_, after)) => after,
            None => after,
        };
    }
    plain.push_str(rest);
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether the option of a field accepts `@FILE`.
fn takes_files(field: &Field) -> bool {
    field.place != Place::Path && !matches!(field.kind, Kind::Pairs(..))
}

/// Names a field as it is written on the command line.
fn shown(field: &Field) -> String {
    match field.place {
        Place::Path => field.name.to_ascii_uppercase(),
        _ => format!("--{}", kebab(field.name)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_become_their_text() {
        assert_eq!(
            plain("See [`users::Get`](crate::users::Get) and [the docs].\n Or [`x`]"),
            "See `users::Get` and the docs. Or `x`"
        );
        assert_eq!(plain("an open [ bracket"), "an open  bracket".replace("  ", " "));
    }
}
