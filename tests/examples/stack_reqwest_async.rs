//! The core over async reqwest on tokio, without the adapter. On another runtime, only the sleep differs.

use std::hash::{BuildHasher, RandomState};
use std::time::{Duration, Instant, SystemTime};

use cloudinary_provisioning::{AsyncDriver, FreshConnection, Outcome, Reading, SharedThrottle, TransportError, http};
use reqwest::{Client, redirect::Policy};

mod common;
const BODY_LIMIT: usize = 64 * 1024 * 1024;

struct Stack {
    pooled: Client,
    fresh: Client, // keeps no connection
    throttle: SharedThrottle,
    start: Instant,
}

impl AsyncDriver for Stack {
    async fn send(&self, request: &http::Request<Vec<u8>>, timeout: Duration) -> Outcome {
        let client = request.extensions().get::<FreshConnection>().map_or(&self.pooled, |_| &self.fresh);
        let sent = client.request(request.method().clone(), request.uri().to_string()).timeout(timeout);
        let mut received = match sent.headers(request.headers().clone()).body(request.body().clone()).send().await {
            Ok(received) => received,
            Err(error) if error.is_connect() => return TransportError::not_sent(error).into(),
            Err(error) => return TransportError::maybe_sent(error).into(),
        };
        let mut response = http::Response::new(Vec::new());
        *response.status_mut() = received.status();
        *response.headers_mut() = std::mem::take(received.headers_mut());
        while response.body().len() <= BODY_LIMIT {
            match received.chunk().await {
                Ok(Some(chunk)) => response.body_mut().extend(chunk),
                Ok(None) => return response.into(),
                Err(error) => return Outcome::Truncated(response, Some(error.into())),
            }
        }
        Outcome::TooLarge(response, BODY_LIMIT as u64)
    }

    async fn sleep(&self, delay: Duration) {
        tokio::time::sleep(delay).await;
    }

    fn reading(&self) -> Reading {
        Reading::new(self.start.elapsed(), SystemTime::now(), RandomState::new().hash_one(()))
    }

    fn throttle(&self) -> Option<&SharedThrottle> {
        Some(&self.throttle)
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let client = || Client::builder().redirect(Policy::none()).connect_timeout(Duration::from_secs(10));
    let (pooled, fresh) = (client().build()?, client().pool_max_idle_per_host(0).build()?);
    let stack = Stack { pooled, fresh, throttle: SharedThrottle::new(), start: Instant::now() };
    common::work_async(&common::account()?, &stack).await
}
