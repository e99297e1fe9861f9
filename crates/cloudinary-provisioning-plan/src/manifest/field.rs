//! [`FieldValue`]: how the values of fields are read and written.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Display;

use cloudinary_provisioning::users::Role as UserRole;
use cloudinary_provisioning::{JsonObject, PermissionType, ScopeType, Value};

use super::invisible::{complaint, first_invisible};
use super::reading::Reading;
use super::statement::Statement;
use super::text::{Email, Name, Pattern};
use super::tree::{KeyValue, Node, NodeValue, is_too_large};
use super::values::{EnvironmentAccess, EnvironmentRef, KeyRef, ObjectKind, Principal, Scope, State};

/// What a field can hold.
pub(super) trait FieldValue: Sized {
    /// Reads the value, or notes what is wrong with it.
    fn read(node: &Node<'_>, reading: &mut Reading<'_>) -> Option<Self>;

    fn write(&self) -> Node<'_>;
}

impl FieldValue for bool {
    fn read(node: &Node<'_>, reading: &mut Reading<'_>) -> Option<Self> {
        match &node.value {
            NodeValue::Boolean(value) => Some(*value),
            _ => reading.wrong_type(node, "true or false"),
        }
    }

    fn write(&self) -> Node<'_> {
        NodeValue::Boolean(*self).into()
    }
}

/// Prose, which may hold anything.
impl FieldValue for String {
    fn read(node: &Node<'_>, reading: &mut Reading<'_>) -> Option<Self> {
        text(node, reading).map(str::to_owned)
    }

    fn write(&self) -> Node<'_> {
        Node::text(self.as_str())
    }
}

impl FieldValue for Name {
    fn read(node: &Node<'_>, reading: &mut Reading<'_>) -> Option<Self> {
        let text = visible(node, reading)?;
        Some(name(text, node, reading))
    }

    fn write(&self) -> Node<'_> {
        Node::text(self.as_str())
    }
}

impl FieldValue for Pattern {
    fn read(node: &Node<'_>, reading: &mut Reading<'_>) -> Option<Self> {
        let mut pattern = Self::new(visible(node, reading)?);
        pattern.declared_at = reading.declared_at(node);
        Some(pattern)
    }

    fn write(&self) -> Node<'_> {
        Node::text(self.as_str())
    }
}

impl FieldValue for Email {
    fn read(node: &Node<'_>, reading: &mut Reading<'_>) -> Option<Self> {
        let text = visible(node, reading)?;
        email(text, node, reading)
    }

    fn write(&self) -> Node<'_> {
        Node::text(self.as_str())
    }
}

impl FieldValue for Statement {
    fn read(node: &Node<'_>, reading: &mut Reading<'_>) -> Option<Self> {
        let text = text(node, reading)?;
        if text.trim().is_empty() {
            return reading.problem(node, "is empty");
        }
        let statement = match Self::new(text) {
            Ok(statement) => statement,
            Err(error) => return reading.problem_at(node, text, error.offset(), error.to_string()),
        };
        let hidden = statement
            .references()
            .flat_map(|key| [key.environment, key.name])
            .find_map(|name| Some((first_invisible(&name)?, name)));
        match hidden {
            Some((hidden, name)) => hidden_character(hidden, &name, node, reading),
            None => Some(statement),
        }
    }

    fn write(&self) -> Node<'_> {
        Node::text(self.as_str())
    }
}

/// The values of core's open enums that this version knows: another one is more likely a mistake than a novelty.
macro_rules! known_values {
    ($($type:ty: $what:literal,)+) => {$(
        impl FieldValue for $type {
            fn read(node: &Node<'_>, reading: &mut Reading<'_>) -> Option<Self> {
                let text = text(node, reading)?;
                let value = Self::from(text);
                if value.is_unknown() {
                    return reading.not_allowed(node, text, $what, Self::ALL.iter().map(Self::as_str));
                }
                Some(value)
            }

            fn write(&self) -> Node<'_> {
                Node::text(self.as_str())
            }
        }
    )+};
}

known_values! {
    UserRole: "a role of a user",
    PermissionType: "a type of permission",
    ScopeType: "a type of scope",
}

impl FieldValue for State {
    fn read(node: &Node<'_>, reading: &mut Reading<'_>) -> Option<Self> {
        match text(node, reading)? {
            "present" => Some(Self::Present),
            "absent" => Some(Self::Absent),
            other => reading.not_allowed(node, other, "a state", ["present", "absent"]),
        }
    }

    fn write(&self) -> Node<'_> {
        Node::text(match self {
            Self::Present => "present",
            Self::Absent => "absent",
        })
    }
}

impl FieldValue for ObjectKind {
    fn read(node: &Node<'_>, reading: &mut Reading<'_>) -> Option<Self> {
        let text = text(node, reading)?;
        let Some(kind) = Self::ALL.iter().find(|kind| kind.as_str() == text) else {
            let allowed = Self::ALL.iter().filter(|kind| kind.can_be_pruned()).map(|kind| kind.as_str());
            return reading.not_allowed(node, text, "a kind of object", allowed);
        };
        if !kind.can_be_pruned() {
            let message = format!("{kind} cannot be pruned: declare each with `state = \"absent\"`");
            return reading.problem(node, message);
        }
        Some(*kind)
    }

    fn write(&self) -> Node<'_> {
        Node::text(self.as_str())
    }
}

impl FieldValue for Scope {
    fn read(node: &Node<'_>, reading: &mut Reading<'_>) -> Option<Self> {
        let text = visible(node, reading)?;
        match text.split_once(':') {
            None if text == "account" => Some(Self::Account),
            None if text == "prodenv" => Some(Self::AllEnvironments),
            Some(("prodenv", cloud_name)) if !cloud_name.is_empty() => {
                Some(Self::Environment(name(cloud_name, node, reading)))
            }
            _ => reading.not_allowed(node, text, "a scope", ["account", "prodenv", "prodenv:CLOUD_NAME"]),
        }
    }

    fn write(&self) -> Node<'_> {
        displayed(self)
    }
}

impl FieldValue for Principal {
    fn read(node: &Node<'_>, reading: &mut Reading<'_>) -> Option<Self> {
        let text = visible(node, reading)?;
        let parts = text.split_once(':').filter(|(_, id)| !id.is_empty());
        match parts {
            Some(("user", id)) => Some(Self::User(email(id, node, reading)?)),
            Some(("group", id)) => Some(Self::Group(name(id, node, reading))),
            Some(("provisioning_key", id)) => Some(Self::ProvisioningKey(name(id, node, reading))),
            Some(("key", id)) => match id.split_once('/') {
                Some((environment, key)) if !environment.is_empty() && !key.is_empty() => {
                    Some(Self::Key(KeyRef::new(name(environment, node, reading), name(key, node, reading))))
                }
                _ => reading.problem(node, format!("{text:?} is not a key: write `key:CLOUD_NAME/NAME`")),
            },
            _ => {
                let allowed = ["user:EMAIL", "group:NAME", "key:CLOUD_NAME/NAME", "provisioning_key:KEY"];
                reading.not_allowed(node, text, "a principal", allowed)
            }
        }
    }

    fn write(&self) -> Node<'_> {
        displayed(self)
    }
}

impl FieldValue for EnvironmentAccess {
    fn read(node: &Node<'_>, reading: &mut Reading<'_>) -> Option<Self> {
        match &node.value {
            NodeValue::Text(text) if text == ALL => Some(Self::All),
            NodeValue::Text(text) if text == NONE => Some(Self::None),
            NodeValue::Text(text) => {
                reading.not_allowed(node, text, "a list of product environments", [ALL, NONE, "[CLOUD_NAME, …]"])
            }
            NodeValue::List(nodes) if nodes.is_empty() => reading.problem(
                node,
                "an empty list would give access to all product environments; write \"all\" to mean that, or leave the \
                 key out",
            ),
            NodeValue::List(_) => BTreeSet::read(node, reading).map(Self::Only),
            _ => reading.wrong_type(node, "a list of cloud names, or \"all\""),
        }
    }

    fn write(&self) -> Node<'_> {
        match self {
            Self::All => Node::text(ALL),
            Self::None => Node::text(NONE),
            Self::Only(environments) => environments.write(),
        }
    }
}

/// Access to every product environment.
pub(super) const ALL: &str = "all";

/// Access to no product environment.
pub(super) const NONE: &str = "none";

/// In front of the id of a product environment.
pub(super) const ID: &str = "id:";

impl FieldValue for EnvironmentRef {
    fn read(node: &Node<'_>, reading: &mut Reading<'_>) -> Option<Self> {
        let text = visible(node, reading)?;
        match text.strip_prefix(ID) {
            Some("") => reading.problem(node, "the id is empty"),
            Some(id) => Some(Self::Id(name(id, node, reading))),
            None if [ALL, NONE].contains(&text) => {
                reading.problem(node, format!("{text:?} is not a cloud name: write it in place of the list"))
            }
            None => Some(Self::Named(name(text, node, reading))),
        }
    }

    fn write(&self) -> Node<'_> {
        displayed(self)
    }
}

impl<T: FieldValue + Ord> FieldValue for BTreeSet<T> {
    fn read(node: &Node<'_>, reading: &mut Reading<'_>) -> Option<Self> {
        let NodeValue::List(nodes) = &node.value else {
            return reading.wrong_type(node, "a list");
        };
        let mut set = Self::new();
        let mut complete = true;
        reading.each(nodes, |reading, node| {
            let value = T::read(node, reading);
            complete &= value.is_some();
            if value.is_some_and(|value| !set.insert(value)) {
                reading.problem::<()>(node, "is listed twice");
            }
        });
        complete.then_some(set)
    }

    fn write(&self) -> Node<'_> {
        Node::list(self.iter().map(FieldValue::write))
    }
}

/// What a content role is about.
impl FieldValue for BTreeMap<String, String> {
    fn read(node: &Node<'_>, reading: &mut Reading<'_>) -> Option<Self> {
        let NodeValue::Table(entries) = &node.value else {
            return reading.wrong_type(node, "a table");
        };
        if entries.is_empty() {
            return reading.problem(node, "is empty: leave it out");
        }
        let mut read = |entry: &KeyValue<'_>| {
            let value = reading.within(&entry.key, |reading| visible(&entry.value, reading).map(str::to_owned));
            if let Some(hidden) = first_invisible(&entry.key) {
                return hidden_character(hidden, &entry.key, &entry.value, reading);
            }
            Some((entry.key.clone().into_owned(), value?))
        };
        entries.iter().map(&mut read).collect::<Vec<_>>().into_iter().collect()
    }

    fn write(&self) -> Node<'_> {
        Node::table(self.iter().map(|(key, value)| (key, value.write())))
    }
}

/// Attributes of a product environment, of any shape.
impl FieldValue for JsonObject {
    fn read(node: &Node<'_>, reading: &mut Reading<'_>) -> Option<Self> {
        match json(node, reading)? {
            Value::Object(object) => Some(object),
            _ => reading.wrong_type(node, "a table"),
        }
    }

    fn write(&self) -> Node<'_> {
        let entries = self.iter().filter(|(_, value)| !value.is_null());
        Node::table(entries.map(|(key, value)| (key, json_node(value))))
    }
}

fn json(node: &Node<'_>, reading: &mut Reading<'_>) -> Option<Value> {
    match &node.value {
        NodeValue::Text(text) => Some(Value::from(&**text)),
        NodeValue::Boolean(boolean) => Some(Value::from(*boolean)),
        NodeValue::Number(number) if is_too_large(number) => {
            reading.problem(node, "the number is larger than TOML can hold")
        }
        NodeValue::Number(number) => Some(Value::Number(number.clone())),
        NodeValue::List(nodes) => {
            let mut values = Vec::new();
            reading.each(nodes, |reading, node| values.push(json(node, reading)));
            values.into_iter().collect::<Option<_>>().map(Value::Array)
        }
        NodeValue::Table(entries) => {
            let mut read = |entry: &KeyValue<'_>| {
                let value = reading.within(&entry.key, |reading| json(&entry.value, reading));
                Some((entry.key.clone().into_owned(), value?))
            };
            let values: Vec<_> = entries.iter().map(&mut read).collect();
            values.into_iter().collect::<Option<_>>().map(Value::Object)
        }
        NodeValue::Null | NodeValue::Other(_) => {
            reading.wrong_type(node, "a text, a number, true or false, a list or a table")
        }
    }
}

/// Null means the same as no value, and TOML has none.
fn json_node(value: &Value) -> Node<'_> {
    match value {
        Value::Null => NodeValue::Null.into(),
        Value::Bool(boolean) => boolean.write(),
        Value::Number(number) => NodeValue::Number(number.clone()).into(),
        Value::String(text) => text.write(),
        Value::Array(values) => Node::list(values.iter().filter(|value| !value.is_null()).map(json_node)),
        Value::Object(object) => object.write(),
    }
}

fn displayed(value: &impl Display) -> Node<'static> {
    Node::text(value.to_string())
}

fn text<'n>(node: &'n Node<'_>, reading: &mut Reading<'_>) -> Option<&'n str> {
    match &node.value {
        NodeValue::Text(text) => Some(text),
        _ => reading.wrong_type(node, "a text"),
    }
}

/// A text that is not empty and has no invisible characters.
fn visible<'n>(node: &'n Node<'_>, reading: &mut Reading<'_>) -> Option<&'n str> {
    let text = text(node, reading)?;
    if text.is_empty() {
        return reading.problem(node, "is empty");
    }
    match first_invisible(text) {
        Some(hidden) => hidden_character(hidden, text, node, reading),
        None => Some(text),
    }
}

fn hidden_character<T>(
    (offset, character): (usize, char),
    text: &str,
    node: &Node<'_>,
    reading: &mut Reading<'_>,
) -> Option<T> {
    reading.problem_at(node, text, offset, complaint(character))
}

fn name(text: &str, node: &Node<'_>, reading: &Reading<'_>) -> Name {
    let mut name = Name::new(text);
    name.declared_at = reading.declared_at(node);
    name
}

fn email(text: &str, node: &Node<'_>, reading: &mut Reading<'_>) -> Option<Email> {
    let parts = text.rsplit_once('@').filter(|(local, domain)| !local.is_empty() && !domain.is_empty());
    if parts.is_none() || text.contains(char::is_whitespace) {
        return reading.problem(node, format!("{text:?} is not an email address"));
    }
    let mut email = Email::new(text);
    email.declared_at = reading.declared_at(node);
    Some(email)
}
