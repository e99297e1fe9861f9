//! What every operation answers, held against the facts in one loop over them.

use crate::common::{account, ask};
use cloudinary_provisioning_fake::{
    FakeAccount, NewAccessKey, NewAssignment, NewCustomPolicy, NewGroup, NewRole, NewSubAccount, NewUser,
    PermissionType, PlanUsage, Principal, ScopeType, Switch, UsageCycle,
};
use http::Method;
use serde_json::{Value, json};
use time::{Date, Month};

const VIEW: &str = "cld::policy::global::prodenv::assets::view";

/// An account in which the ids of [`path`] are there, and no list is empty.
fn seeded() -> FakeAccount {
    let day = |day| Date::from_calendar_date(2026, Month::January, day).unwrap();
    let cycle =
        UsageCycle::new(day(1), day(31), 3.5).breakdown("storage_image", 2.0).environment("e1", "storage_raw", 1.5);
    let folder = NewAssignment::new("cld::role::content::folder::editor").parameter("folder_id", "f1");
    account()
        .with_switches(Switch::DOCUMENTED)
        .with_sub_account(NewSubAccount::new("One").id("e1"))
        .with_access_key("e1", NewAccessKey::new("spare").api_key("k1").dedicated_for("webhooks"))
        .with_user(NewUser::new("John", "john@example.com").id("u1").providers(["google"]))
        .with_user(NewUser::new("Jenny", "jenny@example.com").id("u2").providers(["saml"]).sub_account_ids(["e1"]))
        .with_group(NewGroup::new("Editors").id("g1").members(["u1", "u2"]))
        .with_plan(PlanUsage::new("Plus").metric("credit", 225.0).cycle(cycle))
        .with_custom_policy(NewCustomPolicy::new("old", "permit(principal, action, resource);").id("p1"))
        .with_custom_policy(NewCustomPolicy::new("all", "permit(principal, action, resource);").in_environment("all"))
        .with_role(NewRole::new("Old", ScopeType::Prodenv, PermissionType::Global).id("r1").system_policy(VIEW))
        .with_assignment(Principal::user("u1"), NewAssignment::new("r1").in_environment("e1"))
        .with_assignment(Principal::user("u1"), folder.in_environment("e1"))
}

fn path(operation: &Value) -> String {
    let mut path = operation["path"].as_str().unwrap().to_owned();
    for (name, id) in [
        ("account_id", "acc"),
        ("sub_account_id", "e1"),
        ("key", "k1"),
        ("user_id", "u1"),
        ("group_id", "g1"),
        ("policy_id", "p1"),
        ("role_id", "r1"),
    ] {
        path = path.replace(&format!("{{{name}}}"), id);
    }
    path
}

/// The query and the body with which an operation succeeds.
fn input(operation: &str) -> (&'static str, Value) {
    let policy = json!({
        "name": "new", "policy_statement": "forbid(principal, action, resource);", "scope_type": "account", "enabled": null,
    });
    let role = json!({ "name": "New", "permission_type": "global", "scope_type": "account", "description": "d", "system_policy_ids": [VIEW] });
    let user = json!({ "type": "user", "id": "u1" });
    match operation {
        "createProductEnvironment" => ("", json!({ "name": "Two", "custom_attributes": { "a": "b" } })),
        "updateProductEnvironment" | "createUserGroup" | "updateUserGroup" | "generateAccessKey" | "updateUser" => {
            ("", json!({ "name": "New", "extended_details": true }))
        }
        "updateAccessKey" => ("", json!({ "enabled": false, "dedicated_for": "webhooks" })),
        "deleteAccessKeyByName" => ("?name=spare", Value::Null),
        "createUser" => ("", json!({ "name": "New", "email": "new@example.com", "role": "billing" })),
        "getUserGroups" | "getUserGroup" => ("?extended_details=true", Value::Null),
        "getBillingUsage" => ("?include_prodenv_breakdown=true", Value::Null),
        "validateCedarPolicy" => ("", json!({ "policy": "permit" })),
        "createCustomPolicy" | "updateCustomPolicy" => ("", policy),
        "getEffectivePolicies" | "inspect" => ("?scope_type=prodenv&scope_id=e1", Value::Null),
        "getRoles" => ("?permission_type=content", Value::Null),
        "createRole" | "updateRole" => ("", role),
        "deleteRole" => ("?force=true", Value::Null),
        "getPrincipalRoles" => ("?principal_type=user&principal_id=u1&permission_type=content", Value::Null),
        "updatePrincipalRoles" => {
            ("", json!({ "operation": "add", "principal": user, "roles": [{ "id": "r1", "scope_id": "all" }] }))
        }
        "inspectMultiple" => ("", json!({ "scope_type": "prodenv", "scope_id": "e1", "principals": [user] })),
        "getRolePrincipals" => ("?verbose=true", Value::Null),
        "updateRolePrincipals" => ("", json!({ "operation": "remove", "principals": [] })),
        "createAgentAccount" => (
            "",
            json!({
                "email": "agent@example.com", "agent_framework": "none", "agent_llm_model": "none", "agent_goal": "none",
            }),
        ),
        "createCloud" => ("", json!({})),
        _ => ("", Value::Null),
    }
}

fn operations() -> Vec<Value> {
    let facts: Value = serde_json::from_str(include_str!("../../src/facts/facts.json")).unwrap();
    facts["operations"].as_array().unwrap().clone()
}

/// The status and the body of an operation's answer.
fn answer(account: &mut FakeAccount, operation: &Value, query: &str, body: &Value) -> (u16, String) {
    let method: Method = operation["method"].as_str().unwrap().parse().unwrap();
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let response = ask(account, method, &format!("{}{query}", path(operation)), &body);
    (response.status().as_u16(), String::from_utf8(response.into_body()).unwrap())
}

/// What is null where the description knows no null: somebody who never logged in, and what was never set.
const NULL_AS_WELL: [&str; 3] = [".last_login", ".technical_role", ".description"];

/// The lists that need not hold anything in the account of these tests.
const EMPTY_AS_WELL: [&str; 3] = [".policy_parameters", ".providers", ".users"];

/// Asserts that a value has a shape: every required field, and none that is not documented.
#[track_caller]
fn check(value: &Value, shape: &Value, place: &str) {
    if value.is_null() {
        let known = shape["nullable"] == true || NULL_AS_WELL.iter().any(|field| place.ends_with(field));
        assert!(known, "{place} is null");
        return;
    }
    let right = match shape["type"].as_str().unwrap() {
        "object" => value.is_object(),
        "array" => value
            .as_array()
            .is_some_and(|items| !items.is_empty() || EMPTY_AS_WELL.iter().any(|field| place.ends_with(field))),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64(),
        "number" => value.is_number(),
        _ => value.is_string(),
    };
    let choice = shape["enum"].as_array().is_none_or(|one_of| one_of.contains(value));
    assert!(right && choice, "{place}: {value} for {shape}");
    for (at, item) in value.as_array().into_iter().flatten().enumerate() {
        check(item, &shape["items"], &format!("{place}[{at}]"));
    }
    if let (Some(object), Some(fields)) = (value.as_object(), shape["fields"].as_object()) {
        for (name, shape) in fields {
            assert!(object.contains_key(name) || shape["required"] != true, "{place}.{name} is missing");
        }
        for (name, value) in object {
            assert!(fields.contains_key(name), "{place}.{name} is not documented");
            check(value, &fields[name], &format!("{place}.{name}"));
        }
    }
}

#[test]
fn every_success_has_the_documented_status_and_shape() {
    for operation in operations() {
        let id = operation["operationId"].as_str().unwrap();
        let (query, body) = input(id);
        let (status, body) = answer(&mut seeded(), &operation, query, &body);
        let documented = &operation["responses"][status.to_string()];
        assert!(status < 300 && documented.is_object(), "{id}: {status} {body}");
        match documented.get("shape") {
            Some(shape) => check(&serde_json::from_str(&body).unwrap(), shape, id),
            None => assert_eq!(body, "", "{id}"),
        }
    }
}

/// Values that no field is meant for.
fn odd_values() -> Vec<Value> {
    let deep = (0..64).fold(json!("x"), |inner, _| json!([inner]));
    let texts = ["", " ", "\u{0}", "..", "<folder_id>", "\"", "[", "[\"x\"]", "{}"];
    let others =
        [json!(null), json!(0), json!(-1.5), json!(true), json!([]), json!({}), json!([null]), json!([{}]), deep];
    texts.into_iter().map(Value::from).chain(others).collect()
}

#[test]
fn odd_values_are_answered_for_every_field() {
    for operation in operations() {
        let id = operation["operationId"].as_str().unwrap();
        let (query, body) = input(id);
        let mut account = seeded();
        let fields = operation["body"]["shape"]["fields"].as_object().into_iter().flatten();
        let parameters = operation["parameters"].as_array().unwrap().iter();
        let parameters = parameters.map(|parameter| parameter["name"].as_str().unwrap());
        for name in fields.map(|(name, _)| name.as_str()).chain(parameters) {
            for value in odd_values() {
                let listed = json!([{ "id": value, "scope_id": value, "policy_parameters": value }]);
                for value in [value, listed] {
                    let mut body = if body.is_null() { json!({}) } else { body.clone() };
                    body[name] = value;
                    let (status, answered) = answer(&mut account, &operation, query, &body);
                    assert!(status < 500, "{id} {body}: {answered}");
                }
            }
        }
    }
}
