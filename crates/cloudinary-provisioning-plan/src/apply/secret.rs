//! [`NewSecret`]: a secret that a step has yielded.

use cloudinary_provisioning::{ApiKey, Secret};

/// A secret that a step has yielded: store it, then call [`Apply::stored`](super::Apply::stored).
///
/// The service may never show it again. `Debug` does not either.
///
/// ```
/// use cloudinary_provisioning_plan::apply::NewSecret;
///
/// fn line(secret: &NewSecret) -> String {
///     format!("CLOUDINARY_URL=cloudinary://{}:{}@{}", secret.api_key, secret.secret.expose(), secret.cloud_name)
/// }
/// ```
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct NewSecret {
    /// The place of the step in the plan.
    pub step: usize,
    /// The cloud name of the product environment.
    pub cloud_name: String,
    /// The name of the key; `None` for the one that comes with a new product environment.
    pub name: Option<String>,
    /// The key.
    pub api_key: ApiKey,
    /// Its secret.
    pub secret: Secret,
}
