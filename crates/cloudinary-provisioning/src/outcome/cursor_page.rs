//! [`CursorPage`]: one page of a list with a cursor.

use crate::wire::kind::{Kind, Typed};

/// One page of a list with a cursor.
///
/// ```
/// use cloudinary_provisioning::{custom_policies::List, http::Response};
///
/// let response = Response::new(r#"{"data":[{"id":"p1"}],"next_cursor":"3"}"#);
/// let page = List::new().parse(&response)?;
/// assert_eq!(page.items[0].id, "p1");
/// assert_eq!(page.next_cursor.as_deref(), Some("3"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serialize", derive(serde::Serialize))]
#[non_exhaustive]
pub struct CursorPage<T> {
    /// The items of the page.
    pub items: Vec<T>,
    /// The cursor of the next page, or `None` on the last.
    pub next_cursor: Option<String>,
}

impl<T> CursorPage<T> {
    /// Creates a page, for tests.
    pub fn new(items: impl Into<Vec<T>>, next_cursor: Option<String>) -> Self {
        Self { items: items.into(), next_cursor }
    }
}

impl<T: Typed> Typed for CursorPage<T> {
    const KIND: Kind = Kind::List(&T::KIND);
}
