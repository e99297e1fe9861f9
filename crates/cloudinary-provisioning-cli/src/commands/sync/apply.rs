//! Applies a plan. A user who fails does not stop the others.

use std::num::NonZeroUsize;

use cloudinary_provisioning::users::{Create, List, Update, User};
use cloudinary_provisioning::{Error, UserId};
use cloudinary_provisioning_ureq::Client;

use super::input::{Wanted, key};
use super::plan::{Action, Changes, Plan, Step, needs_access, step};
use super::{directory, workers};
use crate::terminal::exit::describe;

/// What came of a step.
#[derive(Debug)]
pub(crate) struct Outcome<'p> {
    pub(crate) step: &'p Step,
    pub(crate) result: Result<Done, String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Done {
    AsPlanned,
    /// Created, though the response was lost: a look has found the user.
    ResponseLost,
    /// Created meanwhile by somebody else, and now brought to the wanted state.
    AlreadyThere,
}

/// Applies the steps and returns what came of each that was begun, in the order of the plan: of all, unless `stop` said to
/// begin no more. `progress` hears of each as it comes.
pub(crate) fn apply<'p>(
    client: &Client,
    plan: &'p Plan,
    threads: NonZeroUsize,
    stop: impl Fn() -> bool + Sync,
    mut progress: impl FnMut(&Outcome<'p>),
) -> Vec<Outcome<'p>> {
    let numbered: Vec<_> = plan.steps.iter().enumerate().collect();
    let mut outcomes = Vec::with_capacity(numbered.len());
    let work =
        |&(number, step): &(usize, &'p Step)| (number, Outcome { step, result: apply_one(client, &step.action) });
    workers::run(&numbered, threads, stop, work, |(number, outcome)| {
        progress(&outcome);
        outcomes.push((number, outcome));
    });
    outcomes.sort_unstable_by_key(|(number, _)| *number);
    outcomes.into_iter().map(|(_, outcome)| outcome).collect()
}

fn apply_one(client: &Client, action: &Action) -> Result<Done, String> {
    match action {
        Action::Create { user } => create(client, user),
        Action::Update { id, changes } => update(client, &update_of(id, changes)),
        Action::Disable { id, .. } => update(client, &Update::new(id).enabled(false)),
        Action::Unchanged { .. } => Ok(Done::AsPlanned),
        Action::Blocked { error } => Err(error.clone()),
    }
}

fn create(client: &Client, wanted: &Wanted) -> Result<Done, String> {
    let error = match client.call(create_of(wanted)).recover().response() {
        Ok(response) => return Ok(if response.recovered() { Done::ResponseLost } else { Done::AsPlanned }),
        Err(error) if error.is_conflict() => error,
        Err(error) => return Err(describe(&error)),
    };
    let found =
        find(client, &wanted.email).map_err(|lookup| format!("{}; then {}", describe(&error), describe(&lookup)))?;
    let Some(user) = found else { return Err(describe(&error)) };
    settle(client, wanted, &user)?;
    Ok(Done::AlreadyThere)
}

fn find(client: &Client, email: &str) -> Result<Option<User>, Error> {
    let is_it = |user: &User| user.email.as_deref().map(key) == Some(key(email));
    let users = client.send(List::new().emails([email]))?;
    Ok(users.into_iter().find(is_it))
}

/// Brings a user who was to be created, and is there, to the wanted state.
fn settle(client: &Client, wanted: &Wanted, user: &User) -> Result<(), String> {
    let access = needs_access(wanted, user).then(|| directory::access(client, user));
    let step = step(wanted, Some(user), access.as_ref());
    apply_one(client, &step.action).map(drop)
}

fn update(client: &Client, operation: &Update) -> Result<Done, String> {
    client.send(operation).map(|_| Done::AsPlanned).map_err(|error| describe(&error))
}

fn create_of(wanted: &Wanted) -> Create {
    // Without a name there is no such step in a plan.
    let mut create = Create::new(wanted.name.clone().unwrap_or_default(), &wanted.email);
    if let Some(role) = &wanted.role {
        create = create.role(role.clone());
    }
    if let Some(enabled) = wanted.enabled {
        create = create.enabled(enabled);
    }
    if let Some(environments) = &wanted.sub_account_ids {
        create = create.sub_account_ids(environments.access());
    }
    create
}

fn update_of(id: &UserId, changes: &Changes) -> Update {
    let mut update = Update::new(id);
    if let Some(name) = &changes.name {
        update = update.name(&name.new);
    }
    if let Some(role) = &changes.role {
        update = update.role(role.new.clone());
    }
    if let Some(enabled) = &changes.enabled {
        update = update.enabled(enabled.new);
    }
    if let Some(environments) = &changes.sub_account_ids {
        update = update.sub_account_ids(environments.new.access());
    }
    update
}
