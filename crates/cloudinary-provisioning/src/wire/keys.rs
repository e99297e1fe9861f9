//! The keys of an object, read as numbers.

use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, Visitor};
use std::fmt;

/// A name with its length in front.
pub(crate) const fn with_len(name: &str) -> (usize, &str) {
    (name.len(), name)
}

/// The largest number of fields that a model can have: a bit each says which were seen.
const MOST_FIELDS: usize = u64::BITS as usize;

/// Refuses a model with more fields when it is compiled.
pub(crate) const fn check_count(fields: &[u32]) {
    assert!(fields.len() <= MOST_FIELDS, "a model has at most 64 fields");
}

/// The keys of an object, each read as the number of the field that it names.
pub(crate) struct Keys<F> {
    find: F,
    seen: u64,
    /// The key that was read last, if it is not known.
    unknown: String,
}

impl<F: Fn(&str) -> Option<(u32, &'static str)>> Keys<F> {
    pub(crate) fn new(find: F) -> Self {
        Self { find, seen: 0, unknown: String::new() }
    }

    /// Takes the key that was read last, if it is not known.
    pub(crate) fn take_unknown(&mut self) -> String {
        std::mem::take(&mut self.unknown)
    }
}

impl<'de, F: Fn(&str) -> Option<(u32, &'static str)>> DeserializeSeed<'de> for &mut Keys<F> {
    /// `None` for a key that is not known.
    type Value = Option<u32>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_identifier(self)
    }
}

impl<F: Fn(&str) -> Option<(u32, &'static str)>> Visitor<'_> for &mut Keys<F> {
    type Value = Option<u32>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    #[inline]
    fn visit_str<E: Error>(self, key: &str) -> Result<Self::Value, E> {
        let Some((number, name)) = (self.find)(key) else {
            key.clone_into(&mut self.unknown);
            return Ok(None);
        };
        let bit = 1 << number;
        if self.seen & bit != 0 {
            return Err(E::duplicate_field(name));
        }
        self.seen |= bit;
        Ok(Some(number))
    }
}

/// Reads past the value of a field that is not known.
pub(crate) fn ignore<'de, A: MapAccess<'de>>(map: &mut A) -> Result<(), A::Error> {
    map.next_value::<IgnoredAny>().map(|_| ())
}
