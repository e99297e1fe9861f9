//! Lists that are read ahead: the same items in the same order as one page at a time.

use std::collections::HashSet;
use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::thread;

use cloudinary_provisioning_fake::{FakeAccount, NewUser};
use cloudinary_provisioning_ureq::http::{Request, Response};
use cloudinary_provisioning_ureq::{Client, custom_policies, users};

use crate::support::{client, refusal, wait_for_last};

const USERS: usize = 1_050;
const PAGE_SIZE: u32 = 50;
const PAGES: usize = 21;

/// The account, and the pages that were asked for.
#[derive(Clone)]
struct Account {
    fake: Arc<Mutex<FakeAccount>>,
    pages: Arc<Mutex<Vec<usize>>>,
}

impl Account {
    fn new() -> Self {
        let users = (0..USERS).map(|number| NewUser::new("John", format!("john.{number}@example.com")));
        let fake = FakeAccount::new("acc", "KEY", "SECRET").with_users(users);
        Self { fake: Arc::new(Mutex::new(fake)), pages: Arc::default() }
    }

    fn respond(&self, request: &Request<Vec<u8>>) -> Response<Vec<u8>> {
        let page = page_in(request);
        self.pages.lock().unwrap().push(page);
        // Later pages tend to be the first to end.
        (0..page % 5).for_each(|_| thread::yield_now());
        self.fake.lock().unwrap().respond(request.clone())
    }

    fn client(&self) -> Client {
        let account = self.clone();
        client(move |request| account.respond(request)).build().unwrap()
    }

    fn take_pages(&self) -> Vec<usize> {
        std::mem::take(&mut self.pages.lock().unwrap())
    }
}

fn page_in(request: &Request<Vec<u8>>) -> usize {
    let query = request.uri().query().unwrap_or_default();
    query.split('&').find_map(|pair| pair.strip_prefix("page=")?.parse().ok()).unwrap_or_default()
}

fn list() -> users::List {
    users::List::new().page_size(PAGE_SIZE)
}

#[test]
fn pages_read_ahead_bring_the_same_items_in_the_same_order() {
    let account = Account::new();
    let client = account.client();
    let serial: Vec<_> = client.items(list()).map(|user| user.unwrap().id).collect();
    assert_eq!((serial.len(), account.take_pages().len()), (USERS, PAGES + 1));
    for workers in [2, 3, 8, 32] {
        let ahead: Vec<_> = client.items(list()).workers(workers).map(|user| user.unwrap().id).collect();
        assert_eq!(ahead, serial, "{workers} workers");
        let pages = account.take_pages();
        assert!(pages.len() <= PAGES + workers, "{workers} workers: {pages:?}");
        assert_eq!(pages.iter().collect::<HashSet<_>>().len(), pages.len(), "a page was asked for twice: {pages:?}");
    }
}

#[test]
fn no_page_is_asked_for_before_the_first_item_is() {
    let account = Account::new();
    drop(account.client().items(list()).workers(8));
    assert!(account.take_pages().is_empty());
}

#[test]
fn a_list_that_is_dropped_asks_for_no_further_page() {
    let account = Account::new();
    let client = account.client();
    let mut items = client.items(list()).workers(8);
    assert_eq!(items.by_ref().take(120).count(), 120);
    drop(items);
    let after = account.take_pages().len();
    assert!(after <= 3 + 8, "{after} pages");
    drop(client);
    wait_for_last(&account.pages);
    assert!(account.take_pages().is_empty());
}

#[test]
fn a_resumed_list_loses_and_repeats_nothing() {
    let account = Account::new();
    let serial: Vec<_> = account.client().items(list()).map(|user| user.unwrap().id).collect();
    for workers in [1, 2, 8] {
        // Every page fails twice.
        let (served, failures) = (account.clone(), Mutex::new(Vec::new()));
        let client = client(move |request| {
            let mut failures = failures.lock().unwrap();
            let page = page_in(request);
            if failures.iter().filter(|failed| **failed == page).count() < 2 {
                failures.push(page);
                return refusal(400, &[]);
            }
            drop(failures);
            served.respond(request)
        });
        let client = client.build().unwrap();
        let (mut items, mut ids, mut errors) = (client.items(list()).workers(workers), Vec::new(), 0);
        loop {
            match items.next() {
                Some(Ok(user)) => ids.push(user.id),
                Some(Err(error)) => {
                    assert_eq!(error.status().unwrap(), 400);
                    assert!(items.next().is_none(), "an error ends the iteration");
                    errors += 1;
                    items.resume();
                }
                None => break,
            }
        }
        assert_eq!(ids, serial, "{workers} workers");
        // Pages that are read ahead use up their failures before the list comes to them.
        assert!(errors <= 2 * (PAGES + 1) && errors > 0, "{errors} errors");
    }
}

/// A client of a server that answers every request with the same two users, and the number of requests.
fn two_users() -> (Client, Arc<AtomicUsize>) {
    let requests = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&requests);
    let client = client(move |_| {
        counted.fetch_add(1, SeqCst);
        Response::new(br#"{"users":[{"id":"a"},{"id":"b"}]}"#.to_vec())
    });
    (client.build().unwrap(), requests)
}

#[test]
fn a_list_of_given_ids_is_one_request() {
    let (client, requests) = two_users();
    assert_eq!(client.items(users::List::new().ids(["a", "b"])).workers(8).count(), 2);
    assert_eq!(requests.load(SeqCst), 1);
}

#[test]
fn a_server_that_ignores_the_page_costs_two_pages_and_what_was_read_ahead() {
    let (client, requests) = two_users();
    assert_eq!(client.items(list()).workers(8).count(), 2);
    assert!(requests.load(SeqCst) <= 2 + 8, "{} requests", requests.load(SeqCst));
}

#[test]
fn lists_with_cursors_are_read_one_page_at_a_time() {
    let caller = thread::current().id();
    let client = client(move |request| {
        assert_eq!(thread::current().id(), caller);
        let query = request.uri().query().unwrap_or_default();
        let cursor = query.split('&').find_map(|pair| pair.strip_prefix("cursor=")?.parse().ok()).unwrap_or(0);
        let next = if cursor < 9 { format!(r#","next_cursor":"{}""#, cursor + 1) } else { String::new() };
        Response::new(format!(r#"{{"data":[{{"id":"p{cursor}"}}]{next}}}"#).into_bytes())
    });
    let client = client.build().unwrap();
    let ids: Vec<_> =
        client.items(custom_policies::List::new()).workers(8).map(|policy| policy.unwrap().id.to_string()).collect();
    assert_eq!(ids, ["p0", "p1", "p2", "p3", "p4", "p5", "p6", "p7", "p8", "p9"]);
}
