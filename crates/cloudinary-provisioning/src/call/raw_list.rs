//! [`RawList`]: a list of the API, page by page, for calls without a typed operation.

use std::fmt;
use std::hash::Hash;

use http::{Method, StatusCode};
use serde_json::{Map, Value};

use crate::call::pager::Paged;
use crate::call::pager::sealed::{Page, Position, Walk};
use crate::operation::entry::{Entry, Paging};
use crate::operation::inherent::inherent;
use crate::operation::operation::{Operation, sealed};
use crate::operation::raw::Raw;
use crate::operation::safety::Safety;
use crate::outcome::cursor_page::CursorPage;
use crate::wire::build_error::BuildError;
use crate::wire::json::{self, Unreadable};
use crate::wire::kind::Place;
use crate::wire::target::{PathPrefix, Target};

inherent!(RawList);

/// A list that is read page by page as JSON: of an operation of the catalogue, or of any call.
///
/// Give it to a [`Pager`](crate::Pager), or to the adapter's `items`.
///
/// ```
/// use cloudinary_provisioning::{Account, Pager, RawList, catalog, http::Response};
///
/// let users = catalog().find(|entry| entry.id == "getUsers").unwrap();
/// let list = users.list(serde_json::Map::new())?.unwrap();
/// let mut pager = Pager::new(list);
/// let account = Account::new("acc", "key", "secret")?;
/// let request = account.request(pager.next_page().unwrap())?;
/// assert_eq!(request.uri().query(), Some("page=1"));
///
/// let page = pager.next_page().unwrap().parse(&Response::new(r#"{"users":[{"id":"u1"}]}"#))?;
/// assert_eq!(pager.received(page)[0]["id"], "u1");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq)]
#[must_use = "an operation does nothing until it is sent"]
pub struct RawList {
    call: Raw,
    /// The keys that lead to the items in the response.
    keys: Vec<String>,
    /// Where the position is sent; `None` if one response holds everything.
    paging: Option<Paging>,
    position: Option<RawPosition>,
}

/// A page number or a cursor.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum RawPosition {
    Page(u32),
    Cursor(String),
}

impl Raw {
    /// Makes a list of this call that is read by page numbers, with the query parameter `page`. The keys lead to the items
    /// in the response.
    ///
    /// ```
    /// use cloudinary_provisioning::{Raw, http::Method};
    ///
    /// let list = Raw::new(Method::GET, ["users"]).query("page_size", 100).by_page(["users"]);
    /// # drop(list);
    /// ```
    pub fn by_page<K: Into<String>>(self, keys: impl IntoIterator<Item = K>) -> RawList {
        RawList::new(self, keys, Some(Paging::Pages))
    }

    /// Makes a list of this call that is read with a cursor: the response's `next_cursor` is sent as the query parameter
    /// `cursor`. The keys lead to the items in the response.
    ///
    /// ```
    /// use cloudinary_provisioning::{PathPrefix, Raw, http::Method};
    ///
    /// let list = Raw::new(Method::GET, ["policies", "custom"])
    ///     .prefix(PathPrefix::Permissions)
    ///     .by_cursor(["data"]);
    /// # drop(list);
    /// ```
    pub fn by_cursor<K: Into<String>>(self, keys: impl IntoIterator<Item = K>) -> RawList {
        RawList::new(self, keys, Some(Paging::Cursor(Place::Query)))
    }
}

impl Entry {
    /// Makes a list of named fields, to be read page by page; `None` if the operation is not a list.
    ///
    /// If the fields have a position, the list begins there. A list of given `ids` or `emails` is one request.
    ///
    /// # Errors
    ///
    /// The same as [`request`](Self::request).
    pub fn list(&self, mut fields: Map<String, Value>) -> Result<Option<RawList>, BuildError> {
        /// What makes a list one response, however long it is.
        const GIVEN: [&str; 2] = ["ids", "emails"];

        let Some(keys) = self.items() else { return self.request(fields).map(|_| None) };
        let is_whole = GIVEN.iter().any(|name| fields.contains_key(*name));
        let paging = self.paging().filter(|_| !is_whole);
        let checked = self.request(fields.clone())?;
        let position = match self.paging() {
            Some(Paging::Pages) => {
                fields.remove("page").and_then(|page| u32::try_from(page.as_u64()?).ok()).map(RawPosition::Page)
            }
            Some(Paging::Cursor(_)) => {
                fields.remove("cursor").and_then(|cursor| cursor.as_str().map(str::to_owned)).map(RawPosition::Cursor)
            }
            None => None,
        };
        let call = if position.is_some() { self.request(fields)? } else { checked };
        let list = RawList::new(call, keys, paging);
        Ok(Some(RawList { position: position.or(list.position.clone()), ..list }))
    }
}

impl RawList {
    fn new<K: Into<String>>(call: Raw, keys: impl IntoIterator<Item = K>, paging: Option<Paging>) -> Self {
        let position = (paging == Some(Paging::Pages)).then_some(RawPosition::Page(1));
        Self { call, keys: keys.into_iter().map(Into::into).collect(), paging, position }
    }

    /// The call that asks for the page.
    fn at_position(&self) -> Result<Raw, BuildError> {
        let mut call = self.call.clone();
        match (self.paging, &self.position) {
            (_, Some(RawPosition::Page(page))) => call.set_query("page", page.to_string()),
            (Some(Paging::Cursor(Place::Body)), Some(RawPosition::Cursor(cursor))) => {
                let body = call.body.take().transpose()?.unwrap_or_default();
                let mut body: Map<String, Value> = serde_json::from_slice(&body).unwrap_or_default();
                body.insert("cursor".to_owned(), cursor.as_str().into());
                call = call.json(&body);
            }
            (_, Some(RawPosition::Cursor(cursor))) => call.set_query("cursor", cursor.clone()),
            (_, None) => {}
        }
        Ok(call)
    }
}

impl fmt::Debug for RawList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RawList").field("call", &self.call).field("position", &self.position).finish_non_exhaustive()
    }
}

impl sealed::Sealed for RawList {
    type Value = CursorPage<Value>;

    fn prefix(&self) -> PathPrefix {
        sealed::Sealed::prefix(&self.call)
    }

    fn target(&self, target: &mut Target) -> Result<(), BuildError> {
        self.at_position()?.target(target)
    }

    fn body(&self) -> Result<Option<Vec<u8>>, BuildError> {
        self.at_position()?.body()
    }

    fn decode(&self, _: StatusCode, body: &[u8]) -> Result<CursorPage<Value>, Unreadable> {
        let mut value: Value = json::decode_foreign(body)?;
        let next_cursor = match value.get("next_cursor") {
            None | Some(Value::Null) => None,
            Some(Value::String(cursor)) => Some(cursor.clone()),
            Some(Value::Number(cursor)) => Some(cursor.to_string()),
            // The list goes on, and nothing says where.
            Some(_) => {
                let (path, message) = ("next_cursor".to_owned(), "expected a text".to_owned());
                return Err(Unreadable { path, message, truncated: false });
            }
        };
        for key in &self.keys {
            value = value.get_mut(key).map(Value::take).unwrap_or_default();
        }
        match value {
            Value::Array(items) => Ok(CursorPage { items, next_cursor }),
            _ => Err(Unreadable {
                path: if self.keys.is_empty() { ".".to_owned() } else { self.keys.join(".") },
                message: "expected a list".to_owned(),
                truncated: false,
            }),
        }
    }
}

impl Operation for RawList {
    type Output = CursorPage<Value>;

    fn id(&self) -> &'static str {
        self.call.id()
    }

    fn method(&self) -> Method {
        self.call.method()
    }

    fn safety(&self) -> Safety {
        Operation::safety(&self.call)
    }

    fn path(&self) -> &'static str {
        self.call.path()
    }
}

impl Walk for RawList {
    type Position = RawPosition;
    type Element = Value;

    fn position(&mut self) -> &mut Option<RawPosition> {
        &mut self.position
    }

    fn is_whole(&self) -> bool {
        self.paging.is_none()
    }

    /// By what names it, or else as a whole, since a field may change meanwhile.
    fn grows_at_its_end(&self) -> bool {
        let sorts = ["name", "role", "status", "activity", "api_key", "enabled"];
        !self.call.has_query("sort_order", "desc") && !sorts.iter().any(|by| self.call.has_query("sort_by", by))
    }

    fn key(item: &Value) -> impl Hash {
        let names = ["type", "id", "api_key"].map(|name| item.get(name).map(Value::to_string));
        let whole = if names.iter().skip(1).all(Option::is_none) { Some(item.to_string()) } else { None };
        (names, whole)
    }
}

impl Paged for RawList {
    type Item = Value;
}

impl Position for RawPosition {
    fn ends_without_news(&self) -> bool {
        matches!(self, Self::Page(_))
    }

    fn first() -> Option<Self> {
        None
    }

    fn next<P: Page>(current: Option<&Self>, page: &P) -> Option<Self> {
        match current {
            Some(Self::Page(number)) => number.checked_add(1).map(Self::Page),
            _ => page.next_cursor().filter(|cursor| !cursor.is_empty()).map(|cursor| Self::Cursor(cursor.to_owned())),
        }
    }

    fn ahead(&self, pages: u32) -> Option<Self> {
        match self {
            Self::Page(number) => number.checked_add(pages).map(Self::Page),
            Self::Cursor(_) => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use http::{Method, Response};

    use super::*;

    #[test]
    fn a_cursor_that_is_not_a_text_does_not_end_the_list() {
        let list = Raw::new(Method::GET, ["policies"]).by_cursor(["data"]);
        let next = |cursor: &str| {
            let response = Response::new(format!(r#"{{"data": [], "next_cursor": {cursor}}}"#));
            list.parse(&response).map(|page| page.next_cursor)
        };
        assert_eq!(next("5").unwrap().as_deref(), Some("5"));
        assert_eq!(next("null").unwrap(), None);
        assert!(next("{}").unwrap_err().to_string().contains("`next_cursor`: expected a text"));
    }
}
