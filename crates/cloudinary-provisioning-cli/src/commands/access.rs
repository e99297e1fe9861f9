//! Finds out who has access to what, for `cldp review` and `cldp export access`.

use std::collections::{BTreeMap, BTreeSet};

use cloudinary_provisioning::principals::{Inspect, InspectedPrincipal, PrincipalRole};
use cloudinary_provisioning::users::{List, ListSubAccounts, Role, User};
use cloudinary_provisioning::{Error, PrincipalType, ScopeType, product_environments, user_groups};
use cloudinary_provisioning_ureq::Client;
use serde::Serialize;
use serde_json::Value;

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
struct Account {
    users: BTreeMap<String, User>,
    /// Names and members.
    groups: BTreeMap<String, (String, Vec<String>)>,
    /// Cloud names.
    environments: BTreeMap<String, String>,
}

/// Returns every way in which a principal has access, in order of principals, and how many parts could not be read.
pub(crate) fn read(client: &Client, workers: usize, progress: &ProgressLine) -> Result<(Vec<Value>, usize), Exit> {
    let account = Account::read(client, workers)?;
    let mut reading = Reading { account: &account, progress, grants: BTreeSet::new(), failures: 0 };
    reading.users(client, workers)?;
    reading.roles(client)?;
    let grants = reading.grants.iter().map(serde_json::to_value).collect::<Result<_, _>>();
    Ok((grants.map_err(Exit::failed)?, reading.failures))
}

impl Account {
    fn read(client: &Client, workers: usize) -> Result<Self, Exit> {
        let users = client.items(List::new()).workers(workers).map(|user| user.map(|user| (user.id.to_string(), user)));
        let users = users.collect::<Result<_, Error>>()?;
        let groups = client.send(user_groups::List::new().extended_details(true))?.into_iter().map(|group| {
            let members = group.users.into_iter().flatten().map(|user| user.id.into_string()).collect();
            let name = group.name.unwrap_or_else(|| group.id.to_string());
            (group.id.into_string(), (name, members))
        });
        let groups = groups.collect();
        let environments = client.send(product_environments::List::new())?.into_iter().map(|environment| {
            let name = environment.cloud_name.or(environment.name).unwrap_or_else(|| environment.id.to_string());
            (environment.id.into_string(), name)
        });
        Ok(Self { users, groups, environments: environments.collect() })
    }

    fn environment(&self, id: &str) -> String {
        self.environments.get(id).cloned().unwrap_or_else(|| id.to_owned())
    }
}

struct Reading<'r> {
    account: &'r Account,
    progress: &'r ProgressLine,
    grants: BTreeSet<Grant>,
    failures: usize,
}

impl Reading<'_> {
    fn failed(&mut self, what: &str, error: &Error) {
        self.failures += 1;
        self.progress.say(shown(&format!("{what}: {}", describe(error))));
    }

    fn add(&mut self, grant: Grant) {
        self.grants.insert(grant);
        self.progress.advance();
    }

    /// What the users' own records say: a role, and all or some environments.
    fn users(&mut self, client: &Client, workers: usize) -> Result<(), Exit> {
        let has_all = |user: &User| user.all_sub_accounts == Some(true) || user.role == Some(Role::MasterAdmin);
        let account = self.account;
        let mut asked = Vec::new();
        for user in account.users.values() {
            if has_all(user) {
                self.add(of_user(user, ALL.to_owned(), Some(ALL.to_owned())));
            } else {
                asked.push(ListSubAccounts::new(&user.id));
            }
        }
        for (asked, answer) in client.send_all(asked).workers(workers) {
            ctrl_c::check()?;
            let id = asked.user_id().as_str();
            match answer {
                Ok(environments) => {
                    let Some(user) = account.users.get(id) else { continue };
                    for environment in environments {
                        let id = environment.id.into_string();
                        self.add(of_user(user, account.environment(&id), Some(id)));
                    }
                }
                Err(error) => self.failed(&format!("user {id}"), &error),
            }
        }
        Ok(())
    }

    /// What the permissions system says: roles assigned to users, groups and keys.
    fn roles(&mut self, client: &Client) -> Result<(), Exit> {
        let account = self.account;
        let account_wide = Inspect::new(ScopeType::Account);
        let each = account.environments.keys().map(|id| Inspect::new(ScopeType::Prodenv).scope_id(id.as_str()));
        for inspect in std::iter::once(account_wide).chain(each) {
            for principal in client.items(inspect) {
                ctrl_c::check()?;
                match principal {
                    Ok(principal) => self.principal(&principal),
                    Err(error) => {
                        self.failed("roles", &error);
                        if error.is_forbidden() || error.is_not_found() {
                            // The account has no roles, or the key may not list them.
                            return Ok(());
                        }
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
                (Some(PrincipalType::Group), Some((name, members))) => {
                    let through = format!("group {name}");
                    for member in members {
                        self.add(self.assigned("user", member, role, &through));
                    }
                    if members.is_empty() {
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
        let group = account.groups.get(id).filter(|_| kind == "group").map(|(name, _)| name.clone());
        let environment = match (&role.scope_type, &role.scope_id) {
            (Some(ScopeType::Account), _) => ACCOUNT.to_owned(),
            (_, Some(id)) => account.environment(id.as_str()),
            (_, None) => ALL.to_owned(),
        };
        let content = role.policy_parameters.as_ref().filter(|parameters| !parameters.is_empty());
        Grant {
            principal: user.and_then(|user| user.email.clone()).or(group).unwrap_or_else(|| id.to_owned()),
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

fn of_user(user: &User, environment: String, sub_account_id: Option<String>) -> Grant {
    Grant {
        principal: user.email.clone().unwrap_or_else(|| user.id.to_string()),
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
