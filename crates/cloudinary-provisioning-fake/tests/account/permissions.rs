//! The permissions system: policies, roles, and who has them.

use crate::common::{account, ask};
use cloudinary_provisioning_fake::{
    FakeAccount, NewAssignment, NewCustomPolicy, NewGroup, NewRole, NewSubAccount, NewUser, PermissionType, Principal,
    ScopeType, Switch,
};

use http::Method;
use serde_json::{Value, json};

const BASE: &str = "/v2/accounts/acc/permissions";
const MASTER_ADMIN: &str = "cld::role::prodenv::master_admin";
const ACCOUNT_ADMIN: &str = "cld::role::account::admin";
const FOLDER_EDITOR: &str = "cld::role::content::folder::editor";
const ALLOW_ALL: &str = "permit(principal, action, resource);";

fn seeded() -> FakeAccount {
    account()
        .with_sub_account(NewSubAccount::new("One").id("s1"))
        .with_sub_account(NewSubAccount::new("Two").id("s2"))
        .with_user(NewUser::new("John", "john@example.com").id("u1"))
        .with_user(NewUser::new("Jenny", "jenny@example.com").id("u2"))
        .with_group(NewGroup::new("Editors").id("g1").members(["u1", "u2"]))
}

/// The status and the JSON of the response, null where it has no body.
fn call(account: &mut FakeAccount, method: Method, below: &str, body: &Value) -> (u16, Value) {
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let response = ask(account, method, &format!("{BASE}{below}"), &body);
    let json = match response.body().as_slice() {
        [] => Value::Null,
        body => serde_json::from_slice(body).unwrap(),
    };
    (response.status().as_u16(), json)
}

fn get(account: &mut FakeAccount, below: &str) -> (u16, Value) {
    call(account, Method::GET, below, &Value::Null)
}

fn post(account: &mut FakeAccount, below: &str, body: &Value) -> (u16, Value) {
    call(account, Method::POST, below, body)
}

fn put(account: &mut FakeAccount, below: &str, body: &Value) -> (u16, Value) {
    call(account, Method::PUT, below, body)
}

fn delete(account: &mut FakeAccount, below: &str) -> (u16, Value) {
    call(account, Method::DELETE, below, &Value::Null)
}

/// The `data` of a response with this status.
#[track_caller]
fn data((status, mut json): (u16, Value), expected: u16) -> Value {
    assert_eq!(status, expected, "{json}");
    json["data"].take()
}

#[track_caller]
fn ids(list: &Value) -> Vec<&str> {
    list.as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap()).collect()
}

/// Asserts an error's status and code, and that its message names this.
#[track_caller]
fn refused((status, json): (u16, Value), expected: u16, named: &str) {
    assert_eq!(status, expected, "{json}");
    let error = &json["error"];
    let code = match status {
        400 if named.starts_with("Cedar: ") => "ACCOUNTS_00002",
        400 => "ACCOUNTS_00005",
        404 => "ACCOUNTS_00003",
        _ => "ACCOUNTS_00006",
    };
    assert_eq!(error["code"], code, "{json}");
    assert!(error["category"].is_string() && error["details"].is_object(), "{json}");
    assert!(error["message"].as_str().unwrap().contains(named.trim_start_matches("Cedar: ")), "{json}");
}

mod responses {
    use super::*;

    #[test]
    fn fields_come_in_the_documented_order() {
        let order = |json: &str, names: &[&str]| {
            let places: Vec<_> = names.iter().map(|name| json.find(&format!("\"{name}\":")).unwrap()).collect();
            assert!(places.is_sorted(), "{json}");
        };
        let text = |below: &str| {
            let response = ask(&mut seeded(), Method::GET, &format!("{BASE}{below}"), "");
            String::from_utf8(response.into_body()).unwrap()
        };
        order(&text("/roles"), &["category", "code", "message", "details"]);
        let role =
            ["id", "name", "description", "management_type", "permission_type", "policy_parameters", "scope_type"];
        order(&text("/roles?permission_type=global"), &role);
    }

    #[test]
    fn a_success_without_a_body_has_no_content_type() {
        let body = json!({ "operation": "add", "principals": [] }).to_string();
        let target = format!("{BASE}/roles/{MASTER_ADMIN}/principals");
        let response = ask(&mut seeded(), Method::PUT, &target, &body);
        assert_eq!((response.status().as_u16(), response.headers().get("content-type")), (200, None));
    }
}

mod public {
    use super::*;

    fn open(method: Method, below: &str, body: &str) -> (u16, Value) {
        let request = http::Request::builder()
            .method(method)
            .uri(format!("/v2/accounts/permissions/public{below}"))
            .header("content-type", "application/json")
            .body(body.into())
            .unwrap();
        let response = account().respond(request);
        (response.status().as_u16(), serde_json::from_slice(response.body()).unwrap())
    }

    #[test]
    fn the_catalog_needs_no_credentials_and_its_roles_consist_of_its_policies() {
        let (status, json) = open(Method::GET, "/catalog", "");
        assert_eq!(status, 200);
        let policies = ids(&json["catalog"]["system_policies"]);
        let roles = json["catalog"]["system_roles"].as_array().unwrap();
        assert!(roles.iter().any(|role| role["id"] == MASTER_ADMIN));
        for id in roles.iter().flat_map(|role| role["system_policy_ids"].as_array().unwrap()) {
            assert!(policies.contains(&id.as_str().unwrap()), "{id}");
        }
    }

    #[test]
    fn a_broken_policy_is_told_with_a_200() {
        let validate = |policy: &str| open(Method::POST, "/validate", &json!({ "policy": policy }).to_string());
        assert_eq!(validate(ALLOW_ALL), (200, json!({ "valid": true })));
        let error = json!({ "cedar_message": "invalid_principal", "cedar_code": "ACCOUNTS_00002" });
        assert_eq!(
            validate(r#"permit(principal == Cloudinary::APIKy::"1", action, resource);"#),
            (200, json!({ "valid": false, "errors": [error] })),
        );
    }

    #[test]
    fn validating_nothing_is_a_400() {
        refused(open(Method::POST, "/validate", "{}"), 400, "policy");
    }

    #[test]
    fn the_schema_has_its_types_by_namespace() {
        let (status, json) = open(Method::GET, "/schema", "");
        assert_eq!(status, 200);
        assert!(json["schema"]["Cloudinary"]["entityTypes"]["APIKey"].is_object());
        assert!(json["schema"]["MediaFlows"]["actions"].is_object());
    }
}

mod system_policies {
    use super::*;

    /// The scopes and permission types in a list.
    fn kinds(query: &str) -> Vec<String> {
        let policies = data(get(&mut seeded(), &format!("/policies/system{query}")), 200);
        let text = |policy: &Value, name: &str| policy[name].as_str().unwrap().to_owned();
        let policies = policies.as_array().unwrap().iter();
        let mut kinds: Vec<_> = policies
            .map(|policy| format!("{} {}", text(policy, "scope_type"), text(policy, "permission_type")))
            .collect();
        kinds.dedup();
        kinds
    }

    #[test]
    fn without_a_scope_they_are_the_accounts() {
        assert_eq!(kinds(""), ["account global"]);
        assert_eq!(kinds("?permission_type=content"), [""; 0]);
    }

    #[test]
    fn scope_and_permission_type_narrow_them_down() {
        assert_eq!(kinds("?scope_type=prodenv"), ["prodenv global", "prodenv content"]);
        assert_eq!(kinds("?scope_type=prodenv&permission_type=content"), ["prodenv content"]);
    }

    #[test]
    fn they_come_whole_whatever_the_page_cap() {
        let (_, json) = get(&mut seeded().with_page_cap(1), "/policies/system");
        assert!(json["data"].as_array().unwrap().len() > 1);
        assert!(json.get("next_cursor").is_none());
    }
}

mod custom_policies {
    use super::*;

    const BY_KEY: &str = r#"permit(principal == Cloudinary::APIKey::"1", action, resource);"#;

    fn policy(name: &str, statement: &str) -> Value {
        json!({ "name": name, "policy_statement": statement, "scope_type": "account", "enabled": true })
    }

    #[test]
    fn a_policy_is_created_read_updated_and_deleted() {
        let mut account = seeded();
        let made = data(post(&mut account, "/policies/custom", &policy("a", ALLOW_ALL)), 201);
        assert_eq!((&made["enabled"], &made["description"]), (&json!(true), &Value::Null));
        assert!(made["created_at"].is_i64() && made.get("scope_id").is_none());
        let path = format!("/policies/custom/{}", made["id"].as_str().unwrap());
        assert_eq!(data(get(&mut account, &path), 200), made);

        // With the statement that it has, as a test against the service does it.
        let updated = data(put(&mut account, &path, &policy("b", ALLOW_ALL)), 200);
        assert_eq!((&updated["name"], &updated["created_at"]), (&json!("b"), &made["created_at"]));
        assert!(updated["updated_at"].as_i64() > made["updated_at"].as_i64());

        assert_eq!(delete(&mut account, &path), (204, Value::Null));
        refused(get(&mut account, &path), 404, "policy");
        refused(delete(&mut account, &path), 404, "policy");
        assert_eq!(data(get(&mut account, "/policies/custom"), 200), json!([]));
    }

    #[test]
    fn whitespace_is_rewritten() {
        let spread = policy("a", "permit(principal,\n  action,\tresource);\n");
        let made = data(post(&mut seeded(), "/policies/custom", &spread), 201);
        assert_eq!(made["policy_statement"], ALLOW_ALL);
    }

    #[test]
    fn a_taken_name_or_statement_is_a_409_within_its_scope_alone() {
        let mut account = seeded();
        data(post(&mut account, "/policies/custom", &policy("a", ALLOW_ALL)), 201);
        refused(post(&mut account, "/policies/custom", &policy("a", BY_KEY)), 409, "named a");
        let spread = ALLOW_ALL.replace(", ", ",\n");
        refused(post(&mut account, "/policies/custom", &policy("b", &spread)), 409, "statement");
        let mut elsewhere = policy("a", ALLOW_ALL);
        elsewhere["scope_type"] = json!("prodenv");
        elsewhere["scope_id"] = json!("s1");
        data(post(&mut account, "/policies/custom", &elsewhere), 201);
    }

    #[test]
    fn an_update_must_not_take_what_another_policy_has() {
        let mut account = seeded()
            .with_custom_policy(NewCustomPolicy::new("a", ALLOW_ALL).id("p1"))
            .with_custom_policy(NewCustomPolicy::new("b", BY_KEY).id("p2"));
        refused(put(&mut account, "/policies/custom/p2", &policy("a", BY_KEY)), 409, "named a");
        refused(put(&mut account, "/policies/custom/p2", &policy("b", ALLOW_ALL)), 409, "statement");
    }

    #[test]
    fn an_unchanged_statement_is_a_409_where_the_description_is_followed() {
        let mut account = seeded()
            .with_custom_policy(NewCustomPolicy::new("a", ALLOW_ALL).id("p1"))
            .with_switch(Switch::UnchangedStatementRefused);
        refused(put(&mut account, "/policies/custom/p1", &policy("b", ALLOW_ALL)), 409, "statement");
    }

    #[test]
    fn what_is_missing_or_wrong_is_named() {
        let mut account = seeded();
        for (change, named) in [
            (json!({ "name": null }), "name"),
            (json!({ "policy_statement": "" }), "policy_statement"),
            (json!({ "scope_type": "cloud" }), "scope_type"),
            (json!({ "scope_type": "prodenv" }), "scope_id"),
            (json!({ "scope_type": "prodenv", "scope_id": null }), "scope_id"),
            (json!({ "scope_type": "prodenv", "scope_id": "nowhere" }), "scope_id"),
        ] {
            let mut body = policy("a", ALLOW_ALL);
            body.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
            let response = post(&mut account, "/policies/custom", &body);
            assert_eq!(response.1["error"]["details"], json!({ "fields": [named] }));
            refused(response, 400, named);
        }
        let broken = policy("a", "permit(principal, action, resource)");
        refused(post(&mut account, "/policies/custom", &broken), 400, "Cedar: missing_semicolon");
        assert_eq!(account.custom_policies().count(), 0);
    }

    #[test]
    fn an_update_needs_the_whole_policy() {
        let mut account = seeded().with_custom_policy(NewCustomPolicy::new("a", ALLOW_ALL).id("p1").description("old"));
        let without_enabled = json!({ "name": "a", "policy_statement": BY_KEY, "scope_type": "account" });
        refused(put(&mut account, "/policies/custom/p1", &without_enabled), 400, "enabled");
        let whole = data(put(&mut account, "/policies/custom/p1", &policy("a", BY_KEY)), 200);
        assert_eq!(whole["description"], Value::Null);
    }

    #[test]
    fn a_list_is_of_one_scope_and_knows_the_policies_of_all_environments() {
        let mut account = seeded()
            .with_custom_policy(NewCustomPolicy::new("account", ALLOW_ALL).id("p1"))
            .with_custom_policy(NewCustomPolicy::new("all", ALLOW_ALL).id("p2").in_environment("all"))
            .with_custom_policy(NewCustomPolicy::new("one", ALLOW_ALL).id("p3").in_environment("s1").enabled(false));
        let mut list = |query: &str| {
            let list = data(get(&mut account, &format!("/policies/custom{query}")), 200);
            ids(&list).join(" ")
        };
        assert_eq!(list(""), "p1");
        assert_eq!(list("?scope_type=prodenv&scope_id=s1"), "p2 p3");
        assert_eq!(list("?scope_type=prodenv&scope_id=s2"), "p2");
        assert_eq!(list("?scope_type=prodenv&scope_id=s1&enabled=false"), "p3");
        refused(get(&mut account, "/policies/custom?scope_type=prodenv"), 400, "scope_id");
        refused(get(&mut account, "/policies/custom?scope_type=prodenv&scope_id=nowhere"), 404, "nowhere");
    }

    #[test]
    fn cursors_lead_through_all_of_them() {
        let mut account = seeded().with_page_cap(2);
        for number in 1..=5 {
            account.add_custom_policy(NewCustomPolicy::new(number.to_string(), ALLOW_ALL).id(format!("p{number}")));
        }
        let (mut pages, mut cursor) = (Vec::new(), String::new());
        loop {
            let (_, json) = get(&mut account, &format!("/policies/custom?cursor={cursor}"));
            pages.push(ids(&json["data"]).join(" "));
            match json["next_cursor"].as_str() {
                Some(next) => next.clone_into(&mut cursor),
                None => break,
            }
        }
        assert_eq!(pages, ["p1 p2", "p3 p4", "p5"]);
        refused(get(&mut account, "/policies/custom?cursor=x"), 400, "cursor");
    }
}

mod roles {
    use super::*;

    fn role(name: &str) -> Value {
        json!({
            "name": name,
            "permission_type": "content",
            "scope_type": "prodenv",
            "system_policy_ids": ["cld::policy::content::folder::view_download"],
        })
    }

    #[test]
    fn a_role_is_created_read_updated_and_deleted() {
        let mut account = seeded();
        let made = data(post(&mut account, "/roles", &role("Reviewers")), 201);
        assert_eq!((&made["management_type"], &made["policy_parameters"]), (&json!("custom"), &json!(["folder_id"])));
        assert_eq!(ids(&made["policies"]), ["cld::policy::content::folder::view_download"]);
        let path = format!("/roles/{}", made["id"].as_str().unwrap());
        assert_eq!(data(get(&mut account, &path), 200), made);

        // What an update leaves out is lost; the permission type stays.
        let updated = data(put(&mut account, &path, &json!({ "name": "Readers" })), 200);
        assert_eq!((&updated["name"], &updated["policies"]), (&json!("Readers"), &json!([])));
        assert_eq!(updated["permission_type"], "content");

        assert_eq!(delete(&mut account, &path), (204, Value::Null));
        refused(delete(&mut account, &path), 404, "role");
    }

    #[test]
    fn an_id_of_the_callers_is_kept_and_cannot_be_taken_twice() {
        let mut account = seeded();
        let mut body = role("Reviewers");
        body["id"] = json!("r1");
        assert_eq!(data(post(&mut account, "/roles", &body), 201)["id"], "r1");
        body["name"] = json!("Others");
        refused(post(&mut account, "/roles", &body), 409, "r1");
    }

    #[test]
    fn names_are_unique_within_scope_and_permission_type() {
        let mut account = seeded();
        data(post(&mut account, "/roles", &role("Admin")), 201);
        refused(post(&mut account, "/roles", &role("Admin")), 409, "Admin");
        let like_the_systems = json!({ "name": "Admin", "permission_type": "global", "scope_type": "prodenv" });
        refused(post(&mut account, "/roles", &like_the_systems), 409, "Admin");
        let other = data(post(&mut account, "/roles", &role("Reviewers")), 201);
        let path = format!("/roles/{}", other["id"].as_str().unwrap());
        refused(put(&mut account, &path, &json!({ "name": "Admin" })), 409, "Admin");
        data(put(&mut account, &path, &json!({ "name": "Reviewers" })), 200);
    }

    #[test]
    fn what_is_missing_or_wrong_is_named() {
        for (name, value) in [
            ("name", Value::Null),
            ("permission_type", json!("everything")),
            ("scope_type", json!("cloud")),
            ("system_policy_ids", json!(["cld::policy::none"])),
        ] {
            let mut body = role("Reviewers");
            body[name] = value;
            refused(post(&mut seeded(), "/roles", &body), 400, name);
        }
    }

    #[test]
    fn the_systems_roles_cannot_be_changed() {
        let mut account = seeded();
        for path in [format!("/roles/{MASTER_ADMIN}"), format!("/roles/{}", MASTER_ADMIN.replace(':', "%3A"))] {
            assert_eq!(data(get(&mut account, &path), 200)["management_type"], "system");
            refused(put(&mut account, &path, &json!({ "name": "Mine" })), 403, MASTER_ADMIN);
            refused(delete(&mut account, &path), 403, MASTER_ADMIN);
        }
    }

    #[test]
    fn lists_need_a_permission_type_and_can_be_narrowed_down() {
        let mut account =
            seeded().with_role(NewRole::new("Mine", ScopeType::Prodenv, PermissionType::Content).id("r1"));
        refused(get(&mut account, "/roles"), 400, "permission_type");
        let mut list = |query: &str| data(get(&mut account, &format!("/roles?{query}")), 200);
        let content = list("permission_type=content");
        assert!(content.as_array().unwrap().iter().all(|role| role.get("policies").is_none()));
        assert!(ids(&content).contains(&FOLDER_EDITOR));
        assert_eq!(ids(&list("permission_type=content&management_type=custom")), ["r1"]);
        assert_eq!(ids(&list("permission_type=content&scope_type=account")), [""; 0]);
        let collections = list("permission_type=content&policy_parameters=%5B%22collection_id%22%5D");
        assert!(ids(&collections).iter().all(|id| id.contains("collection")));
        assert_eq!(list("permission_type=global&policy_parameters="), list("permission_type=global"));
    }

    #[test]
    fn the_placeholder_gives_way_to_the_folder_asked_for() {
        let mut account = seeded();
        let mut statement = |query: &str| {
            let role = data(get(&mut account, &format!("/roles/{FOLDER_EDITOR}{query}")), 200);
            role["policies"][0]["policy_statement"].as_str().unwrap().to_owned()
        };
        assert!(statement("").contains(r#"contains("<folder_id>")"#));
        assert!(statement("?folder_id=f1").contains(r#"contains("f1")"#));
        assert!(statement("?param_key=folder_id&param_value=f+1").contains(r#"contains("f 1")"#));
        refused(get(&mut account, &format!("/roles/{FOLDER_EDITOR}?param_key=folder_id")), 400, "param_value");
    }

    #[test]
    fn an_assigned_role_goes_by_force_alone_and_takes_its_assignments_along() {
        let mut account = seeded()
            .with_role(NewRole::new("Mine", ScopeType::Account, PermissionType::Global).id("r1"))
            .with_assignment(Principal::user("u1"), NewAssignment::new("r1"));
        refused(delete(&mut account, "/roles/r1"), 409, "r1");
        refused(delete(&mut account, "/roles/r1?force=false"), 409, "r1");
        assert_eq!(delete(&mut account, "/roles/r1?force=true").0, 204);
        assert_eq!(account.assignments().count(), 0);
    }
}

mod assignments {
    use super::*;

    fn change(operation: &str, roles: &Value) -> Value {
        json!({ "operation": operation, "principal": { "type": "user", "id": "u1" }, "roles": roles })
    }

    #[test]
    fn a_principal_gets_roles_and_loses_them_any_number_of_times() {
        let mut account = seeded();
        let roles = json!([
            { "id": ACCOUNT_ADMIN },
            { "id": MASTER_ADMIN, "scope_id": "all", "policy_parameters": {} },
            { "id": FOLDER_EDITOR, "scope_id": "s1", "policy_parameters": { "folder_id": "f1" } },
        ]);
        for _ in 0..2 {
            assert_eq!(put(&mut account, "/principal_roles", &change("add", &roles)), (200, Value::Null));
        }
        assert_eq!(account.assignments_of(&Principal::user("u1")).count(), 3);

        let list = "/principal_roles?principal_type=user&principal_id=u1&permission_type=";
        let global = data(get(&mut account, &format!("{list}global")), 200);
        assert_eq!(ids(&global), [ACCOUNT_ADMIN, MASTER_ADMIN]);
        assert_eq!((global[0].get("scope_id"), &global[1]["scope_id"]), (None, &json!("all")));
        assert_eq!(global[1]["policy_parameters"], Value::Null);
        let content = data(get(&mut account, &format!("{list}content")), 200);
        assert_eq!(content[0]["policy_parameters"], json!({ "folder_id": "f1" }));

        for _ in 0..2 {
            assert_eq!(put(&mut account, "/principal_roles", &change("remove", &roles)), (200, Value::Null));
        }
        assert_eq!(account.assignments().count(), 0);
    }

    #[test]
    fn a_role_gets_principals_and_loses_them() {
        let mut account = seeded();
        let path = format!("/roles/{MASTER_ADMIN}/principals");
        let root = account.access_keys("s2").next().unwrap().api_key.clone();
        let principals = json!([
            { "principal_type": "user", "principal_id": "u1", "scope_id": "s1" },
            { "principal_type": "apiKey", "principal_id": root, "scope_id": "s2" },
            { "principal_type": "provisioningKey", "principal_id": "KEY", "scope_id": "s1" },
        ]);
        let add = json!({ "operation": "add", "principals": principals });
        assert_eq!(put(&mut account, &path, &add), (200, Value::Null));
        let short = data(get(&mut account, &format!("{path}?scope_type=prodenv&scope_id=s1")), 200);
        assert_eq!(short, json!([{ "id": "u1", "type": "user" }, { "id": "KEY", "type": "provisioningKey" }]));
        let long = data(get(&mut account, &format!("{path}?verbose=true")), 200);
        assert_eq!((&long[1]["role_id"], &long[1]["scope_id"]), (&json!(MASTER_ADMIN), &json!("s2")));
        assert!(account.provisioning_key_has_role("s1"));
        assert!(!account.provisioning_key_has_role("s2"));
        let remove = json!({ "operation": "remove", "principals": principals });
        assert_eq!(put(&mut account, &path, &remove), (200, Value::Null));
        assert_eq!(account.assignments().count(), 0);
    }

    #[test]
    fn a_role_gives_the_provisioning_key_rights_on_an_environment_that_it_made() {
        let mut account = seeded().with_switch(Switch::NewEnvironmentsForbidden);
        let base = "/v1_1/provisioning/accounts/acc/sub_accounts";
        let made = ask(&mut account, Method::POST, base, r#"{"name":"New"}"#);
        let made: Value = serde_json::from_slice(made.body()).unwrap();
        let environment = format!("{base}/{}", made["id"].as_str().unwrap());
        assert_eq!(ask(&mut account, Method::GET, &environment, "").status(), 403);
        let body = json!({
            "operation": "add",
            "principal": { "type": "provisioningKey", "id": "KEY" },
            "roles": [{ "id": MASTER_ADMIN, "scope_id": made["id"] }],
        });
        assert_eq!(put(&mut account, "/principal_roles", &body), (200, Value::Null));
        assert_eq!(ask(&mut account, Method::GET, &environment, "").status(), 200);
    }

    #[test]
    fn after_an_error_nothing_is_assigned() {
        let mut account = seeded();
        let fine = json!({ "id": ACCOUNT_ADMIN });
        let folder = json!({ "folder_id": "f1" });
        for (item, status, named) in [
            (json!({ "id": "none" }), 404, "none"),
            (json!({ "id": MASTER_ADMIN }), 400, "scope_id"),
            (json!({ "id": MASTER_ADMIN, "scope_id": "nowhere" }), 404, "nowhere"),
            (json!({ "id": FOLDER_EDITOR, "scope_id": "s1" }), 400, "policy_parameters"),
            (json!({ "id": MASTER_ADMIN, "scope_id": "s1", "policy_parameters": folder }), 400, "policy_parameters"),
        ] {
            refused(put(&mut account, "/principal_roles", &change("add", &json!([fine, item]))), status, named);
        }
        assert_eq!(account.assignments().count(), 0);
    }

    #[test]
    fn what_is_missing_is_named_though_no_field_is_marked_required() {
        for name in ["operation", "principal", "roles"] {
            let mut body = change("add", &json!([]));
            body.as_object_mut().unwrap().remove(name);
            refused(put(&mut seeded(), "/principal_roles", &body), 400, name);
        }
    }

    #[test]
    fn unknown_principals_are_a_404() {
        for kind in ["user", "group", "apiKey", "provisioningKey"] {
            let list = format!("/principal_roles?principal_type={kind}&principal_id=nobody&permission_type=global");
            refused(get(&mut seeded(), &list), 404, "nobody");
        }
    }

    #[test]
    fn filters_of_a_principals_roles_hold_together() {
        let mut account = seeded();
        let editor = |folder: &str| NewAssignment::new(FOLDER_EDITOR).parameter("folder_id", folder);
        assert!(account.assign(Principal::user("u1"), editor("f1").in_environment("s1")));
        assert!(account.assign(Principal::user("u1"), editor("f2").in_environment("all")));
        let mut count = |query: &str| {
            let list = "/principal_roles?principal_type=user&principal_id=u1&permission_type=content";
            data(get(&mut account, &format!("{list}{query}")), 200).as_array().unwrap().len()
        };
        assert_eq!(count(""), 2);
        assert_eq!(count("&scope_type=prodenv&scope_id=s1"), 2);
        assert_eq!(count("&scope_type=prodenv&scope_id=s2"), 1);
        assert_eq!(count("&folder_id=f1"), 1);
        assert_eq!(count("&folder_id=f1&scope_type=prodenv&scope_id=s2"), 0);
        assert_eq!(count("&param_key=folder_id&param_value=f2"), 1);
        assert_eq!(count("&management_type=custom"), 0);
    }

    #[test]
    fn seeding_needs_a_role_that_is_there() {
        let mut account = seeded();
        let (group, admin) = (Principal::group("g1"), NewAssignment::new(ACCOUNT_ADMIN));
        assert!(!account.assign(group.clone(), NewAssignment::new("none")));
        assert!(account.assign(group.clone(), admin.clone()));
        assert!(account.unassign(&group, &admin));
        assert!(!account.unassign(&group, &admin));
    }

    #[test]
    fn whatever_is_deleted_takes_its_assignments_along() {
        let admin = |environment: &str| NewAssignment::new(MASTER_ADMIN).in_environment(environment);
        let mut account = seeded();
        let root = account.access_keys("s1").next().unwrap().api_key.clone();
        account = account
            .with_assignment(Principal::user("u1"), admin("s2"))
            .with_assignment(Principal::user("u2"), admin("s1"))
            .with_assignment(Principal::group("g1"), admin("s2"))
            .with_assignment(Principal::api_key(root), admin("all"))
            .with_custom_policy(NewCustomPolicy::new("one", ALLOW_ALL).in_environment("s1"));
        for path in ["/users/u1", "/user_groups/g1", "/sub_accounts/s1"] {
            let target = format!("/v1_1/provisioning/accounts/acc{path}");
            assert_eq!(ask(&mut account, Method::DELETE, &target, "").status(), 200, "{path}");
        }
        assert_eq!(account.assignments().count(), 0);
        assert_eq!(account.custom_policies().count(), 0);
    }
}

mod inspect {
    use super::*;

    fn assigned() -> FakeAccount {
        let editor = || NewAssignment::new(FOLDER_EDITOR).in_environment("s1").parameter("folder_id", "f1");
        seeded()
            .with_assignment(Principal::user("u1"), NewAssignment::new(MASTER_ADMIN).in_environment("all"))
            .with_assignment(Principal::group("g1"), editor())
            .with_assignment(Principal::user("u1"), editor())
            .with_assignment(Principal::user("u2"), NewAssignment::new(ACCOUNT_ADMIN))
    }

    /// Each principal with the number of its roles.
    fn found(json: &Value) -> Vec<(&str, usize)> {
        let principals = json["data"]["principals"].as_array().unwrap().iter();
        principals.map(|entry| (entry["id"].as_str().unwrap(), entry["roles"].as_array().unwrap().len())).collect()
    }

    #[test]
    fn those_with_roles_in_the_scope_are_found() {
        let mut account = assigned();
        let mut inspect = |query: &str| get(&mut account, &format!("/principal_roles/inspect?{query}")).1;
        assert_eq!(found(&inspect("scope_type=account")), [("u2", 1)]);
        assert_eq!(found(&inspect("scope_type=prodenv&scope_id=s1")), [("u1", 2), ("g1", 1)]);
        assert_eq!(found(&inspect("scope_type=prodenv&scope_id=s2")), [("u1", 1)]);
        assert_eq!(found(&inspect("scope_type=prodenv&scope_id=s1&folder_id=f1")), [("g1", 1), ("u1", 1)]);
        let one = "scope_type=prodenv&scope_id=s1&principal_type=group&principal_id=g1";
        assert_eq!(found(&inspect(one)), [("g1", 1)]);
    }

    #[test]
    fn what_is_missing_is_named() {
        for (query, named) in [
            ("", "scope_type"),
            ("?scope_type=prodenv", "scope_id"),
            ("?scope_type=account&principal_type=user", "principal_id"),
            ("?scope_type=account&principal_id=u1", "principal_type"),
        ] {
            refused(get(&mut assigned(), &format!("/principal_roles/inspect{query}")), 400, named);
        }
    }

    #[test]
    fn cursors_lead_through_the_principals() {
        let mut account = assigned().with_page_cap(1);
        let path = "/principal_roles/inspect?scope_type=prodenv&scope_id=s1";
        let (_, first) = get(&mut account, path);
        assert_eq!(found(&first), [("u1", 2)]);
        let cursor = first["next_cursor"].as_str().unwrap();
        let (_, second) = get(&mut account, &format!("{path}&cursor={cursor}"));
        assert_eq!(found(&second), [("g1", 1)]);
        assert!(second.get("next_cursor").is_none());
    }

    #[test]
    fn several_principals_come_as_they_were_named_with_or_without_roles() {
        let mut account = assigned().with_page_cap(2);
        let principals = [("user", "u2"), ("user", "u1"), ("group", "g1")];
        let principals: Vec<_> = principals.iter().map(|(kind, id)| json!({ "type": kind, "id": id })).collect();
        let mut body = json!({ "scope_type": "prodenv", "scope_id": "s1", "principals": principals });
        let (_, first) = post(&mut account, "/principal_roles/inspect", &body);
        assert_eq!(found(&first), [("u2", 0), ("u1", 2)]);
        body["cursor"] = first["next_cursor"].clone();
        body["policy_parameters"] = json!({ "folder_id": "f2" });
        let (_, second) = post(&mut account, "/principal_roles/inspect", &body);
        assert_eq!(found(&second), [("g1", 0)]);
    }
}

mod effective_policies {
    use super::*;

    fn assigned() -> FakeAccount {
        let by_key = r#"permit(principal == Cloudinary::APIKey::"1", action, resource);"#;
        let by_group = r#"forbid(principal in Cloudinary::Group::"g1", action, resource);"#;
        let editor = NewAssignment::new(FOLDER_EDITOR).in_environment("s1").parameter("folder_id", "f1");
        seeded()
            .with_assignment(Principal::group("g1"), editor)
            .with_custom_policy(NewCustomPolicy::new("key", by_key).id("p1").in_environment("s1"))
            .with_custom_policy(NewCustomPolicy::new("group", by_group).id("p2").in_environment("all"))
            .with_custom_policy(NewCustomPolicy::new("off", ALLOW_ALL).id("p3").in_environment("s1").enabled(false))
    }

    fn list(query: &str) -> Value {
        data(get(&mut assigned(), &format!("/policies/effective?scope_type=prodenv&scope_id=s1{query}")), 200)
    }

    fn principals(data: &Value) -> Vec<&str> {
        data["principals"].as_array().unwrap().iter().map(|entry| entry["principal_id"].as_str().unwrap()).collect()
    }

    #[test]
    fn a_groups_roles_are_its_members_roles() {
        assert_eq!(principals(&list("")), ["g1", "u1", "u2"]);
        let john = list("&principal_type=user&principal_id=u1");
        assert_eq!(principals(&john), ["u1"]);
        let policy = &john["principals"][0]["roles"][0]["system_policies"][0];
        assert!(policy["policy_statement"].as_str().unwrap().contains(r#"contains("f1")"#));
    }

    #[test]
    fn custom_policies_in_force_come_for_those_they_name() {
        assert_eq!(ids(&list("")["custom_policies"]), ["p1", "p2"]);
        assert_eq!(ids(&list("&principal_type=user&principal_id=u1")["custom_policies"]), ["p2"]);
    }

    #[test]
    fn without_a_scope_it_is_the_accounts() {
        let data = data(get(&mut assigned(), "/policies/effective"), 200);
        assert_eq!(data, json!({ "principals": [], "custom_policies": [] }));
    }
}
