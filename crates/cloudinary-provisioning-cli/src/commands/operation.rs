//! Every operation of the catalogue.

use std::process::ExitCode;

use clap::ArgMatches;
use cloudinary_provisioning::catalog::Entry;

use crate::args::globals::Globals;
use crate::args::operation;
use crate::connection::send::send;
use crate::terminal::exit::Exit;

pub(crate) fn run(globals: &Globals, entry: &'static Entry, matches: &ArgMatches) -> Result<ExitCode, Exit> {
    let (request, options) = operation::read(entry, matches)?;
    send(globals, request, &options)
}
