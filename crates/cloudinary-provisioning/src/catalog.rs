//! [`catalog`]: every operation, as data.

use http::Method;

use crate::operation::Safety;
use crate::target::Base;

/// Returns every operation of this crate, resource by resource.
///
/// The catalogue holds what a program needs to offer the whole API without naming each operation: a command line, a
/// form, a proxy, a test. It comes from the same declarations as the operations and cannot differ from them. Send what
/// you build from it with [`Raw`](crate::Raw).
///
/// ```
/// use cloudinary_provisioning::{Place, catalog};
///
/// let create = catalog().find(|entry| entry.id == "createUser").unwrap();
/// assert_eq!((create.resource, create.name), ("users", "Create"));
/// assert_eq!(create.method, "POST");
/// assert_eq!(create.path, "/v1_1/provisioning/accounts/{account_id}/users");
/// let required: Vec<_> = create
///     .fields
///     .iter()
///     .filter(|field| field.required)
///     .map(|field| field.name)
///     .collect();
/// assert_eq!(required, ["name", "email"]);
/// assert!(create.fields.iter().all(|field| field.place == Place::Body));
/// ```
pub fn catalog() -> impl Iterator<Item = &'static Entry> {
    [
        crate::users::OPERATIONS,
        crate::user_groups::OPERATIONS,
        crate::product_environments::OPERATIONS,
        crate::access_keys::OPERATIONS,
        crate::billing_usage::OPERATIONS,
        crate::roles::OPERATIONS,
        crate::principals::OPERATIONS,
        crate::custom_policies::OPERATIONS,
        crate::system_policies::OPERATIONS,
        crate::effective_policies::OPERATIONS,
        crate::public::OPERATIONS,
        crate::agents::OPERATIONS,
    ]
    .into_iter()
    .flatten()
}

/// One operation in the [`catalog`].
///
/// ```
/// use cloudinary_provisioning::{Paging, Safety, catalog};
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
    pub base: Base,
    /// The whole path, with the names of its fields in braces.
    pub path: &'static str,
    /// The segments behind the base, with the names of fields in braces: for [`Raw`](crate::Raw).
    pub segments: &'static [&'static str],
    /// What sending the request again does.
    pub safety: Safety,
    /// The field that makes the operation [`Idempotent`](Safety::Idempotent) where it is given.
    pub idempotent_with: Option<&'static str>,
    /// The fields: those of the path first, then the required ones, then the optional ones.
    pub fields: &'static [Field],
    /// The status of a success.
    pub success: u16,
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
    /// use cloudinary_provisioning::{Paging, Place, catalog};
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
    /// `{"data": {"principals": […]}}`. `None` where the response is no list.
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

/// What a success holds.
///
/// ```
/// use cloudinary_provisioning::{Kind, catalog};
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
/// use cloudinary_provisioning::{Paging, Place, catalog};
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

/// A field of a request, or of a record.
///
/// ```
/// use cloudinary_provisioning::{Kind, Place, catalog};
///
/// let get = catalog().find(|entry| entry.id == "getUser").unwrap();
/// let [id] = get.fields else { panic!() };
/// assert_eq!(
///     (id.name, id.place, id.kind, id.required),
///     ("user_id", Place::Path, Kind::Text, true)
/// );
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Field {
    /// Where it stands. In a record it is the body.
    pub place: Place,
    /// Its name on the wire.
    pub name: &'static str,
    /// Whether it must be given.
    pub required: bool,
    /// What it holds.
    pub kind: Kind,
    /// What it means, as Markdown.
    pub doc: &'static str,
    /// The smallest and largest length of a text, count of a list, or value of a number.
    pub limits: Option<(u32, u32)>,
}

/// Where a field stands in a request.
///
/// ```
/// use cloudinary_provisioning::{Place, catalog};
///
/// let in_path = catalog()
///     .filter(|entry| entry.fields.iter().any(|field| field.place == Place::Path))
///     .count();
/// assert!(in_path > 20);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Place {
    /// A segment of the path.
    Path,
    /// A query parameter.
    Query,
    /// A field of the JSON body.
    Body,
}

/// What a field holds.
///
/// ```
/// use cloudinary_provisioning::{Kind, catalog};
///
/// let create = catalog().find(|entry| entry.id == "createUser").unwrap();
/// let role = create.fields.iter().find(|field| field.name == "role").unwrap();
/// assert!(matches!(role.kind, Kind::Choice(values) if values.contains(&"billing")));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kind {
    /// `true` or `false`.
    Boolean,
    /// A whole number.
    Integer,
    /// Any number.
    Number,
    /// A text.
    Text,
    /// A text that must not be shown.
    Secret,
    /// A point in time.
    Time,
    /// A date: `YYYY-MM-DD`.
    Date,
    /// One of these texts, or one that a later version of the service adds.
    Choice(&'static [&'static str]),
    /// A JSON object of any content.
    Object,
    /// A list.
    List(&'static Kind),
    /// A value or null, which clears it.
    Nullable(&'static Kind),
    /// A query parameter that holds JSON.
    Json(&'static Kind),
    /// Pairs of texts that are sent as two repeated parameters: the keys' name and the values' name.
    Pairs(&'static str, &'static str),
    /// An object with these fields.
    Record(&'static [Field]),
    /// Nothing that is read.
    Nothing,
}
