//! The core over async reqwest on tokio, without the adapter. On another runtime, only the sleep differs.
//!
//! ```text
//! CLOUDINARY_ACCOUNT_URL=account://KEY:SECRET@ID cargo run -p cloudinary-provisioning-tests --example stack_reqwest_async [SERVER]
//! ```

use std::hash::{BuildHasher, RandomState};
use std::time::{Duration, Instant, SystemTime};

use cloudinary_provisioning::http::{Request, Response};
use cloudinary_provisioning::{AsyncDriver, Outcome, Reading, TransportError};
use reqwest::{Client, redirect::Policy};

mod common;

struct Stack(Client, Instant);

impl AsyncDriver for Stack {
    async fn send(&self, request: &Request<Vec<u8>>, timeout: Duration) -> Outcome {
        let sent = self.0.request(request.method().clone(), request.uri().to_string()).timeout(timeout);
        match sent.headers(request.headers().clone()).body(request.body().clone()).send().await {
            Ok(mut received) => {
                let mut response = Response::new(Vec::new());
                *response.status_mut() = received.status();
                *response.headers_mut() = std::mem::take(received.headers_mut());
                match received.bytes().await {
                    Ok(body) => response.map(|_| body.into()).into(),
                    Err(error) => Outcome::Truncated(response, Some(error.into())),
                }
            }
            Err(error) if error.is_connect() => TransportError::not_sent(error).into(),
            Err(error) => TransportError::maybe_sent(error).into(),
        }
    }

    async fn sleep(&self, delay: Duration) {
        tokio::time::sleep(delay).await;
    }

    fn reading(&self) -> Reading {
        Reading::new(self.1.elapsed(), SystemTime::now(), RandomState::new().hash_one(()))
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let stack = Stack(Client::builder().redirect(Policy::none()).build()?, Instant::now());
    common::work_async(&common::account()?, &stack).await
}
