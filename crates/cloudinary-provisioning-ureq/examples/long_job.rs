//! Disables many users and lists those that failed: `cargo run --example long_job < ids.txt`.

use std::error::Error;
use std::io;

use cloudinary_provisioning_ureq::{ClientBuilder, RetryPolicy, users};

fn main() -> Result<(), Box<dyn Error>> {
    let client =
        ClientBuilder::from_env()?.retry(RetryPolicy::patient()).on_retry(|event| eprintln!("{event}")).build()?;
    let ids = io::stdin().lines().map_while(Result::ok).filter(|id| !id.trim().is_empty());
    let disable = ids.map(|id| users::Update::new(id.trim()).enabled(false));

    let (mut done, mut failed) = (0, 0);
    // Memory use does not depend on the number of users. If the service throttles one call, all workers wait.
    for (update, result) in client.send_all(disable).workers(8) {
        match result {
            Ok(_) => done += 1,
            Err(error) => {
                failed += 1;
                eprintln!("{}: {error:#}", update.user_id());
            }
        }
    }
    println!("{done} disabled, {failed} failed. A second run changes nothing for those that are done.");
    if failed > 0 { Err("not all users were disabled".into()) } else { Ok(()) }
}
