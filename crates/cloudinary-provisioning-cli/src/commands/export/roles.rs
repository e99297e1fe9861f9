//! Roles with their policies and principals.

use std::io::Write;

use cloudinary_provisioning::PermissionType;
use cloudinary_provisioning::roles::{Get, List, ListPrincipals, RolePrincipal};
use cloudinary_provisioning::system_policies::SystemPolicy;
use cloudinary_provisioning_ureq::Client;
use serde_json::json;

use super::rows::Rows;
use crate::output::cell_text::rfc3339;
use crate::terminal::exit::Exit;

pub(super) const COLUMNS: [&str; 11] = [
    "id",
    "name",
    "permission_type",
    "scope_type",
    "management_type",
    "description",
    "policy_parameters",
    "policies",
    "principals",
    "created_at",
    "updated_at",
];

pub(super) fn write(client: &Client, workers: usize, rows: &mut Rows<'_, impl Write>) -> Result<(), Exit> {
    let mut roles = client.send(List::new(PermissionType::Global))?;
    roles.extend(client.send(List::new(PermissionType::Content))?);
    // Both of each role in one list, so that no more calls are in flight than were asked for.
    let both = roles.iter().flat_map(|role| {
        let principals = ListPrincipals::new(&role.id).verbose(true).map(Detail::Principals);
        [Get::new(&role.id).map(|role| Detail::Policies(role.policies)), principals]
    });
    let both: Vec<_> = both.collect();
    let mut details = client.send_all(both).workers(workers).in_order().map(|(_, detail)| detail);
    for role in &roles {
        let of = format!("role {}", role.id);
        let (mut policies, mut principals) = (None, None);
        for detail in details.by_ref().take(2) {
            match rows.read(&of, detail) {
                Some(Detail::Policies(found)) => policies = found,
                Some(Detail::Principals(found)) => principals = Some(found),
                None => {}
            }
        }
        rows.push(json!({
            "id": role.id,
            "name": role.name,
            "permission_type": role.permission_type.as_ref().map(ToString::to_string),
            "scope_type": role.scope_type.as_ref().map(ToString::to_string),
            "management_type": role.management_type.as_ref().map(ToString::to_string),
            "description": role.description,
            "policy_parameters": role.policy_parameters,
            "policies": policies.map(|policies| policies.into_iter().map(|policy| policy.id).collect::<Vec<_>>()),
            "principals": principals.map(|principals| principals.iter().map(principal).collect::<Vec<_>>()),
            "created_at": role.created_at.map(rfc3339),
            "updated_at": role.updated_at.map(rfc3339),
        }))?;
    }
    Ok(())
}

/// What the list of roles leaves out.
enum Detail {
    Policies(Option<Vec<SystemPolicy>>),
    Principals(Vec<RolePrincipal>),
}

/// `group:g1@env-1`.
fn principal(principal: &RolePrincipal) -> String {
    let kind = principal.kind.as_ref().map(ToString::to_string).unwrap_or_default();
    let scope = principal.scope_id.as_ref().map(|scope| format!("@{scope}")).unwrap_or_default();
    format!("{kind}:{}{scope}", principal.id)
}
