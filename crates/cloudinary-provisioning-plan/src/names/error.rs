//! [`NameError`]: why a name does not say which id is meant.

use super::reference::Reference;

/// Why a name does not say which id is meant.
///
/// ```
/// use cloudinary_provisioning_plan::names::{NameError, Reference};
/// use cloudinary_provisioning_plan::snapshot::{FoundGroup, Part, Snapshot};
///
/// let mut snapshot = Snapshot::new();
/// snapshot.groups = Part::Known(vec![FoundGroup::new("g1", "Editors", ["u1"])]);
/// let error = snapshot.find(&Reference::Group("Editor".to_owned())).unwrap_err();
/// assert!(matches!(error, NameError::Missing { .. }));
/// assert_eq!(error.to_string(), "there is no user group \"Editor\"");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NameError {
    /// Nothing has the name.
    #[error("there is no {reference}")]
    #[non_exhaustive]
    Missing {
        /// What was looked for.
        reference: Reference,
    },
    /// Several things have the name.
    #[error("{reference} is ambiguous: it could be {}; give the id", candidates.join(", or "))]
    #[non_exhaustive]
    Ambiguous {
        /// What was looked for.
        reference: Reference,
        /// What it could be: each id, with what distinguishes it.
        candidates: Vec<String>,
    },
    /// What would tell was not read.
    #[error("cannot look up the {reference}: {reason}")]
    #[non_exhaustive]
    Unread {
        /// What was looked for.
        reference: Reference,
        /// Why it was not read.
        reason: String,
    },
}

impl NameError {
    pub(crate) fn missing(reference: &Reference) -> Self {
        Self::Missing { reference: reference.clone() }
    }

    pub(crate) fn ambiguous(reference: &Reference, candidates: Vec<String>) -> Self {
        Self::Ambiguous { reference: reference.clone(), candidates }
    }

    pub(crate) fn unread(reference: &Reference, reason: impl Into<String>) -> Self {
        Self::Unread { reference: reference.clone(), reason: reason.into() }
    }
}
