//! Help, versions and completions.

use crate::run::{bare, run};

#[test]
fn help_and_version_are_successes_on_standard_output() {
    for arguments in [&["--help"][..], &["--version"], &["users", "--help"], &["help", "users", "list"]] {
        let ran = run(bare().args(arguments));
        assert!(!ran.is_done().stdout.is_empty(), "{arguments:?}");
        assert_eq!(ran.stderr, "", "{arguments:?}");
    }
    let help = run(bare().arg("--help")).stdout;
    for part in ["user-groups", "--demo", "CLOUDINARY_ACCOUNT_URL", "Exit status", "apply", "review"] {
        assert!(help.contains(part), "{part} is not in {help}");
    }
    assert!(!help.contains("getUser"), "the operationIds are not listed: {help}");
}

#[test]
fn no_command_is_wrong_usage() {
    run(&mut bare()).is_refused("Usage: cldp");
    run(bare().arg("users")).is_refused("Usage: cldp users");
    run(bare().arg("usres")).is_refused("users");
    // Aliases are known, and not suggested.
    run(bare().args(["users", "lst"])).is_refused("exist: 'list-sub-accounts', 'list'\n");
}

#[test]
fn completions_know_every_operation() {
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        let ran = run(bare().args(["completions", shell]));
        for part in ["cldp", "user-groups", "add-user", "sub-account-ids"] {
            assert!(ran.is_done().stdout.contains(part), "{part} is not in that of {shell}");
        }
    }
    run(bare().args(["completions", "tcl"])).is_refused("'tcl'");
}

#[test]
fn completions_know_values_that_are_not_the_only_ones() {
    let script = run(bare().args(["completions", "bash"])).stdout;
    for values in ["last-admin me own-key", "media_library_admin", "table json jsonl csv", "api-eu"] {
        assert!(script.contains(values), "{values}");
    }
    let later = ["--demo", "users", "create", "--name=A", "--email=a@x.org", "--role=of-a-later-version", "--dry-run"];
    assert_eq!(run(bare().args(later)).is_done().value()["body"]["role"], "of-a-later-version");
}

#[test]
fn every_command_has_a_manual_page() {
    let directory = tempfile::tempdir().unwrap();
    let pages = directory.path().join("pages");
    run(bare().arg("man").arg(&pages)).is_done();
    for (page, part) in
        [("cldp", "plan"), ("cldp-users-list", "no\\-login\\-for"), ("cldp-access-keys-update", "SUB_ACCOUNT_ID")]
    {
        let text = std::fs::read_to_string(pages.join(format!("{page}.1"))).unwrap();
        assert!(text.contains(part), "{page}: {part}");
    }
    assert!(!pages.join("cldp-getUsers.1").exists(), "hidden commands have none");
    let file = directory.path().join("file");
    std::fs::write(&file, "").unwrap();
    assert_eq!(run(bare().arg("man").arg(&file)).status, 1);
}

/// The examples of the help and of the README, as they stand.
#[test]
fn the_examples_run() {
    let help = run(bare().arg("--help")).stdout;
    let directory = tempfile::tempdir().unwrap();
    for (text, least) in [(help.as_str(), 5), (include_str!("../../README.md"), 10)] {
        let examples: Vec<_> = text.lines().filter_map(|line| line.trim().strip_prefix("cldp --demo ")).collect();
        assert!(examples.len() >= least, "{text}");
        for example in examples {
            // A quoted argument is the only one with a blank.
            let mut arguments = Vec::new();
            for (number, part) in example.split('"').enumerate() {
                if number % 2 == 1 {
                    arguments.push(part);
                } else {
                    arguments.extend(part.split_whitespace());
                }
            }
            run(bare().current_dir(&directory).arg("--demo").args(&arguments)).is_done();
        }
    }
}
