//! Billing usage: plans with their metrics and cycles.

use serde::ser::{Serialize, Serializer};
use serde_json::Value;
use time::Date;

use crate::reply::answer::{Answer, Failure, ok};
use crate::request::fields::Fields;
use crate::state::State;

/// The usage of a plan in a [`FakeAccount`](crate::FakeAccount): an account without any has no active subscription.
///
/// ```
/// use cloudinary_provisioning_fake::{FakeAccount, PlanUsage, UsageCycle};
/// use time::macros::date;
///
/// let account = FakeAccount::new("acc", "key", "secret").with_plan(
///     PlanUsage::new("Plus").metric("credit", 225.0).cycle(
///         UsageCycle::new(date!(2026-01-01), date!(2026-01-31), 51.5)
///             .breakdown("storage_image", 12.5)
///             .environment("shop", "storage_image", 12.5),
///     ),
/// );
/// assert_eq!(account.plans().count(), 1);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct PlanUsage {
    plan_name: String,
    metrics: Vec<Metric>,
}

#[derive(Clone, Debug, PartialEq)]
struct Metric {
    name: String,
    limit: f64,
    cycles: Vec<UsageCycle>,
}

impl PlanUsage {
    /// Creates a plan without metrics.
    pub fn new(plan_name: impl Into<String>) -> Self {
        Self { plan_name: plan_name.into(), metrics: Vec::new() }
    }

    /// Adds a metric, such as `credit`, and its limit.
    pub fn metric(mut self, metric: impl Into<String>, limit: f64) -> Self {
        self.metrics.push(Metric { name: metric.into(), limit, cycles: Vec::new() });
        self
    }

    /// Adds a cycle to the last metric. Without a metric it is ignored.
    pub fn cycle(mut self, cycle: UsageCycle) -> Self {
        if let Some(metric) = self.metrics.last_mut() {
            metric.cycles.push(cycle);
        }
        self
    }

    /// Returns the plan's name.
    pub fn plan_name(&self) -> &str {
        &self.plan_name
    }
}

/// The usage of one billing cycle, monthly or annual.
///
/// ```
/// use cloudinary_provisioning_fake::UsageCycle;
/// use time::macros::date;
///
/// let january = UsageCycle::new(date!(2026-01-01), date!(2026-01-31), 4.0);
/// let year = UsageCycle::new(date!(2026-01-01), date!(2026-12-31), 4.0).month(january);
/// # let _ = year;
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct UsageCycle {
    from: Date,
    to: Date,
    usage: f64,
    breakdown: Vec<(String, f64)>,
    environments: Vec<(String, Vec<(String, f64)>)>,
    months: Vec<UsageCycle>,
}

impl UsageCycle {
    /// Creates a cycle from its first to its last day.
    pub fn new(from: Date, to: Date, usage: f64) -> Self {
        Self { from, to, usage, breakdown: Vec::new(), environments: Vec::new(), months: Vec::new() }
    }

    /// Adds a part of the usage, such as `storage_image`.
    pub fn breakdown(mut self, part: impl Into<String>, usage: f64) -> Self {
        self.breakdown.push((part.into(), usage));
        self
    }

    /// Adds a part of the usage of a product environment, by its cloud name.
    pub fn environment(mut self, cloud_name: impl Into<String>, part: impl Into<String>, usage: f64) -> Self {
        let (cloud_name, part) = (cloud_name.into(), (part.into(), usage));
        match self.environments.iter_mut().find(|(known, _)| *known == cloud_name) {
            Some((_, parts)) => parts.push(part),
            None => self.environments.push((cloud_name, vec![part])),
        }
        self
    }

    /// Adds a month to an annual cycle.
    pub fn month(mut self, month: UsageCycle) -> Self {
        self.months.push(month);
        self
    }
}

#[derive(Clone, Debug, Default)]
pub(crate) struct BillingUsage {
    pub(crate) plans: Vec<PlanUsage>,
}

pub(crate) fn handle(state: &mut State, operation: &str, fields: &Fields) -> Answer {
    if operation != "getBillingUsage" {
        return Err(Failure::not_built(operation));
    }
    let by_environment = fields.boolean("include_prodenv_breakdown").unwrap_or(false);
    let today = state.now().date();
    let plans = state.billing.plans.iter().filter_map(|plan| {
        let metrics: Vec<_> = plan
            .metrics
            .iter()
            .map(|metric| MetricView::new(metric, fields.integer("year"), today, by_environment))
            .collect();
        let any = metrics.iter().any(|metric| !metric.cycles.is_empty());
        any.then_some(PlanView { plan_name: &plan.plan_name, metric_usage: metrics })
    });
    ok(&plans.collect::<Vec<_>>())
}

#[derive(serde::Serialize)]
struct PlanView<'a> {
    plan_name: &'a str,
    metric_usage: Vec<MetricView<'a>>,
}

#[derive(serde::Serialize)]
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

#[derive(serde::Serialize)]
struct CycleView<'a> {
    from_day: String,
    to_day: String,
    usage: Value,
    breakdown: Parts<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    product_environment_breakdown: Option<Vec<EnvironmentView<'a>>>,
}

impl<'a> CycleView<'a> {
    fn new(cycle: &'a UsageCycle, by_environment: bool) -> Self {
        let environments =
            cycle.environments.iter().map(|(cloud_name, parts)| EnvironmentView { cloud_name, parts: Parts(parts) });
        Self {
            from_day: cycle.from.to_string(),
            to_day: cycle.to.to_string(),
            usage: number(cycle.usage),
            breakdown: Parts(&cycle.breakdown),
            product_environment_breakdown: by_environment.then(|| environments.collect()),
        }
    }
}

#[derive(serde::Serialize)]
struct EnvironmentView<'a> {
    cloud_name: &'a str,
    #[serde(flatten)]
    parts: Parts<'a>,
}

/// The parts of a usage, in the order in which they were added.
struct Parts<'a>(&'a [(String, f64)]);

impl Serialize for Parts<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, usage)| (name, number(*usage))))
    }
}

/// A whole number without a fraction, as the service writes it.
fn number(value: f64) -> Value {
    #[expect(clippy::cast_possible_truncation, reason = "the guard keeps it within what both types can tell")]
    if value.fract() == 0.0 && value.abs() < 1e15 { Value::from(value as i64) } else { Value::from(value) }
}
