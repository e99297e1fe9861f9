//! [`SendAll`]: many operations, by several workers.

use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::iter::Fuse;
use std::sync::Arc;
use std::time::Duration;

use cloudinary_provisioning::{AccountId, Error, Operation, Origin, Recover, Response, RetryPolicy};

use crate::engine::Engine;
use crate::options::{CallOptions, Mode, call_options};
use crate::pool::{Begin, Pool};

const DEFAULT_WORKERS: usize = 8;
/// How many operations are taken ahead for each worker, so that workers are busy while the caller handles a result.
const AHEAD: usize = 4;

/// Sends many operations with several workers: an iterator over each operation and its result.
///
/// Results come as they arrive, or [`in_order`](Self::in_order) of the operations. A few operations for each worker
/// are taken ahead of the results that the caller has seen, so memory use does not depend on the length of the input.
/// Each worker has one connection.
///
/// An error does not end the iteration. It comes with its operation, which can be sent again. A panic in a hook or a
/// transport becomes an error too. Once the iterator is dropped, no further call and no retry begins; dropping it waits for
/// the requests that are in flight.
///
/// ```no_run
/// use cloudinary_provisioning_ureq::{Client, UserId, users};
///
/// fn groups(client: &Client, ids: Vec<UserId>) {
///     let calls = ids.into_iter().map(users::GetGroups::new);
///     for (get_groups, groups) in client.send_all(calls).workers(16) {
///         match groups {
///             Ok(groups) => println!("{}: {} groups", get_groups.user_id, groups.len()),
///             Err(error) => eprintln!("{}: {error}", get_groups.user_id),
///         }
///     }
/// }
/// ```
///
/// It can be [extended](Extend) while it runs, with operations that follow from results:
///
/// ```no_run
/// use cloudinary_provisioning_ureq::{AnyOperation, Client, user_groups};
///
/// /// Counts the users of every group.
/// fn users(client: &Client) -> Result<usize, cloudinary_provisioning_ureq::Error> {
///     let mut users = 0;
///     let list: AnyOperation<_> = user_groups::List::new().map(|groups| (0, groups));
///     let mut calls = client.send_all([list]).workers(16);
///     while let Some((_, result)) = calls.next() {
///         let (count, groups) = result?;
///         users += count;
///         calls.extend(groups.into_iter().map(|group| {
///             user_groups::ListUsers::new(group.id).map(|users| (users.len(), Vec::new()))
///         }));
///     }
///     Ok(users)
/// }
/// ```
#[must_use = "an iterator does nothing until it is used"]
pub struct SendAll<I>
where
    I: Iterator,
    I::Item: Operation,
{
    operations: Fuse<I>,
    /// Operations that were added to them.
    more: VecDeque<I::Item>,
    engine: Arc<Engine>,
    options: CallOptions,
    mode: Mode<I::Item>,
    workers: usize,
    in_order: bool,
    begin: Option<Begin<I::Item>>,
    pool: Option<Pool<I::Item>>,
    /// The numbers of the next operation to take, and of the next result to return.
    taken: u64,
    given: u64,
    waiting: BTreeMap<u64, Done<I::Item>>,
}

type Done<O> = (O, Result<Response<<O as Operation>::Output>, Error>);

impl<I> SendAll<I>
where
    I: Iterator,
    I::Item: Operation + 'static,
{
    pub(crate) fn new(engine: Arc<Engine>, operations: I) -> Self {
        Self {
            operations: operations.fuse(),
            more: VecDeque::new(),
            options: engine.options(),
            engine,
            mode: Mode::plain(),
            workers: DEFAULT_WORKERS,
            in_order: false,
            begin: None,
            pool: None,
            taken: 0,
            given: 0,
            waiting: BTreeMap::new(),
        }
    }

    call_options!();

    /// Sets how many workers there are, each with its own thread and connection, 8 by default. A single worker is the
    /// calling thread.
    pub fn workers(mut self, workers: usize) -> Self {
        self.workers = workers.max(1);
        self
    }

    /// Returns results in the order of the operations. A slow call then holds back the results after it.
    pub fn in_order(mut self) -> Self {
        self.in_order = true;
        self
    }

    /// Sets a hook that is called before each call begins, on the thread that makes it, with the place of its operation
    /// among all, from 0. A journal of what may have been sent is written here.
    ///
    /// A call that is cancelled before it begins has no call of the hook. A hook that cancels the client's
    /// [`CancelFlag`](crate::CancelFlag), since nothing can be written, keeps the call from being sent.
    ///
    /// ```no_run
    /// use cloudinary_provisioning_ureq::{Client, users};
    ///
    /// let client = Client::from_env()?;
    /// let deletes = ["u1", "u2"].map(users::Delete::new);
    /// for (delete, result) in client.send_all(deletes).on_begin(|place, _| eprintln!("{place} begins")) {
    ///     println!("{}: {}", delete.user_id(), result.is_ok());
    /// }
    /// # Ok::<(), cloudinary_provisioning_ureq::Error>(())
    /// ```
    pub fn on_begin(mut self, hook: impl Fn(u64, &I::Item) + Send + Sync + 'static) -> Self {
        self.begin = Some(Arc::new(hook));
        self
    }

    /// Retries each create without applying it twice, even if its response is lost; see
    /// [`Exchange::recover`](cloudinary_provisioning::Exchange::recover).
    pub fn recover(mut self) -> Self
    where
        I::Item: Recover,
    {
        self.mode.recover();
        self
    }

    /// Returns the resource that is there already, for each create that ends in a conflict; see
    /// [`Exchange::or_existing`](cloudinary_provisioning::Exchange::or_existing).
    pub fn or_existing(mut self) -> Self
    where
        I::Item: Recover,
    {
        self.mode.or_existing();
        self
    }

    /// Returns each result with its response's status, headers and request id.
    ///
    /// ```no_run
    /// use cloudinary_provisioning_ureq::{Client, users};
    ///
    /// let client = Client::from_env()?;
    /// for (delete, response) in client.send_all([users::Delete::new("u1")]).responses() {
    ///     println!("{}: request {:?}", delete.user_id(), response?.request_id());
    /// }
    /// # Ok::<(), cloudinary_provisioning_ureq::Error>(())
    /// ```
    pub fn responses(mut self) -> impl Iterator<Item = Done<I::Item>> {
        std::iter::from_fn(move || self.next_done())
    }

    fn next_done(&mut self) -> Option<Done<I::Item>> {
        if self.workers > 1 {
            return self.next_threaded();
        }
        let operation = self.operations.next().or_else(|| self.more.pop_front())?;
        let begin = || self.begin.iter().for_each(|begin| begin(self.taken, &operation));
        let result = self.engine.execute_caught(&operation, &self.options, self.mode, &self.engine.cancel, begin);
        self.taken += 1;
        Some((operation, result))
    }

    fn next_threaded(&mut self) -> Option<Done<I::Item>> {
        let pool = self.pool.get_or_insert_with(|| {
            Pool::new(Arc::clone(&self.engine), self.options.clone(), self.mode, self.workers)
                .on_begin(self.begin.clone())
        });
        loop {
            let ahead = u64::try_from(self.workers.saturating_mul(AHEAD)).unwrap_or(u64::MAX);
            while self.taken - self.given < ahead {
                let Some(operation) = self.operations.next().or_else(|| self.more.pop_front()) else { break };
                pool.submit(self.taken, operation);
                self.taken += 1;
            }
            if let Some(done) = self.waiting.remove(&self.given) {
                self.given += 1;
                return Some(done);
            }
            if self.taken == self.given {
                return None;
            }
            let (number, operation, result) = pool.receive()?;
            if !self.in_order {
                self.given += 1;
                return Some((operation, result));
            }
            self.waiting.insert(number, (operation, result));
        }
    }
}

impl<I> Iterator for SendAll<I>
where
    I: Iterator,
    I::Item: Operation + 'static,
{
    type Item = (I::Item, Result<<I::Item as Operation>::Output, Error>);

    fn next(&mut self) -> Option<Self::Item> {
        let (operation, result) = self.next_done()?;
        Some((operation, result.map(Response::into_value)))
    }
}

/// Adds operations, which are sent after those that are there already. An iterator that has ended goes on.
impl<I> Extend<I::Item> for SendAll<I>
where
    I: Iterator,
    I::Item: Operation,
{
    fn extend<T: IntoIterator<Item = I::Item>>(&mut self, operations: T) {
        self.more.extend(operations);
    }
}

impl<I> fmt::Debug for SendAll<I>
where
    I: Iterator,
    I::Item: Operation,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SendAll")
            .field("account", &self.engine.account)
            .field("workers", &self.workers)
            .finish_non_exhaustive()
    }
}
