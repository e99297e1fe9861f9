//! Coming from the vendor's Python SDKs.
//!
//! # From the current SDK
//!
//! `cloudinary-account-provisioning` 0.1.3. The client and its options:
//!
//! | Python | here |
//! |---|---|
//! | `CldProvisioning(account_id=…, security=Security(…))` | [`Account::new`] |
//! | `CLOUDINARY_ACCOUNT_ID`, `CLOUDINARY_PROVISIONING_API_KEY`, `CLOUDINARY_PROVISIONING_API_SECRET` | [`Account::from_lookup`], `Client::from_env` of the adapter |
//! | `region=ServerRegion.API_EU` | `.with_region(Region::ApiEu)` |
//! | `host="api.example.com"` | `.with_origin(Origin::host("api.example.com")?)` |
//! | `server_url="https://…"` of the client | `.with_origin(Origin::url("https://…")?)` |
//! | `server_url=…`, `http_headers=…` of a call | [`RequestOptions`]; `.origin(…)` and `.header(…)` of the adapter's calls |
//! | `timeout_ms=…`, `retry_config=…`, `retries=…` | [`RetryPolicy`]; `.timeout(…)` and `.retry(…)` of the adapter |
//! | `client=HttpClient(…)` | [`Transport`], [`Driver`] |
//! | `…_async` methods' results, `AsyncCldProvisioning` | [`AsyncDriver`] |
//! | `except ErrorResponse as e: e.status_code` | `Err(error)`: `error.status()` |
//!
//! The operations. `id` stands for an id of the kind that the Python parameter names:
//!
//! | Python | here |
//! |---|---|
//! | `product_environments.list(enabled=…, ids=…)` | [`product_environments::List`]`::new().enabled(…).ids(…)` |
//! | `product_environments.create(request={"name": …})` | [`product_environments::Create`]`::new(name)` |
//! | `product_environments.get(sub_account_id=…)` | [`product_environments::Get`]`::new(id)` |
//! | `product_environments.update(sub_account_id=…, product_environment_update_request={…})` | [`product_environments::Update`]`::new(id)` |
//! | `product_environments.delete(sub_account_id=…)` | [`product_environments::Delete`]`::new(id)` |
//! | `access_keys.list(request={"sub_account_id": …})` | [`access_keys::List`]`::new(id)` |
//! | `access_keys.generate(sub_account_id=…, access_key_request={…})` | [`access_keys::Generate`]`::new(id)` |
//! | `access_keys.delete_by_name(sub_account_id=…, name=…)` | [`access_keys::DeleteByName`]`::new(id, name)` |
//! | `access_keys.update(sub_account_id=…, key=…, access_key_update_request={…})` | [`access_keys::Update`]`::new(id, key)` |
//! | `access_keys.delete(sub_account_id=…, key=…)` | [`access_keys::Delete`]`::new(id, key)` |
//! | `users.list(request={"pending": True, "from_": date})` | [`users::List`]`::new().pending(true).from(date)` |
//! | `users.create(request={"name": …, "email": …, "role": …})` | [`users::Create`]`::new(name, email).role(role)` |
//! | `users.get(user_id=…)` | [`users::Get`]`::new(id)` |
//! | `users.update(user_id=…, user_request={"enabled": False})` | [`users::Update`]`::new(id).enabled(false)` |
//! | `users.delete(user_id=…)` | [`users::Delete`]`::new(id)` |
//! | `users.get_groups(user_id=…)` | [`users::GetGroups`]`::new(id)` |
//! | `users.list_sub_accounts(user_id=…)` | [`users::ListSubAccounts`]`::new(id)` |
//! | `user_groups.list(extended_details=True)` | [`user_groups::List`]`::new().extended_details(true)` |
//! | `user_groups.create(request={"name": …})` | [`user_groups::Create`]`::new(name)` |
//! | `user_groups.get(group_id=…)` | [`user_groups::Get`]`::new(id)` |
//! | `user_groups.update(group_id=…, user_group_request={"name": …})` | [`user_groups::Update`]`::new(id).name(name)` |
//! | `user_groups.delete(group_id=…)` | [`user_groups::Delete`]`::new(id)` |
//! | `user_groups.list_users(group_id=…)` | [`user_groups::ListUsers`]`::new(id)` |
//! | `user_groups.add_user(group_id=…, user_id=…)` | [`user_groups::AddUser`]`::new(group, user)` |
//! | `user_groups.remove_user(group_id=…, user_id=…)` | [`user_groups::RemoveUser`]`::new(group, user)` |
//! | `billing_usage.get(year=…, include_prodenv_breakdown=True)` | [`billing_usage::Get`]`::new().year(year).include_prodenv_breakdown(true)` |
//! | `public.get_catalog()` | [`public::GetCatalog`]`::new()` |
//! | `public.validate_policy(request={"policy": …})` | [`public::ValidatePolicy`]`::new(policy)` |
//! | `public.get_schema()` | [`public::GetSchema`]`::new()` |
//! | `system_policies.list(permission_type=…, scope_type=…)` | [`system_policies::List`]`::new()` |
//! | `custom_policies.list(scope_type=…, scope_id=…)` | [`custom_policies::List`]`::new().scope_type(…).scope_id(…)` |
//! | `custom_policies.create(request={…})` | [`custom_policies::Create`]`::new(statement, scope_type, name)` |
//! | `custom_policies.get(policy_id=…)` | [`custom_policies::Get`]`::new(id)` |
//! | `custom_policies.update(policy_id=…, update_custom_policy={…})` | [`custom_policies::Update`]`::new(id, statement, scope_type, name, enabled)` |
//! | `custom_policies.delete(policy_id=…)` | [`custom_policies::Delete`]`::new(id)` |
//! | `effective_policies.list(scope_type=…, principal_id=…)` | [`effective_policies::List`]`::new().scope_type(…).principal_id(…)` |
//! | `roles.list(permission_type=…)` | [`roles::List`]`::new(permission_type)` |
//! | `roles.create(request={…})` | [`roles::Create`]`::new(permission_type, scope_type, name)` |
//! | `roles.get(request={"role_id": …})` | [`roles::Get`]`::new(id)` |
//! | `roles.update(role_id=…, role={"name": …})` | [`roles::Update`]`::new(id, name)` |
//! | `roles.delete(role_id=…, force=True)` | [`roles::Delete`]`::new(id).force(true)` |
//! | `roles.list_principals(request={"role_id": …})` | [`roles::ListPrincipals`]`::new(id)` |
//! | `roles.update_principals(role_id=…, update_role_principals_request={…})` | [`roles::UpdatePrincipals`]`::new(id, AssignmentChange::Add, principals)` |
//! | `principals.list_roles(request={…})` | [`principals::ListRoles`]`::new(principal_type, id, permission_type)` |
//! | `principals.update_roles(request={…})` | [`principals::UpdateRoles`]`::new(AssignmentChange::Add, principal, roles)` |
//! | `principals.inspect(request={"scope_type": …})` | [`principals::Inspect`]`::new(scope_type)` |
//! | `principals.inspect_multiple(request={…})` | [`principals::InspectMultiple`]`::new(scope_type, principals)` |
//!
//! # From the classic SDK
//!
//! The module `cloudinary.provisioning` of the package `cloudinary`, which reads `CLOUDINARY_ACCOUNT_URL`, as
//! [`Account::from_url`] and [`Account::from_lookup`] do. Its fixed lists of arguments leave out some fields that the
//! operations here have.
//!
//! | Python | here |
//! |---|---|
//! | `account_config(account_id=…, provisioning_api_key=…, provisioning_api_secret=…)` | [`Account`]`::new(id, key, secret)` |
//! | `sub_accounts(enabled, ids, prefix)` | [`product_environments::List`]`::new()` |
//! | `create_sub_account(name, cloud_name, …)` | [`product_environments::Create`]`::new(name)` |
//! | `sub_account(id)` | [`product_environments::Get`]`::new(id)` |
//! | `update_sub_account(id, …)` | [`product_environments::Update`]`::new(id)` |
//! | `delete_sub_account(id)` | [`product_environments::Delete`]`::new(id)` |
//! | `users(user_ids, sub_account_id, status, prefix, …)` | [`users::List`]`::new()` |
//! | `create_user(name, email, role)` | [`users::Create`]`::new(name, email).role(role)` |
//! | `user(id)` | [`users::Get`]`::new(id)` |
//! | `update_user(id, …)` | [`users::Update`]`::new(id)` |
//! | `delete_user(id)` | [`users::Delete`]`::new(id)` |
//! | `user_groups()` | [`user_groups::List`]`::new()` |
//! | `create_user_group(name)` | [`user_groups::Create`]`::new(name)` |
//! | `user_group(id)` | [`user_groups::Get`]`::new(id)` |
//! | `update_user_group(id, name)` | [`user_groups::Update`]`::new(id).name(name)` |
//! | `delete_user_group(id)` | [`user_groups::Delete`]`::new(id)` |
//! | `add_user_to_group(group, user)` | [`user_groups::AddUser`]`::new(group, user)` |
//! | `remove_user_from_group(group, user)` | [`user_groups::RemoveUser`]`::new(group, user)` |
//! | `user_group_users(id)` | [`user_groups::ListUsers`]`::new(id)` |
//! | `user_in_user_groups(user)` | [`users::GetGroups`]`::new(user)` |
//! | `access_keys(sub_account_id, page_size, page, …)` | [`access_keys::List`]`::new(id)` |
//! | `generate_access_key(sub_account_id, name, enabled)` | [`access_keys::Generate`]`::new(id)` |
//! | `update_access_key(sub_account_id, api_key, …)` | [`access_keys::Update`]`::new(id, key)` |
//! | `delete_access_key(sub_account_id, api_key=…)` | [`access_keys::Delete`]`::new(id, key)` |
//! | `delete_access_key(sub_account_id, name=…)` | [`access_keys::DeleteByName`]`::new(id, name)` |
//! | `create_agent_account(email, framework, llm_model, goal)` | [`agents::CreateAccount`]`::new(email, framework, model, goal)` |
//! | `create_cloud()` | [`agents::CreateCloud`]`::new()` |
//! | `Role.MASTER_ADMIN` | [`users::Role`]`::MasterAdmin` |
//!
//! # Where it differs on purpose
//!
//! Measured with the Python SDK 0.1.3.
//!
//! | what | vendor's SDK | here |
//! |---|---|---|
//! | an id of `..`: `access_keys.delete(sub_account_id="s1", key="..")` | sends `DELETE …/sub_accounts/s1`, and so deletes the product environment | refused: `key` is `.` or `..` |
//! | an id with a slash: `users.get(user_id="../sub_accounts")` | asks for another resource | one segment, `..%2Fsub_accounts`: a 404 |
//! | an empty list of `ids` | left out: returns everything | refused: `ids` is empty |
//! | an empty list of `sub_account_ids` | sent: the service grants access to everything | refused; [`SubAccountAccess::All`] says it on purpose |
//! | `custom_attributes`, `policy_parameters` | sent as `{}`, the contents are lost | sent and read as they are |
//! | fields that the API description lacks, such as `root` of an access key | dropped | read |
//! | the response to adding a user to a group, `{"users": […]}` | an empty user | [`user_groups::AddedUser`] has the users |
//! | an empty time, such as `"last_login": ""` | an error for the whole list | `None` |
//! | a status that the operation does not document, such as a 500 | an `APIError` without the service's message | an [`Error`] like any other |
//! | a 200 where the description says 201 or 204 | an error | a success |
//! | operations that need no credentials | sent with credentials | sent without |
//! | `enabled` of a new custom policy | sent as `true` where it is not set | sent where it is set |
//! | `repr` of a key or an environment | shows the secret | hides it |
//! | a `create` whose response is lost | retried, if retries are on | given up, or looked up by [`Exchange::recover`] |
//! | 420 | not retried | retried, as 429 |
//! | `Retry-After` | a date counts from the local clock | a floor; a date counts from the response's own `Date` |
//! | timeouts | 5 s for connecting and for each read and write, none for the whole | 30 s an attempt, 120 s in all |
//! | redirects | followed | an error |

#[cfg(doc)]
use crate::*;
