//! The operations of access keys.

use crate::base::switch::Switch;
use crate::operations::{key_view, lookup};
use crate::request::fields::RequestFields;
use crate::request::page::PageRange;
use crate::response::answer::{Answer, Failure, message_ok, ok};
use crate::response::object::object;
use crate::state::AccountState;
use crate::state::access_keys::{FakeAccessKey, NewAccessKey};

pub(super) fn handle(state: &mut AccountState, operation: &str, fields: &RequestFields) -> Answer {
    let (environment_id, key) = (fields.path("sub_account_id"), fields.path("key"));
    match operation {
        "getAccessKeys" => list(state, environment_id, fields),
        "getAccessKey" => {
            lookup::environment_for(state, environment_id, "read")?;
            ok(&key_view::key(state, find(state, environment_id, key)?, false))
        }
        "generateAccessKey" => generate(state, environment_id, fields),
        "updateAccessKey" => update(state, environment_id, key, fields),
        "deleteAccessKey" => {
            lookup::environment_for(state, environment_id, "delete")?;
            state.remove_key(environment_id, key).ok_or_else(|| no_key(key))?;
            message_ok()
        }
        "deleteAccessKeyByName" => {
            let name = fields.text("name").unwrap_or("");
            lookup::environment_for(state, environment_id, "delete")?;
            let key = state.access_keys.of(environment_id).find(|known| known.name == name);
            let key = key.ok_or_else(|| Failure::not_found(format!("Cannot find access key with name {name}")))?;
            let api_key = key.api_key.clone();
            state.remove_key(environment_id, &api_key);
            message_ok()
        }
        _ => Err(Failure::not_built(operation)),
    }
}

fn list(state: &AccountState, environment_id: &str, fields: &RequestFields) -> Answer {
    lookup::environment_for(state, environment_id, "read")?;
    let page = PageRange::of(fields, state.page_cap)?;
    let mut keys: Vec<_> = state.access_keys.of(environment_id).collect();
    let total = keys.len();
    let (by, order) = (fields.text("sort_by"), fields.text("sort_order"));
    if by.is_some() || order.is_some() {
        match by {
            Some("api_key") => keys.sort_by(|a, b| a.api_key.cmp(&b.api_key)),
            Some("name") => keys.sort_by_cached_key(|key| key.name.to_lowercase()),
            Some("enabled") => keys.sort_by_key(|key| key.enabled),
            _ => keys.sort_by_key(|key| key.created_at),
        }
        if order != Some("asc") {
            keys.reverse();
        }
    }
    let keys = PageRange::cut(page, keys.into_iter());
    let keys: Vec<_> = keys.into_iter().map(|key| key_view::key(state, key, false)).collect();
    ok(&object! { access_keys: keys, total: total })
}

fn generate(state: &mut AccountState, environment_id: &str, fields: &RequestFields) -> Answer {
    lookup::environment_for(state, environment_id, "create")?;
    let name = match fields.text("name") {
        Some(name) => {
            check_name(state, environment_id, name, None)?;
            name.to_owned()
        }
        None => free_name(state, environment_id),
    };
    let new = NewAccessKey::new(name).enabled(fields.boolean("enabled").unwrap_or(true));
    let key = state.insert_key(environment_id, new);
    ok(&key_view::key(state, &key, true))
}

/// Returns a name for a key that was generated without one.
fn free_name(state: &AccountState, environment_id: &str) -> String {
    let mut names = (1_u64..).map(|number| format!("Untitled {number}"));
    names.find(|name| !is_taken(state, environment_id, name, None)).unwrap_or_default()
}

fn update(state: &mut AccountState, environment_id: &str, key: &str, fields: &RequestFields) -> Answer {
    lookup::environment_for(state, environment_id, "update")?;
    let before = find(state, environment_id, key)?.clone();
    let mut after = before.clone();
    if let Some(name) = fields.text("name") {
        check_name(state, environment_id, name, Some(key))?;
        name.clone_into(&mut after.name);
    }
    match fields.boolean("enabled") {
        Some(false) if state.is_on(Switch::DisablingKeysIgnored) => {}
        Some(enabled) => after.enabled = enabled,
        None => {}
    }
    if let Some(purpose) = fields.text("dedicated_for") {
        after.dedicated_for = vec![purpose.to_owned()];
    }
    if after != before {
        after.updated_at = state.now();
    }
    state.access_keys.replace(environment_id, after.clone());
    ok(&key_view::key(state, &after, false))
}

fn no_key(key: &str) -> Failure {
    Failure::not_found(format!("Cannot find access key {key}"))
}

fn find<'a>(state: &'a AccountState, environment_id: &str, key: &str) -> Result<&'a FakeAccessKey, Failure> {
    state.access_keys.get(environment_id, key).ok_or_else(|| no_key(key))
}

fn check_name(state: &AccountState, environment_id: &str, name: &str, owner: Option<&str>) -> Result<(), Failure> {
    lookup::check_name(name)?;
    if !state.is_on(Switch::DuplicateKeyNames) && is_taken(state, environment_id, name, owner) {
        // What the service says (live, Go).
        return Err(Failure::conflict("Name exists"));
    }
    Ok(())
}

fn is_taken(state: &AccountState, environment_id: &str, name: &str, owner: Option<&str>) -> bool {
    let other = |key: &FakeAccessKey| key.name == name && owner != Some(key.api_key.as_str());
    let deleted = state.is_on(Switch::DeletedKeyNamesTaken) && state.access_keys.had(environment_id, name);
    deleted || state.access_keys.of(environment_id).any(other)
}
