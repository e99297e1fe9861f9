//! A Cloudinary account as code.
//!
//! A [`Manifest`] says what an account should hold. It is read from TOML, JSON, or a CSV of users; nothing here reads a
//! file, sends a request or knows the time.
//!
//! ```
//! use cloudinary_provisioning_plan::Manifest;
//! use cloudinary_provisioning_plan::manifest::User;
//!
//! let mut manifest = Manifest::new();
//! manifest.users.push(User::new("ada@example.com").name("Ada").enabled(true));
//! assert!(!manifest.is_empty());
//! ```

#![doc(html_root_url = "https://docs.rs/cloudinary-provisioning-plan/latest")]
#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod apply;
pub mod guard;
pub mod manifest;
pub mod plan;
mod request_key;
mod shown;
pub mod snapshot;
pub mod survey;

pub use apply::Apply;
pub use guard::Guards;
pub use manifest::Manifest;
pub use plan::Plan;
pub use snapshot::Snapshot;
pub use survey::Survey;
