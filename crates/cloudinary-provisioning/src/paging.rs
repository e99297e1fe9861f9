//! [`Pager`]: a list, page by page, without I/O.

use std::hash::{DefaultHasher, Hash, Hasher};

use crate::operation::Operation;

/// A list operation that can be asked for page by page. Sealed, as [`Operation`] is.
///
/// ```
/// use cloudinary_provisioning::{Paged, Pager};
///
/// fn pager<O: Paged>(operation: O) -> Pager<O> {
///     Pager::new(operation)
/// }
/// # pager(cloudinary_provisioning::users::List::new());
/// ```
pub trait Paged: Operation<Output = Vec<<Self as Paged>::Item>> + Clone {
    /// What the list holds.
    type Item: Send;

    /// The page to begin with, or nothing where one request brings all there is.
    #[doc(hidden)]
    fn first_page(&self) -> Option<u32>;

    #[doc(hidden)]
    fn set_page(&mut self, page: u32);

    #[doc(hidden)]
    fn key(item: &Self::Item) -> &str;
}

/// Walks a list page by page: page 1, 2, … until a page is empty, or has the same ids as the one before, which is
/// what a server does that ignores the page. A short page is no end, since a server may cap the page size.
///
/// It begins with the page that the operation asks for, if it does. A list of given ids or emails is one request.
/// It holds nothing but the operation: memory stays at the one page that the caller has.
///
/// An item that is created or deleted meanwhile can move others from one page to the next. Collect what to delete
/// before deleting it.
///
/// ```
/// use cloudinary_provisioning::{Account, Pager, http::Response, users};
///
/// let account = Account::new("acc", "key", "secret")?;
/// let mut replies = [r#"{"users":[{"id":"a"},{"id":"b"}]}"#, r#"{"users":[{"id":"c"}]}"#, r#"{"users":[]}"#]
///     .into_iter();
/// let mut pager = Pager::new(users::List::new().page_size(2));
/// let mut ids = Vec::new();
/// while let Some(operation) = pager.next_page() {
///     let request = account.request(operation)?;
/// #   assert!(request.uri().query().is_some_and(|query| query.starts_with("page=")));
///     let reply = Response::new(replies.next().unwrap()); // send(request)?
///     let page = operation.parse(&reply)?;
///     ids.extend(pager.received(page).into_iter().map(|user| user.id));
/// }
/// assert_eq!(ids, ["a", "b", "c"]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Pager<O> {
    operation: O,
    /// The page that `operation` asks for; nothing where there is only one request to make.
    page: Option<u32>,
    previous: Option<Fingerprint>,
    ended: bool,
}

/// Stands for the ids of a page, so that the page need not be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Fingerprint {
    length: usize,
    hash: u64,
}

impl<O: Paged> Pager<O> {
    /// A pager at its first page.
    pub fn new(mut operation: O) -> Self {
        let page = operation.first_page();
        if let Some(page) = page {
            operation.set_page(page);
        }
        Self { operation, page, previous: None, ended: false }
    }

    /// The operation that asks for the next page, or `None` at the end. Until [`received`](Self::received) is told
    /// of the page, this is the same page, so that a failed request can be made again.
    pub fn next_page(&self) -> Option<&O> {
        (!self.ended).then_some(&self.operation)
    }

    /// The operation that asks for the page that many pages behind the next one; `None` where there are no pages.
    pub fn ahead(&self, pages: u32) -> Option<O> {
        let page = self.page.filter(|_| !self.ended)?.checked_add(pages)?;
        let mut operation = self.operation.clone();
        operation.set_page(page);
        Some(operation)
    }

    /// Takes note of a page that was received and gives back what is new in it: all of it, or nothing where it is
    /// the page before once more.
    pub fn received(&mut self, page: Vec<O::Item>) -> Vec<O::Item> {
        let fingerprint = Fingerprint::of::<O>(&page);
        let repeated = self.previous.replace(fingerprint) == Some(fingerprint);
        match self.page.and_then(|number| number.checked_add(1)) {
            Some(next) if !page.is_empty() && !repeated => {
                self.page = Some(next);
                self.operation.set_page(next);
            }
            _ => self.ended = true,
        }
        if repeated { Vec::new() } else { page }
    }
}

impl Fingerprint {
    fn of<O: Paged>(items: &[O::Item]) -> Self {
        let mut hasher = DefaultHasher::new();
        for item in items {
            O::key(item).hash(&mut hasher);
        }
        Self { length: items.len(), hash: hasher.finish() }
    }
}
