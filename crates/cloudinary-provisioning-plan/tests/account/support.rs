//! An account, and the loop that sends operations to it.

use std::cell::{Cell, RefCell};
use std::time::{Duration, SystemTime};

use cloudinary_provisioning::{
    Account, AnyOperation, Driver, Error, Exchange, Operation, Outcome, Reading, RetryPolicy, Safety, TransportError,
    http,
};
use cloudinary_provisioning_fake::FakeAccount;
use cloudinary_provisioning_plan::apply::{NewSecret, Report};
use cloudinary_provisioning_plan::guard::Guards;
use cloudinary_provisioning_plan::{Manifest, Plan, Snapshot, Survey};

/// An account that a manifest is applied to.
pub(crate) struct World {
    pub(crate) fake: FakeAccount,
    account: Account,
    now: Duration,
    /// Secrets that were stored.
    pub(crate) stored: Vec<NewSecret>,
}

/// Where a run is broken off.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Stop {
    Never,
    /// Before the call of this number.
    Before(usize),
    /// After the call of this number, of which no result is recorded.
    After(usize),
}

impl World {
    pub(crate) fn new(mut fake: FakeAccount) -> Self {
        let account = Account::from_url(&fake.account_url()).unwrap();
        // What is there already was not made just now.
        fake.advance(Duration::from_secs(86_400).try_into().unwrap());
        Self { fake, account, now: Duration::ZERO, stored: Vec::new() }
    }

    /// Makes a call as a client does: it retries, and looks a create up whose response was lost.
    pub(crate) fn send<T: Send + 'static>(&mut self, operation: &AnyOperation<T>) -> Result<T, Error> {
        let line = Line { fake: RefCell::new(&mut self.fake), now: Cell::new(self.now) };
        let call = Exchange::new(&self.account, operation.clone(), RetryPolicy::default())?.recover()?;
        let result = call.run(&line);
        self.now = line.now.get();
        result.map(cloudinary_provisioning::Response::into_value)
    }

    /// Reads what a survey asks for, and says how many calls that took.
    pub(crate) fn read(&mut self, mut survey: Survey) -> (Snapshot, usize) {
        let (mut calls, mut under_way) = (0, Vec::new());
        loop {
            under_way.extend(survey.next_batch().unwrap_or_default());
            // The last one first: facts may come in any order.
            let Some(operation) = under_way.pop() else { break };
            assert_eq!(operation.safety(), Safety::Safe);
            calls += 1;
            survey.record(&operation, self.send(&operation));
        }
        assert!(survey.is_finished());
        (survey.finish(), calls)
    }

    pub(crate) fn snapshot(&mut self, manifest: &Manifest) -> Snapshot {
        self.read(Survey::new(manifest)).0
    }

    pub(crate) fn plan(&mut self, manifest: &Manifest) -> Plan {
        let snapshot = self.snapshot(manifest);
        Plan::new(manifest, &snapshot).unwrap()
    }

    pub(crate) fn apply(&mut self, manifest: &Manifest, guards: &Guards) -> Report {
        self.apply_until(manifest, guards, Stop::Never)
    }

    pub(crate) fn apply_until(&mut self, manifest: &Manifest, guards: &Guards, stop: Stop) -> Report {
        let plan = self.plan(manifest);
        self.make(plan, guards, stop)
    }

    /// Makes the steps of a plan.
    pub(crate) fn make(&mut self, plan: Plan, guards: &Guards, stop: Stop) -> Report {
        let mut apply = plan.apply(guards);
        let mut calls = 0;
        while let Some(batch) = apply.next_batch() {
            for operation in batch.iter().rev() {
                if stop == Stop::Before(calls) {
                    return apply.report();
                }
                let result = self.send(operation);
                if stop == Stop::After(calls) {
                    return apply.report();
                }
                apply.record(operation, result);
                calls += 1;
            }
            for secret in apply.take_secrets() {
                apply.stored(&secret);
                self.stored.push(secret);
            }
        }
        apply.report()
    }
}

/// Virtual time, which goes on with the account's.
struct Line<'w> {
    fake: RefCell<&'w mut FakeAccount>,
    now: Cell<Duration>,
}

impl Driver for Line<'_> {
    fn send(&self, request: &http::Request<Vec<u8>>, _: Duration) -> Outcome {
        // By so much the account's clock advances with a request.
        self.now.set(self.now.get() + Duration::from_secs(1));
        match self.fake.borrow_mut().try_respond(request.clone()) {
            Ok(response) => response.into(),
            Err(_) => TransportError::maybe_sent("the connection broke").into(),
        }
    }

    fn sleep(&self, delay: Duration) {
        self.now.set(self.now.get() + delay);
        self.fake.borrow_mut().advance(delay.try_into().unwrap());
    }

    fn reading(&self) -> Reading {
        Reading::new(self.now.get(), SystemTime::UNIX_EPOCH + self.now.get(), 0)
    }
}

pub(crate) fn manifest(toml: &str) -> Manifest {
    Manifest::from_toml(toml).unwrap()
}

/// Guards that let everything pass that the tests of other things do.
pub(crate) fn lenient() -> Guards {
    Guards::new().few(1000).max_removals(1000).min_master_admins(0).stores_secrets(true)
}
