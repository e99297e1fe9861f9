//! Calls over an async HTTP stack.
//!
//! Implement [`AsyncDriver`] once for your HTTP client and runtime. [`Exchange::run_async`] then makes calls with
//! retries, and [`Recovery::run_async`] retries creates without applying them twice.
//!
//! ```
//! use std::time::{Duration, Instant, SystemTime};
//! use cloudinary_provisioning::{Account, AsyncDriver, Error, Exchange, Operation};
//! use cloudinary_provisioning::{Outcome, Reading, RetryPolicy, http::Request};
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
//!     fn reading(&self) -> Reading {
//!         Reading::new(self.start.elapsed(), SystemTime::now(), my_stack::random())
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

#[cfg(doc)]
use crate::*;
