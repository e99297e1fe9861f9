//! Tests that need processes of their own: to measure their memory, or to keep a server's out of it.

use std::{
    env, fs,
    io::{BufRead, BufReader, Read},
    process::{Child, Command, Stdio},
};

const ROLE: &str = "CLOUDINARY_TESTS_ROLE";
const SAYS: &str = "the helper says: ";

/// What a caller's environment may say about proxies.
const PROXY_VARIABLES: [&str; 8] =
    ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy", "NO_PROXY", "no_proxy"];

fn again(test: &str, role: &str) -> Command {
    let mut command = Command::new(env::current_exe().expect("the test's own binary"));
    command.args([test, "--exact", "--nocapture", "--test-threads=1"]).env(ROLE, format!("{test}/{role}"));
    for variable in PROXY_VARIABLES {
        command.env_remove(variable);
    }
    command
}

fn plays(test: &str, role: &str) -> bool {
    env::var(ROLE).is_ok_and(|played| played == format!("{test}/{role}"))
}

/// Runs the test again in a process of its own, and there does what is given. `test` is the test's own name, with its
/// module.
#[track_caller]
pub fn alone(test: &str, run: impl FnOnce()) {
    alone_with(test, || ((), Vec::new()), run);
}

/// The same with what is prepared in the process that began the test: what it keeps and returns, and the variables of the
/// other process's environment, which has no other ones that name a proxy. In that other process it returns nothing.
#[track_caller]
pub fn alone_with<T>(
    test: &str,
    prepare: impl FnOnce() -> (T, Vec<(&'static str, String)>),
    run: impl FnOnce(),
) -> Option<T> {
    if plays(test, "alone") {
        run();
        return None;
    }
    let (kept, variables) = prepare();
    let output = again(test, "alone").envs(variables).output().expect("a process");
    let printed = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}: {printed}", output.status);
    assert!(printed.contains("1 passed"), "{test} is not the name of the test: {printed}");
    Some(kept)
}

/// A process that helps a test, until this is dropped.
#[derive(Debug)]
pub struct Helper {
    child: Child,
    said: String,
}

impl Helper {
    /// Runs the test again in another process, whose part [`help`] plays there.
    pub fn start(test: &str) -> Self {
        let mut child = again(test, "helper").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("a process");
        let mut lines = BufReader::new(child.stdout.take().expect("its output")).lines();
        let said = lines.by_ref().map_while(Result::ok).find_map(|line| Some(line.split_once(SAYS)?.1.to_owned()));
        Self { child, said: said.expect("something said") }
    }

    /// What it said.
    pub fn said(&self) -> &str {
        &self.said
    }
}

impl Drop for Helper {
    fn drop(&mut self) {
        // The end of its input is its end.
        drop(self.child.stdin.take());
        _ = self.child.wait();
    }
}

/// In the helper's process: says what comes of the preparation, keeps that until the test is over, and answers `true`.
/// Elsewhere it does nothing.
pub fn help<T>(test: &str, prepare: impl FnOnce() -> (T, String)) -> bool {
    if !plays(test, "helper") {
        return false;
    }
    let (kept, said) = prepare();
    println!("{SAYS}{said}");
    _ = std::io::stdin().read(&mut [0]);
    drop(kept);
    true
}

/// The memory that this process has, in bytes.
pub fn resident() -> u64 {
    status("VmRSS:")
}

/// The most memory that this process ever had, in bytes.
pub fn peak() -> u64 {
    status("VmHWM:")
}

fn status(field: &str) -> u64 {
    let status = fs::read_to_string("/proc/self/status").expect("the status of this process");
    let line = status.lines().find_map(|line| line.strip_prefix(field)).expect("the field");
    let kilobytes: u64 = line.trim().trim_end_matches(" kB").parse().expect("kilobytes");
    kilobytes * 1024
}
