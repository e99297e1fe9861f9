//! The part of an [`Exchange`](crate::Exchange) that looks for the result of a create.

use std::collections::HashSet;
use std::time::Duration;

use http::{Request, StatusCode};
use time::OffsetDateTime;

use crate::account::account::Account;
use crate::account::options::RequestOptions;
use crate::call::events::RetryEvent;
use crate::call::reading::Reading;
use crate::call::retry::{Retry, RetryPolicy};
use crate::call::transport::FreshConnection;
use crate::operation::any::{Candidate, Erased, Found, Lookup, LostSecret};
use crate::operation::operation::{Operation, sealed::Sealed};
use crate::operation::safety::Safety;
use crate::outcome::error::{Error, ErrorKind};
use crate::outcome::headers;
use crate::outcome::response::Response;
use crate::wire::build_error::BuildError;
use crate::wire::json::Unreadable;

/// How far the times of the service may be apart: they are in whole seconds.
const TIME_RESOLUTION: time::Duration = time::Duration::seconds(1);
/// A look-up that reaches the service within this time shows what the call has made.
const QUICK: Duration = Duration::from_secs(1);

pub(crate) struct Recovery<T> {
    lookup: Lookup<T>,
    account: Account,
    options: RequestOptions,
    policy: RetryPolicy,
    /// The ids of what existed before the create was sent, if nothing else distinguishes them.
    before: HashSet<String>,
    looking: Option<Looking<T>>,
    /// How often the result was looked for.
    looks: u32,
    /// Whether the create is recovered, and whether a resource that is there already will do.
    recovers: bool,
    takes_existing: bool,
}

/// A look-up under way.
#[expect(clippy::struct_excessive_bools, reason = "each is known by itself")]
struct Looking<T> {
    operation: Erased<Found<T>>,
    request: Request<Vec<u8>>,
    retry: Retry,
    last: Option<Error>,
    /// How long the call had taken when the last request was sent.
    sent: Duration,
    /// Whether it records existing resources before the create is sent.
    is_before: bool,
    /// Whether it follows a conflict that no attempt of this call can have caused.
    is_conflict: bool,
    /// The pages that were asked for, so that none is asked for twice.
    pages: HashSet<(http::Uri, Vec<u8>)>,
    /// Resources that the create has created.
    made: Vec<(Response<()>, T, Option<LostSecret>)>,
    /// Resources with the natural key, whoever made them.
    existing: Vec<(Response<()>, T)>,
    /// Whether there is a resource that this call may or may not have created.
    is_unclear: bool,
    /// Whether there is a resource that only a quicker response could classify.
    is_slow: bool,
    /// Whether there is a resource that existed before the call.
    is_taken: bool,
}

/// The conclusion from a look-up.
pub(crate) enum Conclusion<T> {
    /// Send the next request at once.
    Send,
    /// Sleep, then send the same request again; see [`Recovery::retry_event`].
    Retry(Duration),
    /// Existing resources cannot be recorded, so the create is not sent.
    Failed(Error),
    Made(Response<T>),
    /// It existed before, and the caller accepts that.
    Existing(Response<T>),
    SecretLost(ErrorKind),
    /// It is not there.
    Absent {
        /// Whether a second create cannot make a second resource.
        is_unique: bool,
        /// Whether a resource that existed before has its natural key.
        is_taken: bool,
        looks: u32,
    },
    /// Undecidable.
    Unclear,
}

impl<T: Send> Recovery<T> {
    pub(crate) fn new(
        lookup: Lookup<T>,
        account: &Account,
        options: &RequestOptions,
        policy: RetryPolicy,
    ) -> Result<Self, BuildError> {
        account.request_with(&lookup.operation, options)?;
        Ok(Self {
            lookup,
            account: account.clone(),
            options: options.clone(),
            policy,
            before: HashSet::new(),
            looking: None,
            looks: 0,
            recovers: false,
            takes_existing: false,
        })
    }

    pub(crate) fn recovers(&self) -> bool {
        self.recovers
    }

    pub(crate) fn takes_existing(&self) -> bool {
        self.takes_existing
    }

    pub(crate) fn set_recovers(&mut self) {
        self.recovers = true;
        self.looking = self.first_look();
    }

    pub(crate) fn set_takes_existing(&mut self) {
        self.takes_existing = true;
    }

    /// Begins to record existing resources before the create is sent, if that is needed.
    fn first_look(&self) -> Option<Looking<T>> {
        let operation = self.lookup.needs_before.then(|| self.lookup.operation.clone())?;
        let request = self.account.request_with(&operation, &self.options).ok()?;
        Some(Looking::new(operation, request, self.policy, true))
    }

    /// Begins to look for the resource that a conflict is about, which this call has not created.
    pub(crate) fn look_for_existing(&mut self) -> bool {
        let can_look = self.look();
        if let Some(looking) = self.looking.as_mut() {
            looking.is_conflict = true;
        }
        can_look
    }

    /// Begins to look for the result. Returns `false` if that is not possible.
    pub(crate) fn look(&mut self) -> bool {
        let operation = self.lookup.operation.clone();
        let request = self.account.request_with(&operation, &self.options);
        self.looking = request.ok().map(|request| Looking::new(operation, request, self.policy, false));
        self.looks = self.looks.saturating_add(1);
        self.looking.is_some()
    }

    /// The request of the look-up under way is sent now.
    pub(crate) fn begin(&mut self, elapsed: Duration) {
        if let Some(looking) = self.looking.as_mut() {
            looking.sent = elapsed;
        }
    }

    /// The request of the look-up under way.
    pub(crate) fn request(&self) -> Option<&Request<Vec<u8>>> {
        self.looking.as_ref().map(|looking| &looking.request)
    }

    /// The id of the look-up under way, and how many attempts of it have ended.
    pub(crate) fn looking_with(&self) -> Option<(&'static str, u32)> {
        self.looking.as_ref().map(|looking| (looking.operation.id(), looking.retry.attempts))
    }

    /// Takes the outcome of a look-up, read with its function.
    pub(crate) fn on_outcome(
        &mut self,
        at: Reading,
        elapsed: Duration,
        read: impl FnOnce(
            &'static str,
            &dyn Fn(StatusCode, &[u8]) -> Result<Found<T>, Unreadable>,
        ) -> Result<Response<Found<T>>, Error>,
    ) -> Conclusion<T> {
        let Some(mut looking) = self.looking.take() else { return Conclusion::Unclear };
        looking.retry.attempts = looking.retry.attempts.saturating_add(1);
        let operation = looking.operation.clone();
        let (response, page) = match read(operation.id(), &|status, body| operation.decode(status, body)) {
            Ok(response) => response.split(),
            Err(error) if error.is_not_found() && !looking.is_before => {
                // A resource that is looked up by its id.
                let Some(response) = error.response() else { return Conclusion::Unclear };
                let response = Response::new(response.status(), response.headers().clone(), ());
                (response, Found { candidates: Vec::new(), next: None })
            }
            Err(error) => {
                return match looking.retry.next(&error, elapsed, at.jitter) {
                    Ok(delay) => {
                        looking.request.extensions_mut().insert(FreshConnection);
                        looking.last = Some(error);
                        self.looking = Some(looking);
                        Conclusion::Retry(delay)
                    }
                    Err(reason) if looking.is_before => {
                        Conclusion::Failed(error.given_up(reason, looking.retry.attempts, elapsed))
                    }
                    Err(_) => Conclusion::Unclear,
                };
            }
        };
        let service_now = headers::date(response.headers());
        for candidate in page.candidates {
            if looking.is_before {
                self.before.insert(candidate.id);
                continue;
            }
            let made = |elapsed| self.made_by_this_call(&candidate, service_now, elapsed);
            // The service answered the look-up some time between its request, which took up to a second to arrive if all
            // is well, and its response.
            let (earliest, latest) = (made(looking.sent.saturating_add(QUICK)), made(elapsed));
            match latest {
                Some(true) if earliest == Some(false) => looking.is_slow = true,
                Some(true) if candidate.agrees && !looking.is_conflict => {
                    looking.made.push((response.clone(), candidate.value, candidate.lost_secret));
                    continue;
                }
                Some(false) => looking.is_taken = true,
                _ => looking.is_unclear = true,
            }
            looking.existing.push((response.clone(), candidate.value));
        }
        match page.next.map(|next| (self.account.request_with(&next, &self.options), next)) {
            Some((Ok(request), next)) if looking.pages.insert(key_of(&request)) => {
                looking.operation = next;
                looking.request = request;
                looking.retry = Retry::new(self.policy, Safety::Safe);
                self.looking = Some(looking);
                return Conclusion::Send;
            }
            // Without its last pages a look-up proves nothing.
            Some(_) if looking.is_before => return Conclusion::Unclear,
            Some(_) => looking.is_unclear = true,
            None => {}
        }
        if looking.is_before {
            return Conclusion::Send;
        }
        let Looking { mut made, mut existing, is_unclear, is_slow, is_taken, .. } = looking;
        if self.takes_existing
            && made.is_empty()
            && existing.len() == 1
            && let Some((response, value)) = existing.pop()
        {
            return Conclusion::Existing(response.with_value(value));
        }
        if is_slow && !is_unclear && made.is_empty() {
            // As if it was not there yet: another look may tell.
            return Conclusion::Absent { is_unique: false, is_taken: false, looks: self.looks };
        }
        let is_unclear = is_unclear || is_slow;
        match (made.pop(), made.is_empty()) {
            (Some((response, value, None)), true) if !is_unclear => {
                Conclusion::Made(response.with_value(value).with_recovered())
            }
            (Some((_, _, Some(lost))), true) if !is_unclear => Conclusion::SecretLost(ErrorKind::SecretLost {
                sub_account_id: lost.sub_account_id.into(),
                api_key: lost.api_key.map(Into::into),
            }),
            (None, _) if !is_unclear => {
                Conclusion::Absent { is_unique: self.lookup.is_unique, is_taken, looks: self.looks }
            }
            _ => Conclusion::Unclear,
        }
    }

    /// The retry of the look-up under way.
    pub(crate) fn retry_event(&self, delay: Duration) -> Option<RetryEvent<'_>> {
        let looking = self.looking.as_ref()?;
        let (operation, attempt) = (looking.operation.id(), looking.retry.attempts);
        Some(RetryEvent { operation, attempt, delay, cause: looking.last.as_ref()? })
    }

    /// Whether a resource was made since the call began, so long before the service answered; `None` if that is not
    /// known.
    fn made_by_this_call(
        &self,
        candidate: &Candidate<T>,
        service_now: Option<OffsetDateTime>,
        elapsed: Duration,
    ) -> Option<bool> {
        if self.lookup.needs_before {
            return Some(!self.before.contains(&candidate.id));
        }
        let (created_at, service_now) = (candidate.created_at?, service_now?);
        let age = service_now - created_at;
        let is_possible = age >= -2 * TIME_RESOLUTION;
        is_possible.then(|| age <= elapsed.saturating_add(Duration::from_secs(1)))
    }
}

impl<T> Looking<T> {
    fn new(operation: Erased<Found<T>>, request: Request<Vec<u8>>, policy: RetryPolicy, is_before: bool) -> Self {
        let pages = HashSet::from([key_of(&request)]);
        let retry = Retry::new(policy, Safety::Safe);
        Self {
            operation,
            request,
            retry,
            last: None,
            sent: Duration::ZERO,
            is_before,
            pages,
            made: Vec::new(),
            existing: Vec::new(),
            is_conflict: false,
            is_unclear: false,
            is_slow: false,
            is_taken: false,
        }
    }
}

fn key_of(request: &Request<Vec<u8>>) -> (http::Uri, Vec<u8>) {
    (request.uri().clone(), request.body().clone())
}
