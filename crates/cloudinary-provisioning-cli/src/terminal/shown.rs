//! Text from elsewhere, as a terminal may have it.

/// Text from elsewhere without the characters that a terminal would act on, or that change the direction of text.
pub(crate) fn shown(text: &str) -> String {
    let acts = |c: char| {
        c.is_control() || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_and_direction_characters_are_escaped_and_the_rest_is_not() {
        assert_eq!(shown("Ärö \"the first\" \u{1f600}"), "Ärö \"the first\" \u{1f600}");
        assert_eq!(shown("\u{1b}[2J\n\u{202e}x\u{9b}"), "\\u{1b}[2J\\n\\u{202e}x\\u{9b}");
    }
}
