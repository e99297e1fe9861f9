//! Standard output and standard error. Whatever the tool writes to a terminal passes through here.

#![allow(clippy::disallowed_methods, reason = "this is where they are wrapped")]

use std::io::{self, IsTerminal, Stderr, Stdout, Write};

use super::shown::acts;

/// Returns standard output.
pub(crate) fn stdout() -> Stream<Stdout> {
    Stream::new(io::stdout())
}

/// Returns standard error.
pub(crate) fn stderr() -> Stream<Stderr> {
    Stream::new(io::stderr())
}

/// Text that goes to a file or a pipe as it is, and to a terminal without characters that it would act on, other than
/// tabs and line breaks.
#[derive(Debug)]
pub(crate) struct Stream<W> {
    out: W,
    is_terminal: bool,
    /// The beginning of a character whose end was not written yet.
    pending: Vec<u8>,
}

impl<W: Write + IsTerminal> Stream<W> {
    pub(crate) fn new(out: W) -> Self {
        Self { is_terminal: out.is_terminal(), out, pending: Vec::new() }
    }
}

impl<W> Stream<W> {
    pub(crate) fn is_terminal(&self) -> bool {
        self.is_terminal
    }
}

impl<W: Write> Write for Stream<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if !self.is_terminal {
            return self.out.write(bytes);
        }
        self.pending.extend_from_slice(bytes);
        let mut text = String::with_capacity(self.pending.len());
        let mut rest = Vec::new();
        let mut chunks = self.pending.utf8_chunks().peekable();
        while let Some(chunk) = chunks.next() {
            for c in chunk.valid().chars() {
                if acts(c) && !matches!(c, '\t' | '\n') { text.extend(c.escape_default()) } else { text.push(c) }
            }
            let is_begun = chunks.peek().is_none()
                && str::from_utf8(chunk.invalid()).is_err_and(|error| error.error_len().is_none());
            if is_begun {
                rest = chunk.invalid().to_vec();
            } else {
                text.extend(chunk.invalid().iter().flat_map(|byte| byte.escape_ascii()).map(char::from));
            }
        }
        self.pending = rest;
        self.out.write_all(text.as_bytes())?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(is_terminal: bool, parts: &[&[u8]]) -> String {
        let mut stream = Stream { out: Vec::new(), is_terminal, pending: Vec::new() };
        for part in parts {
            stream.write_all(part).unwrap();
        }
        String::from_utf8(stream.out).unwrap()
    }

    #[test]
    fn a_terminal_gets_escapes_and_everything_else_the_bytes() {
        let text = "a\tb\n\u{1b}]52;c;eA\u{7}\u{9b}2J\u{61c}\u{2028}\u{2029}\u{202e}Ä\u{1f600}\r";
        assert_eq!(written(false, &[text.as_bytes()]), text);
        let escaped = "a\tb\n\\u{1b}]52;c;eA\\u{7}\\u{9b}2J\\u{61c}\\u{2028}\\u{2029}\\u{202e}Ä\u{1f600}\\r";
        let bytes: Vec<_> = text.as_bytes().chunks(1).collect();
        assert_eq!(written(true, &[text.as_bytes()]), escaped);
        assert_eq!(written(true, &bytes), escaped, "in whatever pieces it comes");
        assert_eq!(written(true, &[b"a\x9bb"]), "a\\x9bb");
    }
}
