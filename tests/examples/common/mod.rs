//! What the examples have in common: the account of the environment, at the server that the command line may name, and a
//! little work.
#![allow(dead_code, reason = "no example uses all of it")]

use std::error::Error;

use cloudinary_provisioning_ureq::{Account, AsyncDriver, Client, Exchange, Origin, Pager, RetryPolicy, users};

pub(crate) fn account() -> Result<Account, Box<dyn Error>> {
    let account = Account::from_lookup(|name| std::env::var(name).ok())?;
    match std::env::args().nth(1) {
        Some(server) => Ok(account.with_origin(Origin::url(&server)?)),
        None => Ok(account),
    }
}

/// Creates Ada, and prints the emails of all users.
pub(crate) fn work(client: &Client) -> Result<(), Box<dyn Error>> {
    client.send(users::Create::new("Ada", "ada@example.com"))?;
    for user in client.items(users::List::new()) {
        println!("{}", user?.email.unwrap_or_default());
    }
    Ok(())
}

/// The same without the adapter.
pub(crate) async fn work_async(account: &Account, driver: &impl AsyncDriver) -> Result<(), Box<dyn Error>> {
    let policy = RetryPolicy::default();
    Exchange::new(account, users::Create::new("Ada", "ada@example.com"), policy)?.run_async(driver).await?;
    let mut pages = Pager::new(users::List::new());
    while let Some(list) = pages.next_page() {
        let page = Exchange::new(account, list, policy)?.run_async(driver).await?.into_value();
        for user in pages.received(page) {
            println!("{}", user.email.unwrap_or_default());
        }
    }
    Ok(())
}
