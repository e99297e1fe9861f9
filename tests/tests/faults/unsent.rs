//! What happens when no connection comes about: the request was certainly not sent, so that even a create is retried. Which
//! proxy is asked for a connection, and which is not.

use std::{
    io::{Read, Write},
    net::{Ipv4Addr, SocketAddr, TcpListener},
    sync::{Arc, Mutex},
    thread::{self, JoinHandle},
    time::Duration,
};

use cloudinary_provisioning::{ErrorKind, GiveUpReason, Origin, RetryPolicy, users};
use cloudinary_provisioning_tests::clock::Clock;
use cloudinary_provisioning_tests::faulty::{
    account, assert_not_sent, assert_response_lost, chain, create, delete, gave_up, get, timeout_of,
};
use cloudinary_provisioning_tests::process;
use cloudinary_provisioning_tests::script::{Action, Endpoint, Script, raw, user};
use cloudinary_provisioning_ureq::{Client, ConfigError};
use socket2::{Domain, Socket, Type};
use ureq::Agent;

fn client(origin: &str, clock: &Clock) -> Client {
    Client::builder(account(origin))
        .proxy(None)
        .clock(clock.clone())
        .connect_timeout(Duration::from_millis(150))
        .build()
        .unwrap()
}

#[test]
fn where_nothing_listens_nothing_is_sent_and_even_a_create_is_retried() {
    let endpoint = Endpoint::refusing();
    let clock = Clock::new();
    let client = client(&endpoint.origin(), &clock);
    let error = gave_up(client.send(get()), 3, GiveUpReason::AttemptsExhausted);
    assert_not_sent(&error);
    assert_eq!(clock.millis(), [250, 500]);

    let error = gave_up(client.send(create()), 3, GiveUpReason::AttemptsExhausted);
    assert_not_sent(&error);
    assert_eq!(clock.millis(), [250, 500, 250, 500]);
    assert_eq!(
        error.to_string(),
        format!(
            "createUser: the request was not sent (host {}); gave up after 3 attempts: all attempts are used up",
            endpoint.origin().strip_prefix("http://").unwrap(),
        ),
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
    assert_eq!(client.send(create()).unwrap().id, "u1");
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
fn a_connect_timeout_is_not_sent_and_even_a_create_is_retried() {
    let endpoint = Endpoint::unreachable();
    let clock = Clock::new();
    let client = client(&endpoint.origin(), &clock);
    let error = gave_up(client.send(create()), 3, GiveUpReason::AttemptsExhausted);
    assert_not_sent(&error);
    assert_eq!(timeout_of(&error), ureq::Timeout::Connect);
    assert_eq!(clock.millis(), [250, 500]);
}

#[test]
fn an_attempt_that_times_out_while_connecting_is_not_sent() {
    let endpoint = Endpoint::unreachable();
    let clock = Clock::new();
    let client = client(&endpoint.origin(), &clock);
    for millis in [100, 140, 149, 150, 151, 160, 170, 180, 190, 200] {
        let call = client.call(create()).retry(RetryPolicy::none()).timeout(Duration::from_millis(millis));
        assert_not_sent(&gave_up(call.send(), 1, GiveUpReason::AttemptsExhausted));
    }
    assert!(clock.waits().is_empty());
}

#[test]
fn a_connection_that_nobody_ever_answers_counts_as_sent() {
    let endpoint = Endpoint::silent();
    let clock = Clock::new();
    let client = client(&endpoint.origin(), &clock);
    let error = client.call(create()).timeout(Duration::from_millis(100)).send();
    let error = gave_up(error, 1, GiveUpReason::UnsafeToRetry);
    assert_response_lost(&error);
    assert!(error.maybe_applied() && clock.waits().is_empty());
}

#[test]
fn a_name_that_does_not_resolve_is_not_sent_and_even_a_create_is_retried() {
    let clock = Clock::new();
    let account = account("https://no-such-host.invalid");
    let client = Client::builder(account).proxy(None).clock(clock.clone()).build().unwrap();
    for error in [
        gave_up(client.send(create()), 3, GiveUpReason::AttemptsExhausted),
        gave_up(client.send(get()).map(drop), 3, GiveUpReason::AttemptsExhausted),
        gave_up(client.send(delete()).map(drop), 3, GiveUpReason::AttemptsExhausted),
    ] {
        assert_not_sent(&error);
        assert!(chain(&error).len() > 1, "{error:?}");
    }
    assert_eq!(clock.millis(), [250, 500, 250, 500, 250, 500]);
}

/// ureq's resolver needs a thread, and no thread has as much memory as this process gives to one.
#[cfg(target_os = "linux")]
#[test]
fn without_a_thread_to_be_had_nothing_is_sent_and_nothing_panics() {
    let server = process::alone_with(
        "unsent::without_a_thread_to_be_had_nothing_is_sent_and_nothing_panics",
        || {
            let server = Script::repeat(user());
            let variables = vec![("SERVER", server.origin()), ("RUST_MIN_STACK", (1_u64 << 47).to_string())];
            (server, variables)
        },
        || {
            let clock = Clock::new();
            let account = account(&std::env::var("SERVER").unwrap());
            let client = Client::builder(account).clock(clock.clone()).build().unwrap();
            let error = gave_up(client.send(create()), 3, GiveUpReason::AttemptsExhausted);
            assert_not_sent(&error);
            assert!(chain(&error).last().unwrap().contains("thread"), "{:?}", chain(&error));
            assert_eq!(clock.millis(), [250, 500]);
            assert_not_sent(&gave_up(client.send(get()), 3, GiveUpReason::AttemptsExhausted));
        },
    );
    if let Some(server) = server {
        assert_eq!(server.connections(), 0);
    }
}

// Proxies from the environment.

fn of_environment(origin: Origin) -> Client {
    let account = account("http://127.0.0.1:1").with_origin(origin);
    Client::builder(account).clock(Clock::new()).retry(RetryPolicy::none()).build().unwrap()
}

#[test]
fn the_environments_proxy_is_never_used_for_loopback() {
    let proxy = process::alone_with(
        "unsent::the_environments_proxy_is_never_used_for_loopback",
        || {
            let proxy = Script::repeat(user());
            let variables = ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY"].map(|name| (name, proxy.origin()));
            (proxy, variables.to_vec())
        },
        || {
            let server = Script::repeat(user());
            let port = server.address().port();
            for host in ["127.0.0.1", "localhost", "LOCALHOST"] {
                let client = of_environment(Origin::url(&format!("http://{host}:{port}")).unwrap());
                // The fresh connections of creates and the pooled ones of others are made by two agents.
                assert_eq!(client.send(get()).unwrap().id, "u1");
                assert_eq!(client.send(create()).unwrap().id, "u1");
            }
            for host in ["127.1.2.3", "[::1]"] {
                let client = of_environment(Origin::url(&format!("http://{host}:1")).unwrap());
                assert_not_sent(&client.send(get()).unwrap_err());
            }
            let https = of_environment(Origin::url(&format!("https://127.0.0.1:{port}")).unwrap());
            https.send(get()).unwrap_err();
            // An agent of the caller's reads the environment by itself.
            for config in
                [Agent::config_builder(), Agent::config_builder().http_status_as_error(false).max_redirects(0)]
            {
                let agent = Agent::new_with_config(config.timeout_global(Some(Duration::from_secs(30))).build());
                assert!(agent.config().proxy().is_some_and(ureq::Proxy::is_from_env));
                let client = Client::builder(account(&server.origin())).agent(agent).build().unwrap();
                assert_eq!(client.send(get()).unwrap().id, "u1");
                assert_eq!(client.send(create()).unwrap().id, "u1");
            }
            // A client of another origin that calls a loopback one.
            let far = of_environment(Origin::url_allowing_http("http://api.example.invalid").unwrap());
            let near = Origin::url(&server.origin()).unwrap();
            assert_eq!(far.call(get()).origin(near).send().unwrap().id, "u1");
        },
    );
    if let Some(proxy) = proxy {
        assert_eq!((proxy.connections(), proxy.requests()), (0, vec![]));
    }
}

#[test]
fn the_environments_proxy_is_used_for_other_hosts() {
    let proxy = process::alone_with(
        "unsent::the_environments_proxy_is_used_for_other_hosts",
        || {
            let connected = || Action::respond(raw(&["200 Connected"], ""));
            let proxy = Script::play((0..4).flat_map(|_| [connected(), user().then_close()]));
            let variables = vec![("HTTP_PROXY", proxy.origin()), ("NO_PROXY", "direct.example.invalid".to_owned())];
            (proxy, variables)
        },
        || {
            let client = |host: &str| of_environment(Origin::url_allowing_http(&format!("http://{host}")).unwrap());
            assert_eq!(client("api.example.invalid").send(get()).unwrap().id, "u1");
            assert_eq!(client("api.example.invalid").send(create()).unwrap().id, "u1");
            assert_not_sent(&client("direct.example.invalid").send(get()).unwrap_err());
            // No variable names a proxy for `https`, so that the host is looked up, and not found.
            let https = of_environment(Origin::url("https://api.example.invalid").unwrap());
            assert_not_sent(&https.send(get()).unwrap_err());
        },
    );
    if let Some(proxy) = proxy {
        let requests = proxy.requests();
        let seen: Vec<_> = requests.iter().map(|request| (request.method(), request.connection)).collect();
        assert_eq!(seen, [("CONNECT", 0), ("GET", 0), ("CONNECT", 1), ("POST", 1)]);
        assert_eq!(requests[0].target(), "api.example.invalid:80");
    }
}

#[test]
fn a_proxy_variable_that_cannot_be_used_is_a_config_error() {
    process::alone_with(
        "unsent::a_proxy_variable_that_cannot_be_used_is_a_config_error",
        || {
            let variables = [("HTTPS_PROXY", "gopher://user:hunter2@proxy.example.com"), ("HTTP_PROXY", "http://")];
            ((), variables.map(|(name, value)| (name, value.to_owned())).to_vec())
        },
        || {
            for (origin, name) in [("https://api.example.invalid", "HTTPS_PROXY"), ("http://127.0.0.1:1", "HTTP_PROXY")]
            {
                let built = Client::builder(account(origin)).build().unwrap_err();
                // A client that was made without `build` says so when it is used.
                let called = Client::new(account(origin)).send(create()).unwrap_err();
                for error in [built, called] {
                    let ErrorKind::Config(config) = error.kind() else { panic!("{error:?}") };
                    let expected = ConfigError::ProxyVariable { variable: name };
                    assert_eq!(config.downcast_ref(), Some(&expected), "{error:?}");
                    assert!(!format!("{error} {error:?}").contains("hunter2"), "{error:?}");
                    assert_eq!((error.attempts(), error.maybe_applied()), (0, false));
                }
                assert!(Client::builder(account(origin)).proxy(None).build().is_ok());
            }
        },
    );
}

#[test]
fn a_request_that_cannot_be_built_is_no_attempt() {
    let server = Script::play([]);
    let clock = Clock::new();
    let error = client(&server.origin(), &clock).send(users::Get::new("..")).unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::Build(_)), "{error:?}");
    assert_eq!((error.attempts(), error.reason(), error.maybe_applied()), (0, None, false));
    assert_eq!((server.connections(), clock.waits().len()), (0, 0));
}
