//! What the service calls things by convention, and how it compares them.

/// The name of the key that comes with a product environment.
pub(crate) const ROOT_KEY: &str = "Root";

/// The id of the scope of every product environment.
pub(crate) const ALL: &str = "all";

/// An email as it is compared: without regard to the case of ASCII letters.
pub(crate) fn fold(email: impl AsRef<str>) -> String {
    email.as_ref().to_ascii_lowercase()
}
