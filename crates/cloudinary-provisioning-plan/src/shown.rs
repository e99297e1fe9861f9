//! [`Shown`]: a text from the account or a file, as it may be printed.

use std::fmt::{self, Write as _};

/// Prints a text on one line, with control characters and those that cannot be seen escaped, so that no name can hide
/// anything from a person or send commands to a terminal.
pub(crate) struct Shown<'t>(pub(crate) &'t str);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for character in self.0.chars() {
            if is_hidden(character) {
                write!(f, "\\u{{{:x}}}", u32::from(character))?;
            } else {
                f.write_char(character)?;
            }
        }
        Ok(())
    }
}

fn is_hidden(character: char) -> bool {
    character.is_control()
        || matches!(
            character,
            '\u{ad}' | '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_seen_is_escaped() {
        assert_eq!(Shown("a\u{200b}b\n\u{1b}[2Jé").to_string(), r"a\u{200b}b\u{a}\u{1b}[2Jé");
    }
}
