//! Sends one operation.

use std::io::{self, Write};
use std::process::ExitCode;

use cloudinary_provisioning::catalog::Kind;
use cloudinary_provisioning::{Account, Raw, Safety};
use cloudinary_provisioning_ureq::Client;
use serde_json::{Map, Value, json};

use super::account::Connection;
use super::pages::Pages;
use crate::args::globals::Globals;
use crate::args::request::Request;
use crate::output::redact::{REDACTED, has_secret, redact};
use crate::output::style::Style;
use crate::terminal::confirm::confirm;
use crate::terminal::exit::Exit;
use crate::terminal::progress::ProgressLine;
use crate::terminal::say::say;
use crate::terminal::stream;

/// Sends the operation and writes its result, at most `limit` items of a list.
pub(crate) fn send(globals: &Globals, request: &Request, limit: Option<u64>) -> Result<ExitCode, Exit> {
    let client = Connection::for_base(globals, request.entry.base, request.entry.id)?.client;
    if globals.dry_run {
        return dry_run(client.account(), &request.raw());
    }
    if request.removes() {
        confirm(request.title(), globals.yes)?;
    }
    let style = Style::new(globals);
    if (request.entry.method == "GET" || request.entry.paging().is_some())
        && let Some(pages) = Pages::new(&client, request)
    {
        list(pages, request, limit, &style)?;
        return Ok(ExitCode::SUCCESS);
    }
    one(&client, request, style)?;
    Ok(ExitCode::SUCCESS)
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

fn list(pages: Pages<'_>, request: &Request, limit: Option<u64>, style: &Style) -> Result<(), Exit> {
    let kind = match request.entry.response.kind {
        Kind::List(item) => *item,
        Kind::Record(fields) => fields
            .iter()
            .find_map(|field| if let Kind::List(item) = field.kind { Some(*item) } else { None })
            .unwrap_or(Kind::Object),
        kind => kind,
    };
    let progress = if stream::stdout().is_terminal() { ProgressLine::of("items") } else { ProgressLine::hidden() };
    let mut list = style.list(kind, stream::stdout());
    let mut stopped = Ok(());
    for item in pages.take(limit.map_or(usize::MAX, |limit| usize::try_from(limit).unwrap_or(usize::MAX))) {
        match item {
            Ok(item) => list.push(item)?,
            Err(exit) => {
                stopped = Err(exit);
                break;
            }
        }
        progress.advance();
    }
    progress.finish();
    // Items that came before an error are written as a complete document. The error is returned even if that fails.
    let finished = list.finish().map_err(Exit::from);
    stopped.and(finished)
}

fn one(client: &Client, request: &Request, style: Style) -> Result<(), Exit> {
    let entry = request.entry;
    let response = client.send(&request.raw()).map_err(|error| Exit::of_call(entry.id, &error))?;
    let written = write(&response, request, style);
    match written {
        Err(error) if entry.safety != Safety::Safe => Err(unwritten(&request.title(), &error)),
        written => written.map_err(Exit::from),
    }
}

/// Reports a change that was applied, although its result could not be written.
pub(crate) fn unwritten(what: &str, error: &io::Error) -> Exit {
    Exit::Failed(format!("{what} was applied, and its result could not be written: {error}"))
}

fn write(response: &Value, request: &Request, style: Style) -> io::Result<()> {
    let response_kind = request.entry.response;
    let value = value(response, request).clone();
    if value.is_null() {
        if stream::stdout().is_terminal() {
            say(format_args!("{}: done", request.title()));
        }
        return Ok(());
    }
    let style = if request.creates() && has_secret(&value) {
        say("The secret is shown only once: keep it.");
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

/// Unwraps a response from the keys of its envelope. A response of another shape is returned unchanged.
pub(crate) fn value<'v>(response: &'v Value, request: &Request) -> &'v Value {
    let keys = request.entry.response.keys;
    keys.iter().try_fold(response, |value, key| value.get(key)).unwrap_or(response)
}
