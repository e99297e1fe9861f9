//! [`Secret`]: text that is never printed.

use std::fmt;

use serde::de::{Deserialize, Deserializer};
use zeroize::Zeroize;

/// Text that must not be printed: an API secret, or a URL that contains a token.
///
/// `Debug` shows a placeholder, and there is no `Display`. Only [`expose`](Self::expose) returns the text. Secrets are
/// compared in constant time, and their memory is cleared when they are dropped.
///
/// With the feature `serialize`, a secret is serialized as null, so that storing a response does not store its secrets
/// by accident. `exposed` opts in.
///
/// ```
/// use cloudinary_provisioning::Secret;
///
/// let secret = Secret::new("s3cr3t");
/// assert_eq!(format!("{secret:?}"), "Secret(..)");
/// assert_eq!(secret.expose(), "s3cr3t");
/// assert_eq!(secret, Secret::new("s3cr3t"));
/// ```
#[derive(Clone)]
pub struct Secret {
    text: String,
    #[cfg(feature = "serialize")]
    exposed: bool,
}

impl Secret {
    /// Creates a secret from the text as it is, without trimming or decoding.
    pub fn new(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            #[cfg(feature = "serialize")]
            exposed: false,
        }
    }

    /// Returns the text itself.
    pub fn expose(&self) -> &str {
        &self.text
    }

    /// Returns `false` for an empty secret and for one that the service has masked with asterisks or bullets.
    ///
    /// ```
    /// use cloudinary_provisioning::Secret;
    ///
    /// assert!(Secret::new("s3cr3t").is_usable());
    /// assert!(!Secret::new("").is_usable());
    /// assert!(!Secret::new("**********").is_usable());
    /// ```
    pub fn is_usable(&self) -> bool {
        !self.text.is_empty() && !self.text.contains(['*', '•'])
    }

    /// Returns a secret that is serialized as its text, to store it on purpose. `Debug` still hides it.
    ///
    /// ```
    /// use cloudinary_provisioning::Secret;
    ///
    /// let secret = Secret::new("s3cr3t");
    /// # #[cfg(feature = "serialize")] {
    /// assert_eq!(serde_json::to_string(&secret)?, "null");
    /// assert_eq!(serde_json::to_string(&secret.exposed())?, r#""s3cr3t""#);
    /// # }
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[cfg(feature = "serialize")]
    #[must_use = "the secret itself is not changed"]
    pub fn exposed(mut self) -> Self {
        self.exposed = true;
        self
    }
}

impl Drop for Secret {
    fn drop(&mut self) {
        self.text.zeroize();
    }
}

/// In constant time for texts of the same length.
impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        let (one, other) = (self.text.as_bytes(), other.text.as_bytes());
        let difference = one.iter().zip(other).fold(0, |sum, (one, other)| std::hint::black_box(sum | (one ^ other)));
        one.len() == other.len() && difference == 0
    }
}

impl Eq for Secret {}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(..)")
    }
}

impl From<String> for Secret {
    fn from(text: String) -> Self {
        Self::new(text)
    }
}

impl From<&str> for Secret {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::new)
    }
}

#[cfg(feature = "serialize")]
impl serde::Serialize for Secret {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.exposed { serializer.serialize_str(&self.text) } else { serializer.serialize_none() }
    }
}
