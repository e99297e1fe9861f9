//! A throttle that tasks share, polled by hand: a turn that nobody takes goes to the next in the queue.

use std::future::{Future, pending, ready};
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::task::{Context, Poll, Wake, Waker};
use std::time::{Duration, SystemTime};

use cloudinary_provisioning::http::{Request, Response};
use cloudinary_provisioning::{
    Admission, AsyncDriver, Error, Exchange, Outcome, Permit, Reading, RetryPolicy, SharedThrottle, users,
};
use cloudinary_provisioning_tests::faulty::account;

#[derive(Default)]
struct Task {
    throttle: SharedThrottle,
    is_cancelled: AtomicBool,
    woken: Arc<Count>,
}

#[derive(Default)]
struct Count(AtomicUsize);

impl Wake for Count {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, SeqCst);
    }
}

fn now() -> Reading {
    Reading::new(Duration::ZERO, SystemTime::UNIX_EPOCH, 0)
}

fn outcome(status: u16) -> Outcome {
    Response::builder().status(status).body(br#"{"id":"u1"}"#.to_vec()).unwrap().into()
}

impl AsyncDriver for Task {
    fn send(&self, _: &Request<Vec<u8>>, _: Duration) -> impl Future<Output = Outcome> + Send {
        ready(outcome(200))
    }

    /// Time stands still.
    fn sleep(&self, _: Duration) -> impl Future<Output = ()> + Send {
        pending()
    }

    fn reading(&self) -> Reading {
        now()
    }

    fn throttle(&self) -> Option<&SharedThrottle> {
        Some(&self.throttle)
    }

    fn is_cancelled(&self) -> bool {
        self.is_cancelled.load(SeqCst)
    }
}

type Call<'t> = Pin<Box<dyn Future<Output = Result<users::User, Error>> + 't>>;

impl Task {
    fn of(throttle: &SharedThrottle) -> Self {
        Self { throttle: throttle.clone(), ..Self::default() }
    }

    fn call(&self) -> Call<'_> {
        let account = account("https://api.cloudinary.com");
        let call = Exchange::new(&account, users::Get::new("u1"), RetryPolicy::default()).unwrap();
        Box::pin(async move { call.run_async(self).await.map(cloudinary_provisioning::Response::into_value) })
    }

    fn poll(&self, call: &mut Call<'_>) -> Poll<Result<users::User, Error>> {
        call.as_mut().poll(&mut Context::from_waker(&Waker::from(Arc::clone(&self.woken))))
    }

    fn woken(&self) -> usize {
        self.woken.0.load(SeqCst)
    }
}

/// A throttle that lets one attempt be in flight, and that attempt.
fn full() -> (SharedThrottle, Permit) {
    let throttle = SharedThrottle::new();
    let Admission::Go(permit) = throttle.admit(now()) else { panic!() };
    throttle.settle(permit, &outcome(429), now());
    let Admission::Go(permit) = throttle.admit(now()) else { panic!() };
    (throttle, permit)
}

#[test]
fn a_call_that_is_cancelled_when_its_turn_comes_passes_it_on() {
    let (throttle, permit) = full();
    let (first, second) = (Task::of(&throttle), Task::of(&throttle));
    let (mut one, mut other) = (first.call(), second.call());
    assert!(first.poll(&mut one).is_pending() && second.poll(&mut other).is_pending());

    throttle.release(permit);
    assert_eq!((first.woken(), second.woken()), (1, 0));
    first.is_cancelled.store(true, SeqCst);
    let Poll::Ready(Err(error)) = first.poll(&mut one) else { panic!("it goes on") };
    assert!(error.is_cancelled() && error.attempts() == 0, "{error:?}");
    assert_eq!(second.woken(), 1);
    assert!(matches!(second.poll(&mut other), Poll::Ready(Ok(_))));
}

#[test]
fn a_call_that_is_dropped_when_its_turn_comes_passes_it_on() {
    let (throttle, permit) = full();
    let (first, second) = (Task::of(&throttle), Task::of(&throttle));
    let (mut one, mut other) = (first.call(), second.call());
    assert!(first.poll(&mut one).is_pending() && second.poll(&mut other).is_pending());

    throttle.release(permit);
    drop(one);
    assert_eq!(second.woken(), 1);
    assert!(matches!(second.poll(&mut other), Poll::Ready(Ok(_))));
}
