//! A user as a line of an export.

use cloudinary_provisioning::users::{Role, SubAccountSummary, User, UserGroupSummary};
use serde_json::{Value, json};

use crate::output::cell_text::{SEPARATOR, rfc3339};
use crate::output::csv_format::{ALL, INFORMATION, NONE, WANTED};

/// The names of the columns.
pub(super) const COLUMNS: [&str; WANTED.len() + INFORMATION.len()] = {
    let [a, b, c, d, e] = WANTED;
    let [f, g, h, i, j, k] = INFORMATION;
    [a, b, c, d, e, f, g, h, i, j, k]
};

/// What the list of users leaves out; `None` where it could not be read.
#[derive(Debug, Default)]
pub(super) struct Details {
    pub(super) groups: Option<Vec<UserGroupSummary>>,
    pub(super) sub_accounts: Option<Vec<SubAccountSummary>>,
}

pub(super) fn row(user: &User, details: &Details) -> Value {
    let group = |group: &UserGroupSummary| group.name.clone().unwrap_or_else(|| group.id.to_string());
    let sub_account = |it: &SubAccountSummary| it.name.clone().unwrap_or_else(|| it.id.to_string());
    json!({
        "email": user.email,
        "name": user.name,
        "role": user.role.as_ref().map(Role::as_str),
        "enabled": user.enabled,
        "sub_account_ids": sub_account_ids(user, details),
        "id": user.id,
        "pending": user.pending,
        "groups": details.groups.as_ref().map(|groups| groups.iter().map(group).collect::<Vec<_>>()),
        "sub_accounts": details.sub_accounts.as_ref().map(|list| list.iter().map(sub_account).collect::<Vec<_>>()),
        "created_at": user.created_at.map(rfc3339),
        "last_login": user.last_login.map(rfc3339),
    })
}

/// Whether the user has access to all product environments, including future ones.
pub(super) fn has_all(user: &User) -> bool {
    user.all_sub_accounts == Some(true) || user.role == Some(Role::MasterAdmin)
}

fn sub_account_ids(user: &User, details: &Details) -> Value {
    if has_all(user) {
        return ALL.into();
    }
    let Some(list) = &details.sub_accounts else { return Value::Null };
    let ids: Vec<_> = list.iter().map(|environment| environment.id.as_str()).collect();
    match ids.as_slice() {
        [] => NONE.into(),
        // Leave out what a sync would misread.
        ids if ids.iter().any(|id| [ALL, NONE].contains(id) || id.contains(SEPARATOR)) => Value::Null,
        ids => json!(ids),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn details() -> Details {
        Details {
            groups: serde_json::from_value(json!([{"id": "g1", "name": "Editors"}, {"id": "g2"}])).unwrap(),
            sub_accounts: serde_json::from_value(json!([{"id": "s1", "name": "Shop"}, {"id": "s2"}])).unwrap(),
        }
    }

    fn user(all_sub_accounts: bool) -> User {
        let user = json!({"id": "u1", "email": "a@x.org", "name": "A", "role": "billing", "enabled": true,
            "pending": false, "created_at": "2026-01-31T08:00:00.5+01:00", "all_sub_accounts": all_sub_accounts});
        serde_json::from_value(user).unwrap()
    }

    #[test]
    fn a_row_has_a_value_for_every_column() {
        assert_eq!(
            row(&user(false), &details()),
            json!({
                "email": "a@x.org", "name": "A", "role": "billing", "enabled": true, "sub_account_ids": ["s1", "s2"],
                "id": "u1", "pending": false, "groups": ["Editors", "g2"], "sub_accounts": ["Shop", "s2"],
                "created_at": "2026-01-31T08:00:00.5+01:00", "last_login": null,
            }),
        );
        let row = row(&user(false), &details());
        assert!(COLUMNS.iter().all(|column| row.get(column).is_some()));
    }

    #[test]
    fn access_to_all_and_access_to_none_say_so() {
        assert_eq!(sub_account_ids(&user(true), &details()), "all");
        let nothing = Details { sub_accounts: Some(Vec::new()), ..Details::default() };
        assert_eq!(sub_account_ids(&user(false), &nothing), "none");
    }

    #[test]
    fn an_id_that_would_be_read_as_something_else_is_not_written() {
        for id in ["none", "all", "a|b"] {
            let list = serde_json::from_value(json!([{"id": id}])).unwrap();
            let details = Details { sub_accounts: list, ..Details::default() };
            assert_eq!(sub_account_ids(&user(false), &details), Value::Null);
        }
    }

    #[test]
    fn what_could_not_be_read_is_left_empty_and_so_left_alone_by_a_sync() {
        assert_eq!(sub_account_ids(&user(false), &Details::default()), Value::Null);
    }
}
