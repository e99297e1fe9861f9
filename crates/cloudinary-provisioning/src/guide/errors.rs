//! One error for everything that can go wrong, and how to distinguish its causes.
//!
//! There is one [`Error`] for this crate and for every adapter. Where a response arrived, the error holds it: status,
//! headers and body. Nothing panics, whatever a caller or a server sends.
//!
//! | question | answer |
//! |---|---|
//! | What failed? | [`operation`](Error::operation), [`kind`](Error::kind) |
//! | Was anything sent? | not if the kind is [`Build`](ErrorKind::Build), which names the field, [`Account`](ErrorKind::Account) or [`Config`](ErrorKind::Config) |
//! | What did the service say? | [`status`](Error::status), [`message`](Error::message), [`code`](Error::code), [`body`](Error::body) |
//! | Is it a 401, 403, 404 or 409? | [`is_unauthorized`](Error::is_unauthorized), [`is_forbidden`](Error::is_forbidden), [`is_not_found`](Error::is_not_found), [`is_conflict`](Error::is_conflict) |
//! | Is it throttling, and for how long? | [`is_rate_limited`](Error::is_rate_limited), [`retry_after`](Error::retry_after) |
//! | Did it time out, or was it cancelled? | [`is_timeout`](Error::is_timeout), [`is_cancelled`](Error::is_cancelled) |
//! | Why was it not retried? | [`reason`](Error::reason), [`attempts`](Error::attempts) |
//! | May the change have been made all the same? | [`maybe_applied`](Error::maybe_applied) |
//! | What does the service's support ask for? | [`request_id`](Error::request_id) |
//!
//! Show an error to a person with `{error:#}`. It is one line: the operation, the status, the service's message, the
//! request id, and the chain of causes, such as "connection refused". `{error}` leaves the causes to
//! [`source`](std::error::Error::source).
//!
//! # A resource that may not be there
//!
//! [`OptionalResult`] reads a 404 as `None`, to look for something, or to delete what may be gone already:
//!
//! ```
//! use cloudinary_provisioning::{OptionalResult, http, users};
//! # let response = http::Response::builder().status(404).body(r#"{"error":{"message":"no such user"}}"#)?;
//!
//! let deleted = users::Delete::new("0abed8df").parse(&response).optional()?;
//! if deleted.is_none() {
//!     println!("there was no such user");
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # A resource that may be there
//!
//! [`Exchange::or_existing`] returns the resource that a create is in conflict with, such as the user with this email. With
//! [`recover`](Exchange::recover), it also works if the response to an attempt is lost:
//!
//! ```
//! use cloudinary_provisioning::{Account, Driver, Error, Exchange, RetryPolicy, users};
//!
//! fn create_or_get(
//!     account: &Account,
//!     driver: &impl Driver,
//!     name: &str,
//!     email: &str,
//! ) -> Result<users::User, Error> {
//!     let create = users::Create::new(name, email);
//!     let call = Exchange::new(account, create, RetryPolicy::default())?;
//!     let response = call.recover()?.or_existing()?.run(driver)?;
//!     if response.existed() {
//!         println!("{email} was there already; the role and the name are as they were");
//!     }
//!     Ok(response.into_value())
//! }
//! # use cloudinary_provisioning::{Outcome, Reading, http};
//! # use std::time::{Duration, SystemTime};
//! # struct Taken;
//! # impl Driver for Taken {
//! #     fn send(&self, request: &http::Request<Vec<u8>>, _: Duration) -> Outcome {
//! #         let (status, body) = match request.method().as_str() {
//! #             "POST" => (409, r#"{"error":{"message":"email is taken"}}"#),
//! #             _ => (200, r#"{"users":[{"id":"0abed8df","email":"john@example.com"}]}"#),
//! #         };
//! #         http::Response::builder().status(status).body(body.into()).unwrap().into()
//! #     }
//! #     fn sleep(&self, _: Duration) {}
//! #     fn reading(&self) -> Reading { Reading::new(Duration::ZERO, SystemTime::UNIX_EPOCH, 0) }
//! # }
//! # let account = Account::new("acc", "key", "secret")?;
//! # assert_eq!(create_or_get(&account, &Taken, "John", "john@example.com")?.id, "0abed8df");
//! # Ok::<(), Error>(())
//! ```
//!
//! # How long to wait
//!
//! An [`Exchange`] waits by itself. Without one, read what the service asks for:
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

#[cfg(doc)]
use crate::*;
