//! [`Estimate`]: how many calls a survey takes.

use std::fmt;

/// How many calls a survey takes, as far as that is known now.
///
/// ```
/// use cloudinary_provisioning_plan::manifest::{Group, User};
/// use cloudinary_provisioning_plan::{Manifest, Survey};
///
/// let mut manifest = Manifest::new();
/// manifest.groups.push(Group::new("Editors"));
/// manifest.users.push(User::new("ada@example.com"));
/// let estimate = Survey::new(&manifest).estimate();
/// assert_eq!(estimate.to_string(), "at least 3 calls: groups 1, users at least 2 (one for 100 users)");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Estimate {
    /// The calls of each kind of list, sorted by its name.
    pub parts: Vec<EstimatedCalls>,
}

/// How many calls one kind of list takes.
///
/// ```
/// use cloudinary_provisioning_plan::survey::EstimatedCalls;
///
/// fn is_exact(calls: &EstimatedCalls) -> bool {
///     calls.rate.is_none()
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct EstimatedCalls {
    /// What is read.
    pub what: &'static str,
    /// How many calls there are at least.
    pub calls: usize,
    /// What there may be more of, where the number depends on what is still to be read.
    pub rate: Option<&'static str>,
}

impl Estimate {
    /// Returns how many calls there are at least.
    pub fn calls(&self) -> usize {
        self.parts.iter().map(|part| part.calls).sum()
    }

    /// Whether there are no more calls than that.
    pub fn is_exact(&self) -> bool {
        self.parts.iter().all(|part| part.rate.is_none())
    }
}

impl fmt::Display for Estimate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let calls = self.calls();
        let noun = if calls == 1 { "call" } else { "calls" };
        write!(f, "{}{calls} {noun}", if self.is_exact() { "" } else { "at least " })?;
        for (at, part) in self.parts.iter().enumerate() {
            f.write_str(if at == 0 { ": " } else { ", " })?;
            match part.rate {
                None => write!(f, "{} {}", part.what, part.calls)?,
                Some(rate) => write!(f, "{} at least {} ({rate})", part.what, part.calls)?,
            }
        }
        Ok(())
    }
}
