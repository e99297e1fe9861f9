//! Input from files, standard input and the command line.

use std::fmt;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Cursor, Read};
use std::iter;
use std::path::Path;

use serde_json::Value;

use super::exit::Exit;
use super::json;

/// Input that was opened and not read yet.
pub(crate) type Input = Box<dyn BufRead + Send>;

/// Opens a file, or standard input if the path is `-`.
pub(crate) fn open(path: &Path) -> Result<Input, Exit> {
    if path == Path::new("-") {
        return Ok(Box::new(BufReader::new(io::stdin())));
    }
    let file = File::open(path).map_err(|error| Exit::Usage(format!("{}: {error}", path.display())))?;
    Ok(Box::new(BufReader::new(file)))
}

/// Whether [`open`] opens a regular file, where nobody is waited for.
pub(crate) fn is_file(path: &Path) -> bool {
    path != Path::new("-") && path.is_file()
}

/// Reads the text of a file, or of standard input if the path is `-`.
pub(crate) fn read(path: &Path) -> Result<String, Exit> {
    let text = lines(open(path)?).collect::<io::Result<String>>();
    text.map_err(|error| Exit::Usage(format!("{}: {error}", path.display())))
}

/// Reads lines as they come, with their line breaks, from UTF-8 or from UTF-16 with a byte order mark. After an error
/// there are no more.
pub(crate) fn lines(input: Input) -> impl Iterator<Item = io::Result<String>> {
    let mut state = Some(decoded(input));
    let mut number = 0_u64;
    iter::from_fn(move || {
        number += 1;
        let mut input = match state.take()? {
            Ok(input) => input,
            Err(error) => return Some(Err(error)),
        };
        let line = next_line(&mut input, number).transpose()?;
        state = line.is_ok().then_some(Ok(input));
        Some(line)
    })
}

/// Reads JSON as an option has it: the text itself, `@FILE`, or `-` for standard input.
pub(crate) fn json(text: &str) -> Result<Value, Exit> {
    let (place, text) = match text.strip_prefix('@') {
        Some(path) => (path.to_owned(), read(Path::new(path))?),
        None if text == "-" => ("standard input".to_owned(), read(Path::new("-"))?),
        None => ("--json".to_owned(), text.to_owned()),
    };
    json::read(&text).map_err(|error| Exit::Usage(format!("{place}: {error}")))
}

/// Reads a text as an option has it: the text itself, `@FILE`, or `@-` for standard input. `@@` stands for a leading `@`.
///
/// The line break at the end of a file is not part of the text.
pub(crate) fn text(text: &str) -> Result<String, Exit> {
    match text.strip_prefix('@') {
        None => Ok(text.to_owned()),
        Some(text) if text.starts_with('@') => Ok(text.to_owned()),
        Some(path) => {
            let text = read(Path::new(path))?;
            let text = text.strip_suffix('\n').unwrap_or(&text);
            Ok(text.strip_suffix('\r').unwrap_or(text).to_owned())
        }
    }
}

/// Consumes a byte order mark, and turns UTF-16 into UTF-8.
fn decoded(mut input: Input) -> io::Result<Input> {
    let mut start = Vec::new();
    input.by_ref().take(3).read_to_end(&mut start)?;
    let unit = match start.as_slice() {
        [0xef, 0xbb, 0xbf] => return Ok(input),
        [0xff, 0xfe, ..] => u16::from_le_bytes,
        [0xfe, 0xff, ..] => u16::from_be_bytes,
        _ => return Ok(Box::new(Cursor::new(start).chain(input))),
    };
    let mut bytes = start.split_off(2);
    input.read_to_end(&mut bytes)?;
    let (pairs, odd) = bytes.as_chunks();
    let mut text = String::with_capacity(bytes.len());
    let odd = (!odd.is_empty()).then_some(None);
    for c in char::decode_utf16(pairs.iter().copied().map(unit)).map(Result::ok).chain(odd) {
        let line = || 1 + text.matches('\n').count();
        text.push(c.ok_or_else(|| invalid(format_args!("line {}: not UTF-16 text", line())))?);
    }
    Ok(Box::new(Cursor::new(text)))
}

fn next_line(input: &mut Input, number: u64) -> io::Result<Option<String>> {
    let mut bytes = Vec::new();
    if input.read_until(b'\n', &mut bytes)? == 0 {
        return Ok(None);
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        let byte = error.as_bytes().get(at).copied().unwrap_or_default();
        invalid(format_args!("line {number}: not UTF-8 text (byte {} is 0x{byte:02x})", at + 1))
    })?;
    if text.contains('\0') {
        return Err(invalid(format_args!("line {number}: has a NUL character (UTF-16 needs a byte order mark)")));
    }
    Ok(Some(text))
}

fn invalid(why: fmt::Arguments<'_>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, why.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Result<String, String> {
        lines(Box::new(Cursor::new(bytes.to_vec()))).collect::<io::Result<_>>().map_err(|error| error.to_string())
    }

    fn utf16(text: &str, bytes: fn(u16) -> [u8; 2]) -> Vec<u8> {
        format!("\u{feff}{text}").encode_utf16().flat_map(bytes).collect()
    }

    #[test]
    fn every_encoding_yields_the_same_text() {
        let text = "é,\u{10ffff}\u{feff}\r\n\nlast \u{a0a}";
        let encodings = [
            text.as_bytes().to_vec(),
            format!("\u{feff}{text}").into_bytes(),
            utf16(text, u16::to_le_bytes),
            utf16(text, u16::to_be_bytes),
        ];
        for bytes in encodings {
            assert_eq!(read(&bytes).as_deref(), Ok(text));
        }
        for empty in [&b""[..], b"\xef\xbb\xbf", b"\xff\xfe"] {
            assert_eq!(read(empty).as_deref(), Ok(""));
        }
    }

    #[test]
    fn an_error_names_the_line() {
        for (bytes, why) in [
            (&b"a\nRen\xe9\n"[..], "line 2: not UTF-8 text (byte 4 is 0xe9)"),
            (b"a\0\n\0", "line 1: has a NUL character (UTF-16 needs a byte order mark)"),
            (b"\xff\xfea\0\n\0b", "line 2: not UTF-16 text"),
            (b"\xff\xfe\0\xd8a\0", "line 1: not UTF-16 text"),
            (b"\xff\xfe\0\0a\0\0\0", "line 1: has a NUL character (UTF-16 needs a byte order mark)"),
        ] {
            assert_eq!(read(bytes), Err(why.to_owned()));
        }
    }
}
