//! An in-memory Cloudinary account to test your own tools with.
//!
//! [`FakeAccount`] is a plain value that answers the user requests of the account provisioning API
//! the way the service does, as far as its documentation and its clients tell. It needs no network,
//! no clock and no credentials, and it can be made to go wrong in all the ways a real service does.
//! It does not depend on any client: whatever makes an [`http::Request`] can be tested with it, and
//! with the feature `server` whatever speaks HTTP.
//!
//! # Quick start
//!
//! Set the account up, hand it requests, look at what has become of it:
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
//! `FakeServer::with` gives access to the account while it serves, for one to script a fault or to
//! count users; `FakeServer::close_connections` does what an idle timeout would.
//!
//! # Scripting faults
//!
//! A [`Fault`] meets one request. [`fail_next`](FakeAccount::fail_next) and
//! [`script`](FakeAccount::script) line faults up, [`fail_every`](FakeAccount::fail_every) has them
//! recur, and [`Fault::on`] keeps them to one method.
//!
//! What matters to a tool that creates and deletes people is whether the *request* was lost or its
//! *response*. Both look the same from outside; here they can be told apart:
//!
//! ```
//! use cloudinary_provisioning_fake::{FakeAccount, Fault, NewUser};
//!
//! let mut account = FakeAccount::new("acc", "key", "secret")
//!     .with_users([NewUser::new("A", "a@example.com").id("a"), NewUser::new("B", "b@example.com").id("b")])
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
//! | to see how your tool takes | script |
//! |---|---|
//! | throttling with a hint | `Fault::throttled(2)` |
//! | the service's own rate limit | [`FakeAccount::with_rate_limit`] |
//! | an outage | `Fault::status(503)`, times n |
//! | a proxy's error page | `Fault::html(502)` |
//! | a redirect | `Fault::status(302).header("location", "https://example.com/")` |
//! | nonsense in a success | `Fault::status(200).body("<html>")` |
//! | a response lost, the change made | `Fault::status(503).applied()`, `Fault::close().applied()` |
//! | no response | `Fault::close()`, `Fault::reset()`, `Fault::stall()` |
//! | half a response | `Fault::response().truncated(Framing::Chunked)`, `Fault::response().stall_in_body()` |
//! | a connection that is gone when it is used again | `Fault::response().then_close()` |
//! | something that is not HTTP | `Fault::raw("220 mail ready\r\n")` |
//!
//! Faults of the connection need the server. Without it, [`FakeAccount::try_respond`] returns them
//! as a [`Disruption`], for you to turn into the error that your HTTP stack would report.
//!
//! # What is modelled
//!
//! * The seven user operations below `/v1_1/provisioning/accounts/{account_id}/users`: list, create,
//!   get, update, delete, the groups of a user, the product environments (sub-accounts) of a user.
//!   `HEAD` works like `GET`.
//! * Basic authentication. Wrong credentials are a 401, and so is another account's id. An unknown
//!   path is a 404, an unknown method a 405 with `allow`; both are told before credentials are
//!   looked at.
//! * Path segments are decoded once. An empty segment and `..` are ids like any other, so there is
//!   no such user.
//! * Create and update take a JSON object and insist on `content-type: application/json`. Whatever
//!   is wrong with it is a 400 whose message names the field; a null is wrong, an unknown field is
//!   ignored. Unknown sub-account ids are a 404, a taken email (in any case) is a 409, in this order.
//! * A new user is enabled and pending, has never logged in, is a `media_library_user` unless a role
//!   is given, and has access to everything unless `sub_account_ids` is given (`[]` is to nothing).
//!   Master admins always have access to everything: `sub_account_ids` is ignored for them, and a
//!   list that a user had is forgotten with the promotion.
//! * An update that changes nothing leaves `updated_at` as it is.
//! * Lists: `ids` and `emails`, up to 100, in the order of creation, without those that are not
//!   there; nothing else is looked at beside them, and `ids` win. They may be written `ids=a&ids=b`,
//!   `ids[]=a&ids[]=b` or `ids=a,b`: a single value is split at its commas.
//! * Filters, all of which have to hold: `pending=true` (`false` is all users), `status` as older
//!   clients send it (`pending`, `active`, `disabled`), `prefix` of the name in any case,
//!   `sub_account_id` (unknown: 404), and the last login. `last_login=true` asks for logins from the
//!   day `from` to the day `to`, both included; `union_type=exclude` or `last_login=false` asks for
//!   everybody else. Without `last_login` the dates are only checked.
//! * Sorting when `sort_by` or `sort_order` is given: downwards by `created_at` unless they say
//!   otherwise, in the order of creation among equals (reversed downwards). `activity` is the last login.
//! * Everything in one response, unless `page` (from 1 on, of 100 users) or `page_size` is given. A page
//!   beyond the end is empty. [`FakeAccount::with_page_cap`] caps what a page may hold.
//! * Of repeated parameters the last one counts; unknown ones are ignored; a malformed one is a 400
//!   that names it.
//! * Every response carries `date`, `x-request-id` and the three `x-featureratelimit-…` headers. The
//!   limit is counted by the full hour of the account's clock, only for requests with the right
//!   credentials; when it is spent, the response is a 420.
//!
//! # What is not modelled
//!
//! The other resources of the API (groups and product environments can be set up, but not asked
//! for), permissions (a key may do everything), emails that would be sent, quotas, and TLS. Where the
//! documentation is silent the fake had to choose; the choices are those above. A test that passes
//! here can still fail against the service.
//!
//! # Determinism
//!
//! Ids, request ids and times follow from the setup and the number of requests alone: the same setup
//! and the same requests give the same responses, byte for byte. [`FakeAccount::with_seed`] and
//! [`FakeAccount::with_clock`] choose others. Each request moves the clock by a step of one second
//! before it is answered; [`FakeAccount::advance`] lets more time pass. No request can make it panic.
//!
//! Over HTTP the order in which concurrent requests arrive is not determined, and with it which of
//! them gets which id.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod access_keys;
mod account;
mod agents;
mod answer;
mod billing_usage;
mod catalogue;
mod cedar;
mod clock;
mod custom_policies;
mod effective_policies;
mod facts;
mod fault;
mod fields;
mod form;
mod ids;
mod limit;
mod page;
mod permissions;
mod principals;
mod product_environments;
mod public;
mod roles;
#[cfg(feature = "server")]
mod server;
mod state;
mod switch;
mod system_policies;
mod user_groups;
mod users;

pub use access_keys::{FakeAccessKey, NewAccessKey};
pub use account::{FakeAccount, LoggedRequest};
pub use agents::{FakeAgentAccount, FakeAgentCloud};
pub use billing_usage::{PlanUsage, UsageCycle};
pub use custom_policies::{FakeCustomPolicy, NewCustomPolicy};
pub use fault::{Disruption, Fault, Framing};
pub use permissions::{ManagementType, PermissionType, PrincipalType, ScopeType};
pub use principals::{FakeAssignment, NewAssignment, Principal};
pub use product_environments::{FakeSubAccount, NewSubAccount};
pub use roles::{FakeRole, NewRole};
#[cfg(feature = "server")]
pub use server::FakeServer;
pub use switch::Switch;
pub use user_groups::{FakeGroup, NewGroup};
pub use users::{FakeUser, NewUser};
