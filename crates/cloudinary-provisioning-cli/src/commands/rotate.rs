//! `cldp rotate`: replaces access keys.

use std::collections::BTreeMap;
use std::process::ExitCode;

use cloudinary_provisioning::{SubAccountId, access_keys};
use cloudinary_provisioning_plan::names::Reference;
use cloudinary_provisioning_plan::rotation::{Kept, OldKeys, Successor};
use cloudinary_provisioning_plan::{Plan, Rotation, Snapshot};
use cloudinary_provisioning_ureq::Client;

use super::apply::making::{Making, make, show_lines, tagged};
use super::apply::records::Records;
use super::apply::secrets::{NewKey, SecretStore, SecretsTo};
use super::manifest::{guards, json_format, lines, me};
use super::plan::show_review;
use crate::args::cli::RotateOptions;
use crate::args::globals::{Format, Globals};
use crate::connection::account::Connection;
use crate::connection::reading::Reading;
use crate::terminal::ctrl_c;
use crate::terminal::exit::Exit;
use crate::terminal::file::check_distinct;
use crate::terminal::progress::ProgressLine;
use crate::terminal::say::note;

pub(crate) fn run(globals: &Globals, options: &RotateOptions) -> Result<ExitCode, Exit> {
    let json = json_format(globals)?;
    check_distinct([options.log.as_deref(), options.secrets.as_deref()], [])?;
    let me = me(&options.guards)?;
    let rotation = rotation(options)?;
    let to = match (&options.secrets, &options.store) {
        (Some(path), _) => Some(SecretsTo::File(path)),
        (None, Some(command)) => Some(SecretsTo::Command(command)),
        (None, None) if globals.dry_run || options.delete_old => None,
        (None, None) => return Err(Exit::usage("new keys have secrets: give --secrets FILE or --store COMMAND")),
    };
    let log = options.log.as_deref().filter(|_| !globals.dry_run).map(Records::open_log).transpose()?;
    let mut store = to.filter(|_| !globals.dry_run).map(SecretStore::open).transpose()?;
    let progress = ProgressLine::of_about("calls");
    let connection = Connection::open(globals, &progress)?;
    note(format_args!("Working on {connection}."));
    ctrl_c::watch()?;

    let reading = Reading::new(connection.client.clone(), globals.workers(), &progress);
    let read = || -> Result<(Plan, Snapshot), Exit> {
        let snapshot = reading.snapshot_with(rotation.survey(), me.as_deref())?;
        progress.finish();
        let plan = rotation.plan(&snapshot).map_err(|error| lines("nothing was changed", error.problems()))?;
        Ok((plan, snapshot))
    };
    let (plan, snapshot) = read()?;
    show_kept(&rotation.kept(&snapshot), json)?;
    let guards = guards(&options.guards.allow, me.as_deref(), &reading.reader).stores_secrets(true);
    if globals.dry_run {
        return show_review(&plan, &guards, json);
    }
    if let Some(store) = &mut store {
        store_again(&connection.client, store, rotation.successors(&snapshot))?;
    }
    drop(store);
    let making = Making { client: &connection.client, json, guards, log, secrets: to, is_confirmed: globals.yes };
    make(globals, making, plan, |_| Ok(()), || read().map(|(plan, _)| plan))
}

fn rotation(options: &RotateOptions) -> Result<Rotation, Exit> {
    let keys = options.keys.iter().map(|text| match text.split_once('/') {
        Some((environment, key)) => Reference::key(environment, key),
        None => Reference::Environment(text.clone()),
    });
    let old = match options.older_than {
        Some(day) if options.delete_old => OldKeys::Delete { before: day.midnight().assume_utc() },
        _ if options.delete_old => return Err(Exit::usage("--delete-old needs --older-than")),
        _ if options.disable_old => OldKeys::Disable,
        _ => OldKeys::Keep,
    };
    Ok(Rotation::new(keys).old_keys(old).roles(!options.without_roles))
}

fn show_kept(kept: &[Kept], json: Option<Format>) -> Result<(), Exit> {
    match json {
        Some(_) => show_lines(kept.iter().map(|kept| tagged("kept", kept)))?,
        None => kept.iter().for_each(|kept| note(format_args!("{kept}"))),
    }
    Ok(())
}

/// Stores the secrets of keys that an earlier run has generated, unless they are stored already.
fn store_again(client: &Client, store: &mut SecretStore<'_>, successors: Vec<Successor>) -> Result<(), Exit> {
    let stored = store.stored()?;
    let mut missing: BTreeMap<SubAccountId, Vec<Successor>> = BTreeMap::new();
    for successor in successors.into_iter().filter(|successor| !stored.contains(&successor.api_key)) {
        missing.entry(successor.environment.clone()).or_default().push(successor);
    }
    for (environment, successors) in missing {
        let listed = client.send(access_keys::List::new(environment))?.access_keys;
        for Successor { reference, api_key, .. } in successors {
            let found = listed.iter().find(|found| found.api_key == api_key);
            let secret = found.and_then(|found| found.api_secret.as_ref());
            let Some(secret) = secret.filter(|secret| secret.is_usable()) else {
                return Err(Exit::Failed(format!(
                    "an earlier run has generated {reference}, its secret is not stored, and the service does not show it: \
                     delete that key and run this again; nothing was changed"
                )));
            };
            let (cloud_name, name) = (&*reference.environment, Some(&*reference.name));
            store.store(&NewKey { cloud_name, name, api_key: &api_key, secret })?;
            note(format_args!("Stored the secret of {reference}, which an earlier run has generated."));
        }
    }
    Ok(())
}
