//! An account in memory as a transport.

use std::io::{Error, ErrorKind};
use std::time::Duration;

use cloudinary_provisioning::http::{Request, Response};
use cloudinary_provisioning::{Outcome, Transport, TransportError};
use cloudinary_provisioning_fake::{Disruption, Framing, SharedAccount};

use crate::builder::ClientBuilder;

impl ClientBuilder {
    /// Sends requests to an account in memory instead of the service, for tests.
    ///
    /// The account's [faults](cloudinary_provisioning_fake::Fault) become what an HTTP stack would report, at once and
    /// without waiting for a timeout:
    ///
    /// | fault | outcome |
    /// |---|---|
    /// | closed or reset | the request may have been sent |
    /// | stalled | a timeout; the request may have been sent |
    /// | bytes that are not a response | the request may have been sent |
    /// | a body that is truncated, or stalls | [`Truncated`](Outcome::Truncated); a body that only the end of the connection delimits is a shorter one |
    ///
    /// Without the feature, [`transport`](Self::transport) takes a closure that answers requests.
    ///
    /// ```
    /// use cloudinary_provisioning_fake::{FakeAccount, Fault, NewUser, SharedAccount};
    /// use cloudinary_provisioning_ureq::{Account, Client, RetryPolicy, users};
    ///
    /// let john = NewUser::new("John", "john@example.com").id("u1");
    /// let fake = SharedAccount::new(FakeAccount::new("acc", "key", "secret").with_user(john));
    /// let client = Client::builder(Account::new("acc", "key", "secret")?)
    ///     .fake(&fake)
    ///     .retry(RetryPolicy::none())
    ///     .build()?;
    ///
    /// client.send(users::Update::new("u1").enabled(false))?;
    /// assert!(!client.send(users::Get::new("u1"))?.is_enabled());
    ///
    /// // The response is lost, but the user is deleted.
    /// fake.lock().fail_next(1, Fault::reset().applied());
    /// let error = client.send(users::Delete::new("u1")).unwrap_err();
    /// assert!(error.maybe_applied());
    /// assert!(fake.lock().user("u1").is_none());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn fake(self, account: &SharedAccount) -> Self {
        self.transport(InMemory(account.clone()))
    }
}

/// Sends requests to an account in memory.
struct InMemory(SharedAccount);

impl Transport for InMemory {
    fn send(&self, request: &Request<Vec<u8>>, _: Duration) -> Outcome {
        self.0.try_respond(request.clone()).map_or_else(disrupted, Outcome::from)
    }
}

/// What an HTTP stack would report.
fn disrupted(disruption: Disruption) -> Outcome {
    let lost = |kind, why: &'static str| TransportError::maybe_sent(Error::new(kind, why)).into();
    let truncated = |mut response: Response<Vec<u8>>, sent, kind: ErrorKind| {
        response.body_mut().truncate(sent);
        Outcome::Truncated(response, Some(Error::from(kind).into()))
    };
    match disruption {
        Disruption::Close => lost(ErrorKind::UnexpectedEof, "the connection was closed"),
        Disruption::Reset => lost(ErrorKind::ConnectionReset, "the connection was reset"),
        Disruption::Stall => lost(ErrorKind::TimedOut, "no response arrived in time"),
        Disruption::Truncated { mut response, framing: Framing::CloseDelimited, sent } => {
            response.body_mut().truncate(sent);
            (*response).into()
        }
        Disruption::Truncated { response, sent, .. } => truncated(*response, sent, ErrorKind::UnexpectedEof),
        Disruption::StallInBody { response, sent } => truncated(*response, sent, ErrorKind::TimedOut),
        Disruption::CloseAfter { response } => (*response).into(),
        _ => lost(ErrorKind::InvalidData, "the response is not HTTP"),
    }
}

#[cfg(test)]
mod tests {
    use cloudinary_provisioning::{Account, ErrorKind, RetryPolicy, users};
    use cloudinary_provisioning_fake::{FakeAccount, Fault};

    use super::*;
    use crate::client::Client;

    fn error_of(fault: Fault) -> cloudinary_provisioning::Error {
        let fake = SharedAccount::new(FakeAccount::new("acc", "key", "secret").with_script([fault]));
        let account = Account::new("acc", "key", "secret").unwrap();
        let client = Client::builder(account).fake(&fake).retry(RetryPolicy::none()).build().unwrap();
        client.send(users::List::new()).unwrap_err()
    }

    #[test]
    fn a_connection_that_breaks_may_have_sent_the_request() {
        for (fault, is_timeout) in
            [(Fault::close(), false), (Fault::reset(), false), (Fault::raw("SSH-2.0"), false), (Fault::stall(), true)]
        {
            let error = error_of(fault.clone());
            assert!(matches!(error.kind(), ErrorKind::Transport(TransportError::MaybeSent(_))), "{fault:?}: {error:?}");
            assert_eq!(error.is_timeout(), is_timeout, "{fault:?}");
        }
    }

    #[test]
    fn a_body_that_breaks_is_truncated() {
        for (fault, is_timeout) in [
            (Fault::response().truncated(Framing::ContentLength), false),
            (Fault::response().truncated(Framing::Chunked), false),
            // Only the JSON tells.
            (Fault::response().truncated(Framing::CloseDelimited), false),
            (Fault::response().stall_in_body(), true),
        ] {
            let error = error_of(fault.clone());
            assert!(matches!(error.kind(), ErrorKind::Truncated(_)), "{fault:?}: {error:?}");
            assert_eq!(error.is_timeout(), is_timeout, "{fault:?}");
        }
    }
}
