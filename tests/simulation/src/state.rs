//! The state of a world: the clock, what is on its way, the service, and the model. Everybody shares it.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, MutexGuard};
use std::task::Waker;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use cloudinary_provisioning::http::{HeaderMap, Method, Request, Response, StatusCode};
use cloudinary_provisioning::{FreshConnection, Outcome, TransportError};
use cloudinary_provisioning_fake::FakeAccount;
use fastrand::Rng;
use serde_json::Value;

use crate::executor::{Event, Timers, lock};
use crate::fault::{self, Answer, Change, Fault, Meant, Own};
use crate::holdings::Holdings;
use crate::model::{self, Class, Kind, Last, Model, Resource};
use crate::random::{Stream, chance, pick, stream};

/// The handle to the state of a world.
#[derive(Clone)]
pub(crate) struct Shared(Arc<Mutex<State>>);

impl Shared {
    pub(crate) fn new(state: State) -> Self {
        Self(Arc::new(Mutex::new(state)))
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, State> {
        lock(&self.0)
    }
}

pub(crate) struct State {
    pub(crate) seed: u64,
    pub(crate) now: Duration,
    pub(crate) timers: Timers,
    pub(crate) model: Model,
    pub(crate) service: Service,
    pub(crate) network: Network,
    pub(crate) actors: Vec<ActorState>,
    /// How far each client's wall clock is from the time that has passed, in seconds since 1970.
    pub(crate) wall_clocks: Vec<i64>,
    pub(crate) trace: Option<Vec<String>>,
    /// The number of requests that were sent.
    pub(crate) requests: u64,
}

pub(crate) struct Service {
    pub(crate) account: FakeAccount,
    /// How much of the virtual time the account's clock has followed.
    pub(crate) followed: Duration,
    /// Whether it shows emails in lower case, whatever was sent.
    pub(crate) lowers_emails: bool,
    /// Whether some of its features are missing, so that not every manifest can be kept.
    pub(crate) lacks_features: bool,
}

pub(crate) struct Network {
    pub(crate) flights: Vec<Flight>,
    /// The faults that happen in this world, and how often, in percent.
    pub(crate) faults: Vec<Fault>,
    pub(crate) percent: u32,
    /// When every request fails.
    pub(crate) bursts: Vec<(Duration, Duration)>,
    /// Requests that have no fault, by actor and number.
    pub(crate) spared: BTreeSet<(usize, u64)>,
    /// The requests that had one.
    pub(crate) struck: Vec<(usize, u64, Fault)>,
    pub(crate) is_calm: bool,
}

/// A request on its way.
pub(crate) struct Flight {
    call: usize,
    own: bool,
    request: Request<Vec<u8>>,
    answer: Answer,
    epoch: u32,
    on_way_back: Option<Arrived>,
    arrived: Option<Arrived>,
    waker: Option<Waker>,
    is_over: bool,
}

/// What the client gets, and what the world knows about it.
struct Arrived {
    outcome: Outcome,
    genuine: bool,
    hint: Option<Meant>,
    spent: Option<Meant>,
}

pub(crate) struct ActorState {
    pub(crate) jitter: Rng,
    pub(crate) requests: u64,
    pub(crate) sleepers: Vec<Waker>,
}

impl State {
    pub(crate) fn tell(&mut self, line: impl FnOnce() -> String) {
        if let Some(trace) = &mut self.trace {
            trace.push(format!("{:>12.3?}  {}", self.now, line()));
        }
    }

    pub(crate) fn set_now(&mut self, now: Duration) {
        self.now = now;
        self.model.now = now;
    }

    pub(crate) fn wall_clock(&self, client: usize) -> SystemTime {
        let base = self.wall_clocks.get(client).copied().unwrap_or_default();
        let base = Duration::from_secs(base.unsigned_abs());
        UNIX_EPOCH + base + self.now
    }

    /// A client's wall clock jumps, by years or by a moment.
    pub(crate) fn jump(&mut self, client: usize) {
        let mut rng = stream(self.seed, Stream::World, 1 + u64::try_from(self.now.as_nanos()).unwrap_or(0));
        let by = pick(&mut rng, &[-5, 3_600, -3_600, 365 * 86_400, -20 * 365 * 86_400]);
        let clock = &mut self.wall_clocks[client];
        *clock = (*clock + by).max(0);
        self.tell(|| format!("the clock of client {client} jumps by {by} s"));
    }

    /// Nobody wants the results of an actor's calls any more.
    pub(crate) fn cancel(&mut self, actor: usize) {
        for call in self.model.calls.iter_mut().filter(|call| call.actor == actor && !call.ended) {
            call.is_cancelled = true;
        }
        self.actors[actor].sleepers.drain(..).for_each(Waker::wake);
        self.tell(|| format!("the calls of actor {actor} are cancelled"));
    }

    /// A random number for core: the extremes now and then.
    pub(crate) fn jitter(&mut self, actor: usize) -> u64 {
        let rng = &mut self.actors[actor].jitter;
        match rng.u32(..10) {
            0 => 0,
            1 => u64::MAX,
            _ => rng.u64(..),
        }
    }

    /// Puts a request on its way, and returns its flight.
    pub(crate) fn send(&mut self, call: usize, request: &Request<Vec<u8>>, timeout: Duration) -> usize {
        let it = &self.model.calls[call];
        let (actor, is_create) = (it.actor, it.ask.creates.is_some());
        let own = !is_create || request.method() == Method::POST;
        let is_fresh = request.extensions().get::<FreshConnection>().is_some();
        let target = request.uri().path_and_query().map_or("", |target| target.as_str());
        let shown = format!("{} {target}", request.method());
        let is_look = !own && !target.contains("cursor=");
        let epoch = self.model.on_send(call, shown.clone(), own, is_look, is_fresh);
        self.requests += 1;
        let number = self.actors[actor].requests;
        self.actors[actor].requests += 1;
        let mut rng = stream(self.seed, Stream::Fault, (u64::try_from(actor).unwrap_or(0) << 32) | number);
        let fault = self.fault(&mut rng, actor, number);
        if let Some(fault) = fault {
            self.network.struck.push((actor, number, fault));
        }
        let way = fault::way(&mut rng, fault, is_fresh, timeout);
        if way.deliveries.len() > 1 {
            self.model.calls[call].is_doubled = true;
        }
        let flight = self.network.flights.len();
        let again = if is_fresh { ", fresh" } else { "" };
        self.tell(|| match way.fault {
            Some(fault) => format!("actor {actor} call {call}: sends {shown}{again} [{fault:?} {actor}:{number}]"),
            None => format!("actor {actor} call {call}: sends {shown}{again}"),
        });
        for (copy, delay) in way.deliveries.iter().enumerate() {
            self.timers.at(self.now + *delay, Event::Deliver { flight, copy });
        }
        if let Answer::Own { after, .. } = way.answer {
            self.timers.at(self.now + after, Event::Answer { flight });
        }
        self.timers.at(self.now.saturating_add(timeout), Event::TimeOut { flight });
        self.network.flights.push(Flight {
            call,
            own,
            request: request.clone(),
            answer: way.answer,
            epoch,
            on_way_back: None,
            arrived: None,
            waker: None,
            is_over: false,
        });
        flight
    }

    fn fault(&self, rng: &mut Rng, actor: usize, number: u64) -> Option<Fault> {
        let network = &self.network;
        let bursts = network.bursts.iter().any(|(from, to)| (*from..*to).contains(&self.now));
        let strikes = chance(rng, network.percent);
        let fault = if network.faults.is_empty() { None } else { Some(pick(rng, &network.faults)) };
        if network.is_calm || network.spared.contains(&(actor, number)) {
            return None;
        }
        if bursts { Some(Fault::ServerError) } else { fault.filter(|_| strikes) }
    }

    /// Takes the outcome of a flight, if it has arrived.
    pub(crate) fn land(&mut self, flight: usize, waker: &Waker) -> Option<Outcome> {
        let it = &mut self.network.flights[flight];
        let Some(arrived) = it.arrived.take() else {
            it.waker = Some(waker.clone());
            return None;
        };
        it.is_over = true;
        let (call, own, epoch) = (it.call, it.own, it.epoch);
        let client = self.model.calls[call].client;
        let wall_clock =
            i64::try_from(self.wall_clock(client).duration_since(UNIX_EPOCH).unwrap_or_default().as_secs());
        let wall_clock = wall_clock.unwrap_or(i64::MAX);
        let status = arrived.outcome.response().map(Response::status);
        let is_throttled = status.is_some_and(|status| matches!(status.as_u16(), 420 | 429));
        let last = Last {
            own,
            genuine: arrived.genuine,
            class: class(&arrived.outcome),
            accepted: status.is_some_and(|status| status.is_success()),
            hint: arrived.hint.map(|hint| model::meant(hint, wall_clock)),
        };
        let spent = arrived.spent.map(|spent| model::meant(spent, wall_clock));
        self.model.on_outcome(call, epoch, last, is_throttled, spent);
        let outcome = arrived.outcome;
        self.tell(|| {
            let status = status.map_or_else(|| format!("{outcome:?}"), |status| status.as_u16().to_string());
            let genuine = if last.genuine { "" } else { " (not the service's)" };
            let hint = last.hint.or(spent).map_or(String::new(), |hint| format!(", wait {hint:?}"));
            format!("call {call}: gets {status}{genuine}{hint}")
        });
        Some(outcome)
    }

    /// Nobody waits for a flight any more. What was sent is on its way all the same.
    pub(crate) fn abandon(&mut self, flight: usize) {
        let it = &mut self.network.flights[flight];
        if !std::mem::replace(&mut it.is_over, true) {
            let call = it.call;
            self.model.on_abandoned(call);
        }
    }

    /// A copy of a request reaches the service.
    pub(crate) fn deliver(&mut self, flight: usize, copy: usize) {
        self.service.follow(self.now);
        let it = &self.network.flights[flight];
        let (call, own, mut request) = (it.call, it.own, it.request.clone());
        let creates = self.model.calls[call].ask.creates.clone().filter(|_| own);
        if self.service.lowers_emails && matches!(creates, Some((Kind::User, _))) {
            lower_email(&mut request);
        }
        let (is_write, path) = (request.method() != Method::GET, request.uri().path().to_owned());
        let is_delete = request.method() == Method::DELETE;
        // What planners are to be held against, where there are some.
        let plans = is_write && self.model.has_planners;
        let text = plans.then(|| format!("{} {path} {}", request.method(), String::from_utf8_lossy(request.body())));
        let is_step = plans && self.model.calls[call].run.is_some();
        let before = is_step.then(|| Holdings::of(&self.service.account));
        let account = &mut self.service.account;
        let response = account.respond(request);
        account.clear_requests();
        let status = response.status();
        self.tell(|| format!("service: call {call} arrives, {}", status.as_u16()));
        if is_write && status.is_success() && own {
            self.model.on_applied(call);
            if let Some(before) = before {
                self.model.on_step(call, &before, &Holdings::of(&self.service.account));
            }
            if let Some(text) = text {
                self.model.on_write(call, text);
            }
            if let Some((kind, key)) = creates {
                self.record(kind, key, call, response.body());
            } else {
                self.record_change(&path, is_delete);
            }
        }
        let it = &mut self.network.flights[flight];
        if let Answer::Service { copy: answered, after, change } = it.answer.clone()
            && answered == copy
        {
            it.on_way_back = Some(self.service.change(response, change));
            self.timers.at(self.now + after, Event::Answer { flight });
        }
    }

    /// The client gets an answer, unless it has one.
    pub(crate) fn answer(&mut self, flight: usize) {
        let it = &mut self.network.flights[flight];
        let arrived = match (it.on_way_back.take(), it.answer.clone()) {
            (Some(arrived), _) => arrived,
            (None, Answer::Own { own: answer, .. }) => {
                self.service.follow(self.now);
                own(&answer, &self.service)
            }
            (None, _) => return,
        };
        it.arrive(arrived);
    }

    /// The client waits no longer.
    pub(crate) fn time_out(&mut self, flight: usize) {
        let source = std::io::Error::from(std::io::ErrorKind::TimedOut);
        let outcome = TransportError::maybe_sent(source).into();
        self.network.flights[flight].arrive(Arrived { outcome, genuine: false, hint: None, spent: None });
    }

    fn record(&mut self, kind: Kind, key: String, call: usize, body: &[u8]) {
        let body: Value = serde_json::from_slice(body).unwrap_or_default();
        let body = body.get("data").unwrap_or(&body);
        let text = |name: &str| body.get(name).and_then(Value::as_str).map(str::to_owned);
        let id = text(if kind == Kind::Key { "api_key" } else { "id" }).unwrap_or_default();
        self.model.secrets.extend(text("api_secret"));
        let root_keys = body.get("api_access_keys").and_then(Value::as_array).into_iter().flatten();
        let secrets = root_keys.filter_map(|key| key.get("secret").and_then(Value::as_str));
        self.model.secrets.extend(secrets.filter(|secret| !secret.is_empty()).map(str::to_owned));
        let at = self.now;
        self.model.resources.push(Resource {
            kind,
            key,
            id,
            made_by: Some(call),
            at,
            deleted_at: None,
            is_changed: false,
        });
    }

    /// A change or a deletion names what it is about at the end of its path, or before its last part.
    fn record_change(&mut self, path: &str, is_delete: bool) {
        let now = self.now;
        let last = path.rsplit('/').next().unwrap_or("");
        for known in self.model.resources.iter_mut().filter(|known| known.id == last && known.deleted_at.is_none()) {
            known.is_changed = true;
            // Removing a member of a group names the member.
            if is_delete && !(path.contains("/user_groups/") && path.contains("/users/")) {
                known.deleted_at = Some(now);
            }
        }
    }
}

impl Flight {
    fn arrive(&mut self, arrived: Arrived) {
        if self.arrived.is_none() && !self.is_over {
            self.arrived = Some(arrived);
            if let Some(waker) = self.waker.take() {
                waker.wake();
            }
        }
    }
}

impl Service {
    /// Lets the account's clock follow the virtual one.
    pub(crate) fn follow(&mut self, now: Duration) {
        let passed = now.saturating_sub(self.followed);
        self.account.advance(time::Duration::try_from(passed).unwrap_or_default());
        self.followed = now;
    }

    /// Whether a key has this secret, if it is there.
    pub(crate) fn is_secret(&self, api_key: &str, secret: &str) -> bool {
        let mut environments = self.account.sub_accounts();
        let key = environments.find_map(|environment| self.account.access_key(&environment.id, api_key));
        key.is_none_or(|key| key.api_secret == secret)
    }

    fn change(&self, mut response: Response<Vec<u8>>, change: Change) -> Arrived {
        let genuine = |service: &Self, outcome: Outcome| {
            let (hint, spent) = service.limit(&outcome);
            Arrived { outcome, genuine: false, hint, spent }
        };
        let cut = |response: &mut Response<Vec<u8>>, part: u8| {
            let length = response.body().len() * usize::from(part) / 256;
            response.body_mut().truncate(length);
        };
        match change {
            Change::Unchanged => Arrived { genuine: true, ..genuine(self, response.into()) },
            Change::Lost => own(&Own::MaybeSent, self),
            Change::Replaced(replacement) => own(&replacement, self),
            Change::Cut(part) => {
                cut(&mut response, part);
                genuine(self, Outcome::Truncated(response, None))
            }
            Change::CutSilently(part) => {
                cut(&mut response, part);
                genuine(self, response.into())
            }
            Change::TooLarge => {
                response.body_mut().clear();
                genuine(self, Outcome::TooLarge(response, 1))
            }
            Change::Empty => {
                response.body_mut().clear();
                genuine(self, response.into())
            }
            Change::NoDate => {
                response.headers_mut().remove("date");
                genuine(self, response.into())
            }
            Change::Spent(hint) => {
                let is_success = response.status().is_success();
                if !is_success {
                    return genuine(self, response.into());
                }
                let spent = hint.write(response.headers_mut(), self.account.now());
                Arrived { outcome: response.into(), genuine: true, hint: None, spent }
            }
        }
    }

    /// What a response of the service says about its rate limit.
    fn limit(&self, outcome: &Outcome) -> (Option<Meant>, Option<Meant>) {
        let Some(response) = outcome.response() else { return (None, None) };
        let header = |name| response.headers().get(name).and_then(|value| value.to_str().ok());
        if header("x-featureratelimit-remaining") != Some("0") {
            return (None, None);
        }
        let reset = header("x-featureratelimit-reset").and_then(|text| httpdate::parse_http_date(text).ok());
        let Some(reset) = reset.and_then(|date| date.duration_since(UNIX_EPOCH).ok()) else { return (None, None) };
        let reset = i64::try_from(reset.as_secs()).unwrap_or(0);
        let dated = header("date").is_some();
        let now = self.account.now().unix_timestamp();
        let left = Duration::from_secs(u64::try_from(reset.saturating_sub(now)).unwrap_or(0));
        let meant = Some(if dated { Meant::Wait(left) } else { Meant::Until(reset) });
        match response.status() {
            status if status.is_success() => (None, meant),
            status if matches!(status.as_u16(), 420 | 429) => (meant, None),
            _ => (None, None),
        }
    }
}

/// What the client gets without the service.
fn own(own: &Own, service: &Service) -> Arrived {
    let (outcome, hint) = match *own {
        Own::NotSent => (TransportError::not_sent("connection refused").into(), None),
        Own::MaybeSent => (TransportError::maybe_sent("connection reset").into(), None),
        Own::Permanent => (TransportError::permanent("wrong certificate").into(), None),
        Own::Response { status, body, hint } => {
            let mut response = Response::new(body.as_bytes().to_vec());
            *response.status_mut() = StatusCode::from_u16(status).unwrap_or_default();
            let now = service.account.now();
            let headers: &mut HeaderMap = response.headers_mut();
            if let Ok(date) = fault::http_date(now.unix_timestamp()).parse() {
                headers.insert("date", date);
            }
            let meant = hint.and_then(|hint| hint.write(headers, now));
            // Outside of throttling a reset is no hint.
            let is_throttled = matches!(status, 420 | 429);
            let has_retry_after = headers.contains_key("retry-after");
            (response.into(), meant.filter(|_| is_throttled || has_retry_after))
        }
    };
    Arrived { outcome, genuine: false, hint, spent: None }
}

fn class(outcome: &Outcome) -> Class {
    match outcome {
        Outcome::Failed(TransportError::NotSent(_)) => Class::RetryAlways,
        Outcome::Failed(TransportError::MaybeSent(_)) => Class::RetryIfSafe,
        Outcome::Failed(_) => Class::Other,
        Outcome::Response(response) | Outcome::Truncated(response, _) | Outcome::TooLarge(response, _) => {
            match response.status().as_u16() {
                200..300 if matches!(outcome, Outcome::Response(_)) => Class::Success,
                200..300 if matches!(outcome, Outcome::Truncated(..)) => Class::RetryIfSafe,
                404 => Class::NotFound,
                420 | 429 => Class::RetryAlways,
                408 | 500 | 502..=504 => Class::RetryIfSafe,
                _ => Class::Other,
            }
        }
    }
}

fn lower_email(request: &mut Request<Vec<u8>>) {
    let Ok(mut body) = serde_json::from_slice::<Value>(request.body()) else { return };
    if let Some(Value::String(email)) = body.get_mut("email") {
        email.make_ascii_lowercase();
    }
    *request.body_mut() = body.to_string().into_bytes();
}
