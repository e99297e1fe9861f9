//! The system's policies and roles: a small catalogue of our own making, in the form of the service's.
//!
//! Ids, scopes and parameters are of the kinds that the service has; names, descriptions and the contents
//! of the statements are not the service's.

use serde::Serialize;

use crate::policy::permissions::{PermissionType, ScopeType};

/// When the catalogue was made, in seconds since 1970.
pub(crate) const MADE_AT: i64 = 1_719_475_216;

/// A policy of the system's.
#[derive(Debug, Serialize)]
pub(crate) struct SystemPolicy {
    pub(crate) id: &'static str,
    pub(crate) name: &'static str,
    pub(crate) description: &'static str,
    pub(crate) category: &'static str,
    pub(crate) sub_category: &'static str,
    pub(crate) permission_type: PermissionType,
    pub(crate) scope_type: ScopeType,
    #[serde(rename = "policy")]
    pub(crate) statement: &'static str,
    #[serde(skip)]
    pub(crate) parameters: &'static [&'static str],
}

/// A role of the system's.
#[derive(Debug, Serialize)]
pub(crate) struct SystemRole {
    pub(crate) id: &'static str,
    pub(crate) name: &'static str,
    pub(crate) description: &'static str,
    pub(crate) permission_type: PermissionType,
    pub(crate) scope_type: ScopeType,
    pub(crate) system_policy_ids: &'static [&'static str],
}

/// Returns the policy of the system's with this id.
pub(crate) fn policy(id: &str) -> Option<&'static SystemPolicy> {
    POLICIES.iter().find(|policy| policy.id == id)
}

const FOLDER: &[&str] = &["folder_id"];
const COLLECTION: &[&str] = &["collection_id"];

use PermissionType::{Content, Global};
use ScopeType::{Account, Prodenv};

pub(crate) static POLICIES: &[SystemPolicy] = &[
    SystemPolicy {
        id: "cld::policy::global::account::users::manage",
        name: "Manage users",
        description: "Invite, change and remove the users of the account.",
        category: "Account",
        sub_category: "Users and groups",
        permission_type: Global,
        scope_type: Account,
        statement: r#"permit(principal, action in [Cloudinary::Action::"create", Cloudinary::Action::"read", Cloudinary::Action::"update", Cloudinary::Action::"delete"], resource is Cloudinary::User);"#,
        parameters: &[],
    },
    SystemPolicy {
        id: "cld::policy::global::account::groups::manage",
        name: "Manage groups",
        description: "Create, change and delete groups, and say who belongs to them.",
        category: "Account",
        sub_category: "Users and groups",
        permission_type: Global,
        scope_type: Account,
        statement: r#"permit(principal, action in [Cloudinary::Action::"create", Cloudinary::Action::"read", Cloudinary::Action::"update", Cloudinary::Action::"delete"], resource is Cloudinary::Group);"#,
        parameters: &[],
    },
    SystemPolicy {
        id: "cld::policy::global::account::product_environments::manage",
        name: "Manage product environments",
        description: "Create, change and delete product environments.",
        category: "Account",
        sub_category: "Product environments",
        permission_type: Global,
        scope_type: Account,
        statement: r#"permit(principal, action in [Cloudinary::Action::"create", Cloudinary::Action::"read", Cloudinary::Action::"update", Cloudinary::Action::"delete"], resource is Cloudinary::ProductEnvironment);"#,
        parameters: &[],
    },
    SystemPolicy {
        id: "cld::policy::global::account::settings::manage",
        name: "Manage account settings",
        description: "Change the settings of the account.",
        category: "Account",
        sub_category: "Settings",
        permission_type: Global,
        scope_type: Account,
        statement: r#"permit(principal, action in [Cloudinary::Action::"read", Cloudinary::Action::"update_settings"], resource is Cloudinary::Account);"#,
        parameters: &[],
    },
    SystemPolicy {
        id: "cld::policy::global::account::reports::view",
        name: "View account reports",
        description: "See the usage and billing reports of the account.",
        category: "Account",
        sub_category: "Reports",
        permission_type: Global,
        scope_type: Account,
        statement: r#"permit(principal, action == Cloudinary::Action::"read", resource is Cloudinary::Report) when { resource.type == "account" };"#,
        parameters: &[],
    },
    SystemPolicy {
        id: "cld::policy::global::prodenv::assets::view",
        name: "View assets",
        description: "See and download every asset of the product environment.",
        category: "Assets",
        sub_category: "All assets",
        permission_type: Global,
        scope_type: Prodenv,
        statement: r#"permit(principal, action == Cloudinary::Action::"read", resource is Cloudinary::Asset);"#,
        parameters: &[],
    },
    SystemPolicy {
        id: "cld::policy::global::prodenv::assets::manage",
        name: "Manage assets",
        description: "Upload, change, move and delete every asset of the product environment.",
        category: "Assets",
        sub_category: "All assets",
        permission_type: Global,
        scope_type: Prodenv,
        statement: r#"permit(principal, action in [Cloudinary::Action::"create", Cloudinary::Action::"update", Cloudinary::Action::"move", Cloudinary::Action::"delete"], resource is Cloudinary::Asset);"#,
        parameters: &[],
    },
    SystemPolicy {
        id: "cld::policy::global::prodenv::assets::moderate",
        name: "Moderate assets",
        description: "Approve and reject assets that await moderation.",
        category: "Assets",
        sub_category: "Moderation",
        permission_type: Global,
        scope_type: Prodenv,
        statement: r#"permit(principal, action == Cloudinary::Action::"moderate", resource is Cloudinary::Asset);"#,
        parameters: &[],
    },
    SystemPolicy {
        id: "cld::policy::global::prodenv::folders::manage",
        name: "Manage folders",
        description: "Create, rename, move and delete every folder of the product environment.",
        category: "Folders and collections",
        sub_category: "All folders",
        permission_type: Global,
        scope_type: Prodenv,
        statement: r#"permit(principal, action in [Cloudinary::Action::"create", Cloudinary::Action::"read", Cloudinary::Action::"update", Cloudinary::Action::"move", Cloudinary::Action::"delete"], resource is Cloudinary::Folder);"#,
        parameters: &[],
    },
    SystemPolicy {
        id: "cld::policy::global::prodenv::collections::manage",
        name: "Manage collections",
        description: "Create, change and delete every collection of the product environment.",
        category: "Folders and collections",
        sub_category: "All collections",
        permission_type: Global,
        scope_type: Prodenv,
        statement: r#"permit(principal, action in [Cloudinary::Action::"create", Cloudinary::Action::"read", Cloudinary::Action::"update", Cloudinary::Action::"delete"], resource is Cloudinary::Collection);"#,
        parameters: &[],
    },
    SystemPolicy {
        id: "cld::policy::global::prodenv::upload::manage",
        name: "Manage upload settings",
        description: "Create, change and delete upload presets and upload mappings.",
        category: "Settings",
        sub_category: "Upload",
        permission_type: Global,
        scope_type: Prodenv,
        statement: "permit(principal, action, resource is Cloudinary::UploadPreset);\npermit(principal, action, resource is Cloudinary::UploadMapping);",
        parameters: &[],
    },
    SystemPolicy {
        id: "cld::policy::global::prodenv::settings::manage",
        name: "Manage settings",
        description: "Change the settings of the product environment.",
        category: "Settings",
        sub_category: "General",
        permission_type: Global,
        scope_type: Prodenv,
        statement: r#"permit(principal, action in [Cloudinary::Action::"read", Cloudinary::Action::"update", Cloudinary::Action::"update_settings"], resource is Cloudinary::ProductEnvironment);"#,
        parameters: &[],
    },
    SystemPolicy {
        id: "cld::policy::global::prodenv::reports::view",
        name: "View reports",
        description: "See the usage reports of the product environment.",
        category: "Settings",
        sub_category: "Reports",
        permission_type: Global,
        scope_type: Prodenv,
        statement: r#"permit(principal, action == Cloudinary::Action::"read", resource is Cloudinary::Report) when { resource.type == "product_environment" };"#,
        parameters: &[],
    },
    SystemPolicy {
        id: "cld::policy::content::folder::view_download",
        name: "View and download in a folder",
        description: "See a folder and what is below it, and download its assets.",
        category: "Folders and collections",
        sub_category: "Folder",
        permission_type: Content,
        scope_type: Prodenv,
        statement: "permit(principal, action == Cloudinary::Action::\"read\", resource is Cloudinary::Folder) when { resource.ancestor_ids.contains(\"<folder_id>\") };\npermit(principal, action == Cloudinary::Action::\"read\", resource is Cloudinary::Asset) when { resource.ancestor_ids.contains(\"<folder_id>\") };",
        parameters: FOLDER,
    },
    SystemPolicy {
        id: "cld::policy::content::folder::edit",
        name: "Edit in a folder",
        description: "Upload assets to a folder and change those that it holds.",
        category: "Folders and collections",
        sub_category: "Folder",
        permission_type: Content,
        scope_type: Prodenv,
        statement: r#"permit(principal, action in [Cloudinary::Action::"create", Cloudinary::Action::"update"], resource is Cloudinary::Asset) when { resource.ancestor_ids.contains("<folder_id>") };"#,
        parameters: FOLDER,
    },
    SystemPolicy {
        id: "cld::policy::content::folder::manage",
        name: "Manage a folder",
        description: "Move and delete a folder, and whatever is below it.",
        category: "Folders and collections",
        sub_category: "Folder",
        permission_type: Content,
        scope_type: Prodenv,
        statement: "permit(principal, action in [Cloudinary::Action::\"move\", Cloudinary::Action::\"delete\"], resource is Cloudinary::Folder) when { resource.ancestor_ids.contains(\"<folder_id>\") };\npermit(principal, action in [Cloudinary::Action::\"move\", Cloudinary::Action::\"delete\"], resource is Cloudinary::Asset) when { resource.ancestor_ids.contains(\"<folder_id>\") };",
        parameters: FOLDER,
    },
    SystemPolicy {
        id: "cld::policy::content::collection::view",
        name: "View a collection",
        description: "See a collection and the assets in it.",
        category: "Folders and collections",
        sub_category: "Collection",
        permission_type: Content,
        scope_type: Prodenv,
        statement: r#"permit(principal, action == Cloudinary::Action::"read", resource is Cloudinary::Collection) when { resource.ancestor_ids.contains("<collection_id>") };"#,
        parameters: COLLECTION,
    },
    SystemPolicy {
        id: "cld::policy::content::collection::edit",
        name: "Edit a collection",
        description: "Change a collection and what it holds.",
        category: "Folders and collections",
        sub_category: "Collection",
        permission_type: Content,
        scope_type: Prodenv,
        statement: r#"permit(principal, action in [Cloudinary::Action::"update", Cloudinary::Action::"delete"], resource is Cloudinary::Collection) when { resource.ancestor_ids.contains("<collection_id>") };"#,
        parameters: COLLECTION,
    },
];

pub(crate) static ROLES: &[SystemRole] = &[
    SystemRole {
        id: "cld::role::account::admin",
        name: "Admin",
        description: "Manages everything that belongs to the account.",
        permission_type: Global,
        scope_type: Account,
        system_policy_ids: &[
            "cld::policy::global::account::users::manage",
            "cld::policy::global::account::groups::manage",
            "cld::policy::global::account::product_environments::manage",
            "cld::policy::global::account::settings::manage",
            "cld::policy::global::account::reports::view",
        ],
    },
    SystemRole {
        id: "cld::role::account::user_manager",
        name: "User Manager",
        description: "Manages users and groups.",
        permission_type: Global,
        scope_type: Account,
        system_policy_ids: &[
            "cld::policy::global::account::users::manage",
            "cld::policy::global::account::groups::manage",
        ],
    },
    SystemRole {
        id: "cld::role::account::report_viewer",
        name: "Report Viewer",
        description: "Sees the reports of the account.",
        permission_type: Global,
        scope_type: Account,
        system_policy_ids: &["cld::policy::global::account::reports::view"],
    },
    SystemRole {
        id: "cld::role::prodenv::master_admin",
        name: "Master Admin",
        description: "May do everything in a product environment.",
        permission_type: Global,
        scope_type: Prodenv,
        system_policy_ids: &[
            "cld::policy::global::prodenv::assets::view",
            "cld::policy::global::prodenv::assets::manage",
            "cld::policy::global::prodenv::assets::moderate",
            "cld::policy::global::prodenv::folders::manage",
            "cld::policy::global::prodenv::collections::manage",
            "cld::policy::global::prodenv::upload::manage",
            "cld::policy::global::prodenv::settings::manage",
            "cld::policy::global::prodenv::reports::view",
        ],
    },
    SystemRole {
        id: "cld::role::prodenv::admin",
        name: "Admin",
        description: "Manages the assets, folders and collections of a product environment.",
        permission_type: Global,
        scope_type: Prodenv,
        system_policy_ids: &[
            "cld::policy::global::prodenv::assets::view",
            "cld::policy::global::prodenv::assets::manage",
            "cld::policy::global::prodenv::assets::moderate",
            "cld::policy::global::prodenv::folders::manage",
            "cld::policy::global::prodenv::collections::manage",
        ],
    },
    SystemRole {
        id: "cld::role::prodenv::billing",
        name: "Billing",
        description: "Sees the reports of a product environment.",
        permission_type: Global,
        scope_type: Prodenv,
        system_policy_ids: &["cld::policy::global::prodenv::reports::view"],
    },
    SystemRole {
        id: "cld::role::prodenv::viewer",
        name: "Viewer",
        description: "Sees the assets of a product environment.",
        permission_type: Global,
        scope_type: Prodenv,
        system_policy_ids: &["cld::policy::global::prodenv::assets::view"],
    },
    SystemRole {
        id: "cld::role::folder::viewer",
        name: "Folder Viewer",
        description: "Sees one folder.",
        permission_type: Content,
        scope_type: Prodenv,
        system_policy_ids: &["cld::policy::content::folder::view_download"],
    },
    SystemRole {
        id: "cld::role::content::folder::editor",
        name: "Folder Editor",
        description: "Works with the assets of one folder.",
        permission_type: Content,
        scope_type: Prodenv,
        system_policy_ids: &["cld::policy::content::folder::view_download", "cld::policy::content::folder::edit"],
    },
    SystemRole {
        id: "cld::role::content::folder::manager",
        name: "Folder Manager",
        description: "Manages one folder.",
        permission_type: Content,
        scope_type: Prodenv,
        system_policy_ids: &[
            "cld::policy::content::folder::view_download",
            "cld::policy::content::folder::edit",
            "cld::policy::content::folder::manage",
        ],
    },
    SystemRole {
        id: "cld::role::content::collection::viewer",
        name: "Collection Viewer",
        description: "Sees one collection.",
        permission_type: Content,
        scope_type: Prodenv,
        system_policy_ids: &["cld::policy::content::collection::view"],
    },
    SystemRole {
        id: "cld::role::content::collection::editor",
        name: "Collection Editor",
        description: "Works with one collection.",
        permission_type: Content,
        scope_type: Prodenv,
        system_policy_ids: &["cld::policy::content::collection::view", "cld::policy::content::collection::edit"],
    },
];

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::policy::cedar;

    #[test]
    fn every_statement_is_sound_and_has_the_placeholders_of_its_parameters() {
        for policy in POLICIES {
            assert_eq!(cedar::check(policy.statement), [""; 0], "{}", policy.id);
            for kind in [FOLDER, COLLECTION].concat() {
                let placed = policy.statement.contains(&format!("\"<{kind}>\""));
                assert_eq!(placed, policy.parameters.contains(&kind), "{}", policy.id);
            }
        }
    }

    #[test]
    fn ids_are_unique_and_roles_have_policies_of_their_own_scope() {
        let ids: HashSet<_> = POLICIES.iter().map(|policy| policy.id).chain(ROLES.iter().map(|role| role.id)).collect();
        assert_eq!(ids.len(), POLICIES.len() + ROLES.len());
        for role in ROLES {
            for id in role.system_policy_ids {
                let found = policy(id).unwrap();
                assert_eq!((found.scope_type, found.permission_type), (role.scope_type, role.permission_type), "{id}");
            }
        }
    }
}
