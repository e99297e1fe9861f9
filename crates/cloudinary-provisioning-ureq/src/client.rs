//! [`Client`]: operations over ureq, with retries.

use std::fmt;
use std::sync::Arc;

use cloudinary_provisioning::{Account, Error, Operation, Paged};

use crate::call::Call;
use crate::engine::Engine;
use crate::items::Items;
use crate::items_all::ItemsAll;
use crate::send_all::SendAll;

/// A blocking client of one account.
///
/// A client is cheap to clone. Clones share their connections and their throttle.
///
/// ```no_run
/// use cloudinary_provisioning_ureq::Client;
/// use cloudinary_provisioning_ureq::users::{self, Role};
///
/// let client = Client::from_env()?;
/// let create = users::Create::new("John", "john@example.com").role(Role::TechnicalAdmin);
/// let john = client.send(&create)?;
/// for user in client.items(users::List::new().prefix("john")) {
///     println!("{}", user?.id);
/// }
/// client.send(&users::Delete::new(&john.id))?;
/// # Ok::<(), cloudinary_provisioning_ureq::Error>(())
/// ```
#[derive(Clone)]
pub struct Client(Arc<Engine>);

impl Client {
    pub(crate) fn of_engine(engine: Engine) -> Self {
        Self(Arc::new(engine))
    }

    pub(crate) fn engine(&self) -> &Engine {
        &self.0
    }

    /// Returns the account of this client.
    pub fn account(&self) -> &Account {
        &self.0.account
    }

    /// Sends an operation, or a reference to one, with the retries of the client's policy.
    ///
    /// # Errors
    ///
    /// Returns an [`Error`] of any [kind](cloudinary_provisioning::ErrorKind).
    pub fn send<O: Operation>(&self, operation: O) -> Result<O::Output, Error> {
        self.call(operation).send()
    }

    /// Prepares a call of an operation, or of a reference to one, to set options for it alone.
    pub fn call<O: Operation>(&self, operation: O) -> Call<'_, O> {
        Call::new(&self.0, operation)
    }

    /// Returns an iterator over all items of a list. Pages are requested as they are needed.
    pub fn items<O: Paged + 'static>(&self, operation: O) -> Items<O> {
        Items::new(Arc::clone(&self.0), operation)
    }

    /// Returns an iterator over all items of many lists, each with a context that its items come with; see [`ItemsAll`].
    pub fn items_all<I, C, O>(&self, lists: I) -> ItemsAll<I::IntoIter, C, O>
    where
        I: IntoIterator<Item = (C, O)>,
        C: Clone,
        O: Paged + 'static,
    {
        ItemsAll::new(Arc::clone(&self.0), lists.into_iter())
    }

    /// Sends many operations with several workers; see [`SendAll`].
    ///
    /// Operations of different kinds go into one list as [`AnyOperation`](cloudinary_provisioning::AnyOperation)s.
    pub fn send_all<I>(&self, operations: I) -> SendAll<I::IntoIter>
    where
        I: IntoIterator,
        I::Item: Operation + 'static,
    {
        SendAll::new(Arc::clone(&self.0), operations.into_iter())
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client")
            .field("account", &self.0.account)
            .field("policy", &self.0.policy)
            .finish_non_exhaustive()
    }
}
