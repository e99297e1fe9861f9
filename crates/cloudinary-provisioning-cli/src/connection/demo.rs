//! The account of `--demo`, and of `cldp fake`.

use cloudinary_provisioning::time::{Date, Month};
use cloudinary_provisioning_fake::{
    FakeAccount, NewAccessKey, NewAssignment, NewCustomPolicy, NewGroup, NewRole, NewSubAccount, NewUser,
    PermissionType, PlanUsage, Principal, ScopeType, UsageCycle,
};

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
