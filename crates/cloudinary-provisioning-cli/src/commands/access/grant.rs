//! [`Grant`]: one way in which a principal has access.

use serde::Serialize;

use super::allowed::{Allowed, summary};

pub(crate) const COLUMNS: [&str; 9] = [
    "principal",
    "principal_type",
    "principal_id",
    "enabled",
    "environment",
    "sub_account_id",
    "role",
    "through",
    "content",
];

/// The type of principals that a policy does not name one by one.
pub(super) const ANY: &str = "any";

/// One way in which a principal has access.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub(crate) struct Grant {
    /// The email of a user, the name of a group, a key.
    pub(crate) principal: String,
    pub(super) principal_type: String,
    pub(super) principal_id: String,
    pub(crate) enabled: Option<bool>,
    /// The cloud name, `all`, or `account` for the account itself.
    pub(super) environment: String,
    pub(super) sub_account_id: Option<String>,
    /// What the principal may do there, by its name; empty for a custom policy.
    pub(super) role: String,
    /// Where it comes from: `user` for what is in the user's own record, else an assignment to them or to a group, or a
    /// custom policy.
    pub(super) through: String,
    /// The folder or collection that a role is for.
    pub(super) content: Option<String>,
    /// What the role's policies or the custom policy say, where that was asked for and is known.
    #[serde(skip)]
    pub(crate) allows: Option<Vec<Allowed>>,
}

impl Grant {
    /// What the role's policies say, in short.
    pub(crate) fn summary(&self) -> Option<String> {
        // A line of a custom policy names whom it is about, if that is one.
        let is_for_one = self.role.is_empty() && self.principal_type != ANY;
        self.allows.as_deref().map(|allows| summary(allows, is_for_one))
    }
}
