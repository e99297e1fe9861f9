//! What the service calls things by convention, and how it compares them.

/// The name of the key that comes with a product environment.
pub(crate) const ROOT_KEY: &str = "Root";

/// The id of the scope of every product environment.
pub(crate) const ALL: &str = "all";

/// So many of a kind may be taken away whatever their share is.
pub(crate) const FEW: usize = 3;

/// An email as it is compared: without regard to the case of ASCII letters.
pub(crate) fn fold(email: impl AsRef<str>) -> String {
    email.as_ref().to_ascii_lowercase()
}
