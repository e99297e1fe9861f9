//! Keys that are replaced.

use std::time::Duration;

use cloudinary_provisioning::time::OffsetDateTime;
use cloudinary_provisioning_fake::{FakeAccount, Fault, NewAccessKey, NewAssignment, Principal, Switch};
use cloudinary_provisioning_plan::apply::Report;
use cloudinary_provisioning_plan::names::Reference;
use cloudinary_provisioning_plan::rotation::OldKeys;
use cloudinary_provisioning_plan::{Plan, Rotation};
use serde_json::json;

use crate::plan::demo;
use crate::support::{Stop, World, lenient};

/// A key that signs webhooks and has a role in each scope, and one that is retired.
fn held() -> FakeAccount {
    demo()
        .with_access_key("s1", NewAccessKey::new("hooks").api_key("222").dedicated_for("webhooks"))
        .with_access_key("s1", NewAccessKey::new("retired").api_key("444").enabled(false))
        .with_assignment(Principal::api_key("222"), NewAssignment::new("auditor"))
        .with_assignment(
            Principal::api_key("222"),
            NewAssignment::new("cld::role::prodenv::viewer").in_environment("s1"),
        )
        .with_assignment(
            Principal::api_key("222"),
            NewAssignment::new("cld::role::folder::viewer").in_environment("all").parameter("folder_id", "f1"),
        )
}

fn hooks() -> Rotation {
    Rotation::new([Reference::key("shop", "hooks")]).old_keys(OldKeys::Disable)
}

fn plan(world: &mut World, rotation: &Rotation) -> Plan {
    let (snapshot, _) = world.read(rotation.survey());
    rotation.plan(&snapshot).unwrap()
}

fn run(world: &mut World, rotation: &Rotation, stop: Stop) -> Report {
    let plan = plan(world, rotation);
    world.make(plan, &lenient(), stop)
}

fn problem(world: &mut World, rotation: &Rotation) -> String {
    let (snapshot, _) = world.read(rotation.survey());
    rotation.plan(&snapshot).unwrap_err().to_string()
}

fn names(world: &World) -> Vec<String> {
    world.fake.access_keys("s1").map(|key| key.name.clone()).collect()
}

const WHOLE: &str = "\
+ key shop/hooks-rotated-1  (yields a secret)
+ assignment auditor (account) to key:shop/hooks-rotated-1
+ assignment cld::role::folder::viewer (prodenv, folder_id f1) to key:shop/hooks-rotated-1
+ assignment cld::role::prodenv::viewer (prodenv:shop) to key:shop/hooks-rotated-1
~ key shop/hooks-rotated-1  dedicated_for: – → webhooks
- key shop/hooks: disable  enabled: true → false
6 changes.
";

#[test]
fn a_key_gets_a_successor_with_all_that_it_has() {
    let mut world = World::new(held());
    let plan = plan(&mut world, &hooks());
    assert_eq!(plan.to_string(), WHOLE);
    // Nothing but the new key can begin before its secret is stored, and the old one goes last.
    assert_eq!(plan.steps()[5].after, [0, 1, 2, 3, 4]);
    let report = world.make(plan, &lenient(), Stop::Never);
    assert!(report.is_complete(), "{report}");
    let new = world.fake.access_keys("s1").find(|key| key.name == "hooks-rotated-1").unwrap();
    assert_eq!(new.dedicated_for, ["webhooks"]);
    assert_eq!(world.stored[0].api_key, new.api_key.as_str());
    let roles = |key: &str| world.fake.assignments_of(&Principal::api_key(key)).count();
    assert_eq!((roles(&new.api_key), roles("222")), (3, 3));
    assert!(!world.fake.access_key("s1", "222").unwrap().enabled);
    assert!(crate::rotation::plan(&mut world, &hooks()).is_empty());
}

#[test]
fn a_product_environment_stands_for_the_keys_in_use() {
    let mut world = World::new(held());
    let rotation = Rotation::new([Reference::Environment("shop".to_owned()), Reference::key("shop", "111")]);
    assert!(run(&mut world, &rotation, Stop::Never).is_complete());
    assert!(plan(&mut world, &rotation).is_empty());
    assert_eq!(names(&world), ["Root", "ci", "hooks", "retired", "ci-rotated-1", "hooks-rotated-1"]);
    let root = Rotation::new([Reference::key("shop", "Root")]);
    assert!(run(&mut world, &root, Stop::Never).is_complete());
    assert!(names(&world).contains(&"Root-rotated-1".to_owned()));
}

#[test]
fn an_old_key_goes_once_its_successor_has_been_there_for_long_enough() {
    let mut world = World::new(held());
    assert!(run(&mut world, &hooks(), Stop::Never).is_complete());
    let delete = |before: OffsetDateTime| {
        Rotation::new([Reference::key("shop", "hooks"), Reference::key("shop", "ci")])
            .old_keys(OldKeys::Delete { before })
    };
    let generated = world.fake.access_keys("s1").last().unwrap().created_at;
    let early = delete(generated - Duration::from_secs(1));
    let (snapshot, calls) = world.read(early.survey());
    assert!(early.plan(&snapshot).unwrap().is_empty());
    let kept: Vec<_> = early.kept(&snapshot).iter().map(ToString::to_string).collect();
    let day = generated.date();
    assert_eq!(
        kept,
        [
            "! key shop/ci stays: it was not replaced".to_owned(),
            format!("! key shop/hooks stays: hooks-rotated-1 was generated on {day}"),
        ]
    );
    // The product environments, and the keys.
    assert_eq!(calls, 2);
    let late = delete(generated);
    assert!(run(&mut world, &late, Stop::Never).is_complete());
    assert_eq!(names(&world), ["Root", "ci", "retired", "hooks-rotated-1"]);
    // It is over, and a run that comes late has nothing to do.
    assert!(plan(&mut world, &late).is_empty() && plan(&mut world, &hooks()).is_empty());
}

#[test]
fn a_run_that_is_broken_off_anywhere_goes_on() {
    for at in 0..6 {
        for stop in [Stop::Before(at), Stop::After(at), Stop::Never] {
            let mut world = World::new(held().with_switch(Switch::DuplicateKeyNames));
            if stop == Stop::Never {
                let (_, reads) = world.read(hooks().survey());
                world.fake.script(std::iter::repeat_n(Fault::response(), reads + at).chain([Fault::close().applied()]));
            }
            run(&mut world, &hooks(), stop);
            world.fake.clear_faults();
            let (snapshot, _) = world.read(hooks().survey());
            let is_there = names(&world).len() == 5;
            let is_over = !world.fake.access_key("s1", "222").unwrap().enabled;
            assert_eq!(hooks().successors(&snapshot).len(), usize::from(is_there && !is_over), "{stop:?}");
            let report = run(&mut world, &hooks(), Stop::Never);
            assert!(report.is_complete(), "{stop:?}: {report}");
            assert!(plan(&mut world, &hooks()).is_empty());
            assert_eq!(names(&world), ["Root", "ci", "hooks", "retired", "hooks-rotated-1"], "{stop:?}");
        }
    }
}

#[test]
fn nothing_is_handed_over_to_a_key_whose_secret_is_lost() {
    let mut world = World::new(held().with_switch(Switch::SecretsAbsentOnReads));
    let (_, reads) = world.read(hooks().survey());
    world.fake.script(std::iter::repeat_n(Fault::response(), reads).chain([Fault::close().applied()]));
    let report = run(&mut world, &hooks(), Stop::Never).to_string();
    assert!(report.contains("nobody has the secret of key shop/hooks-rotated-1"), "{report}");
    let old = world.fake.access_key("s1", "222").unwrap();
    assert!(old.enabled && !old.dedicated_for.is_empty(), "{report}");

    // Nor is a mask a secret.
    let mut world = World::new(held());
    let masked = r#"{"api_key": "999", "api_secret": "**********", "name": "hooks-rotated-1", "enabled": true}"#;
    world.fake.script([Fault::response().body(masked).on_operation("generateAccessKey")]);
    let report = run(&mut world, &hooks(), Stop::Never).to_string();
    assert!(report.contains("nobody has the secret of key shop/hooks-rotated-1"), "{report}");
    assert!(world.fake.access_key("s1", "222").unwrap().enabled);
}

#[test]
fn a_service_that_does_not_disable_keys_is_noticed() {
    let mut world = World::new(held().with_switch(Switch::DisablingKeysIgnored));
    let report = run(&mut world, &hooks(), Stop::Never).to_string();
    assert!(report.contains("shop/hooks: the service returned another value for `enabled`"), "{report}");
    assert_eq!(plan(&mut world, &hooks()).steps().len(), 1);
}

#[test]
fn nothing_is_handed_over_to_a_key_that_is_disabled_or_no_new_one() {
    for (api_key, enabled, why) in [
        ("999", false, "hooks-rotated-1: the service returned another value for `enabled`"),
        ("222", true, "hooks-rotated-1: the service returned the key that is to be replaced"),
    ] {
        let mut world = World::new(held());
        let made = json!({"api_key": api_key, "api_secret": "new", "name": "hooks-rotated-1", "enabled": enabled});
        world.fake.script([Fault::response().body(made.to_string()).on_operation("generateAccessKey")]);
        let report = run(&mut world, &hooks(), Stop::Never).to_string();
        assert!(report.contains(why), "{report}");
        let old = world.fake.access_key("s1", "222").unwrap();
        assert!(old.enabled && !old.dedicated_for.is_empty(), "{report}");
    }
}

#[test]
fn a_failed_step_leaves_the_old_key_as_it_is() {
    let mut world = World::new(held());
    world.fake.script([Fault::status(403).on_operation("updatePrincipalRoles")]);
    let report = run(&mut world, &hooks(), Stop::Never);
    assert!(!report.is_complete());
    let old = world.fake.access_key("s1", "222").unwrap();
    assert!(old.enabled && !old.dedicated_for.is_empty(), "{report}");
}

#[test]
fn whichever_part_is_forbidden_nothing_is_begun() {
    let (_, calls) = World::new(held()).read(hooks().survey());
    // The product environments, the keys of one, the roles of the key by two types.
    assert_eq!(calls, 4);
    for failing in 0..calls {
        let script = std::iter::repeat_n(Fault::response(), failing).chain([Fault::status(403)]);
        let mut world = World::new(held().with_script(script));
        let plan = plan(&mut world, &hooks());
        assert!(plan.steps().is_empty() && !plan.blocked().is_empty(), "{failing}: {plan}");
    }
    let mut world = World::new(held().with_switch(Switch::NoPermissions));
    assert!(plan(&mut world, &hooks()).steps().is_empty());
    assert_eq!(plan(&mut world, &hooks().roles(false)).steps().len(), 3);
}

#[test]
fn what_is_not_clear_is_an_error_by_name() {
    let named = |key: &str| Rotation::new([Reference::key("shop", key)]);
    let twice = NewAccessKey::new("ci").api_key("555");
    let mut world = World::new(held().with_switch(Switch::DuplicateKeyNames).with_access_key("s1", twice));
    assert_eq!(
        problem(&mut world, &named("cy")),
        "shop/cy: there is no access key \"cy\" in product environment \"shop\""
    );
    assert!(problem(&mut world, &named("ci")).contains("it could be 111, or 555"));
    assert_eq!(problem(&mut world, &named("111")), "shop/111: 2 keys of the product environment are called ci");
    let shops = Rotation::new([Reference::Environment("shops".to_owned()), Reference::User("u1".to_owned())]);
    assert_eq!(
        problem(&mut world, &shops),
        "shops: there is no product environment \"shops\"\nu1: is neither an access key nor a product environment"
    );

    let old = NewAccessKey::new("hooks-rotated-1").created_at(OffsetDateTime::UNIX_EPOCH);
    assert_eq!(
        problem(&mut World::new(held().with_access_key("s1", old)), &hooks()),
        "shop/hooks: hooks-rotated-1 is older than hooks, so it cannot be its successor"
    );
    let disabled = NewAccessKey::new("hooks-rotated-1").enabled(false);
    assert_eq!(
        problem(&mut World::new(held().with_access_key("s1", disabled)), &hooks()),
        "shop/hooks-rotated-1: is disabled: enable or delete it"
    );
}
