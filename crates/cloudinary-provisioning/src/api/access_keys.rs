//! Access keys of a product environment: `list`, `generate`, `delete_by_name`, `update`, `delete`.
//!
//! | operation | what it does | request | returns | retried |
//! |---|---|---|---|---|
//! | [`List`] | Lists the access keys of a product environment. | `GET /sub_accounts/{sub_account_id}/access_keys` | `AccessKeys` | yes |
//! | [`Generate`] | Generates an access key and returns it with its secret. | `POST /sub_accounts/{sub_account_id}/access_keys` | `AccessKey` | only if known not to be processed |
//! | [`DeleteByName`] | Deletes the access key of this name. | `DELETE /sub_accounts/{sub_account_id}/access_keys` | `SuccessResponse` | yes |
//! | [`Update`] | Updates what is set and leaves the rest of an access key. | `PUT /sub_accounts/{sub_account_id}/access_keys/{key}` | `AccessKey` | yes |
//! | [`Delete`] | Deletes an access key. | `DELETE /sub_accounts/{sub_account_id}/access_keys/{key}` | `SuccessResponse` | yes |
//!
//! A new key has no permissions until a role is assigned to it, with
//! [`principals::UpdateRoles`](crate::principals::UpdateRoles) and
//! [`Principal::api_key`](crate::principals::Principal::api_key). For an account without this feature, the service returns
//! a 404 with an HTML page.
//!
//! The vendor's documentation: <https://cloudinary.com/documentation/provisioning_api#access_keys>.

use time::OffsetDateTime;

use crate::api::shared::SuccessResponse;
use crate::call::pager::paged;
use crate::call::pager::sealed::Page;
use crate::declare::models::models;
use crate::declare::operations::operations;
use crate::operation::any::{Candidate, Lookup};
use crate::operation::lookup::{agrees, key};
use crate::wire::build_error::BuildError;
use crate::wire::id::{ApiKey, KeyName, SubAccountId};
use crate::wire::open_enum::open_enum;
use crate::wire::secret::Secret;

pub use crate::api::shared::SortOrder;

operations! {
    access_keys at Provisioning;

    /// Lists the access keys of a product environment.
    ///
    /// Without a page it returns all keys. To walk it page by page, give it to a [`Pager`](crate::Pager) or to the adapter's
    /// `items`. Responses hold secrets.
    ///
    /// ```
    /// use cloudinary_provisioning::{access_keys::List, http::Response};
    ///
    /// let response = Response::new(
    ///     r#"{"access_keys":[{"api_key":"814","name":"Root","root":true}],"total":1}"#,
    /// );
    /// let keys = List::new("s1").parse(&response)?;
    /// assert_eq!((keys.access_keys[0].root, keys.total), (Some(true), Some(1)));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[doc(alias = "get_access_keys")]
    #[doc(alias = "api keys")]
    GET /sub_accounts/{sub_account_id: SubAccountId}/access_keys -> AccessKeys | 401 404 420 429
    List "getAccessKeys" #get_access_keys Safe {
        /// How many keys a page has.
        query page_size?: u32,
        /// The page to return, from 1 to 100. Without one the service returns all keys.
        query page?: u32 where 1..=100,
        /// What to sort by.
        query sort_by?: SortBy,
        /// The direction to sort in. The service's default is `desc`.
        query sort_order?: SortOrder,
    }

    /// Generates an access key and returns it with its secret.
    ///
    /// Each success creates another key. With a name, the service refuses a second one: names are unique within the
    /// product environment, and are known to stay taken after a deletion.
    ///
    /// ```
    /// use cloudinary_provisioning::{access_keys::Generate, http::Response};
    ///
    /// let response = Response::new(r#"{"api_key":"814","api_secret":"s3cr3t","name":"ci"}"#);
    /// let key = Generate::new("s1").name("ci").parse(&response)?;
    /// assert_eq!(key.api_secret.as_ref().map(|secret| secret.expose()), Some("s3cr3t"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[doc(alias = "generate_access_key")]
    #[doc(alias = "create api key")]
    POST /sub_accounts/{sub_account_id: SubAccountId}/access_keys -> AccessKey | 400 401 403 404 409 420 429
    Generate "generateAccessKey" #generate_an_access_key NotIdempotent found by lookup {
        /// The name, unique within the product environment.
        body name?: String,
        /// Whether the key is enabled.
        body enabled?: bool,
    }

    /// Deletes the access key of this name.
    ///
    /// The name goes into the query, as the description has it; the vendor's classic SDKs send it in a body.
    ///
    /// ```
    /// use cloudinary_provisioning::{Account, access_keys::DeleteByName};
    ///
    /// let account = Account::new("acc", "key", "secret")?;
    /// let request = account.request(&DeleteByName::new("s1", "ci"))?;
    /// assert_eq!(
    ///     (request.method().as_str(), request.uri().query()),
    ///     ("DELETE", Some("name=ci"))
    /// );
    /// assert_eq!(account.request(&DeleteByName::new("s1", "")).unwrap_err().field(), "name");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[doc(alias = "delete_access_key_by_name")]
    DELETE /sub_accounts/{sub_account_id: SubAccountId}/access_keys -> SuccessResponse | 400 401 403 404 420 429
    DeleteByName "deleteAccessKeyByName" #delete_access_key_by_name Idempotent {
        /// The name of the key.
        query name: KeyName,
    }

    /// Updates what is set and leaves the rest of an access key.
    ///
    /// One report says that the service ignores `enabled: false`: compare the response with what you asked for.
    ///
    /// ```
    /// use cloudinary_provisioning::{Account, access_keys::Update};
    ///
    /// let account = Account::new("acc", "key", "secret")?;
    /// let request = account.request(&Update::new("s1", "814814814814814").enabled(false))?;
    /// assert!(request.uri().path().ends_with("/sub_accounts/s1/access_keys/814814814814814"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[doc(alias = "update_access_key")]
    #[doc(alias = "disable")]
    PUT /sub_accounts/{sub_account_id: SubAccountId}/access_keys/{key: ApiKey} -> AccessKey
        | 400 401 403 404 409 420 429
    Update "updateAccessKey" #update_an_access_key Idempotent {
        /// The name, unique within the product environment.
        body name?: String,
        /// Whether the key is enabled.
        body enabled?: bool,
        /// What to set the key aside for. The mark moves to this key from the one that had it. No way to remove it is
        /// documented.
        body dedicated_for?: DedicatedFor,
    }

    /// Deletes an access key.
    ///
    /// ```
    /// use cloudinary_provisioning::{access_keys::Delete, http::Response};
    ///
    /// let response = Response::new(r#"{"message":"ok"}"#);
    /// assert_eq!(Delete::new("s1", "814").parse(&response)?.message.as_deref(), Some("ok"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[doc(alias = "delete_access_key")]
    #[doc(alias = "revoke")]
    DELETE /sub_accounts/{sub_account_id: SubAccountId}/access_keys/{key: ApiKey} -> SuccessResponse
        | 400 401 403 404 420 429
    Delete "deleteAccessKey" #delete_access_key Idempotent {}
}

paged!(List: AccessKey, by page: u32, keyed by api_key, sorted by sort_by sort_order);

impl Page for AccessKeys {
    type Item = AccessKey;

    fn items(&self) -> &[AccessKey] {
        &self.access_keys
    }

    fn into_items(self) -> Vec<AccessKey> {
        self.access_keys
    }
}

impl Generate {
    fn lookup(&self) -> Result<Lookup<AccessKey>, BuildError> {
        key("name", self.name.as_deref())?;
        let generate = self.clone();
        let lookup = Lookup::new(List::new(&self.sub_account_id), move |keys: AccessKeys| {
            let is_it = |key: &AccessKey| key.name == generate.name;
            keys.access_keys.into_iter().filter(is_it).map(|key| generate.candidate(key)).collect()
        });
        Ok(lookup.unique())
    }

    fn candidate(&self, key: AccessKey) -> Candidate<AccessKey> {
        let agrees = agrees(self.enabled.as_ref(), key.enabled.as_ref());
        let (id, has_secret) = (key.api_key.clone(), key.api_secret.as_ref().is_some_and(Secret::is_usable));
        let candidate = Candidate::new(id.to_string(), key.created_at, agrees, key);
        if has_secret {
            return candidate;
        }
        candidate.without_secret(self.sub_account_id.as_str(), Some(id.as_str()))
    }
}

models! {
    /// Access keys, with how many there are.
    ///
    /// ```
    /// use cloudinary_provisioning::access_keys::{AccessKey, AccessKeys};
    ///
    /// let keys: AccessKeys =
    ///     serde_json::from_str(r#"{"access_keys":[{"api_key":"814"}],"total":7}"#)?;
    /// assert_eq!((keys.access_keys, keys.total), (vec![AccessKey::new("814")], Some(7)));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[derive(Eq)]
    AccessKeys {
        /// The keys, all of them or those of the page.
        access_keys: Vec<AccessKey>,
        /// How many keys there are.
        total?: u64,
        /// How many of them are enabled. It is not in the API description.
        active?: u64,
    }

    /// An access key.
    ///
    /// ```
    /// use cloudinary_provisioning::access_keys::AccessKey;
    ///
    /// let key: AccessKey =
    ///     serde_json::from_str(r#"{"api_key":"814","api_secret":"s3cr3t","root":false}"#)?;
    /// assert_eq!(key.api_key, "814");
    /// assert!(!format!("{key:?}").contains("s3cr3t"));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[derive(Eq)]
    AccessKey {
        /// The key: digits; also its id.
        api_key: ApiKey,
        /// The name.
        name?: String,
        /// The secret; empty or absent in some responses.
        api_secret?: Secret,
        /// When the key was created.
        created_at?: OffsetDateTime,
        /// When the key was last changed.
        updated_at?: OffsetDateTime,
        /// Whether the key is enabled.
        enabled?: bool,
        /// Whether this is the key that came with the product environment. It is not in the API description.
        root?: bool,
        /// What the key is set aside for. It is not in the API description.
        dedicated_for?: Vec<DedicatedFor>,
    }
}

impl AccessKey {
    /// Returns `false` only if the service says that it is disabled: a key that is generated without the field is enabled.
    ///
    /// ```
    /// use cloudinary_provisioning::access_keys::AccessKey;
    ///
    /// let mut key = AccessKey::new("1");
    /// assert!(key.is_enabled());
    /// key.enabled = Some(false);
    /// assert!(!key.is_enabled());
    /// ```
    pub fn is_enabled(&self) -> bool {
        self.enabled != Some(false)
    }
}

open_enum! {
    /// What [`List`] sorts by.
    ///
    /// ```
    /// use cloudinary_provisioning::access_keys::SortBy;
    ///
    /// assert_eq!(SortBy::CreatedAt.to_string(), "created_at");
    /// ```
    SortBy {
        /// The key.
        ApiKey = "api_key",
        /// The time of creation.
        CreatedAt = "created_at",
        /// The name.
        Name = "name",
        /// Whether the key is enabled.
        Enabled = "enabled",
    }
}

open_enum! {
    /// What a key is set aside for.
    ///
    /// ```
    /// use cloudinary_provisioning::access_keys::DedicatedFor;
    ///
    /// assert_eq!(DedicatedFor::Webhooks.as_str(), "webhooks");
    /// ```
    DedicatedFor {
        /// Signing webhooks.
        Webhooks = "webhooks",
    }
}
