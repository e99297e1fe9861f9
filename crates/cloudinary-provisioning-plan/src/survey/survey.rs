//! [`Survey`]: hands out the reads that answer a manifest, and makes a snapshot of what they bring.

use std::collections::{BTreeMap, BTreeSet};

use cloudinary_provisioning::{
    AnyOperation, Error, GroupId, PermissionType, PrincipalType, RoleId, SubAccountId, UserId,
};

use crate::manifest::{Email, Manifest, ObjectKind, Principal, Scope};
use crate::names::Reference;
use crate::request_key::Keys;
use crate::snapshot::{
    FoundAccess, FoundAssignment, FoundKey, FoundPolicy, FoundPrincipal, FoundRole, FoundScope, Part, Snapshot, fold,
    in_rotation, successor_name,
};

use super::access::AccessReads;
use super::estimate::{Estimate, EstimatedCalls};
use super::fact::{Fact, FactKind, PAGE_SIZE, Read};
use super::keys::KeyPages;
use super::needs::{Needs, Which};
use super::once::once;
use super::pages::{Listed, UserPages};
use super::policies::PolicyPages;

/// What stands for a part of which the reads have not come back.
const UNFINISHED: &str = "it was not read to its end";

/// Hands out the reads that answer a manifest, and makes a [`Snapshot`] of what they bring.
///
/// Send each batch in any order and with any number of workers, and record every result. What could not be read is unknown
/// in the snapshot: nothing is planned on it, and nothing is removed.
///
/// ```
/// use cloudinary_provisioning_plan::manifest::Group;
/// use cloudinary_provisioning_plan::{Manifest, Survey};
/// # use cloudinary_provisioning::{Account, http};
///
/// let mut manifest = Manifest::new();
/// manifest.groups.push(Group::new("Editors"));
/// let mut survey = Survey::new(&manifest);
/// while let Some(batch) = survey.next_batch() {
///     for operation in batch {
///         // With any HTTP stack, or with a client's `send_all`:
///         let response = http::Response::new(br#"{"user_groups":[]}"#.to_vec());
///         survey.record(&operation, operation.parse(&response));
///     }
/// }
/// let snapshot = survey.finish();
/// assert_eq!(snapshot.groups.known().map(Vec::len), Some(0));
/// ```
#[derive(Debug)]
pub struct Survey {
    needs: Needs,
    ahead: u32,
    snapshot: Snapshot,
    open: Keys<Read>,
    /// How many results came since it was last looked what they lead to.
    recorded: usize,
    asked: BTreeSet<Read>,
    pages: UserPages,
    /// Users that were asked for by email, and how many of those reads are still to come.
    named: Vec<Listed>,
    named_left: usize,
    /// Emails that were missing from the list that they were asked for in.
    missing: BTreeSet<Vec<String>>,
    access: AccessReads,
    keys: KeyPages,
    policies: PolicyPages,
    /// The lists of roles that have come.
    role_lists: BTreeMap<PermissionType, BTreeSet<RoleId>>,
    /// How many of a principal's lists of roles have come.
    lists_of: BTreeMap<FoundPrincipal, usize>,
}

impl Survey {
    /// Prepares to read what a manifest is about, and no more.
    pub fn new(manifest: &Manifest) -> Self {
        Self::of(Needs::of(manifest))
    }

    /// Prepares to read everything of these kinds, to write it down or to review it.
    ///
    /// ```
    /// use cloudinary_provisioning_plan::Survey;
    /// use cloudinary_provisioning_plan::manifest::ObjectKind;
    ///
    /// let survey = Survey::everything([ObjectKind::Groups]);
    /// assert_eq!(survey.estimate().calls(), 3);
    /// ```
    pub fn everything(kinds: impl IntoIterator<Item = ObjectKind>) -> Self {
        Self::of(Needs::everything(&kinds.into_iter().collect()))
    }

    /// Prepares to read what users hold who are about to leave.
    pub(crate) fn leavers(emails: &BTreeSet<Email>, roles: bool) -> Self {
        Self::of(Needs::leavers(emails, roles))
    }

    /// Prepares to read the keys that are to be replaced.
    pub(crate) fn rotation(keys: &BTreeSet<Reference>, roles: bool) -> Self {
        Self::of(Needs::rotation(keys, roles))
    }

    /// Prepares to look up the ids of what is named, in one call for each kind: two for roles, one for each product
    /// environment with keys, and one for each scope of policies. Ask [`Snapshot::find`] for the ids.
    ///
    /// ```
    /// use cloudinary_provisioning_plan::Survey;
    /// use cloudinary_provisioning_plan::names::Reference;
    ///
    /// let editors = Reference::Group("Editors".to_owned());
    /// let ada = Reference::User("ada@example.com".to_owned());
    /// let grace = Reference::User("grace@example.com".to_owned());
    /// assert_eq!(Survey::names([editors, ada, grace]).estimate().calls(), 2);
    /// ```
    pub fn names(references: impl IntoIterator<Item = Reference>) -> Self {
        Self::of(Needs::names(references))
    }

    fn of(needs: Needs) -> Self {
        Self {
            needs,
            ahead: 16,
            snapshot: Snapshot::new(),
            open: Keys::new(),
            recorded: 0,
            asked: BTreeSet::new(),
            pages: UserPages::default(),
            named: Vec::new(),
            named_left: 0,
            missing: BTreeSet::new(),
            access: AccessReads::default(),
            keys: KeyPages::default(),
            policies: PolicyPages::default(),
            role_lists: BTreeMap::new(),
            lists_of: BTreeMap::new(),
        }
    }

    /// Also reads this user, so that [`Guards::me`](crate::Guards::me) can be checked.
    pub fn user(mut self, email: impl Into<Email>) -> Self {
        if let Which::Some(emails) = &mut self.needs.users {
            emails.insert(fold(email.into()));
        }
        self
    }

    /// Sets how many pages of a list are asked for at once, at most; 16 is the default. The end of the list is found by
    /// asking beyond it, so that up to this many calls bring nothing.
    pub fn pages_ahead(mut self, pages: u32) -> Self {
        self.ahead = pages;
        self
    }

    /// Returns how many calls the survey takes, those included that were handed out already.
    pub fn estimate(&self) -> Estimate {
        let mut calls: BTreeMap<&'static str, (usize, Option<&'static str>)> = BTreeMap::new();
        let mut pages = UserPages::default();
        let first_pages = pages.next(self.ahead).map(Read::UsersPage).filter(|_| self.needs.users == Which::All);
        let reads: BTreeSet<_> = self.asked.iter().cloned().chain(self.wanted()).chain(first_pages).collect();
        for read in reads {
            calls.entry(read.what()).or_default().0 += 1;
        }
        let mut more = |what, is_open: bool, rate| {
            if is_open {
                calls.entry(what).or_default().1 = Some(rate);
            }
        };
        let unread_environments = self.needs.environments && self.snapshot.environments == Part::Unread;
        more("users", self.needs.users == Which::All && !self.pages.is_ended(), "one for 100 users");
        let has_keys = !self.needs.keys.is_empty() || !self.needs.keys_of.is_empty();
        more("keys", unread_environments && has_keys, "one for each environment");
        more("policies", unread_environments && self.needs.policies == Which::All, "one for each environment");
        let access = !self.needs.access.is_empty() && !self.access.is_begun();
        more("environments of users", access, "one for each user or each environment, whichever are fewer");
        let unlisted = self.needs.all_roles && self.snapshot.all_roles == Part::Unread;
        more("roles", unlisted && self.needs.roles == Which::All, "one for each custom role");
        let of_all = self.needs.principals_of == Which::All || self.needs.principals_of_others;
        more("assignments", unlisted && of_all, "one for each role");
        let of_principals = !self.needs.roles_of.is_empty() || !self.needs.roles_of_keys.is_empty();
        more("assignments", of_principals, "two for each principal");
        let parts = calls.into_iter().map(|(what, (calls, rate))| EstimatedCalls { what, calls, rate });
        Estimate { parts: parts.collect() }
    }

    /// Returns the reads that can be made now; `None` if there are none until more results are recorded, or at all.
    ///
    /// It may be called after every result, so that what follows from it is read beside what is under way, or when all are
    /// recorded. All of them are safe: they change nothing.
    pub fn next_batch(&mut self) -> Option<Vec<AnyOperation<Fact>>> {
        loop {
            let mut reads = if self.is_due() { self.wanted() } else { Vec::new() };
            if self.needs.users == Which::All {
                reads.extend(self.pages.next(self.ahead).map(Read::UsersPage));
            }
            if reads.is_empty() {
                return None;
            }
            let mut batch = Vec::new();
            for read in reads {
                self.asked.insert(read.clone());
                self.expect(&read);
                let operation = read.operation();
                match self.open.insert(&operation, read.clone()) {
                    Ok(()) => batch.push(operation),
                    Err(error) => self.fail(&read, &error.to_string()),
                }
            }
            if !batch.is_empty() {
                return Some(batch);
            }
        }
    }

    /// Whether to look what the results lead to. Looking goes over the whole account, so where many reads are under way
    /// many results come first.
    fn is_due(&mut self) -> bool {
        const FEW: usize = 64;

        let is_due = self.open.len() <= FEW || self.recorded >= self.open.len();
        if is_due {
            self.recorded = 0;
        }
        is_due
    }

    /// Whether everything was read, or has failed.
    pub fn is_finished(&self) -> bool {
        self.open.is_empty() && self.wanted().is_empty() && (self.needs.users != Which::All || self.pages.is_ended())
    }

    /// Records the result of a read. Results of anything else are ignored.
    pub fn record(&mut self, operation: &AnyOperation<Fact>, result: Result<Fact, Error>) {
        let Some(read) = self.open.remove(operation) else { return };
        self.recorded += 1;
        match result {
            Ok(Fact(fact)) => self.accept(&read, fact),
            Err(error) if is_absent(&error) => self.absent(&read, &error),
            Err(error) => self.fail(&read, &error.to_string()),
        }
        self.access.settle(&self.needs.access, &mut self.snapshot);
    }

    /// Returns what was read. What was not read to its end is unknown.
    pub fn finish(mut self) -> Snapshot {
        if !self.needs.users.is_empty() {
            self.snapshot.users.settle(UNFINISHED);
        }
        for user in self.snapshot.users.known_mut().into_iter().flatten() {
            if self.needs.access.contains(&fold(&user.email)) {
                user.access.settle(UNFINISHED);
            }
        }
        if let Some(groups) = self.snapshot.groups.known_mut().filter(|_| self.needs.members) {
            for group in groups {
                group.members.settle(UNFINISHED);
            }
        }
        if self.needs.all_roles {
            self.snapshot.all_roles.settle(UNFINISHED);
        }
        self.snapshot.assignments_of_principals.values_mut().for_each(|part| part.settle(UNFINISHED));
        self.snapshot
    }

    /// What can be read now and was not asked for yet, but for pages of users.
    fn wanted(&self) -> Vec<Read> {
        let mut reads = Vec::new();
        if self.needs.environments {
            reads.push(Read::Environments);
        }
        if self.needs.groups {
            reads.push(Read::Groups { members: self.needs.members });
        }
        reads.extend(self.emails().map(Read::UsersOf));
        if let Some(groups) = self.snapshot.groups.known().filter(|_| self.needs.members) {
            let unread = groups.iter().filter(|group| group.members == Part::Unread);
            reads.extend(unread.map(|group| Read::MembersOf(group.id.clone())));
        }
        self.wanted_keys(&mut reads);
        self.wanted_policies(&mut reads);
        self.wanted_roles(&mut reads);
        reads.extend(self.access.wanted());
        reads.retain(|read| !self.asked.contains(read));
        reads
    }

    fn wanted_keys(&self, reads: &mut Vec<Read>) {
        // The same one may be meant by its id and by its name.
        let ids = self.needs.keys_of.iter().filter_map(|environment| self.snapshot.find(environment).ok());
        reads.extend(ids.collect::<BTreeSet<_>>().into_iter().map(|id| Read::KeysOf(id.into(), None)));
        reads.extend(self.keys.wanted());
        let Some(environments) = self.snapshot.environments.known() else { return };
        let ids: Vec<_> = match &self.needs.keys {
            Which::All => environments.iter().map(|found| found.id.clone()).collect(),
            Which::Some(names) => {
                let found = self.environments_by_name();
                names.iter().flat_map(|name| self.environments_of(name, &found)).cloned().collect()
            }
        };
        reads.extend(ids.into_iter().map(|id| Read::KeysOf(id, None)));
    }

    fn wanted_policies(&self, reads: &mut Vec<Read>) {
        let account = match &self.needs.policies {
            Which::All => true,
            Which::Some(scopes) => scopes.contains(&Scope::Account),
        };
        if account {
            reads.push(Read::Policies(FoundScope::Account, None));
        }
        if let Some(environments) = self.snapshot.environments.known() {
            let mut scopes: BTreeSet<FoundScope> = BTreeSet::new();
            let mut all = false;
            match &self.needs.policies {
                Which::All => {
                    all = true;
                    scopes.extend(environments.iter().map(|found| FoundScope::Environment(found.id.clone())));
                }
                Which::Some(wanted) => {
                    let found = self.environments_by_name();
                    for scope in wanted {
                        match scope {
                            Scope::Account => {}
                            Scope::AllEnvironments => all = true,
                            Scope::Environment(name) => {
                                let ids = self.environments_of(name, &found);
                                scopes.extend(ids.cloned().map(FoundScope::Environment));
                            }
                        }
                    }
                }
            }
            // Policies for all environments are listed with those of each of them; `all` is said to be for changes only.
            if all && scopes.is_empty() {
                let first = environments.iter().map(|found| &found.id).min();
                scopes.insert(first.map_or(FoundScope::AllEnvironments, |id| FoundScope::Environment(id.clone())));
            }
            reads.extend(scopes.into_iter().map(|scope| Read::Policies(scope, None)));
        }
        let named = self.needs.policies_of.iter().filter_map(|environment| self.snapshot.find(environment).ok());
        let named: BTreeSet<_> = named.map(|id| FoundScope::Environment(id.into())).collect();
        reads.extend(named.into_iter().map(|scope| Read::Policies(scope, None)));
        reads.extend(self.policies.wanted());
    }

    fn wanted_roles(&self, reads: &mut Vec<Read>) {
        if self.needs.all_roles {
            reads.extend(PermissionType::ALL.iter().cloned().map(Read::RolesOfType));
        }
        let all = self.snapshot.all_roles.known();
        let custom = || {
            let known = self.snapshot.roles.iter().filter_map(|(id, part)| Some((id, part.known()?.as_ref()?)));
            known.filter(|(_, role)| !role.system).map(|(id, _)| id)
        };
        let declared = match &self.needs.roles {
            Which::Some(ids) => Some(ids),
            Which::All => None,
        };
        match declared {
            Some(ids) => reads.extend(ids.iter().map(|id| Read::Role(RoleId::from(id)))),
            None if all.is_some() => reads.extend(custom().cloned().map(Read::Role)),
            None => {}
        }
        match &self.needs.principals_of {
            // Whether a declared role exists is asked anyway; one that does not has no principals.
            Which::Some(ids) => reads.extend(
                ids.iter()
                    .map(RoleId::from)
                    .filter(|id| {
                        let is_declared = declared.is_some_and(|declared| declared.contains(id.as_str()));
                        !is_declared || matches!(self.snapshot.roles.get(id), Some(Part::Known(Some(_))))
                    })
                    .map(Read::PrincipalsOf),
            ),
            Which::All => reads.extend(all.into_iter().flatten().cloned().map(Read::PrincipalsOf)),
        }
        if self.needs.principals_of_others && all.is_some() {
            let others = custom().filter(|id| declared.is_none_or(|declared| !declared.contains(id.as_str())));
            reads.extend(others.cloned().map(Read::PrincipalsOf));
        }
        let named = self.needs.roles_of.iter().filter_map(|principal| self.found_principal(principal));
        let keys = self.needs.roles_of_keys.iter().flat_map(|reference| self.keys_in_rotation(reference));
        let keys = keys.map(|key| FoundPrincipal::new(PrincipalType::ApiKey, key.api_key.as_str()));
        for principal in named.chain(keys) {
            let both = PermissionType::ALL.iter().map(|kind| Read::RolesOf(principal.clone(), kind.clone()));
            reads.extend(both);
        }
    }

    /// The keys that a rotation is about, and those that replace them.
    fn keys_in_rotation(&self, reference: &Reference) -> Vec<&FoundKey> {
        let environment = match reference {
            Reference::Key { environment, .. } => environment,
            other => other.text(),
        };
        let id = self.snapshot.find(&Reference::Environment(environment.to_owned())).map(SubAccountId::from);
        let Some(keys) = id.ok().and_then(|id| self.snapshot.keys.get(&id)?.known()) else { return Vec::new() };
        let replaced: Vec<&FoundKey> = match reference {
            Reference::Key { .. } => {
                let key = self.snapshot.find(reference).ok();
                keys.iter().filter(|found| key.as_deref() == Some(found.api_key.as_str())).collect()
            }
            _ => in_rotation(keys).collect(),
        };
        let is_new = |key: &&FoundKey| replaced.iter().any(|old| successor_name(&old.name) == key.name);
        let new: Vec<_> = keys.iter().filter(is_new).collect();
        replaced.into_iter().chain(new).collect()
    }

    /// The principal, if it is known to be there.
    fn found_principal(&self, principal: &Principal) -> Option<FoundPrincipal> {
        Some(match principal {
            Principal::User(email) => {
                let found = self.snapshot.users.known()?.iter().find(|user| fold(&user.email) == fold(email))?;
                FoundPrincipal::new(PrincipalType::User, found.id.as_str())
            }
            Principal::Group(name) => {
                let found = self.snapshot.groups.known()?.iter().find(|group| group.name == name.as_str())?;
                FoundPrincipal::new(PrincipalType::Group, found.id.as_str())
            }
            Principal::Key(key) => {
                let environments = self.environments_by_name();
                let id = self.environments_of(&key.environment, &environments).next()?;
                let keys = self.snapshot.keys.get(id)?.known()?;
                let found = keys.iter().find(|found| found.name == key.name.as_str())?;
                FoundPrincipal::new(PrincipalType::ApiKey, found.api_key.as_str())
            }
            Principal::ProvisioningKey(key) => FoundPrincipal::new(PrincipalType::ProvisioningKey, key.as_str()),
        })
    }

    /// The ids of the product environments, by their cloud names.
    fn environments_by_name(&self) -> BTreeMap<&str, Vec<&SubAccountId>> {
        let mut ids: BTreeMap<_, Vec<_>> = BTreeMap::new();
        for found in self.snapshot.environments.known().into_iter().flatten() {
            ids.entry(found.cloud_name.as_str()).or_default().push(&found.id);
        }
        ids
    }

    /// The ids of the product environments that have the cloud name, or had it before they are renamed.
    fn environments_of<'a>(
        &'a self,
        name: &'a str,
        found: &'a BTreeMap<&str, Vec<&'a SubAccountId>>,
    ) -> impl Iterator<Item = &'a SubAccountId> {
        let was = self.needs.former_names.get(name).map(AsRef::as_ref);
        [Some(name), was].into_iter().flatten().filter_map(|name| found.get(name)).flatten().copied()
    }

    /// Until its result comes, what a read is about counts as not read.
    fn expect(&mut self, read: &Read) {
        let unfinished = || UNFINISHED.to_owned();
        match read {
            Read::KeysOf(id, None) => drop(self.snapshot.keys.insert(id.clone(), Part::Failed(unfinished()))),
            Read::Role(id) => {
                self.snapshot.roles.insert(id.clone(), Part::Failed(unfinished()));
            }
            Read::PrincipalsOf(id) => {
                self.snapshot.assignments_of_roles.insert(id.clone(), Part::Failed(unfinished()));
            }
            Read::RolesOf(principal, _) => {
                self.snapshot.assignments_of_principals.entry(principal.clone()).or_default();
            }
            Read::Policies(scope, None) => {
                self.snapshot.policies.insert(scope.clone(), Part::Failed(unfinished()));
                if *scope != FoundScope::Account {
                    self.snapshot
                        .policies
                        .entry(FoundScope::AllEnvironments)
                        .or_insert_with(|| Part::Failed(unfinished()));
                }
            }
            Read::UsersOf(_) => self.named_left += 1,
            _ => {}
        }
    }

    fn accept(&mut self, read: &Read, fact: FactKind) {
        match (read, fact) {
            (Read::Environments, FactKind::Environments(found)) => {
                self.snapshot.environments = part(found.map(|found| once(found, |found| found.id.clone())));
            }
            (Read::Groups { .. }, FactKind::Groups(found, emails)) => {
                self.snapshot.groups = part(found.map(|found| once(found, |group| group.id.clone())));
                self.snapshot.member_emails.extend(emails);
            }
            (Read::MembersOf(id), FactKind::Members(members, emails)) => {
                self.set_members(id, &Part::Known(members));
                self.snapshot.member_emails.extend(emails);
            }
            (Read::UsersPage(page), FactKind::Users(users)) => self.user_page(*page, users),
            (Read::UsersOf(emails), FactKind::Users(users)) => match users {
                Ok(users) => self.users_of_emails(emails, users),
                Err(reason) => self.fail(read, &reason),
            },
            (Read::AccessOf(id), FactKind::Access(environments)) => {
                self.set_access(id, &Part::Known(FoundAccess::Only(environments)));
            }
            (Read::UsersOfEnvironment(id), FactKind::UserIds(users)) => {
                self.access.users_of(id, Ok(users));
            }
            (Read::KeysOf(id, page), FactKind::Keys(keys, total)) => {
                if let Some(keys) = self.keys.received(id, *page, keys, total) {
                    self.snapshot.keys.insert(id.clone(), part(keys));
                }
            }
            (Read::RolesOfType(permission), FactKind::Roles(roles)) => self.role_list(permission, roles),
            (Read::Role(id), FactKind::Role(mut role)) => {
                role.policies.settle("the service did not list them");
                self.snapshot.roles.insert(id.clone(), Part::Known(Some(role)));
            }
            (Read::PrincipalsOf(id), FactKind::Assignments(found)) => {
                let found = self.assignments(found).map(|()| true);
                self.snapshot.assignments_of_roles.insert(id.clone(), part(found));
            }
            (Read::RolesOf(principal, _), FactKind::Assignments(found)) => {
                let found = self.assignments(found);
                self.roles_of(principal, found);
            }
            (Read::Policies(scope, _), FactKind::Policies(found, cursor)) => self.policies(scope, found, cursor),
            // A fact of another read: it says nothing about this one.
            (read, _) => self.fail(read, "the result belongs to another call"),
        }
    }

    /// What the read is about does not exist.
    fn absent(&mut self, read: &Read, error: &Error) {
        match read {
            Read::Role(id) => {
                self.snapshot.roles.insert(id.clone(), Part::Known(None));
                if self.needs.principals_of != Which::All {
                    self.snapshot.assignments_of_roles.insert(id.clone(), Part::Known(false));
                }
            }
            Read::PrincipalsOf(id) => {
                self.snapshot.assignments_of_roles.insert(id.clone(), Part::Known(false));
            }
            Read::RolesOf(principal, _) => self.roles_of(principal, Ok(())),
            read => self.fail(read, &error.to_string()),
        }
    }

    fn fail(&mut self, read: &Read, reason: &str) {
        let reason = || reason.to_owned();
        match read {
            Read::Environments => self.snapshot.environments = Part::Failed(reason()),
            Read::Groups { .. } => self.snapshot.groups = Part::Failed(reason()),
            Read::MembersOf(id) => self.set_members(id, &Part::Failed(reason())),
            Read::UsersPage(page) => self.user_page(*page, Err(reason())),
            Read::UsersOf(_) => {
                self.named_left -= 1;
                self.snapshot.users = Part::Failed(reason());
            }
            Read::AccessOf(id) => self.set_access(id, &Part::Failed(reason())),
            Read::UsersOfEnvironment(id) => self.access.users_of(id, Err(reason())),
            Read::KeysOf(id, _) => {
                self.keys.failed(id);
                self.snapshot.keys.insert(id.clone(), Part::Failed(reason()));
            }
            Read::RolesOfType(_) => self.snapshot.all_roles = Part::Failed(reason()),
            Read::Role(id) => drop(self.snapshot.roles.insert(id.clone(), Part::Failed(reason()))),
            Read::PrincipalsOf(id) => {
                self.snapshot.assignments_of_roles.insert(id.clone(), Part::Failed(reason()));
            }
            Read::RolesOf(principal, _) => self.roles_of(principal, Err(reason())),
            Read::Policies(scope, _) => self.policies(scope, Err(reason()), None),
        }
    }

    fn user_page(&mut self, page: u32, users: Result<Vec<Listed>, String>) {
        if self.pages.is_ended() {
            return;
        }
        self.pages.received(page, users);
        if self.pages.is_ended() {
            let users = self.pages.take();
            self.snapshot.users_are_all = users.is_ok();
            self.set_users(users);
        }
    }

    /// Whoever is missing from a list of several is asked for alone: not every server reads the list as it is meant.
    fn users_of_emails(&mut self, asked: &[String], users: Vec<Listed>) {
        if asked.len() > 1 {
            let found: BTreeSet<_> = users.iter().map(|(user, _)| fold(&user.email)).collect();
            let missing = asked.iter().filter(|email| !found.contains(*email)).cloned();
            self.missing.extend(missing.map(|email| vec![email]));
        }
        self.named.extend(users);
        self.named_left -= 1;
        let is_last = self.named_left == 0 && self.emails().all(|emails| self.asked.contains(&Read::UsersOf(emails)));
        let is_admin =
            |(user, _): &Listed| user.is_active_master_admin() && self.needs.leavers.contains(&fold(&user.email));
        if is_last && self.named.iter().any(is_admin) {
            // Whether another one is left is known once everybody is.
            self.needs.users = Which::All;
        } else if is_last && self.snapshot.users == Part::Unread {
            let users = std::mem::take(&mut self.named);
            self.set_users(Ok(once(users, |(user, _)| user.id.clone())));
        }
    }

    /// The lists of emails to ask for.
    fn emails(&self) -> impl Iterator<Item = Vec<String>> {
        let wanted: Vec<_> = match &self.needs.users {
            Which::Some(emails) => emails.iter().cloned().collect(),
            Which::All => Vec::new(),
        };
        let chunks: Vec<_> = wanted.chunks(PAGE_SIZE as usize).map(<[String]>::to_vec).collect();
        chunks.into_iter().chain(self.missing.iter().cloned())
    }

    fn set_users(&mut self, users: Result<Vec<Listed>, String>) {
        self.snapshot.users = part(users.map(|users| {
            self.access.count(&users);
            users.into_iter().map(|(user, _)| user).collect()
        }));
    }

    fn set_members(&mut self, id: &GroupId, members: &Part<BTreeSet<UserId>>) {
        let groups = self.snapshot.groups.known_mut().into_iter().flatten();
        groups.filter(|group| group.id == *id).for_each(|group| group.members.clone_from(members));
    }

    fn set_access(&mut self, id: &UserId, access: &Part<FoundAccess>) {
        let users = self.snapshot.users.known_mut().into_iter().flatten();
        users.filter(|user| user.id == *id).for_each(|user| user.access.clone_from(access));
    }

    fn assignments(&mut self, found: Result<Vec<FoundAssignment>, String>) -> Result<(), String> {
        self.snapshot.assignments.extend(found?);
        Ok(())
    }

    /// Both of a principal's lists have to come before its roles are known.
    fn roles_of(&mut self, principal: &FoundPrincipal, result: Result<(), String>) {
        let count = self.lists_of.entry(principal.clone()).or_default();
        *count += 1;
        let is_complete = *count == PermissionType::ALL.len();
        let part = self.snapshot.assignments_of_principals.entry(principal.clone()).or_default();
        match (&part, result) {
            (Part::Failed(_), _) => {}
            (_, Err(reason)) => *part = Part::Failed(reason),
            (_, Ok(())) if is_complete => *part = Part::Known(()),
            (_, Ok(())) => {}
        }
    }

    fn role_list(&mut self, permission: &PermissionType, roles: Vec<FoundRole>) {
        let ids = roles.iter().map(|role| role.id.clone()).collect();
        self.role_lists.insert(permission.clone(), ids);
        for role in roles {
            // A role that is got by its id is known better.
            if !self.asked.contains(&Read::Role(role.id.clone())) {
                self.snapshot.roles.insert(role.id.clone(), Part::Known(Some(role)));
            }
        }
        if self.role_lists.len() == PermissionType::ALL.len() && self.snapshot.all_roles == Part::Unread {
            self.snapshot.all_roles = Part::Known(self.role_lists.values().flatten().cloned().collect());
        }
    }

    /// Policies for all environments are distinguished from those of the one that was asked for.
    fn policies(&mut self, scope: &FoundScope, found: Result<Vec<FoundPolicy>, String>, cursor: Option<String>) {
        match self.policies.received(scope, found, cursor) {
            None => {}
            Some(Ok(found)) => {
                let (own, all): (Vec<_>, Vec<_>) =
                    found.into_iter().partition(|policy| policy.scope != FoundScope::AllEnvironments);
                if *scope == FoundScope::AllEnvironments {
                    self.snapshot.policies.insert(FoundScope::AllEnvironments, Part::Known(all));
                } else {
                    if *scope != FoundScope::Account {
                        self.snapshot.policies.insert(FoundScope::AllEnvironments, Part::Known(all));
                    }
                    self.snapshot.policies.insert(scope.clone(), Part::Known(own));
                }
            }
            Some(Err(reason)) => {
                let all = self.snapshot.policies.entry(FoundScope::AllEnvironments).or_default();
                if *scope != FoundScope::Account && all.known().is_none() {
                    *all = Part::Failed(reason.clone());
                }
                self.snapshot.policies.insert(scope.clone(), Part::Failed(reason));
            }
        }
    }
}

fn part<T>(result: Result<T, String>) -> Part<T> {
    match result {
        Ok(value) => Part::Known(value),
        Err(reason) => Part::Failed(reason),
    }
}

/// Whether the service says that there is no such thing. Where a feature is missing, it answers 404 with a page of HTML,
/// which says nothing about the thing.
pub(crate) fn is_absent(error: &Error) -> bool {
    error.is_not_found() && error.message().is_some()
}
