//! Reads the sources of the crates as tokens, for tests of what stands in them.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};

/// A file of a crate.
#[derive(Debug)]
pub struct Source {
    /// Where it lies below `src`.
    pub name: String,
    /// Its module, as a path from the root of its crate.
    pub module: Vec<String>,
    /// What stands in it, but for what is compiled for tests or docs alone.
    pub tokens: TokenStream,
}

/// Every file of a crate.
pub fn sources(krate: &str) -> Vec<Source> {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crates").join(krate).join("src");
    let mut sources = Vec::new();
    let mut folders = vec![src.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder of sources") {
            let path = entry.expect("an entry of a folder").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                let name = path.strip_prefix(&src).expect("a path below `src`").to_string_lossy().replace('\\', "/");
                sources.push(source(&name, &fs::read_to_string(&path).expect("a text")));
            }
        }
    }
    assert!(sources.len() > 5, "{krate}");
    sources
}

/// A file of this name and text.
pub fn source(name: &str, text: &str) -> Source {
    let mut module: Vec<_> = name.trim_end_matches(".rs").split('/').map(str::to_owned).collect();
    if module.last().is_some_and(|last| ["lib", "main", "mod"].contains(&last.as_str())) {
        module.pop();
    }
    let tokens: TokenStream = text.parse().unwrap_or_else(|error| panic!("{name}: {error}"));
    Source { name: name.to_owned(), module, tokens: without_tests(tokens) }
}

/// The public types of a crate by the paths of their definitions, as [`std::any::type_name`] gives them, those that macros
/// declare among them.
///
/// What is `pub` can be reached from outside, as the lint `unreachable_pub` makes sure.
pub fn public_types(krate: &str) -> BTreeSet<String> {
    public_types_of(&krate.replace('-', "_"), &sources(krate))
}

fn public_types_of(krate: &str, sources: &[Source]) -> BTreeSet<String> {
    let mut macros = Vec::new();
    for source in sources {
        collect_macros(&source.tokens, &mut macros);
    }
    let mut declaring = BTreeSet::new();
    // What a macro declares may be in another macro that it calls.
    loop {
        let calls_one =
            |body: &[TokenTree]| body.windows(2).any(|it| is(&it[1], "!") && declaring.contains(&it[0].to_string()));
        let declares = |body: &[TokenTree]| body.windows(3).any(|it| is_type(it) && is(&it[2], "$"));
        let found: BTreeSet<String> =
            macros.iter().filter(|(_, body)| declares(body) || calls_one(body)).map(|(name, _)| name.clone()).collect();
        if found == declaring {
            break;
        }
        declaring = found;
    }
    let macros: BTreeSet<String> = macros.into_iter().map(|(name, _)| name).collect();
    let mut types = BTreeSet::new();
    for source in sources {
        let path = [&[krate.to_owned()], source.module.as_slice()].concat().join("::");
        declared(&source.tokens, &path, &declaring, &macros, &mut types);
    }
    types
}

/// The names of the macros that are defined in the tokens, with everything in their definitions in one row.
fn collect_macros(tokens: &TokenStream, macros: &mut Vec<(String, Vec<TokenTree>)>) {
    let tokens: Vec<TokenTree> = tokens.clone().into_iter().collect();
    for it in tokens.windows(4) {
        if is(&it[0], "macro_rules") {
            let mut body = Vec::new();
            flatten(it[3].clone(), &mut body);
            macros.push((it[2].to_string(), body));
        }
    }
}

fn flatten(token: TokenTree, row: &mut Vec<TokenTree>) {
    match token {
        TokenTree::Group(group) => group.stream().into_iter().for_each(|token| flatten(token, row)),
        token => row.push(token),
    }
}

/// Collects the types that are declared in the tokens of a module, as they stand there or by a macro.
fn declared(
    tokens: &TokenStream,
    path: &str,
    declaring: &BTreeSet<String>,
    macros: &BTreeSet<String>,
    types: &mut BTreeSet<String>,
) {
    let tokens: Vec<TokenTree> = tokens.clone().into_iter().collect();
    for at in 0..tokens.len() {
        let before = |back: usize| at.checked_sub(back).map_or(String::new(), |at| tokens[at].to_string());
        if let TokenTree::Group(group) = &tokens[at] {
            if before(3) == "macro_rules" {
                continue;
            }
            let is_declaration = before(1) == "!" && declaring.contains(&before(2));
            if is_declaration {
                let names = names_in(&group.stream()).into_iter().filter(|name| !macros.contains(name));
                let names: BTreeSet<_> = names.map(|name| format!("{path}::{name}")).collect();
                assert!(!names.is_empty(), "{path}: `{}!` declares nothing", before(2));
                types.extend(names);
            }
            let path = if before(2) == "mod" { format!("{path}::{}", before(1)) } else { path.to_owned() };
            declared(&group.stream(), &path, declaring, macros, types);
        } else if tokens.get(at..at + 3).is_some_and(is_type) {
            types.insert(format!("{path}::{}", tokens[at + 2]));
        }
    }
}

/// The names that a macro declares: each is followed by a block, the id of an operation, what it is of, or the end.
fn names_in(tokens: &TokenStream) -> Vec<String> {
    let tokens: Vec<TokenTree> = tokens.clone().into_iter().collect();
    let names = tokens.iter().enumerate().filter(|(at, token)| {
        let is_name = matches!(token, TokenTree::Ident(_)) && token.to_string().starts_with(char::is_uppercase);
        let is_of = at.checked_sub(1).and_then(|before| tokens.get(before)).is_some_and(|before| is(before, "of"));
        is_name
            && !is_of
            && tokens.get(at + 1).is_none_or(|next| {
                is_block(next)
                    || [";", "checked", "in", "of"].iter().any(|text| is(next, text))
                    || next.to_string().starts_with('"')
            })
    });
    names.map(|(_, name)| name.to_string()).collect()
}

fn is_type(tokens: &[TokenTree]) -> bool {
    is(&tokens[0], "pub") && ["struct", "enum", "union"].iter().any(|keyword| is(&tokens[1], keyword))
}

/// Whether a token is this word or this punctuation.
pub fn is(token: &TokenTree, text: &str) -> bool {
    !matches!(token, TokenTree::Group(_) | TokenTree::Literal(_)) && token.to_string() == text
}

/// Whether a token is a block in braces.
pub fn is_block(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace)
}

fn without_tests(tokens: TokenStream) -> TokenStream {
    let tokens: Vec<TokenTree> = tokens.into_iter().collect();
    let mut kept = TokenStream::new();
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        let attribute = tokens.get(at + 1).map(|next| next.to_string().replace(' ', ""));
        if is(token, "#") && attribute.is_some_and(|it| it == "[cfg(test)]" || it == "[cfg(doc)]") {
            // It ends with its block, or with its line.
            let is_end = |it: &TokenTree| is(it, ";") || is_block(it);
            at += tokens[at..].iter().position(is_end).map_or(tokens.len(), |length| length + 1);
            continue;
        }
        kept.extend([match token {
            TokenTree::Group(group) => Group::new(group.delimiter(), without_tests(group.stream())).into(),
            token => token.clone(),
        }]);
        at += 1;
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_found_where_they_stand_and_where_a_macro_declares_them() {
        let sources = [
            source(
                "declare/mod.rs",
                "macro_rules! Safe { () => {} }
                 macro_rules! inner { ($name:ident) => { pub struct $name; } }
                 macro_rules! operations { ($($name:ident $id:literal)+) => { $($crate::declare::inner!($name);)+ } }
                 macro_rules! ids { ($($name:ident;)+) => { $(pub struct $name(String);)+ } }
                 macro_rules! other { ($name:ident) => { impl $name {} } }",
            ),
            source(
                "api/users.rs",
                "operations! { GET /users -> { users: [User] } | 401 List \"getUsers\" #users Safe {} }
                 ids! { #[doc = \"One.\"] UserId; GroupId; }
                 other!(Elsewhere);
                 pub struct Plain<T>(T);
                 pub(crate) struct Private;
                 #[cfg(test)] pub struct ForTests;
                 pub mod below { pub enum Inner {} }",
            ),
        ];
        let expected =
            ["List", "Plain", "UserId", "GroupId", "below::Inner"].map(|name| format!("a::api::users::{name}"));
        assert_eq!(public_types_of("a", &sources), expected.into());
    }
}
