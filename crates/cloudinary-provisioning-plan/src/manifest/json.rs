//! Manifests in JSON.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::fmt;
use std::ops::Range;

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use serde::ser::{Serialize, Serializer};
use serde_json::value::RawValue;

use super::columns::Column;
use super::field::ID;
use super::model::Manifest;
use super::problem::{ManifestError, Problem};
use super::reader;
use super::tree::{KeyValue, MAX_DEPTH, Node, NodeValue, Source};
use super::values::ObjectKind;

impl Manifest {
    /// Reads a manifest from JSON, which has the same shape as TOML.
    ///
    /// A list instead of an object is a list of users, whose keys are the columns of [`from_csv`](Self::from_csv). Null
    /// in it leaves a field alone.
    ///
    /// ```
    /// use cloudinary_provisioning_plan::Manifest;
    /// use cloudinary_provisioning_plan::manifest::{EnvironmentAccess, EnvironmentRef};
    ///
    /// let manifest = Manifest::from_json(r#"{"users": [{"email": "ada@example.com"}]}"#)?;
    /// assert_eq!(manifest.users[0].email.as_str(), "ada@example.com");
    ///
    /// let exported = r#"[{"email": "ada@example.com", "name": null, "sub_account_ids": ["s1"], "pending": false}]"#;
    /// let shop = EnvironmentAccess::Only([EnvironmentRef::id("s1")].into());
    /// assert_eq!(Manifest::from_json(exported)?.users[0].environments, Some(shop));
    /// # Ok::<(), cloudinary_provisioning_plan::manifest::ManifestError>(())
    /// ```
    pub fn from_json(text: &str) -> Result<Self, ManifestError> {
        let source = Source::new(text.strip_prefix('\u{feff}').unwrap_or(text));
        let root = serde_json::from_str::<&RawValue>(source.text())
            .map_err(|error| syntax(&source, 0, &error))
            .and_then(|root| Reader { source: &source }.node(root, 0))?;
        let root = match root {
            Node { value: NodeValue::List(users), span } => Node { span, value: exported(users).value },
            root => root,
        };
        reader::read(&root, Some(&source), Vec::new())
    }

    /// Writes the manifest as JSON: kinds in a fixed order, objects by identity. Reading it again gives the same manifest.
    ///
    /// Null among the attributes of a product environment is left out.
    ///
    /// ```
    /// use cloudinary_provisioning_plan::Manifest;
    ///
    /// assert_eq!(Manifest::new().to_json(), "{\n  \"version\": 1\n}\n");
    /// ```
    #[expect(
        clippy::expect_used,
        clippy::missing_panics_doc,
        reason = "the keys of a tree are texts, and a string does not fail to be written to"
    )]
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(&reader::to_tree(&self.sorted())).expect("texts, numbers, lists and tables") + "\n"
    }
}

impl Serialize for Manifest {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        reader::to_tree(&self.sorted()).serialize(serializer)
    }
}

/// A list of users with the columns of a table of them, as a manifest.
fn exported<'n>(users: Vec<Node<'n>>) -> Node<'n> {
    let entry = |entry: KeyValue<'n>| match (Column::find(&entry.key, None), entry.value) {
        (_, Node { value: NodeValue::Null, .. }) | (Some(Column::Information), _) => None,
        (Some(Column::SubAccountIds), ids) => Some(KeyValue { key: "environments".into(), value: by_id(ids), ..entry }),
        (_, value) => Some(KeyValue { value, ..entry }),
    };
    let user = |user: Node<'n>| match user.value {
        NodeValue::Table(entries) => {
            Node { value: NodeValue::Table(entries.into_iter().filter_map(entry).collect()), ..user }
        }
        _ => user,
    };
    Node::table([(ObjectKind::Users.as_str(), Node::list(users.into_iter().map(user)))])
}

/// Ids of product environments, as a manifest names them. `"all"` and `"none"` stay.
fn by_id<'n>(node: Node<'n>) -> Node<'n> {
    let id = |node: Node<'n>| match node.value {
        NodeValue::Text(id) => Node { value: NodeValue::Text(format!("{ID}{id}").into()), ..node },
        _ => node,
    };
    match node.value {
        NodeValue::List(ids) => Node { value: NodeValue::List(ids.into_iter().map(id).collect()), ..node },
        _ => node,
    }
}

/// Takes values apart level by level, each of which is a piece of the source and so has a place in it.
struct Reader<'s> {
    source: &'s Source<'s>,
}

impl<'s> Reader<'s> {
    fn node(&self, raw: &'s RawValue, depth: usize) -> Result<Node<'s>, ManifestError> {
        let text = raw.get();
        let span = self.span(text);
        let failed = |error: serde_json::Error| syntax(self.source, span.start, &error);
        let refused = |message| ManifestError::from(Problem::new(Some(self.source.position(span.start)), "", message));
        let value = match text.bytes().next() {
            Some(b'{' | b'[') if depth >= MAX_DEPTH => return Err(refused("too deep a nesting")),
            Some(b'{') => {
                let pairs: Pairs<'s> = serde_json::from_str(text).map_err(failed)?;
                NodeValue::Table(self.entries(pairs, span.start, depth)?)
            }
            Some(b'[') => {
                let values: Vec<&'s RawValue> = serde_json::from_str(text).map_err(failed)?;
                let nodes = values.into_iter().map(|raw| self.node(raw, depth + 1));
                NodeValue::List(nodes.collect::<Result<_, _>>()?)
            }
            Some(b'"') => NodeValue::Text(serde_json::from_str(text).map_err(failed)?),
            Some(b't' | b'f') => NodeValue::Boolean(serde_json::from_str(text).map_err(failed)?),
            Some(b'n') => NodeValue::Null,
            _ => NodeValue::Number(serde_json::from_str(text).map_err(|_| refused("the number is out of range"))?),
        };
        Ok(Node::from(value).at(span))
    }

    fn entries(&self, pairs: Pairs<'s>, start: usize, depth: usize) -> Result<Vec<KeyValue<'s>>, ManifestError> {
        let mut keys = BTreeSet::new();
        let mut entries = Vec::new();
        let mut end = start;
        for (key, raw) in pairs.0 {
            let value = self.node(raw, depth + 1)?;
            let span = self.span(raw.get());
            // Between two values stands the key alone.
            let quote = self.source.text().get(end..span.start).and_then(|between| between.find('"'));
            let key_start = end + quote.unwrap_or_default();
            end = span.end;
            if !keys.insert(key.clone()) {
                let message = format!("the key {key:?} stands twice in one table");
                return Err(Problem::new(Some(self.source.position(key_start)), "", message).into());
            }
            entries.push(KeyValue { key, key_span: Some(key_start..span.start), value });
        }
        Ok(entries)
    }

    /// Where a piece of the source stands in it.
    fn span(&self, piece: &str) -> Range<usize> {
        let start = piece.as_ptr().addr().saturating_sub(self.source.text().as_ptr().addr());
        start..start + piece.len()
    }
}

/// The place of an error within a piece of the source that begins at `start`.
fn syntax(source: &Source<'_>, start: usize, error: &serde_json::Error) -> ManifestError {
    let within = Source::new(source.text().get(start..).unwrap_or_default());
    let position = source.position(start + within.offset(error.line(), error.column()));
    let message = error.to_string();
    let message = message.rsplit_once(" at line ").map_or(message.as_str(), |(message, _)| message);
    Problem::new(Some(position), "", message).into()
}

/// The keys and values of an object, also those that stand twice.
struct Pairs<'s>(Vec<(Cow<'s, str>, &'s RawValue)>);

impl<'de> Deserialize<'de> for Pairs<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct PairsVisitor;

        impl<'de> Visitor<'de> for PairsVisitor {
            type Value = Pairs<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = map.next_entry()? {
                    pairs.push(pair);
                }
                Ok(Pairs(pairs))
            }
        }

        deserializer.deserialize_map(PairsVisitor)
    }
}
