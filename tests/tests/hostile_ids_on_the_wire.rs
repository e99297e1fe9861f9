//! The same as `hostile_ids`, seen from a server on loopback: neither the HTTP client nor a URL type on the way may undo
//! what the request was built with.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "a panic is a failed test")]

use cloudinary_provisioning::{Account, Operation, Origin, RetryPolicy, Secret, users};
use cloudinary_provisioning_tests::{
    hostile::{self, UNSENDABLE},
    script::{self, Action, Script},
    wire,
};
use cloudinary_provisioning_ureq::Client;
use http::Method;

fn client(server: &Script) -> Client {
    let account = Account::new("acc", "KEY", Secret::new("SECRET")).unwrap();
    let account = account.with_origin(Origin::url(&server.origin()).unwrap());
    Client::builder(account).proxy(None).retry(RetryPolicy::none()).build().unwrap()
}

/// A server that finds nobody: every operation has the same reply, which none of them takes for a success.
fn server() -> Script {
    Script::repeat(Action::respond(script::response(404, &[], r#"{"error":{"message":"nobody"}}"#)))
}

/// What came of an operation: its method, the segment behind the id, the status that came back if one did.
type Sent = (Method, Option<&'static str>, Option<u16>);

fn send_all(client: &Client, id: &str) -> Vec<Sent> {
    fn one<O: Operation>(client: &Client, operation: &O, tail: Option<&'static str>) -> Sent {
        let error = client.send(operation).err().expect("no operation takes a 404 for a success");
        (operation.method(), tail, error.status().map(|status| status.as_u16()))
    }
    vec![
        one(client, &users::Get::new(id), None),
        one(client, &users::Update::new(id).enabled(false), None),
        one(client, &users::Delete::new(id), None),
        one(client, &users::GetGroups::new(id), Some("groups")),
        one(client, &users::ListSubAccounts::new(id), Some("sub_accounts")),
    ]
}

#[test]
fn a_server_receives_the_id_as_one_segment() {
    let server = server();
    let client = client(&server);
    let mut expected = Vec::new();
    for id in hostile::ids() {
        for (method, tail, status) in send_all(&client, &id) {
            assert_eq!(status, Some(404), "{method} of {id:.40?}");
            let path = ["v1_1", "provisioning", "accounts", "acc", "users", &id].into_iter().chain(tail);
            expected.push((method, path.map(str::to_owned).collect::<Vec<_>>()));
        }
    }
    let received = server.requests();
    assert_eq!(received.len(), expected.len());
    for (received, (method, path)) in received.iter().zip(&expected) {
        assert_eq!(received.method(), method.as_str());
        assert!(wire::path_segments(received.target()) == *path, "{:.200}", received.target());
    }
    assert_eq!(server.connections(), 1);
}

#[test]
fn a_server_receives_nothing_for_an_id_that_cannot_be_sent() {
    let server = server();
    let client = client(&server);
    for id in UNSENDABLE.map(String::from).into_iter().chain(hostile::too_long()) {
        for (method, _, status) in send_all(&client, &id) {
            assert_eq!(status, None, "{method} of {id:.40?}");
        }
    }
    assert_eq!((server.connections(), server.requests()), (0, vec![]));
}
