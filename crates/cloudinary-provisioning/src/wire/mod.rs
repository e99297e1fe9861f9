//! Types on the wire: kinds, how requests write them, and how responses are read.

pub(crate) mod body;
pub(crate) mod build_error;
pub(crate) mod envelope;
pub(crate) mod escape;
pub(crate) mod extra;
pub(crate) mod given;
pub(crate) mod id;
pub(crate) mod json;
pub(crate) mod json_object;
pub(crate) mod json_path;
pub(crate) mod keys;
pub(crate) mod kind;
pub(crate) mod limits;
pub(crate) mod nullable;
pub(crate) mod open_enum;
pub(crate) mod query;
pub(crate) mod read;
pub(crate) mod record;
pub(crate) mod scalar;
pub(crate) mod secret;
pub(crate) mod target;
pub(crate) mod timestamp;
pub(crate) mod values;
