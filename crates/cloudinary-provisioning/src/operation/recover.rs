//! [`Recover`]: creates whose result can be looked up.

use crate::operation::any::AnyOperation;
use crate::operation::operation::Operation;

/// A create whose result can be looked up by a natural key, if its response is lost; see
/// [`Exchange::recover`](crate::Exchange::recover). Sealed, as [`Operation`] is.
///
/// | create | is looked up by | is the result if it was made since the call began and … | a second one |
/// |---|---|---|---|
/// | [`users::Create`] | [`users::List`] with the email | has the email, ignoring ASCII case, and the fields agree | is refused by the service |
/// | [`product_environments::Create`] | [`product_environments::List`] with the cloud name | has the cloud name, and the fields agree | is refused by the service |
/// | [`access_keys::Generate`] | [`access_keys::List`] of the product environment | has the name, and the fields agree | is refused by the service |
/// | [`user_groups::Create`] | [`user_groups::List`] | is the only one with the name | may be made |
/// | [`custom_policies::Create`] | [`custom_policies::List`] of the scope | has the name and the statement, and the fields agree | may be made |
/// | [`roles::Create`] | [`roles::Get`] with the id | the fields agree | is refused by the service |
///
/// The service's own clock decides when a resource was made: its `created_at` is compared with the `Date` of responses.
/// User groups have no such time in lists, so existing ones are listed before the create is sent. A create without its
/// natural key (a cloud name, a key's name, a role's id) is refused before anything is sent. Agent accounts have no
/// natural key, so they cannot be recovered.
///
/// [`users::Create`]: crate::users::Create
/// [`users::List`]: crate::users::List
/// [`product_environments::Create`]: crate::product_environments::Create
/// [`product_environments::List`]: crate::product_environments::List
/// [`access_keys::Generate`]: crate::access_keys::Generate
/// [`access_keys::List`]: crate::access_keys::List
/// [`user_groups::Create`]: crate::user_groups::Create
/// [`user_groups::List`]: crate::user_groups::List
/// [`custom_policies::Create`]: crate::custom_policies::Create
/// [`custom_policies::List`]: crate::custom_policies::List
/// [`roles::Create`]: crate::roles::Create
/// [`roles::Get`]: crate::roles::Get
///
/// ```
/// use cloudinary_provisioning::{Recover, user_groups, users};
///
/// fn can_be_recovered(_: impl Recover) {}
/// can_be_recovered(users::Create::new("John", "john@example.com"));
/// can_be_recovered(user_groups::Create::new("Editors"));
/// ```
pub trait Recover: Operation {}

impl<O: Recover> Recover for &O {}

/// If it is not a create, it is sent as without recovery.
impl<T: Send> Recover for AnyOperation<T> {}
