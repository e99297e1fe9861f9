//! [`AccessReads`]: who can access which product environments, asked in the way that takes fewer calls.

use std::collections::{BTreeMap, BTreeSet};

use cloudinary_provisioning::{SubAccountId, UserId};

use crate::snapshot::{FoundAccess, FoundUser, Part, Snapshot, fold};

use super::fact::Read;
use super::needs::Which;
use super::pages::Listed;

/// What was asked and came about the product environments of users: user by user, or environment by environment.
#[derive(Debug, Default)]
pub(super) struct AccessReads {
    /// How many product environments the service says that a user can access.
    counts: BTreeMap<UserId, u64>,
    /// Those whose product environments are read, once it is known who they are.
    users: Option<Vec<UserId>>,
    /// Who can access an environment, where that is asked environment by environment.
    users_of: BTreeMap<SubAccountId, Option<Result<BTreeSet<UserId>, String>>>,
    /// Those who are asked about alone, since the environments say something else than the service counts.
    few: BTreeSet<UserId>,
}

impl AccessReads {
    /// Whether it is known what is to be read.
    pub(super) fn is_begun(&self) -> bool {
        self.users.is_some()
    }

    pub(super) fn count(&mut self, users: &[Listed]) {
        self.counts.extend(users.iter().filter_map(|(user, count)| Some((user.id.clone(), (*count)?))));
    }

    pub(super) fn wanted(&self) -> Vec<Read> {
        match &self.users {
            Some(users) if self.users_of.is_empty() => users.iter().cloned().map(Read::AccessOf).collect(),
            Some(_) => {
                let environments = self.users_of.keys().cloned().map(Read::UsersOfEnvironment);
                environments.chain(self.few.iter().cloned().map(Read::AccessOf)).collect()
            }
            None => Vec::new(),
        }
    }

    pub(super) fn users_of(&mut self, environment: &SubAccountId, users: Result<BTreeSet<UserId>, String>) {
        self.users_of.insert(environment.clone(), Some(users));
    }

    /// Decides whom to ask about, once that can be known, and puts the answers together.
    pub(super) fn settle(&mut self, wanted: &Which<String>, snapshot: &mut Snapshot) {
        if wanted.is_empty() {
            return;
        }
        if self.users.is_none() {
            let environments = match &snapshot.environments {
                Part::Known(environments) => environments,
                Part::Unread => return,
                // No list of ids says anything without the names.
                Part::Failed(reason) => {
                    let users = snapshot.users.known_mut().into_iter().flatten();
                    return users.for_each(|user| user.access.settle(reason));
                }
            };
            let Some(users) = snapshot.users.known() else { return };
            let is_wanted = |user: &&FoundUser| wanted.contains(&fold(&user.email));
            let unread = users.iter().filter(|user| user.access == Part::Unread).filter(is_wanted);
            let ids: Vec<_> = unread.map(|user| user.id.clone()).collect();
            if !environments.is_empty() && environments.len() < ids.len() {
                self.users_of = environments.iter().map(|found| (found.id.clone(), None)).collect();
            }
            self.users = Some(ids);
            return;
        }
        if !self.users_of.is_empty() && self.users_of.values().all(Option::is_some) {
            self.put_together(snapshot);
        }
    }

    /// What every environment says, held against how many the service counts for the user.
    fn put_together(&mut self, snapshot: &mut Snapshot) {
        let mut of_user: BTreeMap<&UserId, BTreeSet<SubAccountId>> = BTreeMap::new();
        let mut failed = None;
        for (environment, users) in &self.users_of {
            match users {
                Some(Ok(users)) => {
                    for user in users {
                        of_user.entry(user).or_default().insert(environment.clone());
                    }
                }
                Some(Err(reason)) => failed = Some(reason.clone()),
                None => {}
            }
        }
        let ids: BTreeSet<&UserId> = self.users.iter().flatten().collect();
        let users = snapshot.users.known_mut().into_iter().flatten();
        for user in users.filter(|user| user.access == Part::Unread && ids.contains(&user.id)) {
            let access = of_user.remove(&user.id).unwrap_or_default();
            let count = self.counts.get(&user.id);
            match &failed {
                Some(reason) => user.access = Part::Failed(reason.clone()),
                None if count.is_some_and(|count| *count != access.len() as u64) => {
                    self.few.insert(user.id.clone());
                }
                None => user.access = Part::Known(FoundAccess::Only(access)),
            }
        }
    }
}
