//! A [`Manifest`] from a tree and as a tree, whatever the format.

use std::collections::BTreeSet;

use super::check::check;
use super::checked::CheckedManifest;
use super::declaration::{Declaration, read_all};
use super::field::FieldValue;
use super::model::{Ignore, Manifest};
use super::problem::{ManifestError, Problem};
use super::reading::Reading;
use super::text::Pattern;
use super::tree::{Node, NodeValue, Source};
use super::values::ObjectKind;

const VERSION: &str = "version";
const PRUNE: &str = "prune";
const IGNORE: &str = "ignore";

/// The version of the format.
const CURRENT: u64 = 1;

impl Manifest {
    /// Checks what reading a file checks: names, references, contradictions.
    ///
    /// It is for a manifest that a program made; the problems have no position.
    ///
    /// ```
    /// use cloudinary_provisioning_plan::Manifest;
    /// use cloudinary_provisioning_plan::manifest::Group;
    ///
    /// let mut manifest = Manifest::new();
    /// manifest.groups.extend([Group::new("Editors"), Group::new("Editors")]);
    /// let error = manifest.check().unwrap_err();
    /// assert_eq!(error.to_string(), "groups.Editors: is declared twice");
    /// ```
    pub fn check(&self) -> Result<CheckedManifest<'_>, ManifestError> {
        read(&to_tree(self), None, Vec::new()).map(|_| CheckedManifest::new(self))
    }
}

/// Reads a manifest, or returns everything that is wrong with it, what was found before included.
pub(super) fn read(
    root: &Node<'_>,
    source: Option<&Source<'_>>,
    found: Vec<Problem>,
) -> Result<Manifest, ManifestError> {
    let mut reading = Reading::new(source);
    let mut manifest = root_table(root, &mut reading);
    let problems = found.into_iter().chain(reading.into_problems()).chain(check(&manifest)).collect();
    manifest.sort();
    ManifestError::of(problems).map_or(Ok(manifest), Err)
}

/// A manifest as it is written: kinds in a fixed order.
pub(super) fn to_tree(manifest: &Manifest) -> Node<'_> {
    let Manifest { prune, ignore, environments, keys, groups, users, roles, policies, assignments } = manifest;
    let patterns = |kind: &ObjectKind| {
        let patterns = Node::list(ignore.patterns(*kind).map(FieldValue::write));
        (kind.as_str(), patterns)
    };
    let ignored = ObjectKind::ALL.iter().filter(|kind| ignore.patterns(**kind).next().is_some());
    let head = [
        Some((VERSION, NodeValue::Number(CURRENT.into()).into())),
        (!prune.is_empty()).then(|| (PRUNE, prune.write())),
        (!ignore.is_empty()).then(|| (IGNORE, Node::table(ignored.map(patterns)))),
    ];
    let tables = [
        written(environments),
        written(keys),
        written(groups),
        written(users),
        written(roles),
        written(policies),
        written(assignments),
    ];
    Node::table(head.into_iter().chain(tables).flatten())
}

fn written<T: Declaration>(objects: &[T]) -> Option<(&'static str, Node<'_>)> {
    let nodes = objects.iter().map(|object| Node::table(object.write()));
    (!objects.is_empty()).then(|| (T::KIND.as_str(), Node::list(nodes)))
}

fn root_table(root: &Node<'_>, reading: &mut Reading<'_>) -> Manifest {
    let mut manifest = Manifest::new();
    let NodeValue::Table(entries) = &root.value else {
        reading.wrong_type::<()>(root, "a table");
        return manifest;
    };
    for entry in entries {
        let node = &entry.value;
        reading.within(&entry.key, |reading| match &*entry.key {
            VERSION => version(node, reading),
            PRUNE => manifest.prune = FieldValue::read(node, reading).unwrap_or_default(),
            IGNORE => manifest.ignore = ignore(node, reading),
            "environments" => manifest.environments = read_all(node, reading),
            "keys" => manifest.keys = read_all(node, reading),
            "groups" => manifest.groups = read_all(node, reading),
            "users" => manifest.users = read_all(node, reading),
            "roles" => manifest.roles = read_all(node, reading),
            "policies" => manifest.policies = read_all(node, reading),
            "assignments" => manifest.assignments = read_all(node, reading),
            _ => {}
        });
        let kinds = ObjectKind::ALL.iter().map(|kind| kind.as_str());
        let known: Vec<_> = [VERSION, PRUNE, IGNORE].into_iter().chain(kinds).collect();
        if !known.contains(&&*entry.key) {
            reading.unknown_key(entry, &known);
        }
    }
    manifest
}

fn version(node: &Node<'_>, reading: &mut Reading<'_>) {
    let _: Option<()> = match &node.value {
        NodeValue::Number(number) if number.as_u64() == Some(CURRENT) => None,
        NodeValue::Number(_) => reading.problem(node, format!("is not a known version; expected {CURRENT}")),
        _ => reading.wrong_type(node, "a number"),
    };
}

fn ignore(node: &Node<'_>, reading: &mut Reading<'_>) -> Ignore {
    let mut ignore = Ignore::new();
    let NodeValue::Table(entries) = &node.value else {
        reading.wrong_type::<()>(node, "a table");
        return ignore;
    };
    let kinds: Vec<_> = ObjectKind::ALL.iter().filter(|kind| kind.can_be_ignored()).collect();
    let names: Vec<_> = kinds.iter().map(|kind| kind.as_str()).collect();
    for entry in entries {
        let Some(kind) = kinds.iter().find(|kind| kind.as_str() == entry.key) else {
            reading.unknown_key(entry, &names);
            continue;
        };
        let patterns = reading.within(&entry.key, |reading| FieldValue::read(&entry.value, reading));
        let patterns: BTreeSet<Pattern> = patterns.unwrap_or_default();
        ignore = patterns.into_iter().fold(ignore, |ignore, pattern| ignore.pattern(**kind, pattern));
    }
    ignore
}
