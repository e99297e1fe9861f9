//! [`Snapshot::find`]: the id of what has a name.

use cloudinary_provisioning::{ScopeType, SubAccountId};

use crate::names::{NameError, PolicyScope, Reference, scope_and_name};

use super::convention::fold;
use super::found::{FoundEnvironment, FoundKey, FoundPolicy, FoundRole, FoundScope, FoundUser};
use super::part::Part;
use super::snapshot::Snapshot;

impl Snapshot {
    /// Returns the id of what a reference means. An id always wins over a name.
    ///
    /// Emails are equal by ASCII case alone, everything else is compared as it is. [`Survey::names`](crate::Survey::names)
    /// reads what is needed.
    ///
    /// ```
    /// use cloudinary_provisioning_plan::names::Reference;
    /// use cloudinary_provisioning_plan::snapshot::{FoundUser, Part, Snapshot};
    ///
    /// let mut snapshot = Snapshot::new();
    /// snapshot.users = Part::Known(vec![FoundUser::new("u1", "ada@example.com")]);
    /// assert_eq!(snapshot.find(&Reference::User("Ada@Example.com".to_owned()))?, "u1");
    /// # Ok::<(), cloudinary_provisioning_plan::names::NameError>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Returns an error if nothing or more than one thing has the name, or if it was not read.
    pub fn find(&self, reference: &Reference) -> Result<String, NameError> {
        if let Some(id) = reference.known_id() {
            return Ok(id.to_owned());
        }
        let text = reference.text();
        match reference {
            Reference::User(email) => {
                let users = known(&self.users, reference)?;
                let found = users.iter().filter(|user| fold(&user.email) == fold(email));
                one(reference, found.map(|user| (user.id.as_str(), describe_user(user))))
            }
            Reference::Group(_) => {
                let groups = known(&self.groups, reference)?;
                let found = groups.iter().filter(|group| group.name == text);
                let is_id = groups.iter().any(|group| group.id == text);
                id_or_one(reference, is_id, found.map(|group| (group.id.as_str(), group.id.to_string())))
            }
            Reference::Environment(_) => {
                let environments = known(&self.environments, reference)?;
                let has_name = |it: &&FoundEnvironment| it.cloud_name == text || it.name.as_deref() == Some(text);
                let found = environments.iter().filter(has_name);
                let is_id = environments.iter().any(|environment| environment.id == text);
                id_or_one(reference, is_id, found.map(|it| (it.id.as_str(), describe_environment(it))))
            }
            Reference::Key { environment, .. } => {
                let environment = self.find(&Reference::Environment(environment.clone()))?;
                let keys = self.keys.get(&SubAccountId::from(environment)).unwrap_or(&Part::Unread);
                let keys = known(keys, reference)?;
                let found = keys.iter().filter(|key| key.name == text);
                let is_id = keys.iter().any(|key| key.api_key == text);
                id_or_one(reference, is_id, found.map(|key| (key.api_key.as_str(), describe_key(key))))
            }
            Reference::Role(_) => {
                let ids = known(&self.all_roles, reference)?;
                let roles = ids.iter().filter_map(|id| self.roles.get(id)?.known()?.as_ref());
                let found = roles.filter(|role| has_name(role, text));
                id_or_one(reference, ids.contains(text), found.map(|role| (role.id.as_str(), describe_role(role))))
            }
            Reference::Policy(_) => {
                let (scope, name) = scope_and_name(text);
                let scope = match scope {
                    PolicyScope::Account => FoundScope::Account,
                    PolicyScope::AllEnvironments => FoundScope::AllEnvironments,
                    PolicyScope::Environment(environment) => FoundScope::Environment(self.find(&environment)?.into()),
                };
                let policies = known(self.policies.get(&scope).unwrap_or(&Part::Unread), reference)?;
                let found = policies.iter().filter(|policy| policy.name == name);
                one(reference, found.map(|policy| (policy.id.as_str(), describe_policy(policy))))
            }
        }
    }
}

fn known<'p, T>(part: &'p Part<T>, reference: &Reference) -> Result<&'p T, NameError> {
    part.or_reason().map_err(|reason| NameError::unread(reference, reason))
}

fn id_or_one<'f>(
    reference: &Reference,
    is_id: bool,
    found: impl Iterator<Item = (&'f str, String)>,
) -> Result<String, NameError> {
    if is_id { Ok(reference.text().to_owned()) } else { one(reference, found) }
}

/// The id of the only one that was found, each with its description.
fn one<'f>(reference: &Reference, found: impl Iterator<Item = (&'f str, String)>) -> Result<String, NameError> {
    let mut found: Vec<_> = found.collect();
    found.sort();
    found.dedup();
    match found.as_slice() {
        [] => Err(NameError::missing(reference)),
        [(id, _)] => Ok((*id).to_owned()),
        _ => Err(NameError::ambiguous(reference, found.into_iter().map(|(_, description)| description).collect())),
    }
}

/// The name of a role, alone or behind its scope: `account/Admin`.
fn has_name(role: &FoundRole, text: &str) -> bool {
    let scoped = |name: &str| {
        let scope = role.scope.as_ref().map(ScopeType::as_str)?;
        text.strip_prefix(scope)?.strip_prefix('/').filter(|rest| *rest == name)
    };
    role.name.as_deref().is_some_and(|name| name == text || scoped(name).is_some())
}

fn describe(id: &str, details: impl IntoIterator<Item = Option<String>>) -> String {
    let details: Vec<_> = details.into_iter().flatten().collect();
    if details.is_empty() { id.to_owned() } else { format!("{id} ({})", details.join(", ")) }
}

fn describe_user(user: &FoundUser) -> String {
    let state = if user.enabled == Some(false) {
        "disabled"
    } else if user.pending {
        "pending"
    } else {
        "enabled"
    };
    describe(user.id.as_str(), [user.name.clone(), Some(state.to_owned())])
}

fn describe_environment(environment: &FoundEnvironment) -> String {
    let name = environment.name.as_ref().map(|name| format!("name {name}"));
    describe(environment.id.as_str(), [Some(format!("cloud name {}", environment.cloud_name)), name])
}

fn describe_key(key: &FoundKey) -> String {
    describe(key.api_key.as_str(), [(key.enabled == Some(false)).then(|| "disabled".to_owned())])
}

fn describe_role(role: &FoundRole) -> String {
    let scoped = role.scope.as_ref().zip(role.name.as_ref()).map(|(scope, name)| format!("{scope}/{name}"));
    describe(role.id.as_str(), [scoped, role.permission.as_ref().map(ToString::to_string)])
}

fn describe_policy(policy: &FoundPolicy) -> String {
    describe(policy.id.as_str(), [(policy.enabled == Some(false)).then(|| "disabled".to_owned())])
}
