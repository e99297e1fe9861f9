//! A mistake in a declaration is an error that names it.
//!
//! The macros are private to the core. So each case is a crate of its own that includes the core's modules, as its `lib.rs`
//! does, and then the mistakes. `TRYBUILD=overwrite` writes anew what the compiler says.

#![allow(clippy::unwrap_used, reason = "a panic is a failed test")]

use std::fmt::Write;
use std::fs;
use std::path::Path;

#[test]
fn a_mistake_is_an_error_that_names_it() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    fs::write(here.join("cases/core.in"), modules_of(&here.join("../../crates/cloudinary-provisioning/src"))).unwrap();
    let cases = trybuild::TestCases::new();
    cases.compile_fail("cases/*.rs");
}

/// The modules and names of the core's root.
fn modules_of(src: &Path) -> String {
    let src = src.canonicalize().unwrap();
    let lib = fs::read_to_string(src.join("lib.rs")).unwrap();
    let mut modules = String::new();
    for line in lib.lines().filter(|line| !line.starts_with("//") && !line.starts_with("#!")) {
        let module = line.strip_prefix("mod ").and_then(|module| module.strip_suffix(';'));
        match module {
            Some(module) => {
                let path = src.join(module).join("mod.rs");
                writeln!(modules, "#[path = {:?}]\n{line}", path.display().to_string()).unwrap();
            }
            // Docs alone.
            None if line == "pub mod guide;" => {}
            None => writeln!(modules, "{line}").unwrap(),
        }
    }
    modules
}
