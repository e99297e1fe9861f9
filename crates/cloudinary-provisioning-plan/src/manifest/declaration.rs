//! [`Declaration`]: an object that is read from a table and written as one.

use super::field::FieldValue;
use super::position::DeclaredAt;
use super::reading::Reading;
use super::tree::{KeyValue, Node, NodeValue};
use super::values::ObjectKind;

/// The key that every object has.
pub(super) const STATE: &str = "state";

/// An object, as `objects!` declares it.
pub(super) trait Declaration: Sized {
    const KIND: ObjectKind;
    const FIELDS: &'static [&'static str];

    fn read(fields: &mut Fields<'_, '_>) -> Option<Self>;

    fn write(&self) -> Vec<(&'static str, Node<'_>)>;

    /// Whether it has fields that mean nothing for an object that should not exist.
    fn says_more(&self) -> bool;
}

/// Whether a field says more than which object is meant.
pub(super) fn is_more(field: &str) -> bool {
    field != "content"
}

/// Reads a list of objects.
pub(super) fn read_all<T: Declaration>(node: &Node<'_>, reading: &mut Reading<'_>) -> Vec<T> {
    let mut objects = Vec::new();
    let NodeValue::List(nodes) = &node.value else {
        reading.wrong_type::<()>(node, &format!("a list of tables, as of `[[{}]]`", T::KIND));
        return objects;
    };
    reading.each(nodes, |reading, node| objects.extend(read_one::<T>(node, reading)));
    objects
}

fn read_one<T: Declaration>(node: &Node<'_>, reading: &mut Reading<'_>) -> Option<T> {
    let NodeValue::Table(entries) = &node.value else {
        return reading.wrong_type(node, "a table");
    };
    for entry in entries.iter().filter(|entry| !T::FIELDS.contains(&&*entry.key)) {
        reading.unknown_key(entry, T::FIELDS);
    }
    T::read(&mut Fields { reading, node, entries })
}

/// The fields of an object being read.
#[derive(Debug)]
pub(super) struct Fields<'f, 's> {
    reading: &'f mut Reading<'s>,
    node: &'f Node<'f>,
    entries: &'f [KeyValue<'f>],
}

impl Fields<'_, '_> {
    pub(super) fn required<T: FieldValue>(&mut self, name: &str) -> Option<T> {
        if self.entries.iter().any(|entry| entry.key == name) {
            return self.optional(name);
        }
        self.reading.problem(self.node, format!("`{name}` is missing"))
    }

    pub(super) fn optional<T: FieldValue>(&mut self, name: &str) -> Option<T> {
        let entry = self.entries.iter().find(|entry| entry.key == name)?;
        self.reading.within(name, |reading| T::read(&entry.value, reading))
    }

    pub(super) fn declared_at(&self) -> DeclaredAt {
        self.reading.declared_at(self.node)
    }
}
