//! Users with their groups and product environments, as `cldp plan` reads them.

use std::collections::HashMap;
use std::io::Write;

use cloudinary_provisioning::UserId;
use cloudinary_provisioning_plan::manifest::ObjectKind;
use cloudinary_provisioning_plan::snapshot::{FoundAccess, FoundEnvironment, Part};
use cloudinary_provisioning_plan::{Snapshot, Survey};

use super::row::row;
use super::rows::Rows;
use crate::connection::reading::Reading;
use crate::terminal::exit::Exit;

/// Writes every user. Fails if the list itself cannot be read.
pub(super) fn write(reading: &Reading, rows: &mut Rows<'_, impl Write>) -> Result<(), Exit> {
    let snapshot = reading.snapshot(Survey::everything([ObjectKind::Users, ObjectKind::Groups]))?;
    let users = match &snapshot.users {
        Part::Known(users) => users,
        Part::Failed(reason) => return Err(Exit::failed(reason)),
        Part::Unread => return Err(Exit::failed("the users were not read")),
    };
    for failure in snapshot.failures() {
        rows.failed(&failure);
    }
    let all = snapshot.environments.known();
    let names: HashMap<_, _> = all.into_iter().flatten().map(|found| (&found.id, name(found))).collect();
    let groups = groups(&snapshot);
    for user in users {
        let sub_accounts = user.access.known().and_then(|access| match access {
            FoundAccess::All => Some(all?.iter().map(name).collect()),
            FoundAccess::Only(ids) => {
                Some(ids.iter().map(|id| names.get(id).copied().unwrap_or(id.as_str())).collect::<Vec<_>>())
            }
        });
        let groups = groups.as_ref().map(|groups| groups.get(&user.id).map_or(&[][..], Vec::as_slice));
        rows.push(row(user, groups, sub_accounts.as_deref()))?;
    }
    Ok(())
}

fn name(environment: &FoundEnvironment) -> &str {
    environment.name.as_deref().unwrap_or(environment.id.as_str())
}

/// The names of the groups of each user who is in one, unless they are not all known.
fn groups(snapshot: &Snapshot) -> Option<HashMap<&UserId, Vec<&str>>> {
    let mut of_user: HashMap<_, Vec<_>> = HashMap::new();
    for group in snapshot.groups.known()? {
        for id in group.members.known()? {
            of_user.entry(id).or_default().push(&*group.name);
        }
    }
    Some(of_user)
}
