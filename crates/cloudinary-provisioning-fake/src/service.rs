//! The seven user operations.

use http::{HeaderMap, Method};
use serde::ser::{Serialize, Serializer};
use time::OffsetDateTime;

use crate::body::UserFields;
use crate::clock::rfc3339;
use crate::group::FakeGroup;
use crate::list;
use crate::path::Resource;
use crate::query::ListQuery;
use crate::reply::{Failure, Reply, json};
use crate::store::Store;
use crate::sub_account::FakeSubAccount;
use crate::user::{FakeUser, MASTER_ADMIN, NewUser};

/// What a request says, taken apart.
pub(crate) struct Call<'a> {
    pub(crate) method: &'a Method,
    pub(crate) resource: &'a Resource,
    pub(crate) query: &'a str,
    pub(crate) headers: &'a HeaderMap,
    pub(crate) body: &'a [u8],
}

/// What the account adds to it.
pub(crate) struct Context<'a> {
    pub(crate) account_id: &'a str,
    pub(crate) page_cap: Option<usize>,
    pub(crate) now: OffsetDateTime,
}

/// The methods of a resource, as the `allow` header lists them.
fn allowed(resource: &Resource) -> &'static str {
    match resource {
        Resource::Users => "GET, HEAD, POST",
        Resource::User(_) => "GET, HEAD, PUT, DELETE",
        Resource::UserGroups(_) | Resource::UserSubAccounts(_) => "GET, HEAD",
    }
}

pub(crate) fn check_method(method: &Method, resource: &Resource) -> Result<(), Failure> {
    let allow = allowed(resource);
    if allow.split(", ").any(|known| known == method.as_str()) {
        Ok(())
    } else {
        Err(Failure::method_not_allowed(allow))
    }
}

pub(crate) fn serve(store: &mut Store, context: &Context<'_>, call: &Call<'_>) -> Reply {
    // `check_method` has been here: what is none of the writing methods reads.
    match (call.resource, call.method) {
        (Resource::Users, &Method::POST) => create(store, context, call),
        (Resource::Users, _) => {
            let query = ListQuery::parse(call.query, context.page_cap)?;
            let users = list::select(store, &query)?;
            let users = users.into_iter().map(|user| View::new(store, context, user));
            json(&UsersReply { users: users.collect() })
        }
        (Resource::User(id), &Method::PUT) => update(store, context, call, id),
        (Resource::User(id), &Method::DELETE) => {
            store.remove_user(id).ok_or_else(|| Failure::no_user(id))?;
            json(&MessageReply { message: "ok" })
        }
        (Resource::User(id), _) => show(store, context, id),
        (Resource::UserGroups(id), _) => {
            store.user(id).ok_or_else(|| Failure::no_user(id))?;
            json(&GroupsReply { groups: store.groups_of(id).collect() })
        }
        (Resource::UserSubAccounts(id), _) => {
            let user = store.user(id).ok_or_else(|| Failure::no_user(id))?;
            json(&SubAccountsReply { sub_accounts: store.sub_accounts_of(user).collect() })
        }
    }
}

fn show(store: &Store, context: &Context<'_>, id: &str) -> Reply {
    let user = store.user(id).ok_or_else(|| Failure::no_user(id))?;
    json(&View::new(store, context, user))
}

fn create(store: &mut Store, context: &Context<'_>, call: &Call<'_>) -> Reply {
    let fields = UserFields::parse(call.headers, call.body)?;
    let missing = |name: &str| Failure::bad_request(format!("{name} is missing"));
    let name = fields.name.ok_or_else(|| missing("name"))?;
    let email = fields.email.ok_or_else(|| missing("email"))?;
    let mut new = NewUser::new(name, email);
    let role = fields.role.as_deref();
    if let Some(ids) = fields.sub_account_ids.filter(|_| role != Some(MASTER_ADMIN)) {
        check_sub_accounts(store, &ids)?;
        new = new.sub_account_ids(ids);
    }
    if let Some(role) = fields.role {
        new = new.role(role);
    }
    if let Some(enabled) = fields.enabled {
        new = new.enabled(enabled);
    }
    check_email_is_free(store, &new.email, None)?;
    let id = store.insert_user(new, context.now).id.clone();
    show(store, context, &id)
}

fn update(store: &mut Store, context: &Context<'_>, call: &Call<'_>, id: &str) -> Reply {
    let user = store.user(id).ok_or_else(|| Failure::no_user(id))?;
    let mut fields = UserFields::parse(call.headers, call.body)?;
    if fields.role.as_ref().unwrap_or(&user.role) == MASTER_ADMIN {
        fields.sub_account_ids = None;
    }
    if let Some(ids) = &fields.sub_account_ids {
        check_sub_accounts(store, ids)?;
    }
    if let Some(email) = &fields.email {
        check_email_is_free(store, email, Some(id))?;
    }
    store.change_user(id, |user| {
        let before = user.clone();
        apply(user, fields);
        if *user != before {
            user.updated_at = context.now;
        }
    });
    show(store, context, id)
}

fn apply(user: &mut FakeUser, fields: UserFields) {
    if let Some(name) = fields.name {
        user.name = name;
    }
    if let Some(email) = fields.email {
        user.email = email;
    }
    if let Some(enabled) = fields.enabled {
        user.enabled = enabled;
    }
    if let Some(ids) = fields.sub_account_ids {
        user.sub_account_ids = Some(ids);
    }
    if let Some(role) = fields.role {
        if role == MASTER_ADMIN {
            user.sub_account_ids = None;
        }
        user.role = role;
    }
}

fn check_sub_accounts(store: &Store, ids: &[String]) -> Result<(), Failure> {
    match ids.iter().find(|id| store.sub_account(id).is_none()) {
        Some(unknown) => Err(Failure::no_sub_account(unknown)),
        None => Ok(()),
    }
}

fn check_email_is_free(store: &Store, email: &str, owner: Option<&str>) -> Result<(), Failure> {
    match store.user_by_email(email) {
        Some(user) if owner != Some(user.id.as_str()) => {
            Err(Failure::conflict(format!("User with email {email} already exists")))
        }
        _ => Ok(()),
    }
}

#[derive(serde::Serialize)]
struct MessageReply {
    message: &'static str,
}

#[derive(serde::Serialize)]
struct GroupsReply<'a> {
    groups: Vec<&'a FakeGroup>,
}

#[derive(serde::Serialize)]
struct SubAccountsReply<'a> {
    sub_accounts: Vec<&'a FakeSubAccount>,
}

#[derive(serde::Serialize)]
struct UsersReply<'a> {
    users: Vec<View<'a>>,
}

/// A user as it goes over the wire: made while it is written, so that a list of everybody does not
/// hold everybody's texts twice.
struct View<'a> {
    store: &'a Store,
    account_id: &'a str,
    user: &'a FakeUser,
}

impl<'a> View<'a> {
    fn new(store: &'a Store, context: &Context<'a>, user: &'a FakeUser) -> Self {
        Self { store, account_id: context.account_id, user }
    }
}

impl Serialize for View<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let user = self.user;
        Fields {
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
            account_id: self.account_id,
            two_factor: user.two_factor,
            status: user.status(),
            root: user.root,
            technical_role: user.technical_role.as_deref(),
            group_count: self.store.group_count(&user.id),
            sub_account_count: self.store.sub_account_count(user),
        }
        .serialize(serializer)
    }
}

/// The 21 documented fields in their documented order.
#[derive(serde::Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "each is a field of the API")]
struct Fields<'a> {
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
}

#[derive(serde::Serialize)]
struct NoPreferences {}
