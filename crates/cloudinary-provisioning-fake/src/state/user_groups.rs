//! User groups and their members.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use time::OffsetDateTime;

use crate::state::ordered::Ordered;

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

/// All groups, and the groups of each user.
#[derive(Clone, Debug, Default)]
pub(crate) struct UserGroups {
    all: Ordered<FakeGroup>,
    /// The places of each user's groups.
    of_user: HashMap<Arc<str>, BTreeSet<u64>>,
}

impl std::ops::Deref for UserGroups {
    type Target = Ordered<FakeGroup>;

    fn deref(&self) -> &Self::Target {
        &self.all
    }
}

impl UserGroups {
    pub(crate) fn of_user(&self, user_id: &str) -> impl Iterator<Item = &FakeGroup> {
        self.of_user.get(user_id).into_iter().flat_map(|places| self.all_at(places))
    }

    pub(crate) fn count_of_user(&self, user_id: &str) -> usize {
        self.of_user.get(user_id).map_or(0, BTreeSet::len)
    }

    /// Adds a group. One with the same id is renamed and gains the new members.
    pub(super) fn insert(&mut self, id: &str, new: NewGroup, now: OffsetDateTime) {
        let NewGroup { name, members, .. } = new;
        if self.get(id).is_none() {
            let (id, name) = (id.to_owned(), String::new());
            self.all.insert(FakeGroup { id, name, members: Vec::new(), created_at: now, updated_at: now });
        }
        self.change(id, |group| group.name = name);
        for member in members {
            self.add_member(id, &member);
        }
    }

    /// Adds a member, and returns whether the user is new to the group.
    pub(crate) fn add_member(&mut self, id: &str, user_id: &str) -> bool {
        let Some(place) = self.place(id) else {
            return false;
        };
        let fresh = self.of_user.entry(user_id.into()).or_default().insert(place);
        if fresh {
            self.change(id, |group| group.members.push(user_id.to_owned()));
        }
        fresh
    }

    /// Removes a member, and returns whether the user was in the group.
    pub(crate) fn remove_member(&mut self, id: &str, user_id: &str) -> bool {
        let place = self.place(id);
        let places = self.of_user.get_mut(user_id);
        let left = place.zip(places).is_some_and(|(place, places)| places.remove(&place));
        if left {
            self.change(id, |group| group.members.retain(|member| member != user_id));
        }
        left
    }

    /// Removes a user from all groups.
    pub(super) fn forget_user(&mut self, user_id: &str) {
        let ids: Vec<_> = self.of_user(user_id).map(|group| group.id.clone()).collect();
        for id in ids {
            self.remove_member(&id, user_id);
        }
        self.of_user.remove(user_id);
    }

    pub(super) fn remove(&mut self, id: &str) -> Option<FakeGroup> {
        let place = self.place(id)?;
        let group = self.all.remove(id)?;
        for member in &group.members {
            if let Some(places) = self.of_user.get_mut(member.as_str()) {
                places.remove(&place);
            }
        }
        Some(group)
    }

    pub(crate) fn change(&mut self, id: &str, change: impl FnOnce(&mut FakeGroup)) {
        self.all.change(id, change);
    }
}
