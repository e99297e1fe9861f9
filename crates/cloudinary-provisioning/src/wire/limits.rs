//! The limits of a field.

use crate::wire::build_error::{BuildError, BuildReason, Empty};
use crate::wire::kind::Place;

/// A type that a declaration can limit with `where`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot have limits",
    label = "`where` is for texts, lists and numbers"
)]
pub(crate) trait Limited {
    fn check(&self, min: u32, max: u32) -> Result<(), BuildReason>;
}

pub(crate) fn check_limits<T: Limited>(
    place: Place,
    name: &'static str,
    value: &T,
    min: u32,
    max: u32,
) -> Result<(), BuildError> {
    value.check(min, max).map_err(|reason| refused(place, name, reason))
}

pub(crate) fn refused(place: Place, name: &'static str, reason: BuildReason) -> BuildError {
    match (reason, place) {
        (BuildReason::Empty, Place::Query) => BuildError::empty(name, Empty::Condition),
        (BuildReason::Empty, _) => BuildError::empty(name, Empty::List),
        (reason, _) => BuildError::new(name, reason),
    }
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

/// The limits of a field. A type that has none is an error at the type.
#[expect(clippy::unnecessary_wraps, reason = "as a field has them")]
pub(crate) const fn limits<T: Limited + ?Sized>(min: u32, max: u32) -> Option<(u32, u32)> {
    Some((min, max))
}
