//! [`Extra`]: what a response has beyond the fields that are known.

use std::fmt;

use serde::de::MapAccess;
use serde_json::Value;

use crate::wire::json_object::JsonObject;
use crate::wire::json_path::JsonPath;
use crate::wire::keys::ignore;

/// The fields of an object in a response that this version of the crate does not know.
///
/// `Debug` shows their names alone, and the feature `serialize` leaves them out, since any of them may hold a secret.
///
/// ```
/// use cloudinary_provisioning::users::User;
///
/// let john: User = serde_json::from_str(r#"{"id":"0abed8df","shoe_size":43}"#)?;
/// assert_eq!(john.extra.get("shoe_size"), Some(&43.into()));
/// assert_eq!(format!("{:?}", john.extra), r#"{"shoe_size"}"#);
/// assert_eq!(john.extra.as_object().len(), 1);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub struct Extra(JsonObject);

impl Extra {
    /// Returns the field with this name.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    /// Returns all of them, by their names.
    pub fn as_object(&self) -> &JsonObject {
        &self.0
    }

    /// Reads the value of a field that is not known.
    #[cold]
    pub(crate) fn next<'de, A: MapAccess<'de>>(
        &mut self,
        map: &mut A,
        path: &mut JsonPath,
        name: String,
    ) -> Result<(), A::Error> {
        if path.skips_unknown {
            return ignore(map);
        }
        let value = map.next_value().inspect_err(|_| path.name(&name))?;
        self.0.insert(name, value);
        Ok(())
    }
}

impl From<JsonObject> for Extra {
    fn from(fields: JsonObject) -> Self {
        Self(fields)
    }
}

impl fmt::Debug for Extra {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}

#[cfg(test)]
mod tests {
    use crate::users::User;

    const JOHN: &str = r#"{"id":"u1","token":"s3cr3t","nested":{"list":[1,null]},"name":"John"}"#;

    #[test]
    fn unknown_fields_are_kept_beside_the_known_ones() {
        let john: User = serde_json::from_str(JOHN).unwrap();
        assert_eq!(john.name.as_deref(), Some("John"));
        assert_eq!(john.extra.get("nested"), Some(&serde_json::json!({"list": [1, null]})));
        assert_eq!(john.extra.as_object().len(), 2);
    }

    #[test]
    fn their_values_are_not_printed() {
        let john: User = serde_json::from_str(JOHN).unwrap();
        assert!(format!("{john:?}").contains("token") && !format!("{john:?}").contains("s3cr3t"), "{john:?}");
    }

    #[cfg(feature = "serialize")]
    #[test]
    fn their_values_are_not_stored() {
        let john: User = serde_json::from_str(JOHN).unwrap();
        assert!(!serde_json::to_string(&john).unwrap().contains("s3cr3t"));
    }
}
