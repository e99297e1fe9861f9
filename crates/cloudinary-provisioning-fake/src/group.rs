//! User groups: only as far as the user operations show them.

use serde::Serialize;

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
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct FakeGroup {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
}

/// A user group to put into a [`FakeAccount`](crate::FakeAccount).
///
/// Members may be named before the users are there.
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
    /// A group without members.
    pub fn new(name: impl Into<String>) -> Self {
        Self { id: None, name: name.into(), members: Vec::new() }
    }

    /// Its id, in place of a made-up one.
    pub fn id(mut self, id: impl Into<String>) -> Self {
        self.id = Some(id.into());
        self
    }

    /// One member more, by the user's id.
    pub fn member(mut self, user_id: impl AsRef<str>) -> Self {
        self.members.push(user_id.as_ref().to_owned());
        self
    }

    /// More members, by their users' ids.
    pub fn members<I>(mut self, user_ids: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<String>,
    {
        self.members.extend(user_ids.into_iter().map(Into::into));
        self
    }
}
