//! [`Origin`]: the base URL of requests.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;
use std::sync::Arc;

use http::Uri;
use percent_encoding::percent_decode_str;

use crate::outcome::account_error::{AccountError, AccountReason};

/// A regional endpoint of the service.
///
/// ```
/// use cloudinary_provisioning::{Origin, Region};
///
/// assert_eq!(Origin::region(Region::ApiAp).as_str(), "https://api-ap.cloudinary.com");
/// assert_eq!(Origin::default(), Origin::region(Region::Api));
/// assert_eq!("api-eu".parse(), Ok(Region::ApiEu));
/// assert_eq!(Region::ALL.map(|region| region.to_string()), ["api", "api-eu", "api-ap"]);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Region {
    /// `api.cloudinary.com`, the default.
    #[default]
    Api,
    /// `api-eu.cloudinary.com`, Europe.
    #[doc(alias = "europe")]
    #[doc(alias = "eu")]
    ApiEu,
    /// `api-ap.cloudinary.com`, Asia-Pacific.
    #[doc(alias = "asia")]
    ApiAp,
}

impl Region {
    /// All regions.
    pub const ALL: [Self; 3] = [Self::Api, Self::ApiEu, Self::ApiAp];

    /// Returns the vendor's name of the region, which is also the first part of its host: `api-eu`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Api => "api",
            Self::ApiEu => "api-eu",
            Self::ApiAp => "api-ap",
        }
    }
}

impl fmt::Display for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl FromStr for Region {
    type Err = AccountError;

    /// Reads the vendor's name of a region: `api`, `api-eu` or `api-ap`.
    fn from_str(name: &str) -> Result<Self, AccountError> {
        let unknown = AccountError::invalid("region", "is not `api`, `api-eu` or `api-ap`");
        Self::ALL.into_iter().find(|region| region.as_str() == name).ok_or(unknown)
    }
}

/// The base URL of requests: a scheme, a host, a port and a path prefix.
///
/// The default is `https://api.cloudinary.com`.
///
/// ```
/// use cloudinary_provisioning::Origin;
///
/// assert_eq!(Origin::host("api.example.com")?.as_str(), "https://api.example.com");
/// assert_eq!(
///     Origin::url("https://gateway.example.com/cloudinary/")?.as_str(),
///     "https://gateway.example.com/cloudinary"
/// );
/// assert_eq!(Origin::url("http://127.0.0.1:8080")?.as_str(), "http://127.0.0.1:8080");
/// // Sending credentials in plain text over a network is an explicit opt-in:
/// assert!(Origin::url("http://proxy.internal").is_err());
/// assert!(Origin::url_allowing_http("http://proxy.internal").is_ok());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Origin(Arc<str>);

impl Origin {
    /// Creates the origin of a regional endpoint of the service.
    pub fn region(region: Region) -> Self {
        Self(Arc::from(format!("https://{region}.cloudinary.com")))
    }

    /// Creates the origin of a custom host, with an optional port, over HTTPS.
    ///
    /// # Errors
    ///
    /// Returns an [`AccountError`] if this is not a host.
    pub fn host(host: &str) -> Result<Self, AccountError> {
        if host.contains('/') {
            return Err(AccountError::invalid("origin", "is not a host"));
        }
        Self::url(&format!("https://{host}"))
    }

    /// Parses a server URL of the form `https://host[:port][/prefix]`.
    ///
    /// `http://` is accepted for loopback hosts only (`localhost`, `127.0.0.0/8`, `[::1]`).
    ///
    /// # Errors
    ///
    /// Returns an [`AccountError`] if this is not such a URL, or would send credentials in plain text over a network.
    pub fn url(url: &str) -> Result<Self, AccountError> {
        let (origin, uri) = Self::parse(url)?;
        if uri.scheme_str() == Some("http") && !uri.host().is_some_and(Self::is_loopback_host) {
            return Err(AccountError::new("origin", AccountReason::Insecure));
        }
        Ok(origin)
    }

    /// Parses a server URL that may be `http://` for any host, which sends the key and the secret in plain text.
    ///
    /// # Errors
    ///
    /// Returns an [`AccountError`] if this is not such a URL.
    pub fn url_allowing_http(url: &str) -> Result<Self, AccountError> {
        Self::parse(url).map(|(origin, _)| origin)
    }

    /// Whether requests to this host of a URL do not leave the machine: `localhost`, `127.0.0.0/8` or `[::1]`.
    ///
    /// ```
    /// use cloudinary_provisioning::Origin;
    ///
    /// assert!(Origin::is_loopback_host("localhost") && Origin::is_loopback_host("[::1]"));
    /// assert!(!Origin::is_loopback_host("localhost.example.com"));
    /// ```
    pub fn is_loopback_host(host: &str) -> bool {
        let address = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
        host.eq_ignore_ascii_case("localhost") || address.parse().is_ok_and(|address: IpAddr| address.is_loopback())
    }

    fn parse(url: &str) -> Result<(Self, Uri), AccountError> {
        let invalid = |why| AccountError::invalid("origin", why);
        if url.contains(['?', '#']) {
            return Err(invalid("has a query or a fragment"));
        }
        let uri: Uri = url.parse().map_err(|_| invalid("is not a URL"))?;
        let scheme = match uri.scheme_str() {
            Some("https") => "https",
            Some("http") => "http",
            _ => return Err(invalid("does not begin with `https://`")),
        };
        let authority = uri.authority().ok_or_else(|| invalid("has no host"))?;
        if authority.as_str().contains('@') {
            return Err(invalid("has credentials; give them to the account instead"));
        }
        let host = authority.host();
        let port = authority.as_str().get(host.len()..).unwrap_or_default();
        if host.is_empty() || !(port.is_empty() || authority.port_u16().is_some_and(|port| port > 0)) {
            return Err(invalid("has no valid host and port"));
        }
        let prefix = uri.path().trim_end_matches('/');
        let dots = |segment: &str| matches!(percent_decode_str(segment).decode_utf8_lossy().as_ref(), "" | "." | "..");
        if prefix.split('/').skip(1).any(dots) {
            return Err(invalid("has an empty, `.` or `..` segment in its path"));
        }
        Ok((Self(Arc::from(format!("{scheme}://{authority}{prefix}"))), uri))
    }

    /// Returns the URL, without a trailing slash.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for Origin {
    fn default() -> Self {
        Self::region(Region::default())
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}
