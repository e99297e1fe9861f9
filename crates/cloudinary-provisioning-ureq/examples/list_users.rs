//! Lists the users whose name or email begins with a text: `cargo run --example list_users -- jo`.

use std::process::ExitCode;

use cloudinary_provisioning_ureq::{Client, Error, users};

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Error> {
    let client = Client::from_env()?;
    let mut list = users::List::new().page_size(100);
    if let Some(prefix) = std::env::args().nth(1) {
        list = list.prefix(prefix);
    }
    for user in client.items(list) {
        let user = user?;
        println!("{}\t{}", user.id, user.email.unwrap_or_default());
    }
    Ok(())
}
