//! Users: as they stand, and as a test puts them there.

use time::OffsetDateTime;

use crate::clock::utc;

/// The role that sees every product environment, whatever its list says.
pub(crate) const MASTER_ADMIN: &str = "master_admin";

/// The role of a user whose creator did not choose one: the least that the service has.
pub(crate) const DEFAULT_ROLE: &str = "media_library_user";

/// The roles that a request may assign.
pub(crate) const ROLES: [&str; 7] =
    [MASTER_ADMIN, "admin", "billing", "technical_admin", "reports", "media_library_admin", DEFAULT_ROLE];

/// A user of a [`FakeAccount`](crate::FakeAccount), as it stands.
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
    /// The product environments that the user may use; `None` is all of them.
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
    /// The name up to its first space.
    pub fn first_name(&self) -> &str {
        self.name.split_once(' ').map_or(&self.name, |(first, _)| first)
    }

    /// The name after its first space; empty when it has none.
    pub fn last_name(&self) -> &str {
        self.name.split_once(' ').map_or("", |(_, last)| last)
    }

    /// `pending`, else `disabled`, else `active`.
    pub fn status(&self) -> &'static str {
        match (self.pending, self.enabled) {
            (true, _) => "pending",
            (false, false) => "disabled",
            (false, true) => "active",
        }
    }

    /// Whether the user may use every product environment: master admins always may.
    pub fn all_sub_accounts(&self) -> bool {
        self.role == MASTER_ADMIN || self.sub_account_ids.is_none()
    }

    /// Whether the user may use this product environment.
    pub fn has_sub_account(&self, id: &str) -> bool {
        self.all_sub_accounts() || self.sub_account_ids.as_ref().is_some_and(|ids| ids.iter().any(|known| known == id))
    }
}

/// A user to put into a [`FakeAccount`](crate::FakeAccount).
///
/// What a request cannot say about a user can be said here: logins, pending or not, providers.
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
    pub(crate) id: Option<String>,
    name: String,
    pub(crate) email: String,
    role: String,
    enabled: bool,
    pending: Option<bool>,
    sub_account_ids: Option<Vec<String>>,
    created_at: Option<OffsetDateTime>,
    last_login: Option<OffsetDateTime>,
    providers: Vec<String>,
    two_factor: bool,
    root: bool,
    technical_role: Option<String>,
}

impl NewUser {
    /// An enabled, pending user of the role `media_library_user` with access to everything, just as
    /// a request with nothing but a name and an email creates one.
    pub fn new(name: impl Into<String>, email: impl Into<String>) -> Self {
        Self {
            id: None,
            name: name.into(),
            email: email.into(),
            role: DEFAULT_ROLE.to_owned(),
            enabled: true,
            pending: None,
            sub_account_ids: None,
            created_at: None,
            last_login: None,
            providers: Vec::new(),
            two_factor: false,
            root: false,
            technical_role: None,
        }
    }

    /// The id, in place of a made-up one. Any text will do.
    pub fn id(mut self, id: impl Into<String>) -> Self {
        self.id = Some(id.into());
        self
    }

    /// The role's name on the wire. Unlike a request this may name one that does not exist (yet).
    pub fn role(mut self, role: impl Into<String>) -> Self {
        self.role = role.into();
        self
    }

    /// Whether the user may log in.
    pub fn enabled(mut self, enabled: bool) -> Self {
        self.enabled = enabled;
        self
    }

    /// Whether the invitation is still open. Without this, who has a last login is not pending.
    pub fn pending(mut self, pending: bool) -> Self {
        self.pending = Some(pending);
        self
    }

    /// The product environments that the user may use, in place of all of them.
    pub fn sub_account_ids<I>(mut self, ids: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<String>,
    {
        self.sub_account_ids = Some(ids.into_iter().map(Into::into).collect());
        self
    }

    /// When the user was created, in place of the account's present time.
    pub fn created_at(mut self, moment: OffsetDateTime) -> Self {
        self.created_at = Some(utc(moment));
        self
    }

    /// The last login.
    pub fn last_login(mut self, moment: OffsetDateTime) -> Self {
        self.last_login = Some(utc(moment));
        self
    }

    /// The authentication providers.
    pub fn providers<I>(mut self, providers: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<String>,
    {
        self.providers = providers.into_iter().map(Into::into).collect();
        self
    }

    /// Whether two-factor authentication is on.
    pub fn two_factor(mut self, two_factor: bool) -> Self {
        self.two_factor = two_factor;
        self
    }

    /// Whether this is the account's root user.
    pub fn root(mut self, root: bool) -> Self {
        self.root = root;
        self
    }

    /// The technical role.
    pub fn technical_role(mut self, role: impl Into<String>) -> Self {
        self.technical_role = Some(role.into());
        self
    }

    pub(crate) fn build(self, id: String, now: OffsetDateTime) -> FakeUser {
        let created_at = self.created_at.unwrap_or(now);
        FakeUser {
            id,
            name: self.name,
            email: self.email,
            role: self.role,
            enabled: self.enabled,
            pending: self.pending.unwrap_or(self.last_login.is_none()),
            sub_account_ids: self.sub_account_ids,
            created_at,
            updated_at: created_at,
            last_login: self.last_login,
            providers: self.providers,
            two_factor: self.two_factor,
            root: self.root,
            technical_role: self.technical_role,
        }
    }
}
