//! The product environments that a user can access: all, none, or some.

use std::collections::BTreeSet;
use std::fmt;

use cloudinary_provisioning::{SubAccountAccess, SubAccountId};
use serde::de::{Error, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::output::csv_format::{ALL, NONE};
use crate::terminal::shown::shown;

/// What a user can access. In JSON it is `"all"`, `"none"`, or a list that is not empty: the service takes an empty list
/// for access to all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Environments {
    /// Every product environment, also those that are created later.
    All,
    /// None: there are such users, and no request makes one.
    None,
    Only(BTreeSet<SubAccountId>),
}

impl Environments {
    pub(crate) fn of(ids: impl IntoIterator<Item = SubAccountId>) -> Self {
        let ids: BTreeSet<_> = ids.into_iter().collect();
        if ids.is_empty() { Self::None } else { Self::Only(ids) }
    }

    /// As a request says it. A plan lets no request ask for none; it would be refused when it is built.
    pub(crate) fn access(&self) -> SubAccountAccess {
        match self {
            Self::All => SubAccountAccess::All,
            Self::None => SubAccountAccess::Only(Vec::new()),
            Self::Only(ids) => SubAccountAccess::from(ids),
        }
    }
}

impl fmt::Display for Environments {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::All => f.write_str(ALL),
            Self::None => f.write_str(NONE),
            Self::Only(ids) => {
                let ids: Vec<_> = ids.iter().map(|id| shown(id.as_str())).collect();
                write!(f, "[{}]", ids.join(" "))
            }
        }
    }
}

impl Serialize for Environments {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::All => serializer.serialize_str(ALL),
            Self::None => serializer.serialize_str(NONE),
            Self::Only(ids) => ids.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Environments {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Expected;

        impl<'de> Visitor<'de> for Expected {
            type Value = Environments;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a list of ids, \"all\" or \"none\"")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
                match text.trim() {
                    ALL => Ok(Environments::All),
                    NONE => Ok(Environments::None),
                    _ => Err(E::invalid_value(serde::de::Unexpected::Str(text), &self)),
                }
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Self::Value, A::Error> {
                let mut ids = BTreeSet::new();
                while let Some(id) = list.next_element::<String>()? {
                    match id.trim() {
                        "" => return Err(A::Error::custom("an id is empty")),
                        id => ids.insert(SubAccountId::from(id)),
                    };
                }
                if ids.is_empty() {
                    return Err(A::Error::custom(
                        "an empty list would grant access to all product environments; write \"all\" to mean that, or \"none\"",
                    ));
                }
                Ok(Environments::Only(ids))
            }
        }

        deserializer.deserialize_any(Expected)
    }
}
