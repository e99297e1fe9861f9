//! [`Account`]: the credentials and the base URL.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use http::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, USER_AGENT};
use http::{HeaderMap, HeaderValue, Request};

use crate::account::account_url::{AccountUrl, QUOTES};
use crate::account::options::RequestOptions;
use crate::account::origin::{Origin, Region};
use crate::operation::operation::Operation;
use crate::outcome::account_error::{AccountError, AccountReason};
use crate::wire::build_error::BuildError;
use crate::wire::escape::is_deceptive;
use crate::wire::id::AccountId;
use crate::wire::secret::Secret;
use crate::wire::target::{ListForm, PathPrefix, Target, check_segment};

const URL: &str = "CLOUDINARY_ACCOUNT_URL";
const ACCEPT_JSON: HeaderValue = HeaderValue::from_static("application/json");
const PRODUCT: &str = concat!("Cloudinary/AccountProvisioning Rust/", env!("CARGO_PKG_VERSION"));

/// An account of the service: its id, its API key and secret, and the origin that its requests go to.
///
/// An account is cheap to clone. `Debug` shows neither the key nor the secret.
///
/// ```
/// use cloudinary_provisioning::{Account, Region, Secret, users};
///
/// let account = Account::new("16a8ff3b", "KEY", Secret::new("SECRET"))?
///     .with_region(Region::ApiEu);
/// let request = account.request(&users::Get::new("0abed8df"))?;
/// assert_eq!(request.method(), "GET");
/// assert_eq!(
///     request.uri(),
///     "https://api-eu.cloudinary.com/v1_1/provisioning/accounts/16a8ff3b/users/0abed8df"
/// );
/// assert_eq!(request.headers()["authorization"], "Basic S0VZOlNFQ1JFVA==");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone)]
pub struct Account(Arc<Parts>);

#[derive(Clone)]
struct Parts {
    id: AccountId,
    key: String,
    secret: Secret,
    origin: Origin,
    list_form: ListForm,
    /// [`PathPrefix::Provisioning`] of `origin` and `id`, where nearly all requests begin.
    provisioning: String,
    /// The headers of every request with credentials.
    headers: HeaderMap,
}

impl Account {
    /// Creates an account from its id, API key and secret, at the default region.
    ///
    /// # Errors
    ///
    /// Returns an [`AccountError`] if a part is empty, cannot be used (an id of `.` or `..`, a key with a colon), or
    /// contains what no such part has: control characters, such as the newline at the end of a file, blanks, invisible
    /// characters, or quotes. A secret may have quotes inside.
    pub fn new(
        id: impl Into<AccountId>,
        key: impl Into<String>,
        secret: impl Into<Secret>,
    ) -> Result<Self, AccountError> {
        let (id, key, secret) = (id.into(), key.into(), secret.into());
        check_id(id.as_str())?;
        check_key(&key)?;
        check_secret(secret.expose())?;
        let mut authorization =
            HeaderValue::try_from(format!("Basic {}", BASE64.encode(format!("{key}:{}", secret.expose()))))
                .map_err(|_| AccountError::invalid("API key", "cannot be sent in a header"))?;
        authorization.set_sensitive(true);

        let mut headers = HeaderMap::with_capacity(8);
        headers.insert(ACCEPT, ACCEPT_JSON);
        headers.insert(USER_AGENT, HeaderValue::from_static(PRODUCT));
        headers.insert(AUTHORIZATION, authorization);
        let origin = Origin::default();
        let provisioning = provisioning_url(&origin, &id);
        let list_form = ListForm::default();
        Ok(Self(Arc::new(Parts { id, key, secret, origin, list_form, provisioning, headers })))
    }

    /// Redacts the secret in a text from the service, as it is and in the form of the header. `None` if it has neither.
    pub(crate) fn redact(&self, text: &str) -> Option<String> {
        /// A shorter one would be found in any text.
        const SHORTEST: usize = 8;

        let header = self.0.headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
        let basic = header.and_then(|value| value.strip_prefix("Basic "));
        let mut redacted = None;
        for secret in [Some(self.0.secret.expose()), basic].into_iter().flatten() {
            let text = redacted.as_deref().unwrap_or(text);
            if secret.len() >= SHORTEST && text.contains(secret) {
                redacted = Some(text.replace(secret, "********"));
            }
        }
        redacted
    }

    /// Creates an account from a URL of the form `account://API_KEY:API_SECRET@ACCOUNT_ID`, as the service's console
    /// shows it.
    ///
    /// The key, the secret and the id may be percent-encoded.
    ///
    /// As in the vendor's classic SDKs, a query may follow: its `upload_prefix` is the origin. Other parameters, which
    /// configure other things, are ignored.
    ///
    /// ```
    /// use cloudinary_provisioning::Account;
    ///
    /// let account = Account::from_url("account://KEY:s%2Fcret@16a8ff3b")?;
    /// assert_eq!(account.id(), &"16a8ff3b");
    /// assert_eq!(account.secret().expose(), "s/cret");
    /// let europe = Account::from_url(
    ///     "account://K:S@16a8ff3b?upload_prefix=https://api-eu.cloudinary.com",
    /// )?;
    /// assert_eq!(europe.origin().as_str(), "https://api-eu.cloudinary.com");
    /// assert_eq!(
    ///     Account::from_url("account://KEY@16a8ff3b").unwrap_err().to_string(),
    ///     "API secret is missing",
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Returns an [`AccountError`] that names the part: another scheme, a missing part, an invalid percent-encoding.
    pub fn from_url(url: &str) -> Result<Self, AccountError> {
        let url = AccountUrl::split(url)?;
        let missing = |part| move || AccountError::new(part, AccountReason::Missing);
        let account = Self::new(
            url.id()?.ok_or_else(missing("account id"))?,
            url.key()?.ok_or_else(missing("API key"))?,
            url.secret()?.ok_or_else(missing("API secret"))?,
        )?;
        Ok(account.at(url.origin()?))
    }

    /// Creates an account from variables, looked up with a function: in the environment, a configuration file or a map.
    ///
    /// | variable | holds |
    /// |---|---|
    /// | `CLOUDINARY_ACCOUNT_URL` | `account://API_KEY:API_SECRET@ACCOUNT_ID` |
    /// | `CLOUDINARY_ACCOUNT_ID` | the account id; takes precedence over the URL |
    /// | `CLOUDINARY_PROVISIONING_API_KEY` | the API key; takes precedence over the URL |
    /// | `CLOUDINARY_PROVISIONING_API_SECRET` | the API secret; takes precedence over the URL |
    /// | `CLOUDINARY_REGION` | `api`, `api-eu` or `api-ap`; takes precedence over the URL |
    /// | `CLOUDINARY_ORIGIN` | the base URL; takes precedence over the region |
    ///
    /// An empty value counts as not set.
    ///
    /// ```
    /// use cloudinary_provisioning::Account;
    ///
    /// let account = Account::from_lookup(|name| match name {
    ///     "CLOUDINARY_ACCOUNT_URL" => Some("account://KEY:SECRET@16a8ff3b".to_owned()),
    ///     "CLOUDINARY_PROVISIONING_API_KEY" => Some("OTHER".to_owned()),
    ///     _ => None,
    /// })?;
    /// assert_eq!(account.key(), "OTHER");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// The same as [`from_url`](Self::from_url). The error names the variable that holds the part, or for a missing part
    /// those that can.
    pub fn from_lookup(mut lookup: impl FnMut(&str) -> Option<String>) -> Result<Self, AccountError> {
        let mut get = |name| lookup(name).filter(|value| !value.is_empty());
        let of_url = |error: AccountError| error.in_variable(URL);
        let url = get(URL);
        let url = url.as_deref().map(AccountUrl::split).transpose().map_err(of_url)?.unwrap_or_default();
        let mut part = |part, variable, in_url: &dyn Fn() -> Result<Option<String>, AccountError>, check: Check| {
            let (value, variable) = match get(variable) {
                Some(value) => (value, variable),
                None => match in_url().map_err(of_url)? {
                    Some(value) => (value, URL),
                    None => return Err(AccountError::new(part, AccountReason::NotSet { variable })),
                },
            };
            check(&value).map_err(|error| error.in_variable(variable))?;
            Ok(value)
        };
        let id = part("account id", "CLOUDINARY_ACCOUNT_ID", &|| url.id(), check_id)?;
        let key = part("API key", "CLOUDINARY_PROVISIONING_API_KEY", &|| url.key(), check_key)?;
        let secret = part("API secret", "CLOUDINARY_PROVISIONING_API_SECRET", &|| url.secret(), check_secret)?;
        let origin = match (get("CLOUDINARY_ORIGIN"), get("CLOUDINARY_REGION")) {
            (Some(origin), _) => Some(Origin::url(&origin).map_err(|error| error.in_variable("CLOUDINARY_ORIGIN"))?),
            (None, Some(region)) => {
                let region = region.parse().map_err(|error: AccountError| error.in_variable("CLOUDINARY_REGION"))?;
                Some(Origin::region(region))
            }
            (None, None) => url.origin().map_err(of_url)?,
        };
        Ok(Self::new(id, key, secret)?.at(origin))
    }

    fn at(self, origin: Option<Origin>) -> Self {
        match origin {
            Some(origin) => self.with_origin(origin),
            None => self,
        }
    }

    /// The same account at another origin.
    pub fn with_origin(mut self, origin: Origin) -> Self {
        let parts = Arc::make_mut(&mut self.0);
        parts.provisioning = provisioning_url(&origin, &parts.id);
        parts.origin = origin;
        self
    }

    /// Sets the region of the service that requests go to: short for `with_origin(Origin::region(region))`.
    pub fn with_region(self, region: Region) -> Self {
        self.with_origin(Origin::region(region))
    }

    /// Sets the form of lists in queries.
    pub fn with_list_form(mut self, form: ListForm) -> Self {
        Arc::make_mut(&mut self.0).list_form = form;
        self
    }

    /// Adds the name of the calling program to the `user-agent`, after this crate's own name.
    ///
    /// ```
    /// use cloudinary_provisioning::{Account, users};
    ///
    /// let account = Account::new("acc", "key", "secret")?
    ///     .with_user_agent_suffix("directory-sync/2.1")?;
    /// let request = account.request(&users::List::new())?;
    /// assert!(request.headers()["user-agent"].to_str()?.ends_with(" directory-sync/2.1"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Errors
    ///
    /// Returns an [`AccountError`] if the suffix contains characters that a header cannot hold.
    pub fn with_user_agent_suffix(mut self, suffix: &str) -> Result<Self, AccountError> {
        let value = HeaderValue::try_from(format!("{PRODUCT} {suffix}"))
            .map_err(|_| AccountError::invalid("user agent suffix", "has characters that a header cannot hold"))?;
        Arc::make_mut(&mut self.0).headers.insert(USER_AGENT, value);
        Ok(self)
    }

    /// Returns the account id.
    pub fn id(&self) -> &AccountId {
        &self.0.id
    }

    /// Returns the API key.
    pub fn key(&self) -> &str {
        &self.0.key
    }

    /// Returns the API secret.
    pub fn secret(&self) -> &Secret {
        &self.0.secret
    }

    /// Returns the origin that requests go to.
    pub fn origin(&self) -> &Origin {
        &self.0.origin
    }

    /// Builds the request of an operation, ready for any HTTP stack.
    ///
    /// The same operation gives the same bytes every time.
    ///
    /// # Errors
    ///
    /// Returns a [`BuildError`] that names the field that cannot be sent.
    pub fn request<O: Operation>(&self, operation: &O) -> Result<Request<Vec<u8>>, BuildError> {
        self.request_with(operation, &RequestOptions::default())
    }

    /// Builds the request of an operation, with options for this request alone.
    ///
    /// # Errors
    ///
    /// Returns a [`BuildError`] that names the field or the header that cannot be sent.
    pub fn request_with<O: Operation>(
        &self,
        operation: &O,
        options: &RequestOptions,
    ) -> Result<Request<Vec<u8>>, BuildError> {
        let prefix = operation.prefix();
        let mut target =
            if prefix == PathPrefix::Provisioning && options.origin.is_none() && options.account_id.is_none() {
                Target::new(&self.0.provisioning, self.0.list_form)
            } else {
                let origin = options.origin.as_ref().unwrap_or(&self.0.origin);
                let id = options.account_id.as_ref().unwrap_or(&self.0.id);
                Target::new(&prefix.url(origin.as_str(), id.as_str())?, self.0.list_form)
            };
        operation.target(&mut target)?;
        let body = operation.body()?;

        let mut headers = self.0.headers.clone();
        if !prefix.has_credentials() {
            headers.remove(AUTHORIZATION);
        }
        if body.is_some() {
            headers.insert(CONTENT_TYPE, ACCEPT_JSON);
        }
        options.apply(&mut headers)?;

        let mut request = Request::new(body.unwrap_or_default());
        *request.method_mut() = operation.method();
        *request.uri_mut() = target.finish()?;
        *request.headers_mut() = headers;
        Ok(request)
    }
}

impl FromStr for Account {
    type Err = AccountError;

    fn from_str(url: &str) -> Result<Self, AccountError> {
        Self::from_url(url)
    }
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Account").field("id", self.id()).field("origin", self.origin()).finish_non_exhaustive()
    }
}

fn provisioning_url(origin: &Origin, id: &AccountId) -> String {
    // The id of an account was checked when the account was made.
    PathPrefix::Provisioning.url(origin.as_str(), id.as_str()).unwrap_or_default()
}

/// Checks a part of the credentials.
type Check = fn(&str) -> Result<(), AccountError>;

fn check_id(id: &str) -> Result<(), AccountError> {
    let part = "account id";
    check_text(part, id)?;
    check_no_quotes(part, id)?;
    match check_segment("account_id", id) {
        Ok(()) => Ok(()),
        Err(_) => Err(AccountError::invalid(part, "is `.` or `..`")),
    }
}

fn check_key(key: &str) -> Result<(), AccountError> {
    let part = "API key";
    check_text(part, key)?;
    check_no_quotes(part, key)?;
    if key.contains(':') {
        return Err(AccountError::invalid(part, "has a colon, which Basic authentication cannot carry"));
    }
    Ok(())
}

fn check_secret(secret: &str) -> Result<(), AccountError> {
    check_text("API secret", secret)
}

/// Refuses what no part of the credentials has, and what shells, files and clipboards add to them.
fn check_text(part: &'static str, value: &str) -> Result<(), AccountError> {
    let invalid = |why| Err(AccountError::invalid(part, why));
    if value.is_empty() {
        return Err(AccountError::new(part, AccountReason::Missing));
    }
    if value.chars().any(|c| c.is_control() || c == char::REPLACEMENT_CHARACTER) {
        return invalid("has control characters or is not valid Unicode");
    }
    if value.starts_with(QUOTES) || value.ends_with(QUOTES) {
        return invalid("begins or ends with a quote");
    }
    if value.trim().len() < value.len() {
        return invalid("begins or ends with a blank");
    }
    if value.contains(char::is_whitespace) {
        return invalid("has a blank inside");
    }
    if value.contains(is_deceptive) {
        return invalid("has invisible characters");
    }
    Ok(())
}

fn check_no_quotes(part: &'static str, value: &str) -> Result<(), AccountError> {
    if value.contains(QUOTES) { Err(AccountError::invalid(part, "has a quote inside")) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_shells_and_files_add_to_credentials_is_named() {
        let error = |id, key, secret: &str| Account::new(id, key, secret).unwrap_err().to_string();
        for (given, expected) in [
            (error("\"acc\"", "key", "secret"), "account id begins or ends with a quote"),
            (error("acc", "ke'y", "secret"), "API key has a quote inside"),
            (error("acc", " key", "secret"), "API key begins or ends with a blank"),
            (error("acc", "key", "secret "), "API secret begins or ends with a blank"),
            (error("acc", "key", "sec ret"), "API secret has a blank inside"),
            (error("acc", "key", "secret\u{200b}"), "API secret has invisible characters"),
            (error("acc", "key", "secret\n"), "API secret has control characters or is not valid Unicode"),
        ] {
            assert_eq!(given, expected);
        }
        assert!(Account::new("acc", "key", "sec\"ret").is_ok());
    }

    #[test]
    fn an_error_names_the_variable_that_it_is_about() {
        let error = |variables: &[(&str, &str)]| {
            let all = [("CLOUDINARY_ACCOUNT_URL", "account://key:secret@acc")];
            let find = |name: &str| variables.iter().chain(&all).find(|(other, _)| *other == name);
            let error = Account::from_lookup(|name| find(name).map(|(_, value)| (*value).to_owned())).unwrap_err();
            (error.variable(), error.to_string())
        };
        for (variable, value, expected) in [
            (URL, "account://key:secret@acc ", "account URL in CLOUDINARY_ACCOUNT_URL begins or ends with a blank"),
            (URL, "'account://key:secret@acc'", "account URL in CLOUDINARY_ACCOUNT_URL begins or ends with a quote"),
            (URL, "account://key:sec%20ret@acc", "API secret in CLOUDINARY_ACCOUNT_URL has a blank inside"),
            (URL, "account://key:%ff@acc", "API secret in CLOUDINARY_ACCOUNT_URL is not valid percent-encoded UTF-8"),
            ("CLOUDINARY_ACCOUNT_ID", "..", "account id in CLOUDINARY_ACCOUNT_ID is `.` or `..`"),
            (
                "CLOUDINARY_PROVISIONING_API_KEY",
                "\"key\"",
                "API key in CLOUDINARY_PROVISIONING_API_KEY begins or ends with a quote",
            ),
            ("CLOUDINARY_ORIGIN", "nonsense", "origin in CLOUDINARY_ORIGIN does not begin with `https://`"),
            ("CLOUDINARY_REGION", "moon", "region in CLOUDINARY_REGION is not `api`"),
        ] {
            let (named, text) = error(&[(variable, value)]);
            assert!(named == Some(variable) && text.starts_with(expected), "{text}");
        }
    }
}
