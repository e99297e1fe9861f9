//! A user as a line of an export.

use cloudinary_provisioning::SubAccountId;
use cloudinary_provisioning::users::Role;
use cloudinary_provisioning_plan::snapshot::{FoundAccess, FoundUser};
use serde_json::{Value, json};

use crate::output::cell_text::{SEPARATOR, rfc3339};
use crate::output::csv_format::{ALL, INFORMATION, NONE, WANTED};

/// The names of the columns.
pub(super) const COLUMNS: [&str; WANTED.len() + INFORMATION.len()] = {
    let [a, b, c, d, e] = WANTED;
    let [f, g, h, i, j, k] = INFORMATION;
    [a, b, c, d, e, f, g, h, i, j, k]
};

/// The line of a user, with the names of groups and product environments; `None` where they could not be read.
pub(super) fn row(user: &FoundUser, groups: Option<&[&str]>, sub_accounts: Option<&[&str]>) -> Value {
    json!({
        "email": user.email,
        "name": user.name,
        "role": user.role.as_ref().map(Role::as_str),
        "enabled": user.enabled,
        "sub_account_ids": sub_account_ids(user),
        "id": user.id,
        "pending": user.pending,
        "groups": groups,
        "sub_accounts": sub_accounts,
        "created_at": user.created_at.map(rfc3339),
        "last_login": user.last_login.map(rfc3339),
    })
}

fn sub_account_ids(user: &FoundUser) -> Value {
    let ids: Vec<_> = match user.access.known() {
        Some(FoundAccess::All) => return ALL.into(),
        Some(FoundAccess::Only(ids)) => ids.iter().map(SubAccountId::as_str).collect(),
        None => return Value::Null,
    };
    match ids.as_slice() {
        [] => NONE.into(),
        // Leave out what would be misread.
        ids if ids.iter().any(|id| [ALL, NONE].contains(id) || id.contains(SEPARATOR)) => Value::Null,
        ids => json!(ids),
    }
}

#[cfg(test)]
mod tests {
    use cloudinary_provisioning_plan::snapshot::Part;

    use super::*;

    fn user(ids: &[&str]) -> FoundUser {
        let mut user = FoundUser::new("u1", "a@x.org");
        user.access = Part::Known(FoundAccess::Only(ids.iter().map(|id| SubAccountId::from(*id)).collect()));
        user
    }

    #[test]
    fn a_row_has_a_value_for_every_column() {
        let mut user = user(&["s1", "s2"]);
        (user.name, user.role) = (Some("A".to_owned()), Some(Role::Billing));
        let row = row(&user, Some(&["Editors", "g2"]), Some(&["Shop", "s2"]));
        assert_eq!(
            row,
            json!({
                "email": "a@x.org", "name": "A", "role": "billing", "enabled": true, "sub_account_ids": ["s1", "s2"],
                "id": "u1", "pending": false, "groups": ["Editors", "g2"], "sub_accounts": ["Shop", "s2"],
                "created_at": null, "last_login": null,
            }),
        );
        assert!(COLUMNS.iter().all(|column| row.get(column).is_some()));
    }

    #[test]
    fn access_to_all_and_access_to_none_say_so() {
        assert_eq!(sub_account_ids(&FoundUser::new("u1", "a@x.org")), "all");
        assert_eq!(sub_account_ids(&user(&[])), "none");
    }

    #[test]
    fn an_id_that_would_be_read_as_something_else_is_not_written() {
        for id in ["none", "all", "a|b"] {
            assert_eq!(sub_account_ids(&user(&[id])), Value::Null);
        }
    }

    #[test]
    fn what_could_not_be_read_is_left_empty_and_so_left_alone() {
        let mut user = user(&[]);
        user.access = Part::Failed("403".to_owned());
        assert_eq!(sub_account_ids(&user), Value::Null);
    }
}
