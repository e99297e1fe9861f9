//! Reads who has access to what, and no more than was asked about.

use std::collections::BTreeSet;

use cloudinary_provisioning::users;
use cloudinary_provisioning_plan::manifest::ObjectKind;
use cloudinary_provisioning_plan::snapshot::FoundAccess;
use cloudinary_provisioning_ureq::Client;

use super::account::{Account, Person};
use super::asked::{Asked, Wanted};
use super::assignment::{self, ALL, Assignment, Place};
use super::grant::{ANY, Grant};
use super::policies::{self, Policy, Whom};
use crate::connection::reading::Reading;
use crate::terminal::exit::Exit;

/// Stands for the account itself, where an environment is named.
const ACCOUNT: &str = "account";

/// Returns every way in which a principal has access that was asked about, in order of principals, and how many parts could
/// not be read.
pub(crate) fn read(client: &Client, reading: &Reading, wanted: &Wanted) -> Result<(Vec<Grant>, usize), Exit> {
    let mut account = Account::new(client, reading);
    let asked = Asked::resolve(wanted, &mut account)?;
    let in_records = read_records(&mut account, &asked)?;
    let assignments = if asked.roles.is_empty() && !asked.user_roles.is_empty() {
        BTreeSet::new()
    } else {
        assignment::find(&mut account, &asked)?
    };
    let policies =
        if wanted.policies && asked.are_all_roles() { policies::find(&mut account, &asked)? } else { Vec::new() };
    read_names(&mut account, &asked, &in_records, &assignments, &policies)?;
    if wanted.allows {
        let roles: BTreeSet<_> = assignments.iter().map(|found| found.role.clone()).collect();
        account.read_roles(roles.iter(), true)?;
    }
    let mut grants = Grants { account: &account, asked: &asked, found: BTreeSet::new() };
    for id in &in_records {
        grants.of_record(id);
    }
    for found in &assignments {
        grants.assigned(found);
    }
    for policy in &policies {
        grants.ruled(policy);
    }
    Ok((grants.found.into_iter().collect(), account.failures))
}

/// Reads the users whose own records are asked about, with their product environments, and returns their ids.
fn read_records(account: &mut Account<'_>, asked: &Asked) -> Result<BTreeSet<String>, Exit> {
    if asked.is_everything() {
        account.read_all(&[ObjectKind::Users, ObjectKind::Groups, ObjectKind::Environments])?;
        return Ok(account.people.keys().cloned().collect());
    }
    if !asked.roles.is_empty() && asked.user_roles.is_empty() {
        return Ok(BTreeSet::new());
    }
    let has_role = |person: &Person| {
        asked.user_roles.is_empty() || person.role.as_ref().is_some_and(|role| asked.user_roles.contains(role))
    };
    let mut ids = BTreeSet::new();
    if !asked.users.is_empty() {
        ids.extend(asked.users.iter().filter(|id| account.people.get(*id).is_some_and(has_role)).cloned());
        account.read_access(ids.iter())?;
    } else if asked.environments.is_empty() {
        account.read_all(&[ObjectKind::Users])?;
        ids.extend(account.people.iter().filter(|(_, person)| has_role(person)).map(|(id, _)| id.clone()));
    } else {
        // Without a page number, one response holds all of them.
        let lists = asked
            .environments
            .iter()
            .cloned()
            .map(|id| users::List::new().sub_account_id(&id).map(move |found| (id.clone(), found)));
        for (environment, users) in account.send(lists)? {
            for user in users {
                let id = user.id.to_string();
                let person = account.people.entry(id.clone()).or_insert_with(|| Person::of_user(user));
                if has_role(person) {
                    ids.insert(id);
                }
                let access = person.access.get_or_insert_with(|| FoundAccess::Only(BTreeSet::new()));
                if let FoundAccess::Only(environments) = access {
                    environments.insert(environment.as_str().into());
                }
            }
        }
    }
    Ok(ids)
}

/// Reads what names whom and what the lines are about.
fn read_names(
    account: &mut Account<'_>,
    asked: &Asked,
    in_records: &BTreeSet<String>,
    assignments: &BTreeSet<Assignment>,
    policies: &[Policy],
) -> Result<(), Exit> {
    let assigned = assignments.iter().map(|found| (found.kind.as_str(), found.id.as_str()));
    let named = policies.iter().filter_map(|policy| match &policy.whom {
        Whom::One(kind, id) => Some((kind.as_str(), id.as_str())),
        Whom::Other(_) => None,
    });
    let all: BTreeSet<_> = assigned.chain(named).collect();
    let of_kind = |kind: &'static str| all.iter().filter(move |(of, _)| *of == kind).map(|(_, id)| *id);
    let groups: BTreeSet<_> = of_kind("group").collect();
    if !asked.is_everything() {
        account.read_groups(&groups)?;
        let members = groups.iter().filter_map(|id| account.groups.get(*id)?.members.as_ref()).flatten().cloned();
        let people: BTreeSet<_> = members.chain(of_kind("user").map(str::to_owned)).collect();
        account.read_people(people.iter())?;
    }
    let has_access = |id: &String| {
        let access = account.people.get(id).and_then(|person| person.access.as_ref());
        matches!(access, Some(FoundAccess::Only(ids)) if !ids.is_empty())
    };
    let mut places = assignments.iter().map(|found| &found.place).chain(policies.iter().map(|policy| &policy.place));
    if places.any(|place| matches!(place, Place::Environment(_))) || in_records.iter().any(has_access) {
        account.read_environments()?;
    }
    Ok(())
}

struct Grants<'a> {
    account: &'a Account<'a>,
    asked: &'a Asked,
    found: BTreeSet<Grant>,
}

impl Grants<'_> {
    /// What a user's own record says: a role, and all or some environments.
    fn of_record(&mut self, id: &str) {
        let Some(person) = self.account.people.get(id) else { return };
        let wanted = &self.asked.environments;
        let places = match &person.access {
            None => Vec::new(),
            Some(FoundAccess::All) => vec![Place::AllEnvironments],
            Some(FoundAccess::Only(ids)) => {
                let ids = ids.iter().filter(|id| wanted.is_empty() || wanted.contains(id.as_str()));
                ids.map(|id| Place::Environment(id.to_string())).collect()
            }
        };
        for place in places {
            let grant = self.grant("user", id, &place);
            let id = match &place {
                Place::Environment(id) => id.clone(),
                _ => ALL.to_owned(),
            };
            let role = person.role.clone().unwrap_or_default();
            self.found.insert(Grant { role, through: "user".to_owned(), sub_account_id: Some(id), ..grant });
        }
    }

    fn assigned(&mut self, found: &Assignment) {
        let role = self.account.roles.get(&found.role);
        let name = found.role_name.as_ref().or_else(|| role?.name.as_ref()).unwrap_or(&found.role);
        let with_role = |grant: Grant, through: &str| Grant {
            role: name.clone(),
            through: through.to_owned(),
            content: found.content.clone(),
            allows: role.and_then(|role| role.allows.clone()),
            ..grant
        };
        self.spread(&found.kind, &found.id, &found.place, |grant, group| {
            with_role(grant, &group.map_or_else(|| "assignment".to_owned(), |group| format!("group {group}")))
        });
    }

    /// What a statement of a custom policy says.
    fn ruled(&mut self, policy: &Policy) {
        let through = format!("policy {}", policy.name);
        let allows = Some(vec![policy.allowed.clone()]);
        match &policy.whom {
            Whom::One(kind, id) => self.spread(kind, id, &policy.place, |grant, group| {
                let through = group.map_or_else(|| through.clone(), |group| format!("{through}, group {group}"));
                Grant { through, allows: allows.clone(), ..grant }
            }),
            Whom::Other(whom) => {
                let grant = self.grant(ANY, whom, &policy.place);
                self.found.insert(Grant { through, allows, ..grant });
            }
        }
    }

    /// Adds a line for a principal, or one for each member of a group that has members.
    fn spread(&mut self, kind: &str, id: &str, place: &Place, with: impl Fn(Grant, Option<&str>) -> Grant) {
        let group = self.account.groups.get(id).filter(|_| kind == "group");
        let members = group.and_then(|group| group.members.as_ref());
        let lines: Vec<_> = match (group, members) {
            (Some(group), Some(members)) if !members.is_empty() => {
                members.iter().map(|member| with(self.grant("user", member, place), Some(&group.name))).collect()
            }
            _ => vec![with(self.grant(kind, id, place), None)],
        };
        self.found.extend(lines);
    }

    /// Who, and where.
    fn grant(&self, kind: &str, id: &str, place: &Place) -> Grant {
        let person = self.account.people.get(id).filter(|_| kind == "user");
        let group = self.account.groups.get(id).filter(|_| kind == "group");
        let name = person.map(|person| &person.email).or_else(|| Some(&group?.name));
        let (environment, sub_account_id) = match place {
            Place::Account => (ACCOUNT.to_owned(), None),
            Place::AllEnvironments => (ALL.to_owned(), Some(ALL.to_owned())),
            Place::Environment(id) => {
                let cloud_name = self.account.environments.as_ref().and_then(|all| all.get(id));
                (cloud_name.unwrap_or(id).clone(), Some(id.clone()))
            }
        };
        Grant {
            principal: name.map_or(id, String::as_str).to_owned(),
            principal_type: kind.to_owned(),
            principal_id: id.to_owned(),
            enabled: person.and_then(|person| person.enabled),
            environment,
            sub_account_id,
            role: String::new(),
            through: String::new(),
            content: None,
            allows: None,
        }
    }
}
