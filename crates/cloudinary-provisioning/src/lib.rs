//! Cloudinary's account provisioning API as plain HTTP requests and responses.
//!
//! This crate turns each operation into an [`http::Request`], and an [`http::Response`] into a typed value or a typed
//! error. It never touches a socket, a clock, a random source, the environment or a log, so it works with any HTTP stack,
//! blocking or async, and with none at all in tests.
//!
//! [`http::Request`]: https://docs.rs/http/1/http/request/struct.Request.html
//! [`http::Response`]: https://docs.rs/http/1/http/response/struct.Response.html
//!
//! | crate | what it adds |
//! |---|---|
//! | [`cloudinary-provisioning-ureq`](https://docs.rs/cloudinary-provisioning-ureq/latest/cloudinary_provisioning_ureq/) | a blocking client over ureq, with retries, iterators and workers |
//! | [`cloudinary-provisioning-plan`](https://docs.rs/cloudinary-provisioning-plan/latest/cloudinary_provisioning_plan/) | an account as code: what it should hold, in a file |
//! | [`cloudinary-provisioning-fake`](https://docs.rs/cloudinary-provisioning-fake/latest/cloudinary_provisioning_fake/) | an account in memory to test your own tools against |
//!
//! # Quick start
//!
//! ```
//! use cloudinary_provisioning::users::{self, Role};
//! use cloudinary_provisioning::{Account, Secret};
//! # fn my_http_stack(
//! #     request: cloudinary_provisioning::http::Request<Vec<u8>>,
//! # ) -> Result<cloudinary_provisioning::http::Response<Vec<u8>>, Box<dyn std::error::Error>> {
//! #     assert_eq!(request.method(), "POST");
//! #     Ok(cloudinary_provisioning::http::Response::new(br#"{"id":"0abed8df","role":"billing"}"#.to_vec()))
//! # }
//!
//! let account = Account::new("16a8ff3b-736b", "api-key", Secret::new("api-secret"))?;
//!
//! let create = users::Create::new("John", "john@example.com").role(Role::Billing);
//! let request = account.request(&create)?; // http::Request<Vec<u8>>
//! let response = my_http_stack(request)?; // http::Response<Vec<u8>>
//! let john = create.parse(&response)?; // users::User
//! assert_eq!(john.role, Some(Role::Billing));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Concepts
//!
//! | concept | what it is |
//! |---|---|
//! | an operation, such as [`users::Get`] | a plain value that describes one call; `parse` reads its response |
//! | [`Account`] | the credentials and the base URL; [`request`](Account::request) makes an HTTP request of an operation |
//! | [`Error`], [`Response`] | the one error of every call; a success with its status and headers |
//! | [`Exchange`] | one call with its retries: takes the [`Outcome`] of each attempt, returns the next [`Step`] |
//! | [`Driver`], [`AsyncDriver`] | your HTTP stack, clock and sleep, which run an [`Exchange`] to its end |
//! | [`RetryPolicy`], [`SharedThrottle`] | the limits of one call; the rate limit that all calls share |
//! | [`Pager`] | a list, page by page |
//! | [`AnyOperation`], [`Raw`], [`catalog()`] | operations of different kinds in one list; any other call; all operations as data |
//!
//! `new` takes what an operation requires, and setters take the rest. They never fail: a value that cannot be sent is
//! reported when the request is built, by the name of its field. `maybe` sets what is optional in your program too:
//! `users::List::new().maybe(prefix, users::List::prefix)`.
//!
//! Operations are named after the methods of the vendor's SDKs, in the module of their resource: `users.list` is
//! [`users::List`]. You can also search these docs for the `operationId`, such as `getUsers`.
//!
//! The [`guide`] has a page for each subject: [all operations](guide::operations), [errors](guide::errors),
//! [retries](guide::retries), [many calls](guide::many_calls), [async stacks](guide::async_stacks),
//! [tests](guide::testing), and more.
//!
//! # Features
//!
//! | feature | default | what it brings |
//! |---|---|---|
//! | `serialize` | no | `serde::Serialize` on every model, to store what was fetched; secrets are written as null |
//!
//! # Versions
//!
//! The minimum supported Rust version is 1.88. It may rise in a minor version, to a release that is at least half a year
//! old.
//!
//! Models are `#[non_exhaustive]`, and so are enums and errors unless their docs say that they are exhaustive: new fields,
//! values and errors come in minor versions. [`http`], [`time`] and the [`Value`] of `serde_json` are part of the public
//! API and are re-exported.
//!
//! [`http`]: https://docs.rs/http/1
//! [`time`]: https://docs.rs/time/0.3

// Docs of other crates that are built without this one link to its pages, and show no brackets.
#![doc(html_root_url = "https://docs.rs/cloudinary-provisioning/latest")]
#![cfg_attr(docsrs, feature(doc_cfg))]

mod account;
mod api;
mod call;
mod declare;
pub mod guide;
mod operation;
mod outcome;
mod wire;

pub use http;
pub use serde_json::Value;
pub use time;

pub use account::account::Account;
pub use account::options::RequestOptions;
pub use account::origin::{Origin, Region};
pub use api::shared::{
    AssignmentChange, ManagementType, PermissionType, PrincipalType, ScopeType, SortOrder, SuccessResponse,
};
pub use api::{
    access_keys, agents, billing_usage, catalog, custom_policies, effective_policies, principals, product_environments,
    public, roles, system_policies, user_groups, users,
};
pub use call::driver::{AsyncDriver, Driver};
pub use call::events::{AttemptEvent, CallEvent, RetryEvent};
pub use call::exchange::{Attempt, Exchange, Step};
pub use call::pager::{Paged, Pager};
pub use call::raw_list::RawList;
pub use call::reading::Reading;
pub use call::retry::RetryPolicy;
pub use call::shared_throttle::{Place, SharedThrottle};
pub use call::throttle::{Admission, Permit, Throttle};
pub use call::transport::{FreshConnection, Transport};
pub use operation::any::AnyOperation;
pub use operation::operation::Operation;
pub use operation::raw::Raw;
pub use operation::recover::Recover;
pub use operation::safety::Safety;
pub use outcome::account_error::{AccountError, AccountReason};
pub use outcome::cursor_page::CursorPage;
pub use outcome::error::{Error, ErrorKind, GiveUpReason};
pub use outcome::headers::{RateLimit, request_id};
pub use outcome::optional_result::OptionalResult;
pub use outcome::outcome::Outcome;
pub use outcome::response::Response;
pub use outcome::transport_error::{BoxError, TransportError};
pub use wire::build_error::{BuildError, BuildReason};
pub use wire::extra::Extra;
pub use wire::id::{AccountId, ApiKey, GroupId, KeyName, PolicyId, PrincipalId, RoleId, ScopeId, SubAccountId, UserId};
pub use wire::json_object::JsonObject;
pub use wire::nullable::{Null, Nullable};
pub use wire::open_enum::UnknownValue;
pub use wire::secret::Secret;
pub use wire::target::{ListForm, PathPrefix};
pub use wire::values::{ContentParams, JsonList, SubAccountAccess};

/// Every operation as data: the types of [`catalog()`](crate::catalog()).
pub mod catalog {
    pub use crate::operation::entry::{Entry, Needs, Paging, ResponseShape};
    pub use crate::wire::kind::{Field, IdKind, Kind, Place};
}
