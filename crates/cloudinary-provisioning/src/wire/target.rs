//! The URL of a request. Nothing else writes a caller's text into one.

use std::fmt::{self, Write};

use http::Uri;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::wire::build_error::{BuildError, BuildReason, Empty};

/// What is reserved behind the base, so that all but the longest targets grow in one piece.
const USUAL_LENGTH: usize = 256;

/// Everything but the unreserved characters of RFC 3986.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The beginning of an operation's path, and whether its requests carry credentials.
///
/// ```
/// use cloudinary_provisioning::{Account, PathPrefix, Raw, http::Method};
///
/// let account = Account::new("acc", "key", "secret")?;
/// let roles = account.request(&Raw::new(Method::GET, ["roles"]).prefix(PathPrefix::Permissions))?;
/// assert_eq!(roles.uri().path(), "/v2/accounts/acc/permissions/roles");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PathPrefix {
    /// `/v1_1/provisioning/accounts/{account_id}/…`, with credentials.
    #[default]
    Provisioning,
    /// `/v2/accounts/{account_id}/permissions/…`, with credentials.
    Permissions,
    /// `/v2/accounts/permissions/public/…`, without an account and without credentials.
    Public,
    /// `/v1_1/provisioning/…`, without an account and without credentials.
    Agents,
}

/// How a list is sent in a query.
///
/// The vendor's API description and its current SDKs repeat the key. Its classic SDKs, whose tests run against the live
/// service, use brackets (for product environments, and the Java SDK for users) or commas (for users). No live test of
/// the repeated form is known, so the form is a setting of the account; see
/// [`Account::with_list_form`](crate::Account::with_list_form).
///
/// The form applies to every list of ids, emails and cloud names. [`ContentParams`](crate::ContentParams) are always repeated: only the
/// current SDKs send them.
///
/// ```
/// use cloudinary_provisioning::{Account, ListForm, users};
///
/// let list = users::List::new().ids(["a", "b"]);
/// let query = |form| {
///     let account = Account::new("acc", "key", "secret").unwrap().with_list_form(form);
///     account.request(&list).unwrap().uri().query().unwrap().to_owned()
/// };
/// assert_eq!(query(ListForm::Repeated), "ids=a&ids=b");
/// assert_eq!(query(ListForm::Brackets), "ids%5B%5D=a&ids%5B%5D=b");
/// assert_eq!(query(ListForm::Commas), "ids=a%2Cb");
/// ```
#[doc(alias = "array")]
#[doc(alias = "brackets")]
#[doc(alias = "commas")]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ListForm {
    /// `ids=a&ids=b`, as the vendor's API description and its current SDKs have it.
    #[default]
    Repeated,
    /// `ids[]=a&ids[]=b`, as Rack and PHP read lists. The brackets are percent-encoded.
    Brackets,
    /// `ids=a,b`. The commas are percent-encoded; an entry with a comma is refused.
    Commas,
}

impl PathPrefix {
    /// Whether requests carry the account's credentials.
    pub(crate) fn has_credentials(self) -> bool {
        matches!(self, Self::Provisioning | Self::Permissions)
    }

    /// The URL up to where an operation's own segments begin.
    pub(crate) fn url(self, origin: &str, account_id: &str) -> Result<String, BuildError> {
        let (before, after) = match self {
            Self::Provisioning => ("/v1_1/provisioning/accounts/", ""),
            Self::Permissions => ("/v2/accounts/", "/permissions"),
            Self::Agents => return Ok(format!("{origin}/v1_1/provisioning")),
            Self::Public => return Ok(format!("{origin}/v2/accounts/permissions/public")),
        };
        check_segment("account_id", account_id)?;
        let mut url = String::with_capacity(origin.len() + before.len() + account_id.len() + after.len() + 64);
        url.push_str(origin);
        url.push_str(before);
        push_encoded(&mut url, account_id);
        url.push_str(after);
        Ok(url)
    }
}

/// The target of one request while it is written: first the path's segments, then the query.
pub struct Target {
    url: String,
    in_query: bool,
    form: ListForm,
}

impl fmt::Debug for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Target").field(&self.url).finish()
    }
}

impl Target {
    pub(crate) fn new(base: &str, form: ListForm) -> Self {
        let mut url = String::with_capacity(base.len() + USUAL_LENGTH);
        url.push_str(base);
        Self { url, in_query: false, form }
    }

    /// A segment that the API names itself.
    pub(crate) fn literal(&mut self, segment: &'static str) {
        self.url.push('/');
        self.url.push_str(segment);
    }

    /// A segment that the caller gives.
    pub(crate) fn segment(&mut self, field: &'static str, value: &str) -> Result<(), BuildError> {
        check_segment(field, value)?;
        self.url.push('/');
        push_encoded(&mut self.url, value);
        Ok(())
    }

    /// A pair whose key is the caller's too.
    pub(crate) fn pair(&mut self, key: &str, value: &str) {
        self.separate();
        push_encoded(&mut self.url, key);
        self.url.push('=');
        push_encoded(&mut self.url, value);
    }

    pub(crate) fn query(&mut self, key: &'static str, value: &str) {
        self.key(key);
        push_encoded(&mut self.url, value);
    }

    /// Refuses an empty id, which the service would ignore.
    pub(crate) fn query_id(&mut self, key: &'static str, value: &str) -> Result<(), BuildError> {
        if value.is_empty() {
            return Err(BuildError::empty(key, Empty::Condition));
        }
        self.query(key, value);
        Ok(())
    }

    pub(crate) fn query_number(&mut self, key: &'static str, value: i64) {
        self.key(key);
        // Writing to a String cannot fail.
        let _ = write!(self.url, "{value}");
    }

    pub(crate) fn query_date(&mut self, key: &'static str, date: time::Date) -> Result<(), BuildError> {
        if !(0..=9999).contains(&date.year()) {
            return Err(BuildError::new(key, BuildReason::YearOutOfRange { year: date.year() }));
        }
        self.key(key);
        // Digit by digit: formatting with padding costs more than the rest of the target.
        let (year, month, day) = (date.year().unsigned_abs(), u8::from(date.month()).into(), date.day().into());
        for number in [year / 100, year % 100] {
            push_two_digits(&mut self.url, number);
        }
        for number in [month, day] {
            self.url.push('-');
            push_two_digits(&mut self.url, number);
        }
        Ok(())
    }

    /// A list in the account's form. An empty list or an empty entry is refused: the service would ignore either and return
    /// everything.
    pub(crate) fn query_list<T: AsRef<str>>(&mut self, key: &'static str, values: &[T]) -> Result<(), BuildError> {
        check_entries(key, values.iter().map(AsRef::as_ref))?;
        if self.form == ListForm::Commas {
            return self.query_commas(key, values);
        }
        for value in values {
            self.separate();
            self.url.push_str(key);
            self.url.push_str(if self.form == ListForm::Brackets { "%5B%5D=" } else { "=" });
            push_encoded(&mut self.url, value.as_ref());
        }
        Ok(())
    }

    fn query_commas<T: AsRef<str>>(&mut self, key: &'static str, values: &[T]) -> Result<(), BuildError> {
        if values.iter().any(|value| value.as_ref().contains(',')) {
            return Err(BuildError::new(key, BuildReason::Comma));
        }
        self.key(key);
        for (at, value) in values.iter().enumerate() {
            if at > 0 {
                self.url.push_str("%2C");
            }
            push_encoded(&mut self.url, value.as_ref());
        }
        Ok(())
    }

    fn key(&mut self, key: &'static str) {
        self.separate();
        self.url.push_str(key);
        self.url.push('=');
    }

    fn separate(&mut self) {
        self.url.push(if self.in_query { '&' } else { '?' });
        self.in_query = true;
    }

    pub(crate) fn finish(self) -> Result<Uri, BuildError> {
        let length = self.url.len();
        // Everything in it is encoded, so that the length is all that can be wrong.
        Uri::try_from(self.url).map_err(|_| BuildError::new("url", BuildReason::TooLong { length }))
    }
}

/// Refuses a list without entries, and an entry without text.
pub(crate) fn check_entries<'t>(
    key: &'static str,
    entries: impl IntoIterator<Item = &'t str>,
) -> Result<(), BuildError> {
    let empty = |empty| Err(BuildError::empty(key, empty));
    let mut entries = entries.into_iter().peekable();
    if entries.peek().is_none() {
        return empty(Empty::Condition);
    }
    if entries.any(str::is_empty) { empty(Empty::ConditionsEntry) } else { Ok(()) }
}

/// Refuses an empty path segment, and those that a URL library or a proxy would resolve: `.` and `..`.
pub(crate) fn check_segment(field: &'static str, value: &str) -> Result<(), BuildError> {
    match value {
        "" => Err(BuildError::empty(field, Empty::Segment)),
        "." | ".." => Err(BuildError::new(field, BuildReason::DotSegment)),
        _ => Ok(()),
    }
}

fn push_encoded(url: &mut String, value: &str) {
    // Most ids, names and dates need no encoding, and a look at each byte is quicker than the encoder.
    if value.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~')) {
        url.push_str(value);
    } else {
        url.extend(utf8_percent_encode(value, RESERVED));
    }
}

fn push_two_digits(url: &mut String, number: u32) {
    for digit in [number / 10 % 10, number % 10] {
        url.extend(char::from_digit(digit, 10));
    }
}
