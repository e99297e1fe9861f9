//! The statements of policies: which actions they permit and forbid, as far as their text says.

mod rule;
mod tokens;

pub use rule::{Actions, Effect, Rule, Scope, rules};
