//! The system's policies and roles, and the schema of statements: a small catalog of our own, in the service's form.
//!
//! Ids, scopes and parameters are of the kinds that the service has; names, descriptions and statements are not the
//! service's. The schema holds the types and actions that the vendor's documentation shows.

use std::sync::LazyLock;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::policy::scope::{CONTENT_KINDS, PermissionType, ScopeType};

pub(crate) static CATALOG: LazyLock<SystemCatalog> =
    LazyLock::new(|| serde_json::from_str(include_str!("system.json")).unwrap_or_default());

/// The schema in Cedar's JSON form.
pub(crate) static SCHEMA: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(include_str!("schema.json")).unwrap_or_default());

/// When the catalog was made, in seconds since 1970.
pub(crate) const MADE_AT: i64 = 1_719_475_216;

#[derive(Debug, Default, Deserialize, Serialize)]
pub(crate) struct SystemCatalog {
    pub(crate) system_policies: Vec<SystemPolicy>,
    pub(crate) system_roles: Vec<SystemRole>,
}

#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct SystemPolicy {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) category: String,
    pub(crate) sub_category: String,
    pub(crate) permission_type: PermissionType,
    pub(crate) scope_type: ScopeType,
    #[serde(rename = "policy")]
    pub(crate) statement: String,
}

#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct SystemRole {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) description: String,
    pub(crate) permission_type: PermissionType,
    pub(crate) scope_type: ScopeType,
    pub(crate) system_policy_ids: Vec<String>,
}

impl SystemPolicy {
    /// Returns the kinds of content that the statement has placeholders for.
    pub(crate) fn parameters(&self) -> impl Iterator<Item = &'static str> {
        CONTENT_KINDS.into_iter().filter(|kind| self.statement.contains(kind))
    }
}

/// Returns the system policy with this id.
pub(crate) fn policy(id: &str) -> Option<&'static SystemPolicy> {
    CATALOG.system_policies.iter().find(|policy| policy.id == id)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::policy::cedar;

    #[test]
    fn every_statement_is_sound_and_only_content_policies_have_parameters() {
        assert_eq!(CATALOG.system_policies.len(), 18);
        for policy in &CATALOG.system_policies {
            assert_eq!(cedar::check(&policy.statement), [""; 0], "{}", policy.id);
            let content = policy.permission_type == PermissionType::Content;
            assert_eq!(policy.parameters().count(), usize::from(content), "{}", policy.id);
        }
    }

    #[test]
    fn ids_are_unique_and_roles_have_policies_of_their_own_scope() {
        let SystemCatalog { system_policies, system_roles } = &*CATALOG;
        let ids = system_policies.iter().map(|policy| &policy.id).chain(system_roles.iter().map(|role| &role.id));
        assert_eq!(ids.collect::<HashSet<_>>().len(), system_policies.len() + system_roles.len());
        for role in system_roles {
            for id in &role.system_policy_ids {
                let found = policy(id).unwrap();
                assert_eq!((found.scope_type, found.permission_type), (role.scope_type, role.permission_type), "{id}");
            }
        }
    }

    #[test]
    fn the_schema_is_read() {
        assert!(SCHEMA["Cloudinary"]["entityTypes"]["User"].is_object());
    }
}
