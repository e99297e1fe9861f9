//! The tokens of a statement.

/// A token of a statement in Cedar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token<'s> {
    Word(&'s str),
    /// A string literal without an escape, without its quotes.
    Text(&'s str),
    /// A string literal with an escape, which nothing here needs to understand.
    Escaped,
    Mark(&'s str),
}

/// Returns the tokens of the statements of a policy; `None` if a literal does not end or brackets do not match.
pub(super) fn tokens(text: &str) -> Option<Vec<Token<'_>>> {
    let mut tokens = Vec::new();
    let mut open = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let length = match first {
            '"' => literal(rest)?,
            '/' if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
            _ if is_word(first) => rest.find(|c| !is_word(c)).unwrap_or(rest.len()),
            _ if rest.starts_with("::") || rest.starts_with("==") => 2,
            _ => first.len_utf8(),
        };
        let (piece, after) = rest.split_at_checked(length)?;
        rest = after.trim_start();
        match first {
            '(' => open.push(")"),
            '[' => open.push("]"),
            '{' => open.push("}"),
            ')' | ']' | '}' if open.pop() != Some(piece) => return None,
            _ => {}
        }
        match first {
            '/' if piece.starts_with("//") => {}
            '"' if piece.contains('\\') => tokens.push(Token::Escaped),
            '"' => tokens.push(Token::Text(piece.get(1..length - 1)?)),
            _ if is_word(first) => tokens.push(Token::Word(piece)),
            _ => tokens.push(Token::Mark(piece)),
        }
    }
    open.is_empty().then_some(tokens)
}

/// Splits tokens at a mark that is not inside brackets.
pub(super) fn split<'t, 's>(tokens: &'t [Token<'s>], mark: &str) -> Vec<&'t [Token<'s>]> {
    let mut depth = 0_usize;
    let ends = |token: &Token<'_>| {
        match token {
            Token::Mark("(" | "[" | "{") => depth += 1,
            Token::Mark(")" | "]" | "}") => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth == 0 && *token == Token::Mark(mark)
    };
    tokens.split(ends).collect()
}

/// Returns what is inside the bracket that the tokens begin with, and what follows it.
pub(super) fn enclosed<'t, 's>(tokens: &'t [Token<'s>], bracket: &str) -> Option<(&'t [Token<'s>], &'t [Token<'s>])> {
    let (_, rest) = tokens.split_first().filter(|(first, _)| **first == Token::Mark(bracket))?;
    let mut depth = 1_usize;
    let end = rest.iter().position(|token| {
        match token {
            Token::Mark("(" | "[" | "{") => depth += 1,
            Token::Mark(")" | "]" | "}") => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth == 0
    })?;
    Some((rest.get(..end)?, rest.get(end + 1..)?))
}

/// Returns the length of the string literal that the text begins with, quotes included.
fn literal(text: &str) -> Option<usize> {
    let mut is_escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            '"' => return Some(at + 1),
            _ => {}
        }
    }
    None
}

fn is_word(c: char) -> bool {
    c == '_' || c.is_ascii_alphanumeric()
}
