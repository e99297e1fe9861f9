//! A blocking client of Cloudinary's account provisioning API over [ureq], with retries.
//!
//! It drives the operations of [`cloudinary_provisioning`], which is re-exported here: what an operation sends and what a
//! reply means is documented there. This crate adds the sending, the repeating, and one [`Error`] for all of it.
//!
//! # Quick start
//!
//! ```no_run
//! use std::time::Duration;
//! use cloudinary_provisioning_ureq::{Client, cloudinary_provisioning::{RetryPolicy, users::{self, Role}}};
//!
//! let client = Client::from_env()?; // Clone + Send + Sync
//! let john = client.send(&users::Create::new("John", "john@example.com").role(Role::TechnicalAdmin).enabled(true))?;
//! for user in client.items(users::List::new().prefix("john")) {
//!     println!("{}", user?.id);
//! }
//! client.call(&users::Delete::new(&john.id)).timeout(Duration::from_secs(5)).retry(RetryPolicy::none()).send()?;
//! # Ok::<(), cloudinary_provisioning_ureq::Error>(())
//! ```
//!
//! # Configuration
//!
//! | what | for a client | for a call |
//! |---|---|---|
//! | account | [`Client::new`], [`Client::from_env`] | `.account_id(…)` |
//! | region, host, server URL | [`Account::with_region`], [`Account::with_origin`] | `.origin(…)` |
//! | attempts, delays, total time | [`ClientBuilder::retry`] | `.retry(…)` |
//! | time of an attempt | [`ClientBuilder::timeout`], 30 s | `.timeout(…)` |
//! | time to connect | [`ClientBuilder::connect_timeout`], 10 s | |
//! | headers | [`ClientBuilder::header`] | `.header(…)` |
//! | size of a reply | [`ClientBuilder::body_limit`], 64 MiB | |
//! | proxy, TLS, an agent of your own | [`ClientBuilder::proxy`], [`tls_config`](ClientBuilder::tls_config), [`agent`](ClientBuilder::agent) | |
//! | a hook on repeats | [`ClientBuilder::on_retry`] | |
//! | time, chance and sleep, for tests | [`ClientBuilder::clock`], [`sleep`](ClientBuilder::sleep) | |
//!
//! [`Account::with_region`]: cloudinary_provisioning::Account::with_region
//! [`Account::with_origin`]: cloudinary_provisioning::Account::with_origin
//!
//! # Errors
//!
//! An [`Error`] says which operation failed, how often it was tried, why it was not tried again, and whether the account
//! may have been changed all the same. Where the service answered, [`Error::api`] is its answer; where the transport
//! failed, the error's source is the cause, down to the operating system's.
//!
//! Create, or get who is there, also where an earlier attempt's reply was lost:
//!
//! ```no_run
//! use cloudinary_provisioning_ureq::{Client, Error, cloudinary_provisioning::users};
//!
//! fn create_or_get(client: &Client, name: &str, email: &str) -> Result<users::User, Error> {
//!     match client.send(&users::Create::new(name, email)) {
//!         Err(error) if error.is_conflict() || error.maybe_applied() => {
//!             let found = client.send(&users::List::new().emails([email]))?;
//!             found.into_iter().next().ok_or(error)
//!         }
//!         result => result,
//!     }
//! }
//! ```
//!
//! Delete, where being gone is as good:
//!
//! ```no_run
//! use cloudinary_provisioning_ureq::{Client, Error, cloudinary_provisioning::{UserId, users}};
//!
//! fn delete(client: &Client, id: &UserId) -> Result<(), Error> {
//!     match client.send(&users::Delete::new(id)) {
//!         Err(error) if !error.is_not_found() => Err(error),
//!         _ => Ok(()),
//!     }
//! }
//! ```
//!
//! # What happens when …
//!
//! The table in the docs of [`cloudinary_provisioning`](cloudinary_provisioning#what-happens-when-) says what is repeated
//! and what is given up. About the transport, on top of that:
//!
//! | what happens | what the client does |
//! |---|---|
//! | a pooled connection was closed by the server meanwhile | an operation that is safe to repeat is repeated; one that is not always goes out on a new connection, so that this cannot happen to it |
//! | an error reply | its body is read to the end: the connection is used again |
//! | a redirect | is not followed: an error with the reply, and the other host sees nothing |
//! | a reply larger than the limit, also by decompression | is not read further; an error |
//! | a timeout of zero, or of [`Duration::MAX`](std::time::Duration::MAX) | is taken as a millisecond, or a year |
//! | the total time is nearly over | the last attempt is cut short to keep it |
//!
//! # Features
//!
//! | feature | default | |
//! |---|---|---|
//! | `rustls` | yes | TLS by rustls with ring and the roots of webpki-roots |
//! | `gzip` | yes | compressed replies |
//! | `native-tls` | | TLS by the system's library; used where no rustls feature is on, or by [`tls_config`](ClientBuilder::tls_config) |
//! | `platform-verifier` | | the system's certificate verifier for rustls; used where `rustls` is off, or by `tls_config` |
//! | `rustls-no-provider` | | rustls with a crypto provider and root certificates of your choice |
//! | `socks-proxy` | | SOCKS proxies |
//!
//! Without any TLS feature only `http://` origins can be called. A combination that ureq would panic on at the first
//! request, or would silently leave a proxy out with, is a [`ConfigError`].
//!
//! # Testing without network
//!
//! Point a client at `cloudinary-provisioning-fake`'s server, or at any listener, and let it repeat without waiting:
//!
//! ```
//! use cloudinary_provisioning_fake::{FakeAccount, FakeServer, Fault, NewUser};
//! use cloudinary_provisioning_ureq::{Client, cloudinary_provisioning::{Account, Origin, users}};
//!
//! let fake = FakeAccount::new("acc", "key", "secret").with_user(NewUser::new("John", "john@example.com"));
//! let server = FakeServer::start(fake)?;
//! let account = Account::new("acc", "key", "secret")?.with_origin(Origin::url(&server.url())?);
//! let client = Client::builder(account).proxy(None).sleep(|_| {}).build()?;
//!
//! server.with(|account| account.fail_next(1, Fault::status(503)));
//! let users = client.send(&users::List::new())?;
//! assert_eq!(users[0].email.as_deref(), Some("john@example.com"));
//! assert_eq!(server.requests(), 2);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Security
//!
//! * Key and secret are in no `Debug`, `Display` or error of this crate. At the log level TRACE, ureq shows the raw bytes
//!   of requests, the `authorization` header among them; at DEBUG it does not. Keep TRACE off where logs are kept.
//! * Proxies are taken from the environment; `.proxy(None)` turns that off.
//!
//! # Versions
//!
//! The minimum supported Rust version is 1.88. [`ureq`] is part of the public API and is re-exported: 3.5.2 or later.

#![cfg_attr(docsrs, feature(doc_cfg))]

mod builder;
mod call;
mod client;
mod clock;
mod config_error;
mod gate;
mod items;
mod proxy;
mod tls;
mod trace;
mod transport;
mod workers;

#[doc(no_inline)]
pub use cloudinary_provisioning::*;
pub use ureq;

pub use builder::ClientBuilder;
pub use call::Call;
pub use client::Client;
pub use clock::{Clock, SystemClock};
pub use config_error::ConfigError;
pub use items::Items;
pub use workers::SendAll;
