//! The place in a body where reading failed.

use std::fmt::{self, Write as _};

/// The place in the body where reading failed. It costs nothing until then: each level adds its step on the way out.
#[derive(Debug, Default)]
pub(crate) struct JsonPath {
    steps: Vec<Step>,
    /// Whether fields that are not known are skipped rather than kept.
    pub(crate) skips_unknown: bool,
}

#[derive(Debug)]
enum Step {
    Key(&'static str),
    /// A key that the server chose.
    Name(String),
    Index(usize),
}

impl JsonPath {
    /// A path for a reading that skips fields that are not known.
    pub(crate) fn skipping_unknown() -> Self {
        Self { steps: Vec::new(), skips_unknown: true }
    }

    pub(crate) fn key(&mut self, key: &'static str) {
        self.steps.push(Step::Key(key));
    }

    pub(crate) fn name(&mut self, name: &str) {
        self.steps.push(Step::Name(name.chars().take(LONGEST_NAME).collect()));
    }

    pub(crate) fn index(&mut self, index: usize) {
        self.steps.push(Step::Index(index));
    }
}

/// The longest key that is shown.
const LONGEST_NAME: usize = 100;

/// As `users[3].created_at`; `.` for the whole.
impl fmt::Display for JsonPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.steps.is_empty() {
            return f.write_char('.');
        }
        for (at, step) in self.steps.iter().rev().enumerate() {
            let key = match step {
                Step::Key(key) => *key,
                Step::Name(name) => name.as_str(),
                Step::Index(index) => {
                    write!(f, "[{index}]")?;
                    continue;
                }
            };
            f.write_str(if at == 0 { "" } else { "." })?;
            f.write_str(key)?;
        }
        Ok(())
    }
}
