//! The account: a function from requests to responses, with methods for setup and inspection.

use std::collections::BTreeMap;
use std::fmt;

use http::{HeaderMap, Method, Request, StatusCode};
use time::OffsetDateTime;

use crate::account::history::History;
use crate::base::clock::rfc3339;
use crate::response::limit::HourlyLimit;
use crate::response::script::Script;
use crate::state::AccountState;

mod history;
mod inspection;
mod respond;
mod setup;
pub(crate) mod shared;

/// An in-memory account that answers requests.
///
/// The same setup and requests always give the same responses, byte for byte. The [crate documentation](crate)
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
    state: AccountState,
    secret: String,
    limit: HourlyLimit,
    script: Script,
    /// The number of requests that were received.
    served: u64,
    /// Requests that are applied later, by the time and their number.
    delayed: BTreeMap<(OffsetDateTime, u64), Request<Vec<u8>>>,
    history: History,
    log: Vec<LoggedRequest>,
    /// The number of requests that were removed from the log.
    cleared: u64,
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
    /// Whether the account has applied the request. A scripted fault may have prevented or delayed it.
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
