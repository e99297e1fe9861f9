//! The house: in every published crate folders use only those below them, and files do not use each other in a circle.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::iter;

use cloudinary_provisioning_tests::sources::{Source, is, is_block, source, sources};
use proc_macro2::{Delimiter, Punct, Spacing, TokenStream, TokenTree};

/// Each crate with its floors, from the ground up. A room is a folder or a file directly below `src`; rooms of one floor
/// do not use each other.
const HOUSES: [(&str, &[&[&str]]); 5] = [
    (
        "cloudinary-provisioning",
        &[
            &["wire"],
            &["outcome"],
            &["operation"],
            &["account"],
            &["call"],
            &["declare"],
            &["api"],
            &["guide"],
            &["lib"],
        ],
    ),
    (
        "cloudinary-provisioning-ureq",
        &[
            &["config_error", "cancel", "options", "trace"],
            &["clock", "attempt"],
            &["engine"],
            &["pool"],
            &["call", "items", "items_all", "send_all"],
            &["client"],
            &["builder"],
            &["fake"],
            &["recipes"],
            &["lib"],
        ],
    ),
    (
        "cloudinary-provisioning-plan",
        &[
            &["shown", "request_key", "cedar"],
            &["manifest"],
            &["names"],
            &["snapshot"],
            &["survey"],
            &["plan"],
            &["guard", "offboarding", "rotation", "diff"],
            &["apply"],
            &["lib"],
        ],
    ),
    (
        "cloudinary-provisioning-fake",
        &[
            &["base"],
            &["facts"],
            &["response"],
            &["request"],
            &["policy"],
            &["state"],
            &["operations"],
            &["account"],
            &["server"],
            &["lib"],
        ],
    ),
    (
        "cloudinary-provisioning-cli",
        &[&["terminal"], &["args"], &["output"], &["connection"], &["commands"], &["main"]],
    ),
];

/// The circles that are allowed, each of two files and with its reason. There may be two of them.
const CIRCLES: &[(&str, [&str; 2], &str)] = &[];

/// One file's path below `src`, without its ending: `wire/kind`, `wire` for `wire/mod.rs`, and `lib`.
type Module = Vec<String>;

/// The names that a file uses, as paths from the root of its crate.
type Uses = BTreeSet<Vec<String>>;

#[derive(Default)]
struct File {
    /// Where it lies below `src`.
    name: String,
    uses: Uses,
    /// What it re-exports: the name, and the path of what is meant.
    exports: BTreeMap<String, Vec<String>>,
}

#[test]
fn no_folder_uses_one_above_it() {
    let mut faults = String::new();
    for (house, floors) in HOUSES {
        let floor = |file: &str| {
            let room = file.split('/').next().unwrap().trim_end_matches(".rs");
            let floor = floors.iter().position(|rooms| rooms.contains(&room));
            (room.to_owned(), floor.unwrap_or_else(|| panic!("{house}: {file} is in no room that this test knows")))
        };
        for (user, used) in edges(&read(house)) {
            let ((room, from), (other, to)) = (floor(&user), floor(&used));
            if room != other && to >= from {
                writeln!(faults, "{house}: {user} uses {used}, which is not below it").unwrap();
            }
        }
    }
    assert!(faults.is_empty(), "\n{faults}");
}

#[test]
fn no_files_use_each_other_but_for_the_circles_with_a_reason() {
    assert!(CIRCLES.len() <= 2, "{CIRCLES:?}");
    let mut circles = BTreeSet::new();
    for (house, _) in HOUSES {
        circles.extend(circles_of(&edges(&read(house))).into_iter().map(|files| (house.to_owned(), files)));
    }
    let allowed = CIRCLES.iter().map(|(house, files, _)| ((*house).to_owned(), files.map(str::to_owned).to_vec()));
    assert_eq!(circles, allowed.collect(), "these files use each other");
}

/// The house that the other tests build, to see that they would find a fault.
const FAULTY: [(&str, &str); 5] = [
    ("lib.rs", "mod call; mod wire; pub use call::exchange::Exchange; pub use wire::kind::Kind;"),
    ("wire/mod.rs", "pub mod kind; pub mod read;"),
    (
        "wire/kind.rs",
        "macro_rules! kind { () => { $crate::Exchange::new() }; }
         mod sealed { use super::super::read::Read; }
         #[cfg(test)] mod tests { use crate::call::exchange::Exchange; }
         #[cfg(doc)] use crate::*;",
    ),
    ("wire/read.rs", "use crate::{wire::{json, kind::Kind}, Kind as Other}; use super::kind; use serde::de;"),
    ("call/exchange.rs", "fn f() -> crate::Kind { super::super::wire::read::read() }"),
];

#[test]
fn imports_are_found_however_they_are_written() {
    let files = FAULTY.map(|(name, text)| File::new(source(name, text)));
    let edges = edges(&files.into_iter().collect());
    let expected = [
        ("call/exchange.rs", "wire/kind.rs"),
        ("call/exchange.rs", "wire/read.rs"),
        ("lib.rs", "call/exchange.rs"),
        ("lib.rs", "wire/kind.rs"),
        ("wire/kind.rs", "call/exchange.rs"),
        ("wire/kind.rs", "wire/read.rs"),
        ("wire/read.rs", "wire/kind.rs"),
        ("wire/read.rs", "wire/mod.rs"),
    ];
    assert_eq!(edges, expected.map(|(user, used)| (user.to_owned(), used.to_owned())).into());
    let circle = ["call/exchange.rs", "wire/kind.rs", "wire/read.rs"].map(str::to_owned).to_vec();
    assert_eq!(circles_of(&edges), BTreeSet::from([circle]));
}

/// Every file of a crate.
fn read(house: &str) -> BTreeMap<Module, File> {
    sources(house).into_iter().map(File::new).collect()
}

impl File {
    fn new(source: Source) -> (Module, Self) {
        let mut reader = Reader { file: Self { name: source.name, ..Self::default() }, module: source.module.clone() };
        reader.scope(source.tokens);
        (source.module, reader.file)
    }
}

/// Finds the paths in a file's tokens, in `use` lines, in code and in macros alike.
struct Reader {
    file: File,
    /// The module that the tokens are in.
    module: Module,
}

impl Reader {
    fn scope(&mut self, tokens: TokenStream) {
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        // Modules in files of their own, which a path may begin with.
        let children: BTreeSet<String> =
            tokens.windows(3).filter(|it| is(&it[0], "mod") && is(&it[2], ";")).map(|it| it[1].to_string()).collect();
        let mut at = 0;
        while let Some(token) = tokens.get(at) {
            let next = tokens.get(at + 1);
            if is(token, "mod") && tokens.get(at + 2).is_some_and(is_block) {
                let TokenTree::Group(block) = &tokens[at + 2] else { unreachable!() };
                self.module.push(tokens[at + 1].to_string());
                self.scope(block.stream());
                self.module.pop();
                at += 3;
            } else if let TokenTree::Group(group) = token {
                self.scope(group.stream());
                at += 1;
            } else {
                let begins = at == 0 || !is(&tokens[at - 1], ":");
                let is_path = next.is_some_and(|next| is(next, ":")) && begins;
                let start = match token.to_string().as_str() {
                    "crate" if is_path => Some(Vec::new()),
                    "self" if is_path => Some(self.module.clone()),
                    "super" if is_path => Some(self.module[..self.module.len().saturating_sub(1)].to_vec()),
                    child if is_path && children.contains(child) => {
                        Some(self.module.iter().cloned().chain([child.to_owned()]).collect())
                    }
                    // The beginning of a tree: `use {crate::a, …}` is read as the group that it holds.
                    _ => None,
                };
                let is_export = tokens[..at].iter().rev().take(2).any(|it| is(it, "use")) && {
                    let line = tokens[..at].iter().rev().take_while(|it| !is(it, ";"));
                    line.into_iter().any(|it| is(it, "pub"))
                };
                at += 1;
                if let Some(start) = start {
                    at = self.path(start, &tokens, at, is_export);
                }
            }
        }
    }

    /// Reads the rest of a path from a place in the tokens, and returns the place behind it.
    fn path(&mut self, mut path: Vec<String>, tokens: &[TokenTree], mut at: usize, is_export: bool) -> usize {
        while tokens.get(at).is_some_and(|it| is(it, ":")) && tokens.get(at + 1).is_some_and(|it| is(it, ":")) {
            match tokens.get(at + 2) {
                Some(TokenTree::Ident(name)) if *name == "super" => _ = path.pop(),
                Some(TokenTree::Ident(name)) if *name == "self" => {}
                Some(TokenTree::Ident(name)) => path.push(name.to_string()),
                Some(TokenTree::Group(tree)) if tree.delimiter() == Delimiter::Brace => {
                    let tokens: Vec<TokenTree> = tree.stream().into_iter().collect();
                    for tokens in tokens.split(|token| is(token, ",")).filter(|tokens| !tokens.is_empty()) {
                        // A branch goes on as if `::` stood before it.
                        let colons = || TokenTree::from(Punct::new(':', Spacing::Alone));
                        let branch: Vec<_> = iter::repeat_with(colons).take(2).chain(tokens.iter().cloned()).collect();
                        self.path(path.clone(), &branch, 0, is_export);
                    }
                    return at + 3;
                }
                // A glob, or what generic arguments follow.
                _ => break,
            }
            at += 3;
        }
        if is_export {
            let renamed = tokens.get(at).filter(|it| is(it, "as")).and_then(|_| tokens.get(at + 1));
            let name = renamed.map(ToString::to_string).or_else(|| path.last().cloned());
            self.file.exports.extend(name.map(|name| (name, path.clone())));
        }
        self.file.uses.insert(path);
        at
    }
}

/// Which file uses which other one, by their names.
fn edges(files: &BTreeMap<Module, File>) -> BTreeSet<(String, String)> {
    let mut edges = BTreeSet::new();
    for file in files.values() {
        for path in &file.uses {
            let used = &resolve(files, path).name;
            if *used != file.name {
                edges.insert((file.name.clone(), used.clone()));
            }
        }
    }
    edges
}

/// The file that a path leads to, through re-exports.
fn resolve<'f>(files: &'f BTreeMap<Module, File>, path: &[String]) -> &'f File {
    let length =
        (0..=path.len()).rev().find(|length| files.contains_key(&path[..*length])).expect("a crate has a root");
    let file = &files[&path[..length]];
    match path.get(length).and_then(|name| file.exports.get(name)) {
        Some(export) if export.as_slice() != path => resolve(files, export),
        _ => file,
    }
}

/// The groups of files that all use each other, directly or not.
fn circles_of(edges: &BTreeSet<(String, String)>) -> BTreeSet<Vec<String>> {
    let mut reached: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (user, _) in edges {
        let mut open = vec![user.as_str()];
        let mut seen = BTreeSet::new();
        while let Some(file) = open.pop() {
            let used = edges.range((file.to_owned(), String::new())..).take_while(|(user, _)| user == file);
            open.extend(used.map(|(_, used)| used.as_str()).filter(|used| seen.insert(*used)));
        }
        reached.insert(user, seen);
    }
    let is_reached = |from: &str, to: &str| reached.get(from).is_some_and(|seen| seen.contains(to));
    let in_circle = reached.keys().filter(|file| is_reached(file, file));
    in_circle
        .map(|file| {
            let circle = reached.keys().filter(|other| is_reached(file, other) && is_reached(other, file));
            circle.map(|file| (*file).to_owned()).collect()
        })
        .collect()
}
