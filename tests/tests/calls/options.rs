//! What can be set for a client and for a call, as a server sees it.

use std::time::Duration;

use cloudinary_provisioning::{Error, Origin, RetryPolicy, users};
use cloudinary_provisioning_fake::{FakeAccount, FakeServer, NewUser};
use cloudinary_provisioning_tests::faulty::{STALL, account, get, timeout_of};
use cloudinary_provisioning_tests::script::{Action, Script};
use cloudinary_provisioning_ureq::{Client, ClientBuilder};

fn builder(url: &str) -> ClientBuilder {
    Client::builder(account(url)).proxy(None).sleep(|_| {})
}

/// The heads of the requests that a server sees when `run` has used it, in lower case.
fn heads(run: impl FnOnce(&str)) -> Vec<String> {
    let server = Script::play([Action::respond("HTTP/1.1 200 OK\r\ncontent-length: 12\r\n\r\n{\"users\":[]}")]);
    run(&server.origin());
    server.requests().iter().map(|request| request.text().to_lowercase()).collect()
}

#[test]
fn a_header_of_the_client_is_on_every_request_and_a_call_replaces_it() {
    let sent = heads(|url| {
        let client = builder(url).header("x-team", "sync").header("x-run", "1").build().unwrap();
        client.call(users::List::new()).header("X-Run", "2").send().unwrap();
    });
    assert!(sent[0].contains("\r\nx-team: sync\r\n"), "{sent:?}");
    assert!(sent[0].contains("\r\nx-run: 2\r\n") && !sent[0].contains("x-run: 1"), "{sent:?}");

    let sent = heads(|url| {
        let client = builder(url).header("x-team", "sync").build().unwrap();
        assert_eq!(client.items(users::List::new()).header("x-run", "3").count(), 0);
    });
    assert!(sent[0].contains("\r\nx-team: sync\r\n") && sent[0].contains("\r\nx-run: 3\r\n"), "{sent:?}");
}

#[test]
fn a_header_that_belongs_to_the_transport_or_is_none_is_refused_by_name() {
    let client = builder("http://127.0.0.1:1").build().unwrap();
    for (name, value) in
        [("Host", "a"), ("content-length", "0"), ("transfer-encoding", "x"), ("a b", "c"), ("x-a", "b\n")]
    {
        let error = client.call(get()).header(name, value).send().unwrap_err();
        assert!(error.to_string().contains(name), "{error}");
        assert_eq!((error.attempts(), error.operation()), (0, Some("getUser")));
    }
}

#[test]
fn a_call_can_be_about_another_account_and_at_another_origin() {
    let server = FakeServer::start(
        FakeAccount::new("other", "KEY", "SECRET").with_user(NewUser::new("John", "john@example.com").id("u1")),
    )
    .unwrap();
    let client = builder("http://127.0.0.1:1").build().unwrap();
    let user = client.call(get()).account_id("other").origin(Origin::url(&server.url()).unwrap()).send().unwrap();
    assert_eq!(user.email.as_deref(), Some("john@example.com"));
}

#[test]
fn the_timeout_of_a_client_and_of_a_call_stand_whatever_the_order_of_the_settings() {
    let stalled = |configure: &dyn Fn(ClientBuilder) -> ClientBuilder, call: Option<Duration>| -> Error {
        let server = Script::play([Action::stall()]);
        let client = configure(builder(&server.origin())).build().unwrap();
        let mut request = client.call(get());
        if let Some(timeout) = call {
            request = request.timeout(timeout).retry(RetryPolicy::none());
        }
        request.send().unwrap_err()
    };
    for error in [
        stalled(&|builder| builder.timeout(STALL).retry(RetryPolicy::none()), None),
        stalled(&|builder| builder.retry(RetryPolicy::none()).timeout(STALL), None),
        stalled(&|builder| builder, Some(STALL)),
    ] {
        assert_eq!(error.attempts(), 1);
        assert_eq!(timeout_of(&error), ureq::Timeout::Global);
    }
}
