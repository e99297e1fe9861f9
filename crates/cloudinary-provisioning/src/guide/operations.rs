//! Every operation, with its request and whether it is retried.
//!
//! | operation | vendor's operation | request | retried |
//! |---|---|---|---|
//! | [`users::List`] | `getUsers` | `GET /users` | yes |
//! | [`users::Create`] | `createUser` | `POST /users` | only if surely not processed |
//! | [`users::Get`] | `getUser` | `GET /users/{user_id}` | yes |
//! | [`users::Update`] | `updateUser` | `PUT /users/{user_id}` | yes |
//! | [`users::Delete`] | `deleteUser` | `DELETE /users/{user_id}` | yes |
//! | [`users::GetGroups`] | `getGroupsForUser` | `GET /users/{user_id}/groups` | yes |
//! | [`users::ListSubAccounts`] | `getSubAccountsForUser` | `GET /users/{user_id}/sub_accounts` | yes |
//! | [`user_groups::List`] | `getUserGroups` | `GET /user_groups` | yes |
//! | [`user_groups::Create`] | `createUserGroup` | `POST /user_groups` | only if surely not processed |
//! | [`user_groups::Get`] | `getUserGroup` | `GET /user_groups/{group_id}` | yes |
//! | [`user_groups::Update`] | `updateUserGroup` | `PUT /user_groups/{group_id}` | yes |
//! | [`user_groups::Delete`] | `deleteUserGroup` | `DELETE /user_groups/{group_id}` | yes |
//! | [`user_groups::ListUsers`] | `getUsersInUserGroup` | `GET /user_groups/{group_id}/users` | yes |
//! | [`user_groups::AddUser`] | `addUserToUserGroup` | `POST /user_groups/{group_id}/users/{user_id}` | yes |
//! | [`user_groups::RemoveUser`] | `removeUserFromUserGroup` | `DELETE /user_groups/{group_id}/users/{user_id}` | yes |
//! | [`product_environments::List`] | `getProductEnvironments` | `GET /sub_accounts` | yes |
//! | [`product_environments::Create`] | `createProductEnvironment` | `POST /sub_accounts` | only if surely not processed |
//! | [`product_environments::Get`] | `getProductEnvironment` | `GET /sub_accounts/{sub_account_id}` | yes |
//! | [`product_environments::Update`] | `updateProductEnvironment` | `PUT /sub_accounts/{sub_account_id}` | yes |
//! | [`product_environments::Delete`] | `deleteProductEnvironment` | `DELETE /sub_accounts/{sub_account_id}` | yes |
//! | [`access_keys::List`] | `getAccessKeys` | `GET /sub_accounts/{sub_account_id}/access_keys` | yes |
//! | [`access_keys::Generate`] | `generateAccessKey` | `POST /sub_accounts/{sub_account_id}/access_keys` | only if surely not processed |
//! | [`access_keys::DeleteByName`] | `deleteAccessKeyByName` | `DELETE /sub_accounts/{sub_account_id}/access_keys` | yes |
//! | [`access_keys::Update`] | `updateAccessKey` | `PUT /sub_accounts/{sub_account_id}/access_keys/{key}` | yes |
//! | [`access_keys::Delete`] | `deleteAccessKey` | `DELETE /sub_accounts/{sub_account_id}/access_keys/{key}` | yes |
//! | [`billing_usage::Get`] | `getBillingUsage` | `GET /billing_usage` | yes |
//! | [`roles::List`] | `getRoles` | `GET /roles` | yes |
//! | [`roles::Create`] | `createRole` | `POST /roles` | with `id`; else only if surely not processed |
//! | [`roles::Get`] | `getRole` | `GET /roles/{role_id}` | yes |
//! | [`roles::Update`] | `updateRole` | `PUT /roles/{role_id}` | yes |
//! | [`roles::Delete`] | `deleteRole` | `DELETE /roles/{role_id}` | yes |
//! | [`roles::ListPrincipals`] | `getRolePrincipals` | `GET /roles/{role_id}/principals` | yes |
//! | [`roles::UpdatePrincipals`] | `updateRolePrincipals` | `PUT /roles/{role_id}/principals` | yes |
//! | [`principals::ListRoles`] | `getPrincipalRoles` | `GET /principal_roles` | yes |
//! | [`principals::UpdateRoles`] | `updatePrincipalRoles` | `PUT /principal_roles` | yes |
//! | [`principals::Inspect`] | `inspect` | `GET /principal_roles/inspect` | yes |
//! | [`principals::InspectMultiple`] | `inspectMultiple` | `POST /principal_roles/inspect` | yes |
//! | [`custom_policies::List`] | `getCustomPolicies` | `GET /policies/custom` | yes |
//! | [`custom_policies::Create`] | `createCustomPolicy` | `POST /policies/custom` | only if surely not processed |
//! | [`custom_policies::Get`] | `getCustomPolicy` | `GET /policies/custom/{policy_id}` | yes |
//! | [`custom_policies::Update`] | `updateCustomPolicy` | `PUT /policies/custom/{policy_id}` | yes |
//! | [`custom_policies::Delete`] | `deleteCustomPolicy` | `DELETE /policies/custom/{policy_id}` | yes |
//! | [`system_policies::List`] | `getSystemPolicies` | `GET /policies/system` | yes |
//! | [`effective_policies::List`] | `getEffectivePolicies` | `GET /policies/effective` | yes |
//! | [`public::GetCatalog`] | `getSystemRolesAndPoliciesCatalog` | `GET /catalog` | yes |
//! | [`public::ValidatePolicy`] | `validateCedarPolicy` | `POST /validate` | yes |
//! | [`public::GetSchema`] | `getCedarSchema` | `GET /schema` | yes |
//! | [`agents::CreateAccount`] | `createAgentAccount` | `POST /agents/accounts` | only if surely not processed |
//! | [`agents::CreateCloud`] | `createCloud` | `POST /clouds` | only if surely not processed |
//!
//! Requests are shown without their base: [`PathPrefix`] has them. What has no operation of its own can be called with [`Raw`];
//! [`catalog()`] has all of this as data.

#[cfg(doc)]
use crate::*;
