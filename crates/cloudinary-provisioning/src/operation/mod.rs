//! Operations: the trait, its erased form, and the entries of the catalogue.

pub(crate) mod any;
pub(crate) mod entry;
pub(crate) mod inherent;
pub(crate) mod lookup;
pub(crate) mod mapped;
pub(crate) mod operation;
pub(crate) mod raw;
pub(crate) mod reading;
pub(crate) mod recover;
pub(crate) mod request;
pub(crate) mod safety;
