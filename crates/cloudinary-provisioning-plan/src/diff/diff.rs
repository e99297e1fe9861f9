//! [`Diff`]: two manifests, compared by name.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use cloudinary_provisioning::Value;
use cloudinary_provisioning::custom_policies::same_statement;
use serde::ser::{Serialize, SerializeStruct, Serializer};

use crate::manifest::{Assignment, Manifest, Object, ObjectKind, Principal};
use crate::plan::Change;
use crate::shown::Shown;
use crate::snapshot::fold;

/// The version of the JSON that a comparison is serialized to.
const VERSION: u32 = 1;

/// What a manifest B says and a manifest A does not, by name: staging and production, say, or last month and today.
///
/// Emails are compared by the case of ASCII letters alone, statements by what they mean, and the order of nothing matters.
/// `was`, `prune` and `ignore` say how to get somewhere, and are not compared.
///
/// ```
/// use cloudinary_provisioning_plan::manifest::Group;
/// use cloudinary_provisioning_plan::{Diff, Manifest};
///
/// let (mut a, mut b) = (Manifest::new(), Manifest::new());
/// a.groups.extend([Group::new("Editors").members(["ada@example.com"]), Group::new("Interns")]);
/// b.groups.extend([Group::new("Editors").members(["bob@example.com"]), Group::new("Viewers")]);
///
/// let diff = Diff::new(&a, &b);
/// assert_eq!(
///     diff.to_string(),
///     "\
/// ~ group Editors  members: [\"ada@example.com\"] → [\"bob@example.com\"]
/// - group Interns
/// + group Viewers
/// 3 differences.
/// ",
/// );
/// // What A has to be told, to have what B has:
/// let names: Vec<_> = diff.closing(&b).groups.iter().map(|group| group.name.to_string()).collect();
/// assert_eq!(names, ["Editors", "Viewers"]);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Diff(Vec<Difference>);

/// Where something is.
///
/// ```
/// use cloudinary_provisioning_plan::diff::Presence;
///
/// assert_eq!(serde_json::to_string(&Presence::OnlyB)?, r#""only_b""#);
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Presence {
    /// A has it, and B does not.
    OnlyA,
    /// B has it, and A does not.
    OnlyB,
    /// Both have it, and say different things about it.
    Both,
}

/// Something about which two manifests say different things.
///
/// ```
/// use cloudinary_provisioning_plan::diff::{Difference, Presence};
///
/// fn is_new(difference: &Difference) -> bool {
///     difference.presence == Presence::OnlyB
/// }
/// ```
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
#[non_exhaustive]
pub struct Difference {
    /// The kind of object.
    pub kind: ObjectKind,
    /// Its name, as a manifest knows it; each principal of an assignment has a difference of its own.
    pub name: String,
    /// Where it is.
    pub presence: Presence,
    /// What A says of it, and B. Null is what a manifest leaves open.
    pub changes: Vec<Change>,
}

impl Diff {
    /// Compares two manifests.
    pub fn new(a: &Manifest, b: &Manifest) -> Self {
        let (in_a, in_b) = (entries(a), entries(b));
        let names: BTreeSet<_> = in_a.keys().chain(in_b.keys()).collect();
        let difference = |key: &Key| {
            let nothing = BTreeMap::new();
            let (presence, name, old, new) = match (in_a.get(key), in_b.get(key)) {
                (Some(a), None) => (Presence::OnlyA, &a.name, &nothing, &nothing),
                (None, Some(b)) => (Presence::OnlyB, &b.name, &nothing, &nothing),
                (Some(a), Some(b)) => (Presence::Both, &b.name, &a.fields, &b.fields),
                (None, None) => return None,
            };
            let changes = changes(old, new);
            let is_same = presence == Presence::Both && changes.is_empty();
            (!is_same).then(|| Difference { kind: key.0, name: name.clone(), presence, changes })
        };
        Self(names.into_iter().filter_map(difference).collect())
    }

    /// Returns the differences, by kind and name.
    pub fn differences(&self) -> &[Difference] {
        &self.0
    }

    /// Whether both say the same.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the manifest that, applied to what A describes, brings what B has: what B alone has, and what both have as B
    /// has it. It takes away nothing that A alone has, but what a list of B leaves out.
    pub fn closing(&self, b: &Manifest) -> Manifest {
        let wanted: BTreeSet<Key> = self
            .0
            .iter()
            .filter(|difference| difference.presence != Presence::OnlyA)
            .map(|difference| key(difference.kind, &difference.name))
            .collect();
        let is_wanted = |object: Object<'_>| wanted.contains(&key(object.kind(), &object.name()));
        let mut closing = b.clone();
        let nothing = Manifest::new();
        (closing.prune, closing.ignore) = (nothing.prune, nothing.ignore);
        closing.environments.retain(|it| is_wanted(Object::Environment(it)));
        closing.keys.retain(|it| is_wanted(Object::Key(it)));
        closing.groups.retain(|it| is_wanted(Object::Group(it)));
        closing.users.retain(|it| is_wanted(Object::User(it)));
        closing.roles.retain(|it| is_wanted(Object::Role(it)));
        closing.policies.retain(|it| is_wanted(Object::Policy(it)));
        closing.assignments.retain_mut(|it| {
            let assignment = it.clone();
            it.to.retain(|principal| wanted.contains(&key(ObjectKind::Assignments, &assigned(&assignment, principal))));
            !it.to.is_empty()
        });
        closing
    }
}

impl fmt::Display for Diff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|difference| writeln!(f, "{difference}"))?;
        match self.0.len() {
            0 => writeln!(f, "No differences."),
            1 => writeln!(f, "1 difference."),
            count => writeln!(f, "{count} differences."),
        }
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mark = match self.presence {
            Presence::OnlyA => '-',
            Presence::OnlyB => '+',
            Presence::Both => '~',
        };
        write!(f, "{mark} {} {}", self.kind.singular(), Shown(&self.name))?;
        for (at, Change { field, old, new }) in self.changes.iter().enumerate() {
            let gap = if at == 0 { "  " } else { ", " };
            write!(f, "{gap}{field}: {} → {}", shown(old), shown(new))?;
        }
        Ok(())
    }
}

impl Serialize for Diff {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut diff = serializer.serialize_struct("Diff", 2)?;
        diff.serialize_field("version", &VERSION)?;
        diff.serialize_field("differences", &self.0)?;
        diff.end()
    }
}

/// An object as it is compared.
struct Entry {
    name: String,
    fields: BTreeMap<&'static str, Value>,
}

/// The kind and the name of an object, an email in lower case.
type Key = (ObjectKind, String);

fn key(kind: ObjectKind, name: &str) -> Key {
    (kind, if kind == ObjectKind::Users { fold(name) } else { name.to_owned() })
}

fn entries(manifest: &Manifest) -> BTreeMap<Key, Entry> {
    let mut entries = BTreeMap::new();
    for object in manifest.objects() {
        let mut fields = object.fields();
        fields.remove("was");
        let mut insert = |name: String, fields| entries.insert(key(object.kind(), &name), Entry { name, fields });
        match object {
            Object::Assignment(assignment) => {
                fields.retain(|field, _| *field == "state");
                for principal in &assignment.to {
                    insert(assigned(assignment, principal), fields.clone());
                }
            }
            object => _ = insert(object.name(), fields),
        }
    }
    entries
}

/// The name of a principal's assignment.
fn assigned(assignment: &Assignment, principal: &Principal) -> String {
    let of = Object::Assignment(assignment).name();
    let content: Vec<_> = assignment.content.iter().flatten().map(|(name, value)| format!(" {name}={value}")).collect();
    let principal = match principal {
        Principal::User(email) => format!("user:{}", fold(email)),
        other => other.to_string(),
    };
    format!("{of}{} to {principal}", content.concat())
}

fn changes(a: &BTreeMap<&'static str, Value>, b: &BTreeMap<&'static str, Value>) -> Vec<Change> {
    let fields: BTreeSet<_> = a.keys().chain(b.keys()).copied().collect();
    let value = |of: &BTreeMap<&'static str, Value>, field| of.get(field).cloned().unwrap_or_default();
    let change = |field| (field, value(a, field), value(b, field));
    let changes = fields.into_iter().map(change).filter(|(field, old, new)| !is_same(field, old, new));
    changes.map(|(field, old, new)| Change::new(field, old, new)).collect()
}

fn is_same(field: &str, a: &Value, b: &Value) -> bool {
    match (field, a, b) {
        ("statement", Value::String(a), Value::String(b)) => same_statement(a, b),
        ("email", Value::String(a), Value::String(b)) => a.eq_ignore_ascii_case(b),
        ("members", Value::Array(a), Value::Array(b)) => emails(a) == emails(b),
        _ => a == b,
    }
}

fn emails(values: &[Value]) -> BTreeSet<String> {
    values.iter().filter_map(Value::as_str).map(fold).collect()
}

fn shown(value: &Value) -> String {
    match value {
        Value::Null => "not said".to_owned(),
        Value::String(text) => Shown(text).to_string(),
        value => Shown(&value.to_string()).to_string(),
    }
}
