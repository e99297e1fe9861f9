//! The envelope of a response.

use cloudinary_provisioning::catalog::Entry;
use serde_json::Value;

/// Unwraps a response from the keys of its envelope. A response of another shape is returned unchanged.
pub(crate) fn value<'v>(response: &'v Value, entry: &Entry) -> &'v Value {
    entry.response.keys.iter().try_fold(response, |value, key| value.get(key)).unwrap_or(response)
}
