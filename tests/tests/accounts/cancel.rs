//! Calls that are cancelled, and calls whose time is up while they wait for a place: what is known of each is said.

use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use cloudinary_provisioning_ureq::{
    CancelFlag, Client, ClientBuilder, Clock, Error, ErrorKind, GiveUpReason, RetryPolicy, TransportError, Wakeup,
    users,
};

use crate::support::{Shared, Timeline, client, group, groups_of, number_in, refusal};

/// Longer than any of these tests takes, and the end of one that would hang.
const PATIENCE: Duration = Duration::from_secs(30);

/// Counts those who wait, each until it is woken.
struct Waiting(Arc<Shared<usize>>);

impl Clock for Waiting {
    fn sleep_or_wake(&self, wakeup: &Wakeup, _: Duration) {
        self.wait(wakeup, PATIENCE);
    }

    fn wait(&self, wakeup: &Wakeup, _: Duration) {
        self.0.with(|waiting| *waiting += 1);
        assert!(wakeup.wait(PATIENCE), "nobody wakes it");
    }
}

#[track_caller]
fn assert_cancelled(error: &Error, attempts: u32, maybe_applied: bool) {
    assert_eq!(error.reason(), Some(GiveUpReason::Cancelled), "{error:?}");
    assert!(error.is_cancelled());
    assert_eq!((error.attempts(), error.maybe_applied()), (attempts, maybe_applied), "{error:?}");
}

#[test]
fn a_call_that_waits_for_its_retry_ends_with_what_it_knows() {
    let (flag, waiting) = (CancelFlag::new(), Shared::new(0));
    let client = client(|_| refusal(503, &[])).clock(Waiting(Arc::clone(&waiting))).cancel_flag(flag.clone());
    let client = client.build().unwrap();
    thread::scope(|scope| {
        let call = scope.spawn(|| client.send(users::Delete::new("u1")).unwrap_err());
        waiting.wait_until(|waiting| *waiting == 1);
        flag.cancel();
        let error = call.join().unwrap();
        assert_cancelled(&error, 1, true);
        assert_eq!(error.status().unwrap(), 503);
    });
}

/// A client that may have one call in flight, and a call that takes that place until it is let go. `u0` is throttled, `u1`
/// takes the place.
struct OneInFlight {
    builder: ClientBuilder,
    stalled: Arc<Shared<(bool, bool)>>,
}

impl OneInFlight {
    fn new() -> Self {
        let stalled = Shared::new((false, false));
        let seen = Arc::clone(&stalled);
        let builder = client(move |request| match number_in(request) {
            0 => refusal(429, &[]),
            1 => {
                seen.with(|(in_flight, _)| *in_flight = true);
                seen.wait_until(|(_, let_go)| *let_go);
                group(1)
            }
            number => group(number),
        });
        Self { builder: builder.retry(RetryPolicy::none()), stalled }
    }

    /// Runs this while the place is taken, and returns what it returns with the result of the call that had the place.
    fn while_taken<T>(client: &Client, stalled: &Shared<(bool, bool)>, run: impl FnOnce() -> T) -> (T, bool) {
        assert!(client.send(groups_of(0)).unwrap_err().is_rate_limited());
        thread::scope(|scope| {
            let holder = scope.spawn(|| client.send(groups_of(1)));
            stalled.wait_until(|(in_flight, _)| *in_flight);
            let result = run();
            stalled.with(|(_, let_go)| *let_go = true);
            (result, holder.join().unwrap().is_ok())
        })
    }
}

#[test]
fn a_call_that_waits_for_a_place_ends_unsent_and_the_one_on_the_wire_with_its_response() {
    let (flag, waiting) = (CancelFlag::new(), Shared::new(0));
    let OneInFlight { builder, stalled } = OneInFlight::new();
    let client = builder.clock(Waiting(Arc::clone(&waiting))).cancel_flag(flag.clone()).build().unwrap();
    let (error, holder_is_ok) = OneInFlight::while_taken(&client, &stalled, || {
        thread::scope(|scope| {
            let call = scope.spawn(|| client.send(groups_of(2)).unwrap_err());
            waiting.wait_until(|waiting| *waiting == 1);
            flag.cancel();
            call.join().unwrap()
        })
    });
    assert_cancelled(&error, 0, false);
    assert!(matches!(error.kind(), ErrorKind::Transport(TransportError::NotSent(_))), "{error:?}");
    assert!(holder_is_ok);
}

/// Whoever waits for a place waits for all of its time at once.
struct AllOfIt(Timeline);

impl Clock for AllOfIt {
    fn monotonic(&self) -> Duration {
        self.0.monotonic()
    }

    fn wait(&self, _: &Wakeup, timeout: Duration) {
        self.0.advance(timeout);
    }
}

#[test]
fn no_call_outlives_its_total_timeout_behind_a_full_throttle() {
    let OneInFlight { builder, stalled } = OneInFlight::new();
    let client = builder.clock(AllOfIt(Timeline::new())).build().unwrap();
    let second = Duration::from_secs(1);
    let policy = RetryPolicy::default().total_timeout(second);
    let (errors, _) = OneInFlight::while_taken(&client, &stalled, || {
        let create = users::Create::new("John", "john@example.com");
        vec![
            client.call(groups_of(2)).retry(policy).send().unwrap_err(),
            client.call(&create).retry(policy).recover().send().unwrap_err(),
            client.send_all([groups_of(2)]).workers(2).retry(policy).next().unwrap().1.unwrap_err(),
            client.items(users::List::new()).retry(policy).next().unwrap().unwrap_err(),
            client.items(users::List::new()).workers(2).retry(policy).next().unwrap().unwrap_err(),
        ]
    });
    for error in errors {
        assert_eq!((error.reason(), error.attempts()), (Some(GiveUpReason::DeadlineExceeded), 0), "{error:?}");
        assert!(!error.maybe_applied());
    }
}

#[test]
fn every_operation_of_a_cancelled_list_has_an_outcome_and_nothing_begins_after_it() {
    for workers in [1, 4] {
        let flag = CancelFlag::new();
        let (cancelled, requests) = (flag.clone(), Arc::new(AtomicUsize::new(0)));
        let counted = Arc::clone(&requests);
        let client = client(move |request| {
            if counted.fetch_add(1, SeqCst) == 20 {
                cancelled.cancel();
            }
            group(number_in(request))
        });
        let client = client.cancel_flag(flag).build().unwrap();
        let results: Vec<_> = client.send_all((0..100).map(groups_of)).workers(workers).collect();
        assert_eq!(results.len(), 100);
        let answered = results.iter().filter(|(_, groups)| groups.is_ok()).count();
        assert_eq!(answered, requests.load(SeqCst), "{workers} workers");
        assert!((21..21 + workers).contains(&answered), "{answered} of {workers} workers");
        for error in results.into_iter().filter_map(|(_, groups)| groups.err()) {
            assert_cancelled(&error, 0, false);
        }
    }
}

#[test]
fn the_end_of_a_call_is_reported_with_what_it_waited_for() {
    let ends = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&ends);
    let requests = AtomicUsize::new(0);
    let client = client(move |request| match requests.fetch_add(1, SeqCst) {
        0 => refusal(429, &[("retry-after", "2")]),
        1 => group(number_in(request)),
        _ => refusal(404, &[]),
    });
    let client = client.clock(Timeline::new()).on_end(move |event| {
        let status = event.result.as_ref().ok().copied();
        let error = event.result.as_ref().err().and_then(|error| error.status());
        seen.lock().unwrap().push((
            event.operation,
            event.attempts,
            event.waited.as_secs(),
            status.or(error).unwrap().as_u16(),
        ));
    });
    let client = client.build().unwrap();
    client.send(groups_of(1)).unwrap();
    client.send(groups_of(1)).unwrap_err();
    let expected = [("getGroupsForUser", 2, 2, 200), ("getGroupsForUser", 1, 0, 404)];
    assert_eq!(*ends.lock().unwrap(), expected);
}
