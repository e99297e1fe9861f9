//! Keys that replace one another: `ci`, `ci-rotated-1`, `ci-rotated-2`.

use super::found::FoundKey;

/// Marks the name of a successor. No other key is likely to have it.
const MARK: &str = "-rotated-";

/// What the key is called that replaces one of this name.
pub(crate) fn successor_name(name: &str) -> String {
    let rotated = name.rsplit_once(MARK).and_then(|(first, number)| {
        let before: u32 = number.parse().ok()?;
        let number = before.checked_add(1).filter(|_| before.to_string() == number)?;
        (!first.is_empty()).then(|| format!("{first}{MARK}{number}"))
    });
    rotated.unwrap_or_else(|| format!("{name}{MARK}1"))
}

/// The keys of a product environment that are in use, or are being replaced: neither those that came with it, nor those
/// that replace one that is still there.
pub(crate) fn in_rotation(keys: &[FoundKey]) -> impl Iterator<Item = &FoundKey> {
    let replaces_one = |key: &FoundKey| keys.iter().any(|old| successor_name(&old.name) == key.name);
    let is_replaced = |key: &FoundKey| keys.iter().any(|new| new.name == successor_name(&key.name));
    keys.iter().filter(move |key| !key.root && !replaces_one(key) && (key.enabled != Some(false) || is_replaced(key)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_successor_counts_on() {
        for (name, next) in [
            ("ci", "ci-rotated-1"),
            ("ci-rotated-1", "ci-rotated-2"),
            ("ci-rotated-9", "ci-rotated-10"),
            ("ci-rotated-01", "ci-rotated-01-rotated-1"),
            ("ci-2", "ci-2-rotated-1"),
            ("-rotated-1", "-rotated-1-rotated-1"),
            ("ci-rotated-4294967295", "ci-rotated-4294967295-rotated-1"),
        ] {
            assert_eq!(successor_name(name), next);
        }
    }
}
