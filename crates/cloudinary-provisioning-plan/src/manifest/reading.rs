//! [`Reading`]: where in a manifest its reading is, and what was found wrong so far.

use std::fmt::Write as _;

use super::position::{DeclaredAt, Position};
use super::problem::Problem;
use super::tree::{KeyValue, Node, NodeValue, Source};

/// The key that renames.
const WAS: &str = "was";

/// A manifest being read: where in it, and what is wrong so far.
#[derive(Debug)]
pub(super) struct Reading<'s> {
    source: Option<&'s Source<'s>>,
    path: String,
    problems: Vec<Problem>,
}

impl<'s> Reading<'s> {
    pub(super) fn new(source: Option<&'s Source<'s>>) -> Self {
        Self { source, path: String::new(), problems: Vec::new() }
    }

    pub(super) fn declared_at(&self, node: &Node<'_>) -> DeclaredAt {
        self.position(node).map_or_else(DeclaredAt::default, DeclaredAt::from)
    }

    fn position(&self, node: &Node<'_>) -> Option<Position> {
        Some(self.source?.position(node.span.as_ref()?.start))
    }

    /// Notes a problem with a value, and gives the nothing that the value came to.
    pub(super) fn problem<T>(&mut self, node: &Node<'_>, message: impl Into<String>) -> Option<T> {
        self.push(Problem::new(self.position(node), &self.path, message))
    }

    /// Notes a problem with what stands at this byte of a text.
    pub(super) fn problem_at<T>(
        &mut self,
        node: &Node<'_>,
        text: &str,
        offset: usize,
        message: impl Into<String>,
    ) -> Option<T> {
        let position = self.source.zip(node.span.as_ref()).map(|(source, span)| source.locate(span, text, offset));
        self.push(Problem::new(position, &self.path, message))
    }

    /// Notes that a text is none of those that are allowed.
    pub(super) fn not_allowed<'a, T>(
        &mut self,
        node: &Node<'_>,
        found: &str,
        what: &str,
        allowed: impl IntoIterator<Item = &'a str>,
    ) -> Option<T> {
        let problem = Problem::new(self.position(node), &self.path, format!("{found:?} is not {what}"));
        self.push(problem.expected(allowed, found))
    }

    /// Notes that a value is of another type.
    pub(super) fn wrong_type<T>(&mut self, node: &Node<'_>, expected: &str) -> Option<T> {
        let hint = if matches!(node.value, NodeValue::Null) { "; leave the key out to leave it alone" } else { "" };
        self.problem(node, format!("expected {expected}, found {}{hint}", node.description()))
    }

    fn push<T>(&mut self, problem: Problem) -> Option<T> {
        self.problems.push(problem);
        None
    }

    /// Notes a key that nothing is known by.
    pub(super) fn unknown_key(&mut self, entry: &KeyValue<'_>, allowed: &[&str]) {
        self.within(&shown(&entry.key), |reading| {
            let position =
                reading.source.zip(entry.key_span.as_ref()).map(|(source, span)| source.position(span.start));
            reading.problems.push(if entry.key == WAS {
                Problem::new(position, &reading.path, "an object of this kind cannot be renamed")
            } else {
                Problem::new(position, &reading.path, "unknown key").expected(allowed.iter().copied(), &entry.key)
            });
        });
    }

    /// Reads what stands below this key.
    pub(super) fn within<T>(&mut self, key: &str, read: impl FnOnce(&mut Self) -> T) -> T {
        let length = self.path.len();
        if length > 0 {
            self.path.push('.');
        }
        self.path.push_str(key);
        let result = read(self);
        self.path.truncate(length);
        result
    }

    /// Reads each entry of a list.
    pub(super) fn each<'n>(&mut self, nodes: &'n [Node<'n>], mut read: impl FnMut(&mut Self, &'n Node<'n>)) {
        let length = self.path.len();
        for (number, node) in nodes.iter().enumerate() {
            _ = write!(self.path, "[{number}]");
            read(self, node);
            self.path.truncate(length);
        }
    }

    pub(super) fn into_problems(self) -> Vec<Problem> {
        self.problems
    }
}

/// A key as it is shown in a path: quoted where it is not a word.
pub(super) fn shown(key: &str) -> String {
    let is_word = !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || "_-".contains(c));
    if is_word { key.to_owned() } else { format!("{key:?}") }
}
