//! What holds for any input: requests give their parameters back, responses are read without a panic, models name the field
//! that is wrong, and open enums keep what they do not know.

use cloudinary_provisioning::catalog::Kind;
use cloudinary_provisioning::{
    Account, AccountId, ApiKey, AssignmentChange, BuildReason, Error, ErrorKind, GroupId, KeyName, ManagementType,
    PathPrefix, PermissionType, PolicyId, PrincipalId, PrincipalType, Raw, RequestOptions, RoleId, ScopeId, ScopeType,
    Secret, SubAccountId, UserId,
    access_keys::{self, DedicatedFor},
    custom_policies::same_statement,
    users::{self, Role, SortBy, SortOrder, UnionType},
};
use cloudinary_provisioning_tests::{
    fixture,
    fuzz::every,
    hostile::{self, Decoded, UNSENDABLE, is_refused, read_as_each},
    samples, wire,
};
use http::{HeaderName, HeaderValue, Method, Request, Response};
use proptest::{
    collection::vec,
    option,
    prelude::*,
    sample::{Index, select},
    test_runner::Config,
};
use serde_json::{Map, Value, json};
use time::Date;

/// 256 cases; the variable `PROPTEST_CASES` asks for more.
fn config() -> Config {
    Config { failure_persistence: None, ..Config::default() }
}

fn account() -> Account {
    Account::new("acc", "KEY", Secret::new("SECRET")).unwrap()
}

/// Any text: any characters at all, and what is most likely to be misread.
fn text() -> impl Strategy<Value = String> {
    let pieces = select(vec![
        "",
        ".",
        "..",
        "/",
        "\\",
        "%",
        "%2e",
        "%2F",
        "?",
        "#",
        "&",
        "=",
        "+",
        " ",
        ";",
        ":",
        "@",
        "a",
        "Z",
        "0",
        "-",
        "_",
        "~",
        "\0",
        "\r\n",
        "\"",
        "é",
        "漢",
        "👩‍💻",
        "\u{202e}",
        "\u{feff}",
        "\u{10ffff}",
        "sub_accounts",
    ]);
    prop_oneof![
        vec(any::<char>(), 0..24).prop_map(String::from_iter),
        vec(pieces, 0..6).prop_map(|pieces| pieces.concat()),
        "[a-z0-9]{1,12}",
    ]
}

fn texts() -> impl Strategy<Value = Vec<String>> {
    prop_oneof![8 => vec(text(), 0..6), 1 => vec("[a-z]{1,4}", 95..105)]
}

fn date() -> impl Strategy<Value = Date> {
    prop_oneof![
        (Date::MIN.to_julian_day()..=Date::MAX.to_julian_day()).prop_map(|day| Date::from_julian_day(day).unwrap()),
        (2_440_000..2_470_000).prop_map(|day| Date::from_julian_day(day).unwrap()),
    ]
}

/// Any JSON value, a few levels deep.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        text().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 32, 6, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..6).prop_map(Value::from),
            vec((text(), inner), 0..6).prop_map(|pairs| Value::from(Map::from_iter(pairs))),
        ]
    })
}

/// The path has exactly these segments and the query is as expected.
#[track_caller]
fn assert_target(request: &Request<Vec<u8>>, segments: &[&str], query: &[(&str, &str)]) {
    assert_eq!(wire::path_segments(request.uri().path()), segments);
    let owned = |(key, value): &(&str, &str)| ((*key).to_owned(), (*value).to_owned());
    assert_eq!(wire::request_query(request), query.iter().map(owned).collect::<Vec<_>>());
    assert_eq!(request.uri().authority().unwrap(), "api.cloudinary.com");
}

fn is_sendable(id: &str) -> bool {
    !UNSENDABLE.contains(&id)
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn any_text_is_refused_by_name_or_stands_in_its_place(text in text()) {
        for (field, sample, expected) in hostile::in_each_field(&text) {
            match sample.request(&account()) {
                Ok(request) => {
                    prop_assert!(!is_refused(field, &text), "{} of {text:?}", sample.id());
                    prop_assert_eq!(Decoded::new(&request), expected);
                }
                Err(error) => {
                    prop_assert!(text.is_empty() || is_refused(field, &text), "{} of {text:?}: {error}", sample.id());
                    prop_assert_eq!(error.field(), field.name);
                }
            }
        }
    }

    #[test]
    fn any_account_id_is_refused_by_name_or_is_one_segment(id in text()) {
        let options = RequestOptions::new().account_id(id.as_str());
        for (base, path) in [
            (PathPrefix::Provisioning, vec!["v1_1", "provisioning", "accounts", &id, "x"]),
            (PathPrefix::Permissions, vec!["v2", "accounts", &id, "permissions", "x"]),
        ] {
            match account().request_with(&Raw::new(Method::GET, ["x"]).prefix(base), &options) {
                Ok(request) => assert_target(&request, &path, &[]),
                Err(error) => {
                    prop_assert!(!is_sendable(&id), "{id:?}: {error}");
                    prop_assert_eq!(error.field(), "account_id");
                }
            }
        }
        match Account::new(id.as_str(), "KEY", "SECRET") {
            Ok(account) => {
                let request = account.request(&users::List::new()).unwrap();
                assert_target(&request, &["v1_1", "provisioning", "accounts", &id, "users"], &[]);
            }
            Err(error) => {
                prop_assert!(!is_sendable(&id) || id.contains(hostile::is_junk), "{id:?}: {error}");
                prop_assert_eq!(error.part(), "account id");
            }
        }
    }

    /// The fuzzed input of `regressions.rs` is an account or an error; these are accounts.
    #[test]
    fn any_credentials_are_read_from_a_url_and_from_variables(
        id in "[a-z0-9][#-&(-_a-~é]{0,8}", key in "[#-&(-9;-_a-~é]{1,12}", secret in "[#-&(-_a-~é]{1,12}", host in "[a-z]{1,8}\\.example\\.com",
    ) {
        let url = format!("account://{}:{}@{}", every(&key), every(&secret), every(&id));
        let by_name = |name: &str| match name {
            "CLOUDINARY_ACCOUNT_ID" => Some(id.clone()),
            "CLOUDINARY_PROVISIONING_API_KEY" => Some(key.clone()),
            "CLOUDINARY_PROVISIONING_API_SECRET" => Some(secret.clone()),
            "CLOUDINARY_ORIGIN" => Some(format!("https://{host}")),
            _ => None,
        };
        let by_variables = Account::from_lookup(by_name).unwrap();
        prop_assert_eq!(by_variables.origin().as_str(), format!("https://{host}"));
        for account in [Account::from_url(&url).unwrap(), by_variables] {
            prop_assert_eq!(account.id(), &id);
            prop_assert_eq!((account.key(), account.secret().expose()), (&*key, &*secret));
        }
    }

    #[test]
    fn any_list_is_refused_by_name_or_gives_its_parameters_back(
        flags in (option::of(any::<bool>()), option::of(any::<bool>())),
        lists in (option::of(texts()), option::of(texts())),
        filters in (option::of(text()), option::of(text())),
        dates in (option::of(date()), option::of(date())),
        enums in (option::of(text()), option::of(text()), option::of(text())),
        pages in (option::of(any::<u32>()), option::of(any::<u32>())),
    ) {
        let (pending, last_login) = flags;
        let (ids, emails) = lists;
        let (prefix, sub_account_id) = filters;
        let (from, to) = dates;
        let (union_type, sort_order, sort_by) = enums;
        let (page, page_size) = pages;

        // Given each parameter that is set …
        let mut list = users::List::new();
        if let Some(value) = pending { list = list.pending(value); }
        if let Some(values) = &ids { list = list.ids(values); }
        if let Some(values) = &emails { list = list.emails(values); }
        if let Some(value) = &prefix { list = list.prefix(value); }
        if let Some(value) = &sub_account_id { list = list.sub_account_id(value); }
        if let Some(value) = last_login { list = list.last_login(value); }
        if let Some(value) = from { list = list.from(value); }
        if let Some(value) = to { list = list.to(value); }
        if let Some(value) = &union_type { list = list.union_type(UnionType::from(value.as_str())); }
        if let Some(value) = &sort_order { list = list.sort_order(SortOrder::from(value.as_str())); }
        if let Some(value) = &sort_by { list = list.sort_by(SortBy::from(value.as_str())); }
        if let Some(value) = page { list = list.page(value); }
        if let Some(value) = page_size { list = list.page_size(value); }

        // … the query has it under its name, in the documented order …
        let mut expected = Vec::new();
        let mut push = |key: &str, value: Option<String>| expected.extend(value.map(|value| (key.to_owned(), value)));
        push("pending", pending.map(|value| value.to_string()));
        for value in ids.iter().flatten() { push("ids", Some(value.clone())); }
        for value in emails.iter().flatten() { push("emails", Some(value.clone())); }
        push("prefix", prefix);
        push("sub_account_id", sub_account_id.clone());
        push("last_login", last_login.map(|value| value.to_string()));
        let day = |date: Date| format!("{:04}-{:02}-{:02}", date.year(), u8::from(date.month()), date.day());
        push("from", from.map(day));
        push("to", to.map(day));
        push("union_type", union_type.clone());
        push("sort_order", sort_order.clone());
        push("sort_by", sort_by.clone());
        let enums = [("union_type", union_type), ("sort_order", sort_order), ("sort_by", sort_by)];
        push("page", page.map(|value| value.to_string()));
        push("page_size", page_size.map(|value| value.to_string()));

        // … unless there is one that would ask for everyone, or that the service cannot take.
        let bad_list = |list: &Vec<String>| list.is_empty() || list.len() > 100 || list.iter().any(String::is_empty);
        let mut wrong = Vec::new();
        if ids.as_ref().is_some_and(bad_list) { wrong.push("ids"); }
        if emails.as_ref().is_some_and(bad_list) { wrong.push("emails"); }
        if sub_account_id.is_some_and(|id| id.is_empty()) { wrong.push("sub_account_id"); }
        if from.is_some_and(|date| date.year() < 0) { wrong.push("from"); }
        if to.is_some_and(|date| date.year() < 0) { wrong.push("to"); }
        for (key, value) in enums { if value.is_some_and(|value| value.is_empty()) { wrong.push(key); } }

        match account().request(&list) {
            Ok(request) => {
                prop_assert_eq!(wrong, [""; 0]);
                prop_assert_eq!(wire::path_segments(request.uri().path()), ["v1_1", "provisioning", "accounts", "acc", "users"]);
                prop_assert_eq!(wire::request_query(&request), expected);
            }
            Err(error) => prop_assert!(wrong.contains(&error.field()), "{error}, and not one of {wrong:?}"),
        }
    }

    #[test]
    fn any_create_or_update_gives_its_fields_back(
        name in text(),
        email in text(),
        role in option::of(text()),
        sub_account_ids in option::of(vec("[a-z]{1,4}", 1..6)),
        enabled in option::of(any::<bool>()),
    ) {
        let mut create = users::Create::new(&*name, &*email);
        let mut update = users::Update::new("u1");
        let mut rest = Map::new();
        if let Some(role) = role {
            create = create.role(Role::from(role.as_str()));
            update = update.role(Role::from(role.as_str()));
            rest.insert("role".to_owned(), role.into());
        }
        if let Some(ids) = sub_account_ids {
            create = create.sub_account_ids(&ids);
            update = update.sub_account_ids(&ids);
            rest.insert("sub_account_ids".to_owned(), ids.into());
        }
        if let Some(enabled) = enabled {
            create = create.enabled(enabled);
            update = update.enabled(enabled);
            rest.insert("enabled".to_owned(), enabled.into());
        }
        prop_assert_eq!(update.is_empty(), rest.is_empty());
        prop_assert_eq!(wire::json_body(&account().request(&update).unwrap()), Some(Value::Object(rest.clone())));

        rest.insert("name".to_owned(), name.as_str().into());
        rest.insert("email".to_owned(), email.as_str().into());
        let update = update.name(name).email(email);
        prop_assert_eq!(wire::json_body(&account().request(&create).unwrap()), Some(Value::Object(rest.clone())));
        prop_assert_eq!(wire::json_body(&account().request(&update).unwrap()), Some(Value::Object(rest)));
    }

    #[test]
    fn any_raw_call_is_refused_or_gives_its_parts_back(
        method in select(vec![Method::GET, Method::POST, Method::PUT, Method::PATCH, Method::DELETE]),
        segments in vec(text(), 0..5),
        query in vec((text(), text()), 0..5),
        body in option::of(any_json()),
    ) {
        let mut raw = Raw::new(method.clone(), &segments);
        for (key, value) in &query {
            raw = raw.query(key, value);
        }
        if let Some(body) = &body {
            raw = raw.json(body);
        }
        match account().request(&raw) {
            Ok(request) => {
                prop_assert_eq!(request.method(), &method);
                let path = ["v1_1", "provisioning", "accounts", "acc"].into_iter().chain(segments.iter().map(String::as_str));
                prop_assert_eq!(wire::path_segments(request.uri().path()), path.collect::<Vec<_>>());
                prop_assert_eq!(wire::request_query(&request), query);
                prop_assert_eq!(request.headers().contains_key("content-type"), body.is_some());
                // As text: reading a float back may lose its last digit.
                let text = body.map(|body| body.to_string()).unwrap_or_default();
                prop_assert_eq!(std::str::from_utf8(request.body()).unwrap(), text);
            }
            Err(error) => {
                prop_assert!(!segments.iter().all(|segment| is_sendable(segment)), "{error}");
                prop_assert_eq!(error.field(), "segments");
            }
        }
    }
}

/// The names that mean something to the core, with values that may or may not.
fn headers() -> impl Strategy<Value = Vec<(HeaderName, HeaderValue)>> {
    let name = select(vec![
        "date",
        "retry-after",
        "x-request-id",
        "x-featureratelimit-limit",
        "x-featureratelimit-remaining",
        "x-featureratelimit-reset",
        "content-type",
        "content-length",
        "x-other",
    ]);
    // Every byte that a header can hold: no control characters but the tab.
    let byte = prop_oneof![Just(b'\t'), b' '..=b'~', 0x80..=0xff_u8];
    let value = prop_oneof![
        vec(byte, 0..24),
        "[-+]?[0-9]{1,25}".prop_map(String::into_bytes),
        "(Mon|Tue), [0-9]{1,2} (Nov|Feb) [0-9]{1,6} [0-9]{2}:[0-9]{2}:[0-9]{2} (GMT|\\+[0-9]{4}|EST)"
            .prop_map(String::into_bytes),
    ];
    let header = (name, value)
        .prop_map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_bytes(&value).unwrap()));
    vec(header, 0..8)
}

/// A body from nothing, or a documented one that something happened to.
fn body() -> impl Strategy<Value = Vec<u8>> {
    let documented: Vec<Vec<u8>> = ["getUsers", "getUser", "deleteUser", "getGroupsForUser", "getSubAccountsForUser"]
        .iter()
        .flat_map(|operation| {
            fixture::response_cases(operation).into_iter().map(|case| fixture::response(operation, &case).into_body())
        })
        .collect();
    // Half of the bytes that come in are such as JSON is made of, and do the most.
    let byte = prop_oneof![any::<u8>(), select(b"\"\\{}[]:,-.0eE tfn".to_vec())];
    let damage = (any::<Index>(), 0..4_usize, vec(byte, 0..4));
    let damaged = (select(documented), vec(damage, 1..4)).prop_map(|(mut body, damages)| {
        for (at, removed, inserted) in damages {
            let at = at.index(body.len() + 1);
            let end = body.len().min(at + removed);
            body.splice(at..end, inserted);
        }
        body
    });
    let wrapped = (select(vec!["users", "groups", "sub_accounts", "error", "message", "id"]), any_json())
        .prop_map(|(key, value)| json!({key: value}).to_string().into_bytes());
    prop_oneof![vec(any::<u8>(), 0..64), any_json().prop_map(|value| value.to_string().into_bytes()), wrapped, damaged]
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn any_reply_is_read_to_a_value_or_an_error_that_holds_it(
        status in prop_oneof![Just(200_u16), 100..=999_u16],
        headers in headers(),
        body in body(),
    ) {
        let mut response = Response::builder().status(status).body(body).unwrap();
        for (name, value) in headers {
            response.headers_mut().append(name, value);
        }
        for (entry, result) in read_as_each(&response) {
            let Err(error) = result else {
                prop_assert!(response.status().is_success(), "{} takes {status} for a success", entry.id);
                continue;
            };
            prop_assert_eq!(error.status(), Some(response.status()));
            prop_assert_eq!(error.headers(), Some(response.headers()));
            prop_assert_eq!(error.body(), Some(response.body().as_slice()));
            prop_assert!(error.to_string().contains(&status.to_string()), "{}", error);
            prop_assert_eq!(matches!(error.kind(), ErrorKind::Status), !response.status().is_success());
            // Nothing that can be asked of it panics.
            let _ = (format!("{error:?}"), error.request_id(), error.rate_limit());
            let _ = (error.message(), error.code(), error.category(), error.details(), error.retry_after());
            if let ErrorKind::Decode { path, message } = error.kind() {
                prop_assert!(!path.is_empty() && !message.is_empty());
            }
        }
    }

    /// What the property before holds for a parser that always fails as well.
    #[test]
    fn any_value_in_a_valid_reply_is_read_as_it_is(
        id in text(), name in text(), role in text(), ids in vec("[a-z]{1,4}", 0..4), count in any::<u64>(),
        flag in option::of(any::<bool>()), object in vec((text(), any_json()), 0..4),
    ) {
        let user = json!({
            "id": id, "name": name, "role": role, "sub_account_ids": ids, "group_count": count, "enabled": flag,
            "email_preferences": Map::from_iter(object), "created_at": "2026-01-31T12:00:00Z",
        });
        let body = json!({"users": [user.clone(), user.clone()]}).to_string().into_bytes();
        let users = users::List::new().parse(&Response::new(body)).unwrap();
        prop_assert_eq!(users.len(), 2);
        let read = serde_json::to_value(&users[1]).unwrap();
        for (field, value) in user.as_object().unwrap() {
            // As text: reading a float back may lose its last digit.
            prop_assert_eq!(read[field].to_string(), value.to_string(), "{}", field);
        }
    }

    #[test]
    fn any_raw_reply_is_its_json_or_an_error(status in 100..=999_u16, body in body()) {
        let response = Response::builder().status(status).body(body).unwrap();
        let expected = match (response.status().is_success(), status == 204 || response.body().is_empty()) {
            (false, _) => None,
            (true, true) => Some(Value::Null),
            (true, false) => serde_json::from_slice(response.body()).ok(),
        };
        let read = Raw::new(Method::GET, ["x"]).parse(&response);
        if let Err(error) = &read {
            prop_assert_eq!(error.body(), Some(response.body().as_slice()));
        }
        prop_assert_eq!(read.ok(), expected);
    }

    #[test]
    fn open_enums_give_any_text_back(text in text()) {
        macro_rules! round_trip {
            ($($name:ty),+) => {$({
                let value = <$name>::from(text.as_str());
                prop_assert_eq!(value.as_str(), &text);
                prop_assert_eq!(value.to_string(), text.clone());
                prop_assert_eq!(&<$name>::from(text.clone()), &value);
                prop_assert_eq!(serde_json::to_value(&value).unwrap(), Value::from(text.as_str()));
                prop_assert_eq!(serde_json::from_value::<$name>(text.as_str().into()).unwrap(), value.clone());
                // From text with escapes, which is read differently from text without.
                let escaped: String = text.encode_utf16().map(|unit| format!("\\u{unit:04x}")).collect();
                prop_assert_eq!(serde_json::from_str::<$name>(&format!("\"{escaped}\"")).unwrap(), value);
            })+};
        }
        round_trip!(
            Role, UnionType, SortOrder, SortBy, ScopeType, PermissionType, ManagementType, PrincipalType, AssignmentChange,
            access_keys::SortBy, DedicatedFor
        );
    }

    #[test]
    fn ids_give_any_text_back(text in text()) {
        macro_rules! round_trip {
            ($($name:ty),+) => {$({
                let id = <$name>::from(text.as_str());
                prop_assert_eq!(id.as_str(), &text);
                prop_assert_eq!(id.to_string(), text.clone());
                prop_assert_eq!(&<$name>::from(text.clone()), &id);
                prop_assert_eq!(serde_json::to_value(&id).unwrap(), Value::from(text.as_str()));
                prop_assert_eq!(serde_json::from_value::<$name>(text.as_str().into()).unwrap(), id.clone());
                prop_assert!(id == text && text == id && id == *text.as_str() && text.as_str() == id);
            })+};
        }
        round_trip!(
            AccountId, UserId, GroupId, SubAccountId, ApiKey, KeyName, PolicyId, RoleId, PrincipalId, ScopeId
        );
    }
}

#[test]
fn known_values_of_open_enums_are_variants_of_their_names() {
    fn camel(text: &str) -> String {
        let capital = |word: &str| word[..1].to_uppercase() + &word[1..];
        text.split('_').map(capital).collect()
    }
    macro_rules! check {
        ($($name:ty: $count:literal),+) => {$({
            for value in <$name>::ALL {
                assert!(!value.is_unknown());
                assert_eq!(format!("{value:?}"), camel(value.as_str()));
                assert_eq!(<$name>::from(value.as_str()), *value);
            }
            assert_eq!(<$name>::ALL.len(), $count);
            assert!(<$name>::from("Admin").is_unknown());
        })+};
    }
    check!(
        Role: 7, UnionType: 2, SortOrder: 2, SortBy: 5, ScopeType: 2, PermissionType: 2, ManagementType: 2,
        PrincipalType: 4, AssignmentChange: 2, access_keys::SortBy: 4, DedicatedFor: 1
    );
}

/// Where in a field the value is wrong: `None` if it is not, an empty suffix if the whole is.
fn fault(kind: &Kind, required: bool, value: &Value) -> Option<String> {
    let is_whole = |text: &str| text.parse::<u64>().is_ok();
    let fits = match (kind, value) {
        (_, Value::Null) => !required,
        (Kind::List(kind), Value::Array(list)) => {
            return list
                .iter()
                .enumerate()
                .find_map(|(at, value)| Some(format!("[{at}]{}", fault(kind, true, value)?)));
        }
        (Kind::Record(fields), Value::Object(object)) => {
            fields.iter().all(|field| !field.required || object.contains_key(field.name))
        }
        (Kind::Boolean, value) => value.is_boolean() || *value == 0 || ["true", "1"].iter().any(|text| value == text),
        (Kind::Integer, Value::Number(number)) => number.is_u64(),
        (Kind::Integer | Kind::Number, Value::String(text)) => is_whole(text),
        (Kind::Time, Value::Number(number)) => number.as_u64() != Some(u64::MAX),
        (Kind::Time | Kind::Date, Value::String(text)) => text.is_empty() || text.starts_with("2026-"),
        (Kind::Text | Kind::Id(_) | Kind::Number, Value::Number(_))
        | (Kind::Text | Kind::Id(_) | Kind::Secret | Kind::Choice(_), Value::String(_))
        | (Kind::Object, Value::Object(_)) => true,
        _ => false,
    };
    (!fits).then(String::new)
}

/// Whether a number is a text depends on what the text is: ids can be numbers.
fn depends(kind: &Kind, value: &Value) -> bool {
    match (kind, value) {
        (Kind::Text | Kind::Id(_), value) => value.is_number(),
        // Ids joined with commas.
        (Kind::List(Kind::Id(_)), value) => value.is_string(),
        (Kind::List(kind), Value::Array(list)) => list.iter().any(|value| depends(kind, value)),
        _ => false,
    }
}

/// Where in the body the fault is.
fn place(error: &Error) -> Option<&str> {
    match error.kind() {
        ErrorKind::Decode { path, .. } => Some(path),
        _ => None,
    }
}

#[test]
fn every_field_of_every_model_takes_null_and_absence_and_names_itself_for_another_type() {
    let values = [
        json!(null),
        json!(false),
        json!(0),
        json!(-1),
        json!(1.5),
        json!(u64::MAX),
        json!(""),
        json!("x"),
        json!("true"),
        json!("1"),
        json!("2026-11-23"),
        json!([]),
        json!(["x", "y"]),
        json!(["x", null]),
        json!([[]]),
        json!({}),
        json!({"x": {"y": [null]}}),
    ];
    for sample in samples::all() {
        let response = samples::entry(&*sample).response;
        let (fields, item) = match response.kind {
            Kind::Record(fields) => (fields, ""),
            Kind::List(Kind::Record(fields)) => (*fields, "[1]"),
            _ => continue,
        };
        let whole = samples::value(&Kind::Record(fields));
        let read = |object: &Value| {
            let value = if item.is_empty() { object.clone() } else { json!([whole, object]) };
            let body = samples::in_envelope(&response, value);
            sample.read(&Response::new(body.to_string().into_bytes())).map(drop)
        };
        let parent = response.keys.join(".") + item;
        read(&whole).unwrap_or_else(|error| panic!("{} of a valid body: {error}", sample.id()));
        for field in fields {
            let path = if parent.is_empty() { field.name.to_owned() } else { format!("{parent}.{}", field.name) };
            for value in values.iter().filter(|value| !depends(&field.kind, value)) {
                let mut object = whole.clone();
                object[field.name] = value.clone();
                match (read(&object), fault(&field.kind, field.required, value)) {
                    (Ok(()), None) => {}
                    (Err(error), Some(suffix)) if place(&error).is_some() => {
                        let expected = format!("{path}{suffix}");
                        assert_eq!(place(&error), Some(&*expected), "{} of {}: {value}", field.name, sample.id());
                    }
                    (result, fault) => panic!("{path} of {} = {value}: {result:?}, not {fault:?}", sample.id()),
                }
            }
            let mut object = whole.clone();
            object.as_object_mut().unwrap().remove(field.name);
            match read(&object) {
                Err(error) if field.required => {
                    assert_eq!(place(&error), Some(if parent.is_empty() { "." } else { &*parent }));
                    assert!(error.to_string().contains(&format!("missing field `{}`", field.name)), "{error}");
                }
                result => assert!(result.is_ok() && !field.required, "{path} of {}: {result:?}", sample.id()),
            }
        }
    }
}

/// Every combination of whitespace between the tokens of a statement.
fn statement() -> impl Strategy<Value = (String, String)> {
    let token = select(vec![
        "permit",
        "(",
        ")",
        ",",
        ";",
        "principal",
        "is",
        "Cloudinary::Asset",
        "\"a  b\"",
        "\"\\\" \"",
        "when",
        "{",
        "}",
        "==",
    ]);
    let space = || select(vec![" ", "\n", "\t ", "  \r\n"]);
    vec((token, space(), space()), 0..12).prop_map(|tokens| {
        let joined = |space: fn(&(&str, &'static str, &'static str)) -> &'static str| {
            tokens.iter().flat_map(|token| [token.0, space(token)]).collect::<String>()
        };
        (joined(|token| token.1), joined(|token| token.2))
    })
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn statements_are_the_same_whatever_whitespace_is_between_their_tokens((one, other) in statement()) {
        prop_assert!(same_statement(&one, &other), "{one:?} {other:?}");
        let changed = one.replace("a  b", "a b").replace("\\\" ", "\\\"");
        prop_assert_eq!(same_statement(&one, &changed), changed == one);
        let longer = format!("{one} x");
        prop_assert!(!same_statement(&one, &longer));
    }

    #[test]
    fn any_texts_are_the_same_statement_both_ways_or_not_at_all(one in text(), other in text()) {
        prop_assert!(same_statement(&one, &one));
        prop_assert_eq!(same_statement(&one, &other), same_statement(&other, &one));
    }
}

#[test]
fn a_hundred_long_entries_are_sent_or_refused_as_too_long() {
    for (length, fits) in [(10, true), (100, true), (600, true), (700, false), (10_000, false)] {
        match account().request(&users::List::new().ids(vec!["x".repeat(length); 100])) {
            Ok(request) => assert_eq!((wire::request_query(&request).len(), fits), (100, true)),
            Err(error) => {
                assert!(!fits && matches!(error.reason(), BuildReason::TooLong { .. }), "{length}: {error}");
            }
        }
    }
}
