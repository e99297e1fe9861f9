//! Everything that an account holds, a store per resource, and what a change of one resource does to the others.

use std::collections::BTreeSet;
use std::sync::Arc;

use time::OffsetDateTime;

use crate::base::clock::AccountClock;
use crate::base::ids::Ids;
use crate::base::switch::Switch;
use crate::policy::scope::{ALL, PrincipalType, RoleScope, ScopeType};
use crate::state::access_keys::{AccessKeys, FakeAccessKey, NewAccessKey};
use crate::state::agents::AgentRegistry;
use crate::state::assignments::{FakeAssignment, Principal};
use crate::state::billing_usage::PlanUsage;
use crate::state::custom_policies::{FakeCustomPolicy, NewCustomPolicy};
use crate::state::ordered::{Keyed, Ordered};
use crate::state::product_environments::{FakeSubAccount, NewSubAccount, ProductEnvironments};
use crate::state::roles::{FakeRole, NewRole};
use crate::state::user_groups::{FakeGroup, NewGroup, UserGroups};
use crate::state::users::{FakeUser, NewUser, Users};

pub(crate) mod access_keys;
pub(crate) mod agents;
pub(crate) mod assignments;
pub(crate) mod billing_usage;
pub(crate) mod custom_policies;
pub(crate) mod ordered;
pub(crate) mod product_environments;
pub(crate) mod roles;
pub(crate) mod user_groups;
pub(crate) mod users;

/// The name of the key that comes with an environment.
const ROOT: &str = "Root";

#[derive(Clone, Debug)]
pub(crate) struct AccountState {
    pub(crate) account_id: String,
    /// The provisioning key, without its secret.
    pub(crate) key: String,
    pub(crate) ids: Ids,
    pub(crate) clock: AccountClock,
    pub(crate) switches: BTreeSet<Switch>,
    /// The largest number of items on a page.
    pub(crate) page_cap: Option<usize>,
    pub(crate) users: Users,
    pub(crate) groups: UserGroups,
    pub(crate) environments: ProductEnvironments,
    pub(crate) access_keys: AccessKeys,
    pub(crate) plans: Vec<PlanUsage>,
    pub(crate) agents: AgentRegistry,
    pub(crate) policies: Ordered<FakeCustomPolicy>,
    /// The system's roles first.
    pub(crate) roles: Ordered<FakeRole>,
    pub(crate) assignments: Ordered<FakeAssignment>,
}

impl AccountState {
    pub(crate) fn new(account_id: String, key: String) -> Self {
        Self {
            account_id,
            key,
            ids: Ids::default(),
            clock: AccountClock::default(),
            switches: BTreeSet::new(),
            page_cap: None,
            users: Users::default(),
            groups: UserGroups::default(),
            environments: ProductEnvironments::default(),
            access_keys: AccessKeys::default(),
            plans: Vec::new(),
            agents: AgentRegistry::default(),
            policies: Ordered::default(),
            roles: FakeRole::of_system().collect(),
            assignments: Ordered::default(),
        }
    }

    pub(crate) fn now(&self) -> OffsetDateTime {
        self.clock.now()
    }

    pub(crate) fn is_on(&self, switch: Switch) -> bool {
        self.switches.contains(&switch)
    }

    /// Adds a user and returns the id. Those with the same id or email are removed.
    pub(crate) fn insert_user(&mut self, mut new: NewUser) -> String {
        let id = self.users.id(new.id.take(), &mut self.ids);
        let former = [self.users.get(&*id), self.users.by_email(&new.user.email)];
        let former: Vec<_> = former.into_iter().flatten().map(|user| user.id.clone()).collect();
        for id in &former {
            self.remove_user(id);
        }
        self.users.insert(new.build(id.clone(), self.now()));
        id
    }

    /// Removes a user, who leaves all groups and loses all roles.
    pub(crate) fn remove_user(&mut self, id: &str) -> Option<FakeUser> {
        let user = self.users.remove(id)?;
        self.groups.forget_user(id);
        self.forget_principal(&Principal::user(id));
        Some(user)
    }

    /// Adds a group, or renames it and adds members to it, and returns its id.
    pub(crate) fn insert_group(&mut self, mut new: NewGroup) -> String {
        let id = self.groups.id(new.id.take(), &mut self.ids);
        self.groups.insert(&id, new, self.now());
        id
    }

    /// Removes a group, which loses all roles.
    pub(crate) fn remove_group(&mut self, id: &str) -> Option<FakeGroup> {
        let group = self.groups.remove(id)?;
        self.forget_principal(&Principal::group(id));
        Some(group)
    }

    /// Adds an environment with its Root key and returns its id. One with the same id is replaced and keeps its keys.
    pub(crate) fn insert_environment(&mut self, mut new: NewSubAccount) -> String {
        let id = self.environments.id(new.id.take(), &mut self.ids);
        self.environments.insert(new.build(id.clone(), self.now()));
        if self.access_keys.of(&id).next().is_none() {
            self.insert_key(&id, NewAccessKey::new(ROOT).root(true));
        }
        id
    }

    /// Removes an environment with its keys, policies and assignments, and everybody's access to it.
    pub(crate) fn remove_environment(&mut self, id: &str) -> Option<FakeSubAccount> {
        let environment = self.environments.remove(id)?;
        for key in self.access_keys.forget_environment(id) {
            self.forget_principal(&Principal::api_key(key.api_key));
        }
        self.assignments.retain(|known| known.scope_id.as_deref() != Some(id));
        self.policies.retain(|policy| policy.scope_id.as_deref() != Some(id));
        self.users.forget_environment(id);
        Some(environment)
    }

    /// Adds a key and returns it. One with the same API key is replaced.
    pub(crate) fn insert_key(&mut self, environment_id: &str, new: NewAccessKey) -> FakeAccessKey {
        let now = self.now();
        let key = new.build(&mut self.ids, now);
        self.access_keys.insert(environment_id, key.clone());
        key
    }

    /// Removes a key, which loses all roles.
    pub(crate) fn remove_key(&mut self, environment_id: &str, api_key: &str) -> Option<FakeAccessKey> {
        let key = self.access_keys.remove(environment_id, api_key)?;
        self.forget_principal(&Principal::api_key(api_key));
        Some(key)
    }

    /// Adds a custom policy and returns its id. One with the same id is replaced.
    pub(crate) fn insert_policy(&mut self, mut new: NewCustomPolicy) -> String {
        let id = self.policies.id(new.id.take(), &mut self.ids);
        self.policies.insert(new.build(id.clone(), self.now()));
        id
    }

    /// Adds a role and returns its id. One with the same id is replaced; its assignments are kept.
    pub(crate) fn insert_role(&mut self, mut new: NewRole) -> String {
        let id = self.roles.id(new.id.take(), &mut self.ids);
        self.roles.insert(new.build(id.clone(), self.now()));
        id
    }

    /// Assigns a role. Assigning it again, in the same scope and for the same content, changes nothing.
    pub(crate) fn assign(&mut self, assignment: FakeAssignment) {
        if self.assignments.get(&assignment.key()).is_none() {
            self.assignments.insert(assignment);
        }
    }

    /// Iterates over the assignments that this holds for, with their roles.
    pub(crate) fn assigned_where(
        &self,
        holds: impl Fn(&FakeAssignment) -> bool,
    ) -> impl Iterator<Item = (&FakeRole, &FakeAssignment)> {
        let assignments = self.assignments.iter().filter(move |known| holds(known));
        assignments.filter_map(|known| Some((self.roles.get(&*known.role_id)?, known)))
    }

    /// Iterates over one principal's assignments with their roles.
    pub(crate) fn assigned_to(&self, principal: &Principal) -> impl Iterator<Item = (&FakeRole, &FakeAssignment)> {
        self.assigned_where(move |known| known.principal == *principal)
    }

    /// Returns whether there is such a principal. Of provisioning keys the account knows its own, and those that have a
    /// role already.
    pub(crate) fn has_principal(&self, principal: &Principal) -> bool {
        let id = principal.id.as_str();
        match principal.kind {
            PrincipalType::User => self.users.get(id).is_some(),
            PrincipalType::Group => self.groups.get(id).is_some(),
            PrincipalType::ApiKey => self.access_keys.has(id),
            PrincipalType::ProvisioningKey => {
                self.key == id || self.assignments.iter().any(|known| known.principal == *principal)
            }
        }
    }

    /// Returns whether `scope_id` may have this value.
    pub(crate) fn has_environment(&self, id: &str) -> bool {
        id == ALL || self.environments.get(id).is_some()
    }

    /// Returns whether the account's own key has any role in a product environment, assigned there or in all of them.
    pub(crate) fn provisioning_key_has_role(&self, environment_id: &str) -> bool {
        let there = RoleScope { kind: ScopeType::Prodenv, id: Some(environment_id) };
        self.assigned_to(&Principal::provisioning_key(&self.key)).any(|(role, known)| known.scope(role).covers(&there))
    }

    fn forget_principal(&mut self, principal: &Principal) {
        self.assignments.retain(|known| known.principal != *principal);
    }
}

macro_rules! keyed {
    ($($type:ident: $id:ident),+) => {$(
        impl Keyed for $type {
            type Key = Arc<str>;

            fn key(&self) -> Arc<str> {
                self.$id.as_str().into()
            }
        }
    )+};
}

keyed!(FakeUser: id, FakeGroup: id, FakeSubAccount: id, FakeAccessKey: api_key, FakeCustomPolicy: id, FakeRole: id);
