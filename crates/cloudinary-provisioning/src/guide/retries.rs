//! What is retried, what is given up, and what a failed call may have done.
//!
//! # What happens when …
//!
//! An [`Exchange`], and so every adapter, follows this table. "Safe to retry" is an operation that only reads, or that has
//! the same effect when it is applied twice; see [`Safety`]. "May have been applied" is [`Error::maybe_applied`].
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
//! | the response asks for a delay, as below | waited for, plus up to 1 s | the same, where it is retried at all |
//! | … longer than [`RetryPolicy::max_server_delay`] | given up at once; the delay is in the error | the same |
//! | the delay and another attempt do not fit into [`RetryPolicy::total_timeout`] | given up without waiting | the same |
//! | the sleep takes longer than the time left | given up with the last response | the same |
//! | the call is cancelled | given up with the last response, or without sending anything | the same |
//! | a 404 on a delete, or a 409 on a change, after an attempt whose response was lost | the error, and `maybe_applied` is set | the same |
//!
//! An operation that only reads is never "applied". Creates that are called with [`Exchange::recover`] are not given up
//! where they may have been applied: the call looks for the result; see [`many_calls`](super::many_calls).
//!
//! # Delays
//!
//! | the response has | delay |
//! |---|---|
//! | `Retry-After` in seconds | as long, also a fraction: `2.5` is 2.5 s |
//! | `Retry-After` as a date | until then, by the response's own `Date` if it has one |
//! | several values, or several of these headers | the longest that can be read |
//! | 420 or 429, and `X-FeatureRateLimit-Remaining: 0` with a reset | until `X-FeatureRateLimit-Reset` |
//! | nothing of this, or nothing that can be read | random, between zero and a bound that begins at 500 ms, doubles, and ends at 20 s |
//!
//! A delay that the service asks for is never shortened. The error of a call that is given up says how many attempts were
//! made, why there was no further one, and whether the account may have been changed.
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

#[cfg(doc)]
use crate::*;
