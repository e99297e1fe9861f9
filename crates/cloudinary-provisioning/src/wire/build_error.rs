//! [`BuildError`]: a request that cannot be built.

use std::borrow::Cow;
use std::fmt;

/// A request that cannot be built. Nothing was sent.
///
/// ```
/// use cloudinary_provisioning::{Account, BuildReason, users};
///
/// let account = Account::new("acc", "key", "secret")?;
/// let error = account.request(&users::Delete::new("..")).unwrap_err();
/// assert_eq!(error.field(), "user_id");
/// assert_eq!(error.reason(), &BuildReason::DotSegment);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{field}` {}", match effect { Some(effect) => effect.text().to_owned(), None => reason.to_string() })]
pub struct BuildError {
    field: Cow<'static, str>,
    reason: BuildReason,
    /// What the service would do with a value that is empty.
    effect: Option<Empty>,
}

impl BuildError {
    pub(crate) fn new(field: impl Into<Cow<'static, str>>, reason: BuildReason) -> Self {
        Self { field: field.into(), reason, effect: None }
    }

    /// A value that is empty, with what the service would do with it.
    pub(crate) fn empty(field: impl Into<Cow<'static, str>>, effect: Empty) -> Self {
        Self { effect: Some(effect), ..Self::new(field, BuildReason::Empty) }
    }

    /// The same error, in an object that is the value of `outer`.
    pub(crate) fn within(self, outer: &str) -> Self {
        Self { field: format!("{outer}.{}", self.field).into(), ..self }
    }

    /// The same error, of this field or of what is inside it.
    pub(crate) fn of_field(self, name: &'static str) -> Self {
        if self.field.is_empty() { Self { field: name.into(), ..self } } else { self.within(name) }
    }

    /// Returns the field that is wrong, by its name in the vendor's documentation: the header's name for a header, and
    /// `url` for the request as a whole.
    pub fn field(&self) -> &str {
        &self.field
    }

    /// Returns what is wrong with it.
    pub fn reason(&self) -> &BuildReason {
        &self.reason
    }
}

/// What is empty, and what the service would do with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Empty {
    /// A segment of the path.
    Segment,
    /// A query parameter.
    Condition,
    /// An entry of a list in the query.
    ConditionsEntry,
    /// The product environments of a user.
    Access,
    /// An id in a body.
    Id,
    /// A list in a body that needs entries.
    List,
}

impl Empty {
    fn text(self) -> &'static str {
        match self {
            Self::Segment => "is empty, so that the path would name another resource",
            Self::Condition => "is empty, so that the service would return everything, as if it were not set",
            Self::ConditionsEntry => {
                "has an empty entry, which the service may take for no condition, and return everything"
            }
            Self::Access => {
                "is empty, so that the service would grant access to all product environments; \
                 to grant that, ask for `all` (`SubAccountAccess::All`)"
            }
            Self::Id => "is empty, and names nothing",
            Self::List => "is empty, and the service takes at least one entry",
        }
    }
}

/// Why a request cannot be built.
///
/// ```
/// use cloudinary_provisioning::{Account, BuildReason, users};
///
/// let account = Account::new("acc", "key", "secret")?;
/// let error = account.request(&users::List::new().ids(vec!["id"; 101])).unwrap_err();
/// assert_eq!(error.reason(), &BuildReason::TooMany { count: 101, max: 100 });
/// assert_eq!(
///     error.to_string(),
///     "`ids` has 101 entries, and the service takes at most 100"
/// );
/// let error = account.request(&users::List::new().ids(Vec::<String>::new())).unwrap_err();
/// assert_eq!(error.reason(), &BuildReason::Empty);
/// assert_eq!(
///     error.to_string(),
///     "`ids` is empty, so that the service would return everything, as if it were not set"
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BuildReason {
    /// An id, a list or an entry of a list is empty. The error's text says what the service would do with it: take it
    /// to name another resource, return everything, or grant access to all product environments.
    #[error("is empty")]
    Empty,
    /// An id is `.` or `..`, which would name another resource.
    #[error("is `.` or `..`, which would name another resource")]
    DotSegment,
    /// A list has more entries than the service takes.
    #[error("has {count} entries, and the service takes at most {max}")]
    TooMany {
        /// How many there are.
        count: usize,
        /// The largest number that the service takes.
        max: usize,
    },
    /// A text is shorter or longer than what the service takes.
    #[error("has {length} characters, and the service takes {min} to {max}")]
    Length {
        /// How many characters it has.
        length: usize,
        /// The smallest number of characters that the service takes.
        min: u32,
        /// The largest number of characters that the service takes.
        max: u32,
    },
    /// A number is outside the range that the service takes.
    #[error("is {value}, and the service takes {min} to {max}")]
    OutOfRange {
        /// The number.
        value: u32,
        /// The smallest that the service takes.
        min: u32,
        /// The largest that the service takes.
        max: u32,
    },
    /// A field is not set, but a condition requires it.
    #[error("is required where {condition}")]
    Needed {
        /// The condition.
        condition: &'static str,
    },
    /// A field is not set, but the value of another field requires it.
    #[error("is required where `{other}` is `{value}`")]
    NeededWith {
        /// The other field.
        other: &'static str,
        /// Its value.
        value: &'static str,
    },
    /// A field that the operation requires is absent; see [`Entry::request`](crate::catalog::Entry::request).
    #[error("is missing")]
    Missing,
    /// A field that the operation does not have; see [`Entry::request`](crate::catalog::Entry::request).
    #[error("is not a field of the operation{}", Known(known))]
    Unknown {
        /// The fields that it has.
        known: Vec<&'static str>,
    },
    /// A value of another kind than the field's; see [`Entry::request`](crate::catalog::Entry::request).
    #[error("is not {expected}")]
    Type {
        /// What the field holds.
        expected: &'static str,
    },
    /// An entry contains a comma, which [`ListForm::Commas`](crate::ListForm::Commas) cannot represent.
    #[error("has an entry with a comma, which a list separated by commas cannot represent")]
    Comma,
    /// A date whose year does not have four digits.
    #[error("is in the year {year}, which YYYY-MM-DD cannot represent")]
    YearOutOfRange {
        /// The year.
        year: i32,
    },
    /// The URL is longer than a URL can be.
    #[error("would be {length} bytes long, which is more than a URL can be")]
    TooLong {
        /// Its length in bytes.
        length: usize,
    },
    /// A header that the transport sets.
    #[error("is a header that cannot be set by hand")]
    ReservedHeader,
    /// A header's name or value contains characters that headers cannot hold.
    #[error("is not a valid header")]
    InvalidHeader,
    /// A body that cannot be represented as JSON.
    #[error("cannot be written as JSON: {0}")]
    Json(String),
}

/// The fields that an operation has, as part of a sentence.
struct Known<'n>(&'n [&'static str]);

impl fmt::Display for Known<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            [] => f.write_str(", which has none"),
            names => write!(f, "; its fields are {}", names.join(", ")),
        }
    }
}
