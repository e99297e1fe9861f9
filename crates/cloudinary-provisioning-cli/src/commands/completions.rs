//! `cldp completions`: a script for a shell.

use std::io::Write;
use std::process::ExitCode;

use clap_complete::Shell;

use crate::args::cli;
use crate::terminal::exit::Exit;
use crate::terminal::stream;

pub(crate) fn run(shell: Shell) -> Result<ExitCode, Exit> {
    let mut script = Vec::new();
    clap_complete::generate(shell, &mut cli::command(), "cldp", &mut script);
    let mut out = stream::stdout();
    out.write_all(&script)?;
    out.flush()?;
    Ok(ExitCode::SUCCESS)
}
