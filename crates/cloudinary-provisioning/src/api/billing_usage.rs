//! Billing usage: `get`.
//!
//! | operation | what it does | request | returns | retried |
//! |---|---|---|---|---|
//! | [`Get`] | Gets the usage of each plan of the account, by cycle. | `GET /billing_usage` | `Vec<PlanUsage>` | yes |
//!
//! The vendor's documentation: <https://cloudinary.com/documentation/provisioning_api#billing_usage>.

use time::Date;

use crate::declare::models::models;
use crate::declare::operations::operations;

operations! {
    billing_usage at Provisioning;

    /// Gets the usage of each plan of the account, by cycle.
    ///
    /// The service updates it once a day. Without an active subscription the list is empty. Product environments are named by
    /// their cloud names, not by ids.
    ///
    /// ```
    /// use cloudinary_provisioning::{billing_usage::Get, http::Response};
    ///
    /// let json = r#"[{
    ///     "plan_name": "Plus",
    ///     "metric_usage": [
    ///         {"metric": "credit", "limit": 2750, "cycles": [{"usage": 517.7}]}
    ///     ]
    /// }]"#;
    /// let plans = Get::new().year(2026).parse(&Response::new(json))?;
    /// let metrics = plans[0].metric_usage.as_deref().unwrap_or_default();
    /// assert_eq!(metrics[0].limit, Some(2750.0));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[doc(alias = "get_billing_usage")]
    #[doc(alias = "cost")]
    GET /billing_usage -> [PlanUsage] | 400 401 403 404 429
    Get "getBillingUsage" #get_billing_usage_information Safe {
        /// The year in which the cycles began: the single cycle of an annual subscription, or all of a monthly one. Unset, the
        /// year in which the active subscription period began.
        query year?: i32,
        /// Whether to add the usage of each product environment. The service's default is `false`.
        query include_prodenv_breakdown?: bool,
    }
}

models! {
    /// The usage of one plan; an account can have more than one.
    ///
    /// ```
    /// use cloudinary_provisioning::billing_usage::PlanUsage;
    ///
    /// let plan: PlanUsage =
    ///     serde_json::from_str(r#"{"plan_name":"Plus","metric_usage":[]}"#)?;
    /// assert_eq!(plan.plan_name.as_deref(), Some("Plus"));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    PlanUsage {
        /// The name of the plan.
        plan_name?: String,
        /// The usage of each metric.
        metric_usage?: Vec<MetricUsage>,
    }

    /// The usage of one metric.
    ///
    /// ```
    /// use cloudinary_provisioning::billing_usage::MetricUsage;
    ///
    /// let usage: MetricUsage = serde_json::from_str(r#"{"metric":"credit","limit":2750}"#)?;
    /// assert_eq!(usage.limit, Some(2750.0));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    MetricUsage {
        /// What is measured, such as `credit`.
        metric?: String,
        /// How much the plan includes.
        limit?: f64,
        /// The cycles of the subscription.
        cycles?: Vec<Cycle>,
        /// The months, for annual cycles.
        monthly_cycles?: Vec<Cycle>,
    }

    /// The usage of a period.
    ///
    /// ```
    /// use cloudinary_provisioning::billing_usage::Cycle;
    ///
    /// let cycle: Cycle = serde_json::from_str(
    ///     r#"{"from_day":"2026-01-01","to_day":"2026-01-31","usage":517.71}"#,
    /// )?;
    /// assert_eq!(cycle.from_day.map(|day| day.year()), Some(2026));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    Cycle {
        /// The first day.
        from_day?: Date,
        /// The last day.
        to_day?: Date,
        /// How much was used.
        usage?: f64,
        /// What it was used for.
        breakdown?: Breakdown,
        /// What each product environment used it for, where asked for.
        product_environment_breakdown?: Vec<ProductEnvironmentBreakdown>,
    }

    /// Usage by kind of asset; plans differ in which of these they count.
    ///
    /// ```
    /// use cloudinary_provisioning::billing_usage::Breakdown;
    ///
    /// let breakdown: Breakdown = serde_json::from_str(r#"{"storage_image":1.5}"#)?;
    /// assert_eq!((breakdown.storage_image, breakdown.video_seconds), (Some(1.5), None));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    Breakdown {
        /// Storage of images.
        storage_image?: f64,
        /// Storage of videos.
        storage_video?: f64,
        /// Storage of raw files.
        storage_raw?: f64,
        /// Transformations of images.
        transformations_image?: f64,
        /// Transformations of videos.
        transformations_video?: f64,
        /// Bandwidth of images.
        bandwidth_image?: f64,
        /// Bandwidth of videos.
        bandwidth_video?: f64,
        /// Bandwidth of raw files.
        bandwidth_raw?: f64,
        /// Impressions of images.
        image_impressions?: f64,
        /// Seconds of video.
        video_seconds?: f64,
    }

    /// Usage of one product environment by kind of asset.
    ///
    /// ```
    /// use cloudinary_provisioning::billing_usage::ProductEnvironmentBreakdown;
    ///
    /// let breakdown: ProductEnvironmentBreakdown =
    ///     serde_json::from_str(r#"{"cloud_name":"shop","video_seconds":0}"#)?;
    /// assert_eq!(
    ///     (breakdown.cloud_name.as_deref(), breakdown.video_seconds),
    ///     (Some("shop"), Some(0.0))
    /// );
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    ProductEnvironmentBreakdown {
        /// The cloud name of the product environment.
        cloud_name?: String,
        /// Storage of images.
        storage_image?: f64,
        /// Storage of videos.
        storage_video?: f64,
        /// Storage of raw files.
        storage_raw?: f64,
        /// Transformations of images.
        transformations_image?: f64,
        /// Transformations of videos.
        transformations_video?: f64,
        /// Bandwidth of images.
        bandwidth_image?: f64,
        /// Bandwidth of videos.
        bandwidth_video?: f64,
        /// Bandwidth of raw files.
        bandwidth_raw?: f64,
        /// Impressions of images.
        image_impressions?: f64,
        /// Seconds of video.
        video_seconds?: f64,
    }
}
