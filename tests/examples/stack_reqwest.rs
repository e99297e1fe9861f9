//! An async stack: reqwest on tokio, with the list as a stream.
//!
//! ```text
//! cargo run -p cloudinary-provisioning-tests --example stack_reqwest
//! ```

use std::hash::{BuildHasher, RandomState};
use std::time::{Duration, Instant, SystemTime};

use cloudinary_provisioning::users::{Create, List};
use cloudinary_provisioning::{
    Account, Exchange, Fault, Incomplete, Moment, Operation, Origin, Paged, Pager, RetryPolicy, Step,
};
use cloudinary_provisioning_fake::{FakeAccount, FakeServer, Fault as Scripted};
use futures_util::stream::{self, Stream, TryStreamExt};

type Error = Box<dyn std::error::Error + Send + Sync>;

/// A client and the account that it works on.
pub(crate) struct Client {
    account: Account,
    http: reqwest::Client,
}

impl Client {
    pub(crate) fn new(account: Account) -> reqwest::Result<Self> {
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build()?;
        Ok(Self { account, http })
    }

    /// One attempt: nothing but the request, and the reply with whether its body came whole.
    async fn attempt(
        &self,
        request: &http::Request<Vec<u8>>,
        timeout: Duration,
    ) -> reqwest::Result<(http::Response<Vec<u8>>, bool)> {
        let mut request = reqwest::Request::try_from(request.clone())?;
        *request.timeout_mut() = Some(timeout);
        let mut reply = self.http.execute(request).await?;
        let (status, headers) = (reply.status(), std::mem::take(reply.headers_mut()));
        let body = reply.bytes().await;
        let whole = body.is_ok();
        let mut response = http::Response::new(body.unwrap_or_default().into());
        (*response.status_mut(), *response.headers_mut()) = (status, headers);
        Ok((response, whole))
    }

    /// An operation from its first attempt to its final result.
    pub(crate) async fn send<O: Operation>(&self, operation: &O) -> Result<O::Output, Error> {
        let mut exchange = Exchange::new(&self.account, operation, RetryPolicy::default())?;
        let start = Instant::now();
        loop {
            let result = self.attempt(exchange.request(), exchange.timeout(start.elapsed())).await;
            let moment = Moment::new(start.elapsed(), SystemTime::now(), RandomState::new().hash_one(()));
            let step = match result {
                Ok((response, true)) => exchange.on_response(response, moment),
                Ok((response, false)) => exchange.on_incomplete(response, Incomplete::CutOff, moment),
                Err(error) if error.is_connect() => exchange.on_fault(Fault::NotSent, moment),
                Err(_) => exchange.on_fault(Fault::MaybeSent, moment),
            };
            match step {
                Step::Done(response) => return Ok(response.into_value()),
                Step::Wait(delay) => tokio::time::sleep(delay).await,
                Step::Failed(failure) => return Err(failure.into()),
            }
        }
    }

    /// All items of a list; a page is asked for when the one before is used up.
    pub(crate) fn items<O: Paged>(&self, operation: O) -> impl Stream<Item = Result<O::Item, Error>> {
        let pages = stream::try_unfold(Pager::new(operation), async |mut pager| {
            let Some(operation) = pager.next_page() else { return Ok::<_, Error>(None) };
            let page = self.send(operation).await?;
            let page = pager.received(page);
            Ok(Some((stream::iter(page.into_iter().map(Ok)), pager)))
        });
        pages.try_flatten()
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    let made_up = FakeAccount::new("acc", "key", "secret").with_page_cap(2).with_script([Scripted::throttled(0)]);
    let server = FakeServer::start(made_up)?;
    let client = Client::new(Account::new("acc", "key", "secret")?.with_origin(Origin::url(&server.url())?))?;
    for name in ["Ada", "Grace", "Hedy"] {
        client.send(&Create::new(name, format!("{name}@example.com"))).await?;
    }
    let mut users = std::pin::pin!(client.items(List::new()));
    while let Some(user) = users.try_next().await? {
        println!("{}", user.email.unwrap_or_default());
    }
    Ok(())
}
