//! A command for every operation.

use cloudinary_provisioning::catalog;
use cloudinary_provisioning::catalog::Place;
use cloudinary_provisioning_fake::{FakeAccount, Fault, NewAccessKey, NewSubAccount, NewUser};
use serde_json::{Value, json};

use crate::run::{TempFile, account, bare, cldp, demo, run, run_with_input, serve, state, writes};

fn seeded() -> FakeAccount {
    account()
        .with_page_cap(2)
        .with_sub_account(NewSubAccount::new("One").id("s1"))
        .with_access_key("s1", NewAccessKey::new("Deploy").api_key("814").api_secret("deploy-s3cr3t"))
        .with_users((1..=5).map(|n| NewUser::new(format!("User {n}"), format!("u{n}@x.org")).id(format!("u{n}"))))
}

fn kebab(name: &str) -> String {
    let dashed = |c: char| if c.is_ascii_uppercase() { format!("-{}", c.to_ascii_lowercase()) } else { c.to_string() };
    name.chars().map(dashed).collect::<String>().replace('_', "-").trim_start_matches('-').to_owned()
}

/// The arguments that an operation cannot do without.
fn required(id: &str) -> Vec<String> {
    let entry = catalog().find(|entry| entry.id == id).unwrap();
    let given = entry.fields.iter().filter(|field| field.required).flat_map(|field| {
        let value = match field.name {
            "principal" => r#"{"type":"user","id":"u1"}"#.to_owned(),
            "principals" if id == "inspectMultiple" => r#"{"type":"user","id":"u1"}"#.to_owned(),
            "principals" => r#"{"principal_type":"user","principal_id":"u1"}"#.to_owned(),
            "roles" => r#"{"id":"id:r1"}"#.to_owned(),
            "operation" => "add".to_owned(),
            "enabled" => "true".to_owned(),
            name => format!("id:{name}-value"),
        };
        if field.place == Place::Path { vec![value] } else { vec![format!("--{}", kebab(field.name)), value] }
    });
    given.collect()
}

#[test]
fn every_operation_is_a_command_that_sends_its_request() {
    let mut count = 0;
    for entry in catalog() {
        let names = [
            vec![kebab(entry.resource), kebab(entry.name)],
            vec![entry.resource.to_owned(), kebab(entry.name).replace('-', "_")],
            vec![entry.id.to_owned()],
        ];
        let shown = names.map(|name| {
            let mut command = bare();
            command.arg("--demo").args(name).args(required(entry.id)).arg("--dry-run");
            run(&mut command).is_done().value()
        });
        assert_eq!(shown[0], shown[1], "{}", entry.id);
        assert_eq!(shown[0], shown[2], "{}", entry.id);
        assert_eq!(shown[0]["method"], entry.method.as_str(), "{}", entry.id);
        let path = shown[0]["url"].as_str().unwrap().split('?').next().unwrap().to_owned();
        let segments = entry.path.split('/').count();
        assert_eq!(path.strip_prefix("https://api.cloudinary.com").unwrap().split('/').count(), segments, "{path}");
        count += 1;
    }
    assert_eq!(count, 49);
}

#[test]
fn every_operation_has_help_with_its_fields_values_and_the_vendors_page() {
    for entry in catalog() {
        let ran = run(bare().args([&kebab(entry.resource), &kebab(entry.name), "--help"]));
        let help = &ran.is_done().stdout;
        for field in entry.fields {
            let shown = if field.place == Place::Path {
                format!("<{}>", field.name.to_uppercase())
            } else {
                format!("--{} ", kebab(field.name))
            };
            assert!(help.contains(&shown), "{}: {shown} is not in {help}", entry.id);
        }
        assert!(help.contains(entry.documentation), "{}: {help}", entry.id);
        assert!(help.contains(entry.path), "{}: {help}", entry.id);
    }
    let help = demo(&["users", "create", "--help"]).stdout;
    assert!(help.contains("media_library_admin") && help.contains("<true|false>"), "{help}");
}

#[test]
fn fields_become_the_request() {
    let dry = |arguments: &[&str]| {
        let ran = run(bare().arg("--demo").args(arguments).arg("--dry-run"));
        ran.is_done().value()
    };
    let create = dry(&[
        "users",
        "create",
        "--name",
        "Jo",
        "--email",
        "jo@x.org",
        "--role",
        "billing",
        "--enabled",
        "false",
        "--sub-account-ids",
        "id:s1",
        "--sub_account_ids",
        "id:s2",
    ]);
    assert_eq!(
        create["body"],
        json!({"name": "Jo", "email": "jo@x.org", "role": "billing", "enabled": false, "sub_account_ids": ["s1", "s2"]}),
    );
    assert_eq!(create["headers"]["authorization"], "Basic ********");
    assert_eq!(dry(&["users", "update", "u1", "--sub-account-ids", "all"])["body"], json!({"sub_account_ids": []}));
    assert_eq!(
        dry(&["roles", "update", "id:r1", "--name=R", "--description", "null"])["body"]["description"],
        Value::Null
    );
    assert_eq!(dry(&["user-groups", "add-user", "g1", "u1"])["body"], Value::Null);
    assert_eq!(
        dry(&["product-environments", "update", "id:s1", "--custom-attributes", r#"{"team":7}"#])["body"]["custom_attributes"],
        json!({"team": 7})
    );

    let query =
        |arguments: &[&str]| dry(arguments)["url"].as_str().unwrap().split_once('?').map(|(_, query)| query.to_owned());
    assert_eq!(query(&["users", "list", "--ids", "a", "--ids", "b", "--pending"]).unwrap(), "pending=true&ids=a&ids=b");
    assert_eq!(
        query(&["roles", "list", "--permission-type=content", "--policy-parameters", "folder_id"]).unwrap(),
        "permission_type=content&policy_parameters=%5B%22folder_id%22%5D",
    );
    assert_eq!(
        query(&["roles", "get", "id:r1", "--params", "folder_id=f1", "--params", "x=y"]).unwrap(),
        "param_key=folder_id&param_key=x&param_value=f1&param_value=y",
    );
}

#[test]
fn a_whole_body_is_text_a_file_or_standard_input() {
    let body = json!({"name": "Jo", "email": "jo@x.org", "role": "billing"});
    let file = TempFile::new("json", &body.to_string());
    let at = format!("@{}", file.0.display());
    for (json, input) in [(body.to_string(), String::new()), (at, String::new()), ("-".to_owned(), body.to_string())] {
        let mut command = bare();
        command.args(["--demo", "users", "create", "--dry-run", "--json", &json]);
        assert_eq!(run_with_input(&mut command, &input).is_done().value()["body"], body, "{json}");
    }
    let ran = demo(&["users", "create", "--dry-run", "--json", &body.to_string(), "--role", "admin"]);
    assert_eq!(ran.value()["body"]["role"], "admin", "a field that is given singly replaces the body's");
}

#[test]
fn wrong_fields_are_refused_and_nothing_is_sent() {
    let server = serve(seeded());
    let refused = |arguments: &[&str], why: &str| run(cldp(&server).args(arguments)).is_refused(why);
    refused(&["users", "create", "--name", "Jo"], "--email <TEXT>");
    refused(&["users", "create", "--nam", "Jo"], "unexpected argument '--nam'");
    refused(&["users", "get"], "<USER_ID>");
    refused(&["users", "get", ".."], "getUser: `user_id` is `.` or `..`");
    refused(&["users", "get", ""], "USER_ID: is empty");
    refused(&["users", "fly"], "unrecognized subcommand 'fly'");
    refused(&["users", "list", "--pending", "perhaps"], "--pending: is neither `true` nor `false`");
    refused(&["users", "list", "--page", "x"], "--page: ");
    refused(&["users", "list", "--ids", "[]"], "`ids` is empty");
    refused(&["users", "update", "u1", "--sub-account-ids", "[]"], "`sub_account_ids` is empty");
    for value in ["[]", "{}", "false", "[null]", "[[]]", "null", "\"some\"", "\"\"", "[\"\"]"] {
        let body = format!(r#"{{"sub_account_ids":{value}}}"#);
        refused(&["users", "update", "u1", "--json", &body], "`sub_account_ids` is ");
    }
    refused(
        &["users", "update", "u1", "--json", r#"{"nam":"x"}"#],
        "`nam` is not a field of the operation; its fields are user_id, name",
    );
    refused(&["users", "update", "u1", "--json", "[1]"], "the body must be a JSON object");
    refused(&["users", "update", "u1", "--json", "{"], "--json: is not JSON");
    refused(&["users", "update", "u1", "--json", "@/there/is/no.json"], "/there/is/no.json: No such file");
    refused(&["users", "update", "u1", "--json", r#"{"name":null}"#], "`name` is not a text");
    refused(&["product-environments", "update", "s1", "--custom-attributes", "[1]"], "is not a JSON object");
    assert_eq!(server.requests(), 0);
}

#[test]
fn what_names_somebody_has_no_invisible_characters() {
    let server = serve(seeded());
    let why = |name: &str| format!("`{name}` has an invisible character, U+200B");
    let refused = |arguments: &[&str], name: &str| run(cldp(&server).args(arguments)).is_refused(&why(name));
    refused(&["users", "create", "--name=A", "--email", "a@x.org\u{200b}"], "email");
    refused(&["users", "update", "u1", "--json", "{\"role\":\"billing\u{200b}\"}"], "role");
    refused(&["users", "delete", "u1\u{200b}", "--yes"], "user_id");
    refused(&["users", "update", "u1", "--sub-account-ids", "s1\u{200b}"], "sub_account_ids");
    let family = "\u{1f468}\u{200d}\u{1f469}";
    run(cldp(&server).args(["users", "update", "u1", "--name", family])).is_done();
    assert_eq!(server.requests(), 1);
}

#[test]
fn a_list_is_read_page_by_page_up_to_its_limit() {
    let server = serve(seeded());
    let ids = |arguments: &[&str]| {
        let ran = run(cldp(&server).args(["users", "list", "-ojsonl"]).args(arguments));
        let ids = ran.is_done().json().iter().map(|user| user["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
        ids.join(" ")
    };
    assert_eq!(ids(&[]), "u1 u2 u3 u4 u5");
    let all = server.requests();
    assert_eq!(ids(&["--limit", "3"]), "u1 u2 u3");
    assert_eq!(server.requests() - all, 2, "no page is read beyond the limit");
    assert_eq!(ids(&["--page", "2"]), "u3 u4", "a page that is asked for is one page");
    assert_eq!(ids(&["--ids", "u1", "--ids", "u4"]), "u1 u4");
    assert_eq!(ids(&["--limit", "0"]), "");
}

#[test]
fn a_short_list_takes_few_requests() {
    let server = serve(account());
    assert_eq!(run(cldp(&server).args(["users", "list"])).is_done().stdout, "[]\n");
    assert_eq!(server.requests(), 1);
}

#[test]
fn a_list_that_ends_at_the_last_page_that_can_be_asked_for_says_so() {
    let keys = (0..101).map(|n| NewAccessKey::new(format!("Key {n}")).api_key(format!("{n}")));
    let account = keys.fold(seeded().with_page_cap(1), |account, key| account.with_access_key("s1", key));
    let server = serve(account);
    let ran = run(cldp(&server).args(["access-keys", "list", "s1", "-ojsonl", "--columns", "api_key"]));
    assert_eq!((ran.status, ran.stdout.lines().count()), (1, 100), "{ran:?}");
    assert!(ran.stderr.contains("getAccessKeys: 400 Bad Request: page must be at most 100"), "{ran:?}");
}

#[test]
fn a_list_with_cursors_is_read_to_its_end() {
    let ran = demo(&["principals", "inspect", "--scope-type", "account", "-ojsonl"]);
    assert!(!ran.is_done().json().is_empty(), "{ran:?}");
}

#[test]
fn a_change_is_made() {
    let server = serve(seeded());
    let ran = run(cldp(&server).args(["users", "create", "--name", "Jo", "--email", "jo@x.org"]));
    assert_eq!(ran.is_done().value()["email"], "jo@x.org");
    run(cldp(&server).args(["users", "update", "u1", "--enabled", "false", "--yes"])).is_done();
    assert!(state(&server).contains_key("jo@x.org"));
    assert!(!state(&server)["u1@x.org"].2);
}

#[test]
fn deletes_and_removals_need_a_confirmation() {
    let server = serve(seeded());
    let remove = r#"{"operation":"remove","principals":[{"principal_type":"user","principal_id":"u1"}]}"#;
    let disable = r#"{"enabled":false}"#;
    let unconfirmed: [&[&str]; 11] = [
        &["users", "update", "u1", "--enabled", "false"],
        &["users", "update", "u1", "--json", disable],
        &["access-keys", "update", "s1", "814", "--enabled", "false"],
        &["product-environments", "update", "s1", "--enabled", "false"],
        &["api", "PUT", "users/u1", "--json", disable],
        &["api", "put", "/v1_1/provisioning/accounts/{account_id}/sub_accounts/s1", "--json", r#"{"enabled":"false"}"#],
        &["api", "PUT", "roles/r1/principals", "--json", remove],
        &["users", "delete", "u1"],
        &["deleteUser", "u1"],
        &["api", "DELETE", "users/u1"],
        &["roles", "update-principals", "r1", "--json", remove],
    ];
    for command in unconfirmed {
        run(cldp(&server).args(command)).is_refused("confirm with --yes");
    }
    assert_eq!(server.requests(), 0);
    run(cldp(&server).args(["users", "delete", "u1", "--dry-run"])).is_done();
    assert_eq!(writes(&server), 0);
    run(cldp(&server).args(["users", "delete", "u1", "--yes"])).is_done();
    assert!(!state(&server).contains_key("u1@x.org"));
}

#[test]
fn what_enables_or_creates_needs_no_confirmation() {
    let server = serve(seeded());
    run(cldp(&server).args(["users", "update", "u1", "--enabled", "true"])).is_done();
    run(cldp(&server).args(["users", "create", "--name=A", "--email=a@x.org", "--enabled=false"])).is_done();
    assert_eq!(writes(&server), 2);
}

#[test]
fn a_number_that_would_be_rounded_is_refused_by_its_field() {
    let number = "12345678901234567890123";
    let server = serve(seeded());
    let refused = |arguments: &[&str], why: &str| run(cldp(&server).args(arguments)).is_refused(why);
    let attributes = format!(r#"{{"quota":[{number}]}}"#);
    let body = format!(r#"{{"custom_attributes":{attributes}}}"#);
    let update = ["product-environments", "update", "s1"];
    refused(
        &[&update[..], &["--custom-attributes", &attributes]].concat(),
        &format!("--custom-attributes: `quota[0]` is {number}, a number that would be rounded"),
    );
    for arguments in [&update[..], &["api", "PUT", "sub_accounts/s1"]] {
        refused(
            &[arguments, &["--json", &body]].concat(),
            &format!("--json: `custom_attributes.quota[0]` is {number}, a number that would be rounded"),
        );
    }
    refused(&["billing-usage", "get", "--year", number], "--year: is 12345678901234567890123");
    let line = format!(r#"{{"operation":"updateProductEnvironment","fields":{body}}}"#);
    let ran = run_with_input(cldp(&server).arg("batch"), &line);
    assert!(ran.stdout.contains("`fields.custom_attributes.quota[0]` is 1234567890"), "{ran:?}");
    assert_eq!(server.requests(), 0);
}

#[test]
fn an_invalid_policy_is_status_1() {
    let valid = demo(&["public", "validate-policy", "--policy", "permit(principal, action, resource);"]);
    assert_eq!(valid.is_done().value()["valid"], true);
    let invalid = demo(&["public", "validate-policy", "--policy", "permit(principal"]);
    assert_eq!((invalid.status, &invalid.value()["valid"]), (1, &json!(false)));
}

#[test]
fn secrets_are_masked_unless_they_are_asked_for_or_new() {
    let server = serve(seeded());
    let masked = run(cldp(&server).args(["access-keys", "list", "s1"]));
    assert_eq!(masked.is_done().value()[1]["api_secret"], "********");
    let shown = run(cldp(&server).args(["access-keys", "list", "s1", "--show-secrets"]));
    assert_eq!(shown.is_done().value()[1]["api_secret"], "deploy-s3cr3t");
    let new = run(cldp(&server).args(["access-keys", "generate", "s1", "--name", "New"]));
    assert!(new.is_done().value()["api_secret"].as_str().is_some_and(|secret| secret.len() > 8), "{new:?}");
    assert!(new.stderr.contains("The secret is shown only once"), "{new:?}");
    let read = run(cldp(&server).args(["product-environments", "get", "s1"]));
    assert!(!read.is_done().stdout.contains("deploy-s3cr3t"));
    let updated = run(cldp(&server).args(["access-keys", "update", "s1", "814", "--name", "Other"]));
    assert!(!updated.is_done().stdout.contains("deploy-s3cr3t"));
}

#[test]
fn nothing_is_written_where_the_service_answers_nothing() {
    let ran = demo(&["roles", "delete", "reviewers", "--force", "--yes"]);
    assert_eq!(ran.is_done().stdout, "");
}

#[test]
fn verbose_reports_each_attempt() {
    for arguments in [
        &["--verbose", "users", "get", "u1"][..],
        &["users", "--verbose", "get", "u1"],
        &["users", "get", "u1", "--verbose"],
        &["getUser", "u1", "-v"],
        &["whoami", "--verbose"],
        // This one has a field that is called `verbose`.
        &["roles", "list-principals", "reviewers", "--verbose", "-v"],
    ] {
        let ran = demo(arguments);
        assert!(ran.is_done().stderr.contains("attempt 1: 200 OK in "), "{arguments:?}: {ran:?}");
    }
}

#[test]
fn an_empty_value_that_the_service_would_take_for_no_condition_is_refused() {
    for (arguments, why) in [
        (&["users", "list", "--ids", ""][..], "--ids: is empty"),
        (&["users", "list", "--ids", "u1", "--ids", " "], "--ids: is empty"),
        (&["users", "list", "--ids", r#"["u1",""]"#], "getUsers: `ids` has an empty entry"),
        (&["users", "list", "--prefix", ""], "--prefix: is empty"),
        (&["access-keys", "delete-by-name", "env-shop", "--name", "", "--yes"], "--name: is empty"),
        (&["users", "update", "u2", "--sub-account-ids", ""], "--sub-account-ids: is empty"),
        (&["users", "update", "u2", "--json", r#"{"sub_account_ids":[""]}"#], "`sub_account_ids` is empty"),
        (&["roles", "get", "r1", "--params", "="], "`params` has an empty entry"),
    ] {
        demo(arguments).is_refused(why);
    }
}

#[test]
fn an_id_that_would_name_another_resource_is_refused_by_its_field() {
    demo(&["access-keys", "delete", "env-shop", "..", "--yes"]).is_refused("deleteAccessKey: `key` is `.` or `..`");
}

#[test]
fn attempts_and_retries_are_told_under_the_name_of_the_operation() {
    let mut account = account();
    account.fail_next(1, Fault::status(503));
    let ran = run(cldp(&serve(account)).args(["users", "list", "-v", "--workers", "1"]));
    assert_eq!(ran.is_done().stderr.matches("getUsers: attempt").count(), 3, "{}", ran.stderr);
    assert!(!ran.stderr.contains("raw"), "{}", ran.stderr);
}

#[test]
fn a_success_that_is_not_what_was_asked_for_is_a_failure() {
    let generate = ["access-keys", "generate", "id:s1", "--name", "ci"];
    let disable = ["users", "update", "u1", "--enabled", "false", "--yes"];
    for (arguments, body, why) in [
        (&generate[..], "null", "generateAccessKey s1: the response shows nothing that was made"),
        (&generate, "{}", "the response shows nothing that was made"),
        (&disable, r#"{"id": "u2", "enabled": false}"#, "enabled=false: the response is about something else"),
        (
            &disable,
            r#"{"success": false}"#,
            "updateUser u1 enabled=false: the response shows nothing of what was changed",
        ),
        (&generate, r#"{"message": "Quota reached"}"#, "the response shows nothing that was made"),
        (&disable, r#"{"id": "u1", "enabled": true}"#, "the service returned another value for `enabled`"),
    ] {
        let server = serve(account().with_users([NewUser::new("Eve", "eve@x.org").id("u1")]));
        server.with(|account| account.script([Fault::status(200).body(body)]));
        let ran = run(cldp(&server).args(arguments));
        assert!(ran.status == 1 && ran.stderr.contains(why), "{body}: {ran:?}");

        server.with(|account| account.script([Fault::status(200).body(body)]));
        let line = match arguments[0] {
            "users" => json!({"operation": "updateUser", "fields": {"user_id": "u1", "enabled": false}}),
            _ => json!({"operation": "generateAccessKey", "fields": {"sub_account_id": "id:s1", "name": "ci"}}),
        };
        let log = TempFile::new("log", "");
        let batch = |options: &[&str]| {
            let options = [&["batch", "--yes", "--log", log.0.to_str().unwrap()], options].concat();
            run_with_input(cldp(&server).args(options), &line.to_string())
        };
        let ran = batch(&[]);
        assert!(ran.status == 1 && ran.json()[0]["error"]["maybe_applied"] == true, "{body}: {ran:?}");
        // An update is sent again, and a create, which may have made something, is not.
        assert_eq!(batch(&["--resume"]).json()[0]["ok"], arguments[0] == "users", "{body}");
    }
    let server = serve(account().with_script([Fault::status(200).body("null")]));
    let ran = run(cldp(&server).args(["users", "get", "u1"]));
    assert!(ran.status == 1 && ran.stderr.contains("the response shows nothing of what was asked for"), "{ran:?}");
}
