//! [`Recovery`]: a create whose result is looked up if its response is lost.

use std::collections::HashSet;
use std::fmt;
use std::time::Duration;

use crate::account::account::Account;
use crate::account::options::RequestOptions;
use crate::call::driver::{AsyncDriver, Blocking, Driver, now};
use crate::call::events::RetryEvent;
use crate::call::exchange::Exchange;
use crate::call::retry::RetryPolicy;
use crate::operation::operation::Operation;
use crate::outcome::cursor_page::CursorPage;
use crate::outcome::error::{Error, ErrorKind, GiveUpReason};
use crate::outcome::response::Response;
use crate::wire::build_error::{BuildError, BuildReason};
use crate::wire::nullable::Nullable;
use crate::{access_keys, custom_policies, product_environments, roles, user_groups, users};

pub(crate) mod sealed {
    use std::collections::HashSet;

    use crate::operation::operation::Operation;
    use crate::outcome::error::{Error, ErrorKind};
    use crate::wire::build_error::BuildError;

    /// How a create is looked up.
    pub trait Lookup: Operation {
        type By: Operation;

        /// Whether it takes knowing what was there before the call.
        const BEFORE: bool = false;

        /// The operation that finds it, or the field that it cannot be found without.
        fn lookup(&self) -> Result<Self::By, BuildError>;

        /// The operation that goes on after this page, unless that was seen before.
        fn more(by: &Self::By, page: &<Self::By as Operation>::Output, seen: &mut HashSet<String>) -> Option<Self::By> {
            let _ = (by, page, seen);
            None
        }

        /// The ids on a page.
        fn ids(page: &<Self::By as Operation>::Output) -> Vec<String> {
            let _ = page;
            Vec::new()
        }

        /// What on the page is what the create has made.
        fn find(&self, page: <Self::By as Operation>::Output, before: &HashSet<String>) -> Vec<Self::Output>;

        /// Whether this error of the look-up says that it is not there.
        fn is_absent(error: &Error) -> bool {
            let _ = error;
            false
        }

        /// Refuses what was found and is of no use.
        fn usable(value: Self::Output) -> Result<Self::Output, ErrorKind> {
            Ok(value)
        }
    }
}

use sealed::Lookup;

/// A create whose result can be looked up by a natural key. Sealed, as [`Operation`] is.
///
/// | create | is looked up by | and is recognized by |
/// |---|---|---|
/// | [`users::Create`] | [`users::List`] with the email | the same email, ignoring case |
/// | [`product_environments::Create`] | [`product_environments::List`] with the cloud name | the same cloud name |
/// | [`access_keys::Generate`] | [`access_keys::List`] of the product environment | the same name, if it was not there before the call |
/// | [`user_groups::Create`] | [`user_groups::List`] | the same name, if it was not there before the call and is the only one |
/// | [`custom_policies::Create`] | [`custom_policies::List`] of the scope | the same name and, ignoring whitespace, the same statement |
/// | [`roles::Create`] | [`roles::Get`] with the id | the same name |
///
/// A create without its natural key (a cloud name, a key's name, a role's id) is refused before anything is sent. Agent
/// accounts have no natural key, so they cannot be recovered.
///
/// ```
/// use cloudinary_provisioning::{Recover, user_groups, users};
///
/// fn can_be_recovered(_: impl Recover) {}
/// can_be_recovered(users::Create::new("John", "john@example.com"));
/// can_be_recovered(user_groups::Create::new("Editors"));
/// ```
pub trait Recover: Lookup {}

/// A create that is retried without being applied twice, even if its response is lost.
///
/// If an attempt may have been applied and its response does not tell, the result is looked up by its natural key; see
/// [`Recover`].
///
/// | result of an attempt | next step |
/// |---|---|
/// | a success | return it |
/// | an error, and the create cannot have been applied | return the error; throttling and failed connections are retried as always |
/// | an error, and the create may have been applied; or a 409 after such an error | look it up |
/// | the look-up finds one result | return it; [`Response::recovered`] is `true` |
/// | … an access key without its secret | return [`ErrorKind::SecretLost`], which names the key, so that it can be deleted |
/// | … nothing, and the policy allows another attempt | sleep, at least as long as the service asked, then send the create again |
/// | … nothing, and the policy allows no further attempt | return the error of the last attempt |
/// | … several results, or the look-up fails | return the error of the last attempt; [`Error::maybe_applied`] is `true` |
///
/// [`RetryPolicy::max_attempts`] limits the attempts of the create, and [`RetryPolicy::total_timeout`] the time of the
/// whole. The service offers no lock, so a resource with the same key that somebody else creates at the same time is
/// taken for the result.
///
/// ```
/// use std::cell::Cell;
/// use std::time::{Duration, SystemTime};
/// use cloudinary_provisioning::http::{Request, Response};
/// use cloudinary_provisioning::{
///     Account, Driver, Outcome, Recovery, RetryPolicy, Sample, TransportError, users,
/// };
///
/// /// Applies the create and loses its response.
/// struct Lossy;
///
/// impl Driver for Lossy {
///     fn send(&self, request: &Request<Vec<u8>>, _: Duration) -> Outcome {
///         match request.method().as_str() {
///             "POST" => TransportError::maybe_sent("connection reset").into(),
///             _ => Response::new(
///                 br#"{"users":[{"id":"u1","email":"john@example.com"}]}"#.to_vec(),
///             )
///             .into(),
///         }
///     }
/// #   fn sleep(&self, _: Duration) {}
/// #   fn sample(&self) -> Sample { Sample::new(Duration::ZERO, SystemTime::UNIX_EPOCH, 0) }
///     // …
/// }
///
/// let account = Account::new("acc", "key", "secret")?;
/// let create = users::Create::new("John", "John@example.com");
/// let response = Recovery::new(&account, create, RetryPolicy::default())?.run(&Lossy)?;
/// assert!(response.recovered());
/// assert_eq!(response.value().id, "u1");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[doc(alias = "exactly once")]
#[doc(alias = "idempotency key")]
#[doc(alias = "retry")]
pub struct Recovery<'a, O: Recover> {
    account: &'a Account,
    operation: O,
    by: O::By,
    policy: RetryPolicy,
    options: RequestOptions,
}

impl<'a, O: Recover> Recovery<'a, O> {
    /// Prepares a create, or a reference to one.
    ///
    /// # Errors
    ///
    /// Returns an [`ErrorKind::Build`] that names the field without which the result could not be looked up.
    pub fn new(account: &'a Account, operation: O, policy: RetryPolicy) -> Result<Self, Error> {
        Self::with_options(account, operation, policy, RequestOptions::default())
    }

    /// Prepares a create with another origin, account id or headers.
    ///
    /// # Errors
    ///
    /// The same as [`new`](Self::new).
    pub fn with_options(
        account: &'a Account,
        operation: O,
        policy: RetryPolicy,
        options: RequestOptions,
    ) -> Result<Self, Error> {
        let build = |error| Error::unsent(Some(O::ID), ErrorKind::Build(error));
        let by = operation.lookup().map_err(build)?;
        account.request_with(&operation, &options).map_err(build)?;
        account.request_with(&by, &options).map_err(build)?;
        Ok(Self { account, operation, by, policy, options })
    }

    /// Makes the call with a blocking driver.
    ///
    /// # Errors
    ///
    /// See the table above.
    pub fn run(self, driver: &impl Driver) -> Result<Response<O::Output>, Error> {
        now(self.run_async(&Blocking(driver)))
    }

    /// Makes the call with an async driver, on any runtime.
    ///
    /// # Errors
    ///
    /// See the table above.
    pub async fn run_async(self, driver: &impl AsyncDriver) -> Result<Response<O::Output>, Error> {
        let start = driver.sample().elapsed;
        let mut before = HashSet::new();
        if O::BEFORE {
            self.look(driver, start, |page| before.extend(O::ids(page.value()))).await?;
        }
        let mut lost: Option<Error> = None;
        loop {
            let mut exchange = Exchange::with_options(self.account, &self.operation, self.policy, &self.options)?;
            let is_first = lost.is_none();
            if let Some(error) = lost.take() {
                exchange.resume(error);
            }
            let earlier = exchange.attempts();
            let error = match exchange.run_from(driver, start).await {
                Ok(response) => return Ok(response),
                Err(error) => error,
            };
            let attempts = error.attempts();
            let is_open = error.maybe_applied() && (is_first || decides_nothing(&error) || error.is_conflict());
            if !is_open || attempts == earlier {
                return Err(error);
            }
            let mut found = Vec::new();
            let find = |page: Response<_>| {
                let (empty, page) = page.split();
                let values = self.operation.find(page, &before);
                found.extend(values.into_iter().map(|value| empty.recovered_with(value, attempts)));
            };
            match self.look(driver, start, find).await {
                Err(failed) if !O::is_absent(&failed) => return Err(error),
                _ => {}
            }
            let sample = driver.sample().since(start);
            match (found.pop(), found.is_empty()) {
                (Some(response), true) => {
                    let unusable = |kind| {
                        let error = Error::unsent(Some(O::ID), kind).with_maybe_applied(true);
                        error.given_up(GiveUpReason::NotRetryable, attempts, sample.elapsed)
                    };
                    let (empty, value) = response.split();
                    return O::usable(value).map(|value| empty.recovered_with(value, attempts)).map_err(unusable);
                }
                (Some(_), false) => return Err(error),
                (None, _) => {}
            }
            let delay = match self.policy.delay_after(attempts, &error, sample.elapsed, sample.jitter) {
                Ok(delay) => delay,
                Err(reason) => return Err(error.given_up(reason, attempts, sample.elapsed)),
            };
            driver.on_retry(&RetryEvent { operation: O::ID, attempt: attempts, delay, cause: &error });
            driver.sleep(delay).await;
            lost = Some(error);
        }
    }

    /// Gives each page of the look-up to `each`.
    async fn look(
        &self,
        driver: &impl AsyncDriver,
        start: Duration,
        mut each: impl FnMut(Response<<O::By as Operation>::Output>),
    ) -> Result<(), Error> {
        let mut more = None;
        let mut seen = HashSet::new();
        loop {
            let by = more.as_ref().unwrap_or(&self.by);
            let exchange = Exchange::with_options(self.account, by, self.policy, &self.options)?;
            let page = exchange.run_from(driver, start).await?;
            let next = O::more(by, page.value(), &mut seen);
            each(page);
            match next {
                Some(next) => more = Some(next),
                None => return Ok(()),
            }
        }
    }
}

/// Whether an attempt that failed like this leaves open what it did, whatever came before it.
fn decides_nothing(error: &Error) -> bool {
    crate::operation::safety::may_have_applied(error, crate::operation::safety::Safety::NotIdempotent)
}

impl<O: Recover> fmt::Debug for Recovery<'_, O> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recovery").field("operation", &O::ID).field("policy", &self.policy).finish_non_exhaustive()
    }
}

impl<O: Lookup> Lookup for &O {
    type By = O::By;
    const BEFORE: bool = O::BEFORE;

    fn lookup(&self) -> Result<Self::By, BuildError> {
        (**self).lookup()
    }

    fn more(by: &Self::By, page: &<Self::By as Operation>::Output, seen: &mut HashSet<String>) -> Option<Self::By> {
        O::more(by, page, seen)
    }

    fn ids(page: &<Self::By as Operation>::Output) -> Vec<String> {
        O::ids(page)
    }

    fn find(&self, page: <Self::By as Operation>::Output, before: &HashSet<String>) -> Vec<Self::Output> {
        (**self).find(page, before)
    }

    fn is_absent(error: &Error) -> bool {
        O::is_absent(error)
    }

    fn usable(value: Self::Output) -> Result<Self::Output, ErrorKind> {
        O::usable(value)
    }
}

impl<O: Recover> Recover for &O {}

fn key<'k, T: ?Sized>(field: &'static str, value: Option<&'k T>) -> Result<&'k T, BuildError> {
    value.ok_or_else(|| BuildError::new(field, BuildReason::Needed { condition: "a lost response is to be recovered" }))
}

impl Lookup for users::Create {
    type By = users::List;

    fn lookup(&self) -> Result<users::List, BuildError> {
        Ok(users::List::new().emails([&*self.email]))
    }

    fn find(&self, page: Vec<users::User>, _: &HashSet<String>) -> Vec<users::User> {
        let wanted = self.email.to_lowercase();
        page.into_iter()
            .filter(|user| user.email.as_ref().is_some_and(|email| email.to_lowercase() == wanted))
            .collect()
    }
}

impl Recover for users::Create {}

impl Lookup for product_environments::Create {
    type By = product_environments::List;

    fn lookup(&self) -> Result<product_environments::List, BuildError> {
        Ok(product_environments::List::new().cloud_names([key("cloud_name", self.cloud_name.as_deref())?]))
    }

    fn find(
        &self,
        page: Vec<product_environments::ProductEnvironment>,
        _: &HashSet<String>,
    ) -> Vec<product_environments::ProductEnvironment> {
        page.into_iter().filter(|environment| environment.cloud_name == self.cloud_name).collect()
    }
}

impl Recover for product_environments::Create {}

impl Lookup for access_keys::Generate {
    type By = access_keys::List;
    const BEFORE: bool = true;

    fn lookup(&self) -> Result<access_keys::List, BuildError> {
        key("name", self.name.as_deref())?;
        Ok(access_keys::List::new(&self.sub_account_id))
    }

    fn ids(page: &access_keys::AccessKeys) -> Vec<String> {
        page.access_keys.iter().map(|key| key.api_key.to_string()).collect()
    }

    fn find(&self, page: access_keys::AccessKeys, before: &HashSet<String>) -> Vec<access_keys::AccessKey> {
        let is_new = |key: &access_keys::AccessKey| key.name == self.name && !before.contains(key.api_key.as_str());
        page.access_keys.into_iter().filter(is_new).collect()
    }

    fn usable(key: access_keys::AccessKey) -> Result<access_keys::AccessKey, ErrorKind> {
        match &key.api_secret {
            Some(secret) if !secret.expose().is_empty() => Ok(key),
            _ => Err(ErrorKind::SecretLost { api_key: key.api_key }),
        }
    }
}

impl Recover for access_keys::Generate {}

impl Lookup for user_groups::Create {
    type By = user_groups::List;
    const BEFORE: bool = true;

    fn lookup(&self) -> Result<user_groups::List, BuildError> {
        Ok(user_groups::List::new())
    }

    fn ids(page: &Vec<user_groups::UserGroup>) -> Vec<String> {
        page.iter().map(|group| group.id.to_string()).collect()
    }

    fn find(&self, page: Vec<user_groups::UserGroup>, before: &HashSet<String>) -> Vec<user_groups::UserGroup> {
        let is_new = |group: &user_groups::UserGroup| {
            group.name.as_ref() == Some(&self.name) && !before.contains(group.id.as_str())
        };
        page.into_iter().filter(is_new).collect()
    }
}

impl Recover for user_groups::Create {}

impl Lookup for custom_policies::Create {
    type By = custom_policies::List;

    fn lookup(&self) -> Result<custom_policies::List, BuildError> {
        let scope_id = self.scope_id.as_ref().and_then(Nullable::as_ref);
        Ok(custom_policies::List::new()
            .scope_type(self.scope_type.clone())
            .maybe(scope_id, custom_policies::List::scope_id))
    }

    fn more(
        by: &custom_policies::List,
        page: &CursorPage<custom_policies::CustomPolicy>,
        seen: &mut HashSet<String>,
    ) -> Option<custom_policies::List> {
        let cursor = page.next_cursor.as_ref().filter(|cursor| !cursor.is_empty())?;
        seen.insert(cursor.clone()).then(|| by.clone().cursor(cursor))
    }

    fn find(
        &self,
        page: CursorPage<custom_policies::CustomPolicy>,
        _: &HashSet<String>,
    ) -> Vec<custom_policies::CustomPolicy> {
        let is_it = |policy: &custom_policies::CustomPolicy| {
            policy.name.as_ref() == Some(&self.name)
                && policy
                    .policy_statement
                    .as_ref()
                    .is_some_and(|statement| custom_policies::same_statement(statement, &self.policy_statement))
        };
        page.items.into_iter().filter(is_it).collect()
    }
}

impl Recover for custom_policies::Create {}

impl Lookup for roles::Create {
    type By = roles::Get;

    fn lookup(&self) -> Result<roles::Get, BuildError> {
        Ok(roles::Get::new(key("id", self.id.as_ref())?))
    }

    fn find(&self, role: roles::Role, _: &HashSet<String>) -> Vec<roles::Role> {
        if role.name.as_ref() == Some(&self.name) { vec![role] } else { Vec::new() }
    }

    fn is_absent(error: &Error) -> bool {
        error.is_not_found()
    }
}

impl Recover for roles::Create {}
