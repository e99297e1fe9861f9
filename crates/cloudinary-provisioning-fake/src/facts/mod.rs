//! The facts of the API: every operation with its path, its fields and its statuses.
//!
//! Routing, decoding and validation follow from them; a resource adds its state and its rules.

use std::borrow::Cow;
use std::fmt;
use std::sync::LazyLock;

use http::Method;
use percent_encoding::percent_decode_str;
use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde_json::{Map, Value};

/// The API description.
const DOCUMENTED: &str = include_str!("facts.json");

/// What the service accepts beyond it: one more operation and a few more fields.
const UNDOCUMENTED: &str = include_str!("undocumented.json");

static OPERATIONS: LazyLock<Vec<OperationFacts>> = LazyLock::new(|| {
    let read = |text| serde_json::from_str::<Facts>(text).unwrap_or_default().operations;
    let mut operations = read(DOCUMENTED);
    for more in read(UNDOCUMENTED) {
        match operations.iter_mut().find(|known| known.id == more.id) {
            Some(known) => known.extend(more),
            None => operations.push(more),
        }
    }
    for operation in &mut operations {
        operation.segments = operation.path.split('/').map(Segment::new).collect();
    }
    operations
});

#[derive(Debug, Default, Deserialize)]
struct Facts {
    operations: Vec<OperationFacts>,
}

/// One operation.
#[derive(Debug, Deserialize)]
pub(crate) struct OperationFacts {
    /// The operationId of the API description.
    #[serde(rename = "operationId")]
    pub(crate) id: String,
    /// The resource, such as `User Groups`.
    #[serde(default)]
    pub(crate) tag: String,
    #[serde(default)]
    pub(crate) method: String,
    #[serde(default)]
    path: String,
    /// The path split at its slashes, so that a request does not split it again.
    #[serde(skip)]
    segments: Vec<Segment>,
    #[serde(default)]
    parameters: Vec<ParameterFacts>,
    #[serde(default)]
    body: Option<BodyFacts>,
    #[serde(default)]
    responses: Map<String, Value>,
}

#[derive(Debug, Deserialize)]
struct ParameterFacts {
    name: String,
    #[serde(rename = "in")]
    place: FieldPlace,
    #[serde(flatten)]
    shape: Shape,
}

#[derive(Debug, Deserialize)]
struct BodyFacts {
    #[serde(default)]
    required: bool,
    #[serde(default)]
    shape: Shape,
}

/// Where a field belongs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum FieldPlace {
    Path,
    Query,
    Body,
}

/// The type of a field and its limits.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Shape {
    #[serde(rename = "type")]
    pub(crate) kind: FieldType,
    #[serde(default)]
    pub(crate) required: bool,
    #[serde(default)]
    pub(crate) nullable: bool,
    #[serde(default, rename = "enum")]
    pub(crate) one_of: Vec<String>,
    #[serde(default)]
    pub(crate) format: Option<String>,
    /// The media type of a query value that is not plain text.
    #[serde(default)]
    pub(crate) content: Option<String>,
    #[serde(default)]
    pub(crate) items: Option<Box<Shape>>,
    #[serde(default, deserialize_with = "in_order")]
    pub(crate) fields: Vec<(String, Shape)>,
    #[serde(default)]
    pub(crate) max_items: Option<usize>,
    #[serde(default)]
    pub(crate) min_length: Option<usize>,
    #[serde(default)]
    pub(crate) max_length: Option<usize>,
    #[serde(default)]
    pub(crate) maximum: Option<i64>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum FieldType {
    String,
    Boolean,
    Integer,
    Array,
    #[default]
    Object,
}

/// The part of the API that an operation belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ApiPart {
    /// `/v1_1/provisioning/accounts/{account_id}`.
    Provisioning,
    /// `/v1_1/provisioning`, without credentials.
    Agents,
    /// `/v2/accounts/{account_id}/permissions`.
    Permissions,
    /// `/v2/accounts/permissions/public`, without credentials.
    Public,
}

impl ApiPart {
    /// The base of any path, known or not: it decides the form of an error.
    pub(crate) fn of(path: &str) -> Self {
        if path.starts_with("/v2/accounts/permissions/public") {
            Self::Public
        } else if path.starts_with("/v2") {
            Self::Permissions
        } else if path.starts_with("/v1_1/provisioning/accounts/") {
            Self::Provisioning
        } else {
            Self::Agents
        }
    }

    pub(crate) fn needs_credentials(self) -> bool {
        matches!(self, Self::Provisioning | Self::Permissions)
    }
}

impl OperationFacts {
    pub(crate) fn part(&self) -> ApiPart {
        ApiPart::of(&self.path)
    }

    /// The fields of the query and the body, in the order of the facts.
    pub(crate) fn fields(&self) -> impl Iterator<Item = (&str, FieldPlace, &Shape)> {
        let query = self.parameters.iter().filter(|parameter| parameter.place == FieldPlace::Query);
        let query = query.map(|parameter| (parameter.name.as_str(), FieldPlace::Query, &parameter.shape));
        let body = self.body.iter().flat_map(|body| &body.shape.fields);
        query.chain(body.map(|(name, shape)| (name.as_str(), FieldPlace::Body, shape)))
    }

    pub(crate) fn takes_body(&self) -> bool {
        self.body.is_some()
    }

    pub(crate) fn needs_body(&self) -> bool {
        self.body.as_ref().is_some_and(|body| body.required)
    }

    /// Whether this status is documented.
    pub(crate) fn documents(&self, status: u16) -> bool {
        self.responses.contains_key(&status.to_string())
    }

    fn extend(&mut self, more: Self) {
        for parameter in more.parameters {
            match self.parameters.iter_mut().find(|known| known.name == parameter.name) {
                Some(known) => *known = parameter,
                None => self.parameters.push(parameter),
            }
        }
        if let (Some(body), Some(more)) = (&mut self.body, more.body) {
            body.shape.fields.extend(more.shape.fields);
        }
    }

    /// Returns whether the operation reads one object, reads a list, or writes.
    pub(crate) fn effect(&self) -> Effect {
        match (self.method.as_str(), self.segments.last()) {
            ("GET", Some(Segment::Parameter(_))) => Effect::Get,
            ("GET", _) => Effect::List,
            // A list whose parameters are too long for a query.
            _ if self.id == "inspectMultiple" => Effect::List,
            _ => Effect::Write,
        }
    }

    fn matches(&self, path: &[Cow<'_, str>]) -> bool {
        let fits = |(segment, given): (&Segment, &Cow<'_, str>)| match segment {
            Segment::Literal(text) => text == given,
            Segment::Parameter(_) => true,
        };
        self.segments.len() == path.len() && self.segments.iter().zip(path).rev().all(fits)
    }
}

/// What an operation does to the account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Effect {
    /// Reads one object.
    Get,
    /// Reads a list.
    List,
    Write,
}

/// A part of a path.
#[derive(Debug)]
enum Segment {
    Literal(String),
    Parameter(String),
}

impl Segment {
    fn new(text: &str) -> Self {
        match text.strip_prefix('{').and_then(|name| name.strip_suffix('}')) {
            Some(name) => Self::Parameter(name.to_owned()),
            None => Self::Literal(text.to_owned()),
        }
    }
}

/// An operation and the values of its path's parameters.
#[derive(Debug)]
pub(crate) struct Route {
    pub(crate) operation: &'static OperationFacts,
    pub(crate) path: Vec<(&'static str, String)>,
}

/// Why no route was found.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum NoRoute {
    UnknownPath,
    /// The methods of this path, as the `allow` header lists them.
    OtherMethod(String),
}

/// Finds the operation of a path and a method. `HEAD` finds what `GET` does.
pub(crate) fn route(method: &Method, path: &str) -> Result<Route, NoRoute> {
    // Split first, decode after, and once: an encoded slash is part of an id, not a separator. Empty and dot segments
    // are left alone for the same reason. Bytes that are not UTF-8 are replaced.
    let path: Vec<_> = path.split('/').map(|segment| percent_decode_str(segment).decode_utf8_lossy()).collect();
    let method = if method == Method::HEAD { "GET" } else { method.as_str() };
    let mut allowed: Vec<&str> = Vec::new();
    for operation in operations().iter().filter(|operation| operation.matches(&path)) {
        if operation.method == method {
            let named = operation.segments.iter().zip(path).filter_map(|(segment, given)| match segment {
                Segment::Literal(_) => None,
                Segment::Parameter(name) => Some((name.as_str(), given.into_owned())),
            });
            return Ok(Route { operation, path: named.collect() });
        }
        allowed.push(&operation.method);
        if operation.method == "GET" {
            allowed.push("HEAD");
        }
    }
    if allowed.is_empty() {
        return Err(NoRoute::UnknownPath);
    }
    // Reading first, as `allow` headers do.
    allowed.sort_by_key(|method| ["GET", "HEAD", "POST", "PUT"].iter().position(|known| known == method).unwrap_or(4));
    Err(NoRoute::OtherMethod(allowed.join(", ")))
}

/// Every operation.
pub(crate) fn operations() -> &'static [OperationFacts] {
    &OPERATIONS
}

/// A JSON object as pairs in the order in which they stand.
fn in_order<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<(String, Shape)>, D::Error> {
    struct FieldPairs;

    impl<'de> Visitor<'de> for FieldPairs {
        type Value = Vec<(String, Shape)>;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("fields by their names")
        }

        fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
            let mut pairs = Vec::new();
            while let Some(pair) = map.next_entry()? {
                pairs.push(pair);
            }
            Ok(pairs)
        }
    }

    deserializer.deserialize_map(FieldPairs)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(method: &str, path: &str) -> Option<(&'static str, Vec<String>)> {
        let route = route(&method.parse().unwrap(), path).ok()?;
        let values = route.path.into_iter().map(|(_, value)| value).collect();
        Some((route.operation.id.as_str(), values))
    }

    fn user(segment: &str) -> Option<String> {
        let (id, values) = found("GET", &format!("/v1_1/provisioning/accounts/acc/users/{segment}"))?;
        assert_eq!((id, values[0].as_str()), ("getUser", "acc"));
        Some(values[1].clone())
    }

    #[test]
    fn the_facts_hold_49_operations_and_the_undocumented_one() {
        assert_eq!(operations().len(), 50);
    }

    #[test]
    fn every_operation_is_found_by_its_own_path() {
        for operation in operations() {
            let route = route(&operation.method.parse().unwrap(), &operation.path).unwrap();
            assert_eq!(route.operation.id, operation.id);
        }
    }

    #[test]
    fn fields_keep_the_order_of_the_facts() {
        let (id, _) = found("POST", "/v1_1/provisioning/accounts/acc/users").unwrap();
        let operation = operations().iter().find(|operation| operation.id == id).unwrap();
        let names: Vec<_> = operation.fields().map(|(name, _, _)| name).collect();
        assert_eq!(names, ["name", "email", "role", "sub_account_ids", "enabled"]);
    }

    #[test]
    fn a_segment_is_decoded_exactly_once() {
        assert_eq!(user("a%252fb").unwrap(), "a%2fb");
        assert_eq!(user("a%2fb").unwrap(), "a/b");
        assert_eq!(user("%C3%A9%20").unwrap(), "é ");
        assert_eq!(user("a+b").unwrap(), "a+b");
        assert_eq!(user("%zz%4").unwrap(), "%zz%4");
    }

    #[test]
    fn empty_and_dot_segments_are_ids_like_any_other() {
        for id in ["", ".", ".."] {
            assert_eq!(user(id).unwrap(), id);
        }
        assert_eq!(found("GET", "/v1_1/provisioning/accounts/acc/users/../groups").unwrap().0, "getGroupsForUser");
    }

    #[test]
    fn other_paths_find_nothing() {
        for path in [
            "",
            "*",
            "/",
            "/v1_1/provisioning/accounts/acc",
            "/v1_1/provisioning/accounts/acc/groups",
            "/v1_1/provisioning/accounts/acc/users/u/keys",
            "/v1_1/provisioning/accounts/acc/users/u/groups/g",
            "//v1_1/provisioning/accounts/acc/users",
        ] {
            assert_eq!(route(&Method::GET, path).unwrap_err(), NoRoute::UnknownPath, "{path}");
        }
    }
}
