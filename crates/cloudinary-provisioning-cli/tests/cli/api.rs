//! `cldp api`.

use serde_json::{Value, json};

use crate::run::{account, bare, cldp, demo, run, serve};

fn dry(arguments: &[&str]) -> Value {
    run(bare().args(["--demo", "api", "--dry-run"]).args(arguments)).is_done().value()
}

#[test]
fn a_path_goes_to_its_base() {
    for (path, expected) in [
        ("users/a%2Fb", "/v1_1/provisioning/accounts/demo-account/users/a%2Fb"),
        ("/roles/cld::role", "/v2/accounts/demo-account/permissions/roles/cld%3A%3Arole"),
        ("/v2/accounts/{account_id}/permissions/new", "/v2/accounts/demo-account/permissions/new"),
        ("/v2/accounts/permissions/public/schema", "/v2/accounts/permissions/public/schema"),
        ("unknown", "/v1_1/provisioning/accounts/demo-account/unknown"),
    ] {
        assert_eq!(dry(&["get", path])["url"], format!("https://api.cloudinary.com{expected}"));
    }
}

#[test]
fn query_and_body_are_sent() {
    let request = dry(&["POST", "users?a=1%202", "--query", "b=x=y", "--query", "b=z", "--json", r#"{"k":[1]}"#]);
    assert!(request["url"].as_str().unwrap().ends_with("/users?a=1%202&b=x%3Dy&b=z"), "{request}");
    assert_eq!(request["body"], json!({"k": [1]}));
    assert_eq!(request["headers"]["authorization"], "Basic ********");
}

#[test]
fn it_sends_and_shows_the_response() {
    let server = serve(account());
    let ran = run(cldp(&server).args(["api", "GET", "users"]));
    assert_eq!(ran.is_done().value(), json!({"users": []}));
    let ran = run(cldp(&server).args(["api", "GET", "users/nobody"]));
    assert_eq!(ran.status, 1);
    assert!(ran.stderr.starts_with("cldp: GET users/nobody: 404"), "{ran:?}");
}

#[test]
fn wrong_usage_is_refused() {
    let refused = |arguments: &[&str], why| run(bare().args(["--demo", "api"]).args(arguments)).is_refused(why);
    refused(&["G T", "users"], "is not a method");
    refused(&["GET", ""], "the path is empty");
    refused(&["GET", "users//x"], "segments");
    refused(&["GET", "/v1_1/provisioning/accounts/other/users"], "the path names account other");
    refused(&["GET", "users", "--query", "x"], "expected KEY=VALUE");
    refused(&["DELETE", "users/u1"], "confirm with --yes");
}

#[test]
fn the_secret_of_a_new_key_is_shown_and_others_are_not() {
    let new = demo(&["api", "POST", "sub_accounts/env-shop/access_keys", "--json", r#"{"name":"ci"}"#]);
    assert_ne!(new.is_done().value()["api_secret"], "********");
    let list = demo(&["api", "GET", "sub_accounts/env-shop/access_keys"]);
    assert!(!list.is_done().stdout.contains("demo-deploy-secret"), "{list:?}");
}

#[test]
fn columns_are_about_the_items_of_a_list_and_an_unknown_one_is_refused() {
    let csv = |path, columns| demo(&["api", "GET", path, "-o", "csv", "--columns", columns]);
    let users = csv("users", "email,role").is_done().stdout.clone();
    assert!(users.starts_with("email,role\nada@example.com,master_admin\n"), "{users}");
    let groups = csv("users/u2/groups", "name").is_done().stdout.clone();
    assert!(groups.starts_with("name\n"), "{groups}");
    csv("users", "email,nope").is_refused("--columns: there is no column \"nope\"; there are ");
    csv("users/u1", "nope").is_refused("--columns: there is no column \"nope\"; there are ");
}
