//! An account, and the loop that sends operations to it.

use cloudinary_provisioning::{Account, AnyOperation, Error, Operation, Safety};
use cloudinary_provisioning_fake::FakeAccount;
use cloudinary_provisioning_plan::apply::{NewSecret, Report};
use cloudinary_provisioning_plan::guard::Guards;
use cloudinary_provisioning_plan::{Manifest, Plan, Snapshot, Survey};

/// An account that a manifest is applied to.
pub(crate) struct World {
    pub(crate) fake: FakeAccount,
    account: Account,
    /// Secrets that were stored.
    pub(crate) stored: Vec<NewSecret>,
}

impl World {
    pub(crate) fn new(fake: FakeAccount) -> Self {
        let account = Account::from_url(&fake.account_url()).unwrap();
        Self { fake, account, stored: Vec::new() }
    }

    pub(crate) fn send<T: Send>(&mut self, operation: &AnyOperation<T>) -> Result<T, Error> {
        let request = self.account.request(operation).unwrap();
        operation.parse(&self.fake.respond(request))
    }

    /// Reads what a survey asks for, and says how many calls that took.
    pub(crate) fn read(&mut self, mut survey: Survey) -> (Snapshot, usize) {
        let mut calls = 0;
        while let Some(batch) = survey.next_batch() {
            // The last one first: facts may come in any order.
            for operation in batch.iter().rev() {
                assert_eq!(operation.safety(), Safety::Safe);
                calls += 1;
                survey.record(operation, self.send(operation));
            }
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
        let mut apply = self.plan(manifest).apply(guards);
        while let Some(batch) = apply.next_batch() {
            for operation in batch.iter().rev() {
                apply.record(operation, self.send(operation));
            }
            for secret in apply.take_secrets() {
                apply.stored(&secret);
                self.stored.push(secret);
            }
        }
        apply.report()
    }
}

pub(crate) fn manifest(toml: &str) -> Manifest {
    Manifest::from_toml(toml).unwrap()
}

/// Guards that let everything pass that the tests of other things do.
pub(crate) fn lenient() -> Guards {
    Guards::new().few(1000).max_removals(1000).min_master_admins(0).stores_secrets(true)
}
