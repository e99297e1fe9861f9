//! What happens when no connection comes about: the request was surely not sent, so that even a create is repeated.
//! Where that is not sure by the error's value, it counts as sent.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a panic is a failed test"
)]

use std::{
    io::{Read, Write},
    net::{Ipv4Addr, SocketAddr, TcpListener},
    sync::{Arc, Mutex},
    thread::{self, JoinHandle},
    time::Duration,
};

use cloudinary_provisioning::{Fault, GiveUpReason, RetryPolicy, users};
use cloudinary_provisioning_tests::{
    faulty::{TestClock, account, assert_not_sent, assert_reply_lost, chain, gave_up},
    script::{Endpoint, Script},
};
use cloudinary_provisioning_ureq::{Call, Client, ErrorKind, ureq};
use socket2::{Domain, Socket, Type};

fn millis(clock: &TestClock) -> Vec<u128> {
    clock.waits().iter().map(Duration::as_millis).collect()
}

fn client(origin: &str, clock: &TestClock) -> Client {
    Client::builder(account(origin))
        .proxy(None)
        .clock(clock.clone())
        .connect_timeout(Duration::from_millis(150))
        .build()
        .unwrap()
}

fn create() -> users::Create {
    users::Create::new("Ada Lind", "ada@example.com")
}

#[test]
fn where_nothing_listens_nothing_is_sent_and_even_a_create_is_repeated() {
    let endpoint = Endpoint::refusing();
    let clock = TestClock::new();
    let client = client(&endpoint.origin(), &clock);
    let error = gave_up(client.send(&users::Get::new("u1")), 3, GiveUpReason::AttemptsExhausted);
    assert_not_sent(&error);
    assert_eq!(millis(&clock), [250, 500]);

    let error = gave_up(client.send(&create()), 3, GiveUpReason::AttemptsExhausted);
    assert_not_sent(&error);
    assert_eq!(millis(&clock), [250, 500, 250, 500]);
    assert_eq!(
        error.to_string(),
        "createUser: the request was not sent; gave up after 3 attempts: all attempts are used up",
    );
    assert!(chain(&error).iter().any(|cause| cause.contains("refused")), "{:?}", chain(&error));
}

#[test]
fn a_server_that_comes_up_in_time_gets_the_create_once() {
    // Bound, so that nobody else gets the port, and not yet listening.
    let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
    socket.bind(&SocketAddr::from((Ipv4Addr::LOCALHOST, 0)).into()).unwrap();
    let address = socket.local_addr().unwrap().as_socket().unwrap();
    let (socket, started) = (Mutex::new(Some(socket)), Arc::new(Mutex::new(None)));
    let late = Arc::clone(&started);
    let client = Client::builder(account(&format!("http://{address}")))
        .proxy(None)
        .sleep(move |_| {
            let socket = socket.lock().unwrap().take().expect("one delay");
            socket.listen(1).unwrap();
            *late.lock().unwrap() = Some(answer_once(socket.into()));
        })
        .build()
        .unwrap();
    assert_eq!(client.send(&create()).unwrap().id, "u1");
    let head = started.lock().unwrap().take().expect("one delay").join().unwrap();
    assert!(head.starts_with("POST "), "{head}");
}

/// Answers the first request on the listener, and returns what came.
fn answer_once(listener: TcpListener) -> JoinHandle<String> {
    thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut bytes = vec![0; 4096];
        let mut length = 0;
        while !bytes[..length].ends_with(b"}") {
            length += stream.read(&mut bytes[length..]).unwrap();
        }
        stream.write_all(b"HTTP/1.1 201 Created\r\ncontent-length: 11\r\n\r\n{\"id\":\"u1\"}").unwrap();
        String::from_utf8_lossy(&bytes[..length]).into_owned()
    })
}

#[test]
fn a_connect_timeout_is_not_sent_and_even_a_create_is_repeated() {
    let endpoint = Endpoint::unreachable();
    let clock = TestClock::new();
    let client = client(&endpoint.origin(), &clock);
    let error = gave_up(client.send(&create()), 3, GiveUpReason::AttemptsExhausted);
    assert_not_sent(&error);
    assert!(matches!(error.transport(), Some(ureq::Error::Timeout(ureq::Timeout::Connect))), "{error:?}");
    assert_eq!(millis(&clock), [250, 500]);
}

/// One attempt of a create. What a system and its resolver report where nothing comes about is not ours to choose, but
/// the rule is the same for all of it: not sent where the error says so, perhaps sent where it does not.
#[track_caller]
fn assert_not_sent_only_if_sure(call: Call<'_, users::Create>) {
    use ureq::{Error, Timeout};
    let error = call.retry(RetryPolicy::none().attempt_timeout(Duration::from_millis(500))).send().unwrap_err();
    assert_eq!(error.attempts(), 1);
    match error.transport().expect("no reply can come") {
        Error::HostNotFound | Error::Timeout(Timeout::Resolve | Timeout::Connect) => {
            assert_not_sent(&error);
            assert_eq!(error.reason(), Some(GiveUpReason::AttemptsExhausted), "it could have been repeated");
        }
        _ => {
            assert_reply_lost(&error);
            assert_eq!(error.reason(), Some(GiveUpReason::UnsafeToRepeat));
            assert!(error.maybe_applied());
        }
    }
}

#[test]
fn an_attempt_that_times_out_while_connecting_is_not_sent_where_the_error_says_so() {
    let endpoint = Endpoint::unreachable();
    let clock = TestClock::new();
    let create = create();
    for millis in [1, 50, 149, 150, 151] {
        let client = client(&endpoint.origin(), &clock);
        assert_not_sent_only_if_sure(client.call(&create).timeout(Duration::from_millis(millis)));
    }
    assert!(clock.waits().is_empty());
}

#[test]
fn a_connection_that_nobody_ever_answers_counts_as_sent() {
    let endpoint = Endpoint::silent();
    let clock = TestClock::new();
    let client = client(&endpoint.origin(), &clock);
    let error = client.call(&create()).timeout(Duration::from_millis(100)).send();
    let error = gave_up(error, 1, GiveUpReason::UnsafeToRepeat);
    assert_reply_lost(&error);
    assert!(error.maybe_applied() && clock.waits().is_empty());
}

#[test]
fn a_name_that_does_not_resolve_is_not_sent_where_the_error_says_so() {
    let clock = TestClock::new();
    let client = Client::builder(account("https://cloudinary.invalid"))
        .proxy(None)
        .clock(clock.clone())
        .connect_timeout(Duration::from_millis(500))
        .build()
        .unwrap();
    let create = create();
    assert_not_sent_only_if_sure(client.call(&create));
    assert!(clock.waits().is_empty());

    let error = gave_up(client.send(&users::Get::new("u1")), 3, GiveUpReason::AttemptsExhausted);
    assert!(matches!(error.kind(), ErrorKind::Transport(Fault::NotSent | Fault::MaybeSent)), "{error:?}");
    assert!(!error.maybe_applied());
    assert!(chain(&error).len() > 1, "{error:?}");
    assert_eq!(millis(&clock), [250, 500]);
}

#[test]
fn a_request_that_cannot_be_built_is_no_attempt() {
    let server = Script::play([]);
    let clock = TestClock::new();
    let error = client(&server.origin(), &clock).send(&users::Get::new("..")).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Build(_)), "{error:?}");
    assert_eq!((error.attempts(), error.reason(), error.maybe_applied()), (0, None, false));
    assert_eq!((server.connections(), clock.waits().len()), (0, 0));
}
