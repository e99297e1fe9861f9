//! How types are written into a JSON body.

use crate::wire::build_error::{BuildError, BuildReason};
use crate::wire::json_object::JsonObject;
use crate::wire::kind::{Field, Kind, Place, Typed};
use serde::Serialize;

/// A type that a field of a JSON body can have.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a field of a body",
    label = "a field of a body is a text, a boolean, an id, an open enum, an object, `Nullable`, `SubAccountAccess`, or a list"
)]
pub(crate) trait BodyValue {
    fn write(&self, name: &'static str, body: &mut Vec<u8>) -> Result<(), BuildError>;
}

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

/// Begins an object, whose fields [`write_field`] adds. The caller closes it.
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

/// The kind of a field of a body. A type that cannot be one is an error at the type.
pub(crate) const fn body_kind<T: Typed + BodyValue + ?Sized>() -> Kind {
    T::KIND
}
