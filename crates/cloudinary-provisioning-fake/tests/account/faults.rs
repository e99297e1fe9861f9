//! Scripted faults, without a connection.

use crate::common::{USERS, account, ask, delete, get, post, request};
use cloudinary_provisioning_fake::{Disruption, FakeAccount, Fault, Framing, NewUser};
use http::Method;

fn statuses(account: &mut FakeAccount, count: usize) -> Vec<u16> {
    (0..count).map(|_| ask(account, Method::GET, USERS, "").status().as_u16()).collect()
}

#[test]
fn the_next_n_requests_fail_and_then_all_is_well() {
    let mut account = account();
    account.fail_next(2, Fault::status(503));
    account.fail_next(0, Fault::status(500));
    assert_eq!(account.faults_left(), 2);
    assert_eq!(statuses(&mut account, 3), [503, 503, 200]);
    assert_eq!(account.faults_left(), 0);
}

#[test]
fn for_ever_is_a_number_too() {
    let mut account = account();
    account.fail_next(usize::MAX, Fault::status(503));
    account.fail_next(1, Fault::status(500));
    assert_eq!(statuses(&mut account, 3), [503, 503, 503]);
    account.clear_faults();
    assert_eq!(statuses(&mut account, 1), [200]);
}

#[test]
fn a_script_is_played_in_order() {
    let script = [Fault::throttled(2), Fault::response(), Fault::html(502)];
    assert_eq!(statuses(&mut account().with_script(script), 4), [429, 200, 502, 200]);
}

#[test]
fn a_fault_waits_for_its_method() {
    let mut account = account();
    account.script([Fault::status(503).on(Method::POST), Fault::status(500)]);
    assert_eq!(statuses(&mut account, 2), [500, 200]);
    assert_eq!(post(&mut account, r#"{"name":"N","email":"n@example.com"}"#).0, 503);
}

#[test]
fn every_nth_request_fails_beside_the_script() {
    let mut account = account();
    account.fail_every(3, Fault::status(503));
    account.fail_every(0, Fault::status(500));
    account.fail_next(1, Fault::status(429));
    assert_eq!(statuses(&mut account, 8), [429, 200, 200, 503, 200, 200, 503, 200]);
}

#[test]
fn a_lost_request_changes_nothing_and_a_lost_response_hides_a_change() {
    let mut account = account().with_user(NewUser::new("A", "a@example.com").id("a"));
    account.fail_next(1, Fault::status(503));
    assert_eq!(delete(&mut account, "a").0, 503);
    assert!(account.user("a").is_some());
    account.fail_next(1, Fault::status(503).applied());
    assert_eq!(delete(&mut account, "a").0, 503);
    assert!(account.user("a").is_none());
    let log: Vec<_> = account.requests().map(|asked| (asked.status.unwrap().as_u16(), asked.applied)).collect();
    assert_eq!(log, [(503, false), (503, true)]);
}

#[test]
fn throttling_carries_its_hint_and_the_usual_headers() {
    let mut account = account().with_script([Fault::throttled(7)]);
    let response = ask(&mut account, Method::GET, USERS, "");
    assert_eq!(response.headers()["retry-after"], "7");
    assert!(response.headers().contains_key("x-request-id"));
    assert_eq!(response.body(), br#"{"error":{"message":"Too Many Requests"}}"#);
}

#[test]
fn the_page_of_a_proxy_is_html_and_nothing_else() {
    let mut account = account().with_script([Fault::html(502)]);
    let response = ask(&mut account, Method::GET, USERS, "");
    assert_eq!(response.headers().len(), 1);
    assert_eq!(response.headers()["content-type"], "text/html");
    assert!(response.body().starts_with(b"<html>"));
}

#[test]
fn headers_take_the_place_of_the_usual_ones_or_stand_beside_their_likes() {
    let fault = Fault::status(429).header("date", "whenever").header("retry-after", "1").header("retry-after", "2");
    let response = ask(&mut account().with_script([fault]), Method::GET, USERS, "");
    assert_eq!(response.headers().get_all("date").iter().count(), 1);
    assert_eq!(response.headers()["date"], "whenever");
    let hints: Vec<_> = response.headers().get_all("retry-after").iter().collect();
    assert_eq!(hints, ["1", "2"]);
}

#[test]
fn the_genuine_response_can_be_changed() {
    let fault = Fault::response().body("[1,").header("x-request-id", "mine");
    let mut account = account().with_script([fault]);
    let request = request(&account, Method::POST, USERS, r#"{"name":"N","email":"n@example.com"}"#);
    let response = account.respond(request);
    assert_eq!((response.status().as_u16(), response.body().as_slice()), (200, b"[1,".as_slice()));
    assert_eq!(response.headers()["x-request-id"], "mine");
    assert_eq!(account.user_count(), 1);
}

#[test]
fn a_204_has_no_body_unless_it_is_told() {
    let mut account = account().with_script([Fault::status(204), Fault::status(204).body("x")]);
    assert!(ask(&mut account, Method::GET, USERS, "").body().is_empty());
    assert_eq!(ask(&mut account, Method::GET, USERS, "").body(), b"x");
}

#[test]
fn a_mistake_in_the_script_says_so() {
    for (fault, what) in [
        (Fault::status(99), "status 99"),
        (Fault::status(503).header("bad name", "x"), "header name"),
        (Fault::status(503).header("x-good", "a\nb"), "header x-good"),
    ] {
        let response = get(&mut account().with_script([fault]), "");
        assert_eq!(response.0, 500);
        assert!(crate::common::message(&response).contains(what));
    }
}

#[test]
fn broken_connections_are_told_from_responses() {
    let mut account = account().with_script([
        Fault::close(),
        Fault::reset(),
        Fault::stall(),
        Fault::raw("SSH-2.0"),
        Fault::status(200).body("0123456789").truncated(Framing::ContentLength),
        Fault::status(200).body("0123456789").truncated_at(Framing::Chunked, 3),
        Fault::response().stall_in_body_at(1),
        Fault::response().then_close(),
    ]);
    let mut next = || {
        let request = request(&account, Method::GET, USERS, "");
        account.try_respond(request).unwrap_err()
    };
    assert!(matches!(next(), Disruption::Close));
    assert!(matches!(next(), Disruption::Reset));
    assert!(matches!(next(), Disruption::Stall));
    assert!(matches!(next(), Disruption::Raw(bytes) if bytes == b"SSH-2.0"));
    assert!(matches!(next(), Disruption::Truncated { framing: Framing::ContentLength, sent: 5, .. }));
    assert!(matches!(next(), Disruption::Truncated { framing: Framing::Chunked, sent: 3, .. }));
    assert!(matches!(next(), Disruption::StallInBody { sent: 1, .. }));
    assert!(matches!(next(), Disruption::CloseAfter { .. }));
    let seen: Vec<_> = account.requests().map(|asked| asked.status.map(|status| status.as_u16())).collect();
    assert_eq!(seen, [None, None, None, None, Some(200), Some(200), Some(200), Some(200)]);
}

#[test]
fn without_a_connection_a_broken_one_is_a_502() {
    let mut account = account().with_script([Fault::close().applied(), Fault::response().then_close()]);
    assert_eq!(statuses(&mut account, 2), [502, 200]);
}

#[test]
fn requests_are_logged_as_they_were_sent() {
    let mut account = account();
    get(&mut account, "?ids[]=a%2Fb");
    delete(&mut account, "a%252fb");
    let log: Vec<_> = account.requests().map(|asked| format!("{} {}", asked.method, asked.target)).collect();
    assert_eq!(log, [format!("GET {USERS}?ids[]=a%2Fb"), format!("DELETE {USERS}/a%252fb")]);
    account.clear_requests();
    assert_eq!(account.requests().len(), 0);
}

#[test]
fn a_fault_waits_for_its_operation() {
    let mut account = account()
        .with_user(NewUser::new("John", "john@example.com").id("u1"))
        .with_script([Fault::status(503).on_operation("deleteUser")]);
    assert_eq!(get(&mut account, "/u1").0, 200);
    assert_eq!(delete(&mut account, "u1").0, 503);
    assert_eq!(delete(&mut account, "u1").0, 200);
}

#[test]
fn the_log_shows_no_credentials() {
    let mut account = account().with_user(NewUser::new("John", "john@example.com").id("u1"));
    get(&mut account, "/u1");
    let asked = account.requests().next().unwrap();
    assert!(asked.headers["authorization"].to_str().unwrap().starts_with("Basic "));
    assert!(!format!("{asked:?}").contains("Basic"));
}
