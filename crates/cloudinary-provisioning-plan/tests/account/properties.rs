//! What holds for every account and every manifest.

use std::collections::BTreeMap;

use cloudinary_provisioning::{AnyOperation, Error, Operation, Safety};
use cloudinary_provisioning_fake::{FakeAccount, FakeUser, Fault};
use cloudinary_provisioning_plan::apply::Ending;
use cloudinary_provisioning_plan::guard::{Guard, Guards};
use cloudinary_provisioning_plan::manifest::{EnvironmentAccess, ObjectKind};
use cloudinary_provisioning_plan::snapshot::Part;
use cloudinary_provisioning_plan::{Manifest, Plan, Snapshot, Survey};
use proptest::prelude::*;
use proptest::test_runner::Config;

use crate::generate::{ADMIN, Start, account_and_manifest};
use crate::support::{Stop, World, lenient};

/// `PLAN_CASES` runs more than the few that are enough for every change.
fn config() -> Config {
    let cases = std::env::var("PLAN_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(64);
    Config { cases, failure_persistence: None, max_shrink_iters: 2_000, ..Config::default() }
}

/// Guards that allow everything that a manifest asks for.
fn allowing(manifest: &Manifest) -> Guards {
    let deleted = manifest.environments.iter().filter(|environment| environment.is_absent());
    deleted.fold(lenient(), |guards, environment| {
        guards.allow(Guard::DeleteEnvironment(environment.cloud_name.to_string()))
    })
}

/// Everything that an account holds, as a manifest.
fn pull(world: &mut World) -> Manifest {
    let kinds = ObjectKind::ALL.iter().copied();
    let (snapshot, _) = world.read(Survey::everything(kinds.clone()));
    let (manifest, left_out) = snapshot.manifest(kinds);
    assert_eq!(left_out, []);
    manifest
}

fn plan_of(manifest: &Manifest, snapshot: &Snapshot) -> Plan {
    Plan::new(manifest, snapshot).unwrap_or_else(|error| panic!("{error}\n{}", manifest.to_toml()))
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn after_apply_there_is_nothing_left_to_do((start, manifest) in account_and_manifest()) {
        let mut world = World::new(start.account());
        let report = world.apply(&manifest, &allowing(&manifest));
        prop_assert!(report.is_complete(), "{report}");
        let plan = world.plan(&manifest);
        prop_assert!(plan.is_empty(), "{plan}");
    }

    #[test]
    fn what_is_pulled_has_no_differences_and_makes_the_same_account_again((start, _) in account_and_manifest()) {
        let mut world = World::new(start.account());
        let pulled = pull(&mut world);
        let plan = world.plan(&pulled);
        prop_assert!(plan.is_empty(), "{plan}");

        let read_back = Manifest::from_toml(&pulled.to_toml()).unwrap();
        let mut empty = World::new(FakeAccount::new("acc", "provisioning", "secret"));
        let guards = lenient().allow(Guard::Root);
        let report = empty.apply(&read_back, &guards);
        prop_assert!(report.is_complete(), "{report}");
        prop_assert_eq!(pull(&mut empty).to_toml(), pulled.to_toml());
    }

    /// Broken off anywhere, with any request or response lost: the next run ends at the same account, nothing is made
    /// twice, and every secret is stored, or told to be lost.
    #[test]
    fn a_run_that_is_broken_off_goes_on((start, manifest) in account_and_manifest(), at in 0..40_usize, how in 0..5_usize) {
        let fault = match how {
            2 => Some(Fault::close()),
            3 => Some(Fault::close().applied()),
            4 => Some(Fault::status(503).applied()),
            _ => None,
        };
        let stop = match how {
            0 => Stop::Before(at),
            1 => Stop::After(at),
            _ => Stop::Never,
        };
        let guards = allowing(&manifest);
        let mut clean = World::new(start.account());
        clean.apply(&manifest, &guards);

        let mut world = World::new(start.account());
        let (_, reads) = world.read(Survey::new(&manifest));
        let script = std::iter::repeat_n(Fault::response(), reads + at).chain(fault.clone());
        if fault.is_some() {
            world.fake.script(script);
        }
        let first = world.apply_until(&manifest, &guards, stop);
        world.fake.clear_faults();
        let last = world.apply(&manifest, &guards);
        prop_assert!(last.steps.iter().all(|step| step.ending == Ending::Done), "{first}{last}");
        prop_assert_eq!(pull(&mut world).to_toml(), pull(&mut clean).to_toml());
        if stop == Stop::Never {
            let lost = first.steps.iter().filter(|step| step.secret_lost).count();
            prop_assert_eq!(world.stored.len() + lost, clean.stored.len());
        }
    }

    /// Every guard, after every request.
    #[test]
    fn every_prefix_of_a_plan_passes_the_guards((start, mut manifest) in account_and_manifest(), demote in any::<bool>()) {
        if demote {
            let admin = cloudinary_provisioning_plan::manifest::User::new(ADMIN).role(cloudinary_provisioning::users::Role::Billing);
            manifest.users.push(admin.environments(EnvironmentAccess::All));
        }
        let me = "user0@example.com";
        let mut world = World::new(start.account());
        let (snapshot, _) = world.read(Survey::new(&manifest).user(ADMIN));
        let plan = plan_of(&manifest, &snapshot);
        let has_me = world.fake.user_by_email(me).is_some();
        let mut guards = Guards::new().few(2).stores_secrets(true);
        if has_me {
            guards = guards.me(me);
        }
        let before = world.fake.clone();
        let passes = plan.check(&guards).is_ok();
        let mut apply = plan.apply(&guards);
        while let Some(batch) = apply.next_batch() {
            for operation in &batch {
                apply.record(operation, world.send(operation));
                check_guards(&before, &world.fake, has_me.then_some(me));
            }
            for secret in apply.take_secrets() {
                apply.stored(&secret);
            }
        }
        // A plan that passes as a whole passes step by step.
        prop_assert!(!passes || apply.report().is_complete(), "{}", apply.report());
    }

    #[test]
    fn the_order_of_the_input_changes_nothing((start, manifest) in account_and_manifest(), seed in any::<u64>()) {
        let mut world = World::new(start.account());
        let snapshot = world.snapshot(&manifest);
        let plan = plan_of(&manifest, &snapshot);
        let (mut other, mut shuffled) = (manifest.clone(), snapshot.clone());
        let mut random = Random(seed);
        random.shuffle(&mut other.environments);
        random.shuffle(&mut other.keys);
        random.shuffle(&mut other.groups);
        random.shuffle(&mut other.users);
        random.shuffle(&mut other.roles);
        random.shuffle(&mut other.policies);
        random.shuffle(&mut other.assignments);
        shuffled.environments = shuffle(&mut random, shuffled.environments);
        shuffled.users = shuffle(&mut random, shuffled.users);
        shuffled.groups = shuffle(&mut random, shuffled.groups);
        let again = plan_of(&other, &shuffled);
        prop_assert_eq!(&plan, &again);
        prop_assert_eq!(plan.fingerprint(), again.fingerprint());
        prop_assert_eq!(plan.to_string(), again.to_string());
    }

    #[test]
    fn what_is_not_managed_stays_byte_for_byte((start, mut manifest) in account_and_manifest()) {
        manifest.prune.clear();
        manifest.environments.retain(|environment| !environment.is_absent());
        let mut world = World::new(start.account());
        let snapshot = world.snapshot(&manifest);
        let Ok(plan) = Plan::new(&manifest, &snapshot) else { return Ok(()) };
        drop(plan);
        let before = world.fake.clone();
        world.apply(&manifest, &allowing(&manifest));
        let declared: Vec<String> = manifest
            .users
            .iter()
            .flat_map(|user| [Some(&user.email), user.was.as_ref()])
            .flatten()
            .map(|email| email.to_ascii_lowercase())
            .collect();
        let unmanaged = |fake: &FakeAccount| -> Vec<FakeUser> {
            fake.users().filter(|user| !declared.contains(&user.email.to_ascii_lowercase())).cloned().collect()
        };
        prop_assert_eq!(unmanaged(&before), unmanaged(&world.fake));
        let names: Vec<&str> = manifest.groups.iter().flat_map(|group| [Some(&group.name), group.was.as_ref()]).flatten().map(cloudinary_provisioning_plan::manifest::Name::as_str).collect();
        let named_by_users: Vec<&str> = manifest.users.iter().flat_map(|user| user.groups.iter().flatten()).map(cloudinary_provisioning_plan::manifest::Name::as_str).collect();
        if manifest.users.iter().all(|user| user.groups.is_none()) {
            let groups = |fake: &FakeAccount| -> Vec<_> {
                fake.groups().filter(|group| !names.contains(&&*group.name)).cloned().collect()
            };
            prop_assert_eq!(groups(&before), groups(&world.fake), "{:?}", named_by_users);
        }
    }

    /// With a read that fails anywhere, nothing is taken away, and all that is planned is right.
    #[test]
    fn a_read_that_fails_never_yields_a_removal((start, manifest) in account_and_manifest(), at in 0..20_usize, status in prop::sample::select(vec![403_u16, 500, 503])) {
        let script = std::iter::repeat_n(Fault::response(), at).chain([Fault::status(status)]);
        let mut world = World::new(start.account().with_script(script));
        let (snapshot, calls) = world.read(Survey::new(&manifest));
        let plan = plan_of(&manifest, &snapshot);
        let complete = plan_of(&manifest, &World::new(start.account()).snapshot(&manifest));
        if at < calls && !plan.blocked().is_empty() {
            prop_assert!(!plan.steps().iter().any(|step| step.action.takes_away()), "{plan}");
        }
        let all: Vec<_> = complete.steps().iter().map(ToString::to_string).collect();
        for step in plan.steps() {
            // A user's change may lack the field that is not known.
            let is_part = all.contains(&step.to_string()) || step.kind == cloudinary_provisioning_plan::plan::StepKind::Users;
            prop_assert!(is_part, "{step}\nis not in\n{complete}");
        }
    }

    /// Nothing that several objects have the name of is touched, and all that is planned is right.
    #[test]
    fn what_several_have_the_name_of_is_left_alone((start, mut manifest) in account_and_manifest(), seed in any::<u64>()) {
        // A rename that is blocked leaves other steps with the former name.
        manifest.environments.iter_mut().for_each(|environment| environment.was = None);
        manifest.keys.iter_mut().for_each(|key| key.was = None);
        manifest.groups.iter_mut().for_each(|group| group.was = None);
        manifest.users.iter_mut().for_each(|user| user.was = None);
        let snapshot = World::new(start.account()).snapshot(&manifest);
        let Ok(plan) = Plan::new(&manifest, &snapshot) else { return Ok(()) };
        let all = names(&plan);
        let (mut random, mut twinned) = (Random(seed), snapshot);
        let twins = [
            twin(&mut random, &mut twinned.environments, |found| &mut found.id, |found| &found.cloud_name),
            twin(&mut random, &mut twinned.groups, |found| &mut found.id, |found| &found.name),
            twin(&mut random, &mut twinned.users, |found| &mut found.id, |found| &found.email),
        ];
        let plan = plan_of(&manifest, &twinned);
        let declared = manifest.environments.iter().map(|found| found.cloud_name.as_str());
        let declared = declared.chain(manifest.groups.iter().map(|found| found.name.as_str()));
        let declared: Vec<&str> = declared.chain(manifest.users.iter().map(|found| found.email.as_str())).collect();
        for step in names(&plan) {
            prop_assert!(all.contains(&step), "{step} is not planned without twins");
            let is_twin = twins.iter().flatten().any(|twin| step.ends_with(&format!(" {}", twin.to_lowercase())) && declared.contains(&&**twin));
            prop_assert!(!is_twin, "{step}");
        }
    }

    #[test]
    fn any_order_of_results_and_any_number_of_workers_ends_alike((start, manifest) in account_and_manifest(), seed in any::<u64>()) {
        let mut one = World::new(start.account());
        one.apply(&manifest, &allowing(&manifest));
        let mut other = World::new(start.account());
        let mut random = Random(seed);
        let mut apply = other.plan(&manifest).apply(&allowing(&manifest));
        let mut under_way: Vec<AnyOperation<_>> = Vec::new();
        let mut results: Vec<(AnyOperation<_>, Result<_, Error>)> = Vec::new();
        loop {
            under_way.extend(apply.next_batch().unwrap_or_default());
            for secret in apply.take_secrets() {
                apply.stored(&secret);
                other.stored.push(secret);
            }
            // Some request is answered, or some answer is told.
            if !under_way.is_empty() && (results.is_empty() || random.next().is_multiple_of(2)) {
                let operation = under_way.swap_remove(random.below(under_way.len()));
                let result = other.send(&operation);
                results.push((operation, result));
            } else if !results.is_empty() {
                let (operation, result) = results.swap_remove(random.below(results.len()));
                apply.record(&operation, result);
            } else if apply.is_finished() {
                break;
            }
        }
        prop_assert_eq!(apply.report(), one_report(&start, &manifest));
        prop_assert_eq!(pull(&mut one).to_toml(), pull(&mut other).to_toml());
    }

    #[test]
    fn planning_sends_safe_operations_only_and_no_output_has_a_secret((start, manifest) in account_and_manifest()) {
        let mut world = World::new(start.account());
        let mut outputs = Vec::new();
        let mut survey = Survey::new(&manifest);
        while let Some(batch) = survey.next_batch() {
            for operation in &batch {
                prop_assert_eq!(operation.safety(), Safety::Safe);
                let fact = world.send(operation);
                outputs.push(format!("{operation:?} {fact:?}"));
                survey.record(operation, fact);
            }
        }
        outputs.push(format!("{survey:?}"));
        let snapshot = survey.finish();
        let plan = plan_of(&manifest, &snapshot);
        let review = plan.review(&Guards::new());
        outputs.extend([format!("{snapshot:?}{plan:?}{plan}{review}"), serde_json::to_string(&review).unwrap()]);
        let mut apply = plan.apply(&allowing(&manifest));
        while let Some(batch) = apply.next_batch() {
            for operation in &batch {
                let applied = world.send(operation);
                outputs.push(format!("{operation:?} {applied:?}"));
                apply.record(operation, applied);
            }
            for secret in apply.take_secrets() {
                outputs.push(format!("{secret:?}"));
                apply.stored(&secret);
            }
            outputs.push(format!("{apply:?}"));
        }
        let report = apply.report();
        outputs.extend([format!("{report:?}{report}"), serde_json::to_string(&report).unwrap()]);
        let environments: Vec<_> = world.fake.sub_accounts().map(|environment| environment.id.clone()).collect();
        for environment in &environments {
            for key in world.fake.access_keys(environment) {
                prop_assert!(!outputs.iter().any(|output| output.contains(&key.api_secret)));
            }
        }
    }
}

fn one_report(start: &Start, manifest: &Manifest) -> cloudinary_provisioning_plan::apply::Report {
    World::new(start.account()).apply(manifest, &allowing(manifest))
}

/// What the guards promise, seen from the account.
fn check_guards(before: &FakeAccount, now: &FakeAccount, me: Option<&str>) {
    let admins = |fake: &FakeAccount| {
        fake.users().filter(|user| user.role == "master_admin" && user.enabled && !user.pending).count()
    };
    assert!(admins(now) >= 1);
    if let Some(me) = me {
        let fields = |fake: &FakeAccount| {
            let user = fake.user("u0").expect(me);
            (user.role.clone(), user.enabled, user.sub_account_ids.clone())
        };
        assert_eq!(fields(before), fields(now));
    }
    let disabled =
        |fake: &FakeAccount| fake.users().filter(|user| !user.enabled).map(|user| user.id.clone()).collect::<Vec<_>>();
    let was = disabled(before);
    // New users may be made disabled.
    let more = disabled(now).into_iter().filter(|id| before.user(id).is_some() && !was.contains(id)).count();
    assert!(more <= 2, "{more} users were disabled");
    let environments =
        |fake: &FakeAccount| fake.sub_accounts().map(|environment| environment.id.clone()).collect::<Vec<_>>();
    assert!(environments(before).iter().all(|id| now.sub_account(id).is_some()));
    let mut groups = BTreeMap::new();
    for group in before.groups() {
        groups.insert(group.id.clone(), now.group(&group.id).is_some());
    }
    assert!(groups.values().filter(|is_there| !**is_there).count() <= 2);
}

/// A small generator, so that a case is its seed.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.0 >> 33
    }

    fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.next()).unwrap_or_default() % end.max(1)
    }

    fn shuffle<T>(&mut self, items: &mut [T]) {
        for at in (1..items.len()).rev() {
            items.swap(at, self.below(at + 1));
        }
    }
}

/// Returns the action and the name of each step.
fn names(plan: &Plan) -> Vec<String> {
    plan.steps().iter().map(|step| format!("{} {:?} {}", step.kind, step.action, step.name).to_lowercase()).collect()
}

/// Adds another object with the name of one that is there, and returns the name.
fn twin<T: Clone, I: From<&'static str>>(
    random: &mut Random,
    part: &mut Part<Vec<T>>,
    id: impl Fn(&mut T) -> &mut I,
    name: impl Fn(&T) -> &String,
) -> Option<String> {
    let Part::Known(items) = part else { return None };
    let mut twin = items.get(random.below(items.len()))?.clone();
    *id(&mut twin) = I::from("twin");
    let name = name(&twin).clone();
    items.push(twin);
    Some(name)
}

fn shuffle<T>(random: &mut Random, part: Part<Vec<T>>) -> Part<Vec<T>> {
    match part {
        Part::Known(mut items) => {
            random.shuffle(&mut items);
            Part::Known(items)
        }
        other => other,
    }
}
