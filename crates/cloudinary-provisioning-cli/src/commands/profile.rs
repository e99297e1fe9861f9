//! `cldp profile`: the accounts of the file of profiles.

use std::io::Write;
use std::process::ExitCode;

use serde_json::json;

use super::whoami;
use crate::args::cli::ProfileCommand;
use crate::args::globals::Globals;
use crate::connection::profile::Profiles;
use crate::output::style::Style;
use crate::terminal::exit::Exit;
use crate::terminal::stream;

const COLUMNS: [&str; 5] = ["name", "default", "account_id", "region", "origin"];

pub(crate) fn run(globals: Globals, command: ProfileCommand) -> Result<ExitCode, Exit> {
    match command {
        ProfileCommand::List => list(&globals)?,
        ProfileCommand::Use { name } => {
            globals.no_dry_run()?;
            let mut profiles = Profiles::open()?.ok_or_else(|| Exit::usage("there is no file of profiles"))?;
            profiles.set_default(&name)?;
        }
        ProfileCommand::Check { name } => {
            let profile = name.or(globals.profile.clone());
            return whoami::run(&Globals { profile, ..globals });
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn list(globals: &Globals) -> Result<(), Exit> {
    let mut rows = Style::new(globals).rows(&COLUMNS, &COLUMNS, stream::stdout())?;
    if let Some(profiles) = Profiles::open()? {
        for profile in profiles.iter() {
            rows.push(json!({
                "name": profile.name,
                "default": profiles.default() == Some(&profile.name),
                "account_id": profile.public("account_id"),
                "region": profile.public("region"),
                "origin": profile.public("origin"),
            }))?;
        }
    }
    rows.finish()?;
    stream::stdout().flush()?;
    Ok(())
}
