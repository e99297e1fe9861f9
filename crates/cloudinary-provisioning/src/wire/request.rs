//! What requests hold: how a type is written into a query and into a JSON body.

use serde::Serialize;
use time::Date;

use super::Typed;
use crate::build_error::{BuildError, BuildReason};
use crate::catalog::{Field, Kind, Place};
use crate::id::SubAccountId;
use crate::json;
use crate::models::JsonObject;
use crate::target::Target;

/// A type that a query parameter can have.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a query parameter",
    label = "a query parameter is a scalar, an id, an open enum, a list of ids or texts, a `JsonList` or `Params`"
)]
pub(crate) trait QueryValue {
    fn write(&self, name: &'static str, target: &mut Target) -> Result<(), BuildError>;
}

/// A type that a field of a JSON body can have.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a field of a body",
    label = "a field of a body is a text, a boolean, an id, an open enum, an object, `Nullable`, `Access`, or a list"
)]
pub(crate) trait BodyValue {
    fn write(&self, name: &'static str, body: &mut Vec<u8>) -> Result<(), BuildError>;
}

/// A type that a declaration can limit with `where`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot have limits",
    label = "`where` is for texts, lists and numbers"
)]
pub(crate) trait Limited {
    fn check(&self, min: u32, max: u32) -> Result<(), BuildReason>;
}

pub(crate) fn check_limits<T: Limited>(name: &'static str, value: &T, min: u32, max: u32) -> Result<(), BuildError> {
    value.check(min, max).map_err(|reason| BuildError::new(name, reason))
}

impl Limited for String {
    fn check(&self, min: u32, max: u32) -> Result<(), BuildReason> {
        let length = self.chars().count();
        let in_range = length >= min as usize && length <= max as usize;
        in_range.then_some(()).ok_or(BuildReason::Length { length, min, max })
    }
}

impl Limited for u32 {
    fn check(&self, min: u32, max: u32) -> Result<(), BuildReason> {
        let in_range = (min..=max).contains(self);
        in_range.then_some(()).ok_or(BuildReason::OutOfRange { value: *self, min, max })
    }
}

impl<T> Limited for Vec<T> {
    fn check(&self, min: u32, max: u32) -> Result<(), BuildReason> {
        self.as_slice().check(min, max)
    }
}

impl<T> Limited for [T] {
    fn check(&self, min: u32, max: u32) -> Result<(), BuildReason> {
        let (count, max) = (self.len(), max as usize);
        match count {
            _ if count < min as usize => Err(BuildReason::Empty),
            _ if count > max => Err(BuildReason::TooMany { count, max }),
            _ => Ok(()),
        }
    }
}

impl<T: Limited> Limited for Option<T> {
    fn check(&self, min: u32, max: u32) -> Result<(), BuildReason> {
        self.as_ref().map_or(Ok(()), |value| value.check(min, max))
    }
}

// ---- queries ----

impl<T: QueryValue> QueryValue for Option<T> {
    fn write(&self, name: &'static str, target: &mut Target) -> Result<(), BuildError> {
        self.as_ref().map_or(Ok(()), |value| value.write(name, target))
    }
}

impl QueryValue for bool {
    fn write(&self, name: &'static str, target: &mut Target) -> Result<(), BuildError> {
        target.query(name, if *self { "true" } else { "false" });
        Ok(())
    }
}

impl QueryValue for u32 {
    fn write(&self, name: &'static str, target: &mut Target) -> Result<(), BuildError> {
        target.query_number(name, i64::from(*self));
        Ok(())
    }
}

impl QueryValue for i32 {
    fn write(&self, name: &'static str, target: &mut Target) -> Result<(), BuildError> {
        target.query_number(name, i64::from(*self));
        Ok(())
    }
}

impl QueryValue for String {
    fn write(&self, name: &'static str, target: &mut Target) -> Result<(), BuildError> {
        target.query(name, self);
        Ok(())
    }
}

impl QueryValue for Date {
    fn write(&self, name: &'static str, target: &mut Target) -> Result<(), BuildError> {
        target.query_date(name, *self)
    }
}

impl<T: AsRef<str>> QueryValue for Vec<T> {
    fn write(&self, name: &'static str, target: &mut Target) -> Result<(), BuildError> {
        QueryValue::write(self.as_slice(), name, target)
    }
}

impl<T: AsRef<str>> QueryValue for [T] {
    fn write(&self, name: &'static str, target: &mut Target) -> Result<(), BuildError> {
        target.query_list(name, self)
    }
}

// ---- bodies ----

/// Whether an operation with these fields has a body, be it `{}`.
pub(crate) const fn has_body(fields: &[Field]) -> bool {
    let mut at = 0;
    while at < fields.len() {
        // Indexing within bounds: a const function has no iterators.
        #[expect(clippy::indexing_slicing, reason = "`at` is below the length")]
        if matches!(fields[at].place, Place::Body) {
            return true;
        }
        at += 1;
    }
    false
}

/// Begins an object, for [`write_field`] and [`end_object`].
pub(crate) fn begin_body() -> Vec<u8> {
    let mut body = Vec::with_capacity(256);
    body.push(b'{');
    body
}

pub(crate) fn write_field<T: BodyValue>(body: &mut Vec<u8>, name: &'static str, value: &T) -> Result<(), BuildError> {
    // No value ends with a brace that opens.
    if body.last() != Some(&b'{') {
        body.push(b',');
    }
    body.push(b'"');
    body.extend_from_slice(name.as_bytes());
    body.extend_from_slice(b"\":");
    value.write(name, body)
}

fn write_json<T: Serialize + ?Sized>(name: &'static str, value: &T, body: &mut Vec<u8>) -> Result<(), BuildError> {
    serde_json::to_writer(body, value).map_err(|error| BuildError::new(name, BuildReason::Json(error.to_string())))
}

pub(crate) fn write_text(name: &'static str, text: &str, body: &mut Vec<u8>) -> Result<(), BuildError> {
    write_json(name, text, body)
}

impl BodyValue for String {
    fn write(&self, name: &'static str, body: &mut Vec<u8>) -> Result<(), BuildError> {
        write_text(name, self, body)
    }
}

impl BodyValue for bool {
    fn write(&self, _: &'static str, body: &mut Vec<u8>) -> Result<(), BuildError> {
        body.extend_from_slice(if *self { b"true" } else { b"false" });
        Ok(())
    }
}

impl BodyValue for JsonObject {
    fn write(&self, name: &'static str, body: &mut Vec<u8>) -> Result<(), BuildError> {
        write_json(name, self, body)
    }
}

impl<T: BodyValue> BodyValue for Vec<T> {
    fn write(&self, name: &'static str, body: &mut Vec<u8>) -> Result<(), BuildError> {
        BodyValue::write(self.as_slice(), name, body)
    }
}

impl<T: BodyValue> BodyValue for [T] {
    fn write(&self, name: &'static str, body: &mut Vec<u8>) -> Result<(), BuildError> {
        body.push(b'[');
        for (at, item) in self.iter().enumerate() {
            if at > 0 {
                body.push(b',');
            }
            item.write(name, body)?;
        }
        body.push(b']');
        Ok(())
    }
}

// ---- types for what no plain type says ----

/// The JSON null, which clears a field.
///
/// ```
/// use cloudinary_provisioning::{Account, Null, roles::Update};
///
/// let account = Account::new("acc", "key", "secret")?;
/// let request = account.request(&Update::new("r1", "Auditor").description(Null))?;
/// assert_eq!(request.body(), br#"{"name":"Auditor","description":null}"#);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Null;

/// A value, or null, which clears the field. A field that is not set at all is left out.
///
/// Setters take anything that converts to it: a value, an `Option`, or [`Null`].
///
/// ```
/// use cloudinary_provisioning::{Null, Nullable};
///
/// let text: Nullable<String> = "Reads everything".into();
/// assert_eq!(text.as_ref().map(String::as_str), Some("Reads everything"));
/// assert_eq!(Nullable::<String>::from(Null), None.into());
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Nullable<T>(Option<T>);

impl<T> Nullable<T> {
    /// Returns the value, or `None` for null.
    pub fn as_ref(&self) -> Option<&T> {
        self.0.as_ref()
    }
}

impl<T> From<Null> for Nullable<T> {
    fn from(_: Null) -> Self {
        Self(None)
    }
}

impl<T> From<Option<T>> for Nullable<T> {
    fn from(value: Option<T>) -> Self {
        Self(value)
    }
}

/// `From` for the values of a nullable field.
macro_rules! nullable {
    ($($type:ty: $from:ty),+ $(,)?) => {$(
        impl From<$from> for $crate::wire::Nullable<$type> {
            fn from(value: $from) -> Self {
                Some(<$type>::from(value)).into()
            }
        }
    )+};
}
pub(crate) use nullable;

nullable!(bool: bool, String: String, String: &str);

impl<T: Typed> Typed for Nullable<T> {
    const KIND: Kind = Kind::Nullable(&T::KIND);
}

impl<T: BodyValue> BodyValue for Nullable<T> {
    fn write(&self, name: &'static str, body: &mut Vec<u8>) -> Result<(), BuildError> {
        if let Some(value) = &self.0 {
            return value.write(name, body);
        }
        body.extend_from_slice(b"null");
        Ok(())
    }
}

/// A list that is sent as one query value, as JSON.
///
/// ```
/// use cloudinary_provisioning::{Account, roles::List};
///
/// let account = Account::new("acc", "key", "secret")?;
/// let request = account.request(&List::new("content").policy_parameters(["folder_id"]))?;
/// let query = request.uri().query().unwrap_or_default();
/// assert!(query.ends_with("policy_parameters=%5B%22folder_id%22%5D"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct JsonList<T>(Vec<T>);

impl<T, I: IntoIterator> From<I> for JsonList<T>
where
    I::Item: Into<T>,
{
    fn from(items: I) -> Self {
        Self(items.into_iter().map(Into::into).collect())
    }
}

impl<T: Typed> Typed for JsonList<T> {
    const KIND: Kind = Kind::Json(&Kind::List(&T::KIND));
}

impl<T: AsRef<str> + Serialize> QueryValue for JsonList<T> {
    fn write(&self, name: &'static str, target: &mut Target) -> Result<(), BuildError> {
        if self.0.is_empty() || self.0.iter().any(|item| item.as_ref().is_empty()) {
            return Err(BuildError::new(name, BuildReason::Empty));
        }
        let json = json::encode(&self.0)?;
        target.query(name, &String::from_utf8_lossy(&json));
        Ok(())
    }
}

/// The content that a role applies to, as pairs of a kind (`folder_id`, `collection_id`) and an id.
///
/// They are sent as two repeated parameters, `param_key` and `param_value`, which cannot differ in length here.
///
/// ```
/// use cloudinary_provisioning::{Account, roles::Get};
///
/// let account = Account::new("acc", "key", "secret")?;
/// let get = Get::new("r1").params([("folder_id", "f1"), ("collection_id", "c1")]);
/// let request = account.request(&get)?;
/// let query = "param_key=folder_id&param_key=collection_id&param_value=f1&param_value=c1";
/// assert_eq!(request.uri().query(), Some(query));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Params(Vec<(String, String)>);

impl<K: Into<String>, V: Into<String>, I: IntoIterator<Item = (K, V)>> From<I> for Params {
    fn from(pairs: I) -> Self {
        Self(pairs.into_iter().map(|(key, value)| (key.into(), value.into())).collect())
    }
}

impl Typed for Params {
    const KIND: Kind = Kind::Pairs("param_key", "param_value");
}

impl QueryValue for Params {
    fn write(&self, name: &'static str, target: &mut Target) -> Result<(), BuildError> {
        if self.0.is_empty() || self.0.iter().any(|(key, value)| key.is_empty() || value.is_empty()) {
            return Err(BuildError::new(name, BuildReason::Empty));
        }
        for (key, _) in &self.0 {
            target.query("param_key", key);
        }
        for (_, value) in &self.0 {
            target.query("param_value", value);
        }
        Ok(())
    }
}

/// The product environments that a user can access: all of them, or these.
///
/// The service takes an empty list to mean access to **all** product environments. So an empty list is refused when the
/// request is built, and `Access::All` grants access to all of them explicitly.
///
/// ```
/// use cloudinary_provisioning::{Access, Account, users::Update};
///
/// let account = Account::new("acc", "key", "secret")?;
/// let body = |access: Access| {
///     let update = Update::new("u1").sub_account_ids(access);
///     account.request(&update).map(|request| request.into_body())
/// };
/// assert_eq!(body(["s1", "s2"].into())?, br#"{"sub_account_ids":["s1","s2"]}"#);
/// assert_eq!(body(Access::All)?, br#"{"sub_account_ids":[]}"#);
/// assert_eq!(body(Vec::<String>::new().into()).unwrap_err().field(), "sub_account_ids");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[doc(alias = "all_sub_accounts")]
#[doc(alias = "sub_account_ids")]
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Access {
    /// Every product environment, also those that are created later.
    All,
    /// These product environments.
    Only(Vec<SubAccountId>),
}

impl<I: IntoIterator> From<I> for Access
where
    I::Item: Into<SubAccountId>,
{
    fn from(ids: I) -> Self {
        Self::Only(ids.into_iter().map(Into::into).collect())
    }
}

impl Typed for Access {
    const KIND: Kind = Kind::List(&Kind::Text);
}

impl BodyValue for Access {
    fn write(&self, name: &'static str, body: &mut Vec<u8>) -> Result<(), BuildError> {
        match self {
            Self::Only(ids) if ids.is_empty() => Err(BuildError::new(name, BuildReason::Empty)),
            Self::Only(ids) => BodyValue::write(ids, name, body),
            Self::All => {
                body.extend_from_slice(b"[]");
                Ok(())
            }
        }
    }
}
