//! [`SendAll`]: many operations, by several workers.

use std::cell::Cell;
use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::iter::Fuse;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, SystemTime};

use cloudinary_provisioning::http::Request;
use cloudinary_provisioning::{
    AccountId, AttemptEvent, Driver, Error, Exchange, Operation, Origin, Outcome, Permit, Reading, Recover, Response,
    RetryEvent, RetryPolicy, TransportError,
};

use crate::call::{CallOptions, call_options};
use crate::client::{Client, Shared};
use crate::trace;

const DEFAULT_WORKERS: usize = 8;
/// How many operations are taken ahead for each worker, so that none runs dry while the caller looks at a result.
const AHEAD: usize = 4;

/// Sends many operations with several workers: an iterator over each operation and its result.
///
/// Results come as they arrive, or [`in_order`](Self::in_order) of the operations. A few operations for each worker
/// are taken ahead of the results that the caller has seen, so memory use does not depend on the length of the input.
/// Each worker has one connection.
///
/// An error does not end the iteration. It comes with its operation, which can be sent again. A panic in a hook or a
/// transport becomes an error too. Dropping the iterator starts no further call and no retry, and waits for requests
/// that are in flight.
///
/// ```no_run
/// use cloudinary_provisioning_ureq::{Client, UserId, users};
///
/// fn groups(client: &Client, ids: Vec<UserId>) {
///     let calls = ids.into_iter().map(users::GetGroups::new);
///     for (get_groups, groups) in client.send_all(calls).workers(16) {
///         match groups {
///             Ok(groups) => println!("{}: {} groups", get_groups.user_id(), groups.len()),
///             Err(error) => eprintln!("{}: {error}", get_groups.user_id()),
///         }
///     }
/// }
/// ```
#[must_use = "an iterator does nothing until it is used"]
pub struct SendAll<I>
where
    I: Iterator,
    I::Item: Operation,
{
    operations: Fuse<I>,
    client: Client,
    options: CallOptions,
    execute: Execute<I::Item>,
    workers: usize,
    in_order: bool,
    pool: Option<Pool<I::Item>>,
    /// The number of the next operation to take, and of the next result to give where they come in order.
    taken: u64,
    given: u64,
    waiting: BTreeMap<u64, Done<I::Item>>,
}

type Done<O> = (O, Result<<O as Operation>::Output, Error>);
pub(crate) type Execute<O> = fn(&Client, &O, &CallOptions, &Stop) -> Result<Response<<O as Operation>::Output>, Error>;

impl<I> SendAll<I>
where
    I: Iterator,
    I::Item: Operation + 'static,
{
    pub(crate) fn new(client: Client, operations: I) -> Self {
        Self {
            operations: operations.fuse(),
            options: client.options(),
            client,
            execute: Client::execute,
            workers: DEFAULT_WORKERS,
            in_order: false,
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

    /// Retries each create without applying it twice, even if its response is lost; see
    /// [`Recovery`](cloudinary_provisioning::Recovery).
    pub fn recover(mut self) -> Self
    where
        I::Item: Recover,
    {
        self.execute = Client::recover;
        self
    }

    fn next_threaded(&mut self) -> Option<Done<I::Item>> {
        let pool = self
            .pool
            .get_or_insert_with(|| Pool::new(self.client.clone(), self.options.clone(), self.execute, self.workers));
        loop {
            let ahead = u64::try_from(self.workers.saturating_mul(AHEAD)).unwrap_or(u64::MAX);
            while self.taken - self.given < ahead {
                let Some(operation) = self.operations.next() else { break };
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
    type Item = Done<I::Item>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.workers > 1 {
            return self.next_threaded();
        }
        let operation = self.operations.next()?;
        let result = attempt(self.execute, &self.client, &operation, &self.options, &Stop::default());
        Some((operation, result))
    }
}

impl<I> fmt::Debug for SendAll<I>
where
    I: Iterator,
    I::Item: Operation,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SendAll").field("client", &self.client).field("workers", &self.workers).finish_non_exhaustive()
    }
}

/// Threads that send operations. They are started as operations come, and stopped when it is dropped.
pub(crate) struct Pool<O: Operation> {
    client: Client,
    options: CallOptions,
    execute: Execute<O>,
    most: usize,
    workers: Vec<Worker>,
    jobs: Option<Sender<(u64, O)>>,
    queue: Arc<Mutex<Receiver<(u64, O)>>>,
    done: Sender<(u64, O, Result<O::Output, Error>)>,
    results: Receiver<(u64, O, Result<O::Output, Error>)>,
    /// Operations that are not received yet, without threads to send them.
    inline: VecDeque<(u64, O)>,
}

struct Worker {
    thread: JoinHandle<()>,
    stop: Arc<Stop>,
}

impl<O: Operation + 'static> Pool<O> {
    pub(crate) fn new(client: Client, options: CallOptions, execute: Execute<O>, most: usize) -> Self {
        let (jobs, queue) = mpsc::channel();
        let (done, results) = mpsc::channel();
        Self {
            client,
            options,
            execute,
            most,
            workers: Vec::new(),
            jobs: Some(jobs),
            queue: Arc::new(Mutex::new(queue)),
            done,
            results,
            inline: VecDeque::new(),
        }
    }

    pub(crate) fn submit(&mut self, number: u64, operation: O) {
        if self.workers.len() < self.most {
            // Where no further thread can be had, those that are there do the work.
            self.workers.extend(self.spawn());
        }
        match &self.jobs {
            Some(jobs) if !self.workers.is_empty() => {
                // The receiver lives as long as this pool.
                let _ = jobs.send((number, operation));
            }
            _ => self.inline.push_back((number, operation)),
        }
    }

    /// The next result. Only to be called with operations submitted that were not received.
    pub(crate) fn receive(&mut self) -> Option<(u64, O, Result<O::Output, Error>)> {
        if let Some((number, operation)) = self.inline.pop_front() {
            let result = attempt(self.execute, &self.client, &operation, &self.options, &Stop::default());
            return Some((number, operation, result));
        }
        self.results.recv().ok()
    }

    fn spawn(&self) -> Option<Worker> {
        let stop = Arc::new(Stop::default());
        let (client, options, execute) = (self.client.clone(), self.options.clone(), self.execute);
        let (queue, done, stopped) = (self.queue.clone(), self.done.clone(), stop.clone());
        let work = move || {
            loop {
                let job = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
                let Ok((number, operation)) = job else { return };
                if stopped.is_set() {
                    return;
                }
                let result = attempt(execute, &client, &operation, &options, &stopped);
                if done.send((number, operation, result)).is_err() {
                    return;
                }
            }
        };
        let thread =
            thread::Builder::new().name("cloudinary-provisioning".to_owned()).spawn(trace::inherit(work)).ok()?;
        Some(Worker { thread, stop })
    }
}

impl<O: Operation> Drop for Pool<O> {
    fn drop(&mut self) {
        for worker in &self.workers {
            worker.stop.set();
        }
        self.jobs = None;
        for worker in self.workers.drain(..) {
            // One that sleeps before a retry finds out when it wakes, and sends nothing any more.
            if !worker.stop.is_asleep() {
                let _ = worker.thread.join();
            }
        }
    }
}

/// Tells a worker to make no further attempt.
#[derive(Default)]
pub(crate) struct Stop {
    set: AtomicBool,
    asleep: AtomicBool,
}

impl Stop {
    fn set(&self) {
        self.set.store(true, SeqCst);
    }

    fn is_set(&self) -> bool {
        self.set.load(SeqCst)
    }

    fn is_asleep(&self) -> bool {
        self.asleep.load(SeqCst)
    }
}

/// A client as a worker drives it: with its last attempt at the latest when it is told to stop.
pub(crate) struct Stoppable<'w> {
    shared: &'w Shared,
    stop: &'w Stop,
    /// Whether an attempt was made whose outcome is not yet reported.
    sent: Cell<bool>,
}

impl<'w> Stoppable<'w> {
    pub(crate) fn new(shared: &'w Shared, stop: &'w Stop) -> Self {
        Self { shared, stop, sent: Cell::default() }
    }
}

impl Driver for Stoppable<'_> {
    fn send(&self, request: &Request<Vec<u8>>, timeout: Duration) -> Outcome {
        if self.stop.is_set() {
            // A policy without a total time has got this far.
            return TransportError::permanent("the results are not wanted any more").into();
        }
        self.sent.set(true);
        self.shared.send(request, timeout)
    }

    fn sleep(&self, delay: Duration) {
        // In this order, one of the two sides always sees the other's.
        self.stop.asleep.store(true, SeqCst);
        if !self.stop.is_set() {
            self.shared.sleep(delay);
        }
        self.stop.asleep.store(false, SeqCst);
    }

    fn sample(&self) -> Reading {
        let sample = self.shared.sample();
        // No time is left for another attempt. One that was made has taken the time that it took.
        let is_over = self.stop.is_set() && !self.sent.get();
        let elapsed = if is_over { Duration::MAX } else { sample.elapsed };
        Reading::new(elapsed, sample.now, sample.jitter)
    }

    fn admit(&self) -> Result<Permit, Duration> {
        self.shared.admit()
    }

    fn release(&self, permit: Permit) {
        self.shared.release(permit);
    }

    fn on_outcome(&self, permit: Permit, attempt: AttemptEvent<'_>) {
        if self.sent.take() {
            self.shared.on_outcome(permit, attempt);
        } else {
            self.shared.release(permit);
        }
    }

    fn on_retry(&self, event: &RetryEvent<'_>) {
        if !self.stop.is_set() {
            self.shared.on_retry(event);
        }
    }
}

/// One call, whatever happens in it. A panic leaves open whether the operation was applied, as a lost response does.
fn attempt<O: Operation>(
    execute: Execute<O>,
    client: &Client,
    operation: &O,
    options: &CallOptions,
    stop: &Stop,
) -> Result<O::Output, Error> {
    catch_unwind(AssertUnwindSafe(|| execute(client, operation, options, stop).map(Response::into_value)))
        .unwrap_or_else(|panic| {
            // Dropping it could panic again, and the result would never be sent.
            std::mem::forget(panic);
            let options = CallOptions { retry: Some(RetryPolicy::none()), ..options.clone() };
            Exchange::with_options(client.account(), operation, client.policy(&options), &options.request)?
                .run(&Panicked)
                .map(Response::into_value)
        })
}

/// Stands in for a client whose hook or transport has panicked.
struct Panicked;

impl Driver for Panicked {
    fn send(&self, _: &Request<Vec<u8>>, _: Duration) -> Outcome {
        TransportError::maybe_sent("a hook or the transport panicked").into()
    }

    fn sleep(&self, _: Duration) {}

    fn sample(&self) -> Reading {
        Reading::new(Duration::ZERO, SystemTime::UNIX_EPOCH, 0)
    }
}

#[cfg(test)]
mod tests {
    use cloudinary_provisioning::http::Response;
    use cloudinary_provisioning::{Account, GiveUpReason, users};

    use super::*;
    use crate::clock::Clock;

    struct Frozen;

    impl Clock for Frozen {
        fn monotonic(&self) -> Duration {
            Duration::from_secs(5)
        }
    }

    #[test]
    fn an_attempt_in_flight_when_its_worker_is_stopped_is_reported_and_not_retried() {
        let policies = [RetryPolicy::default(), RetryPolicy::patient().total_timeout(Duration::MAX)];
        for (policy, reason) in policies.into_iter().zip([GiveUpReason::DeadlineExceeded, GiveUpReason::NotRetryable]) {
            let (stop, durations) = (Arc::new(Stop::default()), Arc::new(Mutex::new(Vec::new())));
            let (stopped, reported) = (Arc::clone(&stop), Arc::clone(&durations));
            let client = Client::builder(Account::new("acc", "key", "secret").unwrap())
                .clock(Frozen)
                .transport(move |_: &Request<Vec<u8>>, _: Duration| {
                    stopped.set();
                    Response::builder().status(503).body(Vec::new()).unwrap_or_default()
                })
                .retry(policy)
                .on_response(move |event| reported.lock().unwrap().push(event.duration))
                .on_retry(|event| panic!("{event}"))
                .build()
                .unwrap();
            let error = client.execute(&users::Get::new("u1"), &client.options(), &stop).unwrap_err();
            assert_eq!(error.reason(), Some(reason));
            assert_eq!(*durations.lock().unwrap(), [Duration::ZERO]);
        }
    }
}
