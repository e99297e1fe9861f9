//! What each operation does.

pub(crate) mod access_keys;
pub(crate) mod agents;
pub(crate) mod billing_usage;
pub(crate) mod custom_policies;
pub(crate) mod effective_policies;
pub(crate) mod principals;
pub(crate) mod product_environments;
pub(crate) mod public;
pub(crate) mod roles;
pub(crate) mod system_policies;
pub(crate) mod user_groups;
pub(crate) mod users;
