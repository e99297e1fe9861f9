//! A stand-in until core has this.

use std::fmt;
use std::sync::Arc;

use cloudinary_provisioning::{Account, BuildError, Error, Operation, Safety, http};

/// An operation of any kind, whose output is mapped.
pub struct AnyOperation<T>(Arc<dyn Erased<T>>);

impl<T> Clone for AnyOperation<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T> fmt::Debug for AnyOperation<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AnyOperation").field("id", &self.0.id()).finish_non_exhaustive()
    }
}

impl<T> AnyOperation<T> {
    /// Builds the request.
    pub fn request(&self, account: &Account) -> Result<http::Request<Vec<u8>>, BuildError> {
        self.0.request(account)
    }

    /// Reads the response.
    pub fn parse(&self, response: &http::Response<Vec<u8>>) -> Result<T, Error> {
        self.0.parse(response)
    }

    /// Returns the safety.
    pub fn safety(&self) -> Safety {
        self.0.safety()
    }
}

trait Erased<T>: Send + Sync {
    fn id(&self) -> &'static str;
    fn safety(&self) -> Safety;
    fn request(&self, account: &Account) -> Result<http::Request<Vec<u8>>, BuildError>;
    fn parse(&self, response: &http::Response<Vec<u8>>) -> Result<T, Error>;
}

struct Mapped<O, F>(O, F);

impl<O: Operation, T, F: Fn(O::Output) -> T + Send + Sync> Erased<T> for Mapped<O, F> {
    fn id(&self) -> &'static str {
        O::ID
    }

    fn safety(&self) -> Safety {
        self.0.safety()
    }

    fn request(&self, account: &Account) -> Result<http::Request<Vec<u8>>, BuildError> {
        account.request(&self.0)
    }

    fn parse(&self, response: &http::Response<Vec<u8>>) -> Result<T, Error> {
        self.0.parse(response).map(&self.1)
    }
}

/// Gives operations `map`.
pub(crate) trait Map: Operation + Sized + 'static {
    fn map<T, F: Fn(Self::Output) -> T + Send + Sync + 'static>(self, map: F) -> AnyOperation<T> {
        AnyOperation(Arc::new(Mapped(self, map)))
    }
}

impl<O: Operation + 'static> Map for O {}
