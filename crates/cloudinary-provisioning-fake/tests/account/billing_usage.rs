//! Billing usage.

use cloudinary_provisioning_fake::{FakeAccount, PlanUsage, UsageCycle};
use serde_json::{Value, json};
use time::macros::date;

use crate::common::{account, at, names, text_at};

fn monthly() -> FakeAccount {
    let cycle = |from, to, usage| UsageCycle::new(from, to, usage).breakdown("storage_image", usage);
    account().with_plan(
        PlanUsage::new("Plus")
            .metric("credit", 225.0)
            .cycle(cycle(date!(2025 - 12 - 01), date!(2025 - 12 - 31), 2750.0))
            .cycle(cycle(date!(2026 - 01 - 01), date!(2026 - 01 - 31), 517.71).environment(
                "shop",
                "storage_image",
                0.0,
            )),
    )
}

fn usage(account: &mut FakeAccount, query: &str) -> Value {
    let (status, body) = at(account, "GET", &format!("/billing_usage?{query}"), &Value::Null);
    assert_eq!(status, 200);
    body
}

#[test]
fn without_a_plan_the_array_is_empty() {
    assert_eq!(usage(&mut account(), ""), json!([]));
}

#[test]
fn the_present_cycle_tells_the_year() {
    let expected = json!([{"plan_name": "Plus", "metric_usage": [{
        "metric": "credit",
        "limit": 225,
        "cycles": [{
            "from_day": "2026-01-01",
            "to_day": "2026-01-31",
            "usage": 517.71,
            "breakdown": {"storage_image": 517.71},
        }],
    }]}]);
    assert_eq!(usage(&mut monthly(), ""), expected);
}

#[test]
fn another_year_can_be_asked_for() {
    let body = usage(&mut monthly(), "year=2025");
    assert_eq!(body[0]["metric_usage"][0]["cycles"][0]["usage"], 2750);
    assert_eq!(usage(&mut monthly(), "year=2020"), json!([]));
}

#[test]
fn without_an_active_subscription_the_array_is_empty() {
    let mut account = monthly();
    account.advance(time::Duration::days(100));
    assert_eq!(usage(&mut account, ""), json!([]));
}

#[test]
fn product_environments_come_on_request() {
    let body = usage(&mut monthly(), "include_prodenv_breakdown=true");
    let environments = &body[0]["metric_usage"][0]["cycles"][0]["product_environment_breakdown"];
    assert_eq!(*environments, json!([{"cloud_name": "shop", "storage_image": 0}]));
}

#[test]
fn an_annual_cycle_comes_with_its_months() {
    let january = UsageCycle::new(date!(2026 - 01 - 01), date!(2026 - 01 - 31), 1.0);
    let year = UsageCycle::new(date!(2026 - 01 - 01), date!(2026 - 12 - 31), 1.0).month(january);
    let mut account = account().with_plan(PlanUsage::new("Annual").metric("credit", 10.0).cycle(year));
    let body = usage(&mut account, "");
    assert_eq!(body[0]["metric_usage"][0]["monthly_cycles"][0]["to_day"], "2026-01-31");
    account.remove_plans();
    assert_eq!(usage(&mut account, ""), json!([]));
}

#[test]
fn fields_come_in_their_documented_order() {
    let (_, text) = text_at(&mut monthly(), "GET", "/billing_usage", &Value::Null);
    let order = ["plan_name", "metric_usage", "metric", "limit", "cycles", "from_day", "to_day", "usage", "breakdown"];
    assert_eq!(names(&text)[..9], order);
}
