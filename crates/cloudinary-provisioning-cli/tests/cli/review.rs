//! `cldp review` of an environment, a user or a role: what is shown, in how many calls, and what is refused.

use cloudinary_provisioning_fake::{
    FakeAccount, Fault, NewAccessKey, NewAssignment, NewCustomPolicy, NewGroup, NewRole, NewSubAccount, NewUser,
    PermissionType, Principal, ScopeType,
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

/// An account with a bit of everything, by chance.
fn random(seed: u64) -> FakeAccount {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut chance = move |of: u64| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % of).unwrap()
    };
    let mut account = account().with_page_cap(3);
    for n in 0..3 {
        account.add_sub_account(NewSubAccount::new(format!("Env {n}")).id(format!("s{n}")).cloud_name(format!("e{n}")));
        account.add_access_key(&format!("s{n}"), NewAccessKey::new("ci").api_key(format!("11{n}")));
    }
    for n in 0..6 {
        let role = ["billing", "reports", "technical_admin", "master_admin"][chance(4)];
        let user = NewUser::new(format!("U{n}"), format!("u{n}@x.org")).id(format!("u{n}")).role(role);
        let some = (0..3).filter(|_| chance(2) == 0).map(|n| format!("s{n}")).collect::<Vec<_>>();
        account.insert_user(if chance(3) == 0 { user } else { user.sub_account_ids(some) });
    }
    for n in 0..3 {
        let members = (0..6).filter(|_| chance(3) == 0).map(|n| format!("u{n}")).collect::<Vec<_>>();
        account.add_group(NewGroup::new(format!("Group {n}")).id(format!("g{n}")).members(members));
    }
    for n in 0..4 {
        let scope = if n % 2 == 0 { ScopeType::Account } else { ScopeType::Prodenv };
        let role = NewRole::new(format!("Role {n}"), scope, PermissionType::Global).id(format!("r{n}"));
        account.add_role(role.system_policy(if n % 2 == 0 {
            "cld::policy::global::account::users::manage"
        } else {
            "cld::policy::global::prodenv::assets::view"
        }));
    }
    for _ in 0..10 {
        let principal = match chance(4) {
            0 => Principal::group(format!("g{}", chance(3))),
            1 => Principal::api_key(format!("11{}", chance(3))),
            _ => Principal::user(format!("u{}", chance(6))),
        };
        let role = chance(4);
        let assignment = NewAssignment::new(format!("r{role}"));
        let scope = if chance(3) == 0 { "all".to_owned() } else { format!("s{}", chance(3)) };
        account.assign(principal, if role % 2 == 0 { assignment } else { assignment.in_environment(scope) });
    }
    for n in 0..4 {
        let whom = match chance(4) {
            0 => "principal".to_owned(),
            1 => format!("principal in Cloudinary::Group::\"g{}\"", chance(3)),
            2 => format!("principal == Cloudinary::APIKey::\"11{}\"", chance(3)),
            _ => format!("principal == Cloudinary::User::\"u{}\"", chance(6)),
        };
        let effect = if chance(2) == 0 { "permit" } else { "forbid" };
        let policy = NewCustomPolicy::new(format!("P{n}"), format!("{effect}({whom}, action, resource);"));
        account.add_custom_policy(match chance(3) {
            0 => policy,
            1 => policy.in_environment("all"),
            _ => policy.in_environment(format!("s{}", chance(3))),
        });
    }
    account
}

#[test]
fn what_is_asked_about_is_shown_as_the_whole_shows_it() {
    for seed in 1..=2 {
        let server = serve(random(seed));
        let review = |arguments: &[&str]| {
            let ran = run(cldp(&server).args(["review", "-ojsonl", "--columns", COLUMNS]).args(arguments));
            ran.is_done().json()
        };
        let whole = review(&["--policies"]);
        assert!(whole.len() > 20, "seed {seed}: {} lines", whole.len());
        let compare = |arguments: &[&str], is_asked: &dyn Fn(&Value) -> bool| {
            let asked: Vec<_> = whole.iter().filter(|line| is_asked(line)).cloned().collect();
            assert_eq!(review(arguments), asked, "seed {seed}: {arguments:?}");
        };
        for n in 0..6 {
            let id = format!("u{n}");
            compare(&["--policies", "--user", &id], &|line| {
                line["principal_type"] == "any" || line["principal_id"] == *id
            });
        }
        for n in 0..3 {
            let id = format!("s{n}");
            compare(&["--policies", "--environment", &format!("e{n}")], &|line| {
                line["sub_account_id"] == *id || line["sub_account_id"] == "all"
            });
            compare(&["--environment", &format!("e{n}"), "--user", "u1"], &|line| {
                (line["sub_account_id"] == *id || line["sub_account_id"] == "all")
                    && line["principal_id"] == "u1"
                    && !line["through"].as_str().unwrap().starts_with("policy")
            });
        }
        for n in 0..4 {
            let name = format!("Role {n}");
            compare(&["--role", &name], &|line| line["role"] == *name);
            compare(&["--role", &name, "--user", "u2"], &|line| line["role"] == *name && line["principal_id"] == "u2");
        }
        compare(&["--role", "billing"], &|line| line["role"] == "billing");
    }
}

const COLUMNS: &str =
    "principal,principal_type,principal_id,enabled,environment,sub_account_id,role,through,content,allows";
