//! What a manifest means for an account, written from its description and without the plan's code.

use cloudinary_provisioning_fake::PrincipalType;
use cloudinary_provisioning_plan::Manifest;
use cloudinary_provisioning_plan::manifest::{
    EnvironmentAccess, EnvironmentRef, Group, Key, ObjectKind, Policy, Principal, Scope, User,
};

use crate::holdings::{Assigned, Holdings, Loss};

/// Whether the manifest asks for what was lost, by what the account held before.
pub(crate) fn is_unwanted(manifest: &Manifest, before: &Holdings, loss: &Loss) -> bool {
    let it = Meaning { manifest, account: before };
    match loss {
        Loss::UserDisabled(id) => it.user_goes(id),
        // Users are disabled, never deleted.
        Loss::UserDeleted(_) => false,
        Loss::Group(id) => it.group_goes(id),
        Loss::Member(group, user) => it.member_goes(group, user),
        Loss::Environment(id) => {
            let name = &before.environments[id];
            manifest.environments.iter().any(|declared| declared.is_absent() && *declared.cloud_name == **name)
        }
        Loss::Key(id) => match it.key(id) {
            Some(declared) => declared.is_absent(),
            None => it.prunes(ObjectKind::Keys, &it.key_name(id)) && !before.keys[id].root,
        },
        Loss::KeyDisabled(id) => it.key(id).is_some_and(|declared| declared.enabled == Some(false)),
        Loss::Policy(id) => match it.policy(id) {
            Some(declared) => declared.is_absent(),
            None => it.prunes(ObjectKind::Policies, &before.policies[id].0),
        },
        Loss::PolicyDisabled(id) => it.policy(id).is_some_and(|declared| declared.enabled == Some(false)),
        Loss::Role(id) => match manifest.roles.iter().find(|declared| *declared.id == **id) {
            Some(declared) => declared.is_absent(),
            None => it.prunes(ObjectKind::Roles, id),
        },
        Loss::Assignment(assigned) => it.assignment_goes(assigned),
    }
}

/// In which ways the account is not what the manifest says.
pub(crate) fn differences(manifest: &Manifest, account: &Holdings) -> Vec<String> {
    let it = Meaning { manifest, account };
    let mut all = Vec::new();
    for declared in &manifest.users {
        let found = account.users.values().find(|user| declared.email.eq_ignore_ascii_case(&user.email));
        let is_so = match found {
            None => declared.is_absent(),
            Some(found) if declared.is_absent() => !found.enabled,
            Some(found) => {
                declared.role.as_ref().is_none_or(|role| role.as_str() == found.role)
                    && declared.enabled.is_none_or(|enabled| enabled == found.enabled)
                    && declared
                        .environments
                        .as_ref()
                        .is_none_or(|access| it.has_access(found.access.as_ref(), access, &found.role))
            }
        };
        if !is_so {
            all.push(format!("user {}: {found:?}", declared.email));
        }
    }
    for declared in &manifest.groups {
        let found: Vec<_> = account.groups.values().filter(|(name, _)| *declared.name == **name).collect();
        let is_so = match (found.as_slice(), &declared.members) {
            ([], _) => declared.is_absent(),
            ([(_, found)], members) => {
                // Who is ignored stays.
                let is_ignored = |id: &&String| {
                    let user = account.users.get(*id);
                    user.is_some_and(|user| manifest.ignore.matches(ObjectKind::Users, &user.email))
                };
                let found: Vec<_> = found.iter().filter(|id| !is_ignored(id)).map(String::as_str).collect();
                let wanted = members.as_ref().map(|emails| emails.iter().map(|email| it.id_of(email)).collect());
                !declared.is_absent()
                    && wanted.is_none_or(|wanted: Vec<_>| {
                        wanted.len() == found.len() && wanted.iter().flatten().all(|id| found.contains(id))
                    })
            }
            _ => false,
        };
        if !is_so {
            all.push(format!("group {}: {found:?}", declared.name));
        }
    }
    for declared in &manifest.environments {
        let is_there = account.environments.values().any(|name| *declared.cloud_name == **name);
        if is_there == declared.is_absent() {
            all.push(format!("environment {}", declared.cloud_name));
        }
    }
    for declared in &manifest.keys {
        let is_it = |key: &&crate::holdings::Key| {
            *declared.name == *key.name && account.environments[&key.environment] == *declared.environment
        };
        let found: Vec<_> = account.keys.values().filter(is_it).collect();
        let is_so = match found.as_slice() {
            [] => declared.is_absent(),
            [key] => !declared.is_absent() && declared.enabled.is_none_or(|enabled| enabled == key.enabled),
            _ => false,
        };
        if !is_so {
            all.push(format!("key {}/{}: {found:?}", declared.environment, declared.name));
        }
    }
    for declared in &manifest.roles {
        if account.roles.contains(declared.id.as_str()) == declared.is_absent() {
            all.push(format!("role {}", declared.id));
        }
    }
    for declared in &manifest.policies {
        let found = account.policies.iter().find(|(id, _)| it.policy(id).is_some_and(|it| it == declared));
        let is_so = found.map_or(declared.is_absent(), |(_, (.., enabled))| {
            !declared.is_absent() && declared.enabled.is_none_or(|wanted| wanted == *enabled)
        });
        if !is_so {
            all.push(format!("policy {}: {found:?}", declared.name));
        }
    }
    for declared in &manifest.assignments {
        for principal in &declared.to {
            let is_it = |it_has: &&Assigned| {
                *declared.role == *it_has.role
                    && it.is_principal(principal, it_has)
                    && it.is_scope(&declared.scope, it_has.scope.as_deref())
            };
            if account.assignments.iter().any(|assigned| is_it(&assigned)) == declared.is_absent() {
                all.push(format!("{} for {principal}", declared.role));
            }
        }
    }
    // What is pruned is gone.
    let empty = Holdings::default();
    let left = account.lost(&empty).into_iter().filter(|loss| match loss {
        Loss::UserDeleted(id) => account.users[id].enabled && !account.users[id].root && it.user_goes(id),
        Loss::Group(id) => it.group_goes(id),
        _ => false,
    });
    all.extend(left.map(|loss| format!("{loss:?} is not wanted")));
    all
}

struct Meaning<'a> {
    manifest: &'a Manifest,
    account: &'a Holdings,
}

impl<'a> Meaning<'a> {
    fn prunes(&self, kind: ObjectKind, name: &str) -> bool {
        self.manifest.prune.contains(&kind) && !self.manifest.ignore.matches(kind, name)
    }

    /// The declaration of a user: by email, or by the former one as long as nobody has the new one.
    fn user(&self, id: &str) -> Option<&'a User> {
        let email = &self.account.users[id].email;
        let is_free = |wanted: &str| !self.account.users.values().any(|user| user.email.eq_ignore_ascii_case(wanted));
        self.manifest.users.iter().find(|declared| declared.email.eq_ignore_ascii_case(email)).or_else(|| {
            self.manifest.users.iter().find(|declared| {
                declared.was.as_ref().is_some_and(|was| was.eq_ignore_ascii_case(email)) && is_free(&declared.email)
            })
        })
    }

    fn user_goes(&self, id: &str) -> bool {
        match self.user(id) {
            Some(declared) => declared.is_absent() || declared.enabled == Some(false),
            None => self.prunes(ObjectKind::Users, &self.account.users[id].email),
        }
    }

    fn group(&self, id: &str) -> Option<&'a Group> {
        let name = &self.account.groups[id].0;
        let is_free = |wanted: &str| !self.account.groups.values().any(|(name, _)| name == wanted);
        self.manifest.groups.iter().find(|declared| *declared.name == **name).or_else(|| {
            self.manifest
                .groups
                .iter()
                .find(|declared| declared.was.as_deref() == Some(name) && is_free(&declared.name))
        })
    }

    fn group_goes(&self, id: &str) -> bool {
        match self.group(id) {
            Some(declared) => declared.is_absent(),
            None => self.prunes(ObjectKind::Groups, &self.account.groups[id].0),
        }
    }

    /// A member goes if the group lists its members, and not this one: neither by the email nor by the one that the
    /// user gets.
    fn member_goes(&self, group: &str, user: &str) -> bool {
        let Some(members) = self.group(group).and_then(|declared| declared.members.as_ref()) else { return false };
        let email = self.account.users.get(user).map(|user| &user.email);
        let is_listed = |wanted: &str| members.iter().any(|member| member.eq_ignore_ascii_case(wanted));
        let declared = self.account.users.contains_key(user).then(|| self.user(user)).flatten();
        !email.is_some_and(|email| is_listed(email)) && !declared.is_some_and(|declared| is_listed(&declared.email))
    }

    fn key_name(&self, id: &str) -> String {
        let key = &self.account.keys[id];
        let environment = self.account.environments.get(&key.environment).map_or("", String::as_str);
        format!("{environment}/{}", key.name)
    }

    fn key(&self, id: &str) -> Option<&'a Key> {
        let name = self.key_name(id);
        self.manifest.keys.iter().find(|declared| declared.reference().to_string() == name)
    }

    fn policy(&self, id: &str) -> Option<&'a Policy> {
        let (name, scope, _) = &self.account.policies[id];
        self.manifest
            .policies
            .iter()
            .find(|declared| *declared.name == **name && self.is_scope(&declared.scope, scope.as_deref()))
    }

    fn is_scope(&self, declared: &Scope, found: Option<&str>) -> bool {
        match (declared, found) {
            (Scope::Account, None) => true,
            (Scope::AllEnvironments, Some(found)) => found == "all",
            (Scope::Environment(name), Some(found)) => {
                self.account.environments.get(found).is_some_and(|cloud_name| *cloud_name == **name)
            }
            _ => false,
        }
    }

    fn id_of(&self, email: &str) -> Option<&'a str> {
        let mut users = self.account.users.iter();
        users.find(|(_, user)| user.email.eq_ignore_ascii_case(email)).map(|(id, _)| id.as_str())
    }

    fn has_access(
        &self,
        found: Option<&std::collections::BTreeSet<String>>,
        wanted: &EnvironmentAccess,
        role: &str,
    ) -> bool {
        match (wanted, found) {
            _ if role == "master_admin" => true,
            (EnvironmentAccess::All, found) => found.is_none(),
            (EnvironmentAccess::Only(wanted), Some(found)) => {
                let names: Vec<_> = found.iter().filter_map(|id| self.account.environments.get(id)).collect();
                let is_wanted = |name: &String| wanted.contains(&EnvironmentRef::from(name.as_str()));
                wanted.len() == names.len() && names.into_iter().all(is_wanted)
            }
            _ => false,
        }
    }

    fn is_principal(&self, principal: &Principal, assigned: &Assigned) -> bool {
        let id = &assigned.principal;
        match (principal, assigned.kind) {
            (Principal::User(email), PrincipalType::User) => {
                self.account.users.get(id).is_some_and(|user| user.email.eq_ignore_ascii_case(email))
            }
            (Principal::Group(name), PrincipalType::Group) => {
                self.account.groups.get(id).is_some_and(|(found, _)| **name == **found)
            }
            (Principal::Key(key), PrincipalType::ApiKey) => {
                self.account.keys.contains_key(id) && self.key_name(id) == key.to_string()
            }
            (Principal::ProvisioningKey(key), PrincipalType::ProvisioningKey) => **key == **id,
            _ => false,
        }
    }

    /// A role is taken away if that is declared, or if no declaration gives it and assignments are pruned.
    fn assignment_goes(&self, assigned: &Assigned) -> bool {
        let of = |is_absent: bool| {
            self.manifest.assignments.iter().any(|declared| {
                declared.is_absent() == is_absent
                    && *declared.role == *assigned.role
                    && self.is_scope(&declared.scope, assigned.scope.as_deref())
                    && declared.to.iter().any(|principal| {
                        self.is_principal(principal, assigned) || self.is_renamed_to(principal, assigned)
                    })
            })
        };
        of(true) || (self.manifest.prune.contains(&ObjectKind::Assignments) && !of(false))
            // A role that goes is taken from everybody first.
            || self.manifest.roles.iter().any(|role| role.is_absent() && *role.id == *assigned.role)
            || (!self.manifest.roles.iter().any(|role| *role.id == *assigned.role)
                && !assigned.role.starts_with("cld::")
                && self.prunes(ObjectKind::Roles, &assigned.role))
    }

    /// Whether somebody gets the name that the principal has in the manifest.
    fn is_renamed_to(&self, principal: &Principal, assigned: &Assigned) -> bool {
        let id = &assigned.principal;
        match principal {
            Principal::User(email) if self.account.users.contains_key(id) => {
                self.user(id).is_some_and(|declared| declared.email == *email)
            }
            Principal::Group(name) if self.account.groups.contains_key(id) => {
                self.group(id).is_some_and(|declared| declared.name == *name)
            }
            _ => false,
        }
    }
}
