//! Custom policies: `list`, `create`, `get`, `update`, `delete`.
//!
//! | operation | what it does | request | returns | retried |
//! |---|---|---|---|---|
//! | [`List`] | Lists the custom policies of a scope. | `GET /policies/custom` | `CursorPage<CustomPolicy>` | yes |
//! | [`Create`] | Creates a custom policy. | `POST /policies/custom` | `CustomPolicy` | only if known not to be processed |
//! | [`Get`] | Gets one custom policy. | `GET /policies/custom/{policy_id}` | `CustomPolicy` | yes |
//! | [`Update`] | Replaces a custom policy as a whole: fields that are not set are cleared. | `PUT /policies/custom/{policy_id}` | `CustomPolicy` | yes |
//! | [`Delete`] | Deletes a custom policy. | `DELETE /policies/custom/{policy_id}` | `()` | yes |
//!
//! The service rewrites the whitespace of statements, so a response differs from what was sent. Compare statements with
//! [`same_statement`].
//!
//! The vendor's documentation: <https://cloudinary.com/documentation/provisioning_api#custom_policies>.

use time::OffsetDateTime;

use crate::api::shared::ScopeType;
use crate::call::pager::paged;
use crate::declare::models::models;
use crate::declare::operations::operations;
use crate::operation::any::{Candidate, Lookup};
use crate::operation::lookup::agrees;
use crate::wire::build_error::BuildError;
use crate::wire::id::{PolicyId, ScopeId};
use crate::wire::nullable::Nullable;

operations! {
    custom_policies at Permissions;

    /// Lists the custom policies of a scope.
    ///
    /// Without a scope type of `prodenv` the account's are returned. The service pages with a cursor; give the operation to a
    /// [`Pager`](crate::Pager) or to the adapter's `items`.
    ///
    /// ```
    /// use cloudinary_provisioning::{Account, ScopeType, custom_policies::List};
    ///
    /// let account = Account::new("acc", "key", "secret")?;
    /// let list = List::new().scope_type(ScopeType::Prodenv);
    /// assert_eq!(account.request(&list).unwrap_err().field(), "scope_id");
    /// let request = account.request(&list.scope_id("s1"))?;
    /// assert_eq!(request.uri().query(), Some("scope_type=prodenv&scope_id=s1"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[doc(alias = "get_custom_policies")]
    GET /policies/custom -> { data: [CustomPolicy], next_cursor } | 401 403 500
    List "getCustomPolicies" #get_custom_policies Safe needs scope_id where scope_type is prodenv {
        /// The level that the policies apply to. The service's default is `account`.
        query scope_type?: ScopeType,
        /// The product environment. It is needed where the level is `prodenv`.
        query scope_id?: ScopeId,
        /// Whether to return only enabled (`true`) or only disabled (`false`) policies. Unset, both.
        query enabled?: bool,
        /// Where the page begins: the `next_cursor` of the page before.
        query cursor?: String,
    }

    /// Creates a custom policy.
    ///
    /// According to the description, an identical statement in the same scope ends in a 409.
    ///
    /// ```
    /// use cloudinary_provisioning::{Account, ScopeType, custom_policies::Create};
    ///
    /// let account = Account::new("acc", "key", "secret")?;
    /// let create = Create::new(
    ///     "permit(principal, action, resource);",
    ///     ScopeType::Account,
    ///     "Everything",
    /// );
    /// let body: serde_json::Value =
    ///     serde_json::from_slice(account.request(&create)?.body())?;
    /// assert_eq!(
    ///     body,
    ///     serde_json::json!({
    ///         "policy_statement": "permit(principal, action, resource);",
    ///         "scope_type": "account",
    ///         "name": "Everything",
    ///     }),
    /// );
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[doc(alias = "create_custom_policy")]
    #[doc(alias = "cedar")]
    POST /policies/custom -> { data: CustomPolicy } 201 | 400 401 403 409 500
    Create "createCustomPolicy" #create_custom_policy NotIdempotent needs scope_id where scope_type is prodenv found by lookup {
        /// The statement, in Cedar.
        body policy_statement: String,
        /// The level that the policy applies to.
        body scope_type: ScopeType,
        /// The name.
        body name: String,
        /// A description.
        body description?: Nullable<String>,
        /// The product environment, or `all`. It is needed where the level is `prodenv`.
        body scope_id?: Nullable<ScopeId>,
        /// Whether the policy is enabled. The service's default is `true`.
        body enabled?: Nullable<bool>,
    }

    /// Gets one custom policy.
    ///
    /// ```
    /// use cloudinary_provisioning::{custom_policies::Get, http::Response};
    ///
    /// let policy =
    ///     Get::new("p1").parse(&Response::new(r#"{"data":{"id":"p1","enabled":true}}"#))?;
    /// assert_eq!(policy.enabled, Some(true));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[doc(alias = "get_custom_policy")]
    GET /policies/custom/{policy_id: PolicyId} -> { data: CustomPolicy } | 401 403 404
    Get "getCustomPolicy" #get_custom_policy Safe {}

    /// Replaces a custom policy as a whole: fields that are not set are cleared.
    ///
    /// According to the description, a statement identical to the present one ends in a 409; in a live test it succeeded.
    ///
    /// ```
    /// use cloudinary_provisioning::{Account, Null, ScopeType, custom_policies::Update};
    ///
    /// let account = Account::new("acc", "key", "secret")?;
    /// let update = Update::new(
    ///     "p1",
    ///     "permit(principal, action, resource);",
    ///     ScopeType::Account,
    ///     "All",
    ///     true,
    /// )
    /// .description(Null);
    /// assert_eq!(account.request(&update)?.method(), "PUT");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[doc(alias = "update_custom_policy")]
    #[doc(alias = "replace")]
    PUT /policies/custom/{policy_id: PolicyId} -> { data: CustomPolicy } | 400 401 403 404 409 500
    Update "updateCustomPolicy" #update_custom_policy Idempotent needs scope_id where scope_type is prodenv {
        /// The statement, in Cedar.
        body policy_statement: String,
        /// The level that the policy applies to.
        body scope_type: ScopeType,
        /// The name.
        body name: String,
        /// Whether the policy is enabled. The service's default is `true`.
        body enabled: Nullable<bool>,
        /// A description; `Null` clears it.
        body description?: Nullable<String>,
        /// The product environment, or `all`. It is needed where the level is `prodenv`.
        body scope_id?: Nullable<ScopeId>,
    }

    /// Deletes a custom policy.
    ///
    /// ```
    /// use cloudinary_provisioning::{custom_policies::Delete, http::Response};
    ///
    /// Delete::new("p1").parse(&Response::builder().status(204).body("")?)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[doc(alias = "delete_custom_policy")]
    DELETE /policies/custom/{policy_id: PolicyId} -> () 204 | 401 403 404
    Delete "deleteCustomPolicy" #delete_custom_policy Idempotent {}
}

paged!(List: CustomPolicy, by cursor: String, keyed by id);

impl Create {
    #[expect(clippy::unnecessary_wraps, reason = "as those of creates that need not have their key")]
    fn lookup(&self) -> Result<Lookup<CustomPolicy>, BuildError> {
        let create = self.clone();
        let list = List::new()
            .scope_type(self.scope_type.clone())
            .maybe(self.scope_id.as_ref().and_then(Nullable::as_ref), List::scope_id);
        Ok(Lookup::by_cursor(
            list,
            |list, cursor| list.cursor(cursor),
            move |policy: CustomPolicy| {
                let is_it = policy.name.as_ref() == Some(&create.name)
                    && policy.policy_statement.as_ref().is_some_and(|it| same_statement(it, &create.policy_statement));
                is_it.then(|| Candidate::new(policy.id.to_string(), policy.created_at, create.made(&policy), policy))
            },
        ))
    }

    /// Whether a policy has the fields that are asked for.
    fn made(&self, policy: &CustomPolicy) -> bool {
        // A description that is null does not agree with one that was asked for.
        let description = self.description.as_ref().and_then(Nullable::as_ref);
        description.is_none_or(|asked| policy.description.as_ref() == Some(asked))
            && agrees(self.enabled.as_ref().and_then(Nullable::as_ref), policy.enabled.as_ref())
    }
}

/// Whether two Cedar statements differ in nothing but whitespace outside string literals.
///
/// The service returns statements with other whitespace than was sent. Whitespace counts only between two words. Comments
/// are compared as they are.
///
/// ```
/// use cloudinary_provisioning::custom_policies::same_statement;
///
/// assert!(same_statement(
///     "permit(principal,\n  action, resource);",
///     "permit( principal, action, resource );"
/// ));
/// assert!(!same_statement(r#"resource.name == "a b""#, r#"resource.name == "a  b""#));
/// assert!(!same_statement("when true", "whentrue"));
/// ```
pub fn same_statement(one: &str, other: &str) -> bool {
    tokens(one).eq(tokens(other))
}

/// The characters of a statement without insignificant whitespace; whitespace between two words is a single space.
fn tokens(statement: &str) -> impl Iterator<Item = char> {
    let mut characters = statement.trim().chars().peekable();
    let (mut in_text, mut escaped, mut previous) = (false, false, ' ');
    std::iter::from_fn(move || {
        loop {
            let character = characters.next()?;
            if in_text {
                in_text = character != '"' || escaped;
                escaped = character == '\\' && !escaped;
            } else if character.is_whitespace() {
                while characters.next_if(|next| next.is_whitespace()).is_some() {}
                let separates = is_word(previous) && characters.peek().copied().is_some_and(is_word);
                if !separates {
                    continue;
                }
                previous = ' ';
                return Some(' ');
            } else {
                in_text = character == '"';
            }
            previous = character;
            return Some(character);
        }
    })
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

models! {
    /// A custom policy.
    ///
    /// ```
    /// use cloudinary_provisioning::custom_policies::CustomPolicy;
    ///
    /// let policy: CustomPolicy =
    ///     serde_json::from_str(r#"{"id":"p1","name":"All","updated_at":1719475216}"#)?;
    /// assert_eq!(policy.name.as_deref(), Some("All"));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[derive(Eq)]
    CustomPolicy {
        /// The policy's id, which the service assigns.
        id: PolicyId,
        /// The name.
        name?: String,
        /// The statement, in Cedar, with the service's whitespace.
        policy_statement?: String,
        /// The level that the policy applies to.
        scope_type?: ScopeType,
        /// Whether the policy is enabled.
        enabled?: bool,
        /// When the policy was created.
        created_at?: OffsetDateTime,
        /// When the policy was last changed.
        updated_at?: OffsetDateTime,
        /// The description.
        description?: String,
        /// The product environment, or `all`, where the level is `prodenv`.
        scope_id?: ScopeId,
    }
}

impl CustomPolicy {
    /// Returns `false` only if the service says that it is disabled: its default is `true`.
    ///
    /// ```
    /// use cloudinary_provisioning::custom_policies::CustomPolicy;
    ///
    /// let mut policy = CustomPolicy::new("1");
    /// assert!(policy.is_enabled());
    /// policy.enabled = Some(false);
    /// assert!(!policy.is_enabled());
    /// ```
    pub fn is_enabled(&self) -> bool {
        self.enabled != Some(false)
    }
}
