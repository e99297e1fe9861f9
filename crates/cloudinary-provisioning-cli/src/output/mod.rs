//! Results: as a table, JSON, JSON lines or CSV, and secrets in them.

pub(crate) mod billing;
pub(crate) mod cell_text;
pub(crate) mod column;
pub(crate) mod csv_format;
pub(crate) mod redact;
pub(crate) mod style;
pub(crate) mod table;
