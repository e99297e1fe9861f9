//! The operations and models, a file for each resource.

pub mod access_keys;
pub mod agents;
pub mod billing_usage;
pub mod custom_policies;
pub mod effective_policies;
pub mod principals;
pub mod product_environments;
pub mod public;
pub mod roles;
pub(crate) mod shared;
pub mod system_policies;
pub mod user_groups;
pub mod users;

use crate::operation::entry::Entry;

/// Returns every operation of this crate, resource by resource.
///
/// The catalogue holds what a program needs to offer the whole API without naming each operation: a command line, a
/// form, a proxy, a test. It comes from the same declarations as the operations and cannot differ from them. Send what
/// you build from it with [`Raw`](crate::Raw).
///
/// ```
/// use cloudinary_provisioning::catalog;
/// use cloudinary_provisioning::catalog::Place;
///
/// let create = catalog().find(|entry| entry.id == "createUser").unwrap();
/// assert_eq!((create.resource, create.name), ("users", "Create"));
/// assert_eq!(create.method, "POST");
/// assert_eq!(create.path, "/v1_1/provisioning/accounts/{account_id}/users");
/// let required: Vec<_> = create
///     .fields
///     .iter()
///     .filter(|field| field.required)
///     .map(|field| field.name)
///     .collect();
/// assert_eq!(required, ["name", "email"]);
/// assert!(create.fields.iter().all(|field| field.place == Place::Body));
/// ```
pub fn catalog() -> impl Iterator<Item = &'static Entry> {
    [
        users::OPERATIONS,
        user_groups::OPERATIONS,
        product_environments::OPERATIONS,
        access_keys::OPERATIONS,
        billing_usage::OPERATIONS,
        roles::OPERATIONS,
        principals::OPERATIONS,
        custom_policies::OPERATIONS,
        system_policies::OPERATIONS,
        effective_policies::OPERATIONS,
        public::OPERATIONS,
        agents::OPERATIONS,
    ]
    .into_iter()
    .flatten()
}
