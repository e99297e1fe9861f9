//! A whole manifest, in TOML and in JSON.

use std::collections::BTreeMap;

use cloudinary_provisioning::users::Role as UserRole;
use cloudinary_provisioning::{JsonObject, PermissionType, ScopeType, Value};
use cloudinary_provisioning_plan::Manifest;
use cloudinary_provisioning_plan::manifest::{
    Assignment, Environment, EnvironmentAccess, Group, Ignore, Key, KeyRef, ObjectKind, Policy, Position, Principal,
    Role, Scope, Statement, User,
};

const TOML: &str = include_str!("whole.toml");

fn whole() -> Manifest {
    let mut manifest = Manifest::new();
    manifest.prune.insert(ObjectKind::Users);
    manifest.ignore = Ignore::new().pattern(ObjectKind::Users, "*@partner.example").pattern(ObjectKind::Keys, "*/Root");
    manifest.environments = vec![
        Environment::new("old-shop").absent(),
        Environment::new("shop").was("store").name("Shop").enabled(true).attributes(JsonObject::from_iter([
            ("team".to_owned(), Value::from("web")),
            ("tier".to_owned(), Value::from(2)),
        ])),
    ];
    manifest.keys = vec![Key::new("shop", "ci").enabled(true)];
    manifest.groups = vec![Group::new("Editors").members(["ada@example.com"])];
    manifest.users = vec![
        User::new("ada@example.com")
            .name("Ada Lovelace")
            .role(UserRole::MediaLibraryUser)
            .environments(EnvironmentAccess::only(["shop"]))
            .groups(["Editors"])
            .enabled(true),
        User::new("bob@example.com").environments(EnvironmentAccess::All),
    ];
    manifest.roles = vec![
        Role::new("auditor")
            .name("Auditor")
            .description("Reads reports")
            .permission(PermissionType::Global)
            .scope(ScopeType::Account)
            .system_policies(["cld::policy::global::reports::read"]),
    ];
    let statement = "permit(\n  principal == Cloudinary::APIKey::\"${key:shop/ci}\",\n  action, resource\n);\n";
    manifest.policies =
        vec![Policy::new(Scope::environment("shop"), "CI").statement(Statement::new(statement).unwrap()).enabled(true)];
    manifest.assignments = vec![
        Assignment::new("auditor", Scope::Account, [Principal::group("Editors")]),
        Assignment::new(
            "cld::role::folder::viewer",
            Scope::environment("shop"),
            [
                Principal::user("ada@example.com"),
                Principal::from(KeyRef::new("shop", "ci")),
                Principal::provisioning_key("814814814814814"),
            ],
        )
        .content(BTreeMap::from([("folder_id".to_owned(), "c1f3".to_owned())])),
    ];
    manifest
}

#[test]
fn every_field_is_read_from_toml() {
    assert_eq!(Manifest::from_toml(TOML).unwrap(), whole());
}

#[test]
fn what_is_written_is_sorted_and_readable() {
    assert_eq!(whole().to_toml(), include_str!("written.toml"));
}

#[test]
fn json_has_the_same_shape() {
    let json = whole().to_json();
    let value: Value = serde_json::from_str(&json).unwrap();
    assert_eq!(value["assignments"][0]["to"][0], "group:Editors");
    assert_eq!(Manifest::from_json(&json).unwrap(), whole());
}

#[test]
fn objects_remember_where_they_are_declared() {
    let manifest = Manifest::from_toml("\n[[groups]]\nname = \"b\"\n[[groups]]\n  name = \"ä\"\n").unwrap();
    let positions: Vec<_> = manifest.groups.iter().map(|group| group.declared_at.position()).collect();
    assert_eq!(positions, [Some(Position::new(2, 1)), Some(Position::new(4, 1))]);
    assert_eq!(manifest.groups[1].name.declared_at.position(), Some(Position::new(5, 10)));
}

#[test]
fn a_byte_order_mark_is_not_part_of_the_text() {
    assert!(Manifest::from_toml("\u{feff}version = 1\n").unwrap().is_empty());
    assert!(Manifest::from_json("\u{feff}{}").unwrap().is_empty());
}
