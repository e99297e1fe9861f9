//! How types are written into a query.

use time::Date;

use crate::wire::build_error::BuildError;
use crate::wire::kind::{Kind, Typed};
use crate::wire::target::Target;

/// A type that a query parameter can have.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be a query parameter",
    label = "a query parameter is a scalar, an id, an open enum, a list of ids or texts, a `JsonList` or `ContentParams`"
)]
pub(crate) trait QueryValue {
    fn write(&self, name: &'static str, target: &mut Target) -> Result<(), BuildError>;
}

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

/// The kind of a query parameter. A type that cannot be one is an error at the type.
pub(crate) const fn query_kind<T: Typed + QueryValue + ?Sized>() -> Kind {
    T::KIND
}
