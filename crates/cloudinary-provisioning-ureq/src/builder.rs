//! [`ClientBuilder`]: how a client is configured.

use std::fmt;
use std::time::Duration;

use cloudinary_provisioning::http::Request;
use cloudinary_provisioning::{
    Account, AttemptEvent, CallEvent, Error, Origin, Outcome, Region, RequestOptions, RetryEvent, RetryPolicy,
    SharedThrottle, Transport,
};
use ureq::{Agent, Proxy};

use crate::attempt::agents::{Agents, connect_timeout};
use crate::attempt::proxy::{self, EnvProxy};
use crate::attempt::tls::Tls;
use crate::attempt::transport::UreqTransport;
use crate::cancel::CancelFlag;
use crate::client::Client;
use crate::clock::{Clock, SystemClock, Timeline};
use crate::config_error::ConfigError;
use crate::engine::{Engine, Hooks};

const DEFAULT_BODY_LIMIT: u64 = 64 * 1024 * 1024;

/// Configures a [`Client`].
///
/// | setting | default |
/// |---|---|
/// | [`origin`](Self::origin), [`region`](Self::region) | the account's; by default `https://api.cloudinary.com` |
/// | [`retry`](Self::retry) | [`RetryPolicy::default`]: 3 attempts, 30 s each, 120 s in all |
/// | [`timeout`](Self::timeout) | the retry policy's 30 s an attempt |
/// | [`connect_timeout`](Self::connect_timeout) | 10 s |
/// | [`header`](Self::header) | none |
/// | [`body_limit`](Self::body_limit) | 64 MiB |
/// | [`user_agent_suffix`](Self::user_agent_suffix) | none |
/// | [`on_retry`](Self::on_retry), [`on_attempt`](Self::on_attempt), [`on_end`](Self::on_end) | none |
/// | [`cancel_flag`](Self::cancel_flag) | never set |
/// | [`proxy`](Self::proxy) | read from the environment |
/// | `tls_config` | depends on the features |
/// | [`agent`](Self::agent) | created by the client |
/// | [`transport`](Self::transport), [`wrap_transport`](Self::wrap_transport) | ureq |
/// | [`clock`](Self::clock), [`sleep`](Self::sleep) | the system's |
///
/// ```
/// use std::time::Duration;
/// use cloudinary_provisioning_ureq::{Account, Client, RetryPolicy};
///
/// let account = Account::new("acc", "key", "secret")?;
/// let client = Client::builder(account)
///     .retry(
///         RetryPolicy::default().max_attempts(5).attempt_timeout(Duration::from_secs(10)),
///     )
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
    body_limit: Option<u64>,
    user_agent_suffix: Option<String>,
    hooks: Hooks,
    cancel: CancelFlag,
    proxy: ProxyChoice,
    tls: Tls,
    agent: Option<Agent>,
    transport: Option<BoxTransport>,
    wrap: Option<Box<dyn FnOnce(BoxTransport) -> BoxTransport>>,
    clock: Box<dyn Clock>,
}

type BoxTransport = Box<dyn Transport + Send + Sync>;

/// The transport that [`ClientBuilder::wrap_transport`] wraps.
///
/// ```
/// use cloudinary_provisioning_ureq::{Account, Client, InnerTransport};
///
/// let account = Account::new("acc", "key", "secret")?;
/// // Adds nothing to the transport.
/// let unchanged = |inner: InnerTransport| inner;
/// let client = Client::builder(account).wrap_transport(unchanged).build()?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct InnerTransport(BoxTransport);

impl Transport for InnerTransport {
    fn send(&self, request: &Request<Vec<u8>>, timeout: Duration) -> Outcome {
        self.0.send(request, timeout)
    }
}

impl fmt::Debug for InnerTransport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InnerTransport").finish_non_exhaustive()
    }
}

enum ProxyChoice {
    Environment,
    Given(Option<Proxy>),
}

impl ProxyChoice {
    fn is_given(&self) -> bool {
        matches!(self, Self::Given(_))
    }

    fn given(&self) -> Option<&Proxy> {
        match self {
            Self::Given(proxy) => proxy.as_ref(),
            Self::Environment => None,
        }
    }
}

impl ClientBuilder {
    fn new(account: Account) -> Self {
        Self {
            account,
            retry: RetryPolicy::default(),
            timeout: None,
            request: RequestOptions::default(),
            connect_timeout: None,
            body_limit: None,
            user_agent_suffix: None,
            hooks: Hooks::default(),
            cancel: CancelFlag::default(),
            proxy: ProxyChoice::Environment,
            tls: Tls::default(),
            agent: None,
            transport: None,
            wrap: None,
            clock: Box::new(SystemClock),
        }
    }

    /// Configures a client of the account in the environment; see [`Client::from_env`].
    ///
    /// # Errors
    ///
    /// Returns an error if a part of the account is missing or cannot be used.
    pub fn from_env() -> Result<Self, Error> {
        // What is not Unicode becomes replacement characters, which an account refuses, naming the part.
        let variable = |name: &str| std::env::var_os(name).map(|value| value.to_string_lossy().into_owned());
        Ok(Self::new(Account::from_lookup(variable)?))
    }

    /// Sets the origin that requests go to, instead of the account's.
    pub fn origin(mut self, origin: Origin) -> Self {
        self.account = self.account.with_origin(origin);
        self
    }

    /// Sets the region of the service that requests go to: short for `origin(Origin::region(region))`.
    pub fn region(self, region: Region) -> Self {
        self.origin(Origin::region(region))
    }

    /// Sets the retry policy of all calls; a call can have another one.
    pub fn retry(mut self, policy: RetryPolicy) -> Self {
        self.retry = policy;
        self
    }

    /// Sets the timeout of one attempt, instead of the retry policy's.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = Some(timeout);
        self
    }

    /// Adds a header to every request; see [`RequestOptions::header`]. A call's own header of the same name replaces it.
    pub fn header(mut self, name: impl AsRef<str>, value: impl AsRef<[u8]>) -> Self {
        self.request = self.request.header(name, value);
        self
    }

    /// Sets the timeout of connecting: of resolving the name first, and then of TCP and TLS together.
    ///
    /// A request whose connection times out was not sent, so every operation is retried. Both timeouts together always
    /// end a little before that of the attempt. If the connection is reset or closed during the TLS handshake, ureq does
    /// not tell whether the request was sent, so it counts as possibly sent.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.connect_timeout = Some(timeout);
        self
    }

    /// Sets the largest body to accept, in bytes after decompression. A larger one is an error, and is not read further.
    pub fn body_limit(mut self, bytes: u64) -> Self {
        self.body_limit = Some(bytes);
        self
    }

    /// Adds the name of the calling program, such as `directory-sync/2.1`, to the `user-agent`.
    pub fn user_agent_suffix(mut self, suffix: impl Into<String>) -> Self {
        self.user_agent_suffix = Some(suffix.into());
        self
    }

    /// Sets a hook that is called before the delay of every retry, with the cause.
    pub fn on_retry(mut self, hook: impl Fn(&RetryEvent<'_>) + Send + Sync + 'static) -> Self {
        self.hooks.retry = Some(Box::new(hook));
        self
    }

    /// Sets a hook that is called at the end of every attempt, with its duration and outcome, such as for metrics.
    ///
    /// ```
    /// use cloudinary_provisioning_ureq::{Account, Client};
    ///
    /// let client = Client::builder(Account::new("acc", "key", "secret")?)
    ///     .on_attempt(|event| {
    ///         let remaining = event.rate_limit().remaining;
    ///         eprintln!("{}: {:?}, {remaining:?} left", event.operation, event.duration);
    ///     })
    ///     .build()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn on_attempt(mut self, hook: impl Fn(&AttemptEvent<'_>) + Send + Sync + 'static) -> Self {
        self.hooks.attempt = Some(Box::new(hook));
        self
    }

    /// Sets a hook that is called at the end of every call, with its result.
    ///
    /// ```
    /// use cloudinary_provisioning_ureq::{Account, Client};
    ///
    /// let client = Client::builder(Account::new("acc", "key", "secret")?)
    ///     .on_end(|event| {
    ///         let waited = event.waited;
    ///         eprintln!("{}: {:?}, of which it waited {waited:?}", event.operation, event.elapsed);
    ///     })
    ///     .build()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn on_end(mut self, hook: impl Fn(&CallEvent<'_>) + Send + Sync + 'static) -> Self {
        self.hooks.end = Some(Box::new(hook));
        self
    }

    /// Sets the flag that cancels the calls of the client.
    pub fn cancel_flag(mut self, flag: CancelFlag) -> Self {
        self.cancel = flag;
        self
    }

    /// Sets the proxy, or none, instead of the environment's.
    ///
    /// | origin of the account | variables; the first one that is set counts |
    /// |---|---|
    /// | `https://` | `HTTPS_PROXY`, `https_proxy`, `ALL_PROXY`, `all_proxy` |
    /// | `http://` | `HTTP_PROXY`, `http_proxy`, `ALL_PROXY`, `all_proxy` |
    ///
    /// Hosts in `NO_PROXY` or `no_proxy` are called directly, as by curl: domains with all below them, addresses, ranges of
    /// addresses such as `10.0.0.0/8`, and `*` for all, with commas or blanks between them.
    /// Loopback hosts are always called directly, since the proxy would see the key and the secret in plain text. A
    /// variable that does not name a usable proxy is a [`ConfigError`].
    pub fn proxy(mut self, proxy: Option<Proxy>) -> Self {
        self.proxy = ProxyChoice::Given(proxy);
        self
    }

    /// Sets the TLS configuration: root certificates, a client certificate, the provider.
    ///
    /// A server with a certificate of a private authority is trusted like this:
    ///
    /// ```no_run
    /// # #[cfg(feature = "rustls")] {
    /// use cloudinary_provisioning_ureq::ureq::tls::{Certificate, RootCerts, TlsConfig};
    /// use cloudinary_provisioning_ureq::{Account, Client};
    ///
    /// let authority = Certificate::from_pem(&std::fs::read("/etc/ssl/private-ca.pem")?)?;
    /// let tls = TlsConfig::builder().root_certs(RootCerts::new_with_certs(&[authority])).build();
    /// let client = Client::builder(Account::new("acc", "key", "secret")?).tls_config(tls).build()?;
    /// # let _ = client;
    /// # }
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[cfg(any(feature = "rustls", feature = "rustls-no-provider", feature = "native-tls"))]
    pub fn tls_config(mut self, config: ureq::tls::TlsConfig) -> Self {
        self.tls.set(config);
        self
    }

    /// Sets the agent, with its connector, resolver, pool, proxy and TLS.
    ///
    /// Configure the agent with `http_status_as_error(false)`, `max_redirects(0)`, and a `timeout_global` that equals the
    /// attempt timeout of the retry policy. Otherwise the client configures every request, which disables TLS session
    /// resumption. The client does not check an agent for combinations that ureq panics on. An agent uses the
    /// environment's proxy unless it is configured otherwise; loopback hosts are called directly all the same.
    pub fn agent(mut self, agent: Agent) -> Self {
        self.agent = Some(agent);
        self
    }

    /// Sets a transport to use instead of ureq: another HTTP stack, an account in memory, or a recorder.
    ///
    /// A closure will do. Retries, lists, hooks and the throttle work in the same way. With the feature `fake`, the method
    /// `fake` sets an account in memory.
    ///
    /// ```
    /// use cloudinary_provisioning_ureq::http::Response;
    /// use cloudinary_provisioning_ureq::{Account, Client, users};
    ///
    /// let client = Client::builder(Account::new("acc", "key", "secret")?)
    ///     .transport(|request: &_, _| {
    /// #       let _: &cloudinary_provisioning_ureq::http::Request<Vec<u8>> = request;
    ///         // your HTTP stack
    ///         Response::new(br#"{"users":[{"id":"0abed8df"}]}"#.to_vec())
    ///     })
    ///     .build()?;
    /// assert_eq!(client.send(users::List::new())?[0].id, "0abed8df");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[doc(alias = "mock")]
    pub fn transport(mut self, transport: impl Transport + Send + Sync + 'static) -> Self {
        self.transport = Some(Box::new(transport));
        self
    }

    /// Wraps the transport, such as to log requests: the one that is set, or else ureq. The function takes it, and returns
    /// the one to use.
    ///
    /// ```
    /// use std::time::Duration;
    /// use cloudinary_provisioning_ureq::http::Request;
    /// use cloudinary_provisioning_ureq::{Account, Client, Outcome, Transport};
    ///
    /// /// Prints each request's path.
    /// struct Print<T>(T);
    ///
    /// impl<T: Transport> Transport for Print<T> {
    ///     fn send(&self, request: &Request<Vec<u8>>, timeout: Duration) -> Outcome {
    ///         println!("{} {}", request.method(), request.uri().path());
    ///         self.0.send(request, timeout)
    ///     }
    /// }
    ///
    /// let account = Account::new("acc", "key", "secret")?;
    /// let client = Client::builder(account).wrap_transport(Print).build()?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn wrap_transport<T>(mut self, wrap: impl FnOnce(InnerTransport) -> T + 'static) -> Self
    where
        T: Transport + Send + Sync + 'static,
    {
        let earlier = self.wrap.take();
        self.wrap = Some(Box::new(move |transport| {
            let transport = match earlier {
                Some(earlier) => earlier(transport),
                None => transport,
            };
            Box::new(wrap(InnerTransport(transport)))
        }));
        self
    }

    /// Sets the source of time, jitter and sleep, for tests.
    pub fn clock(mut self, clock: impl Clock + 'static) -> Self {
        self.clock = Box::new(clock);
        self
    }

    /// Sets how to sleep between attempts, for tests that replace nothing else of the [`Clock`].
    pub fn sleep(self, sleep: impl Fn(Duration) + Send + Sync + 'static) -> Self {
        struct Sleep<F>(F);

        impl<F: Fn(Duration) + Send + Sync> Clock for Sleep<F> {
            fn sleep(&self, delay: Duration) {
                (self.0)(delay);
            }
        }

        self.clock(Sleep(sleep))
    }

    /// Builds the client.
    ///
    /// # Errors
    ///
    /// Returns an error if ureq cannot run with this configuration, or if the user agent suffix cannot be sent.
    pub fn build(mut self) -> Result<Client, Error> {
        if let Some(suffix) = self.user_agent_suffix.take() {
            self.account = self.account.with_user_agent_suffix(&suffix)?;
        }
        let client = self.assemble();
        match client.engine().misconfigured(client.account().origin()) {
            Some(error) => Err(error.into()),
            None => Ok(client),
        }
    }

    /// Builds the client, whose calls report what is wrong with its configuration.
    fn assemble(mut self) -> Client {
        if let Some(timeout) = self.timeout {
            self.retry = self.retry.attempt_timeout(timeout);
        }
        let (transport, agent) = (self.transport.take(), self.agent.take());
        let has_tls = transport.is_some() || agent.is_some() || Tls::IS_ON;
        let (transport, checked) = match (transport, agent) {
            (Some(transport), agent) => {
                let configured = agent.is_some() || self.configures_agent() || self.body_limit.is_some();
                (transport, if configured { Err(ConfigError::TransportIsConfigured) } else { Ok(()) })
            }
            (None, Some(agent)) => {
                let checked = if self.configures_agent() { Err(ConfigError::AgentIsConfigured) } else { Ok(()) };
                (self.ureq(Agents::Given(agent), None), checked)
            }
            (None, None) => {
                let env = self.env_proxy();
                let checked = self.check(env.as_ref());
                let connect_timeout = connect_timeout(self.connect_timeout);
                let agents = Agents::own(self.proxy.given(), env.unwrap_or_default(), &self.tls, connect_timeout);
                (self.ureq(agents, Some(connect_timeout)), checked)
            }
        };
        let transport = match self.wrap {
            Some(wrap) => wrap(transport),
            None => transport,
        };
        Client::of_engine(Engine {
            account: self.account,
            transport,
            policy: self.retry,
            request: self.request,
            hooks: self.hooks,
            timeline: Timeline::new(self.clock),
            throttle: SharedThrottle::new(),
            cancel: self.cancel,
            has_tls,
            misconfigured: checked.err(),
        })
    }

    fn configures_agent(&self) -> bool {
        self.proxy.is_given() || self.tls.is_set() || self.connect_timeout.is_some()
    }

    /// The environment's proxy, where none was given.
    fn env_proxy(&self) -> Result<Option<EnvProxy>, ConfigError> {
        if self.proxy.is_given() {
            return Ok(None);
        }
        let https = self.account.origin().as_str().starts_with("https://");
        EnvProxy::read(https, |name| std::env::var_os(name))
    }

    fn check(&self, env: Result<&Option<EnvProxy>, &ConfigError>) -> Result<(), ConfigError> {
        let env = env.map_err(Clone::clone)?.as_ref().map(|env| &env.proxy);
        proxy::check(self.proxy.given().or(env))?;
        self.tls.check()
    }

    fn ureq(&self, agents: Agents, connect_timeout: Option<Duration>) -> BoxTransport {
        let body_limit = self.body_limit.unwrap_or(DEFAULT_BODY_LIMIT);
        Box::new(UreqTransport { agents, connect_timeout, body_limit })
    }
}

impl Client {
    /// Creates a client with the default configuration.
    ///
    /// If ureq cannot run with it, calls return the error that [`ClientBuilder::build`] returns.
    pub fn new(account: Account) -> Self {
        ClientBuilder::new(account).assemble()
    }

    /// Configures a client.
    pub fn builder(account: Account) -> ClientBuilder {
        ClientBuilder::new(account)
    }

    /// Creates a client of the account in the environment: `CLOUDINARY_ACCOUNT_URL`, or `CLOUDINARY_ACCOUNT_ID`,
    /// `CLOUDINARY_PROVISIONING_API_KEY` and `CLOUDINARY_PROVISIONING_API_SECRET`; see [`Account::from_lookup`].
    ///
    /// # Errors
    ///
    /// Returns an error if a part of the account is missing or cannot be used, and the errors of
    /// [`ClientBuilder::build`].
    pub fn from_env() -> Result<Self, Error> {
        ClientBuilder::from_env()?.build()
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

#[cfg(test)]
mod tests {

    #[cfg(any(feature = "rustls", feature = "rustls-no-provider", feature = "native-tls"))]
    use ureq::tls::{RootCerts, TlsConfig, TlsProvider};

    use cloudinary_provisioning::ErrorKind;

    use super::*;

    fn account() -> Account {
        Account::new("acc", "key", "secret").unwrap()
    }

    fn refused(builder: ClientBuilder) -> ConfigError {
        config(&builder.build().unwrap_err())
    }

    fn config(error: &Error) -> ConfigError {
        match error.kind() {
            ErrorKind::Config(error) => error.downcast_ref::<ConfigError>().unwrap().clone(),
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
        assert_eq!(proxy::check(Some(&proxy)), Ok(()));
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

        // A client that was made without `build` reports it when it is used; so does a call to another origin.
        let error = Client::new(account()).send(&users::Get::new("id")).unwrap_err();
        assert_eq!(config(&error), ConfigError::NoTls);
        let client = Client::builder(loopback()).proxy(None).build().unwrap();
        let error = client.call(&users::Get::new("id")).origin(Origin::default()).send().unwrap_err();
        assert_eq!(config(&error), ConfigError::NoTls);
        assert_eq!((error.attempts(), error.maybe_applied()), (0, false));
    }

    #[cfg(any(feature = "rustls", feature = "native-tls"))]
    #[test]
    fn the_default_configuration_is_taken_and_asks_for_tls() {
        use cloudinary_provisioning::{Origin, users};

        let client = Client::builder(account()).proxy(None).build().unwrap();
        // Nothing listens there. The connection fails before TLS begins, and nothing panics.
        let origin = Origin::url("https://127.0.0.1:1").unwrap();
        let get = users::Get::new("id");
        let error = client.call(&get).origin(origin).retry(RetryPolicy::none()).send().unwrap_err();
        assert!(
            matches!(error.kind(), ErrorKind::Transport(cloudinary_provisioning::TransportError::NotSent(_))),
            "{error:?}"
        );
    }
}
