//! The texts by which objects are known: [`Name`], [`Email`], and the [`Pattern`]s that match them.

use std::borrow::Borrow;
use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::ops::Deref;

use super::position::DeclaredAt;

macro_rules! text {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        pub struct $name {
            text: Box<str>,
            /// Where it stands in the file. It does not take part in comparisons.
            pub declared_at: DeclaredAt,
        }

        impl $name {
            /// Creates one; reading a manifest and [`Manifest::check`](super::Manifest::check) validate it.
            pub fn new(text: impl Into<String>) -> Self {
                Self { text: text.into().into_boxed_str(), declared_at: DeclaredAt::default() }
            }

            /// Returns the text as it was written.
            pub fn as_str(&self) -> &str {
                &self.text
            }
        }

        impl Deref for $name {
            type Target = str;

            fn deref(&self) -> &str {
                &self.text
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.text
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self::new(text)
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self::new(text)
            }
        }

        impl From<&Self> for $name {
            fn from(other: &Self) -> Self {
                other.clone()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.text)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(&self.text, f)
            }
        }
    };
}

text! {
    /// A name or an id, compared exactly.
    ///
    /// ```
    /// use std::collections::BTreeSet;
    ///
    /// use cloudinary_provisioning_plan::manifest::Name;
    ///
    /// let names = BTreeSet::from([Name::new("Editors")]);
    /// assert!(names.contains("Editors") && !names.contains("editors"));
    /// ```
    #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
    Name
}

impl Borrow<str> for Name {
    fn borrow(&self) -> &str {
        &self.text
    }
}

text! {
    /// An email address, compared without regard to the case of ASCII letters.
    ///
    /// ```
    /// use cloudinary_provisioning_plan::manifest::Email;
    ///
    /// assert_eq!(Email::new("Ada@Example.com"), Email::new("ada@example.com"));
    /// assert_eq!(Email::new("Ada@Example.com").as_str(), "Ada@Example.com");
    /// ```
    #[derive(Clone)]
    Email
}

impl Email {
    fn folded(&self) -> impl Iterator<Item = u8> {
        self.text.bytes().map(|byte| byte.to_ascii_lowercase())
    }
}

impl PartialEq for Email {
    fn eq(&self, other: &Self) -> bool {
        self.text.eq_ignore_ascii_case(&other.text)
    }
}

impl Eq for Email {}

impl PartialOrd for Email {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Email {
    fn cmp(&self, other: &Self) -> Ordering {
        self.folded().cmp(other.folded())
    }
}

impl Hash for Email {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.folded().for_each(|byte| state.write_u8(byte));
        state.write_u8(0xff);
    }
}

text! {
    /// A pattern of names: `*` stands for any characters, `?` for one.
    ///
    /// ```
    /// use cloudinary_provisioning_plan::manifest::Pattern;
    ///
    /// let pattern = Pattern::new("tmp-*/ci?");
    /// assert!(pattern.matches("tmp-eu/ci1") && !pattern.matches("tmp-eu/ci"));
    /// ```
    #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
    Pattern
}

impl Pattern {
    /// Whether the whole name matches.
    pub fn matches(&self, name: &str) -> bool {
        self.matches_by(name, |a, b| a == b)
    }

    /// Whether the whole name matches, whatever the case of ASCII letters, as emails are compared.
    pub fn matches_ignoring_ascii_case(&self, name: &str) -> bool {
        self.matches_by(name, |a, b| a.eq_ignore_ascii_case(&b))
    }

    /// After a mismatch the last star takes one more character, so that no pattern takes exponential time.
    fn matches_by(&self, name: &str, same: impl Fn(char, char) -> bool) -> bool {
        let (mut pattern, mut name) = (self.text.chars(), name.chars());
        let mut retry = None;
        loop {
            let rest_of_name = name.clone();
            match (pattern.next(), name.next()) {
                (Some('*'), _) => {
                    name = rest_of_name.clone();
                    retry = Some((pattern.clone(), rest_of_name));
                }
                (None, None) => return true,
                (Some(wanted), Some(found)) if wanted == '?' || same(wanted, found) => {}
                _ => {
                    let Some((after_star, skipped)) = &mut retry else { return false };
                    if skipped.next().is_none() {
                        return false;
                    }
                    (pattern, name) = (after_star.clone(), skipped.clone());
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_whole_names() {
        for (pattern, name, matches) in [
            ("", "", true),
            ("", "a", false),
            ("a", "a", true),
            ("a", "ab", false),
            ("?", "ä", true),
            ("?", "", false),
            ("*", "", true),
            ("*", "any", true),
            ("a*b*c", "a-b-b-c", true),
            ("a*b*c", "a-b-b-", false),
            ("*ab", "aab", true),
            ("**?", "", false),
            ("*@x.org", "A@X.org", false),
        ] {
            assert_eq!(Pattern::new(pattern).matches(name), matches, "{pattern} {name}");
        }
        assert!(Pattern::new("*@x.org").matches_ignoring_ascii_case("A@X.org"));
    }

    #[test]
    fn many_stars_take_no_exponential_time() {
        assert!(!Pattern::new("*a".repeat(40) + "b").matches(&"a".repeat(400)));
    }

    #[test]
    fn emails_that_are_equal_hash_and_order_alike() {
        use std::collections::{BTreeSet, HashSet};

        let emails = [Email::new("A@x.org"), Email::new("a@X.org"), Email::new("b@x.org")];
        assert_eq!(emails.iter().collect::<HashSet<_>>().len(), 2);
        assert_eq!(emails.iter().collect::<BTreeSet<_>>().len(), 2);
    }
}
