//! Principals (users, groups and keys) and their roles: `list_roles`, `update_roles`, `inspect`, `inspect_multiple`.
//!
//! | operation | what it does | request | returns | retried |
//! |---|---|---|---|---|
//! | [`ListRoles`] | Lists the roles of a principal. | `GET /principal_roles` | `Vec<PrincipalRole>` | yes |
//! | [`UpdateRoles`] | Assigns roles to a principal, or removes them from it. | `PUT /principal_roles` | `()` | yes |
//! | [`Inspect`] | Lists the principals that have roles within a scope, with their roles. | `GET /principal_roles/inspect` | `CursorPage<InspectedPrincipal>` | yes |
//! | [`InspectMultiple`] | Lists the roles of the given principals within a scope. It changes nothing. | `POST /principal_roles/inspect` | `CursorPage<InspectedPrincipal>` | yes |
//!
//! The vendor's documentation: <https://cloudinary.com/documentation/provisioning_api#principals>.

use time::OffsetDateTime;

use crate::api::shared::{AssignmentChange, ManagementType, PermissionType, PrincipalType, ScopeType};
use crate::call::pager::paged;
use crate::declare::models::models;
use crate::declare::objects::objects;
use crate::declare::operations::operations;
use crate::wire::id::{ApiKey, GroupId, PrincipalId, RoleId, ScopeId, UserId};
use crate::wire::json_object::JsonObject;
use crate::wire::values::ContentParams;

operations! {
    principals at Permissions;

    /// Lists the roles of a principal.
    ///
    /// One response holds all of them; global and content roles are two calls.
    ///
    /// ```
    /// use cloudinary_provisioning::{
    ///     PermissionType, PrincipalType, http::Response, principals::ListRoles,
    /// };
    ///
    /// let list = ListRoles::new(PrincipalType::User, "u1", PermissionType::Global);
    /// let roles = list.parse(&Response::new(
    ///     r#"{"data":[{"id":"r1","scope_type":"prodenv","scope_id":"all"}]}"#,
    /// ))?;
    /// assert_eq!(roles[0].scope_id, Some("all".into()));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[doc(alias = "get_principal_roles")]
    #[doc(alias = "who can")]
    GET /principal_roles -> { data: [PrincipalRole] } | 400 401 404 500
    ListRoles "getPrincipalRoles" #get_a_principals_roles Safe {
        /// What kind of principal it is.
        query principal_type: PrincipalType,
        /// The principal's id; the text of the key for keys.
        query principal_id: PrincipalId,
        /// What the permissions are about.
        query permission_type: PermissionType,
        /// Who defines the roles.
        query management_type?: ManagementType,
        /// The level that the roles are assigned at.
        query scope_type?: ScopeType,
        /// The product environment, where the level is `prodenv`.
        query scope_id?: ScopeId,
        /// The folder that the roles apply to.
        query folder_id?: String,
        /// The asset that the roles apply to.
        query asset_id?: String,
        /// The collection that the roles apply to.
        query collection_id?: String,
        /// The content that the roles apply to, as pairs of a kind and an id.
        query params?: ContentParams,
    }

    /// Assigns roles to a principal, or removes them from it.
    ///
    /// The description requires none of the fields, but without them the request has no effect, so they are required here.
    ///
    /// ```
    /// use cloudinary_provisioning::principals::{AssignedRole, Principal, UpdateRoles};
    /// use cloudinary_provisioning::{Account, AssignmentChange};
    ///
    /// let account = Account::new("acc", "key", "secret")?;
    /// let role = AssignedRole::new("cld::role::prodenv::admin").scope_id("s1");
    /// let update =
    ///     UpdateRoles::new(AssignmentChange::Add, Principal::api_key("814"), [role]);
    /// let body: serde_json::Value =
    ///     serde_json::from_slice(account.request(&update)?.body())?;
    /// assert_eq!(
    ///     body,
    ///     serde_json::json!({
    ///         "operation": "add",
    ///         "principal": {"type": "apiKey", "id": "814"},
    ///         "roles": [{"id": "cld::role::prodenv::admin", "scope_id": "s1"}],
    ///     }),
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[doc(alias = "update_principal_roles")]
    #[doc(alias = "assign")]
    #[doc(alias = "grant")]
    PUT /principal_roles -> () | 400 401 403 404
    UpdateRoles "updatePrincipalRoles" #assign_roles_to_a_principal Idempotent {
        /// Whether to add or to remove the assignments.
        body operation: AssignmentChange,
        /// The principal.
        body principal: Principal,
        /// The roles.
        body roles: [AssignedRole],
    }

    /// Lists the principals that have roles within a scope, with their roles.
    ///
    /// The service pages with a cursor; give the operation to a [`Pager`](crate::Pager) or to the adapter's `items`.
    ///
    /// ```
    /// use cloudinary_provisioning::{ScopeType, http::Response, principals::Inspect};
    ///
    /// let response = Response::new(
    ///     r#"{"data":{"principals":[{"type":"user","id":"u1","roles":[{"id":"r1"}]}]}}"#,
    /// );
    /// let page = Inspect::new(ScopeType::Prodenv).scope_id("s1").parse(&response)?;
    /// assert_eq!((page.items[0].id.as_str(), page.next_cursor), ("u1", None));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[doc(alias = "audit")]
    #[doc(alias = "access review")]
    GET /principal_roles/inspect -> { data: { principals: [InspectedPrincipal] }, next_cursor } | 400 401 404 500
    Inspect "inspect" #inspect Safe {
        /// The level of the scope.
        query scope_type: ScopeType,
        /// The product environment, where the level is `prodenv`.
        query scope_id?: ScopeId,
        /// What kind of principals to return.
        query principal_type?: PrincipalType,
        /// The principal to return.
        query principal_id?: PrincipalId,
        /// The folder that the roles apply to.
        query folder_id?: String,
        /// The asset that the roles apply to.
        query asset_id?: String,
        /// The collection that the roles apply to.
        query collection_id?: String,
        /// The content that the roles apply to, as pairs of a kind and an id.
        query params?: ContentParams,
        /// Where the page begins: the `next_cursor` of the page before.
        query cursor?: String,
    }

    /// Lists the roles of the given principals within a scope. It changes nothing.
    ///
    /// The service pages with a cursor, here in the body; give the operation to a [`Pager`](crate::Pager) or to the
    /// adapter's `items`.
    ///
    /// ```
    /// use cloudinary_provisioning::{
    ///     Account, ScopeType,
    ///     principals::{InspectMultiple, Principal},
    /// };
    ///
    /// let account = Account::new("acc", "key", "secret")?;
    /// let inspect = InspectMultiple::new(ScopeType::Account, [Principal::user("u1")]);
    /// assert_eq!(
    ///     account.request(&inspect)?.body(),
    ///     br#"{"scope_type":"account","principals":[{"type":"user","id":"u1"}]}"#,
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[doc(alias = "inspect_multiple")]
    #[doc(alias = "audit")]
    POST /principal_roles/inspect -> { data: { principals: [InspectedPrincipal] }, next_cursor } | 400 401 404 500
    InspectMultiple "inspectMultiple" #inspect_multiple Safe {
        /// The level of the scope.
        body scope_type: ScopeType,
        /// The principals to return.
        body principals: [Principal],
        /// The product environment, where the level is `prodenv`.
        body scope_id?: ScopeId,
        /// The content that the roles apply to, as an id by its kind: `{"folder_id": "…"}`.
        body policy_parameters?: JsonObject,
        /// Where the page begins: the `next_cursor` of the page before.
        body cursor?: String,
    }
}

paged!(Inspect: InspectedPrincipal, by cursor: String, keyed by kind id);
paged!(InspectMultiple: InspectedPrincipal, by cursor: String, keyed by kind id);

objects! {
    /// A principal, by its type and id.
    ///
    /// ```
    /// use cloudinary_provisioning::{PrincipalType, principals::Principal};
    ///
    /// let key = Principal::api_key("814814814814814");
    /// assert_eq!(key, Principal::new(PrincipalType::ApiKey, "814814814814814"));
    /// assert_eq!(key.id, "814814814814814");
    /// ```
    #[derive(PartialOrd, Ord)]
    Principal {
        /// What kind of principal it is: `type` on the wire.
        kind as "type": PrincipalType,
        /// The principal's id; the text of the key for keys.
        id: PrincipalId,
    }

    /// A role that is assigned or removed, by [`UpdateRoles`].
    ///
    /// ```
    /// use cloudinary_provisioning::{JsonObject, SubAccountId, principals::AssignedRole};
    ///
    /// let environment = SubAccountId::from("s1");
    /// let folder = JsonObject::from_iter([("folder_id".to_owned(), "f1".into())]);
    /// let editor = AssignedRole::new("cld::role::folder::editor")
    ///     .scope_id(&environment)
    ///     .policy_parameters(folder);
    /// assert_eq!(editor.scope_id, Some(environment.into()));
    /// ```
    AssignedRole {
        /// The role's id.
        id: RoleId,
        /// The product environment, or `all`, for roles of product environments.
        scope_id?: ScopeId,
        /// The content that the role applies to, as an id by its kind: `{"folder_id": "…"}`.
        policy_parameters?: JsonObject,
    }
}

impl Principal {
    /// Creates the principal that is this user.
    ///
    /// ```
    /// use cloudinary_provisioning::{principals::Principal, users::User};
    ///
    /// let john = User::new("0abed8df");
    /// assert_eq!(Principal::user(&john.id).id, "0abed8df");
    /// ```
    pub fn user(id: impl Into<UserId>) -> Self {
        Self::new(PrincipalType::User, id.into())
    }

    /// Creates the principal that is this user group.
    pub fn group(id: impl Into<GroupId>) -> Self {
        Self::new(PrincipalType::Group, id.into())
    }

    /// Creates the principal that is this access key of a product environment, by the text of the key.
    pub fn api_key(key: impl Into<ApiKey>) -> Self {
        Self::new(PrincipalType::ApiKey, key.into())
    }

    /// Creates the principal that is this provisioning key of the account, by the text of the key.
    pub fn provisioning_key(key: impl Into<PrincipalId>) -> Self {
        Self::new(PrincipalType::ProvisioningKey, key.into())
    }
}

/// The same assignment, to assign it to another principal or to remove it.
impl From<PrincipalRole> for AssignedRole {
    fn from(role: PrincipalRole) -> Self {
        Self::new(role.id).maybe(role.scope_id, Self::scope_id).maybe(role.policy_parameters, Self::policy_parameters)
    }
}

models! {
    /// A role that a principal has.
    ///
    /// ```
    /// use cloudinary_provisioning::principals::PrincipalRole;
    ///
    /// let role: PrincipalRole =
    ///     serde_json::from_str(r#"{"id":"r1","policy_parameters":{"folder_id":"f1"}}"#)?;
    /// assert_eq!(role.policy_parameters.unwrap_or_default()["folder_id"], "f1");
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[derive(Eq)]
    PrincipalRole {
        /// The role's id.
        id: RoleId,
        /// The name.
        name?: String,
        /// Who defines the role.
        management_type?: ManagementType,
        /// What the permissions are about.
        permission_type?: PermissionType,
        /// The level that the role is assigned at.
        scope_type?: ScopeType,
        /// When the role was assigned.
        created_at?: OffsetDateTime,
        /// When the assignment was last changed.
        updated_at?: OffsetDateTime,
        /// The description.
        description?: String,
        /// The product environment, or `all`, where the level is `prodenv`.
        scope_id?: ScopeId,
        /// The content that the role applies to, as an id by its kind.
        policy_parameters?: JsonObject,
    }

    /// A principal with its roles.
    ///
    /// ```
    /// use cloudinary_provisioning::{PrincipalType, principals::InspectedPrincipal};
    ///
    /// let principal: InspectedPrincipal =
    ///     serde_json::from_str(r#"{"type":"group","id":"g1","roles":[]}"#)?;
    /// assert_eq!(principal.kind, Some(PrincipalType::Group));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[derive(Eq)]
    InspectedPrincipal {
        /// The principal's id; the text of the key for keys.
        id: PrincipalId,
        /// What kind of principal it is: `type` on the wire.
        kind as "type"?: PrincipalType,
        /// Its roles within the scope.
        roles?: Vec<PrincipalRole>,
    }
}
