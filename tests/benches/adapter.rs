//! The ureq adapter over loopback, beside bare ureq.

#![allow(missing_docs, reason = "a benchmark")]
#![allow(clippy::unwrap_used, reason = "a benchmark that fails may stop")]

mod common;

use cloudinary_provisioning::users::{Get, List};
use cloudinary_provisioning_ureq::Client;
use divan::{Bencher, black_box};

use common::{BareUser, USER_ID, account_at, by_hand, serve_pages, serve_user};

fn main() {
    divan::main();
}

#[divan::bench(threads = [1, 4, 16])]
fn client_get(bencher: Bencher<'_, '_>) {
    let client = Client::builder(account_at(serve_user())).proxy(None).build().unwrap();
    let get = Get::new(USER_ID);
    bencher.bench(|| client.send(black_box(&get)).unwrap());
}

#[divan::bench(threads = [1, 4, 16])]
fn bare_ureq_get(bencher: Bencher<'_, '_>) {
    let origin = format!("http://{}", serve_user());
    let agent = common::bare_agent();
    bencher.bench(|| -> BareUser { common::bare_get(&agent, by_hand::get(&origin, black_box(USER_ID))) });
}

#[divan::bench(args = [100, 1_000], sample_count = 3)]
fn items_of_100_000(bencher: Bencher<'_, '_>, page_size: u32) {
    let client = Client::builder(account_at(serve_pages(100_000))).proxy(None).build().unwrap();
    bencher.bench(|| client.items(List::new().page_size(page_size)).map(Result::unwrap).count());
}

#[divan::bench(sample_count = 3)]
fn unpaged_100_000(bencher: Bencher<'_, '_>) {
    let client = Client::builder(account_at(serve_pages(100_000))).proxy(None).build().unwrap();
    bencher.bench(|| client.send(&List::new()).unwrap().len());
}
