//! A user as a line of CSV: a pure function.

use cloudinary_provisioning::time::OffsetDateTime;
use cloudinary_provisioning::time::format_description::well_known::Rfc3339;
use cloudinary_provisioning::users::{Role, SubAccountSummary, User, UserGroupSummary};

use crate::support::csv_format::{INFORMATION, NONE, SEPARATOR, WANTED};

pub(crate) type Row = [String; WANTED.len() + INFORMATION.len()];

/// The names of the columns.
pub(crate) fn header() -> impl Iterator<Item = &'static str> {
    WANTED.into_iter().chain(INFORMATION)
}

/// What the list of users does not tell; `None` where it could not be read.
#[derive(Debug, Default)]
pub(crate) struct Details {
    pub(crate) groups: Option<Vec<UserGroupSummary>>,
    pub(crate) sub_accounts: Option<Vec<SubAccountSummary>>,
}

pub(crate) fn row(user: &User, details: &Details) -> Row {
    let groups = details.groups.iter().flatten().map(|group| group.name.as_deref().unwrap_or(group.id.as_str()));
    let sub_accounts = details.sub_accounts.iter().flatten();
    let sub_accounts = sub_accounts.map(|environment| environment.name.as_deref().unwrap_or(environment.id.as_str()));
    [
        text(user.email.as_deref()),
        text(user.name.as_deref()),
        text(user.role.as_ref().map(Role::as_str)),
        flag(user.enabled),
        sub_account_ids(user, details),
        user.id.to_string(),
        flag(user.pending),
        joined(groups),
        joined(sub_accounts),
        moment(user.created_at),
        moment(user.last_login),
    ]
}

/// Whether the user has access to all product environments, those to come included.
pub(crate) fn has_all(user: &User) -> bool {
    user.all_sub_accounts == Some(true) || user.role == Some(Role::MasterAdmin)
}

fn sub_account_ids(user: &User, details: &Details) -> String {
    let Some(list) = details.sub_accounts.as_ref().filter(|_| !has_all(user)) else {
        return String::new();
    };
    let ids: Vec<_> = list.iter().map(|environment| environment.id.as_str()).collect();
    match ids.as_slice() {
        [] => NONE.to_owned(),
        // Better nothing than what would be read as something else.
        ids if ids.iter().any(|id| *id == NONE || id.contains(SEPARATOR)) => String::new(),
        ids => ids.join(SEPARATOR),
    }
}

fn text(text: Option<&str>) -> String {
    text.unwrap_or_default().to_owned()
}

fn flag(flag: Option<bool>) -> String {
    flag.map(|flag| flag.to_string()).unwrap_or_default()
}

fn moment(moment: Option<OffsetDateTime>) -> String {
    // Only a year beyond 9999 has no such form.
    moment.and_then(|moment| moment.format(&Rfc3339).ok()).unwrap_or_default()
}

fn joined<'a>(entries: impl Iterator<Item = &'a str>) -> String {
    entries.collect::<Vec<_>>().join(SEPARATOR)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

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
    fn a_row_has_a_cell_for_every_column() {
        let expected = [
            ("email", "a@x.org"),
            ("name", "A"),
            ("role", "billing"),
            ("enabled", "true"),
            ("sub_account_ids", "s1|s2"),
            ("id", "u1"),
            ("pending", "false"),
            ("groups", "Editors|g2"),
            ("sub_accounts", "Shop|s2"),
            ("created_at", "2026-01-31T08:00:00.5+01:00"),
            ("last_login", ""),
        ];
        let row = row(&user(false), &details());
        let cells: Vec<_> = header().zip(row.iter().map(String::as_str)).collect();
        assert_eq!(cells, expected);
    }

    #[test]
    fn access_to_all_is_an_empty_cell_and_access_to_none_says_so() {
        assert_eq!(sub_account_ids(&user(true), &details()), "");
        let nothing = Details { sub_accounts: Some(Vec::new()), ..Details::default() };
        assert_eq!(sub_account_ids(&user(false), &nothing), "none");
    }

    #[test]
    fn an_id_that_would_be_read_as_something_else_is_not_written() {
        for id in ["none", "a|b"] {
            let list = serde_json::from_value(json!([{"id": id}])).unwrap();
            assert_eq!(sub_account_ids(&user(false), &Details { sub_accounts: list, ..Details::default() }), "");
        }
    }

    #[test]
    fn what_could_not_be_read_is_left_empty_and_so_left_alone_by_a_sync() {
        assert_eq!(sub_account_ids(&user(false), &Details::default()), "");
    }

    #[test]
    fn a_user_of_whom_nothing_is_known_is_a_row_all_the_same() {
        let user = serde_json::from_value(json!({"id": "u1"})).unwrap();
        let row = row(&user, &Details::default());
        assert_eq!(row.iter().filter(|cell| !cell.is_empty()).count(), 1);
    }
}
