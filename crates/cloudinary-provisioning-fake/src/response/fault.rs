//! Faults that a test scripts.

use std::collections::HashSet;

use http::header::{CONTENT_TYPE, HeaderName, HeaderValue, RETRY_AFTER};
use http::{Method, Response, StatusCode};
use time::Duration;

use crate::response::answer::error_body;

/// A fault that one request meets.
///
/// | constructor | the client sees | is the request applied? |
/// |---|---|---|
/// | [`status`](Fault::status), [`throttled`](Fault::throttled), [`html`](Fault::html) | this response | no, unless [`applied`](Fault::applied) or [`applied_after`](Fault::applied_after) |
/// | [`close`](Fault::close), [`reset`](Fault::reset), [`stall`](Fault::stall), [`raw`](Fault::raw) | a broken connection | no, unless [`applied`](Fault::applied) or [`applied_after`](Fault::applied_after) |
/// | [`response`](Fault::response) | the genuine response, with the changes that are made to it | yes |
///
/// Responses can be changed further: [`header`](Fault::header), [`body`](Fault::body),
/// [`bare`](Fault::bare), [`truncated`](Fault::truncated), [`stall_in_body`](Fault::stall_in_body),
/// [`then_close`](Fault::then_close). These change nothing about a fault without a response.
///
/// ```
/// use cloudinary_provisioning_fake::{Fault, Framing};
/// use http::Method;
///
/// // The next POST is applied, but the client receives a 503.
/// let lost_response = Fault::status(503).applied().on(Method::POST);
/// // The error page of a proxy.
/// let proxy = Fault::html(502);
/// // Throttling with a hint.
/// let throttled = Fault::throttled(2).header("x-featureratelimit-remaining", "0");
/// // The genuine response, of which only ten bytes arrive.
/// let truncated = Fault::response().truncated_at(Framing::Chunked, 10);
/// # let _ = (lost_response, proxy, throttled, truncated);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    what: What,
    applied: Applied,
    only: Option<Method>,
    only_operation: Option<String>,
}

/// When the account applies a request that meets a fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Applied {
    Never,
    AtOnce,
    After(Duration),
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum What {
    Response(ScriptedResponse),
    Close,
    Reset,
    Stall,
    Raw(Vec<u8>),
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct ScriptedResponse {
    /// `None` is the genuine response.
    status: Option<StatusCode>,
    headers: Vec<(HeaderName, HeaderValue)>,
    body: Option<Vec<u8>>,
    bare: bool,
    ending: Ending,
    /// Set where the script itself is not valid.
    mistake: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Ending {
    Whole,
    Close,
    Truncated(Framing, Option<usize>),
    Stall(Option<usize>),
}

/// How a response delimits its body, which decides what a [truncated](Fault::truncated) body lacks.
///
/// ```
/// use cloudinary_provisioning_fake::{Fault, Framing};
///
/// let fault = Fault::status(200).body("{\"users\":[]}").truncated(Framing::ContentLength);
/// # let _ = fault;
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Framing {
    /// `content-length` announces more bytes than arrive.
    ContentLength,
    /// A chunk announces more bytes than arrive, and the last chunk is missing.
    Chunked,
    /// The end of the connection is the end of the body: only the body itself can show that a part of it is missing.
    CloseDelimited,
}

impl Fault {
    fn new(what: What) -> Self {
        Self { what, applied: Applied::Never, only: None, only_operation: None }
    }

    fn scripted(status: Option<StatusCode>, mistake: Option<String>) -> Self {
        let scripted =
            ScriptedResponse { status, headers: Vec::new(), body: None, bare: false, ending: Ending::Whole, mistake };
        Self::new(What::Response(scripted))
    }

    /// Answers with this status, the usual headers and the body
    /// `{"error":{"message":"<reason>"}}`.
    ///
    /// An invalid status makes it a 500 with an explanation.
    pub fn status(status: u16) -> Self {
        match StatusCode::from_u16(status) {
            Ok(status) => Self::scripted(Some(status), None),
            Err(_) => Self::scripted(
                Some(StatusCode::INTERNAL_SERVER_ERROR),
                Some(format!("the scripted status {status} is not an HTTP status")),
            ),
        }
    }

    /// Answers with a 429 and `retry-after` in seconds.
    pub fn throttled(retry_after: u64) -> Self {
        Self::status(429).header(RETRY_AFTER.as_str(), retry_after.to_string())
    }

    /// Answers as a proxy would: with an HTML page and without the service's headers.
    pub fn html(status: u16) -> Self {
        let page = format!("<html><head><title>{status}</title></head><body><h1>{status}</h1></body></html>");
        Self::status(status).bare().header(CONTENT_TYPE.as_str(), "text/html").body(page)
    }

    /// Answers with the genuine response of the request, which is applied. Without further changes this is not a fault,
    /// which is useful between others in a script.
    pub fn response() -> Self {
        Self::scripted(None, None)
    }

    /// Closes the connection without a response.
    pub fn close() -> Self {
        Self::new(What::Close)
    }

    /// Resets the connection without a response.
    pub fn reset() -> Self {
        Self::new(What::Reset)
    }

    /// Sends no response, and keeps the connection open until the client gives up or the server is dropped.
    pub fn stall() -> Self {
        Self::new(What::Stall)
    }

    /// Sends these bytes instead of a response, then closes the connection.
    pub fn raw(bytes: impl Into<Vec<u8>>) -> Self {
        Self::new(What::Raw(bytes.into()))
    }

    /// Applies the request before the fault replaces its response: the response is lost rather than the request.
    pub fn applied(mut self) -> Self {
        self.applied = Applied::AtOnce;
        self
    }

    /// Applies the request this long after the fault, by the account's clock: in the meantime the account is unchanged.
    ///
    /// [`FakeAccount::apply_delayed`](crate::FakeAccount::apply_delayed) applies it earlier. A delay of `Duration::MAX` is
    /// never over, so that only this call applies it. A [genuine response](Fault::response) is not delayed.
    ///
    /// ```
    /// use cloudinary_provisioning_fake::{FakeAccount, Fault, NewUser};
    /// use time::Duration;
    ///
    /// let mut account = FakeAccount::new("acc", "key", "secret")
    ///     .with_user(NewUser::new("John", "john@example.com").id("u1"))
    ///     .with_script([Fault::status(503).applied_after(Duration::MINUTE)]);
    /// let delete = http::Request::delete("/v1_1/provisioning/accounts/acc/users/u1")
    ///     .header("authorization", account.authorization())
    ///     .body(Vec::new())
    ///     .unwrap();
    ///
    /// assert_eq!(account.respond(delete).status(), 503);
    /// assert!(account.user("u1").is_some());
    /// account.advance(Duration::MINUTE);
    /// assert!(account.user("u1").is_none());
    /// ```
    pub fn applied_after(mut self, delay: Duration) -> Self {
        self.applied = Applied::After(delay);
        self
    }

    /// Restricts the fault to requests with this method. Others pass, and the fault waits.
    pub fn on(mut self, method: Method) -> Self {
        self.only = Some(method);
        self
    }

    /// Restricts the fault to requests of this operation, by its operationId. Others pass, and the fault waits.
    ///
    /// ```
    /// use cloudinary_provisioning_fake::Fault;
    ///
    /// let no_keys = Fault::status(503).on_operation("generateAccessKey");
    /// # let _ = no_keys;
    /// ```
    pub fn on_operation(mut self, operation_id: impl Into<String>) -> Self {
        self.only_operation = Some(operation_id.into());
        self
    }

    /// Sets a header of the response. The first of a name replaces the usual one; further ones of that name are added.
    ///
    /// An invalid header makes the response a 500 with an explanation.
    pub fn header(mut self, name: impl AsRef<[u8]>, value: impl AsRef<[u8]>) -> Self {
        let name = HeaderName::from_bytes(name.as_ref());
        let value = HeaderValue::from_bytes(value.as_ref());
        if let What::Response(scripted) = &mut self.what {
            match (name, value) {
                (Ok(name), Ok(value)) => scripted.headers.push((name, value)),
                (name, _) => {
                    let which = name.map_or_else(|_| "name".to_owned(), |name| name.to_string());
                    scripted.mistake = Some(format!("the scripted header {which} is not valid HTTP"));
                }
            }
        }
        self
    }

    /// Sets the body of the response. The content type stays JSON unless it is set.
    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        if let What::Response(scripted) = &mut self.what {
            scripted.body = Some(body.into());
        }
        self
    }

    /// Leaves out the headers that every response of the service carries (date, request id, rate limit).
    pub fn bare(mut self) -> Self {
        if let What::Response(scripted) = &mut self.what {
            scripted.bare = true;
        }
        self
    }

    /// Closes the connection in the middle of the body.
    pub fn truncated(self, framing: Framing) -> Self {
        self.ending(Ending::Truncated(framing, None))
    }

    /// Closes the connection after this many bytes of the body.
    pub fn truncated_at(self, framing: Framing, sent: usize) -> Self {
        self.ending(Ending::Truncated(framing, Some(sent)))
    }

    /// Sends half of the body, and never the rest.
    pub fn stall_in_body(self) -> Self {
        self.ending(Ending::Stall(None))
    }

    /// Sends this many bytes of the body, and never the rest.
    pub fn stall_in_body_at(self, sent: usize) -> Self {
        self.ending(Ending::Stall(Some(sent)))
    }

    /// Sends the whole response, then closes the connection without announcing it, as after an idle timeout.
    pub fn then_close(self) -> Self {
        self.ending(Ending::Close)
    }

    fn ending(mut self, ending: Ending) -> Self {
        if let What::Response(scripted) = &mut self.what {
            scripted.ending = ending;
        }
        self
    }

    /// Returns when the request is applied. A genuine response needs it at once.
    pub(crate) fn applies(&self) -> Applied {
        match &self.what {
            What::Response(ScriptedResponse { status: None, .. }) => Applied::AtOnce,
            _ => self.applied,
        }
    }

    pub(super) fn affects(&self, method: &Method, operation: Option<&str>) -> bool {
        self.only.as_ref().is_none_or(|only| only == method)
            && self.only_operation.as_deref().is_none_or(|only| Some(only) == operation)
    }

    /// Applies the fault. `usual` builds a response with the usual headers; `genuine` is the response of the request
    /// where it was applied.
    pub(crate) fn apply(
        self,
        genuine: Option<Response<Vec<u8>>>,
        usual: impl FnOnce(StatusCode, Vec<u8>) -> Response<Vec<u8>>,
    ) -> Result<Response<Vec<u8>>, Disruption> {
        match self.what {
            What::Response(scripted) => scripted.finish(genuine, usual),
            What::Close => Err(Disruption::Close),
            What::Reset => Err(Disruption::Reset),
            What::Stall => Err(Disruption::Stall),
            What::Raw(bytes) => Err(Disruption::Raw(bytes)),
        }
    }
}

impl ScriptedResponse {
    fn finish(
        self,
        genuine: Option<Response<Vec<u8>>>,
        usual: impl FnOnce(StatusCode, Vec<u8>) -> Response<Vec<u8>>,
    ) -> Result<Response<Vec<u8>>, Disruption> {
        if let Some(mistake) = self.mistake {
            let body = error_body(&mistake);
            return Ok(usual(StatusCode::INTERNAL_SERVER_ERROR, body));
        }
        let mut response = match (self.status, genuine) {
            (None, Some(genuine)) => genuine,
            (status, _) => {
                let status = status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
                usual(status, default_body(status))
            }
        };
        if self.bare {
            response.headers_mut().clear();
        }
        if let Some(body) = self.body {
            *response.body_mut() = body;
        }
        let mut replaced = HashSet::new();
        for (name, value) in self.headers {
            let headers = response.headers_mut();
            // This fails only for more headers than the map can hold; they are left out.
            if replaced.insert(name.clone()) {
                let _ = headers.try_insert(name, value);
            } else {
                let _ = headers.try_append(name, value);
            }
        }
        let half = response.body().len() / 2;
        match self.ending {
            Ending::Whole => Ok(response),
            Ending::Close => Err(Disruption::CloseAfter { response: Box::new(response) }),
            Ending::Truncated(framing, sent) => {
                Err(Disruption::Truncated { response: Box::new(response), framing, sent: sent.unwrap_or(half) })
            }
            Ending::Stall(sent) => {
                Err(Disruption::StallInBody { response: Box::new(response), sent: sent.unwrap_or(half) })
            }
        }
    }
}

fn default_body(status: StatusCode) -> Vec<u8> {
    if status.is_informational() || matches!(status.as_u16(), 204 | 205 | 304) {
        return Vec::new();
    }
    error_body(reason(status))
}

/// Returns the reason phrase. 420 is not in the registry of statuses.
pub(crate) fn reason(status: StatusCode) -> &'static str {
    match status.as_u16() {
        420 => "Max Usage Rate Exceeded",
        _ => status.canonical_reason().unwrap_or("Unknown"),
    }
}

/// What happens to the connection in place of a whole response.
///
/// The server carries it out. Without the server, [`FakeAccount::try_respond`](crate::FakeAccount::try_respond) returns
/// it, for you to turn into the error that your own HTTP stack would report.
///
/// ```
/// use cloudinary_provisioning_fake::{Disruption, FakeAccount, Fault};
///
/// let mut account = FakeAccount::new("acc", "key", "secret");
/// account.fail_next(1, Fault::close());
/// let response = account.try_respond(http::Request::new(Vec::new()));
/// let error = match response {
///     Err(Disruption::Stall) => std::io::ErrorKind::TimedOut,
///     Err(Disruption::Reset) => std::io::ErrorKind::ConnectionReset,
///     Err(_) => std::io::ErrorKind::UnexpectedEof,
///     Ok(_) => unreachable!(),
/// };
/// assert_eq!(error, std::io::ErrorKind::UnexpectedEof);
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Disruption {
    /// Closed before a response.
    Close,
    /// Reset before a response.
    Reset,
    /// Held open without a response.
    Stall,
    /// These bytes, then closed.
    Raw(Vec<u8>),
    /// Closed after the first bytes of the body.
    Truncated {
        /// The whole response.
        response: Box<Response<Vec<u8>>>,
        /// How its body is delimited.
        framing: Framing,
        /// The number of bytes of the body that are sent.
        sent: usize,
    },
    /// Held open after the first bytes of the body.
    StallInBody {
        /// The whole response.
        response: Box<Response<Vec<u8>>>,
        /// The number of bytes of the body that are sent.
        sent: usize,
    },
    /// The whole response, then closed.
    CloseAfter {
        /// The response.
        response: Box<Response<Vec<u8>>>,
    },
}

impl Disruption {
    /// Returns the status that the client received, if any.
    pub fn status(&self) -> Option<StatusCode> {
        match self {
            Self::Close | Self::Reset | Self::Stall | Self::Raw(_) => None,
            Self::Truncated { response, .. } | Self::StallInBody { response, .. } | Self::CloseAfter { response } => {
                Some(response.status())
            }
        }
    }
}
