//! Where a role or a policy applies, and the content that a role is for.

use std::collections::BTreeMap;

use crate::base::keyword::keywords;

keywords! {
    /// Where a role or a policy applies.
    ///
    /// ```
    /// assert_eq!(cloudinary_provisioning_fake::ScopeType::Prodenv.to_string(), "prodenv");
    /// ```
    ScopeType {
        /// In the account itself.
        Account = "account",
        /// In one product environment or in all of them.
        Prodenv = "prodenv",
    }
}

keywords! {
    /// What a role's permissions are about.
    ///
    /// ```
    /// assert_eq!(
    ///     cloudinary_provisioning_fake::PermissionType::Content.to_string(),
    ///     "content"
    /// );
    /// ```
    PermissionType {
        /// Everything in the scope.
        Global = "global",
        /// A folder or a collection, named when the role is assigned.
        Content = "content",
    }
}

keywords! {
    /// Who manages a role.
    ///
    /// ```
    /// assert_eq!(cloudinary_provisioning_fake::ManagementType::System.to_string(), "system");
    /// ```
    ManagementType {
        /// The service: such a role cannot be changed.
        System = "system",
        /// The account.
        Custom = "custom",
    }
}

keywords! {
    /// The kind of a [`Principal`](crate::Principal).
    ///
    /// ```
    /// assert_eq!(cloudinary_provisioning_fake::PrincipalType::ApiKey.to_string(), "apiKey");
    /// ```
    PrincipalType {
        /// A user.
        User = "user",
        /// A user group, and with it its members.
        Group = "group",
        /// An access key of a product environment.
        ApiKey = "apiKey",
        /// A provisioning key of the account.
        ProvisioningKey = "provisioningKey",
    }
}

/// The scope id that stands for every product environment.
pub(crate) const ALL: &str = "all";

/// The kinds of content that a content role can be about.
pub(crate) const CONTENT_KINDS: [&str; 2] = ["folder_id", "collection_id"];

/// The folder or collection that a content role is assigned for, by kind.
pub(crate) type Parameters = BTreeMap<String, String>;

/// A scope: the account, one product environment, or all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RoleScope<'a> {
    pub(crate) kind: ScopeType,
    /// Present for product environments alone.
    pub(crate) id: Option<&'a str>,
}

impl RoleScope<'_> {
    /// Returns whether what applies in this scope also applies in the other one.
    pub(crate) fn covers(&self, other: &RoleScope<'_>) -> bool {
        self.kind == other.kind && (self.id == other.id || self.id == Some(ALL))
    }
}

/// Replaces the placeholders of a statement with folders and collections.
pub(crate) fn fill(statement: &str, parameters: &Parameters) -> String {
    let mut filled = statement.to_owned();
    for (kind, id) in parameters {
        let id = id.replace('\\', "\\\\").replace('"', "\\\"");
        filled = filled.replace(&format!("<{kind}>"), &id);
    }
    filled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_escaped_in_statements() {
        let parameters = Parameters::from([("folder_id".to_owned(), "a\"b".to_owned())]);
        assert_eq!(fill("contains(\"<folder_id>\")", &parameters), r#"contains("a\"b")"#);
    }
}
