//! [`Raw`]: any call of the API, for calls without a typed operation.

use std::fmt::{self, Display};
use std::marker::PhantomData;

use http::{Method, StatusCode};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::operation::inherent::inherent;
use crate::operation::operation::{Operation, sealed};
use crate::operation::safety::Safety;
use crate::wire::build_error::BuildError;
use crate::wire::json::{self, Unreadable};
use crate::wire::target::{PathPrefix, Target};

inherent!(Raw<T: RawOutput>);

/// Any call of the API by its method, path, query and JSON body.
///
/// The result is JSON, or any type that serde can read with [`typed`](Self::typed). Segments, keys and values are
/// encoded and checked as for every other operation. GET and HEAD count as safe, and every other method as not
/// idempotent, unless [`safety`](Self::safety) says otherwise. A response without a body reads as `null`.
///
/// [`Entry::request`](crate::catalog::Entry::request) makes one of an operation of the catalogue.
///
/// `Debug` does not show the JSON body, which may hold a secret.
///
/// ```
/// use cloudinary_provisioning::{Account, Raw, Safety, http::Method};
/// use serde_json::json;
///
/// let account = Account::new("acc", "key", "secret")?;
/// let rename = Raw::new(Method::PUT, ["user_groups", "g1"])
///     .named("renameGroup")
///     .query("extended_details", true)
///     .json(&json!({"name": "Editors"}))
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
    pub(crate) id: &'static str,
    pub(crate) path: &'static str,
    method: Method,
    prefix: PathPrefix,
    segments: Vec<(&'static str, String)>,
    query: Vec<Parameter>,
    pub(crate) body: Option<Result<Vec<u8>, BuildError>>,
    safety: Safety,
    output: PhantomData<fn() -> T>,
}

/// A query parameter.
#[derive(Clone, Debug, PartialEq)]
enum Parameter {
    One(String, String),
    /// In the account's form of lists.
    List(&'static str, Vec<String>),
}

/// What [`Raw`] can read: any type that serde can deserialize without borrowing.
pub trait RawOutput: DeserializeOwned + Send + 'static {}

impl<T: DeserializeOwned + Send + 'static> RawOutput for T {}

impl Raw {
    /// Creates a call from the segments that follow the prefix, such as `["users", id, "groups"]`.
    pub fn new<I>(method: Method, segments: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<String>,
    {
        Self::of_fields(method, segments.into_iter().map(|segment| ("segments", segment.into())).collect())
    }

    /// Creates a call from segments, each with the field that it comes from.
    pub(crate) fn of_fields(method: Method, segments: Vec<(&'static str, String)>) -> Self {
        Self {
            id: "raw",
            path: "",
            safety: if method.is_safe() { Safety::Safe } else { Safety::NotIdempotent },
            method,
            prefix: PathPrefix::default(),
            segments,
            query: Vec::new(),
            body: None,
            output: PhantomData,
        }
    }
}

impl<T> Raw<T> {
    /// Sets the name that errors, events and logs show, `raw` by default.
    pub fn named(mut self, name: &'static str) -> Self {
        self.id = name;
        self
    }

    /// Sets where the path begins, and so whether credentials are sent.
    pub fn prefix(mut self, prefix: PathPrefix) -> Self {
        self.prefix = prefix;
        self
    }

    /// Adds a query parameter. A key that is given twice is sent twice.
    pub fn query(mut self, key: impl Into<String>, value: impl Display) -> Self {
        self.query.push(Parameter::One(key.into(), value.to_string()));
        self
    }

    /// Sets the JSON body. What cannot be written as JSON is reported when the request is built.
    pub fn json(mut self, body: &(impl Serialize + ?Sized)) -> Self {
        self.body = Some(json::encode(body));
        self
    }

    /// Sets the effect of sending the call again, which decides when it is retried.
    pub fn safety(mut self, safety: Safety) -> Self {
        self.safety = safety;
        self
    }

    /// Reads the response into your own type. Use `Option<T>` if there may be no body.
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
        let Self { id, path, method, prefix, segments, query, body, safety, output: _ } = self;
        Raw { id, path, method, prefix, segments, query, body, safety, output: PhantomData }
    }

    pub(crate) fn list(mut self, key: &'static str, values: Vec<String>) -> Self {
        self.query.push(Parameter::List(key, values));
        self
    }

    /// Sets a query parameter, in place of one with the same key.
    pub(crate) fn has_query(&self, key: &str, value: &str) -> bool {
        self.query.iter().any(|it| matches!(it, Parameter::One(name, text) if name == key && text == value))
    }

    pub(crate) fn set_query(&mut self, key: &'static str, value: String) {
        self.query.retain(|parameter| !matches!(parameter, Parameter::One(other, _) if other == key));
        self.query.push(Parameter::One(key.to_owned(), value));
    }
}

// By hand: a derive would ask the same of `T`.
impl<T> Clone for Raw<T> {
    fn clone(&self) -> Self {
        let Self { id, path, method, prefix, segments, query, body, safety, output } = self;
        Self {
            id,
            path,
            method: method.clone(),
            prefix: *prefix,
            segments: segments.clone(),
            query: query.clone(),
            body: body.clone(),
            safety: *safety,
            output: *output,
        }
    }
}

impl<T> PartialEq for Raw<T> {
    fn eq(&self, other: &Self) -> bool {
        let Self { id, path, method, prefix, segments, query, body, safety, output: _ } = self;
        (id, path, method, prefix, segments, query, body, safety)
            == (
                &other.id,
                &other.path,
                &other.method,
                &other.prefix,
                &other.segments,
                &other.query,
                &other.body,
                &other.safety,
            )
    }
}

impl<T> fmt::Debug for Raw<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let segments: Vec<_> = self.segments.iter().map(|(_, segment)| segment).collect();
        f.debug_struct("Raw")
            .field("id", &self.id)
            .field("method", &self.method)
            .field("prefix", &self.prefix)
            .field("segments", &segments)
            .field("query", &self.query)
            .field("safety", &self.safety)
            .finish_non_exhaustive()
    }
}

impl<T: RawOutput> sealed::Sealed for Raw<T> {
    type Value = T;

    fn prefix(&self) -> PathPrefix {
        self.prefix
    }

    fn target(&self, target: &mut Target) -> Result<(), BuildError> {
        for (field, segment) in &self.segments {
            target.segment(field, segment)?;
        }
        for parameter in &self.query {
            match parameter {
                Parameter::One(key, value) => target.pair(key, value),
                Parameter::List(key, values) => target.query_list(key, values)?,
            }
        }
        Ok(())
    }

    fn body(&self) -> Result<Option<Vec<u8>>, BuildError> {
        self.body.clone().transpose()
    }

    fn decode(&self, status: StatusCode, body: &[u8]) -> Result<T, Unreadable> {
        json::decode_foreign(if status == StatusCode::NO_CONTENT || body.is_empty() { b"null" } else { body })
    }
}

impl<T: RawOutput> Operation for Raw<T> {
    type Output = T;

    fn id(&self) -> &'static str {
        self.id
    }

    fn method(&self) -> Method {
        self.method.clone()
    }

    fn safety(&self) -> Safety {
        self.safety
    }

    fn path(&self) -> &'static str {
        self.path
    }
}
