//! Effective policies: `list`.
//!
//! | operation | what it does | request | returns | retried |
//! |---|---|---|---|---|
//! | [`List`] | Lists the roles with their system policies, and the custom policies, that are in effect within a scope. | `GET /policies/effective` | `EffectivePolicies` | yes |
//!
//! The vendor's documentation: <https://cloudinary.com/documentation/provisioning_api#effective_policies>.

use crate::api::shared::{PrincipalType, ScopeType};
use crate::declare::models::models;
use crate::declare::operations::operations;
use crate::wire::id::{PolicyId, PrincipalId, RoleId, ScopeId};

operations! {
    effective_policies at Permissions;

    /// Lists the roles with their system policies, and the custom policies, that are in effect within a scope.
    ///
    /// One response holds all of them, and can be large: it repeats the statements for each principal. With a principal, it
    /// holds only what is in effect for that one.
    ///
    /// ```
    /// use cloudinary_provisioning::{
    ///     PrincipalType, ScopeType, effective_policies::List, http::Response,
    /// };
    ///
    /// let list = List::new()
    ///     .scope_type(ScopeType::Account)
    ///     .principal_type(PrincipalType::User)
    ///     .principal_id("u1");
    /// let response = Response::new(
    ///     r#"{"data":{"principals":[{"principal_id":"u1","roles":[{"id":"r1"}]}]}}"#,
    /// );
    /// let principals = list.parse(&response)?.principals.unwrap_or_default();
    /// assert_eq!(principals[0].principal_id, Some("u1".into()));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[doc(alias = "get_effective_policies")]
    #[doc(alias = "audit")]
    GET /policies/effective -> { data: EffectivePolicies } | 400 401 403 404 500
    List "getEffectivePolicies" #get_effective_policies Safe {
        /// The level of the scope.
        query scope_type?: ScopeType,
        /// The product environment, where the level is `prodenv`.
        query scope_id?: ScopeId,
        /// What kind of principal to ask about.
        query principal_type?: PrincipalType,
        /// The principal to ask about.
        query principal_id?: PrincipalId,
    }
}

models! {
    /// What is in effect within a scope.
    ///
    /// ```
    /// use cloudinary_provisioning::effective_policies::EffectivePolicies;
    ///
    /// let policies: EffectivePolicies =
    ///     serde_json::from_str(r#"{"principals":[],"custom_policies":[{"id":"p1"}]}"#)?;
    /// assert_eq!(policies.custom_policies.map(|policies| policies.len()), Some(1));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[derive(Eq)]
    EffectivePolicies {
        /// The principals with their roles.
        principals?: Vec<EffectivePrincipal>,
        /// The custom policies.
        custom_policies?: Vec<EffectivePolicy>,
    }

    /// A principal with its roles.
    ///
    /// ```
    /// use cloudinary_provisioning::{PrincipalType, effective_policies::EffectivePrincipal};
    ///
    /// let principal: EffectivePrincipal =
    ///     serde_json::from_str(r#"{"principal_type":"apiKey","principal_id":"814"}"#)?;
    /// assert_eq!(principal.principal_type, Some(PrincipalType::ApiKey));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[derive(Eq)]
    EffectivePrincipal {
        /// What kind of principal it is.
        principal_type?: PrincipalType,
        /// The principal's id.
        principal_id?: PrincipalId,
        /// Its roles.
        roles?: Vec<EffectiveRole>,
    }

    /// A role with its system policies.
    ///
    /// ```
    /// use cloudinary_provisioning::effective_policies::EffectiveRole;
    ///
    /// let role: EffectiveRole = serde_json::from_str(r#"{"id":"r1","system_policies":[]}"#)?;
    /// assert_eq!(role.id, Some("r1".into()));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[derive(Eq)]
    EffectiveRole {
        /// The role's id.
        id?: RoleId,
        /// Its system policies.
        system_policies?: Vec<EffectivePolicy>,
    }

    /// A policy, in short.
    ///
    /// ```
    /// use cloudinary_provisioning::effective_policies::EffectivePolicy;
    ///
    /// let policy: EffectivePolicy =
    ///     serde_json::from_str(r#"{"id":"p1","policy_statement":"permit(…);"}"#)?;
    /// assert_eq!(policy.id, Some("p1".into()));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[derive(Eq)]
    EffectivePolicy {
        /// The policy's id.
        id?: PolicyId,
        /// The statement, in Cedar.
        policy_statement?: String,
    }
}
