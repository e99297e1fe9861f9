//! The [`Operation`] trait: what one call of the API is.

use http::{Method, StatusCode};

use crate::build_error::BuildError;
use crate::error::Error;
use crate::json::Unreadable;
use crate::response::{self, Response};
use crate::target::{Base, Target};

pub(crate) mod sealed {
    pub trait Sealed {}
}

/// What repeating an operation does, in the terms of RFC 9110. It belongs to the operation and not to its method.
///
/// ```
/// use cloudinary_provisioning::{Operation, Safety, users};
///
/// assert_eq!(users::Get::new("id").safety(), Safety::Safe);
/// assert_eq!(users::Delete::new("id").safety(), Safety::Idempotent);
/// assert_eq!(users::Create::new("John", "john@example.com").safety(), Safety::NotIdempotent);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Safety {
    /// It changes nothing.
    Safe,
    /// Once or more often leaves the same state.
    Idempotent,
    /// A repeat may do it again.
    NotIdempotent,
}

/// One call of the API: how its request is built and how its reply is read.
///
/// An operation is a plain value, such as [`users::Get`](crate::users::Get) or [`Raw`](crate::Raw). Give it to
/// [`Account::request`](crate::Account::request), send the request with whatever you have, and give the reply to
/// [`parse`](Self::parse). The trait is sealed; every operation also has `parse` and `parse_response` as methods of
/// its own, so that the trait need not be imported to use one.
///
/// ```
/// use cloudinary_provisioning::{Account, Operation, http::Response, users};
///
/// fn line<O: Operation>(account: &Account, operation: &O) -> Result<String, Box<dyn std::error::Error>> {
///     let request = account.request(operation)?;
///     Ok(format!("{}: {} {}", O::ID, request.method(), request.uri().path()))
/// }
///
/// let account = Account::new("acc", "key", "secret")?;
/// assert_eq!(
///     line(&account, &users::GetGroups::new("u1"))?,
///     "getGroupsForUser: GET /v1_1/provisioning/accounts/acc/users/u1/groups",
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub trait Operation: sealed::Sealed + Send + Sync {
    /// The `operationId` of the vendor's API description.
    const ID: &'static str;

    /// The method of the request; where that is up to the value, as with [`Raw`](crate::Raw), the one that
    /// [`method`](Self::method) overrides.
    const METHOD: Method;

    /// The template of its path.
    const PATH: &'static str = "";

    /// What a repeat of the request does; where that is up to the value, what [`safety`](Self::safety) overrides.
    const SAFETY: Safety;

    /// What a success is read into.
    type Output: Send;

    /// The method of this request.
    fn method(&self) -> Method {
        Self::METHOD
    }

    /// What a repeat of this request does.
    fn safety(&self) -> Safety {
        Self::SAFETY
    }

    /// Where the path begins.
    fn base(&self) -> Base {
        Base::Provisioning
    }

    /// Writes the rest of the path and the query.
    #[doc(hidden)]
    fn target(&self, target: &mut Target) -> Result<(), BuildError>;

    /// The JSON body, for operations that have one.
    #[doc(hidden)]
    fn body(&self) -> Result<Option<Vec<u8>>, BuildError> {
        Ok(None)
    }

    /// Reads the body of a success.
    #[doc(hidden)]
    fn decode(status: StatusCode, body: &[u8]) -> Result<Self::Output, Unreadable>;

    /// Reads a reply: the value on a 2xx, else the error.
    ///
    /// The body is anything that gives bytes: `Vec<u8>`, `&[u8]`, `String`, `Bytes`.
    ///
    /// # Errors
    ///
    /// [`Api`](Error::Api) for any other status, [`Incomplete`](Error::Incomplete) where the body of
    /// a success ends early, [`Decode`](Error::Decode) where it is something else. Nothing panics, whatever
    /// the reply is.
    fn parse<B: AsRef<[u8]>>(&self, response: &http::Response<B>) -> Result<Self::Output, Error>
    where
        Self: Sized,
    {
        response::parse(self, response)
    }

    /// Like [`parse`](Self::parse), with the reply's status, request id and rate limit beside the value.
    ///
    /// # Errors
    ///
    /// As [`parse`](Self::parse).
    fn parse_response<B: AsRef<[u8]>>(&self, response: &http::Response<B>) -> Result<Response<Self::Output>, Error>
    where
        Self: Sized,
    {
        self.parse(response).map(|value| Response::new(response.status(), response.headers().clone(), value))
    }
}

/// Makes the named types operations that can be used without importing the trait.
macro_rules! operations {
    ($($name:ident),+ $(,)?) => {$(
        impl $crate::operation::sealed::Sealed for $name {}

        impl $name {
            /// Reads the reply: [`Operation::parse`](crate::Operation::parse).
            ///
            /// # Errors
            ///
            /// Where the reply is not a documented success; the error holds the reply.
            pub fn parse<B: AsRef<[u8]>>(
                &self,
                response: &http::Response<B>,
            ) -> Result<<Self as $crate::Operation>::Output, $crate::Error> {
                $crate::Operation::parse(self, response)
            }

            /// Reads the reply with its status, request id and rate limit:
            /// [`Operation::parse_response`](crate::Operation::parse_response).
            ///
            /// # Errors
            ///
            /// Where the reply is not a documented success; the error holds the reply.
            pub fn parse_response<B: AsRef<[u8]>>(
                &self,
                response: &http::Response<B>,
            ) -> Result<$crate::Response<<Self as $crate::Operation>::Output>, $crate::Error> {
                $crate::Operation::parse_response(self, response)
            }
        }
    )+};
}

pub(crate) use operations;

impl<O: Operation> sealed::Sealed for &O {}

impl<O: Operation> Operation for &O {
    const ID: &'static str = O::ID;
    const METHOD: Method = O::METHOD;
    const PATH: &'static str = O::PATH;
    const SAFETY: Safety = O::SAFETY;
    type Output = O::Output;

    fn method(&self) -> Method {
        (**self).method()
    }

    fn safety(&self) -> Safety {
        (**self).safety()
    }

    fn base(&self) -> Base {
        (**self).base()
    }

    fn target(&self, target: &mut Target) -> Result<(), BuildError> {
        (**self).target(target)
    }

    fn body(&self) -> Result<Option<Vec<u8>>, BuildError> {
        (**self).body()
    }

    fn decode(status: StatusCode, body: &[u8]) -> Result<Self::Output, Unreadable> {
        O::decode(status, body)
    }
}
