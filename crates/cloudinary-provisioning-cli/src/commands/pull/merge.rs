//! Brings a manifest in TOML up to date, and keeps its comments, its order, and how its values are written.

use std::collections::BTreeSet;

use cloudinary_provisioning::custom_policies::same_statement;
use cloudinary_provisioning_plan::Manifest;
use cloudinary_provisioning_plan::manifest::ObjectKind;
use toml_edit::{Array, ArrayOfTables, DocumentMut, InlineTable, Item, RawString, Table, Value};

/// Puts what was found in place of what the document says of these kinds.
pub(super) fn merge(mut document: DocumentMut, found: &Manifest, kinds: &BTreeSet<ObjectKind>) -> String {
    // What is found is written and read once more, so that both are values of the same kind.
    let mut found: DocumentMut = found.to_toml().parse().unwrap_or_default();
    for kind in ObjectKind::ALL.iter().filter(|kind| kinds.contains(kind)) {
        let name = kind.as_str();
        let new = tables(found.remove(name));
        let is_there = document.contains_key(name);
        if new.is_empty() && !is_there {
            continue;
        }
        // In its place, so that what stands in front of it stays there.
        if document.get(name).is_some_and(Item::is_value)
            && let Some(mut key) = document.key_mut(name)
        {
            // `users = [` becomes `[[users]]`.
            key.leaf_decor_mut().clear();
        }
        let place = document.entry(name).or_insert_with(|| Item::ArrayOfTables(ArrayOfTables::new()));
        let mut old = tables(Some(std::mem::take(place)));
        merge_kind(*kind, &mut old, new);
        if *kind == ObjectKind::Users && kinds.contains(&ObjectKind::Groups) {
            // The groups say who is a member of them.
            for user in &mut old {
                user.remove("groups");
            }
        }
        if old.is_empty() {
            document.remove(name);
            continue;
        }
        *place = Item::ArrayOfTables(old.into_iter().collect());
    }
    document.to_string()
}

/// The tables of a kind, however they are written.
fn tables(item: Option<Item>) -> Vec<Table> {
    item.and_then(|item| item.into_array_of_tables().ok()).into_iter().flatten().collect()
}

/// Brings the tables of a kind up to date: those of what is not there go, and new ones come behind the others.
fn merge_kind(kind: ObjectKind, old: &mut Vec<Table>, mut new: Vec<Table>) {
    if kind == ObjectKind::Assignments {
        merge_assignments(old, &mut new);
    } else {
        old.retain_mut(|table| {
            let key = identity(kind, table);
            match new.iter().position(|found| identity(kind, found) == key) {
                Some(at) => {
                    update(kind, table, &new.remove(at));
                    true
                }
                None => table.get("state").and_then(Item::as_str) == Some("absent"),
            }
        });
    }
    for mut table in new {
        // Behind everything else, in the order of the kinds.
        table.set_position(None);
        table.decor_mut().set_prefix("\n");
        old.push(table);
    }
}

/// What an object is known by.
fn identity(kind: ObjectKind, table: &Table) -> Vec<String> {
    let text = |name: &&str| match table.get(name) {
        Some(item) => item.as_str().map_or_else(|| comparable(item), str::to_owned),
        None => String::new(),
    };
    let keys: &[&str] = match kind {
        ObjectKind::Environments => &["cloud_name"],
        ObjectKind::Keys => &["environment", "name"],
        ObjectKind::Groups => &["name"],
        ObjectKind::Users => &["email"],
        ObjectKind::Roles => &["id"],
        ObjectKind::Policies => &["scope", "name"],
        _ => &["role", "scope", "content"],
    };
    let fold = |text: String| if kind == ObjectKind::Users { text.to_ascii_lowercase() } else { text };
    keys.iter().map(text).map(fold).collect()
}

/// Sets the fields that differ.
fn update(kind: ObjectKind, table: &mut Table, found: &Table) {
    table.remove("state");
    table.remove("was");
    // What the account does not have is not in its manifest; who is in a group may be said by either side.
    let gone: Vec<_> = table.iter().map(|(key, _)| key.to_owned()).filter(|key| !found.contains_key(key)).collect();
    for key in gone.iter().filter(|key| !(kind == ObjectKind::Users && *key == "groups")) {
        table.remove(key);
    }
    for (key, new) in found {
        match table.get_mut(key) {
            Some(old) if is_same(key, old, new) => {}
            Some(Item::Value(Value::Array(old))) if new.is_array() => {
                update_list(old, new.as_array().into_iter().flatten().cloned().collect());
            }
            Some(Item::Value(old)) => {
                let decor = old.decor().clone();
                if let Some(new) = new.as_value() {
                    *old = new.clone();
                    *old.decor_mut() = decor;
                }
            }
            Some(old) => *old = new.clone(),
            None => drop(table.insert(key, new.clone())),
        }
    }
}

/// Leaves in a list what is wanted, and adds what is missing. A comment behind an entry stays with it.
fn update_list(list: &mut Array, mut wanted: Vec<Value>) {
    // What stands in front of each entry, and at the end.
    let text = |raw: Option<&RawString>| raw.and_then(RawString::as_str).unwrap_or_default().to_owned();
    let (mut gaps, mut entries, mut behind) = (Vec::new(), Vec::new(), String::new());
    for entry in list.iter() {
        gaps.push(std::mem::take(&mut behind) + &text(entry.decor().prefix()));
        behind = text(entry.decor().suffix());
        entries.push(entry.clone());
    }
    let mut end = behind + &text(Some(list.trailing()));

    let mut kept: Vec<(String, Value)> = Vec::new();
    let mut removed: Option<String> = None;
    for (gap, entry) in gaps.into_iter().zip(entries) {
        let gap = removed.take().map_or(gap.clone(), |before| without(&before, &gap));
        match wanted.iter().position(|wanted| fold_value(wanted) == fold_value(&entry)) {
            Some(at) => {
                wanted.remove(at);
                kept.push((gap, entry));
            }
            None => removed = Some(gap),
        }
    }
    if let Some(before) = removed.filter(|_| end.contains('\n')) {
        end = without(&before, &end);
    }
    let indent = kept.iter().find_map(|(gap, _)| Some(gap.rsplit_once('\n')?.1.to_owned()));
    let indent = indent.unwrap_or_else(|| "    ".to_owned());
    for entry in wanted {
        let gap = match end.split_once('\n') {
            Some((comment, rest)) => {
                let gap = format!("{comment}\n{indent}");
                end = format!("\n{rest}");
                gap
            }
            None if kept.is_empty() => String::new(),
            None => " ".to_owned(),
        };
        kept.push((gap, entry));
    }

    list.clear();
    for (gap, entry) in kept {
        list.push_formatted(entry.decorated(gap, ""));
    }
    list.set_trailing_comma(end.contains('\n'));
    list.set_trailing(end);
}

/// What stands in front of an entry once the one before it is removed: the comment behind that one goes with it, and the
/// one behind its predecessor stays.
fn without(before: &str, behind: &str) -> String {
    match behind.split_once('\n') {
        Some((_, rest)) => format!("{}\n{rest}", before.split_once('\n').map_or("", |(comment, _)| comment)),
        None => before.to_owned(),
    }
}

/// Several tables may be about one role and scope: each keeps those of its principals that were found, and the first
/// gets what is missing.
fn merge_assignments(old: &mut Vec<Table>, new: &mut Vec<Table>) {
    let of = |table: &Table| identity(ObjectKind::Assignments, table);
    let is_absent = |table: &Table| table.get("state").and_then(Item::as_str) == Some("absent");
    let all: BTreeSet<_> = new.iter().map(of).collect();
    new.retain_mut(|found| {
        let key = of(found);
        let mut missing: Vec<_> = found.get("to").and_then(Item::as_array).into_iter().flatten().cloned().collect();
        let mut tables: Vec<_> = old.iter_mut().filter(|table| of(table) == key && !is_absent(table)).collect();
        for table in &mut tables {
            let Some(there) = table.get_mut("to").and_then(Item::as_array_mut) else { continue };
            let (found, left): (Vec<_>, Vec<_>) = missing.into_iter().partition(|wanted| contains(there, wanted));
            update_list(there, found);
            missing = left;
        }
        let first = tables.into_iter().next().and_then(|table| table.get_mut("to")?.as_array_mut());
        let is_new = first.is_none();
        if let Some(first) = first {
            let wanted = first.iter().cloned().chain(missing).collect();
            update_list(first, wanted);
        }
        is_new
    });
    let is_found = |table: &Table| table.get("to").and_then(Item::as_array).is_some_and(|to| !to.is_empty());
    old.retain(|table| is_absent(table) || (is_found(table) && all.contains(&of(table))));
}

fn contains(list: &Array, wanted: &Value) -> bool {
    list.iter().any(|entry| fold_value(entry) == fold_value(wanted))
}

/// Whether a field says the same, however it is written.
fn is_same(key: &str, old: &Item, new: &Item) -> bool {
    match (key, old.as_str(), new.as_str()) {
        ("statement", Some(old), Some(new)) => same_statement(old, new),
        ("email", Some(old), Some(new)) => old.eq_ignore_ascii_case(new),
        _ => comparable(old) == comparable(new),
    }
}

/// A value without how it is written. Lists of a manifest are sets, but for those in attributes, of which the order counts.
fn comparable(item: &Item) -> String {
    match item {
        Item::Value(Value::Array(list)) => {
            let mut entries: Vec<_> = list.iter().map(fold_value).collect();
            entries.sort();
            entries.join("\n")
        }
        Item::Value(value) => plain(value),
        Item::Table(table) => plain(&Value::InlineTable(table.clone().into_inline_table())),
        other => other.to_string(),
    }
}

/// An entry of a list: an email, or a name.
fn fold_value(value: &Value) -> String {
    let text = plain(value);
    if text.contains('@') { text.to_ascii_lowercase() } else { text }
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => format!("{:?}", text.value()),
        Value::Integer(number) => number.value().to_string(),
        Value::Float(number) => number.value().to_string(),
        Value::Boolean(boolean) => boolean.value().to_string(),
        Value::Datetime(moment) => moment.value().to_string(),
        Value::Array(list) => format!("[{}]", list.iter().map(plain).collect::<Vec<_>>().join(",")),
        Value::InlineTable(table) => plain_table(table),
    }
}

fn plain_table(table: &InlineTable) -> String {
    let mut entries: Vec<_> = table.iter().map(|(key, value)| format!("{key:?}={}", plain(value))).collect();
    entries.sort();
    format!("{{{}}}", entries.join(","))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_keeps_its_comments_and_its_layout() {
        for (before, wanted, after) in [
            ("[]", &["a"][..], "[\"a\"]"),
            ("['a', 'b', 'c']", &["c", "d"], "['c', \"d\"]"),
            ("['a', 'b', 'c']", &["a"], "['a']"),
            (
                "[ # all\n  'a', # first\n  'b', # second\n  'c' # third\n]",
                &["a", "c"],
                "[ # all\n  'a', # first\n  'c', # third\n]",
            ),
            ("[ # all\n  'a', # first\n  'b', # second\n]", &["b", "c"], "[ # all\n  'b', # second\n  \"c\",\n]"),
            ("[\n  'a', # first\n  'b', # second\n]", &["a"], "[\n  'a', # first\n]"),
            ("[\n  'a',\n]", &[], "[\n]"),
        ] {
            let mut list: Value = before.parse().unwrap();
            update_list(list.as_array_mut().unwrap(), wanted.iter().map(|text| Value::from(*text)).collect());
            assert_eq!(list.to_string(), after);
        }
    }
}
