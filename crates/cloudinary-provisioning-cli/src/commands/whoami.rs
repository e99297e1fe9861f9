//! `cldp whoami`: which account, by which key, and whether the key works.

use std::io::Write;
use std::process::ExitCode;

use cloudinary_provisioning::catalog::Kind;
use cloudinary_provisioning::users;
use serde_json::json;

use crate::args::globals::Globals;
use crate::connection::account::Connection;
use crate::output::style::Style;
use crate::terminal::exit::Exit;
use crate::terminal::progress::ProgressLine;
use crate::terminal::stream;

pub(crate) fn run(globals: &Globals) -> Result<ExitCode, Exit> {
    globals.no_dry_run()?;
    let connection = Connection::open(globals, &ProgressLine::hidden())?;
    let account = connection.client.account();
    let mut shown = json!({
        "account_id": account.id(),
        "key": account.key(),
        "from": connection.source().to_string(),
        "origin": account.origin().to_string(),
    });
    let proof = match connection.client.send(users::List::new().page(1).page_size(1)) {
        Ok(_) => "yes",
        Err(error) if error.is_forbidden() => "yes, but it may not read users",
        Err(error) => return Err(error.into()),
    };
    if let Some(fields) = shown.as_object_mut() {
        fields.insert("works".to_owned(), proof.into());
    }
    let mut out = stream::stdout();
    Style::new(globals).one(shown, Kind::Object, &mut out)?;
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}
