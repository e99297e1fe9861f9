//! Users.

use std::collections::HashMap;
use std::sync::Arc;

use time::OffsetDateTime;

use crate::base::clock::utc;
use crate::state::ordered::Ordered;

/// The role that has access to every product environment, whatever its list says.
pub(crate) const MASTER_ADMIN: &str = "master_admin";

/// The role of a user who was created without one: the least that the service has.
const DEFAULT_ROLE: &str = "media_library_user";

/// A user of a [`FakeAccount`](crate::FakeAccount).
///
/// ```
/// use cloudinary_provisioning_fake::FakeAccount;
///
/// let mut account = FakeAccount::new("acc", "key", "secret");
/// let id = account.add_user("John Doe", "john@example.com");
/// let john = account.user(&id).unwrap();
/// assert_eq!((john.first_name(), john.last_name()), ("John", "Doe"));
/// assert!(john.enabled && john.pending && john.last_login.is_none());
/// assert_eq!(john.status(), "pending");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a field of the API")]
#[non_exhaustive]
pub struct FakeUser {
    /// The user's id.
    pub id: String,
    /// The whole name.
    pub name: String,
    /// The email address, spelled as it was given. No two users share one, whatever their case.
    pub email: String,
    /// The role's name on the wire, such as `technical_admin`.
    pub role: String,
    /// Whether the user may log in.
    pub enabled: bool,
    /// Whether the invitation has not been accepted yet.
    pub pending: bool,
    /// The product environments that the user may use; `None` is all of them. An empty list is none of them: it remains
    /// when the last one was deleted. In a request an empty list grants access to all of them.
    pub sub_account_ids: Option<Vec<String>>,
    /// When the user was created.
    pub created_at: OffsetDateTime,
    /// When a request last changed the user.
    pub updated_at: OffsetDateTime,
    /// The last login, if there ever was one.
    pub last_login: Option<OffsetDateTime>,
    /// The authentication providers, such as `google`.
    pub providers: Vec<String>,
    /// Whether two-factor authentication is on.
    pub two_factor: bool,
    /// Whether this is the account's root user.
    pub root: bool,
    /// The technical role, if there is one.
    pub technical_role: Option<String>,
}

impl FakeUser {
    /// Returns the name up to its first space.
    pub fn first_name(&self) -> &str {
        self.name.split_once(' ').map_or(&self.name, |(first, _)| first)
    }

    /// Returns the name after its first space; empty when there is none.
    pub fn last_name(&self) -> &str {
        self.name.split_once(' ').map_or("", |(_, last)| last)
    }

    /// Returns `pending`, else `disabled`, else `active`.
    pub fn status(&self) -> &'static str {
        match (self.pending, self.enabled) {
            (true, _) => "pending",
            (false, false) => "disabled",
            (false, true) => "active",
        }
    }

    /// Returns whether the user may use every product environment. Master admins always may.
    pub fn all_sub_accounts(&self) -> bool {
        self.role == MASTER_ADMIN || self.sub_account_ids.is_none()
    }

    /// Returns whether the user may use this product environment.
    pub fn has_sub_account(&self, id: &str) -> bool {
        self.all_sub_accounts() || self.sub_account_ids.as_ref().is_some_and(|ids| ids.iter().any(|known| known == id))
    }
}

/// A user to add to a [`FakeAccount`](crate::FakeAccount).
///
/// Sets what a request cannot set as well: logins, providers, whether the user is pending.
///
/// ```
/// use cloudinary_provisioning_fake::{FakeAccount, NewUser};
///
/// let account = FakeAccount::new("acc", "key", "secret").with_user(
///     NewUser::new("Jenny Bar", "jenny@example.com")
///         .id("u1")
///         .role("billing")
///         .pending(false)
///         .sub_account_ids(["s1"]),
/// );
/// assert_eq!(account.user("u1").unwrap().status(), "active");
/// ```
#[derive(Clone, Debug)]
pub struct NewUser {
    pub(super) user: FakeUser,
    pub(super) id: Option<String>,
    pending: Option<bool>,
    created_at: Option<OffsetDateTime>,
}

impl NewUser {
    /// Creates an enabled, pending user with the role `media_library_user` and access to everything, as a request with
    /// only a name and an email does.
    pub fn new(name: impl Into<String>, email: impl Into<String>) -> Self {
        let user = FakeUser {
            id: String::new(),
            name: name.into(),
            email: email.into(),
            role: DEFAULT_ROLE.to_owned(),
            enabled: true,
            pending: true,
            sub_account_ids: None,
            created_at: OffsetDateTime::UNIX_EPOCH,
            updated_at: OffsetDateTime::UNIX_EPOCH,
            last_login: None,
            providers: Vec::new(),
            two_factor: false,
            root: false,
            technical_role: None,
        };
        Self { user, id: None, pending: None, created_at: None }
    }

    /// Sets the id; any text is accepted. A generated one is the default.
    pub fn id(mut self, id: impl Into<String>) -> Self {
        self.id = Some(id.into());
        self
    }

    /// Sets the role's name on the wire. Unlike in a request, it need not exist.
    pub fn role(mut self, role: impl Into<String>) -> Self {
        self.user.role = role.into();
        self
    }

    /// Sets whether the user may log in.
    pub fn enabled(mut self, enabled: bool) -> Self {
        self.user.enabled = enabled;
        self
    }

    /// Sets whether the invitation is still open. By default a user is pending who has never logged in.
    pub fn pending(mut self, pending: bool) -> Self {
        self.pending = Some(pending);
        self
    }

    /// Sets the product environments that the user may use. The default is all of them.
    pub fn sub_account_ids<I>(mut self, ids: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<String>,
    {
        self.user.sub_account_ids = Some(ids.into_iter().map(Into::into).collect());
        self
    }

    /// Sets when the user was created. The default is the account's time.
    pub fn created_at(mut self, moment: OffsetDateTime) -> Self {
        self.created_at = Some(utc(moment));
        self
    }

    /// Sets the last login.
    pub fn last_login(mut self, moment: OffsetDateTime) -> Self {
        self.user.last_login = Some(utc(moment));
        self
    }

    /// Sets the authentication providers.
    pub fn providers<I>(mut self, providers: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<String>,
    {
        self.user.providers = providers.into_iter().map(Into::into).collect();
        self
    }

    /// Sets whether two-factor authentication is on.
    pub fn two_factor(mut self, two_factor: bool) -> Self {
        self.user.two_factor = two_factor;
        self
    }

    /// Sets whether this is the account's root user.
    pub fn root(mut self, root: bool) -> Self {
        self.user.root = root;
        self
    }

    /// Sets the technical role.
    pub fn technical_role(mut self, role: impl Into<String>) -> Self {
        self.user.technical_role = Some(role.into());
        self
    }

    pub(crate) fn build(self, id: String, now: OffsetDateTime) -> FakeUser {
        let moment = self.created_at.unwrap_or(now);
        let pending = self.pending.unwrap_or(self.user.last_login.is_none());
        FakeUser { id, pending, created_at: moment, updated_at: moment, ..self.user }
    }
}

/// All users, found by id and by email.
#[derive(Clone, Debug, Default)]
pub(crate) struct Users {
    all: Ordered<FakeUser>,
    by_email: HashMap<Arc<str>, u64>,
}

/// Emails are compared without regard to case.
fn fold(email: &str) -> String {
    email.to_lowercase()
}

impl std::ops::Deref for Users {
    type Target = Ordered<FakeUser>;

    fn deref(&self) -> &Self::Target {
        &self.all
    }
}

impl Users {
    pub(crate) fn by_email(&self, email: &str) -> Option<&FakeUser> {
        self.at(self.place_of_email(email)?)
    }

    pub(crate) fn place_of_email(&self, email: &str) -> Option<u64> {
        self.by_email.get(fold(email).as_str()).copied()
    }

    /// Adds a user whose id and email are free.
    pub(super) fn insert(&mut self, user: FakeUser) {
        let email = fold(&user.email).into();
        let place = self.all.insert(user);
        self.by_email.insert(email, place);
    }

    /// Changes a user, but not the id. A new email has to be free.
    pub(crate) fn change<R>(&mut self, id: &str, change: impl FnOnce(&mut FakeUser) -> R) -> Option<R> {
        let place = self.place(id)?;
        let emails = self.all.change(id, |user| {
            let before = fold(&user.email);
            let result = change(user);
            (before, fold(&user.email), result)
        });
        let (before, after, result) = emails?;
        if before != after {
            self.by_email.remove(before.as_str());
            self.by_email.insert(after.into(), place);
        }
        Some(result)
    }

    pub(super) fn remove(&mut self, id: &str) -> Option<FakeUser> {
        let user = self.all.remove(id)?;
        self.by_email.remove(fold(&user.email).as_str());
        Some(user)
    }

    /// Removes a product environment from everybody's list. A list that becomes empty is access to none, not to all.
    pub(super) fn forget_environment(&mut self, id: &str) {
        let listed = |user: &FakeUser| user.sub_account_ids.iter().flatten().any(|known| known == id);
        self.all.change_where(listed, |user| {
            user.sub_account_ids.iter_mut().for_each(|ids| ids.retain(|known| known != id));
        });
    }
}
