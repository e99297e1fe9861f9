//! The operation of billing usage.

use serde::{Serialize, Serializer};
use serde_json::Value;
use time::Date;

use crate::request::fields::RequestFields;
use crate::response::answer::{Answer, Failure, ok};
use crate::response::object::object;
use crate::state::AccountState;
use crate::state::billing_usage::{Metric, UsageCycle};

pub(super) fn handle(state: &mut AccountState, operation: &str, fields: &RequestFields) -> Answer {
    if operation != "getBillingUsage" {
        return Err(Failure::not_built(operation));
    }
    let by_environment = fields.boolean("include_prodenv_breakdown").unwrap_or(false);
    let today = state.now().date();
    let mut plans = Vec::new();
    for plan in &state.plans {
        let year = |metric: &Metric| fields.integer("year").or_else(|| year_of(metric, today));
        if plan.metrics.iter().any(|metric| cycles_of(metric, year(metric)).next().is_some()) {
            let metrics = plan.metrics.iter().map(|metric| metric_view(metric, year(metric), by_environment));
            plans.push(object! { plan_name: plan.plan_name(), metric_usage: metrics.collect::<Vec<_>>() });
        }
    }
    ok(&plans)
}

/// The year in which the present cycle began.
fn year_of(metric: &Metric, today: Date) -> Option<i64> {
    let present = metric.cycles.iter().find(|cycle| cycle.from <= today && today <= cycle.to);
    present.map(|cycle| cycle.from.year().into())
}

/// The cycles that began in this year.
fn cycles_of(metric: &Metric, year: Option<i64>) -> impl Iterator<Item = &UsageCycle> {
    metric.cycles.iter().filter(move |cycle| Some(i64::from(cycle.from.year())) == year)
}

fn metric_view(metric: &Metric, year: Option<i64>, by_environment: bool) -> impl Serialize {
    let view = |cycle| cycle_view(cycle, by_environment);
    let months: Vec<_> = cycles_of(metric, year).flat_map(|cycle| &cycle.months).map(view).collect();
    object! {
        metric: &metric.name,
        limit: number(metric.limit),
        cycles: cycles_of(metric, year).map(view).collect::<Vec<_>>(),
        // Of annual cycles alone.
        #[serde(flatten)]
        months: (!months.is_empty()).then(|| object! { monthly_cycles: months }),
    }
}

fn cycle_view(cycle: &UsageCycle, by_environment: bool) -> impl Serialize {
    let environments = cycle.environments.iter().map(|(cloud_name, parts)| {
        object! {
            cloud_name: cloud_name,
            #[serde(flatten)]
            parts: UsageParts(parts),
        }
    });
    object! {
        from_day: cycle.from.to_string(),
        to_day: cycle.to.to_string(),
        usage: number(cycle.usage),
        breakdown: UsageParts(&cycle.breakdown),
        #[serde(flatten)]
        environments: by_environment.then(|| object! { product_environment_breakdown: environments.collect::<Vec<_>>() }),
    }
}

/// The parts of a usage, in the order in which they were added.
struct UsageParts<'a>(&'a [(String, f64)]);

impl Serialize for UsageParts<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, usage)| (name, number(*usage))))
    }
}

/// A whole number without a fraction, as the service writes it.
fn number(value: f64) -> Value {
    #[expect(clippy::cast_possible_truncation, reason = "the guard keeps it within what both types can tell")]
    if value.fract() == 0.0 && value.abs() < 1e15 { Value::from(value as i64) } else { Value::from(value) }
}
