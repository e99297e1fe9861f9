//! How an operation becomes an [`AnyOperation`].

use std::sync::Arc;

use http::{Method, StatusCode};

use crate::operation::any::{AnyOperation, Candidate, DynOperation, Erased, Found, Lookup};
use crate::operation::inherent::inherent;
use crate::operation::operation::{Operation, sealed};
use crate::operation::safety::Safety;
use crate::wire::build_error::BuildError;
use crate::wire::json::Unreadable;
use crate::wire::target::{PathPrefix, Target};

inherent!(AnyOperation<T: AnyOutput>);

/// What an [`AnyOperation`] can return: any type that can be sent between threads and borrows nothing.
pub trait AnyOutput: Send + 'static {}

impl<T: Send + 'static> AnyOutput for T {}

impl<T: Send + 'static> AnyOperation<T> {
    /// Creates one from an operation and a function of its result. Every operation also has this as a method, `map`.
    ///
    /// ```
    /// use cloudinary_provisioning::{AnyOperation, Operation};
    ///
    /// fn unit<O: Operation + 'static>(operation: O) -> AnyOperation<()> {
    ///     AnyOperation::new(operation, drop)
    /// }
    /// # unit(cloudinary_provisioning::users::List::new());
    /// ```
    pub fn new<O, F>(operation: O, map: F) -> Self
    where
        O: Operation + 'static,
        F: Fn(O::Output) -> T + Send + Sync + 'static,
    {
        let map = Arc::new(map);
        let lookup = operation.lookup().map(|lookup| lookup.map(|lookup| lookup.map(&map)));
        Self { call: Erased::mapped(operation, map), lookup }
    }
}

impl<T: Send + 'static> Erased<T> {
    pub(crate) fn new<O, F>(operation: O, map: F) -> Self
    where
        O: Operation + 'static,
        F: Fn(O::Output) -> T + Send + Sync + 'static,
    {
        Self::mapped(operation, Arc::new(map))
    }

    fn mapped<O, F>(operation: O, map: Arc<F>) -> Self
    where
        O: Operation + 'static,
        F: Fn(O::Output) -> T + Send + Sync + 'static,
    {
        Self(Arc::new(Mapped { operation, map }))
    }
}

/// An operation and a function of its result.
struct Mapped<O, F> {
    operation: O,
    map: Arc<F>,
}

impl<T, O, F> DynOperation<T> for Mapped<O, F>
where
    T: Send + 'static,
    O: Operation + 'static,
    F: Fn(O::Output) -> T + Send + Sync + 'static,
{
    fn id(&self) -> &'static str {
        self.operation.id()
    }

    fn method(&self) -> Method {
        self.operation.method()
    }

    fn safety(&self) -> Safety {
        self.operation.safety()
    }

    fn path(&self) -> &'static str {
        self.operation.path()
    }

    fn prefix(&self) -> PathPrefix {
        self.operation.prefix()
    }

    fn target(&self, target: &mut Target) -> Result<(), BuildError> {
        self.operation.target(target)
    }

    fn body(&self) -> Result<Option<Vec<u8>>, BuildError> {
        self.operation.body()
    }

    fn decode(&self, status: StatusCode, body: &[u8]) -> Result<T, Unreadable> {
        self.operation.decode(status, body).map(&*self.map)
    }
}

impl<T: Send + 'static> Lookup<T> {
    fn map<U: Send + 'static>(self, map: &Arc<impl Fn(T) -> U + Send + Sync + 'static>) -> Lookup<U> {
        let Self { operation, needs_before, is_unique } = self;
        Lookup { operation: mapped(operation, Arc::clone(map)), needs_before, is_unique }
    }
}

fn mapped<T: Send + 'static, U: Send + 'static>(
    operation: Erased<Found<T>>,
    map: Arc<impl Fn(T) -> U + Send + Sync + 'static>,
) -> Erased<Found<U>> {
    Erased::new(operation, move |page| {
        let candidate = |candidate: Candidate<T>| {
            let Candidate { id, created_at, agrees, value, lost_secret } = candidate;
            Candidate { id, created_at, agrees, value: map(value), lost_secret }
        };
        let candidates = page.candidates.into_iter().map(candidate).collect();
        Found { candidates, next: page.next.map(|next| mapped(next, Arc::clone(&map))) }
    })
}

/// `type: its operation, and its look-up if it has one`
macro_rules! delegate {
    ($($type:ident: $($path:ident)? $(, $lookup:ident)?;)+) => {$(
        impl<T: Send> sealed::Sealed for $type<T> {
            type Value = T;

            fn prefix(&self) -> PathPrefix {
                self.$($path.)?0.prefix()
            }

            fn target(&self, target: &mut Target) -> Result<(), BuildError> {
                self.$($path.)?0.target(target)
            }

            fn body(&self) -> Result<Option<Vec<u8>>, BuildError> {
                self.$($path.)?0.body()
            }

            fn decode(&self, status: StatusCode, body: &[u8]) -> Result<T, Unreadable> {
                self.$($path.)?0.decode(status, body)
            }

            $(fn lookup(&self) -> Option<Result<Lookup<T>, BuildError>> {
                self.$lookup.clone()
            })?
        }

        impl<T: Send> Operation for $type<T> {
            type Output = T;

            fn id(&self) -> &'static str {
                self.$($path.)?0.id()
            }

            fn method(&self) -> Method {
                self.$($path.)?0.method()
            }

            fn safety(&self) -> Safety {
                self.$($path.)?0.safety()
            }

            fn path(&self) -> &'static str {
                self.$($path.)?0.path()
            }
        }
    )+};
}

delegate! {
    AnyOperation: call, lookup;
    Erased: ;
}
