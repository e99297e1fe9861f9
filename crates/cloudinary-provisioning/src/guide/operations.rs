//! Every operation, with its request, what it returns, and whether it is retried.
//!
//! | operation | vendor's operation | request | returns | retried |
//! |---|---|---|---|---|
//! | [`users::List`] | `getUsers` | `GET /users` | `Vec<User>` | yes |
//! | [`users::Create`] | `createUser` | `POST /users` | `User` | only if known not to be processed |
//! | [`users::Get`] | `getUser` | `GET /users/{user_id}` | `User` | yes |
//! | [`users::Update`] | `updateUser` | `PUT /users/{user_id}` | `User` | yes |
//! | [`users::Delete`] | `deleteUser` | `DELETE /users/{user_id}` | `SuccessResponse` | yes |
//! | [`users::GetGroups`] | `getGroupsForUser` | `GET /users/{user_id}/groups` | `Vec<UserGroupSummary>` | yes |
//! | [`users::ListSubAccounts`] | `getSubAccountsForUser` | `GET /users/{user_id}/sub_accounts` | `Vec<SubAccountSummary>` | yes |
//! | [`user_groups::List`] | `getUserGroups` | `GET /user_groups` | `Vec<UserGroup>` | yes |
//! | [`user_groups::Create`] | `createUserGroup` | `POST /user_groups` | `UserGroup` | only if known not to be processed |
//! | [`user_groups::Get`] | `getUserGroup` | `GET /user_groups/{group_id}` | `UserGroup` | yes |
//! | [`user_groups::Update`] | `updateUserGroup` | `PUT /user_groups/{group_id}` | `UserGroup` | yes |
//! | [`user_groups::Delete`] | `deleteUserGroup` | `DELETE /user_groups/{group_id}` | `SuccessResponse` | yes |
//! | [`user_groups::ListUsers`] | `getUsersInUserGroup` | `GET /user_groups/{group_id}/users` | `Vec<UserGroupUser>` | yes |
//! | [`user_groups::AddUser`] | `addUserToUserGroup` | `POST /user_groups/{group_id}/users/{user_id}` | `AddedUser` | yes |
//! | [`user_groups::RemoveUser`] | `removeUserFromUserGroup` | `DELETE /user_groups/{group_id}/users/{user_id}` | `Vec<UserGroupUser>` | yes |
//! | [`product_environments::List`] | `getProductEnvironments` | `GET /sub_accounts` | `Vec<ProductEnvironment>` | yes |
//! | [`product_environments::Create`] | `createProductEnvironment` | `POST /sub_accounts` | `ProductEnvironment` | only if known not to be processed |
//! | [`product_environments::Get`] | `getProductEnvironment` | `GET /sub_accounts/{sub_account_id}` | `ProductEnvironment` | yes |
//! | [`product_environments::Update`] | `updateProductEnvironment` | `PUT /sub_accounts/{sub_account_id}` | `ProductEnvironment` | yes |
//! | [`product_environments::Delete`] | `deleteProductEnvironment` | `DELETE /sub_accounts/{sub_account_id}` | `SuccessResponse` | yes |
//! | [`access_keys::List`] | `getAccessKeys` | `GET /sub_accounts/{sub_account_id}/access_keys` | `AccessKeys` | yes |
//! | [`access_keys::Generate`] | `generateAccessKey` | `POST /sub_accounts/{sub_account_id}/access_keys` | `AccessKey` | only if known not to be processed |
//! | [`access_keys::DeleteByName`] | `deleteAccessKeyByName` | `DELETE /sub_accounts/{sub_account_id}/access_keys` | `SuccessResponse` | yes |
//! | [`access_keys::Update`] | `updateAccessKey` | `PUT /sub_accounts/{sub_account_id}/access_keys/{key}` | `AccessKey` | yes |
//! | [`access_keys::Delete`] | `deleteAccessKey` | `DELETE /sub_accounts/{sub_account_id}/access_keys/{key}` | `SuccessResponse` | yes |
//! | [`billing_usage::Get`] | `getBillingUsage` | `GET /billing_usage` | `Vec<PlanUsage>` | yes |
//! | [`roles::List`] | `getRoles` | `GET /roles` | `Vec<Role>` | yes |
//! | [`roles::Create`] | `createRole` | `POST /roles` | `Role` | with `id`; else only if known not to be processed |
//! | [`roles::Get`] | `getRole` | `GET /roles/{role_id}` | `Role` | yes |
//! | [`roles::Update`] | `updateRole` | `PUT /roles/{role_id}` | `Role` | yes |
//! | [`roles::Delete`] | `deleteRole` | `DELETE /roles/{role_id}` | `()` | yes |
//! | [`roles::ListPrincipals`] | `getRolePrincipals` | `GET /roles/{role_id}/principals` | `Vec<RolePrincipal>` | yes |
//! | [`roles::UpdatePrincipals`] | `updateRolePrincipals` | `PUT /roles/{role_id}/principals` | `()` | yes |
//! | [`principals::ListRoles`] | `getPrincipalRoles` | `GET /principal_roles` | `Vec<PrincipalRole>` | yes |
//! | [`principals::UpdateRoles`] | `updatePrincipalRoles` | `PUT /principal_roles` | `()` | yes |
//! | [`principals::Inspect`] | `inspect` | `GET /principal_roles/inspect` | `CursorPage<InspectedPrincipal>` | yes |
//! | [`principals::InspectMultiple`] | `inspectMultiple` | `POST /principal_roles/inspect` | `CursorPage<InspectedPrincipal>` | yes |
//! | [`custom_policies::List`] | `getCustomPolicies` | `GET /policies/custom` | `CursorPage<CustomPolicy>` | yes |
//! | [`custom_policies::Create`] | `createCustomPolicy` | `POST /policies/custom` | `CustomPolicy` | only if known not to be processed |
//! | [`custom_policies::Get`] | `getCustomPolicy` | `GET /policies/custom/{policy_id}` | `CustomPolicy` | yes |
//! | [`custom_policies::Update`] | `updateCustomPolicy` | `PUT /policies/custom/{policy_id}` | `CustomPolicy` | yes |
//! | [`custom_policies::Delete`] | `deleteCustomPolicy` | `DELETE /policies/custom/{policy_id}` | `()` | yes |
//! | [`system_policies::List`] | `getSystemPolicies` | `GET /policies/system` | `CursorPage<SystemPolicy>` | yes |
//! | [`effective_policies::List`] | `getEffectivePolicies` | `GET /policies/effective` | `EffectivePolicies` | yes |
//! | [`public::GetCatalog`] | `getSystemRolesAndPoliciesCatalog` | `GET /catalog` | `JsonObject` | yes |
//! | [`public::ValidatePolicy`] | `validateCedarPolicy` | `POST /validate` | `Validation` | yes |
//! | [`public::GetSchema`] | `getCedarSchema` | `GET /schema` | `JsonObject` | yes |
//! | [`agents::CreateAccount`] | `createAgentAccount` | `POST /agents/accounts` | `AgentAccount` | only if known not to be processed |
//! | [`agents::CreateCloud`] | `createCloud` | `POST /clouds` | `AgentCloud` | only if known not to be processed |
//!
//! Requests are shown without their base: [`PathPrefix`] has them. Anything else can be called with [`Raw`];
//! [`catalog()`] has all of this as data.
//!
//! # Operations by name
//!
//! [`catalog()`] has every operation as data: its fields, their kinds and limits, its paging. A program that does not know
//! operations before it runs, such as a command-line tool, makes a request of named JSON fields with
//! [`Entry::request`](catalog::Entry::request). It has every rule that the operation's own type has:
//!
//! ```
//! use cloudinary_provisioning::{Account, catalog};
//! use serde_json::json;
//!
//! let update = catalog().find(|entry| entry.id == "updateUser").unwrap();
//! let fields = json!({"user_id": "0abed8df", "enabled": false});
//! let operation = update.request(fields.as_object().cloned().unwrap_or_default())?;
//!
//! let account = Account::new("acc", "key", "secret")?;
//! assert_eq!(account.request(&operation)?.body(), br#"{"enabled":false}"#);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Such an operation is a [`Raw`], whose result is a JSON [`Value`]. Events, logs and errors show it by the operation's id.
//!
//! # Calls without an operation
//!
//! [`Raw`] sends anything else to the account, with the same credentials, rules for ids, retries and errors:
//!
//! ```
//! use cloudinary_provisioning::{Account, Raw, http::Method};
//!
//! let search = Raw::new(Method::GET, ["users", "search"]).named("searchUsers").query("limit", 10);
//! let account = Account::new("acc", "key", "secret")?;
//! let request = account.request(&search)?;
//! assert!(request.uri().path().ends_with("/accounts/acc/users/search"));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

#[cfg(doc)]
use crate::*;
