//! Accounts and clouds that agents make.

use cloudinary_provisioning_fake::{FakeAccount, NewUser, Switch};
use http::Request;
use serde_json::{Value, json};

use crate::common::account;

fn post(account: &mut FakeAccount, below: &str, body: &Value) -> (u16, Value) {
    let request = Request::post(format!("/v1_1/provisioning/{below}"))
        .header("content-type", "application/json")
        .body(body.to_string().into_bytes())
        .unwrap();
    let response = account.respond(request);
    (response.status().as_u16(), serde_json::from_slice(response.body()).unwrap())
}

fn jane() -> Value {
    json!({
        "email": "jane@example.com",
        "agent_framework": "mine",
        "agent_llm_model": "m1",
        "agent_goal": "Build a gallery",
    })
}

fn create_account(account: &mut FakeAccount, field: &str, value: Value) -> (u16, Value) {
    let mut body = jane();
    body[field] = value;
    post(account, "agents/accounts", &body)
}

fn create_cloud(account: &mut FakeAccount, body: &Value) -> (u16, Value) {
    post(account, "clouds", body)
}

#[test]
fn an_account_comes_with_working_credentials() {
    let mut account = account();
    let (status, made) = post(&mut account, "agents/accounts", &jane());
    assert_eq!((status, &made["email"], &made["plan_name"]), (200, &json!("jane@example.com"), &json!("free")));
    let environment = &made["product_environments"][0];
    let text = |name: &str| environment[name].as_str().unwrap().to_owned();
    let variable =
        format!("CLOUDINARY_URL=cloudinary://{}:{}@{}", text("api_key"), text("api_secret"), text("cloud_name"));
    assert_eq!(environment["api_environment_variable"], variable);
    assert_eq!(account.agent_accounts().next().unwrap().api_secret, text("api_secret"));
}

#[test]
fn what_is_missing_or_wrong_is_a_400_with_a_code() {
    for (field, value, code) in [
        ("email", Value::Null, json!("email_required")),
        ("agent_goal", json!("x"), json!("agent_goal_invalid")),
        ("agent_goal", json!("x".repeat(301)), json!("agent_goal_invalid")),
        ("agent_framework", json!("x".repeat(101)), json!("agent_framework_invalid")),
        ("sdk_framework", json!("x"), json!("sdk_framework_invalid")),
        ("agent_llm_model", json!(7), json!("agent_llm_model_invalid")),
    ] {
        let (status, body) = create_account(&mut account(), field, value);
        assert_eq!((status, &body["error"]["code"]), (400, &code), "{body}");
        assert_eq!(body["error"]["category"], "invalid_parameter");
    }
}

#[test]
fn a_taken_email_is_json_in_a_text() {
    let mut account = account().with_user(NewUser::new("J", "JANE@example.com"));
    account.take_email("bob@example.com");
    for email in ["jane@example.com", "Bob@example.com"] {
        let (status, body) = create_account(&mut account, "email", json!(email));
        let expected = json!({"error": {"message": r#"{"email":["has already been taken"]}"#}});
        assert_eq!((status, body), (400, expected));
    }
}

#[test]
fn an_email_that_cannot_be_is_a_400() {
    for email in ["nobody", "@example.com", "a@", "a b@example.com", "x@mailinator.com"] {
        assert_eq!(create_account(&mut account(), "email", json!(email)).0, 400, "{email}");
    }
}

#[test]
fn errors_come_bare_by_a_switch() {
    let mut account = account().with_switch(Switch::BareAgentErrors);
    account.take_email("jane@example.com");
    let taken = post(&mut account, "agents/accounts", &jane());
    assert_eq!(taken, (409, json!({"email": ["has already been taken"]})));
    let invalid = create_account(&mut account, "email", json!("nobody"));
    assert_eq!(invalid, (400, json!({"email": ["is invalid"]})));
}

#[test]
fn a_cloud_comes_flat_with_a_day_to_live() {
    let mut account = account();
    let (status, cloud) = create_cloud(&mut account, &json!({}));
    assert_eq!((status, &cloud["claimed"]), (200, &json!(false)));
    assert_eq!(cloud["expires_at"], "2026-01-02T00:00:01Z");
    assert_eq!(cloud["delivery_ips"].as_array().unwrap().len(), 1);
    assert!(cloud["email"].as_str().unwrap().ends_with("@cloud.cloudinary.invalid"));
    assert_eq!(account.agent_clouds().next().unwrap().cloud_name, cloud["cloud_name"].as_str().unwrap());
}

#[test]
fn a_cloud_comes_nested_by_a_switch() {
    let mut account = account().with_switch(Switch::NestedClouds);
    let (_, cloud) = create_cloud(&mut account, &json!({"email": "a@example.com"}));
    assert_eq!(cloud["email"], "a@example.com");
    let made = account.agent_clouds().next().unwrap();
    let keys = json!([{"key": made.api_key, "secret": made.api_secret, "enabled": true}]);
    assert_eq!(cloud["product_environments"][0]["api_access_keys"], keys);
}

#[test]
fn delivery_ips_are_one_to_three_public_addresses() {
    for (ips, expected) in [
        (json!(["8.8.8.8", "2606:4700:4700::1111", "requester_ip"]), Value::Null),
        (json!([]), json!("delivery_ips_required")),
        (json!(["8.8.8.8", "8.8.4.4", "1.1.1.1", "1.0.0.1"]), json!("delivery_ips_too_many")),
        (json!(["8.8.8.0/24"]), json!("delivery_ips_invalid")),
        (json!("8.8.8.8,1.1.1.1"), json!("delivery_ips_invalid")),
        (json!(["10.0.0.1"]), json!("delivery_ips_not_public")),
        (json!(["100.64.0.1"]), json!("delivery_ips_not_public")),
        (json!(["::1"]), json!("delivery_ips_not_public")),
        (json!(["fe80::1"]), json!("delivery_ips_not_public")),
    ] {
        let (status, body) = create_cloud(&mut account(), &json!({"delivery_ips": ips}));
        assert_eq!(body["error"]["code"], expected, "{ips}");
        assert_eq!(status, if expected.is_null() { 200 } else { 400 }, "{ips}");
    }
}

#[test]
fn failed_calls_count_against_the_limit_of_a_day() {
    let mut account = account().with_agent_limit(2);
    assert_eq!(create_cloud(&mut account, &json!({"delivery_ips": []})).0, 400);
    assert_eq!(create_cloud(&mut account, &json!({})).0, 200);
    let (status, body) = post(&mut account, "agents/accounts", &jane());
    assert_eq!((status, &body["error"]["code"]), (429, &json!("ip_rate_limit_exceeded")));
    account.advance(time::Duration::DAY);
    assert_eq!(post(&mut account, "agents/accounts", &jane()).0, 200);
}

#[test]
fn agents_are_turned_away_by_a_switch() {
    let mut account = account().with_switch(Switch::NoAgents);
    let (status, body) = create_cloud(&mut account, &json!({}));
    assert_eq!((status, &body["error"]["code"]), (403, &json!("agent_registration_disabled")));
}

#[test]
fn the_rate_limit_of_accounts_is_none_of_agents_business() {
    let mut account = account().with_rate_limit(0);
    assert_eq!(create_cloud(&mut account, &json!({})).0, 200);
}
