//! What is retried, what is given up, and what a failed call may have done.
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
