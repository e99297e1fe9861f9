//! Prefixes that are compared without regard to case.

pub(crate) fn lowercase(text: &str) -> String {
    text.chars().flat_map(char::to_lowercase).collect()
}

/// Returns whether a text starts, in any case, with a prefix that [`lowercase`] returned.
pub(crate) fn starts_with(text: &str, lowercase_prefix: &str) -> bool {
    let mut text = text.chars().flat_map(char::to_lowercase);
    lowercase_prefix.chars().all(|expected| text.next() == Some(expected))
}
