//! Lists that are read side by side: each whole and in its order, whatever becomes of the others.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use cloudinary_provisioning_ureq::http::{Request, Response};
use cloudinary_provisioning_ureq::{Client, RetryPolicy, access_keys, custom_policies};

use crate::support::{Shared, client, refusal};

/// The product environment and the page that a request asks for.
fn asked(request: &Request<Vec<u8>>) -> (usize, usize) {
    let environment = request.uri().path().rsplit('/').nth(1).unwrap().trim_start_matches('s').parse().unwrap();
    (environment, request.uri().query().unwrap().trim_start_matches("page=").parse().unwrap())
}

/// A page of two keys; environment `n` has `n` of them.
fn keys((environment, page): (usize, usize)) -> Response<Vec<u8>> {
    let keys = (2 * (page - 1)..2 * page).filter(|key| *key < environment);
    let keys: Vec<_> = keys.map(|key| format!(r#"{{"api_key":"{key}"}}"#)).collect();
    Response::new(format!(r#"{{"access_keys":[{}]}}"#, keys.join(",")).into_bytes())
}

fn lists(environments: impl IntoIterator<Item = usize>) -> impl Iterator<Item = (usize, access_keys::List)> {
    environments.into_iter().map(|number| (number, access_keys::List::new(format!("s{number}"))))
}

/// The keys of each environment, an error as `None`.
fn read(client: &Client, environments: usize, workers: usize) -> BTreeMap<usize, Vec<Option<String>>> {
    let mut read = BTreeMap::<_, Vec<_>>::new();
    for (environment, key) in client.items_all(lists(0..environments)).workers(workers) {
        read.entry(environment).or_default().push(key.ok().map(|key| key.api_key.into_string()));
    }
    read
}

fn whole(environment: usize) -> Vec<Option<String>> {
    (0..environment).map(|key| Some(key.to_string())).collect()
}

#[test]
fn every_list_comes_whole_and_in_its_order() {
    let client = client(|request| keys(asked(request))).build().unwrap();
    let expected: BTreeMap<_, _> = (1..20).map(|environment| (environment, whole(environment))).collect();
    for workers in [1, 2, 3, 16, 64] {
        assert_eq!(read(&client, 20, workers), expected, "{workers} workers");
    }
}

#[test]
fn a_page_that_fails_ends_its_list_alone_and_behind_the_pages_before_it() {
    let client = client(|request| match asked(request) {
        (5, 2) => refusal(500, &[]),
        asked => keys(asked),
    });
    let client = client.retry(RetryPolicy::none()).build().unwrap();
    for workers in [1, 2, 16] {
        let read = read(&client, 10, workers);
        for environment in (1..10).filter(|environment| *environment != 5) {
            assert_eq!(read[&environment], whole(environment), "{workers} workers");
        }
        assert_eq!(read[&5], [Some("0".to_owned()), Some("1".to_owned()), None], "{workers} workers");
    }
}

#[test]
fn a_single_worker_reads_one_list_after_the_other_and_no_page_in_vain() {
    let pages = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&pages);
    let client = client(move |request| {
        seen.lock().unwrap().push(asked(request));
        keys(asked(request))
    });
    assert_eq!(client.build().unwrap().items_all(lists([1, 3])).workers(1).count(), 4);
    assert_eq!(*pages.lock().unwrap(), [(1, 1), (1, 2), (3, 1), (3, 2), (3, 3)]);
}

/// A client whose first requests are answered when as many are in flight.
fn together(count: usize) -> Client {
    let in_flight = Shared::new(0);
    let client = client(move |request| {
        in_flight.with(|in_flight| *in_flight += 1);
        in_flight.wait_until(|in_flight| *in_flight >= count);
        keys(asked(request))
    });
    client.build().unwrap()
}

#[test]
fn pages_of_different_lists_are_read_at_the_same_time() {
    assert_eq!(together(4).items_all(lists([1, 1, 1, 1])).workers(4).count(), 4);
}

#[test]
fn pages_of_the_last_list_are_read_ahead() {
    assert_eq!(together(4).items_all(lists([7])).workers(4).count(), 7);
}

#[test]
fn lists_with_cursors_are_read_to_their_ends() {
    let client = client(|request| {
        let query = request.uri().query().unwrap();
        let scope = query.split("scope_id=").nth(1).and_then(|rest| rest.get(..1)).unwrap();
        let (page, next) = if query.contains("cursor=2") { (2, "null") } else { (1, r#""2""#) };
        let body = format!(r#"{{"data":[{{"id":"{scope}-{page}"}}],"next_cursor":{next}}}"#);
        Response::new(body.into_bytes())
    });
    let client = client.build().unwrap();
    let lists = ["a", "b"].map(|scope| (scope, custom_policies::List::new().scope_id(scope)));
    let mut ids: Vec<_> =
        client.items_all(lists).map(|(scope, policy)| (scope, policy.unwrap().id.into_string())).collect();
    ids.sort();
    assert_eq!(ids, [("a", "a-1"), ("a", "a-2"), ("b", "b-1"), ("b", "b-2")].map(|(scope, id)| (scope, id.to_owned())));
}

#[test]
fn a_list_that_nobody_reads_sends_nothing() {
    let client = client(|_| -> Response<Vec<u8>> { panic!("a request") }).build().unwrap();
    drop(client.items_all(lists([1, 2])));
}
