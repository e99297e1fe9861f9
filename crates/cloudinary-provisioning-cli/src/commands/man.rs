//! `cldp man`: a manual page for each command.

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use crate::args::cli;
use crate::terminal::exit::Exit;

pub(crate) fn run(directory: &Path) -> Result<ExitCode, Exit> {
    let written = fs::create_dir_all(directory).and_then(|()| clap_mangen::generate_to(cli::command(), directory));
    written.map_err(|error| Exit::Failed(format!("{}: {error}", directory.display())))?;
    Ok(ExitCode::SUCCESS)
}
