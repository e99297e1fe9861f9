//! The client over attohttpc in place of ureq: a function is its transport.
//!
//! ```text
//! CLOUDINARY_ACCOUNT_URL=account://KEY:SECRET@ID cargo run -p cloudinary-provisioning-tests --example stack_attohttpc [SERVER]
//! ```

use std::io::ErrorKind::ConnectionRefused;
use std::time::Duration;

use cloudinary_provisioning_ureq::{Client, Outcome, TransportError, http};

mod common;

fn send(request: &http::Request<Vec<u8>>, timeout: Duration) -> Outcome {
    let mut builder = attohttpc::RequestBuilder::new(request.method().clone(), request.uri().to_string())
        .follow_redirects(false)
        .timeout(timeout);
    for (name, value) in request.headers() {
        builder = builder.header(name, value);
    }
    let body = request.body();
    match if body.is_empty() { builder.send() } else { builder.bytes(body).send() } {
        Ok(response) => {
            let (status, headers, body) = response.split();
            // attohttpc takes a body for whole that ends before its length.
            let length = headers.get("content-length").and_then(|length| length.to_str().ok()?.parse().ok());
            let mut response = http::Response::new(Vec::new());
            (*response.status_mut(), *response.headers_mut()) = (status, headers);
            match body.bytes() {
                Ok(body) if length.is_some_and(|length: usize| body.len() < length) => {
                    Outcome::Truncated(response.map(|_| body), None)
                }
                Ok(body) => response.map(|_| body).into(),
                Err(error) => Outcome::Truncated(response, Some(error.into())),
            }
        }
        // What was not certainly unsent may have been sent.
        Err(error) => match error.kind() {
            attohttpc::ErrorKind::Io(io) if io.kind() == ConnectionRefused => TransportError::not_sent(error).into(),
            _ => TransportError::maybe_sent(error).into(),
        },
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    common::work(&Client::builder(common::account()?).transport(send).build()?)
}
