//! Hides secrets in what is printed.

use std::collections::BTreeSet;
use std::sync::OnceLock;

use cloudinary_provisioning::catalog;
use cloudinary_provisioning::catalog::Kind;
use serde_json::Value;

pub(crate) const REDACTED: &str = "********";

/// Whether a field of this name holds a secret anywhere in the API. Fields are known by name, wherever
/// they are: a response may have another shape than the documented one.
pub(crate) fn is_secret(name: &str) -> bool {
    static NAMES: OnceLock<BTreeSet<&'static str>> = OnceLock::new();
    let names = NAMES.get_or_init(|| {
        let mut names = BTreeSet::new();
        for entry in catalog() {
            collect(entry.response.kind, &mut names);
            entry.fields.iter().for_each(|field| note(field.name, field.kind, &mut names));
        }
        names
    });
    names.contains(name)
}

/// Whether the value holds a secret, at any depth.
pub(crate) fn has_secret(value: &Value) -> bool {
    match value {
        Value::Array(list) => list.iter().any(has_secret),
        Value::Object(map) => {
            map.iter().any(|(name, value)| (is_secret(name) && !is_empty(value)) || has_secret(value))
        }
        _ => false,
    }
}

/// Replaces every secret with `********`.
pub(crate) fn redact(value: &mut Value) {
    match value {
        Value::Array(list) => list.iter_mut().for_each(redact),
        Value::Object(map) => {
            for (name, value) in map {
                if is_secret(name) && !is_empty(value) {
                    *value = Value::from(REDACTED);
                } else {
                    redact(value);
                }
            }
        }
        _ => {}
    }
}

/// The service leaves a secret out by sending null or an empty text.
fn is_empty(value: &Value) -> bool {
    value.is_null() || value == ""
}

fn note(name: &'static str, kind: Kind, names: &mut BTreeSet<&'static str>) {
    match kind {
        Kind::Secret => drop(names.insert(name)),
        Kind::List(kind) | Kind::Nullable(kind) | Kind::Json(kind) => note(name, *kind, names),
        kind => collect(kind, names),
    }
}

fn collect(kind: Kind, names: &mut BTreeSet<&'static str>) {
    match kind {
        Kind::Record(fields) => fields.iter().for_each(|field| note(field.name, field.kind, names)),
        Kind::List(kind) | Kind::Nullable(kind) | Kind::Json(kind) => collect(*kind, names),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_secrets_are_redacted_at_any_depth() {
        let mut value =
            json!({"api_key": "814", "api_secret": "s", "keys": [{"secret": "t", "enabled": true}], "edge_key": ""});
        assert!(has_secret(&value));
        redact(&mut value);
        assert_eq!(
            value,
            json!({"api_key": "814", "api_secret": REDACTED, "keys": [{"secret": REDACTED, "enabled": true}],
                "edge_key": ""}),
        );
        assert!(!has_secret(&json!({"api_secret": null, "edge_key": ""})));
    }

    #[test]
    fn the_catalogue_names_the_secrets_of_all_resources() {
        for name in ["secret", "api_secret", "edge_key", "api_environment_variable", "claim_url"] {
            assert!(is_secret(name), "{name}");
        }
        assert!(!is_secret("name"));
    }
}
