//! Lists of a hundred thousand: everybody once, at one page of memory.

use cloudinary_provisioning::{GiveUpReason, users};
use cloudinary_provisioning_fake::{FakeAccount, FakeServer, Fault, NewUser};
use cloudinary_provisioning_tests::faulty::account;
use cloudinary_provisioning_ureq::Client;

fn client(url: &str) -> Client {
    Client::builder(account(url)).proxy(None).sleep(|_| {}).build().unwrap()
}

fn fake(users: usize) -> FakeAccount {
    let users = (0..users).map(|n| NewUser::new(format!("User {n}"), format!("user-{n}@example.com")));
    FakeAccount::new("acc", "KEY", "SECRET").with_users(users)
}

/// Ticks off who came.
struct Everybody(Vec<bool>);

impl Everybody {
    fn of(count: usize) -> Self {
        Self(vec![false; count])
    }

    #[track_caller]
    fn came(&mut self, user: &users::User) {
        let name = user.name.as_deref().expect("a name");
        let number: usize = name.strip_prefix("User ").expect("a user of ours").parse().unwrap();
        assert!(!std::mem::replace(&mut self.0[number], true), "{name} came twice");
    }

    #[track_caller]
    fn assert_complete(&self) {
        assert_eq!(self.0.iter().filter(|came| !**came).count(), 0, "somebody did not come");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_hundred_thousand_users_come_once_each_at_one_page_of_memory() {
    use cloudinary_provisioning_tests::process::{self, Helper};

    const TEST: &str = "volume::a_hundred_thousand_users_come_once_each_at_one_page_of_memory";
    const USERS: usize = 100_000;
    const MOST: u64 = 32 * 1024 * 1024;

    let server = || {
        let server = FakeServer::start(fake(USERS)).unwrap();
        let url = server.url();
        (server, url)
    };
    if process::help(TEST, server) {
        return;
    }
    process::alone(TEST, || {
        let server = Helper::start(TEST);
        let client = client(server.said());
        let mut everybody = Everybody::of(USERS);
        let start = process::resident();
        for user in client.items(users::List::new().page_size(1000)) {
            everybody.came(&user.unwrap());
        }
        let growth = process::peak().saturating_sub(start);
        everybody.assert_complete();
        assert!(growth < MOST, "{growth} bytes more");
    });
}

#[test]
fn pages_shorter_than_asked_for_are_no_end() {
    let server = FakeServer::start(fake(1_050).with_page_cap(100)).unwrap();
    let mut everybody = Everybody::of(1_050);
    for user in client(&server.url()).items(users::List::new().page_size(1000)) {
        everybody.came(&user.unwrap());
    }
    everybody.assert_complete();
    // Eleven pages, and the empty one that is the end.
    assert_eq!((server.requests(), server.connections()), (12, 1));
}

#[test]
fn a_list_goes_on_after_an_error_with_nobody_lost_and_nobody_twice() {
    let account = fake(1_000).with_script(
        // Page 1, 2, then page 3 fails for good, comes, is truncated once on page 4, and fails for good on page 7.
        [Fault::response(), Fault::response()]
            .into_iter()
            .chain([Fault::status(503), Fault::reset(), Fault::status(500)])
            .chain([Fault::response(), Fault::response().truncated(cloudinary_provisioning_fake::Framing::Chunked)])
            .chain([Fault::response(), Fault::response(), Fault::response()])
            .chain([Fault::status(429), Fault::close(), Fault::status(502)]),
    );
    let server = FakeServer::start(account).unwrap();
    let client = client(&server.url());
    let mut items = client.items(users::List::new().page_size(100));
    let mut everybody = Everybody::of(1_000);
    let mut failed_after = Vec::new();
    let mut came = 0;
    loop {
        match items.next() {
            Some(Ok(user)) => {
                everybody.came(&user);
                came += 1;
            }
            Some(Err(error)) => {
                assert_eq!((error.attempts(), error.reason()), (3, Some(GiveUpReason::AttemptsExhausted)));
                failed_after.push(came);
                assert!(items.next().is_none(), "an error ends the list until it is resumed");
                items.resume();
            }
            None => break,
        }
    }
    everybody.assert_complete();
    assert_eq!(failed_after, [200, 600]);
    // Ten pages, the empty one, and seven faults on the way.
    assert_eq!(server.requests(), 18);
}
