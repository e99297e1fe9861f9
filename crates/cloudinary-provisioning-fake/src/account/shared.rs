//! A handle to an account that a transport and a test share.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use http::{Request, Response};

use crate::account::FakeAccount;
use crate::response::fault::Disruption;

/// A [`FakeAccount`] behind a handle that is cheap to clone, so that a transport and a test can share it.
///
/// All clones are handles to the same account. A panic while it is locked does not make it unusable for the others.
///
/// ```
/// use cloudinary_provisioning_fake::{FakeAccount, SharedAccount};
///
/// let account = SharedAccount::new(FakeAccount::new("acc", "key", "secret"));
/// let transport = {
///     let account = account.clone();
///     move |request: http::Request<Vec<u8>>| account.respond(request)
/// };
///
/// // What a program under test would do:
/// let request = http::Request::get("/v1_1/provisioning/accounts/acc/users").body(Vec::new()).unwrap();
/// assert_eq!(transport(request).status(), 401);
///
/// // What the test checks afterwards:
/// assert_eq!(account.lock().requests().len(), 1);
/// ```
#[derive(Clone, Debug)]
pub struct SharedAccount(Arc<Mutex<FakeAccount>>);

impl SharedAccount {
    /// Creates a handle to this account.
    ///
    /// Unless its clock was set with [`FakeAccount::with_clock`], the account's time advances as fast as real time from
    /// here on, and what it holds already is a day old.
    pub fn new(mut account: FakeAccount) -> Self {
        account.run_clock();
        Self(Arc::new(Mutex::new(account)))
    }

    /// Answers a request. See [`FakeAccount::respond`].
    pub fn respond(&self, request: Request<Vec<u8>>) -> Response<Vec<u8>> {
        self.lock().respond(request)
    }

    /// Answers a request, or returns how the connection breaks. See [`FakeAccount::try_respond`].
    ///
    /// ```
    /// use cloudinary_provisioning_fake::{Disruption, FakeAccount, Fault, SharedAccount};
    ///
    /// let account = SharedAccount::new(FakeAccount::new("acc", "key", "secret"));
    /// account.with(|account| account.fail_next(1, Fault::reset()));
    /// let result = account.try_respond(http::Request::new(Vec::new()));
    /// assert!(matches!(result, Err(Disruption::Reset)));
    /// ```
    pub fn try_respond(&self, request: Request<Vec<u8>>) -> Result<Response<Vec<u8>>, Disruption> {
        self.lock().try_respond(request)
    }

    /// Inspects or changes the account. Requests wait in the meantime, and other calls on a handle must not be made.
    pub fn with<R>(&self, f: impl FnOnce(&mut FakeAccount) -> R) -> R {
        f(&mut self.lock())
    }

    /// Locks the account. Requests wait until the guard is dropped.
    pub fn lock(&self) -> MutexGuard<'_, FakeAccount> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl From<FakeAccount> for SharedAccount {
    fn from(account: FakeAccount) -> Self {
        Self::new(account)
    }
}

#[cfg(test)]
mod tests {
    use std::panic::{AssertUnwindSafe, catch_unwind};

    use super::*;

    #[test]
    fn a_panic_leaves_the_account_usable() {
        let account = SharedAccount::new(FakeAccount::new("acc", "key", "secret"));
        let panicked = catch_unwind(AssertUnwindSafe(|| account.with(|_| panic!("in a test's closure"))));
        assert!(panicked.is_err());
        assert_eq!(account.clone().respond(Request::new(Vec::new())).status(), 404);
    }
}
