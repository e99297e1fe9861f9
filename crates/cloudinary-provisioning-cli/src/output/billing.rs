//! Billing usage as a table of numbers.

use serde_json::{Value, json};

/// The columns; `used_for` is empty for a total, and `cloud_name` for the account as a whole.
pub(crate) const COLUMNS: [&str; 8] =
    ["metric", "from_day", "to_day", "cloud_name", "used_for", "usage", "limit", "plan_name"];

/// A row for each number of a plan.
pub(crate) fn rows(plan: &Value) -> Vec<Value> {
    let mut rows = Vec::new();
    for metric in list(plan, "metric_usage") {
        for cycle in list(metric, "cycles").chain(list(metric, "monthly_cycles")) {
            let mut row = |cloud_name: Option<&Value>, used_for: Option<&str>, usage: Option<&Value>| {
                rows.push(json!({
                    "metric": metric.get("metric"),
                    "from_day": cycle.get("from_day"),
                    "to_day": cycle.get("to_day"),
                    "cloud_name": cloud_name,
                    "used_for": used_for,
                    "usage": usage,
                    "limit": metric.get("limit"),
                    "plan_name": plan.get("plan_name"),
                }));
            };
            row(None, None, cycle.get("usage"));
            let parts = cycle.get("breakdown").into_iter().chain(list(cycle, "product_environment_breakdown"));
            for part in parts {
                let numbers = part.as_object().into_iter().flatten().filter(|(name, _)| *name != "cloud_name");
                numbers.for_each(|(name, value)| row(part.get("cloud_name"), Some(name), Some(value)));
            }
        }
    }
    rows
}

fn list<'v>(value: &'v Value, name: &str) -> impl Iterator<Item = &'v Value> {
    value.get(name).and_then(Value::as_array).into_iter().flatten()
}
