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
