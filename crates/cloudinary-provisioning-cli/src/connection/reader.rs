//! [`Reader`]: a client that can only read.

use cloudinary_provisioning::{Account, AnyOperation, Error, Operation, Safety};
use cloudinary_provisioning_ureq::Client;

use crate::terminal::exit::Exit;

/// A client that can only read: it takes nothing but a [`Read`].
pub(crate) struct Reader(Client);

/// An operation that changes nothing.
#[derive(Debug)]
pub(crate) struct Read<T>(AnyOperation<T>);

impl<T: Send> Read<T> {
    /// Refuses an operation that may change something.
    pub(crate) fn new(operation: AnyOperation<T>) -> Result<Self, Exit> {
        match operation.safety() {
            Safety::Safe => Ok(Self(operation)),
            _ => Err(Exit::Failed(format!("{} may change something, and was not sent", operation.id()))),
        }
    }
}

impl Reader {
    pub(crate) fn new(client: Client) -> Self {
        Self(client)
    }

    pub(crate) fn account(&self) -> &Account {
        self.0.account()
    }

    /// Sends reads, several at a time, and yields their results as they come.
    pub(crate) fn send_all<T: Send + 'static>(
        &self,
        reads: Vec<Read<T>>,
        workers: usize,
    ) -> impl Iterator<Item = (AnyOperation<T>, Result<T, Error>)> {
        self.0.send_all(reads.into_iter().map(|Read(operation)| operation)).workers(workers)
    }
}

#[cfg(test)]
mod tests {
    use cloudinary_provisioning::users;

    use super::*;

    #[test]
    fn only_what_is_safe_is_a_read() {
        assert!(Read::new(users::List::new().map(drop)).is_ok());
        for change in [users::Delete::new("u1").map(drop), users::Create::new("A", "a@x.org").map(drop)] {
            assert!(matches!(Read::new(change), Err(Exit::Failed(why)) if why.ends_with("was not sent")));
        }
    }
}
