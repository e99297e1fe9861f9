//! Invisible characters, with which two names look alike and differ.

/// The first invisible character, or a blank at an end, and where in the text it is.
pub(crate) fn first_invisible(text: &str) -> Option<(usize, char)> {
    let mut characters = text.char_indices();
    let ends = [characters.clone().next(), characters.clone().next_back()];
    let blank = ends.into_iter().flatten().find(|(_, character)| character.is_whitespace());
    characters.find(|(_, character)| is_invisible(*character)).or(blank)
}

/// What is wrong with a text that has this character.
pub(crate) fn complaint(character: char) -> String {
    let what = if is_invisible(character) { "has the invisible character" } else { "begins or ends with a blank," };
    format!("{what} U+{:04X}", u32::from(character))
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
