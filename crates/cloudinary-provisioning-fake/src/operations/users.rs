//! The seven operations of users.

use std::collections::{BTreeSet, HashSet};

use serde::{Serialize, Serializer};
use serde_json::Value;
use time::Date;

use crate::base::clock::rfc3339;
use crate::base::switch::Switch;
use crate::operations::lookup;
use crate::request::fields::RequestFields;
use crate::request::page::PageRange;
use crate::request::prefix::{lowercase, starts_with};
use crate::response::answer::{Answer, Failure, list as list_as, message_ok, ok};
use crate::response::object::object;
use crate::state::AccountState;
use crate::state::product_environments::FakeSubAccount;
use crate::state::users::{FakeUser, MASTER_ADMIN, NewUser, Users};

pub(super) fn handle(state: &mut AccountState, operation: &str, fields: &RequestFields) -> Answer {
    let id = fields.path("user_id");
    match operation {
        "getUsers" => list(state, fields),
        "createUser" => create(state, fields),
        "getUser" => show(state, id),
        "updateUser" => update(state, id, fields),
        "deleteUser" => {
            lookup::user(state, id)?;
            state.remove_user(id);
            message_ok()
        }
        "getGroupsForUser" => {
            lookup::user(state, id)?;
            list_as("groups", groups_of(state, id))
        }
        "getSubAccountsForUser" => {
            let user = lookup::user(state, id)?;
            let sub_accounts = state.environments.iter().filter(|known| user.has_sub_account(&known.id));
            list_as("sub_accounts", sub_accounts.map(sub_account))
        }
        _ => Err(Failure::not_built(operation)),
    }
}

fn show(state: &AccountState, id: &str) -> Answer {
    ok(&UserView { state, user: lookup::user(state, id)? })
}

fn create(state: &mut AccountState, fields: &RequestFields) -> Answer {
    check(fields)?;
    let (name, email) = (fields.text("name").unwrap_or(""), fields.text("email").unwrap_or(""));
    let mut new = NewUser::new(name, email);
    let role = fields.text("role");
    if let Some(role) = role {
        new = new.role(role);
    }
    if let Granted::Some(ids) = granted(state, fields, role == Some(MASTER_ADMIN))? {
        new = new.sub_account_ids(ids);
    }
    if let Some(enabled) = fields.boolean("enabled") {
        new = new.enabled(enabled);
    }
    check_email_is_free(state, email, None)?;
    let id = state.insert_user(new);
    show(state, &id)
}

fn update(state: &mut AccountState, id: &str, fields: &RequestFields) -> Answer {
    let user = lookup::user(state, id)?;
    check(fields)?;
    let role = fields.text("role").unwrap_or(&user.role).to_owned();
    let granted = granted(state, fields, role == MASTER_ADMIN)?;
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
        match granted {
            Granted::AsBefore => {}
            Granted::All => user.sub_account_ids = None,
            Granted::Some(ids) => user.sub_account_ids = Some(ids),
        }
        user.role = role;
        if *user != before {
            user.updated_at = now;
        }
    });
    show(state, id)
}

/// Checks what the facts do not say about names and emails.
fn check(fields: &RequestFields) -> Result<(), Failure> {
    fields.text("name").map_or(Ok(()), lookup::check_name)?;
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

/// The product environments that a request grants access to.
enum Granted {
    AsBefore,
    All,
    Some(Vec<String>),
}

/// An empty list is access to everything (live, Ruby and Node). A master admin always has it.
fn granted(state: &AccountState, fields: &RequestFields, master_admin: bool) -> Result<Granted, Failure> {
    let Some(ids) = fields.texts("sub_account_ids") else {
        return Ok(if master_admin { Granted::All } else { Granted::AsBefore });
    };
    if master_admin || ids.is_empty() {
        return Ok(Granted::All);
    }
    for id in &ids {
        lookup::environment(state, id)?;
    }
    let mut seen = HashSet::new();
    Ok(Granted::Some(ids.into_iter().filter(|id| seen.insert(*id)).map(str::to_owned).collect()))
}

fn check_email_is_free(state: &AccountState, email: &str, owner: Option<&str>) -> Result<(), Failure> {
    match state.users.by_email(email) {
        Some(user) if owner != Some(user.id.as_str()) => {
            Err(Failure::conflict(format!("User with email {email} already exists")))
        }
        _ => Ok(()),
    }
}

/// Filters apply together, with `ids` and `emails` too (live, five SDKs).
fn list(state: &AccountState, fields: &RequestFields) -> Answer {
    let filter = UserFilter::of(fields, state.is_on(Switch::PendingFalseIsEverybody));
    let page = PageRange::of(fields, state.page_cap)?;
    let sort = UserOrder::of(fields);
    let users = &state.users;
    let named = named(users, fields);
    if let (Some(named), true) = (&named, state.is_on(Switch::IdsWithoutOtherFilters)) {
        return views(state, users.all_at(named));
    }
    if let Some(id) = filter.sub_account_id {
        lookup::environment(state, id)?;
    }
    let matching: Vec<_> = match (named, page, &sort) {
        (None, Some(page), None) if filter.is_empty() => {
            return views(state, users.skip(page.skip).take(page.take));
        }
        (Some(places), ..) => users.all_at(&places).filter(|user| filter.takes(user)).collect(),
        (None, ..) => users.iter().filter(|user| filter.takes(user)).collect(),
    };
    let sorted = match sort {
        Some(sort) => sort.apply(matching),
        None => matching,
    };
    views(state, PageRange::cut(page, sorted.into_iter()).into_iter())
}

/// The places of the users whose ids and emails are asked for.
fn named(users: &Users, fields: &RequestFields) -> Option<BTreeSet<u64>> {
    let ids = fields.texts("ids").map(|ids| ids.iter().filter_map(|id| users.place(*id)).collect());
    let emails =
        fields.texts("emails").map(|emails| emails.iter().filter_map(|email| users.place_of_email(email)).collect());
    match (ids, emails) {
        (Some(ids), Some(emails)) => Some(BTreeSet::intersection(&ids, &emails).copied().collect()),
        (ids, emails) => ids.or(emails),
    }
}

fn views<'a>(state: &'a AccountState, users: impl Iterator<Item = &'a FakeUser>) -> Answer {
    list_as("users", users.map(|user| UserView { state, user }))
}

struct UserFilter<'a> {
    pending: Option<bool>,
    status: Option<&'a str>,
    /// In lower case, character by character, as it is compared.
    prefix: Option<String>,
    sub_account_id: Option<&'a str>,
    login: Option<LoginFilter>,
}

/// Logins within the dates, or everybody else.
struct LoginFilter {
    from: Option<Date>,
    to: Option<Date>,
    others: bool,
}

impl<'a> UserFilter<'a> {
    fn of(fields: &'a RequestFields, pending_false_is_everybody: bool) -> Self {
        let exclude = fields.text("union_type") == Some("exclude");
        Self {
            // Three states: only pending users, only others, everybody (live, five SDKs).
            pending: fields.boolean("pending").filter(|pending| *pending || !pending_false_is_everybody),
            status: fields.text("status"),
            prefix: fields.text("prefix").map(lowercase),
            sub_account_id: fields.text("sub_account_id"),
            login: fields.boolean("last_login").map(|within| LoginFilter {
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

impl LoginFilter {
    fn takes(&self, user: &FakeUser) -> bool {
        let within = user.last_login.is_some_and(|moment| {
            let day = moment.date();
            self.from.is_none_or(|from| from <= day) && self.to.is_none_or(|to| day <= to)
        });
        within != self.others
    }
}

struct UserOrder<'a> {
    by: &'a str,
    descending: bool,
}

impl<'a> UserOrder<'a> {
    fn of(fields: &'a RequestFields) -> Option<Self> {
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

fn groups_of(state: &AccountState, user_id: &str) -> Vec<impl Serialize> {
    state.groups.of_user(user_id).map(|group| object! { id: &group.id, name: &group.name }).collect()
}

fn sub_account(environment: &FakeSubAccount) -> impl Serialize {
    object! {
        id: &environment.id,
        name: &environment.name,
        description: &environment.description,
        cloud_name: &environment.cloud_name,
        enabled: environment.enabled,
    }
}

/// A user on the wire. Its fields are made while it is serialized, so that a long list does not hold every text twice.
struct UserView<'a> {
    state: &'a AccountState,
    user: &'a FakeUser,
}

impl Serialize for UserView<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (state, user) = (self.state, self.user);
        let sub_account_count = match &user.sub_account_ids {
            Some(ids) if !user.all_sub_accounts() => {
                ids.iter().filter(|id| state.environments.get(id.as_str()).is_some()).count()
            }
            _ => state.environments.len(),
        };
        // The 21 documented fields in their documented order, and the two that live tests look for besides.
        let view = object! {
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
            technical_role: &user.technical_role,
            group_count: state.groups.count_of_user(&user.id),
            sub_account_count: sub_account_count,
            #[serde(flatten)]
            former: (!state.is_on(Switch::UsersAsDocumented)).then(|| object! {
                groups: groups_of(state, &user.id),
                sub_account_ids: sub_account_ids(state, user),
            }),
        };
        view.serialize(serializer)
    }
}

/// The ids of a user's product environments; none of them stands for all.
fn sub_account_ids(state: &AccountState, user: &FakeUser) -> Value {
    let ids = user.sub_account_ids.as_deref().unwrap_or_default();
    if state.is_on(Switch::SubAccountIdsAsArray) { Value::from(ids) } else { Value::from(ids.join(",")) }
}

#[derive(Serialize)]
struct NoPreferences {}
