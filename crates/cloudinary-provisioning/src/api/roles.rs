//! Roles: `list`, `create`, `get`, `update`, `delete`, `list_principals`, `update_principals`.
//!
//! | operation | what it does | request | returns | retried |
//! |---|---|---|---|---|
//! | [`List`] | Lists the system and custom roles of a permission type. | `GET /roles` | `Vec<Role>` | yes |
//! | [`Create`] | Creates a custom role. | `POST /roles` | `Role` | with `id`; else only if known not to be processed |
//! | [`Get`] | Gets one role, with its policies. | `GET /roles/{role_id}` | `Role` | yes |
//! | [`Update`] | Replaces a custom role as a whole: fields that are not set are cleared. | `PUT /roles/{role_id}` | `Role` | yes |
//! | [`Delete`] | Deletes a custom role. | `DELETE /roles/{role_id}` | `()` | yes |
//! | [`ListPrincipals`] | Lists the principals that have a role. | `GET /roles/{role_id}/principals` | `Vec<RolePrincipal>` | yes |
//! | [`UpdatePrincipals`] | Assigns a role to principals, or removes it from them. | `PUT /roles/{role_id}/principals` | `()` | yes |
//!
//! Names of roles are not unique over scopes: `Admin` exists for the account and for product environments.
//!
//! The vendor's documentation: <https://cloudinary.com/documentation/provisioning_api#roles>.

use time::OffsetDateTime;

use crate::api::shared::{AssignmentChange, ManagementType, PermissionType, PrincipalType, ScopeType};
use crate::declare::models::models;
use crate::declare::objects::objects;
use crate::declare::operations::operations;
use crate::operation::any::{Candidate, Lookup};
use crate::operation::lookup::{agrees, key};
use crate::system_policies::SystemPolicy;
use crate::wire::build_error::BuildError;
use crate::wire::id::{PolicyId, PrincipalId, RoleId, ScopeId};
use crate::wire::json_object::JsonObject;
use crate::wire::nullable::Nullable;
use crate::wire::values::{ContentParams, JsonList};

operations! {
    roles at Permissions;

    /// Lists the system and custom roles of a permission type.
    ///
    /// One response holds all of them; global and content roles are two calls.
    ///
    /// ```
    /// use cloudinary_provisioning::{PermissionType, ScopeType, http::Response, roles::List};
    ///
    /// let list = List::new(PermissionType::Global).scope_type(ScopeType::Account);
    /// let roles = list.parse(&Response::new(
    ///     r#"{"data":[{"id":"cld::role::account::admin","name":"Admin"}]}"#,
    /// ))?;
    /// assert_eq!(roles[0].name.as_deref(), Some("Admin"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[doc(alias = "get_roles")]
    GET /roles -> { data: [Role] } | 401 403 500
    List "getRoles" #get_roles Safe {
        /// What the permissions are about.
        query permission_type: PermissionType,
        /// The level that the roles apply to.
        query scope_type?: ScopeType,
        /// Who defines the roles.
        query management_type?: ManagementType,
        /// The kinds of content that the roles need an id of, such as `folder_id`.
        query policy_parameters?: JsonList<String>,
    }

    /// Creates a custom role.
    ///
    /// With an `id` that you choose it can be sent again: a second one ends in a 409. So does a name that is taken.
    ///
    /// ```
    /// use cloudinary_provisioning::{Account, PermissionType, ScopeType, roles::Create};
    ///
    /// let account = Account::new("acc", "key", "secret")?;
    /// let create =
    ///     Create::new(PermissionType::Global, ScopeType::Account, "Auditor").id("auditor");
    /// let body: serde_json::Value =
    ///     serde_json::from_slice(account.request(&create)?.body())?;
    /// assert_eq!(
    ///     body,
    ///     serde_json::json!({
    ///         "permission_type": "global",
    ///         "scope_type": "account",
    ///         "name": "Auditor",
    ///         "id": "auditor",
    ///     }),
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[doc(alias = "create_role")]
    POST /roles -> { data: Role } 201 | 400 401 403 409 500
    Create "createRole" #create_custom_role Idempotent if id else NotIdempotent found by lookup {
        /// What the permissions are about. It cannot be changed later.
        body permission_type: PermissionType,
        /// The level that the role applies to.
        body scope_type: ScopeType,
        /// The name.
        body name: String,
        /// The role's id. Unset, the service makes one.
        body id?: RoleId,
        /// A description.
        body description?: Nullable<String>,
        /// The system policies that make up the role.
        body system_policy_ids?: [PolicyId],
    }

    /// Gets one role, with its policies.
    ///
    /// ```
    /// use cloudinary_provisioning::{Account, roles::Get};
    ///
    /// let account = Account::new("acc", "key", "secret")?;
    /// let request = account.request(&Get::new("cld::role::account::admin"))?;
    /// assert!(request.uri().path().ends_with("/roles/cld%3A%3Arole%3A%3Aaccount%3A%3Aadmin"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[doc(alias = "get_role")]
    GET /roles/{role_id: RoleId} -> { data: Role } | 401 403 404
    Get "getRole" #get_role Safe {
        /// The folder to show the policies for.
        query folder_id?: String,
        /// The asset to show the policies for.
        query asset_id?: String,
        /// The collection to show the policies for.
        query collection_id?: String,
        /// The content to show the policies for, as pairs of a kind and an id.
        query params?: ContentParams,
    }

    /// Replaces a custom role as a whole: fields that are not set are cleared.
    ///
    /// ```
    /// use cloudinary_provisioning::{Account, roles::Update};
    ///
    /// let account = Account::new("acc", "key", "secret")?;
    /// let request = account.request(&Update::new("r1", "Auditor").system_policy_ids(["p1"]))?;
    /// assert_eq!(request.body(), br#"{"name":"Auditor","system_policy_ids":["p1"]}"#);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[doc(alias = "update_role")]
    #[doc(alias = "replace")]
    PUT /roles/{role_id: RoleId} -> { data: Role } | 400 401 403 404 409 500
    Update "updateRole" #update_custom_role Idempotent {
        /// The name.
        body name: String,
        /// A description; `Null` clears it.
        body description?: Nullable<String>,
        /// The system policies that make up the role.
        body system_policy_ids?: [PolicyId],
    }

    /// Deletes a custom role.
    ///
    /// ```
    /// use cloudinary_provisioning::{http::Response, roles::Delete};
    ///
    /// Delete::new("r1").force(true).parse(&Response::builder().status(204).body("")?)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[doc(alias = "delete_role")]
    DELETE /roles/{role_id: RoleId} -> () 204 | 401 403 404
    Delete "deleteRole" #delete_custom_role Idempotent {
        /// Whether to delete the role even if principals have it.
        query force?: bool,
    }

    /// Lists the principals that have a role.
    ///
    /// One response holds all of them; without `verbose`, only their ids and types.
    ///
    /// ```
    /// use cloudinary_provisioning::{PrincipalType, http::Response, roles::ListPrincipals};
    ///
    /// let principals = ListPrincipals::new("r1")
    ///     .parse(&Response::new(r#"{"data":[{"id":"u1","type":"user"}]}"#))?;
    /// assert_eq!(principals[0].kind, Some(PrincipalType::User));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[doc(alias = "get_role_principals")]
    #[doc(alias = "members")]
    GET /roles/{role_id: RoleId}/principals -> { data: [RolePrincipal] } | 401 403 404
    ListPrincipals "getRolePrincipals" #get_a_roles_principals Safe {
        /// The level that the role is assigned at.
        query scope_type?: ScopeType,
        /// The product environment, where the level is `prodenv`.
        query scope_id?: ScopeId,
        /// Whether to return all fields of the assignments.
        query verbose?: bool,
        /// The folder that the role applies to.
        query folder_id?: String,
        /// The asset that the role applies to.
        query asset_id?: String,
        /// The collection that the role applies to.
        query collection_id?: String,
        /// The content that the role applies to, as pairs of a kind and an id.
        query params?: ContentParams,
    }

    /// Assigns a role to principals, or removes it from them.
    ///
    /// The description requires neither field, but without them the request has no effect, so they are required here.
    ///
    /// ```
    /// use cloudinary_provisioning::{
    ///     Account, AssignmentChange, PrincipalType,
    ///     roles::{AssignedPrincipal, UpdatePrincipals},
    /// };
    ///
    /// let account = Account::new("acc", "key", "secret")?;
    /// let principal = AssignedPrincipal::new(PrincipalType::ApiKey, "814").scope_id("s1");
    /// let update = UpdatePrincipals::new("r1", AssignmentChange::Add, [principal]);
    /// let body: serde_json::Value =
    ///     serde_json::from_slice(account.request(&update)?.body())?;
    /// assert_eq!(
    ///     body,
    ///     serde_json::json!({
    ///         "operation": "add",
    ///         "principals": [{
    ///             "principal_type": "apiKey",
    ///             "principal_id": "814",
    ///             "scope_id": "s1",
    ///         }],
    ///     }),
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[doc(alias = "update_role_principals")]
    #[doc(alias = "assign")]
    PUT /roles/{role_id: RoleId}/principals -> () | 400 401 403 404
    UpdatePrincipals "updateRolePrincipals" #assign_principals_to_a_role Idempotent {
        /// Whether to add or to remove the assignments.
        body operation: AssignmentChange,
        /// The principals.
        body principals: [AssignedPrincipal],
    }
}

impl Create {
    fn lookup(&self) -> Result<Lookup<Role>, BuildError> {
        let create = self.clone();
        let get = Get::new(key("id", self.id.as_ref())?);
        let lookup = Lookup::new(get, move |role: Role| {
            vec![Candidate::new(role.id.to_string(), role.created_at, create.made(&role), role)]
        });
        Ok(lookup.unique())
    }

    /// Whether a role has the fields that are asked for.
    fn made(&self, role: &Role) -> bool {
        let description = self.description.as_ref().and_then(Nullable::as_ref);
        let has_policies = match (&self.system_policy_ids, &role.policies) {
            (Some(ids), Some(policies)) => {
                ids.len() == policies.len() && policies.iter().all(|policy| ids.contains(&policy.id))
            }
            _ => true,
        };
        has_policies
            && agrees(Some(&self.name), role.name.as_ref())
            && agrees(Some(&self.permission_type), role.permission_type.as_ref())
            && agrees(Some(&self.scope_type), role.scope_type.as_ref())
            && description.is_none_or(|asked| role.description.as_ref() == Some(asked))
    }
}

objects! {
    /// A principal that a role is assigned to or removed from, by [`UpdatePrincipals`].
    ///
    /// ```
    /// use cloudinary_provisioning::{PrincipalType, roles::AssignedPrincipal};
    ///
    /// let everywhere = AssignedPrincipal::new(PrincipalType::Group, "g1").scope_id("all");
    /// # drop(everywhere);
    /// ```
    AssignedPrincipal {
        /// What kind of principal it is.
        principal_type: PrincipalType,
        /// The principal's id; the text of the key for keys.
        principal_id: PrincipalId,
        /// The product environment, or `all`, for roles of product environments.
        scope_id?: Nullable<ScopeId>,
        /// The content that the role applies to, as an id by its kind: `{"folder_id": "…"}`.
        policy_parameters?: JsonObject,
    }
}

models! {
    /// A role. Its policies are present only in the response to [`Get`].
    ///
    /// ```
    /// use cloudinary_provisioning::{ManagementType, roles::Role};
    ///
    /// let role: Role = serde_json::from_str(
    ///     r#"{"id":"r1","management_type":"system","policy_parameters":["folder_id"]}"#,
    /// )?;
    /// assert_eq!(role.management_type, Some(ManagementType::System));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[derive(Eq)]
    Role {
        /// The role's id.
        id: RoleId,
        /// The name.
        name?: String,
        /// Who defines the role.
        management_type?: ManagementType,
        /// What the permissions are about.
        permission_type?: PermissionType,
        /// The level that the role applies to.
        scope_type?: ScopeType,
        /// When the role was created.
        created_at?: OffsetDateTime,
        /// When the role was last changed.
        updated_at?: OffsetDateTime,
        /// The description.
        description?: String,
        /// The kinds of content that an assignment needs an id of, such as `folder_id`.
        policy_parameters?: Vec<String>,
        /// The policies that make up the role.
        policies?: Vec<SystemPolicy>,
    }

    /// A principal that has a role.
    ///
    /// ```
    /// use cloudinary_provisioning::{PrincipalType, roles::RolePrincipal};
    ///
    /// let principal: RolePrincipal =
    ///     serde_json::from_str(r#"{"id":"u1","type":"user","scope_id":null}"#)?;
    /// assert_eq!((principal.kind, principal.scope_id), (Some(PrincipalType::User), None));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[derive(Eq)]
    RolePrincipal {
        /// The principal's id; the text of the key for keys.
        id: PrincipalId,
        /// What kind of principal it is: `type` on the wire.
        kind as "type"?: PrincipalType,
        /// The role's id.
        role_id?: RoleId,
        /// The content that the role applies to, as an id by its kind.
        policy_parameters?: JsonObject,
        /// The level that the role is assigned at.
        scope_type?: ScopeType,
        /// The product environment, or `all`, where the level is `prodenv`.
        scope_id?: ScopeId,
        /// When the role was assigned.
        created_at?: OffsetDateTime,
        /// When the assignment was last changed.
        updated_at?: OffsetDateTime,
    }
}
