//! The options of lists: conditions that the service does not know, order, and what is shown.

use clap::builder::TypedValueParser;
use clap::{Arg, ArgAction, ArgMatches};
use cloudinary_provisioning::catalog::{Entry, Field, Kind};
use cloudinary_provisioning::time::{Date, Duration};
use serde_json::{Map, Value, json};

use super::dates::date;
use super::hints::Hints;
use super::operation_names::kebab;
use crate::terminal::exit::Exit;

const LIMIT: &str = "limit";
const SORT: &str = "sort";
const COUNT: &str = "count";
const NO_LOGIN_FOR: &str = "no-login-for";
const WITHOUT_GROUP: &str = "without-group";

/// What is asked of a list beside the fields of its request.
#[derive(Clone, Debug, Default)]
pub(crate) struct ListOptions {
    /// How many items to show.
    pub(crate) limit: Option<u64>,
    pub(crate) sort: Vec<SortKey>,
    /// Whether to show the number of items alone.
    pub(crate) count: bool,
    pub(crate) conditions: Vec<Condition>,
    /// Whether to show only users who are in no group.
    pub(crate) without_group: bool,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SortKey {
    pub(crate) path: String,
    pub(crate) descending: bool,
}

/// What an item has to meet.
#[derive(Clone, Debug)]
pub(crate) enum Condition {
    /// The field has one of these values.
    OneOf(&'static str, Vec<Value>),
    /// The time in the field is before this day, or there is none.
    Before(&'static str, Date),
}

/// The kind of a list's items, or of the result as a whole.
pub(crate) fn item_kind(entry: &Entry) -> Kind {
    match entry.response.kind {
        Kind::List(item) => *item,
        Kind::Record(fields) if entry.paging().is_some() => {
            let item =
                fields.iter().find_map(|field| if let Kind::List(item) = field.kind { Some(*item) } else { None });
            item.unwrap_or(Kind::Object)
        }
        kind => kind,
    }
}

/// The options of a list; none for another operation.
pub(crate) fn arguments(entry: &Entry) -> Vec<Arg> {
    if entry.items().is_none() {
        return Vec::new();
    }
    let filters = filters(entry).map(|field| {
        let argument = Arg::new(id(field)).long(kebab(field.name));
        match field.kind {
            Kind::Choice(values) => argument
                .action(ArgAction::Append)
                .value_name("VALUE")
                .value_parser(Hints::new(values.iter().copied()))
                .hide_possible_values(true)
                .help(format!(
                    "Only those with this {}. Can be given several times [values: {}]",
                    field.name,
                    values.join(", ")
                )),
            _ => argument
                .num_args(0..=1)
                .default_missing_value("true")
                .value_name("true|false")
                .value_parser(clap::builder::BoolishValueParser::new().map(|value| value.to_string()))
                .help(format!("Only those that are {} (true), or are not (false)", field.name)),
        }
    });
    let mut arguments: Vec<_> = filters.collect();
    if has_logins(entry) {
        arguments.push(
            Arg::new(NO_LOGIN_FOR)
                .long(NO_LOGIN_FOR)
                .value_name("DATE")
                .value_parser(date)
                .help("Only those who did not log in since this day, or never did: 90d, 3w, or 2026-01-31"),
        );
        arguments.push(
            Arg::new(WITHOUT_GROUP)
                .long(WITHOUT_GROUP)
                .action(ArgAction::SetTrue)
                .help("Only those who are in no group"),
        );
    }
    arguments.push(
        Arg::new(SORT)
            .long(SORT)
            .value_name("COLUMNS")
            .value_delimiter(',')
            .allow_hyphen_values(true)
            .help("Sort by these columns; one with a - in front in descending order: role,-created_at"),
    );
    arguments.push(
        Arg::new(COUNT).long(COUNT).action(ArgAction::SetTrue).help("Print how many there are, and nothing else"),
    );
    arguments.push(
        Arg::new(LIMIT)
            .long(LIMIT)
            .value_name("N")
            .value_parser(clap::value_parser!(u64))
            .help("Exit after this many items. The list is read page by page"),
    );
    arguments
}

/// Reads the options of a list, and adds to the fields what the service can filter by.
pub(crate) fn read(entry: &Entry, matches: &ArgMatches, fields: &mut Map<String, Value>) -> Result<ListOptions, Exit> {
    if entry.items().is_none() {
        return Ok(ListOptions::default());
    }
    let mut conditions = Vec::new();
    for field in filters(entry) {
        let Some(values) = matches.get_many::<String>(&id(field)) else { continue };
        let value = |text: &String| if field.kind == Kind::Boolean { json!(text == "true") } else { json!(text) };
        conditions.push(Condition::OneOf(field.name, values.map(value).collect()));
    }
    let is_users = has_logins(entry);
    let day = if is_users { matches.get_one::<Date>(NO_LOGIN_FOR).copied() } else { None };
    if let Some(day) = day {
        others_than_logged_in_since(day, fields)?;
        conditions.push(Condition::Before(LAST_LOGIN, day));
    }
    let sort = matches.get_many::<String>(SORT).into_iter().flatten().map(|key| match key.strip_prefix('-') {
        Some(path) => SortKey { path: path.to_owned(), descending: true },
        None => SortKey { path: key.clone(), descending: false },
    });
    let sort: Vec<_> = sort.collect();
    check_sort(entry, &sort)?;
    Ok(ListOptions {
        limit: matches.get_one::<u64>(LIMIT).copied(),
        sort,
        count: matches.get_flag(COUNT),
        conditions,
        without_group: is_users && matches.get_flag(WITHOUT_GROUP),
    })
}

const LAST_LOGIN: &str = "last_login";

/// The service leaves out those who logged in since a day after this one, since it does not say in which time zone its days
/// begin. Whoever it returns is looked at once more.
fn others_than_logged_in_since(day: Date, fields: &mut Map<String, Value>) -> Result<(), Exit> {
    let given = [LAST_LOGIN, "from", "to", "union_type"].into_iter().find(|name| fields.contains_key(*name));
    if let Some(name) = given {
        return Err(Exit::Usage(format!("--{NO_LOGIN_FOR} cannot be used with --{}", kebab(name))));
    }
    let days = |count| day.saturating_add(Duration::days(count));
    let end = date("0d").map_err(Exit::Usage)?.max(day).saturating_add(Duration::days(2));
    fields.insert(LAST_LOGIN.to_owned(), true.into());
    fields.insert("from".to_owned(), days(1).to_string().into());
    fields.insert("to".to_owned(), end.to_string().into());
    fields.insert("union_type".to_owned(), "exclude".into());
    Ok(())
}

fn check_sort(entry: &Entry, sort: &[SortKey]) -> Result<(), Exit> {
    let Kind::Record(known) = item_kind(entry) else { return Ok(()) };
    let is_known = |key: &SortKey| known.iter().any(|field| key.path.split('.').next() == Some(field.name));
    match sort.iter().find(|key| !is_known(key)) {
        Some(key) => {
            let known = known.iter().map(|field| field.name).collect::<Vec<_>>().join(", ");
            Err(Exit::Usage(format!("--{SORT}: there is no column {:?}; there are {known}", key.path)))
        }
        None => Ok(()),
    }
}

/// The fields of items that are true or false, or of a few values, and that the service does not filter by.
fn filters(entry: &Entry) -> impl Iterator<Item = &'static Field> + use<> {
    let fields: &'static [Field] = if let Kind::Record(fields) = item_kind(entry) { fields } else { &[] };
    let asked = entry.fields;
    let is_asked = move |name: &str| {
        asked
            .iter()
            .any(|field| field.name == name || field.name.strip_suffix(name).is_some_and(|it| it.ends_with('_')))
    };
    fields.iter().filter(move |field| matches!(field.kind, Kind::Boolean | Kind::Choice(_)) && !is_asked(field.name))
}

fn has_logins(entry: &Entry) -> bool {
    matches!(item_kind(entry), Kind::Record(fields) if fields.iter().any(|field| field.name == LAST_LOGIN))
}

/// The argument's id. It differs from those of the fields of requests.
fn id(field: &Field) -> String {
    format!("filter {}", field.name)
}
