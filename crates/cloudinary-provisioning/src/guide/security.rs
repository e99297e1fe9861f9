//! Credentials, secrets, and ids that cannot change where a request goes.
//!
//! * The API secret is a [`Secret`], which is never printed, and the `authorization` header is marked sensitive, so that
//!   `Debug` of a request does not show it. Secrets in responses are treated alike: `api_secret` of an access key,
//!   `edge_key` of a product environment, `claim_url` of a cloud for agents.
//! * Neither `Display` nor `Debug` of an [`Error`] shows a body or a header. A decode error names the place in the body, and
//!   never quotes its contents. Text of the service is escaped, and limited in length.
//! * An id cannot change where a request goes: it is one path segment, percent-encoded. An empty id, `.` and `..` are
//!   refused.
//! * An empty list of product environments is refused, since the service grants access to all of them then.
//!   [`SubAccountAccess::All`] grants it explicitly.
//! * [`public`] and [`agents`] operations need no credentials, and are sent without.
//! * `http://` is refused for all but loopback hosts. [`Origin::url_allowing_http`] opts out of this.
//! * Do not let an HTTP stack follow redirects: it may turn a `DELETE` into a `GET`, or send the credentials to another
//!   host.
//! * Some HTTP stacks log raw bytes at their most verbose level, including the `authorization` header. Turn TRACE off where
//!   logs are kept.

#[cfg(doc)]
use crate::*;
