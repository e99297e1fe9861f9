//! Lists of the catalogue's operations, page by page.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use cloudinary_provisioning::catalog::{Entry, Paging};
use cloudinary_provisioning_ureq::Client;
use serde_json::Value;

use crate::args::request::Request;
use crate::terminal::exit::Exit;

/// The items of a list. After an error there is nothing more.
pub(crate) struct Pages<'c> {
    client: &'c Client,
    request: Request,
    keys: Vec<&'static str>,
    /// How to request the next page; `None` for a list of one page, or if the caller asks for a certain page.
    paging: Option<Paging>,
    page: std::vec::IntoIter<Value>,
    seen: HashSet<u64>,
    ended: bool,
    /// Whether there may be more, beyond the last page that can be requested.
    more: bool,
}

impl<'c> Pages<'c> {
    /// Returns `None` if the operation has no list.
    pub(crate) fn new(client: &'c Client, request: &Request) -> Option<Self> {
        let keys = request.entry.items()?;
        let mut request = request.clone();
        let mut paging = request.entry.paging();
        match paging {
            Some(_) if request.fields.contains_key(position(paging)) => paging = None,
            Some(Paging::Pages) => drop(request.fields.insert(position(paging).to_owned(), 1.into())),
            _ => {}
        }
        Some(Self {
            client,
            request,
            keys,
            paging,
            page: Vec::new().into_iter(),
            seen: HashSet::new(),
            ended: false,
            more: false,
        })
    }

    fn read(&mut self) -> Result<(), Exit> {
        let entry = self.request.entry;
        self.ended = true;
        let response = self.client.send(&self.request.raw()).map_err(|error| Exit::of_call(entry.id, &error))?;
        let page = items(&response, &self.keys).map(<[Value]>::to_vec).ok_or_else(|| {
            Exit::Failed(format!("{}: the response has no list at `{}`", entry.id, self.keys.join(".")))
        })?;
        // A service that ignores the position sends the same page again.
        if !page.is_empty() && !self.seen.insert(fingerprint(&page)) {
            return Ok(());
        }
        let next = match self.paging {
            Some(Paging::Pages) if !page.is_empty() => {
                let next = self.next_number(entry);
                self.more = next.is_none();
                next
            }
            Some(Paging::Cursor(_)) => {
                let cursor = response.get("next_cursor").and_then(Value::as_str).filter(|cursor| !cursor.is_empty());
                cursor.filter(|cursor| self.seen.insert(hash(cursor))).map(Value::from)
            }
            _ => None,
        };
        if let Some(next) = next {
            self.request.fields.insert(position(self.paging).to_owned(), next);
            self.ended = false;
        }
        self.page = page.into_iter();
        Ok(())
    }

    fn next_number(&self, entry: &Entry) -> Option<Value> {
        let name = position(self.paging);
        let next = self.request.fields.get(name)?.as_u64()?.checked_add(1)?;
        let limits = entry.fields.iter().find(|field| field.name == name).and_then(|field| field.limits);
        limits.is_none_or(|(_, last)| next <= u64::from(last)).then(|| next.into())
    }
}

impl Iterator for Pages<'_> {
    type Item = Result<Value, Exit>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(item) = self.page.next() {
                return Some(Ok(item));
            }
            if std::mem::take(&mut self.more) {
                let id = self.request.entry.id;
                return Some(Err(Exit::Failed(format!(
                    "{id}: there may be more; ask for larger pages with --page-size"
                ))));
            }
            if self.ended {
                return None;
            }
            if let Err(exit) = self.read() {
                return Some(Err(exit));
            }
        }
    }
}

/// The field that names the page to request.
fn position(paging: Option<Paging>) -> &'static str {
    match paging {
        Some(Paging::Cursor(_)) => "cursor",
        _ => "page",
    }
}

/// The list in a response.
fn items<'v>(response: &'v Value, keys: &[&str]) -> Option<&'v [Value]> {
    keys.iter().try_fold(response, |value, key| value.get(key))?.as_array().map(Vec::as_slice)
}

/// Hashes the items of a page, whatever their order.
fn fingerprint(page: &[Value]) -> u64 {
    hash(page.iter().fold(0_u64, |sum, item| sum.wrapping_add(hash(item))))
}

fn hash(value: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}
