//! What an account holds, as far as it was read.

mod convention;
mod export;
mod find;
mod found;
mod part;
#[expect(clippy::module_inception, reason = "the type that the folder is named after")]
mod snapshot;
mod successor;

pub use export::LeftOut;
pub use found::{
    FoundAccess, FoundAssignment, FoundEnvironment, FoundGroup, FoundKey, FoundPolicy, FoundPrincipal, FoundRole,
    FoundScope, FoundUser,
};
pub use part::Part;
pub use snapshot::Snapshot;

pub(crate) use convention::{ALL, FEW, ROOT_KEY, fold};
pub(crate) use successor::{in_rotation, successor_name};
