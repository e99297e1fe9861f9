//! Roles that principals have: what differs.

use std::collections::{BTreeMap, BTreeSet};

use cloudinary_provisioning::{PrincipalType, ScopeType, SubAccountId};

use crate::manifest::{Assignment, Object, ObjectKind, Principal, Scope};
use crate::snapshot::{FoundAssignment, FoundPrincipal, FoundScope};

use super::builder::{Builder, Obstacle, Resolved};
use super::environments::TWIN_ENVIRONMENTS;
use super::step::{Action, Phase, Step, StepKind};
use super::work::{AssignmentFields, Handle, Made, ScopeHandle, Work};

const KIND: StepKind = StepKind::Assignments;

impl Builder<'_> {
    pub(crate) fn plan_assignments(&mut self) {
        let mut wanted = BTreeSet::new();
        let mut planned = BTreeSet::new();
        // Any assignment of these may be one that is declared.
        let mut blocked = BTreeSet::new();
        for declared in &self.manifest.assignments {
            for principal in &declared.to {
                match self.plan_assignment(declared, principal, &mut planned) {
                    Ok(Some(assignment)) => drop(wanted.insert(assignment)),
                    Ok(None) => {}
                    Err(obstacle) => {
                        blocked.insert(declared.role.as_str());
                        self.block(Object::Assignment(declared), obstacle);
                    }
                }
            }
        }
        if self.prunes(ObjectKind::Assignments) {
            self.prune_assignments(&wanted, &blocked);
        }
    }

    /// Returns the assignment as it is wanted, where all ids in it are known.
    fn plan_assignment(
        &mut self,
        declared: &Assignment,
        principal: &Principal,
        planned: &mut BTreeSet<String>,
    ) -> Resolved<Option<FoundAssignment>> {
        let role_is_new = match self.has_role(declared) {
            Ok(is_new) => is_new,
            Err(Obstacle::Problem(_)) if declared.is_absent() => {
                self.unchanged(KIND);
                return Ok(None);
            }
            Err(obstacle) => return Err(obstacle),
        };
        let (scope, (kind, handle)) = match (self.scope(&declared.scope), self.principal(principal)) {
            (Ok(scope), Ok(principal)) => (scope, principal),
            // Whoever is not there does not have the role.
            (Err(Obstacle::Problem(_)), Ok(_)) | (_, Err(Obstacle::Problem(_))) if declared.is_absent() => {
                self.unchanged(KIND);
                return Ok(None);
            }
            (Err(obstacle), _) | (_, Err(obstacle)) => return Err(obstacle),
        };
        let content = declared.content.clone().unwrap_or_default();
        let id = declared.role.to_string();
        let fields = AssignmentFields {
            role: if role_is_new { Handle::Made(Made::Role(id)) } else { Handle::Known(id) },
            scope,
            content,
            kind,
            principal: handle,
        };
        let found = found(&fields);
        let is_there = match &found {
            Some(assignment) if !role_is_new => self.snapshot.has_assignment(assignment).map_err(Obstacle::Unknown)?,
            _ => false,
        };
        let name = name(&declared.role, &declared.scope, &fields.content, &principal.to_string());
        match (is_there, declared.is_absent()) {
            _ if !planned.insert(name.clone()) => {}
            (true, false) | (false, true) => self.unchanged(KIND),
            (true, true) => {
                self.unassigned.extend(found.clone());
                self.steps.push(Step::new(KIND, name, Action::Remove, Work::Unassign(fields)));
            }
            (false, false) => {
                let is_own = fields.kind == PrincipalType::ProvisioningKey && !role_is_new;
                let admin = is_admin(&declared.role).then(|| format!("the role {}", declared.role));
                let mut step = Step::new(KIND, name, Action::Add, Work::Assign(fields));
                step.widens = admin;
                if is_own {
                    step.phase = Phase::OwnRights;
                }
                self.steps.push(step);
            }
        }
        Ok(found.filter(|_| !declared.is_absent()))
    }

    /// Whether the role is still to be made. It has to be there or declared, and to be one for the scope.
    fn has_role(&self, declared: &Assignment) -> Resolved<bool> {
        let id = declared.role.as_str();
        let declaration = self.manifest.roles.iter().find(|role| role.id == declared.role);
        if declaration.is_some_and(crate::manifest::Role::is_absent) {
            return Err(Obstacle::Problem(format!("role {id} is declared absent")));
        }
        let unknown = |reason| Obstacle::Unknown(format!("role {id} is not known: {reason}"));
        let is_there = self.snapshot.has_role(id).map_err(unknown)?;
        if !is_there && declaration.is_none() {
            return Err(Obstacle::Problem(format!("there is no role {id}, neither declared nor in the account")));
        }
        let found = self.snapshot.roles.get(id).and_then(|part| part.known()).and_then(Option::as_ref);
        if declaration.is_none() && found.is_some_and(|role| self.is_pruned_role(role)) {
            return Err(Obstacle::Problem(format!("role {id} is not declared, and `prune` removes what is not")));
        }
        let scope = found.and_then(|role| role.scope.as_ref()).or(declaration.and_then(|role| role.scope.as_ref()));
        let wanted = match declared.scope {
            Scope::Account => ScopeType::Account,
            Scope::AllEnvironments | Scope::Environment(_) => ScopeType::Prodenv,
        };
        match scope {
            Some(scope) if *scope != wanted => {
                Err(Obstacle::Problem(format!("role {id} applies to the scope {scope}, not to {wanted}")))
            }
            _ => Ok(!is_there),
        }
    }

    fn prune_assignments(&mut self, wanted: &BTreeSet<FoundAssignment>, blocked: &BTreeSet<&str>) {
        let complete = self.snapshot.all_roles.or_reason().cloned().and_then(|roles| {
            let of_role = |id| {
                self.snapshot
                    .assignments_of_roles
                    .get(id)
                    .map_or(Err(format!("the principals of {id} were not read")), |part| part.or_reason().map(drop))
            };
            roles.iter().try_for_each(of_role)
        });
        if let Err(reason) = complete {
            self.unknown(KIND, "", reason);
        }
        let snapshot = self.snapshot;
        for assignment in snapshot.assignments.difference(wanted) {
            if blocked.contains(assignment.role.as_str()) || self.leaves(assignment) {
                continue;
            }
            match &assignment.scope {
                FoundScope::Environment(id) if self.environments.is_twin(id.as_str()) => {
                    self.ambiguous(KIND, self.environment_name(id), TWIN_ENVIRONMENTS);
                }
                _ => self.unassign(assignment),
            }
        }
    }

    /// Whether the assignment is to be left alone: it is about something ignored, or goes with its environment.
    fn leaves(&self, assignment: &FoundAssignment) -> bool {
        let is_ignored = |kind, name: &str| self.is_ignored(kind, name);
        let role = self.snapshot.roles.get(&assignment.role).and_then(|part| part.known()).and_then(Option::as_ref);
        let role_name = role.and_then(|role| role.name.as_deref()).unwrap_or_default();
        let principal = self.principal_name(&assignment.principal);
        is_ignored(ObjectKind::Roles, assignment.role.as_str())
            || is_ignored(ObjectKind::Roles, role_name)
            || match &principal {
                Some(Principal::User(email)) => is_ignored(ObjectKind::Users, email),
                Some(Principal::Group(name)) => is_ignored(ObjectKind::Groups, name),
                Some(Principal::Key(key)) => is_ignored(ObjectKind::Keys, &key.to_string()),
                _ => false,
            }
            || match &assignment.scope {
                FoundScope::Environment(id) => {
                    self.is_deleted(id) || is_ignored(ObjectKind::Environments, &self.environment_name(id))
                }
                FoundScope::Account | FoundScope::AllEnvironments => false,
            }
    }

    /// Plans to take a role away, once.
    pub(crate) fn unassign(&mut self, assignment: &FoundAssignment) {
        let principal = match self.principal_name(&assignment.principal) {
            Some(principal) => principal.to_string(),
            None => format!("{}:id:{}", assignment.principal.kind, assignment.principal.id),
        };
        let fields = AssignmentFields {
            role: Handle::Known(assignment.role.to_string()),
            scope: match &assignment.scope {
                FoundScope::Account => ScopeHandle::Account,
                FoundScope::AllEnvironments => ScopeHandle::AllEnvironments,
                FoundScope::Environment(id) => ScopeHandle::Environment(Handle::Known(id.to_string())),
            },
            content: assignment.content.clone(),
            kind: assignment.principal.kind.clone(),
            principal: Handle::Known(assignment.principal.id.to_string()),
        };
        let name = name(assignment.role.as_str(), &self.scope_name(&assignment.scope), &assignment.content, &principal);
        if self.unassigned.insert(assignment.clone()) {
            self.steps.push(Step::new(KIND, name, Action::Remove, Work::Unassign(fields)));
        }
    }
}

/// How an assignment is named.
fn name(role: &str, scope: &Scope, content: &BTreeMap<String, String>, principal: &str) -> String {
    let content: Vec<_> = content.iter().map(|(kind, id)| format!(", {kind} {id}")).collect();
    format!("{role} ({scope}{}) to {principal}", content.concat())
}

/// The system's roles say in their ids whether they administer.
fn is_admin(role: &str) -> bool {
    role.starts_with("cld::role::") && role.rsplit("::").next().is_some_and(|name| name.ends_with("admin"))
}

fn found(fields: &AssignmentFields) -> Option<FoundAssignment> {
    let scope = match &fields.scope {
        ScopeHandle::Account => FoundScope::Account,
        ScopeHandle::AllEnvironments => FoundScope::AllEnvironments,
        ScopeHandle::Environment(handle) => FoundScope::Environment(SubAccountId::from(handle.known()?)),
    };
    let principal = FoundPrincipal::new(fields.kind.clone(), fields.principal.known()?);
    let mut assignment = FoundAssignment::new(fields.role_id(), scope, principal);
    assignment.content.clone_from(&fields.content);
    Some(assignment)
}
