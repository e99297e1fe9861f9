//! [`Pager`]: a list, page by page, without I/O.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use crate::catalog::Kind;
use crate::operation::Operation;
use crate::wire::Typed;

pub(crate) mod sealed {
    use std::hash::Hash;

    /// How an operation walks its list.
    pub trait Walk {
        type Position: Position;
        type Element: Send;

        /// The page that the operation asks for.
        fn position(&mut self) -> &mut Option<Self::Position>;

        /// Whether one response brings all there is, whatever the position.
        fn is_whole(&self) -> bool;

        /// What tells an item from the others.
        fn key(item: &Self::Element) -> impl Hash;
    }

    /// A page number or a cursor.
    pub trait Position: Clone + Hash + Send + Sync {
        fn first() -> Option<Self>;
        fn next<P: Page>(current: Option<&Self>, page: &P) -> Option<Self>;
        fn ahead(&self, pages: u32) -> Option<Self>;
    }

    /// A response of a list operation.
    pub trait Page {
        type Item;
        fn items(&self) -> &[Self::Item];
        fn into_items(self) -> Vec<Self::Item>;
        fn next_cursor(&self) -> Option<&str> {
            None
        }
    }
}

use sealed::{Page, Position, Walk};

/// A list operation that can be asked for page by page. Sealed, as [`Operation`] is.
///
/// ```
/// use cloudinary_provisioning::{Paged, Pager, custom_policies, users};
///
/// fn pager<O: Paged>(operation: O) -> Pager<O> {
///     Pager::new(operation)
/// }
/// # pager(users::List::new());
/// # pager(custom_policies::List::new());
/// ```
pub trait Paged:
    Operation<Output: Page<Item = <Self as Paged>::Item>> + Walk<Element = <Self as Paged>::Item> + Clone
{
    /// What the list holds.
    type Item: Send;
}

/// Walks a list page by page.
///
/// A list with page numbers ends with an empty page; a short page is no end, since a server may cap the page size. A
/// list with cursors ends where there is no cursor, or one that came before; an empty page with a cursor is no end.
/// Either ends with a page that came before, in whatever order, which is what a server sends that ignores the page.
///
/// It begins with the page that the operation asks for, if it does. A list of given ids or emails is one request. Memory
/// stays at the one page that the caller has, and 8 bytes a page.
///
/// An item that is created or deleted meanwhile can move others from one page to the next. Collect what to delete
/// before deleting it.
///
/// ```
/// use cloudinary_provisioning::{Account, Pager, http::Response, users};
///
/// let account = Account::new("acc", "key", "secret")?;
/// let mut responses = [r#"{"users":[{"id":"a"},{"id":"b"}]}"#, r#"{"users":[{"id":"c"}]}"#, r#"{"users":[]}"#]
///     .into_iter();
/// let mut pager = Pager::new(users::List::new().page_size(2));
/// let mut ids = Vec::new();
/// while let Some(operation) = pager.next_page() {
///     let request = account.request(operation)?;
/// #   assert!(request.uri().query().is_some_and(|query| query.starts_with("page=")));
///     let response = Response::new(responses.next().unwrap()); // send(request)?
///     let page = operation.parse(&response)?;
///     ids.extend(pager.received(page).into_iter().map(|user| user.id));
/// }
/// assert_eq!(ids, ["a", "b", "c"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Pager<O> {
    operation: O,
    /// What stands for the pages and the cursors that came.
    seen: HashSet<u64>,
    ended: bool,
}

impl<O: Paged> Pager<O> {
    /// Creates a pager at its first page.
    pub fn new(mut operation: O) -> Self {
        let whole = operation.is_whole();
        let position = operation.position();
        if !whole && position.is_none() {
            *position = O::Position::first();
        }
        let seen = position.iter().map(hash).collect();
        Self { operation, seen, ended: false }
    }

    /// Returns the operation that asks for the next page, or `None` at the end.
    ///
    /// Until [`received`](Self::received) is told of the page, this is the same page, so that a failed request can be
    /// sent again.
    pub fn next_page(&self) -> Option<&O> {
        (!self.ended).then_some(&self.operation)
    }

    /// Returns the operation that asks for the page that many pages behind the next one, to read ahead.
    ///
    /// `None` at the end, and where only the page before tells which one comes: for lists with cursors, and for lists of
    /// given ids or emails. Pages go to [`received`](Self::received) in their order; what was read ahead beyond the end
    /// is to be dropped.
    ///
    /// ```
    /// use cloudinary_provisioning::{Pager, custom_policies, users};
    ///
    /// let pager = Pager::new(users::List::new());
    /// assert_eq!(pager.ahead(2), Some(users::List::new().page(3)));
    /// assert_eq!(Pager::new(custom_policies::List::new()).ahead(1), None);
    /// ```
    pub fn ahead(&self, pages: u32) -> Option<O> {
        if self.ended || self.operation.is_whole() {
            return None;
        }
        let mut operation = self.operation.clone();
        let position = operation.position().as_ref()?.ahead(pages)?;
        *operation.position() = Some(position);
        Some(operation)
    }

    /// Takes note of a page that was received, and returns what is new in it: all of it, or nothing where it is a page
    /// that came before.
    pub fn received(&mut self, page: O::Output) -> Vec<O::Item> {
        let repeated = !page.items().is_empty() && !self.seen.insert(fingerprint::<O>(page.items()));
        let next = O::Position::next(self.operation.position().as_ref(), &page);
        let next = next.filter(|next| !repeated && !self.operation.is_whole() && self.seen.insert(hash(next)));
        match next {
            Some(next) => *self.operation.position() = Some(next),
            None => self.ended = true,
        }
        if repeated { Vec::new() } else { page.into_items() }
    }
}

fn hash(value: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

/// Stands for the set of the items, in whatever order.
fn fingerprint<O: Paged>(items: &[O::Item]) -> u64 {
    let sum = items.iter().fold(0_u64, |sum, item| sum.wrapping_add(hash(O::key(item))));
    hash((items.len(), sum))
}

impl Position for u32 {
    fn first() -> Option<Self> {
        Some(1)
    }

    fn next<P: Page>(current: Option<&Self>, page: &P) -> Option<Self> {
        current.filter(|_| !page.items().is_empty())?.checked_add(1)
    }

    fn ahead(&self, pages: u32) -> Option<Self> {
        self.checked_add(pages)
    }
}

impl Position for String {
    fn first() -> Option<Self> {
        None
    }

    fn next<P: Page>(_: Option<&Self>, page: &P) -> Option<Self> {
        page.next_cursor().filter(|cursor| !cursor.is_empty()).map(str::to_owned)
    }

    fn ahead(&self, _: u32) -> Option<Self> {
        None
    }
}

impl<T> Page for Vec<T> {
    type Item = T;

    fn items(&self) -> &[T] {
        self
    }

    fn into_items(self) -> Self {
        self
    }
}

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
    /// What is on the page.
    pub items: Vec<T>,
    /// The cursor of the next page; `None` on the last.
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

impl<T> Page for CursorPage<T> {
    type Item = T;

    fn items(&self) -> &[T] {
        &self.items
    }

    fn into_items(self) -> Vec<T> {
        self.items
    }

    fn next_cursor(&self) -> Option<&str> {
        self.next_cursor.as_deref()
    }
}

/// Makes a list operation [`Paged`]: `paged!(List: User by page: u32, keyed by id, whole with ids emails)`.
macro_rules! paged {
    ($name:ident: $item:ty, by $position:ident: $type:ty, keyed by $($key:ident)+ $(, whole with $($whole:ident)+)?) => {
        impl $crate::paging::sealed::Walk for $name {
            type Position = $type;
            type Element = $item;

            fn position(&mut self) -> &mut Option<$type> {
                &mut self.$position
            }

            fn is_whole(&self) -> bool {
                false $($(|| self.$whole.is_some())+)?
            }

            fn key(item: &$item) -> impl std::hash::Hash {
                ($(&item.$key,)+)
            }
        }

        impl $crate::Paged for $name {
            type Item = $item;
        }
    };
}

pub(crate) use paged;
