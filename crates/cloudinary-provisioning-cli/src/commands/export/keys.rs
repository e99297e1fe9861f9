//! The access keys of all product environments.

use std::io::Write;

use cloudinary_provisioning::{Secret, access_keys, product_environments};
use cloudinary_provisioning_ureq::Client;
use serde_json::json;

use super::rows::Rows;
use crate::output::cell_text::rfc3339;
use crate::terminal::exit::Exit;

pub(super) const COLUMNS: [&str; 10] = [
    "sub_account_id",
    "cloud_name",
    "name",
    "api_key",
    "api_secret",
    "enabled",
    "root",
    "dedicated_for",
    "created_at",
    "updated_at",
];

pub(super) fn write(client: &Client, workers: usize, rows: &mut Rows<'_, impl Write>) -> Result<(), Exit> {
    let environments = client.send(product_environments::List::new())?;
    let lists: Vec<_> = environments.iter().map(|environment| access_keys::List::new(&environment.id)).collect();
    let answers = client.send_all(lists).workers(workers).in_order();
    for (environment, (_, answer)) in environments.iter().zip(answers) {
        let Some(keys) = rows.read(&format!("product environment {}", environment.id), answer) else { continue };
        for key in keys.access_keys {
            rows.push(json!({
                "sub_account_id": environment.id,
                "cloud_name": environment.cloud_name,
                "name": key.name,
                "api_key": key.api_key,
                "api_secret": key.api_secret.as_ref().map(Secret::expose),
                "enabled": key.enabled,
                "root": key.root,
                "dedicated_for": key.dedicated_for.map(|list| list.iter().map(ToString::to_string).collect::<Vec<_>>()),
                "created_at": key.created_at.map(rfc3339),
                "updated_at": key.updated_at.map(rfc3339),
            }))?;
        }
    }
    Ok(())
}
