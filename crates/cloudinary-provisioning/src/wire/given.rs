//! Whether a field is set, and its text.

use crate::wire::nullable::Nullable;

/// A field whose text another field can depend on.
pub(crate) trait Given {
    /// The text, where there is one.
    fn text(&self) -> Option<&str>;
}

impl<T: Given> Given for Option<T> {
    fn text(&self) -> Option<&str> {
        self.as_ref().and_then(T::text)
    }
}

impl<T: Given> Given for Nullable<T> {
    fn text(&self) -> Option<&str> {
        self.as_ref().and_then(T::text)
    }
}
