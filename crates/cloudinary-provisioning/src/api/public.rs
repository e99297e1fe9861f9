//! Operations without an account and credentials: `get_catalog`, `validate_policy`, `get_schema`.
//!
//! | operation | what it does | request | returns | retried |
//! |---|---|---|---|---|
//! | [`GetCatalog`] | Gets the system roles and system policies that the service defines. | `GET /catalog` | `JsonObject` | yes |
//! | [`ValidatePolicy`] | Validates a policy against the service's Cedar schema. It changes nothing. | `POST /validate` | `Validation` | yes |
//! | [`GetSchema`] | Gets the service's Cedar schema. | `GET /schema` | `JsonObject` | yes |
//!
//! Requests carry no `authorization` header.
//!
//! The vendor's documentation: <https://cloudinary.com/documentation/provisioning_api#public>.

use crate::declare::models::models;
use crate::declare::operations::operations;
use crate::wire::json_object::JsonObject;

operations! {
    public at Public;

    /// Gets the system roles and system policies that the service defines.
    ///
    /// The content is not documented field by field, so it is returned as JSON: `system_roles` and `system_policies`.
    ///
    /// ```
    /// use cloudinary_provisioning::{http::Response, public::GetCatalog};
    ///
    /// let catalog = GetCatalog::new()
    ///     .parse(&Response::new(r#"{"catalog":{"system_roles":[{"id":"r1"}]}}"#))?;
    /// assert_eq!(catalog["system_roles"][0]["id"], "r1");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[doc(alias = "get_catalog")]
    GET /catalog -> { catalog: JsonObject } | 400
    GetCatalog "getSystemRolesAndPoliciesCatalog" #get_system_roles_and_policies_catalog Safe {}

    /// Validates a policy against the service's Cedar schema. It changes nothing.
    ///
    /// For an invalid policy the call succeeds, and `valid` is `false`.
    ///
    /// ```
    /// use cloudinary_provisioning::{http::Response, public::ValidatePolicy};
    ///
    /// let validate = ValidatePolicy::new("permit(principal, action, resource);");
    /// assert!(validate.parse(&Response::new(r#"{"valid":true}"#))?.valid);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[doc(alias = "validate_policy")]
    #[doc(alias = "cedar")]
    POST /validate -> Validation | 400
    ValidatePolicy "validateCedarPolicy" #validate_a_cedar_policy Safe {
        /// The policy, in Cedar.
        body policy: String,
    }

    /// Gets the service's Cedar schema.
    ///
    /// It is returned as JSON, by namespace, in Cedar's own format.
    ///
    /// ```
    /// use cloudinary_provisioning::{http::Response, public::GetSchema};
    ///
    /// let schema = GetSchema::new()
    ///     .parse(&Response::new(r#"{"schema":{"Cloudinary":{"actions":{}}}}"#))?;
    /// assert!(schema.contains_key("Cloudinary"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[doc(alias = "get_schema")]
    #[doc(alias = "cedar")]
    GET /schema -> { schema: JsonObject } | 400
    GetSchema "getCedarSchema" #get_cedar_schema Safe {}
}

models! {
    /// Whether a policy is valid, and if not, why.
    ///
    /// ```
    /// use cloudinary_provisioning::public::Validation;
    ///
    /// let json = r#"{
    ///     "valid": false,
    ///     "errors": [
    ///         {"cedar_message": "unknown type", "cedar_code": "invalid_principal"}
    ///     ]
    /// }"#;
    /// let validation: Validation = serde_json::from_str(json)?;
    /// assert!(!validation.valid && validation.errors.is_some());
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[derive(Eq)]
    Validation {
        /// Whether the policy is valid.
        valid: bool,
        /// What is wrong with it.
        errors?: Vec<CedarError>,
    }

    /// What is wrong with a policy.
    ///
    /// ```
    /// use cloudinary_provisioning::public::CedarError;
    ///
    /// let error: CedarError = serde_json::from_str(
    ///     r#"{"cedar_message":"unknown type","cedar_code":"invalid_principal"}"#,
    /// )?;
    /// assert_eq!(error.cedar_code.as_deref(), Some("invalid_principal"));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[derive(Eq)]
    CedarError {
        /// The message.
        cedar_message?: String,
        /// The code, such as `invalid_principal`.
        cedar_code?: String,
    }
}
