//! Access keys: what differs.

use cloudinary_provisioning::SubAccountId;
use cloudinary_provisioning::access_keys::DedicatedFor;
use serde_json::Value;

use crate::manifest::{Key, KeyRef, Object, ObjectKind};
use crate::snapshot::{FoundKey, ROOT_KEY};

use super::builder::{Builder, Obstacle};
use super::environments::TWIN_ENVIRONMENTS;
use super::environments::action;
use super::pairing::Pairing;
use super::step::{Action, Change, Phase, Step, StepKind};
use super::work::{Handle, Made, Work};

const KIND: StepKind = StepKind::Keys;

impl Builder<'_> {
    pub(crate) fn plan_keys(&mut self) {
        for declared in &self.manifest.keys {
            let object = Object::Key(declared);
            match (self.environment(&declared.environment), declared.is_absent()) {
                (Err(Obstacle::Problem(_)) | Ok(Handle::Made(_)), true) => self.unchanged(KIND),
                (Err(obstacle), _) => self.block(object, obstacle),
                (Ok(environment @ Handle::Made(_)), false) if &*declared.name == ROOT_KEY => {
                    self.root_key(declared, environment);
                }
                (Ok(environment @ Handle::Made(_)), false) => self.generate_key(declared, environment),
                (Ok(Handle::Known(id)), _) => self.plan_key(declared, &SubAccountId::from(id)),
            }
        }
        if self.prunes(ObjectKind::Keys) {
            self.prune_keys();
        }
    }

    fn plan_key(&mut self, declared: &Key, environment: &SubAccountId) {
        let object = Object::Key(declared);
        let Some(index) = self.keys.get(environment) else {
            return self.block(object, Obstacle::Unknown("the keys of the environment were not read".to_owned()));
        };
        if let Err(obstacle) = index.reason() {
            return self.block(object, obstacle);
        }
        let pairing = index.declared(&declared.name).map_or(Pairing::New, |(_, pairing)| pairing);
        match (pairing, declared.is_absent()) {
            (Pairing::Ambiguous(count), _) => {
                let message = format!("{count} keys of the environment have this name");
                self.block(object, Obstacle::Ambiguous(message));
            }
            (Pairing::New, true) => self.unchanged(KIND),
            (Pairing::New, false) => self.generate_key(declared, Handle::Known(environment.to_string())),
            (Pairing::Found(found) | Pairing::Renamed(found), true) => {
                let step = delete(&declared.reference(), environment, found);
                self.steps.push(step);
            }
            (Pairing::Found(found) | Pairing::Renamed(found), false) => self.update_key(declared, environment, found),
        }
    }

    fn generate_key(&mut self, declared: &Key, environment: Handle) {
        let (cloud_name, name) = (declared.environment.to_string(), declared.name.to_string());
        let changes = declared.enabled.map(|enabled| Change::new("enabled", Value::Null, enabled));
        let made = Made::Key(cloud_name.clone(), name.clone());
        let work = Work::GenerateKey { environment, cloud_name, name, enabled: declared.enabled };
        let mut step = Step::new(KIND, declared.reference().to_string(), Action::Create, work)
            .changes(changes.into_iter().collect())
            .makes(made);
        step.yields_secret = true;
        self.steps.push(step);
    }

    /// The key that comes with a new environment; it is enabled.
    fn root_key(&mut self, declared: &Key, environment: Handle) {
        if declared.enabled != Some(false) {
            return self.unchanged(KIND);
        }
        let key = Handle::Made(Made::Key(declared.environment.to_string(), declared.name.to_string()));
        let work = Work::UpdateKey { environment, key, name: None, enabled: Some(false) };
        let mut step = Step::new(KIND, declared.reference().to_string(), Action::Update, work)
            .changes(vec![Change::new("enabled", true, false)]);
        step.phase = Phase::LessKeys;
        step.root = true;
        self.steps.push(step);
    }

    fn update_key(&mut self, declared: &Key, environment: &SubAccountId, found: &FoundKey) {
        let renamed = found.name != declared.name.as_str();
        let enabled = declared.enabled.filter(|enabled| found.enabled != Some(*enabled));
        let mut changes = Vec::new();
        if renamed {
            changes.push(Change::new("name", &*found.name, declared.name.as_str()));
        }
        if let Some(enabled) = enabled {
            changes.push(Change::new("enabled", found.enabled, enabled));
        }
        if changes.is_empty() {
            return self.unchanged(KIND);
        }
        let work = Work::UpdateKey {
            environment: Handle::Known(environment.to_string()),
            key: Handle::Known(found.api_key.to_string()),
            name: renamed.then(|| declared.name.to_string()),
            enabled,
        };
        let mut step = Step::new(KIND, declared.reference().to_string(), action(renamed, enabled), work)
            .id(&found.api_key)
            .changes(changes);
        step.root = found.root;
        self.steps.push(step);
    }

    /// Root keys stay, as do those of environments that go.
    fn prune_keys(&mut self) {
        let (mut steps, mut unknown, mut twins) = (Vec::new(), Vec::new(), Vec::new());
        for (environment, index) in &self.keys {
            let cloud_name = self.environment_name(environment);
            if self.is_deleted(environment) || self.is_ignored(ObjectKind::Environments, &cloud_name) {
                continue;
            }
            if self.environments.is_twin(environment.as_str()) {
                twins.push(cloud_name);
                continue;
            }
            if let Err(Obstacle::Unknown(reason)) = index.reason() {
                unknown.push((cloud_name, format!("its keys are not known: {reason}")));
                continue;
            }
            let pruned =
                index.others().flat_map(|(_, keys)| keys).filter(|found| self.is_pruned_key(&cloud_name, found));
            steps.extend(pruned.map(|found| delete(&KeyRef::new(&*cloud_name, &*found.name), environment, found)));
        }
        if let Err(reason) = self.snapshot.environments.or_reason() {
            unknown.push((String::new(), format!("the product environments are not known: {reason}")));
        }
        self.steps.extend(steps);
        for (name, reason) in unknown {
            self.unknown(KIND, name, reason);
        }
        for cloud_name in twins {
            self.ambiguous(KIND, cloud_name, TWIN_ENVIRONMENTS);
        }
    }
}

pub(crate) fn delete(reference: &KeyRef, environment: &SubAccountId, found: &FoundKey) -> Step {
    let work = Work::DeleteKey { environment: environment.clone(), key: found.api_key.clone() };
    let mut step = Step::new(KIND, reference.to_string(), Action::Delete, work).id(&found.api_key);
    step.root = found.root;
    step
}

/// Sets a key aside for what another one was set aside for: after it has its roles.
pub(crate) fn dedicate(reference: &KeyRef, environment: &SubAccountId, key: Handle, purpose: &DedicatedFor) -> Step {
    let change = Change::new("dedicated_for", Value::Null, purpose.as_str());
    let id = key.known().map(str::to_owned);
    let work = Work::DedicateKey { environment: environment.clone(), key, purpose: purpose.clone() };
    let mut step = Step::new(KIND, reference.to_string(), Action::Update, work).changes(vec![change]);
    step.id = id;
    step.phase = Phase::Policies;
    step
}

/// Disables a key that another one replaces.
pub(crate) fn retire(reference: &KeyRef, environment: &SubAccountId, found: &FoundKey, successor: Handle) -> Step {
    let work = Work::RetireKey { environment: environment.clone(), key: found.api_key.clone(), successor };
    let mut step = Step::new(KIND, reference.to_string(), Action::Disable, work)
        .id(&found.api_key)
        .changes(vec![Change::new("enabled", found.enabled, false)]);
    step.root = found.root;
    step
}
