//! Product environments, which the API also calls sub-accounts: `list`, `create`, `get`, `update`, `delete`.
//!
//! | operation | what it does | request | returns | retried |
//! |---|---|---|---|---|
//! | [`List`] | Lists the product environments of the account, all of them or those that meet conditions. | `GET /sub_accounts` | `Vec<ProductEnvironment>` | yes |
//! | [`Create`] | Creates a product environment. | `POST /sub_accounts` | `ProductEnvironment` | only if known not to be processed |
//! | [`Get`] | Gets one product environment. | `GET /sub_accounts/{sub_account_id}` | `ProductEnvironment` | yes |
//! | [`Update`] | Updates what is set and leaves the rest of a product environment. | `PUT /sub_accounts/{sub_account_id}` | `ProductEnvironment` | yes |
//! | [`Delete`] | Deletes a product environment. | `DELETE /sub_accounts/{sub_account_id}` | `SuccessResponse` | yes |
//!
//! The vendor's documentation: <https://cloudinary.com/documentation/provisioning_api#product_environments>.

use time::OffsetDateTime;

use crate::api::shared::SuccessResponse;
use crate::declare::models::models;
use crate::declare::operations::operations;
use crate::operation::any::{Candidate, Lookup};
use crate::operation::lookup::{agrees, key};
use crate::wire::build_error::BuildError;
use crate::wire::id::{ApiKey, SubAccountId};
use crate::wire::json_object::JsonObject;
use crate::wire::secret::Secret;

operations! {
    product_environments at Provisioning;

    /// Lists the product environments of the account, all of them or those that meet conditions.
    ///
    /// One response holds all of them. `ids` and `cloud_names` take up to 100 entries each. According to the description,
    /// the service ignores the other parameters with `ids`. Responses hold secrets.
    ///
    /// ```
    /// use cloudinary_provisioning::{Account, product_environments::List};
    ///
    /// let account = Account::new("acc", "key", "secret")?;
    /// let request =
    ///     account.request(&List::new().enabled(true).cloud_names(["shop", "blog"]))?;
    /// assert_eq!(
    ///     request.uri().query(),
    ///     Some("enabled=true&cloud_names=shop&cloud_names=blog")
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[doc(alias = "get_product_environments")]
    #[doc(alias = "sub_accounts")]
    GET /sub_accounts -> { sub_accounts: [ProductEnvironment] } | 400 401 403 404 409 420 429
    List "getProductEnvironments" #get_product_environments Safe {
        /// Whether to return only enabled (`true`) or only disabled (`false`) product environments. Unset, both.
        query enabled?: bool,
        /// The product environments with these ids, up to 100.
        query ids?: [SubAccountId] where 1..=100,
        /// The product environments with these cloud names, up to 100.
        query cloud_names?: [String] where 1..=100,
        /// Product environments whose name begins with this, whatever the case.
        query prefix?: String,
    }

    /// Creates a product environment.
    ///
    /// The response holds its first access key with the secret. Keep it: later responses may not have it.
    /// A provisioning key has no permissions on a product environment that it has just created, until a role is assigned
    /// to it. Cloud names are unique over all accounts, and stay taken after a deletion.
    ///
    /// ```
    /// use cloudinary_provisioning::{Account, product_environments::Create};
    ///
    /// let account = Account::new("acc", "key", "secret")?;
    /// let request = account.request(&Create::new("Shop").cloud_name("shop-eu"))?;
    /// assert_eq!(request.body(), br#"{"name":"Shop","cloud_name":"shop-eu"}"#);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[doc(alias = "create_product_environment")]
    #[doc(alias = "create_sub_account")]
    POST /sub_accounts -> ProductEnvironment | 400 401 403 409 420 429
    Create "createProductEnvironment" #create_product_environment NotIdempotent found by lookup {
        /// The display name.
        body name: String,
        /// The cloud name: alphanumeric, unique over all accounts. Unset, the service makes one from the name.
        body cloud_name?: String,
        /// The product environment to copy the settings from.
        body base_sub_account_id?: SubAccountId,
        /// Your own attributes: texts by their names.
        body custom_attributes?: JsonObject,
        /// Whether it is enabled. It is not in the description; the vendor's classic SDKs send it. One report says that the
        /// service ignores it: compare the response.
        body enabled?: bool,
    }

    /// Gets one product environment.
    ///
    /// A 403 is not documented. It is known to occur if the provisioning key has no permissions on the product environment.
    ///
    /// ```
    /// use cloudinary_provisioning::{http::Response, product_environments::Get};
    ///
    /// let response = Response::new(
    ///     r#"{"id":"s1","cloud_name":"shop","api_access_keys":[{"key":"814","secret":"x"}]}"#,
    /// );
    /// let environment = Get::new("s1").parse(&response)?;
    /// assert_eq!(environment.cloud_name.as_deref(), Some("shop"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[doc(alias = "get_product_environment")]
    #[doc(alias = "get_sub_account")]
    GET /sub_accounts/{sub_account_id: SubAccountId} -> ProductEnvironment | 400 401 404 420 429
    Get "getProductEnvironment" #get_product_environment Safe {}

    /// Updates what is set and leaves the rest of a product environment.
    ///
    /// `custom_attributes` are replaced as a whole.
    ///
    /// ```
    /// use cloudinary_provisioning::{Account, product_environments::Update};
    ///
    /// let account = Account::new("acc", "key", "secret")?;
    /// let request = account.request(&Update::new("s1").enabled(false))?;
    /// assert_eq!(request.body(), br#"{"enabled":false}"#);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[doc(alias = "update_product_environment")]
    #[doc(alias = "update_sub_account")]
    PUT /sub_accounts/{sub_account_id: SubAccountId} -> ProductEnvironment | 400 401 403 404 409 420 429
    Update "updateProductEnvironment" #update_product_environment Idempotent {
        /// The display name.
        body name?: String,
        /// The cloud name. It can be changed only while there are fewer than 1,000 images.
        body cloud_name?: String,
        /// Your own attributes, which replace all existing ones.
        body custom_attributes?: JsonObject,
        /// Whether it is enabled.
        body enabled?: bool,
    }

    /// Deletes a product environment.
    ///
    /// The service refuses if it holds 1,000 assets or more.
    ///
    /// ```
    /// use cloudinary_provisioning::{http::Response, product_environments::Delete};
    ///
    /// let response = Response::new(r#"{"message":"ok"}"#);
    /// assert_eq!(Delete::new("s1").parse(&response)?.message.as_deref(), Some("ok"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[doc(alias = "delete_product_environment")]
    #[doc(alias = "delete_sub_account")]
    DELETE /sub_accounts/{sub_account_id: SubAccountId} -> SuccessResponse | 400 401 403 404 420 429
    Delete "deleteProductEnvironment" #delete_product_environment Idempotent {}
}

impl Create {
    fn lookup(&self) -> Result<Lookup<ProductEnvironment>, BuildError> {
        let create = self.clone();
        let list = List::new().cloud_names([key("cloud_name", self.cloud_name.as_deref())?]);
        let lookup = Lookup::new(list, move |environments: Vec<ProductEnvironment>| {
            let is_it = |environment: &ProductEnvironment| environment.cloud_name == create.cloud_name;
            environments.into_iter().filter(is_it).map(|environment| create.candidate(environment)).collect()
        });
        Ok(lookup.unique())
    }

    fn candidate(&self, environment: ProductEnvironment) -> Candidate<ProductEnvironment> {
        let agrees = agrees(Some(&self.name), environment.name.as_ref())
            && agrees(self.custom_attributes.as_ref(), environment.custom_attributes.as_ref())
            && agrees(self.enabled.as_ref(), environment.enabled.as_ref());
        let id = environment.id.clone();
        let first = environment.api_access_keys.as_ref().and_then(|keys| keys.first()).cloned();
        let has_secret = first.as_ref().and_then(|key| key.secret.as_ref()).is_some_and(Secret::is_usable);
        let candidate = Candidate::new(id.to_string(), environment.created_at, agrees, environment);
        if has_secret {
            return candidate;
        }
        candidate.without_secret(id.as_str(), first.and_then(|key| key.key).as_ref().map(ApiKey::as_str))
    }
}

models! {
    /// A product environment. Only the id is always present.
    ///
    /// ```
    /// use cloudinary_provisioning::product_environments::ProductEnvironment;
    ///
    /// let json = r#"{
    ///     "id": "s1",
    ///     "cloud_name": "shop",
    ///     "api_access_keys": [{"key": "814", "secret": "s3cr3t"}]
    /// }"#;
    /// let environment: ProductEnvironment = serde_json::from_str(json)?;
    /// assert!(!format!("{environment:?}").contains("s3cr3t"));
    /// let key = environment.api_access_keys.unwrap_or_default().remove(0);
    /// assert_eq!(key.secret.as_ref().map(|secret| secret.expose()), Some("s3cr3t"));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[derive(Eq)]
    ProductEnvironment {
        /// The id, which other operations call `sub_account_id`.
        id: SubAccountId,
        /// The display name.
        name?: String,
        /// The cloud name.
        cloud_name?: String,
        /// Whether it is enabled.
        enabled?: bool,
        /// The access keys: on creation the first one with its secret; later all of them, with or without their secrets.
        api_access_keys?: Vec<ApiAccessKey>,
        /// When it was created.
        created_at?: OffsetDateTime,
        /// When it was last changed.
        updated_at?: OffsetDateTime,
        /// The description. It is not in the API description; every response of the service has it.
        description?: String,
        /// Your own attributes. They are not in the API description; every response of the service has them.
        custom_attributes?: JsonObject,
        /// The edge key, which is known to be present only on creation.
        edge_key?: Secret,
    }

    /// An access key of a product environment, in short.
    ///
    /// ```
    /// use cloudinary_provisioning::product_environments::ApiAccessKey;
    ///
    /// let key: ApiAccessKey =
    ///     serde_json::from_str(r#"{"key":"814814814814814","enabled":true}"#)?;
    /// assert_eq!(key.key, Some("814814814814814".into()));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[derive(Eq)]
    ApiAccessKey {
        /// The key, which is digits.
        key?: ApiKey,
        /// The secret; empty or absent in some responses.
        secret?: Secret,
        /// Whether the key is enabled.
        enabled?: bool,
    }
}

impl ProductEnvironment {
    /// Returns `false` only if the service says that it is disabled: a product environment is created enabled.
    ///
    /// ```
    /// use cloudinary_provisioning::product_environments::ProductEnvironment;
    ///
    /// let mut shop = ProductEnvironment::new("1");
    /// assert!(shop.is_enabled());
    /// shop.enabled = Some(false);
    /// assert!(!shop.is_enabled());
    /// ```
    pub fn is_enabled(&self) -> bool {
        self.enabled != Some(false)
    }
}
