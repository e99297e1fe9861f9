//! Runs the program against a served account.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use cloudinary_provisioning_fake::{FakeAccount, FakeServer};
use serde_json::Value;

pub(crate) const ID: &str = "acc";
pub(crate) const KEY: &str = "k3y-of-the-account";
pub(crate) const SECRET: &str = "s3cret-of-the-account";

/// How a run ended.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) status: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ran {
    /// The lines of JSON.
    pub(crate) fn json(&self) -> Vec<Value> {
        self.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    /// The output as one JSON value.
    pub(crate) fn value(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    /// That nothing was sent, for this reason.
    #[track_caller]
    pub(crate) fn is_refused(&self, why: &str) {
        assert_eq!(self.status, 2, "{self:?}");
        assert!(self.stderr.contains(why), "{why} is not in {}", self.stderr);
        assert_eq!(self.stdout, "");
    }

    /// That a guard refused, for this reason.
    #[track_caller]
    pub(crate) fn is_guarded(&self, why: &str) {
        assert_eq!(self.status, 4, "{self:?}");
        assert!(self.stderr.contains(why), "{why} is not in {}", self.stderr);
    }

    /// That it ended well.
    #[track_caller]
    pub(crate) fn is_done(&self) -> &Self {
        assert_eq!(self.status, 0, "{self:?}");
        self
    }

    /// The lines of JSON of a type.
    pub(crate) fn json_of(&self, kind: &str) -> Vec<Value> {
        self.json().into_iter().filter(|line| line["type"] == kind).collect()
    }
}

/// The program without any variable of the surroundings.
pub(crate) fn bare() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cldp"));
    command.env_clear().stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// The program with an account in its environment, at the server.
pub(crate) fn cldp(server: &FakeServer) -> Command {
    let mut command = bare();
    command.env("CLOUDINARY_ACCOUNT_URL", format!("account://{KEY}:{SECRET}@{ID}")).args(["--origin", &server.url()]);
    command
}

/// The program on its demo account.
pub(crate) fn demo(arguments: &[&str]) -> Ran {
    run(bare().arg("--demo").args(arguments))
}

/// Runs it to its end. No run may show the secret.
pub(crate) fn run(command: &mut Command) -> Ran {
    ran(command.output().unwrap())
}

/// Runs it to its end with this on its standard input.
pub(crate) fn run_with_input(command: &mut Command, input: &(impl AsRef<[u8]> + ?Sized)) -> Ran {
    let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
    // It may end before it has read everything.
    let _ = child.stdin.take().unwrap().write_all(input.as_ref());
    ran(child.wait_with_output().unwrap())
}

pub(crate) fn ran(output: Output) -> Ran {
    let ran = Ran {
        status: output.status.code().expect("it ends by itself"),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    };
    for secret in [SECRET, "czNjcmV0LW9mLXRoZS1hY2NvdW50"] {
        assert!(!ran.stdout.contains(secret) && !ran.stderr.contains(secret), "a secret is shown: {ran:?}");
    }
    assert!(!ran.stderr.contains("panicked"), "{}", ran.stderr);
    ran
}

pub(crate) fn serve(account: FakeAccount) -> FakeServer {
    FakeServer::start(account).unwrap()
}

pub(crate) fn account() -> FakeAccount {
    FakeAccount::new(ID, KEY, SECRET)
}

/// A file or a folder of this test run, deleted at its end.
pub(crate) struct TempFile(pub(crate) PathBuf);

impl TempFile {
    pub(crate) fn new(extension: &str, content: &(impl AsRef<[u8]> + ?Sized)) -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let name = format!("cldp-{}-{number}.{extension}", std::process::id());
        let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
        std::fs::write(&path, content).unwrap();
        Self(path)
    }
}

impl Drop for TempFile {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0).or_else(|_| std::fs::remove_dir_all(&self.0));
    }
}

/// What a table of users is about: name, role, enabled, product environments (`None`: all), by email.
pub(crate) type State = BTreeMap<String, (String, String, bool, Option<BTreeSet<String>>)>;

pub(crate) fn state(server: &FakeServer) -> State {
    server.with(|account| {
        let users = account.users().map(|user| {
            let sub_accounts = user.sub_account_ids.as_ref().map(|ids| ids.iter().cloned().collect());
            (user.email.clone(), (user.name.clone(), user.role.clone(), user.enabled, sub_accounts))
        });
        users.collect()
    })
}

/// How many requests changed something or tried to.
pub(crate) fn writes(server: &FakeServer) -> usize {
    server.with(|account| account.requests().filter(|request| request.method != "GET").count())
}

/// Waits until there is something.
pub(crate) fn wait_for<T>(mut get: impl FnMut() -> Option<T>) -> T {
    let patience = Instant::now() + Duration::from_secs(20);
    loop {
        if let Some(got) = get() {
            return got;
        }
        assert!(Instant::now() < patience, "it never came");
        thread::sleep(Duration::from_millis(1));
    }
}

/// Waits until the server has read this many requests.
pub(crate) fn wait_for_requests(server: &FakeServer, child: &mut Child, count: u64) {
    wait_for(|| {
        assert!(child.try_wait().unwrap().is_none(), "it ended before request {count}");
        (server.requests() >= count).then_some(())
    });
}

/// The signals that stop the tool, Ctrl-C first, but for those that this process was told to ignore: a job in the background
/// or under `nohup` was, and its children are.
#[cfg(unix)]
pub(crate) fn signals() -> Vec<&'static str> {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| u64::from_str_radix(line.strip_prefix("SigIgn:")?.trim(), 16).ok());
    let is_heeded = |number: &u32| ignored.unwrap_or_default() & (1 << (number - 1)) == 0;
    let all = [(2, "-INT"), (15, "-TERM"), (1, "-HUP")];
    all.into_iter().filter(|(number, _)| is_heeded(number)).map(|(_, name)| name).collect()
}

/// Sends one of the [`signals`].
#[cfg(unix)]
pub(crate) fn signal(child: &Child, name: &str) {
    let status = Command::new("kill").args([name, &child.id().to_string()]).status().unwrap();
    assert!(status.success());
}

/// Ctrl-C.
#[cfg(unix)]
pub(crate) fn interrupt(child: &Child) {
    signal(child, signals()[0]);
}
