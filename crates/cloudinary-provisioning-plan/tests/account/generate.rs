//! Accounts and manifests that belong together, drawn from a few names so that they meet.

use std::collections::{BTreeMap, BTreeSet};

use cloudinary_provisioning::users::Role as UserRole;
use cloudinary_provisioning::{PermissionType, ScopeType};
use cloudinary_provisioning_fake as fake;
use cloudinary_provisioning_fake::{
    FakeAccount, NewAccessKey, NewAssignment, NewCustomPolicy, NewGroup, NewRole, NewSubAccount, NewUser, Switch,
};
use cloudinary_provisioning_plan::Manifest;
use cloudinary_provisioning_plan::manifest::{
    Assignment, Environment, EnvironmentAccess, Group, Key, KeyRef, Object, ObjectKind, Policy, Principal, Role, Scope,
    Statement, User,
};
use proptest::collection::{btree_set, vec};
use proptest::option::of;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

/// The master admin, whom no manifest declares unless a test does.
pub(crate) const ADMIN: &str = "admin@example.com";

const USER_ROLES: [&str; 4] = ["master_admin", "admin", "billing", "media_library_user"];
const POLICY_IDS: [&str; 3] = [
    "cld::policy::global::account::users::manage",
    "cld::policy::global::prodenv::assets::view",
    "cld::policy::global::account::reports::view",
];

/// What an account holds at first.
#[derive(Clone, Debug)]
pub(crate) struct Start {
    environments: Vec<Option<(u8, bool)>>,
    keys: Vec<Vec<Option<bool>>>,
    users: Vec<Option<StartUser>>,
    groups: Vec<Option<BTreeSet<usize>>>,
    roles: Vec<Option<u8>>,
    policies: Vec<Vec<Option<(u8, bool)>>>,
    assignments: Vec<(usize, usize, usize)>,
    pub(crate) switches: Vec<Switch>,
    page_cap: Option<usize>,
}

#[derive(Clone, Debug)]
struct StartUser {
    role: usize,
    enabled: bool,
    pending: bool,
    environments: Option<BTreeSet<usize>>,
}

pub(crate) fn start() -> impl Strategy<Value = Start> {
    let user = (0..4_usize, any::<bool>(), any::<bool>(), of(btree_set(0..3_usize, 1..3)))
        .prop_map(|(role, enabled, pending, environments)| StartUser { role, enabled, pending, environments });
    (
        vec(of((0..2_u8, any::<bool>())), 3),
        vec(vec(of(any::<bool>()), 2), 3),
        vec(of(user), 5),
        vec(of(btree_set(0..5_usize, 0..4)), 3),
        vec(of(0..2_u8), 2),
        vec(vec(of((0..2_u8, any::<bool>())), 2), 3),
        vec((0..5_usize, 0..9_usize, 0..4_usize), 0..6),
        subsequence(switches(), 0..=switches().len()),
        of(1..4_usize),
    )
        .prop_map(|(environments, keys, users, groups, roles, policies, assignments, switches, page_cap)| Start {
            environments,
            keys,
            users,
            groups,
            roles,
            policies,
            assignments,
            switches,
            page_cap,
        })
}

/// Those that do not keep an account from ever being as it is wanted.
fn switches() -> Vec<Switch> {
    vec![
        Switch::LastRepeatedValueWins,
        Switch::PendingFalseIsEverybody,
        Switch::IdsWithoutOtherFilters,
        Switch::UsersAsDocumented,
        Switch::SubAccountIdsAsArray,
        Switch::DuplicateGroupNames,
        Switch::DuplicateKeyNames,
        Switch::DeletedGroupAsMessage,
        Switch::AddedUserAlone,
        Switch::UnderscoresInCloudNames,
        Switch::EnabledOnCreate,
        Switch::KeysAsDocumented,
        Switch::DeletedKeyNamesTaken,
        Switch::SecretsAbsentOnReads,
        Switch::SecretsNullOnReads,
        Switch::SecretsEmptyOnReads,
    ]
}

fn environment(at: usize) -> String {
    format!("cloud-{at}")
}

fn email(at: usize) -> String {
    format!("user{at}@example.com")
}

fn group(at: usize) -> String {
    format!("Group {at}")
}

fn key(at: usize) -> String {
    format!("key {at}")
}

fn role(at: usize) -> String {
    format!("role-{at}")
}

fn statement(policy: &str, variant: u8, spaces: &str) -> String {
    let resource = format!("{policy} {variant}").replace(' ', "-");
    format!("permit(principal == Cloudinary::APIKey::\"{resource}\",{spaces}action,{spaces}resource);")
}

/// Roles and the scopes that they are for: custom ones first.
fn assigned_role(at: usize) -> (String, bool) {
    match at {
        0 | 1 => (role(at), at == 1),
        2 => ("cld::role::account::user_manager".to_owned(), false),
        3 => ("cld::role::prodenv::admin".to_owned(), true),
        _ => ("cld::role::prodenv::viewer".to_owned(), true),
    }
}

impl Start {
    pub(crate) fn account(&self) -> FakeAccount {
        let mut account = FakeAccount::new("acc", "provisioning", "TOP-SECRET").with_switches(self.switches.clone());
        if let Some(cap) = self.page_cap {
            account = account.with_page_cap(cap);
        }
        account.insert_user(NewUser::new("Admin", ADMIN).id("admin").role("master_admin").pending(false));
        for (at, (name, enabled)) in present(&self.environments) {
            let new = NewSubAccount::new(format!("Name {name}")).id(format!("s{at}")).cloud_name(environment(at));
            account.add_sub_account(new.enabled(enabled));
            for (number, enabled) in present(&self.keys[at]) {
                let new = NewAccessKey::new(key(number)).api_key(format!("{at}{number}00")).enabled(enabled);
                account.add_access_key(&format!("s{at}"), new);
            }
        }
        for (at, user) in present(&self.users) {
            let mut new = NewUser::new(format!("Name {at}"), email(at)).id(format!("u{at}"));
            new = new.role(USER_ROLES[user.role]).enabled(user.enabled).pending(user.pending);
            let environments: Vec<_> =
                user.environments.into_iter().flatten().filter(|at| self.has_environment(*at)).collect();
            if !environments.is_empty() && USER_ROLES[user.role] != "master_admin" {
                new = new.sub_account_ids(environments.iter().map(|at| format!("s{at}")));
            }
            account.insert_user(new);
        }
        for (at, members) in present(&self.groups) {
            let mut new = NewGroup::new(group(at)).id(format!("g{at}"));
            for member in members.iter().filter(|at| self.users[**at].is_some()) {
                new = new.member(format!("u{member}"));
            }
            account.add_group(new);
        }
        for (at, policy) in present(&self.roles) {
            let scope = if at == 1 { fake::ScopeType::Prodenv } else { fake::ScopeType::Account };
            let new = NewRole::new(format!("Role {at}"), scope, fake::PermissionType::Global).id(role(at));
            account.add_role(new.system_policy(POLICY_IDS[usize::from(policy)]));
        }
        for (scope, policies) in self.policies.iter().enumerate() {
            for (at, (variant, enabled)) in present(policies) {
                let name = policy_name(scope, at);
                let mut new = NewCustomPolicy::new(&name, statement(&name, variant, " ")).enabled(enabled);
                match scope {
                    0 => {}
                    1 => new = new.in_environment("all"),
                    _ if self.has_environment(0) => new = new.in_environment("s0"),
                    _ => continue,
                }
                account.add_custom_policy(new.id(format!("p{scope}{at}")));
            }
        }
        for (role, principal, environment) in &self.assignments {
            let (id, is_for_environments) = assigned_role(*role);
            let mut new = NewAssignment::new(&id);
            if is_for_environments {
                let scope =
                    if self.has_environment(*environment) { format!("s{environment}") } else { "all".to_owned() };
                new = new.in_environment(scope);
            }
            let principal = match principal {
                at @ 0..=4 if self.users[*at].is_some() => fake::Principal::user(format!("u{at}")),
                at @ 5..=7 if self.groups[*at - 5].is_some() => fake::Principal::group(format!("g{}", at - 5)),
                _ if self.has_key(0, 0) => fake::Principal::api_key("0000"),
                _ => continue,
            };
            account.assign(principal, new);
        }
        account
    }

    fn has_environment(&self, at: usize) -> bool {
        self.environments.get(at).is_some_and(Option::is_some)
    }

    fn has_key(&self, environment: usize, at: usize) -> bool {
        self.has_environment(environment) && self.keys[environment][at].is_some()
    }
}

fn present<T: Clone>(all: &[Option<T>]) -> Vec<(usize, T)> {
    all.iter().enumerate().filter_map(|(at, item)| Some((at, item.clone()?))).collect()
}

/// Policies of different scopes have different names, since a statement may be there once in a scope.
fn policy_name(scope: usize, at: usize) -> String {
    format!("Policy {scope} {at}")
}

/// A manifest that makes sense for this account: it refers to nothing that is not there.
pub(crate) fn manifest(start: Start) -> impl Strategy<Value = (Start, Manifest)> {
    let state = || prop_oneof![3 => Just(false), 1 => Just(true)];
    let environments = vec(of((state(), any::<bool>(), of(0..2_u8), of(any::<bool>()))), 3);
    let keys = vec(vec(of((state(), any::<bool>(), of(any::<bool>()))), 2), 3);
    let user = (
        state(),
        any::<bool>(),
        of(0..4_usize),
        of(any::<bool>()),
        of(btree_set(0..4_usize, 1..3)),
        of(btree_set(0..3_usize, 0..3)),
    );
    let users = vec(of(user), 5);
    let groups = vec(of((state(), any::<bool>(), of(btree_set(0..5_usize, 0..4)))), 3);
    let roles = vec(of((state(), of(0..2_u8), of(0..2_u8))), 2);
    let policies =
        vec(vec(of((state(), any::<bool>(), of(0..2_u8), of(any::<bool>()), select(vec!["", " ", "\n  "]))), 2), 3);
    let assignments = vec((0..5_usize, 0..10_usize, 0..4_usize, state()), 0..6);
    let prune =
        subsequence(ObjectKind::ALL.iter().copied().filter(|kind| kind.can_be_pruned()).collect::<Vec<_>>(), 0..3);
    (environments, keys, users, groups, roles, policies, assignments, prune).prop_filter_map(
        "it contradicts itself",
        move |(environments, keys, users, groups, roles, policies, assignments, prune)| {
            let mut draft = Draft { start: &start, manifest: Manifest::new() };
            draft.manifest.prune = prune.into_iter().collect();
            draft.environments(&environments);
            draft.keys(&keys);
            draft.users(&users, &environments);
            draft.groups(&groups, &users);
            draft.roles(&roles);
            draft.policies(&policies, &environments);
            draft.assignments(&assignments);
            let mut manifest = draft.manifest;
            // What is pruned cannot be referred to, unless it is declared.
            while manifest.check().is_err() && manifest.prune.pop_last().is_some() {}
            manifest.sort();
            manifest.check().is_ok().then(|| (start.clone(), manifest))
        },
    )
}

pub(crate) fn account_and_manifest() -> impl Strategy<Value = (Start, Manifest)> {
    start().prop_flat_map(manifest)
}

struct Draft<'s> {
    start: &'s Start,
    manifest: Manifest,
}

type DraftEnvironment = Option<(bool, bool, Option<u8>, Option<bool>)>;
type DraftUser = Option<(bool, bool, Option<usize>, Option<bool>, Option<BTreeSet<usize>>, Option<BTreeSet<usize>>)>;

impl Draft<'_> {
    fn environments(&mut self, drafts: &[DraftEnvironment]) {
        for (at, (absent, renamed, name, enabled)) in present(drafts) {
            if absent {
                self.manifest.environments.push(Environment::new(environment(at)).absent());
                continue;
            }
            let mut declared = Environment::new(environment(at));
            if renamed {
                declared = Environment::new(format!("new-{}", environment(at))).was(environment(at));
            }
            declared.name = name.map(|name| format!("Name {name}").into());
            declared.enabled = enabled;
            self.manifest.environments.push(declared);
        }
    }

    /// The cloud name that an environment has in the end, if it is there then.
    fn environment(&self, at: usize) -> Option<String> {
        let declared = self.manifest.environments.iter().find(|declared| {
            *declared.cloud_name == *environment(at) || declared.was.as_deref() == Some(&*environment(at))
        });
        match declared {
            Some(declared) => (!declared.is_absent()).then(|| declared.cloud_name.to_string()),
            None => self.start.has_environment(at).then(|| environment(at)),
        }
    }

    fn keys(&mut self, drafts: &[Vec<Option<(bool, bool, Option<bool>)>>]) {
        for (at, drafts) in drafts.iter().enumerate() {
            let Some(cloud_name) = self.environment(at) else { continue };
            for (number, (absent, renamed, enabled)) in present(drafts) {
                let mut declared = Key::new(&*cloud_name, key(number));
                if absent {
                    declared = declared.absent();
                } else {
                    if renamed {
                        declared = Key::new(&*cloud_name, format!("new {}", key(number))).was(key(number));
                    }
                    declared.enabled = enabled;
                }
                self.manifest.keys.push(declared);
            }
        }
    }

    fn users(&mut self, drafts: &[DraftUser], _: &[DraftEnvironment]) {
        for (at, (absent, renamed, role, enabled, environments, _)) in present(drafts) {
            if absent {
                self.manifest.users.push(User::new(email(at)).absent());
                continue;
            }
            // Emails are compared without regard to case.
            let mut declared = User::new(email(at).to_uppercase());
            if renamed {
                declared = User::new(format!("new-{}", email(at))).was(email(at));
            }
            declared.name = Some(format!("Name {at}").into());
            declared.role = role.map(|role| UserRole::from(USER_ROLES[role]));
            declared.enabled = enabled;
            if let Some(environments) = environments {
                let names: BTreeSet<_> = environments.iter().filter_map(|at| self.environment(*at)).collect();
                let access = if names.is_empty() { EnvironmentAccess::All } else { EnvironmentAccess::only(names) };
                declared.environments = Some(access);
            }
            self.manifest.users.push(declared);
        }
    }

    fn user(&self, at: usize) -> Option<String> {
        let declared = self.manifest.users.iter().find(|declared| {
            declared.email.eq_ignore_ascii_case(&email(at)) || declared.was.as_deref() == Some(&*email(at))
        });
        match declared {
            Some(declared) => (!declared.is_absent()).then(|| declared.email.to_string()),
            None => self.start.users[at].is_some().then(|| email(at)),
        }
    }

    fn groups(&mut self, drafts: &[Option<(bool, bool, Option<BTreeSet<usize>>)>], users: &[DraftUser]) {
        for (at, (absent, renamed, members)) in present(drafts) {
            if absent {
                self.manifest.groups.push(Group::new(group(at)).absent());
                continue;
            }
            let mut declared = Group::new(group(at));
            if renamed {
                declared = Group::new(format!("New {}", group(at))).was(group(at));
            }
            if let Some(members) = members {
                declared = declared.members(members.iter().filter_map(|at| self.user(*at)));
            }
            self.manifest.groups.push(declared);
        }
        // Users list groups whose members are not declared.
        let open: BTreeMap<usize, String> = (0..3)
            .filter_map(|at| {
                let declared = self
                    .manifest
                    .groups
                    .iter()
                    .find(|declared| *declared.name == *group(at) || declared.was.as_deref() == Some(&*group(at)));
                match declared {
                    Some(declared) if declared.is_absent() || declared.members.is_some() => None,
                    Some(declared) => Some((at, declared.name.to_string())),
                    None => self.start.groups[at].is_some().then(|| (at, group(at))),
                }
            })
            .collect();
        let listed: BTreeSet<String> = self
            .manifest
            .groups
            .iter()
            .flat_map(|group| group.members.iter().flatten())
            .map(|email| email.to_ascii_lowercase())
            .collect();
        for (at, (_, _, _, _, _, groups)) in present(users) {
            let Some(groups) = groups else { continue };
            let names: Vec<_> = groups.iter().filter_map(|at| open.get(at).cloned()).collect();
            let user = self.manifest.users.iter_mut().find(|declared| {
                declared.email.eq_ignore_ascii_case(&email(at)) || declared.was.as_deref() == Some(&*email(at))
            });
            if let Some(user) =
                user.filter(|user| !user.is_absent() && !listed.contains(&user.email.to_ascii_lowercase()))
            {
                *user = user.clone().groups(names);
            }
        }
    }

    fn group(&self, at: usize) -> Option<String> {
        let declared = self
            .manifest
            .groups
            .iter()
            .find(|declared| *declared.name == *group(at) || declared.was.as_deref() == Some(&*group(at)));
        match declared {
            Some(declared) => (!declared.is_absent()).then(|| declared.name.to_string()),
            None => self.start.groups[at].is_some().then(|| group(at)),
        }
    }

    fn roles(&mut self, drafts: &[Option<(bool, Option<u8>, Option<u8>)>]) {
        for (at, (absent, description, policy)) in present(drafts) {
            if absent {
                self.manifest.roles.push(Role::new(role(at)).absent());
                continue;
            }
            let scope = if at == 1 { ScopeType::Prodenv } else { ScopeType::Account };
            let mut declared =
                Role::new(role(at)).name(format!("Role {at}")).permission(PermissionType::Global).scope(scope);
            declared.description =
                description.map(|number| if number == 0 { String::new() } else { "More".to_owned() });
            if let Some(policy) = policy {
                declared = declared.system_policies([POLICY_IDS[usize::from(policy)]]);
            }
            self.manifest.roles.push(declared);
        }
    }

    fn policies(
        &mut self,
        drafts: &[Vec<Option<(bool, bool, Option<u8>, Option<bool>, &'static str)>>],
        _: &[DraftEnvironment],
    ) {
        for (number, drafts) in drafts.iter().enumerate() {
            let scope = match (number, self.environment(0)) {
                (0, _) => Scope::Account,
                (1, _) => Scope::AllEnvironments,
                (_, Some(cloud_name)) => Scope::environment(cloud_name),
                _ => continue,
            };
            for (at, (absent, renamed, variant, enabled, spaces)) in present(drafts) {
                let name = policy_name(number, at);
                if absent {
                    self.manifest.policies.push(Policy::new(scope.clone(), &*name).absent());
                    continue;
                }
                let mut declared = Policy::new(scope.clone(), &*name);
                if renamed {
                    declared = Policy::new(scope.clone(), format!("New {name}")).was(&*name);
                }
                declared.statement = Some(match self.first_key() {
                    // A key of this manifest or of the account, by its name.
                    Some(key) if number == 2 && at == 0 => {
                        let text =
                            format!("permit(principal == Cloudinary::APIKey::\"${{key:{key}}}\", action, resource);");
                        Statement::new(text).unwrap()
                    }
                    _ => Statement::literal(&statement(&name, variant.unwrap_or_default(), spaces)),
                });
                declared.enabled = enabled;
                self.manifest.policies.push(declared);
            }
        }
    }

    /// The first key of the first environment, if it is there in the end.
    fn first_key(&self) -> Option<KeyRef> {
        let cloud_name = self.environment(0)?;
        let declared = self.manifest.keys.iter().find(|declared| {
            *declared.environment == *cloud_name
                && (*declared.name == *key(0) || declared.was.as_deref() == Some(&*key(0)))
        });
        match declared {
            Some(declared) => (!declared.is_absent()).then(|| declared.reference()),
            None if self.manifest.prune.contains(&ObjectKind::Keys) => None,
            None => self.start.has_key(0, 0).then(|| KeyRef::new(cloud_name, key(0))),
        }
    }

    fn assignments(&mut self, drafts: &[(usize, usize, usize, bool)]) {
        let mut seen = BTreeSet::new();
        for (number, principal, environment, absent) in drafts {
            let (id, is_for_environments) = assigned_role(*number);
            let declared = self.manifest.roles.iter().find(|declared| *declared.id == *id);
            let is_there = match declared {
                Some(declared) => !declared.is_absent(),
                None => *number > 1 || self.start.roles[*number].is_some(),
            };
            let scope = match (is_for_environments, self.environment(*environment)) {
                (false, _) => Scope::Account,
                (true, Some(cloud_name)) => Scope::environment(cloud_name),
                (true, None) => Scope::AllEnvironments,
            };
            let principal = match principal {
                at @ 0..=4 => self.user(*at).map(Principal::user),
                at @ 5..=7 => self.group(*at - 5).map(Principal::group),
                8 => self.first_key().map(Principal::from),
                _ => Some(Principal::provisioning_key("provisioning")),
            };
            let Some(principal) = principal.filter(|_| is_there) else { continue };
            // What a kind that is pruned loses cannot be referred to.
            let prunes = |kind| self.manifest.prune.contains(&kind);
            let is_declared = match &principal {
                Principal::Group(name) => self.manifest.groups.iter().any(|group| group.name == *name),
                Principal::Key(key) => self.manifest.keys.iter().any(|declared| declared.reference() == *key),
                _ => true,
            };
            let kind = if matches!(principal, Principal::Group(_)) { ObjectKind::Groups } else { ObjectKind::Keys };
            let role_stays = *number > 1 || declared.is_some() || !prunes(ObjectKind::Roles);
            if (!is_declared && prunes(kind)) || !role_stays {
                continue;
            }
            let mut assignment = Assignment::new(&*id, scope, [principal.clone()]);
            let name = Object::Assignment(&assignment).name();
            if !seen.insert((name, principal.to_string().to_lowercase())) {
                continue;
            }
            if *absent && principal != Principal::provisioning_key("provisioning") {
                assignment = assignment.absent();
            }
            self.manifest.assignments.push(assignment);
        }
    }
}
