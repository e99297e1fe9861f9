//! Placeholder docs.

mod account;
mod error;
mod exchange;
mod headers;
mod id;
mod json;
mod models;
mod open_enum;
mod operation;
mod paging;
mod raw;
mod response;
mod retry;
mod secret;
mod setters;
mod target;
mod timestamp;

pub mod users;

pub use http;
pub use time;

pub use account::{Account, AccountError, AccountReason, Origin, Region, RequestOptions};
pub use error::{ApiError, BuildError, BuildReason, DecodeError, Incomplete, IncompleteBody, ResponseError};
pub use exchange::{Exchange, Failure, FailureCause, Fault, Step};
pub use headers::{RateLimit, request_id};
pub use id::{AccountId, GroupId, SubAccountId, UserId};
pub use models::SuccessResponse;
pub use open_enum::UnknownValue;
pub use operation::{Operation, Safety};
pub use paging::{Paged, Pager};
pub use raw::Raw;
pub use response::Response;
pub use retry::{Attempt, Decision, GiveUp, GiveUpReason, Moment, Retry, RetryPolicy};
pub use secret::Secret;
pub use target::{Base, Target};
