//! [`ItemsAll`]: many lists as one iterator.

use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::iter::Fuse;
use std::sync::Arc;
use std::time::Duration;

use cloudinary_provisioning::{AccountId, Error, Origin, Paged, Pager, Response, RetryPolicy};

use crate::engine::Engine;
use crate::options::{CallOptions, Mode, call_options};
use crate::pool::Pool;

const DEFAULT_WORKERS: usize = 8;
/// How many pages are asked for ahead for each worker, so that none runs dry while the caller looks at items.
const AHEAD: usize = 2;

/// An iterator over all items of many lists, which are read side by side.
///
/// Each list comes with a context, such as the id that it belongs to, and each item with a clone of it. The items of one
/// list come in its order; those of different lists mix. Pages of different lists are requested at the same time, and
/// when there are no further lists to begin, pages of numbered lists are requested ahead. Memory use is the pages that
/// are in flight and what each open list remembers; see [`Pager`].
///
/// An error is yielded with the context of its list and ends that list alone. A panic in a hook or a transport becomes an
/// error too. Dropping the iterator starts no further call and no retry, and waits for requests that are in flight.
///
/// ```no_run
/// use cloudinary_provisioning_ureq::{Client, SubAccountId, access_keys};
///
/// fn print_keys(client: &Client, environments: Vec<SubAccountId>) {
///     let lists = environments.into_iter().map(|id| {
///         let list = access_keys::List::new(&id).page_size(100);
///         (id, list)
///     });
///     for (environment, key) in client.items_all(lists).workers(16) {
///         match key {
///             Ok(key) => println!("{environment}: {}", key.api_key),
///             Err(error) => eprintln!("{environment}: {error:#}"),
///         }
///     }
/// }
/// ```
#[must_use = "an iterator does nothing until it is used"]
pub struct ItemsAll<I, C, O: Paged> {
    lists: Fuse<I>,
    engine: Arc<Engine>,
    options: CallOptions,
    workers: usize,
    pool: Option<Pool<O>>,
    open: BTreeMap<u64, Open<C, O>>,
    /// The number of lists that were begun.
    begun: u64,
    /// The pages that were asked for and did not arrive yet, by their calls: the list, and which of its pages.
    in_flight: BTreeMap<u64, (u64, u64)>,
    /// The number of pages that were asked for.
    asked: u64,
    items: VecDeque<(C, Result<<O as Paged>::Item, Error>)>,
}

/// A list that has not ended.
struct Open<C, O: Paged> {
    context: C,
    pager: Pager<O>,
    asked: u64,
    received: u64,
    waiting: BTreeMap<u64, Result<O::Output, Error>>,
}

impl<I, C, O> ItemsAll<I, C, O>
where
    I: Iterator<Item = (C, O)>,
    C: Clone,
    O: Paged + 'static,
{
    pub(crate) fn new(engine: Arc<Engine>, lists: I) -> Self {
        Self {
            lists: lists.fuse(),
            options: engine.options(),
            engine,
            workers: DEFAULT_WORKERS,
            pool: None,
            open: BTreeMap::new(),
            begun: 0,
            in_flight: BTreeMap::new(),
            asked: 0,
            items: VecDeque::new(),
        }
    }

    call_options!();

    /// Sets how many pages to read at a time, each by a thread with its own connection, 8 by default. A single worker is
    /// the calling thread, and reads one list after the other.
    ///
    /// Up to as many requests beyond the end of a numbered list are wasted.
    pub fn workers(mut self, workers: usize) -> Self {
        self.workers = workers.max(1);
        self
    }

    /// Asks for pages until there are enough in flight: the next ones of open lists first, then the first ones of further
    /// lists, then those behind the next ones.
    fn ask(&mut self) {
        let most = if self.workers == 1 { 1 } else { self.workers.saturating_mul(AHEAD) };
        let idle: Vec<u64> =
            self.open.iter().filter(|(_, list)| list.asked == list.received).map(|(id, _)| *id).collect();
        for list in idle {
            if self.in_flight.len() < most {
                self.ask_for(list);
            }
        }
        while self.in_flight.len() < most {
            let Some((context, list)) = self.lists.next() else { break };
            let pager = Pager::new(list);
            let list = Open { context, pager, asked: 0, received: 0, waiting: BTreeMap::new() };
            self.open.insert(self.begun, list);
            self.ask_for(self.begun);
            self.begun += 1;
        }
        let mut lists: Vec<u64> = self.open.keys().copied().collect();
        while self.in_flight.len() < self.workers && !lists.is_empty() {
            lists.retain(|list| self.in_flight.len() < self.workers && self.ask_for(*list));
        }
    }

    /// Asks for the page of a list behind those that were asked for; `false` if only its next page shows where that is.
    fn ask_for(&mut self, id: u64) -> bool {
        let Some(list) = self.open.get_mut(&id) else { return false };
        let operation = match u32::try_from(list.asked - list.received) {
            Ok(0) => list.pager.next_page().cloned(),
            Ok(pages) => list.pager.ahead(pages),
            Err(_) => None,
        };
        let Some(operation) = operation else { return false };
        // Without threads, the pool uses the calling one.
        let threads = if self.workers == 1 { 0 } else { self.workers };
        let pool = self
            .pool
            .get_or_insert_with(|| Pool::new(Arc::clone(&self.engine), self.options.clone(), Mode::plain(), threads));
        pool.submit(self.asked, operation);
        self.in_flight.insert(self.asked, (id, list.asked));
        self.asked += 1;
        list.asked += 1;
        true
    }

    /// Waits for a page, and takes the items of its list as far as they are in order.
    fn receive(&mut self) -> Option<()> {
        let (call, _, page) = self.pool.as_mut()?.receive()?;
        let (id, number) = self.in_flight.remove(&call)?;
        // A page behind the end of its list is of no use.
        let Some(list) = self.open.get_mut(&id) else { return Some(()) };
        list.waiting.insert(number, page.map(Response::into_value));
        while let Some(page) = list.waiting.remove(&list.received) {
            list.received += 1;
            let is_failed = page.is_err();
            let items: Vec<_> = match page {
                Ok(page) => {
                    let items = list.pager.received(page);
                    items.into_iter().map(Ok).chain(list.pager.end_error().map(Err)).collect()
                }
                Err(error) => vec![Err(error)],
            };
            self.items.extend(items.into_iter().map(|item| (list.context.clone(), item)));
            if is_failed || list.pager.next_page().is_none() {
                self.open.remove(&id);
                break;
            }
        }
        Some(())
    }
}

impl<I, C, O> Iterator for ItemsAll<I, C, O>
where
    I: Iterator<Item = (C, O)>,
    C: Clone,
    O: Paged + 'static,
{
    type Item = (C, Result<<O as Paged>::Item, Error>);

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(item) = self.items.pop_front() {
                return Some(item);
            }
            self.ask();
            if self.open.is_empty() {
                self.pool = None;
                return None;
            }
            self.receive()?;
        }
    }
}

impl<I, C, O: Paged> fmt::Debug for ItemsAll<I, C, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ItemsAll")
            .field("account", &self.engine.account)
            .field("workers", &self.workers)
            .finish_non_exhaustive()
    }
}
