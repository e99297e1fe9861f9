//! System policies: `list`.
//!
//! | operation | what it does | request | returns | retried |
//! |---|---|---|---|---|
//! | [`List`] | Lists the policies that the service defines. | `GET /policies/system` | `CursorPage<SystemPolicy>` | yes |
//!
//! The vendor's documentation: <https://cloudinary.com/documentation/provisioning_api#system_policies>.

use time::OffsetDateTime;

use crate::api::shared::{PermissionType, ScopeType};
use crate::declare::models::models;
use crate::declare::operations::operations;
use crate::wire::id::PolicyId;

operations! {
    system_policies at Permissions;

    /// Lists the policies that the service defines.
    ///
    /// Without a scope type of `prodenv` the account's are returned. The response can hold a cursor, but the request has no
    /// parameter for it.
    ///
    /// ```
    /// use cloudinary_provisioning::{PermissionType, http::Response, system_policies::List};
    ///
    /// let response =
    ///     Response::new(r#"{"data":[{"id":"cld::policy::global::read"}],"next_cursor":"3"}"#);
    /// let page = List::new().permission_type(PermissionType::Global).parse(&response)?;
    /// assert_eq!(page.items[0].id, "cld::policy::global::read");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[doc(alias = "get_system_policies")]
    GET /policies/system -> { data: [SystemPolicy], next_cursor } | 401 403 500
    List "getSystemPolicies" #get_system_policies Safe {
        /// What the permissions are about.
        query permission_type?: PermissionType,
        /// The level that the policies apply to. The service's default is `account`.
        query scope_type?: ScopeType,
    }
}

models! {
    /// A policy that the service defines.
    ///
    /// ```
    /// use cloudinary_provisioning::{ScopeType, system_policies::SystemPolicy};
    ///
    /// let json = r#"{"id":"p1","scope_type":"prodenv","created_at":1719475216}"#;
    /// let policy: SystemPolicy = serde_json::from_str(json)?;
    /// assert_eq!(policy.scope_type, Some(ScopeType::Prodenv));
    /// assert_eq!(policy.created_at.map(|time| time.year()), Some(2024));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[derive(Eq)]
    SystemPolicy {
        /// The policy's id.
        id: PolicyId,
        /// The name.
        name?: String,
        /// The statement, in Cedar: one or several, which can hold a placeholder such as `<folder_id>`.
        policy_statement?: String,
        /// The level that the policy applies to.
        scope_type?: ScopeType,
        /// When the policy was created.
        created_at?: OffsetDateTime,
        /// When the policy was last changed.
        updated_at?: OffsetDateTime,
        /// The description.
        description?: String,
        /// What the permissions are about.
        permission_type?: PermissionType,
        /// The kinds of content that the policy needs an id of, such as `folder_id`.
        policy_parameters?: Vec<String>,
        /// The category.
        category?: String,
        /// The category within the category.
        sub_category?: String,
    }
}
