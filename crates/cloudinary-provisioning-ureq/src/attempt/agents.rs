//! The ureq agents of a client, and their timeouts.

use std::sync::OnceLock;
use std::time::Duration;

use ureq::{Agent, Proxy};

use crate::attempt::proxy::{Bypass, EnvProxy};
use crate::attempt::tls::Tls;

const DEFAULT_CONNECT_TIMEOUT: Duration = Duration::from_secs(10);
/// As many idle connections are kept as there are callers; they close when they have been idle for a while.
const MAX_IDLE_CONNECTIONS: usize = 1024;
/// ureq adds a timeout to an `Instant`, which panics on overflow. A year is as good as forever.
const LONGEST_TIMEOUT: Duration = Duration::from_secs(365 * 24 * 60 * 60);
/// A timeout of zero fails before the first byte.
const SHORTEST_TIMEOUT: Duration = Duration::from_millis(1);
const SHORTEST_PHASE: Duration = Duration::from_micros(250);

/// The agents of a client, each made when it is first needed.
pub(crate) enum Agents {
    /// An agent that the caller built, which cannot be built again.
    Given(Agent),
    Own {
        pooled: LateAgent,
        /// Opens a connection for every request.
        fresh: LateAgent,
        /// The same two without the environment's proxy, for hosts that are called directly.
        direct: Option<Box<(Bypass, [LateAgent; 2])>>,
    },
}

/// An agent that is made for its first request, with the timeout of that request.
///
/// ureq resumes TLS sessions only after a request without its own configuration has connected. The first request needs none
/// this way, so that a program whose calls all have another timeout than the client resumes sessions too.
pub(crate) struct LateAgent {
    make: Box<dyn Fn(Duration) -> Agent + Send + Sync>,
    made: OnceLock<Agent>,
}

impl LateAgent {
    pub(crate) fn new(make: impl Fn(Duration) -> Agent + Send + Sync + 'static) -> Self {
        Self { make: Box::new(make), made: OnceLock::new() }
    }

    pub(crate) fn get(&self, timeout: Duration) -> &Agent {
        self.made.get_or_init(|| (self.make)(timeout))
    }
}

impl Agents {
    /// Two agents with the same configuration: one keeps connections, and the other opens one for every request. One agent
    /// that configures some requests would not resume TLS sessions.
    pub(crate) fn own(given: Option<&Proxy>, env: Option<EnvProxy>, tls: &Tls, connect_timeout: Duration) -> Self {
        let agent = |proxy: Option<Proxy>, idle: usize| {
            let tls = tls.clone();
            LateAgent::new(move |timeout| {
                let config = Agent::config_builder()
                    .http_status_as_error(false)
                    .max_redirects(0)
                    .max_idle_connections(idle)
                    .max_idle_connections_per_host(idle)
                    .timeout_global(Some(timeout))
                    .timeout_resolve(Some(resolve_timeout(connect_timeout, timeout)))
                    .timeout_connect(Some(connect_timeout_below(connect_timeout, timeout)))
                    .proxy(proxy.clone());
                Agent::new_with_config(tls.apply(config).build())
            })
        };
        let pair = |proxy: Option<&Proxy>| [MAX_IDLE_CONNECTIONS, 0].map(|idle| agent(proxy.cloned(), idle));
        let [pooled, fresh] = pair(given.or(env.as_ref().map(|env| &env.proxy)));
        let direct = env.map(|env| Box::new((env.bypass, pair(None))));
        Self::Own { pooled, fresh, direct }
    }
}

/// The connect timeout, limited to what ureq accepts.
pub(crate) fn connect_timeout(set: Option<Duration>) -> Duration {
    clamp(set.unwrap_or(DEFAULT_CONNECT_TIMEOUT))
}

pub(crate) fn clamp(timeout: Duration) -> Duration {
    timeout.clamp(SHORTEST_TIMEOUT, LONGEST_TIMEOUT)
}

/// The timeout of resolving, which ureq counts separately from connecting. Both together end before the attempt does, so that
/// a failed connection is known not to have carried the request.
pub(crate) fn resolve_timeout(connect_timeout: Duration, attempt_timeout: Duration) -> Duration {
    connect_timeout.clamp(SHORTEST_PHASE, (attempt_timeout / 4).max(SHORTEST_PHASE))
}

/// The timeout of connecting; see [`resolve_timeout`].
pub(crate) fn connect_timeout_below(connect_timeout: Duration, attempt_timeout: Duration) -> Duration {
    connect_timeout.clamp(SHORTEST_PHASE, (attempt_timeout / 8 * 5).max(SHORTEST_PHASE))
}
