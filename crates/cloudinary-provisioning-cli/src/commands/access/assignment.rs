//! [`Assignment`]: a role that a principal has, and the reads that find them.

use std::collections::BTreeSet;

use cloudinary_provisioning::principals::{
    Inspect, InspectMultiple, InspectedPrincipal, ListRoles, Principal, PrincipalRole,
};
use cloudinary_provisioning::roles::ListPrincipals;
use cloudinary_provisioning::{JsonObject, PermissionType, PrincipalType, ScopeId, ScopeType};

use super::account::Account;
use super::asked::Asked;
use crate::terminal::exit::Exit;

/// What an error calls these reads.
const ROLES: &str = "roles";

/// Stands for every product environment.
pub(super) const ALL: &str = "all";

/// Where a role is assigned.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Place {
    Account,
    AllEnvironments,
    Environment(String),
}

/// A role that a principal has.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Assignment {
    pub(super) kind: String,
    pub(super) id: String,
    pub(super) role: String,
    pub(super) role_name: Option<String>,
    pub(super) place: Place,
    pub(super) content: Option<String>,
}

impl Assignment {
    fn of_principal(kind: Option<&PrincipalType>, id: &str, role: &PrincipalRole) -> Self {
        Self {
            kind: kind.map(ToString::to_string).unwrap_or_default(),
            id: id.to_owned(),
            role: role.id.to_string(),
            role_name: role.name.clone(),
            place: place(role.scope_type.as_ref(), role.scope_id.as_ref()),
            content: content(role.policy_parameters.as_ref()),
        }
    }

    fn of_inspected(principal: &InspectedPrincipal) -> impl Iterator<Item = Self> + '_ {
        let roles = principal.roles.iter().flatten();
        roles.map(|role| Self::of_principal(principal.kind.as_ref(), principal.id.as_str(), role))
    }

    fn is_in(&self, environments: &BTreeSet<String>) -> bool {
        environments.is_empty()
            || match &self.place {
                Place::Account => false,
                Place::AllEnvironments => true,
                Place::Environment(id) => environments.contains(id),
            }
    }
}

/// Finds the roles that are assigned to whom and where it was asked about.
pub(super) fn find(account: &mut Account<'_>, asked: &Asked) -> Result<BTreeSet<Assignment>, Exit> {
    let mut principals: Vec<_> = asked.users.iter().map(Principal::user).collect();
    let of_roles = if asked.are_all_roles() { None } else { Some(of_roles(account, &asked.roles)?) };
    // Which groups the users are in matters unless none of them has one of the roles.
    let group = PrincipalType::Group;
    let are_groups_asked = of_roles.as_ref().is_none_or(|found| found.iter().any(|found| found.kind == group.as_str()));
    if !asked.users.is_empty() && are_groups_asked {
        account.read_groups_of(&asked.users)?;
        principals.extend(account.groups.keys().map(Principal::group));
    }
    let found = if let Some(found) = of_roles {
        found
    } else if !principals.is_empty() && is_list_cheaper(account, asked, principals.len())? {
        of_principals(account, &principals)?
    } else {
        inspected(account, asked, &principals)?
    };
    let is_asked = |found: &Assignment| {
        let is_it = |principal: &Principal| principal.id == *found.id && principal.kind.as_str() == found.kind;
        found.is_in(&asked.environments) && (principals.is_empty() || principals.iter().any(is_it))
    };
    Ok(found.into_iter().filter(is_asked).collect())
}

/// Whether two lists for each principal are fewer calls than one for each scope.
fn is_list_cheaper(account: &mut Account<'_>, asked: &Asked, principals: usize) -> Result<bool, Exit> {
    if asked.environments.is_empty() && principals > 1 {
        account.read_environments()?;
    }
    let environments = account.environments.as_ref().filter(|_| asked.environments.is_empty());
    let scopes = environments.map_or(asked.environments.len(), |all| all.len() + 1);
    Ok(asked.environments.is_empty() && principals == 1 || 2 * principals <= scopes)
}

fn of_roles(account: &mut Account<'_>, roles: &BTreeSet<String>) -> Result<Vec<Assignment>, Exit> {
    let lists = roles.iter().map(|id| {
        let (id, name) = (id.clone(), account.roles.get(id).and_then(|role| role.name.clone()));
        ListPrincipals::new(&id).verbose(true).map(move |found| {
            let assignments = found.into_iter().map(|found| Assignment {
                kind: found.kind.map(|kind| kind.to_string()).unwrap_or_default(),
                id: found.id.to_string(),
                role: id.clone(),
                role_name: name.clone(),
                place: place(found.scope_type.as_ref(), found.scope_id.as_ref()),
                content: content(found.policy_parameters.as_ref()),
            });
            assignments.collect::<Vec<_>>()
        })
    });
    let lists = lists.collect::<Vec<_>>();
    Ok(account.send(lists)?.into_iter().flatten().collect())
}

fn of_principals(account: &mut Account<'_>, principals: &[Principal]) -> Result<Vec<Assignment>, Exit> {
    let lists = principals.iter().flat_map(|principal| {
        [PermissionType::Global, PermissionType::Content].map(|permission| {
            let (kind, id) = (principal.kind.clone(), principal.id.clone());
            ListRoles::new(kind.clone(), &id, permission).map(move |roles| {
                let roles = roles.iter().map(|role| Assignment::of_principal(Some(&kind), id.as_str(), role));
                roles.collect::<Vec<_>>()
            })
        })
    });
    Ok(account.send(lists)?.into_iter().flatten().collect())
}

/// Scopes are read side by side: of these principals, or of all.
fn inspected(account: &mut Account<'_>, asked: &Asked, principals: &[Principal]) -> Result<Vec<Assignment>, Exit> {
    let environments: Vec<String> = if asked.environments.is_empty() {
        account.environments.iter().flatten().map(|(id, _)| id.clone()).collect()
    } else {
        asked.environments.iter().cloned().collect()
    };
    let account_wide = asked.environments.is_empty().then_some(None);
    let scopes = account_wide.into_iter().chain(environments.into_iter().map(Some));
    let (client, workers) = (account.client, account.reading.workers);
    let kind = |id: &Option<String>| if id.is_some() { ScopeType::Prodenv } else { ScopeType::Account };
    let found: Vec<InspectedPrincipal> = if principals.is_empty() {
        let scopes = scopes.map(|id| (id.clone(), Inspect::new(kind(&id)).maybe(id, Inspect::scope_id)));
        account.collected(ROLES, client.items_all(scopes.collect::<Vec<_>>()).workers(workers))?
    } else {
        let inspect = |id: Option<String>| {
            InspectMultiple::new(kind(&id), principals.iter().cloned()).maybe(id, InspectMultiple::scope_id)
        };
        let scopes = scopes.map(|id| (id.clone(), inspect(id)));
        account.collected(ROLES, client.items_all(scopes.collect::<Vec<_>>()).workers(workers))?
    };
    Ok(found.iter().flat_map(Assignment::of_inspected).collect())
}

pub(super) fn place(scope_type: Option<&ScopeType>, id: Option<&ScopeId>) -> Place {
    match (scope_type, id.map(ScopeId::as_str)) {
        (Some(ScopeType::Account), _) => Place::Account,
        (_, None | Some("" | ALL)) => Place::AllEnvironments,
        (_, Some(id)) => Place::Environment(id.to_owned()),
    }
}

fn content(parameters: Option<&JsonObject>) -> Option<String> {
    let parameters = parameters.filter(|parameters| !parameters.is_empty())?;
    let parts = parameters.iter().map(|(kind, id)| format!("{kind}={}", id.as_str().unwrap_or_default()));
    Some(parts.collect::<Vec<_>>().join(" "))
}
