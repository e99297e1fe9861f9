//! The account's content and its indexes.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use time::OffsetDateTime;

use crate::group::{FakeGroup, NewGroup};
use crate::ids::Ids;
use crate::sub_account::{FakeSubAccount, NewSubAccount};
use crate::user::{FakeUser, NewUser};

/// Users keep their place in the order of creation; ids and emails find them without a search.
#[derive(Clone, Debug, Default)]
pub(crate) struct Store {
    pub(crate) ids: Ids,
    users: BTreeMap<u64, FakeUser>,
    places: u64,
    /// How many users each block of places still has: what finds the start of a page.
    blocks: Vec<usize>,
    by_id: HashMap<String, u64>,
    by_email: HashMap<String, u64>,
    sub_accounts: Vec<FakeSubAccount>,
    sub_account_places: HashMap<String, usize>,
    groups: Vec<FakeGroup>,
    group_places: HashMap<String, usize>,
    memberships: HashMap<String, BTreeSet<usize>>,
}

/// How many places make a block.
const BLOCK: usize = 1024;

fn block(place: u64) -> usize {
    usize::try_from(place).unwrap_or(usize::MAX) / BLOCK
}

/// Emails are compared without regard to case.
fn fold(email: &str) -> String {
    email.to_lowercase()
}

impl Store {
    pub(crate) fn users(&self) -> impl DoubleEndedIterator<Item = &FakeUser> {
        self.users.values()
    }

    /// Everybody but the first `skip`, without a walk past each of these.
    pub(crate) fn users_after(&self, skip: usize) -> impl Iterator<Item = &FakeUser> {
        let (mut start, mut left) = (0_u64, skip);
        for alive in &self.blocks {
            if left < *alive {
                break;
            }
            left -= alive;
            start += BLOCK as u64;
        }
        self.users.range(start..).map(|(_, user)| user).skip(left)
    }

    pub(crate) fn user_count(&self) -> usize {
        self.users.len()
    }

    pub(crate) fn user(&self, id: &str) -> Option<&FakeUser> {
        self.users.get(self.by_id.get(id)?)
    }

    pub(crate) fn user_by_email(&self, email: &str) -> Option<&FakeUser> {
        self.users.get(self.by_email.get(&fold(email))?)
    }

    /// These users in the order of creation, each once; unknown keys are left out.
    pub(crate) fn users_by_ids(&self, ids: &[String]) -> Vec<&FakeUser> {
        self.at(ids.iter().filter_map(|id| self.by_id.get(id)))
    }

    pub(crate) fn users_by_emails(&self, emails: &[String]) -> Vec<&FakeUser> {
        self.at(emails.iter().filter_map(|email| self.by_email.get(&fold(email))))
    }

    fn at<'a>(&'a self, places: impl Iterator<Item = &'a u64>) -> Vec<&'a FakeUser> {
        let places: BTreeSet<_> = places.collect();
        places.into_iter().filter_map(|place| self.users.get(place)).collect()
    }

    /// The last one wins: whoever has this id or email already makes way.
    pub(crate) fn insert_user(&mut self, new: NewUser, now: OffsetDateTime) -> &FakeUser {
        let id = match &new.id {
            Some(id) => id.clone(),
            None => self.free_id(|store, id| store.by_id.contains_key(id)),
        };
        let groups = self.memberships.get(&id).cloned();
        if let Some(former) = self.user_by_email(&new.email).map(|user| user.id.clone()) {
            self.remove_user(&former);
        }
        self.remove_user(&id);
        if let Some(groups) = groups {
            self.memberships.insert(id.clone(), groups);
        }
        let place = self.places;
        self.places += 1;
        match self.blocks.get_mut(block(place)) {
            Some(alive) => *alive += 1,
            None => self.blocks.push(1),
        }
        self.by_email.insert(fold(&new.email), place);
        self.by_id.insert(id.clone(), place);
        self.users.entry(place).or_insert(new.build(id, now))
    }

    /// Applies a change that leaves the id alone, and follows it in the index of emails. The caller
    /// has made sure that a new email is free.
    pub(crate) fn change_user<R>(&mut self, id: &str, change: impl FnOnce(&mut FakeUser) -> R) -> Option<R> {
        let place = *self.by_id.get(id)?;
        let user = self.users.get_mut(&place)?;
        let before = fold(&user.email);
        let result = change(user);
        let after = fold(&user.email);
        if before != after {
            self.by_email.remove(&before);
            self.by_email.insert(after, place);
        }
        Some(result)
    }

    pub(crate) fn remove_user(&mut self, id: &str) -> Option<FakeUser> {
        let place = self.by_id.remove(id)?;
        let user = self.users.remove(&place)?;
        if let Some(alive) = self.blocks.get_mut(block(place)) {
            *alive -= 1;
        }
        self.by_email.remove(&fold(&user.email));
        self.memberships.remove(id);
        Some(user)
    }

    pub(crate) fn sub_accounts(&self) -> &[FakeSubAccount] {
        &self.sub_accounts
    }

    pub(crate) fn sub_account(&self, id: &str) -> Option<&FakeSubAccount> {
        self.sub_accounts.get(*self.sub_account_places.get(id)?)
    }

    pub(crate) fn insert_sub_account(&mut self, new: NewSubAccount) -> String {
        let id = match &new.id {
            Some(id) => id.clone(),
            None => self.free_id(|store, id| store.sub_account_places.contains_key(id)),
        };
        let made = new.build(id.clone());
        let known = self.sub_account_places.get(&id).copied();
        if let Some(former) = known.and_then(|place| self.sub_accounts.get_mut(place)) {
            *former = made;
        } else {
            self.sub_account_places.insert(id.clone(), self.sub_accounts.len());
            self.sub_accounts.push(made);
        }
        id
    }

    pub(crate) fn sub_accounts_of<'a>(&'a self, user: &'a FakeUser) -> impl Iterator<Item = &'a FakeSubAccount> {
        self.sub_accounts.iter().filter(|known| user.has_sub_account(&known.id))
    }

    pub(crate) fn sub_account_count(&self, user: &FakeUser) -> usize {
        match &user.sub_account_ids {
            Some(ids) if !user.all_sub_accounts() => {
                ids.iter().filter(|id| self.sub_account_places.contains_key(*id)).count()
            }
            _ => self.sub_accounts.len(),
        }
    }

    pub(crate) fn groups(&self) -> &[FakeGroup] {
        &self.groups
    }

    pub(crate) fn insert_group(&mut self, new: NewGroup) -> String {
        let id = match &new.id {
            Some(id) => id.clone(),
            None => self.free_id(|store, id| store.group_places.contains_key(id)),
        };
        let made = FakeGroup { id: id.clone(), name: new.name };
        let place = *self.group_places.entry(id.clone()).or_insert(self.groups.len());
        match self.groups.get_mut(place) {
            Some(former) => *former = made,
            None => self.groups.push(made),
        }
        for member in new.members {
            self.memberships.entry(member).or_default().insert(place);
        }
        id
    }

    pub(crate) fn groups_of(&self, user_id: &str) -> impl Iterator<Item = &FakeGroup> {
        self.memberships.get(user_id).into_iter().flatten().filter_map(|place| self.groups.get(*place))
    }

    pub(crate) fn group_count(&self, user_id: &str) -> usize {
        self.memberships.get(user_id).map_or(0, BTreeSet::len)
    }

    fn free_id(&mut self, taken: impl Fn(&Self, &str) -> bool) -> String {
        loop {
            let id = self.ids.next_id();
            if !taken(self, &id) {
                return id;
            }
        }
    }
}
