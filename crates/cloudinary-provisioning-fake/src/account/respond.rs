//! From a request to a response.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::header::{AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, DATE, HeaderName, HeaderValue};
use http::{Method, Request, Response, StatusCode};
use time::{Date, Duration, OffsetDateTime, Time};

use crate::account::{FakeAccount, LoggedRequest};
use crate::base::clock::{http_date, next_hour};
use crate::base::switch::Switch;
use crate::facts::{ApiPart, Effect, NoRoute, OperationFacts, Route, route};
use crate::operations;
use crate::request::fields::RequestFields;
use crate::request::form::Bag;
use crate::response::answer::{Answer, Failure, Success};
use crate::response::fault::{Applied, Disruption, Fault};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const LIMIT: HeaderName = HeaderName::from_static("x-featureratelimit-limit");
const REMAINING: HeaderName = HeaderName::from_static("x-featureratelimit-remaining");
const RESET: HeaderName = HeaderName::from_static("x-featureratelimit-reset");

/// Later than any time of a clock.
const FOREVER: OffsetDateTime = Date::MAX.with_time(Time::MAX).assume_utc();

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
            let mut response = self.usual(StatusCode::BAD_GATEWAY, page.into_bytes());
            response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/html"));
            response
        })
    }

    /// Answers a request, or returns how the connection breaks where a scripted fault asks for it.
    pub fn try_respond(&mut self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, Disruption> {
        self.state.clock.tick();
        self.apply_due();
        self.served = self.served.wrapping_add(1);
        let fault = self.next_fault(&request);
        let applied = fault.as_ref().map_or(Applied::AtOnce, Fault::applies);
        let (operation, genuine) = match applied {
            Applied::AtOnce => {
                let (operation, response) = self.answer(&request);
                (operation, Some(response))
            }
            Applied::Never => (None, None),
            Applied::After(delay) => {
                let due = self.now().checked_add(delay.max(Duration::ZERO)).unwrap_or(FOREVER);
                self.delayed.insert((due, self.served), request.clone());
                (None, None)
            }
        };
        let result = match (fault, genuine) {
            (None, Some(genuine)) => Ok(genuine),
            (None, None) => Err(Disruption::Close),
            (Some(fault), genuine) => fault.apply(genuine, |status, body| self.usual(status, body)),
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
            applied: applied == Applied::AtOnce,
        });
        result
    }

    fn next_fault(&mut self, request: &Request<Vec<u8>>) -> Option<Fault> {
        if self.script.is_empty() {
            return None;
        }
        let operation = route(request.method(), request.uri().path()).ok().map(|route| route.operation.id.as_str());
        self.script.next(request.method(), operation)
    }

    /// Applies the delayed requests that are due, each at its own time.
    pub(super) fn apply_due(&mut self) {
        let clock = self.state.clock;
        while let Some(entry) = self.delayed.first_entry().filter(|entry| entry.key().0 <= clock.now()) {
            let ((due, number), request) = entry.remove_entry();
            self.state.clock.set(due);
            self.apply_late(number, &request);
        }
        self.state.clock = clock;
    }

    /// Applies a delayed request. Its response is lost.
    pub(super) fn apply_late(&mut self, number: u64, request: &Request<Vec<u8>>) {
        let (operation, _) = self.answer(request);
        let place = number.checked_sub(self.cleared + 1).and_then(|place| usize::try_from(place).ok());
        if let Some(logged) = place.and_then(|place| self.log.get_mut(place)) {
            logged.operation = operation.map(|operation| operation.id.as_str());
            logged.applied = true;
        }
    }

    fn answer(&mut self, request: &Request<Vec<u8>>) -> (Option<&'static OperationFacts>, Response<Vec<u8>>) {
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
                let part = operation.map_or_else(|| ApiPart::of(path), OperationFacts::part);
                let mut response = self.usual(failure.status, failure.body(part));
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
        if operation.is_some_and(|operation| operation.tag == "Access Keys" || !operation.part().needs_credentials()) {
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
        if operation.part().needs_credentials() {
            let account = path.iter().find(|(name, _)| *name == "account_id").map_or("", |(_, value)| value);
            self.authenticate(account, request)?;
            self.limit.charge(self.now(), operation)?;
        }
        if operation.part() == ApiPart::Agents {
            operations::charge(&mut self.state)?;
        }
        let lacks = match operation.part() {
            ApiPart::Permissions => Some(Switch::NoPermissions),
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
        let fields = RequestFields::read(operation, path, query, &body, last_wins)?;
        if operation.effect() == Effect::Write {
            self.history.keep(&self.state);
        }
        let state = self.history.view(&self.state, operation.effect()).unwrap_or(&mut self.state);
        operations::handle(state, operation, &fields)
    }

    pub(super) fn credentials(&self) -> String {
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
    pub(crate) fn usual(&self, status: StatusCode, body: Vec<u8>) -> Response<Vec<u8>> {
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
