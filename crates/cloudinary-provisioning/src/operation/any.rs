//! [`AnyOperation`]: an operation of any kind, and how the result of a create is looked up with one.

use std::fmt;
use std::sync::Arc;

use http::{Method, StatusCode};
use time::OffsetDateTime;

use crate::operation::safety::Safety;
use crate::wire::build_error::BuildError;
use crate::wire::json::Unreadable;
use crate::wire::target::{PathPrefix, Target};

/// An operation of any kind, whose result is mapped to `T`.
///
/// Every operation has a method `map` that makes one. Lists of different operations become one list of one type this
/// way, for the adapter's `send_all` or your own queue. It is cheap to clone.
///
/// A create stays recoverable: a result that is [looked up](crate::Exchange::recover) is mapped too.
///
/// ```
/// use cloudinary_provisioning::{AnyOperation, Operation, http::Response};
/// use cloudinary_provisioning::{product_environments, user_groups, users};
///
/// enum Fact {
///     Users(Vec<users::User>),
///     Groups(Vec<user_groups::UserGroup>),
///     Environments(Vec<product_environments::ProductEnvironment>),
/// }
///
/// let reads: Vec<AnyOperation<Fact>> = vec![
///     users::List::new().map(Fact::Users),
///     user_groups::List::new().map(Fact::Groups),
///     product_environments::List::new().map(Fact::Environments),
/// ];
/// let ids: Vec<_> = reads.iter().map(|read| read.id()).collect();
/// assert_eq!(ids, ["getUsers", "getUserGroups", "getProductEnvironments"]);
///
/// let fact = reads[0].parse(&Response::new(r#"{"users":[{"id":"u1"}]}"#))?;
/// assert!(matches!(fact, Fact::Users(users) if users[0].id == "u1"));
/// # Ok::<(), cloudinary_provisioning::Error>(())
/// ```
#[must_use = "an operation does nothing until it is sent"]
pub struct AnyOperation<T> {
    pub(crate) call: Erased<T>,
    pub(crate) lookup: Option<Result<Lookup<T>, BuildError>>,
}

/// An operation of any kind that is not recovered, as look-ups are.
pub(crate) struct Erased<T>(pub(crate) Arc<dyn DynOperation<T>>);

/// What an [`Erased`] asks of the operation in it.
pub(crate) trait DynOperation<T>: Send + Sync {
    fn id(&self) -> &'static str;
    fn method(&self) -> Method;
    fn safety(&self) -> Safety;
    fn path(&self) -> &'static str;
    fn prefix(&self) -> PathPrefix;
    fn target(&self, target: &mut Target) -> Result<(), BuildError>;
    fn body(&self) -> Result<Option<Vec<u8>>, BuildError>;
    fn decode(&self, status: StatusCode, body: &[u8]) -> Result<T, Unreadable>;
}

/// How the result of a create is looked up.
#[derive(Debug)]
pub struct Lookup<T> {
    /// Lists the resources that the create may have produced.
    pub(crate) operation: Erased<Found<T>>,
    /// Whether existing resources must be recorded first, since nothing else distinguishes them from the result.
    pub(crate) needs_before: bool,
    /// Whether the service refuses a second resource with the same natural key, so that the create can be sent again.
    pub(crate) is_unique: bool,
}

/// A page of a look-up.
#[derive(Debug)]
pub(crate) struct Found<T> {
    /// The resources with the create's natural key.
    pub(crate) candidates: Vec<Candidate<T>>,
    /// Asks for the next page.
    pub(crate) next: Option<Erased<Found<T>>>,
}

/// A resource that a create may have produced.
#[derive(Debug)]
pub(crate) struct Candidate<T> {
    pub(crate) id: String,
    pub(crate) created_at: Option<OffsetDateTime>,
    /// Whether every field that the create sets has the value that it sets.
    pub(crate) agrees: bool,
    pub(crate) value: T,
    /// The secret that the create returns and the look-up does not show.
    pub(crate) lost_secret: Option<LostSecret>,
}

/// A resource without the secret that its create returns.
#[derive(Debug)]
pub(crate) struct LostSecret {
    pub(crate) sub_account_id: String,
    pub(crate) api_key: Option<String>,
}

impl<T> Clone for AnyOperation<T> {
    fn clone(&self) -> Self {
        Self { call: self.call.clone(), lookup: self.lookup.clone() }
    }
}

impl<T> Clone for Erased<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T> Clone for Lookup<T> {
    fn clone(&self) -> Self {
        Self { operation: self.operation.clone(), ..*self }
    }
}

impl<T> fmt::Debug for Erased<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Erased").field(&self.0.id()).finish()
    }
}

/// Shows the operation by its id, method and path, and none of its fields.
impl<T> fmt::Debug for AnyOperation<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AnyOperation")
            .field("id", &self.call.0.id())
            .field("method", &self.call.0.method())
            .field("path", &self.call.0.path())
            .finish_non_exhaustive()
    }
}
