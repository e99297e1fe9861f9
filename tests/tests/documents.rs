//! What two documents show is the same in both, and the tables of operations are those of the catalogue.
//!
//! `UPDATE_DOCS=1 cargo test -p cloudinary-provisioning-tests --test documents` rewrites the tables.

#![allow(clippy::expect_used, clippy::panic, reason = "a missing file is a failed test")]

use std::fs;
use std::path::{Path, PathBuf};

use cloudinary_provisioning::catalog::Entry;
use cloudinary_provisioning::{Safety, catalog};

const CORE: &str = "crates/cloudinary-provisioning/src";

fn path(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)
}

fn read(name: &str) -> String {
    fs::read_to_string(path(name)).expect(name)
}

fn retried(entry: &Entry) -> String {
    match (entry.safety, entry.idempotent_with) {
        (Safety::NotIdempotent, None) => "only if known not to be processed".to_owned(),
        (Safety::NotIdempotent, Some(field)) => format!("with `{field}`; else only if known not to be processed"),
        _ => "yes".to_owned(),
    }
}

/// The rows of a table of operations: its header, and the cells of each operation.
fn rows<const N: usize>(
    header: [&str; N],
    entries: impl Iterator<Item = &'static Entry>,
    cells: impl Fn(&Entry) -> [String; N],
) -> Vec<String> {
    let line = |cells: &[String]| format!("| {} |", cells.join(" | "));
    let entries = entries.map(|entry| line(&cells(entry)));
    [line(&header.map(str::to_owned)), format!("|{}", "---|".repeat(N))].into_iter().chain(entries).collect()
}

fn request(entry: &Entry) -> String {
    format!("`{} /{}`", entry.method, entry.segments.join("/"))
}

/// Compares the table in a file with what it should be, or rewrites it.
fn check(file: &str, prefix: &str, table: &[String]) {
    let text = read(file);
    let header = format!("{prefix}{}", table.first().expect("a header"));
    let mut lines: Vec<&str> = text.lines().collect();
    let start = lines.iter().position(|line| *line == header).unwrap_or_else(|| panic!("{file} has no table {header}"));
    let length = lines.iter().skip(start).take_while(|line| line.starts_with(&format!("{prefix}|"))).count();
    let table: Vec<String> = table.iter().map(|row| format!("{prefix}{row}")).collect();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        lines.splice(start..start + length, table.iter().map(String::as_str));
        fs::write(path(file), lines.join("\n") + "\n").expect(file);
    } else {
        let found: Vec<&str> = lines.iter().skip(start).take(length).copied().collect();
        assert_eq!(found, table, "{file}: UPDATE_DOCS=1 rewrites it");
    }
}

#[test]
fn the_tables_of_operations_are_those_of_the_catalogue() {
    let name = |entry: &Entry| format!("`{}::{}`", entry.resource, entry.name);
    let table = rows(["operation", "vendor's operation", "request", "returns", "retried"], catalog(), |entry| {
        let returns = format!("`{}`", entry.output);
        [format!("[{}]", name(entry)), format!("`{}`", entry.id), request(entry), returns, retried(entry)]
    });
    check(&format!("{CORE}/guide/operations.rs"), "//! ", &table);
    let resources: std::collections::BTreeSet<_> = catalog().map(|entry| entry.resource).collect();
    for resource in resources {
        let entries = catalog().filter(|entry| entry.resource == resource);
        let table = rows(["operation", "what it does", "request", "returns", "retried"], entries, |entry| {
            let returns = format!("`{}`", entry.output);
            [format!("[`{}`]", entry.name), entry.summary.to_owned(), request(entry), returns, retried(entry)]
        });
        check(&format!("{CORE}/api/{resource}.rs"), "//! ", &table);
    }
}

#[test]
fn the_guide_shows_the_async_stack_that_the_tests_run() {
    let code = |text: &str| -> String {
        let lines = text.lines().map(|line| line.trim_start_matches("//!").trim());
        lines.filter(|line| !line.is_empty() && *line != "mod common;").flat_map(|line| [line, "\n"]).collect()
    };
    let example = read("tests/examples/stack_reqwest_async.rs");
    assert!(example.lines().count() <= 60, "the example is longer than the guide says");
    let guide = read(&format!("{CORE}/guide/async_stacks.rs"));
    let blocks: Vec<_> = guide.split("```ignore\n").skip(1).filter_map(|rest| rest.split("//! ```").next()).collect();
    assert_eq!(blocks.len(), 2);
    for block in blocks {
        assert!(code(&example).contains(&code(block)), "this is not in the example:\n{block}");
    }
}

#[test]
fn the_ci_script_runs_the_commands_of_the_readme() {
    let (readme, script) = (read("README.md"), read(".ci/run"));
    let commands: Vec<&str> = readme.split("```sh\n").skip(1).filter_map(|block| block.split("\n```").next()).collect();
    assert_eq!(commands, ["cargo run -- --demo apply", "cargo test --workspace"]);
    for command in commands {
        assert!(script.lines().any(|line| line.trim() == format!("step {command}")), "`{command}` is not in .ci/run");
    }
}
