//! What the benchmarks have in common: the data, and what a user would write by hand without the crates.

#![allow(dead_code, reason = "no benchmark uses all of it")]
#![allow(unreachable_pub, reason = "a module of several benchmarks")]
#![allow(clippy::unwrap_used, reason = "a benchmark that fails may stop")]

pub mod latency;

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};

use cloudinary_provisioning::users::{Create, List, Role, SortBy, SortOrder, UnionType};
use cloudinary_provisioning::{Account, Origin};
use http::Request;
use serde::{Deserialize, Serialize};
use time::macros::date;
use time::{Date, OffsetDateTime};

pub const ACCOUNT_ID: &str = "16a8ff3b-736b-49a6-85c0-03b69d5a357b";
pub const USER_ID: &str = "0abed8dfcc039ea05e2a1d494fd442";
const ORIGIN: &str = "https://api.cloudinary.com";
const USER_AGENT: &str = "Cloudinary/AccountProvisioning Rust/0.1.0";
const AUTHORIZATION: &str = "Basic S0VZOlNFQ1JFVA==";

pub fn account() -> Account {
    Account::new(ACCOUNT_ID, "KEY", "SECRET").unwrap()
}

pub fn account_at(address: SocketAddr) -> Account {
    account().with_origin(Origin::url(&format!("http://{address}")).unwrap())
}

/// A list with every parameter.
pub fn full_list() -> List {
    List::new()
        .pending(false)
        .ids(["a1", "b2", "c3"])
        .emails(["x+y@example.com", "z@example.com"])
        .prefix("john")
        .sub_account_id("sub1")
        .last_login(true)
        .from(FROM)
        .to(TO)
        .union_type(UnionType::Exclude)
        .sort_order(SortOrder::Asc)
        .sort_by(SortBy::CreatedAt)
        .page(2)
        .page_size(50)
}

pub fn create() -> Create {
    Create::new("John", "john@example.com").role(Role::TechnicalAdmin).enabled(true)
}

const FROM: Date = date!(2023 - 01 - 01);
const TO: Date = date!(2024 - 12 - 31);

/// What a careful user would write: the same URLs, headers and bodies, formatted directly.
pub mod by_hand {
    use super::{ACCOUNT_ID, AUTHORIZATION, Date, FROM, ORIGIN, Request, Serialize, TO, USER_AGENT};
    use std::fmt::Write as _;

    fn request(method: &str, url: String, body: Option<Vec<u8>>) -> Request<Vec<u8>> {
        let mut request = Request::builder()
            .method(method)
            .uri(url)
            .header("accept", "application/json")
            .header("user-agent", USER_AGENT)
            .header("authorization", AUTHORIZATION);
        if body.is_some() {
            request = request.header("content-type", "application/json");
        }
        request.body(body.unwrap_or_default()).unwrap()
    }

    pub fn get(origin: &str, id: &str) -> Request<Vec<u8>> {
        request("GET", format!("{origin}/v1_1/provisioning/accounts/{ACCOUNT_ID}/users/{id}"), None)
    }

    pub fn get_default(id: &str) -> Request<Vec<u8>> {
        get(ORIGIN, id)
    }

    pub fn list(ids: &[&str], emails: &[&str], prefix: &str, page: u32, page_size: u32) -> Request<Vec<u8>> {
        let mut url = format!("{ORIGIN}/v1_1/provisioning/accounts/{ACCOUNT_ID}/users?pending=false");
        for id in ids {
            write!(url, "&ids={id}").unwrap();
        }
        for email in emails {
            write!(url, "&emails={}", email.replace('+', "%2B").replace('@', "%40")).unwrap();
        }
        let day = |date: Date| format!("{}-{:02}-{:02}", date.year(), u8::from(date.month()), date.day());
        write!(
            url,
            "&prefix={prefix}&sub_account_id=sub1&last_login=true&from={}&to={}&union_type=exclude&sort_order=asc\
             &sort_by=created_at&page={page}&page_size={page_size}",
            day(FROM),
            day(TO),
        )
        .unwrap();
        request("GET", url, None)
    }

    pub fn create(name: &str, email: &str) -> Request<Vec<u8>> {
        #[derive(Serialize)]
        struct Body<'a> {
            name: &'a str,
            email: &'a str,
            role: &'a str,
            enabled: bool,
        }
        let body = serde_json::to_vec(&Body { name, email, role: "technical_admin", enabled: true }).unwrap();
        request("POST", format!("{ORIGIN}/v1_1/provisioning/accounts/{ACCOUNT_ID}/users"), Some(body))
    }
}

/// The fields of a user as a bare struct of `String`s and times.
#[derive(Deserialize)]
pub struct BareUser {
    id: String,
    name: Option<String>,
    first_name: Option<String>,
    last_name: Option<String>,
    role: Option<String>,
    email: Option<String>,
    pending: Option<bool>,
    enabled: Option<bool>,
    #[serde(default, with = "time::serde::rfc3339::option")]
    created_at: Option<OffsetDateTime>,
    #[serde(default, with = "time::serde::rfc3339::option")]
    updated_at: Option<OffsetDateTime>,
    #[serde(default, with = "time::serde::rfc3339::option")]
    last_login: Option<OffsetDateTime>,
    all_sub_accounts: Option<bool>,
    providers: Option<Vec<String>>,
    email_preferences: Option<serde_json::Map<String, serde_json::Value>>,
    account_id: Option<String>,
    two_factor: Option<bool>,
    status: Option<String>,
    root: Option<bool>,
    technical_role: Option<String>,
    group_count: Option<u64>,
    sub_account_count: Option<u64>,
}

#[derive(Deserialize)]
pub struct BareUsers {
    pub users: Vec<BareUser>,
}

/// A user with all fields, about 520 bytes.
pub fn user_json(n: usize) -> String {
    format!(
        r#"{{"id":"0abed8dfcc039ea05e2a1d49{n:06}","name":"John Doe {n}","first_name":"John","last_name":"Doe","role":"media_library_user","email":"john.{n}@example.com","pending":false,"enabled":true,"created_at":"2023-01-31T08:15:30Z","updated_at":"2024-02-29T10:00:00Z","last_login":"2026-10-01T12:34:56Z","all_sub_accounts":false,"providers":["google"],"email_preferences":{{}},"account_id":"{ACCOUNT_ID}","two_factor":true,"status":"active","root":false,"technical_role":"","group_count":2,"sub_account_count":3}}"#
    )
}

pub fn users_json(users: std::ops::Range<usize>) -> String {
    let users: Vec<_> = users.map(user_json).collect();
    format!(r#"{{"users":[{}]}}"#, users.join(","))
}

/// The fields of an access key as a bare struct.
#[derive(Deserialize)]
pub struct BareKey {
    api_key: String,
    name: Option<String>,
    api_secret: Option<String>,
    #[serde(default, with = "time::serde::rfc3339::option")]
    created_at: Option<OffsetDateTime>,
    #[serde(default, with = "time::serde::rfc3339::option")]
    updated_at: Option<OffsetDateTime>,
    enabled: Option<bool>,
    root: Option<bool>,
    dedicated_for: Option<Vec<String>>,
}

#[derive(Deserialize)]
pub struct BareKeys {
    pub access_keys: Vec<BareKey>,
    pub total: Option<u64>,
}

pub fn keys_json(count: usize) -> String {
    let keys: Vec<_> = (0..count)
        .map(|n| {
            format!(
                r#"{{"name":"key {n}","api_key":"{n:015}","api_secret":"aBcDeFgHiJkLmNoPqRsTuVwXyZ0","created_at":"2023-01-31T08:15:30Z","updated_at":"2024-02-29T10:00:00Z","enabled":true,"root":false}}"#
            )
        })
        .collect();
    format!(r#"{{"access_keys":[{}],"total":{count}}}"#, keys.join(","))
}

/// The fields of a role as a bare struct.
#[derive(Deserialize)]
pub struct BareRole {
    id: String,
    name: Option<String>,
    description: Option<String>,
    management_type: Option<String>,
    permission_type: Option<String>,
    scope_type: Option<String>,
    policy_parameters: Option<Vec<String>>,
    #[serde(default, with = "time::serde::timestamp::option")]
    created_at: Option<OffsetDateTime>,
    #[serde(default, with = "time::serde::timestamp::option")]
    updated_at: Option<OffsetDateTime>,
}

#[derive(Deserialize)]
pub struct BareRoles {
    pub data: Vec<BareRole>,
}

pub fn roles_json(count: usize) -> String {
    let roles: Vec<_> = (0..count)
        .map(|n| {
            format!(
                r#"{{"id":"cld::role::folder::viewer{n}","name":"Viewer {n}","description":"Views what is in a folder","management_type":"system","permission_type":"content","scope_type":"prodenv","policy_parameters":["folder_id"],"created_at":1719475216,"updated_at":1719475216}}"#
            )
        })
        .collect();
    format!(r#"{{"data":[{}]}}"#, roles.join(","))
}

/// Answers every request on every connection with what the function gives for its target, in one write.
pub fn serve(response: impl Fn(&str) -> String + Send + Sync + Clone + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let response = response.clone();
            std::thread::spawn(move || answer(stream, &response));
        }
    });
    address
}

fn answer(mut stream: TcpStream, response: &impl Fn(&str) -> String) {
    stream.set_nodelay(true).unwrap();
    let mut reader = BufReader::new(stream.try_clone().unwrap());
    let mut line = String::new();
    while reader.read_line(&mut line).is_ok_and(|length| length > 0) {
        let target = line.split(' ').nth(1).unwrap_or_default().to_owned();
        while line != "\r\n" {
            line.clear();
            if !reader.read_line(&mut line).is_ok_and(|length| length > 0) {
                return;
            }
        }
        line.clear();
        let body = response(&target);
        let head =
            format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n", body.len());
        if stream.write_all((head + &body).as_bytes()).is_err() {
            return;
        }
    }
}

/// A user by id.
pub fn serve_user() -> SocketAddr {
    let body = user_json(1);
    serve(move |_| body.clone())
}

/// `count` users in pages, or all at once where no page is asked for.
pub fn serve_pages(count: usize) -> SocketAddr {
    serve(move |target| {
        let number = |key: &str| {
            target.split(['?', '&']).find_map(|pair| pair.strip_prefix(key)?.strip_prefix('=')?.parse::<usize>().ok())
        };
        match (number("page"), number("page_size")) {
            (Some(page), Some(size)) => users_json(((page - 1) * size).min(count)..(page * size).min(count)),
            _ => users_json(0..count),
        }
    })
}

/// ureq with the settings that any careful user would give it.
pub fn bare_agent() -> ureq::Agent {
    ureq::Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .timeout_global(Some(std::time::Duration::from_secs(30)))
        .proxy(None)
        .build()
        .new_agent()
}

pub fn bare_get(agent: &ureq::Agent, request: Request<Vec<u8>>) -> BareUser {
    let mut response = agent.run(request.map(|_| ())).unwrap();
    assert!(response.status().is_success());
    let body = response.body_mut().read_to_vec().unwrap();
    serde_json::from_slice(&body).unwrap()
}
