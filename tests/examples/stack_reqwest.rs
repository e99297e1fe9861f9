//! The client over blocking reqwest.
//!
//! ```text
//! CLOUDINARY_ACCOUNT_URL=account://KEY:SECRET@ID cargo run -p cloudinary-provisioning-tests --example stack_reqwest [SERVER]
//! ```

use std::time::Duration;

use cloudinary_provisioning_ureq::{Client, Outcome, TransportError, http};
use reqwest::blocking;

mod common;

fn send(stack: &blocking::Client, request: &http::Request<Vec<u8>>, timeout: Duration) -> Outcome {
    let sent = blocking::Request::try_from(request.clone()).and_then(|mut request| {
        *request.timeout_mut() = Some(timeout);
        stack.execute(request)
    });
    match sent {
        Ok(mut received) => {
            let mut response = http::Response::new(Vec::new());
            *response.status_mut() = received.status();
            *response.headers_mut() = std::mem::take(received.headers_mut());
            match received.bytes() {
                Ok(body) => response.map(|_| body.into()).into(),
                Err(error) => Outcome::Truncated(response, Some(error.into())),
            }
        }
        Err(error) if error.is_connect() => TransportError::not_sent(error).into(),
        Err(error) => TransportError::maybe_sent(error).into(),
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let stack = blocking::Client::builder().redirect(reqwest::redirect::Policy::none()).build()?;
    let transport = move |request: &_, timeout| send(&stack, request, timeout);
    common::work(&Client::builder(common::account()?).transport(transport).build()?)
}
