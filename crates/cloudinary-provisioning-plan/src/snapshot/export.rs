//! A snapshot as a manifest.

use std::collections::{BTreeMap, BTreeSet};

use cloudinary_provisioning::users::Role as UserRole;
use cloudinary_provisioning::{ApiKey, PrincipalType, SubAccountId, UserId};

use crate::manifest::{
    Assignment, Environment, EnvironmentAccess, EnvironmentRef, Group, Key, KeyRef, Manifest, Name, ObjectKind, Policy,
    Principal, Role, Scope, Statement, StatementPart, User, complaint, first_invisible,
};

use super::found::{FoundAccess, FoundPrincipal, FoundScope, FoundUser};
use super::snapshot::Snapshot;

/// What a manifest of an account leaves out, and why.
///
/// ```
/// use cloudinary_provisioning_plan::manifest::ObjectKind;
/// use cloudinary_provisioning_plan::snapshot::{FoundGroup, Part, Snapshot};
///
/// let mut snapshot = Snapshot::new();
/// let twins = [FoundGroup::new("g1", "Editors", ["u1"]), FoundGroup::new("g2", "Editors", ["u2"])];
/// snapshot.groups = Part::Known(twins.to_vec());
/// let (manifest, left_out) = snapshot.manifest([ObjectKind::Groups]);
/// assert!(manifest.is_empty());
/// assert_eq!(left_out[0].to_string(), "group Editors: 2 have this name");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
#[error("{} {name}: {reason}", .kind.singular())]
#[non_exhaustive]
pub struct LeftOut {
    /// The kind of object.
    pub kind: ObjectKind,
    /// Its name.
    pub name: String,
    /// Why no manifest can hold it.
    pub reason: String,
}

impl Snapshot {
    /// Writes what is there as a manifest of these kinds, for which there is nothing to do; returns it with what it could
    /// not hold: objects of one name, principals that nothing is known of.
    ///
    /// ```
    /// use cloudinary_provisioning_plan::manifest::ObjectKind;
    /// use cloudinary_provisioning_plan::snapshot::{FoundUser, Part, Snapshot};
    ///
    /// let mut snapshot = Snapshot::new();
    /// snapshot.users = Part::Known(vec![FoundUser::new("u1", "ada@example.com")]);
    /// let (manifest, _) = snapshot.manifest([ObjectKind::Users]);
    /// assert_eq!(manifest.users[0].email.as_str(), "ada@example.com");
    /// ```
    pub fn manifest(&self, kinds: impl IntoIterator<Item = ObjectKind>) -> (Manifest, Vec<LeftOut>) {
        let mut export = Export::new(self);
        for kind in kinds.into_iter().collect::<BTreeSet<_>>() {
            match kind {
                ObjectKind::Environments => export.environments(),
                ObjectKind::Keys => export.keys(),
                ObjectKind::Groups => export.groups(),
                ObjectKind::Users => export.users(),
                ObjectKind::Roles => export.roles(),
                ObjectKind::Policies => export.policies(),
                ObjectKind::Assignments => export.assignments(|_| true),
            }
        }
        export.manifest.sort();
        export.left_out.sort();
        (export.manifest, export.left_out)
    }
}

impl Snapshot {
    /// The roles of principals as a manifest says them, with what it could not hold.
    pub(crate) fn assignments_of(
        &self,
        is_wanted: impl Fn(&FoundPrincipal) -> bool,
    ) -> (Vec<Assignment>, Vec<LeftOut>) {
        let mut export = Export::new(self);
        export.assignments(is_wanted);
        (export.manifest.assignments, export.left_out)
    }
}

struct Export<'s> {
    snapshot: &'s Snapshot,
    manifest: Manifest,
    left_out: Vec<LeftOut>,
    cloud_names: BTreeMap<&'s SubAccountId, &'s str>,
    users: BTreeMap<&'s str, &'s FoundUser>,
    groups: BTreeMap<&'s str, &'s str>,
    keys: BTreeMap<&'s ApiKey, KeyRef>,
}

impl<'s> Export<'s> {
    fn new(snapshot: &'s Snapshot) -> Self {
        let environments = snapshot.environments.known().into_iter().flatten();
        let cloud_names: BTreeMap<_, _> = environments.map(|found| (&found.id, found.cloud_name.as_str())).collect();
        let keys = snapshot.keys.iter().flat_map(|(id, keys)| {
            let cloud_name = cloud_names.get(id).copied().unwrap_or(id.as_str());
            let all = keys.known().into_iter().flatten();
            all.map(move |key| (&key.api_key, KeyRef::new(cloud_name, &*key.name)))
        });
        Self {
            snapshot,
            manifest: Manifest::new(),
            left_out: Vec::new(),
            keys: keys.collect(),
            users: snapshot.users.known().into_iter().flatten().map(|user| (user.id.as_str(), user)).collect(),
            groups: snapshot
                .groups
                .known()
                .into_iter()
                .flatten()
                .map(|group| (group.id.as_str(), &*group.name))
                .collect(),
            cloud_names,
        }
    }

    fn leave_out(&mut self, kind: ObjectKind, name: impl Into<String>, reason: impl Into<String>) {
        self.left_out.push(LeftOut { kind, name: name.into(), reason: reason.into() });
    }

    /// The name of an object, unless no manifest can hold it.
    fn writable(&mut self, kind: ObjectKind, object: &str, name: Option<&str>) -> Option<Name> {
        let name = name?;
        if let Some(reason) = unwritable(name) {
            self.leave_out(kind, object, format!("its name {reason}"));
            return None;
        }
        Some(Name::new(name))
    }

    /// Those of which there is one of the name; the others are left out.
    fn unique<T>(&mut self, kind: ObjectKind, all: impl IntoIterator<Item = T>, name: impl Fn(&T) -> String) -> Vec<T> {
        let mut by_name: BTreeMap<String, Vec<T>> = BTreeMap::new();
        for object in all {
            by_name.entry(name(&object)).or_default().push(object);
        }
        let mut unique = Vec::new();
        for (name, mut objects) in by_name {
            match (objects.len(), unwritable(&name)) {
                (1, None) => unique.append(&mut objects),
                (1, Some(reason)) => self.leave_out(kind, name, reason),
                (count, _) => self.leave_out(kind, name, format!("{count} have this name")),
            }
        }
        unique
    }

    fn environments(&mut self) {
        let all = self.snapshot.environments.known().into_iter().flatten();
        for found in self.unique(ObjectKind::Environments, all, |found| found.cloud_name.clone()) {
            let mut environment = Environment::new(&*found.cloud_name);
            environment.name = self.writable(ObjectKind::Environments, &found.cloud_name, found.name.as_deref());
            environment.enabled = found.enabled;
            environment.attributes = Some(found.attributes.clone()).filter(|attributes| !attributes.is_empty());
            self.manifest.environments.push(environment);
        }
    }

    fn keys(&mut self) {
        for (id, keys) in &self.snapshot.keys {
            let cloud_name = self.cloud_names.get(id).copied().unwrap_or(id.as_str());
            let all = keys.known().into_iter().flatten();
            for found in self.unique(ObjectKind::Keys, all, |found| format!("{cloud_name}/{}", found.name)) {
                let mut key = Key::new(cloud_name, &*found.name);
                key.enabled = found.enabled;
                self.manifest.keys.push(key);
            }
        }
    }

    fn groups(&mut self) {
        let all = self.snapshot.groups.known().into_iter().flatten();
        for found in self.unique(ObjectKind::Groups, all, |found| found.name.clone()) {
            let mut group = Group::new(&*found.name);
            let ids = found.members.known().into_iter().flatten();
            let email =
                |id: &UserId| Some(&*self.users.get(id.as_str())?.email).filter(|email| unwritable(email).is_none());
            let emails: Option<Vec<&str>> = ids.map(email).collect();
            match (found.members.known(), emails) {
                (Some(_), Some(emails)) => group = group.members(emails),
                _ => self.leave_out(ObjectKind::Groups, &*found.name, "not all of its members are known"),
            }
            self.manifest.groups.push(group);
        }
    }

    fn users(&mut self) {
        let all = self.snapshot.users.known().into_iter().flatten();
        for found in self.unique(ObjectKind::Users, all, |found| found.email.to_ascii_lowercase()) {
            let mut user = User::new(&*found.email);
            user.name = self.writable(ObjectKind::Users, &found.email, found.name.as_deref());
            match &found.role {
                Some(role) if !UserRole::ALL.contains(role) => {
                    self.leave_out(ObjectKind::Users, &*found.email, format!("its role {role} is not known"));
                }
                role => user.role.clone_from(role),
            }
            user.enabled = found.enabled;
            // Master admins have access to all, whatever a list says.
            if found.role != Some(UserRole::MasterAdmin) {
                user.environments = match found.access.known() {
                    Some(FoundAccess::All) => Some(EnvironmentAccess::All),
                    Some(FoundAccess::Only(ids)) if ids.is_empty() => Some(EnvironmentAccess::None),
                    Some(FoundAccess::Only(ids)) => {
                        Some(EnvironmentAccess::Only(ids.iter().map(|id| self.environment_ref(id)).collect()))
                    }
                    None => {
                        self.leave_out(ObjectKind::Users, &*found.email, "the user's environments are not known");
                        None
                    }
                };
            }
            self.manifest.users.push(user);
        }
    }

    fn environment_ref(&self, id: &SubAccountId) -> EnvironmentRef {
        match self.cloud_names.get(id) {
            Some(cloud_name) => EnvironmentRef::from(*cloud_name),
            None => EnvironmentRef::id(id.as_str()),
        }
    }

    fn roles(&mut self) {
        let all = self.snapshot.roles.values().filter_map(|part| part.known()?.as_ref());
        for found in all.filter(|role| !role.system).collect::<Vec<_>>() {
            let mut role = Role::new(found.id.as_str());
            role.name = self.writable(ObjectKind::Roles, found.id.as_str(), found.name.as_deref());
            role.description.clone_from(&found.description);
            role.permission.clone_from(&found.permission);
            role.scope.clone_from(&found.scope);
            role.system_policies =
                found.policies.known().map(|ids| ids.iter().map(|id| Name::new(id.as_str())).collect());
            self.manifest.roles.push(role);
        }
    }

    fn policies(&mut self) {
        for (scope, part) in &self.snapshot.policies {
            let scope = match self.scope(scope) {
                Ok(scope) => scope,
                Err(reason) => {
                    self.leave_out(ObjectKind::Policies, "", reason);
                    continue;
                }
            };
            let all = part.known().into_iter().flatten();
            for found in self.unique(ObjectKind::Policies, all, |found| format!("{} ({scope})", found.name)) {
                let mut policy = Policy::new(scope.clone(), &*found.name);
                policy.statement = Some(self.statement(&found.statement));
                policy.description = found.description.clone().filter(|text| !text.is_empty());
                policy.enabled = found.enabled;
                self.manifest.policies.push(policy);
            }
        }
    }

    /// A statement in which keys are named, where their names are known.
    fn statement(&self, text: &str) -> Statement {
        let literal = Statement::literal(text);
        let mut named = literal.as_str().to_owned();
        for (key, reference) in &self.keys {
            let quoted = format!("\"{key}\"");
            if named.contains(&quoted) {
                named = named.replace(&quoted, &format!("\"${{key:{reference}}}\""));
            }
        }
        // Some names cannot stand in a reference.
        let back = |statement: &Statement| {
            let parts = statement.parts().map(|part| match part {
                StatementPart::Text(text) => Some(text),
                StatementPart::Key(key) => {
                    self.keys.iter().find(|(_, reference)| **reference == key).map(|(key, _)| key.as_str())
                }
            });
            parts.collect::<Option<String>>()
        };
        match Statement::new(named) {
            Ok(statement) if back(&statement).as_deref() == Some(text) => statement,
            _ => literal,
        }
    }

    fn assignments(&mut self, is_wanted: impl Fn(&FoundPrincipal) -> bool) {
        let mut by_role: BTreeMap<_, BTreeSet<Principal>> = BTreeMap::new();
        for found in self.snapshot.assignments.iter().filter(|found| is_wanted(&found.principal)) {
            match (self.scope(&found.scope), self.principal(&found.principal)) {
                (Ok(scope), Ok(principal)) => {
                    let key = (&found.role, scope, &found.content);
                    by_role.entry(key).or_default().insert(principal);
                }
                (Err(reason), _) | (_, Err(reason)) => {
                    self.leave_out(ObjectKind::Assignments, found.role.as_str(), reason);
                }
            }
        }
        for ((role, scope, content), principals) in by_role {
            let mut assignment = Assignment::new(role.as_str(), scope, principals);
            assignment.content = Some(content.clone()).filter(|content| !content.is_empty());
            self.manifest.assignments.push(assignment);
        }
    }

    fn scope(&self, scope: &FoundScope) -> Result<Scope, String> {
        Ok(match scope {
            FoundScope::Account => Scope::Account,
            FoundScope::AllEnvironments => Scope::AllEnvironments,
            FoundScope::Environment(id) => {
                let cloud_name =
                    self.cloud_names.get(id).ok_or_else(|| format!("the environment {id} is not known"))?;
                Scope::environment(*cloud_name)
            }
        })
    }

    fn principal(&self, principal: &FoundPrincipal) -> Result<Principal, String> {
        let id = principal.id.as_str();
        let unknown = || format!("nothing is known of the {} {id}", principal.kind);
        let named = match principal.kind {
            PrincipalType::User => self.users.get(id).map(|user| Principal::user(&*user.email)).ok_or_else(unknown),
            PrincipalType::Group => self.groups.get(id).map(|name| Principal::group(*name)).ok_or_else(unknown),
            PrincipalType::ApiKey => self.keys.get(&ApiKey::from(id)).cloned().map(Principal::Key).ok_or_else(unknown),
            PrincipalType::ProvisioningKey => Ok(Principal::provisioning_key(id)),
            _ => Err(unknown()),
        }?;
        match unwritable(&named.to_string()) {
            Some(reason) => Err(format!("the {} {id} {reason}", principal.kind)),
            None => Ok(named),
        }
    }
}

/// Why no manifest can hold a name, if it is so.
fn unwritable(name: &str) -> Option<String> {
    let found = first_invisible(name).map(|(_, character)| complaint(character));
    found.or_else(|| name.is_empty().then(|| "is empty".to_owned()))
}
