//! An in-memory Cloudinary account to test your own tools with.
//!
//! [`FakeAccount`] is a plain value that answers all 49 operations of the account provisioning API the way the service
//! does, as far as its documentation, its clients and tests against it show. It needs no network, clock or credentials,
//! and can be made to fail in all the ways that a real service does. It does not depend on any client: it tests
//! whatever makes an [`http::Request`], and with the feature `server` whatever speaks HTTP.
//!
//! [`http::Request`]: https://docs.rs/http/1/http/request/struct.Request.html
//!
//! # Quick start
//!
//! Set the account up, pass it requests, and inspect the result:
//!
//! ```
//! use cloudinary_provisioning_fake::{FakeAccount, NewSubAccount, NewUser};
//!
//! let mut account = FakeAccount::new("my-account", "key", "secret")
//!     .with_sub_account(NewSubAccount::new("Production").id("s1"))
//!     .with_user(NewUser::new("Jenny Bar", "jenny@example.com").id("u1").pending(false));
//!
//! let request = http::Request::post("/v1_1/provisioning/accounts/my-account/users")
//!     .header("authorization", account.authorization())
//!     .header("content-type", "application/json")
//!     .body(br#"{"name":"John","email":"john@example.com","role":"billing"}"#.to_vec())
//!     .unwrap();
//! let response = account.respond(request);
//!
//! assert_eq!(response.status(), 200);
//! let john = account.user_by_email("JOHN@example.com").unwrap();
//! assert_eq!(john.role, "billing");
//! assert!(john.pending);
//! ```
//!
//! # Over HTTP
//!
//! With the feature `server`, `FakeServer` puts the same account behind `127.0.0.1` and a free port:
//!
#![cfg_attr(feature = "server", doc = "```")]
#![cfg_attr(not(feature = "server"), doc = "```text")]
//! # fn main() -> std::io::Result<()> {
//! use cloudinary_provisioning_fake::{FakeAccount, FakeServer};
//! use std::io::{Read, Write};
//!
//! let mut account = FakeAccount::new("my-account", "key", "secret");
//! account.add_user("John", "john@example.com");
//! let authorization = account.authorization();
//! let server = FakeServer::start(account)?;
//!
//! // Any HTTP client will do in place of this one.
//! let mut client = std::net::TcpStream::connect(server.address())?;
//! client.write_all(
//!     format!(
//!         "GET /v1_1/provisioning/accounts/my-account/users HTTP/1.1\r\n\
//!          host: {}\r\nauthorization: {authorization}\r\nconnection: close\r\n\r\n",
//!         server.address(),
//!     )
//!     .as_bytes(),
//! )?;
//! let mut response = String::new();
//! client.read_to_string(&mut response)?;
//!
//! assert!(response.starts_with("HTTP/1.1 200 OK\r\n"));
//! assert!(response.contains("john@example.com"));
//! assert_eq!((server.connections(), server.requests()), (1, 1));
//! # Ok(())
//! # }
//! ```
//!
//! `FakeServer::account_url` has the credentials and the server's URL in the form that Cloudinary's own clients take:
//! `account://KEY:SECRET@ACCOUNT_ID?upload_prefix=http://127.0.0.1:PORT`. The example `serve` starts a server for
//! programs in other languages.
//!
//! `FakeServer::with` gives access to the account while it serves, for example to script a fault or to count users;
//! `FakeServer::close_connections` does what an idle timeout would.
//!
//! # Without a socket
//!
//! A client that takes its transport as a closure needs no server. [`SharedAccount`] is a handle that the closure and
//! the test share. `cloudinary-provisioning-ureq` takes it as it is, faults included, with its feature `fake`:
//! `Client::builder(account).fake(&shared)`. For other clients:
//!
//! ```
//! use cloudinary_provisioning_fake::{FakeAccount, SharedAccount};
//!
//! let account = SharedAccount::new(FakeAccount::new("acc", "key", "secret"));
//! let transport = {
//!     let account = account.clone();
//!     move |request: http::Request<Vec<u8>>| account.respond(request)
//! };
//!
//! // What a program under test would do:
//! let catalog = "/v2/accounts/permissions/public/catalog";
//! let request = http::Request::get(catalog).body(Vec::new()).unwrap();
//! assert_eq!(transport(request).status(), 200);
//!
//! // What the test checks afterwards:
//! let account = account.lock();
//! let asked = account.requests().next().unwrap();
//! assert_eq!(asked.operation, Some("getSystemRolesAndPoliciesCatalog"));
//! ```
//!
//! # Scripting faults
//!
//! A [`Fault`] affects one request. [`fail_next`](FakeAccount::fail_next) and [`script`](FakeAccount::script) queue
//! faults, [`fail_every`](FakeAccount::fail_every) repeats them, and [`Fault::on`] and [`Fault::on_operation`] restrict
//! them to one method or operation.
//!
//! For a tool that creates and deletes users it matters whether the *request* was lost or its *response*. Both look the
//! same to a client; the account knows the difference:
//!
//! ```
//! use cloudinary_provisioning_fake::{FakeAccount, Fault, NewUser};
//!
//! let mut account = FakeAccount::new("acc", "key", "secret")
//!     .with_users([
//!         NewUser::new("A", "a@example.com").id("a"),
//!         NewUser::new("B", "b@example.com").id("b"),
//!     ])
//!     .with_script([
//!         Fault::status(503),           // the request is lost
//!         Fault::status(503).applied(), // its response is lost
//!     ]);
//! let delete = |id: &str, account: &FakeAccount| {
//!     http::Request::delete(format!("/v1_1/provisioning/accounts/acc/users/{id}"))
//!         .header("authorization", account.authorization())
//!         .body(Vec::new())
//!         .unwrap()
//! };
//!
//! assert_eq!(account.respond(delete("a", &account)).status(), 503);
//! assert_eq!(account.respond(delete("b", &account)).status(), 503);
//!
//! assert!(account.user("a").is_some());
//! assert!(account.user("b").is_none());
//! let applied: Vec<_> = account.requests().map(|asked| asked.applied).collect();
//! assert_eq!(applied, [false, true]);
//! ```
//!
//! | what your tool has to handle | script |
//! |---|---|
//! | throttling with a hint | `Fault::throttled(2)` |
//! | the service's own rate limit | [`FakeAccount::with_rate_limit`] |
//! | an outage | `Fault::status(503)`, times n |
//! | a proxy's error page | `Fault::html(502)` |
//! | a redirect | `Fault::status(302).header("location", "https://example.com/")` |
//! | nonsense in a success | `Fault::status(200).body("<html>")` |
//! | a lost response to an applied change | `Fault::status(503).applied()`, `Fault::close().applied()` |
//! | a change that is applied only later | `Fault::status(503).applied_after(Duration::MINUTE)` |
//! | no response | `Fault::close()`, `Fault::reset()`, `Fault::stall()` |
//! | half a response | `Fault::response().truncated(Framing::Chunked)`, `Fault::response().stall_in_body()` |
//! | a connection that is closed before it is reused | `Fault::response().then_close()` |
//! | something that is not HTTP | `Fault::raw("220 mail ready\r\n")` |
//!
//! Two more behaviors of a distributed service are settings: [`FakeAccount::with_list_lag`] makes lists show changes
//! late, and [`FakeAccount::with_get_lag`] reads of a single object. All of this follows the account's clock, which
//! only requests and [`FakeAccount::advance`] move.
//!
//! Faults of the connection need the server. Without it, [`FakeAccount::try_respond`] returns them
//! as a [`Disruption`], for you to turn into the error that your HTTP stack would report.
//!
//! # Setup and inspection
//!
//! Every resource can be set up before the first request and at any time afterwards, and inspected without a request:
//!
//! | resource | setup | inspection |
//! |---|---|---|
//! | users | [`NewUser`], [`FakeAccount::insert_user`], [`FakeAccount::log_in`] | [`FakeAccount::users`], [`FakeUser`] |
//! | user groups | [`NewGroup`], [`FakeAccount::add_group`] | [`FakeAccount::groups`], [`FakeGroup`] |
//! | product environments | [`NewSubAccount`], [`FakeAccount::add_sub_account`] | [`FakeAccount::sub_accounts`], [`FakeSubAccount`] |
//! | access keys | [`NewAccessKey`], [`FakeAccount::add_access_key`] | [`FakeAccount::access_keys`], [`FakeAccessKey`] |
//! | billing usage | [`PlanUsage`], [`UsageCycle`], [`FakeAccount::add_plan`] | [`FakeAccount::plans`] |
//! | custom policies | [`NewCustomPolicy`], [`FakeAccount::add_custom_policy`] | [`FakeAccount::custom_policies`], [`FakeCustomPolicy`] |
//! | roles | [`NewRole`], [`FakeAccount::add_role`] | [`FakeAccount::roles`], [`FakeRole`] |
//! | who has which role | [`Principal`], [`NewAssignment`], [`FakeAccount::assign`] | [`FakeAccount::assignments`], [`FakeAssignment`] |
//! | agents | [`FakeAccount::take_email`], [`FakeAccount::with_agent_limit`] | [`FakeAccount::agent_accounts`], [`FakeAccount::agent_clouds`] |
//! | requests | | [`FakeAccount::requests`], [`LoggedRequest`] with headers, body and operation |
//!
//! # What is modelled
//!
//! Where the API description and tests that talk to the live service contradict each other, the account behaves as
//! those tests have it; a [`Switch`] selects the other side. [`Switch::DOCUMENTED`] is the set of switches
//! that select the description.
//!
//! ## Requests
//!
//! * Paths, fields, types, choices, limits and required fields follow from the API description. An invalid field is a
//!   400 whose message starts with the field's name. Unknown fields are ignored.
//! * A path is split first and decoded once. An empty segment and `..` are ids like any other, and name nothing. An
//!   unknown path is a 404, an unknown method a 405 with `allow`; both come before credentials are checked. `HEAD`
//!   works like `GET`.
//! * Every form that clients send is read. Lists: `ids=a&ids=b`, `ids[]=a&ids[]=b`, `ids=a,b` (a single plain value is
//!   split at its commas). Bodies: JSON, form text, multipart, nested fields as `a[b]=c`. The parameters of a `GET` or
//!   `DELETE` may come as its body. Booleans and numbers may be texts. A `POST` with `_method` stands for that method.
//! * Empty values in a query or a form, an empty list in a query, and null where it is not documented count as absent.
//! * Days are `2026-11-23` or `23-11-2026`, with or without a time after it.
//! * Basic authentication: wrong credentials are a 401, and so is another account's id. The public operations and the
//!   agents' need none.
//!
//! ## Responses
//!
//! * Errors have the form of their part of the API: `{"error":{"message"}}` below `/v1_1`, with `category`, `code` and
//!   `details` besides below `/v2`, and with a `code` for agents.
//! * Every response carries `date`, by the account's clock, and `x-request-id`, and all but those of access keys and
//!   without credentials the three `x-featureratelimit-…` headers. The limit is counted by the full hour of the
//!   account's clock, only for requests with the right credentials. When it is spent, the response is a 420, or a 429
//!   where no 420 is documented.
//! * Lists come in the order of creation, whole unless `page` (from 1 on, of 100) or `page_size` is given. A page
//!   beyond the end is empty. [`FakeAccount::with_page_cap`] caps what a page may hold, and makes lists with cursors
//!   have them. Sorting is descending by `created_at` unless `sort_by` or `sort_order` say otherwise.
//!
//! ## Users
//!
//! * A new user is enabled and pending, has never logged in, is a `media_library_user` unless a role is given, and has
//!   access to everything unless `sub_account_ids` names environments: **an empty list is access to everything**.
//!   Master admins always have it.
//! * Unknown environments are a 404, a taken email (in any case) is a 409, in this order. An update that changes
//!   nothing leaves `updated_at` as it is. A deleted user leaves all groups and loses all roles.
//! * `pending` has three states: only pending users, only others, everybody. Filters have to hold together, beside
//!   `ids` and `emails` too. `prefix` is that of the name or the email in any case; `status` is read as classic clients
//!   send it, and an unknown status is a 400. `last_login=true` selects logins from the day `from` to the day `to`,
//!   both included; `union_type=exclude` or `last_login=false` selects everybody else.
//! * Responses have the 21 documented fields, then `groups` and `sub_account_ids` as live tests expect them: the
//!   latter is a text with commas, or an array with [`Switch::SubAccountIdsAsArray`].
//!
//! ## User groups
//!
//! * Names are unique (409) unless [`Switch::DuplicateGroupNames`] is on. `extended_details` is read from the query or
//!   the body. Deleting answers `{"ok":true}`, adding a user all members, removing one the remaining members. Adding a
//!   member again is a success; removing a user who is not a member is a 404.
//!
//! ## Product environments and access keys
//!
//! * Every environment comes with a key named Root. A new one is always enabled, and shows an `edge_key` once. Custom
//!   attributes are replaced as a whole. A deleted environment takes its keys, its policies and everybody's access with
//!   it.
//! * A cloud name is derived from the name unless it is given, with hyphens for characters that are not allowed,
//!   underscores included. It stays taken for every other environment (409, "Customers is invalid"). An environment
//!   with 1,000 assets or more keeps it, and cannot be deleted.
//! * An unknown base is a 400, an unknown environment a 404.
//! * Keys have their fields in the order of live tests, secrets included, `root` and `dedicated_for` too. Names are
//!   unique in an environment (409, "Name exists") unless [`Switch::DuplicateKeyNames`] is on; a key without one
//!   becomes "Untitled 1". `dedicated_for` moves from key to key. A single key can be read, though that is
//!   undocumented. A key can be deleted by its name in the query or in the body.
//!
//! ## Billing usage
//!
//! * A plan shows the cycles that began in `year`, else in the year in which the present cycle began. Plans without
//!   such a cycle are left out, so that without an active subscription the array is empty.
//!
//! ## Permissions
//!
//! * System policies and roles are a small invented catalog, in the service's form and with ids like
//!   `cld::role::prodenv::master_admin`. System roles cannot be changed (403).
//! * Validation checks the outline of a statement: effect, scope, quotes, brackets, namespaces, the final semicolon. It
//!   is not an implementation of Cedar, and accepts conditions that Cedar rejects. Statements come back with each run
//!   of whitespace replaced by one space.
//! * In one scope, no two custom policies have the same name or the same statement (409). Updating a policy with the
//!   statement that it has succeeds, unless [`Switch::UnchangedStatementRefused`] is on. Updates of policies and roles
//!   replace everything.
//! * A role's name is unique for its scope and permission type, system roles included (409). A role that is assigned is
//!   deleted only with `force` (409), and its assignments with it.
//! * A role of product environments is assigned in one of them or in `all`, a content role for each kind of content
//!   that its policies have a placeholder for: a missing one is a 400. Unknown roles, principals and environments are a
//!   404. An update applies as a whole or not at all; adding and removing are idempotent. Of provisioning keys, the
//!   account knows its own and those that have a role already.
//! * In lists, what applies in `all` product environments applies in each of them. The roles of a group count for its
//!   members in effective policies only. System policies always come whole.
//! * Deleting a user, group, key or environment deletes its assignments.
//! * The account's credentials may do everything, unless [`Switch::NewEnvironmentsForbidden`] asks for a role first.
//!
//! ## Agents
//!
//! * Accounts and clouds take no credentials. Ten calls are answered a day, failed ones included; then a 429
//!   (`ip_rate_limit_exceeded`) comes. A taken email is a 400 with JSON inside its message. `delivery_ips` takes one to
//!   three public addresses or `requester_ip`.
//!
//! # What is not modelled
//!
//! Emails, quotas, the verification of agents' emails, the expiry of unclaimed clouds, what a base environment passes
//! on to a copy, rights of keys by their roles (except for new environments, with the switch), the evaluation of
//! policies, and TLS. Where the sources are silent, the fake makes the choices above. A test that passes here can still
//! fail against the service.
//!
//! # Determinism
//!
//! Ids, request ids and times follow from the setup and the number of requests alone: the same setup
//! and requests give the same responses, byte for byte. [`FakeAccount::with_seed`] and
//! [`FakeAccount::with_clock`] choose others. Each request moves the clock by a step of one second
//! before it is answered; [`FakeAccount::advance`] lets more time pass. No request can make it panic.
//!
//! Over HTTP, the order in which concurrent requests arrive is not determined, and neither are the ids that they get.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod account;
mod base;
mod facts;
mod operations;
mod policy;
mod request;
mod response;
#[cfg(feature = "server")]
mod server;
mod state;

pub use account::shared::SharedAccount;
pub use account::{FakeAccount, LoggedRequest};
pub use base::switch::Switch;
pub use policy::scope::{ManagementType, PermissionType, PrincipalType, ScopeType};
pub use response::fault::{Disruption, Fault, Framing};
#[cfg(feature = "server")]
pub use server::FakeServer;
pub use state::access_keys::{FakeAccessKey, NewAccessKey};
pub use state::agents::{FakeAgentAccount, FakeAgentCloud};
pub use state::assignments::{FakeAssignment, NewAssignment, Principal};
pub use state::billing_usage::{PlanUsage, UsageCycle};
pub use state::custom_policies::{FakeCustomPolicy, NewCustomPolicy};
pub use state::product_environments::{FakeSubAccount, NewSubAccount};
pub use state::roles::{FakeRole, NewRole};
pub use state::user_groups::{FakeGroup, NewGroup};
pub use state::users::{FakeUser, NewUser};
