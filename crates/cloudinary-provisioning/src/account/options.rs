//! [`RequestOptions`]: options for one request.

use std::fmt;

use http::header::{CONNECTION, CONTENT_LENGTH, HOST, TRANSFER_ENCODING};
use http::{HeaderMap, HeaderName, HeaderValue};

use crate::account::origin::Origin;
use crate::wire::build_error::{BuildError, BuildReason};
use crate::wire::id::AccountId;

/// Options for one request: another origin, another account id, more headers.
///
/// `Debug` shows only the names of the headers.
///
/// ```
/// use cloudinary_provisioning::{Account, Origin, RequestOptions, users};
///
/// let account = Account::new("acc", "key", "secret")?;
/// let options = RequestOptions::new()
///     .origin(Origin::host("api.example.com")?)
///     .header("x-trace", "7");
/// let request = account.request_with(&users::List::new(), &options)?;
/// assert_eq!(request.uri().host(), Some("api.example.com"));
/// assert_eq!(request.headers()["x-trace"], "7");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Default)]
pub struct RequestOptions {
    pub(crate) origin: Option<Origin>,
    pub(crate) account_id: Option<AccountId>,
    headers: Vec<(String, Vec<u8>)>,
}

impl RequestOptions {
    /// Creates options that change nothing.
    pub fn new() -> Self {
        Self::default()
    }

    /// Sets the origin of this request, instead of the account's.
    pub fn origin(mut self, origin: Origin) -> Self {
        self.origin = Some(origin);
        self
    }

    /// Sets the account id of this request, instead of the account's own.
    pub fn account_id(mut self, id: impl Into<AccountId>) -> Self {
        self.account_id = Some(id.into());
        self
    }

    /// Adds a header. It replaces any other header of the same name.
    ///
    /// The value is marked sensitive, so that `Debug` of a request does not show it. An invalid name or value is refused
    /// when the request is built, and so are `host`, `connection`, `content-length` and `transfer-encoding`, which the
    /// transport sets.
    pub fn header(mut self, name: impl AsRef<str>, value: impl AsRef<[u8]>) -> Self {
        self.headers.push((name.as_ref().to_owned(), value.as_ref().to_owned()));
        self
    }

    pub(crate) fn apply(&self, headers: &mut HeaderMap) -> Result<(), BuildError> {
        for (name, value) in &self.headers {
            let refuse = |reason| BuildError::new(name.clone(), reason);
            let header = HeaderName::try_from(name).map_err(|_| refuse(BuildReason::InvalidHeader))?;
            let mut value = HeaderValue::from_bytes(value).map_err(|_| refuse(BuildReason::InvalidHeader))?;
            if [HOST, CONNECTION, CONTENT_LENGTH, TRANSFER_ENCODING].contains(&header) {
                return Err(refuse(BuildReason::ReservedHeader));
            }
            value.set_sensitive(true);
            headers.insert(header, value);
        }
        Ok(())
    }
}

impl fmt::Debug for RequestOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = self.headers.iter().map(|(name, _)| name).collect();
        f.debug_struct("RequestOptions")
            .field("origin", &self.origin)
            .field("account_id", &self.account_id)
            .field("headers", &names)
            .finish()
    }
}
