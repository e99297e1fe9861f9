//! Names in place of ids: what is sent, in how many calls, and what is refused.

use cloudinary_provisioning_fake::{
    FakeAccount, FakeServer, Fault, NewAccessKey, NewCustomPolicy, NewGroup, NewRole, NewSubAccount, NewUser,
    PermissionType, ScopeType,
};
use serde_json::json;

use crate::run::{Ran, TempFile, account, cldp, run, serve, state, writes};

fn seeded() -> FakeAccount {
    let role = |id: &str, scope| NewRole::new("Auditors", scope, PermissionType::Global).id(id);
    let statement = |id| format!("permit(principal == Cloudinary::User::\"{id}\", action, resource);");
    let policy = |id| NewCustomPolicy::new("Guard", statement(id)).id(id);
    account()
        .with_page_cap(2)
        .with_sub_account(NewSubAccount::new("Shop").id("s1").cloud_name("shop"))
        .with_sub_account(NewSubAccount::new("shop").id("s2").cloud_name("other"))
        .with_access_key("s2", NewAccessKey::new("deploy-2").api_key("814814814814814"))
        .with_users([
            NewUser::new("Ada", "ada@example.com").id("u1"),
            NewUser::new("Grace", "grace@example.com").id("u2"),
        ])
        .with_group(NewGroup::new("Editors").id("g1"))
        .with_group(NewGroup::new("Twins").id("g2"))
        .with_role(role("r1", ScopeType::Account))
        .with_role(role("r2", ScopeType::Prodenv))
        .with_custom_policy(policy("p1"))
        .with_custom_policy(policy("p2").in_environment("s2"))
}

/// The requests that the server got: method, and path below the account.
fn requests(server: &FakeServer) -> Vec<String> {
    server.with(|account| {
        let lines = account.requests().map(|request| {
            let path = request.target.split('?').next().unwrap();
            let below = path.split_once("/acc/").map_or(path, |(_, below)| below);
            format!("{} {below}", request.method)
        });
        lines.collect()
    })
}

/// Runs lines from a file, of which as many are there at once as are asked for.
fn batch(server: &FakeServer, arguments: &[&str], lines: &str) -> Ran {
    let file = TempFile::new("jsonl", lines);
    run(cldp(server).arg("batch").arg(&file.0).args(arguments))
}

#[test]
fn a_name_is_looked_up_once_and_an_id_not_at_all() {
    for (arguments, sent) in [
        (&["users", "get", "ADA@example.com"][..], &["GET users", "GET users/u1"][..]),
        (&["users", "get", "u1"], &["GET users/u1"]),
        (
            &["access-keys", "update", "id:s2", "814814814814814", "--name=x"],
            &["PUT sub_accounts/s2/access_keys/814814814814814"],
        ),
        (
            &["user-groups", "add-user", "Editors", "ada@example.com"],
            &["GET user_groups", "GET users", "POST user_groups/g1/users/u1"],
        ),
        (
            &["access-keys", "update", "other", "deploy-2", "--enabled", "false", "--yes"],
            &["GET sub_accounts", "GET sub_accounts/s2/access_keys", "PUT sub_accounts/s2/access_keys/814814814814814"],
        ),
        (
            &["users", "update", "u2", "--sub-account-ids", "other", "--sub-account-ids", "s1"],
            &["GET sub_accounts", "PUT users/u2"],
        ),
        (&["users", "list", "--ids", "ada@example.com", "--ids", "grace@example.com"], &["GET users", "GET users"]),
        (
            &["roles", "get", "prodenv/Auditors"],
            &["GET permissions/roles", "GET permissions/roles", "GET permissions/roles/r2"],
        ),
        (&["custom-policies", "get", "p1"], &["GET permissions/policies/custom/p1"]),
        (
            &["custom-policies", "get", "account/Guard"],
            &["GET permissions/policies/custom", "GET permissions/policies/custom/p1"],
        ),
        (
            &["custom-policies", "delete", "other/Guard", "--yes"],
            &["GET permissions/policies/custom", "GET sub_accounts", "DELETE permissions/policies/custom/p2"],
        ),
    ] {
        let server = serve(seeded());
        run(cldp(&server).args(arguments)).is_done();
        let mut got = requests(&server);
        let lookups = got.len() - 1;
        got[..lookups].sort();
        assert_eq!(got, sent, "{arguments:?}");
    }
}

#[test]
fn names_inside_objects_of_a_body_are_looked_up_too() {
    let server = serve(seeded());
    let principals = json!([
        {"principal_type": "user", "principal_id": "ada@example.com", "scope_id": "other"},
        {"principal_type": "group", "principal_id": "Editors", "scope_id": "all"},
        {"principal_type": "apiKey", "principal_id": "other/deploy-2", "scope_id": "s1"},
    ]);
    let mut command = cldp(&server);
    command.args(["roles", "update-principals", "prodenv/Auditors", "--operation", "add", "--principals"]);
    let ran = run(command.arg(principals.to_string()).arg("--dry-run"));
    let sent = ran.is_done().value();
    assert!(sent["url"].as_str().unwrap().ends_with("/roles/r2/principals"), "{sent}");
    assert_eq!(
        sent["body"]["principals"],
        json!([
            {"principal_type": "user", "principal_id": "u1", "scope_id": "s2"},
            {"principal_type": "group", "principal_id": "g1", "scope_id": "all"},
            {"principal_type": "apiKey", "principal_id": "814814814814814", "scope_id": "s1"},
        ])
    );
    assert_eq!(
        (writes(&server), server.requests()),
        (0, 6),
        "users, groups, environments, keys, and two lists of roles"
    );
}

#[test]
fn a_name_that_is_wrong_or_ambiguous_sends_nothing_else() {
    for (arguments, why) in [
        (&["users", "get", "eve@example.com"][..], "there is no user \"eve@example.com\"; nothing was sent"),
        (&["user-groups", "add-user", "Editor", "u1"], "there is no user group \"Editor\""),
        (
            &["access-keys", "delete", "other", "deploy", "--yes"],
            "there is no access key \"deploy\" in product environment \"other\"",
        ),
        (
            &["users", "update", "u1", "--sub-account-ids", "shop"],
            "it could be s1 (cloud name shop, name Shop), or s2 (cloud name other, name shop)",
        ),
        (
            &["roles", "delete", "Auditors", "--yes"],
            "it could be r1 (account/Auditors, global), or r2 (prodenv/Auditors, global)",
        ),
        (&["custom-policies", "get", "account/Guards"], "there is no custom policy \"account/Guards\""),
        (&["custom-policies", "get", "shop/Guard"], "product environment \"shop\" is ambiguous"),
    ] {
        let server = serve(seeded());
        run(cldp(&server).args(arguments)).is_refused(why);
        assert_eq!(writes(&server), 0, "{arguments:?}");
    }
}

#[test]
fn a_list_that_may_not_be_read_is_a_failure_that_says_how_to_do_without_it() {
    let mut account = seeded();
    account.fail_next(1, Fault::status(403));
    let server = serve(account);
    let ran = run(cldp(&server).args(["user-groups", "delete", "Editors", "--yes"]));
    assert_eq!((ran.status, server.requests()), (1, 1), "{ran:?}");
    assert!(ran.stderr.contains("cannot look up the user group \"Editors\": getUserGroups: 403"), "{ran:?}");
    assert!(ran.stderr.contains("id:ID is an id that is not looked up"), "{ran:?}");
    run(cldp(&server).args(["user-groups", "delete", "id:g1", "--yes"])).is_done();
    assert_eq!(server.requests(), 2);
}

#[test]
fn what_nobody_can_confirm_is_not_looked_up() {
    let server = serve(seeded());
    run(cldp(&server).args(["users", "delete", "ada@example.com"])).is_refused("confirm with --yes");
    assert_eq!(server.requests(), 0);
    run(cldp(&server).args(["users", "delete", "ada@example.com", "--yes"])).is_done();
    assert!(!state(&server).contains_key("ada@example.com"));
}

#[test]
fn a_batch_looks_each_name_up_once_until_names_may_have_changed() {
    let server = serve(seeded());
    let line =
        |operation: &str, fields: serde_json::Value| json!({"operation": operation, "fields": fields}).to_string();
    let add = |group: &str, user: &str| line("user-groups add-user", json!({"group_id": group, "user_id": user}));
    let lines = [
        add("Editors", "ada@example.com"),
        add("Twins", "ada@example.com"),
        add("Nobody", "u1"),
        line("user-groups update", json!({"group_id": "Twins", "name": "Others"})),
        line("user-groups create", json!({"name": "Twins"})),
        add("Twins", "u1"),
        add("Others", "u2"),
    ];
    let ran = batch(&server, &["--yes"], &lines.join("\n"));
    let ok: Vec<_> = ran.json().iter().map(|line| line["ok"].as_bool().unwrap()).collect();
    assert_eq!(ok, [true, true, false, true, true, true, true], "{ran:?}");
    let members =
        |name: &str| server.with(|account| account.groups().find(|it| it.name == name).unwrap().members.len());
    assert_eq!((members("Twins"), members("Others")), (1, 2));
    let lookups = requests(&server).into_iter().filter(|line| line.starts_with("GET")).collect::<Vec<_>>();
    // The groups and the user, and the groups after their names changed.
    assert_eq!(lookups.len(), 3, "{lookups:?}");
}

#[test]
fn a_batch_looks_up_the_names_of_many_lines_in_one_call() {
    let users = (0..250).map(|n| NewUser::new(format!("User {n}"), format!("u{n}@x.org")).id(format!("u{n}")));
    let lines = (0..250).map(|n| {
        let fields = json!({"user_id": format!("U{n}@x.org"), "name": format!("New {n}")});
        json!({"operation": "updateUser", "fields": fields}).to_string()
    });
    let input = lines.collect::<Vec<_>>().join("\n");
    for workers in ["1", "8"] {
        let server = serve(seeded().with_users(users.clone()));
        let ran = batch(&server, &["--workers", workers], &input);
        assert_eq!(ran.is_done().json().len(), 250);
        let requests = requests(&server);
        let lookups = requests.iter().filter(|line| *line == "GET users").count();
        // A hundred emails a call, and a name says nothing about emails.
        assert_eq!((lookups, requests.len()), (3, 253), "{workers} workers");
    }
    let server = serve(seeded().with_users(users));
    batch(&server, &["--dry-run"], &input).is_done();
    assert_eq!(server.requests(), 3);
}

#[test]
fn a_batch_looks_no_name_up_ahead_that_a_line_before_it_gives() {
    let server = serve(seeded());
    let line =
        |operation: &str, fields: serde_json::Value| json!({"operation": operation, "fields": fields}).to_string();
    let lines = [
        line("getUserGroup", json!({"group_id": "Editors"})),
        line("updateUserGroup", json!({"group_id": "Editors", "name": "Writers"})),
        line("updateUserGroup", json!({"group_id": "Twins", "name": "Editors"})),
        line("getUserGroup", json!({"group_id": "Editors"})),
        line("getUser", json!({"user_id": "eve@example.com"})),
        line("createUser", json!({"name": "Eve", "email": "eve@example.com", "role": "billing"})),
        line("getUser", json!({"user_id": "eve@example.com"})),
    ];
    let ran = batch(&server, &["--yes"], &lines.join("\n"));
    let results: Vec<_> = ran.json().iter().map(|line| (line["ok"] == true, line["result"]["id"].clone())).collect();
    let [first, _, _, second, missing, created, found] = &results[..] else { panic!("{ran:?}") };
    assert_eq!((first, second), (&(true, json!("g1")), &(true, json!("g2"))), "{ran:?}");
    assert_eq!((missing, found), (&(false, serde_json::Value::Null), created), "{ran:?}");
}

#[test]
fn a_name_is_not_ambiguous_any_more_once_a_line_has_removed_the_other_one() {
    let server = serve(seeded().with_group(NewGroup::new("Twins").id("g3")));
    let line =
        |operation: &str, fields: serde_json::Value| json!({"operation": operation, "fields": fields}).to_string();
    let lines = [
        line("addUserToUserGroup", json!({"group_id": "id:g3", "user_id": "ada@example.com"})),
        line("deleteUserGroup", json!({"group_id": "id:g3"})),
        line("addUserToUserGroup", json!({"group_id": "Twins", "user_id": "ada@example.com"})),
    ];
    batch(&server, &["--yes", "--workers", "1"], &lines.join("\n")).is_done();
    assert_eq!(server.with(|account| account.group("g2").unwrap().members.clone()), ["u1"]);
}
