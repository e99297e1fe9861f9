//! Another blocking stack: attohttpc.
//!
//! ```text
//! cargo run -p cloudinary-provisioning-tests --example stack_attohttpc
//! ```

use std::error::Error;
use std::hash::{BuildHasher, RandomState};
use std::io::ErrorKind::ConnectionRefused;
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use cloudinary_provisioning::users::{Create, List};
use cloudinary_provisioning::{
    Account, Exchange, Fault, Incomplete, Moment, Operation, Origin, Pager, RetryPolicy, Step,
};
use cloudinary_provisioning_fake::{FakeAccount, FakeServer, Fault as Scripted};

/// One attempt: nothing but the request, no redirects, and the reply with whether its body came whole.
fn attempt(request: &http::Request<Vec<u8>>, timeout: Duration) -> attohttpc::Result<(http::Response<Vec<u8>>, bool)> {
    let mut builder = attohttpc::RequestBuilder::new(request.method().clone(), request.uri().to_string())
        .follow_redirects(false)
        .timeout(timeout);
    for (name, value) in request.headers() {
        builder = builder.header(name, value);
    }
    let body = request.body();
    let reply = if body.is_empty() { builder.send()? } else { builder.bytes(body).send()? };
    let (status, headers, reader) = reply.split();
    let body = reader.bytes();
    let whole = body.is_ok();
    let mut response = http::Response::new(body.unwrap_or_default());
    (*response.status_mut(), *response.headers_mut()) = (status, headers);
    Ok((response, whole))
}

/// What is not surely unsent may have been sent.
fn classify(error: &attohttpc::Error) -> Fault {
    match error.kind() {
        attohttpc::ErrorKind::Io(error) if error.kind() == ConnectionRefused => Fault::NotSent,
        _ => Fault::MaybeSent,
    }
}

/// An operation from its first attempt to its final result.
pub(crate) fn send<O: Operation>(account: &Account, operation: &O) -> Result<O::Output, Box<dyn Error>> {
    let mut exchange = Exchange::new(account, operation, RetryPolicy::default())?;
    let start = Instant::now();
    loop {
        let result = attempt(exchange.request(), exchange.timeout(start.elapsed()));
        let moment = Moment::new(start.elapsed(), SystemTime::now(), RandomState::new().hash_one(()));
        let step = match result {
            Ok((response, true)) => exchange.on_response(response, moment),
            Ok((response, false)) => exchange.on_incomplete(response, Incomplete::CutOff, moment),
            Err(error) => exchange.on_fault(classify(&error), moment),
        };
        match step {
            Step::Done(response) => return Ok(response.into_value()),
            Step::Wait(delay) => thread::sleep(delay),
            Step::Failed(failure) => return Err(failure.into()),
        }
    }
}

/// The emails of all users, page by page.
pub(crate) fn emails(account: &Account) -> Result<Vec<String>, Box<dyn Error>> {
    let mut emails = Vec::new();
    let mut pager = Pager::new(List::new());
    while let Some(list) = pager.next_page() {
        let page = send(account, list)?;
        emails.extend(pager.received(page).into_iter().filter_map(|user| user.email));
    }
    Ok(emails)
}

fn main() -> Result<(), Box<dyn Error>> {
    let made_up = FakeAccount::new("acc", "key", "secret").with_page_cap(2).with_script([Scripted::throttled(0)]);
    let server = FakeServer::start(made_up)?;
    let account = Account::new("acc", "key", "secret")?.with_origin(Origin::url(&server.url())?);
    for name in ["Ada", "Grace", "Hedy"] {
        send(&account, &Create::new(name, format!("{name}@example.com")))?;
    }
    println!("{}", emails(&account)?.join("\n"));
    Ok(())
}
