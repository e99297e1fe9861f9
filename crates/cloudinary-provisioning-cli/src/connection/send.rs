//! Sends one operation.

use std::fmt;
use std::io::{self, Stdout, Write};
use std::process::ExitCode;

use cloudinary_provisioning::catalog::Kind;
use cloudinary_provisioning::http::Method;
use cloudinary_provisioning::{Account, Error, Raw, RawList, Safety};
use cloudinary_provisioning_ureq::Client;
use serde_json::{Map, Value, json};

use super::account::Connection;
use super::envelope::value;
use super::ids::{self, IdLookup};
use super::listing::{Groupless, meets, sort};
use super::names;
use crate::args::globals::{Format, Globals};
use crate::args::list_options::{ListOptions, item_kind};
use crate::args::request::{Request, text_of};
use crate::output::billing;
use crate::output::redact::{REDACTED, has_secret, redact};
use crate::output::style::{List, Style};
use crate::terminal::confirm::{check_confirmable, confirm};
use crate::terminal::exit::Exit;
use crate::terminal::progress::ProgressLine;
use crate::terminal::say::note;
use crate::terminal::stream::{self, Stream};

/// Sends the operation and writes its result, or what the options leave of a list.
pub(crate) fn send(globals: &Globals, request: Request, options: &ListOptions) -> Result<ExitCode, Exit> {
    let entry = request.entry;
    let client = Connection::for_prefix(globals, entry.prefix)?.client;
    let style = Style::new(globals);
    if globals.dry_run {
        let request = resolved(globals, &client, request)?;
        return dry_run(client.account(), &request.raw);
    }
    let kind = item_kind(entry);
    let is_numbers = entry.id == "getBillingUsage" && matches!(style.format, Format::Table | Format::Csv);
    if !is_numbers {
        style.check(kind)?;
    }
    if request.removes() {
        check_confirmable(request.title(), globals.yes)?;
    }
    let request = resolved(globals, &client, request)?;
    if request.removes() {
        let names = || names::of_call(&client, entry.prefix, &request.segments(), &request.fields);
        confirm(request.title(), names, globals.yes)?;
    }
    let Some(list) = request.list()? else { return one(&client, &request, style) };
    // What is left out is not known before it is read.
    let is_whole = options.conditions.is_empty() && options.sort.is_empty() && !options.without_group;
    let read = items(globals, &client, &request, list, options.limit.filter(|_| is_whole));
    let mut groupless = Groupless::default();
    let items = read.filter_map(|item| match item {
        Ok(item) if !meets(&item, &options.conditions) => None,
        Ok(item) if options.without_group => match groupless.is(&client, &item) {
            Ok(is_groupless) => is_groupless.then_some(Ok(item)),
            Err(error) => Some(Err(error)),
        },
        item => Some(item),
    });
    let limit = usize::try_from(options.limit.unwrap_or(u64::MAX)).unwrap_or(usize::MAX);
    if options.count {
        let count = items.take(limit).try_fold(0_u64, |count, item| item.map(|_| count + 1))?;
        writeln!(stream::stdout(), "{count}")?;
        return Ok(ExitCode::SUCCESS);
    }
    let items: Box<dyn Iterator<Item = Result<Value, Error>>> = if options.sort.is_empty() {
        Box::new(items.take(limit))
    } else {
        // Nothing is written of a list that cannot be read to its end.
        let mut all = items.collect::<Result<Vec<_>, _>>()?;
        sort(&mut all, &options.sort);
        Box::new(all.into_iter().take(limit).map(Ok))
    };
    if is_numbers {
        let rows = style.rows(&billing::COLUMNS, &billing::COLUMNS, stream::stdout())?;
        let numbers = items.flat_map(|plan| match plan {
            Ok(plan) => billing::rows(&plan).into_iter().map(Ok).collect(),
            Err(error) => vec![Err(error)],
        });
        write_list(numbers, rows)?;
    } else {
        write_list(items, style.list(kind, stream::stdout()))?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The request with ids in place of names.
fn resolved(globals: &Globals, client: &Client, request: Request) -> Result<Request, Exit> {
    let mut lookup = IdLookup::new(client.clone(), globals.workers());
    lookup.look_up(ids::names(&request));
    lookup.resolved(request)
}

/// The items of a list: of the page that is asked for, or of all.
fn items(
    globals: &Globals,
    client: &Client,
    request: &Request,
    list: RawList,
    limit: Option<u64>,
) -> Box<dyn Iterator<Item = Result<Value, Error>>> {
    /// What the service has on a page where it is not asked for another number.
    const PAGE_SIZE: u64 = 100;

    let limit = usize::try_from(limit.unwrap_or(u64::MAX)).unwrap_or(usize::MAX);
    if request.fields.contains_key("page") {
        return match client.send(list) {
            Ok(page) => Box::new(page.items.into_iter().map(Ok).take(limit)),
            Err(error) => Box::new(std::iter::once(Err(error))),
        };
    }
    let page_size = request.fields.get("page_size").and_then(Value::as_u64).unwrap_or(PAGE_SIZE).max(1);
    let pages = limit.div_ceil(usize::try_from(page_size).unwrap_or(usize::MAX));
    Box::new(client.items(list).workers(globals.workers().min(pages)).take(limit))
}

/// Writes the request that would be sent.
pub(crate) fn dry_run(account: &Account, raw: &Raw) -> Result<ExitCode, Exit> {
    let request = described(account, raw)?;
    serde_json::to_writer_pretty(stream::stdout(), &request).map_err(io::Error::from)?;
    writeln!(stream::stdout())?;
    Ok(ExitCode::SUCCESS)
}

/// Describes the request, with its credentials redacted.
pub(crate) fn described(account: &Account, raw: &Raw) -> Result<Value, Exit> {
    let request = account.request(raw)?;
    let headers: Map<_, _> = request
        .headers()
        .iter()
        .map(|(name, value)| {
            let shown = if value.is_sensitive() || name == "authorization" {
                // The scheme shows which kind of credentials is used.
                let scheme = value.to_str().ok().and_then(|value| value.split(' ').next()).unwrap_or_default();
                format!("{scheme} {REDACTED}")
            } else {
                String::from_utf8_lossy(value.as_bytes()).into_owned()
            };
            (name.to_string(), Value::from(shown))
        })
        .collect();
    let mut body: Value = serde_json::from_slice(request.body()).unwrap_or_default();
    redact(&mut body);
    Ok(json!({
        "method": request.method().as_str(),
        "url": request.uri().to_string(),
        "headers": headers,
        "body": body,
    }))
}

/// Writes the items. After an error, those that came before are written, and a JSON array is left open, so that nobody
/// takes them for all.
fn write_list(items: impl Iterator<Item = Result<Value, Error>>, mut list: List<Stream<Stdout>>) -> Result<(), Exit> {
    let progress = if stream::stdout().is_terminal() { ProgressLine::of("items") } else { ProgressLine::hidden() };
    for item in items {
        match item {
            Ok(item) => list.push(item)?,
            Err(error) => {
                progress.finish();
                // The error is what matters, even if this fails.
                let _ = list.abandon();
                return Err(error.into());
            }
        }
        progress.advance();
    }
    progress.finish();
    Ok(list.finish()?)
}

fn one(client: &Client, request: &Request, style: Style) -> Result<ExitCode, Exit> {
    let response = client.send(&request.raw)?;
    match write(&response, request, style) {
        Err(error) if request.entry.safety != Safety::Safe => Err(unwritten(&request.title(), &error)),
        Ok(()) => match unmet(&response, request) {
            Some(why) => Err(Exit::Failed(format!("{}: {why}", request.title()))),
            None => Ok(verdict(&response, request)),
        },
        Err(error) => Err(error.into()),
    }
}

/// Why a success is not what was asked for: nothing of what should be made, changed or read is in it, or it says the opposite.
pub(crate) fn unmet(response: &Value, request: &Request) -> Option<String> {
    let value = value(response, request.entry);
    let is_there = |name| value.get(name).is_some_and(|value| !value.is_null());
    match request.entry.response.kind {
        // Who deletes asks for nothing.
        Kind::Record(fields)
            if request.entry.method != Method::DELETE && !fields.iter().any(|field| is_there(field.name)) =>
        {
            return Some(match request.entry.safety {
                Safety::NotIdempotent => "the response shows nothing that was made; it may have been made".to_owned(),
                Safety::Safe => "the response shows nothing of what was asked for".to_owned(),
                _ => "the response shows nothing of what was changed; it may have been changed".to_owned(),
            });
        }
        _ => {}
    }
    // The path of a POST or a DELETE may end with what is added or removed.
    let own = request.entry.segments.last().filter(|_| [Method::GET, Method::PUT].contains(&request.entry.method));
    let asked = own.and_then(|id| request.fields.get(id.trim_matches(['{', '}'])));
    let found = value.get("id").or_else(|| value.get("api_key"));
    if asked.zip(found).is_some_and(|(asked, found)| text_of(asked) != text_of(found)) {
        let applied = if request.entry.safety == Safety::Safe { "" } else { "; it may have been applied" };
        return Some(format!("the response is about something else{applied}"));
    }
    let says_otherwise = |name: &&String, asked: &Value| {
        let said = value.get(name.as_str()).and_then(Value::as_bool);
        said.is_some_and(|said| text_of(asked).eq_ignore_ascii_case(if said { "false" } else { "true" }))
    };
    let (name, _) = request.fields.iter().find(|(name, asked)| says_otherwise(name, asked))?;
    Some(format!("the service returned another value for `{name}`; the rest may have been applied"))
}

/// An invalid policy is a failure of whoever asks whether it is valid.
fn verdict(response: &Value, request: &Request) -> ExitCode {
    let is_invalid = request.entry.id == "validateCedarPolicy" && value(response, request.entry)["valid"] == false;
    if is_invalid { ExitCode::from(1) } else { ExitCode::SUCCESS }
}

/// Reports a change that was applied, although its result could not be written.
pub(crate) fn unwritten(what: &str, error: &impl fmt::Display) -> Exit {
    Exit::Failed(format!("{what} was applied, and its result could not be written: {error}"))
}

fn write(response: &Value, request: &Request, style: Style) -> io::Result<()> {
    let response_kind = request.entry.response;
    let value = value(response, request.entry).clone();
    if value.is_null() {
        if stream::stdout().is_terminal() {
            note(format_args!("{}: done", request.title()));
        }
        return Ok(());
    }
    let style = if request.creates() && has_secret(&value) {
        note("The secret is shown only once: keep it.");
        style.showing_secrets()
    } else {
        style
    };
    match (value, response_kind.kind) {
        (Value::Array(items), Kind::List(kind)) => {
            let mut list = style.list(*kind, stream::stdout());
            for item in items {
                list.push(item)?;
            }
            list.finish()
        }
        (value, kind) => {
            let mut out = stream::stdout();
            style.one(value, kind, &mut out)?;
            out.flush()
        }
    }
}
