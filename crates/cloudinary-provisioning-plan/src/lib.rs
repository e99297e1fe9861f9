//! A Cloudinary account as code.
//!
//! A [`Manifest`] says what an account should hold. It is read from TOML, JSON, or a CSV of users. A [`Survey`] reads what
//! there is, in as few calls as answer the manifest. A [`Plan`] has the steps between the two, for a person to review and a
//! program to compare. [`Guards`] refuse what nobody may do by mistake. [`Apply`] makes the steps, each under the guards, and
//! reports what became of them.
//!
//! Nothing here does I/O or knows the time. A survey and a plan hand out operations as values and take their results; who
//! sends them, with how many threads or tasks, is up to the program.
//!
//! ```
//! use cloudinary_provisioning::{
//!     Account, AnyOperation, Driver, Error, Exchange, Response, RetryPolicy,
//! };
//! use cloudinary_provisioning_plan::apply::Report;
//! use cloudinary_provisioning_plan::{Guards, Manifest, Plan, Survey};
//!
//! /// Makes a call, with retries, and creates without doubling them.
//! fn send<T: Send + 'static>(
//!     account: &Account,
//!     driver: &impl Driver,
//!     operation: &AnyOperation<T>,
//! ) -> Result<T, Error> {
//!     let call = Exchange::new(account, operation.clone(), RetryPolicy::default())?;
//!     call.recover()?.run(driver).map(Response::into_value)
//! }
//!
//! /// Makes an account what the manifest says.
//! fn apply(
//!     account: &Account,
//!     driver: &impl Driver,
//!     manifest: &Manifest,
//! ) -> Result<Report, Box<dyn std::error::Error>> {
//!     let mut survey = Survey::new(manifest).user("me@example.com");
//!     while let Some(batch) = survey.next_batch() {
//!         for operation in &batch {
//!             survey.record(operation, send(account, driver, operation));
//!         }
//!     }
//!     let plan = Plan::new(manifest, &survey.finish())?;
//!     let guards = Guards::new().me("me@example.com").provisioning_key(account.key());
//!     println!("{}", plan.review(&guards));
//!     plan.check(&guards)?;
//!
//!     let mut apply = plan.apply(&guards);
//!     while let Some(batch) = apply.next_batch() {
//!         for operation in &batch {
//!             apply.record(operation, send(account, driver, operation));
//!         }
//!     }
//!     Ok(apply.report())
//! }
//! ```
//!
//! # With the blocking client
//!
//! `send_all` takes the batches of both, and several calls at a time. A new secret has to be on disk before the next step
//! is handed out.
//!
//! ```no_run
//! use std::io::Write;
//!
//! use cloudinary_provisioning_plan::{Guards, Manifest, Plan, Survey};
//! use cloudinary_provisioning_ureq::Client;
//!
//! fn main() -> Result<(), Box<dyn std::error::Error>> {
//!     let client = Client::from_env()?;
//!     let manifest = Manifest::from_toml(&std::fs::read_to_string("account.toml")?)?;
//!     let mut survey = Survey::new(&manifest);
//!     let mut reads = client.send_all(survey.next_batch().unwrap_or_default());
//!     while let Some((operation, fact)) = reads.next() {
//!         survey.record(&operation, fact);
//!         reads.extend(survey.next_batch().into_iter().flatten());
//!     }
//!     let plan = Plan::new(&manifest, &survey.finish())?;
//!     let guards = Guards::new().provisioning_key(client.account().key()).stores_secrets(true);
//!     println!("{}", plan.review(&guards));
//!     plan.check(&guards)?;
//!
//!     // Make it with a mode of 0600.
//!     let mut secrets = std::fs::File::options().append(true).open("secrets")?;
//!     let mut apply = plan.apply(&guards);
//!     while let Some(batch) = apply.next_batch() {
//!         for (operation, result) in client.send_all(batch).recover() {
//!             apply.record(&operation, result);
//!         }
//!         for new in apply.take_secrets() {
//!             writeln!(secrets, "{} {}", new.api_key, new.secret.expose())?;
//!             secrets.sync_all()?;
//!             apply.stored(&new);
//!         }
//!     }
//!     print!("{}", apply.report());
//!     Ok(())
//! }
//! ```
//!
//! # With an async stack
//!
//! Any [`AsyncDriver`](cloudinary_provisioning::AsyncDriver) serves. The calls of a batch may also run as tasks, since
//! results are taken in any order.
//!
//! ```
//! use cloudinary_provisioning::{
//!     Account, AnyOperation, AsyncDriver, Error, Exchange, Response, RetryPolicy,
//! };
//! use cloudinary_provisioning_plan::apply::Report;
//! use cloudinary_provisioning_plan::{Guards, Manifest, Plan, Survey};
//!
//! async fn send<T: Send + 'static>(
//!     account: &Account,
//!     driver: &impl AsyncDriver,
//!     operation: &AnyOperation<T>,
//! ) -> Result<T, Error> {
//!     let call = Exchange::new(account, operation.clone(), RetryPolicy::default())?.recover()?;
//!     call.run_async(driver).await.map(Response::into_value)
//! }
//!
//! async fn apply(
//!     account: &Account,
//!     driver: &impl AsyncDriver,
//!     manifest: &Manifest,
//! ) -> Result<Report, Box<dyn std::error::Error>> {
//!     let mut survey = Survey::new(manifest);
//!     while let Some(batch) = survey.next_batch() {
//!         for operation in &batch {
//!             survey.record(operation, send(account, driver, operation).await);
//!         }
//!     }
//!     let guards = Guards::new().provisioning_key(account.key());
//!     let mut apply = Plan::new(manifest, &survey.finish())?.apply(&guards);
//!     while let Some(batch) = apply.next_batch() {
//!         for operation in &batch {
//!             apply.record(operation, send(account, driver, operation).await);
//!         }
//!     }
//!     Ok(apply.report())
//! }
//! ```
//!
//! # What holds
//!
//! * A plan depends on the manifest and the account alone, not on the order in which either lists things.
//! * What could not be read is unknown: nothing is planned on it, and nothing at all is taken away.
//! * A name that several objects of the account have blocks what needs the name, and nothing else.
//! * Every prefix of a plan passes the guards, and they are checked again before every step that is sent.
//! * A failed step stops those that need it and nothing else. A run that ends early goes on when it is planned anew.
//! * Users are disabled, never deleted.
//! * No secret is in a snapshot, a plan or a report. A new one is handed out once, and nothing else begins before it is stored.
//!
//! One gap no client can close: if a program is killed after the service has generated a key and before its secret is
//! stored, the key is there and the next plan finds nothing to do. Where keys matter, delete those that were never used;
//! [`Rotation::successors`] returns those that an earlier rotation has generated.

#![doc(html_root_url = "https://docs.rs/cloudinary-provisioning-plan/latest")]
#![cfg_attr(docsrs, feature(doc_cfg))]

pub mod apply;
pub mod cedar;
pub mod diff;
pub mod guard;
pub mod manifest;
pub mod names;
pub mod offboarding;
pub mod plan;
mod request_key;
pub mod rotation;
mod shown;
pub mod snapshot;
pub mod survey;

pub use apply::Apply;
pub use diff::Diff;
pub use guard::Guards;
pub use manifest::Manifest;
pub use offboarding::Offboarding;
pub use plan::Plan;
pub use rotation::Rotation;
pub use snapshot::Snapshot;
pub use survey::Survey;
