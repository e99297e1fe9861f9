//! What is left of a list, and in which order.

use std::cmp::Ordering;
use std::collections::HashSet;

use cloudinary_provisioning::time::format_description::well_known::Rfc3339;
use cloudinary_provisioning::time::{Date, OffsetDateTime};
use cloudinary_provisioning::{Error, user_groups};
use cloudinary_provisioning_ureq::Client;
use serde_json::Value;

use crate::args::list_options::{Condition, SortKey};
use crate::output::cell_text::{at, text};

/// Whether an item meets the conditions.
pub(super) fn meets(item: &Value, conditions: &[Condition]) -> bool {
    conditions.iter().all(|condition| match condition {
        Condition::OneOf(field, values) => item.get(field).is_some_and(|value| values.contains(value)),
        Condition::Before(field, day) => is_before(item.get(field), *day),
    })
}

/// Whether there is no time, or one before the day.
fn is_before(value: Option<&Value>, day: Date) -> bool {
    match value {
        None | Some(Value::Null) => true,
        Some(value) => value
            .as_str()
            .and_then(|text| OffsetDateTime::parse(text, &Rfc3339).ok())
            .is_some_and(|moment| moment < day.midnight().assume_utc()),
    }
}

/// Tells who is in no group.
#[derive(Default)]
pub(super) struct Groupless {
    members: Option<HashSet<String>>,
}

impl Groupless {
    /// Whether the user is in no group: by their own count of groups, or else by the members of all groups, which are read
    /// once.
    pub(super) fn is(&mut self, client: &Client, user: &Value) -> Result<bool, Error> {
        if let Some(count) = user.get("group_count").and_then(Value::as_u64) {
            return Ok(count == 0);
        }
        if self.members.is_none() {
            self.members = Some(members(client)?);
        }
        let id = user.get("id").and_then(Value::as_str).unwrap_or_default();
        Ok(self.members.as_ref().is_some_and(|members| !members.contains(id)))
    }
}

/// The users of all groups. A group that comes without them is asked for them.
fn members(client: &Client) -> Result<HashSet<String>, Error> {
    let mut members = HashSet::new();
    let mut open = Vec::new();
    for group in client.send(user_groups::List::new().extended_details(true))? {
        match group.users {
            Some(users) => members.extend(users.into_iter().map(|user| user.id.into_string())),
            None => open.push(user_groups::ListUsers::new(group.id)),
        }
    }
    for (_, users) in client.send_all(open) {
        members.extend(users?.into_iter().map(|user| user.id.into_string()));
    }
    Ok(members)
}

/// Sorts items. What has no value comes last; texts are in the order of their letters, whatever the case.
pub(super) fn sort(items: &mut [Value], keys: &[SortKey]) {
    items.sort_by(|a, b| {
        let orders = keys.iter().map(|key| compare(at(a, &key.path), at(b, &key.path), key.descending));
        orders.fold(Ordering::Equal, Ordering::then)
    });
}

fn compare(a: Option<&Value>, b: Option<&Value>, descending: bool) -> Ordering {
    let (a, b) = (a.filter(|value| !value.is_null()), b.filter(|value| !value.is_null()));
    let (Some(a), Some(b)) = (a, b) else { return b.is_some().cmp(&a.is_some()) };
    let order = match (a, b) {
        (Value::Number(a), Value::Number(b)) => match (a.as_i64(), b.as_i64()) {
            (Some(a), Some(b)) => a.cmp(&b),
            _ => a.as_f64().partial_cmp(&b.as_f64()).unwrap_or(Ordering::Equal),
        },
        (Value::Bool(a), Value::Bool(b)) => a.cmp(b),
        _ => {
            let (a, b) = (text(Some(a), ","), text(Some(b), ","));
            a.to_lowercase().cmp(&b.to_lowercase()).then_with(|| a.cmp(&b))
        }
    };
    if descending { order.reverse() } else { order }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn values_are_sorted_by_what_they_are_and_missing_ones_come_last() {
        let key = |path: &str, descending| SortKey { path: path.to_owned(), descending };
        let sorted = |keys: &[SortKey]| {
            let mut items = [
                json!({"id": 1, "name": "beta", "n": 10}),
                json!({"id": 2, "name": "Alpha", "n": 9}),
                json!({"id": 3, "name": null, "n": 10}),
            ];
            sort(&mut items, keys);
            items.map(|item| item["id"].as_u64().unwrap())
        };
        assert_eq!(sorted(&[key("name", false)]), [2, 1, 3]);
        assert_eq!(sorted(&[key("name", true)]), [1, 2, 3]);
        assert_eq!(sorted(&[key("n", false), key("id", true)]), [2, 3, 1]);
    }
}
