//! A blocking client of Cloudinary's account provisioning API over [ureq](https://docs.rs/ureq), with retries.
//!
//! It sends the operations of the crate [`cloudinary_provisioning`], which is re-exported here. That crate's docs describe
//! the operations, the errors and the retries; this crate adds sending, sleeping and threads.
//!
//! # Quick start
//!
//! ```no_run
//! use std::time::Duration;
//! use cloudinary_provisioning_ureq::users::{self, Role};
//! use cloudinary_provisioning_ureq::{Client, RetryPolicy};
//!
//! let client = Client::from_env()?; // Clone + Send + Sync
//! let create = users::Create::new("John", "john@example.com")
//!     .role(Role::TechnicalAdmin)
//!     .enabled(true);
//! let john = client.call(&create).recover().send()?;
//! for user in client.items(users::List::new().prefix("john")) {
//!     println!("{}", user?.id);
//! }
//! let delete = users::Delete::new(&john.id);
//! client
//!     .call(&delete)
//!     .timeout(Duration::from_secs(5))
//!     .retry(RetryPolicy::none())
//!     .send()?;
//! # Ok::<(), cloudinary_provisioning_ureq::Error>(())
//! ```
//!
//! # Configuration
//!
//! | setting | for a client | for a call |
//! |---|---|---|
//! | account | [`Client::new`], [`Client::from_env`] | `.account_id(…)` |
//! | region, host, base URL | [`ClientBuilder::region`], [`ClientBuilder::origin`] | `.origin(…)` |
//! | attempts, delays, total time | [`ClientBuilder::retry`] | `.retry(…)` |
//! | timeout of an attempt | [`ClientBuilder::timeout`], 30 s | `.timeout(…)` |
//! | timeout of connecting | [`ClientBuilder::connect_timeout`], 10 s | none |
//! | headers | [`ClientBuilder::header`] | `.header(…)` |
//! | size of a response | [`ClientBuilder::body_limit`], 64 MiB | none |
//! | proxy, TLS, your own agent | [`ClientBuilder::proxy`], [`agent`](ClientBuilder::agent), `tls_config` | none |
//! | another HTTP stack, or something around ureq | [`ClientBuilder::transport`], [`wrap_transport`](ClientBuilder::wrap_transport) | none |
//! | hooks | [`ClientBuilder::on_attempt`], [`on_retry`](ClientBuilder::on_retry), [`on_end`](ClientBuilder::on_end), [`SendAll::on_begin`] | none |
//! | cancelling | [`ClientBuilder::cancel_flag`] | none |
//! | time, jitter and sleep, for tests | [`ClientBuilder::clock`], [`sleep`](ClientBuilder::sleep) | none |
//!
//! # Errors
//!
//! There is one [`Error`] for everything. It says which operation failed, how many attempts were made, why there was no
//! further one, and whether the operation may have been applied. If a response arrived, the error holds it. `{error:#}`
//! shows the causes as well, down to the operating system's.
//!
//! Create a user, or get the one with this email, even if the response to an attempt is lost:
//!
//! ```no_run
//! use cloudinary_provisioning_ureq::{Client, users};
//!
//! let client = Client::from_env()?;
//! let create = users::Create::new("John", "john@example.com");
//! let john = client.call(&create).recover().or_existing().send()?;
//! # Ok::<(), cloudinary_provisioning_ureq::Error>(())
//! ```
//!
//! Read "not found" as `None`, to look for a user, or to delete one who may be gone already:
//!
//! ```no_run
//! use cloudinary_provisioning_ureq::{Client, OptionalResult, users};
//!
//! let client = Client::from_env()?;
//! if let Some(user) = client.send(users::Get::new("0abed8df")).optional()? {
//!     client.send(users::Delete::new(&user.id)).optional()?;
//! }
//! # Ok::<(), cloudinary_provisioning_ureq::Error>(())
//! ```
//!
//! # Many calls
//!
//! ```no_run
//! use cloudinary_provisioning_ureq::{Client, Error, users};
//!
//! fn print_groups(client: &Client) -> Result<(), Error> {
//!     // Eight pages at a time, in order.
//!     let users: Vec<_> = client
//!         .items(users::List::new().page_size(100))
//!         .workers(8)
//!         .collect::<Result<_, _>>()?;
//!     // Sixteen calls at a time, as they come.
//!     let calls = users.into_iter().map(|user| users::GetGroups::new(user.id));
//!     for (call, groups) in client.send_all(calls).workers(16) {
//!         println!("{}: {} groups", call.user_id, groups?.len());
//!     }
//!     Ok(())
//! }
//! ```
//!
//! Operations of several kinds go into one list as [`AnyOperation`]s:
//!
//! ```no_run
//! use cloudinary_provisioning_ureq::{Client, user_groups, users};
//!
//! enum Fact {
//!     Users(Vec<users::User>),
//!     Groups(Vec<user_groups::UserGroup>),
//! }
//!
//! let client = Client::from_env()?;
//! let reads = [
//!     users::List::new().map(Fact::Users),
//!     user_groups::List::new().extended_details(true).map(Fact::Groups),
//! ];
//! for (_, fact) in client.send_all(reads) {
//!     match fact? {
//!         Fact::Users(users) => println!("{} users", users.len()),
//!         Fact::Groups(groups) => println!("{} groups", groups.len()),
//!     }
//! }
//! # Ok::<(), cloudinary_provisioning_ureq::Error>(())
//! ```
//!
//! [`items_all`](Client::items_all) reads many lists side by side.
//!
//! If the service throttles one call of a client, all of its calls wait for the rate limit to be reset, instead of using up
//! their attempts; see [`SharedThrottle`]. [`recover`](Call::recover) retries creates without applying them twice, one by
//! one or in a `send_all`.
//!
//! # Long jobs
//!
//! With the default policy, a call gives up after two minutes. For a job that takes hours, and should rather wait than
//! fail, use [`RetryPolicy::patient`]. A [`CancelFlag`] ends it early, such as from a signal handler: calls that wait end at
//! once, and those whose request was sent end with its response.
//!
//! ```no_run
//! use cloudinary_provisioning_ureq::{Account, CancelFlag, Client, RetryPolicy};
//!
//! let stop = CancelFlag::new(); // clone it into the handler, which calls `cancel`
//! let account = Account::from_url("account://KEY:SECRET@16a8ff3b")?;
//! let client = Client::builder(account)
//!     .retry(RetryPolicy::patient())
//!     .cancel_flag(stop.clone())
//!     .on_retry(|event| eprintln!("{event}"))
//!     .on_end(|event| eprintln!("{}: {:?}", event.operation, event.elapsed))
//!     .build()?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Recipes
//!
//! [`recipes`] has whole functions for common tasks: a key with a role, key rotation, offboarding, an access review, and
//! more.
//!
//! # What happens when …
//!
//! The guide's page on [retries](cloudinary_provisioning::guide::retries) says what is retried and what is given up. This is
//! what ureq and the client add to it:
//!
//! | what happens | what the client does |
//! |---|---|
//! | the server has closed an idle connection | retries what is safe to retry, on a new connection; an operation that is not safe always uses a new connection, so this cannot happen to it |
//! | the name does not resolve, the connection is refused, connecting or the TLS handshake takes too long | the request was not sent: retries every operation |
//! | the connection is reset or closed during the TLS handshake | ureq does not tell whether the request was sent: retries what is safe to retry |
//! | an error response | reads its body to the end, so that the connection can be reused |
//! | a redirect | does not follow it: returns an error with the response, and sends nothing to the other host |
//! | a response larger than the limit, before or after decompression | stops reading and returns an error |
//! | a response in an encoding that was not asked for | returns an error that names the encoding |
//! | a timeout of zero, or of [`Duration::MAX`](std::time::Duration::MAX) | uses a millisecond, or a year |
//! | the total time is nearly over | shortens the timeout of the last attempt |
//! | the process cannot start a thread to resolve a name | the request was not sent: retries every operation |
//!
//! # Features
//!
//! | feature | default | what it brings |
//! |---|---|---|
//! | `rustls` | yes | TLS by rustls with ring and the roots of webpki-roots |
//! | `gzip` | yes | compressed responses |
//! | `native-tls` | no | TLS by the system's library; used where no rustls feature is on, or by `tls_config` |
//! | `platform-verifier` | no | the system's certificate verifier for rustls; used where `rustls` is off, or by `tls_config` |
//! | `rustls-no-provider` | no | rustls with a crypto provider and root certificates of your choice |
//! | `socks-proxy` | no | SOCKS proxies |
//! | `tracing` | no | a span for each call and an event for each retry, with OpenTelemetry's attribute names |
//! | `serialize` | no | `serde::Serialize` on every model |
//! | `fake` | no | [`fake`](ClientBuilder#method.fake): an account in memory in place of the service |
//!
//! Without a TLS feature, only `http://` origins can be called. A combination that would make ureq panic on the first
//! request, or ignore a proxy, is a [`ConfigError`].
//!
//! # Testing
//!
//! With the feature `fake`, a client sends its requests to an account in memory, of the crate
//! [`cloudinary-provisioning-fake`](https://docs.rs/cloudinary-provisioning-fake):
//!
#![cfg_attr(feature = "fake", doc = "```")]
#![cfg_attr(not(feature = "fake"), doc = "```ignore")]
//! use cloudinary_provisioning_fake::{FakeAccount, Fault, NewUser, SharedAccount};
//! use cloudinary_provisioning_ureq::{Account, Client, users};
//!
//! let john = NewUser::new("John", "john@example.com");
//! let fake = SharedAccount::new(FakeAccount::new("acc", "key", "secret").with_user(john));
//! let client = Client::builder(Account::new("acc", "key", "secret")?)
//!     .fake(&fake)
//!     .sleep(|_| {})
//!     .build()?;
//!
//! fake.lock().fail_next(1, Fault::status(503));
//! let users = client.send(users::List::new())?;
//! assert_eq!(users[0].email.as_deref(), Some("john@example.com"));
//! assert_eq!(fake.lock().requests().len(), 2);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Or use the fake's server, which speaks HTTP on a loopback port and can also break connections. The [`recipes`] are
//! tested with it.
//!
//! # Security
//!
//! * The key and the secret appear in no `Debug`, `Display` or error of this crate. At the log level TRACE, ureq logs the
//!   raw bytes of requests, including the `authorization` header; at DEBUG it does not. Turn TRACE off where logs are
//!   kept.
//! * Proxies are read from the environment, but not used for loopback hosts. `.proxy(None)` ignores the environment.
//!
//! # Versions
//!
//! The minimum supported Rust version is 1.88. [`ureq`](https://docs.rs/ureq/3) 3.5.2 or later is part of the public API and
//! is re-exported.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod attempt;
mod builder;
mod call;
mod cancel;
mod client;
mod clock;
mod config_error;
mod engine;
#[cfg(feature = "fake")]
mod fake;
mod items;
mod items_all;
mod options;
mod pool;
pub mod recipes;
mod send_all;
mod trace;

pub use cloudinary_provisioning;
#[doc(no_inline)]
pub use cloudinary_provisioning::*;
#[doc(inline)]
pub use cloudinary_provisioning::{
    access_keys, agents, billing_usage, custom_policies, effective_policies, principals, product_environments, public,
    roles, system_policies, user_groups, users,
};
pub use ureq;

pub use builder::{ClientBuilder, InnerTransport};
pub use call::Call;
pub use cancel::{CancelFlag, Wakeup};
pub use client::Client;
pub use clock::{Clock, SystemClock};
pub use config_error::ConfigError;
pub use items::Items;
pub use items_all::ItemsAll;
pub use send_all::SendAll;
