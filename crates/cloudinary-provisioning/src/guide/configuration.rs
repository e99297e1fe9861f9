//! Credentials, regions, and where each setting is made.
//!
//! # Settings
//!
//! | setting | where to set it | default |
//! |---|---|---|
//! | account id, API key, API secret | [`Account::new`], [`Account::from_url`], [`Account::from_lookup`] | none: they are required |
//! | region, host, base URL | [`Account::with_region`], [`Account::with_origin`] | `https://api.cloudinary.com` |
//! | form of lists in a query | [`Account::with_list_form`] | [`ListForm::Repeated`] |
//! | name of your program in the `user-agent` | [`Account::with_user_agent_suffix`] | none |
//! | origin, account id and headers of one request | [`RequestOptions`] | those of the account |
//! | attempts, delays, timeouts | [`RetryPolicy`] | 3 attempts, 30 s each, 120 s in all |
//!
//! [`Account::from_lookup`] reads `CLOUDINARY_ACCOUNT_URL`, or `CLOUDINARY_ACCOUNT_ID`, `CLOUDINARY_PROVISIONING_API_KEY`
//! and `CLOUDINARY_PROVISIONING_API_SECRET`, from any source: `Account::from_lookup(|name| std::env::var(name).ok())`. It
//! also reads `CLOUDINARY_REGION` and `CLOUDINARY_ORIGIN`.
//!
//! # Regions
//!
//! ```
//! use cloudinary_provisioning::{Account, Origin, Region};
//!
//! let account = Account::new("16a8ff3b-736b", "api-key", "api-secret")?;
//! let europe = account.clone().with_region(Region::ApiEu);
//! assert_eq!(europe.origin().as_str(), "https://api-eu.cloudinary.com");
//!
//! // A gateway of your own, with a path prefix:
//! let gateway =
//!     account.with_origin(Origin::url("https://gateway.example.com/cloudinary")?);
//! assert_eq!(gateway.origin().as_str(), "https://gateway.example.com/cloudinary");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

#[cfg(doc)]
use crate::*;
