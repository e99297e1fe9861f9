//! Product environments: what differs.

use cloudinary_provisioning::SubAccountId;
use serde_json::Value;

use crate::manifest::{Environment, Object};
use crate::snapshot::{FoundEnvironment, ROOT_KEY};

use super::builder::{Builder, Obstacle};
use super::pairing::Pairing;
use super::step::{Action, Change, Phase, Step, StepKind};
use super::work::{EnvironmentFields, Handle, Made, Work};

const KIND: StepKind = StepKind::Environments;

/// What blocks the removal of undeclared things in a product environment that shares its cloud name.
pub(super) const TWIN_ENVIRONMENTS: &str = "several product environments have this cloud name";

impl Builder<'_> {
    pub(crate) fn plan_environments(&mut self) {
        let pairs: Vec<_> = self.environments.pairs().collect();
        for (declared, pairing) in pairs {
            if let Err(obstacle) = self.environments.reason() {
                self.block(Object::Environment(declared), obstacle);
                continue;
            }
            match (pairing, declared.is_absent()) {
                (Pairing::Ambiguous(count), _) => {
                    let message = format!("{count} product environments have this cloud name");
                    self.block(Object::Environment(declared), Obstacle::Ambiguous(message));
                }
                (Pairing::New, true) => self.unchanged(KIND),
                (Pairing::New, false) => self.create_environment(declared),
                (Pairing::Found(found) | Pairing::Renamed(found), true) => {
                    self.steps.push(delete(&found.cloud_name, &found.id));
                }
                (Pairing::Found(found) | Pairing::Renamed(found), false) => self.update_environment(declared, found),
            }
        }
    }

    fn create_environment(&mut self, declared: &Environment) {
        let cloud_name = declared.cloud_name.to_string();
        let name = declared.name.as_deref().unwrap_or(&cloud_name).to_owned();
        let mut changes = vec![Change::new("name", Value::Null, &*name)];
        if let Some(attributes) = &declared.attributes {
            changes.push(Change::new("attributes", Value::Null, attributes.clone()));
        }
        let fields = EnvironmentFields {
            cloud_name: Some(cloud_name.clone()),
            name: Some(name),
            enabled: None,
            attributes: declared.attributes.clone(),
        };
        let made = Made::Environment(cloud_name.clone());
        let mut step = Step::new(KIND, &*cloud_name, Action::Create, Work::CreateEnvironment(fields))
            .changes(changes)
            .makes(made.clone())
            .makes(Made::Key(cloud_name.clone(), ROOT_KEY.to_owned()));
        step.yields_secret = true;
        self.steps.push(step);
        if declared.enabled == Some(false) {
            // The service makes enabled ones only.
            let fields = EnvironmentFields { cloud_name: None, name: None, enabled: Some(false), attributes: None };
            let work = Work::UpdateEnvironment(Handle::Made(made), fields);
            let mut step =
                Step::new(KIND, cloud_name, Action::Update, work).changes(vec![Change::new("enabled", true, false)]);
            step.phase = Phase::LessEnvironments;
            self.steps.push(step);
        }
    }

    fn update_environment(&mut self, declared: &Environment, found: &FoundEnvironment) {
        let mut fields = EnvironmentFields { cloud_name: None, name: None, enabled: None, attributes: None };
        let mut changes = Vec::new();
        let renamed = found.cloud_name != declared.cloud_name.as_str();
        if renamed {
            fields.cloud_name = Some(declared.cloud_name.to_string());
            changes.push(Change::new("cloud_name", &*found.cloud_name, declared.cloud_name.as_str()));
        }
        if let Some(name) = declared.name.as_deref().filter(|name| found.name.as_deref() != Some(*name)) {
            fields.name = Some(name.to_owned());
            changes.push(Change::new("name", found.name.clone(), name));
        }
        if let Some(enabled) = declared.enabled.filter(|enabled| found.enabled != Some(*enabled)) {
            fields.enabled = Some(enabled);
            changes.push(Change::new("enabled", found.enabled, enabled));
        }
        if let Some(attributes) = declared.attributes.as_ref().filter(|attributes| found.attributes != **attributes) {
            fields.attributes = Some(attributes.clone());
            changes.push(Change::new("attributes", found.attributes.clone(), attributes.clone()));
        }
        if changes.is_empty() {
            return self.unchanged(KIND);
        }
        let action = action(renamed, fields.enabled);
        let work = Work::UpdateEnvironment(Handle::Known(found.id.to_string()), fields);
        let step = Step::new(KIND, declared.cloud_name.as_str(), action, work).id(&found.id).changes(changes);
        self.steps.push(step);
    }
}

/// What an update is called that may rename and disable.
pub(crate) fn action(renamed: bool, enabled: Option<bool>) -> Action {
    match (enabled, renamed) {
        (Some(false), _) => Action::Disable,
        (_, true) => Action::Rename,
        (_, false) => Action::Update,
    }
}

fn delete(cloud_name: &str, id: &SubAccountId) -> Step {
    Step::new(KIND, cloud_name, Action::Delete, Work::DeleteEnvironment(id.clone())).id(id)
}
