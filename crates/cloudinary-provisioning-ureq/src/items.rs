//! [`Items`]: a list as an iterator.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use cloudinary_provisioning::{AccountId, Error, Origin, Paged, Pager, Response, RetryPolicy};

use crate::engine::Engine;
use crate::options::{CallOptions, Mode, call_options};
use crate::pool::Pool;

/// An iterator over all items of a list, which requests pages as they are needed.
///
/// Memory use is the pages that are in flight. See [`Pager`] for where a list ends.
///
/// An error is yielded once, and ends the iteration. [`resume`](Self::resume) continues with the page that failed: no item
/// is lost or yielded twice.
///
/// ```no_run
/// use cloudinary_provisioning_ureq::{Client, users};
///
/// let client = Client::from_env()?;
/// let users: Vec<_> =
///     client.items(users::List::new().page_size(100)).collect::<Result<_, _>>()?;
/// # Ok::<(), cloudinary_provisioning_ureq::Error>(())
/// ```
#[must_use = "an iterator does nothing until it is used"]
pub struct Items<O: Paged> {
    engine: Arc<Engine>,
    options: CallOptions,
    pager: Pager<O>,
    page: std::vec::IntoIter<<O as Paged>::Item>,
    failed: bool,
    workers: usize,
    read_ahead: Option<ReadAhead<O>>,
}

/// Pages in flight.
struct ReadAhead<O: Paged> {
    pool: Pool<O>,
    submitted: u64,
    received: u64,
    waiting: BTreeMap<u64, Result<O::Output, Error>>,
}

impl<O: Paged + 'static> Items<O> {
    pub(crate) fn new(engine: Arc<Engine>, operation: O) -> Self {
        let options = engine.options();
        let page = Vec::new().into_iter();
        Self { engine, options, pager: Pager::new(operation), page, failed: false, workers: 1, read_ahead: None }
    }

    call_options!();

    /// Sets how many numbered pages to read at a time, 1 by default. Items still come in order.
    ///
    /// The first page is read by itself, and each that arrives lets two more be read ahead, so that a short list takes few
    /// requests. Up to as many as there are workers, beyond the end of the list, are wasted. Lists with cursors are read
    /// one page at a time.
    pub fn workers(mut self, workers: usize) -> Self {
        self.workers = workers.max(1);
        self
    }

    /// Continues after an error, with the page that failed.
    pub fn resume(&mut self) {
        self.failed = false;
    }

    /// The next page, or `None` at the end of the list.
    fn next_page(&mut self) -> Option<Result<O::Output, Error>> {
        let operation = self.pager.next_page()?;
        if self.workers == 1 || self.pager.ahead(1).is_none() {
            let page = self.engine.execute(operation, &self.options, Mode::plain(), &self.engine.cancel);
            return Some(page.map(Response::into_value));
        }
        let ahead = self.read_ahead.get_or_insert_with(|| ReadAhead {
            pool: Pool::new(Arc::clone(&self.engine), self.options.clone(), Mode::plain(), self.workers),
            submitted: 0,
            received: 0,
            waiting: BTreeMap::new(),
        });
        loop {
            // One page at first, and more with each that has arrived: most lists are short.
            let most =
                usize::try_from(ahead.received).map_or(self.workers, |received| self.workers.min(2 * received + 1));
            while let Ok(pages) = u32::try_from(ahead.submitted - ahead.received) {
                let more = usize::try_from(pages).is_ok_and(|pages| pages < most);
                let Some(operation) = self.pager.ahead(pages).filter(|_| more) else { break };
                ahead.pool.submit(ahead.submitted, operation);
                ahead.submitted += 1;
            }
            if let Some(page) = ahead.waiting.remove(&ahead.received) {
                ahead.received += 1;
                return Some(page);
            }
            let (number, _, page) = ahead.pool.receive()?;
            ahead.waiting.insert(number, page.map(Response::into_value));
        }
    }
}

impl<O: Paged + 'static> Iterator for Items<O> {
    type Item = Result<<O as Paged>::Item, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(item) = self.page.next() {
                return Some(Ok(item));
            }
            if self.failed {
                return None;
            }
            match self.next_page() {
                Some(Ok(page)) => self.page = self.pager.received(page).into_iter(),
                Some(Err(error)) => {
                    self.failed = true;
                    // A resumed list requests the later pages again.
                    self.read_ahead = None;
                    return Some(Err(error));
                }
                None => {
                    self.read_ahead = None;
                    self.failed = true;
                    return self.pager.end_error().map(Err);
                }
            }
        }
    }
}

impl<O: Paged> fmt::Debug for Items<O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Items")
            .field("account", &self.engine.account)
            .field("workers", &self.workers)
            .finish_non_exhaustive()
    }
}
