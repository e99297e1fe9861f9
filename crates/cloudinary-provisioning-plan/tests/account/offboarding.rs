//! People who leave.

use cloudinary_provisioning_fake::{
    FakeAccount, Fault, NewAccessKey, NewAssignment, NewGroup, NewUser, Principal, Switch,
};
use cloudinary_provisioning_plan::apply::Report;
use cloudinary_provisioning_plan::guard::{Guard, Guards};
use cloudinary_provisioning_plan::snapshot::{FoundUser, Part};
use cloudinary_provisioning_plan::{Manifest, Offboarding, Plan};

use crate::plan::demo;
use crate::support::{Stop, World};

/// Bob has a role in each scope, and is in two groups, alone in one.
fn held() -> FakeAccount {
    demo()
        .with_group(NewGroup::new("Owners").id("g2").members(["u2", "u1"]))
        .with_access_key("s2", NewAccessKey::new("BOB's laptop").api_key("222"))
        .with_access_key("s2", NewAccessKey::new("bobsleigh").api_key("333"))
        .with_assignment(Principal::user("u2"), NewAssignment::new("auditor"))
        .with_assignment(Principal::user("u2"), NewAssignment::new("cld::role::prodenv::viewer").in_environment("s1"))
        .with_assignment(Principal::user("u2"), NewAssignment::new("cld::role::prodenv::viewer").in_environment("s2"))
        .with_assignment(Principal::user("u2"), NewAssignment::new("cld::role::prodenv::viewer").in_environment("all"))
        .with_assignment(Principal::user("u3"), NewAssignment::new("auditor"))
}

fn bob() -> Offboarding {
    Offboarding::new(["Bob@example.com"])
}

fn plan(world: &mut World, offboarding: &Offboarding) -> Plan {
    let (snapshot, _) = world.read(offboarding.survey());
    offboarding.plan(&snapshot).unwrap()
}

fn run(world: &mut World, offboarding: &Offboarding, stop: Stop) -> Report {
    let plan = plan(world, offboarding);
    world.make(plan, &Guards::new(), stop)
}

#[test]
fn whoever_leaves_is_disabled_in_no_group_and_without_a_role() {
    let mut world = World::new(held());
    let plan = plan(&mut world, &bob());
    assert_eq!(
        plan.to_string(),
        "\
- assignment auditor (account) to user:bob@example.com
- assignment cld::role::prodenv::viewer (prodenv) to user:bob@example.com
- assignment cld::role::prodenv::viewer (prodenv:blog) to user:bob@example.com
- assignment cld::role::prodenv::viewer (prodenv:shop) to user:bob@example.com
- membership Bob@example.com in Editors
- membership Bob@example.com in Owners
- user Bob@example.com: disable  enabled: true → false
7 changes.
"
    );
    // The default guards: that of one person many roles go is not what they are about.
    let report = world.make(plan, &Guards::new(), Stop::Never);
    assert!(report.is_complete(), "{report}");
    assert!(crate::offboarding::plan(&mut world, &bob()).is_empty());
    assert!(!world.fake.user("u2").unwrap().enabled);
    assert!(world.fake.groups().all(|group| !group.members.contains(&"u2".to_owned())));
    // Nobody else has lost anything.
    assert!(world.fake.group("g2").unwrap().members.contains(&"u1".to_owned()));
    let (snapshot, _) = world.read(Offboarding::new(["cyd@example.com"]).survey());
    assert_eq!(snapshot.assignments.len(), 1);
}

#[test]
fn what_they_still_hold_is_reported() {
    let mut world = World::new(held());
    let (snapshot, _) = world.read(bob().survey());
    assert_eq!(
        bob().holdings(&snapshot).to_string(),
        "! bob@example.com still holds the key blog/BOB's laptop\n! bob@example.com is the only member of the group Editors\n"
    );
    let both = Offboarding::new(["ada@example.com", "bob@example.com"]);
    let (snapshot, _) = world.read(both.survey());
    let holdings = both.holdings(&snapshot).to_string();
    assert!(holdings.contains("! ada@example.com is the only enabled master admin\n"), "{holdings}");
    assert!(holdings.contains("! ada@example.com is the only member of the group Owners\n"), "{holdings}");
}

#[test]
fn no_more_is_read_than_it_takes() {
    let users = (0..150).map(|n| NewUser::new("U", format!("u{n}@example.com")));
    for (offboarding, calls) in [
        // The user, the groups with their members, the environments with their keys, the roles of two types.
        (bob(), 1 + 1 + 1 + 2 + 2),
        (bob().roles(false), 1 + 1 + 1 + 2),
        // Whether another master admin is left: two pages and at most four beyond the end.
        (Offboarding::new(["ada@example.com"]), 1 + 1 + 1 + 2 + 2 + 6),
    ] {
        let mut world = World::new(held().with_users(users.clone()));
        assert_eq!(world.read(offboarding.survey()).1, calls, "{offboarding:?}");
    }
}

#[test]
fn an_email_that_is_not_there_or_there_twice_is_an_error_by_name() {
    let mut world = World::new(held());
    let offboarding = Offboarding::new(["ada@example.com", "bob@example.com", "boob@example.com", "cyd@example.com"]);
    let (mut snapshot, _) = world.read(offboarding.survey());
    // The fake keeps emails unique.
    if let Part::Known(users) = &mut snapshot.users {
        users.push(FoundUser::new("twin", "CYD@example.com"));
    }
    assert_eq!(
        offboarding.plan(&snapshot).unwrap_err().to_string(),
        "user boob@example.com: is not a user of the account\n\
         user cyd@example.com: 2 users of the account have this email address"
    );
}

#[test]
fn the_guards_hold() {
    let mut world = World::new(held());
    let plan = plan(&mut world, &Offboarding::new(["ada@example.com"]));
    let refused = plan.check(&Guards::new().me("ada@example.com")).unwrap_err();
    let guards: Vec<_> = refused.refusals().iter().map(|refusal| refusal.guard.clone()).collect();
    assert_eq!(guards, [Guard::LastAdmin, Guard::Me]);

    let everybody = Offboarding::new((0..5).map(|n| format!("u{n}@example.com")));
    let mut world = World::new(held().with_users((0..5).map(|n| NewUser::new("U", format!("u{n}@example.com")))));
    let refused = crate::offboarding::plan(&mut world, &everybody).check(&Guards::new()).unwrap_err();
    assert_eq!(
        refused.to_string(),
        "refused by `share`: 5 of 8 users would be taken away, more than 10 percent and more than 3"
    );
}

#[test]
fn whichever_part_is_forbidden_nothing_is_taken_away() {
    let (_, calls) = World::new(held()).read(bob().survey());
    for failing in 0..calls {
        let script = std::iter::repeat_n(Fault::response(), failing).chain([Fault::status(403)]);
        let mut world = World::new(held().with_script(script));
        let (snapshot, _) = world.read(bob().survey());
        let plan = bob().plan(&snapshot).unwrap();
        let unread = bob().holdings(&snapshot).unread;
        // Keys are only what is reported.
        let is_only_key = unread.len() == 1 && unread[0].starts_with("keys of ");
        assert_eq!(
            (plan.steps().is_empty(), plan.blocked().is_empty()),
            (!is_only_key, is_only_key),
            "{failing}: {plan}"
        );
    }
    let mut world = World::new(held().with_switch(Switch::NoPermissions));
    assert!(plan(&mut world, &bob()).steps().is_empty());
    assert_eq!(plan(&mut world, &bob().roles(false)).steps().len(), 3);
}

#[test]
fn the_manifest_of_it_has_the_same_plan() {
    let mut world = World::new(held());
    let (snapshot, _) = world.read(bob().survey());
    let manifest = bob().manifest(&snapshot).unwrap();
    let read_back = Manifest::from_json(&manifest.to_json()).unwrap();
    assert_eq!(world.plan(&read_back).fingerprint(), bob().plan(&snapshot).unwrap().fingerprint());
}

#[test]
fn a_run_that_is_broken_off_anywhere_goes_on() {
    for at in 0..7 {
        for stop in [Stop::Before(at), Stop::After(at), Stop::Never] {
            let mut world = World::new(held());
            if stop == Stop::Never {
                let (_, reads) = world.read(bob().survey());
                world.fake.script(std::iter::repeat_n(Fault::response(), reads + at).chain([Fault::close().applied()]));
            }
            run(&mut world, &bob(), stop);
            world.fake.clear_faults();
            let report = run(&mut world, &bob(), Stop::Never);
            assert!(report.is_complete(), "{stop:?}: {report}");
            assert!(plan(&mut world, &bob()).is_empty());
        }
    }
}
