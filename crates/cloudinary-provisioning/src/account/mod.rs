//! Credentials, base URL, and building requests.

pub(crate) mod account;
pub(crate) mod account_url;
pub(crate) mod options;
pub(crate) mod origin;
