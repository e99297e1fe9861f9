//! The fields of a request that hold ids, as the catalogue says.

use std::collections::BTreeSet;
use std::convert::Infallible;

use cloudinary_provisioning::catalog::{Entry, Field, IdKind, Kind, Place};
use cloudinary_provisioning::http::Method;
use cloudinary_provisioning::{PrincipalType, Safety, Value, catalog};
use serde_json::Map;

use super::reference::{Reference, is_key};

/// Returns what the fields of a request name instead of giving its id.
///
/// Fields that hold ids are those of [`Kind::Id`] in the catalogue, wherever they are: in the path, in the query, and in
/// lists and objects of the body. Principals are of the type that stands beside them, and a key is written
/// `ENVIRONMENT/KEY` there.
///
/// ```
/// use cloudinary_provisioning::catalog;
/// use cloudinary_provisioning_plan::names::{Reference, references};
/// use serde_json::json;
///
/// let add = catalog().find(|entry| entry.id == "addUserToUserGroup").unwrap();
/// let fields = json!({"group_id": "Editors", "user_id": "u1"});
/// let named = references(add, fields.as_object().unwrap());
/// assert_eq!(named, [Reference::Group("Editors".to_owned())].into());
/// ```
pub fn references(entry: &Entry, fields: &Map<String, Value>) -> BTreeSet<Reference> {
    let mut references = BTreeSet::new();
    let noted = with_ids(entry, fields, |reference| {
        references.insert(reference.clone());
        Ok::<_, Infallible>(String::new())
    });
    match noted {
        Ok(_) => references,
    }
}

/// Returns the fields of a request with ids in place of names.
///
/// `id` is asked for each name; see [`Snapshot::find`](crate::Snapshot::find).
///
/// ```
/// use cloudinary_provisioning::catalog;
/// use cloudinary_provisioning_plan::names::{NameError, with_ids};
/// use cloudinary_provisioning_plan::snapshot::{FoundGroup, Part, Snapshot};
/// use serde_json::json;
///
/// let mut snapshot = Snapshot::new();
/// snapshot.groups = Part::Known(vec![FoundGroup::new("g1", "Editors", ["u1"])]);
/// let add = catalog().find(|entry| entry.id == "addUserToUserGroup").unwrap();
/// let fields = json!({"group_id": "Editors", "user_id": "u1"});
/// let fields = with_ids(add, fields.as_object().unwrap(), |name| snapshot.find(name))?;
/// assert_eq!(fields["group_id"], "g1");
/// # Ok::<(), NameError>(())
/// ```
///
/// # Errors
///
/// Returns the first error of `id`.
pub fn with_ids<E>(
    entry: &Entry,
    fields: &Map<String, Value>,
    id: impl FnMut(&Reference) -> Result<String, E>,
) -> Result<Map<String, Value>, E> {
    let is_environment = |field: &&Field| field.place == Place::Path && field.kind == Kind::Id(IdKind::SubAccount);
    let environment = entry.fields.iter().find(is_environment).and_then(|field| fields.get(field.name)?.as_str());
    let is_policy = |field: &Field| field.place == Place::Path && field.kind == Kind::Id(IdKind::Policy);
    Ids { id, environment, is_about_policy: entry.fields.iter().any(is_policy) }.object(entry.fields, fields)
}

/// Returns the kind of what a request gives a name: one that it makes, or one that it renames.
///
/// A name of that kind that was looked up before may mean something else after the request. A user is named by the email.
///
/// ```
/// use cloudinary_provisioning::catalog;
/// use cloudinary_provisioning::catalog::IdKind;
/// use cloudinary_provisioning_plan::names::renamed;
/// use serde_json::json;
///
/// let update = catalog().find(|entry| entry.id == "updateUserGroup").unwrap();
/// let fields = json!({"group_id": "g1", "name": "Editors"});
/// assert_eq!(renamed(update, fields.as_object().unwrap()), Some(IdKind::Group));
/// ```
pub fn renamed(entry: &Entry, fields: &Map<String, Value>) -> Option<IdKind> {
    if entry.safety == Safety::Safe || entry.method == Method::DELETE {
        return None;
    }
    // What is made in a list has an id of the kind that the path of one of them has behind it.
    let is_behind = |other: &&Entry| {
        let rest = other.segments.strip_prefix(entry.segments);
        other.prefix == entry.prefix && matches!(rest, Some([id]) if id.starts_with('{'))
    };
    let kind = last_id(entry).or_else(|| last_id(catalog().find(is_behind)?))?;
    let names: &[&str] = match kind {
        IdKind::User => &["email"],
        IdKind::SubAccount => &["name", "cloud_name"],
        _ => &["name"],
    };
    names.iter().any(|name| fields.contains_key(*name)).then_some(kind)
}

/// The kind of the id that the path ends with.
fn last_id(entry: &Entry) -> Option<IdKind> {
    let name = entry.segments.last()?.strip_prefix('{')?.strip_suffix('}')?;
    match entry.fields.iter().find(|field| field.name == name)?.kind {
        Kind::Id(kind) => Some(kind),
        _ => None,
    }
}

struct Ids<'f, F> {
    id: F,
    /// The product environment that the path is about.
    environment: Option<&'f str>,
    /// Whether the path is about a custom policy. Other policies are of the system, and are known by their ids.
    is_about_policy: bool,
}

impl<E, F: FnMut(&Reference) -> Result<String, E>> Ids<'_, F> {
    fn object(&mut self, known: &[Field], fields: &Map<String, Value>) -> Result<Map<String, Value>, E> {
        let principal_type = principal_type(known, fields);
        let with_id = |(name, value): (&String, &Value)| {
            let kind = known.iter().find(|field| field.name == name).map_or(Kind::Text, |field| field.kind);
            Ok((name.clone(), self.value(kind, value, principal_type)?))
        };
        fields.iter().map(with_id).collect()
    }

    fn value(&mut self, kind: Kind, value: &Value, principal_type: Option<&str>) -> Result<Value, E> {
        match (kind, value) {
            (Kind::Id(of), Value::String(text)) => {
                let Some(reference) = self.reference(of, text, principal_type) else { return Ok(value.clone()) };
                let id = reference.known_id().map_or_else(|| (self.id)(&reference), |id| Ok(id.to_owned()));
                id.map(Value::String)
            }
            (Kind::SubAccountAccess, Value::Array(_)) => {
                self.value(Kind::List(&Kind::Id(IdKind::SubAccount)), value, principal_type)
            }
            (Kind::List(kind) | Kind::Json(kind), Value::Array(list)) => {
                list.iter().map(|item| self.value(*kind, item, principal_type)).collect()
            }
            (Kind::Nullable(kind), value) => self.value(*kind, value, principal_type),
            (Kind::Record(known), Value::Object(fields)) => self.object(known, fields).map(Value::Object),
            _ => Ok(value.clone()),
        }
    }

    /// What a text refers to; `None` where only ids are known.
    fn reference(&self, of: IdKind, text: &str, principal_type: Option<&str>) -> Option<Reference> {
        /// Stands for every product environment.
        const ALL: &str = "all";

        let owned = text.to_owned();
        match of {
            IdKind::User => Some(Reference::User(owned)),
            IdKind::Group => Some(Reference::Group(owned)),
            IdKind::SubAccount => Some(Reference::Environment(owned)),
            IdKind::Scope => (text != ALL).then_some(Reference::Environment(owned)),
            IdKind::ApiKey => self.environment.map(|environment| Reference::key(environment, owned)),
            IdKind::Role => Some(Reference::Role(owned)),
            IdKind::Policy => self.is_about_policy.then_some(Reference::Policy(owned)),
            IdKind::Principal => match principal_type.map(PrincipalType::from)? {
                PrincipalType::User => Some(Reference::User(owned)),
                PrincipalType::Group => Some(Reference::Group(owned)),
                PrincipalType::ApiKey if !is_key(text) => {
                    text.split_once('/').map(|(environment, key)| Reference::key(environment, key))
                }
                _ => None,
            },
            _ => None,
        }
    }
}

/// The type of the principal that an object is about.
fn principal_type<'f>(known: &[Field], fields: &'f Map<String, Value>) -> Option<&'f str> {
    let is_it =
        |field: &&Field| matches!(field.kind, Kind::Choice(values) if values.contains(&PrincipalType::ApiKey.as_str()));
    known.iter().find(is_it).and_then(|field| fields.get(field.name)?.as_str())
}

#[cfg(test)]
mod tests {
    use cloudinary_provisioning::catalog;
    use serde_json::json;

    use super::*;

    /// The fields with every name in angle brackets.
    fn marked(id: &str, fields: &Value) -> Value {
        let entry = catalog().find(|entry| entry.id == id).unwrap();
        let mark = |reference: &Reference| Ok::<_, Infallible>(format!("<{reference}>"));
        Value::Object(with_ids(entry, fields.as_object().unwrap(), mark).unwrap())
    }

    #[test]
    fn ids_are_found_wherever_the_catalogue_has_them() {
        let update = json!({"sub_account_id": "shop", "key": "deploy", "name": "ada@example.com"});
        assert_eq!(
            marked("updateAccessKey", &update),
            json!({
                "sub_account_id": "<product environment \"shop\">",
                "key": "<access key \"deploy\" in product environment \"shop\">",
                "name": "ada@example.com",
            })
        );
        let list = json!({"ids": ["u1", "ada@example.com"], "sub_account_id": "id:shop"});
        assert_eq!(
            marked("getUsers", &list),
            json!({"ids": ["u1", "<user \"ada@example.com\">"], "sub_account_id": "shop"})
        );
        assert_eq!(
            marked("getCustomPolicy", &json!({"policy_id": "shop/Guard"}))["policy_id"],
            "<custom policy \"shop/Guard\">"
        );
        let system = json!({"role_id": "id:r1", "name": "Auditor", "system_policy_ids": ["p1"]});
        assert_eq!(marked("updateRole", &system)["system_policy_ids"], json!(["p1"]));
        let access = |ids: Value| marked("updateUser", &json!({"user_id": "u1", "sub_account_ids": ids}));
        assert_eq!(access(json!(["shop"]))["sub_account_ids"], json!(["<product environment \"shop\">"]));
        assert_eq!(access(json!("all"))["sub_account_ids"], "all");
    }

    #[test]
    fn a_principal_is_of_the_type_beside_it() {
        let of = |kind: &str, id: &str| {
            let principals = json!([{"principal_type": kind, "principal_id": id, "scope_id": "all"}]);
            let fields = json!({"role_id": "Admin", "operation": "add", "principals": principals});
            let marked = marked("updateRolePrincipals", &fields);
            assert_eq!(marked["role_id"], "<role \"Admin\">");
            assert_eq!(marked["principals"][0]["scope_id"], "all");
            marked["principals"][0]["principal_id"].as_str().unwrap().to_owned()
        };
        assert_eq!(of("user", "ada@example.com"), "<user \"ada@example.com\">");
        assert_eq!(of("group", "Editors"), "<user group \"Editors\">");
        assert_eq!(of("apiKey", "shop/deploy"), "<access key \"deploy\" in product environment \"shop\">");
        assert_eq!(of("apiKey", "814"), "814");
        assert_eq!(of("provisioningKey", "a/b"), "a/b");
        assert_eq!(of("robot", "a@b"), "a@b");
    }

    #[test]
    fn a_request_renames_what_its_name_is_of() {
        let of = |id: &str, fields: Value| {
            renamed(catalog().find(|entry| entry.id == id).unwrap(), fields.as_object().unwrap())
        };
        assert_eq!(of("createUser", json!({"name": "A", "email": "a@x.org"})), Some(IdKind::User));
        assert_eq!(of("updateUser", json!({"user_id": "u1", "name": "A"})), None);
        assert_eq!(of("updateUser", json!({"user_id": "u1", "email": "a@x.org"})), Some(IdKind::User));
        assert_eq!(of("createUserGroup", json!({"name": "A"})), Some(IdKind::Group));
        assert_eq!(of("createProductEnvironment", json!({"cloud_name": "a"})), Some(IdKind::SubAccount));
        assert_eq!(of("generateAccessKey", json!({"sub_account_id": "s1", "name": "ci"})), Some(IdKind::ApiKey));
        assert_eq!(of("createCustomPolicy", json!({"name": "Guard"})), Some(IdKind::Policy));
        assert_eq!(of("updateRole", json!({"role_id": "r1", "name": "A"})), Some(IdKind::Role));
        assert_eq!(of("addUserToUserGroup", json!({"group_id": "g1", "user_id": "u1"})), None);
        assert_eq!(of("deleteAccessKeyByName", json!({"sub_account_id": "s1", "name": "ci"})), None);
    }

    #[test]
    fn an_access_key_is_named_within_the_environment_as_it_is_written() {
        let entry = catalog().find(|entry| entry.id == "deleteAccessKey").unwrap();
        let fields = json!({"sub_account_id": "shop", "key": "deploy"});
        let named = references(entry, fields.as_object().unwrap());
        assert_eq!(named, [Reference::Environment("shop".into()), Reference::key("shop", "deploy")].into());
    }
}
