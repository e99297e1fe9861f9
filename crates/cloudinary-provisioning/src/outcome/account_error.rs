//! [`AccountError`]: an account or an origin that cannot be used.

use std::fmt;

/// An account or an origin that cannot be used.
///
/// It names the part, and never shows its text.
///
/// ```
/// use cloudinary_provisioning::{Account, AccountReason};
///
/// let error = Account::from_url("https://KEY:SECRET@16a8ff3b").unwrap_err();
/// assert_eq!(error.part(), "account URL");
/// assert_eq!(error.to_string(), "account URL does not begin with `account://`");
/// assert_eq!(
///     Account::new("", "KEY", "SECRET").unwrap_err().reason(),
///     &AccountReason::Missing
/// );
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{part}{} {reason}", InVariable(*variable))]
pub struct AccountError {
    part: &'static str,
    reason: AccountReason,
    variable: Option<&'static str>,
}

impl AccountError {
    pub(crate) fn new(part: &'static str, reason: AccountReason) -> Self {
        Self { part, reason, variable: None }
    }

    pub(crate) fn invalid(part: &'static str, why: &'static str) -> Self {
        Self::new(part, AccountReason::Invalid { why })
    }

    /// The same error, of a part that this variable holds.
    pub(crate) fn in_variable(self, variable: &'static str) -> Self {
        Self { variable: Some(variable), ..self }
    }

    /// Returns the part: `account URL`, `account id`, `API key`, `API secret`, `origin`, `region` or `user agent suffix`.
    pub fn part(&self) -> &'static str {
        self.part
    }

    /// Returns what is wrong with it.
    pub fn reason(&self) -> &AccountReason {
        &self.reason
    }

    /// Returns the variable that holds the part, if it was [looked up](crate::Account::from_lookup).
    pub fn variable(&self) -> Option<&'static str> {
        self.variable
    }
}

/// Where a part is, behind its name.
struct InVariable(Option<&'static str>);

impl fmt::Display for InVariable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.map_or(Ok(()), |variable| write!(f, " in {variable}"))
    }
}

/// Why a part of an account cannot be used.
///
/// ```
/// use cloudinary_provisioning::{AccountReason, Origin};
///
/// let error = Origin::url("http://api.example.com").unwrap_err();
/// assert_eq!(error.reason(), &AccountReason::Insecure);
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AccountReason {
    /// It is absent or empty.
    #[error("is missing")]
    Missing,
    /// It is neither in its variable nor in the account URL.
    #[error("is missing: set {variable} or CLOUDINARY_ACCOUNT_URL")]
    NotSet {
        /// The variable that can hold it.
        variable: &'static str,
    },
    /// It cannot be used.
    #[error("{why}")]
    Invalid {
        /// What is wrong, worded to follow the name of the part.
        why: &'static str,
    },
    /// It would send the secret in plain text over a network.
    #[error("uses http:// for a host that is not loopback, which would send the API secret in plain text")]
    Insecure,
}
