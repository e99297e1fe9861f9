//! Sends one operation.

use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;

use cloudinary_provisioning::catalog::Kind;
use cloudinary_provisioning::{Account, Raw, Safety};
use cloudinary_provisioning_ureq::Client;
use serde_json::{Map, Value, json};

use crate::cli::Globals;
use crate::connection::Connection;
use crate::mask::{MASK, has_secret, mask};
use crate::output::Style;
use crate::pages::Pages;
use crate::request::Request;
use crate::stop::Stop;
use crate::terminal::{Progress, confirm, say};

/// Sends the operation and writes its result: `limit` items at most, where it is a list.
pub(crate) fn send(globals: &Globals, request: &Request, limit: Option<u64>) -> Result<ExitCode, Stop> {
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
pub(crate) fn dry_run(account: &Account, raw: &Raw) -> Result<ExitCode, Stop> {
    let request = described(account, raw)?;
    serde_json::to_writer_pretty(io::stdout(), &request).map_err(io::Error::from)?;
    writeln!(io::stdout())?;
    Ok(ExitCode::SUCCESS)
}

/// The request with its credentials masked.
pub(crate) fn described(account: &Account, raw: &Raw) -> Result<Value, Stop> {
    let request = account.request(raw)?;
    let headers: Map<_, _> = request
        .headers()
        .iter()
        .map(|(name, value)| {
            let shown = if value.is_sensitive() || name == "authorization" {
                // The scheme tells which kind of credentials it is.
                let scheme = value.to_str().ok().and_then(|value| value.split(' ').next()).unwrap_or_default();
                format!("{scheme} {MASK}")
            } else {
                String::from_utf8_lossy(value.as_bytes()).into_owned()
            };
            (name.to_string(), Value::from(shown))
        })
        .collect();
    let mut body: Value = serde_json::from_slice(request.body()).unwrap_or_default();
    mask(&mut body);
    Ok(json!({
        "method": request.method().as_str(),
        "url": request.uri().to_string(),
        "headers": headers,
        "body": body,
    }))
}

fn list(pages: Pages<'_>, request: &Request, limit: Option<u64>, style: &Style) -> Result<(), Stop> {
    let kind = match request.entry.response.kind {
        Kind::List(item) => *item,
        Kind::Record(fields) => fields
            .iter()
            .find_map(|field| if let Kind::List(item) = field.kind { Some(*item) } else { None })
            .unwrap_or(Kind::Object),
        kind => kind,
    };
    let progress = if io::stdout().is_terminal() { Progress::of("items") } else { Progress::hidden() };
    let mut list = style.list(kind, io::stdout());
    let mut stopped = Ok(());
    for item in pages.take(limit.map_or(usize::MAX, |limit| usize::try_from(limit).unwrap_or(usize::MAX))) {
        match item {
            Ok(item) => list.push(item)?,
            Err(stop) => {
                stopped = Err(stop);
                break;
            }
        }
        progress.advance();
    }
    progress.finish();
    // What came before an error is there, in a form that can be read. The error counts, even where nobody reads it.
    let finished = list.finish().map_err(Stop::from);
    stopped.and(finished)
}

fn one(client: &Client, request: &Request, style: Style) -> Result<(), Stop> {
    let entry = request.entry;
    let response = client.send(&request.raw()).map_err(|error| Stop::of_call(entry.id, &error))?;
    let written = write(&response, request, style);
    match written {
        Err(error) if entry.safety != Safety::Safe => Err(unwritten(&request.title(), &error)),
        written => written.map_err(Stop::from),
    }
}

/// A change was applied, whatever became of its output.
pub(crate) fn unwritten(what: &str, error: &io::Error) -> Stop {
    Stop::Failed(format!("{what} was applied, and its result could not be written: {error}"))
}

fn write(response: &Value, request: &Request, style: Style) -> io::Result<()> {
    let response_kind = request.entry.response;
    let value = value(response, request).clone();
    if value.is_null() {
        if io::stdout().is_terminal() {
            say(format_args!("{}: done", request.title()));
        }
        return Ok(());
    }
    let style = if request.creates() && has_secret(&value) {
        say("The secret is shown this once: keep it.");
        style.showing_secrets()
    } else {
        style
    };
    match (value, response_kind.kind) {
        (Value::Array(items), Kind::List(kind)) => {
            let mut list = style.list(*kind, io::stdout());
            for item in items {
                list.push(item)?;
            }
            list.finish()
        }
        (value, kind) => {
            let mut out = io::stdout();
            style.one(value, kind, &mut out)?;
            out.flush()
        }
    }
}

/// What is in a response, below the keys that the operation wraps it in. Another shape is shown as it is.
pub(crate) fn value<'v>(response: &'v Value, request: &Request) -> &'v Value {
    let keys = request.entry.response.keys;
    keys.iter().try_fold(response, |value, key| value.get(key)).unwrap_or(response)
}
