//! Text from elsewhere, in messages and tables.

/// Escapes the characters of a text that [act](acts).
pub(crate) fn shown(text: &str) -> String {
    if !text.contains(acts) {
        return text.to_owned();
    }
    text.chars().fold(String::with_capacity(text.len()), |mut shown, c| {
        if acts(c) {
            shown.extend(c.escape_default());
        } else {
            shown.push(c);
        }
        shown
    })
}

/// Whether a terminal acts on a character: it is a control character, breaks lines, or changes the direction of text.
pub(crate) fn acts(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{206f}'
        )
}

/// Whether a character takes no room, as text copied from a web page may have between those that do.
pub(crate) fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2064}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_and_direction_characters_are_escaped_and_the_rest_is_not() {
        assert_eq!(shown("Ärö \"the first\" \u{1f600}"), "Ärö \"the first\" \u{1f600}");
        assert_eq!(
            shown("\u{1b}[2J\n\u{202e}x\u{9b}\u{61c}\u{2028}\u{2029}"),
            "\\u{1b}[2J\\n\\u{202e}x\\u{9b}\\u{61c}\\u{2028}\\u{2029}"
        );
    }
}
