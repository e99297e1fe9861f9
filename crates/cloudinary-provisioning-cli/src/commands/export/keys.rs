//! The access keys of all product environments.

use std::io::Write;

use cloudinary_provisioning::access_keys::{AccessKey, AccessKeys};
use cloudinary_provisioning::{Error, Pager, Secret, access_keys, product_environments};
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
    for (environment, (list, answer)) in environments.iter().zip(answers) {
        for key in all_keys(client, list, answer, &format!("product environment {}", environment.id), rows) {
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

/// The keys of the first page, and of the others where the service says that there are more.
fn all_keys(
    client: &Client,
    list: access_keys::List,
    first: Result<AccessKeys, Error>,
    of: &str,
    rows: &mut Rows<'_, impl Write>,
) -> Vec<AccessKey> {
    let mut pager = Pager::new(list);
    let mut keys = Vec::new();
    let mut answer = Some(first);
    while let Some(page) = answer.take().and_then(|answer| rows.read(of, answer)) {
        let total = page.total.and_then(|total| usize::try_from(total).ok());
        keys.extend(pager.received(page));
        answer =
            pager.next_page().filter(|_| total.is_none_or(|total| keys.len() < total)).map(|next| client.send(next));
    }
    keys
}
