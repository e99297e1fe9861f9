//! Tasks, timers and the virtual clock.
//!
//! An own executor rather than a runtime with a paused clock: the order in which tasks go on has to come from the seed, a
//! world has to be able to stop between any two polls, and a call has to cost microseconds. It is all that core's futures
//! need, since they only send, sleep, and wait for a place.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use fastrand::Rng;

/// A task of the world. It ends by itself, or with the world.
pub(crate) type Task = Pin<Box<dyn Future<Output = ()>>>;

/// What happens at a time.
#[derive(Debug)]
pub(crate) enum Event {
    /// A task goes on.
    Wake(Waker),
    /// A copy of a request reaches the service.
    Deliver { flight: usize, copy: usize },
    /// A client gets an answer.
    Answer { flight: usize },
    /// A client waits no longer for one.
    TimeOut { flight: usize },
    /// A client's wall clock jumps.
    Jump { client: usize },
    /// Nobody wants the result of an actor's calls any more.
    Cancel { actor: usize },
}

/// The key of a timer.
pub(crate) type TimerKey = (Duration, u64);

/// Everything that is going to happen, in order.
#[derive(Debug, Default)]
pub(crate) struct Timers {
    events: BTreeMap<TimerKey, Event>,
    number: u64,
}

impl Timers {
    /// Lets something happen. Of what happens at one time, the first that was asked for is the first.
    pub(crate) fn at(&mut self, time: Duration, event: Event) -> TimerKey {
        self.number += 1;
        let key = (time, self.number);
        self.events.insert(key, event);
        key
    }

    pub(crate) fn cancel(&mut self, key: TimerKey) {
        self.events.remove(&key);
    }

    pub(crate) fn pop(&mut self) -> Option<(Duration, Event)> {
        self.events.pop_first().map(|((time, _), event)| (time, event))
    }
}

/// Starts tasks, also from inside of others.
#[derive(Clone, Default)]
pub(crate) struct Spawner(Rc<RefCell<Vec<Task>>>);

impl Spawner {
    pub(crate) fn spawn(&self, task: impl Future<Output = ()> + 'static) {
        self.0.borrow_mut().push(Box::pin(task));
    }
}

/// The tasks of a world, polled one at a time in an order that the seed chooses.
pub(crate) struct Executor {
    tasks: Vec<Option<(Task, Waker)>>,
    ready: Arc<Mutex<Vec<usize>>>,
    spawner: Spawner,
    rng: Rng,
}

impl Executor {
    pub(crate) fn new(rng: Rng) -> Self {
        Self { tasks: Vec::new(), ready: Arc::default(), spawner: Spawner::default(), rng }
    }

    pub(crate) fn spawner(&self) -> Spawner {
        self.spawner.clone()
    }

    /// Polls one of the tasks that are ready. `false` if there is none.
    pub(crate) fn step(&mut self) -> bool {
        for task in self.spawner.0.borrow_mut().drain(..) {
            let id = self.tasks.len();
            let waker = Waker::from(Arc::new(TaskWaker { id, ready: Arc::clone(&self.ready) }));
            self.tasks.push(Some((task, waker)));
            lock(&self.ready).push(id);
        }
        let id = {
            let mut ready = lock(&self.ready);
            if ready.is_empty() {
                return false;
            }
            let at = self.rng.usize(..ready.len());
            ready.swap_remove(at)
        };
        let slot = &mut self.tasks[id];
        if let Some((task, waker)) = slot
            && task.as_mut().poll(&mut Context::from_waker(waker)).is_ready()
        {
            *slot = None;
        }
        true
    }

    /// How many tasks have not ended.
    pub(crate) fn unfinished(&self) -> usize {
        self.tasks.iter().flatten().count()
    }
}

struct TaskWaker {
    id: usize,
    ready: Arc<Mutex<Vec<usize>>>,
}

impl Wake for TaskWaker {
    fn wake(self: Arc<Self>) {
        let mut ready = lock(&self.ready);
        if !ready.contains(&self.id) {
            ready.push(self.id);
        }
    }
}

/// Futures that run inside one task, and end in any order.
pub(crate) struct Race<'f, T>(Vec<Pin<Box<dyn Future<Output = T> + 'f>>>);

impl<T> Default for Race<'_, T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'f, T> Race<'f, T> {
    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    pub(crate) fn push(&mut self, future: Pin<Box<dyn Future<Output = T> + 'f>>) {
        self.0.push(future);
    }

    /// Waits for the next one that ends. `None` if there is none.
    pub(crate) async fn next(&mut self) -> Option<T> {
        if self.0.is_empty() {
            return None;
        }
        let (at, value) = std::future::poll_fn(|context| {
            let mut futures = self.0.iter_mut().enumerate();
            let ended = futures.find_map(|(at, future)| match future.as_mut().poll(context) {
                Poll::Ready(value) => Some((at, value)),
                Poll::Pending => None,
            });
            ended.map_or(Poll::Pending, Poll::Ready)
        })
        .await;
        drop(self.0.remove(at));
        Some(value)
    }
}

/// Runs several futures inside one task until all of them have ended.
pub(crate) async fn join<T>(futures: Vec<Pin<Box<dyn Future<Output = T> + '_>>>) -> Vec<T> {
    let mut results: Vec<Option<T>> = futures.iter().map(|_| None).collect();
    let mut futures: Vec<_> = futures.into_iter().map(Some).collect();
    std::future::poll_fn(|context| {
        let mut is_pending = false;
        for (future, result) in futures.iter_mut().zip(&mut results) {
            let Some(running) = future else { continue };
            match running.as_mut().poll(context) {
                Poll::Ready(value) => (*result, *future) = (Some(value), None),
                Poll::Pending => is_pending = true,
            }
        }
        if is_pending { Poll::Pending } else { Poll::Ready(()) }
    })
    .await;
    results.into_iter().flatten().collect()
}

pub(crate) fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}
