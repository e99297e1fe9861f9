//! `cldp api`: any request.

use std::io::Write;
use std::process::ExitCode;

use cloudinary_provisioning::catalog::Kind;
use cloudinary_provisioning::http::Method;
use cloudinary_provisioning::{PathPrefix, Raw, catalog};
use percent_encoding::percent_decode_str;
use serde_json::Value;

use crate::args::cli::ApiOptions;
use crate::args::globals::Globals;
use crate::args::request::removes;
use crate::connection::account::Connection;
use crate::connection::names;
use crate::connection::send::{dry_run, unwritten};
use crate::output::redact::has_secret;
use crate::output::style::Style;
use crate::terminal::confirm::confirm;
use crate::terminal::exit::Exit;
use crate::terminal::input;
use crate::terminal::say::note;
use crate::terminal::stream;

pub(crate) fn run(globals: &Globals, options: &ApiOptions) -> Result<ExitCode, Exit> {
    let method: Method = options
        .method
        .to_ascii_uppercase()
        .parse()
        .map_err(|_| Exit::Usage(format!("{:?} is not a method", options.method)))?;
    let (path, query) = options.path.split_once('?').unwrap_or((&options.path, ""));
    let prefix = prefix(path);
    let title = format!("{method} {}", options.path);
    let connection = Connection::for_prefix(globals, prefix)?;
    let account = connection.client.account();
    let segments = segments(path, account.id().as_str())?;
    // One for each run of the program.
    let name = String::leak(title.clone());
    let mut raw = Raw::new(method.clone(), segments.clone()).prefix(prefix).named(name);
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        raw = raw.query(decoded(key)?, decoded(value)?);
    }
    for pair in &options.query {
        let (key, value) =
            pair.split_once('=').ok_or_else(|| Exit::Usage(format!("--query {pair:?}: expected KEY=VALUE")))?;
        raw = raw.query(key, value);
    }
    let body = options.json.as_deref().map(input::json).transpose()?;
    if let Some(body) = &body {
        raw = raw.json(body);
    }
    if globals.dry_run {
        return dry_run(account, &raw);
    }
    let body = body.as_ref().and_then(Value::as_object).cloned().unwrap_or_default();
    if removes(&method, method == Method::POST, &body) {
        confirm(&title, || names::of_call(&connection.client, prefix, &segments, &body), globals.yes)?;
    }
    let response = connection.client.send(&raw)?;
    match write(globals, &method, response) {
        Err(error) if !method.is_safe() => Err(unwritten(&title, &error)),
        written => written.map(|()| ExitCode::SUCCESS),
    }
}

/// The list or the object in an envelope, which columns are about, unless they are about the envelope.
fn with_columns(response: Value, columns: &[String]) -> Value {
    match response {
        Value::Object(fields) if !columns.iter().any(|name| fields.contains_key(name)) => {
            let mut inner = fields.values().filter(|value| value.is_array() || value.is_object());
            match (inner.next(), inner.next()) {
                (Some(inner), None) => inner.clone(),
                _ => Value::Object(fields),
            }
        }
        response => response,
    }
}

fn write(globals: &Globals, method: &Method, response: Value) -> Result<(), Exit> {
    let mut style = Style::new(globals);
    let response = if globals.columns.is_empty() { response } else { with_columns(response, &globals.columns) };
    style.check_keys(&response)?;
    if *method == Method::POST && has_secret(&response) {
        note("The secret is shown only once: keep it.");
        style = style.showing_secrets();
    }
    let mut out = stream::stdout();
    match response {
        Value::Null => {}
        Value::Array(items) => {
            let mut list = style.list(Kind::Object, &mut out);
            items.into_iter().try_for_each(|item| list.push(item))?;
            list.finish()?;
        }
        response => style.one(response, Kind::Object, &mut out)?,
    }
    out.flush()?;
    Ok(())
}

/// Finds the prefix of a path by its full text, or by its first segment, as the catalogue has them.
fn prefix(path: &str) -> PathPrefix {
    if let Some((prefix, _)) = prefixed(path) {
        return prefix;
    }
    let first = path.trim_start_matches('/').split('/').next().unwrap_or_default();
    let known = catalog().find(|entry| entry.segments.first().is_some_and(|segment| *segment == first));
    known.map_or_else(PathPrefix::default, |entry| entry.prefix)
}

/// Returns the decoded segments below the prefix.
fn segments(path: &str, account_id: &str) -> Result<Vec<String>, Exit> {
    let rest = match prefixed(path) {
        Some((_, (Some(id), rest))) if id != "{account_id}" && id != account_id => {
            return Err(Exit::Usage(format!(
                "the path names account {id}, but the credentials are for {account_id}: {rest}"
            )));
        }
        Some((_, (_, rest))) => rest,
        None => path,
    };
    let rest = rest.strip_prefix('/').unwrap_or(rest);
    if rest.is_empty() {
        return Err(Exit::usage("the path is empty"));
    }
    rest.split('/').map(decoded).collect()
}

/// Splits a full path into its prefix, the account id in it, and the rest. The longest prefix that matches wins.
fn prefixed(path: &str) -> Option<(PathPrefix, (Option<&str>, &str))> {
    let prefixes = catalog().filter_map(|entry| {
        let text = entry.path.strip_suffix(&format!("/{}", entry.segments.join("/")))?;
        Some((text, entry.prefix))
    });
    let matching = prefixes.filter_map(|(text, prefix)| Some((text.len(), prefix, after(path, text)?)));
    let (_, prefix, rest) = matching.max_by_key(|(length, ..)| *length)?;
    Some((prefix, rest))
}

/// Returns what follows a prefix that may contain the account id.
fn after<'p>(path: &'p str, prefix: &str) -> Option<(Option<&'p str>, &'p str)> {
    let Some((before, behind)) = prefix.split_once("{account_id}") else {
        let rest = path.strip_prefix(prefix)?;
        return rest.starts_with('/').then_some((None, rest));
    };
    let (id, rest) = path.strip_prefix(before)?.split_once('/')?;
    let rest = path.get(path.len() - rest.len() - 1..)?;
    let rest = rest.strip_prefix(behind)?;
    rest.starts_with('/').then_some((Some(id), rest))
}

/// Decodes percent-encoded text; it is encoded again when the URL is written.
fn decoded(text: &str) -> Result<String, Exit> {
    let decoded = percent_decode_str(text).decode_utf8();
    decoded.map(std::borrow::Cow::into_owned).map_err(|_| Exit::Usage(format!("{text:?} is not UTF-8 when decoded")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_finds_its_prefix() {
        for (path, expected) in [
            ("users/u1", PathPrefix::Provisioning),
            ("/users/u1", PathPrefix::Provisioning),
            ("something/new", PathPrefix::Provisioning),
            ("roles", PathPrefix::Permissions),
            ("policies/custom", PathPrefix::Permissions),
            ("clouds", PathPrefix::Agents),
            ("/v1_1/provisioning/accounts/{account_id}/new", PathPrefix::Provisioning),
            ("/v2/accounts/acc/permissions/new", PathPrefix::Permissions),
            ("/v2/accounts/permissions/public/schema", PathPrefix::Public),
            ("/v1_1/provisioning/agents/accounts", PathPrefix::Agents),
        ] {
            assert_eq!(prefix(path), expected, "{path}");
        }
    }

    #[test]
    fn segments_follow_on_the_prefix_and_are_decoded() {
        let segments = |path| segments(path, "acc").map_err(|exit| exit.to_string());
        assert_eq!(
            segments("/v2/accounts/acc/permissions/roles/cld%3A%3Ax"),
            Ok(vec!["roles".into(), "cld::x".into()])
        );
        assert_eq!(segments("/users/a%2Fb"), Ok(vec!["users".into(), "a/b".into()]));
        assert!(segments("/v1_1/provisioning/accounts/other/users").is_err_and(|why| why.contains("account other")));
        assert!(segments("").is_err());
    }
}
