//! [`Part`]: something that was read, or not.

/// A part of the account: known, or not known and why.
///
/// Nothing is planned on what is not known, and nothing is removed.
///
/// ```
/// use cloudinary_provisioning_plan::snapshot::Part;
///
/// let groups: Part<Vec<&str>> = Part::Failed("503 Service Unavailable".to_owned());
/// assert_eq!(groups.known(), None);
/// assert_eq!(Part::Known(3).known(), Some(&3));
/// ```
// Exhaustive: whoever reads a part has to tell these three apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Part<T> {
    /// Nobody asked for it.
    #[default]
    Unread,
    /// It could not be read, or not completely, for this reason.
    Failed(String),
    /// It was read completely.
    Known(T),
}

impl<T> Part<T> {
    /// Returns the value, if it is known.
    pub fn known(&self) -> Option<&T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Unread | Self::Failed(_) => None,
        }
    }

    /// Returns the value, or why it is not known.
    pub(crate) fn or_reason(&self) -> Result<&T, String> {
        match self {
            Self::Known(value) => Ok(value),
            Self::Failed(reason) => Err(reason.clone()),
            Self::Unread => Err("it was not read".to_owned()),
        }
    }

    pub(crate) fn known_mut(&mut self) -> Option<&mut T> {
        match self {
            Self::Known(value) => Some(value),
            Self::Unread | Self::Failed(_) => None,
        }
    }

    /// What was never read has failed, once nothing more will be read.
    pub(crate) fn settle(&mut self, reason: &str) {
        if matches!(self, Self::Unread) {
            *self = Self::Failed(reason.to_owned());
        }
    }
}
