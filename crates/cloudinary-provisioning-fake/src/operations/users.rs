//! Users and their seven operations.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use serde::ser::{Serialize, Serializer};
use time::{Date, OffsetDateTime};

use crate::base::clock::{rfc3339, utc};
use crate::base::ids::Ids;
use crate::base::switch::Switch;
use crate::operations::product_environments::FakeSubAccount;
use crate::operations::user_groups::GroupSummary;
use crate::policy::permissions::PrincipalType;
use crate::reply::answer::{Answer, Failure, message_ok, ok};
use crate::request::fields::Fields;
use crate::request::page::Page;
use crate::state::State;

/// The role that sees every product environment, whatever its list says.
pub(crate) const MASTER_ADMIN: &str = "master_admin";

/// The role of a user whose creator did not choose one: the least that the service has.
pub(crate) const DEFAULT_ROLE: &str = "media_library_user";

/// A user of a [`FakeAccount`](crate::FakeAccount).
///
/// ```
/// use cloudinary_provisioning_fake::FakeAccount;
///
/// let mut account = FakeAccount::new("acc", "key", "secret");
/// let id = account.add_user("John Doe", "john@example.com");
/// let john = account.user(&id).unwrap();
/// assert_eq!((john.first_name(), john.last_name()), ("John", "Doe"));
/// assert!(john.enabled && john.pending && john.last_login.is_none());
/// assert_eq!(john.status(), "pending");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "each is a field of the API")]
#[non_exhaustive]
pub struct FakeUser {
    /// The user's id.
    pub id: String,
    /// The whole name.
    pub name: String,
    /// The email address, spelled as it was given. No two users share one, whatever their case.
    pub email: String,
    /// The role's name on the wire, such as `technical_admin`.
    pub role: String,
    /// Whether the user may log in.
    pub enabled: bool,
    /// Whether the invitation has not been accepted yet.
    pub pending: bool,
    /// The product environments that the user may use; `None` is all of them. An empty list is none of them: it remains
    /// when the last one was deleted. In a request an empty list grants access to all of them.
    pub sub_account_ids: Option<Vec<String>>,
    /// When the user was created.
    pub created_at: OffsetDateTime,
    /// When a request last changed the user.
    pub updated_at: OffsetDateTime,
    /// The last login, if there ever was one.
    pub last_login: Option<OffsetDateTime>,
    /// The authentication providers, such as `google`.
    pub providers: Vec<String>,
    /// Whether two-factor authentication is on.
    pub two_factor: bool,
    /// Whether this is the account's root user.
    pub root: bool,
    /// The technical role, if there is one.
    pub technical_role: Option<String>,
}

impl FakeUser {
    /// Returns the name up to its first space.
    pub fn first_name(&self) -> &str {
        self.name.split_once(' ').map_or(&self.name, |(first, _)| first)
    }

    /// Returns the name after its first space; empty when there is none.
    pub fn last_name(&self) -> &str {
        self.name.split_once(' ').map_or("", |(_, last)| last)
    }

    /// Returns `pending`, else `disabled`, else `active`.
    pub fn status(&self) -> &'static str {
        match (self.pending, self.enabled) {
            (true, _) => "pending",
            (false, false) => "disabled",
            (false, true) => "active",
        }
    }

    /// Returns whether the user may use every product environment. Master admins always may.
    pub fn all_sub_accounts(&self) -> bool {
        self.role == MASTER_ADMIN || self.sub_account_ids.is_none()
    }

    /// Returns whether the user may use this product environment.
    pub fn has_sub_account(&self, id: &str) -> bool {
        self.all_sub_accounts() || self.sub_account_ids.as_ref().is_some_and(|ids| ids.iter().any(|known| known == id))
    }
}

/// A user to add to a [`FakeAccount`](crate::FakeAccount).
///
/// Sets what a request cannot set as well: logins, providers, whether the user is pending.
///
/// ```
/// use cloudinary_provisioning_fake::{FakeAccount, NewUser};
///
/// let account = FakeAccount::new("acc", "key", "secret").with_user(
///     NewUser::new("Jenny Bar", "jenny@example.com")
///         .id("u1")
///         .role("billing")
///         .pending(false)
///         .sub_account_ids(["s1"]),
/// );
/// assert_eq!(account.user("u1").unwrap().status(), "active");
/// ```
#[derive(Clone, Debug)]
pub struct NewUser {
    pub(crate) id: Option<String>,
    name: String,
    pub(crate) email: String,
    role: String,
    enabled: bool,
    pending: Option<bool>,
    sub_account_ids: Option<Vec<String>>,
    created_at: Option<OffsetDateTime>,
    last_login: Option<OffsetDateTime>,
    providers: Vec<String>,
    two_factor: bool,
    root: bool,
    technical_role: Option<String>,
}

impl NewUser {
    /// Creates an enabled, pending user with the role `media_library_user` and access to everything, as a request with
    /// only a name and an email does.
    pub fn new(name: impl Into<String>, email: impl Into<String>) -> Self {
        Self {
            id: None,
            name: name.into(),
            email: email.into(),
            role: DEFAULT_ROLE.to_owned(),
            enabled: true,
            pending: None,
            sub_account_ids: None,
            created_at: None,
            last_login: None,
            providers: Vec::new(),
            two_factor: false,
            root: false,
            technical_role: None,
        }
    }

    /// Sets the id; any text is accepted. A generated one is the default.
    pub fn id(mut self, id: impl Into<String>) -> Self {
        self.id = Some(id.into());
        self
    }

    /// Sets the role's name on the wire. Unlike in a request, it need not exist.
    pub fn role(mut self, role: impl Into<String>) -> Self {
        self.role = role.into();
        self
    }

    /// Sets whether the user may log in.
    pub fn enabled(mut self, enabled: bool) -> Self {
        self.enabled = enabled;
        self
    }

    /// Sets whether the invitation is still open. By default a user is pending who has never logged in.
    pub fn pending(mut self, pending: bool) -> Self {
        self.pending = Some(pending);
        self
    }

    /// Sets the product environments that the user may use. The default is all of them.
    pub fn sub_account_ids<I>(mut self, ids: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<String>,
    {
        self.sub_account_ids = Some(ids.into_iter().map(Into::into).collect());
        self
    }

    /// Sets when the user was created. The default is the account's time.
    pub fn created_at(mut self, moment: OffsetDateTime) -> Self {
        self.created_at = Some(utc(moment));
        self
    }

    /// Sets the last login.
    pub fn last_login(mut self, moment: OffsetDateTime) -> Self {
        self.last_login = Some(utc(moment));
        self
    }

    /// Sets the authentication providers.
    pub fn providers<I>(mut self, providers: I) -> Self
    where
        I: IntoIterator,
        I::Item: Into<String>,
    {
        self.providers = providers.into_iter().map(Into::into).collect();
        self
    }

    /// Sets whether two-factor authentication is on.
    pub fn two_factor(mut self, two_factor: bool) -> Self {
        self.two_factor = two_factor;
        self
    }

    /// Sets whether this is the account's root user.
    pub fn root(mut self, root: bool) -> Self {
        self.root = root;
        self
    }

    /// Sets the technical role.
    pub fn technical_role(mut self, role: impl Into<String>) -> Self {
        self.technical_role = Some(role.into());
        self
    }

    pub(crate) fn build(self, id: String, now: OffsetDateTime) -> FakeUser {
        let created_at = self.created_at.unwrap_or(now);
        FakeUser {
            id,
            name: self.name,
            email: self.email,
            role: self.role,
            enabled: self.enabled,
            pending: self.pending.unwrap_or(self.last_login.is_none()),
            sub_account_ids: self.sub_account_ids,
            created_at,
            updated_at: created_at,
            last_login: self.last_login,
            providers: self.providers,
            two_factor: self.two_factor,
            root: self.root,
            technical_role: self.technical_role,
        }
    }
}

/// All users, in the order of creation, indexed by id and email.
#[derive(Clone, Debug, Default)]
pub(crate) struct Users {
    by_place: BTreeMap<u64, FakeUser>,
    places: u64,
    /// How many users each block of places still has: what finds the start of a page.
    blocks: Vec<usize>,
    by_id: HashMap<String, u64>,
    by_email: HashMap<String, u64>,
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

impl Users {
    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &FakeUser> {
        self.by_place.values()
    }

    /// Skips the first `skip` users without iterating over each of them.
    fn after(&self, skip: usize) -> impl Iterator<Item = &FakeUser> {
        let (mut start, mut left) = (0_u64, skip);
        for alive in &self.blocks {
            if left < *alive {
                break;
            }
            left -= alive;
            start += BLOCK as u64;
        }
        self.by_place.range(start..).map(|(_, user)| user).skip(left)
    }

    pub(crate) fn len(&self) -> usize {
        self.by_place.len()
    }

    pub(crate) fn get(&self, id: &str) -> Option<&FakeUser> {
        self.by_place.get(self.by_id.get(id)?)
    }

    pub(crate) fn by_email(&self, email: &str) -> Option<&FakeUser> {
        self.by_place.get(self.by_email.get(&fold(email))?)
    }

    /// Users in the order of creation, each once, as their places tell.
    fn at(&self, places: BTreeSet<u64>) -> impl Iterator<Item = &FakeUser> {
        places.into_iter().filter_map(|place| self.by_place.get(&place))
    }

    /// Inserts a user. Returns the id, and the ids of the users that were replaced: those with the same id or email.
    pub(crate) fn insert(&mut self, new: NewUser, ids: &mut Ids, now: OffsetDateTime) -> (String, Vec<String>) {
        let id = match &new.id {
            Some(id) => id.clone(),
            None => ids.free_id(|id| self.by_id.contains_key(id)),
        };
        let former = [self.get(&id), self.by_email(&new.email)];
        let former: Vec<_> = former.into_iter().flatten().map(|user| user.id.clone()).collect();
        for id in &former {
            self.remove(id);
        }
        let place = self.places;
        self.places += 1;
        match self.blocks.get_mut(block(place)) {
            Some(alive) => *alive += 1,
            None => self.blocks.push(1),
        }
        self.by_email.insert(fold(&new.email), place);
        self.by_id.insert(id.clone(), place);
        self.by_place.insert(place, new.build(id.clone(), now));
        (id, former)
    }

    /// Applies a change that leaves the id alone, and follows it in the index of emails. The caller has made sure that
    /// a new email is free.
    pub(crate) fn change<R>(&mut self, id: &str, change: impl FnOnce(&mut FakeUser) -> R) -> Option<R> {
        let place = *self.by_id.get(id)?;
        let user = self.by_place.get_mut(&place)?;
        let before = fold(&user.email);
        let result = change(user);
        let after = fold(&user.email);
        if before != after {
            self.by_email.remove(&before);
            self.by_email.insert(after, place);
        }
        Some(result)
    }

    fn remove(&mut self, id: &str) -> Option<FakeUser> {
        let place = self.by_id.remove(id)?;
        let user = self.by_place.remove(&place)?;
        if let Some(alive) = self.blocks.get_mut(block(place)) {
            *alive -= 1;
        }
        self.by_email.remove(&fold(&user.email));
        Some(user)
    }

    /// Removes a product environment from everybody's list. A list that becomes empty is access to none, not to all.
    pub(crate) fn forget_environment(&mut self, id: &str) {
        for user in self.by_place.values_mut() {
            if let Some(ids) = &mut user.sub_account_ids {
                ids.retain(|known| known != id);
            }
        }
    }
}

/// Adds a user. Those with the same id or email are replaced.
pub(crate) fn insert(state: &mut State, new: NewUser) -> String {
    let now = state.now();
    let (id, former) = state.users.insert(new, &mut state.ids, now);
    for id in former {
        state.groups.forget_user(&id);
        state.principals.forget(PrincipalType::User, &id);
    }
    id
}

/// Removes a user, who leaves all groups and loses all roles.
pub(crate) fn remove(state: &mut State, id: &str) -> Option<FakeUser> {
    let user = state.users.remove(id)?;
    state.groups.forget_user(id);
    state.principals.forget(PrincipalType::User, id);
    Some(user)
}

pub(crate) fn handle(state: &mut State, operation: &str, fields: &Fields) -> Answer {
    let id = fields.path("user_id");
    match operation {
        "getUsers" => list(state, fields),
        "createUser" => create(state, fields),
        "getUser" => show(state, id),
        "updateUser" => update(state, id, fields),
        "deleteUser" => {
            remove(state, id).ok_or_else(|| Failure::no_user(id))?;
            message_ok()
        }
        "getGroupsForUser" => {
            find(state, id)?;
            ok(&GroupsResponse { groups: state.groups.of_user(id).collect() })
        }
        "getSubAccountsForUser" => {
            let user = find(state, id)?;
            let sub_accounts = state.environments.iter().filter(|known| user.has_sub_account(&known.id));
            ok(&SubAccountsResponse { sub_accounts: sub_accounts.map(SubAccountSummary::new).collect() })
        }
        _ => Err(Failure::not_built(operation)),
    }
}

fn find<'a>(state: &'a State, id: &str) -> Result<&'a FakeUser, Failure> {
    state.users.get(id).ok_or_else(|| Failure::no_user(id))
}

fn show(state: &State, id: &str) -> Answer {
    ok(&View { state, user: find(state, id)? })
}

fn create(state: &mut State, fields: &Fields) -> Answer {
    check(fields)?;
    let (name, email) = (fields.text("name").unwrap_or(""), fields.text("email").unwrap_or(""));
    let mut new = NewUser::new(name, email);
    if let Some(role) = fields.text("role") {
        new = new.role(role);
    }
    if let Access::Some(ids) = access(state, fields, new.role == MASTER_ADMIN)? {
        new = new.sub_account_ids(ids);
    }
    if let Some(enabled) = fields.boolean("enabled") {
        new = new.enabled(enabled);
    }
    check_email_is_free(state, email, None)?;
    let id = insert(state, new);
    show(state, &id)
}

fn update(state: &mut State, id: &str, fields: &Fields) -> Answer {
    let user = find(state, id)?;
    check(fields)?;
    let role = fields.text("role").unwrap_or(&user.role).to_owned();
    let access = access(state, fields, role == MASTER_ADMIN)?;
    if let Some(email) = fields.text("email") {
        check_email_is_free(state, email, Some(id))?;
    }
    let now = state.now();
    state.users.change(id, |user| {
        let before = user.clone();
        if let Some(name) = fields.text("name") {
            name.clone_into(&mut user.name);
        }
        if let Some(email) = fields.text("email") {
            email.clone_into(&mut user.email);
        }
        if let Some(enabled) = fields.boolean("enabled") {
            user.enabled = enabled;
        }
        match access {
            Access::AsBefore => {}
            Access::All => user.sub_account_ids = None,
            Access::Some(ids) => user.sub_account_ids = Some(ids),
        }
        user.role = role;
        if *user != before {
            user.updated_at = now;
        }
    });
    show(state, id)
}

/// What the facts do not say about names and emails.
fn check(fields: &Fields) -> Result<(), Failure> {
    if fields.text("name").is_some_and(|name| name.trim().is_empty()) {
        return Err(Failure::invalid("name", "must not be empty"));
    }
    match fields.text("email").filter(|email| !is_email(email)) {
        Some(email) => Err(Failure::invalid("email", format!("is not valid: {email:?}"))),
        None => Ok(()),
    }
}

/// Checks the outline of an email address, far more leniently than the RFCs.
fn is_email(text: &str) -> bool {
    let plain = !text.chars().any(|c| c.is_whitespace() || c.is_control());
    plain
        && text
            .split_once('@')
            .is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty() && !domain.contains('@'))
}

/// What a request says about product environments.
enum Access {
    AsBefore,
    All,
    Some(Vec<String>),
}

/// An empty list is access to everything (live, Ruby and Node). A master admin has it anyway.
fn access(state: &State, fields: &Fields, master_admin: bool) -> Result<Access, Failure> {
    let Some(ids) = fields.texts("sub_account_ids") else {
        return Ok(if master_admin { Access::All } else { Access::AsBefore });
    };
    if master_admin || ids.is_empty() {
        return Ok(Access::All);
    }
    if let Some(unknown) = ids.iter().find(|id| state.environments.get(id).is_none()) {
        return Err(Failure::no_sub_account(unknown));
    }
    let mut seen = HashSet::new();
    Ok(Access::Some(ids.into_iter().filter(|id| seen.insert(*id)).map(str::to_owned).collect()))
}

fn check_email_is_free(state: &State, email: &str, owner: Option<&str>) -> Result<(), Failure> {
    match state.users.by_email(email) {
        Some(user) if owner != Some(user.id.as_str()) => {
            Err(Failure::conflict(format!("User with email {email} already exists")))
        }
        _ => Ok(()),
    }
}

/// Filters apply together, with `ids` and `emails` too (live, five SDKs).
fn list(state: &State, fields: &Fields) -> Answer {
    let filter = Filter::of(fields, state.is_on(Switch::PendingFalseIsEverybody));
    let page = Page::of(fields, state.page_cap)?;
    let sort = Sort::of(fields);
    let users = &state.users;
    let named = named(users, fields);
    if let (Some(named), true) = (&named, state.is_on(Switch::IdsWithoutOtherFilters)) {
        return views(state, users.at(named.clone()).collect());
    }
    if let Some(id) = filter.sub_account_id {
        state.environments.get(id).ok_or_else(|| Failure::no_sub_account(id))?;
    }
    let matching: Vec<_> = match (named, page, &sort) {
        (None, Some(page), None) if filter.is_empty() => {
            return views(state, users.after(page.skip).take(page.take).collect());
        }
        (Some(places), ..) => users.at(places).filter(|user| filter.takes(user)).collect(),
        (None, ..) => users.iter().filter(|user| filter.takes(user)).collect(),
    };
    let sorted = match sort {
        Some(sort) => sort.apply(matching),
        None => matching,
    };
    views(state, Page::cut(page, sorted.into_iter()))
}

/// The places of the users whose ids and emails are asked for.
fn named(users: &Users, fields: &Fields) -> Option<BTreeSet<u64>> {
    let ids = fields.texts("ids").map(|ids| ids.iter().filter_map(|id| users.by_id.get(*id)).copied().collect());
    let emails = fields
        .texts("emails")
        .map(|emails| emails.iter().filter_map(|email| users.by_email.get(&fold(email))).copied().collect());
    match (ids, emails) {
        (Some(ids), Some(emails)) => Some(BTreeSet::intersection(&ids, &emails).copied().collect()),
        (ids, emails) => ids.or(emails),
    }
}

fn views(state: &State, users: Vec<&FakeUser>) -> Answer {
    ok(&UsersResponse { users: users.into_iter().map(|user| View { state, user }).collect() })
}

struct Filter<'a> {
    pending: Option<bool>,
    status: Option<&'a str>,
    /// In lower case, character by character, as it is compared.
    prefix: Option<String>,
    sub_account_id: Option<&'a str>,
    login: Option<Login>,
}

/// Logins within the dates, or everybody else.
struct Login {
    from: Option<Date>,
    to: Option<Date>,
    others: bool,
}

impl<'a> Filter<'a> {
    fn of(fields: &'a Fields, pending_false_is_everybody: bool) -> Self {
        let exclude = fields.text("union_type") == Some("exclude");
        Self {
            // Three states: only pending users, only others, everybody (live, five SDKs).
            pending: fields.boolean("pending").filter(|pending| *pending || !pending_false_is_everybody),
            status: fields.text("status"),
            prefix: fields.text("prefix").map(lowercase),
            sub_account_id: fields.text("sub_account_id"),
            login: fields.boolean("last_login").map(|within| Login {
                from: fields.date("from"),
                to: fields.date("to"),
                others: exclude || !within,
            }),
        }
    }

    fn is_empty(&self) -> bool {
        let Self { pending, status, prefix, sub_account_id, login } = self;
        pending.is_none() && status.is_none() && prefix.is_none() && sub_account_id.is_none() && login.is_none()
    }

    fn takes(&self, user: &FakeUser) -> bool {
        self.pending.is_none_or(|pending| user.pending == pending)
            && self.status.is_none_or(|status| user.status() == status)
            && self
                .prefix
                .as_ref()
                .is_none_or(|prefix| starts_with(&user.name, prefix) || starts_with(&user.email, prefix))
            && self.sub_account_id.is_none_or(|id| user.has_sub_account(id))
            && self.login.as_ref().is_none_or(|login| login.takes(user))
    }
}

impl Login {
    fn takes(&self, user: &FakeUser) -> bool {
        let within = user.last_login.is_some_and(|moment| {
            let day = moment.date();
            self.from.is_none_or(|from| from <= day) && self.to.is_none_or(|to| day <= to)
        });
        within != self.others
    }
}

pub(crate) fn lowercase(text: &str) -> String {
    text.chars().flat_map(char::to_lowercase).collect()
}

/// Whether a text starts with a prefix that [`lowercase`] has been through, whatever the text's case.
pub(crate) fn starts_with(text: &str, lowercase_prefix: &str) -> bool {
    let mut text = text.chars().flat_map(char::to_lowercase);
    lowercase_prefix.chars().all(|expected| text.next() == Some(expected))
}

struct Sort<'a> {
    by: &'a str,
    descending: bool,
}

impl<'a> Sort<'a> {
    fn of(fields: &'a Fields) -> Option<Self> {
        let (by, order) = (fields.text("sort_by"), fields.text("sort_order"));
        (by.is_some() || order.is_some())
            .then(|| Self { by: by.unwrap_or("created_at"), descending: order != Some("asc") })
    }

    /// Users come in the order of creation, and a stable sort keeps it among equals. Descending is that order turned
    /// round, equals included: among users of one moment the newest comes first.
    fn apply<'u>(&self, mut users: Vec<&'u FakeUser>) -> Vec<&'u FakeUser> {
        match self.by {
            "name" => users.sort_by_cached_key(|user| user.name.to_lowercase()),
            "role" => users.sort_by(|a, b| a.role.cmp(&b.role)),
            "status" => users.sort_by(|a, b| a.status().cmp(b.status())),
            "activity" => users.sort_by_key(|user| user.last_login),
            _ => users.sort_by_key(|user| user.created_at),
        }
        if self.descending {
            users.reverse();
        }
        users
    }
}

#[derive(serde::Serialize)]
struct GroupsResponse<'a> {
    groups: Vec<GroupSummary<'a>>,
}

#[derive(serde::Serialize)]
struct SubAccountsResponse<'a> {
    sub_accounts: Vec<SubAccountSummary<'a>>,
}

#[derive(serde::Serialize)]
struct SubAccountSummary<'a> {
    id: &'a str,
    name: &'a str,
    description: Option<&'a str>,
    cloud_name: &'a str,
    enabled: bool,
}

impl<'a> SubAccountSummary<'a> {
    fn new(environment: &'a FakeSubAccount) -> Self {
        Self {
            id: &environment.id,
            name: &environment.name,
            description: environment.description.as_deref(),
            cloud_name: &environment.cloud_name,
            enabled: environment.enabled,
        }
    }
}

#[derive(serde::Serialize)]
struct UsersResponse<'a> {
    users: Vec<View<'a>>,
}

/// A user on the wire, built while it is written, so that a long list does not hold all texts twice.
struct View<'a> {
    state: &'a State,
    user: &'a FakeUser,
}

impl Serialize for View<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (state, user) = (self.state, self.user);
        let sub_account_count = match &user.sub_account_ids {
            Some(ids) if !user.all_sub_accounts() => {
                ids.iter().filter(|id| state.environments.get(id).is_some()).count()
            }
            _ => state.environments.len(),
        };
        let former = !state.is_on(Switch::UsersAsDocumented);
        UserFields {
            id: &user.id,
            name: &user.name,
            first_name: user.first_name(),
            last_name: user.last_name(),
            role: &user.role,
            email: &user.email,
            pending: user.pending,
            enabled: user.enabled,
            created_at: rfc3339(user.created_at),
            updated_at: rfc3339(user.updated_at),
            last_login: user.last_login.map(rfc3339),
            all_sub_accounts: user.all_sub_accounts(),
            providers: &user.providers,
            email_preferences: NoPreferences {},
            account_id: &state.account_id,
            two_factor: user.two_factor,
            status: user.status(),
            root: user.root,
            technical_role: user.technical_role.as_deref(),
            group_count: state.groups.count_of_user(&user.id),
            sub_account_count,
            groups: former.then(|| state.groups.of_user(&user.id).collect()),
            sub_account_ids: former
                .then(|| user.sub_account_ids.iter().flatten().cloned().collect::<Vec<_>>().join(",")),
        }
        .serialize(serializer)
    }
}

/// The 21 documented fields in their documented order, and the two that live tests look for besides.
#[derive(serde::Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "each is a field of the API")]
struct UserFields<'a> {
    id: &'a str,
    name: &'a str,
    first_name: &'a str,
    last_name: &'a str,
    role: &'a str,
    email: &'a str,
    pending: bool,
    enabled: bool,
    created_at: String,
    updated_at: String,
    last_login: Option<String>,
    all_sub_accounts: bool,
    providers: &'a [String],
    email_preferences: NoPreferences,
    account_id: &'a str,
    two_factor: bool,
    status: &'static str,
    root: bool,
    technical_role: Option<&'a str>,
    group_count: usize,
    sub_account_count: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    groups: Option<Vec<GroupSummary<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sub_account_ids: Option<String>,
}

#[derive(serde::Serialize)]
struct NoPreferences {}
