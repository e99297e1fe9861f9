//! Tests without a network.
//!
//! Requests and responses are values, so a unit test needs neither a network nor a server:
//!
//! ```
//! use cloudinary_provisioning::{Account, http, users};
//!
//! let account = Account::new("acc", "key", "secret")?;
//! let update = users::Update::new("0abed8df").enabled(false);
//!
//! let request = account.request(&update)?;
//! assert_eq!(request.method(), "PUT");
//! assert_eq!(request.uri().path(), "/v1_1/provisioning/accounts/acc/users/0abed8df");
//! assert_eq!(request.body(), br#"{"enabled":false}"#);
//!
//! let response = http::Response::new(r#"{"id":"0abed8df","enabled":false}"#);
//! assert_eq!(update.parse(&response)?.enabled, Some(false));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! | to test | use |
//! |---|---|
//! | code that handles a model or a response | `new` of the model, [`Response::new`] |
//! | code that handles an error | `parse` of a response with that status |
//! | hooks | `new` of [`AttemptEvent`], [`RetryEvent`] and [`CallEvent`] |
//! | code that calls the service | a [`Transport`]: a closure from request to response, given to the adapter's builder |
//! | a whole program | [`cloudinary-provisioning-fake`](https://docs.rs/cloudinary-provisioning-fake/latest/cloudinary_provisioning_fake/): an account in memory, as a function or behind a loopback listener, with faults on demand |
//! | retries | the fake's faults, and a [`Driver`] or a `Clock` of the adapter that does not sleep |
//!
//! # Recipes
//!
//! Complete functions for common tasks, each tested against the account in memory, are in the adapter's
//! [`recipes`](https://docs.rs/cloudinary-provisioning-ureq/latest/cloudinary_provisioning_ureq/recipes/index.html):
//!
//! | task | recipe |
//! |---|---|
//! | give a program an access key with a role | [A key that can do something](https://docs.rs/cloudinary-provisioning-ureq/latest/cloudinary_provisioning_ureq/recipes/index.html#a-key-that-can-do-something) |
//! | replace an access key | [Rotate a key without downtime](https://docs.rs/cloudinary-provisioning-ureq/latest/cloudinary_provisioning_ureq/recipes/index.html#rotate-a-key-without-downtime) |
//! | create a product environment | [A new environment, with rights for your own key](https://docs.rs/cloudinary-provisioning-ureq/latest/cloudinary_provisioning_ureq/recipes/index.html#a-new-environment-with-rights-for-your-own-key) |
//! | remove somebody who leaves | [Offboarding](https://docs.rs/cloudinary-provisioning-ureq/latest/cloudinary_provisioning_ureq/recipes/index.html#offboarding) |
//! | list who can do what | [Access review](https://docs.rs/cloudinary-provisioning-ureq/latest/cloudinary_provisioning_ureq/recipes/index.html#access-review) |
//! | find unused users | [Who has not logged in since](https://docs.rs/cloudinary-provisioning-ureq/latest/cloudinary_provisioning_ureq/recipes/index.html#who-has-not-logged-in-since) |
//! | split the bill | [Usage per product environment](https://docs.rs/cloudinary-provisioning-ureq/latest/cloudinary_provisioning_ureq/recipes/index.html#usage-per-product-environment) |
//! | keep a custom policy in source control | [Apply a policy](https://docs.rs/cloudinary-provisioning-ureq/latest/cloudinary_provisioning_ureq/recipes/index.html#apply-a-policy) |
//! | keep users as a directory has them | [Detect drift without false alarms](https://docs.rs/cloudinary-provisioning-ureq/latest/cloudinary_provisioning_ureq/recipes/index.html#detect-drift-without-false-alarms) |
//! | find an environment, a role or a key | [Find by name](https://docs.rs/cloudinary-provisioning-ureq/latest/cloudinary_provisioning_ureq/recipes/index.html#find-by-name) |
//! | create what may be there already | [Create or get](https://docs.rs/cloudinary-provisioning-ureq/latest/cloudinary_provisioning_ureq/recipes/index.html#create-or-get) |

#[cfg(doc)]
use crate::*;
