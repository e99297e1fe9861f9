//! [`Items`]: a list as an iterator.

use std::time::Duration;

use cloudinary_provisioning::{AccountId, Error, Origin, Paged, Pager, RetryPolicy};

use crate::call::{CallOptions, call_options};
use crate::client::Client;

/// All items of a list, asked for page by page; memory stays at one page. See [`Pager`] for where a list ends.
///
/// An error is yielded once and ends the iteration. [`resume`](Self::resume) goes on with the page that failed, so
/// that nothing is lost and nothing comes twice.
///
/// ```no_run
/// use cloudinary_provisioning_ureq::{Client, users};
///
/// let client = Client::from_env()?;
/// let users: Vec<_> = client.items(users::List::new().page_size(100)).collect::<Result<_, _>>()?;
/// # Ok::<(), cloudinary_provisioning_ureq::Error>(())
/// ```
#[derive(Debug)]
#[must_use = "an iterator does nothing until it is used"]
pub struct Items<O: Paged> {
    client: Client,
    options: CallOptions,
    pager: Pager<O>,
    page: std::vec::IntoIter<O::Item>,
    failed: bool,
}

impl<O: Paged> Items<O> {
    pub(crate) fn new(client: Client, operation: O) -> Self {
        let page = Vec::new().into_iter();
        Self { options: client.options(), client, pager: Pager::new(operation), page, failed: false }
    }

    call_options!();

    /// Goes on after an error, with the page that failed.
    pub fn resume(&mut self) {
        self.failed = false;
    }
}

impl<O: Paged> Iterator for Items<O> {
    type Item = Result<O::Item, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(item) = self.page.next() {
                return Some(Ok(item));
            }
            if self.failed {
                return None;
            }
            let operation = self.pager.next_page()?;
            match self.client.execute(operation, &self.options) {
                Ok(response) => self.page = self.pager.received(response.into_value()).into_iter(),
                Err(error) => {
                    self.failed = true;
                    return Some(Err(error));
                }
            }
        }
    }
}
