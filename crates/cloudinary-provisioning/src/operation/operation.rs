//! The [`Operation`] trait: one call of the API.

use http::Method;

use crate::operation::reading;
use crate::operation::safety::Safety;
use crate::outcome::error::Error;
use crate::outcome::response::Response;

pub(crate) mod sealed {
    use http::StatusCode;

    use crate::wire::build_error::BuildError;
    use crate::wire::json::Unreadable;
    use crate::wire::target::{Base, Target};

    /// What only this crate calls. It seals [`Operation`](super::Operation).
    pub trait Sealed {
        /// What a success is read into.
        type Value: Send;

        /// Where the path begins.
        fn base(&self) -> Base;

        /// Writes the rest of the path and the query.
        fn target(&self, target: &mut Target) -> Result<(), BuildError>;

        /// The JSON body, for operations that have one.
        fn body(&self) -> Result<Option<Vec<u8>>, BuildError>;

        /// Reads the body of a success: a function of the type, not of the value.
        fn decode(status: StatusCode, body: &[u8]) -> Result<Self::Value, Unreadable>;
    }
}

/// One call of the API: how its request is built and how its response is read.
///
/// An operation is a plain value, such as [`users::Get`](crate::users::Get) or [`Raw`](crate::Raw). Give it to
/// [`Account::request`](crate::Account::request), send the request with any HTTP stack, and give the response to
/// [`parse`](Self::parse). The trait is sealed. Every operation also has `parse` and `parse_response` as methods of its
/// own, so that the trait need not be imported to use one.
///
/// A reference to an operation is an operation too. Optional input is set with `maybe`, which every operation has:
/// `users::List::new().maybe(prefix, users::List::prefix)`.
///
/// ```
/// use cloudinary_provisioning::{Account, Operation, http::Response, users};
///
/// fn line<O: Operation>(
///     account: &Account,
///     operation: O,
/// ) -> Result<String, Box<dyn std::error::Error>> {
///     let request = account.request(&operation)?;
///     Ok(format!("{}: {} {}", O::ID, request.method(), request.uri().path()))
/// }
///
/// let account = Account::new("acc", "key", "secret")?;
/// let expected = "getGroupsForUser: GET /v1_1/provisioning/accounts/acc/users/u1/groups";
/// assert_eq!(line(&account, &users::GetGroups::new("u1"))?, expected);
/// assert_eq!(line(&account, users::GetGroups::new("u1"))?, expected);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait Operation: sealed::Sealed<Value = <Self as Operation>::Output> + Send + Sync {
    /// The `operationId` of the vendor's API description.
    const ID: &'static str;

    /// The method of the request. If it depends on the value, as with [`Raw`](crate::Raw), use
    /// [`method`](Self::method).
    const METHOD: Method;

    /// The effect of sending the request again. If it depends on the value, use [`safety`](Self::safety).
    const SAFETY: Safety;

    /// The path, with the names of its fields in braces.
    const PATH: &'static str;

    /// The type that a success is read into.
    type Output: Send;

    /// Returns the method of this request.
    fn method(&self) -> Method {
        Self::METHOD
    }

    /// Returns the effect of sending this request again.
    fn safety(&self) -> Safety {
        Self::SAFETY
    }

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
        reading::parse(self, response)
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

    fn base(&self) -> crate::wire::target::Base {
        O::base(self)
    }

    fn target(&self, target: &mut crate::wire::target::Target) -> Result<(), crate::wire::build_error::BuildError> {
        O::target(self, target)
    }

    fn body(&self) -> Result<Option<Vec<u8>>, crate::wire::build_error::BuildError> {
        O::body(self)
    }

    fn decode(status: http::StatusCode, body: &[u8]) -> Result<O::Output, crate::wire::json::Unreadable> {
        O::decode(status, body)
    }
}

impl<O: Operation> Operation for &O {
    const ID: &'static str = O::ID;
    const METHOD: Method = O::METHOD;
    const SAFETY: Safety = O::SAFETY;
    const PATH: &'static str = O::PATH;
    type Output = O::Output;

    fn method(&self) -> Method {
        O::method(self)
    }

    fn safety(&self) -> Safety {
        O::safety(self)
    }
}
