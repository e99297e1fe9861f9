//! Models that several resources share.

use crate::declare::models::models;
use crate::wire::open_enum::open_enum;

models! {
    /// The response to an operation that returns nothing, such as a delete.
    ///
    /// According to the description it is `{"message": "ok"}`; deleting a user group is known to return `{"ok": true}`. In
    /// a response without a body, both are `None`.
    ///
    /// ```
    /// use cloudinary_provisioning::SuccessResponse;
    ///
    /// let response: SuccessResponse = serde_json::from_str(r#"{"message":"ok"}"#)?;
    /// assert_eq!(response.message.as_deref(), Some("ok"));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[derive(Eq)]
    SuccessResponse {
        /// The service's message, `ok`.
        message?: String,
        /// Whether it worked, where the service says so in this form.
        ok?: bool,
    }
}

open_enum! {
    /// The level that a policy, a role or an assignment applies to.
    ///
    /// ```
    /// use cloudinary_provisioning::ScopeType;
    ///
    /// assert_eq!(ScopeType::from("prodenv"), ScopeType::Prodenv);
    /// ```
    ScopeType {
        /// The account.
        Account = "account",
        /// A product environment, or all of them.
        Prodenv = "prodenv",
    }
}

open_enum! {
    /// What the permissions of a role or a policy are about.
    ///
    /// ```
    /// use cloudinary_provisioning::PermissionType;
    ///
    /// assert_eq!(PermissionType::Content.as_str(), "content");
    /// ```
    PermissionType {
        /// The account or the product environment as a whole.
        Global = "global",
        /// Folders and collections.
        Content = "content",
    }
}

open_enum! {
    /// Who defines a role.
    ///
    /// ```
    /// use cloudinary_provisioning::ManagementType;
    ///
    /// assert_eq!(ManagementType::ALL.len(), 2);
    /// ```
    ManagementType {
        /// The service.
        System = "system",
        /// The account.
        Custom = "custom",
    }
}

open_enum! {
    /// What kind of principal an id belongs to.
    ///
    /// ```
    /// use cloudinary_provisioning::PrincipalType;
    ///
    /// assert_eq!(PrincipalType::ApiKey.as_str(), "apiKey");
    /// ```
    PrincipalType {
        /// A user.
        User = "user",
        /// A user group.
        Group = "group",
        /// An access key of a product environment; its id is the text of the key.
        ApiKey = "apiKey",
        /// A provisioning key of the account; its id is the text of the key.
        ProvisioningKey = "provisioningKey",
    }
}

open_enum! {
    /// Whether assignments are added or removed.
    ///
    /// ```
    /// use cloudinary_provisioning::AssignmentChange;
    ///
    /// assert_eq!(AssignmentChange::from("add"), AssignmentChange::Add);
    /// ```
    AssignmentChange {
        /// They are added.
        Add = "add",
        /// They are removed.
        Remove = "remove",
    }
}

open_enum! {
    /// The direction that a list is sorted in.
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
