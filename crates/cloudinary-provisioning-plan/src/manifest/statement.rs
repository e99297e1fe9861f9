//! [`Statement`]: the text of a policy, with references to access keys in it.

use std::fmt;

use super::values::KeyRef;

/// A policy's statement in Cedar, in which `${key:CLOUD_NAME/NAME}` stands for the text of an access key.
///
/// `$${` stands for `${` itself. Compare statements by what they come to with
/// [`same_statement`](cloudinary_provisioning::custom_policies::same_statement), which knows what whitespace counts.
///
/// ```
/// use cloudinary_provisioning_plan::manifest::{KeyRef, Statement};
///
/// let statement = Statement::new(
///     r#"permit(principal == Cloudinary::APIKey::"${key:shop/ci}", action, resource);"#,
/// )?;
/// assert_eq!(statement.references().collect::<Vec<_>>(), [KeyRef::new("shop", "ci")]);
/// # Ok::<(), cloudinary_provisioning_plan::manifest::StatementError>(())
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Statement(Box<str>);

impl Statement {
    /// Creates a statement from its text in a manifest. A `${` that begins no reference is refused.
    pub fn new(text: impl Into<String>) -> Result<Self, StatementError> {
        let text = text.into();
        Pieces { text: &text, at: 0 }.try_for_each(|piece| piece.map(drop))?;
        Ok(Self(text.into_boxed_str()))
    }

    /// Creates a statement that comes to exactly this text, as the service returned it.
    ///
    /// ```
    /// use cloudinary_provisioning_plan::manifest::Statement;
    ///
    /// assert_eq!(Statement::literal("permit(…) // ${x}").as_str(), "permit(…) // $${x}");
    /// ```
    pub fn literal(text: &str) -> Self {
        Self(text.replace(OPEN, ESCAPED).into_boxed_str())
    }

    /// Returns the text as it stands in a manifest.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the parts of the statement, in order. Joined, with a key's text for each [`StatementPart::Key`], they are
    /// what the service gets.
    pub fn parts(&self) -> impl Iterator<Item = StatementPart<'_>> {
        Pieces { text: &self.0, at: 0 }.filter_map(Result::ok)
    }

    /// Returns the access keys that the statement refers to, in order.
    pub fn references(&self) -> impl Iterator<Item = KeyRef> {
        self.parts().filter_map(|part| match part {
            StatementPart::Key(key) => Some(key),
            StatementPart::Text(_) => None,
        })
    }
}

impl AsRef<str> for Statement {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Statement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl fmt::Debug for Statement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

/// A part of a [`Statement`].
///
/// ```
/// use cloudinary_provisioning_plan::manifest::{Statement, StatementPart};
///
/// let statement = Statement::new("key ${key:shop/ci}")?;
/// let text: String = statement
///     .parts()
///     .map(|part| match part {
///         StatementPart::Text(text) => text.to_owned(),
///         StatementPart::Key(_) => "814814814814814".to_owned(),
///     })
///     .collect();
/// assert_eq!(text, "key 814814814814814");
/// # Ok::<(), cloudinary_provisioning_plan::manifest::StatementError>(())
/// ```
// Exhaustive: whoever joins the parts must know all of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StatementPart<'s> {
    /// Text that the service gets as it is.
    Text(&'s str),
    /// A reference that the text of this key takes the place of.
    Key(KeyRef),
}

/// A `${` in a statement that begins no reference.
///
/// ```
/// use cloudinary_provisioning_plan::manifest::Statement;
///
/// let error = Statement::new("permit(${kye:shop/ci})").unwrap_err();
/// assert_eq!(error.offset(), 7);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`${{` begins no reference: write `${{key:CLOUD_NAME/NAME}}`, or `$${{` for the characters themselves")]
pub struct StatementError {
    offset: usize,
}

impl StatementError {
    /// Returns the byte of the statement at which the `${` stands.
    pub fn offset(&self) -> usize {
        self.offset
    }
}

const OPEN: &str = "${";
const ESCAPED: &str = "$${";

struct Pieces<'s> {
    text: &'s str,
    at: usize,
}

impl<'s> Iterator for Pieces<'s> {
    type Item = Result<StatementPart<'s>, StatementError>;

    fn next(&mut self) -> Option<Self::Item> {
        let rest = self.text.get(self.at..).filter(|rest| !rest.is_empty())?;
        let open = rest.find(OPEN);
        let (length, piece) = match open {
            None => (rest.len(), StatementPart::Text(rest)),
            Some(0) => {
                let Some((length, key)) = reference(rest) else {
                    let offset = self.at;
                    self.at = self.text.len();
                    return Some(Err(StatementError { offset }));
                };
                (length, StatementPart::Key(key))
            }
            // The dollar in front is what escapes: `$${` comes to `${`.
            Some(1) if rest.starts_with(ESCAPED) => (ESCAPED.len(), StatementPart::Text(OPEN)),
            Some(open) => {
                let before = if rest.get(..open).is_some_and(|text| text.ends_with('$')) { open - 1 } else { open };
                (before, StatementPart::Text(rest.get(..before)?))
            }
        };
        self.at += length;
        Some(Ok(piece))
    }
}

/// The reference that the text begins with, and its length.
fn reference(text: &str) -> Option<(usize, KeyRef)> {
    let (inside, _) = text.strip_prefix("${key:")?.split_once('}')?;
    let (environment, name) = inside.split_once('/')?;
    let whole = !environment.is_empty() && !name.is_empty() && !inside.contains(OPEN);
    whole.then(|| ("${key:}".len() + inside.len(), KeyRef::new(environment, name)))
}
