//! How few calls answer a manifest, and what becomes of those that fail.

use cloudinary_provisioning_fake::{FakeAccount, Fault, NewSubAccount, NewUser, Switch};
use cloudinary_provisioning_plan::snapshot::Part;
use cloudinary_provisioning_plan::{Plan, Survey};

use crate::plan::{AS_IT_IS, demo};
use crate::support::{World, manifest};

#[test]
fn a_manifest_is_answered_by_few_calls() {
    for (toml, calls) in [
        ("", 0),
        ("[[groups]]\nname = \"A\"", 1),
        // Two pages, of which the second is empty.
        ("[[users]]\nemail = \"a@example.com\"\nname = \"A\"", 2),
        // The groups with their members, and the one user who is looked for.
        ("[[groups]]\nname = \"A\"\nmembers = [\"ada@example.com\"]", 2),
        // Environments, then the keys of one of them.
        ("[[keys]]\nenvironment = \"shop\"\nname = \"ci\"", 2),
        ("[[policies]]\nscope = \"account\"\nname = \"P\"\nstate = \"absent\"", 1),
        ("[[roles]]\nid = \"auditor\"", 1),
        ("[[assignments]]\nrole = \"auditor\"\nscope = \"account\"\nto = [\"group:Editors\"]", 2),
        // Environments, two pages of users, groups, keys, a role, its principals, policies.
        (AS_IT_IS, 8),
    ] {
        let manifest = manifest(toml);
        let (_, made) = World::new(demo()).read(Survey::new(&manifest));
        assert_eq!(made, calls, "{toml}");
    }
}

#[test]
fn a_large_account_is_read_page_by_page() {
    let users = (0..2_350).map(|n| NewUser::new("U", format!("u{n}@example.com")).sub_account_ids(["s1"]));
    let fake = FakeAccount::new("acc", "key", "secret")
        .with_switch(Switch::UsersAsDocumented)
        .with_sub_account(NewSubAccount::new("shop").id("s1"))
        .with_users(users);
    let declared = |n| format!("[[users]]\nemail = \"u{n}@example.com\"\nenvironments = [\"shop\"]\n");
    let declared = (0..50).map(declared).collect::<Vec<_>>().concat();
    let (snapshot, calls) = World::new(fake).read(Survey::new(&manifest(&declared)).pages_ahead(8));
    assert_eq!(snapshot.users.known().map(Vec::len), Some(2_350));
    // 24 pages and the empty one, at most 8 beyond it, the environments, and who can access the only one.
    assert!((27..=35).contains(&calls), "{calls}");
    assert!(Plan::new(&manifest(&declared), &snapshot).unwrap().is_empty());
}

#[test]
fn lists_that_are_cut_into_pages_are_read_to_their_end() {
    for cap in [1, 2, 3] {
        let mut world = World::new(demo().with_page_cap(cap));
        let plan = world.plan(&manifest(AS_IT_IS));
        assert!(plan.is_empty(), "{plan}");
    }
}

/// Whichever call fails: nothing is taken away, and what does not depend on it is planned.
#[test]
fn a_call_that_fails_never_leads_to_a_removal() {
    let toml = "prune = [\"users\", \"groups\", \"keys\", \"roles\", \"policies\", \"assignments\"]\n";
    let manifest = manifest(toml);
    let (_, calls) = World::new(demo()).read(Survey::new(&manifest));
    for failing in 0..calls {
        for fault in [Fault::status(503), Fault::html(404), Fault::status(404)] {
            let script = std::iter::repeat_n(Fault::response(), failing).chain([fault]);
            let mut world = World::new(demo().with_script(script));
            let snapshot = world.snapshot(&manifest);
            let plan = Plan::new(&manifest, &snapshot).unwrap();
            let removals = plan.steps().iter().filter(|step| step.action.takes_away()).count();
            // A page beyond the end may fail, and a role may be gone meanwhile.
            if plan.blocked().is_empty() {
                continue;
            }
            assert_eq!(removals, 0, "{failing}: {plan}");
        }
    }
}

#[test]
fn a_missing_feature_is_not_an_empty_list() {
    let mut world = World::new(demo().with_switches([Switch::NoPermissions, Switch::NoAccessKeys]));
    let plan = world.plan(&manifest(AS_IT_IS));
    assert!(plan.steps().is_empty());
    let kinds: Vec<_> = plan.blocked().iter().map(|blocked| blocked.kind.as_str()).collect();
    assert_eq!(kinds, ["keys", "roles", "assignments", "policies"]);
}

#[test]
fn without_results_everything_is_unknown() {
    let manifest = manifest(AS_IT_IS);
    let mut survey = Survey::new(&manifest);
    while survey.next_batch().is_some() {}
    let snapshot = survey.finish();
    assert!(matches!(snapshot.users, Part::Failed(_)) && snapshot.groups == Part::Unread);
    assert!(Plan::new(&manifest, &snapshot).unwrap().steps().is_empty());
}
