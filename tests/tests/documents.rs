//! What stands in two documents is the same in both.

#![allow(clippy::expect_used, reason = "a missing file is a failed test")]

use std::fs;
use std::path::Path;

fn read(path: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    fs::read_to_string(root.join(path)).expect(path)
}

/// The rows of the table with this header, links of rustdoc taken for the text in them.
fn table(text: &str, header: &str) -> Vec<String> {
    let rows: Vec<String> = text
        .lines()
        .map(|line| line.trim_start_matches("//!").trim())
        .skip_while(|line| *line != header)
        .take_while(|line| line.starts_with('|'))
        .map(|line| line.replace("[`", "`").replace("`]", "`"))
        .collect();
    assert!(rows.len() > 2, "no table {header}");
    rows
}

#[test]
fn the_readme_and_the_crate_docs_have_the_same_tables() {
    let (readme, docs) = (read("README.md"), read("crates/cloudinary-provisioning/src/lib.rs"));
    for header in ["| vendor | here | request | repeated |", "| | vendor's SDK | here |"] {
        assert_eq!(table(&readme, header), table(&docs, header));
    }
}

#[test]
fn the_ci_script_runs_the_commands_of_the_readme() {
    let (readme, script) = (read("README.md"), read(".ci/run"));
    let commands: Vec<&str> = readme.split("```sh\n").skip(1).filter_map(|block| block.split("\n```").next()).collect();
    assert_eq!(commands, ["cargo run --example directory_sync", "cargo test --workspace"]);
    for command in commands {
        assert!(script.lines().any(|line| line == format!("step {command}")), "`{command}` is not in .ci/run");
    }
}
