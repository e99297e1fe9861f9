//! [`Policy`]: a custom policy that is in force, and the reads that find them.

use std::collections::{BTreeMap, BTreeSet};

use cloudinary_provisioning::custom_policies::{CustomPolicy, List};
use cloudinary_provisioning::{PrincipalType, ScopeType};
use cloudinary_provisioning_plan::cedar::{Scope, rules};

use super::account::Account;
use super::allowed::Allowed;
use super::asked::Asked;
use super::assignment::{Place, place};
use crate::terminal::exit::Exit;

/// What one statement of a custom policy says, and about whom.
#[derive(Clone, Debug)]
pub(super) struct Policy {
    pub(super) name: String,
    pub(super) place: Place,
    pub(super) whom: Whom,
    pub(super) allowed: Allowed,
}

/// Whom a statement is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Whom {
    /// A user, a group, or a key, by type and id.
    One(String, String),
    /// Several, or unknown: as it is shown.
    Other(String),
}

impl Whom {
    fn of(principal: &Scope) -> Self {
        let (kind, id) = match principal {
            Scope::One(kind, id) => (kind, id),
            // Nothing but groups has members.
            Scope::In(_, kind, id) if kind == "Group" => (kind, id),
            other => return Self::Other(other.to_string()),
        };
        let kind = match kind.as_str() {
            "User" => PrincipalType::User,
            "Group" => PrincipalType::Group,
            "APIKey" => PrincipalType::ApiKey,
            "ProvisioningKey" => PrincipalType::ProvisioningKey,
            _ => return Self::Other(principal.to_string()),
        };
        Self::One(kind.to_string(), id.clone())
    }

    /// Whether it may be about one of these users, whose groups are known.
    fn concerns(&self, users: &BTreeSet<String>, account: &Account<'_>) -> bool {
        match self {
            Self::One(kind, id) if kind == "user" => users.contains(id),
            Self::One(kind, id) => kind == "group" && account.groups.contains_key(id),
            Self::Other(_) => true,
        }
    }
}

/// Reads the custom policies of the account and its product environments, or of those that are asked about: a list for each.
/// With users asked about, only the statements that may be about them.
pub(super) fn find(account: &mut Account<'_>, asked: &Asked) -> Result<Vec<Policy>, Exit> {
    let is_anywhere = asked.environments.is_empty();
    if is_anywhere {
        account.read_environments()?;
    }
    let ids = match &account.environments {
        Some(environments) if is_anywhere => environments.keys().cloned().collect(),
        _ => asked.environments.clone(),
    };
    let of_account = is_anywhere.then(|| (None, List::new().scope_type(ScopeType::Account)));
    let of_environments =
        ids.into_iter().map(|id| (Some(id.clone()), List::new().scope_type(ScopeType::Prodenv).scope_id(id)));
    let lists = of_account.into_iter().chain(of_environments).collect::<Vec<_>>();
    let policies = account.client.items_all(lists).workers(account.reading.workers);
    // Those for all product environments are listed with each.
    let found: BTreeMap<_, _> =
        account.collected("custom policies", policies)?.into_iter().map(|policy| (policy.id.clone(), policy)).collect();
    let in_force = found.into_values().filter(CustomPolicy::is_enabled);
    let all = in_force.flat_map(statements);
    Ok(all.filter(|policy| asked.users.is_empty() || policy.whom.concerns(&asked.users, account)).collect())
}

fn statements(policy: CustomPolicy) -> impl Iterator<Item = Policy> {
    let name = policy.name.unwrap_or_else(|| policy.id.to_string());
    let place = place(policy.scope_type.as_ref(), policy.scope_id.as_ref());
    rules(policy.policy_statement.as_deref().unwrap_or_default()).into_iter().map(move |rule| {
        let (name, place, whom) = (name.clone(), place.clone(), Whom::of(&rule.principal));
        Policy { whom, allowed: Allowed::of_custom(&name, rule), name, place }
    })
}
