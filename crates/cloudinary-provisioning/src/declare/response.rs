//! Reading a success by the shape in its declaration.

use crate::outcome::cursor_page::CursorPage;
use crate::wire::envelope;
use crate::wire::json::Unreadable;
use crate::wire::read::Read;

type Keys = &'static [&'static str];

/// Nothing is read: 204, or any body.
#[expect(clippy::extra_unused_type_parameters, clippy::unnecessary_wraps, reason = "as the others")]
pub(crate) fn nothing<T>(_: &[u8], _: Keys) -> Result<(), Unreadable> {
    Ok(())
}

/// One value.
pub(crate) fn one<T: Read>(body: &[u8], keys: Keys) -> Result<T, Unreadable> {
    envelope::decode(body, keys).map(|(value, _)| value)
}

/// One value, or no body at all.
pub(crate) fn optional<T: Read + Default>(body: &[u8], _: Keys) -> Result<T, Unreadable> {
    envelope::decode_optional(body)
}

/// A list.
pub(crate) fn list<T: Read>(body: &[u8], keys: Keys) -> Result<Vec<T>, Unreadable> {
    envelope::decode(body, keys).map(|(items, _)| items)
}

/// A list with a cursor.
pub(crate) fn page<T: Read>(body: &[u8], keys: Keys) -> Result<CursorPage<T>, Unreadable> {
    envelope::decode(body, keys).map(|(items, next_cursor)| CursorPage { items, next_cursor })
}
