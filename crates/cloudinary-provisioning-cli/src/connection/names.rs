//! The names of what a path and its ids are about, for questions.

use cloudinary_provisioning::catalog::Entry;
use cloudinary_provisioning::http::Method;
use cloudinary_provisioning::{PathPrefix, catalog};
use cloudinary_provisioning_ureq::Client;
use serde_json::{Map, Value};

use super::envelope::value;

/// What an item is known by, and what people call it.
const IDS: [&str; 2] = ["id", "api_key"];
const NAMES: [&str; 3] = ["email", "name", "cloud_name"];

/// The names of what a call is about: of each id in its path, and of each principal in its body. What cannot be read has
/// no name.
pub(crate) fn of_call(
    client: &Client,
    prefix: PathPrefix,
    segments: &[String],
    body: &Map<String, Value>,
) -> Vec<String> {
    let in_path = (1..=segments.len()).filter_map(|end| of_path(client, prefix, segments.get(..end)?));
    let principals =
        body.get("principals").and_then(Value::as_array).into_iter().flatten().chain(body.get("principal"));
    let in_body = principals.filter_map(|principal| {
        let text = |names: [&str; 2]| names.iter().find_map(|name| principal.get(name)?.as_str());
        let id = text(["principal_id", "id"])?;
        let resource = match text(["principal_type", "type"])? {
            "user" => "users",
            "group" => "user_groups",
            kind => return Some(format!("{kind} {id}")),
        };
        let segments = [resource.to_owned(), id.to_owned()];
        Some(of_path(client, PathPrefix::Provisioning, &segments).unwrap_or_else(|| id.to_owned()))
    });
    in_path.chain(in_body).collect()
}

/// The name of what a path leads to, if its last segment is an id.
fn of_path(client: &Client, prefix: PathPrefix, segments: &[String]) -> Option<String> {
    let (id, list) = segments.split_last()?;
    let known = || catalog().filter(|entry| entry.prefix == prefix);
    let is_id = |entry: &Entry| {
        let fields = fields(entry.segments.get(..segments.len())?, segments)?;
        Some(fields.last().is_some_and(|(_, at)| *at == list.len()))
    };
    let mut is_id = known().filter_map(is_id).peekable();
    if is_id.peek().is_none() || !is_id.all(|is_id| is_id) {
        return None;
    }
    let read = |path: &[String]| {
        known().find_map(|entry| {
            let fields = fields(entry.segments, path).filter(|_| entry.method == Method::GET)?.into_iter();
            let fields = fields.map(|(name, at)| (name.to_owned(), path.get(at).cloned().into()));
            Some((entry, fields.collect::<Map<_, _>>()))
        })
    };
    if let Some((entry, fields)) = read(segments) {
        let response = client.send(&entry.request(fields).ok()?).ok()?;
        return name(value(&response, entry));
    }
    let (entry, fields) = read(list)?;
    let mut items = client.items(entry.list(fields).ok()??).map_while(Result::ok);
    let item = items.find(|item| IDS.iter().any(|name| item.get(name).and_then(Value::as_str) == Some(id)))?;
    name(&item)
}

/// The fields of a pattern that a path fits, with their places.
fn fields(pattern: &[&'static str], path: &[String]) -> Option<Vec<(&'static str, usize)>> {
    if pattern.len() != path.len() {
        return None;
    }
    let mut fields = Vec::new();
    for (at, (pattern, segment)) in pattern.iter().zip(path).enumerate() {
        match pattern.strip_prefix('{').and_then(|pattern| pattern.strip_suffix('}')) {
            Some(name) => fields.push((name, at)),
            None if *pattern != segment.as_str() => return None,
            None => {}
        }
    }
    Some(fields)
}

fn name(item: &Value) -> Option<String> {
    NAMES.iter().find_map(|name| item.get(name)?.as_str()).map(str::to_owned)
}
