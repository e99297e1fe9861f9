//! Calls over other HTTP stacks than the adapter's own: the examples, as processes, against an account behind HTTP.

use std::process::{Command, Output};

use cloudinary_provisioning_fake::{FakeAccount, FakeServer, Fault, NewUser};
use cloudinary_provisioning_tests::script::{Action, Endpoint, Script, raw};

mod example;

/// Each creates Ada and prints the emails of all users.
fn stacks() -> Vec<&'static str> {
    let mut stacks = vec!["stack_attohttpc", "stack_reqwest", "stack_reqwest_async"];
    if Command::new("curl").arg("--version").output().is_ok() {
        stacks.push("stack_curl");
    } else {
        eprintln!("there is no curl on this machine");
    }
    stacks
}

fn run(stack: &str, server: &str) -> Output {
    Command::new(example::example(stack))
        .arg(server)
        .env("CLOUDINARY_ACCOUNT_URL", "account://key:secret@acc")
        .env("NO_PROXY", "127.0.0.1")
        .output()
        .unwrap()
}

#[track_caller]
fn assert_success(stack: &str, server: &str) -> String {
    let output = run(stack, server);
    assert!(output.status.success(), "{stack}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// What the failing program says of its error.
#[track_caller]
fn assert_failure(stack: &str, server: &str) -> String {
    let output = run(stack, server);
    assert!(!output.status.success(), "{stack}: {}", String::from_utf8_lossy(&output.stdout));
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(!said.contains("secret") && !said.contains("a2V5OnNlY3JldA"), "{stack}: {said}");
    said
}

/// Five users in pages of two.
fn served() -> FakeServer {
    let users = (1..=5).map(|n| NewUser::new(format!("User {n}"), format!("{n}@x.org")));
    FakeServer::start(FakeAccount::new("acc", "key", "secret").with_page_cap(2).with_users(users)).unwrap()
}

const ALL: &str = "1@x.org\n2@x.org\n3@x.org\n4@x.org\n5@x.org\nada@example.com\n";

#[test]
fn each_sends_a_body_and_reads_all_pages() {
    for stack in stacks() {
        let server = served();
        assert_eq!(assert_success(stack, &server.url()), ALL, "{stack}");
        let account = server.account();
        assert_eq!(account.user_by_email("ada@example.com").unwrap().name, "Ada", "{stack}");
        let asked: Vec<_> = account
            .requests()
            .map(|request| format!("{} {}", request.method, request.target.split_once("/users").unwrap().1))
            .collect();
        assert_eq!(asked, ["POST ", "GET ?page=1", "GET ?page=2", "GET ?page=3", "GET ?page=4"], "{stack}");
    }
}

#[test]
fn each_retries_what_is_throttled_or_lost() {
    for stack in stacks() {
        let server = served();
        server.with(|account| {
            account.script([
                Fault::throttled(0),
                Fault::response(),
                Fault::close(),
                Fault::status(503),
                Fault::response(),
            ]);
            account.script([Fault::response().truncated(cloudinary_provisioning_fake::Framing::ContentLength)]);
        });
        assert_eq!(assert_success(stack, &server.url()), ALL, "{stack}");
        assert_eq!((server.requests(), server.with(|account| account.faults_left())), (9, 0), "{stack}");
    }
}

#[test]
fn none_retries_a_create_that_may_have_been_applied() {
    for stack in stacks() {
        let server = served();
        server.with(|account| account.script([Fault::reset().applied()]));
        let said = assert_failure(stack, &server.url());
        for part in ["MaybeSent", "attempts: 1", "UnsafeToRetry", "maybe_applied: true"] {
            assert!(said.contains(part), "{stack}: {said}");
        }
        assert_eq!(server.requests(), 1, "{stack}");
    }
}

#[test]
fn each_knows_a_truncated_body() {
    for stack in stacks() {
        let half = raw(&["200 OK", "content-length: 100"], r#"{"id":"u1"}"#);
        let server = Script::play([Action::respond(half).then_close()]);
        let said = assert_failure(stack, &server.origin());
        for part in ["Truncated", "status: Some(200)", "UnsafeToRetry", "maybe_applied: true"] {
            assert!(said.contains(part), "{stack}: {said}");
        }
        assert_eq!(server.requests().len(), 1, "{stack}");
    }
}

#[test]
fn the_async_stack_sends_a_create_on_a_connection_of_its_own() {
    let server = served();
    assert_success("stack_reqwest_async", &server.url());
    assert_eq!(server.connections(), 2);
}

#[test]
fn the_async_stack_stops_reading_a_body_that_is_too_large() {
    let endless = raw(&["200 OK", "content-length: 1000000000"], vec![b' '; (64 << 20) + 1]);
    let server = Script::play([Action::respond(endless).then_stall()]);
    let said = assert_failure("stack_reqwest_async", &server.origin());
    for part in ["TooLarge { limit: 67108864 }", "status: Some(200)", "maybe_applied: true"] {
        assert!(said.contains(part), "{said}");
    }
}

#[test]
fn each_leaves_the_service_alone_that_has_nothing_left() {
    let spent = raw(
        &[
            "200 OK",
            "date: Wed, 21 Oct 2015 07:28:00 GMT",
            "x-featureratelimit-remaining: 0",
            "x-featureratelimit-reset: Wed, 21 Oct 2015 08:00:00 GMT",
            "content-length: 11",
        ],
        r#"{"id":"u1"}"#,
    );
    for stack in stacks() {
        let server = Script::play([Action::respond(spent.clone())]);
        let said = assert_failure(stack, &server.origin());
        for part in ["NotSent", "attempts: 0", "ServerDelayTooLong", "maybe_applied: false"] {
            assert!(said.contains(part), "{stack}: {said}");
        }
        assert_eq!(server.requests().len(), 1, "{stack}");
    }
}

#[test]
fn each_knows_that_nothing_was_sent() {
    for stack in stacks() {
        let said = assert_failure(stack, &Endpoint::refusing().origin());
        for part in ["NotSent", "attempts: 3", "AttemptsExhausted", "maybe_applied: false"] {
            assert!(said.contains(part), "{stack}: {said}");
        }
    }
}

#[test]
fn none_follows_a_redirect() {
    for stack in stacks() {
        let server = served();
        server.with(|account| account.script([Fault::status(302).header("location", "/elsewhere")]));
        assert!(assert_failure(stack, &server.url()).contains("status: Some(302)"), "{stack}");
        assert_eq!(server.requests(), 1, "{stack}");
    }
}
