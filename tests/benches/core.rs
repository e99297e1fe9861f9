//! Building requests, reading responses, and deciding on retries, each beside what a user would write by hand.

#![allow(missing_docs, reason = "a benchmark")]
#![allow(clippy::unwrap_used, reason = "a benchmark that fails may stop")]

mod common;

use divan::{AllocProfiler, Bencher, black_box};

#[global_allocator]
static ALLOC: AllocProfiler = AllocProfiler::system();

fn main() {
    divan::main();
}

mod build {
    use super::common::{USER_ID, account, by_hand, create, full_list};
    use super::{Bencher, black_box};
    use cloudinary_provisioning::users::Get;

    #[divan::bench]
    fn get(bencher: Bencher<'_, '_>) {
        let (account, operation) = (account(), Get::new(USER_ID));
        bencher.bench_local(|| account.request(black_box(&operation)).unwrap());
    }

    #[divan::bench]
    fn get_by_hand(bencher: Bencher<'_, '_>) {
        bencher.bench_local(|| by_hand::get_default(black_box(USER_ID)));
    }

    #[divan::bench]
    fn list(bencher: Bencher<'_, '_>) {
        let (account, operation) = (account(), full_list());
        bencher.bench_local(|| account.request(black_box(&operation)).unwrap());
    }

    #[divan::bench]
    fn list_by_hand(bencher: Bencher<'_, '_>) {
        bencher.bench_local(|| {
            by_hand::list(black_box(&["a1", "b2", "c3"]), &["x+y@example.com", "z@example.com"], "john", 2, 50)
        });
    }

    #[divan::bench]
    fn create_user(bencher: Bencher<'_, '_>) {
        let (account, operation) = (account(), create());
        bencher.bench_local(|| account.request(black_box(&operation)).unwrap());
    }

    #[divan::bench]
    fn create_user_by_hand(bencher: Bencher<'_, '_>) {
        bencher.bench_local(|| by_hand::create(black_box("John"), "john@example.com"));
    }
}

mod parse {
    use super::common::{BareUsers, users_json};
    use super::{Bencher, black_box};
    use cloudinary_provisioning::users::List;
    use divan::counter::BytesCount;

    const USERS: [usize; 3] = [1, 100, 10_000];

    #[divan::bench(args = USERS)]
    fn users(bencher: Bencher<'_, '_>, count: usize) {
        let response = http::Response::new(users_json(0..count));
        let list = List::new();
        bencher
            .counter(BytesCount::new(response.body().len()))
            .bench_local(|| list.parse(black_box(&response)).unwrap());
    }

    #[divan::bench(args = USERS)]
    fn bare_struct(bencher: Bencher<'_, '_>, count: usize) {
        let body = users_json(0..count);
        bencher
            .counter(BytesCount::new(body.len()))
            .bench_local(|| serde_json::from_slice::<BareUsers>(black_box(body.as_bytes())).unwrap().users);
    }

    #[divan::bench(args = USERS)]
    fn value(bencher: Bencher<'_, '_>, count: usize) {
        let body = users_json(0..count);
        bencher
            .counter(BytesCount::new(body.len()))
            .bench_local(|| serde_json::from_slice::<serde_json::Value>(black_box(body.as_bytes())).unwrap());
    }
}

mod errors {
    use super::{Bencher, black_box};
    use cloudinary_provisioning::users::Get;

    #[divan::bench]
    fn not_found_as_json(bencher: Bencher<'_, '_>) {
        let body = r#"{"error":{"message":"Cannot find user with id 0abed8df"}}"#;
        let response = http::Response::builder().status(404).header("x-request-id", "4f2a").body(body).unwrap();
        let get = Get::new("0abed8df");
        bencher.bench_local(|| get.parse(black_box(&response)).unwrap_err());
    }

    #[divan::bench]
    fn not_found_as_html_of_64_kib(bencher: Bencher<'_, '_>) {
        let body = "<html>".to_owned() + &"x".repeat(64 * 1024);
        let response = http::Response::builder().status(404).header("x-request-id", "4f2a").body(body).unwrap();
        let get = Get::new("0abed8df");
        bencher.bench_local(|| get.parse(black_box(&response)).unwrap_err());
    }
}

mod retry {
    use super::common::account;
    use super::{Bencher, black_box};
    use cloudinary_provisioning::users::Get;
    use cloudinary_provisioning::{Exchange, Outcome, Reading, RetryPolicy, Step, TransportError};
    use http::Response;
    use std::time::{Duration, SystemTime};

    /// One step of an exchange that is always retried.
    fn step(bencher: Bencher<'_, '_>, outcome: impl Fn() -> Outcome) {
        let (account, operation) = (account(), Get::new("0abed8df"));
        let policy = RetryPolicy::default().max_attempts(u32::MAX);
        let mut exchange = Exchange::new(&account, &operation, policy).unwrap();
        let sample = Reading::new(Duration::from_millis(250), SystemTime::UNIX_EPOCH, 0x9e37_79b9_7f4a_7c15);
        bencher.bench_local(move || {
            let attempt = exchange.begin(sample.now).unwrap();
            let step = exchange.on_outcome(attempt, black_box(outcome()), sample);
            assert!(matches!(step, Step::Retry(_)));
        });
    }

    #[divan::bench]
    fn throttled(bencher: Bencher<'_, '_>) {
        step(bencher, || {
            let response = Response::builder().status(429).header("retry-after", "2");
            response.body(Vec::new()).unwrap().into()
        });
    }

    #[divan::bench]
    fn lost(bencher: Bencher<'_, '_>) {
        step(bencher, || TransportError::maybe_sent("reset").into());
    }
}
