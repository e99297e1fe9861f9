//! Users: `list`, `create`, `get`, `update`, `delete`, `get_groups`, `list_sub_accounts`.
//!
//! | operation | request | a success is |
//! |---|---|---|
//! | [`List`] | `GET …/users` | `Vec<`[`User`]`>` |
//! | [`Create`] | `POST …/users` | [`User`] |
//! | [`Get`] | `GET …/users/{user_id}` | [`User`] |
//! | [`Update`] | `PUT …/users/{user_id}` | [`User`] |
//! | [`Delete`] | `DELETE …/users/{user_id}` | [`SuccessResponse`] |
//! | [`GetGroups`] | `GET …/users/{user_id}/groups` | `Vec<`[`UserGroupSummary`]`>` |
//! | [`ListSubAccounts`] | `GET …/users/{user_id}/sub_accounts` | `Vec<`[`SubAccountSummary`]`>` |
//!
//! `…` is `/v1_1/provisioning/accounts/{account_id}`. The vendor's page:
//! <https://cloudinary.com/documentation/provisioning_api#users>.

use http::{Method, StatusCode};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use time::{Date, OffsetDateTime};

use crate::build_error::BuildError;
use crate::id::{AccountId, GroupId, SubAccountId, UserId};
use crate::json::{self, Object, Unreadable};
use crate::models::SuccessResponse;
use crate::open_enum::open_enum;
use crate::operation::{Operation, Safety, operations};
use crate::paging::Paged;
use crate::setters::setters;
use crate::target::Target;
use crate::timestamp;

/// How many ids or emails the service takes in one list.
const MAX_LISTED: usize = 100;

operations!(List, Create, Get, Update, Delete, GetGroups, ListSubAccounts);

/// `GET /v1_1/provisioning/accounts/{account_id}/users`: the users of the account, all of them or those that meet
/// conditions.
///
/// Without a page it returns everything. To walk it page by page, give it to a [`Pager`](crate::Pager) or to the
/// adapter's `items`. With `ids` or `emails` the service ignores the other parameters; each takes up to 100, and
/// [`by_ids`](Self::by_ids) and [`by_emails`](Self::by_emails) split longer lists. A list that is set and empty
/// cannot be sent: the service would take it for no condition and return everybody.
///
/// Errors: 401, 404 (no such `sub_account_id`), 420, 429.
/// Vendor's page: <https://cloudinary.com/documentation/provisioning_api#get_users>.
///
/// ```
/// use cloudinary_provisioning::{Account, users::{List, SortBy, SortOrder}};
///
/// let account = Account::new("acc", "key", "secret")?;
/// let list = List::new().prefix("jo").sort_by(SortBy::CreatedAt).sort_order(SortOrder::Asc).page(2).page_size(50);
/// let request = account.request(&list)?;
/// assert_eq!(request.uri().query(), Some("prefix=jo&sort_order=asc&sort_by=created_at&page=2&page_size=50"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use = "an operation does nothing until it is sent"]
#[doc(alias = "getUsers")]
#[doc(alias = "get_users")]
pub struct List {
    pending: Option<bool>,
    ids: Option<Vec<UserId>>,
    emails: Option<Vec<String>>,
    prefix: Option<String>,
    sub_account_id: Option<SubAccountId>,
    last_login: Option<bool>,
    from: Option<Date>,
    to: Option<Date>,
    union_type: Option<UnionType>,
    sort_order: Option<SortOrder>,
    sort_by: Option<SortBy>,
    page: Option<u32>,
    page_size: Option<u32>,
}

impl List {
    /// All users.
    pub fn new() -> Self {
        Self::default()
    }

    /// The users with these ids, as many as there are, in lists of 100. No ids, no lists.
    ///
    /// ```
    /// use cloudinary_provisioning::users::List;
    ///
    /// assert_eq!(List::by_ids((0..250).map(|n| format!("id-{n}"))).count(), 3);
    /// ```
    pub fn by_ids<I>(ids: I) -> impl Iterator<Item = Self>
    where
        I: IntoIterator,
        I::Item: Into<UserId>,
    {
        hundreds(ids.into_iter().map(Into::into), |ids: Vec<UserId>| Self::new().ids(ids))
    }

    /// The users with these email addresses, as many as there are, in lists of 100. No addresses, no lists.
    pub fn by_emails<I>(emails: I) -> impl Iterator<Item = Self>
    where
        I: IntoIterator,
        I::Item: Into<String>,
    {
        hundreds(emails.into_iter().map(Into::into), |emails: Vec<String>| Self::new().emails(emails))
    }
}

fn hundreds<T>(mut items: impl Iterator<Item = T>, list: impl Fn(Vec<T>) -> List) -> impl Iterator<Item = List> {
    std::iter::from_fn(move || {
        let chunk: Vec<T> = items.by_ref().take(MAX_LISTED).collect();
        (!chunk.is_empty()).then(|| list(chunk))
    })
}

setters!(List {
    /// Whether to return pending users. The service's default is `false`: all users.
    pending: bool,
    /// The users with these ids, up to 100. The service ignores the other parameters then.
    ids: list UserId,
    /// The users with these email addresses, up to 100. The service ignores the other parameters then.
    emails: list String,
    /// Users whose name begins with this, whatever the case.
    prefix: into String,
    /// Users who have access to this product environment.
    sub_account_id: into SubAccountId,
    /// Whether [`from`](Self::from()) and [`to`](Self::to) select by the last login.
    last_login: bool,
    /// Last logins after this date.
    from: Date,
    /// Last logins before this date.
    to: Date,
    /// Whether to return the users whose last login is in the range of dates, or the others. The service's default
    /// is [`UnionType::Include`].
    union_type: UnionType,
    /// The direction to sort in. The service's default is [`SortOrder::Desc`].
    sort_order: SortOrder,
    /// What to sort by.
    sort_by: SortBy,
    /// The page to return, from 1. Without one the service returns all users.
    page: u32,
    /// How many users a page has. The service may cap it.
    page_size: u32,
});

impl Operation for List {
    const ID: &'static str = "getUsers";
    const METHOD: Method = Method::GET;
    const SAFETY: Safety = Safety::Safe;
    type Output = Vec<User>;

    fn target(&self, target: &mut Target) -> Result<(), BuildError> {
        target.literal("users");
        target.query_bool("pending", self.pending);
        target.query_list("ids", self.ids.as_deref(), MAX_LISTED)?;
        target.query_list("emails", self.emails.as_deref(), MAX_LISTED)?;
        target.query_text("prefix", self.prefix.as_deref());
        target.query_id("sub_account_id", self.sub_account_id.as_ref().map(SubAccountId::as_str))?;
        target.query_bool("last_login", self.last_login);
        target.query_date("from", self.from)?;
        target.query_date("to", self.to)?;
        target.query_text("union_type", self.union_type.as_ref().map(UnionType::as_str));
        target.query_text("sort_order", self.sort_order.as_ref().map(SortOrder::as_str));
        target.query_text("sort_by", self.sort_by.as_ref().map(SortBy::as_str));
        target.query_number("page", self.page);
        target.query_number("page_size", self.page_size);
        Ok(())
    }

    fn decode(_: StatusCode, body: &[u8]) -> Result<Vec<User>, Unreadable> {
        #[derive(Deserialize)]
        struct UsersResponse {
            #[serde(deserialize_with = "json::objects")]
            users: Vec<User>,
        }
        json::decode(body).map(|Object(response): Object<UsersResponse>| response.users)
    }
}

impl Paged for List {
    type Item = User;

    fn first_page(&self) -> Option<u32> {
        let listed = self.ids.is_some() || self.emails.is_some();
        (!listed).then(|| self.page.unwrap_or(1))
    }

    fn set_page(&mut self, page: u32) {
        self.page = Some(page);
    }

    fn key(user: &User) -> &str {
        user.id.as_str()
    }
}

/// `POST /v1_1/provisioning/accounts/{account_id}/users`: creates a user.
///
/// Not idempotent: it is repeated only where it was surely not processed. A 409 says that the email is taken.
///
/// Errors: 400, 401, 403, 404, 409, 420, 429.
/// Vendor's page: <https://cloudinary.com/documentation/provisioning_api#create_user>.
///
/// ```
/// use cloudinary_provisioning::{Account, users::{Create, Role}};
///
/// let account = Account::new("acc", "key", "secret")?;
/// let create = Create::new("John", "john@example.com").role(Role::TechnicalAdmin).enabled(true);
/// let request = account.request(&create)?;
/// assert_eq!(
///     request.body(),
///     br#"{"name":"John","email":"john@example.com","role":"technical_admin","enabled":true}"#,
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[must_use = "an operation does nothing until it is sent"]
#[doc(alias = "createUser")]
#[doc(alias = "create_user")]
pub struct Create {
    name: String,
    email: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<Role>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sub_account_ids: Option<Vec<SubAccountId>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    enabled: Option<bool>,
}

impl Create {
    /// A user of this name and email address. The address is the login name and gets notifications; it is unique.
    pub fn new(name: impl Into<String>, email: impl Into<String>) -> Self {
        Self { name: name.into(), email: email.into(), role: None, sub_account_ids: None, enabled: None }
    }
}

setters!(Create {
    /// The role to assign.
    role: into Role,
    /// The product environments that the user can access. The service's default is all of them; with
    /// [`Role::MasterAdmin`] it ignores this. An empty list is sent as such.
    sub_account_ids: list SubAccountId,
    /// Whether the user is enabled. The service's default is `true`.
    enabled: bool,
});

impl Operation for Create {
    const ID: &'static str = "createUser";
    const METHOD: Method = Method::POST;
    const SAFETY: Safety = Safety::NotIdempotent;
    type Output = User;

    fn target(&self, target: &mut Target) -> Result<(), BuildError> {
        target.literal("users");
        Ok(())
    }

    fn body(&self) -> Result<Option<Vec<u8>>, BuildError> {
        json::encode(self).map(Some)
    }

    fn decode(_: StatusCode, body: &[u8]) -> Result<User, Unreadable> {
        json::decode(body).map(|Object(value)| value)
    }
}

/// `GET /v1_1/provisioning/accounts/{account_id}/users/{user_id}`: one user.
///
/// Errors: 401, 404, 420, 429.
/// Vendor's page: <https://cloudinary.com/documentation/provisioning_api#get_user>.
///
/// ```
/// use cloudinary_provisioning::{http::Response, users::Get};
///
/// let reply = Response::new(r#"{"id":"0abed8df","email":"john@example.com"}"#);
/// let user = Get::new("0abed8df").parse(&reply)?;
/// assert_eq!(user.email.as_deref(), Some("john@example.com"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "an operation does nothing until it is sent"]
#[doc(alias = "getUser")]
#[doc(alias = "get_user")]
pub struct Get {
    user_id: UserId,
}

impl Get {
    /// The user with this id.
    pub fn new(user_id: impl Into<UserId>) -> Self {
        Self { user_id: user_id.into() }
    }
}

impl Operation for Get {
    const ID: &'static str = "getUser";
    const METHOD: Method = Method::GET;
    const SAFETY: Safety = Safety::Safe;
    type Output = User;

    fn target(&self, target: &mut Target) -> Result<(), BuildError> {
        target.literal("users");
        target.segment("user_id", self.user_id.as_str())
    }

    fn decode(_: StatusCode, body: &[u8]) -> Result<User, Unreadable> {
        json::decode(body).map(|Object(value)| value)
    }
}

/// `PUT /v1_1/provisioning/accounts/{account_id}/users/{user_id}`: changes what is set and leaves the rest.
///
/// One that sets nothing sends `{}`; [`is_empty`](Self::is_empty) tells.
///
/// Errors: 400, 401, 403, 404, 409 (the email is taken), 420, 429.
/// Vendor's page: <https://cloudinary.com/documentation/provisioning_api#update_user>.
///
/// ```
/// use cloudinary_provisioning::{Account, users::Update};
///
/// let account = Account::new("acc", "key", "secret")?;
/// let request = account.request(&Update::new("0abed8df").enabled(false))?;
/// assert_eq!((request.method().as_str(), request.body().as_slice()), ("PUT", br#"{"enabled":false}"#.as_slice()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[must_use = "an operation does nothing until it is sent"]
#[doc(alias = "updateUser")]
#[doc(alias = "update_user")]
pub struct Update {
    #[serde(skip)]
    user_id: UserId,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<Role>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sub_account_ids: Option<Vec<SubAccountId>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    enabled: Option<bool>,
}

impl Update {
    /// A change of the user with this id that changes nothing yet.
    pub fn new(user_id: impl Into<UserId>) -> Self {
        let user_id = user_id.into();
        Self { user_id, name: None, email: None, role: None, sub_account_ids: None, enabled: None }
    }

    /// Whether it sets nothing, so that there is no need to send it.
    ///
    /// ```
    /// use cloudinary_provisioning::users::Update;
    ///
    /// assert!(Update::new("0abed8df").is_empty());
    /// assert!(!Update::new("0abed8df").name("John").is_empty());
    /// ```
    pub fn is_empty(&self) -> bool {
        let Self { user_id: _, name, email, role, sub_account_ids, enabled } = self;
        name.is_none() && email.is_none() && role.is_none() && sub_account_ids.is_none() && enabled.is_none()
    }
}

setters!(Update {
    /// The name.
    name: into String,
    /// The email address: the login name, unique, and where notifications go.
    email: into String,
    /// The role to assign.
    role: into Role,
    /// The product environments that the user can access. With [`Role::MasterAdmin`] the service ignores this. An
    /// empty list is sent as such.
    sub_account_ids: list SubAccountId,
    /// Whether the user is enabled.
    enabled: bool,
});

impl Operation for Update {
    const ID: &'static str = "updateUser";
    const METHOD: Method = Method::PUT;
    const SAFETY: Safety = Safety::Idempotent;
    type Output = User;

    fn target(&self, target: &mut Target) -> Result<(), BuildError> {
        target.literal("users");
        target.segment("user_id", self.user_id.as_str())
    }

    fn body(&self) -> Result<Option<Vec<u8>>, BuildError> {
        json::encode(self).map(Some)
    }

    fn decode(_: StatusCode, body: &[u8]) -> Result<User, Unreadable> {
        json::decode(body).map(|Object(value)| value)
    }
}

/// `DELETE /v1_1/provisioning/accounts/{account_id}/users/{user_id}`: deletes a user.
///
/// Idempotent: where an attempt's reply is lost, the next one may answer 404, and the error tells that the call may
/// have been applied.
///
/// Errors: 400, 401, 403, 404, 420, 429.
/// Vendor's page: <https://cloudinary.com/documentation/provisioning_api#delete_user>.
///
/// ```
/// use cloudinary_provisioning::{http::Response, users::Delete};
///
/// let reply = Response::new(r#"{"message":"ok"}"#);
/// assert_eq!(Delete::new("0abed8df").parse(&reply)?.message.as_deref(), Some("ok"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "an operation does nothing until it is sent"]
#[doc(alias = "deleteUser")]
#[doc(alias = "delete_user")]
pub struct Delete {
    user_id: UserId,
}

impl Delete {
    /// Deletes the user with this id.
    pub fn new(user_id: impl Into<UserId>) -> Self {
        Self { user_id: user_id.into() }
    }
}

impl Operation for Delete {
    const ID: &'static str = "deleteUser";
    const METHOD: Method = Method::DELETE;
    const SAFETY: Safety = Safety::Idempotent;
    type Output = SuccessResponse;

    fn target(&self, target: &mut Target) -> Result<(), BuildError> {
        target.literal("users");
        target.segment("user_id", self.user_id.as_str())
    }

    fn decode(_: StatusCode, body: &[u8]) -> Result<SuccessResponse, Unreadable> {
        json::decode(body).map(|Object(value)| value)
    }
}

/// `GET /v1_1/provisioning/accounts/{account_id}/users/{user_id}/groups`: the groups that a user belongs to.
///
/// Errors: 401, 404, 420, 429.
/// Vendor's page: <https://cloudinary.com/documentation/provisioning_api#get_users_groups>.
///
/// ```
/// use cloudinary_provisioning::{http::Response, users::GetGroups};
///
/// let reply = Response::new(r#"{"groups":[{"id":"g1","name":"Editors"}]}"#);
/// let groups = GetGroups::new("0abed8df").parse(&reply)?;
/// assert_eq!(groups[0].name.as_deref(), Some("Editors"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "an operation does nothing until it is sent"]
#[doc(alias = "getGroupsForUser")]
#[doc(alias = "get_groups")]
pub struct GetGroups {
    user_id: UserId,
}

impl GetGroups {
    /// The groups of the user with this id.
    pub fn new(user_id: impl Into<UserId>) -> Self {
        Self { user_id: user_id.into() }
    }
}

impl Operation for GetGroups {
    const ID: &'static str = "getGroupsForUser";
    const METHOD: Method = Method::GET;
    const SAFETY: Safety = Safety::Safe;
    type Output = Vec<UserGroupSummary>;

    fn target(&self, target: &mut Target) -> Result<(), BuildError> {
        target.literal("users");
        target.segment("user_id", self.user_id.as_str())?;
        target.literal("groups");
        Ok(())
    }

    fn decode(_: StatusCode, body: &[u8]) -> Result<Vec<UserGroupSummary>, Unreadable> {
        #[derive(Deserialize)]
        struct UserGroupsListResponse {
            #[serde(deserialize_with = "json::objects")]
            groups: Vec<UserGroupSummary>,
        }
        json::decode(body).map(|Object(response): Object<UserGroupsListResponse>| response.groups)
    }
}

/// `GET /v1_1/provisioning/accounts/{account_id}/users/{user_id}/sub_accounts`: the product environments that a
/// user has access to.
///
/// Errors: 401, 404, 420, 429.
/// Vendor's page: <https://cloudinary.com/documentation/provisioning_api#get_user_sub_accounts>.
///
/// ```
/// use cloudinary_provisioning::{http::Response, users::ListSubAccounts};
///
/// let reply = Response::new(r#"{"sub_accounts":[{"id":"s1","cloud_name":"demo","enabled":true}]}"#);
/// let sub_accounts = ListSubAccounts::new("0abed8df").parse(&reply)?;
/// assert_eq!(sub_accounts[0].cloud_name.as_deref(), Some("demo"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use = "an operation does nothing until it is sent"]
#[doc(alias = "getSubAccountsForUser")]
#[doc(alias = "list_sub_accounts")]
pub struct ListSubAccounts {
    user_id: UserId,
}

impl ListSubAccounts {
    /// The product environments of the user with this id.
    pub fn new(user_id: impl Into<UserId>) -> Self {
        Self { user_id: user_id.into() }
    }
}

impl Operation for ListSubAccounts {
    const ID: &'static str = "getSubAccountsForUser";
    const METHOD: Method = Method::GET;
    const SAFETY: Safety = Safety::Safe;
    type Output = Vec<SubAccountSummary>;

    fn target(&self, target: &mut Target) -> Result<(), BuildError> {
        target.literal("users");
        target.segment("user_id", self.user_id.as_str())?;
        target.literal("sub_accounts");
        Ok(())
    }

    fn decode(_: StatusCode, body: &[u8]) -> Result<Vec<SubAccountSummary>, Unreadable> {
        #[derive(Deserialize)]
        struct UserSubAccountsResponse {
            #[serde(deserialize_with = "json::objects")]
            sub_accounts: Vec<SubAccountSummary>,
        }
        json::decode(body).map(|Object(response): Object<UserSubAccountsResponse>| response.sub_accounts)
    }
}

/// A user of the account. Only the id is sure to be there.
///
/// ```
/// use cloudinary_provisioning::users::{Role, User};
///
/// let user: User = serde_json::from_str(r#"{"id":"0abed8df","role":"billing","last_login":"2026-01-31T08:00:00Z"}"#)?;
/// assert_eq!(user.role, Some(Role::Billing));
/// assert_eq!(user.last_login.map(|time| time.year()), Some(2026));
/// assert_eq!(user.name, None);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "serialize", derive(Serialize))]
#[non_exhaustive]
pub struct User {
    /// The user's id.
    pub id: UserId,
    /// The name.
    pub name: Option<String>,
    /// The first name.
    pub first_name: Option<String>,
    /// The last name.
    pub last_name: Option<String>,
    /// The role.
    pub role: Option<Role>,
    /// The email address, which is the login name.
    pub email: Option<String>,
    /// Whether the user is pending.
    pub pending: Option<bool>,
    /// Whether the user is enabled.
    pub enabled: Option<bool>,
    /// When the user was created.
    #[serde(default, deserialize_with = "timestamp::option")]
    #[cfg_attr(feature = "serialize", serde(serialize_with = "timestamp::serialize"))]
    pub created_at: Option<OffsetDateTime>,
    /// When the user was last changed.
    #[serde(default, deserialize_with = "timestamp::option")]
    #[cfg_attr(feature = "serialize", serde(serialize_with = "timestamp::serialize"))]
    pub updated_at: Option<OffsetDateTime>,
    /// When the user last logged in.
    #[serde(default, deserialize_with = "timestamp::option")]
    #[cfg_attr(feature = "serialize", serde(serialize_with = "timestamp::serialize"))]
    pub last_login: Option<OffsetDateTime>,
    /// Whether the user has access to all product environments.
    pub all_sub_accounts: Option<bool>,
    /// The authentication providers of the user.
    pub providers: Option<Vec<String>>,
    /// The email preferences; the vendor does not document what is in them.
    pub email_preferences: Option<Map<String, Value>>,
    /// The account that the user belongs to.
    pub account_id: Option<AccountId>,
    /// Whether two-factor authentication is on.
    pub two_factor: Option<bool>,
    /// The status, such as `active`; the vendor does not document its values.
    pub status: Option<String>,
    /// Whether this is the root user.
    pub root: Option<bool>,
    /// The technical role; the vendor does not document its values.
    pub technical_role: Option<String>,
    /// How many groups the user belongs to.
    pub group_count: Option<u64>,
    /// How many product environments the user has access to.
    pub sub_account_count: Option<u64>,
}

/// A group that a user belongs to, in short.
///
/// ```
/// use cloudinary_provisioning::users::UserGroupSummary;
///
/// let group: UserGroupSummary = serde_json::from_str(r#"{"id":"g1","name":"Editors"}"#)?;
/// assert_eq!(group.id, "g1");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "serialize", derive(Serialize))]
#[non_exhaustive]
pub struct UserGroupSummary {
    /// The group's id.
    pub id: GroupId,
    /// The group's name.
    pub name: Option<String>,
}

/// A product environment that a user has access to, in short.
///
/// ```
/// use cloudinary_provisioning::users::SubAccountSummary;
///
/// let sub_account: SubAccountSummary = serde_json::from_str(r#"{"id":"s1","enabled":false}"#)?;
/// assert_eq!(sub_account.enabled, Some(false));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "serialize", derive(Serialize))]
#[non_exhaustive]
pub struct SubAccountSummary {
    /// The product environment's id.
    pub id: SubAccountId,
    /// The display name.
    pub name: Option<String>,
    /// The description.
    pub description: Option<String>,
    /// The cloud name.
    pub cloud_name: Option<String>,
    /// Whether the product environment is enabled.
    pub enabled: Option<bool>,
}

open_enum! {
    /// What a user may do.
    ///
    /// ```
    /// use cloudinary_provisioning::users::Role;
    ///
    /// assert_eq!(Role::from("media_library_user"), Role::MediaLibraryUser);
    /// assert_eq!(Role::MasterAdmin.as_str(), "master_admin");
    /// ```
    Role {
        /// Everything.
        MasterAdmin = "master_admin",
        /// Administration.
        Admin = "admin",
        /// Billing.
        Billing = "billing",
        /// Technical administration.
        TechnicalAdmin = "technical_admin",
        /// Reports.
        Reports = "reports",
        /// Administration of the media library.
        MediaLibraryAdmin = "media_library_admin",
        /// Use of the media library.
        MediaLibraryUser = "media_library_user",
    }
}

open_enum! {
    /// Whether [`List`] returns the users whose last login is in the range of dates, or the others.
    ///
    /// ```
    /// use cloudinary_provisioning::users::UnionType;
    ///
    /// assert_eq!(UnionType::from("exclude"), UnionType::Exclude);
    /// ```
    UnionType {
        /// Those who last logged in within the range.
        Include = "include",
        /// Those who did not.
        Exclude = "exclude",
    }
}

open_enum! {
    /// The direction that [`List`] sorts in.
    ///
    /// ```
    /// use cloudinary_provisioning::users::SortOrder;
    ///
    /// assert_eq!(SortOrder::Asc.to_string(), "asc");
    /// ```
    SortOrder {
        /// From the largest to the smallest, the service's default.
        Desc = "desc",
        /// From the smallest to the largest.
        Asc = "asc",
    }
}

open_enum! {
    /// What [`List`] sorts by.
    ///
    /// ```
    /// use cloudinary_provisioning::users::SortBy;
    ///
    /// assert_eq!(SortBy::CreatedAt.to_string(), "created_at");
    /// ```
    SortBy {
        /// The name.
        Name = "name",
        /// The role.
        Role = "role",
        /// The status.
        Status = "status",
        /// The activity.
        Activity = "activity",
        /// The time of creation.
        CreatedAt = "created_at",
    }
}
