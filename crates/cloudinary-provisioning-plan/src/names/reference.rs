//! [`Reference`]: something of an account, by its id or by its name.

use std::fmt;

use cloudinary_provisioning::catalog::IdKind;

/// Something of an account, by its id or by its name.
///
/// | of | is an id as it stands | otherwise is |
/// |---|---|---|
/// | a user | a text without `@` | the email address, in any case of ASCII letters |
/// | a user group | 24 or more hexadecimal digits, or a UUID | the id or the name |
/// | a product environment | the same | the id, the cloud name or the display name |
/// | an access key | 12 or more digits | the key, or its name within its product environment |
/// | a role | the same as for a group, or a text with `::` | the id, the name, or `account/NAME` or `prodenv/NAME` |
/// | a custom policy | a text without `/` | the name behind its scope: `account/NAME`, `ENVIRONMENT/NAME`, or `all/NAME` for all product environments |
///
/// A text in the second column is never looked up. One in the third is looked for in a list that has both ids and names, and
/// is taken for an id if the list has it. `id:TEXT` is the id `TEXT`, whatever it looks like.
///
/// ```
/// use cloudinary_provisioning_plan::names::Reference;
///
/// assert_eq!(Reference::User("ada@example.com".to_owned()).known_id(), None);
/// assert_eq!(Reference::User("u1".to_owned()).known_id(), Some("u1"));
/// assert_eq!(Reference::Group("Editors".to_owned()).known_id(), None);
/// assert_eq!(Reference::Group("id:Editors".to_owned()).known_id(), Some("Editors"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Reference {
    /// A user.
    User(String),
    /// A user group.
    Group(String),
    /// A product environment.
    Environment(String),
    /// An access key of a product environment.
    #[non_exhaustive]
    Key {
        /// The product environment, as an id or a name as well.
        environment: String,
        /// The key.
        key: String,
    },
    /// A role.
    Role(String),
    /// A custom policy.
    Policy(String),
}

/// Where a custom policy is looked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum PolicyScope {
    Account,
    AllEnvironments,
    Environment(Reference),
}

impl Reference {
    /// Creates the reference to a key of a product environment.
    pub fn key(environment: impl Into<String>, key: impl Into<String>) -> Self {
        Self::Key { environment: environment.into(), key: key.into() }
    }

    /// Returns what it is a reference to.
    ///
    /// ```
    /// use cloudinary_provisioning::catalog::IdKind;
    /// use cloudinary_provisioning_plan::names::Reference;
    ///
    /// assert_eq!(Reference::key("shop", "deploy").kind(), IdKind::ApiKey);
    /// ```
    pub fn kind(&self) -> IdKind {
        match self {
            Self::User(_) => IdKind::User,
            Self::Group(_) => IdKind::Group,
            Self::Environment(_) => IdKind::SubAccount,
            Self::Key { .. } => IdKind::ApiKey,
            Self::Role(_) => IdKind::Role,
            Self::Policy(_) => IdKind::Policy,
        }
    }

    /// Returns the id if the text is one as it stands, so that there is nothing to look up.
    pub fn known_id(&self) -> Option<&str> {
        let text = self.text();
        if let Some(id) = text.strip_prefix("id:") {
            return Some(id);
        }
        let is_id = match self {
            Self::User(text) => !text.contains('@'),
            Self::Group(text) | Self::Environment(text) => is_made(text),
            Self::Key { key, .. } => is_key(key),
            Self::Role(text) => text.contains("::") || is_made(text),
            Self::Policy(text) => !text.contains('/'),
        };
        is_id.then_some(text)
    }

    /// The id or the name.
    pub(crate) fn text(&self) -> &str {
        match self {
            Self::User(text) | Self::Group(text) | Self::Environment(text) | Self::Role(text) | Self::Policy(text) => {
                text
            }
            Self::Key { key, .. } => key,
        }
    }
}

/// Where a custom policy is looked for, and by which name.
pub(crate) fn scope_and_name(policy: &str) -> (PolicyScope, &str) {
    let (scope, name) = policy.split_once('/').unwrap_or((policy, ""));
    let scope = match scope {
        "account" => PolicyScope::Account,
        "all" => PolicyScope::AllEnvironments,
        environment => PolicyScope::Environment(Reference::Environment(environment.to_owned())),
    };
    (scope, name)
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self {
            Self::User(_) => "user",
            Self::Group(_) => "user group",
            Self::Environment(_) => "product environment",
            Self::Key { environment, key } => {
                return write!(f, "access key {key:?} in product environment {environment:?}");
            }
            Self::Role(_) => "role",
            Self::Policy(_) => "custom policy",
        };
        write!(f, "{kind} {:?}", self.text())
    }
}

/// Whether a text is an id as the service makes them.
fn is_made(text: &str) -> bool {
    let digits = text.bytes().filter(u8::is_ascii_hexdigit).count();
    digits >= 24 && (digits == text.len() || is_uuid(text))
}

fn is_uuid(text: &str) -> bool {
    text.split('-').map(str::len).eq([8, 4, 4, 4, 12])
        && text.bytes().all(|byte| byte == b'-' || byte.is_ascii_hexdigit())
}

/// Whether a text is the text of an access key.
pub(super) fn is_key(text: &str) -> bool {
    text.len() >= 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_of_the_services_shape_is_not_looked_up() {
        let hex = "7f08f1f1fc910bf1f25274aef11d27";
        for text in [hex, "16a8ff3b-736b-49a6-85c0-03b69d5a357b"] {
            for reference in [Reference::Group, Reference::Environment, Reference::Role, Reference::User] {
                assert_eq!(reference(text.to_owned()).known_id(), Some(text));
            }
        }
        for text in [
            "my-company-website-staging-2024",
            "Editors",
            "g1",
            "",
            "deadbeef-deadbeef-deadbeef",
            "é".repeat(30).as_str(),
        ] {
            assert_eq!(Reference::Environment(text.to_owned()).known_id(), None, "{text}");
        }
        assert_eq!(
            Reference::Role("cld::role::account::admin".to_owned()).known_id(),
            Some("cld::role::account::admin")
        );
        assert_eq!(Reference::key("shop", "814814814814814").known_id(), Some("814814814814814"));
        assert_eq!(Reference::key("shop", "2024").known_id(), None);
    }
}
