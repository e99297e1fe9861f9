//! The operations of product environments.

use serde::Serialize;

use crate::base::clock::rfc3339;
use crate::base::switch::Switch;
use crate::operations::{key_view, lookup};
use crate::request::fields::RequestFields;
use crate::request::prefix::{lowercase, starts_with};
use crate::response::answer::{Answer, Failure, list as list_as, message_ok, ok};
use crate::response::object::object;
use crate::state::AccountState;
use crate::state::product_environments::{FakeSubAccount, NewSubAccount, cloud_name_from};

/// From this many assets on, an environment cannot be deleted and keeps its cloud name.
const MANY_ASSETS: u64 = 1000;

pub(super) fn handle(state: &mut AccountState, operation: &str, fields: &RequestFields) -> Answer {
    let id = fields.path("sub_account_id");
    match operation {
        "getProductEnvironments" => list(state, fields),
        "createProductEnvironment" => create(state, fields),
        "getProductEnvironment" => ok(&view(state, lookup::environment_for(state, id, "read")?, None)),
        "updateProductEnvironment" => update(state, id, fields),
        "deleteProductEnvironment" => {
            if lookup::environment_for(state, id, "delete")?.assets >= MANY_ASSETS {
                return Err(Failure::bad_request(format!(
                    "A product environment with {MANY_ASSETS} assets or more cannot be deleted"
                )));
            }
            state.remove_environment(id);
            message_ok()
        }
        _ => Err(Failure::not_built(operation)),
    }
}

fn list(state: &AccountState, fields: &RequestFields) -> Answer {
    let (ids, cloud_names) = (fields.texts("ids"), fields.texts("cloud_names"));
    let alone = ids.is_some() && state.is_on(Switch::IdsWithoutOtherFilters);
    let (enabled, prefix) = (fields.boolean("enabled"), fields.text("prefix").map(lowercase));
    let others = |environment: &FakeSubAccount| {
        enabled.is_none_or(|enabled| environment.enabled == enabled)
            && prefix.as_ref().is_none_or(|prefix| starts_with(&environment.name, prefix))
            && cloud_names
                .as_ref()
                .is_none_or(|names| names.iter().any(|name| environment.cloud_name.eq_ignore_ascii_case(name)))
    };
    let listed = state.environments.iter().filter(|environment| {
        ids.as_ref().is_none_or(|ids| ids.contains(&environment.id.as_str())) && (alone || others(environment))
    });
    list_as("sub_accounts", listed.map(|environment| view(state, environment, None)))
}

fn create(state: &mut AccountState, fields: &RequestFields) -> Answer {
    let name = fields.text("name").unwrap_or("");
    lookup::check_name(name)?;
    let cloud_name = match fields.text("cloud_name") {
        Some(given) => check_cloud_name(state, given)?,
        None => cloud_name_from(name),
    };
    check_cloud_name_is_free(state, &cloud_name, None)?;
    if let Some(base) = fields.text("base_sub_account_id").filter(|base| !base.is_empty()) {
        // In lower case (live, Java), and a 400, as the description has no 404 here.
        let unknown = || Failure::bad_request(format!("cannot find sub account with id {base}"));
        state.environments.get(base).ok_or_else(unknown)?;
    }
    let enabled = fields.boolean("enabled").filter(|_| state.is_on(Switch::EnabledOnCreate)).unwrap_or(true);
    let new = NewSubAccount::new(name).cloud_name(cloud_name).enabled(enabled);
    let id = state.insert_environment(new.by_request(fields.object("custom_attributes").cloned()));
    let edge_key = state.ids.next_secret();
    ok(&view(state, lookup::environment(state, &id)?, Some(edge_key)))
}

fn update(state: &mut AccountState, id: &str, fields: &RequestFields) -> Answer {
    let before = lookup::environment_for(state, id, "update")?.clone();
    let mut after = before.clone();
    if let Some(name) = fields.text("name") {
        lookup::check_name(name)?;
        name.clone_into(&mut after.name);
    }
    if let Some(given) = fields.text("cloud_name") {
        let cloud_name = check_cloud_name(state, given)?;
        if !cloud_name.eq_ignore_ascii_case(&before.cloud_name) {
            check_cloud_name_is_free(state, &cloud_name, Some(id))?;
            if before.assets >= MANY_ASSETS {
                return Err(Failure::bad_request(format!(
                    "The cloud name of a product environment with {MANY_ASSETS} assets or more cannot be changed"
                )));
            }
        }
        after.cloud_name = cloud_name;
    }
    if let Some(enabled) = fields.boolean("enabled") {
        after.enabled = enabled;
    }
    // Replaced as a whole: attributes that are not given are removed.
    if let Some(attributes) = fields.object("custom_attributes") {
        after.custom_attributes = Some(attributes.clone());
    }
    if after != before {
        after.updated_at = state.now();
        state.environments.insert(after.clone());
    }
    ok(&view(state, &after, None))
}

/// Letters, digits, hyphens and underscores; the latter become hyphens (live, PHP).
fn check_cloud_name(state: &AccountState, given: &str) -> Result<String, Failure> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if given.is_empty() || !given.chars().all(allowed) {
        return Err(Failure::invalid("cloud_name", format!("must consist of letters, digits, - and _, not {given:?}")));
    }
    if state.is_on(Switch::UnderscoresInCloudNames) { Ok(given.to_owned()) } else { Ok(given.replace('_', "-")) }
}

/// An environment may take its own former name again.
fn check_cloud_name_is_free(state: &AccountState, cloud_name: &str, environment: Option<&str>) -> Result<(), Failure> {
    if state.environments.is_taken(cloud_name, environment) {
        // What the service says (live, Go).
        return Err(Failure::conflict("Customers is invalid"));
    }
    Ok(())
}

/// The documented fields in their documented order, and those that live tests saw besides. A new environment comes with
/// an
/// `edge_key` and the secrets of its keys.
fn view(state: &AccountState, environment: &FakeSubAccount, edge_key: Option<String>) -> impl Serialize {
    object! {
        cloud_name: &environment.cloud_name,
        name: &environment.name,
        enabled: environment.enabled,
        id: &environment.id,
        api_access_keys: key_view::of_environment(state, &environment.id, edge_key.is_some()),
        created_at: rfc3339(environment.created_at),
        updated_at: rfc3339(environment.updated_at),
        #[serde(flatten)]
        undocumented: (!state.is_on(Switch::EnvironmentsAsDocumented)).then(|| object! {
            description: &environment.description,
            custom_attributes: &environment.custom_attributes,
            #[serde(flatten)]
            edge_key: edge_key.map(|edge_key| object! { edge_key: edge_key }),
        }),
    }
}
