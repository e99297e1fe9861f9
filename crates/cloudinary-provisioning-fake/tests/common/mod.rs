//! What the tests share.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used, clippy::indexing_slicing)]

use cloudinary_provisioning_fake::FakeAccount;
use http::{Method, Request, Response};
use serde_json::Value;

pub const USERS: &str = "/v1_1/provisioning/accounts/acc/users";

pub fn account() -> FakeAccount {
    FakeAccount::new("acc", "KEY", "SECRET")
}

pub fn request(account: &FakeAccount, method: Method, target: &str, body: &str) -> Request<Vec<u8>> {
    Request::builder()
        .method(method)
        .uri(target)
        .header("authorization", account.authorization())
        .header("content-type", "application/json")
        .body(body.into())
        .unwrap()
}

pub fn ask(account: &mut FakeAccount, method: Method, target: &str, body: &str) -> Response<Vec<u8>> {
    let request = request(account, method, target, body);
    account.respond(request)
}

/// The status and the JSON of the response to a request below `…/users`.
pub fn call(account: &mut FakeAccount, method: Method, below: &str, body: &str) -> (u16, Value) {
    let response = ask(account, method, &format!("{USERS}{below}"), body);
    let json = serde_json::from_slice(response.body()).unwrap();
    (response.status().as_u16(), json)
}

pub fn get(account: &mut FakeAccount, below: &str) -> (u16, Value) {
    call(account, Method::GET, below, "")
}

pub fn post(account: &mut FakeAccount, body: &str) -> (u16, Value) {
    call(account, Method::POST, "", body)
}

pub fn put(account: &mut FakeAccount, id: &str, body: &str) -> (u16, Value) {
    call(account, Method::PUT, &format!("/{id}"), body)
}

pub fn delete(account: &mut FakeAccount, id: &str) -> (u16, Value) {
    call(account, Method::DELETE, &format!("/{id}"), "")
}

pub fn message(response: &(u16, Value)) -> &str {
    response.1["error"]["message"].as_str().unwrap()
}

/// The ids of a list's users.
pub fn list(account: &mut FakeAccount, query: &str) -> Vec<String> {
    let (status, json) = get(account, &format!("?{query}"));
    assert_eq!(status, 200, "{query}: {json}");
    let users = json["users"].as_array().unwrap();
    users.iter().map(|user| user["id"].as_str().unwrap().to_owned()).collect()
}

/// The status and the JSON of the response to a request below the account's own path.
pub fn at(account: &mut FakeAccount, method: &str, below: &str, body: &Value) -> (u16, Value) {
    let (status, text) = text_at(account, method, below, body);
    (status, serde_json::from_str(&text).unwrap())
}

/// As [`at`], with the body as it was written.
pub fn text_at(account: &mut FakeAccount, method: &str, below: &str, body: &Value) -> (u16, String) {
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let target = format!("/v1_1/provisioning/accounts/acc{below}");
    let response = ask(account, method.parse().unwrap(), &target, &body);
    (response.status().as_u16(), String::from_utf8(response.into_body()).unwrap())
}

/// The names of a JSON object's fields, in the order in which they were written. Values must hold neither objects nor
/// escaped quotes.
pub fn names(text: &str) -> Vec<&str> {
    let pieces: Vec<_> = text.split('"').collect();
    let after = |place: usize| pieces.get(place + 1).is_some_and(|after| after.starts_with(':'));
    (1..pieces.len()).step_by(2).filter(|place| after(*place)).map(|place| pieces[place]).collect()
}
