//! Credentials, regions, and where each setting is made.
//!
//! # Settings
//!
//! | setting | where to set it | default |
//! |---|---|---|
//! | account id, API key, API secret | [`Account::new`], [`Account::from_url`], [`Account::from_lookup`] | none; required |
//! | region, host, base URL | [`Account::with_region`], [`Account::with_origin`] | `https://api.cloudinary.com` |
//! | form of lists in the query | [`Account::with_list_form`] | [`ListForm::Repeated`] |
//! | your program's name in the `user-agent` | [`Account::with_user_agent_suffix`] | none |
//! | origin, account id and headers of one request | [`RequestOptions`] | those of the account |
//! | attempts, delays, timeouts | [`RetryPolicy`] | 3 attempts, 30 s each, 120 s in all |
//!
//! # Variables
//!
//! | variable | holds |
//! |---|---|
//! | `CLOUDINARY_ACCOUNT_URL` | `account://API_KEY:API_SECRET@ACCOUNT_ID` |
//! | `CLOUDINARY_ACCOUNT_ID`, `CLOUDINARY_PROVISIONING_API_KEY`, `CLOUDINARY_PROVISIONING_API_SECRET` | the same in parts |
//! | `CLOUDINARY_REGION`, `CLOUDINARY_ORIGIN` | the region, or a base URL |
//!
//! This crate does not read the environment. [`Account::from_lookup`] takes the variables from any source, such as
//! `Account::from_lookup(|name| std::env::var(name).ok())`. The ureq adapter's `Client::from_env` does just that.
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
//! // Your own gateway, with a path prefix:
//! let gateway =
//!     account.with_origin(Origin::url("https://gateway.example.com/cloudinary")?);
//! assert_eq!(gateway.origin().as_str(), "https://gateway.example.com/cloudinary");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

#[cfg(doc)]
use crate::*;
