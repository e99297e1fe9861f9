//! Bytes as text: UTF-8 or UTF-16.

use super::problem::{ManifestError, Problem};
use super::tree::Source;

/// The text without its byte order mark.
pub(super) fn decode(bytes: &[u8]) -> Result<String, ManifestError> {
    match bytes {
        [0xff, 0xfe, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xfe, 0xff, rest @ ..] => utf16(rest, u16::from_be_bytes),
        [0xef, 0xbb, 0xbf, rest @ ..] => utf8(rest),
        // Without a mark, a table still begins with the letters of a name.
        [first, 0, ..] if *first != 0 => utf16(bytes, u16::from_le_bytes),
        [0, second, ..] if *second != 0 => utf16(bytes, u16::from_be_bytes),
        _ => utf8(bytes),
    }
}

fn utf8(bytes: &[u8]) -> Result<String, ManifestError> {
    std::str::from_utf8(bytes).map(str::to_owned).map_err(|error| {
        let before = bytes.get(..error.valid_up_to()).unwrap_or_default();
        not_text(&String::from_utf8_lossy(before), "UTF-8")
    })
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> Result<String, ManifestError> {
    let (units, rest) = bytes.as_chunks();
    let mut text = String::new();
    for character in char::decode_utf16(units.iter().map(|bytes| unit(*bytes))) {
        match character {
            Ok(character) => text.push(character),
            Err(_) => return Err(not_text(&text, "UTF-16")),
        }
    }
    if rest.is_empty() { Ok(text) } else { Err(not_text(&text, "UTF-16")) }
}

fn not_text(before: &str, encoding: &str) -> ManifestError {
    let position = Source::new(before).position(before.len());
    let message = format!("is not {encoding}: save the file as UTF-8, which spreadsheets call \"CSV UTF-8\"");
    Problem::new(Some(position), "", message).into()
}
