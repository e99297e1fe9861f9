//! The operation of billing usage.

use serde::{Serialize, Serializer};
use serde_json::Value;
use time::Date;

use crate::reply::answer::{Answer, Failure, ok};
use crate::request::fields::Fields;
use crate::state::State;
use crate::state::billing_usage::{Metric, UsageCycle};

pub(super) fn handle(state: &mut State, operation: &str, fields: &Fields) -> Answer {
    if operation != "getBillingUsage" {
        return Err(Failure::not_built(operation));
    }
    let by_environment = fields.boolean("include_prodenv_breakdown").unwrap_or(false);
    let today = state.now().date();
    let plans = state.plans.iter().filter_map(|plan| {
        let metrics: Vec<_> = plan
            .metrics
            .iter()
            .map(|metric| MetricView::new(metric, fields.integer("year"), today, by_environment))
            .collect();
        let any = metrics.iter().any(|metric| !metric.cycles.is_empty());
        any.then_some(PlanView { plan_name: plan.plan_name(), metric_usage: metrics })
    });
    ok(&plans.collect::<Vec<_>>())
}

#[derive(Serialize)]
struct PlanView<'a> {
    plan_name: &'a str,
    metric_usage: Vec<MetricView<'a>>,
}

#[derive(Serialize)]
struct MetricView<'a> {
    metric: &'a str,
    limit: Value,
    cycles: Vec<CycleView<'a>>,
    /// Of annual cycles alone.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    monthly_cycles: Vec<CycleView<'a>>,
}

impl<'a> MetricView<'a> {
    /// The cycles that began in this year; without one, in the year in which the present cycle began.
    fn new(metric: &'a Metric, year: Option<i64>, today: Date, by_environment: bool) -> Self {
        let present = metric.cycles.iter().find(|cycle| cycle.from <= today && today <= cycle.to);
        let year = year.or(present.map(|cycle| cycle.from.year().into()));
        let cycles: Vec<_> = metric.cycles.iter().filter(|cycle| Some(i64::from(cycle.from.year())) == year).collect();
        let months = cycles.iter().flat_map(|cycle| &cycle.months);
        Self {
            metric: &metric.name,
            limit: number(metric.limit),
            monthly_cycles: months.map(|cycle| CycleView::new(cycle, by_environment)).collect(),
            cycles: cycles.into_iter().map(|cycle| CycleView::new(cycle, by_environment)).collect(),
        }
    }
}

#[derive(Serialize)]
struct CycleView<'a> {
    from_day: String,
    to_day: String,
    usage: Value,
    breakdown: UsageParts<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    product_environment_breakdown: Option<Vec<EnvironmentUsage<'a>>>,
}

impl<'a> CycleView<'a> {
    fn new(cycle: &'a UsageCycle, by_environment: bool) -> Self {
        let environments = cycle
            .environments
            .iter()
            .map(|(cloud_name, parts)| EnvironmentUsage { cloud_name, parts: UsageParts(parts) });
        Self {
            from_day: cycle.from.to_string(),
            to_day: cycle.to.to_string(),
            usage: number(cycle.usage),
            breakdown: UsageParts(&cycle.breakdown),
            product_environment_breakdown: by_environment.then(|| environments.collect()),
        }
    }
}

#[derive(Serialize)]
struct EnvironmentUsage<'a> {
    cloud_name: &'a str,
    #[serde(flatten)]
    parts: UsageParts<'a>,
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
