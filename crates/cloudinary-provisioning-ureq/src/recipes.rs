//! Recipes: what an account administrator does by hand, as short functions to copy.
//!
//! | task | recipe |
//! |---|---|
//! | give a program an access key | [A key that can do something](#a-key-that-can-do-something) |
//! | replace an access key | [Rotate a key without downtime](#rotate-a-key-without-downtime) |
//! | create a product environment | [A new environment, with rights for your own key](#a-new-environment-with-rights-for-your-own-key) |
//! | remove somebody who leaves | [Offboarding](#offboarding) |
//! | list who can do what | [Access review](#access-review) |
//! | find unused users | [Who has not logged in since](#who-has-not-logged-in-since) |
//! | split the bill | [Usage per product environment](#usage-per-product-environment) |
//! | keep a custom policy in source control | [Apply a policy](#apply-a-policy) |
//! | keep users as a directory has them | [Detect drift without false alarms](#detect-drift-without-false-alarms) |
//! | find an environment, a role or a key | [Find by name](#find-by-name) |
//! | create what may be there already | [Create or get](#create-or-get) |
//!
//! Every recipe is tested against an account in memory, of the crate `cloudinary-provisioning-fake`. Roles and policies are
//! named by the ids that the service's own documentation uses; list yours with
//! [`roles::List`](crate::roles::List).
//!
//! # A key that can do something
//!
//! A new access key has no permissions until a role is assigned to it. The role applies to the key's own product
//! environment here; the scope id `all` means every one.
//!
//! ```
//! use cloudinary_provisioning_ureq::access_keys::{self, AccessKey};
//! use cloudinary_provisioning_ureq::principals::{AssignedRole, Principal, UpdateRoles};
//! use cloudinary_provisioning_ureq::{
//!     AssignmentChange, Client, Error, PrincipalType, SubAccountId,
//! };
//!
//! /// Generates an access key with a role. No key is left behind where that fails.
//! fn key_with_role(
//!     client: &Client,
//!     environment: &SubAccountId,
//!     name: &str,
//!     role: &str,
//! ) -> Result<AccessKey, Error> {
//!     let generate = access_keys::Generate::new(environment).name(name);
//!     let key = client.call(generate).recover().send()?;
//!     let principal = Principal::new(PrincipalType::ApiKey, key.api_key.as_str());
//!     let role = AssignedRole::new(role).scope_id(environment.as_str());
//!     match client.send(UpdateRoles::new(AssignmentChange::Add, principal, [role])) {
//!         Ok(()) => Ok(key),
//!         Err(error) => {
//!             client.send(access_keys::Delete::new(environment, &key.api_key))?;
//!             Err(error)
//!         }
//!     }
//! }
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # use cloudinary_provisioning_fake::{FakeAccount, FakeServer, NewSubAccount, Principal as Fake};
//! # use cloudinary_provisioning_ureq::Account;
//! # let fake = FakeAccount::new("acc", "key", "secret").with_sub_account(NewSubAccount::new("Shop").id("s1"));
//! # let server = FakeServer::start(fake)?;
//! # let account = Account::from_url(&server.account_url())?;
//! # let client = Client::new(account);
//! # let key = key_with_role(&client, &"s1".into(), "ci", "cld::role::prodenv::admin")?;
//! # assert!(key.api_secret.is_some());
//! # let api_key = Fake::api_key(key.api_key.as_str());
//! # assert_eq!(server.with(|fake| fake.assignments_of(&api_key).count()), 1);
//! # let failed = key_with_role(&client, &"s1".into(), "other", "no such role").unwrap_err();
//! # assert!(failed.status().is_some());
//! # assert!(server.with(|fake| fake.access_keys("s1").all(|key| key.name != "other")));
//! # Ok(())
//! # }
//! ```
//!
//! Store the secret before doing anything else with the key: the service may not return it again.
//!
//! # Rotate a key without downtime
//!
//! Generate a key with the roles of the old one, switch every program over, disable the old key and watch, then delete
//! it. A key that is set aside, such as for signing webhooks, hands this over to the new one. One report says that the
//! service ignores a request to disable a key, so compare the response with the request.
//!
//! ```
//! use cloudinary_provisioning_ureq::access_keys::{self, AccessKey};
//! use cloudinary_provisioning_ureq::principals::{
//!     AssignedRole, ListRoles, Principal, UpdateRoles,
//! };
//! use cloudinary_provisioning_ureq::{
//!     ApiKey, AssignmentChange, Client, Error, PermissionType, PrincipalType, SubAccountId,
//! };
//!
//! /// Generates an access key with the roles of another one.
//! fn key_like(
//!     client: &Client,
//!     environment: &SubAccountId,
//!     old: &ApiKey,
//!     name: &str,
//! ) -> Result<AccessKey, Error> {
//!     let lists = [PermissionType::Global, PermissionType::Content]
//!         .map(|kind| ListRoles::new(PrincipalType::ApiKey, old.as_str(), kind));
//!     let mut roles = Vec::new();
//!     for (_, found) in client.send_all(lists).in_order() {
//!         for role in found? {
//!             let mut assigned = AssignedRole::new(role.id);
//!             if let Some(scope_id) = role.scope_id {
//!                 assigned = assigned.scope_id(scope_id);
//!             }
//!             if let Some(content) = role.policy_parameters {
//!                 assigned = assigned.policy_parameters(content);
//!             }
//!             roles.push(assigned);
//!         }
//!     }
//!     let generate = access_keys::Generate::new(environment).name(name);
//!     let new = client.call(generate).recover().send()?;
//!     if !roles.is_empty() {
//!         let principal = Principal::new(PrincipalType::ApiKey, new.api_key.as_str());
//!         client.send(UpdateRoles::new(AssignmentChange::Add, principal, roles))?;
//!     }
//!     Ok(new)
//! }
//!
//! /// Sets a key aside for whatever another one is set aside for.
//! fn take_over(
//!     client: &Client,
//!     environment: &SubAccountId,
//!     old: &ApiKey,
//!     new: &ApiKey,
//! ) -> Result<(), Error> {
//!     let keys = client.send(access_keys::List::new(environment))?.access_keys;
//!     let old = keys.into_iter().find(|key| key.api_key == *old);
//!     for purpose in old.and_then(|key| key.dedicated_for).unwrap_or_default() {
//!         client.send(access_keys::Update::new(environment, new).dedicated_for(purpose))?;
//!     }
//!     Ok(())
//! }
//!
//! /// Disables an access key, and returns whether it is disabled now.
//! fn disable(
//!     client: &Client,
//!     environment: &SubAccountId,
//!     key: &ApiKey,
//! ) -> Result<bool, Error> {
//!     let update = access_keys::Update::new(environment, key).enabled(false);
//!     Ok(client.send(update)?.enabled == Some(false))
//! }
//! # fn deploy(_: &AccessKey) {}
//! # fn all_is_well() -> bool { true }
//!
//! fn rotate(
//!     client: &Client,
//!     environment: &SubAccountId,
//!     old: &ApiKey,
//! ) -> Result<(), Error> {
//!     let new = key_like(client, environment, old, "uploads-2")?;
//!     deploy(&new);
//!     take_over(client, environment, old, &new.api_key)?;
//!     if disable(client, environment, old)? && !all_is_well() {
//!         // Something still uses the old key. It works again as soon as it is enabled.
//!         client.send(access_keys::Update::new(environment, old).enabled(true))?;
//!         return Ok(());
//!     }
//!     client.send(access_keys::Delete::new(environment, old))?;
//!     Ok(())
//! }
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # use cloudinary_provisioning_fake::{FakeAccount, FakeServer, NewAccessKey, NewAssignment, NewSubAccount};
//! # use cloudinary_provisioning_fake::Principal as Fake;
//! # use cloudinary_provisioning_ureq::Account;
//! # let fake = FakeAccount::new("acc", "key", "secret")
//! #     .with_sub_account(NewSubAccount::new("Shop").id("s1"))
//! #     .with_access_key("s1", NewAccessKey::new("uploads").api_key("814").dedicated_for("webhooks"))
//! #     .with_assignment(Fake::api_key("814"), NewAssignment::new("cld::role::prodenv::viewer").in_environment("s1"))
//! #     .with_assignment(
//! #         Fake::api_key("814"),
//! #         NewAssignment::new("cld::role::folder::viewer").in_environment("s1").parameter("folder_id", "f1"),
//! #     );
//! # let server = FakeServer::start(fake)?;
//! # let account = Account::from_url(&server.account_url())?;
//! # rotate(&Client::new(account), &"s1".into(), &"814".into())?;
//! # server.with(|fake| {
//! #     assert!(fake.access_key("s1", "814").is_none());
//! #     let new = fake.access_keys("s1").find(|key| key.name == "uploads-2").unwrap();
//! #     assert_eq!(new.dedicated_for, ["webhooks"]);
//! #     let roles: Vec<_> = fake.assignments_of(&Fake::api_key(&new.api_key)).map(|role| role.role_id.clone()).collect();
//! #     assert_eq!(roles, ["cld::role::prodenv::viewer", "cld::role::folder::viewer"]);
//! # });
//! # Ok(())
//! # }
//! ```
//!
//! # A new environment, with rights for your own key
//!
//! On an account with roles, a provisioning key has no permissions on a product environment that it has just created: a
//! read or an update is a 403 until a role is assigned to the key.
//!
//! ```
//! use cloudinary_provisioning_ureq::principals::{AssignedRole, Principal, UpdateRoles};
//! use cloudinary_provisioning_ureq::product_environments::{self, ProductEnvironment};
//! use cloudinary_provisioning_ureq::{AssignmentChange, Client, Error, PrincipalType};
//!
//! fn new_environment(
//!     client: &Client,
//!     name: &str,
//!     cloud_name: &str,
//! ) -> Result<ProductEnvironment, Error> {
//!     let create = product_environments::Create::new(name).cloud_name(cloud_name);
//!     let environment = client.call(create).recover().send()?;
//!     let own_key =
//!         Principal::new(PrincipalType::ProvisioningKey, client.account().key());
//!     let admin = AssignedRole::new("cld::role::prodenv::admin")
//!         .scope_id(environment.id.as_str());
//!     client.send(UpdateRoles::new(AssignmentChange::Add, own_key, [admin]))?;
//!     Ok(environment)
//! }
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # use cloudinary_provisioning_fake::{FakeAccount, FakeServer, Switch};
//! # use cloudinary_provisioning_ureq::Account;
//! # let fake = FakeAccount::new("acc", "key", "secret").with_switch(Switch::NewEnvironmentsForbidden);
//! # let server = FakeServer::start(fake)?;
//! # let account = Account::from_url(&server.account_url())?;
//! # let client = Client::new(account);
//! # let other = client.send(product_environments::Create::new("Other"))?;
//! # assert!(client.send(product_environments::Get::new(&other.id)).unwrap_err().is_forbidden());
//! # let shop = new_environment(&client, "Shop", "shop")?;
//! # assert_eq!(client.send(product_environments::Get::new(&shop.id))?.cloud_name.as_deref(), Some("shop"));
//! # Ok(())
//! # }
//! ```
//!
//! The response holds the environment's first access key with its secret, in
//! [`api_access_keys`](crate::product_environments::ProductEnvironment::api_access_keys).
//!
//! # Offboarding
//!
//! Access keys belong to product environments, not to people: a key keeps working when the person who has a copy of it
//! leaves. So collect the keys that the user could see, take the user out of the groups, delete the user, and rotate the
//! keys.
//!
//! ```
//! use cloudinary_provisioning_ureq::{ApiKey, Client, Error, SubAccountId};
//! use cloudinary_provisioning_ureq::{access_keys, user_groups, users};
//!
//! /// Deletes a user, and returns the enabled access keys that the user could see.
//! fn offboard(
//!     client: &Client,
//!     email: &str,
//! ) -> Result<Vec<(SubAccountId, ApiKey)>, Error> {
//!     let mut keys = Vec::new();
//!     for user in client.send(users::List::new().emails([email]))? {
//!         let environments = client.send(users::ListSubAccounts::new(&user.id))?;
//!         let lists = environments.into_iter().map(|it| access_keys::List::new(it.id));
//!         for (list, found) in client.send_all(lists) {
//!             let enabled =
//!                 found?.access_keys.into_iter().filter(|key| key.enabled != Some(false));
//!             keys.extend(enabled.map(|key| (list.sub_account_id().clone(), key.api_key)));
//!         }
//!         let groups = client.send(users::GetGroups::new(&user.id))?;
//!         let leave = groups.into_iter().map(|it| user_groups::RemoveUser::new(it.id, &user.id));
//!         for (_, left) in client.send_all(leave) {
//!             left?;
//!         }
//!         client.send(users::Delete::new(&user.id))?;
//!     }
//!     Ok(keys)
//! }
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # use cloudinary_provisioning_fake::{FakeAccount, FakeServer, NewAccessKey, NewGroup, NewSubAccount, NewUser};
//! # use cloudinary_provisioning_ureq::Account;
//! # let fake = FakeAccount::new("acc", "key", "secret")
//! #     .with_sub_account(NewSubAccount::new("Shop").id("s1"))
//! #     .with_sub_account(NewSubAccount::new("Blog").id("s2"))
//! #     .with_access_key("s1", NewAccessKey::new("uploads").api_key("814"))
//! #     .with_access_key("s1", NewAccessKey::new("old").api_key("815").enabled(false))
//! #     .with_user(NewUser::new("John", "john@example.com").id("u1").sub_account_ids(["s1"]))
//! #     .with_user(NewUser::new("Jane", "jane@example.com").id("u2"))
//! #     .with_group(NewGroup::new("Editors").id("g1").members(["u1", "u2"]));
//! # let server = FakeServer::start(fake)?;
//! # let account = Account::from_url(&server.account_url())?;
//! # let keys = offboard(&Client::new(account), "john@example.com")?;
//! # assert!(keys.contains(&("s1".into(), "814".into())));
//! # assert!(keys.iter().all(|(environment, key)| environment == "s1" && key != "815"));
//! # server.with(|fake| assert!(fake.user("u1").is_none() && fake.user("u2").is_some()));
//! # Ok(())
//! # }
//! ```
//!
//! # Access review
//!
//! Who has which role in which product environment, with the members of a group in the group's place. The older `role` of
//! a user is a field of [`User`](crate::users::User). It takes one call for the product environments, one for all groups
//! with their members, and one for each page of a product environment's principals, as many at a time as there are
//! workers.
//!
//! ```
//! use std::collections::HashMap;
//!
//! use cloudinary_provisioning_ureq::principals::Inspect;
//! use cloudinary_provisioning_ureq::product_environments::{self, ProductEnvironment};
//! use cloudinary_provisioning_ureq::user_groups::{self, UserGroup};
//! use cloudinary_provisioning_ureq::{Client, Error, Pager, PrincipalType, ScopeType};
//!
//! enum Fact {
//!     Environments(Vec<ProductEnvironment>),
//!     Groups(Vec<UserGroup>),
//! }
//!
//! /// Prints lines of cloud name, role, and principal.
//! fn review(client: &Client, mut print: impl FnMut(String)) -> Result<(), Error> {
//!     let (mut lists, mut members) = (Vec::new(), HashMap::new());
//!     let reads = [
//!         product_environments::List::new().map(Fact::Environments),
//!         user_groups::List::new().extended_details(true).map(Fact::Groups),
//!     ];
//!     for (_, fact) in client.send_all(reads) {
//!         match fact? {
//!             Fact::Environments(environments) => lists.extend(environments.into_iter().map(|it| {
//!                 let inspect = Inspect::new(ScopeType::Prodenv).scope_id(it.id.as_str());
//!                 (it.cloud_name.unwrap_or_default(), Pager::new(inspect))
//!             })),
//!             Fact::Groups(groups) => members.extend(groups.into_iter().filter_map(|group| {
//!                 let users = group.users?.into_iter().map(|user| format!("user {}", user.id));
//!                 Some((group.id.to_string(), users.collect::<Vec<_>>()))
//!             })),
//!         }
//!     }
//!     // One page of every list at a time, until each has ended.
//!     while !lists.is_empty() {
//!         let pages: Vec<_> =
//!             lists.iter().filter_map(|(_, list)| list.next_page().cloned()).collect();
//!         let pages = client.send_all(pages).in_order();
//!         for ((cloud, list), (_, page)) in lists.iter_mut().zip(pages) {
//!             for principal in list.received(page?) {
//!                 let kind =
//!                     principal.kind.as_ref().map_or("principal", |kind| kind.as_str());
//!                 let itself = [format!("{kind} {}", principal.id)];
//!                 let who = match principal.kind {
//!                     Some(PrincipalType::Group) => members.get(principal.id.as_str()),
//!                     _ => None,
//!                 };
//!                 for role in principal.roles.unwrap_or_default() {
//!                     for who in who.map_or(&itself[..], Vec::as_slice) {
//!                         print(format!("{cloud}, {}, {who}", role.id));
//!                     }
//!                 }
//!             }
//!         }
//!         lists.retain(|(_, list)| list.next_page().is_some());
//!     }
//!     Ok(())
//! }
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # use cloudinary_provisioning_fake::{FakeAccount, FakeServer, NewAssignment, NewGroup, NewSubAccount, NewUser};
//! # use cloudinary_provisioning_fake::Principal as Fake;
//! # use cloudinary_provisioning_ureq::Account;
//! # let admin = || NewAssignment::new("cld::role::prodenv::admin").in_environment("s1");
//! # let fake = FakeAccount::new("acc", "key", "secret")
//! #     .with_sub_account(NewSubAccount::new("Shop").id("s1").cloud_name("shop"))
//! #     .with_user(NewUser::new("John", "john@example.com").id("u1"))
//! #     .with_group(NewGroup::new("Editors").id("g1").members(["u1"]))
//! #     .with_assignment(Fake::group("g1"), admin())
//! #     .with_assignment(Fake::provisioning_key("key"), admin());
//! # let server = FakeServer::start(fake)?;
//! # let account = Account::from_url(&server.account_url())?;
//! # let mut lines = Vec::new();
//! # review(&Client::new(account), |line| lines.push(line))?;
//! # assert_eq!(server.requests(), 3);
//! # lines.sort();
//! # assert_eq!(lines, [
//! #     "shop, cld::role::prodenv::admin, provisioningKey key",
//! #     "shop, cld::role::prodenv::admin, user u1",
//! # ]);
//! # Ok(())
//! # }
//! ```
//!
//! # Who has not logged in since
//!
//! Users who are not pending and have no login on or after a date, those who never logged in among them.
//!
//! ```
//! use cloudinary_provisioning_ureq::time::Date;
//! use cloudinary_provisioning_ureq::{Client, Error, users};
//!
//! fn inactive_since(client: &Client, date: Date) -> Result<Vec<users::User>, Error> {
//!     let list = users::List::new().pending(false).page_size(100);
//!     client
//!         .items(list)
//!         .workers(4)
//!         .filter(|user| match user {
//!             Ok(user) => user.last_login.is_none_or(|login| login.date() < date),
//!             Err(_) => true,
//!         })
//!         .collect()
//! }
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # use cloudinary_provisioning_fake::{FakeAccount, FakeServer, NewUser};
//! # use cloudinary_provisioning_ureq::time::{Month, OffsetDateTime};
//! # use cloudinary_provisioning_ureq::Account;
//! # let january = Date::from_calendar_date(2026, Month::January, 31)?;
//! # let login = |date: Date| OffsetDateTime::new_utc(date, cloudinary_provisioning_ureq::time::Time::MIDNIGHT);
//! # let fake = FakeAccount::new("acc", "key", "secret").with_users([
//! #     NewUser::new("Old", "old@example.com").id("old").pending(false).last_login(login(january)),
//! #     NewUser::new("Never", "never@example.com").id("never").pending(false),
//! #     NewUser::new("New", "new@example.com").id("new").pending(false).last_login(login(january.next_day().unwrap())),
//! #     NewUser::new("Pending", "pending@example.com").id("pending"),
//! # ]);
//! # let server = FakeServer::start(fake)?;
//! # let account = Account::from_url(&server.account_url())?;
//! # let users = inactive_since(&Client::new(account), january.next_day().unwrap())?;
//! # assert_eq!(users.iter().map(|user| user.id.as_str()).collect::<Vec<_>>(), ["old", "never"]);
//! # Ok(())
//! # }
//! ```
//!
//! # Usage per product environment
//!
//! Billing usage names product environments by their cloud names, so a join gives the display names. The unit is that of
//! the metric, such as credits.
//!
//! ```
//! use cloudinary_provisioning_ureq::billing_usage::ProductEnvironmentBreakdown;
//! use cloudinary_provisioning_ureq::{
//!     Client, Error, billing_usage, product_environments,
//! };
//! use std::collections::BTreeMap;
//!
//! /// The usage of a metric over all cycles of a year, by display name.
//! fn usage(
//!     client: &Client,
//!     year: i32,
//!     metric: &str,
//! ) -> Result<BTreeMap<String, f64>, Error> {
//!     let environments = client.send(product_environments::List::new())?;
//!     let names: BTreeMap<_, _> =
//!         environments.into_iter().map(|it| (it.cloud_name, it.name)).collect();
//!     let get = billing_usage::Get::new().year(year).include_prodenv_breakdown(true);
//!     let mut usage = BTreeMap::new();
//!     let metrics = client
//!         .send(get)?
//!         .into_iter()
//!         .flat_map(|plan| plan.metric_usage.unwrap_or_default());
//!     for cycle in metrics
//!         .filter(|usage| usage.metric.as_deref() == Some(metric))
//!         .flat_map(|usage| usage.cycles.unwrap_or_default())
//!     {
//!         for part in cycle.product_environment_breakdown.unwrap_or_default() {
//!             // An environment that was deleted has usage, and no name.
//!             let name = names.get(&part.cloud_name).cloned().flatten();
//!             let name = name.or_else(|| part.cloud_name.clone()).unwrap_or_default();
//!             *usage.entry(name).or_default() += sum(&part);
//!         }
//!     }
//!     Ok(usage)
//! }
//!
//! fn sum(part: &ProductEnvironmentBreakdown) -> f64 {
//!     let storage = [part.storage_image, part.storage_video, part.storage_raw];
//!     let bandwidth = [part.bandwidth_image, part.bandwidth_video, part.bandwidth_raw];
//!     let rest = [
//!         part.transformations_image,
//!         part.transformations_video,
//!         part.image_impressions,
//!         part.video_seconds,
//!     ];
//!     storage.iter().chain(&bandwidth).chain(&rest).flatten().sum()
//! }
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # use cloudinary_provisioning_fake::{FakeAccount, FakeServer, NewSubAccount, PlanUsage, UsageCycle};
//! # use cloudinary_provisioning_ureq::time::{Date, Month};
//! # use cloudinary_provisioning_ureq::Account;
//! # let day = |month, day| Date::from_calendar_date(2026, month, day).unwrap();
//! # let january = UsageCycle::new(day(Month::January, 1), day(Month::January, 31), 7.5)
//! #     .environment("shop", "storage_image", 1.5)
//! #     .environment("shop", "bandwidth_image", 2.0)
//! #     .environment("gone", "storage_image", 4.0);
//! # let february = UsageCycle::new(day(Month::February, 1), day(Month::February, 28), 0.5)
//! #     .environment("shop", "storage_image", 0.5);
//! # let fake = FakeAccount::new("acc", "key", "secret")
//! #     .with_sub_account(NewSubAccount::new("The Shop").id("s1").cloud_name("shop"))
//! #     .with_plan(PlanUsage::new("Plus").metric("credit", 225.0).cycle(january).cycle(february));
//! # let server = FakeServer::start(fake)?;
//! # let account = Account::from_url(&server.account_url())?;
//! # let usage = usage(&Client::new(account), 2026, "credit")?;
//! # assert_eq!(usage, BTreeMap::from([("The Shop".to_owned(), 4.0), ("gone".to_owned(), 4.0)]));
//! # Ok(())
//! # }
//! ```
//!
//! # Apply a policy
//!
//! The service rewrites the whitespace of a statement, so compare statements with
//! [`same_statement`](crate::custom_policies::same_statement): it ignores whitespace outside string literals.
//!
//! ```
//! use cloudinary_provisioning_ureq::custom_policies::{
//!     self, CustomPolicy, same_statement,
//! };
//! use cloudinary_provisioning_ureq::{Client, Error, ScopeType};
//!
//! /// Creates the policy of this name, or updates it where its statement differs.
//! fn apply(client: &Client, name: &str, statement: &str) -> Result<CustomPolicy, Error> {
//!     for policy in
//!         client.items(custom_policies::List::new().scope_type(ScopeType::Account))
//!     {
//!         let policy = policy?;
//!         if policy.name.as_deref() != Some(name) {
//!             continue;
//!         }
//!         let present = policy.policy_statement.as_deref().unwrap_or_default();
//!         if same_statement(present, statement) && policy.enabled == Some(true) {
//!             return Ok(policy);
//!         }
//!         // An update replaces all of the policy: what is left out is lost.
//!         let update = custom_policies::Update::new(
//!             policy.id,
//!             statement,
//!             ScopeType::Account,
//!             name,
//!             true,
//!         )
//!         .maybe(policy.description, custom_policies::Update::description);
//!         return client.send(update);
//!     }
//!     let create = custom_policies::Create::new(statement, ScopeType::Account, name);
//!     client.call(create).recover().send()
//! }
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # use cloudinary_provisioning_fake::{FakeAccount, FakeServer};
//! # use cloudinary_provisioning_ureq::Account;
//! # let server = FakeServer::start(FakeAccount::new("acc", "key", "secret"))?;
//! # let account = Account::from_url(&server.account_url())?;
//! # let client = Client::new(account);
//! # let changes = || server.with(|fake| fake.requests().filter(|request| request.method != "GET").count());
//! # let created = apply(&client, "All", "permit(principal, action, resource);")?;
//! # assert_eq!(changes(), 1);
//! # assert_eq!(apply(&client, "All", "permit(\n    principal,\n    action,\n    resource\n);")?, created);
//! # assert_eq!(changes(), 1);
//! # let updated = apply(&client, "All", "forbid(principal, action, resource);")?;
//! # assert_eq!((&updated.id, changes()), (&created.id, 2));
//! # assert_ne!(updated.policy_statement, created.policy_statement);
//! # Ok(())
//! # }
//! ```
//!
//! # Detect drift without false alarms
//!
//! Compare the fields that you manage and no others: `updated_at`, `last_login` and fields that a newer service adds
//! change by themselves. An update that would set nothing is not sent.
//!
//! ```
//! use cloudinary_provisioning_ureq::users::{Role, Update, User};
//! use cloudinary_provisioning_ureq::{Client, Error};
//!
//! /// Updates what differs, and returns whether anything did.
//! fn correct(
//!     client: &Client,
//!     user: &User,
//!     name: &str,
//!     role: &Role,
//! ) -> Result<bool, Error> {
//!     let name = (user.name.as_deref() != Some(name)).then_some(name);
//!     let role = (user.role.as_ref() != Some(role)).then(|| role.clone());
//!     let update =
//!         Update::new(&user.id).maybe(name, Update::name).maybe(role, Update::role);
//!     if update.is_empty() {
//!         return Ok(false);
//!     }
//!     client.send(update)?;
//!     Ok(true)
//! }
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # use cloudinary_provisioning_fake::{FakeAccount, FakeServer, NewUser};
//! # use cloudinary_provisioning_ureq::{Account, users};
//! # let john = NewUser::new("John", "john@example.com").id("u1").role("billing");
//! # let server = FakeServer::start(FakeAccount::new("acc", "key", "secret").with_user(john))?;
//! # let account = Account::from_url(&server.account_url())?;
//! # let client = Client::new(account);
//! # let john = client.send(users::Get::new("u1"))?;
//! # assert!(!correct(&client, &john, "John", &Role::Billing)?);
//! # assert_eq!(server.requests(), 1);
//! # assert!(correct(&client, &john, "John", &Role::Reports)?);
//! # assert_eq!(server.with(|fake| fake.user("u1").unwrap().role.clone()), "reports");
//! # Ok(())
//! # }
//! ```
//!
//! # Find by name
//!
//! Names are not ids: a role name such as `Admin` occurs once for the account and once for product environments, so ask
//! for the scope as well.
//!
//! ```
//! use cloudinary_provisioning_ureq::access_keys::AccessKey;
//! use cloudinary_provisioning_ureq::product_environments::ProductEnvironment;
//! use cloudinary_provisioning_ureq::roles::Role;
//! use cloudinary_provisioning_ureq::{
//!     Client, Error, PermissionType, ScopeType, SubAccountId,
//! };
//! use cloudinary_provisioning_ureq::{access_keys, product_environments, roles};
//!
//! fn environment(
//!     client: &Client,
//!     cloud_name: &str,
//! ) -> Result<Option<ProductEnvironment>, Error> {
//!     let found =
//!         client.send(product_environments::List::new().cloud_names([cloud_name]))?;
//!     Ok(found.into_iter().find(|it| it.cloud_name.as_deref() == Some(cloud_name)))
//! }
//!
//! fn role(
//!     client: &Client,
//!     name: &str,
//!     scope_type: ScopeType,
//! ) -> Result<Option<Role>, Error> {
//!     let list = roles::List::new(PermissionType::Global).scope_type(scope_type);
//!     Ok(client.send(list)?.into_iter().find(|role| role.name.as_deref() == Some(name)))
//! }
//!
//! fn key(
//!     client: &Client,
//!     of: &SubAccountId,
//!     name: &str,
//! ) -> Result<Option<AccessKey>, Error> {
//!     let keys = client.send(access_keys::List::new(of))?.access_keys;
//!     Ok(keys.into_iter().find(|key| key.name.as_deref() == Some(name)))
//! }
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # use cloudinary_provisioning_fake::{FakeAccount, FakeServer, NewAccessKey, NewSubAccount};
//! # use cloudinary_provisioning_ureq::Account;
//! # let fake = FakeAccount::new("acc", "key", "secret")
//! #     .with_sub_account(NewSubAccount::new("Shop").id("s1").cloud_name("shop"))
//! #     .with_access_key("s1", NewAccessKey::new("uploads").api_key("814"));
//! # let server = FakeServer::start(fake)?;
//! # let account = Account::from_url(&server.account_url())?;
//! # let client = Client::new(account);
//! # assert_eq!(environment(&client, "shop")?.unwrap().id, "s1");
//! # assert_eq!(environment(&client, "blog")?, None);
//! # assert_eq!(role(&client, "Admin", ScopeType::Account)?.unwrap().id, "cld::role::account::admin");
//! # assert_eq!(role(&client, "Admin", ScopeType::Prodenv)?.unwrap().id, "cld::role::prodenv::admin");
//! # assert_eq!(key(&client, &"s1".into(), "uploads")?.unwrap().api_key, "814");
//! # Ok(())
//! # }
//! ```
//!
//! # Create or get
//!
//! [`recover`](crate::Call::recover) makes sure that a lost response does not lead to a second user, and
//! [`or_existing`](crate::Call::or_existing) returns the user who is in conflict with the new one.
//!
//! ```
//! use cloudinary_provisioning_ureq::{Client, Error, users};
//!
//! fn create_or_get(
//!     client: &Client,
//!     name: &str,
//!     email: &str,
//! ) -> Result<users::User, Error> {
//!     client.call(users::Create::new(name, email)).recover().or_existing().send()
//! }
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # use cloudinary_provisioning_fake::{FakeAccount, FakeServer, Fault};
//! # use cloudinary_provisioning_ureq::Account;
//! # let server = FakeServer::start(FakeAccount::new("acc", "key", "secret"))?;
//! # let account = Account::from_url(&server.account_url())?;
//! # let client = Client::builder(account).sleep(|_| {}).build()?;
//! # server.with(|fake| fake.fail_next(1, Fault::status(503).applied()));
//! # let john = create_or_get(&client, "John", "john@example.com")?;
//! # assert_eq!(create_or_get(&client, "John", "john@example.com")?.id, john.id);
//! # assert_eq!(server.with(|fake| fake.user_count()), 1);
//! # Ok(())
//! # }
//! ```
