//! Calls over an async HTTP stack, such as reqwest or hyper, on any runtime.
//!
//! Implement [`AsyncDriver`] once for your HTTP client and runtime. [`Exchange::run_async`] then makes calls: with retries,
//! and with [`recover`](Exchange::recover) for creates. Blocking stacks implement [`Driver`] and use [`Exchange::run`] in
//! the same way.
//!
//! # A whole stack over reqwest
//!
//! | part | where it is |
//! |---|---|
//! | one throttle for all calls of the account | [`AsyncDriver::throttle`] returns a [`SharedThrottle`], which holds wakers and no thread |
//! | a new connection for creates and for retries | the request carries the extension [`FreshConnection`]; a second client without idle connections sends it |
//! | a limit on the size of a response | [`Outcome::TooLarge`] ends the call |
//! | what is known of a failed attempt | [`TransportError::NotSent`] if the connection failed, and [`MaybeSent`](TransportError::MaybeSent) in all other cases |
//!
//! ```ignore
//! use std::hash::{BuildHasher, RandomState};
//! use std::time::{Duration, Instant, SystemTime};
//!
//! use cloudinary_provisioning::{AsyncDriver, FreshConnection, Outcome, Reading, SharedThrottle, TransportError, http};
//! use reqwest::{Client, redirect::Policy};
//!
//! const BODY_LIMIT: usize = 64 * 1024 * 1024;
//!
//! struct Stack {
//!     pooled: Client,
//!     fresh: Client, // keeps no connection
//!     throttle: SharedThrottle,
//!     start: Instant,
//! }
//!
//! impl AsyncDriver for Stack {
//!     async fn send(&self, request: &http::Request<Vec<u8>>, timeout: Duration) -> Outcome {
//!         let client = request.extensions().get::<FreshConnection>().map_or(&self.pooled, |_| &self.fresh);
//!         let sent = client.request(request.method().clone(), request.uri().to_string()).timeout(timeout);
//!         let mut received = match sent.headers(request.headers().clone()).body(request.body().clone()).send().await {
//!             Ok(received) => received,
//!             Err(error) if error.is_connect() => return TransportError::not_sent(error).into(),
//!             Err(error) => return TransportError::maybe_sent(error).into(),
//!         };
//!         let mut response = http::Response::new(Vec::new());
//!         *response.status_mut() = received.status();
//!         *response.headers_mut() = std::mem::take(received.headers_mut());
//!         while response.body().len() <= BODY_LIMIT {
//!             match received.chunk().await {
//!                 Ok(Some(chunk)) => response.body_mut().extend(chunk),
//!                 Ok(None) => return response.into(),
//!                 Err(error) => return Outcome::Truncated(response, Some(error.into())),
//!             }
//!         }
//!         Outcome::TooLarge(response, BODY_LIMIT as u64)
//!     }
//!
//!     async fn sleep(&self, delay: Duration) {
//!         tokio::time::sleep(delay).await;
//!     }
//!
//!     fn reading(&self) -> Reading {
//!         Reading::new(self.start.elapsed(), SystemTime::now(), RandomState::new().hash_one(()))
//!     }
//!
//!     fn throttle(&self) -> Option<&SharedThrottle> {
//!         Some(&self.throttle)
//!     }
//! }
//! ```
//!
//! Create one for an account, and keep it:
//!
//! ```ignore
//! let client = || Client::builder().redirect(Policy::none()).connect_timeout(Duration::from_secs(10));
//! let (pooled, fresh) = (client().build()?, client().pool_max_idle_per_host(0).build()?);
//! let stack = Stack { pooled, fresh, throttle: SharedThrottle::new(), start: Instant::now() };
//! ```
//!
//! The connect timeout is shorter than that of an attempt, so that a connection that never comes about is known not to have
//! carried a request. On another runtime than tokio, only the sleep differs. The code is part of an example in the
//! repository, whose tests run it against a server that throttles it, truncates bodies and closes connections.
//!
//! # Calls
//!
//! A call borrows the driver, so any number of them can run side by side. They wait for each other only when the service
//! throttles one of them.
//!
//! ```
//! use cloudinary_provisioning::{
//!     Account, AsyncDriver, Error, Exchange, Operation, Pager, RetryPolicy, users,
//! };
//!
//! async fn send<O: Operation>(
//!     account: &Account,
//!     driver: &impl AsyncDriver,
//!     operation: O,
//! ) -> Result<O::Output, Error> {
//!     let call = Exchange::new(account, operation, RetryPolicy::default())?;
//!     Ok(call.run_async(driver).await?.into_value())
//! }
//!
//! async fn all_users(
//!     account: &Account,
//!     driver: &impl AsyncDriver,
//! ) -> Result<Vec<users::User>, Error> {
//!     let mut pager = Pager::new(users::List::new().page_size(100));
//!     let mut users = Vec::new();
//!     while let Some(list) = pager.next_page() {
//!         let page = send(account, driver, list).await?;
//!         users.extend(pager.received(page));
//!     }
//!     Ok(users)
//! }
//! # use cloudinary_provisioning::{Outcome, Reading, http};
//! # use std::time::{Duration, SystemTime};
//! # struct Stack;
//! # impl AsyncDriver for Stack {
//! #     async fn send(&self, request: &http::Request<Vec<u8>>, _: Duration) -> Outcome {
//! #         let is_first = request.uri().query().is_some_and(|query| query.starts_with("page=1&"));
//! #         let body = if is_first { r#"{"users":[{"id":"u1"}]}"# } else { r#"{"users":[]}"# };
//! #         http::Response::new(body.into()).into()
//! #     }
//! #     async fn sleep(&self, _: Duration) {}
//! #     fn reading(&self) -> Reading { Reading::new(Duration::ZERO, SystemTime::UNIX_EPOCH, 0) }
//! # }
//! # fn can_be_spawned<F: Future + Send>(future: F) -> F { future }
//! # let account = Account::new("acc", "key", "secret").unwrap();
//! # let users = std::pin::pin!(can_be_spawned(all_users(&account, &Stack)));
//! # let context = &mut std::task::Context::from_waker(std::task::Waker::noop());
//! # let std::task::Poll::Ready(users) = users.poll(context) else { panic!() };
//! # assert_eq!(users.unwrap()[0].id, "u1");
//! ```
//!
//! # Timeouts, cancelling and dropping
//!
//! Limit a call with [`RetryPolicy::total_timeout`], and not with the timeout of the runtime:
//!
//! | | `total_timeout` | the runtime's timeout |
//! |---|---|---|
//! | counts attempts, delays, and the wait for the throttle | yes | yes |
//! | shortens the timeout of the last attempt, so that its outcome is known | yes | no |
//! | ends early if a delay and another attempt do not fit into the time left | yes | no |
//! | returns the last response, the number of attempts, and [`maybe_applied`](Error::maybe_applied) | yes | no |
//! | calls [`on_end`](AsyncDriver::on_end) | yes | no |
//!
//! The runtime's timeout drops the future, as `select!` and an aborted task do. Nothing more is sent then: no retry, and no
//! look-up of a create whose response was lost. The call's place among the attempts in flight is given back. But what is
//! known of the call is lost with the future, and a request that was on the wire may be applied all the same. So treat a
//! change whose future was dropped as one that may have been applied.
//!
//! To stop calls on a signal, return `true` from [`AsyncDriver::is_cancelled`], and let [`sleep`](AsyncDriver::sleep) return
//! as soon as that is so. No further attempt begins, an attempt in flight ends with its response, and the error
//! [`is_cancelled`](Error::is_cancelled) and says whether the call may have been applied.
//!
//! # What a driver has to do
//!
//! * Send the request as it is, and do not follow redirects.
//! * Read the body of every response to its end, also that of an error.
//! * Observe the timeout, from connecting to the last byte of the body.
//! * Return [`TransportError::NotSent`] only if no byte of the request can have reached the service: creates are retried
//!   after it.

#[cfg(doc)]
use crate::*;
