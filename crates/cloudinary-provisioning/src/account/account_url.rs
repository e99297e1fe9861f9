//! The account URL: `account://KEY:SECRET@ID`.

use crate::account::origin::Origin;
use crate::outcome::account_error::AccountError;
use percent_encoding::percent_decode_str;

/// What shells and files put around values.
pub(crate) const QUOTES: [char; 7] = ['"', '\'', '`', '“', '”', '‘', '’'];

/// The pieces of an account URL, still encoded; an empty piece is a missing one.
#[derive(Default)]
pub(crate) struct AccountUrl<'u> {
    id: &'u str,
    key: &'u str,
    secret: &'u str,
    query: &'u str,
}

impl<'u> AccountUrl<'u> {
    pub(crate) fn split(url: &'u str) -> Result<Self, AccountError> {
        let invalid = |why| Err(AccountError::invalid("account URL", why));
        if url.starts_with(QUOTES) || url.ends_with(QUOTES) {
            return invalid("begins or ends with a quote");
        }
        if url.trim().len() < url.len() {
            return invalid("begins or ends with a blank or a line break");
        }
        let rest = match url.split_once("://") {
            Some((scheme, rest)) if scheme.eq_ignore_ascii_case("account") => rest,
            _ => return invalid("does not begin with `account://`"),
        };
        // A secret may contain `@` or `?`; an id does not.
        let (credentials, id) = rest.rsplit_once('@').unwrap_or(("", rest));
        let (id, query) = id.split_once('?').unwrap_or((id, ""));
        let id = id.strip_suffix('/').unwrap_or(id);
        if id.contains(['/', '?', '#', ':']) {
            return invalid("has something behind the account id");
        }
        let (key, secret) = credentials.split_once(':').unwrap_or((credentials, ""));
        Ok(Self { id, key, secret, query })
    }

    pub(crate) fn origin(&self) -> Result<Option<Origin>, AccountError> {
        let prefix = self.query.split('&').find_map(|pair| pair.strip_prefix("upload_prefix="));
        let Some(url) = prefix.map_or(Ok(None), |prefix| decoded("origin", prefix))? else { return Ok(None) };
        Origin::url(&url).map(Some)
    }

    pub(crate) fn id(&self) -> Result<Option<String>, AccountError> {
        decoded("account id", self.id)
    }

    pub(crate) fn key(&self) -> Result<Option<String>, AccountError> {
        decoded("API key", self.key)
    }

    pub(crate) fn secret(&self) -> Result<Option<String>, AccountError> {
        decoded("API secret", self.secret)
    }
}

fn decoded(part: &'static str, text: &str) -> Result<Option<String>, AccountError> {
    if text.is_empty() {
        return Ok(None);
    }
    // percent-encoding leaves a stray `%` as it is; in a secret that is more likely a mistake.
    let stray = text.split('%').skip(1).any(|rest| {
        let mut digits = rest.bytes();
        !matches!((digits.next(), digits.next()), (Some(a), Some(b)) if a.is_ascii_hexdigit() && b.is_ascii_hexdigit())
    });
    match percent_decode_str(text).decode_utf8() {
        Ok(text) if !stray => Ok(Some(text.into_owned())),
        _ => Err(AccountError::invalid(part, "is not valid percent-encoded UTF-8")),
    }
}
