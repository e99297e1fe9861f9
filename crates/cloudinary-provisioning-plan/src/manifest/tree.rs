//! [`Node`]: what TOML, JSON and CSV have in common, with the place of everything.

use std::borrow::Cow;
use std::ops::Range;

use serde::ser::{Serialize, SerializeMap, Serializer};
use serde_json::Number;

use super::position::Position;

/// How deep values can be nested: attributes of product environments are the only ones that are nested at all.
pub(super) const MAX_DEPTH: usize = 64;

/// A value of a file, or one to be written.
#[derive(Clone, Debug)]
pub(super) struct Node<'n> {
    /// The bytes of the source that it takes; `None` for what a program made.
    pub(super) span: Option<Range<usize>>,
    pub(super) value: NodeValue<'n>,
}

#[derive(Clone, Debug)]
pub(super) enum NodeValue<'n> {
    Text(Cow<'n, str>),
    Boolean(bool),
    Number(Number),
    List(Vec<Node<'n>>),
    Table(Vec<KeyValue<'n>>),
    Null,
    /// A value that no field can hold, such as a date.
    Other(&'static str),
}

/// A key with its value.
#[derive(Clone, Debug)]
pub(super) struct KeyValue<'n> {
    pub(super) key: Cow<'n, str>,
    pub(super) key_span: Option<Range<usize>>,
    pub(super) value: Node<'n>,
}

impl<'n> Node<'n> {
    pub(super) fn text(text: impl Into<Cow<'n, str>>) -> Self {
        NodeValue::Text(text.into()).into()
    }

    pub(super) fn table(entries: impl IntoIterator<Item = (impl Into<Cow<'n, str>>, Self)>) -> Self {
        let entry = |(key, value): (_, Self)| KeyValue { key: Into::into(key), key_span: value.span.clone(), value };
        NodeValue::Table(entries.into_iter().map(entry).collect()).into()
    }

    pub(super) fn list(nodes: impl IntoIterator<Item = Self>) -> Self {
        NodeValue::List(nodes.into_iter().collect()).into()
    }

    pub(super) fn at(self, span: Range<usize>) -> Self {
        Self { span: Some(span), ..self }
    }

    /// What it is, as a message calls it.
    pub(super) fn description(&self) -> &'static str {
        match &self.value {
            NodeValue::Text(_) => "a text",
            NodeValue::Boolean(_) => "true or false",
            NodeValue::Number(_) => "a number",
            NodeValue::List(_) => "a list",
            NodeValue::Table(_) => "a table",
            NodeValue::Null => "null",
            NodeValue::Other(description) => description,
        }
    }
}

impl<'n> From<NodeValue<'n>> for Node<'n> {
    fn from(value: NodeValue<'n>) -> Self {
        Self { span: None, value }
    }
}

impl Serialize for Node<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match &self.value {
            NodeValue::Text(text) => serializer.serialize_str(text),
            NodeValue::Boolean(boolean) => serializer.serialize_bool(*boolean),
            // No checked manifest has one: the nearest that can be written.
            NodeValue::Number(number) if is_too_large(number) => number.as_f64().serialize(serializer),
            NodeValue::Number(number) => number.serialize(serializer),
            NodeValue::List(nodes) => nodes.serialize(serializer),
            NodeValue::Table(entries) => {
                let mut map = serializer.serialize_map(Some(entries.len()))?;
                entries.iter().try_for_each(|entry| map.serialize_entry(&entry.key, &entry.value))?;
                map.end()
            }
            NodeValue::Null | NodeValue::Other(_) => serializer.serialize_unit(),
        }
    }
}

/// Whether TOML cannot hold a whole number.
pub(super) fn is_too_large(number: &Number) -> bool {
    number.is_u64() && !number.is_i64()
}

/// The text of a file, and where its lines begin.
#[derive(Debug)]
pub(super) struct Source<'s> {
    text: Cow<'s, str>,
    lines: Vec<usize>,
    /// How many characters are in front of each block, so that a place in a long line is found at once. Empty where each
    /// byte is one.
    characters: Vec<usize>,
}

/// The bytes of a block.
const BLOCK: usize = 256;

impl<'s> Source<'s> {
    pub(super) fn new(text: impl Into<Cow<'s, str>>) -> Self {
        let text = text.into();
        let breaks = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        let lines = std::iter::once(0).chain(breaks.map(|(at, _)| at + 1)).collect();
        let blocks = text.as_bytes().chunks(BLOCK).scan(0, |sum, block| {
            let before = *sum;
            *sum += characters(block);
            Some(before)
        });
        let characters = if text.is_ascii() { Vec::new() } else { blocks.collect() };
        Self { text, lines, characters }
    }

    pub(super) fn text(&self) -> &str {
        &self.text
    }

    pub(super) fn position(&self, offset: usize) -> Position {
        let line = self.lines.partition_point(|start| *start <= offset);
        let start = line.checked_sub(1).and_then(|line| self.lines.get(line)).copied().unwrap_or_default();
        let before = self.characters_before(offset).saturating_sub(self.characters_before(start));
        let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        Position::new(number(line), number(before.saturating_add(1)))
    }

    fn characters_before(&self, offset: usize) -> usize {
        if self.characters.is_empty() {
            return offset;
        }
        // At the very end of the text there may be no block.
        let block = (offset / BLOCK).min(self.characters.len().saturating_sub(1));
        let start = block * BLOCK;
        let rest = self.text.as_bytes().get(start..offset.min(self.text.len())).unwrap_or_default();
        self.characters.get(block).copied().unwrap_or_default() + characters(rest)
    }

    /// The offset of a line's byte, both from 1.
    pub(super) fn offset(&self, line: usize, byte: usize) -> usize {
        let start = line.checked_sub(1).and_then(|line| self.lines.get(line)).copied().unwrap_or(self.text.len());
        start.saturating_add(byte.saturating_sub(1)).min(self.text.len())
    }

    /// Where a byte of a text stands that was read from this span. Where the text is written in another way there, with
    /// escapes, it is the first character like it, or where the span begins.
    pub(super) fn locate(&self, span: &Range<usize>, text: &str, offset: usize) -> Position {
        let written = self.text.get(span.clone()).unwrap_or_default();
        let character = || written.find(text.get(offset..)?.chars().next()?);
        let within = written.find(text).map(|start| start + offset).or_else(character);
        self.position(span.start.saturating_add(within.unwrap_or_default()))
    }
}

/// How many characters begin in a piece of UTF-8.
fn characters(bytes: &[u8]) -> usize {
    bytes.iter().filter(|byte| **byte & 0xc0 != 0x80).count()
}
