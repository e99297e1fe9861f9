//! A sample of every operation, for what holds for all of them.

use std::fmt::Debug;

use cloudinary_provisioning::catalog::{Entry, Kind, ResponseShape};
use cloudinary_provisioning::{
    Account, AssignmentChange, BuildError, JsonObject, Operation, PermissionType, PrincipalType, Safety, ScopeType,
    access_keys, agents, billing_usage, catalog, custom_policies, effective_policies, principals, product_environments,
    public, roles, system_policies, user_groups, users,
};
use cloudinary_provisioning_ureq::{Client, Error};
use http::{Request, Response};
use serde::Serialize;
use serde_json::{Value, json};
use time::macros::date;

/// An operation whose type does not matter.
pub trait Sample: Debug {
    /// Its `operationId`.
    fn id(&self) -> &'static str;

    /// What sending it again does.
    fn safety(&self) -> Safety;

    /// The path of its type.
    fn type_name(&self) -> &'static str;

    /// Its request.
    fn request(&self, account: &Account) -> Result<Request<Vec<u8>>, BuildError>;

    /// What it makes of a response: the value as JSON and as `Debug` prints it.
    fn read(&self, response: &Response<Vec<u8>>) -> Result<(Value, String), Error>;

    /// Makes calls that get nothing but this response, which have to end: see [`fuzz`](crate::fuzz).
    fn call(&self, response: &Response<Vec<u8>>);

    /// Sends it.
    fn send(&self, client: &Client) -> Result<(), Error>;
}

impl<O> Sample for O
where
    O: Operation<Output: Debug + PartialEq + Serialize> + Debug,
{
    fn id(&self) -> &'static str {
        Operation::id(self)
    }

    fn safety(&self) -> Safety {
        Operation::safety(self)
    }

    fn type_name(&self) -> &'static str {
        std::any::type_name::<O>()
    }

    fn request(&self, account: &Account) -> Result<Request<Vec<u8>>, BuildError> {
        account.request(self)
    }

    fn read(&self, response: &Response<Vec<u8>>) -> Result<(Value, String), Error> {
        let value = self.parse(response)?;
        Ok((serde_json::to_value(&value).expect("JSON"), format!("{value:?}")))
    }

    fn call(&self, response: &Response<Vec<u8>>) {
        crate::fuzz::call(self, response);
    }

    fn send(&self, client: &Client) -> Result<(), Error> {
        client.send(self).map(drop)
    }
}

/// A boxed sample.
pub type Boxed = Box<dyn Sample>;

/// The catalogue's entry of a sample.
pub fn entry(sample: &dyn Sample) -> &'static Entry {
    catalog().find(|entry| entry.id == sample.id()).expect("in the catalogue")
}

/// Every operation with every field set. `text` gives what stands in each field that holds any text.
#[rustfmt::skip]
pub fn samples(text: &dyn Fn(&'static str) -> String) -> Vec<Boxed> {
    fn boxed<O: Operation<Output: Debug + PartialEq + Serialize> + Debug + 'static>(operation: O) -> Boxed {
        Box::new(operation)
    }
    let t = text;
    let (day, prodenv) = (date!(2026 - 01 - 31), ScopeType::Prodenv);
    let object = || JsonObject::from_iter([("folder_id".to_owned(), json!("f1"))]);
    let pairs = || [("folder_id", "f1")];
    let (user, global) = (PrincipalType::User, PermissionType::Global);
    let principal = || principals::Principal::new("user", "u1");
    vec![
        boxed(users::List::new().pending(true).ids([t("ids")]).emails([t("emails")]).prefix(t("prefix"))
            .sub_account_id(t("sub_account_id")).last_login(true).from(day).to(day).union_type("include")
            .sort_order("asc").sort_by("name").page(2).page_size(50).status(t("status"))),
        boxed(users::Create::new(t("name"), t("email")).role("admin").sub_account_ids([t("sub_account_ids")]).enabled(true)),
        boxed(users::Get::new(t("user_id"))),
        boxed(users::Update::new(t("user_id")).name(t("name")).email(t("email")).role("admin")
            .sub_account_ids([t("sub_account_ids")]).enabled(true)),
        boxed(users::Delete::new(t("user_id"))),
        boxed(users::GetGroups::new(t("user_id"))),
        boxed(users::ListSubAccounts::new(t("user_id"))),
        boxed(user_groups::List::new().extended_details(true)),
        boxed(user_groups::Create::new(t("name")).extended_details(true)),
        boxed(user_groups::Get::new(t("group_id")).extended_details(true)),
        boxed(user_groups::Update::new(t("group_id")).name(t("name")).extended_details(true)),
        boxed(user_groups::Delete::new(t("group_id"))),
        boxed(user_groups::ListUsers::new(t("group_id"))),
        boxed(user_groups::AddUser::new(t("group_id"), t("user_id"))),
        boxed(user_groups::RemoveUser::new(t("group_id"), t("user_id"))),
        boxed(product_environments::List::new().enabled(true).ids([t("ids")]).cloud_names([t("cloud_names")]).prefix(t("prefix"))),
        boxed(product_environments::Create::new(t("name")).cloud_name(t("cloud_name"))
            .base_sub_account_id(t("base_sub_account_id")).custom_attributes(object()).enabled(true)),
        boxed(product_environments::Get::new(t("sub_account_id"))),
        boxed(product_environments::Update::new(t("sub_account_id")).name(t("name")).cloud_name(t("cloud_name"))
            .custom_attributes(object()).enabled(true)),
        boxed(product_environments::Delete::new(t("sub_account_id"))),
        boxed(access_keys::List::new(t("sub_account_id")).page_size(50).page(2).sort_by("name").sort_order("asc")),
        boxed(access_keys::Generate::new(t("sub_account_id")).name(t("name")).enabled(true)),
        boxed(access_keys::DeleteByName::new(t("sub_account_id"), t("name"))),
        boxed(access_keys::Update::new(t("sub_account_id"), t("key")).name(t("name")).enabled(true).dedicated_for("webhooks")),
        boxed(access_keys::Delete::new(t("sub_account_id"), t("key"))),
        boxed(billing_usage::Get::new().year(2026).include_prodenv_breakdown(true)),
        boxed(roles::List::new(global.clone()).scope_type("account").management_type("custom").policy_parameters(["folder_id"])),
        boxed(roles::Create::new(global.clone(), prodenv.clone(), t("name")).id(t("id")).description(t("description"))
            .system_policy_ids([t("system_policy_ids")])),
        boxed(roles::Get::new(t("role_id")).folder_id(t("folder_id")).asset_id(t("asset_id")).collection_id(t("collection_id"))
            .params(pairs())),
        boxed(roles::Update::new(t("role_id"), t("name")).description(t("description")).system_policy_ids([t("system_policy_ids")])),
        boxed(roles::Delete::new(t("role_id")).force(true)),
        boxed(roles::ListPrincipals::new(t("role_id")).scope_type("prodenv").scope_id(t("scope_id")).verbose(true)
            .folder_id(t("folder_id")).asset_id(t("asset_id")).collection_id(t("collection_id")).params(pairs())),
        boxed(roles::UpdatePrincipals::new(t("role_id"), AssignmentChange::Add,
            [roles::AssignedPrincipal::new("user", "u1").scope_id("s1").policy_parameters(object())])),
        boxed(principals::ListRoles::new(user.clone(), t("principal_id"), global.clone()).management_type("custom")
            .scope_type("prodenv").scope_id(t("scope_id")).folder_id(t("folder_id")).asset_id(t("asset_id"))
            .collection_id(t("collection_id")).params(pairs())),
        boxed(principals::UpdateRoles::new("add", principal(),
            [principals::AssignedRole::new("r1").scope_id("s1").policy_parameters(object())])),
        boxed(principals::Inspect::new(prodenv.clone()).scope_id(t("scope_id")).principal_type("user")
            .principal_id(t("principal_id")).folder_id(t("folder_id")).asset_id(t("asset_id"))
            .collection_id(t("collection_id")).params(pairs()).cursor(t("cursor"))),
        boxed(principals::InspectMultiple::new(prodenv.clone(), [principal()]).scope_id(t("scope_id"))
            .policy_parameters(object()).cursor(t("cursor"))),
        boxed(custom_policies::List::new().scope_type("prodenv").scope_id(t("scope_id")).enabled(true).cursor(t("cursor"))),
        boxed(custom_policies::Create::new(t("policy_statement"), prodenv.clone(), t("name")).description(t("description"))
            .scope_id(t("scope_id")).enabled(true)),
        boxed(custom_policies::Get::new(t("policy_id"))),
        boxed(custom_policies::Update::new(t("policy_id"), t("policy_statement"), prodenv.clone(), t("name"), true)
            .description(t("description")).scope_id(t("scope_id"))),
        boxed(custom_policies::Delete::new(t("policy_id"))),
        boxed(system_policies::List::new().permission_type("global").scope_type("account")),
        boxed(effective_policies::List::new().scope_type("prodenv").scope_id(t("scope_id")).principal_type("user")
            .principal_id(t("principal_id"))),
        boxed(public::GetCatalog::new()),
        boxed(public::ValidatePolicy::new(t("policy"))),
        boxed(public::GetSchema::new()),
        boxed(agents::CreateAccount::new(t("email"), "framework", "model", "goal").sdk_framework("sdk")),
        boxed(agents::CreateCloud::new().delivery_ips(["requester_ip"]).email(t("email")).agent_framework("framework")
            .agent_llm_model("model").agent_goal("goal").sdk_framework("sdk")),
    ]
}

/// What stands in a field that takes any text, unless something else is tried there.
pub fn ordinary(field: &str) -> String {
    format!("the-{field}")
}

/// Every operation with every field set to something ordinary.
pub fn all() -> Vec<Boxed> {
    samples(&ordinary)
}

/// A body that a response of this shape may have, with every field set.
pub fn body(shape: &ResponseShape) -> Value {
    in_envelope(shape, value(&shape.kind))
}

/// A body that holds the value where a response of this shape has it.
pub fn in_envelope(shape: &ResponseShape, value: Value) -> Value {
    shape.keys.iter().rev().fold(value, |body, key| json!({*key: body}))
}

/// What a field of this kind may hold, with every field of a record set, and one of a later version of the service.
pub fn value(kind: &Kind) -> Value {
    match kind {
        Kind::Boolean => json!(true),
        Kind::Integer | Kind::Number => json!(1),
        Kind::Time | Kind::Date => json!("2026-11-23"),
        Kind::Object => json!({"x": 1}),
        Kind::List(kind) => json!([value(kind), value(kind)]),
        Kind::Record(fields) => {
            let fields = fields.iter().map(|field| (field.name.to_owned(), value(&field.kind)));
            fields.chain([("secret_of_tomorrow".to_owned(), json!(SECRET))]).collect()
        }
        Kind::Secret => json!(SECRET),
        _ => json!("x"),
    }
}

/// What [`value`] has in a field that must not be shown.
pub const SECRET: &str = "body-MARK/7+8?é";
