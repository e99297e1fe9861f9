//! What holds for any manifest, and for any bytes.

use std::collections::BTreeMap;

use cloudinary_provisioning::users::Role as UserRole;
use cloudinary_provisioning::{JsonObject, PermissionType, ScopeType, Value};
use cloudinary_provisioning_plan::Manifest;
use cloudinary_provisioning_plan::diff::Diff;
use cloudinary_provisioning_plan::manifest::{
    Assignment, CsvOptions, Environment, EnvironmentAccess, EnvironmentRef, Group, Key, KeyRef, ObjectKind, Policy,
    Preset, Principal, Role, Scope, State, Statement, StatementPart, User,
};
use proptest::collection::{btree_map, btree_set, vec};
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::select;
use proptest::test_runner::Config;

/// 256 cases; the variable `PROPTEST_CASES` asks for more.
fn config() -> Config {
    Config { failure_persistence: None, ..Config::default() }
}

/// Names with what has to be escaped somewhere. Each kind of object has some that others have too.
fn name() -> impl Strategy<Value = String> {
    prop_oneof!["[a-d]", "[a-d]", r#"[a-z"'\\\]\[=#.,;]{1,6}"#, "[ä-ü]{1,3} [a-z]"]
}

fn cloud_name() -> impl Strategy<Value = String> {
    prop_oneof!["[a-d]", "[a-z]{2}-[a-z0-9_]{1,6}"]
}

fn email() -> impl Strategy<Value = String> {
    "[a-dA-D]{1,2}@[a-b].org"
}

fn prose() -> impl Strategy<Value = String> {
    prop_oneof![any::<String>(), r#"["'\\\n\r\t $\{\}a]{0,12}"#]
}

fn key_ref() -> impl Strategy<Value = KeyRef> {
    (cloud_name(), name()).prop_map(|(environment, name)| KeyRef::new(environment, name))
}

fn scope() -> impl Strategy<Value = Scope> {
    prop_oneof![Just(Scope::Account), Just(Scope::AllEnvironments), cloud_name().prop_map(Scope::environment)]
}

fn state() -> impl Strategy<Value = State> {
    prop_oneof![4 => Just(State::Present), 1 => Just(State::Absent)]
}

fn json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_filter_map("finite", |number| Some(Value::Number(serde_json::Number::from_f64(number)?))),
        prose().prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..3).prop_map(Value::from),
            btree_map(prose(), inner, 0..3).prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

fn attributes() -> impl Strategy<Value = JsonObject> {
    btree_map(prose(), json(), 0..3).prop_map(|map| map.into_iter().collect())
}

fn environments() -> impl Strategy<Value = Vec<Environment>> {
    let one = (cloud_name(), of(name()), of(any::<bool>()), of(attributes()), state());
    vec(one, 0..4).prop_map(|list| {
        list.into_iter()
            .map(|(cloud_name, name, enabled, attributes, state)| {
                let mut it = Environment::new(cloud_name);
                (it.name, it.enabled, it.attributes, it.state) = (name.map(Into::into), enabled, attributes, state);
                it
            })
            .collect()
    })
}

fn keys() -> impl Strategy<Value = Vec<Key>> {
    let one = (cloud_name(), name(), of(name()), of(any::<bool>()), state());
    vec(one, 0..4).prop_map(|list| {
        list.into_iter()
            .map(|(environment, name, was, enabled, state)| {
                let mut it = Key::new(environment, name);
                (it.was, it.enabled, it.state) = (was.map(Into::into), enabled, state);
                it
            })
            .collect()
    })
}

fn groups() -> impl Strategy<Value = Vec<Group>> {
    vec((name(), of(btree_set(email(), 0..4)), state()), 0..4).prop_map(|list| {
        list.into_iter()
            .map(|(name, members, state)| {
                let mut it = Group::new(name);
                it.members = members.map(|members| members.into_iter().map(Into::into).collect());
                it.state = state;
                it
            })
            .collect()
    })
}

fn users() -> impl Strategy<Value = Vec<User>> {
    let reference =
        prop_oneof![cloud_name().prop_map(EnvironmentRef::from), "[0-9a-f]{4}".prop_map(EnvironmentRef::id)];
    let access = prop_oneof![
        Just(EnvironmentAccess::All),
        Just(EnvironmentAccess::None),
        btree_set(reference, 1..3).prop_map(EnvironmentAccess::Only)
    ];
    let role = of(select(UserRole::ALL.to_vec()));
    let groups = of(btree_set(name(), 0..3));
    let one = (email(), of(email()), of(name()), role, of(access), groups, of(any::<bool>()), state());
    vec(one, 0..4).prop_map(|list| {
        list.into_iter()
            .map(|(email, was, name, role, environments, groups, enabled, state)| {
                let mut it = User::new(email);
                (it.was, it.name, it.role) = (was.map(Into::into), name.map(Into::into), role);
                it.groups = groups.map(|groups| groups.into_iter().map(Into::into).collect());
                (it.environments, it.enabled, it.state) = (environments, enabled, state);
                it
            })
            .collect()
    })
}

fn roles() -> impl Strategy<Value = Vec<Role>> {
    let permission = of(select(PermissionType::ALL.to_vec()));
    let policies = of(btree_set("cld::policy::[a-c]", 0..3));
    let one = (name(), of(name()), of(prose()), permission, of(select(ScopeType::ALL.to_vec())), policies, state());
    vec(one, 0..3).prop_map(|list| {
        list.into_iter()
            .map(|(id, name, description, permission, scope, policies, state)| {
                let mut it = Role::new(id);
                (it.name, it.description, it.permission) = (name.map(Into::into), description, permission);
                it.system_policies = policies.map(|policies| policies.into_iter().map(Into::into).collect());
                (it.scope, it.state) = (scope, state);
                it
            })
            .collect()
    })
}

fn policies() -> impl Strategy<Value = Vec<Policy>> {
    let with_key = (prose(), key_ref()).prop_filter_map("no brace", |(text, key)| {
        Statement::new(format!("{}${{key:{key}}}", Statement::literal(&text))).ok()
    });
    let statement = prop_oneof![prose().prop_map(|text| Statement::literal(&format!("x{text}"))), with_key];
    let one = (scope(), name(), of(name()), of(statement), of(prose()), of(any::<bool>()), state());
    vec(one, 0..3).prop_map(|list| {
        list.into_iter()
            .map(|(scope, name, was, statement, description, enabled, state)| {
                let mut it = Policy::new(scope, name);
                (it.was, it.statement, it.description) = (was.map(Into::into), statement, description);
                (it.enabled, it.state) = (enabled, state);
                it
            })
            .collect()
    })
}

fn assignments() -> impl Strategy<Value = Vec<Assignment>> {
    let principal = prop_oneof![
        email().prop_map(Principal::user),
        name().prop_map(Principal::group),
        key_ref().prop_map(Principal::from),
        "[0-9]{15}".prop_map(Principal::provisioning_key),
    ];
    let content = of(btree_map("[a-z]{1,3}_id", name(), 1..3));
    let one = (name(), scope(), vec(principal, 1..4), content, state());
    vec(one, 0..3).prop_map(|list| {
        list.into_iter()
            .map(|(role, scope, to, content, state)| {
                let mut it = Assignment::new(role, scope, to);
                (it.content, it.state) = (content.map(BTreeMap::from_iter), state);
                it
            })
            .collect()
    })
}

fn any_manifest() -> impl Strategy<Value = Manifest> {
    let prune = btree_set(select(ObjectKind::ALL.to_vec()), 0..2);
    let ignore = vec((select(ObjectKind::ALL.to_vec()), "[x-z*?]{1,4}"), 0..3);
    let people = (groups(), users(), assignments());
    let rest = (environments(), keys(), roles(), policies());
    (prune, ignore, people, rest).prop_map(|(prune, ignore, people, rest)| {
        let mut manifest = Manifest::new();
        manifest.prune = prune.into_iter().collect();
        for (kind, pattern) in ignore {
            manifest.ignore = manifest.ignore.pattern(kind, pattern);
        }
        (manifest.groups, manifest.users, manifest.assignments) = people;
        (manifest.environments, manifest.keys, manifest.roles, manifest.policies) = rest;
        manifest
    })
}

/// Removes objects until the rest pass the check.
fn consistent(mut manifest: Manifest) -> Manifest {
    while let Err(error) = manifest.check() {
        let problem = error.problems()[0].clone();
        let kind = problem.path.split(['.', '[']).next().unwrap_or_default().to_owned();
        match kind.as_str() {
            "environments" => drop(manifest.environments.pop()),
            "keys" => drop(manifest.keys.pop()),
            "groups" => drop(manifest.groups.pop()),
            "users" => drop(manifest.users.pop()),
            "roles" => drop(manifest.roles.pop()),
            "policies" => drop(manifest.policies.pop()),
            "assignments" => drop(manifest.assignments.pop()),
            "ignore" => manifest.ignore = cloudinary_provisioning_plan::manifest::Ignore::new(),
            "prune" => manifest.prune.clear(),
            _ => panic!("{problem}"),
        }
    }
    manifest
}

proptest! {
    #![proptest_config(config())]

    #[test]
    fn what_is_written_is_read_back(manifest in any_manifest().prop_map(consistent)) {
        let toml = manifest.to_toml();
        let json = manifest.to_json();
        let mut sorted = manifest;
        sorted.sort();
        prop_assert_eq!(&Manifest::from_toml(&toml).map_err(|error| TestCaseError::fail(format!("{error}\n{toml}")))?, &sorted);
        prop_assert_eq!(&Manifest::from_json(&json).map_err(|error| TestCaseError::fail(format!("{error}\n{json}")))?, &sorted);
    }

    #[test]
    fn a_manifest_that_passes_its_check_or_not_can_be_written(manifest in any_manifest()) {
        prop_assert_eq!(manifest.check().is_ok(), Manifest::from_toml(&manifest.to_toml()).is_ok());
    }

    #[test]
    fn the_order_of_objects_does_not_matter(manifest in any_manifest().prop_map(consistent)) {
        let mut turned = manifest.clone();
        turned.users.reverse();
        turned.groups.reverse();
        turned.assignments.reverse();
        prop_assert_eq!(turned.to_toml(), manifest.to_toml());
        prop_assert!(Diff::new(&turned, &manifest).is_empty());
    }

    #[test]
    fn what_closes_a_difference_has_all_that_is_new(
        a in any_manifest().prop_map(consistent),
        b in any_manifest().prop_map(consistent),
    ) {
        let closing = Diff::new(&a, &b).closing(&b);
        let of_closing = Diff::new(&a, &closing);
        for difference in Diff::new(&a, &b).differences() {
            prop_assert!(of_closing.differences().contains(difference), "{}", difference);
        }
    }

    #[test]
    fn any_bytes_are_a_manifest_or_an_error(bytes in any::<Vec<u8>>(), pieces in pieces()) {
        let text = String::from_utf8_lossy(&bytes);
        for text in [&*text, &pieces] {
            _ = Manifest::from_toml(text);
            _ = Manifest::from_json(text);
            for options in [CsvOptions::new(), CsvOptions::new().preset(Preset::Okta).ignore_columns(true)] {
                _ = Manifest::from_csv(text, &options);
                _ = Manifest::from_csv(&bytes, &options);
            }
        }
    }

    #[test]
    fn literal_statements_come_to_their_text(text in prop_oneof![any::<String>(), r"[${}k:e/y]{0,12}"]) {
        let statement = Statement::literal(&text);
        prop_assert_eq!(&Statement::new(statement.as_str()), &Ok(statement.clone()));
        let joined: String = statement
            .parts()
            .map(|part| match part {
                StatementPart::Text(text) => text,
                StatementPart::Key(_) => "a key",
            })
            .collect();
        prop_assert_eq!(joined, text);
    }
}

/// Texts that are nearly manifests.
fn pieces() -> impl Strategy<Value = String> {
    let pieces = select(vec![
        "[[users]]\n",
        "[[groups]]\n",
        "[ignore]\n",
        "[[policies]]\n",
        "email",
        "name",
        "statement",
        "scope",
        " = ",
        "\"",
        "'''",
        "[",
        "]",
        "{",
        "}",
        ":",
        ",",
        ";",
        "\n",
        "\r\n",
        "\t",
        "a@x.org",
        "${key:",
        "$${",
        "/",
        "all",
        "sep=",
        "1",
        "true",
        "null",
        "\u{feff}",
        "\u{200b}",
        "ä",
        "{\"users\":[{\"email\":",
        "email,name\n",
        "\\u12",
        "1979-05-27",
        "nan",
    ]);
    vec(pieces, 0..24).prop_map(|pieces| pieces.concat())
}
