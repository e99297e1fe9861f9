//! The [`Operation`] trait: one call of the API.

use http::Method;

use crate::operation::reading;
use crate::operation::safety::{Safety, may_have_applied};
use crate::outcome::error::Error;
use crate::outcome::response::Response;

pub(crate) mod sealed {
    use http::StatusCode;

    use crate::operation::any::Lookup;
    use crate::wire::build_error::BuildError;
    use crate::wire::json::Unreadable;
    use crate::wire::target::{PathPrefix, Target};

    /// What only this crate calls. It seals [`Operation`](super::Operation).
    pub trait Sealed {
        /// What a success is read into.
        type Value: Send;

        /// Where the path begins.
        fn prefix(&self) -> PathPrefix;

        /// Writes the rest of the path and the query.
        fn target(&self, target: &mut Target) -> Result<(), BuildError>;

        /// The JSON body, for operations that have one.
        fn body(&self) -> Result<Option<Vec<u8>>, BuildError>;

        /// Reads the body of a success.
        fn decode(&self, status: StatusCode, body: &[u8]) -> Result<Self::Value, Unreadable>;

        /// How the result is looked up if the response is lost: `None` for what is not a create, an error for a create
        /// without its natural key.
        fn lookup(&self) -> Option<Result<Lookup<Self::Value>, BuildError>> {
            None
        }
    }
}

/// One call of the API: how its request is built and how its response is read.
///
/// An operation is a plain value, such as [`users::Get`](crate::users::Get) or [`Raw`](crate::Raw). Give it to
/// [`Account::request`](crate::Account::request), send the request with any HTTP stack, and give the response to
/// [`parse`](Self::parse). The trait is sealed. Every operation also has `parse` and `parse_response` as methods of its
/// own, so that the trait need not be imported to use one.
///
/// A reference to an operation is an operation too, and [`AnyOperation`](crate::AnyOperation) holds any of them.
/// Optional input is set with `maybe`, which every operation has: `users::List::new().maybe(prefix,
/// users::List::prefix)`.
///
/// ```
/// use cloudinary_provisioning::{Account, Operation, http::Response, users};
///
/// fn line<O: Operation>(
///     account: &Account,
///     operation: O,
/// ) -> Result<String, Box<dyn std::error::Error>> {
///     let request = account.request(&operation)?;
///     Ok(format!("{}: {} {}", operation.id(), request.method(), request.uri().path()))
/// }
///
/// let account = Account::new("acc", "key", "secret")?;
/// let expected = "getGroupsForUser: GET /v1_1/provisioning/accounts/acc/users/u1/groups";
/// assert_eq!(line(&account, &users::GetGroups::new("u1"))?, expected);
/// assert_eq!(line(&account, users::GetGroups::new("u1"))?, expected);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait Operation: sealed::Sealed<Value = <Self as Operation>::Output> + Send + Sync {
    /// The type that a success is read into.
    type Output: Send;

    /// Returns the `operationId` of the vendor's API description, or the name of a [`Raw`](crate::Raw).
    fn id(&self) -> &'static str;

    /// Returns the method of the request.
    fn method(&self) -> Method;

    /// Returns the effect of sending the request again.
    fn safety(&self) -> Safety;

    /// Returns the path, with the names of its fields in braces. It is empty for a [`Raw`](crate::Raw) that is not of
    /// the catalogue.
    fn path(&self) -> &'static str;

    /// Reads a response: the value on a 2xx, the error on any other status.
    ///
    /// The body is anything that converts to bytes: `Vec<u8>`, `&[u8]`, `String`, `Bytes`.
    ///
    /// # Errors
    ///
    /// Returns [`ErrorKind::Status`](crate::ErrorKind::Status) for any other status,
    /// [`Truncated`](crate::ErrorKind::Truncated) if the body of a success ends early, and
    /// [`Decode`](crate::ErrorKind::Decode) if it is something else. The error holds the response. Nothing panics,
    /// whatever the response is.
    fn parse<B: AsRef<[u8]>>(&self, response: &http::Response<B>) -> Result<Self::Output, Error>
    where
        Self: Sized,
    {
        let decode = |status, body: &[u8]| self.decode(status, body);
        reading::parse(self.id(), response, decode).map_err(|error| {
            let maybe_applied = may_have_applied(&error, self.safety());
            error.with_maybe_applied(maybe_applied)
        })
    }

    /// Like [`parse`](Self::parse), but also returns the status, the request id and the rate limit.
    ///
    /// # Errors
    ///
    /// The same as [`parse`](Self::parse).
    fn parse_response<B: AsRef<[u8]>>(&self, response: &http::Response<B>) -> Result<Response<Self::Output>, Error>
    where
        Self: Sized,
    {
        self.parse(response).map(|value| Response::new(response.status(), response.headers().clone(), value))
    }
}

impl<O: Operation> sealed::Sealed for &O {
    type Value = O::Output;

    fn prefix(&self) -> crate::wire::target::PathPrefix {
        O::prefix(self)
    }

    fn target(&self, target: &mut crate::wire::target::Target) -> Result<(), crate::wire::build_error::BuildError> {
        O::target(self, target)
    }

    fn body(&self) -> Result<Option<Vec<u8>>, crate::wire::build_error::BuildError> {
        O::body(self)
    }

    fn decode(&self, status: http::StatusCode, body: &[u8]) -> Result<O::Output, crate::wire::json::Unreadable> {
        O::decode(self, status, body)
    }

    fn lookup(&self) -> Option<Result<crate::operation::any::Lookup<O::Output>, crate::wire::build_error::BuildError>> {
        O::lookup(self)
    }
}

impl<O: Operation> Operation for &O {
    type Output = O::Output;

    fn id(&self) -> &'static str {
        O::id(self)
    }

    fn method(&self) -> Method {
        O::method(self)
    }

    fn safety(&self) -> Safety {
        O::safety(self)
    }

    fn path(&self) -> &'static str {
        O::path(self)
    }
}
