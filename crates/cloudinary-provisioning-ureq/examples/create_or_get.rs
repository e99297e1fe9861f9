//! Creates a user, or gets the one who is there: `cargo run --example create_or_get -- "John Doe" john@example.com`.

use std::error::Error;

use cloudinary_provisioning_ureq::users::{self, User};
use cloudinary_provisioning_ureq::{self as cloudinary, Client};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(name), Some(email)) = (arguments.next(), arguments.next()) else {
        return Err("expected a name and an email address".into());
    };
    let user = create_or_get(&Client::from_env()?, &name, &email)?;
    println!("{} {}", user.id, user.email.unwrap_or_default());
    Ok(())
}

fn create_or_get(client: &Client, name: &str, email: &str) -> Result<User, cloudinary::Error> {
    // With `recover`, a create whose response is lost is neither given up nor made twice.
    match client.call(users::Create::new(name, email)).recover().send() {
        Err(taken) if taken.is_conflict() => {
            let found = client.send(users::List::new().emails([email]))?;
            found.into_iter().next().ok_or(taken)
        }
        result => result,
    }
}
