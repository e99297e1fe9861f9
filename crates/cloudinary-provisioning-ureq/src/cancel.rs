//! [`CancelFlag`]: ends calls early.

use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::sync::{Arc, Condvar, Mutex, PoisonError, Weak};
use std::task::{Wake, Waker};
use std::time::{Duration, Instant};

/// Cancels the calls of a client.
///
/// A call that waits, such as for a retry, ends at once. A call whose request was sent ends with its response.
///
/// Give a flag to [`ClientBuilder::cancel_flag`](crate::ClientBuilder::cancel_flag), and set it on any thread, such as that
/// of a signal handler. A cancelled call begins no further attempt; its error
/// [`is_cancelled`](crate::Error::is_cancelled), and says whether the call may have been applied. A clone is the same flag.
///
/// ```
/// use cloudinary_provisioning_ureq::{Account, CancelFlag, Client, users};
///
/// let flag = CancelFlag::new();
/// let client = Client::builder(Account::new("acc", "key", "secret")?)
///     .cancel_flag(flag.clone())
///     .build()?;
/// flag.cancel();
/// let error = client.send(users::List::new()).unwrap_err();
/// assert!(error.is_cancelled() && !error.maybe_applied());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct CancelFlag(Arc<State>);

#[derive(Debug, Default)]
struct State {
    is_set: AtomicBool,
    /// Whether the thread that this flag cancels is asleep.
    is_asleep: AtomicBool,
    listeners: Mutex<Listeners>,
}

#[derive(Debug, Default)]
struct Listeners {
    children: Vec<Weak<State>>,
    wakeups: Vec<Weak<Wakeup>>,
}

/// Wakes a thread that waits, because its place among the calls in flight is free, or because its call is cancelled.
///
/// A [`Clock`](crate::Clock) waits with it.
///
/// ```
/// use std::time::Duration;
/// use cloudinary_provisioning_ureq::Wakeup;
///
/// // Nothing wakes it.
/// assert!(!Wakeup::default().wait(Duration::ZERO));
/// ```
#[derive(Debug, Default)]
pub struct Wakeup {
    is_woken: Mutex<bool>,
    woken: Condvar,
}

impl CancelFlag {
    /// Creates a flag that is not set.
    pub fn new() -> Self {
        Self::default()
    }

    /// Cancels all calls.
    pub fn cancel(&self) {
        self.0.cancel();
    }

    /// Returns `true` once [`cancel`](Self::cancel) was called.
    pub fn is_cancelled(&self) -> bool {
        self.0.is_set.load(SeqCst)
    }

    /// A flag that is set with this one, and can also be set alone.
    pub(crate) fn child(&self) -> Self {
        let child = Self::default();
        self.0.listen(|listeners| {
            listeners.children.retain(|child| child.strong_count() > 0);
            listeners.children.push(Arc::downgrade(&child.0));
        });
        if self.is_cancelled() {
            child.cancel();
        }
        child
    }

    /// Sleeps, unless the flag is set. It is marked as asleep before the flag is read, so that a thread that sets the flag
    /// and then asks [`is_asleep`](Self::is_asleep) cannot miss a sleeper that has not seen the flag.
    pub(crate) fn sleep(&self, sleep: impl FnOnce(&Wakeup)) {
        self.0.is_asleep.store(true, SeqCst);
        if !self.is_cancelled() {
            sleep(&self.wakeup());
        }
        self.0.is_asleep.store(false, SeqCst);
    }

    pub(crate) fn is_asleep(&self) -> bool {
        self.0.is_asleep.load(SeqCst)
    }

    /// A wakeup that wakes when the flag is set.
    pub(crate) fn wakeup(&self) -> Arc<Wakeup> {
        let wakeup = Arc::new(Wakeup::default());
        self.0.listen(|listeners| {
            listeners.wakeups.retain(|wakeup| wakeup.strong_count() > 0);
            listeners.wakeups.push(Arc::downgrade(&wakeup));
        });
        if self.is_cancelled() {
            wakeup.wake_by_ref();
        }
        wakeup
    }
}

impl State {
    fn cancel(&self) {
        self.is_set.store(true, SeqCst);
        let Listeners { children, wakeups } = self.listen(std::mem::take);
        children.iter().filter_map(Weak::upgrade).for_each(|child| child.cancel());
        wakeups.iter().filter_map(Weak::upgrade).for_each(|wakeup| wakeup.wake_by_ref());
    }

    fn listen<T>(&self, change: impl FnOnce(&mut Listeners) -> T) -> T {
        change(&mut self.listeners.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Wakeup {
    /// Waits until it is woken, or the timeout passes. Returns `true` if it was woken.
    pub fn wait(&self, timeout: Duration) -> bool {
        let begin = Instant::now();
        let mut is_woken = self.is_woken.lock().unwrap_or_else(PoisonError::into_inner);
        while !*is_woken {
            let left = timeout.saturating_sub(begin.elapsed());
            if left.is_zero() {
                return false;
            }
            is_woken = self.woken.wait_timeout(is_woken, left).unwrap_or_else(PoisonError::into_inner).0;
        }
        std::mem::take(&mut is_woken)
    }

    pub(crate) fn waker(self: &Arc<Self>) -> Waker {
        Waker::from(Arc::clone(self))
    }
}

impl Wake for Wakeup {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        *self.is_woken.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.woken.notify_all();
    }
}
