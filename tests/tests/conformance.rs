//! The catalogue and the models against the vendor's API description, reduced to facts, for all operations at once.

use std::collections::BTreeSet;

use cloudinary_provisioning::catalog::{Entry, Field, IdKind, Kind, Place};
use cloudinary_provisioning::{Account, ErrorKind, catalog};
use cloudinary_provisioning_tests::{
    samples::{self, entry},
    wire,
};
use http::Response;
use serde_json::{Map, Value, json};
use time::{OffsetDateTime, format_description::well_known::Rfc3339};

/// What differs from the description on purpose: operation, field, what, why.
const DEVIATIONS: &[(&str, &str, &str, &str)] = &[
    ("createProductEnvironment", "enabled", "extra", "the vendor's classic SDKs send it"),
    ("getUsers", "status", "extra", "the vendor's newest classic SDK sends it"),
    ("createUserGroup", "name", "required", "a group without a name cannot be created"),
    ("updatePrincipalRoles", "operation", "required", "nothing happens without it"),
    ("updatePrincipalRoles", "principal", "required", "nothing happens without it"),
    ("updatePrincipalRoles", "roles", "required", "nothing happens without it"),
    ("updateRolePrincipals", "operation", "required", "nothing happens without it"),
    ("updateRolePrincipals", "principals", "required", "nothing happens without it"),
    ("createRole", "permission_type", "kind", "the description says text here, and two values elsewhere"),
    ("getCustomPolicies", "enabled", "nullable", "a query has no form for null"),
    ("getProductEnvironments", "ids", "limits", "the limit is in the text alone"),
    ("getProductEnvironments", "cloud_names", "limits", "the limit is in the text alone"),
    ("getAccessKeys", "page", "limits", "pages begin with 1"),
];

fn facts() -> Vec<Value> {
    let facts = include_str!("../../crates/cloudinary-provisioning-fake/src/facts/facts.json");
    let facts: Value = serde_json::from_str(facts).unwrap();
    facts["operations"].as_array().unwrap().clone()
}

fn described(id: &str) -> Value {
    facts().into_iter().find(|fact| fact["operationId"] == id).unwrap()
}

/// The status and the shape of a success.
fn success(fact: &Value) -> (u16, &Value) {
    let responses = fact["responses"].as_object().unwrap();
    let (status, response) = responses.iter().find(|(status, _)| status.starts_with('2')).unwrap();
    (status.parse().unwrap(), &response["shape"])
}

/// What differs between a kind and the description's type, if anything.
fn mismatch(kind: &Kind, fact: &Value) -> Option<String> {
    let (ty, format) = (fact["type"].as_str().unwrap_or("?"), fact["format"].as_str());
    let fits = match kind {
        Kind::Nullable(kind) => return mismatch(kind, fact),
        Kind::List(kind) if ty == "array" && fact.get("content").is_none() => return mismatch(kind, &fact["items"]),
        Kind::Json(Kind::List(kind)) if fact.get("content").is_some() => return mismatch(kind, &fact["items"]),
        Kind::Boolean => ty == "boolean",
        Kind::Integer => ty == "integer" && format != Some("int64"),
        Kind::Number => ty == "number",
        Kind::SubAccountAccess => return mismatch(&Kind::List(&Kind::Id(IdKind::SubAccount)), fact),
        Kind::Text | Kind::Id(_) => {
            let plain = !matches!(format, Some("date" | "date-time" | "password"));
            ty == "string" && plain && fact.get("enum").is_none()
        }
        Kind::Secret => format == Some("password"),
        Kind::Date => format == Some("date"),
        Kind::Time => format == Some("date-time") || (ty, format) == ("integer", Some("int64")),
        // A response's text can be one that is a choice elsewhere.
        Kind::Choice(values) => fact["enum"].as_array().map_or(ty == "string", |known| known == values),
        Kind::Object => ty == "object" && fact.get("fields").is_none(),
        Kind::Record(fields) => {
            return fact["fields"].as_object().map_or(Some("no record".into()), |known| {
                known.iter().find_map(|(name, fact)| match fields.iter().find(|field| field.name == name) {
                    Some(field) => mismatch(&field.kind, fact).map(|fault| format!("{name}: {fault}")),
                    None => Some(format!("{name} is missing")),
                })
            });
        }
        _ => false,
    };
    (!fits).then(|| format!("{kind:?} is not {fact}"))
}

/// The limits that the description has.
fn limits(fact: &Value) -> Option<(u32, u32)> {
    let limit =
        |keys: [&str; 3]| keys.iter().find_map(|key| fact[*key].as_u64()).map(|limit| limit.try_into().unwrap());
    let max = limit(["maxItems", "maxLength", "maximum"])?;
    Some((limit(["minItems", "minLength", "minimum"]).unwrap_or(u32::from(fact["type"] == "array")), max))
}

/// Everything that is wrong with a field, as `(field, what, detail)`.
fn field_faults(field: &Field, known: &mut Vec<(Place, String, Value)>) -> Vec<(&'static str, &'static str, String)> {
    let names = match field.kind {
        Kind::Pairs(keys, values) => vec![(keys, Kind::List(&Kind::Text)), (values, Kind::List(&Kind::Text))],
        kind => vec![(field.name, kind)],
    };
    let mut faults = Vec::new();
    for (name, kind) in names {
        let Some(at) = known.iter().position(|known| known.0 == field.place && known.1 == name) else {
            faults.push((name, "extra", format!("{:?}", field.place)));
            continue;
        };
        let (_, _, fact) = known.remove(at);
        let mut check = |what, differs: bool| {
            if differs {
                faults.push((name, what, format!("{field:?} is not {fact}")));
            }
        };
        check("required", field.required != (fact["required"] == true));
        check("nullable", matches!(kind, Kind::Nullable(_)) != (fact["nullable"] == true));
        check("limits", field.limits != limits(&fact));
        check("kind", matches!(kind, Kind::Choice(_)) && fact.get("enum").is_none());
        if let Some(fault) = mismatch(&kind, &fact) {
            faults.push((name, "kind", fault));
        }
    }
    faults
}

#[test]
fn the_catalogue_says_what_the_description_says() {
    let mut faults = Vec::new();
    let mut used = BTreeSet::new();
    let facts = facts();
    for fact in &facts {
        let id = fact["operationId"].as_str().unwrap();
        let entry = catalog().find(|entry| entry.id == id).unwrap_or_else(|| panic!("{id} is not declared"));
        let errors: Vec<_> =
            fact["responses"].as_object().unwrap().keys().filter(|status| !status.starts_with('2')).collect();
        let declared = json!([
            entry.method.as_str(),
            entry.path,
            entry.resource,
            entry.success,
            entry.errors.iter().map(ToString::to_string).collect::<Vec<_>>(),
        ]);
        let tag = fact["tag"].as_str().unwrap().to_lowercase().replace(' ', "_");
        let expected = json!([fact["method"], fact["path"], tag, success(fact).0, errors]);
        if declared != expected {
            faults.push(format!("{id}: {declared} is not {expected}"));
        }
        let place = |name: &Value| match name.as_str().unwrap() {
            "path" => Place::Path,
            "query" => Place::Query,
            other => panic!("{other}"),
        };
        let parameters = fact["parameters"].as_array().unwrap().iter();
        let parameters = parameters.map(|it| (place(&it["in"]), it["name"].as_str().unwrap().to_owned(), it.clone()));
        let body = fact["body"]["shape"]["fields"].as_object().into_iter().flatten();
        let body = body.map(|(name, fact)| (Place::Body, name.clone(), fact.clone()));
        let mut known: Vec<_> = parameters.chain(body).filter(|(_, name, _)| name != "account_id").collect();
        for (name, what, detail) in entry.fields.iter().flat_map(|field| field_faults(field, &mut known)) {
            match DEVIATIONS.iter().position(|it| (it.0, it.1, it.2) == (id, name, what)) {
                Some(at) => drop(used.insert(at)),
                None => faults.push(format!("{id}: {name}, {what}: {detail}")),
            }
        }
        faults.extend(known.iter().map(|(place, name, _)| format!("{id}: {name} in {place:?} is not declared")));
    }
    assert_eq!(catalog().count(), facts.len());
    let unused =
        (0..DEVIATIONS.len()).filter(|at| !used.contains(at)).map(|at| format!("unused: {:?}", DEVIATIONS[at]));
    faults.extend(unused);
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn every_field_and_operation_says_what_it_is_for() {
    fn check(of: &str, fields: &[Field]) {
        for field in fields {
            assert!(field.doc.ends_with('.'), "{of}: {} says {:?}", field.name, field.doc);
            check_kind(&format!("{of}: {}", field.name), &field.kind);
        }
    }
    fn check_kind(of: &str, kind: &Kind) {
        match kind {
            Kind::List(kind) | Kind::Nullable(kind) => check_kind(of, kind),
            Kind::Record(fields) => check(of, fields),
            _ => {}
        }
    }
    for entry in catalog() {
        assert!(entry.summary.ends_with('.') && entry.summary.len() < 120, "{}: {}", entry.id, entry.summary);
        check(entry.id, entry.fields);
        check_kind(entry.id, &entry.response.kind);
    }
}

/// Whether a request has a value for the field.
fn carries(request: &http::Request<Vec<u8>>, field: &Field) -> bool {
    let query = wire::request_query(request);
    let named = |name: &str| query.iter().any(|(key, _)| key == name);
    match (field.place, field.kind) {
        (Place::Path, _) => wire::path_segments(request.uri().path()).contains(&samples::ordinary(field.name)),
        (Place::Query, Kind::Pairs(keys, values)) => named(keys) && named(values),
        (Place::Query, _) => named(field.name),
        _ => wire::json_body(request).is_some_and(|body| body.get(field.name).is_some()),
    }
}

#[test]
fn the_samples_have_every_operation_with_every_field() {
    let account = Account::new("acc", "KEY", "SECRET").unwrap();
    let samples = samples::all();
    let ids: Vec<_> = samples.iter().map(|sample| sample.id()).collect();
    assert_eq!(ids, catalog().map(|entry| entry.id).collect::<Vec<_>>());
    for sample in &samples {
        let (entry, request) = (entry(&**sample), sample.request(&account).unwrap());
        assert_eq!(request.method(), entry.method);
        let missing: Vec<_> = entry.fields.iter().filter(|field| !carries(&request, field)).collect();
        assert!(missing.is_empty(), "{}: {missing:?}", entry.id);
        let has_body = entry.fields.iter().any(|field| field.place == Place::Body);
        assert_eq!((!request.body().is_empty(), request.headers().contains_key("content-type")), (has_body, has_body));
        let credentials = entry.path.contains("{account_id}");
        assert_eq!(request.headers().contains_key("authorization"), credentials, "{}", entry.id);
    }
}

// ---- responses made from the description ----

#[derive(Clone, Copy, Debug, PartialEq)]
enum Make {
    Full,
    Required,
    Nulls,
    Unknown,
}

/// An instance of a described shape: as the service sends it, and as it is to arrive. `n` counts what was made, so that no
/// two values are the same.
fn make(shape: &Value, kind: &Kind, how: Make, n: &mut i64) -> (Value, Value) {
    *n += 1;
    let same = |value: Value| (value.clone(), value);
    let text = |format: Option<&str>, n: i64| match format {
        Some("date-time") => format!("2024-05-06T07:{:02}:{:02}Z", n / 60 % 60, n % 60),
        Some("date") => format!("{:04}-02-03", 1000 + n),
        _ => format!("text-{n}"),
    };
    match (shape["type"].as_str().unwrap(), kind) {
        ("object", Kind::Record(fields)) => {
            let (mut sent, mut arrives) = (Map::new(), Map::new());
            for (name, fact) in shape["fields"].as_object().unwrap() {
                let field = fields.iter().find(|field| field.name == name).unwrap();
                let (value, expected) = match how {
                    Make::Required if !field.required => {
                        arrives.insert(name.clone(), Value::Null);
                        continue;
                    }
                    Make::Nulls if !field.required => (Value::Null, Value::Null),
                    _ => make(fact, &field.kind, how, n),
                };
                sent.insert(name.clone(), value);
                arrives.insert(name.clone(), expected);
            }
            if how == Make::Unknown {
                sent.insert("a_later_field".into(), json!({"x": [1, null]}));
            }
            (Value::Object(sent), Value::Object(arrives))
        }
        ("object", _) => same(json!({"key": [*n, {"deep": null}]})),
        ("array", Kind::List(kind)) => {
            let items: (Vec<_>, Vec<_>) = (0..2).map(|_| make(&shape["items"], kind, how, n)).unzip();
            (items.0.into(), items.1.into())
        }
        ("boolean", _) => same(json!(*n % 2 == 0)),
        ("integer", Kind::Time) => {
            let time = OffsetDateTime::from_unix_timestamp(1_719_475_216 + *n).unwrap();
            (json!(time.unix_timestamp()), json!(time.format(&Rfc3339).unwrap()))
        }
        ("integer", _) => same(json!(*n)),
        ("number", _) => same(json!(i32::try_from(*n).map(f64::from).unwrap() + 0.25)),
        ("string", Kind::Secret) => (json!(format!("secret-{n}")), Value::Null),
        ("string", Kind::Choice(_)) if how == Make::Unknown => same(json!(format!("later-{n}"))),
        ("string", Kind::Choice(known)) => same(json!(known[0])),
        ("string", _) => same(json!(text(shape["format"].as_str(), *n))),
        (other, kind) => panic!("{other} as {kind:?}"),
    }
}

/// The body around a value, and the value's shape.
fn wrap(entry: &Entry, shape: &Value, value: impl FnOnce(&Value) -> (Value, Value)) -> (Value, Value) {
    let inner = entry.response.keys.iter().fold(shape, |shape, key| &shape["fields"][*key]);
    let (sent, mut arrives) = value(inner);
    let mut body = entry.response.keys.iter().rev().fold(sent, |body, key| json!({*key: body}));
    if entry.response.next_cursor {
        body["next_cursor"] = json!("next");
        arrives = json!({"items": arrives, "next_cursor": "next"});
    }
    (body, arrives)
}

/// All that was described is there; fields beyond it may be.
fn assert_arrives(expected: &Value, actual: &Value, path: &str) {
    match (expected, actual) {
        (Value::Object(expected), Value::Object(actual)) => {
            for (key, value) in expected {
                assert_arrives(value, actual.get(key).unwrap_or(&Value::Null), &format!("{path}.{key}"));
            }
        }
        (Value::Array(expected), Value::Array(actual)) => {
            assert_eq!(expected.len(), actual.len(), "{path}");
            for (at, (expected, actual)) in expected.iter().zip(actual).enumerate() {
                assert_arrives(expected, actual, &format!("{path}[{at}]"));
            }
        }
        _ => assert_eq!(expected, actual, "{path}"),
    }
}

#[test]
fn every_described_field_of_a_response_arrives() {
    for sample in samples::all() {
        let (entry, fact) = (entry(&*sample), described(sample.id()));
        let (status, shape) = success(&fact);
        let response = |body: &str| Response::builder().status(status).body(body.as_bytes().to_vec()).unwrap();
        if shape.is_null() {
            assert_eq!(entry.response.kind, Kind::Nothing, "{}", entry.id);
            for body in ["", "{}", "null", "<html>"] {
                assert_eq!(
                    sample.read(&response(body)).unwrap(),
                    (Value::Null, "()".to_owned()),
                    "{} {body}",
                    entry.id
                );
            }
            continue;
        }
        assert_eq!(mismatch_of_response(entry, shape), None, "{}", entry.id);
        for how in [Make::Full, Make::Required, Make::Nulls, Make::Unknown] {
            let (body, expected) = wrap(entry, shape, |inner| make(inner, &entry.response.kind, how, &mut 0));
            let result = sample.read(&response(&body.to_string()));
            // Two shapes in one model: nothing alone is required, and one of them must be there.
            let one_of_two = matches!(entry.id, "addUserToUserGroup" | "createCloud");
            if one_of_two && matches!(how, Make::Required | Make::Nulls) {
                let decode = matches!(&result, Err(error) if matches!(error.kind(), ErrorKind::Decode { .. }));
                assert!(decode, "{} {body}", entry.id);
                continue;
            }
            let (value, debug) = result.unwrap_or_else(|error| panic!("{} {error}: {body}", entry.id));
            assert_arrives(&expected, &value, entry.id);
            let secrets = body.to_string().matches("\"secret-").count();
            assert_eq!((debug.matches("Secret(..)").count(), debug.contains("secret-")), (secrets, false), "{debug}");
        }
    }
}

fn mismatch_of_response(entry: &Entry, shape: &Value) -> Option<String> {
    let inner = entry.response.keys.iter().fold(shape, |shape, key| &shape["fields"][*key]);
    let cursor = shape["fields"].get("next_cursor").is_some();
    (cursor != entry.response.next_cursor)
        .then(|| "next_cursor".into())
        .or_else(|| mismatch(&entry.response.kind, inner))
}

// ---- what the vendor's SDK sends ----

/// The recorded requests with the operations that were asked for, in their order.
#[rustfmt::skip]
fn recorded() -> Vec<(Value, samples::Boxed)> {
    use cloudinary_provisioning::{
        SubAccountAccess, AssignmentChange::{Add, Remove}, JsonObject, Null, PermissionType::{Content, Global}, PrincipalType::{ApiKey, Group, User},
        ScopeType::{Account, Prodenv}, access_keys, billing_usage, custom_policies, effective_policies, principals,
        product_environments, public, roles, system_policies, user_groups, users,
    };
    use time::macros::date;

    macro_rules! boxed {
        ($($operation:expr),+ $(,)?) => { vec![$(Box::new($operation) as samples::Boxed),+] };
    }
    let object = |key: &str, value: &str| JsonObject::from_iter([(key.to_owned(), value.into())]);
    let statement = "permit(principal, action, resource is Cloudinary::Asset);";
    let folder = || object("folder_id", "f1");
    let (from, to, user) = (date!(2023 - 01 - 01), date!(2024 - 12 - 31), "0abed8dfcc039ea05e2a1d494fd442");
    let samples = boxed![
        users::List::new(),
        users::List::new().pending(false).prefix("john").from(from).to(to),
        users::List::new().ids(["a1", "b2", "c3"]),
        users::List::new().emails(["x+y@example.com", "z@example.com"]),
        users::List::new().prefix("jo hn&=é%2B").sub_account_id("sub/1"),
        users::List::new().last_login(true).from(from).to(to).union_type("exclude"),
        users::List::new().sort_order("asc").sort_by("created_at").page(2).page_size(50),
        users::Create::new("jenny_bar", "jenny_bar@example.com").role("master_admin"),
        users::Create::new("John", "john@example.com").role("technical_admin").enabled(true),
        users::Create::new("Zoë \"Z\"", "zoe@example.com").sub_account_ids(["s1", "s2"]),
        users::Create::new("Nobody", "n@example.com").sub_account_ids(SubAccountAccess::All),
        users::Get::new(user),
        users::Update::new(user).name("John").email("john@example.com").role("technical_admin").enabled(true),
        users::Update::new(user).enabled(false),
        users::Delete::new(user),
        users::GetGroups::new(user),
        users::ListSubAccounts::new(user),
        product_environments::List::new(),
        product_environments::List::new().enabled(false).ids(["a1", "b2"]).cloud_names(["c 1", "d/2"]).prefix("pro d"),
        product_environments::Create::new("Shop").cloud_name("shop_eu").base_sub_account_id("abc").custom_attributes(object("team", "a")),
        product_environments::Get::new("s/1"),
        product_environments::Update::new("s1").name("Shop 2").enabled(false).custom_attributes(object("team", "a")),
        product_environments::Delete::new("s1"),
        access_keys::List::new("s1"),
        access_keys::List::new("s1").page_size(2).page(1).sort_by("name").sort_order("desc"),
        access_keys::Generate::new("s1"),
        access_keys::Generate::new("s1").name("main").enabled(false),
        access_keys::DeleteByName::new("s1", "main key&x"),
        access_keys::Update::new("s1", "814814814814814").name("new").enabled(true).dedicated_for("webhooks"),
        access_keys::Delete::new("s1", "814814814814814"),
        user_groups::List::new(),
        user_groups::List::new().extended_details(true),
        user_groups::Create::new("Designers").extended_details(true),
        user_groups::Get::new("g1").extended_details(false),
        user_groups::Update::new("g1").name("Designers 2").extended_details(true),
        user_groups::Delete::new("g1"),
        user_groups::ListUsers::new("g1"),
        user_groups::AddUser::new("g1", "u1"),
        user_groups::RemoveUser::new("g1", "u1"),
        billing_usage::Get::new(),
        billing_usage::Get::new().year(2024).include_prodenv_breakdown(true),
        public::GetCatalog::new(),
        public::ValidatePolicy::new("permit(principal, action, resource);"),
        public::GetSchema::new(),
        system_policies::List::new(),
        system_policies::List::new().permission_type(Content).scope_type(Prodenv),
        custom_policies::List::new(),
        custom_policies::List::new().scope_type(Prodenv).scope_id("e1").enabled(false).cursor("c=/+"),
        custom_policies::Create::new(statement, Account, "n").enabled(true),
        custom_policies::Create::new(statement, Prodenv, "n").scope_id("all").description(Null).enabled(false),
        custom_policies::Get::new("p1"),
        custom_policies::Update::new("p1", statement, Account, "n2", true),
        custom_policies::Delete::new("p1"),
        effective_policies::List::new(),
        effective_policies::List::new().scope_type(Prodenv).scope_id("e1").principal_type(ApiKey).principal_id("1234"),
        roles::List::new(Global),
        roles::List::new(Content).scope_type(Prodenv).management_type("custom").policy_parameters(["folder_id", "collection_id"]),
        roles::Create::new(Global, Account, "n"),
        roles::Create::new(Content, Prodenv, "n").id("r1").description(Null).system_policy_ids(["cld::policy::content::folder::view_download"]),
        roles::Get::new("cld::role::prodenv::master_admin"),
        roles::Get::new("r1").folder_id("f1").params([("folder_id", "f 1"), ("collection_id", "c1")]),
        roles::Update::new("r1", "n2").description("d").system_policy_ids([""; 0]),
        roles::Delete::new("r1"),
        roles::Delete::new("r1").force(true),
        principals::ListRoles::new(User, "u1", Global),
        principals::UpdateRoles::new(Add, principals::Principal::new(ApiKey, "1234"),
            [principals::AssignedRole::new("r1").scope_id("e1").policy_parameters(folder())]),
        principals::Inspect::new(Account),
        principals::Inspect::new(Prodenv).scope_id("e1").principal_type(Group).principal_id("g1").params([("folder_id", "f1")]).cursor("3"),
        principals::InspectMultiple::new(Prodenv, [principals::Principal::new(User, "u1")]).scope_id("e1").cursor("3"),
        roles::ListPrincipals::new("r1").verbose(true).scope_type(Prodenv).scope_id("e1"),
        roles::UpdatePrincipals::new("r1", Remove,
            [roles::AssignedPrincipal::new(User, "u1").scope_id(Null).policy_parameters(folder())]),
    ];
    let lines = [include_str!("../fixtures/wire-users.jsonl"), include_str!("../fixtures/wire-rest.jsonl")].concat();
    let lines: Vec<Value> = lines.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), samples.len());
    lines.into_iter().zip(samples).collect()
}

/// The vendor's SDK sends objects of any content as `{}`: what was put into them is set to nothing.
fn without_content(value: &mut Value) {
    match value {
        Value::Object(object) => {
            for (key, value) in object {
                match key.as_str() {
                    "custom_attributes" | "policy_parameters" => *value = json!({}),
                    _ => without_content(value),
                }
            }
        }
        Value::Array(list) => list.iter_mut().for_each(without_content),
        _ => {}
    }
}

#[test]
fn requests_are_those_of_the_vendors_sdk() {
    let account = Account::new("16a8ff3b-736b-49a6-85c0-03b69d5a357b", "KEY", "SECRET").unwrap();
    for (recorded, sample) in recorded() {
        assert_eq!(recorded["operation"], sample.id());
        let request = sample.request(&account).unwrap();
        assert_eq!(recorded["method"], request.method().as_str(), "{recorded}");
        // It encodes no path; segments are compared decoded.
        let target = recorded["target"].as_str().unwrap().replace("/s/1", "/s%2F1").replace("::", "%3A%3A");
        let target: http::Uri = target.parse().unwrap();
        assert_eq!(wire::path_segments(request.uri().path()), wire::path_segments(target.path()), "{recorded}");
        // Its first fault: an unset list is sent as an empty one.
        let mut query = wire::query_pairs(target.query().unwrap_or_default());
        query.retain(|(key, value)| !(key == "policy_parameters" && value.is_empty()));
        assert_eq!(wire::request_query(&request), query, "{recorded}");
        // Its second: objects of any content lose their content.
        let mut body = wire::json_body(&request).unwrap_or(Value::Null);
        without_content(&mut body);
        assert_eq!(body, recorded["body"], "{recorded}");
        // Its third: what needs no credentials is sent with them.
        let public = target.path().contains("/public/");
        for name in ["accept", "authorization", "content-type"] {
            let sent = request.headers().get(name).map(|value| value.to_str().unwrap());
            let expected = recorded["headers"][name].as_str().filter(|_| !(public && name == "authorization"));
            assert_eq!(sent, expected, "{name} of {recorded}");
        }
    }
}
