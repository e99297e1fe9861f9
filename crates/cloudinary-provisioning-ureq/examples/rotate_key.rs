//! Replaces an access key: `cargo run --example rotate_key -- ENVIRONMENT_ID OLD_KEY NEW_NAME`.

use std::error::Error;

use cloudinary_provisioning_ureq::{Client, access_keys};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<_> = std::env::args().skip(1).collect();
    let [environment, old, name] = arguments.as_slice() else {
        return Err("expected a product environment, the old key and a name for the new one".into());
    };
    let client = Client::from_env()?;

    let generate = access_keys::Generate::new(environment).name(name);
    let new = client.call(generate).recover().send()?;
    println!("new key: {}", new.api_key);
    println!("secret:  {}", new.api_secret.as_ref().ok_or("the response has no secret")?.expose());
    println!("Assign its roles and use it everywhere, then press Enter to disable {old}.");
    std::io::stdin().read_line(&mut String::new())?;

    // Disabled first, and not deleted: programs that still use it fail, and it can be enabled again.
    let disabled = client.send(access_keys::Update::new(environment, old).enabled(false))?;
    if disabled.enabled != Some(false) {
        return Err("the service left the old key enabled".into());
    }
    println!("{old} is disabled. Delete it when nothing uses it any more.");
    Ok(())
}
