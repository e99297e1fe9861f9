//! [`OptionalResult`]: "not found" as `None`.

use crate::outcome::error::Error;

/// Turns "not found" into `None`, such as to ask whether something exists, or to delete what may be gone already.
///
/// ```
/// use cloudinary_provisioning::{OptionalResult, http::Response, users};
///
/// let response = Response::builder().status(404).body("")?;
/// assert_eq!(users::Get::new("0abed8df").parse(&response).optional()?, None);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait OptionalResult<T> {
    /// Returns `None` for a 404, and every other error as it is.
    ///
    /// # Errors
    ///
    /// Returns every error that is not a 404.
    fn optional(self) -> Result<Option<T>, Error>;
}

impl<T> OptionalResult<T> for Result<T, Error> {
    fn optional(self) -> Result<Option<T>, Error> {
        match self {
            Ok(value) => Ok(Some(value)),
            Err(error) if error.is_not_found() => Ok(None),
            Err(error) => Err(error),
        }
    }
}
