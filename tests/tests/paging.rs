//! Where a list ends: by numbers, by cursors in the query and in the body, and against servers that page badly.

use cloudinary_provisioning::{
    Account, BuildReason, Error, Operation, Origin, Paged, Pager, PrincipalType, Raw, ScopeType, access_keys, catalog,
    custom_policies,
    principals::{Inspect, InspectMultiple, Principal},
    users,
};
use cloudinary_provisioning_fake::{FakeAccount, FakeServer, Fault};
use cloudinary_provisioning_tests::wire;
use cloudinary_provisioning_ureq::Client;
use http::{Method, Request, Response};
use serde_json::{Value, json};

fn account() -> Account {
    Account::new("acc", "KEY", "SECRET").unwrap()
}

/// Walks a list against a server, and returns the items by what `key` makes of them, and the requests.
fn walk<O: Paged>(
    operation: O,
    server: impl Fn(&Request<Vec<u8>>) -> Value,
    key: impl Fn(O::Item) -> String,
) -> (Vec<String>, Vec<Request<Vec<u8>>>) {
    let (mut pager, mut items, mut requests) = (Pager::new(operation), Vec::new(), Vec::new());
    while let Some(operation) = pager.next_page() {
        let request = account().request(operation).unwrap();
        let page = Operation::parse(operation, &Response::new(server(&request).to_string())).unwrap();
        requests.push(request);
        items.extend(pager.received(page).into_iter().map(&key));
        assert!(requests.len() < 100, "it does not end");
    }
    (items, requests)
}

fn query(request: &Request<Vec<u8>>, key: &str) -> Option<String> {
    wire::request_query(request).into_iter().find(|pair| pair.0 == key).map(|pair| pair.1)
}

fn users_of(ids: impl IntoIterator<Item = usize>) -> Value {
    json!({"users": ids.into_iter().map(|id| json!({"id": format!("u{id}")})).collect::<Vec<_>>()})
}

fn id(user: users::User) -> String {
    user.id.into_string()
}

#[test]
fn numbered_pages_end_with_an_empty_one_and_begin_where_they_are_told_to() {
    let server = |request: &Request<Vec<u8>>| {
        let page: usize = query(request, "page").unwrap().parse().unwrap();
        users_of(((page - 1) * 2..page * 2).filter(|id| *id < 5))
    };
    let (ids, requests) = walk(users::List::new(), server, id);
    assert_eq!((ids.len(), requests.len()), (5, 4));
    let (ids, _) = walk(users::List::new().page(3), server, id);
    assert_eq!(ids, ["u4"]);
}

#[test]
fn a_server_that_ignores_the_page_and_shuffles_ends_the_list_and_gives_nobody_twice() {
    let turn = std::cell::Cell::new(0);
    let server = |_: &Request<Vec<u8>>| {
        turn.set(turn.get() + 7);
        users_of((0..50).map(|n| (n * 3 + turn.get()) % 50))
    };
    let (mut ids, requests) = walk(users::List::new().page_size(10), server, id);
    ids.sort_unstable();
    ids.dedup();
    assert_eq!((ids.len(), requests.len()), (50, 3));
}

#[test]
fn pages_that_come_round_again_end_the_list() {
    let server = |request: &Request<Vec<u8>>| {
        let page: usize = query(request, "page").unwrap().parse().unwrap();
        users_of([page % 3 * 2, page % 3 * 2 + 1])
    };
    let (ids, requests) = walk(users::List::new(), server, id);
    assert_eq!((ids.len(), requests.len()), (6, 5));
}

#[test]
fn a_list_of_given_ids_or_emails_is_one_request_without_a_page() {
    for list in [users::List::new().ids(["u1"]), users::List::new().emails(["a@example.com"])] {
        let (ids, requests) = walk(list, |_| users_of([1]), id);
        assert_eq!((ids.len(), requests.len(), query(requests.first().unwrap(), "page")), (1, 1, None));
    }
}

/// A server with a cursor: each page has the given items and the cursor of the next.
fn policies(pages: &[(&[&str], Option<&str>)], cursor: Option<&str>) -> Value {
    let at: usize = cursor.map_or(0, |cursor| cursor.trim_start_matches('c').parse().unwrap());
    let (ids, next) = pages.get(at).unwrap();
    let data: Vec<_> = ids.iter().map(|id| json!({"id": id})).collect();
    json!({"data": data, "next_cursor": next})
}

#[test]
fn cursors_in_the_query_are_followed_to_their_end() {
    for (pages, count, requests) in [
        (&[(&["a", "b"][..], Some("c1")), (&["c"], None)][..], 3, 2),
        (&[(&["a"], Some(""))], 1, 1),
        // An empty page with a cursor is no end.
        (&[(&[], Some("c1")), (&[], Some("c2")), (&["a"], None)], 1, 3),
        // A cursor that was returned before ends it. A page that was returned before does not.
        (&[(&["a"], Some("c1")), (&["b"], Some("c1"))], 2, 2),
        (&[(&["a"], Some("c1")), (&["b"], Some("c2")), (&["c"], Some("c1"))], 3, 3),
        (&[(&["a", "b"], Some("c1")), (&["b", "a"], Some("c2")), (&["c"], None)], 3, 3),
    ] {
        let server = |request: &Request<Vec<u8>>| policies(pages, query(request, "cursor").as_deref());
        let (ids, sent) = walk(custom_policies::List::new(), server, |policy| policy.id.into_string());
        assert_eq!((ids.len(), sent.len()), (count, requests), "{pages:?}");
    }
}

#[test]
fn a_cursor_that_comes_twice_is_an_error_behind_the_items() {
    let page = |id: &str| Fault::status(200).body(format!(r#"{{"data":[{{"id":"{id}"}}],"next_cursor":"c1"}}"#));
    let list = custom_policies::List::new;
    let seen = |items: Vec<Result<custom_policies::CustomPolicy, Error>>| -> Vec<String> {
        let text = |item: Result<custom_policies::CustomPolicy, Error>| match item {
            Ok(policy) => policy.id.to_string(),
            Err(error) => error.to_string(),
        };
        items.into_iter().map(text).collect()
    };
    let mut account = FakeAccount::new("acc", "KEY", "SECRET");
    account.script([page("a"), page("b"), page("a"), page("b")]);
    let server = FakeServer::start(account).unwrap();
    let client = Client::new(self::account().with_origin(Origin::url(&server.url()).unwrap()));
    let why = "getCustomPolicies: 200 with an unexpected body, at `next_cursor`: the service returned this \
               cursor before, and the list would never end";
    assert_eq!(seen(client.items(list()).collect()), ["a", "b", why]);
    let all = client.items_all([("both", list())]).map(|(_, item)| item);
    assert_eq!(seen(all.collect()), ["a", "b", why]);
}

#[test]
fn cursors_of_principals_go_into_the_query_or_the_body() {
    let answer = |cursor: Option<&str>| match cursor {
        None => json!({"data": {"principals": [{"type": "user", "id": "1"}]}, "next_cursor": "c1"}),
        // The same id of another type is another principal.
        Some(_) => json!({"data": {"principals": [{"type": "group", "id": "1"}]}}),
    };
    let inspect = Inspect::new(ScopeType::Account);
    let (ids, requests) = walk(inspect, |it| answer(query(it, "cursor").as_deref()), |it| it.id.into_string());
    assert_eq!((ids.len(), requests.len()), (2, 2));

    let inspect = InspectMultiple::new(ScopeType::Account, [Principal::new(PrincipalType::User, "1")]);
    let cursor = |it: &Request<Vec<u8>>| wire::json_body(it).unwrap()["cursor"].as_str().map(str::to_owned);
    let (ids, requests) = walk(inspect, |it| answer(cursor(it).as_deref()), |it| it.id.into_string());
    assert_eq!((ids.len(), requests.iter().map(cursor).collect::<Vec<_>>()), (2, vec![None, Some("c1".to_owned())]));
}

#[test]
fn access_keys_are_walked_and_page_100_is_the_last_that_can_be_asked_for() {
    let server = |request: &Request<Vec<u8>>| {
        let page: usize = query(request, "page").unwrap().parse().unwrap();
        let keys: Vec<_> = (0..2 - page.min(2)).map(|n| json!({"api_key": n.to_string()})).collect();
        json!({"access_keys": keys, "total": 1})
    };
    let (keys, requests) = walk(access_keys::List::new("s1"), server, |key| key.api_key.into_string());
    assert_eq!((keys.len(), requests.len()), (1, 2));
    let error = account().request(&access_keys::List::new("s1").page(101)).unwrap_err();
    assert_eq!((error.field(), error.reason()), ("page", &BuildReason::OutOfRange { value: 101, min: 1, max: 100 }));
}

#[test]
fn pages_can_be_read_ahead_where_they_have_numbers() {
    let mut pager = Pager::new(users::List::new().page(5));
    assert_eq!(pager.ahead(0).as_ref(), pager.next_page());
    assert_eq!(pager.ahead(2), Some(users::List::new().page(7)));
    assert_eq!(Pager::new(users::List::new().page(u32::MAX)).ahead(1), None);
    assert_eq!(Pager::new(users::List::new().ids(["u1"]).page(2)).ahead(1), None);
    assert_eq!(Pager::new(Inspect::new(ScopeType::Account).cursor("c")).ahead(1), None);
    pager.received(Vec::new());
    assert_eq!((pager.ahead(1), pager.next_page()), (None, None));
}

/// An item of a list that is read as JSON.
#[expect(clippy::needless_pass_by_value, reason = "as `walk` takes it")]
fn raw_id(item: Value) -> String {
    item["id"].as_str().unwrap().to_owned()
}

#[test]
fn lists_of_named_fields_are_walked_as_those_of_types() {
    let fields = |fields: Value| fields.as_object().cloned().unwrap();
    let list = |id: &str, of: Value| {
        let entry = catalog().find(|entry| entry.id == id).unwrap();
        entry.list(fields(of)).unwrap().unwrap()
    };
    let users = |request: &Request<Vec<u8>>| {
        let page: usize = query(request, "page").unwrap().parse().unwrap();
        users_of(((page - 1) * 2..page * 2).filter(|id| *id < 5))
    };
    let (ids, requests) = walk(list("getUsers", json!({"prefix": "u"})), users, raw_id);
    assert_eq!((ids.len(), requests.len()), (5, 4));
    assert_eq!(wire::request_query(&requests[1]), [("prefix", "u"), ("page", "2")].map(|(k, v)| (k.into(), v.into())));
    assert_eq!(walk(list("getUsers", json!({"page": 3})), users, raw_id).0, ["u4"]);
    let (ids, requests) = walk(list("getUsers", json!({"emails": ["a@x.org"]})), |_| users_of(0..1), raw_id);
    assert_eq!((ids.len(), requests.len(), query(&requests[0], "page")), (1, 1, None));

    // Cursors, in the query and in the body.
    let page = |cursor: Option<String>| match cursor.as_deref() {
        None => ("a", Some("1")),
        Some("1") => ("b", Some("2")),
        Some(other) => (if other == "2" { "c" } else { "?" }, None),
    };
    let policies = |request: &Request<Vec<u8>>| {
        let (id, next) = page(query(request, "cursor"));
        json!({"data": [{"id": id}], "next_cursor": next})
    };
    let (ids, requests) = walk(list("getCustomPolicies", json!({})), policies, raw_id);
    assert_eq!(ids, ["a", "b", "c"]);
    assert_eq!(requests[2].uri().query(), Some("cursor=2"));
    assert_eq!(walk(list("getCustomPolicies", json!({"cursor": "2"})), policies, raw_id).0, ["c"]);
    assert_eq!(walk(Raw::new(Method::GET, ["x"]).by_cursor(["data"]), policies, raw_id).0, ["a", "b", "c"]);

    let principals = |request: &Request<Vec<u8>>| {
        let body = wire::json_body(request).unwrap();
        assert_eq!(body["scope_type"], "account");
        let (id, next) = page(body.get("cursor").and_then(Value::as_str).map(str::to_owned));
        json!({"data": {"principals": [{"id": id}]}, "next_cursor": next})
    };
    let inspect = json!({"scope_type": "account", "principals": [{"type": "user", "id": "u1"}]});
    assert_eq!(walk(list("inspectMultiple", inspect), principals, raw_id).0, ["a", "b", "c"]);
}

#[test]
fn raw_calls_are_equal_if_their_requests_are() {
    let call = || Raw::new(Method::GET, ["users"]).query("prefix", "u");
    assert_eq!(call(), call());
    for other in [
        call().query("page", 1),
        call().json(&1),
        call().named("other"),
        Raw::new(Method::GET, ["groups"]).query("prefix", "u"),
        Raw::new(Method::POST, ["users"]).query("prefix", "u"),
    ] {
        assert_ne!(other, call());
    }
}
