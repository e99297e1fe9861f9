//! The same as `hostile_ids`, seen from a server on loopback: neither the HTTP client nor a URL type on the way may undo
//! what the request was built with.

use cloudinary_provisioning::catalog::Place;
use cloudinary_provisioning::{Account, Origin, RetryPolicy, Secret};
use cloudinary_provisioning_tests::{
    hostile::{self, Decoded, UNSENDABLE},
    samples::Boxed,
    script::{self, Action, Script},
    wire,
};
use cloudinary_provisioning_ureq::Client;

/// Operations with an id at the end, before another segment, and between two.
const SENT: [&str; 4] = ["getUser", "getGroupsForUser", "addUserToUserGroup", "deleteAccessKey"];

fn client(server: &Script) -> Client {
    let account = Account::new("acc", "KEY", Secret::new("SECRET")).unwrap();
    let account = account.with_origin(Origin::url(&server.origin()).unwrap());
    Client::builder(account).proxy(None).retry(RetryPolicy::none()).build().unwrap()
}

/// A server that finds nobody: every operation gets the same response, which none of them takes for a success.
fn server() -> Script {
    Script::repeat(Action::respond(script::response(404, &[], r#"{"error":{"message":"nobody"}}"#)))
}

/// The operations with this text in a segment of the path.
fn in_paths(text: &str) -> impl Iterator<Item = (Boxed, Decoded)> {
    let samples = hostile::in_each_field(text).into_iter();
    samples.filter(|(field, _, _)| field.place == Place::Path).map(|(_, sample, expected)| (sample, expected))
}

#[test]
fn a_server_receives_the_id_as_one_segment() {
    let server = server();
    let client = client(&server);
    let mut expected = Vec::new();
    for id in hostile::ids() {
        // One operation of each shape is enough: what is the same for all is tested without a socket.
        for (sample, decoded) in in_paths(&id).filter(|(sample, _)| SENT.contains(&sample.id())) {
            let error = sample.send(&client).expect_err("no operation takes a 404 for a success");
            assert_eq!(error.status().map(|status| status.as_u16()), Some(404), "{} of {id:.40?}", sample.id());
            expected.push(decoded.path);
        }
    }
    let received = server.requests();
    assert_eq!(received.len(), expected.len());
    for (received, path) in received.iter().zip(&expected) {
        let target = received.target().split('?').next().unwrap();
        assert!(wire::path_segments(target) == *path, "{:.200}", received.target());
    }
    assert_eq!(server.connections(), 1);
}

#[test]
fn a_server_receives_nothing_for_an_id_that_cannot_be_sent() {
    let server = server();
    let client = client(&server);
    for id in UNSENDABLE.map(String::from).into_iter().chain(hostile::too_long()) {
        for (sample, _) in in_paths(&id) {
            let error = sample.send(&client).expect_err("nothing can be sent");
            assert_eq!(error.status(), None, "{} of {id:.40?}", sample.id());
        }
    }
    assert_eq!((server.connections(), server.requests()), (0, vec![]));
}
