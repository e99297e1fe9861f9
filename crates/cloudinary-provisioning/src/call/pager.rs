//! [`Pager`]: a list, page by page, without I/O.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};

use crate::operation::operation::Operation;
use crate::outcome::cursor_page::CursorPage;
use crate::outcome::error::{Error, ErrorKind};

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

        /// Whether what is created meanwhile comes at the end, as far as the operation says.
        fn grows_at_its_end(&self) -> bool;

        /// What distinguishes an item from the others.
        fn key(item: &Self::Element) -> impl Hash;
    }

    /// A page number or a cursor.
    pub trait Position: Clone + Hash + Send + Sync {
        /// Whether the list can end with a page that has a successor.
        fn ends_without_news(&self) -> bool;
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

/// A list operation that can be requested page by page. Sealed, as [`Operation`] is.
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
    /// The type of the items.
    type Item: Send;
}

/// Walks a list page by page.
///
/// | list | ends with |
/// |---|---|
/// | with page numbers | an empty page, or two pages in a row without a new item, which is what a server sends that ignores the page; a short page does not end it, since a server may cap the page size |
/// | with cursors | a page without a cursor; one with a cursor that was seen before ends it with an [error](Self::end_error) |
///
/// A pager begins with the page that the operation asks for, or else with the first. A list of given ids or emails is
/// one request. Memory use is the one page that the caller holds, and about 16 bytes for each item before.
///
/// An item that is created meanwhile moves others to a later page, where they are seen a second time; they are returned
/// once. For that, pages have to be asked for in order; see [`ahead`](Self::ahead). An item that is deleted meanwhile moves others to an earlier page, so that a list by page numbers can miss some.
/// Before deleting the items of a list, collect all of them.
///
/// ```
/// use cloudinary_provisioning::{Account, Pager, http::Response, users};
///
/// let account = Account::new("acc", "key", "secret")?;
/// let mut responses = [
///     r#"{"users":[{"id":"a"},{"id":"b"}]}"#,
///     r#"{"users":[{"id":"c"}]}"#,
///     r#"{"users":[]}"#,
/// ]
/// .into_iter();
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
#[doc(alias = "cursor")]
#[doc(alias = "pagination")]
#[derive(Clone, Debug)]
pub struct Pager<O> {
    operation: O,
    /// Hashes of the items and the cursors that were received.
    seen: HashSet<u64>,
    /// Whether the last page had nothing new.
    is_stale: bool,
    ended: bool,
    /// Whether the service returned a cursor twice.
    is_circular: bool,
}

impl<O: Paged> Pager<O> {
    /// Creates a pager at its first page.
    pub fn new(mut operation: O) -> Self {
        let whole = operation.is_whole();
        let position = operation.position();
        if !whole && position.is_none() {
            *position = O::Position::first();
        }
        let seen = position.iter().map(|position| hash(("position", position))).collect();
        Self { operation, seen, is_stale: false, ended: false, is_circular: false }
    }

    /// Returns the operation that asks for the next page, or `None` at the end.
    ///
    /// It is the same page until [`received`](Self::received) is called, so a failed request can be sent again.
    pub fn next_page(&self) -> Option<&O> {
        (!self.ended).then_some(&self.operation)
    }

    /// Returns the operation that asks for a page that comes this many pages after the next one, to read ahead.
    ///
    /// Returns `None` at the end, for lists with cursors, where only a page says how to ask for the next one, and for
    /// lists of given ids or emails. Also returns `None` for lists that are sorted by anything but the time of creation,
    /// or in descending order: what is created meanwhile comes before other items there, and would hide one if a page was
    /// answered later than the page after it. Give pages to [`received`](Self::received) in order, and drop what was read ahead
    /// beyond the end.
    ///
    /// ```
    /// use cloudinary_provisioning::{Pager, custom_policies, users};
    ///
    /// let pager = Pager::new(users::List::new());
    /// assert_eq!(pager.ahead(2), Some(users::List::new().page(3)));
    /// assert_eq!(Pager::new(custom_policies::List::new()).ahead(1), None);
    /// ```
    pub fn ahead(&self, pages: u32) -> Option<O> {
        if self.ended || self.operation.is_whole() || !self.operation.grows_at_its_end() {
            return None;
        }
        let mut operation = self.operation.clone();
        let position = operation.position().as_ref()?.ahead(pages)?;
        *operation.position() = Some(position);
        Some(operation)
    }

    /// Records a page that was received, and returns the items that were not on an earlier one.
    pub fn received(&mut self, page: O::Output) -> Vec<O::Item> {
        let (is_empty, next) = (page.items().is_empty(), O::Position::next(self.operation.position().as_ref(), &page));
        let mut items = page.into_items();
        items.retain(|item| self.seen.insert(hash(O::key(item))));
        let was_stale = std::mem::replace(&mut self.is_stale, items.is_empty());
        let has_no_news = is_empty || (was_stale && self.is_stale);
        let is_over = self.operation.is_whole()
            || (has_no_news && self.operation.position().as_ref().is_some_and(Position::ends_without_news));
        match next.filter(|_| !is_over) {
            Some(next) if self.seen.insert(hash(("position", &next))) => *self.operation.position() = Some(next),
            next => (self.ended, self.is_circular) = (true, next.is_some()),
        }
        items
    }

    /// Returns an error if the list ended because the service returned a cursor twice: it may be incomplete.
    ///
    /// ```
    /// use cloudinary_provisioning::{Pager, custom_policies::List, http::Response};
    ///
    /// let mut pager = Pager::new(List::new());
    /// for _ in 0..2 {
    ///     let operation = pager.next_page().unwrap();
    ///     let page = operation.parse(&Response::new(r#"{"data":[],"next_cursor":"c"}"#))?;
    ///     pager.received(page);
    /// }
    /// assert!(pager.next_page().is_none());
    /// assert!(pager.end_error().unwrap().to_string().contains("at `next_cursor`: the service returned this cursor before"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn end_error(&self) -> Option<Error> {
        let message = "the service returned this cursor before, and the list would never end".to_owned();
        let kind = ErrorKind::Decode { path: "next_cursor".to_owned(), message };
        self.is_circular.then(|| Error::new(Some(self.operation.id()), kind, Some(http::Response::default())))
    }
}

fn hash(value: impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}

impl Position for u32 {
    fn ends_without_news(&self) -> bool {
        true
    }

    fn first() -> Option<Self> {
        Some(1)
    }

    fn next<P: Page>(current: Option<&Self>, page: &P) -> Option<Self> {
        let _ = page;
        current?.checked_add(1)
    }

    fn ahead(&self, pages: u32) -> Option<Self> {
        self.checked_add(pages)
    }
}

impl Position for String {
    fn ends_without_news(&self) -> bool {
        false
    }

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

/// Makes a list operation [`Paged`]:
/// `paged!(List: User, by page: u32, keyed by id, sorted by sort_by sort_order, whole with ids emails)`.
macro_rules! paged {
    ($name:ident: $item:ty, by $position:ident: $type:ty, keyed by $($key:ident)+
        $(, sorted by $by:ident $order:ident)? $(, whole with $($whole:ident)+)?) => {
        impl $crate::call::pager::sealed::Walk for $name {
            type Position = $type;
            type Element = $item;

            fn position(&mut self) -> &mut Option<$type> {
                &mut self.$position
            }

            fn is_whole(&self) -> bool {
                false $($(|| self.$whole.is_some())+)?
            }

            fn grows_at_its_end(&self) -> bool {
                true $(&& self.$order != Some(SortOrder::Desc)
                    && self.$by.as_ref().is_none_or(|by| *by == SortBy::CreatedAt))?
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
