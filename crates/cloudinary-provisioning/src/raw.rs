//! [`Raw`]: any call of the API, for what has no operation of its own yet.

use std::fmt;

use http::{Method, StatusCode};
use serde_json::Value;

use crate::build_error::BuildError;
use crate::json::{self, Unreadable};
use crate::operation::{Operation, Safety, operations};
use crate::target::{Base, Target};

operations!(Raw);

/// Any call of the API by its method, path, query and JSON body, with JSON as its result.
///
/// Segments, keys and values are encoded and checked as those of every other operation are. GET and HEAD are taken
/// to be safe and everything else for not idempotent, until [`safety`](Self::safety) says otherwise. A reply without
/// a body is `null`.
///
/// `Debug` does not show the JSON body, which may hold a secret.
///
/// ```
/// use cloudinary_provisioning::{Account, Raw, Safety, http::Method};
/// use serde_json::json;
///
/// let account = Account::new("acc", "key", "secret")?;
/// let rename = Raw::new(Method::PUT, ["user_groups", "g1"])
///     .query("extended_details", "true")
///     .json(json!({"name": "Editors"}))
///     .safety(Safety::Idempotent);
/// let request = account.request(&rename)?;
/// assert_eq!(
///     request.uri(),
///     "https://api.cloudinary.com/v1_1/provisioning/accounts/acc/user_groups/g1?extended_details=true",
/// );
/// assert_eq!(request.body(), br#"{"name":"Editors"}"#);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq)]
#[must_use = "an operation does nothing until it is sent"]
pub struct Raw {
    method: Method,
    base: Base,
    segments: Vec<String>,
    query: Vec<(String, String)>,
    json: Option<Value>,
    safety: Safety,
}

impl Raw {
    /// A call with the segments that follow on the account's path: `["users", id, "groups"]`.
    pub fn new<I>(method: Method, segments: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<String>,
    {
        let safety = if method.is_safe() { Safety::Safe } else { Safety::NotIdempotent };
        let segments = segments.into_iter().map(Into::into).collect();
        Self { method, base: Base::default(), segments, query: Vec::new(), json: None, safety }
    }

    /// Where the path begins, and whether credentials are sent.
    pub fn base(mut self, base: Base) -> Self {
        self.base = base;
        self
    }

    /// One more query parameter. A key that is given twice is sent twice.
    pub fn query(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.query.push((key.into(), value.into()));
        self
    }

    /// The JSON body.
    pub fn json(mut self, body: impl Into<Value>) -> Self {
        self.json = Some(body.into());
        self
    }

    /// What a repeat of the call does, and so when it is repeated.
    pub fn safety(mut self, safety: Safety) -> Self {
        self.safety = safety;
        self
    }
}

impl fmt::Debug for Raw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Raw")
            .field("method", &self.method)
            .field("base", &self.base)
            .field("segments", &self.segments)
            .field("query", &self.query)
            .field("safety", &self.safety)
            .finish_non_exhaustive()
    }
}

impl Operation for Raw {
    const ID: &'static str = "raw";
    const METHOD: Method = Method::GET;
    const SAFETY: Safety = Safety::NotIdempotent;
    type Output = Value;

    fn method(&self) -> Method {
        self.method.clone()
    }

    fn safety(&self) -> Safety {
        self.safety
    }

    fn base(&self) -> Base {
        self.base
    }

    fn target(&self, target: &mut Target) -> Result<(), BuildError> {
        for segment in &self.segments {
            target.segment("segments", segment)?;
        }
        for (key, value) in &self.query {
            target.query_pair(key, value);
        }
        Ok(())
    }

    fn body(&self) -> Result<Option<Vec<u8>>, BuildError> {
        self.json.as_ref().map(json::encode).transpose()
    }

    fn decode(status: StatusCode, body: &[u8]) -> Result<Value, Unreadable> {
        if status == StatusCode::NO_CONTENT || body.is_empty() {
            return Ok(Value::Null);
        }
        json::decode(body)
    }
}
