//! [`CheckedManifest`]: a manifest that need not be checked again.

use super::model::Manifest;

/// A manifest that [`Manifest::check`] found nothing wrong with.
///
/// A program that checks while the account is being read waits less for [`Plan::of_checked`](crate::Plan::of_checked):
///
/// ```
/// use cloudinary_provisioning_plan::manifest::{CheckedManifest, ManifestError};
/// use cloudinary_provisioning_plan::{Manifest, Plan, Snapshot};
///
/// let manifest = Manifest::new();
/// let checked: CheckedManifest<'_> = manifest.check()?;
/// assert!(Plan::of_checked(checked, &Snapshot::new()).is_ok_and(|plan| plan.is_empty()));
/// # Ok::<(), ManifestError>(())
/// ```
#[derive(Clone, Copy, Debug)]
pub struct CheckedManifest<'m>(&'m Manifest);

impl<'m> CheckedManifest<'m> {
    /// Only for what was checked.
    pub(super) fn new(manifest: &'m Manifest) -> Self {
        Self(manifest)
    }

    /// Returns the manifest.
    pub fn manifest(self) -> &'m Manifest {
        self.0
    }
}
