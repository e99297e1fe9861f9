//! What planners want the account to hold: manifests drawn from a few names, some of which other actors use as well.

use cloudinary_provisioning::users::Role as UserRole;
use cloudinary_provisioning::{PermissionType, ScopeType};
use cloudinary_provisioning_plan::Manifest;
use cloudinary_provisioning_plan::manifest::{
    Assignment, Environment, EnvironmentAccess, Group, Ignore, Key, KeyRef, ObjectKind, Policy, Principal, Role, Scope,
    Statement, User,
};
use fastrand::Rng;

use crate::random::{chance, pick};

/// The root user, a master admin whom no manifest declares.
pub(crate) const ROOT: &str = "root@example.com";
/// Another master admin.
pub(crate) const BOSS: &str = "boss@example.com";
/// Whoever may become one in the boss's place.
pub(crate) const DEPUTY: &str = "deputy@example.com";
/// Somebody whom some manifests ignore.
pub(crate) const GUEST: &str = "bulk.guest@example.com";
/// The environment that is there, and one that may go.
pub(crate) const PRODUCTION: &str = "production";
pub(crate) const OLD: &str = "old-shop";

/// As they are written in manifests: the service may show them in another case.
const EMAILS: [&str; 4] = ["ann@example.com", "cleo@Example.com", "there.1@example.com", "Dan@example.com"];
/// Two emails of one person, and two names of one team: one manifest renames what another one renames back.
const FORMER: [(&str, &str); 2] = [("carl@example.com", "karl@example.com"), ("karl@example.com", "carl@example.com")];
const TEAMS: [(&str, &str); 2] = [("Team A", "Team B"), ("Team B", "Team A")];
pub(crate) const GROUPS: [&str; 4] = ["name-0", "name-1", "Editors", "Viewers"];
const SYSTEM_POLICIES: [&str; 2] =
    ["cld::policy::global::account::users::manage", "cld::policy::global::account::reports::view"];

/// Draws a manifest that makes sense: it refers to what is declared, or always there.
pub(crate) fn manifest(rng: &mut Rng) -> Manifest {
    let mut manifest = Manifest::new();
    environments(rng, &mut manifest);
    keys(rng, &mut manifest);
    users(rng, &mut manifest);
    groups(rng, &mut manifest);
    roles(rng, &mut manifest);
    policies(rng, &mut manifest);
    assignments(rng, &mut manifest);
    if chance(rng, 50) {
        let kinds = ObjectKind::ALL.iter().copied().filter(|kind| kind.can_be_pruned() && chance(rng, 35));
        manifest.prune = kinds.collect();
    }
    if chance(rng, 30) {
        manifest.ignore = Ignore::new().pattern(ObjectKind::Keys, "*/rotate-*").pattern(ObjectKind::Users, "bulk.*");
    }
    // What is pruned cannot be referred to, unless it is declared.
    while manifest.check().is_err() && manifest.prune.pop_last().is_some() {}
    manifest.sort();
    debug_assert_eq!(manifest.check().err().map(|error| error.to_string()), None);
    manifest
}

/// How many master admins a manifest leaves among those who are there from the beginning.
pub(crate) fn admins(manifest: &Manifest) -> usize {
    let declared = |email: &str| manifest.users.iter().find(|user| user.email.eq_ignore_ascii_case(email));
    let stays = |email, is_admin| match declared(email) {
        None => is_admin,
        Some(user) if user.is_absent() || user.enabled == Some(false) => false,
        Some(user) => user.role.as_ref().map_or(is_admin, |role| *role == UserRole::MasterAdmin),
    };
    1 + usize::from(stays(BOSS, true)) + usize::from(stays(DEPUTY, false))
}

fn environments(rng: &mut Rng, manifest: &mut Manifest) {
    for name in ["shop-a", "shop-b", "name-1"] {
        if chance(rng, 25) {
            let mut declared = Environment::new(name);
            if chance(rng, 50) {
                declared = declared.name(format!("Shop {}", rng.u32(..2)));
            }
            manifest.environments.push(declared);
        }
    }
    if chance(rng, 30) {
        manifest.environments.push(Environment::new(PRODUCTION).name(format!("Production {}", rng.u32(..2))));
    }
    if chance(rng, 15) {
        manifest.environments.push(Environment::new(OLD).absent());
    }
}

/// An environment that is there in the end.
fn environment(rng: &mut Rng, manifest: &Manifest) -> String {
    let names = manifest.environments.iter().filter(|declared| !declared.is_absent());
    let names: Vec<_> = names.map(|declared| declared.cloud_name.to_string()).collect();
    if names.is_empty() || rng.bool() { PRODUCTION.to_owned() } else { names[rng.usize(..names.len())].clone() }
}

fn keys(rng: &mut Rng, manifest: &mut Manifest) {
    for name in ["ci", "cd", "key-1"] {
        if !chance(rng, 35) {
            continue;
        }
        let environment = environment(rng, manifest);
        let mut declared = Key::new(environment, name);
        match rng.u32(..4) {
            0 => declared = declared.absent(),
            1 => declared = declared.enabled(rng.bool()),
            _ => {}
        }
        manifest.keys.push(declared);
    }
}

fn users(rng: &mut Rng, manifest: &mut Manifest) {
    let roles = [UserRole::Billing, UserRole::TechnicalAdmin, UserRole::MediaLibraryUser, UserRole::MasterAdmin];
    for (email, was) in EMAILS.iter().map(|email| (*email, None)).chain(FORMER.map(|(now, was)| (now, Some(was)))) {
        let is_taken = was.is_some_and(|was| manifest.users.iter().any(|user| *user.email == *was));
        if !chance(rng, 45) || is_taken {
            continue;
        }
        if chance(rng, 15) {
            manifest.users.push(User::new(email).absent());
            continue;
        }
        let mut declared = User::new(email).name(format!("Wanted {}", rng.u32(..2)));
        if let Some(was) = was {
            declared = declared.was(was);
        }
        if chance(rng, 60) {
            declared = declared.role(roles[rng.usize(..roles.len())].clone());
        }
        if chance(rng, 40) {
            let some = EnvironmentAccess::only([environment(rng, manifest)]);
            declared = declared.environments(if rng.bool() { EnvironmentAccess::All } else { some });
        }
        if chance(rng, 30) {
            declared = declared.enabled(rng.bool());
        }
        manifest.users.push(declared);
    }
    let (boss, deputy) = pick(rng, &[(true, true), (true, false), (false, true), (false, false)]);
    for (email, stays) in [(BOSS, boss), (DEPUTY, deputy)] {
        let role = if stays { UserRole::MasterAdmin } else { UserRole::Billing };
        let declared = User::new(email);
        let declared = match stays {
            true => declared.role(role).enabled(true),
            false if rng.bool() => declared.role(role),
            false => declared.enabled(false),
        };
        manifest.users.push(declared);
    }
}

fn groups(rng: &mut Rng, manifest: &mut Manifest) {
    let stays: Vec<_> = manifest.users.iter().filter(|user| !user.is_absent()).map(|user| user.email.clone()).collect();
    for (name, was) in GROUPS.iter().map(|name| (*name, None)).chain(TEAMS.map(|(now, was)| (now, Some(was)))) {
        let is_taken = was.is_some_and(|was| manifest.groups.iter().any(|group| *group.name == *was));
        if !chance(rng, 35) || is_taken {
            continue;
        }
        if chance(rng, 15) {
            manifest.groups.push(Group::new(name).absent());
            continue;
        }
        let mut declared = Group::new(name);
        if let Some(was) = was {
            declared = declared.was(was);
        }
        if chance(rng, 70) {
            declared = declared.members(stays.iter().filter(|_| chance(rng, 35)).cloned());
        }
        manifest.groups.push(declared);
    }
}

fn roles(rng: &mut Rng, manifest: &mut Manifest) {
    for id in ["auditor", "role-name-1"] {
        if !chance(rng, 30) {
            continue;
        }
        if chance(rng, 20) {
            manifest.roles.push(Role::new(id).absent());
            continue;
        }
        let declared = Role::new(id).name(format!("Role {id}"));
        let declared = declared.permission(PermissionType::Global).scope(ScopeType::Account);
        let policies: Vec<_> = SYSTEM_POLICIES.iter().filter(|_| rng.bool()).copied().collect();
        manifest.roles.push(if chance(rng, 50) { declared.system_policies(policies) } else { declared });
    }
}

fn policies(rng: &mut Rng, manifest: &mut Manifest) {
    for (number, scope) in
        [Scope::Account, Scope::AllEnvironments, Scope::environment(PRODUCTION)].into_iter().enumerate()
    {
        if !chance(rng, 25) {
            continue;
        }
        let declared = Policy::new(scope, format!("Planned {number}"));
        if chance(rng, 20) {
            manifest.policies.push(declared.absent());
            continue;
        }
        let key = manifest.keys.iter().find(|key| !key.is_absent()).filter(|_| rng.bool());
        let principal =
            key.map_or_else(|| format!("key-{number}-{}", rng.u32(..2)), |key| format!("${{key:{}}}", key.reference()));
        let statement = format!("permit(principal == Cloudinary::APIKey::\"{principal}\", action, resource);");
        let declared = declared.statement(Statement::new(statement).expect("the statement can be read"));
        manifest.policies.push(if rng.bool() { declared.enabled(rng.bool()) } else { declared });
    }
}

fn assignments(rng: &mut Rng, manifest: &mut Manifest) {
    let mut principals: Vec<Principal> = Vec::new();
    let users = manifest.users.iter().filter(|user| !user.is_absent());
    principals.extend(users.map(|user| Principal::user(user.email.clone())));
    let groups = manifest.groups.iter().filter(|group| !group.is_absent());
    principals.extend(groups.map(|group| Principal::group(group.name.clone())));
    let keys = manifest.keys.iter().filter(|key| !key.is_absent());
    principals.extend(keys.map(|key| Principal::from(KeyRef::new(&key.environment, &key.name))));
    let own = manifest.roles.iter().filter(|role| !role.is_absent()).map(|role| (role.id.to_string(), Scope::Account));
    let system = [
        ("cld::role::account::user_manager".to_owned(), Scope::Account),
        ("cld::role::prodenv::viewer".to_owned(), Scope::environment(PRODUCTION)),
    ];
    for (role, scope) in own.chain(system).collect::<Vec<_>>() {
        if !chance(rng, 40) {
            continue;
        }
        let to: Vec<_> = principals.iter().filter(|_| chance(rng, 25)).cloned().collect();
        if to.is_empty() {
            continue;
        }
        let declared = Assignment::new(role, scope, to);
        manifest.assignments.push(if chance(rng, 25) { declared.absent() } else { declared });
    }
}
