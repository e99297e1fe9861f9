//! What a run wants of the account: that it is as a manifest says, or that access keys are replaced.

use std::fmt;
use std::sync::Arc;

use cloudinary_provisioning::time::OffsetDateTime;
use cloudinary_provisioning_plan::names::Reference;
use cloudinary_provisioning_plan::plan::PlanError;
use cloudinary_provisioning_plan::rotation::OldKeys;
use cloudinary_provisioning_plan::{Manifest, Plan, Rotation, Snapshot, Survey};
use fastrand::Rng;

use crate::random::{chance, pick};
use crate::wanted::PRODUCTION;

/// The key that is there from the beginning and is replaced, and what it is called then.
pub(crate) const ROTATED: &str = "rotate-0";
pub(crate) const SUCCESSOR: &str = "rotate-0-rotated-1";

/// What a run wants.
#[derive(Clone, Debug)]
pub(crate) enum Goal {
    Manifest(Arc<Manifest>),
    Rotation(Rotating),
}

/// What becomes of the keys.
#[derive(Clone, Debug)]
pub(crate) struct Rotating {
    keys: Reference,
    pub(crate) old: OldKeys,
    /// Whether successors get roles.
    pub(crate) roles: bool,
}

/// What the runs of an actor want.
#[derive(Clone, Debug)]
pub(crate) enum Goals {
    Manifest(Arc<Manifest>),
    /// Of one run this, of the next that.
    Rotations,
}

impl Goals {
    pub(crate) fn draw(&self, rng: &mut Rng, now: OffsetDateTime) -> Goal {
        match self {
            Self::Manifest(manifest) => Goal::Manifest(Arc::clone(manifest)),
            Self::Rotations => Goal::Rotation(Rotating::drawn(rng, now)),
        }
    }
}

impl Goal {
    pub(crate) fn survey(&self) -> Survey {
        match self {
            Self::Manifest(manifest) => Survey::new(manifest),
            Self::Rotation(rotating) => rotating.rotation().survey(),
        }
    }

    pub(crate) fn plan(&self, snapshot: &Snapshot) -> Result<Plan, PlanError> {
        match self {
            Self::Manifest(manifest) => Plan::new(manifest, snapshot),
            Self::Rotation(rotating) => rotating.rotation().plan(snapshot),
        }
    }
}

impl fmt::Display for Goal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Manifest(manifest) => manifest.to_toml().fmt(f),
            Self::Rotation(rotating) => write!(f, "{rotating:?}"),
        }
    }
}

impl Rotating {
    /// One that ends with [`ROTATED`] being disabled.
    pub(crate) fn to_its_end() -> Self {
        Self { keys: Reference::key(PRODUCTION, ROTATED), old: OldKeys::Disable, roles: true }
    }

    fn drawn(rng: &mut Rng, now: OffsetDateTime) -> Self {
        let keys = match rng.u32(..8) {
            0 => Reference::Environment(PRODUCTION.to_owned()),
            1 => Reference::key(PRODUCTION, SUCCESSOR),
            _ => Reference::key(PRODUCTION, ROTATED),
        };
        let before = now.saturating_sub(time::Duration::seconds(rng.i64(0..30)));
        let old = pick(rng, &[OldKeys::Keep, OldKeys::Disable, OldKeys::Disable, OldKeys::Delete { before }]);
        Self { keys, old, roles: chance(rng, 85) }
    }

    pub(crate) fn rotation(&self) -> Rotation {
        Rotation::new([self.keys.clone()]).old_keys(self.old).roles(self.roles)
    }
}
