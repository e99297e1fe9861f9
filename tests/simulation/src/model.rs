//! What is known of the world, and what has to hold in it.
//!
//! Each property has a name, under which a failure is reported. It is checked at the event that could break it, against
//! records of every request's arrival and application, and never against what the client believes.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use cloudinary_provisioning::{Error, ErrorKind, GiveUpReason, Safety};

use crate::fault::Meant;
use crate::runs::{Run, Touch};

/// The longest time for which a hint can hold back the other calls of a client.
const LONGEST_WINDOW: Duration = Duration::from_secs(3_600);
/// Core asks for at least so much time for an attempt that is not the first.
const MINIMAL_ATTEMPT: Duration = Duration::from_secs(1);
/// The shortest timeout of an attempt.
const SHORTEST_TIMEOUT: Duration = Duration::from_millis(1);
/// Times of the service are in whole seconds: what was made so long before a call cannot be told from what it made.
/// A second more is for the way of the look-up to the service.
const TIME_RESOLUTION: Duration = Duration::from_millis(3_100);

/// The names of all properties.
pub const PROPERTIES: [&str; 29] = [
    "create-is-applied-at-most-once",
    "done-is-there",
    "done-is-what-was-asked-for",
    "not-applied-is-not-there",
    "lost-create-is-found",
    "success-is-a-success",
    "call-ends-in-time",
    "hint-is-heeded",
    "in-flight-within-limit",
    "no-wake-up-is-lost",
    "everybody-ends",
    "cancelled-sends-nothing",
    "attempts-within-policy",
    "gives-up-for-a-reason",
    "delay-within-policy",
    "retry-on-a-fresh-connection",
    "list-is-complete",
    "no-secret-is-told",
    "end-is-told",
    "calm-client-serves",
    "guards-hold",
    "removes-only-what-is-unwanted",
    "report-is-true",
    "secret-is-kept",
    "secret-is-stored-first",
    "needs-come-first",
    "successor-comes-first",
    "one-successor",
    "calm-plan-converges",
];

/// A property that does not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The name of the property.
    pub property: &'static str,
    /// What was seen.
    pub detail: String,
    /// When, by the virtual clock.
    pub at: Duration,
}

/// A kind of resource that can be created.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    User,
    Group,
    Environment,
    Key,
    Policy,
    Role,
    /// A policy of a product environment, which lists of the account's do not have.
    EnvironmentPolicy,
}

impl Kind {
    /// What creators create.
    pub(crate) const ALL: [Self; 6] = [Self::User, Self::Group, Self::Environment, Self::Key, Self::Policy, Self::Role];
}

/// The settings of a retry policy, which core does not show.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Policy {
    pub(crate) max_attempts: u32,
    pub(crate) base_delay: Duration,
    pub(crate) max_delay: Duration,
    pub(crate) attempt_timeout: Duration,
    pub(crate) total_timeout: Duration,
    pub(crate) max_server_delay: Duration,
}

/// What a call asks for.
#[derive(Clone, Debug)]
pub(crate) struct Ask {
    pub(crate) operation: &'static str,
    pub(crate) safety: Safety,
    /// The kind and the natural key of what it creates.
    pub(crate) creates: Option<(Kind, String)>,
    pub(crate) recovers: bool,
    pub(crate) or_existing: bool,
    /// Whether the service shows what it made with the fields that were asked for.
    pub(crate) is_shown_as_asked: bool,
}

/// A call, from its begin to its end.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a fact of its own")]
pub(crate) struct Call {
    pub(crate) actor: usize,
    pub(crate) client: usize,
    pub(crate) ask: Ask,
    pub(crate) policy: Policy,
    pub(crate) began: Duration,
    pub(crate) is_cancelled: bool,
    /// Whether it has ended, and if so whether it claims that it was not applied.
    pub(crate) ended: bool,
    pub(crate) claims_not_applied: bool,
    /// How often its own request was sent.
    pub(crate) sends: u32,
    /// The request before, whether it failed, and whether it was the call's own.
    pub(crate) last_request: Option<(String, bool, bool)>,
    pub(crate) last: Option<Last>,
    /// When its last look for the result began.
    pub(crate) look_began: Duration,
    pub(crate) not_before: Duration,
    pub(crate) applied: u32,
    pub(crate) applied_at: Duration,
    /// Whether a proxy sent one of its requests twice.
    pub(crate) is_doubled: bool,
    pub(crate) waits_for_place: bool,
    /// Whether it has waited for a place since its last attempt, and if it has been woken for one since.
    pub(crate) has_waited: bool,
    pub(crate) has_turn: bool,
    /// How often its driver was told of its end.
    pub(crate) told: u32,
    /// The run of a plan that it belongs to, if it is one of its steps.
    pub(crate) run: Option<usize>,
}

impl Call {
    pub(crate) fn new(actor: usize, client: usize, ask: Ask, policy: Policy, began: Duration) -> Self {
        Self {
            actor,
            client,
            ask,
            policy,
            began,
            is_cancelled: false,
            ended: false,
            claims_not_applied: false,
            sends: 0,
            last_request: None,
            last: None,
            look_began: began,
            not_before: began,
            applied: 0,
            applied_at: began,
            is_doubled: false,
            waits_for_place: false,
            has_waited: false,
            has_turn: false,
            told: 0,
            run: None,
        }
    }
}

/// What an attempt came to, as the client sees it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Last {
    pub(crate) own: bool,
    /// Whether the response is the service's own, unchanged.
    pub(crate) genuine: bool,
    pub(crate) class: Class,
    /// Whether the status is that of a success, whatever became of the body.
    pub(crate) accepted: bool,
    pub(crate) hint: Option<Duration>,
}

/// What an attempt came to, as far as retries go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    Success,
    NotFound,
    /// Throttled, or not sent.
    RetryAlways,
    /// May have been applied, and can be sent again if that is safe.
    RetryIfSafe,
    Other,
}

/// What the calls of a client share.
#[derive(Debug, Default)]
pub(crate) struct Client {
    pub(crate) has_throttle: bool,
    pub(crate) hold_until: Duration,
    pub(crate) in_flight: u32,
    pub(crate) limit: Option<u32>,
    pub(crate) successes: u32,
    pub(crate) epoch: u32,
}

/// A resource, and who made it.
#[derive(Clone, Debug)]
pub(crate) struct Resource {
    pub(crate) kind: Kind,
    pub(crate) key: String,
    pub(crate) id: String,
    /// `None` for what was there from the beginning.
    pub(crate) made_by: Option<usize>,
    pub(crate) at: Duration,
    pub(crate) deleted_at: Option<Duration>,
    pub(crate) is_changed: bool,
}

/// What a create says that it made.
#[derive(Clone, Debug)]
pub(crate) struct Made {
    /// `None` where the world cannot see it.
    pub(crate) id: Option<String>,
    pub(crate) recovered: bool,
    pub(crate) existed: bool,
    /// Whether it has the fields that were asked for.
    pub(crate) agrees: bool,
}

/// All records.
#[derive(Debug, Default)]
pub(crate) struct Model {
    pub(crate) now: Duration,
    pub(crate) calls: Vec<Call>,
    pub(crate) clients: Vec<Client>,
    pub(crate) resources: Vec<Resource>,
    pub(crate) runs: Vec<Run>,
    /// The keys whose secrets somebody has stored.
    pub(crate) vault: BTreeSet<String>,
    /// Whether there is somebody who plans.
    pub(crate) has_planners: bool,
    /// All writes that were applied, if there is.
    pub(crate) touched: Vec<Touch>,
    pub(crate) list_lag: Duration,
    pub(crate) get_lag: Duration,
    /// The most items that a page holds, whatever is asked for.
    pub(crate) page_cap: Option<u32>,
    pub(crate) key_names_are_unique: bool,
    /// Whether the service shows what a key is dedicated for.
    pub(crate) purposes_are_shown: bool,
    /// What must not be told.
    pub(crate) secrets: Vec<String>,
    pub(crate) violation: Option<Violation>,
    /// How often something happened that no client can do better, and other things that are worth counting.
    pub(crate) counts: BTreeMap<&'static str, u64>,
}

impl Model {
    pub(crate) fn fail(&mut self, property: &'static str, detail: impl FnOnce() -> String) {
        debug_assert!(PROPERTIES.contains(&property) || property == "no-panic");
        if self.violation.is_none() {
            self.violation = Some(Violation { property, detail: detail(), at: self.now });
        }
    }

    pub(crate) fn count(&mut self, what: &'static str) {
        *self.counts.entry(what).or_default() += 1;
    }

    pub(crate) fn elapsed(&self, call: usize) -> Duration {
        self.now.saturating_sub(self.calls[call].began)
    }

    /// Checks that an attempt may start, and records it. Returns its epoch for the limit of its client.
    pub(crate) fn on_send(&mut self, call: usize, request: String, own: bool, is_look: bool, is_fresh: bool) -> u32 {
        let now = self.now;
        let elapsed = self.elapsed(call);
        let it = &self.calls[call];
        let (client, policy) = (it.client, it.policy);
        if it.is_cancelled {
            self.fail("cancelled-sends-nothing", || format!("call {call} sends {request}"));
        }
        if elapsed > policy.total_timeout && !policy.total_timeout.is_zero() {
            self.fail("call-ends-in-time", || format!("call {call} sends after {elapsed:?}"));
        }
        let not_before = self.calls[call].not_before;
        let left = not_before.saturating_sub(now);
        if !left.is_zero() {
            self.fail("hint-is-heeded", || format!("call {call} sends {left:?} before its hint is over"));
        }
        let shared = &self.clients[client];
        let left = shared.hold_until.saturating_sub(now);
        if shared.has_throttle && !left.is_zero() {
            self.fail("hint-is-heeded", || format!("client {client} sends {left:?} before its hint is over"));
        }
        let shared = &self.clients[client];
        if shared.has_throttle && shared.limit.is_some_and(|limit| shared.in_flight >= limit) {
            let (in_flight, limit) = (shared.in_flight, shared.limit);
            self.fail("in-flight-within-limit", || format!("client {client} has {in_flight} in flight of {limit:?}"));
        }
        let it = &self.calls[call];
        if own && it.sends >= policy.max_attempts {
            self.fail("attempts-within-policy", || format!("call {call} sends attempt {}", policy.max_attempts + 1));
        }
        let it = &self.calls[call];
        let repeats_failure = it.last_request.as_ref().is_some_and(|(last, failed, _)| *failed && *last == request);
        let needs_fresh = repeats_failure || (own && it.ask.safety == Safety::NotIdempotent);
        if needs_fresh && !is_fresh {
            self.fail("retry-on-a-fresh-connection", || format!("call {call} sends {request} on any connection"));
        }
        let it = &mut self.calls[call];
        it.sends += u32::from(own);
        (it.has_waited, it.has_turn) = (false, false);
        it.last_request = Some((request, true, own));
        if is_look {
            it.look_began = now;
        }
        let shared = &mut self.clients[client];
        shared.in_flight += 1;
        shared.epoch
    }

    /// An attempt ends without an outcome.
    pub(crate) fn on_abandoned(&mut self, call: usize) {
        let client = self.calls[call].client;
        self.clients[client].in_flight -= 1;
    }

    /// Records what an attempt came to. `spent` is how long nothing is left of the rate limit after a success.
    pub(crate) fn on_outcome(
        &mut self,
        call: usize,
        epoch: u32,
        last: Last,
        is_throttled: bool,
        spent: Option<Duration>,
    ) {
        let now = self.now;
        let it = &mut self.calls[call];
        it.last = Some(last);
        if let Some((_, failed, _)) = &mut it.last_request {
            *failed = !matches!(last.class, Class::Success | Class::NotFound);
        }
        it.not_before = now.saturating_add(last.hint.unwrap_or_default());
        let client = it.client;
        let shared = &mut self.clients[client];
        let in_flight = shared.in_flight;
        shared.in_flight -= 1;
        let hold = |shared: &mut Client, hint: Duration| {
            shared.hold_until = shared.hold_until.max(now.saturating_add(hint.min(LONGEST_WINDOW)));
            if hint > LONGEST_WINDOW {
                (shared.limit, shared.successes) = (Some(1), 0);
            }
        };
        if is_throttled {
            if let Some(hint) = last.hint {
                hold(shared, hint);
            }
            if epoch == shared.epoch {
                shared.limit = Some((shared.limit.unwrap_or(in_flight).min(in_flight) / 2).max(1));
                shared.successes = 0;
                shared.epoch += 1;
            }
        } else if let Some(spent) = spent {
            hold(shared, spent);
        } else if last.accepted
            && let Some(limit) = shared.limit
        {
            shared.successes += 1;
            if shared.successes >= limit {
                (shared.limit, shared.successes) = (Some(limit + 1), 0);
            }
        }
    }

    /// Records that the service has applied a request of a call.
    pub(crate) fn on_applied(&mut self, call: usize) {
        let now = self.now;
        let it = &mut self.calls[call];
        it.applied += 1;
        it.applied_at = now;
        let (applied, is_doubled, claims) = (it.applied, it.is_doubled, it.claims_not_applied);
        let creates = it.ask.creates.clone();
        let is_late_create = creates.is_some();
        if claims {
            if is_doubled {
                self.count("a proxy sent it twice");
            } else {
                self.fail("not-applied-is-not-there", || format!("call {call} is applied after it said it was not"));
            }
        }
        if is_late_create && applied > 1 {
            let (kind, _) = creates.unwrap_or((Kind::User, String::new()));
            let was_deleted =
                self.resources.iter().any(|it| it.made_by == Some(call) && it.deleted_at.is_some_and(|at| at <= now));
            let was_changed = self.resources.iter().any(|it| it.made_by == Some(call) && it.is_changed);
            if is_doubled {
                self.count("a proxy made it twice");
            } else if kind == Kind::Key && !self.key_names_are_unique {
                self.count("a key was made twice under one name");
            } else if was_deleted {
                self.count("a late create came after a delete");
            } else if kind == Kind::User && was_changed {
                self.count("a late create came after another email");
            } else {
                self.fail("create-is-applied-at-most-once", || format!("call {call} is applied {applied} times"));
            }
        }
    }

    /// Checks the delay of a retry.
    pub(crate) fn on_retry(&mut self, call: usize, delay: Duration) {
        let it = &self.calls[call];
        let hint = it.last.and_then(|last| last.hint);
        let policy = it.policy;
        let bound = policy.longest_backoff();
        let most = hint.map_or(bound, |hint| bound.max(hint.saturating_add(Duration::from_secs(1))));
        if delay > most || hint.is_some_and(|hint| delay < hint) {
            self.fail("delay-within-policy", || format!("call {call} waits {delay:?}, hint {hint:?}, most {most:?}"));
        }
    }

    /// The driver of a call is told of its end, with the right times or not.
    pub(crate) fn on_told(&mut self, call: usize, is_right: bool) {
        self.calls[call].told += 1;
        if !is_right {
            self.fail("end-is-told", || format!("call {call} is told of other times than it took"));
        }
    }

    /// Checks how a call has ended.
    pub(crate) fn on_end(&mut self, call: usize, result: Result<Option<&Made>, &Error>) {
        let elapsed = self.elapsed(call);
        let it = &mut self.calls[call];
        it.ended = true;
        let total = it.policy.total_timeout;
        if it.told != 1 {
            let told = it.told;
            self.fail("end-is-told", || format!("call {call} is told of its end {told} times"));
        }
        if elapsed > total.saturating_add(SHORTEST_TIMEOUT) {
            self.fail("call-ends-in-time", || format!("call {call} ends after {elapsed:?} of {total:?}"));
        }
        match result {
            Ok(made) => self.on_done(call, made),
            Err(error) => self.on_error(call, error),
        }
    }

    fn on_done(&mut self, call: usize, made: Option<&Made>) {
        let it = &self.calls[call];
        let (applied, began) = (it.applied, it.began);
        if it.ask.safety == Safety::Safe {
            return;
        }
        let existed = made.is_some_and(|made| made.existed);
        let recovered = made.is_some_and(|made| made.recovered);
        if applied == 0 && !existed && !recovered {
            if it.last.is_some_and(|last| !last.genuine) {
                return self.count("somebody answered for the service");
            }
            self.fail("done-is-there", || format!("call {call} is done, and was never applied"));
        }
        let it = &self.calls[call];
        let (Some(made), Some((kind, key))) = (made, it.ask.creates.clone()) else { return };
        let Some(id) = &made.id else { return };
        // The id of a role may be that of an earlier one.
        let mut known: Vec<_> = self.resources.iter().filter(|known| known.kind == kind && known.id == *id).collect();
        known.sort_by_key(|known| known.made_by == Some(call));
        let found = known.last().copied().cloned();
        let Some(found) = found else {
            return self.fail("done-is-there", || format!("call {call} returns {id}, which is nothing"));
        };
        let same_key = if kind == Kind::User { found.key.eq_ignore_ascii_case(&key) } else { found.key == key };
        if !same_key {
            self.fail("done-is-there", || format!("call {call} returns {id} of {}", found.key));
        }
        let it = &self.calls[call];
        if existed {
            if !it.ask.or_existing {
                self.fail("done-is-there", || format!("call {call} returns {id}, which was there before"));
            }
            return self.count("existing");
        }
        if found.made_by != Some(call) {
            // A create has no mark of who made it: what somebody else makes meanwhile, with the same fields, is it.
            let window = if kind == Kind::Group { self.list_lag } else { TIME_RESOLUTION };
            let is_meanwhile = found.made_by.is_some() && found.at + window >= began;
            if made.recovered && is_meanwhile {
                self.count("somebody else made it meanwhile");
            } else {
                self.fail("done-is-there", || format!("call {call} returns {id}, which it did not make: {found:?}"));
            }
        }
        if !made.agrees {
            self.fail("done-is-what-was-asked-for", || format!("call {call} returns {id} with other fields"));
        }
        if made.recovered {
            self.count("recovered");
        }
    }

    fn on_error(&mut self, call: usize, error: &Error) {
        let it = &mut self.calls[call];
        let may = error.maybe_applied();
        let may_be_found = it.ask.creates.is_some();
        it.claims_not_applied = !may && it.ask.safety != Safety::Safe;
        if it.claims_not_applied && it.applied > 0 {
            if it.is_doubled {
                self.count("a proxy sent it twice");
            } else {
                self.fail("not-applied-is-not-there", || {
                    format!("call {call} was applied, and says it was not: {error}")
                });
            }
        }
        self.check_told(&format!("{error} {error:#} {error:?}"));
        let it = &self.calls[call];
        if let Some(Last { own: true, genuine: true, class: Class::Success, .. }) = it.last
            && error.reason() != Some(GiveUpReason::Cancelled)
        {
            self.fail("success-is-a-success", || format!("call {call} got a success and ends with {error}"));
        }
        self.check_reason(call, error);
        if may_be_found {
            self.check_found(call, error);
        }
    }

    /// A call that gives up has a reason to.
    fn check_reason(&mut self, call: usize, error: &Error) {
        let it = &self.calls[call];
        let (Some(last), policy) = (it.last, it.policy) else { return };
        let elapsed = self.elapsed(call);
        let is_safe = it.ask.safety != Safety::NotIdempotent || !last.own;
        let can_retry = last.class == Class::RetryAlways || (is_safe && last.class == Class::RetryIfSafe);
        let why = match error.reason() {
            Some(GiveUpReason::NotRetryable | GiveUpReason::UnsafeToRetry) if last.own && can_retry => {
                "it can be retried"
            }
            Some(GiveUpReason::AttemptsExhausted) if !it.ask.recovers && it.sends < policy.max_attempts => {
                "attempts are left"
            }
            Some(GiveUpReason::DeadlineExceeded) => {
                let hint = last.hint.map(|hint| hint.saturating_add(Duration::from_secs(1)));
                let most = hint.unwrap_or_default().max(policy.longest_backoff()).saturating_add(MINIMAL_ATTEMPT);
                let held = self.clients[it.client].hold_until.saturating_sub(self.now) + Duration::from_secs(1);
                if elapsed.saturating_add(most.max(held + MINIMAL_ATTEMPT)) > policy.total_timeout {
                    return;
                }
                "time is left"
            }
            Some(GiveUpReason::ServerDelayTooLong) => {
                let held = self.clients[it.client].hold_until.saturating_sub(self.now);
                // With up to a second of jitter, which core can only guess.
                if last.hint.unwrap_or_default().max(held + Duration::from_secs(1)) > policy.max_server_delay {
                    return;
                }
                "the service asks for no more than allowed"
            }
            _ => return,
        };
        self.fail("gives-up-for-a-reason", || {
            format!("call {call} gives up after {elapsed:?}, though {why}: {error} ({last:?}, {policy:?})")
        });
    }

    /// A create that was applied once, and that the last look must have shown, is found.
    fn check_found(&mut self, call: usize, error: &Error) {
        let it = &self.calls[call];
        let Some((kind, key)) = it.ask.creates.clone() else { return };
        if let ErrorKind::SecretLost { api_key, .. } = error.kind() {
            let made_it = self.resources.iter().any(|known| {
                known.made_by == Some(call)
                    && api_key.as_ref().is_none_or(|key| kind != Kind::Key || known.id == key.as_str())
            });
            let by_other = self.resources.iter().any(|known| {
                known.kind == kind
                    && known.made_by.is_some()
                    && api_key.as_ref().is_some_and(|key| known.id == key.as_str())
            });
            if made_it {
                self.count("secret lost");
            } else if by_other || kind == Kind::Environment {
                self.count("somebody else made it meanwhile");
            } else {
                self.fail("done-is-there", || format!("call {call} names a key that it did not make: {error}"));
            }
            return;
        }
        let is_over = matches!(
            error.reason(),
            Some(GiveUpReason::Cancelled | GiveUpReason::DeadlineExceeded | GiveUpReason::ServerDelayTooLong)
        );
        if it.ask.recovers && matches!(it.last, Some(Last { own: true, class: Class::RetryIfSafe, .. })) && !is_over {
            self.fail("lost-create-is-found", || {
                format!("call {call} does not look for what it may have made: {error}")
            });
        }
        let it = &self.calls[call];
        let lag = if kind == Kind::Role { self.get_lag } else { self.list_lag };
        let has_seen = matches!(it.last, Some(Last { own: false, genuine: true, class: Class::Success, .. }));
        let same = |known: &&Resource| {
            known.kind == kind && (known.key == key || (kind == Kind::User && known.key.eq_ignore_ascii_case(&key)))
        };
        let mut known = self.resources.iter().filter(same);
        let (first, is_only) = (known.next(), known.next().is_none());
        let is_own = first.is_some_and(|known| {
            known.made_by == Some(call)
                && known.deleted_at.is_none()
                && !known.is_changed
                && known.at + lag < it.look_began
        });
        // A look that took longer may have been answered by then or before.
        let has_seen = has_seen && self.now.saturating_sub(it.look_began) < Duration::from_secs(1);
        if it.ask.recovers && it.ask.is_shown_as_asked && it.applied == 1 && has_seen && is_only && is_own && !is_over {
            self.fail("lost-create-is-found", || format!("call {call} was applied and looked for: {error}"));
        }
    }

    /// Checks that a text has no secret in it.
    pub(crate) fn check_told(&mut self, text: &str) {
        if self.secrets.iter().any(|secret| text.contains(secret.as_str())) {
            self.fail("no-secret-is-told", || "a secret is told".to_owned());
        }
    }

    /// Checks, while nothing is about to happen, that nobody waits for a place that is free.
    pub(crate) fn on_idle(&mut self) {
        let waits = |client: usize| {
            self.calls.iter().position(|call| call.client == client && call.waits_for_place && !call.ended)
        };
        let free = (0..self.clients.len()).find_map(|client| {
            let shared = &self.clients[client];
            // Who was woken for a place may have to wait for the end of a hint.
            let turns = self.calls.iter().filter(|call| call.client == client && call.has_turn && !call.ended).count();
            let turns = u32::try_from(turns).unwrap_or(u32::MAX);
            let has_room = shared.limit.is_none_or(|limit| shared.in_flight.saturating_add(turns) < limit);
            (shared.has_throttle && has_room).then(|| waits(client)).flatten()
        });
        if let Some(call) = free {
            self.fail("no-wake-up-is-lost", || format!("call {call} waits for a place, and there is one"));
        }
    }

    /// Checks a list that was read from `began` to now, page by page. `page_size` is given if new items come first: as
    /// many of them as fit on two pages look like a service that ignores the page.
    pub(crate) fn on_list(&mut self, kind: Kind, began: Duration, ids: &[String], page_size: Option<u32>) {
        let from = began.saturating_sub(self.list_lag);
        let hidden = |known: &Resource| known.kind == kind && known.deleted_at.is_some_and(|at| at >= from);
        let is_hidden = self.resources.iter().any(hidden);
        let inserted = self.resources.iter().filter(|known| known.kind == kind && known.at >= from).count();
        let size = page_size.map(|size| size.min(self.page_cap.unwrap_or(size)));
        let is_outrun = size.is_some_and(|size| inserted >= 2 * usize::try_from(size).unwrap_or(0));
        let mut seen: Vec<_> = ids.iter().collect();
        seen.sort();
        seen.dedup();
        if seen.len() != ids.len() {
            self.fail("list-is-complete", || format!("{} items are there twice", ids.len() - seen.len()));
        }
        let throughout = |known: &&Resource| known.kind == kind && known.deleted_at.is_none() && is_before(known, from);
        let missing: Vec<_> =
            self.resources.iter().filter(throughout).filter(|known| !ids.contains(&known.id)).cloned().collect();
        if missing.is_empty() {
            self.count("lists");
        } else if is_outrun {
            self.count("new items outran the pages of a list");
        } else if is_hidden {
            self.count("a deletion hid an item of a list");
        } else {
            self.fail("list-is-complete", || format!("{missing:?} were there throughout, and are not in {ids:?}"));
        }
    }
}

impl Policy {
    /// The longest delay of a retry without a hint.
    fn longest_backoff(&self) -> Duration {
        let factor = 1_u32.checked_shl(self.max_attempts.saturating_sub(1)).unwrap_or(u32::MAX);
        self.base_delay.saturating_mul(factor).min(self.max_delay)
    }
}

/// Whether a resource was there before a time; what was there from the beginning always was.
fn is_before(known: &Resource, time: Duration) -> bool {
    known.made_by.is_none() || known.at < time
}

/// What a hint means to a client whose wall clock stands at these seconds since 1970.
pub(crate) fn meant(meant: Meant, wall_clock: i64) -> Duration {
    match meant {
        Meant::Wait(delay) => delay,
        Meant::Until(date) => Duration::from_secs(u64::try_from(date.max(0).saturating_sub(wall_clock)).unwrap_or(0)),
    }
}
