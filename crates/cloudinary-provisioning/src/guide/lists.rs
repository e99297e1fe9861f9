//! Lists, page by page.
//!
//! | list | how it is paged |
//! |---|---|
//! | [`users::List`], [`access_keys::List`] | by page numbers; without a page, one response holds everything |
//! | [`custom_policies::List`], [`principals::Inspect`], [`principals::InspectMultiple`] | by a cursor |
//! | every other list | not at all: one response holds everything |
//!
//! [`Pager`] walks a paged list with one page in memory, whichever kind it is. The adapter's `items` is an iterator over
//! one.
//!
//! [`users::List::by_ids`] and [`users::List::by_emails`] split a list that is longer than the 100 that the service takes.
//! A list of ids that is set and empty is refused when the request is built: the service would take it for no condition,
//! and return everybody.

#[cfg(doc)]
use crate::*;
