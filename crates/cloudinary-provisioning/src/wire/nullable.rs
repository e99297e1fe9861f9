//! [`Nullable`]: a value, or null, which clears a field.

use crate::wire::body::BodyValue;
use crate::wire::build_error::BuildError;
use crate::wire::kind::{Kind, Typed};

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
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
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
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
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
        impl From<$from> for $crate::wire::nullable::Nullable<$type> {
            fn from(value: $from) -> Self {
                Some(<$type>::from(value)).into()
            }
        }
    )+};
}
pub(crate) use nullable;

nullable!(bool: bool, String: String, String: &str, String: &String);

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
