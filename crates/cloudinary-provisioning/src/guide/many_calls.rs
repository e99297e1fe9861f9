//! Many calls at a time, and creates that are not applied twice.
//!
//! Share one [`Throttle`] among all calls of a client, with [`AsyncDriver::admit`] and [`AsyncDriver::on_outcome`]. When
//! the service throttles one call, all of them wait until the time that it named, instead of using up their attempts one
//! by one. The ureq adapter does this already: `send_all` sends many operations with several workers, and
//! `items(…).workers(n)` reads pages ahead.
//!
//! A create is not retried after its response was lost, since that could create a second resource. [`Recovery`] looks for
//! the result instead, by its natural key; the table of [`Recover`] lists the keys. The adapter has it as
//! `call(…).recover()`.

#[cfg(doc)]
use crate::*;
