//! Accounts and clouds that agents created.

use std::fmt;

use time::{Date, OffsetDateTime};

/// The default number of calls per day and IP address.
const DEFAULT_LIMIT: u64 = 10;

/// An account that an agent created through a [`FakeAccount`](crate::FakeAccount).
///
/// ```
/// use cloudinary_provisioning_fake::FakeAccount;
///
/// let mut account = FakeAccount::new("acc", "key", "secret");
/// let body = r#"{
///     "email": "me@example.com",
///     "agent_framework": "mine",
///     "agent_llm_model": "m1",
///     "agent_goal": "to try"
/// }"#;
/// let request = http::Request::post("/v1_1/provisioning/agents/accounts")
///     .header("content-type", "application/json")
///     .body(body.into())
///     .unwrap();
///
/// assert_eq!(account.respond(request).status(), 200);
/// assert_eq!(account.agent_accounts().next().unwrap().email, "me@example.com");
/// ```
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct FakeAgentAccount {
    /// The account's id.
    pub id: String,
    /// The email address of the person who has to verify it.
    pub email: String,
    /// The cloud name of its product environment.
    pub cloud_name: String,
    /// The key of its product environment.
    pub api_key: String,
    /// The secret of that key.
    pub api_secret: String,
}

/// A cloud that an agent created through a [`FakeAccount`](crate::FakeAccount).
///
/// ```
/// use cloudinary_provisioning_fake::FakeAccount;
///
/// let mut account = FakeAccount::new("acc", "key", "secret");
/// let request = http::Request::post("/v1_1/provisioning/clouds")
///     .header("content-type", "application/json")
///     .body(br#"{"delivery_ips":["requester_ip"]}"#.to_vec())
///     .unwrap();
///
/// assert_eq!(account.respond(request).status(), 200);
/// let cloud = account.agent_clouds().next().unwrap();
/// assert_eq!(cloud.expires_at - account.now(), time::Duration::DAY);
/// ```
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct FakeAgentCloud {
    /// The id of its account.
    pub id: String,
    /// The email address that was given, or a generated one.
    pub email: String,
    /// Its cloud name.
    pub cloud_name: String,
    /// Its key.
    pub api_key: String,
    /// The secret of that key.
    pub api_secret: String,
    /// The addresses that it delivers to.
    pub delivery_ips: Vec<String>,
    /// When it is disabled unless it is claimed.
    pub expires_at: OffsetDateTime,
}

impl fmt::Debug for FakeAgentAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { id, email, .. } = self;
        f.debug_struct("FakeAgentAccount").field("id", id).field("email", email).finish_non_exhaustive()
    }
}

impl fmt::Debug for FakeAgentCloud {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { id, email, .. } = self;
        f.debug_struct("FakeAgentCloud").field("id", id).field("email", email).finish_non_exhaustive()
    }
}

#[derive(Clone, Debug)]
pub(crate) struct AgentRegistry {
    pub(crate) accounts: Vec<FakeAgentAccount>,
    pub(crate) clouds: Vec<FakeAgentCloud>,
    /// Emails that are taken elsewhere, in lower case.
    taken: Vec<String>,
    pub(crate) limit: u64,
    /// The number of calls on this day.
    calls: u64,
    day: Option<Date>,
}

impl Default for AgentRegistry {
    fn default() -> Self {
        let (accounts, clouds, taken) = (Vec::new(), Vec::new(), Vec::new());
        Self { accounts, clouds, taken, limit: DEFAULT_LIMIT, calls: 0, day: None }
    }
}

impl AgentRegistry {
    /// Reserves an email address.
    pub(crate) fn take_email(&mut self, email: &str) {
        self.taken.push(email.to_lowercase());
    }

    pub(crate) fn has_email(&self, email: &str) -> bool {
        let email = email.to_lowercase();
        self.taken.contains(&email) || self.accounts.iter().any(|account| account.email.to_lowercase() == email)
    }

    /// Counts a call, and returns whether the day's limit allows it.
    pub(crate) fn charge(&mut self, today: Date) -> bool {
        if self.day != Some(today) {
            self.day = Some(today);
            self.calls = 0;
        }
        let allowed = self.calls < self.limit;
        self.calls += u64::from(allowed);
        allowed
    }
}
