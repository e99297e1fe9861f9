//! Placeholder docs.

mod builder;
mod client;
mod clock;
mod error;
mod items;
mod transport;

pub use cloudinary_provisioning;
pub use ureq;

pub use builder::{ClientBuilder, RetryEvent};
pub use client::{Call, Client};
pub use clock::{Clock, SystemClock};
pub use error::{ConfigError, Error, ErrorKind};
pub use items::Items;
