//! What an access review is about.

use std::collections::{BTreeMap, BTreeSet};

use cloudinary_provisioning::users;
use cloudinary_provisioning_plan::Survey;
use cloudinary_provisioning_plan::names::{NameError, Reference};
use cloudinary_provisioning_plan::snapshot::Snapshot;

use super::account::Account;
use crate::terminal::exit::Exit;

/// What an access review is about, as it was written. A list without entries does not restrict it.
#[derive(Debug, Default)]
pub(crate) struct Wanted {
    pub(crate) environments: Vec<String>,
    pub(crate) users: Vec<String>,
    pub(crate) roles: Vec<String>,
    /// Whether to read what roles allow.
    pub(crate) allows: bool,
    /// Whether to read custom policies.
    pub(crate) policies: bool,
}

/// What an access review is about, by id.
#[derive(Debug, Default)]
pub(super) struct Asked {
    pub(super) environments: BTreeSet<String>,
    pub(super) users: BTreeSet<String>,
    pub(super) roles: BTreeSet<String>,
    /// Roles of the users' own records.
    pub(super) user_roles: BTreeSet<String>,
}

impl Asked {
    pub(super) fn is_everything(&self) -> bool {
        self.environments.is_empty() && self.users.is_empty() && self.are_all_roles()
    }

    pub(super) fn are_all_roles(&self) -> bool {
        self.roles.is_empty() && self.user_roles.is_empty()
    }

    /// Looks names up, in one call for each kind, or two for roles.
    pub(super) fn resolve(wanted: &Wanted, account: &mut Account<'_>) -> Result<Self, Exit> {
        let of = |texts: &[String], kind: fn(String) -> Reference| texts.iter().cloned().map(kind).collect::<Vec<_>>();
        let (environments, users) =
            (of(&wanted.environments, Reference::Environment), of(&wanted.users, Reference::User));
        let is_of_record = |role: &&String| !matches!(users::Role::from(role.as_str()), users::Role::Unknown(_));
        let (of_records, roles): (Vec<_>, Vec<_>) = wanted.roles.iter().partition(is_of_record);
        let roles = roles.into_iter().cloned().map(Reference::Role).collect::<Vec<_>>();
        let all = [&environments, &users, &roles].into_iter().flatten();
        let named: Vec<_> = all.filter(|reference| reference.known_id().is_none()).cloned().collect();
        let snapshot =
            if named.is_empty() { Snapshot::new() } else { account.reading.snapshot(Survey::names(named))? };
        let ids = |references: &[Reference]| {
            let ids = references.iter().map(|reference| snapshot.find(reference).map_err(unknown));
            ids.collect::<Result<BTreeSet<_>, _>>()
        };
        let asked = Self {
            environments: ids(&environments)?,
            users: ids(&users)?,
            roles: ids(&roles)?,
            user_roles: of_records.into_iter().cloned().collect(),
        };
        account.learn(&snapshot);
        if !asked.environments.is_empty() {
            account.read_environments()?;
        }
        if let Some(environments) = &account.environments {
            exist(environments, &asked.environments, Reference::Environment)?;
        }
        account.read_people(asked.users.iter())?;
        if account.failures == 0 {
            exist(&account.people, &asked.users, Reference::User)?;
        }
        account.read_roles(asked.roles.iter(), wanted.allows)?;
        if account.failures == 0 {
            exist(&account.roles, &asked.roles, Reference::Role)?;
        }
        Ok(asked)
    }
}

fn unknown(error: NameError) -> Exit {
    match error {
        NameError::Unread { .. } => Exit::failed(format!("{error}; id:ID is an id that is not looked up")),
        error => Exit::usage(error),
    }
}

/// Refuses an id that nothing has.
fn exist<T>(known: &BTreeMap<String, T>, ids: &BTreeSet<String>, kind: fn(String) -> Reference) -> Result<(), Exit> {
    match ids.iter().find(|id| !known.contains_key(*id)) {
        Some(id) => Err(Exit::Usage(format!("there is no {}", kind(id.clone())))),
        None => Ok(()),
    }
}
