//! Where the examples are that the tests run as processes.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;
use std::{env, fs};

/// The executable of an example of the workspace.
///
/// `cargo test` does not build those examples that have tests of their own, and `cargo test --test …` builds none: what
/// is missing or old is built here.
pub(crate) fn example(name: &str) -> PathBuf {
    static LOOKED_AT: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());
    // Where the build failed in another test, it fails here once more, with its own error.
    let mut looked_at = LOOKED_AT.lock().unwrap_or_else(PoisonError::into_inner);

    // <target>/<profile>/deps/<this test>
    let this = env::current_exe().unwrap();
    let profile = this.ancestors().nth(2).unwrap();
    let path = profile.join("examples").join(format!("{name}{}", env::consts::EXE_SUFFIX));
    if !looked_at.contains(name) {
        let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        if modified(&path) < newest(&workspace.join("crates")).max(newest(&workspace.join("tests/examples"))) {
            build(name, profile);
        }
        looked_at.insert(name.to_owned());
    }
    path
}

fn build(name: &str, profile: &Path) {
    let profile_name = match profile.file_name().unwrap().to_str().unwrap() {
        "debug" => "dev",
        name => name,
    };
    let mut cargo = Command::new(env::var_os("CARGO").unwrap_or_else(|| env!("CARGO").into()));
    // What cargo tells this test of its package would make build scripts that look at it run again, and with them
    // everything that depends on them.
    for (name, _) in env::vars_os() {
        if ["CARGO_PKG_", "CARGO_MANIFEST_"].iter().any(|prefix| name.to_string_lossy().starts_with(prefix)) {
            cargo.env_remove(name);
        }
    }
    let status = cargo
        // All of the workspace's features, so that what `cargo test --workspace` has compiled serves here too.
        .args(["build", "--quiet", "--workspace", "--example", name, "--profile", profile_name, "--target-dir"])
        .arg(profile.parent().unwrap())
        .status()
        .unwrap();
    assert!(status.success(), "the example {name} cannot be built");
}

/// The time of the last change of a file; `None` if there is none.
fn modified(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).ok()?.modified().ok()
}

/// The time of the last change of a source in a directory.
fn newest(directory: &Path) -> Option<SystemTime> {
    let entries = fs::read_dir(directory).ok()?.flatten().map(|entry| entry.path());
    let is_source = |path: &Path| path.extension().is_some_and(|end| end == "rs" || end == "json");
    let time = |path: PathBuf| {
        if path.is_dir() { newest(&path) } else { is_source(&path).then(|| modified(&path)).flatten() }
    };
    entries.filter_map(time).max()
}
