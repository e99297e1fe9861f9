//! The operations of user groups.

use serde::Serialize;
use serde_json::json;

use crate::base::clock::rfc3339;
use crate::base::switch::Switch;
use crate::operations::lookup;
use crate::request::fields::RequestFields;
use crate::response::answer::{Answer, Failure, list as list_as, message_ok, ok};
use crate::response::object::object;
use crate::state::AccountState;
use crate::state::user_groups::{FakeGroup, NewGroup};
use crate::state::users::FakeUser;

pub(super) fn handle(state: &mut AccountState, operation: &str, fields: &RequestFields) -> Answer {
    let id = fields.path("group_id");
    let extended = fields.boolean("extended_details").unwrap_or(false);
    match operation {
        "getUserGroups" => list_as("user_groups", state.groups.iter().map(|group| view(state, group, extended))),
        "createUserGroup" => {
            let name = fields.text("name").ok_or_else(|| Failure::missing("name"))?;
            check_name(state, name, None)?;
            let id = state.insert_group(NewGroup::new(name));
            show(state, &id, extended)
        }
        "getUserGroup" => show(state, id, extended),
        "updateUserGroup" => {
            lookup::group(state, id)?;
            if let Some(name) = fields.text("name") {
                check_name(state, name, Some(id))?;
                let now = state.now();
                state.groups.change(id, |group| {
                    if group.name != name {
                        name.clone_into(&mut group.name);
                        group.updated_at = now;
                    }
                });
            }
            show(state, id, extended)
        }
        "deleteUserGroup" => {
            lookup::group(state, id)?;
            state.remove_group(id);
            // `{"ok":true}` in every live test.
            if state.is_on(Switch::DeletedGroupAsMessage) { message_ok() } else { ok(&json!({ "ok": true })) }
        }
        "getUsersInUserGroup" => members(state, id),
        "addUserToUserGroup" => add(state, id, fields.path("user_id")),
        "removeUserFromUserGroup" => {
            let user_id = fields.path("user_id");
            lookup::group(state, id)?;
            if !state.groups.remove_member(id, user_id) {
                return Err(Failure::unknown("user", user_id));
            }
            touch(state, id);
            members(state, id)
        }
        _ => Err(Failure::not_built(operation)),
    }
}

fn add(state: &mut AccountState, id: &str, user_id: &str) -> Answer {
    lookup::group(state, id)?;
    lookup::user(state, user_id)?;
    // Membership is a set: adding a member again succeeds and changes nothing.
    if state.groups.add_member(id, user_id) {
        touch(state, id);
    }
    match state.users.get(user_id) {
        Some(user) if state.is_on(Switch::AddedUserAlone) => ok(&member(user)),
        _ => members(state, id),
    }
}

fn touch(state: &mut AccountState, id: &str) {
    let now = state.now();
    state.groups.change(id, |group| group.updated_at = now);
}

fn show(state: &AccountState, id: &str, extended: bool) -> Answer {
    ok(&view(state, lookup::group(state, id)?, extended))
}

fn members(state: &AccountState, id: &str) -> Answer {
    list_as("users", members_of(state, lookup::group(state, id)?))
}

/// Names are unique: the description documents a 409 that has no other reason.
fn check_name(state: &AccountState, name: &str, owner: Option<&str>) -> Result<(), Failure> {
    lookup::check_name(name)?;
    let other = |group: &FakeGroup| group.name == name && owner != Some(group.id.as_str());
    if !state.is_on(Switch::DuplicateGroupNames) && state.groups.iter().any(other) {
        return Err(Failure::conflict(format!("User group with name {name} already exists")));
    }
    Ok(())
}

fn view(state: &AccountState, group: &FakeGroup, extended: bool) -> impl Serialize {
    object! {
        id: &group.id,
        name: &group.name,
        #[serde(flatten)]
        extended: extended.then(|| object! {
            users: members_of(state, group),
            created_at: rfc3339(group.created_at),
            updated_at: rfc3339(group.updated_at),
        }),
    }
}

fn members_of(state: &AccountState, group: &FakeGroup) -> Vec<impl Serialize> {
    group.members.iter().filter_map(|id| state.users.get(id.as_str())).map(member).collect()
}

fn member(user: &FakeUser) -> impl Serialize {
    object! { id: &user.id, name: &user.name, email: &user.email }
}
