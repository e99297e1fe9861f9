//! Users: `list`, `create`, `get`, `update`, `delete`, `get_groups`, `list_sub_accounts`.
//!
//! | operation | what it does | request | returns | retried |
//! |---|---|---|---|---|
//! | [`List`] | Lists the users of the account, all of them or those that meet conditions. | `GET /users` | `Vec<User>` | yes |
//! | [`Create`] | Creates a user. | `POST /users` | `User` | only if known not to be processed |
//! | [`Get`] | Gets one user. | `GET /users/{user_id}` | `User` | yes |
//! | [`Update`] | Updates what is set and leaves the rest of a user. | `PUT /users/{user_id}` | `User` | yes |
//! | [`Delete`] | Deletes a user. | `DELETE /users/{user_id}` | `SuccessResponse` | yes |
//! | [`GetGroups`] | Lists the groups that a user belongs to. | `GET /users/{user_id}/groups` | `Vec<UserGroupSummary>` | yes |
//! | [`ListSubAccounts`] | Lists the product environments that a user has access to. | `GET /users/{user_id}/sub_accounts` | `Vec<SubAccountSummary>` | yes |
//!
//! The vendor's documentation: <https://cloudinary.com/documentation/provisioning_api#users>.

use time::{Date, OffsetDateTime};

use crate::api::shared::SuccessResponse;
use crate::call::pager::paged;
use crate::declare::models::models;
use crate::declare::operations::operations;
use crate::operation::any::{Candidate, Lookup};
use crate::operation::lookup::agrees;
use crate::wire::build_error::BuildError;
use crate::wire::id::{AccountId, GroupId, SubAccountId, UserId};
use crate::wire::json_object::JsonObject;
use crate::wire::open_enum::open_enum;
use crate::wire::values::SubAccountAccess;

pub use crate::api::shared::SortOrder;

operations! {
    users at Provisioning;

    /// Lists the users of the account, all of them or those that meet conditions.
    ///
    /// Without a page it returns everything. To read it page by page, give it to a [`Pager`](crate::Pager) or to the
    /// adapter's `items`. Filters apply together, also with `ids` and `emails`: according to the description, other
    /// parameters are ignored then, but the service applies them. `ids` and `emails` take up to 100 entries each;
    /// [`by_ids`](Self::by_ids) and [`by_emails`](Self::by_emails) split longer lists. A list that is set and empty is
    /// refused when the request is built, since the service would ignore it and return everybody.
    ///
    /// ```
    /// use cloudinary_provisioning::{
    ///     Account,
    ///     users::{List, SortBy, SortOrder},
    /// };
    ///
    /// let account = Account::new("acc", "key", "secret")?;
    /// let list = List::new()
    ///     .prefix("jo")
    ///     .sort_by(SortBy::CreatedAt)
    ///     .sort_order(SortOrder::Asc)
    ///     .page(2)
    ///     .page_size(50);
    /// let request = account.request(&list)?;
    /// assert_eq!(
    ///     request.uri().query(),
    ///     Some("prefix=jo&sort_order=asc&sort_by=created_at&page=2&page_size=50")
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[doc(alias = "get_users")]
    #[doc(alias = "search users")]
    GET /users -> { users: [User] } | 401 404 420 429
    List "getUsers" #get_users Safe {
        /// Whether to return only pending users (`true`) or only users who are not pending (`false`). Unset, the service
        /// returns both. The description says that `false` returns all users; the service does not.
        query pending?: bool,
        /// The users with these ids, up to 100.
        query ids?: [UserId] where 1..=100,
        /// The users with these email addresses, up to 100.
        query emails?: [String] where 1..=100,
        /// Users whose name or email address begins with this, whatever the case.
        query prefix?: String,
        /// Users who have access to this product environment. An unknown one is a 404.
        query sub_account_id?: SubAccountId,
        /// Whether `from` and `to` select by the last login.
        query last_login?: bool,
        /// Last logins after this date.
        query from?: Date,
        /// Last logins before this date.
        query to?: Date,
        /// Whether to return the users whose last login is in the range of dates, or the others. The service's default is
        /// `include`.
        query union_type?: UnionType,
        /// The direction to sort in. The service's default is `desc`.
        query sort_order?: SortOrder,
        /// What to sort by.
        query sort_by?: SortBy,
        /// The page to return, from 1. Without one the service returns all users.
        query page?: u32,
        /// How many users a page has. The service may cap it.
        query page_size?: u32,
        /// Users with this status, such as `active` or `pending`. It is not in the description; the newest of
        /// the vendor's classic SDKs sends it instead of `pending`.
        query status?: String,
    }

    /// Creates a user.
    ///
    /// A 409 means that the email is taken. The user is pending until they set a password.
    ///
    /// ```
    /// use cloudinary_provisioning::{
    ///     Account,
    ///     users::{Create, Role},
    /// };
    ///
    /// let account = Account::new("acc", "key", "secret")?;
    /// let create =
    ///     Create::new("John", "john@example.com").role(Role::TechnicalAdmin).enabled(true);
    /// let request = account.request(&create)?;
    /// let body: serde_json::Value =
    ///     serde_json::from_slice(request.body())?;
    /// assert_eq!(
    ///     body,
    ///     serde_json::json!({
    ///         "name": "John",
    ///         "email": "john@example.com",
    ///         "role": "technical_admin",
    ///         "enabled": true,
    ///     }),
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[doc(alias = "create_user")]
    #[doc(alias = "invite")]
    POST /users -> User | 400 401 403 404 409 420 429
    Create "createUser" #create_user NotIdempotent found by lookup {
        /// The name.
        body name: String,
        /// The email address: the login name, unique, and where notifications go.
        body email: String,
        /// The role to assign.
        body role?: Role,
        /// The product environments that the user can access. The service's default is all of them; with `master_admin` it
        /// ignores this. An empty list is refused, since the service would grant access to everything; `SubAccountAccess::All`
        /// does that explicitly.
        body sub_account_ids?: SubAccountAccess,
        /// Whether the user is enabled. The service's default is `true`.
        body enabled?: bool,
    }

    /// Gets one user.
    ///
    /// ```
    /// use cloudinary_provisioning::{http::Response, users::Get};
    ///
    /// let response = Response::new(r#"{"id":"0abed8df","email":"john@example.com"}"#);
    /// let user = Get::new("0abed8df").parse(&response)?;
    /// assert_eq!(user.email.as_deref(), Some("john@example.com"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[doc(alias = "get_user")]
    GET /users/{user_id: UserId} -> User | 401 404 420 429
    Get "getUser" #get_user Safe {}

    /// Updates what is set and leaves the rest of a user.
    ///
    /// An update that sets nothing sends `{}`; check with [`is_empty`](Self::is_empty). A 409 means that the email is taken.
    ///
    /// ```
    /// use cloudinary_provisioning::{Account, users::Update};
    ///
    /// let account = Account::new("acc", "key", "secret")?;
    /// let request = account.request(&Update::new("0abed8df").enabled(false))?;
    /// assert_eq!(request.method(), "PUT");
    /// assert_eq!(request.body(), br#"{"enabled":false}"#);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[doc(alias = "update_user")]
    #[doc(alias = "disable")]
    PUT /users/{user_id: UserId} -> User | 400 401 403 404 409 420 429
    Update "updateUser" #update_user Idempotent {
        /// The name.
        body name?: String,
        /// The email address: the login name, unique, and where notifications go.
        body email?: String,
        /// The role to assign.
        body role?: Role,
        /// The product environments that the user can access. With `master_admin` the service ignores this. An empty list
        /// is refused, since the service would grant access to everything; `SubAccountAccess::All` does that explicitly.
        body sub_account_ids?: SubAccountAccess,
        /// Whether the user is enabled.
        body enabled?: bool,
    }

    /// Deletes a user.
    ///
    /// If the response to an attempt is lost, the next attempt may end in a 404; the error then says that the call may have
    /// been applied.
    ///
    /// ```
    /// use cloudinary_provisioning::{http::Response, users::Delete};
    ///
    /// let response = Response::new(r#"{"message":"ok"}"#);
    /// assert_eq!(Delete::new("0abed8df").parse(&response)?.message.as_deref(), Some("ok"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[doc(alias = "delete_user")]
    #[doc(alias = "offboard")]
    DELETE /users/{user_id: UserId} -> SuccessResponse | 400 401 403 404 420 429
    Delete "deleteUser" #delete_user Idempotent {}

    /// Lists the groups that a user belongs to.
    ///
    /// ```
    /// use cloudinary_provisioning::{http::Response, users::GetGroups};
    ///
    /// let response = Response::new(r#"{"groups":[{"id":"g1","name":"Editors"}]}"#);
    /// let groups = GetGroups::new("0abed8df").parse(&response)?;
    /// assert_eq!(groups[0].name.as_deref(), Some("Editors"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[doc(alias = "get_groups")]
    #[doc(alias = "membership")]
    GET /users/{user_id: UserId}/groups -> { groups: [UserGroupSummary] } | 401 404 420 429
    GetGroups "getGroupsForUser" #get_users_groups Safe {}

    /// Lists the product environments that a user has access to.
    ///
    /// ```
    /// use cloudinary_provisioning::{http::Response, users::ListSubAccounts};
    ///
    /// let response = Response::new(
    ///     r#"{"sub_accounts":[{"id":"s1","cloud_name":"demo","enabled":true}]}"#,
    /// );
    /// let sub_accounts = ListSubAccounts::new("0abed8df").parse(&response)?;
    /// assert_eq!(sub_accounts[0].cloud_name.as_deref(), Some("demo"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[doc(alias = "list_sub_accounts")]
    #[doc(alias = "access")]
    GET /users/{user_id: UserId}/sub_accounts -> { sub_accounts: [SubAccountSummary] } | 401 404 420 429
    ListSubAccounts "getSubAccountsForUser" #get_user_sub_accounts Safe {}
}

impl Create {
    #[expect(clippy::unnecessary_wraps, reason = "as those of creates that need not have their key")]
    fn lookup(&self) -> Result<Lookup<User>, BuildError> {
        let create = self.clone();
        let lookup = Lookup::new(List::new().emails([&*self.email]), move |users: Vec<User>| {
            let is_it = |user: &User| user.email.as_ref().is_some_and(|it| it.eq_ignore_ascii_case(&create.email));
            let candidate = |user: User| Candidate::new(user.id.to_string(), user.created_at, create.made(&user), user);
            users.into_iter().filter(is_it).map(candidate).collect()
        });
        Ok(lookup.unique())
    }

    /// Whether a user has the fields that are asked for.
    fn made(&self, user: &User) -> bool {
        let has_access = match &self.sub_account_ids {
            Some(SubAccountAccess::Only(ids)) if user.role != Some(Role::MasterAdmin) => {
                let same =
                    |shown: &Vec<SubAccountId>| shown.len() == ids.len() && ids.iter().all(|id| shown.contains(id));
                user.all_sub_accounts != Some(true) && user.sub_account_ids.as_ref().is_none_or(same)
            }
            Some(SubAccountAccess::All) => user.all_sub_accounts != Some(false),
            _ => true,
        };
        has_access
            && agrees(Some(&self.name), user.name.as_ref())
            && agrees(self.role.as_ref(), user.role.as_ref())
            && agrees(self.enabled.as_ref(), user.enabled.as_ref())
    }
}

paged!(List: User, by page: u32, keyed by id, sorted by sort_by sort_order, whole with ids emails);

impl List {
    /// Lists the users with these ids, as many as there are, 100 in each operation. An empty input yields nothing.
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

    /// Lists the users with these email addresses, as many as there are, 100 in each operation. An empty input yields
    /// nothing.
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
        let chunk: Vec<T> = items.by_ref().take(100).collect();
        (!chunk.is_empty()).then(|| list(chunk))
    })
}

impl Update {
    /// Whether it sets nothing, so that there is no need to send it.
    ///
    /// ```
    /// use cloudinary_provisioning::users::Update;
    ///
    /// assert!(Update::new("0abed8df").is_empty());
    /// assert!(!Update::new("0abed8df").name("John").is_empty());
    /// ```
    pub fn is_empty(&self) -> bool {
        *self == Self::new(&self.user_id)
    }
}

models! {
    /// A user of the account. Only the id is always present.
    ///
    /// ```
    /// use cloudinary_provisioning::users::{Role, User};
    ///
    /// let user: User = serde_json::from_str(
    ///     r#"{"id":"0abed8df","role":"billing","last_login":"2026-01-31T08:00:00Z"}"#,
    /// )?;
    /// assert_eq!(user.role, Some(Role::Billing));
    /// assert_eq!(user.last_login.map(|time| time.year()), Some(2026));
    ///
    /// // In a test:
    /// let mut john = User::new("0abed8df");
    /// john.name = Some("John".to_owned());
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[derive(Eq)]
    User {
        /// The user's id.
        id: UserId,
        /// The name.
        name?: String,
        /// The first name.
        first_name?: String,
        /// The last name.
        last_name?: String,
        /// The role.
        role?: Role,
        /// The email address, which is the login name.
        email?: String,
        /// Whether the user is pending: invited, without a password yet.
        pending?: bool,
        /// Whether the user is enabled.
        enabled?: bool,
        /// When the user was created.
        created_at?: OffsetDateTime,
        /// When the user was last changed.
        updated_at?: OffsetDateTime,
        /// When the user last logged in.
        last_login?: OffsetDateTime,
        /// Whether the user has access to all product environments.
        all_sub_accounts?: bool,
        /// The authentication providers of the user.
        providers?: Vec<String>,
        /// The email preferences; the vendor does not document what is in them.
        email_preferences?: JsonObject,
        /// The account that the user belongs to.
        account_id?: AccountId,
        /// Whether two-factor authentication is on.
        two_factor?: bool,
        /// The status, such as `active`; the vendor does not document its values.
        status?: String,
        /// Whether this is the root user.
        root?: bool,
        /// The technical role; the vendor does not document its values.
        technical_role?: String,
        /// The groups that the user belongs to. It is not in the API description; some responses of the service have it.
        groups?: Vec<UserGroupSummary>,
        /// The product environments that the user has access to. It is not in the API description; some responses of the
        /// service have it.
        sub_account_ids?: Vec<SubAccountId>,
        /// How many groups the user belongs to.
        group_count?: u64,
        /// How many product environments the user has access to.
        sub_account_count?: u64,
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
    #[derive(Eq)]
    UserGroupSummary {
        /// The group's id.
        id: GroupId,
        /// The group's name.
        name?: String,
    }

    /// A product environment that a user has access to, in short.
    ///
    /// ```
    /// use cloudinary_provisioning::users::SubAccountSummary;
    ///
    /// let sub_account: SubAccountSummary =
    ///     serde_json::from_str(r#"{"id":"s1","enabled":false}"#)?;
    /// assert_eq!(sub_account.enabled, Some(false));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[derive(Eq)]
    SubAccountSummary {
        /// The product environment's id.
        id: SubAccountId,
        /// The display name.
        name?: String,
        /// The description.
        description?: String,
        /// The cloud name.
        cloud_name?: String,
        /// Whether the product environment is enabled.
        enabled?: bool,
    }
}

impl User {
    /// Returns `false` only if the service says that it is disabled: a user who is created without the field is enabled.
    ///
    /// ```
    /// use cloudinary_provisioning::users::User;
    ///
    /// let mut john = User::new("1");
    /// assert!(john.is_enabled());
    /// john.enabled = Some(false);
    /// assert!(!john.is_enabled());
    /// ```
    pub fn is_enabled(&self) -> bool {
        self.enabled != Some(false)
    }
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
