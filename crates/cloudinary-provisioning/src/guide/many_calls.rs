//! Many calls at a time, and creates that are not applied twice.
//!
//! # Different operations in one list
//!
//! Every operation has a method `map`, which makes an [`AnyOperation`] of it. Reads of different kinds become one list of
//! one type this way, for a queue, a set of tasks, or the adapter's `send_all`:
//!
//! ```
//! use cloudinary_provisioning::{AnyOperation, product_environments, user_groups, users};
//!
//! enum Fact {
//!     Users(Vec<users::User>),
//!     Groups(Vec<user_groups::UserGroup>),
//!     Environments(Vec<product_environments::ProductEnvironment>),
//! }
//!
//! let reads: [AnyOperation<Fact>; 3] = [
//!     users::List::new().map(Fact::Users),
//!     user_groups::List::new().extended_details(true).map(Fact::Groups),
//!     product_environments::List::new().map(Fact::Environments),
//! ];
//! # drop(reads);
//! ```
//!
//! # One throttle for all calls
//!
//! Share one [`SharedThrottle`] among all calls of an account: return it from [`Driver::throttle`] or
//! [`AsyncDriver::throttle`]. When the service throttles one call, all of them wait until the time that it named, instead of
//! using up their attempts one by one, and fewer of them are in flight afterwards. Waiting counts toward a call's total
//! timeout.
//!
//! A single response cannot silence a client: if it asks for a delay of more than an hour, calls are held back for an hour,
//! and then one at a time is sent, until they succeed again. A call whose own limits are shorter fails at once, without
//! sending anything.
//!
//! [`Throttle`] is the same as a state machine without wakers, for your own event loop.
//!
//! # Creates
//!
//! A create is not retried after its response was lost, since that could create a second resource. With
//! [`Exchange::recover`], the call looks for the result by its natural key instead, such as the email of a user; the table
//! of [`Recover`] lists the keys.
//!
//! * `Ok` means that this call made the resource, with the fields that were asked for. What was there before is never
//!   returned, even if it has the same key.
//! * An empty look-up proves little: a request that timed out can be applied later, and lists can lag behind. Where the
//!   service refuses a second resource with the same key, the create is sent again. User groups and custom policies can
//!   have the same name twice, so the call looks again after a while, never sends the create a second time, and gives up
//!   with [`maybe_applied`](Error::maybe_applied).
//! * An access key or a product environment may be found without its secret, which only the lost response had. The error
//!   is then [`ErrorKind::SecretLost`], and names what was created.
//!
//! [`Exchange::or_existing`] is for callers who want the resource, whoever made it: if the create ends in a conflict, it
//! returns the one that is there. [`Response::recovered`] and [`Response::existed`] distinguish the cases.
//!
//! # The ureq adapter
//!
//! | task | method |
//! |---|---|
//! | many operations, of one kind or of several | `send_all(operations).workers(8)` |
//! | a long list | `items(list).workers(8)` |
//! | creates | `call(create).recover()`, `.or_existing()`, also for `send_all` |
//! | cancelling | a `CancelFlag` for a client; dropping a `send_all` |
//!
//! All calls of its client share one throttle.

#[cfg(doc)]
use crate::*;
