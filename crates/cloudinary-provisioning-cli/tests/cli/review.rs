//! `cldp review` of an environment, a user or a role: what is shown, in how many calls, and what is refused.

use cloudinary_provisioning_fake::{
    FakeAccount, Fault, NewAssignment, NewCustomPolicy, NewGroup, NewRole, NewSubAccount, NewUser, PermissionType,
    Principal, ScopeType,
};
use serde_json::{Value, json};

use crate::run::{account, cldp, demo, run, serve};

fn seeded() -> FakeAccount {
    let role = |id: &str, scope| NewRole::new("Auditors", scope, PermissionType::Global).id(id);
    account()
        .with_page_cap(50)
        .with_sub_account(NewSubAccount::new("Shop").id("s1").cloud_name("shop"))
        .with_sub_account(NewSubAccount::new("shop").id("s2").cloud_name("other"))
        .with_users([
            NewUser::new("Ada", "ada@example.com").id("u1").role("billing").sub_account_ids(["s1"]),
            NewUser::new("Grace", "grace@example.com").id("u2").role("reports").sub_account_ids(["s2"]),
            NewUser::new("Eve", "eve@example.com").id("u3").role("reports").sub_account_ids(["s2"]),
        ])
        .with_group(NewGroup::new("Editors").id("g1").members(["u1", "u2"]))
        .with_role(role("r1", ScopeType::Account))
        .with_role(role("r2", ScopeType::Prodenv).system_policy("cld::policy::global::prodenv::assets::view"))
        .with_assignment(Principal::group("g1"), NewAssignment::new("r2").in_environment("s1"))
        .with_assignment(Principal::user("u3"), NewAssignment::new("r1"))
}

fn lines(rows: &[Value]) -> Vec<String> {
    let text = |row: &Value, name: &str| row[name].as_str().unwrap_or_default().to_owned();
    rows.iter()
        .map(|row| ["principal", "environment", "role", "through"].map(|name| text(row, name)).join(" "))
        .collect()
}

#[test]
fn only_what_is_asked_about_is_shown_in_few_calls() {
    let ada = ["ada@example.com shop Auditors group Editors", "ada@example.com shop billing user"];
    let grace = "grace@example.com shop Auditors group Editors";
    for (arguments, shown, calls) in [
        // The user, their groups, cloud names, three scopes, and the role.
        (&["--user", "ADA@example.com"][..], &ada[..], 7),
        // Cloud names, users, the scope, the groups, the members who are not known yet, and the role.
        (&["--environment", "s1"], &[ada[0], ada[1], grace], 6),
        // Two lists of roles, the principals, the groups, their members, cloud names, and the role.
        (&["--role", "prodenv/Auditors"], &[ada[0], grace], 7),
        // The role, its principals, and the members of groups, for which no policy is asked.
        (&["--role", "id:r2", "--columns", "principal,environment,role,through"], &[ada[0], grace], 5),
        // The user, cloud names, their groups, the scope, and the role.
        (&["--user", "u1", "--environment", "s1"], &ada, 5),
        (&["--role", "billing", "--user", "u1"], &ada[1..], 2),
        // The user, the role and its principals, none of whom is a group.
        (&["--role", "id:r1", "--user", "u1"], &[], 3),
        (&["--user", "u1", "--environment", "other"], &[], 4),
    ] {
        let server = serve(seeded());
        let ran = run(cldp(&server).args(["review", "-ojsonl"]).args(arguments));
        assert_eq!(lines(&ran.is_done().json()), shown, "{arguments:?}");
        assert_eq!(ran.stderr.contains("custom policies"), arguments[0] != "--role", "{ran:?}");
        assert_eq!(server.requests(), calls, "{arguments:?}");
    }
}

#[test]
fn what_a_role_allows_is_read_from_its_policies() {
    let ran = demo(&["review", "--user", "alan@example.com", "--role", "reviewers", "-ojson"]);
    let allows = &ran.is_done().value()[0]["allows"];
    let read = json!({
        "policy": "cld::policy::global::prodenv::assets::view", "effect": "permit", "actions": ["read"],
        "principal": "any", "resource": "Asset", "open": false,
    });
    assert_eq!((&allows[0], &allows[1]["open"]), (&read, &json!(true)));
    let csv = demo(&["review", "--role", "reviewers", "-ocsv", "--columns", "principal,allows"]);
    assert!(csv.is_done().stdout.contains("alan@example.com,read Asset; read Report (conditions)\n"), "{csv:?}");
}

#[test]
fn custom_policies_are_shown_by_whom_they_are_about() {
    let action = |name: &str| format!("action == Cloudinary::Action::\"{name}\"");
    let (read, delete) = (action("read"), action("delete"));
    let of = |id: &str, statement: String| NewCustomPolicy::new(id, statement).id(id);
    let mut account = seeded();
    for policy in [
        of(
            "Reports",
            format!("permit(principal == Cloudinary::User::\"u1\", {read}, resource is Cloudinary::Report);"),
        ),
        of("Keep", format!("forbid(principal in Cloudinary::Group::\"g1\", {delete}, resource);"))
            .in_environment("all"),
        of("Other", "permit(principal, action, resource) when { resource.name == \"a\" };".to_owned())
            .in_environment("s2"),
        of("Off", "permit(principal, action, resource);".to_owned()).enabled(false),
    ] {
        account.add_custom_policy(policy);
    }
    let server = serve(account);
    let columns = "principal,environment,through,allows";
    let keep = |who: &str| format!("{who},all,\"policy Keep, group Editors\",not delete");
    for (arguments, shown, policies) in [
        (
            &["--user", "u1"][..],
            vec![
                "ada@example.com,account,policy Reports,read Report".to_owned(),
                keep("ada@example.com"),
                "any,other,policy Other,all (conditions)".to_owned(),
            ],
            3,
        ),
        (&["--environment", "s1", "--user", "u1"], vec![keep("ada@example.com")], 1),
        (&["--environment", "id:s1"], vec![keep("ada@example.com"), keep("grace@example.com")], 1),
    ] {
        server.with(FakeAccount::clear_requests);
        let ran = run(cldp(&server).args(["review", "--policies", "-ocsv", "--columns", columns]).args(arguments));
        let lines: Vec<_> = ran.is_done().stdout.lines().filter(|line| line.contains("policy ")).collect();
        assert_eq!(lines, shown, "{arguments:?}");
        let lists =
            server.with(|account| account.requests().filter(|it| it.operation == Some("getCustomPolicies")).count());
        assert_eq!(lists, policies, "{arguments:?}");
    }
    server.with(|account| account.script([Fault::status(403).on_operation("getCustomPolicies")]));
    let ran = run(cldp(&server).args(["review", "--policies", "-ojsonl", "--user", "u1", "--workers", "1"]));
    assert!(
        ran.status == 1 && ran.stderr.contains("custom policies of the account: getCustomPolicies: 403"),
        "{ran:?}"
    );
    assert!(ran.stdout.contains("policy Other"), "{ran:?}");
}

#[test]
fn a_name_that_is_wrong_or_ambiguous_is_refused() {
    for (arguments, why) in [
        (["--user", "nobody@example.com"], "there is no user \"nobody@example.com\""),
        (["--user", "u9"], "there is no user \"u9\""),
        (["--environment", "shops"], "there is no product environment \"shops\""),
        (["--environment", "id:s9"], "there is no product environment \"s9\""),
        (["--environment", "shop"], "it could be s1 (cloud name shop, name Shop), or s2 (cloud name other, name shop)"),
        (["--role", "Auditors"], "it could be r1 (account/Auditors, global), or r2 (prodenv/Auditors, global)"),
        (["--role", "id:r9"], "there is no role \"r9\""),
    ] {
        let server = serve(seeded());
        run(cldp(&server).arg("review").args(arguments)).is_refused(why);
    }
}

#[test]
fn what_may_not_be_read_is_missing_and_a_failure() {
    let mut account = seeded();
    account.script([Fault::response(), Fault::response(), Fault::response(), Fault::response(), Fault::status(403)]);
    let server = serve(account);
    let ran = run(cldp(&server).args(["review", "--role", "id:r2", "--workers", "1"]));
    assert_eq!((ran.status, ran.value()[0]["role"].as_str()), (1, Some("Auditors")), "{ran:?}");
    assert!(ran.stderr.contains("could not read everything: 1 errors"), "{ran:?}");
}
