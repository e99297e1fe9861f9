//! Sends requests over another transport than ureq: to an account in memory, with a log of every request.

use std::error::Error;
use std::time::Duration;

use cloudinary_provisioning_fake::{FakeAccount, NewUser, SharedAccount};
use cloudinary_provisioning_ureq::http::Request;
use cloudinary_provisioning_ureq::{Account, Client, users};

fn main() -> Result<(), Box<dyn Error>> {
    let fake = FakeAccount::new("acc", "key", "secret").with_user(NewUser::new("John", "john@example.com"));
    let account = Account::from_url(&fake.account_url())?;

    let fake = SharedAccount::new(fake);
    let transport = move |request: &Request<Vec<u8>>, _timeout: Duration| {
        let response = fake.respond(request.clone());
        println!("{} {} -> {}", request.method(), request.uri().path(), response.status());
        response
    };
    let client = Client::builder(account).transport(transport).build()?;

    for user in client.items(users::List::new()) {
        println!("{}", user?.email.unwrap_or_default());
    }
    Ok(())
}
