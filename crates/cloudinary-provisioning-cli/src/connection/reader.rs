//! [`Reader`]: a client that can only read.

use std::iter;

use cloudinary_provisioning::{Account, AnyOperation, Error, Operation, Safety};
use cloudinary_provisioning_ureq::{Client, SendAll};

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

    /// Sends the reads that are [added](Reads::add), several at a time.
    pub(crate) fn reads<T: Send + 'static>(&self, workers: usize) -> Reads<T> {
        Reads(self.0.send_all(iter::empty()).workers(workers))
    }
}

/// Reads and their results, as they come.
pub(crate) struct Reads<T: Send + 'static>(SendAll<iter::Empty<AnyOperation<T>>>);

impl<T: Send> Reads<T> {
    pub(crate) fn add(&mut self, reads: Vec<Read<T>>) {
        self.0.extend(reads.into_iter().map(|Read(operation)| operation));
    }
}

impl<T: Send> Iterator for Reads<T> {
    type Item = (AnyOperation<T>, Result<T, Error>);

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next()
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
