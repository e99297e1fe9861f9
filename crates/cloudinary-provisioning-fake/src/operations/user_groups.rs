//! User groups and their members.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::Serialize;
use time::OffsetDateTime;

use crate::base::clock::rfc3339;
use crate::base::ids::Ids;
use crate::base::switch::Switch;
use crate::operations::users::FakeUser;
use crate::policy::permissions::PrincipalType;
use crate::reply::answer::{Answer, Failure, message_ok, ok};
use crate::request::fields::Fields;
use crate::state::State;

/// A user group of a [`FakeAccount`](crate::FakeAccount).
///
/// ```
/// use cloudinary_provisioning_fake::{FakeAccount, NewGroup, NewUser};
///
/// let account = FakeAccount::new("acc", "key", "secret")
///     .with_user(NewUser::new("John", "john@example.com").id("u1"))
///     .with_group(NewGroup::new("Editors").id("g1").member("u1"));
/// let names: Vec<_> = account.groups_of("u1").map(|group| group.name.as_str()).collect();
/// assert_eq!(names, ["Editors"]);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FakeGroup {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The ids of its members, in the order in which they were added. They need not be of existing users.
    pub members: Vec<String>,
    /// When it was created.
    pub created_at: OffsetDateTime,
    /// When a request last changed it or its members.
    pub updated_at: OffsetDateTime,
}

/// A user group to add to a [`FakeAccount`](crate::FakeAccount).
///
/// Members may be named before the users are added.
///
/// ```
/// use cloudinary_provisioning_fake::{FakeAccount, NewGroup};
///
/// let mut account = FakeAccount::new("acc", "key", "secret");
/// let john = account.add_user("John", "john@example.com");
/// account.add_group(NewGroup::new("Editors").member(&john));
/// assert_eq!(account.groups_of(&john).count(), 1);
/// ```
#[derive(Clone, Debug)]
pub struct NewGroup {
    pub(crate) id: Option<String>,
    pub(crate) name: String,
    pub(crate) members: Vec<String>,
}

impl NewGroup {
    /// Creates a group without members.
    pub fn new(name: impl Into<String>) -> Self {
        Self { id: None, name: name.into(), members: Vec::new() }
    }

    /// Sets its id. A generated one is the default.
    pub fn id(mut self, id: impl Into<String>) -> Self {
        self.id = Some(id.into());
        self
    }

    /// Adds a member, by the user's id.
    pub fn member(mut self, user_id: impl AsRef<str>) -> Self {
        self.members.push(user_id.as_ref().to_owned());
        self
    }

    /// Adds several members, by the users' ids.
    pub fn members<I>(mut self, user_ids: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<String>,
    {
        self.members.extend(user_ids.into_iter().map(Into::into));
        self
    }
}

/// All groups, in the order of creation, and who is in which.
#[derive(Clone, Debug, Default)]
pub(crate) struct UserGroups {
    groups: BTreeMap<u64, FakeGroup>,
    places: u64,
    by_id: HashMap<String, u64>,
    /// The places of a user's groups.
    of_user: HashMap<String, BTreeSet<u64>>,
}

impl UserGroups {
    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &FakeGroup> {
        self.groups.values()
    }

    pub(crate) fn len(&self) -> usize {
        self.groups.len()
    }

    pub(crate) fn get(&self, id: &str) -> Option<&FakeGroup> {
        self.groups.get(self.by_id.get(id)?)
    }

    pub(crate) fn of_user(&self, user_id: &str) -> impl Iterator<Item = GroupSummary<'_>> {
        self.all_of_user(user_id).map(|group| GroupSummary { id: &group.id, name: &group.name })
    }

    pub(crate) fn all_of_user(&self, user_id: &str) -> impl Iterator<Item = &FakeGroup> {
        self.of_user.get(user_id).into_iter().flatten().filter_map(|place| self.groups.get(place))
    }

    pub(crate) fn count_of_user(&self, user_id: &str) -> usize {
        self.of_user.get(user_id).map_or(0, BTreeSet::len)
    }

    /// Inserts a group. One with the same id is renamed and gains the new members.
    pub(crate) fn insert(&mut self, new: NewGroup, ids: &mut Ids, now: OffsetDateTime) -> String {
        let id = match &new.id {
            Some(id) => id.clone(),
            None => ids.free_id(|id| self.by_id.contains_key(id)),
        };
        let place = *self.by_id.entry(id.clone()).or_insert(self.places);
        if place == self.places {
            self.places += 1;
        }
        let empty =
            || FakeGroup { id: id.clone(), name: String::new(), members: Vec::new(), created_at: now, updated_at: now };
        self.groups.entry(place).or_insert_with(empty).name = new.name;
        for member in new.members {
            self.add_member(&id, &member);
        }
        id
    }

    /// Adds a member, and returns whether the user is new to the group.
    fn add_member(&mut self, id: &str, user_id: &str) -> bool {
        let Some(place) = self.by_id.get(id) else {
            return false;
        };
        let fresh = self.of_user.entry(user_id.to_owned()).or_default().insert(*place);
        if let Some(group) = self.groups.get_mut(place).filter(|_| fresh) {
            group.members.push(user_id.to_owned());
        }
        fresh
    }

    /// Removes a member, and returns whether the user was in the group.
    fn remove_member(&mut self, id: &str, user_id: &str) -> bool {
        let Some(place) = self.by_id.get(id) else {
            return false;
        };
        let left = self.of_user.get_mut(user_id).is_some_and(|places| places.remove(place));
        if let Some(group) = self.groups.get_mut(place).filter(|_| left) {
            group.members.retain(|member| member != user_id);
        }
        left
    }

    /// Removes a user from all groups.
    pub(crate) fn forget_user(&mut self, user_id: &str) {
        for place in self.of_user.remove(user_id).unwrap_or_default() {
            if let Some(group) = self.groups.get_mut(&place) {
                group.members.retain(|member| member != user_id);
            }
        }
    }

    fn remove(&mut self, id: &str) -> Option<FakeGroup> {
        let place = self.by_id.remove(id)?;
        let group = self.groups.remove(&place)?;
        for member in &group.members {
            if let Some(places) = self.of_user.get_mut(member) {
                places.remove(&place);
            }
        }
        Some(group)
    }

    fn change(&mut self, id: &str, change: impl FnOnce(&mut FakeGroup)) {
        let place = self.by_id.get(id);
        if let Some(group) = place.and_then(|place| self.groups.get_mut(place)) {
            change(group);
        }
    }
}

/// Adds a group, or members to one.
pub(crate) fn insert(state: &mut State, new: NewGroup) -> String {
    let now = state.now();
    state.groups.insert(new, &mut state.ids, now)
}

/// Removes a group, which loses all roles.
pub(crate) fn remove(state: &mut State, id: &str) -> Option<FakeGroup> {
    let group = state.groups.remove(id)?;
    state.principals.forget(PrincipalType::Group, id);
    Some(group)
}

pub(crate) fn handle(state: &mut State, operation: &str, fields: &Fields) -> Answer {
    let id = fields.path("group_id");
    let extended = fields.boolean("extended_details").unwrap_or(false);
    match operation {
        "getUserGroups" => {
            let groups = state.groups.iter().map(|group| View::new(state, group, extended));
            ok(&GroupsResponse { user_groups: groups.collect() })
        }
        "createUserGroup" => {
            let name = fields.text("name").ok_or_else(|| Failure::missing("name"))?;
            check_name(state, name, None)?;
            let id = insert(state, NewGroup::new(name));
            show(state, &id, extended)
        }
        "getUserGroup" => show(state, id, extended),
        "updateUserGroup" => {
            find(state, id)?;
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
            remove(state, id).ok_or_else(|| no_group(id))?;
            // `{"ok":true}` in every live test.
            if state.is_on(Switch::DeletedGroupAsMessage) { message_ok() } else { ok(&OkResponse { ok: true }) }
        }
        "getUsersInUserGroup" => members(state, id),
        "addUserToUserGroup" => add(state, id, fields.path("user_id")),
        "removeUserFromUserGroup" => {
            let user_id = fields.path("user_id");
            find(state, id)?;
            if !state.groups.remove_member(id, user_id) {
                return Err(Failure::no_user(user_id));
            }
            touch(state, id);
            members(state, id)
        }
        _ => Err(Failure::not_built(operation)),
    }
}

fn add(state: &mut State, id: &str, user_id: &str) -> Answer {
    find(state, id)?;
    state.users.get(user_id).ok_or_else(|| Failure::no_user(user_id))?;
    // Membership is a set: a second time is a success that changes nothing.
    if state.groups.add_member(id, user_id) {
        touch(state, id);
    }
    match state.users.get(user_id) {
        Some(user) if state.is_on(Switch::AddedUserAlone) => ok(&Member::new(user)),
        _ => members(state, id),
    }
}

fn touch(state: &mut State, id: &str) {
    let now = state.now();
    state.groups.change(id, |group| group.updated_at = now);
}

fn no_group(id: &str) -> Failure {
    Failure::not_found(format!("Cannot find user group with id {id}"))
}

fn find<'a>(state: &'a State, id: &str) -> Result<&'a FakeGroup, Failure> {
    state.groups.get(id).ok_or_else(|| no_group(id))
}

fn show(state: &State, id: &str, extended: bool) -> Answer {
    ok(&View::new(state, find(state, id)?, extended))
}

fn members(state: &State, id: &str) -> Answer {
    ok(&MembersResponse { users: Member::all(state, find(state, id)?) })
}

/// Names are unique: the description has a 409 for nothing else.
fn check_name(state: &State, name: &str, owner: Option<&str>) -> Result<(), Failure> {
    if name.trim().is_empty() {
        return Err(Failure::invalid("name", "must not be empty"));
    }
    match state.groups.iter().find(|group| group.name == name) {
        Some(group) if owner != Some(group.id.as_str()) => {
            Err(Failure::conflict(format!("User group with name {name} already exists")))
        }
        _ => Ok(()),
    }
}

/// A group's id and name.
#[derive(Debug, Serialize)]
pub(crate) struct GroupSummary<'a> {
    id: &'a str,
    name: &'a str,
}

#[derive(Serialize)]
struct OkResponse {
    ok: bool,
}

#[derive(Serialize)]
struct GroupsResponse<'a> {
    user_groups: Vec<View<'a>>,
}

#[derive(Serialize)]
struct MembersResponse<'a> {
    users: Vec<Member<'a>>,
}

#[derive(Serialize)]
struct View<'a> {
    id: &'a str,
    name: &'a str,
    #[serde(flatten)]
    extended: Option<Extended<'a>>,
}

#[derive(Serialize)]
struct Extended<'a> {
    users: Vec<Member<'a>>,
    created_at: String,
    updated_at: String,
}

impl<'a> View<'a> {
    fn new(state: &'a State, group: &'a FakeGroup, extended: bool) -> Self {
        let extended = extended.then(|| Extended {
            users: Member::all(state, group),
            created_at: rfc3339(group.created_at),
            updated_at: rfc3339(group.updated_at),
        });
        Self { id: &group.id, name: &group.name, extended }
    }
}

#[derive(Serialize)]
struct Member<'a> {
    id: &'a str,
    name: &'a str,
    email: &'a str,
}

impl<'a> Member<'a> {
    fn new(user: &'a FakeUser) -> Self {
        Self { id: &user.id, name: &user.name, email: &user.email }
    }

    fn all(state: &'a State, group: &'a FakeGroup) -> Vec<Self> {
        group.members.iter().filter_map(|id| state.users.get(id)).map(Self::new).collect()
    }
}
