//! [`Applied`]: what a step's request came back with.

use cloudinary_provisioning::UserId;
use cloudinary_provisioning::access_keys::AccessKey;
use cloudinary_provisioning::custom_policies::CustomPolicy;
use cloudinary_provisioning::product_environments::ProductEnvironment;
use cloudinary_provisioning::roles::Role;
use cloudinary_provisioning::user_groups::UserGroup;
use cloudinary_provisioning::users::User;

/// What a step's request came back with: hand it to [`Apply::record`](super::Apply::record).
///
/// ```
/// use cloudinary_provisioning_plan::apply::Applied;
///
/// fn is_debug(applied: &Applied) -> String {
///     format!("{applied:?}")
/// }
/// ```
#[derive(Clone, Debug)]
pub struct Applied(pub(super) AppliedKind);

#[derive(Clone, Debug)]
pub(super) enum AppliedKind {
    Environment(Box<ProductEnvironment>),
    Key(Box<AccessKey>),
    Role(Box<Role>),
    Group(UserGroup),
    User(Box<User>),
    /// The members of a group, where the response has them.
    Members(Option<Vec<UserId>>),
    Policy(Box<CustomPolicy>),
    Nothing,
}
