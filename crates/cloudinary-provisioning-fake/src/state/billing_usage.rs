//! Billing usage: plans with their metrics and cycles.

use time::Date;

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
    pub(crate) metrics: Vec<Metric>,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Metric {
    pub(crate) name: String,
    pub(crate) limit: f64,
    pub(crate) cycles: Vec<UsageCycle>,
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
    pub(crate) from: Date,
    pub(crate) to: Date,
    pub(crate) usage: f64,
    pub(crate) breakdown: Vec<(String, f64)>,
    pub(crate) environments: Vec<(String, Vec<(String, f64)>)>,
    pub(crate) months: Vec<UsageCycle>,
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
