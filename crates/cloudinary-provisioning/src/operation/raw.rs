//! [`Raw`]: any call of the API, for what has no operation of its own.

use std::fmt;
use std::marker::PhantomData;

use http::{Method, StatusCode};
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::operation::inherent::inherent;
use crate::operation::operation::{Operation, sealed};
use crate::operation::safety::Safety;
use crate::wire::build_error::BuildError;
use crate::wire::json::{self, Unreadable};
use crate::wire::target::{Base, Target};

inherent!(Raw<T: Read>);

/// Any call of the API by its method, path, query and JSON body.
///
/// The result is JSON, or any type that serde can read with [`typed`](Self::typed). Segments, keys and values are
/// encoded and checked as for every other operation. GET and HEAD count as safe, and every other method as not
/// idempotent, unless [`safety`](Self::safety) says otherwise. A response without a body reads as `null`.
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
///     request.uri().path(),
///     "/v1_1/provisioning/accounts/acc/user_groups/g1",
/// );
/// assert_eq!(request.uri().query(), Some("extended_details=true"));
/// assert_eq!(request.body(), br#"{"name":"Editors"}"#);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use = "an operation does nothing until it is sent"]
pub struct Raw<T = Value> {
    method: Method,
    base: Base,
    segments: Vec<String>,
    query: Vec<(String, String)>,
    json: Option<Value>,
    safety: Safety,
    output: PhantomData<fn() -> T>,
}

/// What [`Raw`] can read: any type that serde can deserialize without borrowing.
pub trait Read: DeserializeOwned + Send + 'static {}

impl<T: DeserializeOwned + Send + 'static> Read for T {}

impl Raw {
    /// Creates a call from the segments that follow the base, such as `["users", id, "groups"]`.
    pub fn new<I>(method: Method, segments: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<String>,
    {
        let safety = if method.is_safe() { Safety::Safe } else { Safety::NotIdempotent };
        let segments = segments.into_iter().map(Into::into).collect();
        let (base, output) = (Base::default(), PhantomData);
        Self { method, base, segments, query: Vec::new(), json: None, safety, output }
    }
}

impl<T> Raw<T> {
    /// Sets where the path begins, and so whether credentials are sent.
    pub fn base(mut self, base: Base) -> Self {
        self.base = base;
        self
    }

    /// Adds a query parameter. A key that is given twice is sent twice.
    pub fn query(mut self, key: impl Into<String>, value: impl Into<String>) -> Self {
        self.query.push((key.into(), value.into()));
        self
    }

    /// Sets the JSON body.
    pub fn json(mut self, body: impl Into<Value>) -> Self {
        self.json = Some(body.into());
        self
    }

    /// Sets the effect of sending the call again, which decides when it is retried.
    pub fn safety(mut self, safety: Safety) -> Self {
        self.safety = safety;
        self
    }

    /// Reads the response into a type of your own. Use `Option<T>` if there may be no body.
    ///
    /// ```
    /// use cloudinary_provisioning::{Raw, http::{Method, Response}};
    ///
    /// #[derive(serde::Deserialize)]
    /// struct Ping {
    ///     status: String,
    /// }
    ///
    /// let ping = Raw::new(Method::GET, ["ping"]).typed::<Ping>();
    /// assert_eq!(ping.parse(&Response::new(r#"{"status":"ok"}"#))?.status, "ok");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn typed<U: DeserializeOwned + Send + 'static>(self) -> Raw<U> {
        let Self { method, base, segments, query, json, safety, output: _ } = self;
        Raw { method, base, segments, query, json, safety, output: PhantomData }
    }
}

// By hand: a derive would ask the same of `T`.
impl<T> Clone for Raw<T> {
    fn clone(&self) -> Self {
        let Self { method, base, segments, query, json, safety, output } = self;
        Self {
            method: method.clone(),
            base: *base,
            segments: segments.clone(),
            query: query.clone(),
            json: json.clone(),
            safety: *safety,
            output: *output,
        }
    }
}

impl<T> PartialEq for Raw<T> {
    fn eq(&self, other: &Self) -> bool {
        let Self { method, base, segments, query, json, safety, output: _ } = self;
        (method, base, segments, query, json, safety)
            == (&other.method, &other.base, &other.segments, &other.query, &other.json, &other.safety)
    }
}

impl<T> fmt::Debug for Raw<T> {
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

impl<T: Read> sealed::Sealed for Raw<T> {
    type Value = T;

    fn base(&self) -> Base {
        self.base
    }

    fn target(&self, target: &mut Target) -> Result<(), BuildError> {
        for segment in &self.segments {
            target.segment("segments", segment)?;
        }
        for (key, value) in &self.query {
            target.pair(key, value);
        }
        Ok(())
    }

    fn body(&self) -> Result<Option<Vec<u8>>, BuildError> {
        self.json.as_ref().map(json::encode).transpose()
    }

    fn decode(status: StatusCode, body: &[u8]) -> Result<T, Unreadable> {
        json::decode_foreign(if status == StatusCode::NO_CONTENT || body.is_empty() { b"null" } else { body })
    }
}

impl<T: Read> Operation for Raw<T> {
    const ID: &'static str = "raw";
    const METHOD: Method = Method::GET;
    const SAFETY: Safety = Safety::NotIdempotent;
    const PATH: &'static str = "";
    type Output = T;

    fn method(&self) -> Method {
        self.method.clone()
    }

    fn safety(&self) -> Safety {
        self.safety
    }
}
