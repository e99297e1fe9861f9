//! Accounts and clouds for agents: `create_account`, `create_cloud`.
//!
//! | operation | what it does | request | returns | retried |
//! |---|---|---|---|---|
//! | [`CreateAccount`] | Creates a free account for a person and sends them an email to verify. | `POST /agents/accounts` | `AgentAccount` | only if known not to be processed |
//! | [`CreateCloud`] | Creates a cloud that lives for 24 hours, unless a person claims it. | `POST /clouds` | `AgentCloud` | only if known not to be processed |
//!
//! They need neither an account nor credentials: requests carry no `authorization` header and go to the account's origin.
//! They are not in the vendor's API description; its classic Python SDK has them. The service limits them by IP address,
//! and counts failed calls.
//!
//! The responses hold the only copy of the credentials. If a response cannot be read, the error holds its body.

use time::OffsetDateTime;

use crate::declare::models::models;
use crate::declare::operations::operations;
use crate::product_environments::ApiAccessKey;
use crate::wire::id::{AccountId, ApiKey, SubAccountId};
use crate::wire::secret::Secret;

operations! {
    agents at Agents;

    /// Creates a free account for a person and sends them an email to verify.
    ///
    /// The credentials in the response are not valid until the address is verified. An address that is taken ends in a 400.
    ///
    /// ```
    /// use cloudinary_provisioning::{Account, agents::CreateAccount};
    ///
    /// let account = Account::new("acc", "key", "secret")?;
    /// let create = CreateAccount::new(
    ///     "ada@example.com",
    ///     "my-agent",
    ///     "my-model",
    ///     "Resize the shop's images",
    /// );
    /// let request = account.request(&create)?;
    /// assert_eq!(request.uri().path(), "/v1_1/provisioning/agents/accounts");
    /// assert!(!request.headers().contains_key("authorization"));
    /// let short = CreateAccount::new("ada@example.com", "x", "my-model", "Resize");
    /// assert_eq!(account.request(&short).unwrap_err().field(), "agent_framework");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[doc(alias = "create_agent_account")]
    #[doc(alias = "sign up")]
    POST /agents/accounts -> AgentAccount | 400 403 429
    CreateAccount "createAgentAccount" #_ NotIdempotent {
        /// The person's email address; the service refuses providers of disposable addresses.
        body email: String,
        /// The framework that the agent runs in, 2 to 100 characters.
        body agent_framework: String where 2..=100,
        /// The language model of the agent, 2 to 100 characters.
        body agent_llm_model: String where 2..=100,
        /// What the agent is to do, 2 to 300 characters.
        body agent_goal: String where 2..=300,
        /// The framework that the SDK is used from, 2 to 100 characters.
        body sdk_framework?: String where 2..=100,
    }

    /// Creates a cloud that lives for 24 hours, unless a person claims it.
    ///
    /// It cannot be read, changed or deleted with the API. The `claim_url` of the response holds a token.
    ///
    /// ```
    /// use cloudinary_provisioning::{Account, agents::CreateCloud};
    ///
    /// let account = Account::new("acc", "key", "secret")?;
    /// assert_eq!(account.request(&CreateCloud::new())?.body(), b"{}");
    /// let create = CreateCloud::new().delivery_ips(["requester_ip"]);
    /// assert_eq!(account.request(&create)?.body(), br#"{"delivery_ips":["requester_ip"]}"#);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[doc(alias = "create_cloud")]
    #[doc(alias = "claimable")]
    POST /clouds -> AgentCloud | 400 403 420 429
    CreateCloud "createCloud" #_ NotIdempotent {
        /// From where assets are delivered: 1 to 3 public IP addresses, or `requester_ip`.
        body delivery_ips?: [String] where 1..=3,
        /// An email address, which is not verified.
        body email?: String,
        /// The framework that the agent runs in.
        body agent_framework?: String,
        /// The language model of the agent.
        body agent_llm_model?: String,
        /// What the agent is to do.
        body agent_goal?: String,
        /// The framework that the SDK is used from.
        body sdk_framework?: String,
    }
}

models! {
    /// An account that was created for a person.
    ///
    /// ```
    /// use cloudinary_provisioning::agents::AgentAccount;
    ///
    /// let json = r#"{
    ///     "external_id": "a1",
    ///     "product_environments": [{"cloud_name": "demo", "api_secret": "s3cr3t"}]
    /// }"#;
    /// let account: AgentAccount = serde_json::from_str(json)?;
    /// assert_eq!(account.external_id, Some("a1".into()));
    /// assert!(!format!("{account:?}").contains("s3cr3t"));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[derive(Eq)]
    AgentAccount {
        /// The account's product environments, with their credentials.
        product_environments: Vec<AgentEnvironment>,
        /// The account's id.
        external_id?: AccountId,
        /// The person's email address.
        email?: String,
        /// The plan, `free` in one source and `Free` in another.
        plan_name?: String,
        /// What the person or the agent is to do next.
        guidance?: String,
    }

    /// A product environment of an account or a cloud for an agent.
    ///
    /// ```
    /// use cloudinary_provisioning::agents::AgentEnvironment;
    ///
    /// let environment: AgentEnvironment =
    ///     serde_json::from_str(r#"{"cloud_name":"demo","api_key":"814"}"#)?;
    /// assert_eq!(environment.api_key, Some("814".into()));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[derive(Eq)]
    AgentEnvironment {
        /// The product environment's id.
        external_id?: SubAccountId,
        /// The cloud name.
        cloud_name?: String,
        /// The key.
        api_key?: ApiKey,
        /// The secret.
        api_secret?: Secret,
        /// The whole assignment `CLOUDINARY_URL=cloudinary://key:secret@cloud`.
        api_environment_variable?: Secret,
        /// The keys, in the newer of the two shapes of a cloud.
        api_access_keys?: Vec<ApiAccessKey>,
    }

    /// A cloud, in either of two shapes: its credentials are here, or in `product_environments`.
    ///
    /// [`environments`](Self::environments) gives them in one shape.
    ///
    /// ```
    /// use cloudinary_provisioning::agents::AgentCloud;
    ///
    /// let flat: AgentCloud =
    ///     serde_json::from_str(r#"{"account_id":"a1","cloud_name":"demo","api_key":"814"}"#)?;
    /// let nested = r#"{
    ///     "id": "a1",
    ///     "product_environments": [
    ///         {"cloud_name": "demo", "api_access_keys": [{"key": "814"}]}
    ///     ]
    /// }"#;
    /// let nested: AgentCloud = serde_json::from_str(nested)?;
    /// for cloud in [flat, nested] {
    ///     assert_eq!(cloud.account().map(|id| id.as_str()), Some("a1"));
    ///     let environments = cloud.environments();
    ///     assert_eq!(environments[0].api_key, Some("814".into()));
    /// }
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[derive(Eq)]
    AgentCloud checked shape {
        /// The account's id, in the flat shape.
        account_id?: AccountId,
        /// The account's id, in an older shape.
        external_id?: AccountId,
        /// The account's id, in the nested shape.
        id?: AccountId,
        /// The email address.
        email?: String,
        /// The cloud name, in the flat shape.
        cloud_name?: String,
        /// The key, in the flat shape.
        api_key?: ApiKey,
        /// The secret, in the flat shape.
        api_secret?: Secret,
        /// The whole assignment `CLOUDINARY_URL=cloudinary://key:secret@cloud`, in the flat shape.
        api_environment_variable?: Secret,
        /// Whether a person has claimed the cloud.
        claimed?: bool,
        /// When the cloud ends, unless it is claimed.
        expires_at?: OffsetDateTime,
        /// From where assets are delivered.
        delivery_ips?: Vec<String>,
        /// The URL to claim the cloud with. It holds a token.
        claim_url?: Secret,
        /// What the person or the agent is to do next.
        guidance?: String,
        /// The product environments with their credentials, in the nested shape.
        product_environments?: Vec<AgentEnvironment>,
    }
}

impl AgentCloud {
    /// Returns the account's id, whichever field holds it.
    pub fn account(&self) -> Option<&AccountId> {
        self.account_id.as_ref().or(self.id.as_ref()).or(self.external_id.as_ref())
    }

    /// Returns the product environments with their credentials, whichever shape the response had. The key and the secret
    /// are in `api_key` and `api_secret`.
    pub fn environments(&self) -> Vec<AgentEnvironment> {
        let mut environments = self.product_environments.clone().unwrap_or_default();
        for environment in &mut environments {
            let key = environment.api_access_keys.as_deref().and_then(<[_]>::first).cloned();
            if let (Some(key), None) = (key, &environment.api_key) {
                environment.api_key = key.key;
                environment.api_secret = key.secret;
            }
        }
        if self.api_key.is_some() || self.api_environment_variable.is_some() {
            let mut flat = AgentEnvironment::new();
            flat.cloud_name.clone_from(&self.cloud_name);
            flat.api_key.clone_from(&self.api_key);
            flat.api_secret.clone_from(&self.api_secret);
            flat.api_environment_variable.clone_from(&self.api_environment_variable);
            environments.push(flat);
        }
        environments
    }

    fn shape(&self) -> Result<(), &'static str> {
        if self.environments().is_empty() { Err("missing field `api_key` or `product_environments`") } else { Ok(()) }
    }
}
