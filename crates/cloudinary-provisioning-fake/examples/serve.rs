//! Serves an account until standard input ends, for programs in any language to be tried against.
//!
//! `cargo run --features server --example serve`

use std::io::{self, Write as _};

use cloudinary_provisioning_fake::{FakeAccount, FakeServer, PlanUsage, UsageCycle};
use time::macros::date;

fn main() -> io::Result<()> {
    let plan = PlanUsage::new("Plus").metric("credit", 225.0).cycle(
        UsageCycle::new(date!(2026 - 01 - 01), date!(2026 - 12 - 31), 51.5)
            .breakdown("storage_image", 12.5)
            .environment("shop", "storage_image", 12.5)
            .month(UsageCycle::new(date!(2026 - 01 - 01), date!(2026 - 01 - 31), 51.5)),
    );
    let account = FakeAccount::new("my-account", "key", "secret").with_plan(plan).with_agent_limit(1000);
    let server = FakeServer::start(account)?;
    println!("{}\n{}", server.url(), server.account_url());
    io::stdout().flush()?;
    for line in io::stdin().lines() {
        line?;
    }
    server.with(|account| {
        for request in account.requests() {
            let status = request.status.map_or(0, |status| status.as_u16());
            println!("{status} {} {} {}", request.operation.unwrap_or("-"), request.method, request.target);
        }
    });
    Ok(())
}
