//! How a plan is printed.

use std::fmt;

use serde_json::Value;

use crate::shown::Shown;

use super::plan::Plan;
use super::step::{Action, Step};

impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for step in self.steps() {
            writeln!(f, "{step}")?;
        }
        for blocked in self.blocked() {
            writeln!(f, "! not planned: {blocked}")?;
        }
        if self.withheld() > 0 {
            writeln!(f, "! {} removals are left out, since not everything could be read", self.withheld())?;
        }
        match self.steps().len() {
            0 => f.write_str("No changes.")?,
            1 => f.write_str("1 change.")?,
            count => write!(f, "{count} changes.")?,
        }
        let unchanged: Vec<_> = self.unchanged().iter().map(|(kind, count)| format!("{kind} {count}")).collect();
        if !unchanged.is_empty() {
            write!(f, " Unchanged: {}.", unchanged.join(", "))?;
        }
        f.write_str("\n")
    }
}

/// One line: a sign, what it is about, the fields with their old and new values, and what deserves a second look.
impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {}", self.action.sign(), self.kind.singular(), Shown(&self.name))?;
        if matches!(self.action, Action::Disable | Action::Delete) {
            write!(f, ": {}", self.action)?;
        }
        for (at, change) in self.changes.iter().enumerate() {
            f.write_str(if at == 0 { "  " } else { ", " })?;
            write!(f, "{}: ", change.field)?;
            if !matches!(self.action, Action::Create | Action::Add) {
                write!(f, "{} → ", Text(&change.old))?;
            }
            write!(f, "{}", Text(&change.new))?;
        }
        if let Some(reason) = &self.widens {
            write!(f, "  (widens access: {})", Shown(reason))?;
        }
        if let Some(email) = &self.notifies {
            write!(f, "  (sends an email to {})", Shown(email))?;
        }
        if self.irreversible {
            f.write_str("  (cannot be undone)")?;
        }
        if self.yields_secret {
            f.write_str("  (yields a secret)")?;
        }
        Ok(())
    }
}

/// A value on one line, texts without quotes.
struct Text<'v>(&'v Value);

impl fmt::Display for Text<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Value::Null => f.write_str("–"),
            Value::String(text) if text.is_empty() => f.write_str("\"\""),
            Value::String(text) => {
                let words: Vec<_> =
                    text.split(['\n', '\r', '\t']).map(str::trim).filter(|part| !part.is_empty()).collect();
                write!(f, "{}", Shown(&words.join(" ")))
            }
            Value::Array(items) => {
                f.write_str("[")?;
                for (at, item) in items.iter().enumerate() {
                    f.write_str(if at == 0 { "" } else { ", " })?;
                    write!(f, "{}", Text(item))?;
                }
                f.write_str("]")
            }
            other => write!(f, "{}", Shown(&other.to_string())),
        }
    }
}
