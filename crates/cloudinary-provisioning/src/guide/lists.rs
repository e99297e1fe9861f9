//! Lists, page by page.
//!
//! | list | how it is paged |
//! |---|---|
//! | [`users::List`], [`access_keys::List`] | by page numbers; without a page, one response holds everything |
//! | [`custom_policies::List`], [`principals::Inspect`], [`principals::InspectMultiple`] | by a cursor |
//! | every other list | not at all: one response holds everything |
//!
//! [`Pager`] walks a list of either kind, with one page in memory:
//!
//! ```
//! use cloudinary_provisioning::{Account, Error, Pager, http, users};
//! # fn send(_: http::Request<Vec<u8>>) -> http::Response<Vec<u8>> {
//! #     http::Response::new(br#"{"users":[]}"#.to_vec())
//! # }
//!
//! let account = Account::new("acc", "key", "secret")?;
//! let mut pager = Pager::new(users::List::new().page_size(100));
//! while let Some(list) = pager.next_page() {
//!     let page = list.parse(&send(account.request(list)?))?;
//!     for user in pager.received(page) {
//!         println!("{}", user.id);
//!     }
//! }
//! # Ok::<(), Error>(())
//! ```
//!
//! If a page fails, ask for it again: [`next_page`](Pager::next_page) returns the same operation until
//! [`received`](Pager::received) is called. [`Pager::ahead`] returns the operations for later pages, to request several
//! numbered pages at a time. The ureq adapter does both: its `items` is an iterator, and `items(…).workers(8)` reads ahead.
//!
//! # Where a list ends
//!
//! A list with a cursor ends where a response has none. A list with page numbers ends with an empty page, or with two pages
//! in a row that bring nothing new, which is what a server sends that ignores the page number. A short page does not end
//! it, since the service may return fewer items than were asked for.
//!
//! An item that is created while the list is read can push another one to a later page; it is returned once. An item that
//! is deleted meanwhile pulls others to an earlier page, so that a list with page numbers can miss some. Before deleting
//! the items of a list, read all of it.
//!
//! # Given ids
//!
//! [`users::List::by_ids`] and [`users::List::by_emails`] split a list that is longer than the 100 that the service takes.
//! A list of ids that is set and empty is refused when the request is built: the service would ignore it, and return all
//! users.
//!
//! # Lists as JSON
//!
//! [`Entry::list`](catalog::Entry::list) makes a [`RawList`] of any list in the [catalogue](catalog()), and
//! [`Raw::by_page`] and [`Raw::by_cursor`] make one of a call that has no operation here. A pager walks it in the same way,
//! and yields JSON values.

#[cfg(doc)]
use crate::*;
