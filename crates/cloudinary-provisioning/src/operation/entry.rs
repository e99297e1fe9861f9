//! [`Entry`]: an operation as data.

use http::Method;

use crate::operation::safety::Safety;
use crate::wire::build_error::{BuildError, BuildReason};
use crate::wire::kind::{Field, Kind, Place};
use crate::wire::target::PathPrefix;

/// One operation in the [catalogue](crate::catalog()).
///
/// ```
/// use cloudinary_provisioning::{Safety, catalog};
/// use cloudinary_provisioning::catalog::Paging;
///
/// let list = catalog().find(|entry| entry.id == "getUsers").unwrap();
/// assert_eq!(list.safety, Safety::Safe);
/// assert_eq!(list.paging(), Some(Paging::Pages));
/// assert_eq!(list.items(), Some(vec!["users"]));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Entry {
    /// The `operationId` of the vendor's API description, such as `getUsers`.
    pub id: &'static str,
    /// The resource, which is also the name of its module: `users`.
    pub resource: &'static str,
    /// The name of the type in that module: `List`.
    pub name: &'static str,
    /// What the operation does, as one sentence of Markdown.
    pub summary: &'static str,
    /// The method of the request.
    pub method: Method,
    /// Where the path begins, and whether the request carries credentials.
    pub prefix: PathPrefix,
    /// The whole path, with the names of its fields in braces.
    pub path: &'static str,
    /// The segments after the prefix, with the names of fields in braces: for [`Raw`](crate::Raw).
    pub segments: &'static [&'static str],
    /// The effect of sending the request again.
    pub safety: Safety,
    /// The field that is required if another field has a certain value.
    pub needs: Option<Needs>,
    /// The field that makes the operation [`Idempotent`](Safety::Idempotent) if it is set.
    pub idempotent_with: Option<&'static str>,
    /// The fields: those of the path first, then the required ones, then the optional ones.
    pub fields: &'static [Field],
    /// The status of a success.
    pub success: u16,
    /// The type that a success is read into: `User`, `Vec<User>`, `CursorPage<CustomPolicy>`, or `()` for nothing.
    pub output: &'static str,
    /// What a success holds.
    pub response: ResponseShape,
    /// The statuses of errors that the vendor documents.
    pub errors: &'static [u16],
    /// The vendor's documentation.
    pub documentation: &'static str,
}

impl Entry {
    /// How the list is paged, or `None` where one response holds everything.
    ///
    /// ```
    /// use cloudinary_provisioning::catalog;
    /// use cloudinary_provisioning::catalog::{Paging, Place};
    ///
    /// let paging =
    ///     |id| catalog().find(|entry| entry.id == id).and_then(|entry| entry.paging());
    /// assert_eq!(paging("getAccessKeys"), Some(Paging::Pages));
    /// assert_eq!(paging("inspectMultiple"), Some(Paging::Cursor(Place::Body)));
    /// assert_eq!(paging("getRoles"), None);
    /// ```
    pub fn paging(&self) -> Option<Paging> {
        self.fields.iter().find_map(|field| match field.name {
            "page" => Some(Paging::Pages),
            "cursor" => Some(Paging::Cursor(field.place)),
            _ => None,
        })
    }

    /// The keys that lead to the list in the response: none for a list at the top, `["data", "principals"]` for
    /// `{"data": {"principals": […]}}`. `None` where the response is not a list.
    ///
    /// ```
    /// use cloudinary_provisioning::catalog;
    ///
    /// let items = |id| catalog().find(|entry| entry.id == id).and_then(|entry| entry.items());
    /// assert_eq!(items("getBillingUsage"), Some(vec![]));
    /// assert_eq!(items("inspect"), Some(vec!["data", "principals"]));
    /// assert_eq!(items("getAccessKeys"), Some(vec!["access_keys"]));
    /// assert_eq!(items("getUser"), None);
    /// ```
    pub fn items(&self) -> Option<Vec<&'static str>> {
        let key = match self.response.kind {
            Kind::List(_) => None,
            Kind::Record(fields) if self.paging().is_some() => {
                Some(fields.iter().find(|field| matches!(field.kind, Kind::List(_)))?.name)
            }
            _ => return None,
        };
        Some(self.response.keys.iter().copied().chain(key).collect())
    }
}

/// A field that is required if another field has a certain value.
///
/// ```
/// use cloudinary_provisioning::catalog;
///
/// let list = catalog().find(|entry| entry.id == "getCustomPolicies").unwrap();
/// let needs = list.needs.unwrap();
/// assert_eq!((needs.field, needs.other, needs.value), ("scope_id", "scope_type", "prodenv"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Needs {
    /// The field that is required.
    pub field: &'static str,
    /// The other field.
    pub other: &'static str,
    /// The value of the other field.
    pub value: &'static str,
}

impl Needs {
    pub(crate) fn check(self, is_given: bool, other: Option<&str>) -> Result<(), BuildError> {
        let Self { field, other: name, value } = self;
        if is_given || other != Some(value) {
            return Ok(());
        }
        Err(BuildError::new(field, BuildReason::NeededWith { other: name, value }))
    }
}

/// What a success holds.
///
/// ```
/// use cloudinary_provisioning::catalog;
/// use cloudinary_provisioning::catalog::Kind;
///
/// let roles = catalog().find(|entry| entry.id == "getRoles").unwrap();
/// assert_eq!(roles.response.keys, ["data"]);
/// assert!(matches!(roles.response.kind, Kind::List(Kind::Record(_))));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ResponseShape {
    /// The keys that lead to the value: none where it is the whole body.
    pub keys: &'static [&'static str],
    /// The value's kind; [`Kind::Nothing`] where the body is not read.
    pub kind: Kind,
    /// Whether a `next_cursor` stands beside the first key.
    pub next_cursor: bool,
}

/// How a list is paged.
///
/// ```
/// use cloudinary_provisioning::catalog;
/// use cloudinary_provisioning::catalog::{Paging, Place};
///
/// let paged: Vec<_> =
///     catalog().filter_map(|entry| Some((entry.id, entry.paging()?))).collect();
/// assert!(paged.contains(&("getUsers", Paging::Pages)));
/// assert!(paged.contains(&("getCustomPolicies", Paging::Cursor(Place::Query))));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Paging {
    /// By the query parameters `page` and `page_size`; the list ends with an empty page.
    Pages,
    /// By a field `cursor` at this place; the list ends where the response has no `next_cursor`.
    Cursor(Place),
}
