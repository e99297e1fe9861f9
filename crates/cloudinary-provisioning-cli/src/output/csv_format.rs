//! The CSV that `cldp export users` writes and `cldp sync` reads.
//!
//! The first line names the columns, in any order; every column but `email` may be left out. A sync leaves a field
//! alone if its cell is empty.
//!
//! | column | holds |
//! |---|---|
//! | `email` | the email address, which identifies a user |
//! | `name` | the name |
//! | `role` | the role, as the API writes it: `media_library_admin` |
//! | `enabled` | `true` or `false` |
//! | `sub_account_ids` | the ids of the user's product environments, with `\|` between them; `all` for access to all, `none` for none |
//!
//! The others are for information, and a sync ignores them: `id`, `pending`, `groups` and `sub_accounts` (names, with `|`
//! between them; all the product environments there are for a user with access to all), `created_at` and `last_login`.

/// Columns that a sync applies.
pub(crate) const WANTED: [&str; 5] = ["email", "name", "role", "enabled", "sub_account_ids"];

/// Columns for information.
pub(crate) const INFORMATION: [&str; 6] = ["id", "pending", "groups", "sub_accounts", "created_at", "last_login"];

/// Access to no product environment; an empty cell leaves the field alone.
pub(crate) const NONE: &str = "none";

/// Access to all product environments, also those to come.
pub(crate) const ALL: &str = "all";
