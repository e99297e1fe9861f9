//! [`ConfigError`]: a configuration that cannot work.

use cloudinary_provisioning::Error;

/// A configuration that ureq could not run with: it would panic on the first request, or ignore a setting.
///
/// It is the error inside [`ErrorKind::Config`](cloudinary_provisioning::ErrorKind::Config).
///
/// ```
/// use cloudinary_provisioning_ureq::{Account, Client, ConfigError, ErrorKind, ureq};
///
/// let account = Account::new("acc", "key", "secret")?;
/// let error =
///     Client::builder(account).agent(ureq::agent()).proxy(None).build().unwrap_err();
/// let ErrorKind::Config(config) = error.kind() else { panic!("{error}") };
/// assert_eq!(config.downcast_ref(), Some(&ConfigError::AgentIsConfigured));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// The origin is `https://`, and no TLS feature is on.
    #[error("the origin is https:// and no TLS feature is on: `rustls`, `native-tls` or `rustls-no-provider`")]
    NoTls,
    /// The TLS configuration asks for a provider whose feature is off.
    #[error("the TLS configuration asks for {provider}, and its feature is off")]
    TlsProvider {
        /// `rustls` or `native-tls`.
        provider: &'static str,
    },
    /// The TLS configuration asks for root certificates whose feature is off.
    #[error("the TLS configuration asks for {roots}, which needs the feature {feature}")]
    RootCerts {
        /// The root certificates that it asks for.
        roots: &'static str,
        /// The feature that they need.
        feature: &'static str,
    },
    /// Only the feature `rustls-no-provider` is on, and there is no crypto provider.
    #[error(
        "rustls has no crypto provider: install a process default, set one in the TLS configuration, or enable the feature `rustls`"
    )]
    NoCryptoProvider,
    /// The proxy is a SOCKS proxy, and the feature is off.
    #[error("the proxy is a SOCKS proxy, and the feature `socks-proxy` is off")]
    SocksProxy,
    /// An environment variable names a proxy that cannot be used, or is not valid Unicode. Its value, which may contain a
    /// password, is not shown.
    #[error("the variable {variable} names a proxy that cannot be used, or is not valid Unicode")]
    ProxyVariable {
        /// The variable.
        variable: &'static str,
    },
    /// An agent was given together with settings that belong on the agent.
    #[error("an agent is given: TLS, proxy and connect timeout must be set on the agent")]
    AgentIsConfigured,
    /// A transport was given together with settings that only ureq has.
    #[error("a transport is given: agent, TLS, proxy, connect timeout and body limit must be set on the transport")]
    TransportIsConfigured,
}

impl From<ConfigError> for Error {
    fn from(error: ConfigError) -> Self {
        Self::config(error)
    }
}
