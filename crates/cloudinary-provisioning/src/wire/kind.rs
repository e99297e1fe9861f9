//! Fields: their kinds, places and limits, as in the catalogue.

/// A field of a request, or of a record.
///
/// ```
/// use cloudinary_provisioning::catalog;
/// use cloudinary_provisioning::catalog::{IdKind, Kind, Place};
///
/// let get = catalog().find(|entry| entry.id == "getUser").unwrap();
/// let [id] = get.fields else { panic!() };
/// assert_eq!(
///     (id.name, id.place, id.kind, id.required),
///     ("user_id", Place::Path, Kind::Id(IdKind::User), true)
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
/// use cloudinary_provisioning::catalog;
/// use cloudinary_provisioning::catalog::Place;
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
/// use cloudinary_provisioning::catalog;
/// use cloudinary_provisioning::catalog::Kind;
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
    /// A text that names something, and cannot be empty.
    Id(IdKind),
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
    /// The product environments that a user can access: a list of ids, or all. On the wire an empty list means all,
    /// so it must be explicit; see [`SubAccountAccess`](crate::SubAccountAccess).
    SubAccountAccess,
    /// An object with these fields.
    Record(&'static [Field]),
    /// Nothing: the body is not read.
    Nothing,
}

/// What an id is of.
///
/// ```
/// use cloudinary_provisioning::catalog;
/// use cloudinary_provisioning::catalog::{IdKind, Kind};
///
/// let add = catalog().find(|entry| entry.id == "addUserToUserGroup").unwrap();
/// let kinds: Vec<_> = add.fields.iter().map(|field| field.kind).collect();
/// assert_eq!(kinds, [Kind::Id(IdKind::Group), Kind::Id(IdKind::User)]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum IdKind {
    /// An account.
    Account,
    /// A user.
    User,
    /// A user group.
    Group,
    /// A product environment.
    SubAccount,
    /// An access key of a product environment: the text of the key.
    ApiKey,
    /// An access key of a product environment, by its name.
    KeyName,
    /// A policy, of the system or a custom one.
    Policy,
    /// A role.
    Role,
    /// A user, a group or a key; another field says which.
    Principal,
    /// A product environment, or `all` for all of them.
    Scope,
}

/// A type that has a kind in the catalogue.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a field type",
    label = "a field of a declaration is a scalar, an id, an open enum, a model, or a list of these"
)]
pub(crate) trait Typed {
    const KIND: Kind;
    /// What such a field means where the declaration says nothing.
    const DOC: &'static str = "";
}

impl<T: Typed> Typed for Option<T> {
    const KIND: Kind = T::KIND;
}

impl<T: Typed> Typed for Vec<T> {
    const KIND: Kind = Kind::List(&T::KIND);
}

/// A list as declarations write it.
impl<T: Typed> Typed for [T] {
    const KIND: Kind = Kind::List(&T::KIND);
}

impl Typed for () {
    const KIND: Kind = Kind::Nothing;
}

impl Typed for u32 {
    const KIND: Kind = Kind::Integer;
}

impl Typed for i32 {
    const KIND: Kind = Kind::Integer;
}

/// The kind of a field in the path. A type that cannot be there is an error at the type.
pub(crate) const fn path_kind<T: Typed + AsRef<str> + ?Sized>() -> Kind {
    T::KIND
}
