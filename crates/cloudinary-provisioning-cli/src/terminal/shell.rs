//! Commands that the user gives as one text.

use std::process::Command;

/// The platform's shell with a command, whose quotes are the shell's to read.
#[cfg(not(windows))]
pub(crate) fn shell(command: &str) -> Command {
    let mut shell = Command::new("sh");
    shell.args(["-c", command]);
    shell
}

/// The platform's shell with a command, whose quotes are the shell's to read.
#[cfg(windows)]
pub(crate) fn shell(command: &str) -> Command {
    use std::os::windows::process::CommandExt;

    let mut shell = Command::new("cmd");
    shell.arg("/C").raw_arg(command);
    shell
}
