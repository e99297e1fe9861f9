//! The account of `--demo`, and of `cldp fake`.

use cloudinary_provisioning::time::{Date, Month};
use cloudinary_provisioning_fake::{
    FakeAccount, NewAccessKey, NewAssignment, NewCustomPolicy, NewGroup, NewRole, NewSubAccount, NewUser,
    PermissionType, PlanUsage, Principal, ScopeType, UsageCycle,
};

use crate::args::cli::Load;

const ID: &str = "demo-account";
const KEY: &str = "demo-key";
const SECRET: &str = "demo-secret";

/// An account with nothing in it.
pub(crate) fn empty() -> FakeAccount {
    FakeAccount::new(ID, KEY, SECRET)
}

/// Seven users, two groups and three product environments, with keys, roles and a plan.
pub(crate) fn account() -> FakeAccount {
    empty()
        // Small pages, so that a list takes several requests.
        .with_page_cap(3)
        .with_sub_account(NewSubAccount::new("Website").id("env-website").cloud_name("demo-website"))
        .with_sub_account(NewSubAccount::new("Shop").id("env-shop").cloud_name("demo-shop"))
        .with_sub_account(NewSubAccount::new("Press").id("env-press").cloud_name("demo-press"))
        .with_users([
            NewUser::new("Ada Lovelace", "ada@example.com").id("u1").role("master_admin").root(true).pending(false),
            NewUser::new("Grace Hopper", "grace@example.com").id("u2").role("technical_admin").pending(false),
            NewUser::new("Alan Turing", "alan@example.com").id("u3").sub_account_ids(["env-website"]).pending(false),
            NewUser::new("Barbara Liskov", "barbara@example.com").id("u4").role("billing").pending(false),
            NewUser::new("Charles Babbage", "charles@example.com").id("u5").role("reports"),
            NewUser::new("E. Dijkstra", "edsger@example.com").id("u6").role("reports"),
            NewUser::new("Katherine Johnson", "katherine@example.com").id("u7").role("media_library_admin"),
        ])
        .with_group(NewGroup::new("Editors").id("g1").members(["u3", "u7"]))
        .with_group(NewGroup::new("Developers").id("g2").members(["u2", "u3", "u6"]))
        .with_access_key(
            "env-shop",
            NewAccessKey::new("Deploy").api_key("814814814814814").api_secret("demo-deploy-secret"),
        )
        .with_role(
            NewRole::new("Reviewers", ScopeType::Prodenv, PermissionType::Global)
                .id("reviewers")
                .description("Looks at assets and reports")
                .system_policy("cld::policy::global::prodenv::assets::view")
                .system_policy("cld::policy::global::prodenv::reports::view"),
        )
        .with_assignment(Principal::user("u2"), NewAssignment::new("cld::role::account::admin"))
        .with_assignment(Principal::group("g1"), NewAssignment::new("reviewers").in_environment("env-website"))
        .with_assignment(Principal::group("g2"), NewAssignment::new("cld::role::prodenv::viewer").in_environment("all"))
        .with_assignment(
            Principal::api_key("814814814814814"),
            NewAssignment::new("cld::role::prodenv::admin").in_environment("env-shop"),
        )
        .with_custom_policy(
            NewCustomPolicy::new("Read only", "permit(principal, action, resource);").id("policy-1").enabled(false),
        )
        .with_plan(plan())
}

/// Adds users, groups, product environments, keys and roles, with the users spread over the others.
pub(crate) fn loaded(mut account: FakeAccount, load: Load) -> FakeAccount {
    let Load { users, groups, environments, keys, roles } = load;
    if users > 0 {
        // The small pages of the demo account would be thousands.
        account = account.with_page_cap(100);
    }
    let user = |n: u32| format!("load-user-{n}");
    let environment = |n: u32| format!("load-env-{n}");
    for n in 0..environments {
        let id = environment(n);
        let new = NewSubAccount::new(format!("Environment {n}")).id(&id).cloud_name(format!("load-{n}"));
        account.add_sub_account(new);
        for key in 0..keys {
            let api_key = format!("{:015}", u64::from(n) * u64::from(keys) + u64::from(key) + 1);
            account.add_access_key(&id, NewAccessKey::new(format!("Key {key}")).api_key(api_key));
        }
    }
    for n in 0..users {
        let role = ["media_library_user", "media_library_admin", "reports", "billing", "technical_admin"];
        let role = role.get(n as usize % role.len()).copied().unwrap_or_default();
        let new =
            NewUser::new(format!("User {n}"), format!("user{n}@example.com")).id(user(n)).role(role).pending(false);
        // One in five has access to all product environments.
        let new = match n.checked_rem(environments).filter(|_| n % 5 > 0) {
            Some(at) => new.sub_account_ids([environment(at)]),
            None => new,
        };
        account.insert_user(new);
    }
    for n in 0..groups {
        let members = (n..users).step_by(groups as usize).map(user);
        account.add_group(NewGroup::new(format!("Group {n}")).id(format!("load-group-{n}")).members(members));
    }
    for n in 0..roles {
        let id = format!("load-role-{n}");
        let new = NewRole::new(format!("Role {n}"), ScopeType::Prodenv, PermissionType::Global).id(&id);
        account.add_role(new.system_policy("cld::policy::global::prodenv::assets::view"));
        let principals = [
            n.checked_rem(users).map(|at| Principal::user(user(at))),
            n.checked_rem(groups).map(|at| Principal::group(format!("load-group-{at}"))),
        ];
        for principal in principals.into_iter().flatten() {
            let at = n.checked_rem(environments).map_or_else(|| "all".to_owned(), environment);
            account.assign(principal, NewAssignment::new(&id).in_environment(at));
        }
    }
    account
}

fn plan() -> PlanUsage {
    let day = |day| Date::from_calendar_date(2026, Month::January, day).unwrap_or(Date::MIN);
    PlanUsage::new("Plus").metric("credit", 225.0).cycle(
        UsageCycle::new(day(1), day(31), 51.5).breakdown("storage_image", 12.5).environment(
            "demo-shop",
            "storage_image",
            12.5,
        ),
    )
}
