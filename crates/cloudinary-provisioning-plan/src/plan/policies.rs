//! Custom policies: what differs.

use std::collections::BTreeSet;

use cloudinary_provisioning::custom_policies::same_statement;
use cloudinary_provisioning::{PolicyId, SubAccountId};
use serde_json::Value;

use crate::manifest::{Object, ObjectKind, Policy, Statement, StatementPart};
use crate::snapshot::{FoundPolicy, FoundScope};

use super::builder::{Builder, Obstacle, Resolved};
use super::environments::{TWIN_ENVIRONMENTS, action};
use super::pairing::{Names, Pairing, pair};
use super::step::{Action, Change, Step, StepKind};
use super::work::{Handle, PolicyFields, ScopeHandle, StatementText, Work};

const KIND: StepKind = StepKind::Policies;

impl Builder<'_> {
    pub(crate) fn plan_policies(&mut self) {
        let mut by_scope: Vec<(ScopeHandle, Vec<&Policy>)> = Vec::new();
        for declared in &self.manifest.policies {
            match (self.scope(&declared.scope), declared.is_absent()) {
                (Ok(scope), _) => match by_scope.iter_mut().find(|(known, _)| *known == scope) {
                    Some((_, policies)) => policies.push(declared),
                    None => by_scope.push((scope, vec![declared])),
                },
                (Err(Obstacle::Problem(_)), true) => self.unchanged(KIND),
                (Err(obstacle), _) => self.block(Object::Policy(declared), obstacle),
            }
        }
        let mut kept = BTreeSet::new();
        for (scope, policies) in &by_scope {
            self.plan_policies_of(scope, policies, &mut kept);
        }
        if self.prunes(ObjectKind::Policies) {
            self.prune_policies(&kept);
        }
    }

    fn plan_policies_of(&mut self, scope: &ScopeHandle, declared: &[&Policy], kept: &mut BTreeSet<PolicyId>) {
        let snapshot = self.snapshot;
        let all = match found_scope(scope) {
            Some(found) => {
                snapshot.policies.get(&found).map_or(Err("they were not read".to_owned()), |part| part.or_reason())
            }
            None => Ok(const { &Vec::new() }),
        };
        let all = match all {
            Ok(all) => all,
            Err(reason) => {
                for policy in declared {
                    let reason = format!("the policies of the scope are not known: {reason}");
                    self.block(Object::Policy(policy), Obstacle::Unknown(reason));
                }
                return;
            }
        };
        let names: Vec<_> = declared.iter().map(|policy| Names::new(&policy.name, policy.was.as_ref())).collect();
        for (policy, pairing) in declared.iter().zip(pair(&names, all.iter().map(|found| &*found.name))) {
            let pairing = pairing.map(|at| all.get(at));
            let object = Object::Policy(policy);
            let is_named = |found: &&FoundPolicy| {
                found.name == policy.name.as_str() || policy.was.as_ref().is_some_and(|was| found.name == was.as_str())
            };
            match pairing {
                // Any of them may be the one that is meant.
                Pairing::Ambiguous(_) => kept.extend(all.iter().filter(is_named).map(|found| found.id.clone())),
                _ => kept.extend(pairing.found().map(|found| found.id.clone())),
            }
            let planned = match (pairing, policy.is_absent()) {
                (Pairing::Ambiguous(count), _) => {
                    Err(Obstacle::Ambiguous(format!("{count} policies of the scope have this name")))
                }
                (Pairing::New, true) => Ok(None),
                (Pairing::New, false) => self.create_policy(policy, scope).map(Some),
                (Pairing::Found(found) | Pairing::Renamed(found), true) => Ok(Some(delete(&object.name(), found))),
                (Pairing::Found(found) | Pairing::Renamed(found), false) => self.update_policy(policy, scope, found),
            };
            match planned {
                Ok(Some(step)) => self.steps.push(step),
                Ok(None) => self.unchanged(KIND),
                Err(obstacle) => self.block(object, obstacle),
            }
        }
    }

    fn create_policy(&self, declared: &Policy, scope: &ScopeHandle) -> Resolved<Step> {
        let missing = || Obstacle::Problem("a policy that is to be created needs a `statement`".to_owned());
        let statement = declared.statement.as_ref().ok_or_else(missing)?;
        let keys = self.keys_of(statement)?;
        let enabled = declared.enabled.unwrap_or(true);
        let description = declared.description.clone().filter(|text| !text.is_empty());
        let mut changes = vec![Change::new("statement", Value::Null, statement.as_str())];
        if let Some(description) = &description {
            changes.push(Change::new("description", Value::Null, &**description));
        }
        if let Some(enabled) = declared.enabled {
            changes.push(Change::new("enabled", Value::Null, enabled));
        }
        let fields = PolicyFields {
            name: declared.name.to_string(),
            scope: scope.clone(),
            statement: StatementText::Wanted(statement.clone(), keys),
            description,
            enabled,
        };
        let name = Object::Policy(declared).name();
        let mut step = Step::new(KIND, name, Action::Create, Work::CreatePolicy(fields)).changes(changes);
        step.widens = widens(enabled && permits_everything(statement.as_str()));
        Ok(step)
    }

    fn update_policy(&self, declared: &Policy, scope: &ScopeHandle, found: &FoundPolicy) -> Resolved<Option<Step>> {
        let mut changes = Vec::new();
        let renamed = found.name != declared.name.as_str();
        if renamed {
            changes.push(Change::new("name", &*found.name, declared.name.as_str()));
        }
        let mut statement = StatementText::Found(found.statement.clone());
        let mut opens = false;
        if let Some(wanted) = &declared.statement {
            let keys = self.keys_of(wanted)?;
            let text = text_of(wanted, &keys);
            if text.as_ref().is_none_or(|text| !same_statement(text, &found.statement)) {
                changes.push(Change::new("statement", &*found.statement, text.unwrap_or_else(|| wanted.to_string())));
                opens = permits_everything(wanted.as_str());
                statement = StatementText::Wanted(wanted.clone(), keys);
            }
        }
        let old_description = found.description.clone().unwrap_or_default();
        let description = declared.description.clone().unwrap_or_else(|| old_description.clone());
        if description != old_description {
            changes.push(Change::new("description", old_description, &*description));
        }
        let enabled = declared.enabled.filter(|enabled| found.enabled != Some(*enabled));
        if let Some(enabled) = enabled {
            changes.push(Change::new("enabled", found.enabled, enabled));
            opens |= matches!(statement, StatementText::Found(_)) && permits_everything(&found.statement);
        }
        if changes.is_empty() {
            return Ok(None);
        }
        let is_enabled = enabled.or(found.enabled).unwrap_or(true);
        let fields = PolicyFields {
            name: declared.name.to_string(),
            scope: scope.clone(),
            statement,
            description: Some(description).filter(|text| !text.is_empty()),
            enabled: is_enabled,
        };
        let name = Object::Policy(declared).name();
        let work = Work::UpdatePolicy(found.id.clone(), fields);
        let mut step = Step::new(KIND, name, action(renamed, enabled), work).id(&found.id).changes(changes);
        step.widens = widens(is_enabled && opens);
        Ok(Some(step))
    }

    fn keys_of(&self, statement: &Statement) -> Resolved<Vec<Handle>> {
        statement.references().map(|key| self.key(&key)).collect()
    }

    fn prune_policies(&mut self, kept: &BTreeSet<PolicyId>) {
        let (mut steps, mut unknown, mut twins) = (Vec::new(), Vec::new(), Vec::new());
        for (scope, part) in &self.snapshot.policies {
            let scope_name = self.scope_name(scope);
            if let FoundScope::Environment(id) = scope {
                let name = self.environment_name(id);
                if self.is_deleted(id) || self.is_ignored(ObjectKind::Environments, &name) {
                    continue;
                }
                if self.environments.is_twin(id.as_str()) {
                    twins.push(name);
                    continue;
                }
            }
            match part.or_reason() {
                Err(reason) => unknown.push(format!("the policies of {scope_name} are not known: {reason}")),
                Ok(all) => {
                    let pruned = all.iter().filter(|found| {
                        !kept.contains(&found.id) && !self.is_ignored(ObjectKind::Policies, &found.name)
                    });
                    steps.extend(pruned.map(|found| delete(&format!("{} ({scope_name})", found.name), found)));
                }
            }
        }
        if let Err(reason) = self.snapshot.environments.or_reason() {
            unknown.push(format!("the product environments are not known: {reason}"));
        }
        self.steps.extend(steps);
        for reason in unknown {
            self.unknown(KIND, "", reason);
        }
        for name in twins {
            self.ambiguous(KIND, name, TWIN_ENVIRONMENTS);
        }
    }
}

/// The statement as the service gets it, where all keys in it are there already.
fn text_of(statement: &Statement, keys: &[Handle]) -> Option<String> {
    let mut keys = keys.iter();
    let parts = statement.parts().map(|part| match part {
        StatementPart::Text(text) => Some(text),
        StatementPart::Key(_) => keys.next().and_then(Handle::known),
    });
    parts.collect()
}

fn widens(is_so: bool) -> Option<String> {
    is_so.then(|| "a policy that permits everything".to_owned())
}

/// Whether a statement says `permit(principal, action, resource);`, among other things maybe.
fn permits_everything(statement: &str) -> bool {
    let code = statement.lines().map(|line| line.split("//").next().unwrap_or_default());
    let bare: String = code.flat_map(str::chars).filter(|character| !character.is_whitespace()).collect();
    let open = ["permit(principal,action,resource);", "permit(principal,action,resource,);"];
    open.iter().any(|open| bare.contains(open))
        || ["permit(principal,action,resource)when{true}", "permit(principal,action,resource)unless{false}"]
            .iter()
            .any(|open| bare.contains(open))
}

fn delete(name: &str, found: &FoundPolicy) -> Step {
    Step::new(KIND, name, Action::Delete, Work::DeletePolicy(found.id.clone())).id(&found.id)
}

fn found_scope(scope: &ScopeHandle) -> Option<FoundScope> {
    Some(match scope {
        ScopeHandle::Account => FoundScope::Account,
        ScopeHandle::AllEnvironments => FoundScope::AllEnvironments,
        ScopeHandle::Environment(handle) => FoundScope::Environment(SubAccountId::from(handle.known()?)),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn policies_that_permit_everything_are_seen() {
        let open = ["permit ( principal, action,\n resource ) ;", "permit(principal, action, resource,);"];
        assert!(open.iter().all(|statement| permits_everything(statement)));
        let others = [
            "permit(principal == Cloudinary::APIKey::\"1\", action, resource);",
            "permit(principal, action, resource) when { resource.name == \"a\" };",
            "// permit(principal, action, resource);",
            "forbid(principal, action, resource);",
        ];
        assert!(!others.iter().any(|statement| permits_everything(statement)));
    }
}
