//! User groups: `list`, `create`, `get`, `update`, `delete`, `list_users`, `add_user`, `remove_user`.
//!
//! | operation | what it does | request | returns | retried |
//! |---|---|---|---|---|
//! | [`List`] | Lists the user groups of the account. | `GET /user_groups` | `Vec<UserGroup>` | yes |
//! | [`Create`] | Creates a user group. | `POST /user_groups` | `UserGroup` | only if known not to be processed |
//! | [`Get`] | Gets one user group. | `GET /user_groups/{group_id}` | `UserGroup` | yes |
//! | [`Update`] | Renames a user group. | `PUT /user_groups/{group_id}` | `UserGroup` | yes |
//! | [`Delete`] | Deletes a user group. Its users are kept. | `DELETE /user_groups/{group_id}` | `SuccessResponse` | yes |
//! | [`ListUsers`] | Lists the users in a group. | `GET /user_groups/{group_id}/users` | `Vec<UserGroupUser>` | yes |
//! | [`AddUser`] | Adds a user to a group. | `POST /user_groups/{group_id}/users/{user_id}` | `AddedUser` | yes |
//! | [`RemoveUser`] | Removes a user from a group and returns the remaining users. | `DELETE /user_groups/{group_id}/users/{user_id}` | `Vec<UserGroupUser>` | yes |
//!
//! The vendor's documentation: <https://cloudinary.com/documentation/provisioning_api#user_groups>.

use time::OffsetDateTime;

use crate::api::shared::SuccessResponse;
use crate::declare::models::models;
use crate::declare::operations::operations;
use crate::operation::any::{Candidate, Lookup};
use crate::wire::build_error::BuildError;
use crate::wire::id::{GroupId, UserId};

operations! {
    user_groups at Provisioning;

    /// Lists the user groups of the account.
    ///
    /// One response holds all of them.
    ///
    /// ```
    /// use cloudinary_provisioning::{http::Response, user_groups::List};
    ///
    /// let response = Response::new(r#"{"user_groups":[{"id":"g1","name":"Editors"}]}"#);
    /// assert_eq!(List::new().parse(&response)?[0].id, "g1");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[doc(alias = "get_user_groups")]
    GET /user_groups -> { user_groups: [UserGroup] } | 401 404 420 429
    List "getUserGroups" #get_user_groups Safe {
        /// Whether the groups come with their users and times.
        query extended_details?: bool,
    }

    /// Creates a user group.
    ///
    /// The description does not require a name, but the service rejects its absence, so it is required here.
    ///
    /// ```
    /// use cloudinary_provisioning::{Account, user_groups::Create};
    ///
    /// let account = Account::new("acc", "key", "secret")?;
    /// assert_eq!(account.request(&Create::new("Editors"))?.body(), br#"{"name":"Editors"}"#);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[doc(alias = "create_user_group")]
    POST /user_groups -> UserGroup | 400 401 403 404 409 420 429
    Create "createUserGroup" #create_user_group NotIdempotent found by lookup {
        /// The name.
        body name: String,
        /// Whether the response has the group's users and times.
        body extended_details?: bool,
    }

    /// Gets one user group.
    ///
    /// ```
    /// use cloudinary_provisioning::{http::Response, user_groups::Get};
    ///
    /// let response = Response::new(r#"{"id":"g1","name":"Editors","users":[{"id":"u1"}]}"#);
    /// let group = Get::new("g1").extended_details(true).parse(&response)?;
    /// assert_eq!(group.users.map(|users| users.len()), Some(1));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[doc(alias = "get_user_group")]
    GET /user_groups/{group_id: GroupId} -> UserGroup | 401 404 420 429
    Get "getUserGroup" #get_user_group Safe {
        /// Whether the group comes with its users and times.
        query extended_details?: bool,
    }

    /// Renames a user group.
    ///
    /// Only the name can be changed; use [`AddUser`] and [`RemoveUser`] for members.
    ///
    /// ```
    /// use cloudinary_provisioning::{Account, user_groups::Update};
    ///
    /// let account = Account::new("acc", "key", "secret")?;
    /// let request = account.request(&Update::new("g1").name("Designers"))?;
    /// assert_eq!(request.body(), br#"{"name":"Designers"}"#);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[doc(alias = "update_user_group")]
    #[doc(alias = "rename")]
    PUT /user_groups/{group_id: GroupId} -> UserGroup | 400 401 403 404 409 420 429
    Update "updateUserGroup" #update_user_group Idempotent {
        /// The name.
        body name?: String,
        /// Whether the response has the group's users and times.
        body extended_details?: bool,
    }

    /// Deletes a user group. Its users are kept.
    ///
    /// According to the description, the response is `{"message": "ok"}`; the service sends `{"ok": true}`. Both are read.
    ///
    /// ```
    /// use cloudinary_provisioning::{http::Response, user_groups::Delete};
    ///
    /// assert_eq!(Delete::new("g1").parse(&Response::new(r#"{"ok":true}"#))?.ok, Some(true));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[doc(alias = "delete_user_group")]
    DELETE /user_groups/{group_id: GroupId} -> SuccessResponse | 400 401 403 404 420 429
    Delete "deleteUserGroup" #delete_user_group Idempotent {}

    /// Lists the users in a group.
    ///
    /// One response holds all of them.
    ///
    /// ```
    /// use cloudinary_provisioning::{http::Response, user_groups::ListUsers};
    ///
    /// let response = Response::new(r#"{"users":[{"id":"u1","email":"john@example.com"}]}"#);
    /// assert_eq!(
    ///     ListUsers::new("g1").parse(&response)?[0].email.as_deref(),
    ///     Some("john@example.com")
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[doc(alias = "list_users")]
    #[doc(alias = "members")]
    GET /user_groups/{group_id: GroupId}/users -> { users: [UserGroupUser] } | 401 404 420 429
    ListUsers "getUsersInUserGroup" #get_users_in_user_group Safe {}

    /// Adds a user to a group.
    ///
    /// According to the description, the response is the user; the service sends all members. [`AddedUser`] holds either.
    /// Adding a user who is already in the group may end in a 409.
    ///
    /// ```
    /// use cloudinary_provisioning::{http::Response, user_groups::AddUser};
    ///
    /// let response = Response::new(r#"{"users":[{"id":"u1"},{"id":"u2"}]}"#);
    /// let members = AddUser::new("g1", "u2").parse(&response)?.users;
    /// assert_eq!(members.map(|users| users.len()), Some(2));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[doc(alias = "add_user")]
    #[doc(alias = "join")]
    POST /user_groups/{group_id: GroupId}/users/{user_id: UserId} -> AddedUser | 400 401 403 404 409 420 429
    AddUser "addUserToUserGroup" #add_user_to_user_group Idempotent {}

    /// Removes a user from a group and returns the remaining users.
    ///
    /// ```
    /// use cloudinary_provisioning::{http::Response, user_groups::RemoveUser};
    ///
    /// let left =
    ///     RemoveUser::new("g1", "u1").parse(&Response::new(r#"{"users":[{"id":"u2"}]}"#))?;
    /// assert_eq!(left[0].id, "u2");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[doc(alias = "remove_user")]
    #[doc(alias = "leave")]
    DELETE /user_groups/{group_id: GroupId}/users/{user_id: UserId} -> { users: [UserGroupUser] }
        | 400 401 403 404 420 429
    RemoveUser "removeUserFromUserGroup" #remove_user_from_user_group Idempotent {}
}

impl Create {
    #[expect(clippy::unnecessary_wraps, reason = "as those of creates that need not have their key")]
    fn lookup(&self) -> Result<Lookup<UserGroup>, BuildError> {
        let name = self.name.clone();
        let lookup = Lookup::new(List::new(), move |groups: Vec<UserGroup>| {
            let is_it = |group: &UserGroup| group.name.as_ref() == Some(&name);
            let candidate = |group: UserGroup| Candidate::new(group.id.to_string(), group.created_at, true, group);
            groups.into_iter().filter(is_it).map(candidate).collect()
        });
        Ok(lookup.looking_before())
    }
}

models! {
    /// A user group; users and times come with `extended_details`.
    ///
    /// ```
    /// use cloudinary_provisioning::user_groups::UserGroup;
    ///
    /// let group: UserGroup = serde_json::from_str(r#"{"id":"g1","name":"Editors"}"#)?;
    /// assert_eq!((group.name.as_deref(), group.users), (Some("Editors"), None));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[derive(Eq)]
    UserGroup {
        /// The group's id.
        id: GroupId,
        /// The name.
        name?: String,
        /// The users in the group.
        users?: Vec<UserGroupUser>,
        /// When the group was created.
        created_at?: OffsetDateTime,
        /// When the group was last changed.
        updated_at?: OffsetDateTime,
    }

    /// A user in a group, in short.
    ///
    /// ```
    /// use cloudinary_provisioning::user_groups::UserGroupUser;
    ///
    /// let user: UserGroupUser = serde_json::from_str(r#"{"id":"u1","name":"John"}"#)?;
    /// assert_eq!(user.id, "u1");
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[derive(Eq)]
    UserGroupUser {
        /// The user's id.
        id: UserId,
        /// The name.
        name?: String,
        /// The email address.
        email?: String,
    }

    /// The response to [`AddUser`], in either of two shapes: all members of the group, or the user who was added.
    ///
    /// ```
    /// use cloudinary_provisioning::user_groups::AddedUser;
    ///
    /// let members: AddedUser = serde_json::from_str(r#"{"users":[{"id":"u1"}]}"#)?;
    /// assert_eq!(members.users.map(|users| users.len()), Some(1));
    /// let user: AddedUser = serde_json::from_str(r#"{"id":"u1"}"#)?;
    /// assert_eq!(user.id.as_ref().map(|id| id.as_str()), Some("u1"));
    /// assert!(serde_json::from_str::<AddedUser>("{}").is_err());
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[derive(Eq)]
    AddedUser checked shape {
        /// All members of the group, which is what the service sends.
        users?: Vec<UserGroupUser>,
        /// The id of the user who was added, which is what the description has.
        id?: UserId,
        /// The name of the user who was added.
        name?: String,
        /// The email address of the user who was added.
        email?: String,
    }
}

impl AddedUser {
    fn shape(&self) -> Result<(), &'static str> {
        if self.users.is_some() || self.id.is_some() { Ok(()) } else { Err("missing field `users` or `id`") }
    }
}
