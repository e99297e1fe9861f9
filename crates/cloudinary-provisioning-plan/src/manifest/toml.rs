//! Manifests in TOML.

use std::ops::Range;

use serde_json::Number;
use toml::Spanned;
use toml::de::{DeFloat, DeInteger, DeTable, DeValue};

use super::model::Manifest;
use super::problem::{ManifestError, Problem};
use super::reader;
use super::tree::{KeyValue, MAX_DEPTH, Node, NodeValue, Source};

impl Manifest {
    /// Reads a manifest from TOML.
    ///
    /// The error has every problem of the file, each with its line and column.
    ///
    /// ```
    /// use cloudinary_provisioning_plan::Manifest;
    ///
    /// let manifest = Manifest::from_toml(
    ///     r#"
    ///     [[groups]]
    ///     name = "Editors"
    ///     members = ["ada@example.com"]
    ///     "#,
    /// )?;
    /// assert_eq!(manifest.groups[0].members.as_ref().map(|members| members.len()), Some(1));
    /// # Ok::<(), cloudinary_provisioning_plan::manifest::ManifestError>(())
    /// ```
    pub fn from_toml(text: &str) -> Result<Self, ManifestError> {
        let source = Source::new(text.strip_prefix('\u{feff}').unwrap_or(text));
        let (root, errors) = DeTable::parse_recoverable(source.text());
        let problems = errors.iter().map(|error| {
            let position = error.span().map(|span| source.position(span.start));
            Problem::new(position, "", error.message())
        });
        match ManifestError::of(problems.collect()) {
            Some(error) => Err(error),
            None => reader::read(&table(root.get_ref(), 0).at(root.span()), Some(&source), Vec::new()),
        }
    }

    /// Writes the manifest as TOML: kinds in a fixed order, objects by identity. Reading it again gives the same manifest.
    ///
    /// Null among the attributes of a product environment is left out.
    ///
    /// ```
    /// use cloudinary_provisioning_plan::Manifest;
    /// use cloudinary_provisioning_plan::manifest::Group;
    ///
    /// let mut manifest = Manifest::new();
    /// manifest.groups.push(Group::new("Editors"));
    /// assert_eq!(manifest.to_toml(), "version = 1\n\n[[groups]]\nname = \"Editors\"\n");
    /// ```
    #[expect(clippy::expect_used, clippy::missing_panics_doc, reason = "a tree has none of what TOML cannot hold")]
    pub fn to_toml(&self) -> String {
        toml::to_string_pretty(&reader::to_tree(&self.sorted())).expect("texts, numbers, lists and tables")
    }
}

fn node<'n>(value: &'n Spanned<DeValue<'_>>, depth: usize) -> Node<'n> {
    let value_of = |value: &'n DeValue<'_>| match value {
        DeValue::String(text) => NodeValue::Text(text.as_ref().into()),
        DeValue::Boolean(boolean) => NodeValue::Boolean(*boolean),
        DeValue::Integer(integer) => {
            whole(integer).map_or(NodeValue::Other("a number out of range"), NodeValue::Number)
        }
        DeValue::Float(float) => real(float).map_or(NodeValue::Other("a number that is not finite"), NodeValue::Number),
        DeValue::Datetime(_) => NodeValue::Other("a date or time"),
        DeValue::Array(_) | DeValue::Table(_) if depth >= MAX_DEPTH => NodeValue::Other("too deep a nesting"),
        DeValue::Array(values) => NodeValue::List(values.iter().map(|value| node(value, depth + 1)).collect()),
        DeValue::Table(entries) => table(entries, depth + 1).value,
    };
    Node::from(value_of(value.get_ref())).at(value.span())
}

/// The entries in the order of the file.
fn table<'n>(entries: &'n DeTable<'_>, depth: usize) -> Node<'n> {
    let start = |span: &Option<Range<usize>>| span.as_ref().map(|span| span.start);
    let mut entries: Vec<_> = entries
        .iter()
        .map(|(key, value)| KeyValue {
            key: key.get_ref().as_ref().into(),
            key_span: Some(key.span()),
            value: node(value, depth),
        })
        .collect();
    entries.sort_by_key(|entry| start(&entry.key_span));
    NodeValue::Table(entries).into()
}

fn whole(integer: &DeInteger<'_>) -> Option<Number> {
    i64::from_str_radix(integer.as_str(), integer.radix()).ok().map(Number::from)
}

fn real(float: &DeFloat<'_>) -> Option<Number> {
    float.as_str().parse().ok().and_then(Number::from_f64)
}
