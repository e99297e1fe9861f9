//! Creates are made exactly once, over HTTP, whatever happens to the request or its response.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use cloudinary_provisioning::http::{Method, Request, Response};
use cloudinary_provisioning::{
    Account, ErrorKind, GiveUpReason, Origin, Recover, RetryPolicy, TransportError, access_keys, custom_policies,
    product_environments, roles, user_groups, users,
};
use cloudinary_provisioning_fake::{FakeAccount, FakeServer, Fault, Framing, NewGroup, NewSubAccount, NewUser, Switch};
use cloudinary_provisioning_ureq::{Client, ClientBuilder, Clock};

const STATEMENT: &str = "permit(principal,   action, resource);";

fn fake() -> FakeAccount {
    FakeAccount::new("acc", "KEY", "SECRET").with_sub_account(NewSubAccount::new("Production").id("s1"))
}

fn builder(server: &FakeServer) -> ClientBuilder {
    let account = Account::new("acc", "KEY", "SECRET").unwrap().with_origin(Origin::url(&server.url()).unwrap());
    Client::builder(account).proxy(None).sleep(|_| {})
}

fn client(server: &FakeServer) -> Client {
    builder(server).build().unwrap()
}

/// What can happen to a create, and whether it is applied all the same.
fn losses() -> Vec<(Fault, bool)> {
    vec![
        (Fault::close(), false),
        (Fault::reset(), false),
        (Fault::status(500), false),
        (Fault::status(505), false),
        (Fault::status(200).body("<html>"), false),
        (Fault::close().applied(), true),
        (Fault::reset().applied(), true),
        (Fault::status(503).applied(), true),
        (Fault::status(303).applied(), true),
        (Fault::status(200).body("").applied(), true),
        (Fault::response().truncated(Framing::Chunked), true),
        (Fault::response().truncated(Framing::ContentLength), true),
    ]
}

/// Sends the create with each loss before it, and expects one of what it makes each time, or none and an error where
/// sending it again could make two.
fn exactly_once<O: Recover>(create: &O, is_unique: bool, count: impl Fn(&FakeAccount) -> usize) {
    for (fault, applied) in losses() {
        let shown = format!("{} {fault:?}", create.id());
        let server = FakeServer::start(fake()).unwrap();
        server.with(|account| account.fail_next(1, fault.on(Method::POST)));
        let result = client(&server).call(create).recover().response();
        let made = server.with(|account| count(account));
        if applied || is_unique {
            let response = result.unwrap_or_else(|error| panic!("{shown}: {error}"));
            assert_eq!((response.recovered(), made), (applied, 1), "{shown}");
        } else {
            assert!(result.map(drop).unwrap_err().maybe_applied(), "{shown}");
            assert_eq!(made, 0, "{shown}");
        }
    }
}

#[test]
fn each_create_is_made_exactly_once_whatever_is_lost() {
    exactly_once(&users::Create::new("John", "John@Example.com"), true, FakeAccount::user_count);
    exactly_once(&product_environments::Create::new("Shop").cloud_name("shop-eu"), true, |account| {
        account.sub_accounts().filter(|environment| environment.cloud_name == "shop-eu").count()
    });
    exactly_once(&access_keys::Generate::new("s1").name("ci"), true, |account| {
        account.access_keys("s1").filter(|key| key.name == "ci").count()
    });
    exactly_once(&user_groups::Create::new("Editors"), false, |account| account.groups().count());
    exactly_once(&custom_policies::Create::new(STATEMENT, "account", "Everything"), false, |account| {
        account.custom_policies().count()
    });
    exactly_once(&roles::Create::new("global", "account", "Auditor").id("auditor"), true, |account| {
        account.roles().filter(|role| role.name == "Auditor").count()
    });
}

#[test]
fn a_conflict_after_a_lost_response_is_recovered() {
    let server = FakeServer::start(fake()).unwrap();
    // The look-up finds nothing at first, as where the service is still at work.
    server.with(|account| {
        account.script([
            Fault::close().applied().on(Method::POST),
            Fault::status(200).body(r#"{"users":[]}"#).on(Method::GET),
        ]);
    });
    let john = client(&server).call(users::Create::new("John", "john@example.com")).recover().response().unwrap();
    assert!(john.recovered());
    assert_eq!((john.attempts(), server.with(|account| account.user_count())), (2, 1));
}

#[test]
fn a_conflict_without_a_lost_response_is_a_conflict() {
    let john = NewUser::new("John", "john@example.com");
    let server = FakeServer::start(fake().with_user(john)).unwrap();
    let error = client(&server).call(users::Create::new("John", "john@example.com")).recover().send().unwrap_err();
    assert!(error.is_conflict() && !error.maybe_applied(), "{error}");
    assert_eq!(server.requests(), 1);
}

#[test]
fn a_group_of_the_same_name_that_was_there_before_is_not_taken_for_the_new_one() {
    let server = FakeServer::start(fake().with_group(NewGroup::new("Editors").id("old"))).unwrap();
    server.with(|account| account.fail_next(1, Fault::close().on(Method::POST)));
    let error = client(&server).call(user_groups::Create::new("Editors")).recover().send().unwrap_err();
    assert!(error.maybe_applied(), "{error}");
    assert_eq!(server.with(|account| account.groups().count()), 1);
}

#[test]
fn a_key_whose_secret_is_lost_is_named() {
    let server = FakeServer::start(fake().with_switch(Switch::SecretsAbsentOnReads)).unwrap();
    server.with(|account| account.fail_next(1, Fault::close().applied().on(Method::POST)));
    let error = client(&server).call(access_keys::Generate::new("s1").name("ci")).recover().send().unwrap_err();
    let ErrorKind::SecretLost { sub_account_id, api_key: Some(api_key) } = error.kind() else { panic!("{error}") };
    assert_eq!(sub_account_id, "s1");
    assert!(error.maybe_applied());
    client(&server).send(access_keys::Delete::new("s1", api_key)).unwrap();
    assert_eq!(server.with(|account| account.access_keys("s1").filter(|key| key.name == "ci").count()), 0);
}

#[test]
fn a_failed_look_up_leaves_the_first_error() {
    let server = FakeServer::start(fake()).unwrap();
    server.with(|account| {
        account.script([Fault::status(500).applied().on(Method::POST), Fault::status(403).on(Method::GET)]);
    });
    let error = client(&server).call(users::Create::new("John", "john@example.com")).recover().send().unwrap_err();
    assert_eq!(error.status().map(|status| status.as_u16()), Some(500));
    assert!(error.maybe_applied());
}

#[test]
fn attempts_are_limited_and_what_is_left_open_is_said() {
    let server = FakeServer::start(fake()).unwrap();
    server.with(|account| account.fail_next(9, Fault::close().on(Method::POST)));
    let create = users::Create::new("John", "john@example.com");
    let error = client(&server).call(&create).recover().send().unwrap_err();
    assert_eq!((error.attempts(), error.maybe_applied()), (3, true));
    assert_eq!(error.reason(), Some(GiveUpReason::AttemptsExhausted));
    // One look-up after each attempt.
    assert_eq!(server.requests(), 6);

    let once = client(&server).call(&create).retry(RetryPolicy::none()).recover().send().unwrap_err();
    assert_eq!(once.attempts(), 1);
}

#[test]
fn nothing_is_sent_after_a_lost_create_before_the_service_asks_to() {
    let server = FakeServer::start(fake()).unwrap();
    let create = users::Create::new("John", "john@example.com");
    let refuse = |delay: &str| {
        server.with(|account| account.fail_next(1, Fault::status(503).header("retry-after", delay).on(Method::POST)));
    };
    let delays = Arc::new(Mutex::new(Vec::new()));
    let slept = Arc::clone(&delays);
    let client =
        builder(&server).sleep(move |delay: Duration| slept.lock().unwrap().push(delay.as_secs())).build().unwrap();
    refuse("61");
    let error = client.call(&create).recover().send().unwrap_err();
    assert_eq!((error.reason(), error.attempts()), (Some(GiveUpReason::ServerDelayTooLong), 1));
    refuse("30");
    assert_eq!(client.call(&create).recover().response().unwrap().attempts(), 2);
    let delays = delays.lock().unwrap();
    // Before the look-up; then the create is sent again as after any failure.
    assert!(matches!(delays[..], [30 | 31, 0]), "{delays:?}");
}

#[test]
fn a_sleep_that_oversteps_the_deadline_leaves_the_last_response() {
    let server = FakeServer::start(fake()).unwrap();
    server.with(|account| account.fail_next(1, Fault::status(500).on(Method::POST)));
    // The hook takes the time that is left.
    let late = Arc::new(Late::default());
    let clock = Arc::clone(&late);
    let client = builder(&server)
        .clock(LateClock(Arc::clone(&late)))
        .on_retry(move |_| clock.0.store(true, SeqCst))
        .build()
        .unwrap();
    let error = client.call(users::Create::new("John", "john@example.com")).recover().send().unwrap_err();
    assert_eq!(error.status().map(|status| status.as_u16()), Some(500));
    assert_eq!((error.reason(), error.attempts()), (Some(GiveUpReason::DeadlineExceeded), 1));
    assert!(error.maybe_applied());
    assert_eq!(server.requests(), 2);
}

/// A clock on which an hour passes at once.
#[derive(Default)]
struct Late(AtomicBool);

struct LateClock(Arc<Late>);

impl Clock for LateClock {
    fn monotonic(&self) -> Duration {
        Duration::from_secs(if self.0.0.load(SeqCst) { 3600 } else { 0 })
    }

    fn sleep(&self, _: Duration) {}
}

#[test]
fn a_look_up_ends_where_its_cursors_go_around_in_a_circle() {
    let requests = AtomicUsize::new(0);
    let transport = move |request: &Request<Vec<u8>>, _: Duration| {
        assert!(requests.fetch_add(1, SeqCst) < 100, "the look-up goes on without an end");
        let query = request.uri().query().unwrap_or_default();
        match request.method() {
            &Method::POST => Err(TransportError::maybe_sent("reset")),
            _ if query.contains("cursor=a") => Ok(Response::new(br#"{"data":[],"next_cursor":"b"}"#.to_vec())),
            _ => Ok(Response::new(br#"{"data":[],"next_cursor":"a"}"#.to_vec())),
        }
    };
    let account = Account::new("acc", "KEY", "SECRET").unwrap();
    let client = Client::builder(account).sleep(|_| {}).transport(transport).build().unwrap();
    let create = custom_policies::Create::new(STATEMENT, "account", "Everything");
    let error = client.call(create).recover().send().unwrap_err();
    assert_eq!((error.attempts(), error.maybe_applied()), (1, true));
}

#[test]
fn a_create_without_its_key_is_refused_by_the_fields_name() {
    let server = FakeServer::start(fake()).unwrap();
    let client = client(&server);
    let refused = [
        ("cloud_name", client.call(product_environments::Create::new("Shop")).recover().send().unwrap_err()),
        ("name", client.call(access_keys::Generate::new("s1")).recover().send().unwrap_err()),
        ("id", client.call(roles::Create::new("global", "account", "Auditor")).recover().send().unwrap_err()),
        // No path can hold this id, so that the role could not be looked up.
        (
            "role_id",
            client.call(roles::Create::new("global", "account", "Auditor").id("..")).recover().send().unwrap_err(),
        ),
    ];
    for (field, error) in refused {
        assert!(matches!(error.kind(), ErrorKind::Build(error) if error.field() == field), "{error}");
    }
    assert_eq!(server.requests(), 0);
}

#[test]
fn many_creates_at_once_are_each_made_exactly_once() {
    let server = FakeServer::start(fake()).unwrap();
    server.with(|account| account.fail_every(3, Fault::close().applied().on(Method::POST)));
    let creates = (0..60).map(|n| users::Create::new("John", format!("john-{n}@example.com")));
    for (create, user) in client(&server).send_all(creates).workers(8).recover() {
        user.unwrap_or_else(|error| panic!("{create:?}: {error}"));
    }
    assert_eq!(server.with(|account| account.user_count()), 60);
}
