//! What a request says, in every form that clients send.

pub(crate) mod fields;
pub(crate) mod form;
pub(crate) mod page;
pub(crate) mod prefix;
