//! [`ClientBuilder`]: how a client is configured.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use cloudinary_provisioning::http::StatusCode;
use cloudinary_provisioning::{Account, Fault, RequestOptions, RetryPolicy};
use ureq::{Agent, Proxy, ProxyProtocol};

use crate::client::{Client, Shared};
use crate::clock::{Clock, SystemClock};
use crate::error::{ConfigError, Error};
use crate::tls::Tls;
use crate::transport::{LateAgent, Transport, clamp};

const DEFAULT_CONNECT_TIMEOUT: Duration = Duration::from_secs(10);

/// Configures a [`Client`].
///
/// | setting | default |
/// |---|---|
/// | [`retry`](Self::retry) | [`RetryPolicy::default`]: 3 attempts, 30 s each, 120 s in all |
/// | [`timeout`](Self::timeout) | the retry policy's 30 s an attempt |
/// | [`connect_timeout`](Self::connect_timeout) | 10 s |
/// | [`header`](Self::header) | none |
/// | [`body_limit`](Self::body_limit) | 64 MiB |
/// | [`user_agent_suffix`](Self::user_agent_suffix) | none |
/// | [`on_retry`](Self::on_retry) | nothing |
/// | [`proxy`](Self::proxy) | from `ALL_PROXY`, `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` |
/// | [`tls_config`](Self::tls_config) | by the features that are on |
/// | [`agent`](Self::agent) | one of its own |
/// | [`clock`](Self::clock) | the system's |
///
/// ```
/// use std::time::Duration;
/// use cloudinary_provisioning_ureq::{Client, cloudinary_provisioning::{Account, RetryPolicy}};
///
/// let account = Account::new("acc", "key", "secret")?;
/// let client = Client::builder(account)
///     .retry(RetryPolicy::default().max_attempts(5).attempt_timeout(Duration::from_secs(10)))
///     .user_agent_suffix("directory-sync/2.1")
///     .on_retry(|event| eprintln!("{event}"))
///     .build()?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use = "a builder does nothing until `build`"]
pub struct ClientBuilder {
    account: Account,
    retry: RetryPolicy,
    timeout: Option<Duration>,
    request: RequestOptions,
    connect_timeout: Option<Duration>,
    body_limit: u64,
    user_agent_suffix: Option<String>,
    on_retry: Option<Arc<RetryHook>>,
    proxy: Option<Proxy>,
    /// Whether `proxy` was given, and not found in the environment.
    proxy_given: bool,
    tls: Tls,
    agent: Option<Agent>,
    clock: Arc<dyn Clock>,
}

pub(crate) type RetryHook = dyn Fn(&RetryEvent<'_>) + Send + Sync;

/// A repeat that is about to happen, as the [`on_retry`](ClientBuilder::on_retry) hook is told of it.
///
/// It holds no URL and no header, and so no secret. `Display` is one line for a log.
///
/// ```
/// use cloudinary_provisioning_ureq::RetryEvent;
///
/// fn log(event: &RetryEvent<'_>) {
///     eprintln!("{event}");
///     if event.status.is_some_and(|status| status == 429) {
///         eprintln!("throttled for {:?}", event.delay);
///     }
/// }
/// ```
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct RetryEvent<'e> {
    /// The `operationId`.
    pub operation: &'static str,
    /// The number of the attempt that failed, from 1.
    pub attempt: u32,
    /// The status that came, if a reply did.
    pub status: Option<StatusCode>,
    /// What happened where no reply came.
    pub fault: Option<Fault>,
    /// How long the client waits now.
    pub delay: Duration,
    /// The service's id of the request that failed.
    pub request_id: Option<&'e str>,
}

impl fmt::Display for RetryEvent<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: attempt {}: ", self.operation, self.attempt)?;
        match (self.status, self.fault) {
            (Some(status), _) => write!(f, "status {}", status.as_u16())?,
            (None, Some(fault)) => write!(f, "{fault}")?,
            (None, None) => f.write_str("failed")?,
        }
        if let Some(id) = self.request_id {
            write!(f, " (request {id})")?;
        }
        write!(f, ", again in {:.1?}", self.delay)
    }
}

impl ClientBuilder {
    pub(crate) fn new(account: Account) -> Self {
        Self {
            account,
            retry: RetryPolicy::default(),
            timeout: None,
            request: RequestOptions::default(),
            connect_timeout: None,
            body_limit: 64 * 1024 * 1024,
            user_agent_suffix: None,
            on_retry: None,
            proxy: Proxy::try_from_env(),
            proxy_given: false,
            tls: Tls::default(),
            agent: None,
            clock: Arc::new(SystemClock),
        }
    }

    /// Configures a client of the account that the environment names; see [`Client::from_env`].
    ///
    /// # Errors
    ///
    /// Where a part is missing or cannot be used.
    pub fn from_env() -> Result<Self, Error> {
        // What is no Unicode becomes replacement characters, which an account refuses by the part's name.
        let variable = |name: &str| std::env::var_os(name).map(|value| value.to_string_lossy().into_owned());
        Ok(Self::new(Account::from_lookup(variable)?))
    }

    /// How often and how long to try, where a call does not say otherwise.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = policy;
        self
    }

    /// How long one attempt may take, in place of the retry policy's own limit.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// One more header on every request; see [`header`](RequestOptions::header). What a call sets replaces it.
    pub fn header(mut self, name: impl AsRef<str>, value: impl AsRef<[u8]>) -> Self {
        self.request = self.request.header(name, value);
        self
    }

    /// How long resolving the name and connecting, TLS included, may take each. What fails here was surely not sent.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = Some(timeout);
        self
    }

    /// The largest body to take, in bytes after decompression. A larger one is an error, and is not read further.
    pub fn body_limit(mut self, bytes: u64) -> Self {
        self.body_limit = bytes;
        self
    }

    /// Names the calling program in the `user-agent`, behind this crate's own name: `directory-sync/2.1`.
    pub fn user_agent_suffix(mut self, suffix: impl Into<String>) -> Self {
        self.user_agent_suffix = Some(suffix.into());
        self
    }

    /// Called before the delay of every repeat.
    pub fn on_retry(mut self, hook: impl Fn(&RetryEvent<'_>) + Send + Sync + 'static) -> Self {
        self.on_retry = Some(Arc::new(hook));
        self
    }

    /// The proxy to use, or none, in place of what the environment says.
    pub fn proxy(mut self, proxy: Option<Proxy>) -> Self {
        self.proxy = proxy;
        self.proxy_given = true;
        self
    }

    /// The TLS configuration: root certificates, a client certificate, the provider.
    #[cfg(any(feature = "rustls", feature = "rustls-no-provider", feature = "native-tls"))]
    pub fn tls_config(mut self, config: ureq::tls::TlsConfig) -> Self {
        self.tls.set(config);
        self
    }

    /// An agent of your own, with its connector, resolver, pool, proxy and TLS.
    ///
    /// Set these on it, or the client sets them on every request, which costs TLS session resumption:
    /// `http_status_as_error(false)`, `max_redirects(0)`, and `timeout_global` to the attempt timeout of the retry
    /// policy. Its features are not checked: what makes ureq panic will.
    pub fn agent(mut self, agent: Agent) -> Self {
        self.agent = Some(agent);
        self
    }

    /// Where time, chance and sleep come from, for tests.
    pub fn clock(mut self, clock: impl Clock + 'static) -> Self {
        self.clock = Arc::new(clock);
        self
    }

    /// How to wait between attempts, for tests that want nothing else of a [`Clock`].
    pub fn sleep(self, sleep: impl Fn(Duration) + Send + Sync + 'static) -> Self {
        struct Sleep<F>(F);

        impl<F: Fn(Duration) + Send + Sync> Clock for Sleep<F> {
            fn sleep(&self, delay: Duration) {
                (self.0)(delay);
            }
        }

        self.clock(Sleep(sleep))
    }

    /// The client.
    ///
    /// # Errors
    ///
    /// Where ureq could not run with this configuration, or the user agent suffix cannot be sent.
    pub fn build(mut self) -> Result<Client, Error> {
        if let Some(suffix) = self.user_agent_suffix.take() {
            self.account = self.account.with_user_agent_suffix(&suffix)?;
        }
        let client = self.assemble();
        match client.misconfigured(client.account().origin().as_str().starts_with("https://")) {
            Some(error) => Err(error.into()),
            None => Ok(client),
        }
    }

    /// The client, with a fault of its configuration inside, to be reported by its calls.
    pub(crate) fn assemble(mut self) -> Client {
        if let Some(timeout) = self.timeout {
            self.retry = self.retry.attempt_timeout(timeout);
        }
        let agent = self.agent.take();
        let has_tls = agent.is_some() || Tls::IS_ON;
        let (transport, checked) = match agent {
            Some(agent) => {
                let configured = self.proxy_given || self.tls.is_set() || self.connect_timeout.is_some();
                let checked = if configured { Err(ConfigError::AgentIsConfigured) } else { Ok(()) };
                let agent = LateAgent::new(move |_| agent.clone());
                (Transport { agent, fresh: None, body_limit: self.body_limit }, checked)
            }
            None => self.own_transport(),
        };
        Client::from_shared(Shared {
            account: self.account,
            transport,
            policy: self.retry,
            request: self.request,
            on_retry: self.on_retry,
            clock: self.clock,
            has_tls,
            misconfigured: checked.err(),
        })
    }

    /// Two agents of the same configuration: one that keeps connections, and one that opens one for every request.
    /// They are agents, and not one agent with requests configured singly, so that both resume TLS sessions.
    fn own_transport(&self) -> (Transport, Result<(), ConfigError>) {
        let connect_timeout = self.connect_timeout.unwrap_or(DEFAULT_CONNECT_TIMEOUT);
        let connect_timeout = Some(clamp(connect_timeout));
        let checked = check_proxy(self.proxy.as_ref()).and_then(|()| self.tls.check());
        let agent = |idle: Option<usize>| {
            let (tls, proxy) = (self.tls.clone(), self.proxy.clone());
            LateAgent::new(move |timeout| {
                let mut config = Agent::config_builder()
                    .http_status_as_error(false)
                    .max_redirects(0)
                    .timeout_global(Some(timeout))
                    .timeout_resolve(connect_timeout)
                    .timeout_connect(connect_timeout)
                    .proxy(proxy.clone());
                if let Some(idle) = idle {
                    config = config.max_idle_connections(idle);
                }
                Agent::new_with_config(tls.apply(config).build())
            })
        };
        let (agent, fresh) = (agent(None), Some(agent(Some(0))));
        (Transport { agent, fresh, body_limit: self.body_limit }, checked)
    }
}

impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ClientBuilder")
            .field("account", &self.account)
            .field("retry", &self.retry)
            .finish_non_exhaustive()
    }
}

/// Refuses a proxy that ureq would panic on, or silently not use.
fn check_proxy(proxy: Option<&Proxy>) -> Result<(), ConfigError> {
    let socks = proxy.is_some_and(|proxy| !matches!(proxy.protocol(), ProxyProtocol::Http | ProxyProtocol::Https));
    if socks && !cfg!(feature = "socks-proxy") {
        return Err(ConfigError::SocksProxy);
    }
    Ok(())
}

#[cfg(test)]
mod tests {

    #[cfg(any(feature = "rustls", feature = "rustls-no-provider", feature = "native-tls"))]
    use ureq::tls::{RootCerts, TlsConfig, TlsProvider};

    use super::*;
    use crate::error::ErrorKind;

    fn account() -> Account {
        Account::new("acc", "key", "secret").unwrap()
    }

    fn refused(builder: ClientBuilder) -> ConfigError {
        match builder.build().unwrap_err().kind() {
            ErrorKind::Config(error) => error.clone(),
            other => panic!("{other:?}"),
        }
    }

    #[cfg(any(feature = "rustls", feature = "rustls-no-provider", feature = "native-tls"))]
    #[allow(dead_code, reason = "not every combination of features leaves something to refuse")]
    fn tls(provider: TlsProvider, roots: RootCerts) -> ClientBuilder {
        Client::builder(account())
            .proxy(None)
            .tls_config(TlsConfig::builder().provider(provider).root_certs(roots).build())
    }

    #[test]
    fn an_agent_comes_with_its_own_connection_settings() {
        let builder = || Client::builder(account()).agent(ureq::agent());
        assert!(builder().build().is_ok());
        for configured in [builder().proxy(None), builder().connect_timeout(Duration::from_secs(1))] {
            assert_eq!(refused(configured), ConfigError::AgentIsConfigured);
        }
        #[cfg(any(feature = "rustls", feature = "rustls-no-provider", feature = "native-tls"))]
        assert_eq!(refused(builder().tls_config(TlsConfig::default())), ConfigError::AgentIsConfigured);
    }

    #[test]
    fn a_user_agent_suffix_that_no_header_can_hold_is_refused() {
        let error = Client::builder(account()).user_agent_suffix("a\nb").build().unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Account(error) if error.part() == "user agent suffix"), "{error}");
    }

    #[cfg(not(feature = "socks-proxy"))]
    #[test]
    fn a_socks_proxy_without_its_feature_is_refused() {
        for proxy in ["socks4://127.0.0.1:1", "socks4a://127.0.0.1:1", "socks5://127.0.0.1:1", "socks5h://127.0.0.1:1"]
        {
            let proxy = Proxy::new(proxy).unwrap();
            assert_eq!(refused(Client::builder(account()).proxy(Some(proxy))), ConfigError::SocksProxy);
        }
    }

    #[cfg(feature = "socks-proxy")]
    #[test]
    fn a_socks_proxy_with_its_feature_is_taken() {
        let proxy = Proxy::new("socks5://127.0.0.1:1").unwrap();
        assert_eq!(check_proxy(Some(&proxy)), Ok(()));
    }

    #[cfg(all(any(feature = "rustls", feature = "rustls-no-provider"), not(feature = "native-tls")))]
    #[test]
    fn native_tls_without_its_feature_is_refused() {
        let expected = ConfigError::TlsProvider { provider: "native-tls" };
        assert_eq!(refused(tls(TlsProvider::NativeTls, RootCerts::WebPki)), expected);
    }

    #[cfg(all(feature = "rustls", not(feature = "platform-verifier")))]
    #[test]
    fn the_platform_verifier_without_its_feature_is_refused() {
        let error = refused(tls(TlsProvider::Rustls, RootCerts::PlatformVerifier));
        assert!(matches!(error, ConfigError::RootCerts { feature: "`platform-verifier`", .. }), "{error}");
    }

    #[cfg(all(feature = "rustls-no-provider", not(any(feature = "rustls", feature = "platform-verifier"))))]
    #[test]
    fn rustls_without_a_crypto_provider_is_refused() {
        assert_eq!(refused(Client::builder(account()).proxy(None)), ConfigError::NoCryptoProvider);
        let no_roots = RootCerts::new_with_certs(&[]);
        assert_eq!(refused(tls(TlsProvider::Rustls, no_roots)), ConfigError::NoCryptoProvider);
    }

    #[cfg(not(any(feature = "rustls", feature = "rustls-no-provider", feature = "native-tls")))]
    #[test]
    fn without_tls_only_https_is_refused() {
        use cloudinary_provisioning::{Origin, users};

        let loopback = || account().with_origin(Origin::url("http://127.0.0.1:1").unwrap());
        assert_eq!(refused(Client::builder(account()).proxy(None)), ConfigError::NoTls);
        assert!(Client::builder(loopback()).proxy(None).build().is_ok());

        // A client that was made without `build` says so when it is used, and a call to another origin too.
        let error = Client::new(account()).send(&users::Get::new("id")).unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Config(ConfigError::NoTls)), "{error}");
        let client = Client::builder(loopback()).proxy(None).build().unwrap();
        let error = client.call(&users::Get::new("id")).origin(Origin::default()).send().unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Config(ConfigError::NoTls)), "{error}");
        assert_eq!((error.attempts(), error.maybe_applied()), (0, false));
    }

    #[cfg(any(feature = "rustls", feature = "native-tls"))]
    #[test]
    fn the_default_configuration_is_taken_and_asks_for_tls() {
        use cloudinary_provisioning::{Origin, users};

        let client = Client::builder(account()).proxy(None).build().unwrap();
        // Nothing listens there, which is found out before TLS is; nothing panics on the way.
        let origin = Origin::url("https://127.0.0.1:1").unwrap();
        let get = users::Get::new("id");
        let error = client.call(&get).origin(origin).retry(RetryPolicy::none()).send().unwrap_err();
        assert!(matches!(error.kind(), ErrorKind::Transport(Fault::NotSent)), "{error:?}");
    }
}
