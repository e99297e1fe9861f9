//! Creates a user, or gets the one with this email: `cargo run --example create_or_get -- "John Doe" john@example.com`.

use std::error::Error;

use cloudinary_provisioning_ureq::{Client, users};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(name), Some(email)) = (arguments.next(), arguments.next()) else {
        return Err("expected a name and an email address".into());
    };
    // `recover` creates the user once, even if a response is lost; `or_existing` returns the user with this email.
    let create = users::Create::new(name, email);
    let response = Client::from_env()?.call(create).recover().or_existing().response()?;
    let verb = if response.existed() { "found" } else { "created" };
    println!("{verb} {}", response.value().id);
    Ok(())
}
