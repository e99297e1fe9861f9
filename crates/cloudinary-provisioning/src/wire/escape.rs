//! Text from the service in messages: escaped and bounded, so that it can neither forge a log line nor fill a log.

use std::fmt::{self, Write};

/// The longest text from the service that a message shows, in bytes.
const LONGEST: usize = 1024;

/// Shows at most 1 KiB of a text, with control characters and characters that change the direction of text escaped.
pub(crate) struct Escaped<'t>(pub(crate) &'t str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut written = 0;
        for c in self.0.chars() {
            if written >= LONGEST {
                return f.write_char('…');
            }
            if is_deceptive(c) {
                let escaped = c.escape_unicode();
                written += escaped.len();
                write!(f, "{escaped}")?;
            } else {
                written += c.len_utf8();
                f.write_char(c)?;
            }
        }
        Ok(())
    }
}

/// Control characters, line and paragraph separators, and the controls of the bidirectional algorithm.
pub(crate) fn is_deceptive(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_that_could_forge_a_line_is_escaped_and_long_text_is_bounded() {
        assert_eq!(Escaped("a\nb\u{202e}c\u{1b}[0m é").to_string(), r"a\u{a}b\u{202e}c\u{1b}[0m é");
        let long = Escaped(&"x".repeat(5_000)).to_string();
        assert_eq!(long, format!("{}…", "x".repeat(1024)));
    }
}
