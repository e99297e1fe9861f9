//! The core over other stacks than the adapter's: the examples, against an account behind HTTP.

use std::error::Error;
use std::process::Command;

use cloudinary_provisioning::users::{Create, Get, List, Update};
use cloudinary_provisioning::{Account, Failure, GiveUpReason, Origin};
use cloudinary_provisioning_fake::{FakeAccount, FakeServer, Fault, NewUser};
use http::{Method, StatusCode};

mod example;
#[expect(dead_code, reason = "its main runs as a process")]
#[path = "../examples/stack_attohttpc.rs"]
mod stack_attohttpc;
#[expect(dead_code, reason = "its main runs as a process")]
#[path = "../examples/stack_curl.rs"]
mod stack_curl;
#[expect(dead_code, reason = "its main runs as a process")]
#[path = "../examples/stack_reqwest.rs"]
mod stack_reqwest;

/// Five users in pages of two.
fn served() -> (FakeServer, Account) {
    let users = (1..=5).map(|n| NewUser::new(format!("User {n}"), format!("{n}@x.org")).id(format!("u{n}")));
    let server =
        FakeServer::start(FakeAccount::new("acc", "key", "secret").with_page_cap(2).with_users(users)).unwrap();
    let account = Account::new("acc", "key", "secret").unwrap().with_origin(Origin::url(&server.url()).unwrap());
    (server, account)
}

/// The targets of the requests so far, behind `…/users`.
fn asked(server: &FakeServer) -> Vec<String> {
    server.with(|account| {
        let targets = account.requests().map(|request| request.target.clone());
        targets.map(|target| target.split_once("/users").unwrap().1.to_owned()).collect()
    })
}

fn failure<'e>(error: &'e (dyn Error + 'static)) -> &'e Failure {
    error.downcast_ref().expect("the exchange's failure")
}

fn default_run(name: &str) -> String {
    let output = Command::new(example::example(name)).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

mod attohttpc {
    use super::stack_attohttpc::{emails, send};
    use super::*;

    #[test]
    fn reads_all_pages() {
        let (server, account) = served();
        assert_eq!(emails(&account).unwrap(), ["1@x.org", "2@x.org", "3@x.org", "4@x.org", "5@x.org"]);
        assert_eq!(asked(&server), ["?page=1", "?page=2", "?page=3", "?page=4"]);
    }

    #[test]
    fn sends_bodies() {
        let (server, account) = served();
        let user = send(&account, &Create::new("Jo", "jo@x.org").enabled(false)).unwrap();
        send(&account, &Update::new(&user.id).name("Joe")).unwrap();
        let jo = server.with(|account| account.user(user.id.as_str()).cloned()).unwrap();
        assert_eq!((jo.name.as_str(), jo.email.as_str(), jo.enabled), ("Joe", "jo@x.org", false));
    }

    #[test]
    fn repeats_what_is_throttled_or_lost() {
        let (server, account) = served();
        server.with(|account| account.script([Fault::throttled(0), Fault::close()]));
        assert_eq!(send(&account, &Get::new("u1")).unwrap().id, "u1");
        assert_eq!(server.requests(), 3);
    }

    #[test]
    fn does_not_repeat_a_creation_that_may_have_been_applied() {
        let (server, account) = served();
        server.with(|account| account.script([Fault::reset().applied()]));
        let error = send(&account, &Create::new("Jo", "jo@x.org")).unwrap_err();
        let give_up = failure(&*error).give_up;
        assert_eq!((give_up.reason, give_up.attempts), (GiveUpReason::UnsafeToRepeat, 1));
        assert!(give_up.maybe_applied);
        assert_eq!(server.requests(), 1);
    }

    #[test]
    fn does_not_follow_a_redirect() {
        let (server, account) = served();
        server.with(|account| account.script([Fault::status(302).header("location", "/elsewhere")]));
        assert!(send(&account, &Get::new("u1")).is_err());
        assert_eq!(server.requests(), 1);
    }

    #[test]
    fn runs_by_itself() {
        assert_eq!(default_run("stack_attohttpc"), "Ada@example.com\nGrace@example.com\nHedy@example.com\n");
    }
}

mod reqwest {
    use std::pin::pin;

    use futures_util::TryStreamExt;

    use super::stack_reqwest::Client;
    use super::*;

    fn run<T>(future: impl Future<Output = T>) -> T {
        tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(future)
    }

    #[test]
    fn streams_all_pages() {
        let (server, account) = served();
        run(async {
            let client = Client::new(account).unwrap();
            let emails: Vec<_> =
                client.items(List::new()).map_ok(|user| user.email.unwrap()).try_collect().await.unwrap();
            assert_eq!(emails, ["1@x.org", "2@x.org", "3@x.org", "4@x.org", "5@x.org"]);
        });
        assert_eq!(asked(&server), ["?page=1", "?page=2", "?page=3", "?page=4"]);
    }

    #[test]
    fn asks_for_a_page_when_the_one_before_is_used_up() {
        let (server, account) = served();
        run(async {
            let client = Client::new(account).unwrap();
            let mut users = pin!(client.items(List::new()));
            for (number, requests) in [(1, 1), (2, 1), (3, 2)] {
                assert_eq!(users.try_next().await.unwrap().unwrap().id, format!("u{number}").as_str());
                assert_eq!(server.requests(), requests);
            }
        });
    }

    #[test]
    fn sends_bodies() {
        let (server, account) = served();
        run(async {
            let client = Client::new(account).unwrap();
            let user = client.send(&Create::new("Jo", "jo@x.org")).await.unwrap();
            client.send(&Update::new(&user.id).name("Joe")).await.unwrap();
        });
        assert_eq!(server.with(|account| account.user_by_email("jo@x.org").unwrap().name.clone()), "Joe");
    }

    #[test]
    fn repeats_what_is_throttled_or_lost() {
        let (server, account) = served();
        server.with(|account| account.script([Fault::throttled(0), Fault::close()]));
        let user = run(async { Client::new(account).unwrap().send(&Get::new("u1")).await.unwrap() });
        assert_eq!(user.id, "u1");
        assert_eq!(server.requests(), 3);
    }

    #[test]
    fn does_not_repeat_a_creation_that_may_have_been_applied() {
        let (server, account) = served();
        server.with(|account| account.script([Fault::reset().applied()]));
        let error =
            run(async { Client::new(account).unwrap().send(&Create::new("Jo", "jo@x.org")).await.unwrap_err() });
        assert!(failure(&*error).give_up.maybe_applied);
        assert_eq!(server.requests(), 1);
    }

    #[test]
    fn does_not_follow_a_redirect() {
        let (server, account) = served();
        server.with(|account| account.script([Fault::status(302).header("location", "/elsewhere")]));
        assert!(run(async { Client::new(account).unwrap().send(&Get::new("u1")).await.is_err() }));
        assert_eq!(server.requests(), 1);
    }

    #[test]
    fn runs_by_itself() {
        assert_eq!(default_run("stack_reqwest"), "Ada@example.com\nGrace@example.com\nHedy@example.com\n");
    }
}

mod curl {
    use super::stack_curl::{curl, reply};
    use super::*;

    fn account() -> Account {
        Account::new("acc", "key", "secret").unwrap().with_origin(Origin::url("http://127.0.0.1:8080").unwrap())
    }

    #[test]
    fn a_request_is_a_command_that_keeps_the_secret() {
        let request = account().request(&Create::new("Jo O'Neill", "jo@x.org")).unwrap();
        let version = env!("CARGO_PKG_VERSION");
        let command = |authorization: &str| {
            format!(
                "curl --silent --include --request POST 'http://127.0.0.1:8080/v1_1/provisioning/accounts/acc/users' \
                 --header 'accept: application/json' \
                 --header 'user-agent: Cloudinary/AccountProvisioning Rust/{version}' \
                 --header 'authorization: {authorization}' \
                 --header 'content-type: application/json' \
                 --data-raw '{{\"name\":\"Jo O'\\''Neill\",\"email\":\"jo@x.org\"}}'"
            )
        };
        assert_eq!(curl(&request, false).unwrap(), command("REDACTED"));
        assert_eq!(curl(&request, true).unwrap(), command("Basic a2V5OnNlY3JldA=="));
    }

    #[test]
    fn a_reply_is_read_from_its_bytes() {
        let bytes = b"HTTP/1.1 404 Not Found\r\nx-request-id: r1\r\n\r\n{\"error\":{\"message\":\"no such user\"}}";
        let error = Get::new("u1").parse(&reply(bytes).unwrap()).unwrap_err();
        assert_eq!(error.status(), StatusCode::NOT_FOUND);
        assert_eq!(error.to_string(), "404 Not Found: no such user (request r1)");
    }

    #[test]
    fn what_is_no_reply_is_an_error() {
        for bytes in [&b""[..], b"HTTP/1.1 200 OK\r\n", b"<html>"] {
            assert!(reply(bytes).is_err());
        }
    }

    /// Where there is a curl to run.
    #[test]
    fn the_command_does_what_the_request_says() {
        if Command::new("curl").arg("--version").output().is_err() {
            eprintln!("there is no curl on this machine");
            return;
        }
        let (server, account) = served();
        let create = Create::new("Jo O'Neill; $(exit 1) \"é\"", "jo@x.org");
        let command = curl(&account.request(&create).unwrap(), true).unwrap();
        let output = Command::new("sh").args(["-c", &command]).env("NO_PROXY", "127.0.0.1").output().unwrap();

        let user = create.parse(&reply(&output.stdout).unwrap()).unwrap();
        assert_eq!(user.name.as_deref(), Some("Jo O'Neill; $(exit 1) \"é\""));
        assert_eq!(server.with(|account| account.requests().next().unwrap().method.clone()), Method::POST);
        assert!(default_run("stack_curl").ends_with("--header 'authorization: REDACTED'\nada@example.com\n"));
    }
}
