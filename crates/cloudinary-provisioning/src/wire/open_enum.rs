//! Enums that keep the values they do not know, so that a new value on the service's side breaks nobody.

use std::fmt;

/// A value of an open enum that this version does not know, kept as the service sent it.
///
/// Only this crate makes one, so that a known value always has its own variant.
///
/// ```
/// use cloudinary_provisioning::users::Role;
///
/// let role = Role::from("space_admin");
/// assert!(matches!(&role, Role::Unknown(value) if value.as_str() == "space_admin"));
/// assert_eq!(role.as_str(), "space_admin");
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UnknownValue(Box<str>);

impl UnknownValue {
    pub(crate) fn new(value: String) -> Self {
        Self(value.into_boxed_str())
    }

    /// Returns the value as the service sent it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for UnknownValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, f)
    }
}

macro_rules! open_enum {
    (
        $(#[$doc:meta])*
        $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $text:literal,)+ }
    ) => {
        $(#[$doc])*
        ///
        /// An open enum: a value that this version does not know is kept in `Unknown` and written back unchanged.
        /// `From<&str>` and `From<String>` take any text.
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$variant_doc])* #[doc = concat!("\n\nOn the wire: `", $text, "`.")] $variant,)+
            /// A value that this version does not know.
            Unknown($crate::wire::open_enum::UnknownValue),
        }

        impl $name {
            /// The values that this version knows, in the order of the vendor's documentation.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// Whether this is a value that this version does not know.
            pub fn is_unknown(&self) -> bool {
                matches!(self, Self::Unknown(_))
            }

            /// Returns the value as it stands on the wire.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $text,)+
                    Self::Unknown(value) => value.as_str(),
                }
            }

            fn known(value: &str) -> Option<Self> {
                match value {
                    $($text => Some(Self::$variant),)+
                    _ => None,
                }
            }
        }

        impl $crate::wire::kind::Typed for $name {
            const KIND: $crate::wire::kind::Kind = $crate::wire::kind::Kind::Choice(&[$($text),+]);
        }

        impl $crate::wire::scalar::Scalar for $name {
            const EXPECTED: &'static str = "a string";

            fn from_text(text: &str) -> $crate::wire::scalar::Parsed<Self> {
                $crate::wire::scalar::Parsed::Value(Self::from(text))
            }
        }

        impl $crate::wire::read::Read for $name {
            const EXPECTED: &'static str = <Self as $crate::wire::scalar::Scalar>::EXPECTED;

            fn read<'de, D: serde::Deserializer<'de>>(
                deserializer: D,
                _: &mut $crate::wire::json_path::JsonPath,
            ) -> Result<Option<Self>, D::Error> {
                $crate::wire::scalar::read_scalar(deserializer)
            }

            #[cfg(feature = "serialize")]
            fn write<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl $crate::wire::query::QueryValue for $name {
            fn write(&self, name: &'static str, target: &mut $crate::wire::target::Target) -> Result<(), $crate::BuildError> {
                target.query_id(name, self.as_str())
            }
        }

        impl $crate::wire::body::BodyValue for $name {
            fn write(&self, name: &'static str, body: &mut Vec<u8>) -> Result<(), $crate::BuildError> {
                $crate::wire::body::write_text(name, self.as_str(), body)
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                self.as_str()
            }
        }

        impl $crate::wire::given::Given for $name {
            fn text(&self) -> Option<&str> {
                Some(self.as_str())
            }
        }

        impl From<&str> for $name {
            fn from(value: &str) -> Self {
                Self::known(value).unwrap_or_else(|| Self::from(value.to_owned()))
            }
        }

        impl From<&$name> for $name {
            fn from(value: &$name) -> Self {
                value.clone()
            }
        }

        impl From<String> for $name {
            fn from(value: String) -> Self {
                Self::known(&value).unwrap_or_else(|| Self::Unknown($crate::wire::open_enum::UnknownValue::new(value)))
            }
        }

        impl std::str::FromStr for $name {
            type Err = std::convert::Infallible;

            fn from_str(value: &str) -> Result<Self, Self::Err> {
                Ok(Self::from(value))
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.as_str())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                $crate::wire::scalar::read_scalar(deserializer)?
                    .ok_or_else(|| serde::de::Error::invalid_type(serde::de::Unexpected::Unit, &"a string"))
            }
        }
    };
}

pub(crate) use open_enum;
