//! [`Keys`]: which operation a result belongs to.

use std::collections::HashMap;

use cloudinary_provisioning::{Account, AnyOperation, BuildError};

/// Operations that were handed out, by the request that they make.
///
/// An operation comes back with its result, maybe as a clone. Its request says which one it is: no two that are under way
/// make the same request.
#[derive(Debug)]
pub(crate) struct Keys<T> {
    account: Option<Account>,
    open: HashMap<Key, T>,
}

/// Method, target and body.
type Key = (String, String, Vec<u8>);

impl<T> Keys<T> {
    pub(crate) fn new() -> Self {
        // No request of this account is ever sent.
        Self { account: Account::new("account", "key", "secret").ok(), open: HashMap::new() }
    }

    /// Notes that an operation is under way.
    ///
    /// # Errors
    ///
    /// Returns why no request can be made of it.
    pub(crate) fn insert<F: Send>(&mut self, operation: &AnyOperation<F>, value: T) -> Result<(), BuildError> {
        if let Some(key) = self.key(operation)? {
            self.open.insert(key, value);
        }
        Ok(())
    }

    /// Takes what was noted for the operation.
    pub(crate) fn remove<F: Send>(&mut self, operation: &AnyOperation<F>) -> Option<T> {
        let key = self.key(operation).ok()??;
        self.open.remove(&key)
    }

    pub(crate) fn len(&self) -> usize {
        self.open.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.open.is_empty()
    }

    fn key<F: Send>(&self, operation: &AnyOperation<F>) -> Result<Option<Key>, BuildError> {
        let Some(account) = &self.account else { return Ok(None) };
        let request = account.request(operation)?;
        let (parts, body) = request.into_parts();
        Ok(Some((parts.method.to_string(), parts.uri.to_string(), body)))
    }
}
