//! [`JsonObject`].

use serde_json::{Map, Value};

use crate::wire::kind::{Kind, Typed};

/// A JSON object of any content, where the vendor documents none.
///
/// ```
/// use cloudinary_provisioning::{JsonObject, Value, product_environments::Create};
///
/// let attributes = JsonObject::from_iter([("team".to_owned(), Value::from("design"))]);
/// let create = Create::new("Shop").custom_attributes(attributes);
/// # drop(create);
/// ```
pub type JsonObject = Map<String, Value>;

impl Typed for JsonObject {
    const KIND: Kind = Kind::Object;
}
