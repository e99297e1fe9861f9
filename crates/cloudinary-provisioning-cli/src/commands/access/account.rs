//! [`Account`]: what is known of the account, and the reads that bring more.

use std::collections::{BTreeMap, BTreeSet};

use cloudinary_provisioning::user_groups::{self, UserGroup};
use cloudinary_provisioning::users::{self, User};
use cloudinary_provisioning::{AnyOperation, Error, roles};
use cloudinary_provisioning_plan::Survey;
use cloudinary_provisioning_plan::manifest::ObjectKind;
use cloudinary_provisioning_plan::snapshot::{FoundAccess, FoundGroup, FoundUser, Part, Snapshot};
use cloudinary_provisioning_ureq::Client;

use super::allowed::{Allowed, of_policies};
use crate::connection::reader::Read;
use crate::connection::reading::Reading;
use crate::terminal::ctrl_c;
use crate::terminal::exit::{Exit, describe};
use crate::terminal::shown::shown;

/// How many ids a list takes.
const IDS: usize = 100;

#[derive(Debug)]
pub(super) struct Person {
    pub(super) email: String,
    pub(super) enabled: Option<bool>,
    pub(super) role: Option<String>,
    pub(super) access: Option<FoundAccess>,
}

#[derive(Debug)]
pub(super) struct Group {
    pub(super) name: String,
    /// The members as far as they matter, once they are known.
    pub(super) members: Option<BTreeSet<String>>,
}

#[derive(Debug)]
pub(super) struct KnownRole {
    pub(super) name: Option<String>,
    /// What its policies say, once they were read.
    pub(super) allows: Option<Vec<Allowed>>,
}

/// What is known of the account by id, and the reads that bring more.
pub(super) struct Account<'r> {
    pub(super) client: &'r Client,
    pub(super) reading: &'r Reading,
    pub(super) people: BTreeMap<String, Person>,
    pub(super) groups: BTreeMap<String, Group>,
    /// Cloud names, once all are known.
    pub(super) environments: Option<BTreeMap<String, String>>,
    pub(super) roles: BTreeMap<String, KnownRole>,
    pub(super) failures: usize,
}

impl<'r> Account<'r> {
    pub(super) fn new(client: &'r Client, reading: &'r Reading) -> Self {
        Self {
            client,
            reading,
            people: BTreeMap::new(),
            groups: BTreeMap::new(),
            environments: None,
            roles: BTreeMap::new(),
            failures: 0,
        }
    }

    pub(super) fn failed(&mut self, why: &str) {
        self.failures += 1;
        self.reading.progress.say(shown(why));
    }

    /// Takes over what a snapshot has.
    pub(super) fn learn(&mut self, snapshot: &Snapshot) {
        if let Some(environments) = snapshot.environments.known() {
            self.environments =
                Some(environments.iter().map(|it| (it.id.to_string(), it.cloud_name.clone())).collect());
        }
        self.people.extend(
            snapshot.users.known().into_iter().flatten().map(|user| (user.id.to_string(), Person::of_found(user))),
        );
        let groups = snapshot.groups.known().into_iter().flatten();
        self.groups.extend(groups.map(|group| (group.id.to_string(), Group::of_found(group))));
        for role in snapshot.roles.values().filter_map(|part| part.known()?.as_ref()) {
            self.roles.insert(role.id.to_string(), KnownRole { name: role.name.clone(), allows: None });
        }
    }

    /// Reads everything of these kinds, without which nothing can be shown.
    pub(super) fn read_all(&mut self, kinds: &[ObjectKind]) -> Result<(), Exit> {
        let snapshot = self.reading.snapshot(Survey::everything(kinds.iter().copied()))?;
        if kinds.contains(&ObjectKind::Users) {
            known(&snapshot.users)?;
        }
        if kinds.contains(&ObjectKind::Groups) {
            known(&snapshot.groups)?;
        }
        known(&snapshot.environments)?;
        for failure in snapshot.failures() {
            self.failed(&failure);
        }
        self.learn(&snapshot);
        Ok(())
    }

    /// Reads the cloud names of all product environments, unless they are known.
    pub(super) fn read_environments(&mut self) -> Result<(), Exit> {
        if self.environments.is_none() {
            let snapshot = self.reading.snapshot(Survey::everything([ObjectKind::Environments]))?;
            for failure in snapshot.failures() {
                self.failed(&failure);
            }
            self.learn(&snapshot);
        }
        Ok(())
    }

    /// Reads the users of these ids who are not known.
    pub(super) fn read_people<'i>(&mut self, ids: impl Iterator<Item = &'i String>) -> Result<(), Exit> {
        let open: Vec<_> = ids.filter(|id| !self.people.contains_key(*id)).collect();
        let lists = open.chunks(IDS).map(|ids| users::List::new().ids(ids.iter().copied()).map(|found| found));
        for user in self.send(lists)?.into_iter().flatten() {
            self.people.insert(user.id.to_string(), Person::of_user(user));
        }
        Ok(())
    }

    /// Reads the product environments of these users where they are not known.
    pub(super) fn read_access<'i>(&mut self, ids: impl Iterator<Item = &'i String>) -> Result<(), Exit> {
        let is_open = |id: &&String| self.people.get(*id).is_some_and(|person| person.access.is_none());
        let lists = ids.filter(is_open).cloned().map(|id| {
            users::ListSubAccounts::new(&id)
                .map(move |found| (id.clone(), found.into_iter().map(|it| it.id).collect::<BTreeSet<_>>()))
        });
        for (id, environments) in self.send(lists.collect::<Vec<_>>())? {
            if let Some(person) = self.people.get_mut(&id) {
                person.access = Some(FoundAccess::Only(environments));
            }
        }
        Ok(())
    }

    /// Reads the groups of these users, who are the only members that matter.
    pub(super) fn read_groups_of(&mut self, users: &BTreeSet<String>) -> Result<(), Exit> {
        let lists = users.iter().cloned().map(|id| users::GetGroups::new(&id).map(move |found| (id.clone(), found)));
        for (user, groups) in self.send(lists)? {
            for group in groups {
                let name = group.name.unwrap_or_else(|| group.id.to_string());
                let known = self.groups.entry(group.id.to_string()).or_insert(Group { name, members: None });
                known.members.get_or_insert_default().insert(user.clone());
            }
        }
        Ok(())
    }

    /// Reads the groups with their members, unless those of these ids are known.
    pub(super) fn read_groups(&mut self, ids: &BTreeSet<&str>) -> Result<(), Exit> {
        if ids.iter().all(|id| self.groups.contains_key(*id)) {
            return Ok(());
        }
        let list = user_groups::List::new().extended_details(true).map(|found| found);
        let found: Vec<_> = self.send([list])?.into_iter().flatten().map(Group::of_group).collect();
        self.groups.extend(found);
        let is_open = |id: &&&str| self.groups.get(**id).is_some_and(|group| group.members.is_none());
        let lists = ids.iter().filter(is_open).map(|id| {
            let group = (*id).to_owned();
            user_groups::ListUsers::new(*id)
                .map(move |found| (group.clone(), found.into_iter().map(|user| user.id.into_string()).collect()))
        });
        for (id, members) in self.send(lists.collect::<Vec<_>>())? {
            if let Some(group) = self.groups.get_mut(&id) {
                group.members = Some(members);
            }
        }
        Ok(())
    }

    /// Reads the roles of these ids that are not known, or whose policies are wanted and not known.
    pub(super) fn read_roles<'i>(&mut self, ids: impl Iterator<Item = &'i String>, allows: bool) -> Result<(), Exit> {
        let is_open = |id: &&String| self.roles.get(*id).is_none_or(|role| allows && role.allows.is_none());
        let gets = ids.filter(is_open).map(|id| roles::Get::new(id).map(|role| role)).collect::<Vec<_>>();
        for role in self.results(gets)? {
            match role {
                Ok(role) => {
                    let allows = role.policies.as_deref().map(of_policies);
                    self.roles.insert(role.id.to_string(), KnownRole { name: role.name, allows });
                }
                // Whoever asked for it says so.
                Err(error) if error.is_not_found() => {}
                Err(error) => self.failed(&describe(&error)),
            }
        }
        Ok(())
    }

    /// Sends reads side by side, and returns what they brought. What fails is counted.
    pub(super) fn send<T: Send + 'static>(
        &mut self,
        operations: impl IntoIterator<Item = AnyOperation<T>>,
    ) -> Result<Vec<T>, Exit> {
        let mut found = Vec::new();
        for result in self.results(operations)? {
            match result {
                Ok(value) => found.push(value),
                Err(error) => self.failed(&describe(&error)),
            }
        }
        Ok(found)
    }

    /// Collects what lists of several scopes bring: of the account, or of a product environment. What fails is counted, and of
    /// each scope the rest is read.
    pub(super) fn collected<T>(
        &mut self,
        what: &str,
        items: impl Iterator<Item = (Option<String>, Result<T, Error>)>,
    ) -> Result<Vec<T>, Exit> {
        let mut found = Vec::new();
        for (environment, item) in items {
            ctrl_c::check()?;
            match item {
                Ok(item) => found.push(item),
                Err(error) if error.is_unauthorized() => return Err(Exit::failed(describe(&error))),
                Err(error) => {
                    let names = self.environments.as_ref();
                    let scope = environment.map_or("the account".to_owned(), |id| {
                        names.and_then(|names| names.get(&id)).cloned().unwrap_or(id)
                    });
                    self.failed(&format!("{what} of {scope}: {}", describe(&error)));
                    if error.is_not_found() && error.message().is_none() {
                        // The account has no such feature.
                        break;
                    }
                }
            }
        }
        Ok(found)
    }

    fn results<T: Send + 'static>(
        &self,
        operations: impl IntoIterator<Item = AnyOperation<T>>,
    ) -> Result<Vec<Result<T, Error>>, Exit> {
        let mut reads = self.reading.reader.reads(self.reading.workers);
        reads.add(operations.into_iter().map(Read::new).collect::<Result<_, _>>()?);
        let mut results = Vec::new();
        for (_, result) in reads {
            ctrl_c::check()?;
            match result {
                // No other call would fare better.
                Err(error) if error.is_unauthorized() => return Err(Exit::failed(describe(&error))),
                result => results.push(result),
            }
            self.reading.progress.advance();
        }
        Ok(results)
    }
}

/// A list without which nothing can be shown.
fn known<T>(part: &Part<T>) -> Result<(), Exit> {
    match part {
        Part::Known(_) => Ok(()),
        Part::Failed(reason) => Err(Exit::failed(reason)),
        Part::Unread => Err(Exit::failed("not everything was read")),
    }
}

impl Person {
    fn of_found(user: &FoundUser) -> Self {
        let role = user.role.as_ref().map(ToString::to_string);
        Self { email: user.email.clone(), enabled: user.enabled, role, access: user.access.known().cloned() }
    }

    pub(super) fn of_user(user: User) -> Self {
        let is_master = user.role == Some(users::Role::MasterAdmin);
        let has_all = user.all_sub_accounts == Some(true) || is_master;
        // Not every service sends the list; where it does, it is as long as the service counts.
        let is_whole = |ids: &Vec<_>| user.sub_account_count == Some(ids.len() as u64);
        let only = user.sub_account_ids.filter(is_whole).map(|ids| FoundAccess::Only(ids.into_iter().collect()));
        Self {
            email: user.email.unwrap_or_else(|| user.id.to_string()),
            enabled: user.enabled,
            role: user.role.map(|role| role.to_string()),
            access: if has_all { Some(FoundAccess::All) } else { only },
        }
    }
}

impl Group {
    fn of_found(group: &FoundGroup) -> Self {
        let members = group.members.known().map(|members| members.iter().map(ToString::to_string).collect());
        Self { name: group.name.clone(), members }
    }

    fn of_group(group: UserGroup) -> (String, Self) {
        let members = group.users.map(|users| users.into_iter().map(|user| user.id.into_string()).collect());
        let name = group.name.unwrap_or_else(|| group.id.to_string());
        (group.id.into_string(), Self { name, members })
    }
}
