//! Statements of Cedar, the policy language, as far as the fake reads them.
//!
//! This is not an implementation of Cedar. It checks the outline of a statement (effect, scope, brackets, quotes,
//! namespaces, the final semicolon), finds the principals that a statement names, and rewrites whitespace. It evaluates
//! nothing, and it accepts conditions and actions that Cedar rejects.

/// The namespaces that entity types start with.
const NAMESPACES: [&str; 2] = ["Cloudinary", "MediaFlows"];

/// The entity types that a principal may have.
const PRINCIPALS: [&str; 4] = ["User", "Group", "APIKey", "ProvisioningKey"];

/// The code of an error about a statement.
pub(crate) const CODE: &str = "ACCOUNTS_00002";

/// What is wrong with a statement, as the service's error names it.
pub(crate) type CedarProblem = &'static str;

/// Returns what is wrong with a policy, which may be several statements one after another; nothing if the outline is
/// sound.
pub(crate) fn check(policy: &str) -> Vec<CedarProblem> {
    let tokens = match tokens(policy) {
        Ok(tokens) if tokens.is_empty() => return vec!["empty_policy"],
        Ok(tokens) => tokens,
        Err(problem) => return vec![problem],
    };
    let mut statements = split(&tokens, ";");
    let unfinished = statements.pop().is_some_and(|rest| !rest.is_empty());
    let problems = statements
        .into_iter()
        .filter_map(|statement| StatementOutline::read(statement).and_then(|read| read.check()).err());
    problems.chain(unfinished.then_some("missing_semicolon")).collect()
}

/// Who a statement is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Subject<'a> {
    Anyone,
    /// Everyone of this type.
    Type(&'a str),
    /// The one with this type and id, or the members of that group.
    One(&'a str, &'a str),
}

/// Returns who the statements of a policy are about.
pub(crate) fn subjects(policy: &str) -> Vec<Subject<'_>> {
    let tokens = tokens(policy).unwrap_or_default();
    let mut subjects = Vec::new();
    for statement in split(&tokens, ";") {
        let Ok(StatementOutline { clauses: [principal, ..], .. }) = StatementOutline::read(statement) else { continue };
        let paths = paths(principal);
        if paths.is_empty() {
            subjects.push(Subject::Anyone);
        }
        for path in &paths {
            let name = path.names.last().copied().unwrap_or_default();
            match path.id {
                Some(id) => subjects.push(Subject::One(name, id)),
                // `is User in Group::"g"` is about the members of that group alone.
                None if paths.iter().all(|path| path.id.is_none()) => subjects.push(Subject::Type(name)),
                None => {}
            }
        }
    }
    subjects
}

/// Rewrites whitespace as the service does. Each run of whitespace outside string literals becomes one space; a comment
/// keeps its line break.
pub(crate) fn tidy(statement: &str) -> String {
    let mut tidy = String::with_capacity(statement.len());
    for piece in pieces(statement.trim()) {
        if piece.starts_with(char::is_whitespace) {
            tidy.push_str(if tidy.ends_with('\n') { "" } else { " " });
        } else if piece.starts_with("//") {
            tidy.push_str(piece.trim_end());
            tidy.push('\n');
        } else {
            tidy.push_str(piece);
        }
    }
    tidy.truncate(tidy.trim_end().len());
    tidy
}

/// A statement's scope, and what follows it.
struct StatementOutline<'t, 'a> {
    clauses: [&'t Tokens<'a>; 3],
    conditions: &'t Tokens<'a>,
}

impl<'t, 'a> StatementOutline<'t, 'a> {
    fn read(mut tokens: &'t Tokens<'a>) -> Result<Self, CedarProblem> {
        // An annotation may have no value.
        while let [(Token::Mark("@"), _), (Token::Word(_), _), rest @ ..] = tokens {
            tokens = enclosed(rest, "(").map_or(rest, |(_, rest)| rest);
        }
        let [(Token::Word("permit" | "forbid"), _), rest @ ..] = tokens else {
            return Err("invalid_effect");
        };
        let (scope, conditions) = enclosed(rest, "(").ok_or("invalid_scope")?;
        let mut clauses = split(scope, ",");
        // A trailing comma is allowed.
        clauses.pop_if(|last| last.is_empty());
        Ok(Self { clauses: clauses.try_into().map_err(|_| "invalid_scope")?, conditions })
    }

    fn check(&self) -> Result<(), CedarProblem> {
        let [principal, action, resource] = self.clauses;
        let principals = paths(principal);
        let known = |path: &Path<'_>| matches!(path.names.as_slice(), [_, name] if PRINCIPALS.contains(name));
        if !is_clause("principal", principal) || !principals.iter().all(known) {
            return Err("invalid_principal");
        }
        if !is_clause("action", action) {
            return Err("invalid_action");
        }
        if !is_clause("resource", resource) {
            return Err("invalid_resource");
        }
        let mut tokens = self.conditions;
        while let [(Token::Word("when" | "unless"), _), rest @ ..] = tokens {
            let (condition, rest) = enclosed(rest, "{").ok_or("invalid_condition")?;
            if condition.is_empty() {
                return Err("invalid_condition");
            }
            if !paths(condition).iter().all(Path::is_known) {
                return Err("invalid_entity");
            }
            tokens = rest;
        }
        if tokens.is_empty() { Ok(()) } else { Err("invalid_condition") }
    }
}

/// `principal`, `principal == …`, `principal in …` or `principal is …`, and the same for the other two.
fn is_clause(name: &str, clause: &Tokens<'_>) -> bool {
    let [(Token::Word(word), _), rest @ ..] = clause else { return false };
    let shape = matches!(
        rest,
        [] | [(Token::Mark("=="), _), _, ..]
            | [(Token::Word("in" | "is"), _), (Token::Word(_) | Token::Mark("["), _), ..]
    );
    *word == name && shape && paths(rest).iter().all(Path::is_known)
}

/// A type, `Cloudinary::User`, or an entity, `Cloudinary::User::"id"`.
struct Path<'a> {
    names: Vec<&'a str>,
    id: Option<&'a str>,
}

impl Path<'_> {
    fn is_known(&self) -> bool {
        matches!(self.names.as_slice(), [first, _, ..] if NAMESPACES.contains(first))
    }
}

/// Returns the types and entities among tokens: words with a separator, and what follows `is`.
fn paths<'a>(tokens: &Tokens<'a>) -> Vec<Path<'a>> {
    let mut paths = Vec::new();
    let mut is_type = false;
    let mut tokens = tokens.iter().map(|(token, _)| *token).peekable();
    while let Some(token) = tokens.next() {
        let Token::Word(word) = token else {
            is_type = false;
            continue;
        };
        let mut path = Path { names: vec![word], id: None };
        while path.id.is_none() && tokens.next_if_eq(&Token::Mark("::")).is_some() {
            match tokens.next() {
                Some(Token::Word(name)) => path.names.push(name),
                Some(Token::Text(id)) => path.id = Some(id),
                _ => break,
            }
        }
        if is_type || path.names.len() > 1 || path.id.is_some() {
            paths.push(path);
        }
        is_type = word == "is";
    }
    paths
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Token<'a> {
    Word(&'a str),
    /// A string literal, without its quotes.
    Text(&'a str),
    Mark(&'a str),
}

/// Tokens, each with the number of brackets around it. Every bracket has its counterpart.
type Tokens<'a> = [(Token<'a>, usize)];

/// Splits tokens at each separator that is not inside further brackets.
fn split<'t, 'a>(tokens: &'t Tokens<'a>, separator: &str) -> Vec<&'t Tokens<'a>> {
    let depth = tokens.first().map_or(0, |(_, depth)| *depth);
    tokens.split(|token| *token == (Token::Mark(separator), depth)).collect()
}

/// Returns what is inside the bracket that the tokens start with, and what follows it.
fn enclosed<'t, 'a>(tokens: &'t Tokens<'a>, bracket: &str) -> Option<(&'t Tokens<'a>, &'t Tokens<'a>)> {
    let ((first, depth), rest) = tokens.split_first()?;
    let end = rest.iter().position(|(_, inner)| inner == depth).filter(|_| *first == Token::Mark(bracket))?;
    Some((rest.get(..end)?, rest.get(end + 1..)?))
}

fn tokens(text: &str) -> Result<Vec<(Token<'_>, usize)>, CedarProblem> {
    let mut tokens = Vec::new();
    // The brackets that have to be closed, as they are closed.
    let mut open = Vec::new();
    for piece in pieces(text) {
        let first = piece.chars().next().unwrap_or(' ');
        let mut depth = open.len();
        let token = match first {
            _ if first.is_whitespace() || piece.starts_with("//") => continue,
            '"' => {
                let length = literal(piece).ok_or("unterminated_string")?;
                Token::Text(piece.get(1..length - 1).unwrap_or_default())
            }
            _ if is_word(first) => Token::Word(piece),
            _ if "@.,;:?<>=!&|+-*([{)]}".contains(first) => Token::Mark(piece),
            _ => return Err("unexpected_character"),
        };
        match first {
            '(' => open.push(')'),
            '[' => open.push(']'),
            '{' => open.push('}'),
            ')' | ']' | '}' if open.pop() != Some(first) => return Err("unbalanced_brackets"),
            ')' | ']' | '}' => depth -= 1,
            _ => {}
        }
        tokens.push((token, depth));
    }
    if open.is_empty() { Ok(tokens) } else { Err("unbalanced_brackets") }
}

/// Splits a text into whitespace, comments, string literals, words and marks.
fn pieces(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let first = rest.chars().next()?;
        let run = |stays: fn(char) -> bool| rest.find(|c| !stays(c));
        let length = match first {
            '"' => literal(rest),
            _ if rest.starts_with("//") => run(|c| c != '\n'),
            _ if rest.starts_with("::") || rest.starts_with("==") => Some(2),
            _ if first.is_whitespace() => run(char::is_whitespace),
            _ if is_word(first) => run(is_word),
            _ => Some(first.len_utf8()),
        };
        let (piece, after) = rest.split_at_checked(length.unwrap_or(rest.len()))?;
        rest = after;
        Some(piece)
    })
}

/// Returns the length of the string literal that a text starts with, quotes included.
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

fn is_word(c: char) -> bool {
    c == '_' || c.is_ascii_alphanumeric()
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
            r#"@id("one") @checked permit(principal, action, resource);"#,
            "permit(principal, action, resource,);",
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
            ("permit(principal, action,);", "invalid_scope"),
            ("permit(principal, action, resource,,);", "invalid_scope"),
            ("@ permit(principal, action, resource);", "invalid_effect"),
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
    fn subjects_are_found() {
        let named = |policy| subjects(policy);
        assert_eq!(named(KEY), [Subject::One("APIKey", "1234")]);
        assert_eq!(named("permit(principal, action, resource);"), [Subject::Anyone]);
        assert_eq!(named("permit(principal is Cloudinary::User, action, resource);"), [Subject::Type("User")]);
        let members = r#"permit(principal is Cloudinary::User in Cloudinary::Group::"g", action, resource);"#;
        assert_eq!(named(members), [Subject::One("Group", "g")]);
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
            assert_eq!(subjects(&once), subjects(&soup), "{soup:?}");
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
