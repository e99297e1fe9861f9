//! Characters that cannot be seen, with which two names look alike and are not.

/// The first character that cannot be seen, or that is blank at an end, and where in the text it is.
pub(super) fn first_invisible(text: &str) -> Option<(usize, char)> {
    let mut characters = text.char_indices();
    let ends = [characters.clone().next(), characters.clone().next_back()];
    let blank = ends.into_iter().flatten().find(|(_, character)| character.is_whitespace());
    characters.find(|(_, character)| is_invisible(*character)).or(blank)
}

/// How a message names a character that cannot be seen.
pub(super) fn code(character: char) -> String {
    format!("U+{:04X}", u32::from(character))
}

fn is_invisible(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{ad}'
                | '\u{61c}'
                | '\u{200b}'..='\u{200f}'
                | '\u{2028}'..='\u{202e}'
                | '\u{2060}'..='\u{2069}'
                | '\u{feff}'
        )
}
