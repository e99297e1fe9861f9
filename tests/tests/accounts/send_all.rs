//! `send_all`: order, memory, and what ends it.

use std::collections::{BTreeSet, HashSet};
use std::panic::resume_unwind;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

use cloudinary_provisioning_fake::{Fault, NewUser};
use cloudinary_provisioning_ureq::http::{Method, StatusCode};
use cloudinary_provisioning_ureq::{
    AnyOperation, CancelFlag, ErrorKind, Operation, RetryPolicy, TransportError, user_groups, users,
};

use crate::support::{Shared, client, group, groups_of, name, number_in, refusal, wait_for_last, world};

#[test]
fn each_result_comes_with_its_operation() {
    let client = client(|request| group(number_in(request))).build().unwrap();
    for workers in [1, 2, 8, 33] {
        let mut numbers: Vec<_> = client
            .send_all((0..500).map(groups_of))
            .workers(workers)
            .map(|(operation, groups)| {
                let number = name(&groups.unwrap());
                assert_eq!(operation, groups_of(number));
                number
            })
            .collect();
        numbers.sort_unstable();
        assert!(numbers.into_iter().eq(0..500), "{workers} workers");
    }
}

#[test]
fn results_come_in_order_where_that_is_asked_for() {
    // Which call is the first to end is left to the scheduler.
    let client = client(|request| {
        let number = number_in(request);
        (0..number % 7).for_each(|_| thread::yield_now());
        group(number)
    });
    let client = client.build().unwrap();
    for workers in [1, 2, 8, 33] {
        let results = client.send_all((0..500).map(groups_of)).workers(workers).in_order();
        assert!(results.map(|(_, groups)| name(&groups.unwrap())).eq(0..500), "{workers} workers");
    }
}

#[test]
fn operations_that_follow_from_results_are_sent_after_those_that_are_there() {
    let client = client(|request| group(number_in(request))).build().unwrap();
    for workers in [1, 2, 8, 33] {
        let mut calls = client.send_all([groups_of(1)]).workers(workers).in_order();
        let mut numbers = Vec::new();
        while let Some((_, groups)) = calls.next() {
            let number = name(&groups.unwrap());
            numbers.push(number);
            calls.extend([2 * number, 2 * number + 1].into_iter().filter(|next| *next < 500).map(groups_of));
        }
        assert!(numbers.into_iter().eq(1..500), "{workers} workers");

        calls.extend([groups_of(7)]);
        assert_eq!(calls.next().map(|(_, groups)| name(&groups.unwrap())), Some(7), "it goes on after its end");
    }
}

#[test]
fn a_slow_call_holds_back_no_other_result() {
    let others = Shared::new(0);
    let seen = Arc::clone(&others);
    let client = client(move |request| {
        let number = number_in(request);
        match number {
            0 => seen.wait_until(|others| *others >= 50),
            _ => seen.with(|others| *others += 1),
        }
        group(number)
    });
    let client = client.build().unwrap();
    let mut results = client.send_all((0..100).map(groups_of)).workers(2);
    // One more may be on its way.
    assert!(results.position(|(operation, _)| operation == groups_of(0)) >= Some(49));
}

#[test]
fn a_few_operations_are_taken_ahead_of_an_endless_input() {
    let client = client(|request| group(number_in(request))).build().unwrap();
    for in_order in [false, true] {
        let taken = AtomicUsize::new(0);
        let endless = (0..).map(|number| {
            taken.fetch_add(1, SeqCst);
            groups_of(number)
        });
        let results = client.send_all(endless).workers(8);
        let mut results = if in_order { results.in_order() } else { results };
        assert_eq!(results.by_ref().take(100).count(), 100);
        assert!(taken.load(SeqCst) <= 100 + 8 * 4, "{} taken", taken.load(SeqCst));
    }
}

#[test]
fn a_slow_first_call_takes_no_more_of_the_input_either() {
    let (others, taken) = (Shared::new(0), Arc::new(AtomicUsize::new(0)));
    let (seen, counted) = (Arc::clone(&others), Arc::clone(&taken));
    let client = client(move |request| {
        let number = number_in(request);
        match number {
            0 => seen.wait_until(|others| *others >= 7),
            _ => seen.with(|others| *others += 1),
        }
        group(number)
    });
    let endless = (0..).map(move |number| {
        counted.fetch_add(1, SeqCst);
        groups_of(number)
    });
    let client = client.build().unwrap();
    let mut results = client.send_all(endless).workers(2).in_order();
    assert_eq!(results.next().map(|(operation, _)| operation), Some(groups_of(0)));
    assert_eq!(taken.load(SeqCst), 8);
}

#[test]
fn dropping_it_waits_for_requests_in_flight_and_sends_no_more() {
    let (started, ended) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let counters = (Arc::clone(&started), Arc::clone(&ended));
    let client = client(move |request| {
        counters.0.fetch_add(1, SeqCst);
        thread::yield_now();
        counters.1.fetch_add(1, SeqCst);
        group(number_in(request))
    });
    let client = client.build().unwrap();
    let mut results = client.send_all((0..).map(groups_of)).workers(8);
    assert_eq!(results.by_ref().take(20).count(), 20);
    drop(results);
    let after = started.load(SeqCst);
    assert_eq!(ended.load(SeqCst), after);
    drop(client);
    // Every thread is gone.
    wait_for_last(&started);
    assert_eq!(started.load(SeqCst), after);
}

#[test]
fn a_sleeping_worker_is_not_waited_for_and_sends_nothing_when_it_wakes() {
    let patient = RetryPolicy::patient();
    for policy in [RetryPolicy::default(), patient, patient.total_timeout(Duration::MAX)] {
        let (requests, asleep) = (Arc::new(AtomicUsize::new(0)), Shared::new((0, false)));
        let (counted, sleeping) = (Arc::clone(&requests), Arc::clone(&asleep));
        let client = client(move |request| {
            counted.fetch_add(1, SeqCst);
            match number_in(request) {
                0 => group(0),
                _ => refusal(503, &[]),
            }
        });
        let client = client
            .sleep(move |_| {
                sleeping.with(|(sleepers, _)| *sleepers += 1);
                sleeping.wait_until(|(_, woken)| *woken);
            })
            .retry(policy)
            .build()
            .unwrap();
        let mut results = client.send_all((0..4).map(groups_of)).workers(4);
        assert!(results.next().is_some());
        asleep.wait_until(|(sleepers, _)| *sleepers == 3);
        drop(results);
        let after = requests.load(SeqCst);
        asleep.with(|(_, woken)| *woken = true);
        drop(client);
        wait_for_last(&requests);
        assert_eq!(requests.load(SeqCst), after, "{policy:?}");
    }
}

#[test]
fn one_worker_is_the_calling_thread() {
    let caller = thread::current().id();
    let client = client(move |request| {
        assert_eq!(thread::current().id(), caller);
        group(number_in(request))
    });
    let client = client.build().unwrap();
    let results = client.send_all((0..10).map(groups_of)).workers(1);
    assert!(results.map(|(_, groups)| name(&groups.unwrap())).eq(0..10));
}

#[test]
fn no_workers_are_one() {
    let caller = thread::current().id();
    let client = client(move |request| {
        assert_eq!(thread::current().id(), caller);
        group(number_in(request))
    });
    assert_eq!(client.build().unwrap().send_all([groups_of(1)]).workers(0).count(), 1);
}

#[test]
fn there_are_no_more_threads_than_operations() {
    let threads = Shared::new(HashSet::new());
    let seen = Arc::clone(&threads);
    let client = client(move |request| {
        seen.with(|threads| threads.insert(thread::current().id()));
        group(number_in(request))
    });
    let client = client.build().unwrap();
    assert_eq!(client.send_all((0..3).map(groups_of)).workers(64).count(), 3);
    assert!(threads.with(|threads| threads.len()) <= 3);
}

#[test]
fn an_empty_input_has_no_results() {
    let client = client(|request| group(number_in(request))).build().unwrap();
    for workers in [1, 8] {
        let mut results = client.send_all(Vec::<users::GetGroups>::new()).workers(workers);
        assert!(results.next().is_none());
        assert!(results.next().is_none());
    }
}

#[test]
fn failures_and_successes_are_mixed() {
    let client = client(|request| match number_in(request) {
        number if number % 3 == 0 => refusal(404, &[]),
        number => group(number),
    });
    let client = client.build().unwrap();
    for (number, (operation, groups)) in client.send_all((0..100).map(groups_of)).workers(8).in_order().enumerate() {
        assert_eq!(operation, groups_of(number));
        assert_eq!(groups.map_err(|error| error.is_not_found()).is_err_and(|not_found| not_found), number % 3 == 0);
    }
}

/// Panics without a message on stderr.
fn silent_panic() -> ! {
    resume_unwind(Box::new("a test's own panic"))
}

#[test]
fn a_panic_in_the_transport_is_the_result_of_its_operation() {
    for workers in [1, 4] {
        let client =
            client(|request| if number_in(request) % 10 == 3 { silent_panic() } else { group(number_in(request)) });
        let client = client.build().unwrap();
        let results: Vec<_> = client.send_all((0..100).map(groups_of)).workers(workers).in_order().collect();
        assert_eq!(results.len(), 100);
        for (number, (operation, groups)) in results.into_iter().enumerate() {
            assert_eq!(operation, groups_of(number));
            match groups {
                Ok(groups) => assert_eq!(name(&groups), number),
                Err(error) => {
                    assert_eq!(number % 10, 3, "{error}");
                    assert!(matches!(error.kind(), ErrorKind::Transport(TransportError::MaybeSent(_))), "{error}");
                    assert!(!error.maybe_applied());
                }
            }
        }
    }
}

#[test]
fn a_panic_that_panics_again_when_it_is_dropped_hangs_nobody() {
    struct Again;

    impl Drop for Again {
        fn drop(&mut self) {
            silent_panic();
        }
    }

    for workers in [1, 4] {
        let client = client(|request| match number_in(request) {
            3 => resume_unwind(Box::new(Again)),
            number => group(number),
        });
        let client = client.build().unwrap();
        let results: Vec<_> = client.send_all((0..10).map(groups_of)).workers(workers).in_order().collect();
        assert_eq!(results.iter().filter(|(_, groups)| groups.is_err()).count(), 1);
        assert_eq!(results.len(), 10);
    }
}

#[test]
fn a_panic_in_a_hook_is_the_result_of_its_operation() {
    let client = client(|request| match number_in(request) {
        3 => refusal(500, &[]),
        number => group(number),
    });
    let client = client.on_retry(|_| silent_panic()).build().unwrap();
    let failed: Vec<_> = client
        .send_all((0..50).map(groups_of))
        .workers(4)
        .filter_map(|(operation, groups)| groups.err().map(|_| operation))
        .collect();
    assert_eq!(failed, [groups_of(3)]);
}

#[test]
fn a_create_that_panics_may_have_been_applied() {
    let client = client(|_| -> http::Response<Vec<u8>> { silent_panic() }).build().unwrap();
    let create = users::Create::new("John", "john@example.com");
    let (_, created) = client.send_all([create]).workers(2).next().unwrap();
    assert!(created.unwrap_err().maybe_applied());
}

#[test]
fn a_panic_leaves_its_place_among_the_calls_in_flight() {
    // One call may be in flight after the first response, and the second one panics.
    let requests = AtomicUsize::new(0);
    let client = client(move |request| match requests.fetch_add(1, SeqCst) {
        0 => refusal(429, &[]),
        1 => silent_panic(),
        _ => group(number_in(request)),
    });
    let client = client.retry(RetryPolicy::none()).build().unwrap();
    let results: Vec<_> = client.send_all((0..10).map(groups_of)).workers(2).collect();
    assert_eq!(results.iter().filter(|(_, groups)| groups.is_ok()).count(), 8);
}

#[test]
fn operations_of_any_kind_go_through_one_list_and_its_creates_are_recovered() {
    #[derive(Debug, PartialEq)]
    enum Found {
        Users(usize),
        User(String),
        Group(String),
        Deleted,
    }

    let (server, builder) = world(|account| account.with_user(NewUser::new("Ada", "ada@example.com").id("u1")));
    server.with(|account| account.fail_every(1, Fault::close().applied().on(Method::POST)));
    let create = |n: usize| users::Create::new("John", format!("{n}@example.com"));
    let operations: Vec<AnyOperation<Found>> = vec![
        users::Delete::new("u1").map(|_| Found::Deleted),
        create(1).map(|user| Found::User(user.email.unwrap())),
        user_groups::Create::new("Editors").map(|group| Found::Group(group.name.unwrap())),
        create(2).map(|user| Found::User(user.email.unwrap())),
        user_groups::Create::new("Readers").map(|group| Found::Group(group.name.unwrap())),
        users::List::new().map(|users| Found::Users(users.len())),
    ];
    let client = builder.build().unwrap();
    let results = client.send_all(operations).workers(1).recover();
    let found: Vec<_> = results.map(|(operation, found)| (operation.id(), found.unwrap())).collect();
    let expected = [
        ("deleteUser", Found::Deleted),
        ("createUser", Found::User("1@example.com".to_owned())),
        ("createUserGroup", Found::Group("Editors".to_owned())),
        ("createUser", Found::User("2@example.com".to_owned())),
        ("createUserGroup", Found::Group("Readers".to_owned())),
        ("getUsers", Found::Users(2)),
    ];
    assert_eq!(found, expected);
    server.with(|account| {
        let lost = account
            .requests()
            .filter(|request| request.method == Method::POST && request.status != Some(StatusCode::OK));
        assert_eq!((lost.count(), account.user_count(), account.groups().count()), (4, 2, 2));
    });
}

/// Sends 100 operations, and cancels when number 50 begins, if at all. Returns how many began and how many were sent.
fn announced(workers: usize, cancels: bool) -> (usize, usize) {
    let flag = CancelFlag::new();
    let begun: Arc<Mutex<BTreeSet<usize>>> = Arc::default();
    let known = Arc::clone(&begun);
    let client = client(move |request| {
        let number = number_in(request);
        assert!(known.lock().unwrap().contains(&number), "{number} was not announced");
        group(number)
    });
    let client = client.cancel_flag(flag.clone()).build().unwrap();
    let announced = Arc::clone(&begun);
    let calls = client.send_all((0..100).map(groups_of)).workers(workers).on_begin(move |place, operation| {
        let place = usize::try_from(place).unwrap();
        assert_eq!(*operation, groups_of(place));
        announced.lock().unwrap().insert(place);
        if cancels && place == 50 {
            flag.cancel();
        }
    });
    let sent = calls.filter(|(_, result)| result.is_ok()).count();
    (begun.lock().unwrap().len(), sent)
}

#[test]
fn each_call_is_announced_before_it_is_sent() {
    assert_eq!(announced(1, false), (100, 100));
    assert_eq!(announced(4, false), (100, 100));
}

#[test]
fn what_is_cancelled_as_it_begins_is_not_sent_and_nothing_begins_after_it() {
    assert_eq!(announced(1, true), (51, 50));
}
