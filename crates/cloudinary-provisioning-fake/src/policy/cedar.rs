//! Statements of Cedar, the policy language, as far as the fake looks at them.
//!
//! This is not an implementation of Cedar. It checks the outline of a statement (effect, scope, brackets,
//! quotes, namespaces, the final semicolon), finds out which principals a statement names, and rewrites
//! whitespace. It evaluates nothing, and it accepts conditions and actions that Cedar would refuse.

use serde_json::{Map, Value, json};

/// The namespaces that entity types start with.
const NAMESPACES: [&str; 2] = ["Cloudinary", "MediaFlows"];

/// The entity types that a principal may have.
const PRINCIPALS: [&str; 4] = ["User", "Group", "APIKey", "ProvisioningKey"];

/// The code of an error about a statement.
pub(crate) const CODE: &str = "ACCOUNTS_00002";

/// What is wrong with a statement, in the words of the service's error.
pub(crate) type Problem = &'static str;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token<'a> {
    Word(&'a str),
    Text(&'a str),
    Separator,
    Equal,
    Comma,
    Semicolon,
    Open(char),
    Close(char),
    Other(char),
}

/// Returns what is wrong with a policy, which may be several statements one after another. Nothing means
/// that the outline is sound.
pub(crate) fn check(policy: &str) -> Vec<Problem> {
    let tokens = match tokens(policy) {
        Ok(tokens) => tokens,
        Err(problem) => return vec![problem],
    };
    if tokens.is_empty() {
        return vec!["empty_policy"];
    }
    if !balanced(&tokens) {
        return vec!["unbalanced_brackets"];
    }
    let mut statements = split(&tokens, Token::Semicolon);
    let unfinished = statements.pop().is_some_and(|rest| !rest.is_empty());
    let mut problems: Vec<_> =
        statements.into_iter().filter_map(|statement| check_statement(statement).err()).collect();
    if unfinished {
        problems.push("missing_semicolon");
    }
    problems
}

fn check_statement(tokens: &[Token<'_>]) -> Result<(), Problem> {
    let [principal, action, resource] = scope(tokens)?.0;
    check_clause("principal", principal).ok_or("invalid_principal")?;
    let known = |path: &Path<'_>| matches!(path.words.as_slice(), [_, name] if PRINCIPALS.contains(name));
    if !paths(principal).iter().all(known) {
        return Err("invalid_principal");
    }
    check_clause("action", action).ok_or("invalid_action")?;
    check_clause("resource", resource).ok_or("invalid_resource")?;
    check_conditions(scope(tokens)?.1)
}

/// The three clauses of a statement's scope, and what follows the scope.
type Scope<'t, 'a> = ([&'t [Token<'a>]; 3], &'t [Token<'a>]);

fn scope<'t, 'a>(mut tokens: &'t [Token<'a>]) -> Result<Scope<'t, 'a>, Problem> {
    while let [Token::Other('@'), Token::Word(_), Token::Open('('), rest @ ..] = tokens {
        tokens = enclosed(rest).ok_or("invalid_annotation")?.1;
    }
    let [Token::Word("permit" | "forbid"), rest @ ..] = tokens else {
        return Err("invalid_effect");
    };
    let [Token::Open('('), rest @ ..] = rest else {
        return Err("invalid_scope");
    };
    let (inside, rest) = enclosed(rest).ok_or("invalid_scope")?;
    let clauses = split(inside, Token::Comma);
    let clauses = clauses.as_slice().try_into().map_err(|_| "invalid_scope")?;
    Ok((clauses, rest))
}

/// `principal`, `principal == …`, `principal in …` or `principal is …`, and so for the other two.
fn check_clause(name: &str, clause: &[Token<'_>]) -> Option<()> {
    let [Token::Word(word), rest @ ..] = clause else { return None };
    let shape =
        matches!(rest, [] | [Token::Equal, _, ..] | [Token::Word("in" | "is"), Token::Word(_) | Token::Open('['), ..]);
    (*word == name && shape && paths(rest).iter().all(Path::is_known)).then_some(())
}

/// `when { … }` and `unless { … }`, any number of them.
fn check_conditions(mut tokens: &[Token<'_>]) -> Result<(), Problem> {
    while let [Token::Word("when" | "unless"), Token::Open('{'), rest @ ..] = tokens {
        let (inside, rest) = enclosed(rest).ok_or("invalid_condition")?;
        if inside.is_empty() {
            return Err("invalid_condition");
        }
        if !paths(inside).iter().all(Path::is_known) {
            return Err("invalid_entity");
        }
        tokens = rest;
    }
    if tokens.is_empty() { Ok(()) } else { Err("invalid_condition") }
}

/// Whom a statement speaks of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Whom<'a> {
    Anyone,
    /// Everyone of this type.
    Type(&'a str),
    /// The one with this type and id, or the members of that group.
    One(&'a str, &'a str),
}

/// Returns whom the statements of a policy speak of.
pub(crate) fn principals(policy: &str) -> Vec<Whom<'_>> {
    let tokens = tokens(policy).unwrap_or_default();
    let mut named = Vec::new();
    for statement in split(&tokens, Token::Semicolon) {
        let Ok(([principal, ..], _)) = scope(statement) else { continue };
        let paths = paths(principal);
        if paths.is_empty() {
            named.push(Whom::Anyone);
        }
        for path in &paths {
            let name = path.words.last().copied().unwrap_or_default();
            match path.id {
                Some(id) => named.push(Whom::One(name, id)),
                // `is User in Group::"g"` speaks of the members of that group alone.
                None if paths.iter().all(|path| path.id.is_none()) => named.push(Whom::Type(name)),
                None => {}
            }
        }
    }
    named
}

/// A type, `Cloudinary::User`, or an entity, `Cloudinary::User::"id"`.
struct Path<'a> {
    words: Vec<&'a str>,
    id: Option<&'a str>,
}

impl Path<'_> {
    fn is_known(&self) -> bool {
        self.words.len() > 1 && self.words.first().is_some_and(|first| NAMESPACES.contains(first))
    }
}

/// The types and entities among tokens: words with a separator, and what follows `is`.
fn paths<'a>(mut tokens: &[Token<'a>]) -> Vec<Path<'a>> {
    let mut paths = Vec::new();
    let mut after_is = false;
    while let [first, rest @ ..] = tokens {
        tokens = rest;
        let Token::Word(word) = first else {
            after_is = false;
            continue;
        };
        let mut path = Path { words: vec![*word], id: None };
        loop {
            match tokens {
                [Token::Separator, Token::Word(word), rest @ ..] => {
                    path.words.push(word);
                    tokens = rest;
                }
                [Token::Separator, Token::Text(id), rest @ ..] => {
                    path.id = Some(id);
                    tokens = rest;
                    break;
                }
                _ => break,
            }
        }
        let was_after_is = std::mem::replace(&mut after_is, *word == "is");
        if was_after_is || path.words.len() > 1 || path.id.is_some() {
            paths.push(path);
        }
    }
    paths
}

/// What stands before the bracket that closes the one just opened, and what follows it.
fn enclosed<'t, 'a>(tokens: &'t [Token<'a>]) -> Option<(&'t [Token<'a>], &'t [Token<'a>])> {
    let mut depth = 1_usize;
    for (at, token) in tokens.iter().enumerate() {
        match token {
            Token::Open(_) => depth += 1,
            Token::Close(_) => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some((tokens.get(..at)?, tokens.get(at + 1..)?));
        }
    }
    None
}

/// Splits tokens at each separator that is outside of brackets.
fn split<'t, 'a>(tokens: &'t [Token<'a>], separator: Token<'_>) -> Vec<&'t [Token<'a>]> {
    let mut depth = 0_usize;
    tokens
        .split(|token| {
            match token {
                Token::Open(_) => depth += 1,
                Token::Close(_) => depth = depth.saturating_sub(1),
                _ => {}
            }
            depth == 0 && *token == separator
        })
        .collect()
}

fn balanced(tokens: &[Token<'_>]) -> bool {
    let mut open = Vec::new();
    for token in tokens {
        match token {
            Token::Open(bracket) => open.push(*bracket),
            Token::Close(bracket) => match (open.pop(), bracket) {
                (Some('('), ')') | (Some('['), ']') | (Some('{'), '}') => {}
                _ => return false,
            },
            _ => {}
        }
    }
    open.is_empty()
}

fn tokens(text: &str) -> Result<Vec<Token<'_>>, Problem> {
    let mut tokens = Vec::new();
    let mut rest = text;
    loop {
        rest = rest.trim_start();
        if rest.starts_with("//") {
            rest = after(rest, comment(rest));
            continue;
        }
        let Some(first) = rest.chars().next() else { return Ok(tokens) };
        let (token, length) = match first {
            '"' => {
                let length = literal(rest).ok_or("unterminated_string")?;
                (Token::Text(rest.get(1..length - 1).unwrap_or_default()), length)
            }
            ':' if rest.starts_with("::") => (Token::Separator, 2),
            '=' if rest.starts_with("==") => (Token::Equal, 2),
            ',' => (Token::Comma, 1),
            ';' => (Token::Semicolon, 1),
            '(' | '[' | '{' => (Token::Open(first), 1),
            ')' | ']' | '}' => (Token::Close(first), 1),
            '_' | '0'..='9' | 'a'..='z' | 'A'..='Z' => {
                let plain = |c: char| !c.is_ascii_alphanumeric() && c != '_';
                let length = rest.find(plain).unwrap_or(rest.len());
                (Token::Word(rest.get(..length).unwrap_or_default()), length)
            }
            '@' | '.' | ':' | '?' | '<' | '>' | '=' | '!' | '&' | '|' | '+' | '-' | '*' => (Token::Other(first), 1),
            _ => return Err("unexpected_character"),
        };
        tokens.push(token);
        rest = after(rest, length);
    }
}

fn after(text: &str, length: usize) -> &str {
    text.get(length..).unwrap_or_default()
}

/// The length of the string literal that a text starts with, quotes included.
fn literal(text: &str) -> Option<usize> {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return Some(at + 1),
            _ => {}
        }
    }
    None
}

/// The length of the comment that a text starts with, without its line break.
fn comment(text: &str) -> usize {
    text.find('\n').unwrap_or(text.len())
}

/// Rewrites whitespace as the service does: what comes back differs from what was sent. Each run of
/// whitespace outside of string literals becomes one space; a comment keeps its line break.
pub(crate) fn tidy(statement: &str) -> String {
    let mut tidy = String::with_capacity(statement.len());
    let mut rest = statement.trim();
    while let Some(first) = rest.chars().next() {
        let length = if first.is_whitespace() {
            if !tidy.ends_with('\n') {
                tidy.push(' ');
            }
            rest = rest.trim_start();
            continue;
        } else if first == '"' {
            literal(rest).unwrap_or(rest.len())
        } else if rest.starts_with("//") {
            let length = comment(rest);
            tidy.push_str(rest.get(..length).unwrap_or_default().trim_end());
            tidy.push('\n');
            rest = after(rest, length);
            continue;
        } else {
            first.len_utf8()
        };
        tidy.push_str(rest.get(..length).unwrap_or_default());
        rest = after(rest, length);
    }
    tidy.truncate(tidy.trim_end().len());
    tidy
}

/// The schema that statements are written against, in Cedar's JSON form: the types and actions that the
/// vendor's documentation shows, not the whole of the service's schema.
pub(crate) fn schema() -> Value {
    json!({
        "Cloudinary": {
            "entityTypes": {
                "User": {
                    "memberOfTypes": ["Group"],
                    "shape": record(&[("root", json!({ "type": "Boolean", "required": false }))]),
                },
                "Group": {},
                "APIKey": {},
                "ProvisioningKey": {},
                "Account": {},
                "ProductEnvironment": {},
                "Feature": {},
                "Report": { "shape": record(&[("type", text())]) },
                "Folder": { "shape": record(&[("ancestor_ids", texts()), ("name", text())]) },
                "Asset": { "shape": record(&[("ancestor_ids", texts()), ("resource_type", text())]) },
                "Collection": { "shape": record(&[("ancestor_ids", texts())]) },
                "UploadPreset": {},
                "UploadMapping": {},
            },
            "actions": {
                "create": action(&["Asset", "Folder", "Collection", "UploadPreset", "UploadMapping", "User", "Group"]),
                "read": action(&["Asset", "Folder", "Collection", "Feature", "Report", "Account", "ProductEnvironment"]),
                "update": action(&["Asset", "Folder", "Collection", "UploadPreset", "User", "Group", "ProductEnvironment"]),
                "delete": action(&["Asset", "Folder", "Collection", "UploadPreset", "UploadMapping", "User", "Group"]),
                "move": action(&["Asset", "Folder"]),
                "moderate": action(&["Asset"]),
                "update_settings": action(&["Account", "ProductEnvironment"]),
            },
        },
        "MediaFlows": {
            "entityTypes": { "EasyFlow": {}, "PowerFlow": {}, "LogEntry": {} },
            "actions": {
                "read": action_of("Cloudinary::", &["EasyFlow", "PowerFlow", "LogEntry"]),
                "update": action_of("Cloudinary::", &["EasyFlow", "PowerFlow"]),
            },
        },
    })
}

fn text() -> Value {
    json!({ "type": "String" })
}

fn texts() -> Value {
    json!({ "type": "Set", "element": text() })
}

fn record(attributes: &[(&str, Value)]) -> Value {
    let attributes: Map<_, _> = attributes.iter().map(|(name, kind)| ((*name).to_owned(), kind.clone())).collect();
    json!({ "type": "Record", "attributes": attributes })
}

fn action(resources: &[&str]) -> Value {
    action_of("", resources)
}

fn action_of(namespace: &str, resources: &[&str]) -> Value {
    let principals: Vec<_> = PRINCIPALS.iter().map(|name| format!("{namespace}{name}")).collect();
    json!({ "appliesTo": { "principalTypes": principals, "resourceTypes": resources } })
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = r#"permit(principal == Cloudinary::APIKey::"1234", action == Cloudinary::Action::"read", resource is Cloudinary::Asset);"#;

    #[test]
    fn sound_statements_have_no_problems() {
        for sound in [
            "permit(principal, action, resource);",
            KEY,
            "forbid (principal is Cloudinary::User, action, resource) unless { principal.root };",
            r#"@id("one") permit(principal, action, resource);"#,
            r#"permit(principal in Cloudinary::Group::"g", action in ["create"], resource is Cloudinary::Asset);"#,
            r#"permit(principal, action, resource) when { resource.ancestor_ids.contains("a;b)\"") };"#,
            r#"permit(principal, action in [Cloudinary::Action::"read", Cloudinary::Action::"move"], resource) when { true } unless { context.direction == "in" };"#,
            "// first\npermit(principal, action, resource);\nforbid(principal, action, resource is MediaFlows::EasyFlow);",
        ] {
            assert_eq!(check(sound), [""; 0], "{sound}");
        }
    }

    #[test]
    fn each_problem_has_its_name() {
        for (statement, problem) in [
            ("", "empty_policy"),
            (" // nothing\n", "empty_policy"),
            ("allow(principal, action, resource);", "invalid_effect"),
            ("permit;", "invalid_scope"),
            ("permit(principal, action);", "invalid_scope"),
            ("permit(pprincipal, action, resource);", "invalid_principal"),
            (r#"permit(principal == Cloudinary::APIKy::"1", action, resource);"#, "invalid_principal"),
            (r#"permit(principal == APIKey::"1", action, resource);"#, "invalid_principal"),
            (r#"permit(principal == Cloudinary::user::"1", action, resource);"#, "invalid_principal"),
            ("permit(principal is, action, resource);", "invalid_principal"),
            (r#"permit(principal, action == Action::"read", resource);"#, "invalid_action"),
            ("permit(principal, action, resource is Asset);", "invalid_resource"),
            (r#"permit(principal, action, resource) when { resource in Other::Folder::"f" };"#, "invalid_entity"),
            ("permit(principal, action, resource) where { true };", "invalid_condition"),
            ("permit(principal, action, resource) when {};", "invalid_condition"),
            ("permit(principal, action, resource", "unbalanced_brackets"),
            ("permit(principal, action, resource];", "unbalanced_brackets"),
            ("permit(principal, action, resource)", "missing_semicolon"),
            (r#"permit(principal == Cloudinary::User::"u, action, resource);"#, "unterminated_string"),
            (r#"permit(principal == Cloudinary::User::\"u\", action, resource);"#, "unexpected_character"),
        ] {
            assert_eq!(check(statement), [problem], "{statement}");
        }
    }

    #[test]
    fn every_statement_is_checked() {
        let two = "permit(principal); forbid(principal, action, resource); grant(principal, action, resource);";
        assert_eq!(check(two), ["invalid_scope", "invalid_effect"]);
        let without_semicolon = "permit(principal, action, resource) permit(principal, action, resource);";
        assert_eq!(check(without_semicolon), ["invalid_condition"]);
    }

    #[test]
    fn principals_are_found_where_they_are_named() {
        let named = |policy| principals(policy);
        assert_eq!(named(KEY), [Whom::One("APIKey", "1234")]);
        assert_eq!(named("permit(principal, action, resource);"), [Whom::Anyone]);
        assert_eq!(named("permit(principal is Cloudinary::User, action, resource);"), [Whom::Type("User")]);
        let members = r#"permit(principal is Cloudinary::User in Cloudinary::Group::"g", action, resource);"#;
        assert_eq!(named(members), [Whom::One("Group", "g")]);
        assert_eq!(named("nonsense"), []);
    }

    #[test]
    fn whitespace_is_rewritten_outside_of_literals_alone() {
        assert_eq!(tidy("  permit(principal,\n\taction,  resource);\n"), "permit(principal, action, resource);");
        assert_eq!(tidy("a  \"b  \\\"  c\"  d"), "a \"b  \\\"  c\" d");
        assert_eq!(tidy("a // b  c  \n  d"), "a // b  c\nd");
        assert_eq!(tidy("\"never  closed"), "\"never  closed");
        assert_eq!(tidy(""), "");
    }

    #[test]
    fn nothing_makes_it_panic() {
        const PIECES: [&str; 26] = [
            "permit",
            "forbid",
            "(",
            ")",
            "[",
            "]",
            "{",
            "}",
            "principal",
            "action",
            "resource",
            ",",
            ";",
            "\"",
            "\\",
            "//",
            "\n",
            " ",
            "::",
            "==",
            "is",
            "in",
            "when",
            "@",
            "é",
            "Cloudinary::User::\"u\"",
        ];
        let mut state = 0x2545_f491_4f6c_dd1d_u64;
        let mut roll = |sides: usize| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            usize::try_from(state >> 33).unwrap() % sides
        };
        for _ in 0..20_000 {
            let soup: String = (0..roll(24)).map(|_| PIECES[roll(PIECES.len())]).collect();
            let once = tidy(&soup);
            assert_eq!(tidy(&once), once, "{soup:?}");
            assert_eq!(check(&once), check(&soup), "{soup:?}");
            assert_eq!(principals(&once), principals(&soup), "{soup:?}");
        }
    }

    #[test]
    fn tidying_twice_changes_nothing_more() {
        for statement in [KEY, "a // b\n\n// c \n d  \"  ", "\u{a0} x \u{2003} y", "//", "// \n //"] {
            let once = tidy(statement);
            assert_eq!(tidy(&once), once);
        }
    }
}
