//! Finds out who has access to what, for `cldp review` and `cldp export access`.

use std::collections::{BTreeMap, BTreeSet};

use cloudinary_provisioning::principals::{Inspect, InspectedPrincipal, PrincipalRole};
use cloudinary_provisioning::{PrincipalType, ScopeType};
use cloudinary_provisioning_plan::Survey;
use cloudinary_provisioning_plan::manifest::ObjectKind;
use cloudinary_provisioning_plan::snapshot::{FoundAccess, FoundGroup, FoundUser, Part};
use cloudinary_provisioning_ureq::Client;
use serde::Serialize;
use serde_json::Value;

use crate::connection::reading::Reading;
use crate::terminal::ctrl_c;
use crate::terminal::exit::{Exit, describe};
use crate::terminal::progress::ProgressLine;
use crate::terminal::shown::shown;

pub(crate) const COLUMNS: [&str; 9] = [
    "principal",
    "principal_type",
    "principal_id",
    "enabled",
    "environment",
    "sub_account_id",
    "role",
    "through",
    "content",
];

/// Stand for the account itself and for all environments, where an environment is named.
const ACCOUNT: &str = "account";
const ALL: &str = "all";

/// One way in which a principal has access.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
struct Grant {
    /// The email of a user, the name of a group, a key.
    principal: String,
    principal_type: String,
    principal_id: String,
    enabled: Option<bool>,
    /// The cloud name, `all`, or `account` for the account itself.
    environment: String,
    sub_account_id: Option<String>,
    /// What the principal may do there, by its name.
    role: String,
    /// Where it comes from: `user` for what is in the user's own record, else an assignment to them or to a group.
    through: String,
    /// The folder or collection that a role is for.
    content: Option<String>,
}

/// What was read of the account.
struct Account<'s> {
    users: BTreeMap<&'s str, &'s FoundUser>,
    /// Names and members.
    groups: BTreeMap<&'s str, &'s FoundGroup>,
    /// Cloud names.
    environments: BTreeMap<&'s str, &'s str>,
}

/// Returns every way in which a principal has access, in order of principals, and how many parts could not be read.
pub(crate) fn read(client: &Client, reading: &Reading<'_>) -> Result<(Vec<Value>, usize), Exit> {
    let kinds = [ObjectKind::Users, ObjectKind::Groups, ObjectKind::Environments];
    let snapshot = reading.snapshot(Survey::everything(kinds))?;
    let account = Account {
        users: known(&snapshot.users)?.iter().map(|user| (user.id.as_str(), user)).collect(),
        groups: known(&snapshot.groups)?.iter().map(|group| (group.id.as_str(), group)).collect(),
        environments: known(&snapshot.environments)?.iter().map(|it| (it.id.as_str(), &*it.cloud_name)).collect(),
    };
    let progress = reading.progress;
    let mut grants = Grants { account: &account, progress, found: BTreeSet::new(), failures: 0 };
    for failure in snapshot.failures() {
        grants.failed(&failure);
    }
    grants.users();
    grants.roles(client, reading.workers)?;
    let Grants { found, failures, .. } = grants;
    let grants = found.iter().map(serde_json::to_value).collect::<Result<_, _>>();
    Ok((grants.map_err(Exit::failed)?, failures))
}

/// A list without which nothing can be shown.
fn known<T>(part: &Part<T>) -> Result<&T, Exit> {
    match part {
        Part::Known(value) => Ok(value),
        Part::Failed(reason) => Err(Exit::failed(reason)),
        Part::Unread => Err(Exit::failed("not everything was read")),
    }
}

impl Account<'_> {
    fn environment(&self, id: &str) -> String {
        self.environments.get(id).copied().unwrap_or(id).to_owned()
    }
}

struct Grants<'r> {
    account: &'r Account<'r>,
    progress: &'r ProgressLine,
    found: BTreeSet<Grant>,
    failures: usize,
}

impl Grants<'_> {
    fn failed(&mut self, why: &str) {
        self.failures += 1;
        self.progress.say(shown(why));
    }

    fn add(&mut self, grant: Grant) {
        self.found.insert(grant);
        self.progress.advance();
    }

    /// What the users' own records say: a role, and all or some environments.
    fn users(&mut self) {
        let account = self.account;
        for user in account.users.values() {
            match user.access.known() {
                Some(FoundAccess::All) => self.add(of_user(user, ALL.to_owned(), Some(ALL.to_owned()))),
                Some(FoundAccess::Only(ids)) => {
                    for id in ids {
                        self.add(of_user(user, account.environment(id.as_str()), Some(id.to_string())));
                    }
                }
                None => {}
            }
        }
    }

    /// What the permissions system says: roles assigned to users, groups and keys. Scopes are read side by side.
    fn roles(&mut self, client: &Client, workers: usize) -> Result<(), Exit> {
        let account = self.account;
        let account_wide = Inspect::new(ScopeType::Account);
        let each = account.environments.keys().map(|id| Inspect::new(ScopeType::Prodenv).scope_id(*id));
        let scopes = std::iter::once(account_wide).chain(each).map(|inspect| ((), inspect)).collect::<Vec<_>>();
        for ((), principal) in client.items_all(scopes).workers(workers) {
            ctrl_c::check()?;
            match principal {
                Ok(principal) => self.principal(&principal),
                Err(error) => {
                    self.failed(&format!("roles: {}", describe(&error)));
                    if error.is_forbidden() || error.is_not_found() {
                        // The account has no roles, or the key may not list them.
                        return Ok(());
                    }
                }
            }
        }
        Ok(())
    }

    fn principal(&mut self, principal: &InspectedPrincipal) {
        let account = self.account;
        let id = principal.id.as_str();
        for role in principal.roles.iter().flatten() {
            match (&principal.kind, account.groups.get(id)) {
                (Some(PrincipalType::Group), Some(group)) => {
                    let through = format!("group {}", group.name);
                    let members = group.members.known();
                    for member in members.into_iter().flatten() {
                        self.add(self.assigned("user", member.as_str(), role, &through));
                    }
                    if members.is_none_or(BTreeSet::is_empty) {
                        self.add(self.assigned("group", id, role, "assignment"));
                    }
                }
                (kind, _) => {
                    let kind = kind.as_ref().map(ToString::to_string).unwrap_or_default();
                    self.add(self.assigned(&kind, id, role, "assignment"));
                }
            }
        }
    }

    fn assigned(&self, kind: &str, id: &str, role: &PrincipalRole, through: &str) -> Grant {
        let account = self.account;
        let user = account.users.get(id).filter(|_| kind == "user");
        let group = account.groups.get(id).filter(|_| kind == "group").map(|group| group.name.clone());
        let environment = match (&role.scope_type, &role.scope_id) {
            (Some(ScopeType::Account), _) => ACCOUNT.to_owned(),
            (_, Some(id)) => account.environment(id.as_str()),
            (_, None) => ALL.to_owned(),
        };
        let content = role.policy_parameters.as_ref().filter(|parameters| !parameters.is_empty());
        Grant {
            principal: user.map(|user| user.email.clone()).or(group).unwrap_or_else(|| id.to_owned()),
            principal_type: kind.to_owned(),
            principal_id: id.to_owned(),
            enabled: user.and_then(|user| user.enabled),
            sub_account_id: role.scope_id.as_ref().filter(|_| environment != ACCOUNT).map(ToString::to_string),
            environment,
            role: role.name.clone().unwrap_or_else(|| role.id.to_string()),
            through: through.to_owned(),
            content: content.map(|parameters| {
                let parts = parameters.iter().map(|(kind, id)| format!("{kind}={}", id.as_str().unwrap_or_default()));
                parts.collect::<Vec<_>>().join(" ")
            }),
        }
    }
}

fn of_user(user: &FoundUser, environment: String, sub_account_id: Option<String>) -> Grant {
    Grant {
        principal: user.email.clone(),
        principal_type: "user".to_owned(),
        principal_id: user.id.to_string(),
        enabled: user.enabled,
        environment,
        sub_account_id,
        role: user.role.as_ref().map(ToString::to_string).unwrap_or_default(),
        through: "user".to_owned(),
        content: None,
    }
}
