//! What a type is on the wire: its kind for the catalogue, how a request writes it, how a response holds it.

mod read;
mod record;
mod request;
mod scalar;

#[cfg(feature = "serialize")]
pub(crate) use read::Written;
pub(crate) use read::{Read, Trail, decode, decode_optional, read_whole};
pub(crate) use record::{
    Keys, Record, ignore, next, next_required, read_optional_record, read_record, required, sized,
};
pub use request::{Access, JsonList, Null, Nullable, Params};
pub(crate) use request::{
    BodyValue, Limited, QueryValue, begin_body, check_limits, has_body, nullable, write_field, write_text,
};
pub(crate) use scalar::{Fit, Scalar, read_scalar};

use crate::catalog::Kind;

/// A type that has a kind in the catalogue.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no type of a field",
    label = "a declaration's field is of a scalar, an id, an open enum, a model, or a list of such"
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

impl Typed for crate::models::JsonObject {
    const KIND: Kind = Kind::Object;
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

/// The kind of a query parameter. A type that cannot be one is an error at the type.
pub(crate) const fn query_kind<T: Typed + QueryValue + ?Sized>() -> Kind {
    T::KIND
}

/// The kind of a field of a body. A type that cannot be one is an error at the type.
pub(crate) const fn body_kind<T: Typed + BodyValue + ?Sized>() -> Kind {
    T::KIND
}

/// The limits of a field. A type that has none is an error at the type.
#[expect(clippy::unnecessary_wraps, reason = "as a field has them")]
pub(crate) const fn limits<T: Limited + ?Sized>(min: u32, max: u32) -> Option<(u32, u32)> {
    Some((min, max))
}
