//! The account itself: a function from requests to responses, and what a test sets up and looks at.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::{AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, DATE, HeaderName, HeaderValue};
use http::{HeaderMap, Method, Request, Response, StatusCode};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use time::{Duration, OffsetDateTime};

use crate::access_keys::{self, FakeAccessKey, NewAccessKey};
use crate::agents::{self, FakeAgentAccount, FakeAgentCloud};
use crate::answer::{Answer, Failure, Success};
use crate::billing_usage::PlanUsage;
use crate::clock::{Clock, http_date, next_hour, rfc3339, utc};
use crate::facts::{Base, NoRoute, Operation, Route, route};
use crate::fault::{Disruption, Fault, Script};
use crate::fields::Fields;
use crate::form::Bag;
use crate::ids::Ids;
use crate::limit::RateLimit;
use crate::product_environments::{self, FakeSubAccount, NewSubAccount};
use crate::state::State;
use crate::switch::Switch;
use crate::user_groups::{self, FakeGroup, NewGroup};
use crate::users::{self, FakeUser, NewUser};

/// All but what RFC 3986 calls unreserved.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const LIMIT: HeaderName = HeaderName::from_static("x-featureratelimit-limit");
const REMAINING: HeaderName = HeaderName::from_static("x-featureratelimit-remaining");
const RESET: HeaderName = HeaderName::from_static("x-featureratelimit-reset");

/// An in-memory account: a plain value that answers requests.
///
/// The same setup and the same requests always give the same responses, byte for byte. The
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
/// let response = account.respond(request);
///
/// assert_eq!(response.status(), 200);
/// assert_eq!(response.body(), br#"{"message":"ok"}"#);
/// assert_eq!(account.users().count(), 0);
/// ```
#[derive(Clone)]
pub struct FakeAccount {
    pub(crate) state: State,
    secret: String,
    limit: RateLimit,
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
/// assert!(!asked.applied);
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
    /// The headers. That of the credentials is marked sensitive, so that `Debug` does not show it.
    pub headers: HeaderMap,
    /// The body.
    pub body: Vec<u8>,
    /// The operationId of the operation that this was: none for an unknown path, or where a fault struck before.
    pub operation: Option<&'static str>,
    /// The status that the client got to see: none where a fault kept the response from it.
    pub status: Option<StatusCode>,
    /// Whether it got as far as the account: a scripted fault may have struck before.
    pub applied: bool,
}

impl fmt::Debug for FakeAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("FakeAccount")
            .field("id", &self.state.account_id)
            .field("users", &self.state.users.len())
            .field("sub_accounts", &self.state.environments.len())
            .field("groups", &self.state.groups.len())
            .field("now", &rfc3339(self.now()))
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
            state: State { account_id: account_id.into(), key: key.into(), ..State::default() },
            secret: secret.into(),
            limit: RateLimit::default(),
            script: Script::default(),
            served: 0,
            log: Vec::new(),
        }
    }

    /// Other made-up ids than those of seed 0, from here on.
    pub fn with_seed(mut self, seed: u64) -> Self {
        self.state.ids = Ids::seeded(seed);
        self
    }

    /// The time, and by how much each request moves it before it is answered. Without this the
    /// clock starts at 2026-01-01T00:00:00Z and moves by a second.
    pub fn with_clock(mut self, start: OffsetDateTime, step: Duration) -> Self {
        self.state.clock = Clock::new(start, step);
        self
    }

    /// The longest page that a list gives, whatever it is asked for.
    pub fn with_page_cap(mut self, cap: usize) -> Self {
        self.state.page_cap = Some(cap);
        self
    }

    /// Turns one behavior to what another source about the service says.
    pub fn with_switch(mut self, switch: Switch) -> Self {
        self.state.switches.insert(switch);
        self
    }

    /// Turns these behaviors to what other sources about the service say.
    pub fn with_switches(mut self, switches: impl IntoIterator<Item = Switch>) -> Self {
        self.state.switches.extend(switches);
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

    /// With this access key of a product environment. See [`add_access_key`](Self::add_access_key).
    pub fn with_access_key(mut self, sub_account_id: &str, key: NewAccessKey) -> Self {
        self.add_access_key(sub_account_id, key);
        self
    }

    /// With this group. See [`add_group`](Self::add_group).
    pub fn with_group(mut self, group: NewGroup) -> Self {
        self.add_group(group);
        self
    }

    /// With the usage of this plan. See [`add_plan`](Self::add_plan).
    pub fn with_plan(mut self, plan: PlanUsage) -> Self {
        self.add_plan(plan);
        self
    }

    /// How many agents' calls are answered a day, failed ones included; the others get a 429. Without this it is ten.
    pub fn with_agent_limit(mut self, limit: u64) -> Self {
        self.state.agents.limit = limit;
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
        users::insert(&mut self.state, user)
    }

    /// Turns a switch on or off.
    pub fn set_switch(&mut self, switch: Switch, on: bool) {
        if on {
            self.state.switches.insert(switch);
        } else {
            self.state.switches.remove(&switch);
        }
    }

    /// Takes a user out of the account and of all groups.
    pub fn remove_user(&mut self, id: &str) -> Option<FakeUser> {
        users::remove(&mut self.state, id)
    }

    /// The user logs in at this moment, which also accepts an open invitation. Says whether there is
    /// such a user.
    pub fn log_in(&mut self, id: &str, moment: OffsetDateTime) -> bool {
        let login = |user: &mut FakeUser| {
            user.pending = false;
            user.last_login = Some(utc(moment));
        };
        self.state.users.change(id, login).is_some()
    }

    /// Adds a product environment with its Root key and returns its id. One with the same id makes way, and its keys
    /// stay.
    pub fn add_sub_account(&mut self, sub_account: NewSubAccount) -> String {
        product_environments::insert(&mut self.state, sub_account)
    }

    /// Takes a product environment out, with its keys and everybody's access to it.
    pub fn remove_sub_account(&mut self, id: &str) -> Option<FakeSubAccount> {
        product_environments::remove(&mut self.state, id)
    }

    /// Takes a cloud name, as a product environment of another account does.
    pub fn take_cloud_name(&mut self, cloud_name: &str) {
        self.state.environments.take_cloud_name(cloud_name);
    }

    /// Adds an access key to a product environment and returns the key's digits. One with the same digits makes way.
    pub fn add_access_key(&mut self, sub_account_id: &str, key: NewAccessKey) -> String {
        access_keys::insert(&mut self.state, sub_account_id, key).api_key
    }

    /// Takes an access key out of a product environment.
    pub fn remove_access_key(&mut self, sub_account_id: &str, api_key: &str) -> Option<FakeAccessKey> {
        access_keys::delete(&mut self.state, sub_account_id, |key| key.api_key == api_key)
    }

    /// Adds a group and returns its id. A known id gets the new name and the new members besides
    /// those it has.
    pub fn add_group(&mut self, group: NewGroup) -> String {
        user_groups::insert(&mut self.state, group)
    }

    /// Takes a group out.
    pub fn remove_group(&mut self, id: &str) -> Option<FakeGroup> {
        user_groups::remove(&mut self.state, id)
    }

    /// Adds the usage of a plan.
    pub fn add_plan(&mut self, plan: PlanUsage) {
        self.state.billing.plans.push(plan);
    }

    /// Takes the usage of all plans out, and the subscription with them.
    pub fn remove_plans(&mut self) {
        self.state.billing.plans.clear();
    }

    /// Takes an email address, so that no agent can make an account for it.
    pub fn take_email(&mut self, email: &str) {
        self.state.agents.take_email(email);
    }

    /// Lets time pass, for one until the rate limit is reset.
    pub fn advance(&mut self, by: Duration) {
        self.state.clock.advance(by);
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
        &self.state.account_id
    }

    /// `account://KEY:SECRET@ACCOUNT_ID`, the form in which Cloudinary's clients take credentials.
    ///
    /// ```
    /// use cloudinary_provisioning_fake::FakeAccount;
    ///
    /// let account = FakeAccount::new("acc", "key", "se/cret");
    /// assert_eq!(account.account_url(), "account://key:se%2Fcret@acc");
    /// ```
    pub fn account_url(&self) -> String {
        let encode = |text| utf8_percent_encode(text, RESERVED);
        let State { account_id, key, .. } = &self.state;
        format!("account://{}:{}@{}", encode(key), encode(&self.secret), encode(account_id))
    }

    /// The value of the `authorization` header that this account takes.
    pub fn authorization(&self) -> String {
        format!("Basic {}", STANDARD.encode(self.credentials()))
    }

    /// Everybody, in the order of creation.
    pub fn users(&self) -> impl DoubleEndedIterator<Item = &FakeUser> {
        self.state.users.iter()
    }

    /// How many users there are.
    pub fn user_count(&self) -> usize {
        self.state.users.len()
    }

    /// The user of this id.
    pub fn user(&self, id: &str) -> Option<&FakeUser> {
        self.state.users.get(id)
    }

    /// The user of this email, whatever its case.
    pub fn user_by_email(&self, email: &str) -> Option<&FakeUser> {
        self.state.users.by_email(email)
    }

    /// All product environments, in the order in which they were added.
    pub fn sub_accounts(&self) -> impl Iterator<Item = &FakeSubAccount> {
        self.state.environments.iter()
    }

    /// The product environment of this id.
    pub fn sub_account(&self, id: &str) -> Option<&FakeSubAccount> {
        self.state.environments.get(id)
    }

    /// The access keys of this product environment, in the order in which they were added.
    pub fn access_keys(&self, sub_account_id: &str) -> impl DoubleEndedIterator<Item = &FakeAccessKey> {
        self.state.access_keys.of(sub_account_id).iter()
    }

    /// The access key of these digits in this product environment.
    pub fn access_key(&self, sub_account_id: &str, api_key: &str) -> Option<&FakeAccessKey> {
        self.access_keys(sub_account_id).find(|key| key.api_key == api_key)
    }

    /// All groups, in the order in which they were added.
    pub fn groups(&self) -> impl Iterator<Item = &FakeGroup> {
        self.state.groups.iter()
    }

    /// The group of this id.
    pub fn group(&self, id: &str) -> Option<&FakeGroup> {
        self.state.groups.get(id)
    }

    /// The groups of this user.
    pub fn groups_of(&self, user_id: &str) -> impl Iterator<Item = &FakeGroup> {
        self.state.groups.all_of_user(user_id)
    }

    /// The usage of all plans.
    pub fn plans(&self) -> impl Iterator<Item = &PlanUsage> {
        self.state.billing.plans.iter()
    }

    /// The accounts that agents made.
    pub fn agent_accounts(&self) -> impl Iterator<Item = &FakeAgentAccount> {
        self.state.agents.accounts.iter()
    }

    /// The clouds that agents made.
    pub fn agent_clouds(&self) -> impl Iterator<Item = &FakeAgentCloud> {
        self.state.agents.clouds.iter()
    }

    /// The account's time.
    pub fn now(&self) -> OffsetDateTime {
        self.state.now()
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
    /// A scripted fault that breaks the connection cannot be told by a response; here it becomes a 502
    /// with an HTML body. [`try_respond`](Self::try_respond) keeps the two apart.
    pub fn respond(&mut self, request: Request<Vec<u8>>) -> Response<Vec<u8>> {
        self.try_respond(request).unwrap_or_else(|disruption| {
            if let Disruption::CloseAfter { response } = disruption {
                return *response;
            }
            let page = format!("<html><body>No response: {}</body></html>", describe(&disruption));
            let mut response = Response::new(page.into_bytes());
            *response.status_mut() = StatusCode::BAD_GATEWAY;
            let html = HeaderValue::from_static("text/html");
            response.headers_mut().insert(CONTENT_TYPE, html);
            response
        })
    }

    /// Answers a request, or says how the connection breaks where a scripted fault wants that.
    pub fn try_respond(&mut self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, Disruption> {
        self.state.clock.tick();
        self.served = self.served.wrapping_add(1);
        let meant = route(request.method(), request.uri().path()).ok().map(|route| route.operation.id.as_str());
        let fault = self.script.next(request.method(), meant);
        let applied = fault.as_ref().is_none_or(Fault::applies);
        let answered = applied.then(|| self.answer(&request));
        let (operation, genuine) = answered.map_or((None, None), |(operation, response)| (operation, Some(response)));
        let result = match (fault, genuine) {
            (None, Some(genuine)) => Ok(genuine),
            (None, None) => Err(Disruption::Close),
            (Some(fault), genuine) => fault.strike(genuine, |status, body| self.usual(status, body)),
        };
        let (mut parts, body) = request.into_parts();
        if let Some(credentials) = parts.headers.get_mut(AUTHORIZATION) {
            credentials.set_sensitive(true);
        }
        self.log.push(LoggedRequest {
            method: parts.method,
            target: parts.uri.path_and_query().map_or_else(String::new, ToString::to_string),
            at: self.now(),
            headers: parts.headers,
            body,
            operation: operation.map(|operation| operation.id.as_str()),
            status: match &result {
                Ok(response) => Some(response.status()),
                Err(disruption) => disruption.status(),
            },
            applied,
        });
        result
    }

    fn answer(&mut self, request: &Request<Vec<u8>>) -> (Option<&'static Operation>, Response<Vec<u8>>) {
        let path = request.uri().path();
        let body = Bag::from_body(request.headers(), request.body());
        let query = Bag::from_query(request.uri().query().unwrap_or("").as_bytes());
        let method = overridden(request.method(), &query, body.as_ref().ok());
        let (operation, answer) = match route(&method, path) {
            Ok(route) => {
                let operation = route.operation;
                (Some(operation), self.apply(route, request, &query, body))
            }
            Err(NoRoute::UnknownPath) => (None, Err(Failure::not_found(format!("There is nothing at {path}")))),
            Err(NoRoute::OtherMethod(allow)) => (None, Err(Failure::method_not_allowed(&allow))),
        };
        let mut response = match answer {
            Ok(Success { status, body }) => self.usual(status, body),
            Err(failure) => {
                let base = operation.map_or_else(|| Base::of(path), Operation::base);
                let mut response = self.usual(failure.status, failure.body(base));
                if failure.is_html() {
                    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
                }
                if let Some((name, value)) = failure.header() {
                    response.headers_mut().insert(name, value.clone());
                }
                response
            }
        };
        // Clients copy these headers into results, and the lists of fields that live tests assert have none here.
        if operation.is_some_and(|operation| operation.tag == "Access Keys" || !operation.base().needs_credentials()) {
            for name in [LIMIT, REMAINING, RESET] {
                response.headers_mut().remove(name);
            }
        }
        if response.body().is_empty() {
            response.headers_mut().remove(CONTENT_TYPE);
        }
        if *request.method() == Method::HEAD {
            let length = HeaderValue::from(response.body().len());
            response.headers_mut().insert(CONTENT_LENGTH, length);
            response.body_mut().clear();
        }
        (operation, response)
    }

    fn apply(
        &mut self,
        Route { operation, path }: Route,
        request: &Request<Vec<u8>>,
        query: &Bag,
        body: Result<Bag, Failure>,
    ) -> Answer {
        if operation.base().needs_credentials() {
            let account = path.iter().find(|(name, _)| *name == "account_id").map_or("", |(_, value)| value);
            self.authenticate(account, request)?;
            self.limit.charge(self.now(), operation)?;
        }
        if operation.base() == Base::Agents {
            agents::charge(&mut self.state)?;
        }
        let lacks = match operation.base() {
            Base::Permissions => Some(Switch::NoPermissions),
            _ if operation.tag == "Access Keys" => Some(Switch::NoAccessKeys),
            _ => None,
        };
        if lacks.is_some_and(|lacks| self.state.is_on(lacks)) {
            return Err(Failure::no_such_feature());
        }
        // A body where none belongs is read if it can be, and ignored otherwise.
        let body = if operation.takes_body() { body? } else { body.unwrap_or_default() };
        if operation.needs_body() && body.is_missing() {
            return Err(Failure::bad_request("The request body is missing"));
        }
        let last_wins = self.state.is_on(Switch::LastRepeatedValueWins);
        let fields = Fields::read(operation, path, query, &body, last_wins)?;
        self.state.handle(operation, &fields)
    }

    fn credentials(&self) -> String {
        format!("{}:{}", self.state.key, self.secret)
    }

    /// Keys belong to one account, so another account's id makes them wrong: both are a 401.
    fn authenticate(&self, account: &str, request: &Request<Vec<u8>>) -> Result<(), Failure> {
        let given = request
            .headers()
            .get(AUTHORIZATION)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.split_once(' '))
            .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("basic"))
            .and_then(|(_, encoded)| STANDARD.decode(encoded.trim()).ok());
        if given.as_deref() == Some(self.credentials().as_bytes()) && account == self.state.account_id {
            Ok(())
        } else {
            Err(Failure::unauthorized("Invalid credentials"))
        }
    }

    /// A response with the headers that every response carries.
    fn usual(&self, status: StatusCode, body: Vec<u8>) -> Response<Vec<u8>> {
        let now = self.now();
        let (limit, remaining) = self.limit.state(now);
        let mut response = Response::new(body);
        *response.status_mut() = status;
        let headers = response.headers_mut();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json; charset=utf-8"));
        headers.insert(LIMIT, HeaderValue::from(limit));
        headers.insert(REMAINING, HeaderValue::from(remaining));
        for (name, text) in [
            (DATE, http_date(now)),
            (REQUEST_ID, self.state.ids.request_id(self.served)),
            (RESET, http_date(next_hour(now))),
        ] {
            if let Ok(value) = HeaderValue::try_from(text) {
                headers.insert(name, value);
            }
        }
        response
    }
}

/// The method that a POST stands for: some clients send a DELETE as a POST with `_method=delete`.
fn overridden(method: &Method, query: &Bag, body: Option<&Bag>) -> Method {
    if *method != Method::POST {
        return method.clone();
    }
    let named = query.text("_method").or_else(|| body?.text("_method"));
    named.and_then(|name| name.to_ascii_uppercase().parse().ok()).unwrap_or_else(|| method.clone())
}

fn describe(disruption: &Disruption) -> &'static str {
    match disruption {
        Disruption::Close => "the connection was closed",
        Disruption::Reset => "the connection was reset",
        Disruption::Stall => "the connection stalled",
        Disruption::Raw(_) => "not HTTP",
        Disruption::Truncated { .. } => "the body was truncated",
        Disruption::StallInBody { .. } => "the body stalled",
        Disruption::CloseAfter { .. } => "the connection was closed after it",
    }
}
