//! Types for fields that plain types cannot represent: a list as JSON, pairs, access.

use crate::wire::body::BodyValue;
use crate::wire::build_error::{BuildError, Empty};
use crate::wire::id::SubAccountId;
use crate::wire::json;
use crate::wire::kind::{Kind, Typed};
use crate::wire::query::QueryValue;
use crate::wire::target::{Target, check_entries};
use serde::Serialize;

/// A list that is sent as one query value, as JSON.
///
/// ```
/// use cloudinary_provisioning::{Account, roles::List};
///
/// let account = Account::new("acc", "key", "secret")?;
/// let request = account.request(&List::new("content").policy_parameters(["folder_id"]))?;
/// let query = request.uri().query().unwrap_or_default();
/// assert!(query.ends_with("policy_parameters=%5B%22folder_id%22%5D"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct JsonList<T>(Vec<T>);

impl<T> JsonList<T> {
    /// Returns the items.
    pub fn as_slice(&self) -> &[T] {
        &self.0
    }
}

impl<T, I: IntoIterator> From<I> for JsonList<T>
where
    I::Item: Into<T>,
{
    fn from(items: I) -> Self {
        Self(items.into_iter().map(Into::into).collect())
    }
}

impl<T: Typed> Typed for JsonList<T> {
    const KIND: Kind = Kind::Json(&Kind::List(&T::KIND));
}

impl<T: AsRef<str> + Serialize> QueryValue for JsonList<T> {
    fn write(&self, name: &'static str, target: &mut Target) -> Result<(), BuildError> {
        check_entries(name, self.0.iter().map(AsRef::as_ref))?;
        let json = json::encode(&self.0)?;
        target.query(name, &String::from_utf8_lossy(&json));
        Ok(())
    }
}

/// The content that a role applies to, as pairs of a kind (`folder_id`, `collection_id`) and an id.
///
/// They are sent as two repeated parameters, `param_key` and `param_value`, which cannot differ in length here.
///
/// ```
/// use cloudinary_provisioning::{Account, roles::Get};
///
/// let account = Account::new("acc", "key", "secret")?;
/// let get = Get::new("r1").params([("folder_id", "f1"), ("collection_id", "c1")]);
/// let request = account.request(&get)?;
/// let query = "param_key=folder_id&param_key=collection_id&param_value=f1&param_value=c1";
/// assert_eq!(request.uri().query(), Some(query));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ContentParams(Vec<(String, String)>);

impl ContentParams {
    /// Returns the pairs.
    pub fn as_slice(&self) -> &[(String, String)] {
        &self.0
    }
}

impl<K: Into<String>, V: Into<String>, I: IntoIterator<Item = (K, V)>> From<I> for ContentParams {
    fn from(pairs: I) -> Self {
        Self(pairs.into_iter().map(|(key, value)| (key.into(), value.into())).collect())
    }
}

impl From<&Self> for ContentParams {
    fn from(params: &Self) -> Self {
        params.clone()
    }
}

impl Typed for ContentParams {
    const KIND: Kind = Kind::Pairs("param_key", "param_value");
}

impl QueryValue for ContentParams {
    fn write(&self, name: &'static str, target: &mut Target) -> Result<(), BuildError> {
        check_entries(name, self.0.iter().flat_map(|(key, value)| [key.as_str(), value]))?;
        for (key, _) in &self.0 {
            target.query("param_key", key);
        }
        for (_, value) in &self.0 {
            target.query("param_value", value);
        }
        Ok(())
    }
}

/// The product environments that a user can access: all of them, or these.
///
/// The service takes an empty list to mean access to **all** product environments. So an empty list is refused when the
/// request is built, and `SubAccountAccess::All` grants access to all of them explicitly.
///
/// ```
/// use cloudinary_provisioning::{SubAccountAccess, Account, users::Update};
///
/// let account = Account::new("acc", "key", "secret")?;
/// let body = |access: SubAccountAccess| {
///     let update = Update::new("u1").sub_account_ids(access);
///     account.request(&update).map(|request| request.into_body())
/// };
/// assert_eq!(body(["s1", "s2"].into())?, br#"{"sub_account_ids":["s1","s2"]}"#);
/// assert_eq!(body(SubAccountAccess::All)?, br#"{"sub_account_ids":[]}"#);
/// assert_eq!(body(Vec::<String>::new().into()).unwrap_err().field(), "sub_account_ids");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[doc(alias = "all_sub_accounts")]
#[doc(alias = "sub_account_ids")]
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum SubAccountAccess {
    /// Every product environment, also those that are created later.
    All,
    /// These product environments.
    Only(Vec<SubAccountId>),
}

impl<I: IntoIterator> From<I> for SubAccountAccess
where
    I::Item: Into<SubAccountId>,
{
    fn from(ids: I) -> Self {
        Self::Only(ids.into_iter().map(Into::into).collect())
    }
}

impl From<&Self> for SubAccountAccess {
    fn from(access: &Self) -> Self {
        access.clone()
    }
}

impl Typed for SubAccountAccess {
    const KIND: Kind = Kind::SubAccountAccess;
}

impl BodyValue for SubAccountAccess {
    fn write(&self, name: &'static str, body: &mut Vec<u8>) -> Result<(), BuildError> {
        match self {
            Self::Only(ids) if ids.is_empty() => Err(BuildError::empty(name, Empty::Access)),
            Self::Only(ids) => BodyValue::write(ids, name, body),
            Self::All => {
                body.extend_from_slice(b"[]");
                Ok(())
            }
        }
    }
}
