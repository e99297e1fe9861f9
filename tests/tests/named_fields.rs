//! Requests of the catalogue's operations from named JSON fields: the same as the typed ones, and refused as they are.

use cloudinary_provisioning::catalog::{Entry, Field, Kind, Place};
use cloudinary_provisioning::{Account, Operation, Raw, Safety, catalog};
use cloudinary_provisioning_tests::{samples, wire};
use http::Request;
use serde_json::{Map, Value, json};

fn account() -> Account {
    Account::new("acc", "KEY", "SECRET").unwrap()
}

fn entry(id: &str) -> &'static Entry {
    catalog().find(|entry| entry.id == id).unwrap()
}

fn make(id: &str, fields: Value) -> Raw {
    let Value::Object(fields) = fields else { panic!("{fields}") };
    entry(id).request(fields).unwrap()
}

/// The fields of a request, by their names.
fn fields_of(entry: &Entry, request: &Request<Vec<u8>>) -> Map<String, Value> {
    let path = wire::path_segments(request.uri().path());
    let in_path = &path[path.len() - entry.segments.len()..];
    let query = wire::request_query(request);
    let body = wire::json_body(request).unwrap_or_default();
    let value = |field: &Field| match field.place {
        Place::Path => {
            let at = entry.segments.iter().position(|segment| *segment == format!("{{{}}}", field.name));
            Value::from(in_path[at.unwrap()].clone())
        }
        Place::Query => in_query(field, &query),
        Place::Body => body[field.name].clone(),
        place => panic!("{place:?}"),
    };
    entry.fields.iter().map(|field| (field.name.to_owned(), value(field))).collect()
}

fn in_query(field: &Field, query: &[(String, String)]) -> Value {
    let values = |name: &str| query.iter().filter(|(key, _)| key == name).map(|(_, value)| value.clone()).collect();
    let all: Vec<String> = values(field.name);
    match field.kind {
        Kind::List(_) => json!(all),
        Kind::Pairs(keys, of) => {
            let (keys, of): (Vec<String>, Vec<String>) = (values(keys), values(of));
            keys.into_iter().zip(of).map(|(key, value)| (key, Value::from(value))).collect()
        }
        Kind::Boolean | Kind::Integer | Kind::Json(_) => serde_json::from_str(&all[0]).unwrap(),
        _ => json!(all[0]),
    }
}

#[test]
fn every_operation_of_named_fields_is_the_one_of_its_type() {
    for sample in samples::all() {
        let entry = samples::entry(&*sample);
        let expected = sample.request(&account()).unwrap();
        let raw = entry.request(fields_of(entry, &expected)).unwrap_or_else(|error| panic!("{}: {error}", entry.id));
        wire::assert_same_request(&account().request(&raw).unwrap(), &expected, entry.id);
        assert_eq!((raw.id(), raw.path(), Operation::safety(&raw)), (entry.id, entry.path, sample.safety()));
        assert_eq!(raw.method(), entry.method);
    }
}

#[test]
fn a_given_id_makes_a_create_idempotent() {
    let mut role = json!({"permission_type": "global", "scope_type": "account", "name": "Auditor"});
    assert_eq!(Operation::safety(&make("createRole", role.clone())), Safety::NotIdempotent);
    role["id"] = json!("auditor");
    assert_eq!(Operation::safety(&make("createRole", role)), Safety::Idempotent);
}

#[test]
fn all_product_environments_are_given_by_name() {
    let request = account().request(&make("updateUser", json!({"user_id": "u1", "sub_account_ids": "all"}))).unwrap();
    assert_eq!(request.body(), br#"{"sub_account_ids":[]}"#);
}

#[test]
fn null_is_sent_where_a_field_can_be_cleared() {
    let null = json!({"role_id": "r1", "name": "Auditor", "description": null});
    assert_eq!(
        wire::json_body(&account().request(&make("updateRole", null)).unwrap()).unwrap()["description"],
        Value::Null
    );
}

/// An operation, its fields, the field that is refused, and the reason's name.
fn refused() -> Vec<(&'static str, Value, &'static str, &'static str)> {
    vec![
        // What is not a field, and what is missing.
        ("getUser", json!({"user_id": "u1", "name": "Jo"}), "name", "Unknown"),
        ("getUser", json!({}), "user_id", "Missing"),
        ("createUser", json!({"name": "Jo"}), "email", "Missing"),
        ("getCustomPolicies", json!({"scope_type": "prodenv"}), "scope_id", "NeededWith"),
        ("getCustomPolicies", json!({"scope_type": "prodenv", "scope_id": null}), "scope_id", "NeededWith"),
        // What would name another resource, drop a condition or grant access.
        ("getUser", json!({"user_id": ""}), "user_id", "Empty"),
        ("getUser", json!({"user_id": ".."}), "user_id", "DotSegment"),
        ("getUsers", json!({"ids": []}), "ids", "Empty"),
        ("getUsers", json!({"ids": ["u1", ""]}), "ids", "Empty"),
        ("getUsers", json!({"sub_account_id": ""}), "sub_account_id", "Empty"),
        ("updateUser", json!({"user_id": "u1", "sub_account_ids": []}), "sub_account_ids", "Empty"),
        ("updateUser", json!({"user_id": "u1", "sub_account_ids": ["s1", ""]}), "sub_account_ids", "Empty"),
        ("getRole", json!({"role_id": "r1", "params": {}}), "params", "Empty"),
        ("getRole", json!({"role_id": "r1", "params": {"": "x"}}), "params", "Empty"),
        ("getRoles", json!({"permission_type": "content", "policy_parameters": []}), "policy_parameters", "Empty"),
        ("getRoles", json!({"permission_type": "content", "policy_parameters": [""]}), "policy_parameters", "Empty"),
        // What is beyond the limits.
        ("getUsers", json!({"ids": vec!["x"; 101]}), "ids", "TooMany"),
        // What is of another kind.
        ("getUser", json!({"user_id": ["u1"]}), "user_id", "Type"),
        ("getUsers", json!({"pending": "true"}), "pending", "Type"),
        ("getUsers", json!({"page": 1.5}), "page", "Type"),
        ("getUsers", json!({"page": "2"}), "page", "Type"),
        ("getUsers", json!({"ids": "u1"}), "ids", "Type"),
        ("getUsers", json!({"from": "31.01.2026"}), "from", "Type"),
        ("getUsers", json!({"prefix": {}}), "prefix", "Type"),
        ("getRole", json!({"role_id": "r1", "params": ["x"]}), "params", "Type"),
        ("updateUser", json!({"user_id": "u1", "enabled": "yes"}), "enabled", "Type"),
        ("updateUser", json!({"user_id": "u1", "name": null}), "name", "Type"),
        ("updateUser", json!({"user_id": "u1", "sub_account_ids": "none"}), "sub_account_ids", "Type"),
        ("updateUser", json!({"user_id": "u1", "sub_account_ids": 1}), "sub_account_ids", "Type"),
        ("createProductEnvironment", json!({"name": "Shop", "custom_attributes": []}), "custom_attributes", "Type"),
    ]
}

#[test]
fn what_the_type_refuses_is_refused_by_name() {
    for (id, fields, field, reason) in refused() {
        let error = entry(id).request(fields.as_object().cloned().unwrap()).unwrap_err();
        assert_eq!(error.field().split('[').next(), Some(field), "{id} of {fields}: {error}");
        assert!(format!("{:?}", error.reason()).starts_with(reason), "{id} of {fields}: {:?}", error.reason());
    }
}

#[test]
fn a_field_of_an_object_is_refused_by_its_path() {
    let update = |roles: Value| {
        let fields = json!({"operation": "add", "principal": {"type": "user", "id": "u1"}, "roles": roles});
        entry("updatePrincipalRoles").request(fields.as_object().cloned().unwrap()).map(|raw| raw.id())
    };
    assert_eq!(update(json!([{"id": "r1"}])), Ok("updatePrincipalRoles"));
    for (roles, field) in
        [(json!([{"id": ""}]), "roles.id"), (json!([{"id": "r1", "x": 1}]), "roles.x"), (json!([{}]), "roles.id")]
    {
        let error = update(roles).unwrap_err();
        assert_eq!(error.field(), field, "{error}");
    }
}
