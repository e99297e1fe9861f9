//! [`AccountError`]: an account or an origin that cannot be used.

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
#[error("{part} {reason}")]
pub struct AccountError {
    part: &'static str,
    reason: AccountReason,
}

impl AccountError {
    pub(crate) fn new(part: &'static str, reason: AccountReason) -> Self {
        Self { part, reason }
    }

    pub(crate) fn invalid(part: &'static str, why: &'static str) -> Self {
        Self::new(part, AccountReason::Invalid { why })
    }

    /// Returns the part: `account URL`, `account id`, `API key`, `API secret`, `origin`, `region` or `user agent suffix`.
    pub fn part(&self) -> &'static str {
        self.part
    }

    /// Returns what is wrong with it.
    pub fn reason(&self) -> &AccountReason {
        &self.reason
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
