//! The account itself: a function from requests to responses, with methods for a test to set it up and inspect it.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::{AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, DATE, HeaderName, HeaderValue};
use http::{HeaderMap, Method, Request, Response, StatusCode};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use time::{Duration, OffsetDateTime};

use crate::base::clock::{Clock, http_date, next_hour, rfc3339, utc};
use crate::base::ids::Ids;
use crate::base::switch::Switch;
use crate::facts::{Base, NoRoute, Operation, Route, route};
use crate::operations::access_keys::{self, FakeAccessKey, NewAccessKey};
use crate::operations::agents::{self, FakeAgentAccount, FakeAgentCloud};
use crate::operations::billing_usage::PlanUsage;
use crate::operations::product_environments::{self, FakeSubAccount, NewSubAccount};
use crate::operations::user_groups::{self, FakeGroup, NewGroup};
use crate::operations::users::{self, FakeUser, NewUser};
use crate::reply::answer::{Answer, Failure, Success};
use crate::reply::fault::{Disruption, Fault, Script};
use crate::reply::limit::RateLimit;
use crate::request::fields::Fields;
use crate::request::form::Bag;
use crate::state::State;

/// All but what RFC 3986 calls unreserved.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const LIMIT: HeaderName = HeaderName::from_static("x-featureratelimit-limit");
const REMAINING: HeaderName = HeaderName::from_static("x-featureratelimit-remaining");
const RESET: HeaderName = HeaderName::from_static("x-featureratelimit-reset");

/// An in-memory account that answers requests.
///
/// The same setup and the same requests always give the same responses, byte for byte. The [crate documentation](crate)
/// describes what is modelled.
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

/// A request that a [`FakeAccount`] received, and its outcome.
///
/// ```
/// use cloudinary_provisioning_fake::{FakeAccount, Fault};
///
/// let mut account = FakeAccount::new("acc", "key", "secret");
/// account.fail_next(1, Fault::status(503));
/// account.respond(
///     http::Request::get("/v1_1/provisioning/accounts/acc/users").body(vec![]).unwrap(),
/// );
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
    /// The time of arrival, by the account's clock.
    pub at: OffsetDateTime,
    /// The headers. `authorization` is marked sensitive, so that `Debug` does not print it.
    pub headers: HeaderMap,
    /// The body.
    pub body: Vec<u8>,
    /// The operation's operationId: `None` for an unknown path, and where a fault prevented the request from being
    /// applied.
    pub operation: Option<&'static str>,
    /// The status that the client received: `None` where a fault prevented the response.
    pub status: Option<StatusCode>,
    /// Whether the account applied the request. A scripted fault may have prevented it.
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
    /// Creates an empty account that accepts these credentials.
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

    /// Sets the seed of generated ids, 0 by default, for ids generated from here on.
    pub fn with_seed(mut self, seed: u64) -> Self {
        self.state.ids = Ids::seeded(seed);
        self
    }

    /// Sets the time, and by how much each request advances it before it is answered. By default the clock starts at
    /// 2026-01-01T00:00:00Z and advances by a second.
    pub fn with_clock(mut self, start: OffsetDateTime, step: Duration) -> Self {
        self.state.clock = Clock::new(start, step);
        self
    }

    /// Caps the number of items on a page, whatever a request asks for.
    pub fn with_page_cap(mut self, cap: usize) -> Self {
        self.state.page_cap = Some(cap);
        self
    }

    /// Turns on a switch.
    pub fn with_switch(mut self, switch: Switch) -> Self {
        self.state.switches.insert(switch);
        self
    }

    /// Turns on several switches.
    pub fn with_switches(mut self, switches: impl IntoIterator<Item = Switch>) -> Self {
        self.state.switches.extend(switches);
        self
    }

    /// Limits the number of requests until the clock's next full hour; further ones are answered with a 420, or a 429
    /// where an operation documents no 420. The default is a million.
    pub fn with_rate_limit(mut self, limit: u64) -> Self {
        self.limit = RateLimit::new(limit);
        self
    }

    /// Adds a user. See [`insert_user`](Self::insert_user).
    pub fn with_user(mut self, user: NewUser) -> Self {
        self.insert_user(user);
        self
    }

    /// Adds several users.
    pub fn with_users(mut self, users: impl IntoIterator<Item = NewUser>) -> Self {
        for user in users {
            self.insert_user(user);
        }
        self
    }

    /// Adds a product environment. See [`add_sub_account`](Self::add_sub_account).
    pub fn with_sub_account(mut self, sub_account: NewSubAccount) -> Self {
        self.add_sub_account(sub_account);
        self
    }

    /// Adds an access key to a product environment. See [`add_access_key`](Self::add_access_key).
    pub fn with_access_key(mut self, sub_account_id: &str, key: NewAccessKey) -> Self {
        self.add_access_key(sub_account_id, key);
        self
    }

    /// Adds a group. See [`add_group`](Self::add_group).
    pub fn with_group(mut self, group: NewGroup) -> Self {
        self.add_group(group);
        self
    }

    /// Adds the usage of a plan. See [`add_plan`](Self::add_plan).
    pub fn with_plan(mut self, plan: PlanUsage) -> Self {
        self.add_plan(plan);
        self
    }

    /// Limits the number of agents' calls per day, failed ones included; further ones are answered with a 429. The
    /// default is ten.
    pub fn with_agent_limit(mut self, limit: u64) -> Self {
        self.state.agents.limit = limit;
        self
    }

    /// Scripts faults for the next requests, one each. See [`script`](Self::script).
    pub fn with_script(mut self, faults: impl IntoIterator<Item = Fault>) -> Self {
        self.script(faults);
        self
    }
}

/// Changes without a request, at any time.
impl FakeAccount {
    /// Adds a pending user with the defaults of a request, and returns the id.
    pub fn add_user(&mut self, name: impl Into<String>, email: impl Into<String>) -> String {
        self.insert_user(NewUser::new(name, email))
    }

    /// Adds a user and returns the id. A user with the same id or email is replaced.
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

    /// Removes a user from the account, from all groups and from all roles.
    pub fn remove_user(&mut self, id: &str) -> Option<FakeUser> {
        users::remove(&mut self.state, id)
    }

    /// Records a login of a user, which also accepts an open invitation. Returns whether there is such a user.
    pub fn log_in(&mut self, id: &str, moment: OffsetDateTime) -> bool {
        let login = |user: &mut FakeUser| {
            user.pending = false;
            user.last_login = Some(utc(moment));
        };
        self.state.users.change(id, login).is_some()
    }

    /// Adds a product environment with its Root key and returns its id. One with the same id is replaced and keeps its
    /// keys.
    pub fn add_sub_account(&mut self, sub_account: NewSubAccount) -> String {
        product_environments::insert(&mut self.state, sub_account)
    }

    /// Removes a product environment, its keys and everybody's access to it.
    pub fn remove_sub_account(&mut self, id: &str) -> Option<FakeSubAccount> {
        product_environments::remove(&mut self.state, id)
    }

    /// Reserves a cloud name, as a product environment of another account would.
    pub fn take_cloud_name(&mut self, cloud_name: &str) {
        self.state.environments.take_cloud_name(cloud_name);
    }

    /// Adds an access key to a product environment and returns the API key. One with the same API key is replaced.
    pub fn add_access_key(&mut self, sub_account_id: &str, key: NewAccessKey) -> String {
        access_keys::insert(&mut self.state, sub_account_id, key).api_key
    }

    /// Removes an access key from a product environment.
    pub fn remove_access_key(&mut self, sub_account_id: &str, api_key: &str) -> Option<FakeAccessKey> {
        access_keys::delete(&mut self.state, sub_account_id, |key| key.api_key == api_key)
    }

    /// Adds a group and returns its id. A group with the same id is renamed and gains the new members.
    pub fn add_group(&mut self, group: NewGroup) -> String {
        user_groups::insert(&mut self.state, group)
    }

    /// Removes a group.
    pub fn remove_group(&mut self, id: &str) -> Option<FakeGroup> {
        user_groups::remove(&mut self.state, id)
    }

    /// Adds the usage of a plan.
    pub fn add_plan(&mut self, plan: PlanUsage) {
        self.state.billing.plans.push(plan);
    }

    /// Removes the usage of all plans, and the subscription with it.
    pub fn remove_plans(&mut self) {
        self.state.billing.plans.clear();
    }

    /// Reserves an email address, so that no agent can create an account for it.
    pub fn take_email(&mut self, email: &str) {
        self.state.agents.take_email(email);
    }

    /// Advances the clock, for example until the rate limit is reset.
    pub fn advance(&mut self, by: Duration) {
        self.state.clock.advance(by);
    }
}

/// Scripted faults.
impl FakeAccount {
    /// Scripts a fault for the next `n` requests, after those that are scripted already.
    pub fn fail_next(&mut self, n: usize, fault: Fault) {
        self.script.add(n, fault);
    }

    /// Scripts faults for the next requests, one each and in this order.
    pub fn script(&mut self, faults: impl IntoIterator<Item = Fault>) {
        for fault in faults {
            self.script.add(1, fault);
        }
    }

    /// Scripts a fault for every `n`th request from here on. Requests that meet a fault of [`script`](Self::script) do
    /// not count, nor do those that the fault [does not apply to](Fault::on).
    pub fn fail_every(&mut self, n: u64, fault: Fault) {
        self.script.recur(n, fault);
    }

    /// Removes all scripted faults.
    pub fn clear_faults(&mut self) {
        self.script.clear();
    }

    /// Returns the number of scripted faults that no request has met yet.
    pub fn faults_left(&self) -> usize {
        self.script.left()
    }
}

/// Inspection.
impl FakeAccount {
    /// Returns the account id.
    pub fn id(&self) -> &str {
        &self.state.account_id
    }

    /// Returns `account://KEY:SECRET@ACCOUNT_ID`, the form in which Cloudinary's clients take credentials.
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

    /// Returns the value of the `authorization` header that this account accepts.
    pub fn authorization(&self) -> String {
        format!("Basic {}", STANDARD.encode(self.credentials()))
    }

    /// Returns all users, in the order of creation.
    pub fn users(&self) -> impl DoubleEndedIterator<Item = &FakeUser> {
        self.state.users.iter()
    }

    /// Returns the number of users.
    pub fn user_count(&self) -> usize {
        self.state.users.len()
    }

    /// Returns the user with this id.
    pub fn user(&self, id: &str) -> Option<&FakeUser> {
        self.state.users.get(id)
    }

    /// Returns the user with this email, ignoring case.
    pub fn user_by_email(&self, email: &str) -> Option<&FakeUser> {
        self.state.users.by_email(email)
    }

    /// Returns all product environments, in the order of creation.
    pub fn sub_accounts(&self) -> impl Iterator<Item = &FakeSubAccount> {
        self.state.environments.iter()
    }

    /// Returns the product environment with this id.
    pub fn sub_account(&self, id: &str) -> Option<&FakeSubAccount> {
        self.state.environments.get(id)
    }

    /// Returns the access keys of a product environment, in the order of creation.
    pub fn access_keys(&self, sub_account_id: &str) -> impl DoubleEndedIterator<Item = &FakeAccessKey> {
        self.state.access_keys.of(sub_account_id).iter()
    }

    /// Returns the access key of a product environment with this API key.
    pub fn access_key(&self, sub_account_id: &str, api_key: &str) -> Option<&FakeAccessKey> {
        self.access_keys(sub_account_id).find(|key| key.api_key == api_key)
    }

    /// Returns all groups, in the order of creation.
    pub fn groups(&self) -> impl Iterator<Item = &FakeGroup> {
        self.state.groups.iter()
    }

    /// Returns the group with this id.
    pub fn group(&self, id: &str) -> Option<&FakeGroup> {
        self.state.groups.get(id)
    }

    /// Returns the groups of a user.
    pub fn groups_of(&self, user_id: &str) -> impl Iterator<Item = &FakeGroup> {
        self.state.groups.all_of_user(user_id)
    }

    /// Returns the usage of all plans.
    pub fn plans(&self) -> impl Iterator<Item = &PlanUsage> {
        self.state.billing.plans.iter()
    }

    /// Returns the accounts that agents created.
    pub fn agent_accounts(&self) -> impl Iterator<Item = &FakeAgentAccount> {
        self.state.agents.accounts.iter()
    }

    /// Returns the clouds that agents created.
    pub fn agent_clouds(&self) -> impl Iterator<Item = &FakeAgentCloud> {
        self.state.agents.clouds.iter()
    }

    /// Returns the account's time.
    pub fn now(&self) -> OffsetDateTime {
        self.state.now()
    }

    /// Returns every request so far, faults included.
    pub fn requests(&self) -> impl DoubleEndedIterator<Item = &LoggedRequest> + ExactSizeIterator {
        self.log.iter()
    }

    /// Clears the log of requests.
    pub fn clear_requests(&mut self) {
        self.log.clear();
    }
}

/// Responses.
impl FakeAccount {
    /// Answers a request.
    ///
    /// A scripted fault that breaks the connection becomes a 502 with an HTML body here;
    /// [`try_respond`](Self::try_respond) returns it as an error.
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

    /// Answers a request, or returns how the connection breaks where a scripted fault asks for it.
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

    /// Checks the credentials. A key belongs to one account, so another account's id is a 401 as well.
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

    /// Builds a response with the headers that every response carries.
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

/// Returns the method that a POST stands for: some clients send a DELETE as a POST with `_method=delete`.
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
