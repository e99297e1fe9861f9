//! Models that several resources share.

use serde::Deserialize;

/// What the service answers where there is nothing to return, as on a delete.
///
/// ```
/// use cloudinary_provisioning::SuccessResponse;
///
/// let response: SuccessResponse = serde_json::from_str(r#"{"message":"ok"}"#)?;
/// assert_eq!(response.message.as_deref(), Some("ok"));
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[cfg_attr(feature = "serialize", derive(serde::Serialize))]
#[non_exhaustive]
pub struct SuccessResponse {
    /// The service's message, `ok`.
    pub message: Option<String>,
}
