//! Finds out who has access to what, for `cldp review` and `cldp export access`.

mod account;
mod allowed;
mod asked;
mod assignment;
mod grant;
mod policies;
mod read;

pub(crate) use asked::Wanted;
pub(crate) use grant::COLUMNS;
pub(crate) use read::read;
