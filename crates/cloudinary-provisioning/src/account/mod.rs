//! Who calls, where to, and the making of a request.

pub(crate) mod account;
pub(crate) mod account_url;
pub(crate) mod options;
pub(crate) mod origin;
