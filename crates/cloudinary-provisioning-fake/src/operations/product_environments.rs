//! Product environments, also called sub-accounts.

use std::collections::{BTreeMap, HashMap};

use serde::Serialize;
use serde_json::{Map, Value};
use time::OffsetDateTime;

use crate::base::clock::rfc3339;
use crate::base::switch::Switch;
use crate::operations::access_keys::{self, EnvironmentKey};
use crate::operations::principals;
use crate::operations::users::{lowercase, starts_with};
use crate::policy::permissions::PrincipalType;
use crate::reply::answer::{Answer, Failure, message_ok, ok};
use crate::request::fields::Fields;
use crate::state::State;

/// From so many assets on an environment can neither be deleted nor get another cloud name.
const MANY_ASSETS: u64 = 1000;

/// A product environment (sub-account) of a [`FakeAccount`](crate::FakeAccount).
///
/// ```
/// use cloudinary_provisioning_fake::{FakeAccount, NewSubAccount};
///
/// let account = FakeAccount::new("acc", "key", "secret")
///     .with_sub_account(NewSubAccount::new("Staging").id("s1").enabled(false));
/// let staging = account.sub_account("s1").unwrap();
/// assert_eq!(staging.name, "Staging");
/// assert_eq!(staging.cloud_name, "Staging");
/// assert!(!staging.enabled);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct FakeSubAccount {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its description, if it has one.
    pub description: Option<String>,
    /// The name of its cloud.
    pub cloud_name: String,
    /// Whether it is enabled.
    pub enabled: bool,
    /// Its custom attributes, if it has any.
    pub custom_attributes: Option<Map<String, Value>>,
    /// The number of its assets.
    pub assets: u64,
    /// When it was created.
    pub created_at: OffsetDateTime,
    /// When a request last changed it.
    pub updated_at: OffsetDateTime,
    /// Whether a request made it, so that the provisioning key may lack rights on it.
    pub(crate) made_by_request: bool,
}

/// A product environment (sub-account) to add to a [`FakeAccount`](crate::FakeAccount).
///
/// ```
/// use cloudinary_provisioning_fake::{FakeAccount, NewSubAccount};
///
/// let mut account = FakeAccount::new("acc", "key", "secret");
/// let id = account.add_sub_account(
///     NewSubAccount::new("Production").cloud_name("prod").description("the shop"),
/// );
/// assert_eq!(account.sub_account(&id).unwrap().cloud_name, "prod");
/// ```
#[derive(Clone, Debug)]
pub struct NewSubAccount {
    id: Option<String>,
    name: String,
    description: Option<String>,
    cloud_name: Option<String>,
    enabled: bool,
    custom_attributes: Option<Map<String, Value>>,
    assets: u64,
}

impl NewSubAccount {
    /// Creates an enabled product environment. Its cloud name is derived from its name unless it is set.
    pub fn new(name: impl Into<String>) -> Self {
        Self {
            id: None,
            name: name.into(),
            description: None,
            cloud_name: None,
            enabled: true,
            custom_attributes: None,
            assets: 0,
        }
    }

    /// Sets its id. A generated one is the default.
    pub fn id(mut self, id: impl Into<String>) -> Self {
        self.id = Some(id.into());
        self
    }

    /// Sets its cloud name.
    pub fn cloud_name(mut self, cloud_name: impl Into<String>) -> Self {
        self.cloud_name = Some(cloud_name.into());
        self
    }

    /// Sets its description.
    pub fn description(mut self, description: impl Into<String>) -> Self {
        self.description = Some(description.into());
        self
    }

    /// Sets whether it is enabled.
    pub fn enabled(mut self, enabled: bool) -> Self {
        self.enabled = enabled;
        self
    }

    /// Adds a custom attribute.
    pub fn custom_attribute(mut self, name: impl Into<String>, value: impl Into<Value>) -> Self {
        self.custom_attributes.get_or_insert_default().insert(name.into(), value.into());
        self
    }

    /// Sets the number of its assets. With 1,000 or more it can neither be deleted nor get another cloud name.
    pub fn assets(mut self, count: u64) -> Self {
        self.assets = count;
        self
    }

    fn build(self, id: String, now: OffsetDateTime) -> FakeSubAccount {
        FakeSubAccount {
            id,
            cloud_name: self.cloud_name.unwrap_or_else(|| cloud_name_from(&self.name)),
            name: self.name,
            description: self.description,
            enabled: self.enabled,
            custom_attributes: self.custom_attributes,
            assets: self.assets,
            created_at: now,
            updated_at: now,
            made_by_request: false,
        }
    }
}

/// Derives a cloud name from a display name: what a cloud name cannot hold becomes a hyphen (live, PHP).
fn cloud_name_from(name: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || c == '-' { c } else { '-' };
    name.chars().map(plain).collect()
}

/// All product environments, in the order of creation.
#[derive(Clone, Debug, Default)]
pub(crate) struct ProductEnvironments {
    environments: BTreeMap<u64, FakeSubAccount>,
    places: u64,
    by_id: HashMap<String, u64>,
    /// Every cloud name that was ever used, in lower case, with the id of the environment that used it, if it is of this
    /// account: they stay taken (live, Go), except for that environment itself.
    cloud_names: HashMap<String, Option<String>>,
}

impl ProductEnvironments {
    pub(crate) fn iter(&self) -> impl DoubleEndedIterator<Item = &FakeSubAccount> {
        self.environments.values()
    }

    pub(crate) fn len(&self) -> usize {
        self.environments.len()
    }

    pub(crate) fn get(&self, id: &str) -> Option<&FakeSubAccount> {
        self.environments.get(self.by_id.get(id)?)
    }

    fn get_mut(&mut self, id: &str) -> Option<&mut FakeSubAccount> {
        self.environments.get_mut(self.by_id.get(id)?)
    }

    pub(crate) fn take_cloud_name(&mut self, name: &str) {
        self.cloud_names.insert(lowercase(name), None);
    }

    fn insert(&mut self, environment: FakeSubAccount) {
        self.cloud_names.insert(lowercase(&environment.cloud_name), Some(environment.id.clone()));
        let place = *self.by_id.entry(environment.id.clone()).or_insert(self.places);
        if place == self.places {
            self.places += 1;
        }
        self.environments.insert(place, environment);
    }

    fn remove(&mut self, id: &str) -> Option<FakeSubAccount> {
        self.environments.remove(&self.by_id.remove(id)?)
    }
}

/// Adds an environment with its Root key. One with the same id is replaced.
pub(crate) fn insert(state: &mut State, new: NewSubAccount) -> String {
    let id = match &new.id {
        Some(id) => id.clone(),
        None => state.ids.free_id(|id| state.environments.by_id.contains_key(id)),
    };
    let now = state.now();
    state.environments.insert(new.build(id.clone(), now));
    access_keys::insert_root(state, &id);
    id
}

/// Removes an environment with all its keys, policies and assignments.
pub(crate) fn remove(state: &mut State, id: &str) -> Option<FakeSubAccount> {
    let environment = state.environments.remove(id)?;
    for key in state.access_keys.forget_environment(id) {
        state.principals.forget(PrincipalType::ApiKey, &key.api_key);
    }
    state.principals.forget_environment(id);
    state.custom_policies.forget_environment(id);
    state.users.forget_environment(id);
    Some(environment)
}

/// Finds an environment, and checks that the provisioning key may do this with it.
pub(crate) fn find<'a>(state: &'a State, id: &str, action: &str) -> Result<&'a FakeSubAccount, Failure> {
    let environment = state.environments.get(id).ok_or_else(|| Failure::no_sub_account(id))?;
    let unknown = state.is_on(Switch::NewEnvironmentsForbidden) && environment.made_by_request;
    if unknown && !principals::provisioning_key_has_role(state, id) {
        return Err(Failure::forbidden(format!(
            "[prodenv:{id}] Request forbidden due to missing permissions (actions=[\"{action}\"])"
        )));
    }
    Ok(environment)
}

pub(crate) fn handle(state: &mut State, operation: &str, fields: &Fields) -> Answer {
    let id = fields.path("sub_account_id");
    match operation {
        "getProductEnvironments" => list(state, fields),
        "createProductEnvironment" => create(state, fields),
        "getProductEnvironment" => ok(&View::new(state, find(state, id, "read")?)),
        "updateProductEnvironment" => update(state, id, fields),
        "deleteProductEnvironment" => {
            if find(state, id, "delete")?.assets >= MANY_ASSETS {
                return Err(Failure::bad_request(format!(
                    "A product environment with {MANY_ASSETS} assets or more cannot be deleted"
                )));
            }
            remove(state, id);
            message_ok()
        }
        _ => Err(Failure::not_built(operation)),
    }
}

fn list(state: &State, fields: &Fields) -> Answer {
    let (ids, cloud_names) = (fields.texts("ids"), fields.texts("cloud_names"));
    let alone = ids.is_some() && state.is_on(Switch::IdsWithoutOtherFilters);
    let (enabled, prefix) = (fields.boolean("enabled"), fields.text("prefix").map(lowercase));
    let others = |environment: &FakeSubAccount| {
        enabled.is_none_or(|enabled| environment.enabled == enabled)
            && prefix.as_ref().is_none_or(|prefix| starts_with(&environment.name, prefix))
            && cloud_names
                .as_ref()
                .is_none_or(|names| names.iter().any(|name| environment.cloud_name.eq_ignore_ascii_case(name)))
    };
    let listed = state.environments.iter().filter(|environment| {
        ids.as_ref().is_none_or(|ids| ids.contains(&environment.id.as_str())) && (alone || others(environment))
    });
    ok(&ListResponse { sub_accounts: listed.map(|environment| View::new(state, environment)).collect() })
}

fn create(state: &mut State, fields: &Fields) -> Answer {
    let name = fields.text("name").unwrap_or("");
    check_name(name)?;
    let cloud_name = match fields.text("cloud_name") {
        Some(given) => check_cloud_name(state, given)?,
        None => cloud_name_from(name),
    };
    check_cloud_name_is_free(state, &cloud_name, None)?;
    if let Some(base) = fields.text("base_sub_account_id").filter(|base| !base.is_empty()) {
        // In lower case (live, Java), and a 400, as the description has no 404 here.
        state
            .environments
            .get(base)
            .ok_or_else(|| Failure::bad_request(format!("cannot find sub account with id {base}")))?;
    }
    let enabled = fields.boolean("enabled").filter(|_| state.is_on(Switch::EnabledOnCreate)).unwrap_or(true);
    let id = insert(state, NewSubAccount::new(name).cloud_name(cloud_name).enabled(enabled));
    let edge_key = state.ids.next_secret();
    let Some(environment) = state.environments.get_mut(&id) else {
        return Err(Failure::no_sub_account(&id));
    };
    environment.made_by_request = true;
    environment.custom_attributes = fields.object("custom_attributes").cloned();
    let environment = environment.clone();
    let mut view = View::new(state, &environment);
    view.api_access_keys = access_keys::of_environment(state, &id, true);
    view.more = view.more.map(|more| More { edge_key: Some(edge_key), ..more });
    ok(&view)
}

fn update(state: &mut State, id: &str, fields: &Fields) -> Answer {
    let before = find(state, id, "update")?.clone();
    let mut after = before.clone();
    if let Some(name) = fields.text("name") {
        check_name(name)?;
        name.clone_into(&mut after.name);
    }
    if let Some(given) = fields.text("cloud_name") {
        let cloud_name = check_cloud_name(state, given)?;
        if lowercase(&cloud_name) != lowercase(&before.cloud_name) {
            check_cloud_name_is_free(state, &cloud_name, Some(id))?;
            if before.assets >= MANY_ASSETS {
                return Err(Failure::bad_request(format!(
                    "The cloud name of a product environment with {MANY_ASSETS} assets or more cannot be changed"
                )));
            }
        }
        after.cloud_name = cloud_name;
    }
    if let Some(enabled) = fields.boolean("enabled") {
        after.enabled = enabled;
    }
    // As a whole: attributes that are not named are gone.
    if let Some(attributes) = fields.object("custom_attributes") {
        after.custom_attributes = Some(attributes.clone());
    }
    if after != before {
        after.updated_at = state.now();
        state.environments.insert(after.clone());
    }
    ok(&View::new(state, &after))
}

fn check_name(name: &str) -> Result<(), Failure> {
    if name.trim().is_empty() { Err(Failure::invalid("name", "must not be empty")) } else { Ok(()) }
}

/// Letters, digits, hyphens and underscores; the latter become hyphens (live, PHP).
fn check_cloud_name(state: &State, given: &str) -> Result<String, Failure> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if given.is_empty() || !given.chars().all(allowed) {
        return Err(Failure::invalid("cloud_name", format!("must consist of letters, digits, - and _, not {given:?}")));
    }
    if state.is_on(Switch::UnderscoresInCloudNames) { Ok(given.to_owned()) } else { Ok(given.replace('_', "-")) }
}

/// A former name of the environment itself is free for it.
fn check_cloud_name_is_free(state: &State, cloud_name: &str, environment: Option<&str>) -> Result<(), Failure> {
    let taken = state.environments.cloud_names.get(&lowercase(cloud_name));
    if taken.is_some_and(|of| of.is_none() || of.as_deref() != environment) {
        // What the service says (live, Go).
        return Err(Failure::conflict("Customers is invalid"));
    }
    Ok(())
}

#[derive(Serialize)]
struct ListResponse<'a> {
    sub_accounts: Vec<View<'a>>,
}

/// The documented fields in their documented order, and those that live tests saw besides.
#[derive(Serialize)]
struct View<'a> {
    cloud_name: &'a str,
    name: &'a str,
    enabled: bool,
    id: &'a str,
    api_access_keys: Vec<EnvironmentKey<'a>>,
    created_at: String,
    updated_at: String,
    #[serde(flatten)]
    more: Option<More<'a>>,
}

#[derive(Serialize)]
struct More<'a> {
    description: Option<&'a str>,
    custom_attributes: Option<&'a Map<String, Value>>,
    /// Of a new environment alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    edge_key: Option<String>,
}

impl<'a> View<'a> {
    fn new(state: &'a State, environment: &'a FakeSubAccount) -> Self {
        let more = More {
            description: environment.description.as_deref(),
            custom_attributes: environment.custom_attributes.as_ref(),
            edge_key: None,
        };
        Self {
            cloud_name: &environment.cloud_name,
            name: &environment.name,
            enabled: environment.enabled,
            id: &environment.id,
            api_access_keys: access_keys::of_environment(state, &environment.id, false),
            created_at: rfc3339(environment.created_at),
            updated_at: rfc3339(environment.updated_at),
            more: (!state.is_on(Switch::EnvironmentsAsDocumented)).then_some(more),
        }
    }
}
