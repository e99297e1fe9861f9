//! Users: what differs.

use std::collections::BTreeSet;

use cloudinary_provisioning::SubAccountId;
use cloudinary_provisioning::users::Role;
use serde_json::Value;

use crate::manifest::{EnvironmentAccess, Object, ObjectKind, User};
use crate::snapshot::{FoundAccess, FoundUser, fold};

use super::builder::{Builder, Obstacle, Resolved};
use super::environments::action;
use super::pairing::Pairing;
use super::step::{Action, Change, Phase, Step, StepKind};
use super::work::{Access, Effect, Handle, Made, UserFields, Work};

const KIND: StepKind = StepKind::Users;

const NO_ENVIRONMENTS: &str =
    "the API cannot leave a user without any product environment: name one, or disable the user";

impl Builder<'_> {
    pub(crate) fn plan_users(&mut self) {
        let pairs: Vec<_> = self.users.pairs().collect();
        for (declared, pairing) in pairs {
            let object = Object::User(declared);
            if let Err(obstacle) = self.users.reason() {
                self.block(object, obstacle);
                continue;
            }
            match (pairing, declared.is_absent()) {
                (Pairing::Ambiguous(count), _) => {
                    let message = format!("{count} users of the account have this email address");
                    self.block(object, Obstacle::Ambiguous(message));
                }
                (Pairing::New, true) => self.unchanged(KIND),
                (Pairing::New, false) => match self.create_user(declared) {
                    Ok(step) => self.steps.push(step),
                    Err(obstacle) => self.block(object, obstacle),
                },
                (Pairing::Found(found) | Pairing::Renamed(found), true) => self.disable(found),
                (Pairing::Found(found) | Pairing::Renamed(found), false) => self.update_user(declared, found),
            }
        }
        if self.prunes(ObjectKind::Users) {
            self.prune_users();
        }
    }

    fn create_user(&mut self, declared: &User) -> Resolved<Step> {
        let missing = || Obstacle::Problem("a user who is to be created needs a `name`".to_owned());
        let name = declared.name.as_deref().ok_or_else(missing)?.to_owned();
        let is_master = declared.role == Some(Role::MasterAdmin);
        let access = match &declared.environments {
            Some(_) if is_master => None,
            Some(EnvironmentAccess::None) => return Err(Obstacle::Problem(NO_ENVIRONMENTS.to_owned())),
            Some(wanted) => Some(self.access(wanted)?),
            None => None,
        };
        let mut changes = vec![Change::new("name", Value::Null, &*name)];
        if let Some(role) = &declared.role {
            changes.push(Change::new("role", Value::Null, role.as_str()));
        }
        if let Some(access) = &access {
            changes.push(Change::new("environments", Value::Null, self.shown_access(access)));
        }
        if let Some(enabled) = declared.enabled {
            changes.push(Change::new("enabled", Value::Null, enabled));
        }
        let all = (!matches!(access, Some(Access::Only(_)))).then_some("access to all product environments");
        let role = declared.role.as_ref().filter(|role| rank(role) > 0).map(|role| format!("role {role}"));
        let widens = join(role, all);
        let fields = UserFields {
            email: None,
            name: Some(name),
            role: declared.role.clone(),
            enabled: declared.enabled,
            access,
        };
        let email = declared.email.clone();
        let mut step = Step::new(KIND, email.as_str(), Action::Create, Work::CreateUser(email.clone(), fields))
            .changes(changes)
            .makes(Made::User(email.clone()));
        step.widens = widens;
        step.notifies = Some(email.to_string());
        Ok(step)
    }

    fn update_user(&mut self, declared: &User, found: &FoundUser) {
        let mut fields = UserFields::default();
        let mut changes = Vec::new();
        let renamed = fold(&declared.email) != fold(&found.email);
        if renamed {
            fields.email = Some(declared.email.to_string());
            changes.push(Change::new("email", &*found.email, declared.email.as_str()));
        }
        if let Some(name) = declared.name.as_deref().filter(|name| found.name.as_deref() != Some(*name)) {
            fields.name = Some(name.to_owned());
            changes.push(Change::new("name", found.name.clone(), name));
        }
        if let Some(role) = declared.role.as_ref().filter(|role| found.role.as_ref() != Some(*role)) {
            fields.role = Some(role.clone());
            changes.push(Change::new("role", found.role.as_ref().map(Role::as_str), role.as_str()));
        }
        let (mut shrinks, mut all) = (false, None);
        match self.access_change(declared, found) {
            Ok(None) => {}
            Ok(Some(access)) => {
                let old = found.access.known();
                shrinks = is_smaller(old, &access);
                all = (access == Access::All).then_some("access to all product environments");
                changes.push(Change::new(
                    "environments",
                    old.map_or(Value::Null, |old| self.shown_found_access(old)),
                    self.shown_access(&access),
                ));
                fields.access = Some(access);
            }
            Err(obstacle) => self.block(Object::User(declared), obstacle),
        }
        if let Some(enabled) = declared.enabled.filter(|enabled| found.enabled != Some(*enabled)) {
            fields.enabled = Some(enabled);
            changes.push(Change::new("enabled", found.enabled, enabled));
        }
        if changes.is_empty() {
            return self.unchanged(KIND);
        }
        let (old_rank, new_rank) =
            (rank_of(found.role.as_ref()), rank_of(fields.role.as_ref().or(found.role.as_ref())));
        let gains = new_rank > old_rank || (fields.enabled == Some(true) && new_rank > 0);
        let role = fields.role.as_ref().or(found.role.as_ref()).filter(|_| gains).map(|role| format!("role {role}"));
        let widens = join(role, all);
        let narrows = fields.enabled == Some(false) || new_rank < old_rank || shrinks;
        let action = action(renamed, fields.enabled);
        let effect = effect(found, &fields);
        let work = Work::UpdateUser(found.id.clone(), fields);
        let mut step = Step::new(KIND, declared.email.as_str(), action, work).id(&found.id).changes(changes);
        step.widens = widens;
        step.effect = effect;
        step.root = found.root;
        step.phase = Phase::of(KIND, narrows);
        self.steps.push(step);
    }

    /// Users are disabled, never deleted.
    fn disable(&mut self, found: &FoundUser) {
        if found.enabled == Some(false) {
            return self.unchanged(KIND);
        }
        let fields = UserFields { enabled: Some(false), ..UserFields::default() };
        let effect = effect(found, &fields);
        let work = Work::UpdateUser(found.id.clone(), fields);
        let mut step = Step::new(KIND, &*found.email, Action::Disable, work).id(&found.id).changes(vec![Change::new(
            "enabled",
            found.enabled,
            false,
        )]);
        step.effect = effect;
        step.root = found.root;
        self.steps.push(step);
    }

    fn prune_users(&mut self) {
        let others: Vec<_> = self.users.others().map(|(email, users)| (email.to_owned(), users.to_vec())).collect();
        for (email, users) in others {
            // Two users of one email: nobody can say which of them is meant to stay.
            let [found] = users.as_slice() else {
                let reason = format!("{} users of the account have this email address", users.len());
                self.ambiguous(KIND, email, reason);
                continue;
            };
            if !found.root && found.enabled != Some(false) && !self.is_ignored(ObjectKind::Users, &found.email) {
                self.disable(found);
            }
        }
        match self.users.reason() {
            Err(Obstacle::Unknown(reason)) => self.unknown(KIND, "", reason),
            _ if !self.snapshot.users_are_all => self.unknown(KIND, "", "not all users were read"),
            _ => {}
        }
    }

    /// What a request has to say about a user's product environments, if anything.
    fn access_change(&self, declared: &User, found: &FoundUser) -> Resolved<Option<Access>> {
        let role = declared.role.as_ref().or(found.role.as_ref());
        let Some(wanted) = declared.environments.as_ref().filter(|_| role != Some(&Role::MasterAdmin)) else {
            // Master admins have access to all.
            return Ok(None);
        };
        let unknown = |reason| Obstacle::Unknown(format!("the user's product environments are not known: {reason}"));
        let found = found.access.or_reason().map_err(unknown)?;
        if *wanted == EnvironmentAccess::None {
            let is_so = matches!(found, FoundAccess::Only(ids) if ids.is_empty());
            return if is_so { Ok(None) } else { Err(Obstacle::Problem(NO_ENVIRONMENTS.to_owned())) };
        }
        let wanted = self.access(wanted)?;
        let same = match (&wanted, found) {
            (Access::All, FoundAccess::All) => true,
            (Access::Only(wanted), FoundAccess::Only(found)) => {
                let ids: BTreeSet<_> = found.iter().map(|id| Handle::Known(id.to_string())).collect();
                *wanted == ids
            }
            _ => false,
        };
        Ok((!same).then_some(wanted))
    }

    fn access(&self, wanted: &EnvironmentAccess) -> Resolved<Access> {
        match wanted {
            EnvironmentAccess::All => Ok(Access::All),
            EnvironmentAccess::None => Err(Obstacle::Problem(NO_ENVIRONMENTS.to_owned())),
            EnvironmentAccess::Only(environments) => {
                let handles = environments.iter().map(|environment| self.environment_ref(environment));
                handles.collect::<Resolved<BTreeSet<_>>>().map(Access::Only)
            }
        }
    }

    fn shown_access(&self, access: &Access) -> Value {
        match access {
            Access::All => "all".into(),
            Access::Only(handles) => sorted(handles.iter().map(|handle| match handle {
                Handle::Made(Made::Environment(cloud_name)) => cloud_name.clone(),
                Handle::Made(_) => String::new(),
                Handle::Known(id) => self.environment_name(&SubAccountId::from(&**id)),
            })),
        }
    }

    fn shown_found_access(&self, access: &FoundAccess) -> Value {
        match access {
            FoundAccess::All => "all".into(),
            FoundAccess::Only(ids) if ids.is_empty() => "none".into(),
            FoundAccess::Only(ids) => sorted(ids.iter().map(|id| self.environment_name(id))),
        }
    }
}

fn sorted(names: impl Iterator<Item = String>) -> Value {
    let names: BTreeSet<_> = names.collect();
    names.into_iter().collect()
}

/// Whether somebody loses access to an environment.
fn is_smaller(old: Option<&FoundAccess>, new: &Access) -> bool {
    match (old, new) {
        (_, Access::All) | (None, _) => false,
        (Some(FoundAccess::All), Access::Only(_)) => true,
        (Some(FoundAccess::Only(old)), Access::Only(new)) => {
            old.iter().any(|id| !new.contains(&Handle::Known(id.to_string())))
        }
    }
}

/// How much a role administers, where more is an admin role that another one is not.
fn rank(role: &Role) -> u8 {
    match role {
        Role::MasterAdmin => 3,
        Role::Admin => 2,
        Role::TechnicalAdmin | Role::MediaLibraryAdmin | Role::Unknown(_) => 1,
        _ => 0,
    }
}

fn rank_of(role: Option<&Role>) -> u8 {
    role.map_or(0, rank)
}

/// What an update does to the number of active master admins.
fn effect(found: &FoundUser, fields: &UserFields) -> Effect {
    let mut after = found.clone();
    if let Some(role) = &fields.role {
        after.role = Some(role.clone());
    }
    if let Some(enabled) = fields.enabled {
        after.enabled = Some(enabled);
    }
    match (found.is_active_master_admin(), after.is_active_master_admin()) {
        (false, true) => Effect::GainsAdmin(found.id.clone()),
        (true, false) => Effect::LosesAdmin(found.id.clone()),
        _ => Effect::Nothing,
    }
}

fn join(one: Option<String>, other: Option<&str>) -> Option<String> {
    match (one, other) {
        (Some(one), Some(other)) => Some(format!("{one}, {other}")),
        (one, other) => one.or_else(|| other.map(str::to_owned)),
    }
}
