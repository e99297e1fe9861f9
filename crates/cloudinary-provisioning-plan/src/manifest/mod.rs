//! What an account should hold, as a file says it.

mod declare;
mod model;
mod position;
mod statement;
mod text;
mod values;

pub use model::{Assignment, Environment, Group, Ignore, Key, Manifest, Object, Policy, Role, User};
pub use position::{DeclaredAt, Position};
pub use statement::{Statement, StatementError, StatementPart};
pub use text::{Email, Name, Pattern};
pub use values::{EnvironmentAccess, EnvironmentRef, KeyRef, ObjectKind, Principal, Scope, State};
