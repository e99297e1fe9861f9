//! Declarations: an operation from a few lines that read like the API reference (`operations!`), and the objects that
//! requests (`objects!`) and responses (`models!`) hold.

pub(crate) mod expand;
pub(crate) mod keywords;
pub(crate) mod models;
pub(crate) mod objects;
pub(crate) mod operations;
pub(crate) mod response;
pub(crate) mod sort;
