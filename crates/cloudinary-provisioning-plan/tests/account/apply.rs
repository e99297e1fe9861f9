//! What becomes of a plan.

use cloudinary_provisioning_fake::{Fault, NewUser, Switch};
use cloudinary_provisioning_plan::apply::Ending;
use cloudinary_provisioning_plan::guard::{Guard, Guards};

use crate::plan::demo;
use crate::support::{World, lenient, manifest};

const EVERYTHING: &str = r#"
    [[environments]]
    cloud_name = "new-shop"
    name = "New"
    attributes = { team = "design" }

    [[environments]]
    cloud_name = "journal"
    was = "blog"
    enabled = false

    [[keys]]
    environment = "new-shop"
    name = "ci"

    [[keys]]
    environment = "shop"
    name = "cd"
    was = "ci"

    [[groups]]
    name = "Writers"
    was = "Editors"
    members = ["dan@example.com"]

    [[users]]
    email = "dan@example.com"
    name = "Dan"
    environments = ["new-shop", "shop"]

    [[users]]
    email = "bob@example.com"
    environments = ["journal"]

    [[users]]
    email = "cyd@example.com"
    state = "absent"

    [[roles]]
    id = "auditor"
    state = "absent"

    [[roles]]
    id = "reviewer"
    name = "Reviewer"
    permission = "global"
    scope = "prodenv"

    [[assignments]]
    role = "reviewer"
    scope = "prodenv:new-shop"
    to = ["group:Writers", "key:new-shop/ci", "user:dan@example.com"]

    [[policies]]
    scope = "prodenv:new-shop"
    name = "CI"
    statement = 'permit(principal == Cloudinary::APIKey::"${key:new-shop/ci}", action, resource);'

    [[policies]]
    scope = "prodenv:shop"
    name = "CD"
    was = "CI"
    enabled = false
"#;

#[test]
fn after_apply_there_is_nothing_left_to_do() {
    let mut world = World::new(demo());
    let manifest = manifest(EVERYTHING);
    let report = world.apply(&manifest, &lenient());
    assert!(report.is_complete(), "{report}");
    let plan = world.plan(&manifest);
    assert!(plan.is_empty(), "{plan}");

    let stored: Vec<_> = world.stored.iter().map(|secret| (&*secret.cloud_name, secret.name.as_deref())).collect();
    assert_eq!(stored, [("new-shop", None), ("new-shop", Some("ci"))]);
    let user = world.fake.user_by_email("cyd@example.com").unwrap();
    assert!(!user.enabled);
}

#[test]
fn nothing_goes_on_before_a_secret_is_stored() {
    let mut world = World::new(demo());
    let mut apply = world.plan(&manifest(EVERYTHING)).apply(&lenient());
    while let Some(batch) = apply.next_batch() {
        for operation in &batch {
            apply.record(operation, world.send(operation));
        }
    }
    let secrets = apply.take_secrets();
    assert_eq!((secrets.len(), apply.take_secrets().len()), (1, 0));
    let report = apply.report();
    assert!(report.steps.iter().any(|step| step.secret_lost) && report.count(Ending::Skipped) > 10, "{report}");
    apply.stored(&secrets[0]);
    assert!(apply.next_batch().is_some());
}

#[test]
fn a_failure_stops_what_needs_it_and_nothing_else() {
    let mut world = World::new(demo());
    world.fake.fail_every(1, Fault::status(500).on_operation("createUser"));
    let report = world.apply(&manifest(EVERYTHING), &lenient());
    let left: Vec<_> =
        report.steps.iter().filter(|step| step.ending != Ending::Done).map(|step| (&*step.name, step.ending)).collect();
    assert_eq!(
        left,
        [
            ("dan@example.com", Ending::Failed),
            ("dan@example.com in Writers", Ending::Skipped),
            ("reviewer (prodenv:new-shop) to user:dan@example.com", Ending::Skipped),
        ]
    );
    world.fake.clear_faults();
    assert!(world.apply(&manifest(EVERYTHING), &lenient()).is_complete());
    assert!(world.plan(&manifest(EVERYTHING)).is_empty());
}

#[test]
fn what_somebody_else_did_meanwhile_is_told() {
    let mut world = World::new(demo());
    let mut apply = world
        .plan(&manifest(
            r#"
            [[users]]
            email = "dan@example.com"
            name = "Dan"
            [[users]]
            email = "bob@example.com"
            name = "Robert"
            [[groups]]
            name = "Editors"
            state = "absent"
            "#,
        ))
        .apply(&lenient());
    world.fake.insert_user(NewUser::new("D", "dan@example.com"));
    world.fake.remove_user("u2");
    world.fake.remove_group("g1");
    while let Some(batch) = apply.next_batch() {
        for operation in &batch {
            apply.record(operation, world.send(operation));
        }
    }
    let told: Vec<_> = apply.report().steps.iter().map(|step| (step.ending, step.changed_meanwhile)).collect();
    assert_eq!(told, [(Ending::Failed, true), (Ending::Failed, true), (Ending::Done, true)]);
}

#[test]
fn a_value_that_the_service_does_not_take_is_a_failure() {
    let mut world = World::new(demo().with_switch(Switch::DisablingKeysIgnored));
    let toml = "[[keys]]\nenvironment = \"shop\"\nname = \"ci\"\nenabled = false\n";
    let report = world.apply(&manifest(toml), &lenient());
    let message = report.steps[0].message.as_deref();
    assert_eq!(
        (report.steps[0].ending, message),
        (Ending::Failed, Some("the service returned another value for `enabled`"))
    );
}

#[test]
fn a_response_about_another_user_is_a_failure() {
    let mut world = World::new(demo());
    world.fake.script([Fault::status(200).body(r#"{"id": "u9"}"#).on_operation("updateUser")]);
    let toml = "[[users]]\nemail = \"bob@example.com\"\nname = \"Bob B\"\n";
    let report = world.apply(&manifest(toml), &lenient());
    let message = report.steps[0].message.as_deref();
    assert_eq!(
        (report.steps[0].ending, message),
        (Ending::Failed, Some("the service returned another value for `id`"))
    );
}

#[test]
fn a_group_that_is_listed_twice_is_one() {
    let mut world = World::new(demo());
    let group = r#"{"id": "g1", "name": "Editors", "users": [{"id": "u2"}]}"#;
    let twice = Fault::status(200).body(format!(r#"{{"user_groups": [{group}, {group}]}}"#));
    world.fake.script([twice.on_operation("getUserGroups")]);
    let report = world.apply(&manifest("[[groups]]\nname = \"Editors\"\nmembers = []\n"), &lenient());
    assert!(report.steps.len() == 1 && report.is_complete(), "{report}");
}

#[test]
fn the_guards_hold_before_every_step() {
    let mut world = World::new(demo());
    let toml = r#"
        [[users]]
        email = "ada@example.com"
        role = "billing"
        [[users]]
        email = "bob@example.com"
        role = "master_admin"
    "#;
    let guards = Guards::new().stores_secrets(true);
    world.plan(&manifest(toml)).check(&guards).unwrap();
    // The promotion fails, and the only master admin stays.
    world.fake.fail_next(1, Fault::status(403).on_operation("updateUser"));
    let report = world.apply(&manifest(toml), &guards);
    assert_eq!(report.steps.iter().map(|step| step.ending).collect::<Vec<_>>(), [Ending::Failed, Ending::Skipped]);
    assert_eq!(world.fake.user("u1").unwrap().role, "master_admin");

    let report = world.apply(&manifest(toml), &guards.allow(Guard::LastAdmin));
    assert!(report.is_complete(), "{report}");
}
