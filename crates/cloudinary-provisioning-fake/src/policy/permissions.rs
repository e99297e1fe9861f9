//! What the resources of the permissions system share: their words, scopes, and the content that roles are for.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Serialize, Serializer};
use serde_json::{Map, Value};
use time::OffsetDateTime;

use crate::account::FakeAccount;
use crate::operations::custom_policies::{self, FakeCustomPolicy, NewCustomPolicy};
use crate::operations::principals::{self, FakeAssignment, NewAssignment, Principal};
use crate::operations::roles::{self, FakeRole, NewRole};
use crate::reply::answer::{Answer, Failure, created, ok};
use crate::request::fields::Fields;
use crate::state::State;

/// An enum whose values are texts on the wire.
macro_rules! words {
    ($(#[$meta:meta])* $name:ident { $($(#[$doc:meta])* $variant:ident = $text:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$doc])* #[serde(rename = $text)] $variant,)+
        }

        impl $name {
            /// The text that stands for it in requests and responses.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)+
                }
            }

            pub(crate) fn parse(text: &str) -> Option<Self> {
                match text {
                    $($text => Some(Self::$variant),)+
                    _ => None,
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

words! {
    /// Where a role or a policy applies.
    ///
    /// ```
    /// assert_eq!(cloudinary_provisioning_fake::ScopeType::Prodenv.to_string(), "prodenv");
    /// ```
    ScopeType {
        /// In the account itself.
        Account = "account",
        /// In one product environment or in all of them.
        Prodenv = "prodenv",
    }
}

words! {
    /// What a role's permissions are about.
    ///
    /// ```
    /// assert_eq!(
    ///     cloudinary_provisioning_fake::PermissionType::Content.to_string(),
    ///     "content"
    /// );
    /// ```
    PermissionType {
        /// Everything in the scope.
        Global = "global",
        /// A folder or a collection, named when the role is assigned.
        Content = "content",
    }
}

words! {
    /// Who manages a role.
    ///
    /// ```
    /// assert_eq!(cloudinary_provisioning_fake::ManagementType::System.to_string(), "system");
    /// ```
    ManagementType {
        /// The service: such a role cannot be changed.
        System = "system",
        /// The account.
        Custom = "custom",
    }
}

words! {
    /// The kind of a [`Principal`](crate::Principal).
    ///
    /// ```
    /// assert_eq!(cloudinary_provisioning_fake::PrincipalType::ApiKey.to_string(), "apiKey");
    /// ```
    PrincipalType {
        /// A user.
        User = "user",
        /// A user group, and with it its members.
        Group = "group",
        /// An access key of a product environment.
        ApiKey = "apiKey",
        /// A key of the account, the one that provisioning requests are signed in with.
        ProvisioningKey = "provisioningKey",
    }
}

/// The scope id that stands for every product environment.
pub(crate) const ALL: &str = "all";

/// The kinds of content that a content role can be about.
const CONTENT_KINDS: [&str; 2] = ["folder_id", "collection_id"];

/// The folder or collection that a content role is assigned for, by kind.
pub(crate) type Parameters = BTreeMap<String, String>;

/// A scope: the account, one product environment, or all of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Scope {
    pub(crate) kind: ScopeType,
    /// Present for product environments alone.
    pub(crate) id: Option<String>,
}

impl Scope {
    /// Whether what applies in this scope applies in the other one, too.
    pub(crate) fn covers(&self, other: &Self) -> bool {
        self.kind == other.kind && (self.id == other.id || self.id.as_deref() == Some(ALL))
    }
}

/// Puts folders and collections into the placeholders of a statement.
pub(crate) fn fill(statement: &str, parameters: &Parameters) -> String {
    let mut filled = statement.to_owned();
    for (kind, id) in parameters {
        let id = id.replace('\\', "\\\\").replace('"', "\\\"");
        filled = filled.replace(&format!("<{kind}>"), &id);
    }
    filled
}

/// Reads an object of folder and collection ids.
pub(crate) fn parameters(object: Option<&Map<String, Value>>) -> Result<Parameters, Failure> {
    let read = |(kind, id): (&String, &Value)| match id {
        Value::String(id) if !id.is_empty() => Ok((kind.clone(), id.clone())),
        Value::Number(id) => Ok((kind.clone(), id.to_string())),
        _ => Err(Failure::invalid("policy_parameters", format!("must have a text for {kind}"))),
    };
    object.into_iter().flatten().map(read).collect()
}

/// Reads the folder, the collection or the pairs of `param_key` and `param_value` that a request is about.
/// `asset_id` is not supported by the service.
pub(crate) fn content(fields: &Fields) -> Result<Parameters, Failure> {
    let keys = fields.texts("param_key").unwrap_or_default();
    let values = fields.texts("param_value").unwrap_or_default();
    if keys.len() != values.len() {
        let message = format!("must be as many as param_key, {} and not {}", keys.len(), values.len());
        return Err(Failure::invalid("param_value", message));
    }
    let single = CONTENT_KINDS.into_iter().filter_map(|kind| Some((kind, fields.text(kind)?)));
    Ok(keys.into_iter().zip(values).chain(single).map(|(kind, id)| (kind.to_owned(), id.to_owned())).collect())
}

/// Reads a word; the facts have seen to its being one of those that are known, where they know them.
pub(crate) fn word<T>(fields: &Fields, name: &str, parse: fn(&str) -> Option<T>) -> Result<Option<T>, Failure> {
    let read = |text: &str| parse(text).ok_or_else(|| Failure::invalid(name, format!("must not be {text:?}")));
    fields.text(name).map(read).transpose()
}

/// Reads a word that has to be there.
pub(crate) fn required_word<T>(fields: &Fields, name: &str, parse: fn(&str) -> Option<T>) -> Result<T, Failure> {
    word(fields, name, parse)?.ok_or_else(|| Failure::missing(name))
}

/// Reads a text that has to be there and must not be empty.
pub(crate) fn required_text<'a>(fields: &'a Fields, name: &str) -> Result<&'a str, Failure> {
    fields.text(name).filter(|text| !text.is_empty()).ok_or_else(|| Failure::missing(name))
}

/// Reads the scope of a request, the account's unless it is said otherwise. That of product environments needs
/// `scope_id`; with the account's it means nothing.
pub(crate) fn scope(fields: &Fields) -> Result<Scope, Failure> {
    let kind = word(fields, "scope_type", ScopeType::parse)?.unwrap_or(ScopeType::Account);
    let id = match kind {
        ScopeType::Account => None,
        ScopeType::Prodenv => Some(required_text(fields, "scope_id")?.to_owned()),
    };
    Ok(Scope { kind, id })
}

/// Reads the scope of a request about what is there already: its product environment has to exist.
pub(crate) fn existing_scope(state: &State, fields: &Fields) -> Result<Scope, Failure> {
    let scope = scope(fields)?;
    match scope.id.as_deref() {
        Some(id) if !has_environment(state, id) => Err(unknown("product environment", id)),
        _ => Ok(scope),
    }
}

/// Whether `scope_id` may have this value.
pub(crate) fn has_environment(state: &State, id: &str) -> bool {
    id == ALL || state.environments.get(id).is_some()
}

/// The 404 for what is not there.
pub(crate) fn unknown(what: &str, id: &str) -> Failure {
    Failure::not_found(format!("Cannot find {what} with id {id}"))
}

#[derive(Serialize)]
struct Data<'a, T: ?Sized> {
    data: &'a T,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

/// `{"data": …}` as a 200.
pub(crate) fn data<T: Serialize + ?Sized>(value: &T) -> Answer {
    data_page(value, None)
}

/// `{"data": …, "next_cursor": …}`, without the cursor at the end.
pub(crate) fn data_page<T: Serialize + ?Sized>(value: &T, next_cursor: Option<String>) -> Answer {
    ok(&Data { data: value, next_cursor })
}

/// `{"data": …}` as a 201.
pub(crate) fn created_data<T: Serialize + ?Sized>(value: &T) -> Answer {
    created(&Data { data: value, next_cursor: None })
}

/// Setup of policies, roles and assignments. What they come to is told [in the crate's documentation](crate#permissions).
impl FakeAccount {
    /// With this custom policy. See [`add_custom_policy`](Self::add_custom_policy).
    pub fn with_custom_policy(mut self, policy: NewCustomPolicy) -> Self {
        self.add_custom_policy(policy);
        self
    }

    /// With this role. See [`add_role`](Self::add_role).
    pub fn with_role(mut self, role: NewRole) -> Self {
        self.add_role(role);
        self
    }

    /// With this role of a principal's. See [`assign`](Self::assign).
    pub fn with_assignment(mut self, principal: Principal, role: NewAssignment) -> Self {
        self.assign(principal, role);
        self
    }

    /// Adds a custom policy and returns its id. One with the same id makes way. The statement is not looked at.
    pub fn add_custom_policy(&mut self, policy: NewCustomPolicy) -> String {
        custom_policies::insert(&mut self.state, policy).id
    }

    /// Adds a custom role and returns its id. One with the same id makes way, and whoever has it has the new one.
    pub fn add_role(&mut self, role: NewRole) -> String {
        roles::insert(&mut self.state, role).id
    }

    /// Assigns a role to a principal, who does not have to be there. Says whether there is such a role.
    pub fn assign(&mut self, principal: Principal, role: NewAssignment) -> bool {
        let assignment = role.build(principal, self.now());
        let known = self.role(&assignment.role_id).is_some();
        if known {
            self.state.principals.add(assignment);
        }
        known
    }

    /// Takes a role from a principal. Says whether the principal had it, in that scope and for that content.
    pub fn unassign(&mut self, principal: &Principal, role: &NewAssignment) -> bool {
        let assignment = role.clone().build(principal.clone(), self.now());
        self.state.principals.remove(&assignment)
    }
}

/// A look at policies, roles and assignments.
impl FakeAccount {
    /// All custom policies, in the order of creation.
    pub fn custom_policies(&self) -> impl DoubleEndedIterator<Item = &FakeCustomPolicy> {
        self.state.custom_policies.iter()
    }

    /// The custom policy of this id.
    pub fn custom_policy(&self, id: &str) -> Option<&FakeCustomPolicy> {
        self.state.custom_policies.get(id)
    }

    /// All roles: the system's, then custom ones in the order of creation.
    pub fn roles(&self) -> impl DoubleEndedIterator<Item = &FakeRole> {
        self.state.roles.iter()
    }

    /// The role of this id.
    pub fn role(&self, id: &str) -> Option<&FakeRole> {
        self.state.roles.get(id)
    }

    /// Who has which role, in the order of assignment.
    pub fn assignments(&self) -> impl DoubleEndedIterator<Item = &FakeAssignment> {
        self.state.principals.iter()
    }

    /// The roles of one principal. Those of a user's groups are the groups'.
    pub fn assignments_of(&self, principal: &Principal) -> impl DoubleEndedIterator<Item = &FakeAssignment> {
        self.assignments().filter(move |assignment| assignment.principal == *principal)
    }

    /// Whether the account's own key has a role in this product environment.
    pub fn provisioning_key_has_role(&self, sub_account_id: &str) -> bool {
        principals::provisioning_key_has_role(&self.state, sub_account_id)
    }
}

/// Times are seconds since 1970 here.
pub(crate) fn as_seconds<S: Serializer>(moment: &OffsetDateTime, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_i64(moment.unix_timestamp())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_escaped_in_statements() {
        let parameters = Parameters::from([("folder_id".to_owned(), "a\"b".to_owned())]);
        assert_eq!(fill("contains(\"<folder_id>\")", &parameters), r#"contains("a\"b")"#);
    }
}
