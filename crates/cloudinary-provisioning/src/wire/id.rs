//! Identifiers: newtypes over `String`, so that a user's id cannot be passed where a group's is meant.

use std::borrow::{Borrow, Cow};
use std::fmt;

use serde::{Deserialize, Deserializer, Serialize};

use crate::wire::body::{BodyValue, write_text};
use crate::wire::build_error::{BuildError, Empty};
use crate::wire::given::Given;
use crate::wire::json_path::JsonPath;
use crate::wire::kind::{IdKind, Kind, Typed};
use crate::wire::nullable::nullable;
use crate::wire::query::QueryValue;
use crate::wire::read::Read;
use crate::wire::scalar::{Parsed, Scalar, read_scalar};
use crate::wire::target::Target;

macro_rules! ids {
    ($(#[doc = $doc:literal] $name:ident of $of:ident;)+) => {$(
        #[doc = $doc]
        ///
        /// Any text makes one. What a URL cannot carry (an empty id, `.` and `..`) is refused when a request is
        /// built, everything else is percent-encoded.
        ///
        /// ```
        #[doc = concat!("use cloudinary_provisioning::", stringify!($name), ";")]
        ///
        #[doc = concat!("let id = ", stringify!($name), "::from(\"0abed8df\");")]
        /// assert_eq!(id, "0abed8df");
        /// assert_eq!(id.to_string(), "0abed8df");
        /// ```
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Returns the id as the service writes it.
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// Returns the id as an owned string, without a copy.
            pub fn into_string(self) -> String {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Debug::fmt(&self.0, f)
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl From<String> for $name {
            fn from(id: String) -> Self {
                Self(id)
            }
        }

        impl From<&str> for $name {
            fn from(id: &str) -> Self {
                Self(id.to_owned())
            }
        }

        impl From<&String> for $name {
            fn from(id: &String) -> Self {
                Self(id.clone())
            }
        }

        impl From<Cow<'_, str>> for $name {
            fn from(id: Cow<'_, str>) -> Self {
                Self(id.into_owned())
            }
        }

        impl From<&$name> for $name {
            fn from(id: &$name) -> Self {
                id.clone()
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl PartialEq<String> for $name {
            fn eq(&self, other: &String) -> bool {
                self.0 == *other
            }
        }

        impl PartialEq<$name> for String {
            fn eq(&self, other: &$name) -> bool {
                *self == other.0
            }
        }

        impl PartialEq<$name> for str {
            fn eq(&self, other: &$name) -> bool {
                *self == *other.0
            }
        }

        impl PartialEq<$name> for &str {
            fn eq(&self, other: &$name) -> bool {
                **self == *other.0
            }
        }

        impl PartialEq<str> for $name {
            fn eq(&self, other: &str) -> bool {
                self.0 == other
            }
        }

        impl PartialEq<&str> for $name {
            fn eq(&self, other: &&str) -> bool {
                self.0 == *other
            }
        }

        nullable!($name: $name, $name: &$name, $name: &str, $name: String, $name: &String);

        impl Given for $name {
            fn text(&self) -> Option<&str> {
                Some(&self.0)
            }
        }

        impl Typed for $name {
            const KIND: Kind = Kind::Id(IdKind::$of);
            const DOC: &'static str = $doc;
        }

        /// A number is an id as well.
        impl Scalar for $name {
            const EXPECTED: &'static str = "a string";

            fn from_text(text: &str) -> Parsed<Self> {
                Parsed::Value(Self(text.to_owned()))
            }

            fn from_integer(value: i64) -> Parsed<Self> {
                Parsed::Value(Self(value.to_string()))
            }

            fn from_unsigned(value: u64) -> Parsed<Self> {
                Parsed::Value(Self(value.to_string()))
            }
        }

        impl Read for $name {
            const EXPECTED: &'static str = <Self as Scalar>::EXPECTED;

            fn read<'de, D: Deserializer<'de>>(deserializer: D, _: &mut JsonPath) -> Result<Option<Self>, D::Error> {
                read_scalar(deserializer)
            }

            /// Older responses of the service join ids with commas.
            fn list_of_text(text: &str) -> Option<Vec<Self>> {
                Some(text.split(',').filter(|id| !id.is_empty()).map(Self::from).collect())
            }

            #[cfg(feature = "serialize")]
            fn write<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                self.serialize(serializer)
            }
        }

        impl QueryValue for $name {
            fn write(&self, name: &'static str, target: &mut Target) -> Result<(), BuildError> {
                target.query_id(name, &self.0)
            }
        }

        /// An empty id is refused, as everywhere.
        impl BodyValue for $name {
            fn write(&self, name: &'static str, body: &mut Vec<u8>) -> Result<(), BuildError> {
                if self.0.is_empty() {
                    return Err(BuildError::empty(name, Empty::Id));
                }
                write_text(name, &self.0, body)
            }
        }
    )+};
}

ids! {
    /// The id of an account: the `account_id` of the vendor's documentation.
    AccountId of Account;
    /// The id of a user: the `user_id` of the vendor's documentation.
    UserId of User;
    /// The id of a user group: the `group_id` of the vendor's documentation.
    GroupId of Group;
    /// The id of a product environment: the `sub_account_id` of the vendor's documentation.
    SubAccountId of SubAccount;
    /// The text of an access key, which is its id: the `key` or `api_key` of the vendor's documentation.
    ApiKey of ApiKey;
    /// The name of an access key, unique within its product environment.
    KeyName of KeyName;
    /// The id of a policy, of the system or a custom one: the `policy_id` of the vendor's documentation.
    PolicyId of Policy;
    /// The id of a role, such as `cld::role::prodenv::master_admin`: the `role_id` of the vendor's documentation.
    RoleId of Role;
    /// The id of a principal: of a user or a group, or the text of a key.
    PrincipalId of Principal;
    /// Where a policy or a role applies: the id of a product environment, or `all`.
    ScopeId of Scope;
}

/// Ids that name the same thing: `general from special`.
macro_rules! same {
    ($($general:ident from $special:ident,)+) => {$(
        impl From<$special> for $general {
            fn from(id: $special) -> Self {
                Self(id.0)
            }
        }

        impl From<&$special> for $general {
            fn from(id: &$special) -> Self {
                Self(id.0.clone())
            }
        }

        nullable!($general: $special, $general: &$special);
    )+};
}

same! {
    ScopeId from SubAccountId,
    PrincipalId from UserId,
    PrincipalId from GroupId,
    PrincipalId from ApiKey,
}
