//! What a plan says.

use cloudinary_provisioning_fake::{
    FakeAccount, NewAccessKey, NewAssignment, NewCustomPolicy, NewGroup, NewRole, NewSubAccount, NewUser,
    PermissionType, Principal, ScopeType,
};
use cloudinary_provisioning_plan::Plan;
use cloudinary_provisioning_plan::guard::{Guard, Guards};
use cloudinary_provisioning_plan::snapshot::{Part, Snapshot};

use crate::support::{World, manifest};

/// An account with something of everything.
pub(crate) fn demo() -> FakeAccount {
    FakeAccount::new("acc", "provisioning", "secret")
        .with_sub_account(NewSubAccount::new("Shop").id("s1").cloud_name("shop"))
        .with_sub_account(NewSubAccount::new("Blog").id("s2").cloud_name("blog"))
        .with_access_key("s1", NewAccessKey::new("ci").api_key("111"))
        .with_user(NewUser::new("Ada", "ada@example.com").id("u1").role("master_admin").pending(false))
        .with_user(
            NewUser::new("Bob", "bob@example.com").id("u2").role("billing").pending(false).sub_account_ids(["s1"]),
        )
        .with_user(
            NewUser::new("Cyd", "cyd@example.com")
                .id("u3")
                .role("reports")
                .pending(false)
                .sub_account_ids(["s1", "s2"]),
        )
        .with_group(NewGroup::new("Editors").id("g1").member("u2"))
        .with_role(NewRole::new("Auditor", ScopeType::Account, PermissionType::Global).id("auditor"))
        .with_assignment(Principal::group("g1"), NewAssignment::new("auditor"))
        .with_custom_policy(
            NewCustomPolicy::new("CI", "permit(principal == Cloudinary::APIKey::\"111\", action, resource);")
                .id("p1")
                .in_environment("s1"),
        )
}

pub(crate) const AS_IT_IS: &str = r#"
    [[environments]]
    cloud_name = "shop"
    name = "Shop"
    enabled = true

    [[keys]]
    environment = "shop"
    name = "ci"
    enabled = true

    [[groups]]
    name = "Editors"
    members = ["BOB@example.com"]

    [[users]]
    email = "ada@example.com"
    role = "master_admin"
    environments = ["shop"]

    [[users]]
    email = "bob@example.com"
    name = "Bob"
    environments = ["shop"]
    groups = ["Editors"]
    enabled = true

    [[roles]]
    id = "auditor"
    name = "Auditor"
    description = ""

    [[assignments]]
    role = "auditor"
    scope = "account"
    to = ["group:Editors"]

    [[policies]]
    scope = "prodenv:shop"
    name = "CI"
    statement = """permit( principal == Cloudinary::APIKey::"${key:shop/ci}",
        action, resource );"""
"#;

#[test]
fn an_account_that_is_as_wanted_has_no_differences() {
    let mut world = World::new(demo());
    let plan = world.plan(&manifest(AS_IT_IS));
    assert_eq!(
        plan.to_string(),
        "No changes. Unchanged: environments 1, keys 1, roles 1, groups 1, users 2, memberships 1, assignments 1, policies 1.\n"
    );
    assert!(plan.is_empty());
}

#[test]
fn a_plan_has_a_line_for_each_change() {
    let mut world = World::new(demo());
    let plan = world.plan(&manifest(
        r#"
        prune = ["policies"]

        [[environments]]
        cloud_name = "new"

        [[keys]]
        environment = "new"
        name = "ci"

        [[groups]]
        name = "Writers"
        was = "Editors"
        members = ["ada@example.com", "dan@example.com"]

        [[users]]
        email = "dan@example.com"
        name = "Dan"
        role = "admin"
        environments = ["new", "shop"]

        [[users]]
        email = "cyd@example.com"
        role = "billing"
        environments = "all"
        enabled = false

        [[assignments]]
        role = "cld::role::prodenv::master_admin"
        scope = "prodenv:new"
        to = ["key:new/ci", "provisioning_key:provisioning"]

        [[policies]]
        scope = "account"
        name = "All"
        statement = "permit(principal, action, resource);"
        "#,
    ));
    let expected = "\
+ environment new  name: new  (yields a secret)
+ assignment cld::role::prodenv::master_admin (prodenv:new) to provisioning_key:provisioning  (widens access: the role cld::role::prodenv::master_admin)
+ key new/ci  (yields a secret)
~ group Writers  name: Editors → Writers
+ user dan@example.com  name: Dan, role: admin, environments: [new, shop]  (widens access: role admin)  (sends an email to dan@example.com)
+ membership ada@example.com in Writers
+ membership dan@example.com in Writers
+ assignment cld::role::prodenv::master_admin (prodenv:new) to key:new/ci  (widens access: the role cld::role::prodenv::master_admin)
+ policy All (account)  statement: permit(principal, action, resource);  (widens access: a policy that permits everything)
- policy CI (prodenv:shop): delete  (cannot be undone)
- membership bob@example.com in Writers
- user cyd@example.com: disable  role: reports → billing, environments: [blog, shop] → all, enabled: true → false  (widens access: access to all product environments)
12 changes.
";
    assert_eq!(plan.to_string(), expected);
}

#[test]
fn every_problem_is_told_at_once() {
    let mut world = World::new(demo().with_user(NewUser::new("B", "twin@example.com")));
    let manifest = manifest(
        r#"
        [[users]]
        email = "eve@example.com"

        [[users]]
        email = "bob@example.com"
        environments = ["nowhere"]

        [[groups]]
        name = "Editors"
        members = ["nobody@example.com"]

        [[roles]]
        id = "auditor"
        permission = "content"

        [[assignments]]
        role = "nothing"
        scope = "account"
        to = ["user:ada@example.com"]

        [[policies]]
        scope = "account"
        name = "P"
        "#,
    );
    let snapshot = world.snapshot(&manifest);
    let error = Plan::new(&manifest, &snapshot).unwrap_err();
    let messages: Vec<_> =
        error.problems().iter().map(|problem| format!("{}: {}", problem.subject, problem.message)).collect();
    assert_eq!(
        messages,
        [
            "user eve@example.com: a user who is to be created needs a `name`",
            "user bob@example.com: there is no product environment nowhere, neither declared nor in the account",
            "group Editors: there is no user nobody@example.com, neither declared nor in the account",
            "role auditor: `permission` is global and cannot be changed to content: give the role another id",
            "assignment nothing (account): there is no role nothing, neither declared nor in the account",
            "policy P (account): a policy that is to be created needs a `statement`",
        ]
    );
}

#[test]
fn pruning_takes_away_what_is_not_declared_and_neither_ignored_nor_root() {
    let mut world = World::new(demo().with_user(NewUser::new("R", "root@example.com").root(true).pending(false)));
    let plan = world.plan(&manifest(
        r#"
        prune = ["users", "groups", "keys", "roles", "policies", "assignments"]
        [ignore]
        users = ["*@EXAMPLE.com"]
        policies = ["C?"]
        [[users]]
        email = "ada@example.org"
        name = "Ada"
        "#,
    ));
    let lines: Vec<_> = plan.steps().iter().map(|step| format!("{} {}", step.action, step.name)).collect();
    let expected = [
        "create ada@example.org",
        "remove auditor (account) to group:Editors",
        "delete Editors",
        "delete auditor",
        "delete shop/ci",
    ];
    assert_eq!(lines, expected);
}

/// Each guard with a manifest that it refuses.
#[test]
fn guards_refuse_by_name() {
    let users = |fields: &str| format!("[[users]]\nemail = \"ada@example.com\"\n{fields}\n");
    let cases = [
        (users("role = \"billing\""), Guards::new(), "last-admin"),
        (users("enabled = false"), Guards::new(), "last-admin"),
        (users("state = \"absent\""), Guards::new(), "last-admin"),
        (users("role = \"billing\""), Guards::new().min_master_admins(0).me("ADA@example.com"), "me"),
        (String::new(), Guards::new().me("adda@example.com"), "me"),
        ("prune = [\"users\"]".to_owned(), Guards::new().min_master_admins(0).few(2), "share"),
        ("prune = [\"users\"]".to_owned(), Guards::new().min_master_admins(0).max_removals(2), "count"),
        (
            "[[environments]]\ncloud_name = \"shop\"\nstate = \"absent\"".to_owned(),
            Guards::new(),
            "delete-environment:shop",
        ),
        ("[[keys]]\nenvironment = \"shop\"\nname = \"Root\"\nstate = \"absent\"".to_owned(), Guards::new(), "root"),
        ("[[keys]]\nenvironment = \"shop\"\nname = \"new\"".to_owned(), Guards::new(), "secrets"),
        (
            "[[assignments]]\nstate = \"absent\"\nrole = \"auditor\"\nscope = \"account\"\nto = [\"provisioning_key:provisioning\"]"
                .to_owned(),
            Guards::new(),
            "own-key",
        ),
    ];
    for (toml, guards, guard) in cases {
        let own = Principal::provisioning_key("provisioning");
        let mut world = World::new(demo().with_assignment(own, NewAssignment::new("auditor")));
        let manifest = manifest(&toml);
        let survey = cloudinary_provisioning_plan::Survey::new(&manifest).user("ada@example.com");
        let snapshot = world.read(survey).0;
        let plan = Plan::new(&manifest, &snapshot).unwrap();
        let refused = plan.check(&guards).unwrap_err();
        let names: Vec<_> = refused.refusals().iter().map(|refusal| refusal.guard.to_string()).collect();
        assert_eq!(names, [guard], "{toml}");
        if refused.refusals()[0].allowed_by.is_some() {
            let guard: Guard = guard.parse().unwrap();
            assert_eq!(plan.check(&guards.allow(guard)), Ok(()), "{toml}");
        }
    }
}

#[test]
fn a_new_master_admin_has_to_be_there_before_the_old_one_goes() {
    let promote = |pending| {
        let fake = demo().with_user(NewUser::new("Bob", "bob@example.com").id("u2").role("billing").pending(pending));
        let plan = World::new(fake).plan(&manifest(
            r#"
            [[users]]
            email = "ada@example.com"
            role = "billing"
            environments = "all"
            [[users]]
            email = "bob@example.com"
            role = "master_admin"
            "#,
        ));
        let emails: Vec<_> = plan.steps().iter().map(|step| step.name.clone()).collect();
        assert_eq!(emails, ["bob@example.com", "ada@example.com"]);
        plan.check(&Guards::new()).is_ok()
    };
    assert!(promote(false));
    // Whoever has not accepted the invitation cannot log in.
    assert!(!promote(true));
}

/// Several objects of one name block what needs the name; everything else is planned, removals too.
#[test]
fn a_name_that_several_have_blocks_only_what_needs_it() {
    let manifest = manifest(
        r#"
        prune = ["groups", "keys"]

        [[groups]]
        name = "Editors"
        members = ["ada@example.com"]

        [[groups]]
        name = "Writers"
        members = ["bob@example.com"]

        [[keys]]
        environment = "shop"
        name = "deploy"

        [[keys]]
        environment = "blog"
        name = "deploy"

        [[users]]
        email = "bob@example.com"
        role = "reports"

        [[assignments]]
        role = "auditor"
        scope = "account"
        to = ["group:Writers"]
    "#,
    );
    let fake = demo().with_group(NewGroup::new("Old").id("g2"));
    let snapshot = World::new(fake).snapshot(&manifest);
    let all: Vec<_> = steps(&Plan::new(&manifest, &snapshot).unwrap());
    let cases: [(fn(&mut Snapshot), &[&str], &[&str]); 3] = [
        (
            |snapshot| twin(&mut snapshot.groups, |group| group.id == "g1", |group| group.id = "g9".into()),
            &["Add ada@example.com in Editors", "Remove bob@example.com in Editors"],
            &["group Editors: 2 groups have this name"],
        ),
        (
            |snapshot| twin(&mut snapshot.users, |user| user.id == "u2", |user| user.id = "u9".into()),
            &["Update bob@example.com", "Add bob@example.com in Writers"],
            &[
                "group Writers: 2 users have the name bob@example.com",
                "user bob@example.com: 2 users of the account have this email address",
            ],
        ),
        (
            |snapshot| twin(&mut snapshot.environments, |found| found.id == "s2", |found| found.id = "s9".into()),
            &["Create blog/deploy"],
            &[
                "key blog: several product environments have this cloud name",
                "key blog/deploy: 2 product environments have the name blog",
            ],
        ),
    ];
    for (twin, left_out, blocked) in cases {
        let mut snapshot = snapshot.clone();
        twin(&mut snapshot);
        let plan = Plan::new(&manifest, &snapshot).unwrap();
        let expected: Vec<_> = all.iter().filter(|step| !left_out.contains(&step.as_str())).cloned().collect();
        assert_eq!(steps(&plan), expected);
        assert_eq!(plan.blocked().iter().map(ToString::to_string).collect::<Vec<_>>(), blocked);
        assert_eq!(plan.withheld(), 0);
    }
}

fn steps(plan: &Plan) -> Vec<String> {
    plan.steps().iter().map(|step| format!("{:?} {}", step.action, step.name)).collect()
}

/// Adds another of what `is_it` finds.
fn twin<T: Clone>(part: &mut Part<Vec<T>>, is_it: impl Fn(&T) -> bool, rename: impl Fn(&mut T)) {
    let Part::Known(items) = part else { panic!("not read") };
    let mut twin = items.iter().find(|item| is_it(item)).unwrap().clone();
    rename(&mut twin);
    items.push(twin);
}
