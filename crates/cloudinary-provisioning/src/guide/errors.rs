//! One error for everything that can go wrong, and how to tell its causes apart.
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

#[cfg(doc)]
use crate::*;
