//! [`Pool`]: threads that send operations.

use std::collections::VecDeque;
use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{self, JoinHandle};

use cloudinary_provisioning::{Error, Operation, Response};

use crate::cancel::CancelFlag;
use crate::engine::Engine;
use crate::options::{CallOptions, Mode};
use crate::trace;

/// Threads that send operations. They are started as operations come, and cancelled when it is dropped.
pub(crate) struct Pool<O: Operation> {
    engine: Arc<Engine>,
    options: CallOptions,
    mode: Mode<O>,
    most: usize,
    begin: Option<Begin<O>>,
    workers: Vec<Worker>,
    cancel: CancelFlag,
    jobs: Option<Sender<Job<O>>>,
    queue: Arc<Mutex<Receiver<Job<O>>>>,
    done: Sender<Done<O>>,
    results: Receiver<Done<O>>,
    /// Operations to send on the calling thread, if no thread could be started.
    inline: VecDeque<Job<O>>,
}

struct Worker {
    thread: JoinHandle<()>,
    cancel: CancelFlag,
}

/// What is called before an operation of this number begins.
pub(crate) type Begin<O> = Arc<dyn Fn(u64, &O) + Send + Sync>;

type Job<O> = (u64, O);
pub(crate) type Done<O> = (u64, O, Result<Response<<O as Operation>::Output>, Error>);

impl<O: Operation + 'static> Pool<O> {
    pub(crate) fn new(engine: Arc<Engine>, options: CallOptions, mode: Mode<O>, most: usize) -> Self {
        let (jobs, queue) = mpsc::channel();
        let (done, results) = mpsc::channel();
        Self {
            cancel: engine.cancel.child(),
            engine,
            options,
            mode,
            most,
            begin: None,
            workers: Vec::new(),
            jobs: Some(jobs),
            queue: Arc::new(Mutex::new(queue)),
            done,
            results,
            inline: VecDeque::new(),
        }
    }

    pub(crate) fn on_begin(mut self, begin: Option<Begin<O>>) -> Self {
        self.begin = begin;
        self
    }

    pub(crate) fn submit(&mut self, number: u64, operation: O) {
        if self.workers.len() < self.most {
            if let Some(worker) = self.spawn() {
                self.workers.push(worker);
            } else {
                self.most = self.workers.len();
            }
        }
        match &self.jobs {
            Some(jobs) if !self.workers.is_empty() => {
                // The receiver lives as long as this pool.
                let _ = jobs.send((number, operation));
            }
            _ => self.inline.push_back((number, operation)),
        }
    }

    /// Returns the next result. Operations must have been submitted whose results were not received.
    pub(crate) fn receive(&mut self) -> Option<Done<O>> {
        if let Some((number, operation)) = self.inline.pop_front() {
            let begin = || self.begin.iter().for_each(|begin| begin(number, &operation));
            let result = self.engine.execute_caught(&operation, &self.options, self.mode, &self.cancel, begin);
            return Some((number, operation, result));
        }
        self.results.recv().ok()
    }

    fn spawn(&self) -> Option<Worker> {
        // ureq starts another thread to resolve names: unless one is left, there are too many workers already.
        let (held, release) = mpsc::channel::<()>();
        thread::Builder::new().spawn(move || _ = release.recv()).ok()?;
        let (engine, options, mode) = (Arc::clone(&self.engine), self.options.clone(), self.mode);
        let (queue, done, cancel) = (Arc::clone(&self.queue), self.done.clone(), self.cancel.child());
        let begin = self.begin.clone();
        let cancelled = cancel.clone();
        let work = move || {
            loop {
                let job = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
                let Ok((number, operation)) = job else { return };
                let begin = || begin.iter().for_each(|begin| begin(number, &operation));
                let result = engine.execute_caught(&operation, &options, mode, &cancelled, begin);
                if done.send((number, operation, result)).is_err() {
                    return;
                }
            }
        };
        let thread =
            thread::Builder::new().name("cloudinary-provisioning".to_owned()).spawn(trace::inherit(work)).ok()?;
        drop(held);
        Some(Worker { thread, cancel })
    }
}

impl<O: Operation> Drop for Pool<O> {
    fn drop(&mut self) {
        self.cancel.cancel();
        self.jobs = None;
        for worker in self.workers.drain(..) {
            // A worker that sleeps on a clock that cannot wake it ends later, and sends nothing more.
            if !worker.cancel.is_asleep() {
                let _ = worker.thread.join();
            }
        }
    }
}
