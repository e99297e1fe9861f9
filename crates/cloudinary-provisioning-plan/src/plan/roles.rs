//! Custom roles: what differs.

use std::collections::BTreeSet;
use std::fmt;

use cloudinary_provisioning::{PolicyId, RoleId};
use serde_json::Value;

use crate::manifest::{Object, ObjectKind, Role};
use crate::snapshot::{FoundRole, Part};

use super::builder::{Builder, Obstacle, Resolved};
use super::step::{Action, Change, Step, StepKind};
use super::work::{Made, RoleFields, Work};

const KIND: StepKind = StepKind::Roles;

impl Builder<'_> {
    pub(crate) fn plan_roles(&mut self) {
        for declared in &self.manifest.roles {
            if let Err(obstacle) = self.plan_role(declared) {
                self.block(Object::Role(declared), obstacle);
            }
        }
        if self.prunes(ObjectKind::Roles) {
            self.prune_roles();
        }
    }

    fn plan_role(&mut self, declared: &Role) -> Resolved<()> {
        let found = self.found_role(&declared.id)?;
        match (found, declared.is_absent()) {
            (Some(found), _) if found.system => {
                return Err(Obstacle::Problem("this is one of the system's roles, which cannot be changed".to_owned()));
            }
            (None, true) => self.unchanged(KIND),
            (Some(_), true) => self.delete_role(&RoleId::from(declared.id.as_str()))?,
            (None, false) => {
                let step = create(declared)?;
                self.steps.push(step);
            }
            (Some(found), false) => match update(declared, found)? {
                Some(step) => self.steps.push(step),
                None => self.unchanged(KIND),
            },
        }
        Ok(())
    }

    fn found_role(&self, id: &str) -> Resolved<Option<&FoundRole>> {
        match self.snapshot.roles.get(id) {
            Some(part) => part.or_reason().map(Option::as_ref).map_err(Obstacle::Unknown),
            None => match self.snapshot.all_roles.known() {
                Some(all) if !all.contains(id) => Ok(None),
                _ => Err(Obstacle::Unknown("the role was not read".to_owned())),
            },
        }
    }

    /// A role that somebody has cannot be deleted without force, so it is taken from everybody first.
    fn delete_role(&mut self, id: &RoleId) -> Resolved<()> {
        let held =
            self.snapshot.assignments_of_roles.get(id).map_or(Err("they were not read".to_owned()), Part::or_reason);
        if let Err(reason) = held {
            return Err(Obstacle::Unknown(format!("its principals are not known: {reason}")));
        }
        let held: Vec<_> = self.snapshot.assignments.iter().filter(|held| held.role == *id).cloned().collect();
        for assignment in &held {
            self.unassign(assignment);
        }
        let step = Step::new(KIND, id.as_str(), Action::Delete, Work::DeleteRole(id.clone())).id(id);
        self.steps.push(step);
        Ok(())
    }

    /// Whether a role that is not declared goes.
    pub(crate) fn is_pruned_role(&self, found: &FoundRole) -> bool {
        let name = found.name.as_deref().unwrap_or_default();
        self.prunes(ObjectKind::Roles)
            && !found.system
            && !self.is_ignored(ObjectKind::Roles, found.id.as_str())
            && !self.is_ignored(ObjectKind::Roles, name)
    }

    fn prune_roles(&mut self) {
        if let Err(reason) = self.snapshot.all_roles.or_reason() {
            return self.unknown(KIND, "", reason);
        }
        let declared: BTreeSet<&str> = self.manifest.roles.iter().map(|role| role.id.as_str()).collect();
        for (id, part) in &self.snapshot.roles {
            let Some(Some(found)) = part.known() else { continue };
            if declared.contains(id.as_str()) || !self.is_pruned_role(found) {
                continue;
            }
            if let Err(Obstacle::Unknown(reason) | Obstacle::Problem(reason)) = self.delete_role(id) {
                self.unknown(KIND, id.as_str(), reason);
            }
        }
    }
}

fn create(declared: &Role) -> Resolved<Step> {
    let missing = |field| Obstacle::Problem(format!("a role that is to be created needs `{field}`"));
    let name = declared.name.as_deref().ok_or_else(|| missing("name"))?.to_owned();
    let permission = declared.permission.clone().ok_or_else(|| missing("permission"))?;
    let scope = declared.scope.clone().ok_or_else(|| missing("scope"))?;
    let description = declared.description.clone().filter(|text| !text.is_empty());
    let mut changes = vec![
        Change::new("name", Value::Null, &*name),
        Change::new("permission", Value::Null, permission.as_str()),
        Change::new("scope", Value::Null, scope.as_str()),
    ];
    if let Some(description) = &description {
        changes.push(Change::new("description", Value::Null, &**description));
    }
    let policies = wanted_policies(declared).unwrap_or_default();
    if !policies.is_empty() {
        changes.push(Change::new("system_policies", Value::Null, shown(&policies)));
    }
    let id = RoleId::from(declared.id.as_str());
    let fields = RoleFields { name, description, policies };
    let work = Work::CreateRole { id, permission, scope, fields };
    let made = Made::Role(declared.id.to_string());
    Ok(Step::new(KIND, declared.id.as_str(), Action::Create, work).changes(changes).makes(made))
}

fn update(declared: &Role, found: &FoundRole) -> Resolved<Option<Step>> {
    unchangeable("permission", declared.permission.as_ref(), found.permission.as_ref())?;
    unchangeable("scope", declared.scope.as_ref(), found.scope.as_ref())?;
    let mut changes = Vec::new();
    let (old_name, old_description) =
        (found.name.clone().unwrap_or_default(), found.description.clone().unwrap_or_default());
    let name = declared.name.as_deref().unwrap_or(&old_name).to_owned();
    if name != old_name {
        changes.push(Change::new("name", old_name, &*name));
    }
    let description = declared.description.clone().unwrap_or_else(|| old_description.clone());
    if description != old_description {
        changes.push(Change::new("description", old_description, &*description));
    }
    let wanted = wanted_policies(declared);
    if wanted.is_none() && changes.is_empty() {
        return Ok(None);
    }
    // An update replaces the role as a whole, so that all of it has to be known.
    let unknown = |reason| Obstacle::Unknown(format!("its system policies are not known: {reason}"));
    let old_policies = found.policies.or_reason().map_err(unknown)?;
    let policies = wanted.unwrap_or_else(|| old_policies.clone());
    if policies != *old_policies {
        changes.push(Change::new("system_policies", shown(old_policies), shown(&policies)));
    }
    if changes.is_empty() {
        return Ok(None);
    }
    let fields = RoleFields { name, description: Some(description).filter(|text| !text.is_empty()), policies };
    let work = Work::UpdateRole(found.id.clone(), fields);
    Ok(Some(Step::new(KIND, declared.id.as_str(), Action::Update, work).id(&found.id).changes(changes)))
}

fn unchangeable<T: PartialEq + fmt::Display>(field: &str, wanted: Option<&T>, found: Option<&T>) -> Resolved<()> {
    match (wanted, found) {
        (Some(wanted), Some(found)) if wanted != found => Err(Obstacle::Problem(format!(
            "`{field}` is {found} and cannot be changed to {wanted}: give the role another id"
        ))),
        _ => Ok(()),
    }
}

fn wanted_policies(declared: &Role) -> Option<BTreeSet<PolicyId>> {
    Some(declared.system_policies.as_ref()?.iter().map(|id| PolicyId::from(id.as_str())).collect())
}

fn shown(policies: &BTreeSet<PolicyId>) -> Value {
    policies.iter().map(PolicyId::as_str).collect()
}
