//! What an account should hold, as a file says it.
//!
//! A [`Manifest`] is read from TOML, from JSON of the same shape, or from a CSV of users; [`Manifest::to_toml`] and
//! [`Manifest::to_json`] write it in a stable order. No format holds a secret.
//!
//! # Meaning
//!
//! * What the file says, the account gets. What it does not mention stays as it is.
//! * A list that is given is the whole list. A field that is absent is left alone.
//! * Nothing is removed unless an object has `state = "absent"`, or its kind is in `prune` and the file does not declare it.
//! * `was` holds the name that an object had before, and renames it.
//! * What matches `[ignore]` is never touched. In a pattern `*` stands for any characters, `?` for one.
//!
//! # Keys
//!
//! `version` is 1, `prune` is a list of kinds, `[ignore]` has a list of patterns for each kind. Every object may have
//! `state`, which is `"present"` or `"absent"`.
//!
//! | kind | identity | other keys | matched by `ignore` |
//! |---|---|---|---|
//! | `[[environments]]` | `cloud_name` | `was`, `name`, `enabled`, `attributes` | cloud name |
//! | `[[keys]]` | `environment`, a cloud name, and `name` | `was`, `enabled` | `CLOUD_NAME/NAME` |
//! | `[[groups]]` | `name` | `was`, `members`, emails | name |
//! | `[[users]]` | `email`, ASCII case ignored | `was`, `name`, `role`, `environments`, `groups`, `enabled` | email |
//! | `[[roles]]` | `id` | `name`, `description`, `permission`, `scope`, `system_policies` | id or name |
//! | `[[policies]]` | `scope` and `name` | `was`, `statement`, `description`, `enabled` | name |
//! | `[[assignments]]` | `role`, `scope`, `content` and each of `to` | | nothing |
//!
//! | key | holds |
//! |---|---|
//! | `environments` of a user | cloud names, or `id:` and an id; `"all"`, also those to come; `"none"`. An empty list is refused: the service takes it for access to all |
//! | `role` of a user | [`users::Role`](cloudinary_provisioning::users::Role), such as `"media_library_user"` |
//! | `permission` of a role | `"global"` or `"content"` |
//! | `scope` of a role | `"account"` or `"prodenv"` |
//! | `scope` of a policy or an assignment | `"account"`, `"prodenv"` for every product environment, `"prodenv:CLOUD_NAME"` |
//! | `to` | `"user:EMAIL"`, `"group:NAME"`, `"key:CLOUD_NAME/NAME"`, `"provisioning_key:KEY"` |
//! | `content` | what a content role is about, such as `{ folder_id = "…" }` |
//! | `statement` | Cedar, in which `${key:CLOUD_NAME/NAME}` stands for the text of an access key |
//! | `attributes` | a table of any shape, all of it |
//!
//! # What is refused
//!
//! A [`ManifestError`] has every problem of the file, each with line, column and key: unknown keys, values of another type,
//! objects that are declared twice, references to what the file removes or renames, contradictions, and invisible characters in
//! names and emails. A reference to what the file does not mention is not a problem: the account may have it.

mod check;
mod checked;
mod columns;
mod csv;
mod declaration;
mod declare;
mod encoding;
mod field;
mod invisible;
mod json;
mod model;
mod position;
mod problem;
mod reader;
mod reading;
mod statement;
mod text;
mod toml;
mod tree;
mod values;

pub(crate) use invisible::{complaint, first_invisible};

pub use checked::CheckedManifest;
pub use columns::{Preset, UnknownPreset};
pub use csv::CsvOptions;
pub use model::{Assignment, Environment, Group, Ignore, Key, Manifest, Object, Policy, Role, User};
pub use position::{DeclaredAt, Position};
pub use problem::{ManifestError, Problem};
pub use statement::{Statement, StatementError, StatementPart};
pub use text::{Email, Name, Pattern};
pub use values::{EnvironmentAccess, EnvironmentRef, KeyRef, ObjectKind, Principal, Scope, State};
