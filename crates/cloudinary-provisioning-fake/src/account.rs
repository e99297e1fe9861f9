//! The account itself: a function from requests to replies, and what a test sets up and looks at.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::{AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, DATE, HeaderName, HeaderValue};
use http::{Method, Request, Response, StatusCode};
use time::{Duration, OffsetDateTime};

use crate::clock::{Clock, http_date, next_hour, rfc3339, utc};
use crate::fault::{Disruption, Fault, Script};
use crate::group::{FakeGroup, NewGroup};
use crate::ids::Ids;
use crate::limit::RateLimit;
use crate::path::Resource;
use crate::reply::{Failure, Reply, error_body};
use crate::service::{self, Call, Context};
use crate::store::Store;
use crate::sub_account::{FakeSubAccount, NewSubAccount};
use crate::user::{FakeUser, NewUser};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const LIMIT: HeaderName = HeaderName::from_static("x-featureratelimit-limit");
const REMAINING: HeaderName = HeaderName::from_static("x-featureratelimit-remaining");
const RESET: HeaderName = HeaderName::from_static("x-featureratelimit-reset");

/// An in-memory account: a plain value that answers requests.
///
/// The same setup and the same requests always give the same replies, byte for byte. The
/// [crate documentation](crate) tells what is modelled.
///
/// ```
/// use cloudinary_provisioning_fake::{FakeAccount, NewUser};
///
/// let mut account = FakeAccount::new("acc", "key", "secret")
///     .with_user(NewUser::new("John", "john@example.com").id("u1"));
/// let request = http::Request::delete("/v1_1/provisioning/accounts/acc/users/u1")
///     .header("authorization", account.authorization())
///     .body(Vec::new())
///     .unwrap();
///
/// let reply = account.respond(request);
///
/// assert_eq!(reply.status(), 200);
/// assert_eq!(reply.body(), br#"{"message":"ok"}"#);
/// assert_eq!(account.users().count(), 0);
/// ```
#[derive(Clone)]
pub struct FakeAccount {
    id: String,
    credentials: String,
    store: Store,
    clock: Clock,
    limit: RateLimit,
    page_cap: Option<usize>,
    script: Script,
    served: u64,
    log: Vec<LoggedRequest>,
}

/// One request that a [`FakeAccount`] got, and what became of it.
///
/// ```
/// use cloudinary_provisioning_fake::{FakeAccount, Fault};
///
/// let mut account = FakeAccount::new("acc", "key", "secret");
/// account.fail_next(1, Fault::status(503));
/// account.respond(http::Request::get("/v1_1/provisioning/accounts/acc/users").body(vec![]).unwrap());
///
/// let asked = account.requests().next().unwrap();
/// assert_eq!(asked.method, "GET");
/// assert_eq!(asked.target, "/v1_1/provisioning/accounts/acc/users");
/// assert_eq!(asked.status.unwrap(), 503);
/// assert!(!asked.carried_out);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct LoggedRequest {
    /// The method.
    pub method: Method,
    /// The path and the query, as they were sent.
    pub target: String,
    /// When it came, by the account's clock.
    pub at: OffsetDateTime,
    /// The status that the client got to see: none where a fault kept the reply from it.
    pub status: Option<StatusCode>,
    /// Whether it got as far as the account: a scripted fault may have struck before.
    pub carried_out: bool,
}

impl fmt::Debug for FakeAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FakeAccount")
            .field("id", &self.id)
            .field("users", &self.store.user_count())
            .field("sub_accounts", &self.store.sub_accounts().len())
            .field("groups", &self.store.groups().len())
            .field("now", &rfc3339(self.clock.now()))
            .field("requests", &self.served)
            .field("faults_left", &self.script.left())
            .finish_non_exhaustive()
    }
}

/// Setup.
impl FakeAccount {
    /// An empty account that takes these credentials.
    pub fn new(account_id: impl Into<String>, key: impl Into<String>, secret: impl Into<String>) -> Self {
        Self {
            id: account_id.into(),
            credentials: format!("{}:{}", key.into(), secret.into()),
            store: Store::default(),
            clock: Clock::default(),
            limit: RateLimit::default(),
            page_cap: None,
            script: Script::default(),
            served: 0,
            log: Vec::new(),
        }
    }

    /// Other made-up ids than those of seed 0, from here on.
    pub fn with_seed(mut self, seed: u64) -> Self {
        self.store.ids = Ids::seeded(seed);
        self
    }

    /// The time, and by how much each request moves it before it is answered. Without this the
    /// clock starts at 2026-01-01T00:00:00Z and moves by a second.
    pub fn with_clock(mut self, start: OffsetDateTime, step: Duration) -> Self {
        self.clock = Clock::new(start, step);
        self
    }

    /// The longest page that a list gives, whatever it is asked for.
    pub fn with_page_cap(mut self, cap: usize) -> Self {
        self.page_cap = Some(cap);
        self
    }

    /// How many requests are answered before the clock's next full hour; the others get a 420.
    /// Without this it is a million.
    pub fn with_rate_limit(mut self, limit: u64) -> Self {
        self.limit = RateLimit::new(limit);
        self
    }

    /// With this user. See [`insert_user`](Self::insert_user).
    pub fn with_user(mut self, user: NewUser) -> Self {
        self.insert_user(user);
        self
    }

    /// With these users.
    pub fn with_users(mut self, users: impl IntoIterator<Item = NewUser>) -> Self {
        for user in users {
            self.insert_user(user);
        }
        self
    }

    /// With this product environment. See [`add_sub_account`](Self::add_sub_account).
    pub fn with_sub_account(mut self, sub_account: NewSubAccount) -> Self {
        self.add_sub_account(sub_account);
        self
    }

    /// With this group. See [`add_group`](Self::add_group).
    pub fn with_group(mut self, group: NewGroup) -> Self {
        self.add_group(group);
        self
    }

    /// With these faults for the next requests, one each.
    pub fn with_script(mut self, faults: impl IntoIterator<Item = Fault>) -> Self {
        self.script(faults);
        self
    }
}

/// Changes behind the API's back, at any time.
impl FakeAccount {
    /// Adds a pending user with the defaults of a request, and returns the id.
    pub fn add_user(&mut self, name: impl Into<String>, email: impl Into<String>) -> String {
        self.insert_user(NewUser::new(name, email))
    }

    /// Adds a user and returns the id. The last one wins: whoever has this id or email makes way.
    pub fn insert_user(&mut self, user: NewUser) -> String {
        self.store.insert_user(user, self.clock.now()).id.clone()
    }

    /// Takes a user out.
    pub fn remove_user(&mut self, id: &str) -> Option<FakeUser> {
        self.store.remove_user(id)
    }

    /// The user logs in at this moment, which also accepts an open invitation. Says whether there is
    /// such a user.
    pub fn log_in(&mut self, id: &str, moment: OffsetDateTime) -> bool {
        let login = |user: &mut FakeUser| {
            user.pending = false;
            user.last_login = Some(utc(moment));
        };
        self.store.change_user(id, login).is_some()
    }

    /// Adds a product environment and returns its id. One with the same id makes way.
    pub fn add_sub_account(&mut self, sub_account: NewSubAccount) -> String {
        self.store.insert_sub_account(sub_account)
    }

    /// Adds a group and returns its id. A known id gets the new name and the new members besides
    /// those it has.
    pub fn add_group(&mut self, group: NewGroup) -> String {
        self.store.insert_group(group)
    }

    /// Lets time pass, for one until the rate limit is reset.
    pub fn advance(&mut self, by: Duration) {
        self.clock.advance(by);
    }
}

/// Scripted faults.
impl FakeAccount {
    /// The next `n` requests meet this fault, after those that are scripted already.
    pub fn fail_next(&mut self, n: usize, fault: Fault) {
        self.script.add(n, fault);
    }

    /// The next requests meet these faults, one each and in this order.
    pub fn script(&mut self, faults: impl IntoIterator<Item = Fault>) {
        for fault in faults {
            self.script.add(1, fault);
        }
    }

    /// Every `n`th request from here on meets this fault. Requests that [`script`](Self::script)
    /// provides for do not count, nor do those of other methods than the fault
    /// [is meant for](Fault::on).
    pub fn fail_every(&mut self, n: u64, fault: Fault) {
        self.script.recur(n, fault);
    }

    /// Forgets all faults.
    pub fn clear_faults(&mut self) {
        self.script.clear();
    }

    /// How many scripted faults have not struck yet.
    pub fn faults_left(&self) -> usize {
        self.script.left()
    }
}

/// A look at the state.
impl FakeAccount {
    /// The account id.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The value of the `authorization` header that this account takes.
    pub fn authorization(&self) -> String {
        format!("Basic {}", STANDARD.encode(&self.credentials))
    }

    /// Everybody, in the order of creation.
    pub fn users(&self) -> impl DoubleEndedIterator<Item = &FakeUser> {
        self.store.users()
    }

    /// How many users there are.
    pub fn user_count(&self) -> usize {
        self.store.user_count()
    }

    /// The user of this id.
    pub fn user(&self, id: &str) -> Option<&FakeUser> {
        self.store.user(id)
    }

    /// The user of this email, whatever its case.
    pub fn user_by_email(&self, email: &str) -> Option<&FakeUser> {
        self.store.user_by_email(email)
    }

    /// All product environments, in the order in which they were added.
    pub fn sub_accounts(&self) -> impl Iterator<Item = &FakeSubAccount> {
        self.store.sub_accounts().iter()
    }

    /// The product environment of this id.
    pub fn sub_account(&self, id: &str) -> Option<&FakeSubAccount> {
        self.store.sub_account(id)
    }

    /// All groups, in the order in which they were added.
    pub fn groups(&self) -> impl Iterator<Item = &FakeGroup> {
        self.store.groups().iter()
    }

    /// The groups of this user.
    pub fn groups_of(&self, user_id: &str) -> impl Iterator<Item = &FakeGroup> {
        self.store.groups_of(user_id)
    }

    /// The account's time.
    pub fn now(&self) -> OffsetDateTime {
        self.clock.now()
    }

    /// Every request so far, faults included.
    pub fn requests(&self) -> impl DoubleEndedIterator<Item = &LoggedRequest> + ExactSizeIterator {
        self.log.iter()
    }

    /// Forgets the requests so far.
    pub fn clear_requests(&mut self) {
        self.log.clear();
    }
}

/// Answers.
impl FakeAccount {
    /// Answers a request.
    ///
    /// A scripted fault that breaks the connection cannot be told by a reply; here it becomes a 502
    /// with an HTML body. [`try_respond`](Self::try_respond) keeps the two apart.
    pub fn respond(&mut self, request: Request<Vec<u8>>) -> Response<Vec<u8>> {
        self.try_respond(request).unwrap_or_else(|disruption| {
            if let Disruption::CloseAfter { response } = disruption {
                return *response;
            }
            let page = format!("<html><body>No reply: {}</body></html>", describe(&disruption));
            let mut response = Response::new(page.into_bytes());
            *response.status_mut() = StatusCode::BAD_GATEWAY;
            let html = HeaderValue::from_static("text/html");
            response.headers_mut().insert(CONTENT_TYPE, html);
            response
        })
    }

    /// Answers a request, or says how the connection breaks where a scripted fault wants that.
    pub fn try_respond(&mut self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, Disruption> {
        self.clock.tick();
        self.served = self.served.wrapping_add(1);
        let fault = self.script.next(request.method());
        let carried_out = fault.as_ref().is_none_or(Fault::carries_out);
        let genuine = carried_out.then(|| self.answer(&request));
        let result = match (fault, genuine) {
            (None, Some(genuine)) => Ok(genuine),
            (None, None) => Err(Disruption::Close),
            (Some(fault), genuine) => fault.strike(genuine, |status, body| self.usual(status, body)),
        };
        let (parts, _) = request.into_parts();
        self.log.push(LoggedRequest {
            method: parts.method,
            target: parts.uri.path_and_query().map_or_else(String::new, ToString::to_string),
            at: self.clock.now(),
            status: match &result {
                Ok(response) => Some(response.status()),
                Err(disruption) => disruption.status(),
            },
            carried_out,
        });
        result
    }

    fn answer(&mut self, request: &Request<Vec<u8>>) -> Response<Vec<u8>> {
        let mut response = match self.carry_out(request) {
            Ok(body) => self.usual(StatusCode::OK, body),
            Err(failure) => {
                let mut response = self.usual(failure.status, error_body(&failure.message));
                if let Some((name, value)) = failure.header {
                    response.headers_mut().insert(name, value);
                }
                response
            }
        };
        if request.method() == Method::HEAD {
            let length = HeaderValue::from(response.body().len());
            response.headers_mut().insert(CONTENT_LENGTH, length);
            response.body_mut().clear();
        }
        response
    }

    fn carry_out(&mut self, request: &Request<Vec<u8>>) -> Reply {
        let uri = request.uri();
        let (account, resource) = Resource::parse(uri.path())
            .ok_or_else(|| Failure::not_found(format!("There is nothing at {}", uri.path())))?;
        service::check_method(request.method(), &resource)?;
        self.authenticate(&account, request)?;
        self.limit.charge(self.clock.now())?;
        let context = Context { account_id: &self.id, page_cap: self.page_cap, now: self.clock.now() };
        let call = Call {
            method: request.method(),
            resource: &resource,
            query: uri.query().unwrap_or(""),
            headers: request.headers(),
            body: request.body(),
        };
        service::serve(&mut self.store, &context, &call)
    }

    /// Keys belong to one account, so another account's id makes them wrong: both are a 401.
    fn authenticate(&self, account: &str, request: &Request<Vec<u8>>) -> Result<(), Failure> {
        let Some(value) = request.headers().get(AUTHORIZATION) else {
            return Err(Failure::unauthorized("authorization is missing"));
        };
        let given = value
            .to_str()
            .ok()
            .and_then(|value| value.split_once(' '))
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("basic"))
            .and_then(|(_, encoded)| STANDARD.decode(encoded.trim()).ok());
        if given.as_deref() == Some(self.credentials.as_bytes()) && account == self.id {
            Ok(())
        } else {
            Err(Failure::unauthorized("Invalid account id, API key or API secret"))
        }
    }

    /// A reply with the headers that every reply carries.
    fn usual(&self, status: StatusCode, body: Vec<u8>) -> Response<Vec<u8>> {
        let now = self.clock.now();
        let (limit, remaining) = self.limit.state(now);
        let mut response = Response::new(body);
        *response.status_mut() = status;
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"));
        headers.insert(LIMIT, HeaderValue::from(limit));
        headers.insert(REMAINING, HeaderValue::from(remaining));
        for (name, text) in [
            (DATE, http_date(now)),
            (REQUEST_ID, self.store.ids.request_id(self.served)),
            (RESET, http_date(next_hour(now))),
        ] {
            if let Ok(value) = HeaderValue::try_from(text) {
                headers.insert(name, value);
            }
        }
        response
    }
}

fn describe(disruption: &Disruption) -> &'static str {
    match disruption {
        Disruption::Close => "the connection was closed",
        Disruption::Reset => "the connection was reset",
        Disruption::Stall => "the connection stalled",
        Disruption::Raw(_) => "not HTTP",
        Disruption::CutOff { .. } => "the body was cut off",
        Disruption::StallInBody { .. } => "the body stalled",
        Disruption::CloseAfter { .. } => "the connection was closed after it",
    }
}
