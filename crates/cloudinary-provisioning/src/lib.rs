//! Cloudinary's account provisioning API as plain HTTP requests and responses.
//!
//! This crate turns each operation into an [`http::Request`], and an [`http::Response`] into a typed value or a typed
//! error. It never touches a socket, a clock, a random source, the environment or a log, so it works with any HTTP stack,
//! blocking or async, and with none at all in tests.
//!
//! [`http::Request`]: https://docs.rs/http/1/http/request/struct.Request.html
//! [`http::Response`]: https://docs.rs/http/1/http/response/struct.Response.html
//!
//! | crate | what it adds |
//! |---|---|
//! | [`cloudinary-provisioning-ureq`](https://docs.rs/cloudinary-provisioning-ureq/latest/cloudinary_provisioning_ureq/) | a blocking client over ureq, with retries, iterators and workers |
//! | [`cloudinary-provisioning-fake`](https://docs.rs/cloudinary-provisioning-fake/latest/cloudinary_provisioning_fake/) | an account in memory to test your own tools against |
//!
//! # Quick start
//!
//! ```
//! use cloudinary_provisioning::users::{self, Role};
//! use cloudinary_provisioning::{Account, Secret};
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
//! | concept | what it is | what it does |
//! |---|---|---|
//! | an operation, such as [`users::Get`] | a plain value that describes one call | `new` takes what is required, setters take the rest, `parse` reads the response |
//! | [`Account`] | the credentials and the base URL | [`request`](Account::request) turns an operation into an HTTP request |
//! | [`Response`] | the value of a success | also gives the status, the request id and the rate limit |
//! | [`Error`] | the one error of every call | also gives the response, the number of attempts, and whether the call may have been applied |
//! | [`Exchange`] | one call with its retries | takes the [`Outcome`] of each attempt; returns [`Done`](Step::Done), [`Retry`](Step::Retry) or [`Failed`](Step::Failed) |
//! | [`Driver`], [`AsyncDriver`] | your HTTP stack, clock and sleep | run an [`Exchange`] from its first attempt to its result |
//! | [`RetryPolicy`] | the limits on attempts, delays and time | decides when an [`Exchange`] gives up |
//! | [`Throttle`] | the rate limit that all calls of a client share | holds calls back until the time that the service names |
//! | [`Recovery`] | a create that is not applied twice | looks for the result where the response was lost |
//! | [`Pager`] | a list, page by page | takes each page; returns the operation that asks for the next one |
//!
//! Setters never fail. A value that cannot be sent is reported when the request is built, by the name of its field. Set
//! optional input with `maybe`, which every operation has: `users::List::new().maybe(prefix, users::List::prefix)`.
//!
//! Operations are named after the methods of the vendor's current SDKs, in the module of their resource: `users.list` is
//! [`users::List`]. You can also search these docs for the `operationId`, such as `getUsers`. To call something that has
//! no operation here, use [`Raw`].
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
//! | setting | where to set it | default |
//! |---|---|---|
//! | account id, API key, API secret | [`Account::new`], [`Account::from_url`], [`Account::from_lookup`] | none: they are required |
//! | region, host, base URL | [`Account::with_region`], [`Account::with_origin`] | `https://api.cloudinary.com` |
//! | form of lists in a query | [`Account::with_list_form`] | [`ListForm::Repeated`] |
//! | name of your program in the `user-agent` | [`Account::with_user_agent_suffix`] | none |
//! | origin, account id and headers of one request | [`RequestOptions`] | those of the account |
//! | attempts, delays, timeouts | [`RetryPolicy`] | 3 attempts, 30 s each, 120 s in all |
//!
//! [`Account::from_lookup`] reads `CLOUDINARY_ACCOUNT_URL`, or `CLOUDINARY_ACCOUNT_ID`, `CLOUDINARY_PROVISIONING_API_KEY`
//! and `CLOUDINARY_PROVISIONING_API_SECRET`, from any source: `Account::from_lookup(|name| std::env::var(name).ok())`. It
//! also reads `CLOUDINARY_REGION` and `CLOUDINARY_ORIGIN`.
//!
//! # Regions
//!
//! ```
//! use cloudinary_provisioning::{Account, Origin, Region};
//!
//! let account = Account::new("16a8ff3b-736b", "api-key", "api-secret")?;
//! let europe = account.clone().with_region(Region::ApiEu);
//! assert_eq!(europe.origin().as_str(), "https://api-eu.cloudinary.com");
//!
//! // A gateway of your own, with a path prefix:
//! let gateway =
//!     account.with_origin(Origin::url("https://gateway.example.com/cloudinary")?);
//! assert_eq!(gateway.origin().as_str(), "https://gateway.example.com/cloudinary");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Errors
//!
//! There is one [`Error`] for everything that can go wrong, with this crate and with every adapter. Building a request can
//! fail with a [`BuildError`], which names the field; nothing was sent then. Where a response arrived, the error holds it:
//! status, headers and body. Nothing panics, whatever a caller or a server sends.
//!
//! Create a user, or get the one with this email:
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
//! fn create_or_get(
//!     account: &Account,
//!     name: &str,
//!     email: &str,
//! ) -> Result<users::User, Error> {
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
//! Delete a user, treating "not found" as success:
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
//! Read how long to wait, where no [`Exchange`] does it for you:
//!
//! ```
//! use cloudinary_provisioning::{http, users};
//! use std::time::Duration;
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
//! | list | how it is paged |
//! |---|---|
//! | [`users::List`], [`access_keys::List`] | by page numbers; without a page, one response holds everything |
//! | [`custom_policies::List`], [`principals::Inspect`], [`principals::InspectMultiple`] | by a cursor |
//! | every other list | not at all: one response holds everything |
//!
//! [`Pager`] walks a paged list with one page in memory, whichever kind it is. The adapter's `items` is an iterator over
//! one.
//!
//! [`users::List::by_ids`] and [`users::List::by_emails`] split a list that is longer than the 100 that the service takes.
//! A list of ids that is set and empty is refused when the request is built: the service would take it for no condition,
//! and return everybody.
//!
//! # Async
//!
//! Implement [`AsyncDriver`] once for your HTTP client and runtime. [`Exchange::run_async`] then makes calls with
//! retries, and [`Recovery::run_async`] retries creates without applying them twice.
//!
//! ```
//! use std::time::{Duration, Instant, SystemTime};
//! use cloudinary_provisioning::{Account, AsyncDriver, Error, Exchange, Operation};
//! use cloudinary_provisioning::{Outcome, RetryPolicy, Sample, http::Request};
//! # /// Stands for reqwest, hyper, … with tokio, smol, …
//! # mod my_stack {
//! #     use std::time::Duration;
//! #     use cloudinary_provisioning::{TransportError, http::{Request, Response}};
//! #     pub async fn send(_: &Request<Vec<u8>>, _: Duration) -> Result<Response<Vec<u8>>, TransportError> {
//! #         Ok(Response::new(br#"{"id":"0abed8df"}"#.to_vec()))
//! #     }
//! #     pub async fn sleep(_: Duration) {}
//! #     pub fn random() -> u64 { 0 }
//! # }
//!
//! struct Client {
//!     account: Account,
//!     start: Instant,
//! }
//!
//! impl AsyncDriver for Client {
//!     async fn send(&self, request: &Request<Vec<u8>>, timeout: Duration) -> Outcome {
//!         // A `Result<Response, TransportError>`: `NotSent` where connecting failed.
//!         my_stack::send(request, timeout).await.into()
//!     }
//!
//!     async fn sleep(&self, delay: Duration) {
//!         my_stack::sleep(delay).await;
//!     }
//!
//!     fn sample(&self) -> Sample {
//!         Sample::new(self.start.elapsed(), SystemTime::now(), my_stack::random())
//!     }
//! }
//!
//! impl Client {
//!     async fn call<O: Operation>(&self, operation: O) -> Result<O::Output, Error> {
//!         let call = Exchange::new(&self.account, operation, RetryPolicy::default())?;
//!         Ok(call.run_async(self).await?.into_value())
//!     }
//! }
//! # use std::task::{Context, Poll, Waker};
//! # use cloudinary_provisioning::users;
//! # let client = Client { account: Account::new("acc", "key", "secret").unwrap(), start: Instant::now() };
//! # let call = std::pin::pin!(client.call(users::Get::new("0abed8df")));
//! # let Poll::Ready(user) = call.poll(&mut Context::from_waker(Waker::noop())) else { panic!() };
//! # assert_eq!(user.unwrap().id, "0abed8df");
//! ```
//!
//! A driver must not follow redirects, and reads every body to its end. Blocking stacks implement [`Driver`] and use
//! [`Exchange::run`] in the same way.
//!
//! # Many calls
//!
//! Share one [`Throttle`] among all calls of a client, with [`AsyncDriver::admit`] and [`AsyncDriver::on_outcome`]. When
//! the service throttles one call, all of them wait until the time that it named, instead of using up their attempts one
//! by one. The ureq adapter does this already: `send_all` sends many operations with several workers, and
//! `items(…).workers(n)` reads pages ahead.
//!
//! A create is not retried after its response was lost, since that could create a second resource. [`Recovery`] looks for
//! the result instead, by its natural key; the table of [`Recover`] lists the keys. The adapter has it as
//! `call(…).recover()`.
//!
//! # Long jobs
//!
//! With the default policy, a call gives up after two minutes. [`RetryPolicy::patient`] is for jobs that would rather wait
//! than fail: it waits as long as the service asks, up to an hour and a half at a time, and goes on for up to six hours.
//!
//! ```
//! use cloudinary_provisioning::RetryPolicy;
//! use std::time::Duration;
//!
//! let overnight = RetryPolicy::patient().total_timeout(Duration::from_secs(10 * 60 * 60));
//! # assert_ne!(overnight, RetryPolicy::patient());
//! ```
//!
//! # Testing
//!
//! Requests and responses are values, so a unit test needs neither a network nor a server:
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
//! let response = http::Response::new(r#"{"id":"0abed8df","enabled":false}"#);
//! assert_eq!(update.parse(&response)?.enabled, Some(false));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! | to test | use |
//! |---|---|
//! | code that handles a model | the model's own `new`, and its public fields |
//! | code that calls the service | a [`Transport`]: a closure from request to response, given to the adapter's builder |
//! | a whole program | [`cloudinary-provisioning-fake`](https://docs.rs/cloudinary-provisioning-fake/latest/cloudinary_provisioning_fake/): an account in memory, as a function or behind a loopback listener, with faults on demand |
//! | retries | the fake's faults, and a [`Driver`] or a `Clock` of the adapter that does not sleep |
//!
//! # Recipes
//!
//! Complete functions for common tasks, each tested against the account in memory, are in the adapter's
//! [`recipes`](https://docs.rs/cloudinary-provisioning-ureq/latest/cloudinary_provisioning_ureq/recipes/index.html):
//!
//! | task | recipe |
//! |---|---|
//! | give a program an access key with a role | [A key that can do something](https://docs.rs/cloudinary-provisioning-ureq/latest/cloudinary_provisioning_ureq/recipes/index.html#a-key-that-can-do-something) |
//! | replace an access key | [Rotate a key without downtime](https://docs.rs/cloudinary-provisioning-ureq/latest/cloudinary_provisioning_ureq/recipes/index.html#rotate-a-key-without-downtime) |
//! | create a product environment | [A new environment, with rights for your own key](https://docs.rs/cloudinary-provisioning-ureq/latest/cloudinary_provisioning_ureq/recipes/index.html#a-new-environment-with-rights-for-your-own-key) |
//! | remove somebody who leaves | [Offboarding](https://docs.rs/cloudinary-provisioning-ureq/latest/cloudinary_provisioning_ureq/recipes/index.html#offboarding) |
//! | list who can do what | [Access review](https://docs.rs/cloudinary-provisioning-ureq/latest/cloudinary_provisioning_ureq/recipes/index.html#access-review) |
//! | find unused users | [Who has not logged in since](https://docs.rs/cloudinary-provisioning-ureq/latest/cloudinary_provisioning_ureq/recipes/index.html#who-has-not-logged-in-since) |
//! | split the bill | [Usage per product environment](https://docs.rs/cloudinary-provisioning-ureq/latest/cloudinary_provisioning_ureq/recipes/index.html#usage-per-product-environment) |
//! | keep a custom policy in source control | [Apply a policy](https://docs.rs/cloudinary-provisioning-ureq/latest/cloudinary_provisioning_ureq/recipes/index.html#apply-a-policy) |
//! | keep users as a directory has them | [Detect drift without false alarms](https://docs.rs/cloudinary-provisioning-ureq/latest/cloudinary_provisioning_ureq/recipes/index.html#detect-drift-without-false-alarms) |
//! | find an environment, a role or a key | [Find by name](https://docs.rs/cloudinary-provisioning-ureq/latest/cloudinary_provisioning_ureq/recipes/index.html#find-by-name) |
//! | create what may be there already | [Create or get](https://docs.rs/cloudinary-provisioning-ureq/latest/cloudinary_provisioning_ureq/recipes/index.html#create-or-get) |
//!
//! # Security
//!
//! * The API secret is a [`Secret`], which is never printed, and the `authorization` header is marked sensitive, so that
//!   `Debug` of a request does not show it. So are secrets in responses: `api_secret` of an access key, `edge_key` of a
//!   product environment, `claim_url` of a cloud for agents.
//! * Neither `Display` nor `Debug` of an [`Error`] shows a body or a header. A decode error names the place, and never
//!   quotes what stood there.
//! * An id cannot change where a request goes: it is one path segment, percent-encoded. An empty id, `.` and `..` are
//!   refused.
//! * Operations that need no credentials, [`public`] and [`agents`], send none.
//! * `http://` is refused for all but loopback hosts. [`Origin::url_allowing_http`] opts out of this.
//! * Do not let an HTTP stack follow redirects: it may turn a `DELETE` into a `GET`, or send the credentials to another
//!   host.
//! * Some HTTP stacks log raw bytes at their most verbose level, including the `authorization` header. Turn TRACE off where
//!   logs are kept.
//!
//! # Coming from the vendor's Python SDK
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
//! | `roles.update_principals(role_id=…, update_role_principals_request={…})` | [`roles::UpdatePrincipals`]`::new(id, Change::Add, principals)` |
//! | `principals.list_roles(request={…})` | [`principals::ListRoles`]`::new(principal_type, id, permission_type)` |
//! | `principals.update_roles(request={…})` | [`principals::UpdateRoles`]`::new(Change::Add, principal, roles)` |
//! | `principals.inspect(request={"scope_type": …})` | [`principals::Inspect`]`::new(scope_type)` |
//! | `principals.inspect_multiple(request={…})` | [`principals::InspectMultiple`]`::new(scope_type, principals)` |
//!
//! # Coming from the classic Python SDK
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
//! # Where it differs from the vendor's SDK on purpose
//!
//! Measured with the Python SDK 0.1.3.
//!
//! | what | vendor's SDK | here |
//! |---|---|---|
//! | an id of `..`: `access_keys.delete(sub_account_id="s1", key="..")` | sends `DELETE …/sub_accounts/s1`, and so deletes the product environment | refused: `key` is `.` or `..` |
//! | an id with a slash: `users.get(user_id="../sub_accounts")` | asks for another resource | one segment, `..%2Fsub_accounts`: a 404 |
//! | an empty list of `ids` | left out: returns everything | refused: `ids` is empty |
//! | an empty list of `sub_account_ids` | sent: the service grants access to everything | refused; [`Access::All`] says it on purpose |
//! | `custom_attributes`, `policy_parameters` | sent as `{}`, the contents are lost | sent and read as they are |
//! | fields that the API description lacks, such as `root` of an access key | dropped | read |
//! | the response to adding a user to a group, `{"users": […]}` | an empty user | [`user_groups::AddedUser`] has the users |
//! | an empty time, such as `"last_login": ""` | an error for the whole list | `None` |
//! | a status that the operation does not document, such as a 500 | an `APIError` without the service's message | an [`Error`] like any other |
//! | a 200 where the description says 201 or 204 | an error | a success |
//! | operations that need no credentials | sent with credentials | sent without |
//! | `enabled` of a new custom policy | sent as `true` where it is not set | sent where it is set |
//! | `repr` of a key or an environment | shows the secret | hides it |
//! | a `create` whose response is lost | retried, if retries are on | given up, or looked up by [`Recovery`] |
//! | 420 | not retried | retried, as 429 |
//! | `Retry-After` | a date counts from the local clock | a floor; a date counts from the response's own `Date` |
//! | timeouts | 5 s for connecting and for each read and write, none for the whole | 30 s an attempt, 120 s in all |
//! | redirects | followed | an error |
//!
//! # Features
//!
//! | feature | default | what it brings |
//! |---|---|---|
//! | `serialize` | no | `serde::Serialize` on every model, to store what was fetched; secrets are written as null |
//!
//! # Versions
//!
//! The minimum supported Rust version is 1.88. It may rise in a minor version, to a release that is at least half a year
//! old.
//!
//! Models are `#[non_exhaustive]`, and so are enums and errors unless their docs say that they are exhaustive: new fields,
//! values and errors come in minor versions. [`http`], [`time`] and the [`Value`] of `serde_json` are part of the public
//! API and are re-exported.
//!
//! [`http`]: https://docs.rs/http/1
//! [`time`]: https://docs.rs/time/0.3

// Docs of other crates that are built without this one link to its pages, and show no brackets.
#![doc(html_root_url = "https://docs.rs/cloudinary-provisioning/latest")]
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
