//! Cloudinary's account provisioning API as plain HTTP requests and responses.
//!
//! This crate turns each operation into an [`http::Request`] and the bytes of an [`http::Response`] into a typed value or
//! a typed error. It never touches a socket, a clock, a random source, the environment or a log, so that it works with any
//! HTTP stack, blocking or not, and with none at all in tests. The crate `cloudinary-provisioning-ureq` drives it over
//! [ureq](https://docs.rs/ureq), blocking, with retries; `cloudinary-provisioning-fake` is an account in memory to test
//! your own tools with.
//!
//! # Quick start
//!
//! ```
//! use cloudinary_provisioning::{Account, Secret, users::{self, Role}};
//! # fn my_http_stack(
//! #     request: cloudinary_provisioning::http::Request<Vec<u8>>,
//! # ) -> Result<cloudinary_provisioning::http::Response<Vec<u8>>, Box<dyn std::error::Error>> {
//! #     assert_eq!(request.method(), "POST");
//! #     Ok(cloudinary_provisioning::http::Response::new(br#"{"id":"0abed8df","role":"billing"}"#.to_vec()))
//! # }
//!
//! let account = Account::new("16a8ff3b-736b", "api-key", Secret::new("api-secret"))?;
//!
//! let create = users::Create::new("John", "john@example.com").role(Role::Billing);
//! let request = account.request(&create)?; // http::Request<Vec<u8>>
//! let response = my_http_stack(request)?; // http::Response<Vec<u8>>
//! let john = create.parse(&response)?; // users::User
//! assert_eq!(john.role, Some(Role::Billing));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Concepts
//!
//! | | is | |
//! |---|---|---|
//! | an operation | a plain value: [`users::Get`], [`users::Create`], … | `new` takes what is required, chained setters take the rest and never fail |
//! | [`Account`] | who calls and where to | turns an operation into a request, and checks everything once |
//! | `parse` | a method of every operation | turns a response into the operation's value or an [`Error`] |
//! | [`Exchange`] | one call with its retries | fed each attempt's [`Outcome`], it returns `Done`, `Retry` or `Failed` |
//! | [`Pager`] | a list, page by page | fed each page, it returns the operation that asks for the next one |
//!
//! Operations are named after the vendor's own methods, in the module of their resource: `users.list` is [`users::List`].
//! They can also be found by their `operationId`: search these docs for `getUsers`. What has no operation yet can be
//! called with [`Raw`].
//!
//! # Operations
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
//! Requests are shown without their base: [`Base`] has them. What has no operation of its own can be called with [`Raw`];
//! [`catalog`] has all of this as data.
//!
//! # Configuration
//!
//! | what | where | default |
//! |---|---|---|
//! | account id, API key, API secret | [`Account::new`], [`Account::from_url`], [`Account::from_lookup`] | |
//! | region, custom host, server URL with a path prefix | [`Account::with_region`], [`Account::with_origin`] | `https://api.cloudinary.com` |
//! | name of your program in the `user-agent` | [`Account::with_user_agent_suffix`] | none |
//! | origin, account id and headers of one request | [`RequestOptions`] | the account's |
//! | attempts, delays, timeouts | [`RetryPolicy`] | 3 attempts, 30 s each, 120 s in all |
//!
//! # Errors
//!
//! There is one [`Error`] for everything that can go wrong, with this crate and with every adapter. Building a request can
//! fail with a [`BuildError`], which names the parameter; nothing was sent then. Where a response arrived, the error holds
//! it: status, headers and body. Nothing panics, whatever a caller or a server sends.
//!
//! Create, or get who is there:
//!
//! ```
//! use cloudinary_provisioning::{Account, Error, http, users};
//! # fn send(request: http::Request<Vec<u8>>) -> http::Response<Vec<u8>> {
//! #     let (status, body) = match request.method().as_str() {
//! #         "POST" => (409, r#"{"error":{"message":"email is taken"}}"#),
//! #         _ => (200, r#"{"users":[{"id":"0abed8df"}]}"#),
//! #     };
//! #     http::Response::builder().status(status).body(body.into()).unwrap()
//! # }
//!
//! fn create_or_get(account: &Account, name: &str, email: &str) -> Result<users::User, Error> {
//!     let create = users::Create::new(name, email);
//!     match create.parse(&send(account.request(&create)?)) {
//!         Err(error) if error.is_conflict() => {
//!             let list = users::List::new().emails([email]);
//!             let users = list.parse(&send(account.request(&list)?))?;
//!             users.into_iter().next().ok_or(error)
//!         }
//!         result => result,
//!     }
//! }
//! # let account = Account::new("acc", "key", "secret")?;
//! # assert_eq!(create_or_get(&account, "John", "john@example.com")?.id, "0abed8df");
//! # Ok::<(), Error>(())
//! ```
//!
//! Delete, treating "not found" as success:
//!
//! ```
//! use cloudinary_provisioning::{http, users};
//! # let response = http::Response::builder().status(404).body(r#"{"error":{"message":"no such user"}}"#)?;
//!
//! match users::Delete::new("0abed8df").parse(&response) {
//!     Err(error) if !error.is_not_found() => return Err(error.into()),
//!     _ => {}
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Throttling, without an [`Exchange`] to take care of it:
//!
//! ```
//! use std::time::Duration;
//! use cloudinary_provisioning::{http, users};
//! # let response = http::Response::builder().status(429).header("retry-after", "7").body("")?;
//!
//! if let Err(error) = users::List::new().parse(&response) {
//!     assert_eq!(error.retry_after(), Some(Duration::from_secs(7)));
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # What happens when …
//!
//! An [`Exchange`], and so every adapter, answers like this. "Safe" is an operation that can be retried without harm: one
//! that only reads, or that comes to the same when it is applied twice; see [`Safety`].
//!
//! | what happens | safe to retry | not safe |
//! |---|---|---|
//! | 420, 429: throttled | retried | retried: it was not processed |
//! | no connection: refused, name not resolved, connect timeout | retried | retried: it was not sent |
//! | 408, 500, 502, 503, 504 | retried | given up; may have been applied |
//! | reset, end of connection, timeout, protocol error | retried | given up; may have been applied |
//! | a success whose body is truncated, or whose JSON ends early | retried | given up; may have been applied, the status is in the error |
//! | a success whose body is empty where one is documented | given up; may have been applied | given up; may have been applied |
//! | an error response whose body is truncated or no JSON | as its status says | as its status says |
//! | a certificate that is not trusted | given up: not sent | given up: not sent |
//! | a redirect | given up: an ordinary error, nothing is followed | given up |
//! | 303, 501, any status from 505 on | given up; may have been applied | given up; may have been applied |
//! | any other status | given up | given up |
//! | a success that is not the expected JSON, or is larger than allowed | given up; may have been applied | given up; may have been applied |
//! | `Retry-After`, or nothing remaining until a reset | waited for, plus up to 1 s | the same, where it is retried at all |
//! | … longer than [`RetryPolicy::max_server_delay`] | given up at once; the delay is in the error | the same |
//! | delay and another attempt do not fit into [`RetryPolicy::total_timeout`] | given up without waiting | the same |
//! | the delay took longer than that | given up with the last response | the same |
//! | a 404 on a delete, or a 409 on a change, after an attempt whose response was lost | the error, and `maybe_applied` is set | the same |
//!
//! An operation that only reads is never "applied". Delays without a hint are random, between zero and a bound that begins
//! at 500 ms, doubles, and ends at 20 s. The error of a call that is given up says how many attempts were made, why it
//! ended, and whether the account may have been changed.
//!
//! # Lists
//!
//! A list without a page returns everything. [`Pager`] asks for page 1, 2, … with only one page in memory.
//! [`users::List::by_ids`] and [`users::List::by_emails`] split what is longer than the 100 that the service takes. A list
//! of ids that is set and empty is refused when the request is built: the service would take it for no condition, and
//! return everybody.
//!
//! # Testing without network
//!
//! Requests and replies are values, so that a test needs no server:
//!
//! ```
//! use cloudinary_provisioning::{Account, http, users};
//!
//! let account = Account::new("acc", "key", "secret")?;
//! let update = users::Update::new("0abed8df").enabled(false);
//!
//! let request = account.request(&update)?;
//! assert_eq!(request.method(), "PUT");
//! assert_eq!(request.uri().path(), "/v1_1/provisioning/accounts/acc/users/0abed8df");
//! assert_eq!(request.body(), br#"{"enabled":false}"#);
//!
//! let reply = http::Response::new(r#"{"id":"0abed8df","enabled":false}"#);
//! assert_eq!(update.parse(&reply)?.enabled, Some(false));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! For whole programs there is `cloudinary-provisioning-fake`: an account in memory that behaves like the service, as a
//! function or behind a loopback listener, with faults on demand.
//!
//! # Security
//!
//! * The secret is in a [`Secret`], which does not print; the `authorization` header is marked sensitive, so that `Debug`
//!   of a request does not show it. Errors hold no request. `Debug` of an error shows the length of a body and not the
//!   body, and decode errors name the place and never the text that stood there.
//! * An id cannot change where a request goes: it is one path segment, percent-encoded, and an empty one, `.` and `..` are
//!   refused.
//! * `http://` is refused but for loopback hosts; [`Origin::url_allowing_http`] is the way around it, by name.
//! * Do not follow redirects: a stack that does turns a `DELETE` into a `GET`, or sends the credentials on.
//! * Some HTTP stacks log raw bytes at their most verbose level, the `authorization` header among them. Keep TRACE off
//!   where logs are kept.
//!
//! # Coming from the vendor's Python SDK
//!
//! | Python | here |
//! |---|---|
//! | `CldProvisioning(account_id=…, security=Security(provisioning_api_key=…, provisioning_api_secret=…))` | `Account::new(id, key, secret)` |
//! | `CLOUDINARY_ACCOUNT_ID`, `CLOUDINARY_PROVISIONING_API_KEY`, `CLOUDINARY_PROVISIONING_API_SECRET` | `Account::from_lookup`, `Client::from_env` of the adapter |
//! | `region=ServerRegion.API_EU` | `.with_region(Region::ApiEu)` |
//! | `host="api.example.com"` | `.with_origin(Origin::host("api.example.com")?)` |
//! | `server_url="https://…"` (client) | `.with_origin(Origin::url("https://…")?)` |
//! | `server_url=…`, `http_headers=…` (call) | [`RequestOptions`]; `.origin(…)`, `.header(…)` of a call of the adapter |
//! | `timeout_ms=…`, `retry_config=…`, `retries=…` | [`RetryPolicy`]; `.timeout(…)`, `.retry(…)` of the adapter's builder and calls |
//! | `users.list(request={"pending": True, "page": 2, "page_size": 50})` | `users::List::new().pending(true).page(2).page_size(50)` |
//! | `users.list(request={"from_": date, "to": date})` | `users::List::new().from(date).to(date)` |
//! | `users.create(request={"name": …, "email": …, "role": …})` | `users::Create::new(name, email).role(role)` |
//! | `users.get(user_id=…)` | `users::Get::new(id)` |
//! | `users.update(user_id=…, user_request={"enabled": False})` | `users::Update::new(id).enabled(false)` |
//! | `users.delete(user_id=…)` | `users::Delete::new(id)` |
//! | `users.get_groups(user_id=…)` | `users::GetGroups::new(id)` |
//! | `users.list_sub_accounts(user_id=…)` | `users::ListSubAccounts::new(id)` |
//! | `except ErrorResponse as e: e.status_code` | `Err(error)`: `error.status()` |
//!
//! Where this crate differs on purpose:
//!
//! | | vendor's SDK | here |
//! |---|---|---|
//! | `delete(user_id="..")` | sends `DELETE …/accounts/{account_id}` | refused: `user_id` is `.` or `..` |
//! | `get(user_id="../sub_accounts")` | asks for another resource | one segment, `..%2Fsub_accounts`: a 404 |
//! | an empty list of `ids` | is left out: returns everybody | refused: `ids` is empty |
//! | a `create` whose reply is lost | repeated, if retries are on | given up; the error says that it may have been applied |
//! | 420 | not repeated | repeated, as 429 |
//! | `Retry-After` | a date counts from the local clock | a floor; a date counts from the reply's own `Date` |
//! | timeouts | 5 s for connecting and for each read and write, none for the whole | 30 s an attempt, 120 s in all |
//! | redirects | followed | an error |
//! | an unknown role | a string | [`users::Role::Unknown`], written back unchanged |
//!
//! # Features
//!
//! | feature | |
//! |---|---|
//! | `serialize` | `serde::Serialize` on every model, to store what was fetched |
//!
//! # Versions
//!
//! The minimum supported Rust version is 1.88, which the `time` crate asks for. It may rise in a minor version, and not
//! beyond what was released half a year before. Public enums, errors and models are `#[non_exhaustive]`: new fields,
//! values and errors come in minor versions. [`http`] and [`time`] are part of the public API and are re-exported; so is
//! `serde_json`'s `Value`.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod account;
mod account_error;
mod build_error;
mod catalog;
mod declare;
mod drive;
mod error;
mod escape;
mod exchange;
mod headers;
mod id;
mod json;
mod models;
mod open_enum;
mod operation;
mod options;
mod origin;
mod outcome;
mod paging;
mod raw;
mod recover;
mod response;
mod retry;
mod secret;
mod target;
mod throttle;
mod timestamp;
mod wire;

pub mod access_keys;
pub mod agents;
pub mod billing_usage;
pub mod custom_policies;
pub mod effective_policies;
pub mod principals;
pub mod product_environments;
pub mod public;
pub mod roles;
pub mod system_policies;
pub mod user_groups;
pub mod users;

pub use http;
pub use serde_json::Value;
pub use time;

pub use account::Account;
pub use account_error::{AccountError, AccountReason};
pub use build_error::{BuildError, BuildReason};
pub use catalog::{Entry, Field, Kind, Paging, Place, ResponseShape, catalog};
pub use drive::{AsyncDriver, AttemptEvent, Driver};
pub use error::{Error, ErrorKind, GiveUpReason};
pub use exchange::{Exchange, RetryEvent, Sample, Step};
pub use headers::{RateLimit, request_id};
pub use id::{AccountId, ApiKey, GroupId, KeyName, PolicyId, PrincipalId, RoleId, ScopeId, SubAccountId, UserId};
pub use models::{
    Change, JsonObject, ManagementType, PermissionType, PrincipalType, ScopeType, SortOrder, SuccessResponse,
};
pub use open_enum::UnknownValue;
pub use operation::{Operation, Safety};
pub use options::RequestOptions;
pub use origin::{Origin, Region};
pub use outcome::{BoxError, FreshConnection, Outcome, Transport, TransportError};
pub use paging::{CursorPage, Paged, Pager};
pub use raw::Raw;
pub use recover::{Recover, Recovery};
pub use response::Response;
pub use retry::RetryPolicy;
pub use secret::Secret;
pub use target::{Base, ListForm};
pub use throttle::{Admission, Permit, Throttle};
pub use wire::{Access, JsonList, Null, Nullable, Params};
