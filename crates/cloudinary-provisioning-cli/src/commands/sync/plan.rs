//! What to do: a pure function of what is wanted and what is there.

use std::collections::BTreeMap;

use cloudinary_provisioning::UserId;
use cloudinary_provisioning::users::{Role, User};
use serde::Serialize;

use super::environments::Environments;
use super::input::{Wanted, key};

/// No request takes away the last product environment: the service takes an empty list for all of them.
const NO_ENVIRONMENTS: &str =
    "the API cannot leave a user without any product environment: name one, or disable the user";

/// What is known of the account.
#[derive(Debug, Default)]
pub(crate) struct Directory {
    pub(crate) users: Vec<User>,
    /// Of those users alone for whom it matters: see [`needs_access`].
    pub(crate) access: BTreeMap<UserId, Access>,
}

/// The product environments that a user has access to, or why they could not be read.
pub(crate) type Access = Result<Environments, String>;

/// What to do about every user, in the order of their emails.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Plan {
    pub(crate) steps: Vec<Step>,
    /// How many enabled users are not in the file and stay as they are.
    pub(crate) left_alone: usize,
}

/// What to do about one user.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Step {
    pub(crate) email: String,
    #[serde(flatten)]
    pub(crate) action: Action,
}

#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "action", rename_all = "snake_case")]
pub(crate) enum Action {
    Create {
        user: Wanted,
    },
    Update {
        id: UserId,
        changes: Changes,
    },
    /// Nothing but disabling; `missing` from the file, or wanted to be disabled.
    Disable {
        id: UserId,
        missing: bool,
    },
    Unchanged {
        id: UserId,
    },
    /// It cannot be told what to do.
    Blocked {
        error: String,
    },
}

impl Action {
    pub(crate) fn is_change(&self) -> bool {
        matches!(self, Self::Create { .. } | Self::Update { .. } | Self::Disable { .. })
    }

    pub(crate) fn is_blocked(&self) -> bool {
        matches!(self, Self::Blocked { .. })
    }
}

/// The fields that change.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Changes {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<Change<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) role: Option<Change<Role>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) enabled: Option<Change<bool>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) sub_account_ids: Option<Change<Environments>>,
}

#[derive(Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Change<T> {
    pub(crate) old: Option<T>,
    pub(crate) new: T,
}

impl Plan {
    /// How many users are to be changed.
    pub(crate) fn changes(&self) -> usize {
        self.steps.iter().filter(|step| step.action.is_change()).count()
    }

    /// How many users are to be disabled for not being in the file.
    pub(crate) fn missing(&self) -> usize {
        self.steps.iter().filter(|step| matches!(step.action, Action::Disable { missing: true, .. })).count()
    }

    /// How many users it cannot be told for.
    pub(crate) fn blocked(&self) -> usize {
        self.steps.iter().filter(|step| step.action.is_blocked()).count()
    }

    /// The users who are not known to be as they are wanted.
    pub(crate) fn unsettled(&self) -> impl Iterator<Item = &Step> {
        self.steps.iter().filter(|step| step.action.is_change() || step.action.is_blocked())
    }
}

/// Who is to be disabled for not being in the file.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Missing<'a> {
    LeaveAlone,
    /// Everybody but the root user and those with these emails.
    Disable {
        but: &'a [String],
    },
}

/// Plans for everybody in the file, and for those who are not.
pub(crate) fn plan(wanted: &[Wanted], directory: &Directory, disable_missing: Missing<'_>) -> Plan {
    let mut missing = by_email(&directory.users);
    let mut steps: Vec<_> = wanted
        .iter()
        .map(|wanted| {
            let user = missing.remove(&key(&wanted.email));
            step(wanted, user, user.and_then(|user| directory.access.get(&user.id)))
        })
        .collect();
    missing.retain(|_, user| user.enabled != Some(false));
    let enabled = missing.len();
    match disable_missing {
        Missing::Disable { but } => {
            let kept = |email: &String| but.iter().any(|kept| key(kept) == *email);
            missing.retain(|email, user| user.root != Some(true) && !kept(email));
            steps.extend(missing.iter().map(|(email, user)| disable_missing_user(email, user)));
        }
        Missing::LeaveAlone => missing.clear(),
    }
    let left_alone = enabled - missing.len();
    steps.sort_by_cached_key(|step| key(&step.email));
    Plan { steps, left_alone }
}

/// A user who moves to the next page while the list is read comes twice, and counts once.
pub(crate) fn by_email(users: &[User]) -> BTreeMap<String, &User> {
    users.iter().filter_map(|user| Some((key(user.email.as_deref()?), user))).collect()
}

/// What to do to make `user` what is wanted.
pub(crate) fn step(wanted: &Wanted, user: Option<&User>, access: Option<&Access>) -> Step {
    let action = match user {
        None if wanted.name.is_none() => Action::Blocked { error: "a user to be created needs a `name`".to_owned() },
        None if wanted.sub_account_ids == Some(Environments::None) && wanted.role != Some(Role::MasterAdmin) => {
            Action::Blocked { error: NO_ENVIRONMENTS.to_owned() }
        }
        None => Action::Create { user: wanted.clone() },
        Some(user) => change(wanted, user, access).unwrap_or_else(|error| Action::Blocked { error }),
    };
    Step { email: wanted.email.clone(), action }
}

fn disable_missing_user(email: &str, user: &User) -> Step {
    let email = user.email.clone().unwrap_or_else(|| email.to_owned());
    Step { email, action: Action::Disable { id: user.id.clone(), missing: true } }
}

fn change(wanted: &Wanted, user: &User, access: Option<&Access>) -> Result<Action, String> {
    let id = user.id.clone();
    let changes = Changes {
        name: differing(wanted.name.as_ref(), user.name.as_ref()),
        role: differing(wanted.role.as_ref(), user.role.as_ref()),
        enabled: differing(wanted.enabled.as_ref(), user.enabled.as_ref()),
        sub_account_ids: differing_access(wanted, user, access)?,
    };
    let disabled = Changes { enabled: Some(Change { old: Some(true), new: false }), ..Changes::default() };
    Ok(if changes == Changes::default() {
        Action::Unchanged { id }
    } else if changes == disabled {
        Action::Disable { id, missing: false }
    } else {
        Action::Update { id, changes }
    })
}

fn differing<T: Clone + PartialEq>(wanted: Option<&T>, current: Option<&T>) -> Option<Change<T>> {
    let new = wanted.filter(|wanted| current != Some(wanted))?;
    Some(Change { old: current.cloned(), new: new.clone() })
}

fn differing_access(
    wanted: &Wanted,
    user: &User,
    access: Option<&Access>,
) -> Result<Option<Change<Environments>>, String> {
    if !has_list(wanted, user) {
        return Ok(None);
    }
    let current = match access {
        // Access to all is another thing than to a list, even of all there are today.
        _ if user.all_sub_accounts == Some(true) => &Environments::All,
        Some(access) => access.as_ref().map_err(Clone::clone)?,
        None => return Err("the user's product environments are not known".to_owned()),
    };
    match differing(wanted.sub_account_ids.as_ref(), Some(current)) {
        Some(Change { new: Environments::None, .. }) => Err(NO_ENVIRONMENTS.to_owned()),
        change => Ok(change),
    }
}

/// Whether the list of product environments counts: it is wanted, and the user's role leaves a choice.
fn has_list(wanted: &Wanted, user: &User) -> bool {
    let role = wanted.role.as_ref().or(user.role.as_ref());
    wanted.sub_account_ids.is_some() && role != Some(&Role::MasterAdmin)
}

/// Whether the user's product environments have to be asked for, as the list of users does not tell them.
pub(crate) fn needs_access(wanted: &Wanted, user: &User) -> bool {
    has_list(wanted, user) && user.all_sub_accounts != Some(true)
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    /// A user as the service would list them, with what `fields` say.
    fn user(id: &str, fields: &Value) -> User {
        let mut user = json!({
            "id": id, "name": "Jo", "email": format!("{id}@x.org"), "role": "billing", "enabled": true,
            "all_sub_accounts": false, "root": false,
        });
        for (name, value) in fields.as_object().unwrap() {
            user[name] = value.clone();
        }
        serde_json::from_value(user).unwrap()
    }

    fn wanted(fields: Value) -> Wanted {
        serde_json::from_value(fields).unwrap()
    }

    fn directory<const N: usize>(users: [User; N]) -> Directory {
        Directory { users: users.into(), access: BTreeMap::new() }
    }

    /// The plan as the tool's JSON, for one wanted user.
    fn action(fields: Value, directory: &Directory) -> Value {
        let plan = plan(&[wanted(fields)], directory, Missing::LeaveAlone);
        serde_json::to_value(&plan.steps[0]).unwrap()
    }

    #[test]
    fn who_is_not_there_is_created_with_what_the_file_says() {
        assert_eq!(
            action(json!({"email": "new@x.org", "name": "New", "role": "admin"}), &directory([])),
            json!({"action": "create", "email": "new@x.org",
                   "user": {"email": "new@x.org", "name": "New", "role": "admin"}}),
        );
    }

    #[test]
    fn who_is_not_there_and_has_no_name_cannot_be_created() {
        assert_eq!(
            action(json!({"email": "new@x.org"}), &directory([])),
            json!({"action": "blocked", "email": "new@x.org", "error": "a user to be created needs a `name`"}),
        );
    }

    #[test]
    fn an_update_holds_only_what_differs() {
        assert_eq!(
            action(
                json!({"email": "a@x.org", "name": "Joe", "role": "admin", "enabled": true}),
                &directory([user("a", &json!({}))]),
            ),
            json!({"action": "update", "email": "a@x.org", "id": "a", "changes": {
                "name": {"old": "Jo", "new": "Joe"},
                "role": {"old": "billing", "new": "admin"},
            }}),
        );
    }

    #[test]
    fn what_the_file_does_not_say_stays_as_it_is() {
        let there = directory([user("a", &json!({"enabled": false, "name": null}))]);
        let unchanged = json!({"action": "unchanged", "email": "a@x.org", "id": "a"});
        assert_eq!(action(json!({"email": "a@x.org"}), &there), unchanged);
        assert_eq!(action(json!({"email": "a@x.org", "role": "billing"}), &there), unchanged);
    }

    #[test]
    fn users_are_told_apart_by_their_emails_in_any_case() {
        let there = directory([user("a", &json!({"email": "JO@x.org"})), user("b", &json!({}))]);
        assert_eq!(action(json!({"email": "Jo@X.org"}), &there)["id"], "a");
    }

    #[test]
    fn a_change_of_nothing_but_enabled_to_false_is_a_disable() {
        let there = directory([user("a", &json!({}))]);
        let disable = json!({"email": "a@x.org", "name": "Jo", "enabled": false});
        let disable_and_rename = json!({"email": "a@x.org", "name": "Joe", "enabled": false});
        assert_eq!(
            action(disable, &there),
            json!({"action": "disable", "email": "a@x.org", "id": "a", "missing": false}),
        );
        assert_eq!(action(disable_and_rename, &there)["action"], "update");
    }

    #[test]
    fn the_missing_are_disabled_on_request_alone_and_the_root_user_and_the_caller_never() {
        let there = directory([
            user("a", &json!({})),
            user("b", &json!({"enabled": false})),
            user("c", &json!({"root": true})),
            user("d", &json!({"email": null})),
            user("e", &json!({})),
            user("f", &json!({})),
        ]);
        let wanted = [wanted(json!({"email": "e@x.org"}))];

        let plan_without = plan(&wanted, &there, Missing::LeaveAlone);
        assert_eq!((plan_without.steps.len(), plan_without.left_alone), (1, 3));

        let plan_with = plan(&wanted, &there, Missing::Disable { but: &[" F@x.org".to_owned()] });
        assert_eq!(plan_with.left_alone, 2);
        assert_eq!(
            serde_json::to_value(&plan_with.steps).unwrap(),
            json!([{"action": "disable", "email": "a@x.org", "id": "a", "missing": true},
                   {"action": "unchanged", "email": "e@x.org", "id": "e"}]),
        );
    }

    #[test]
    fn steps_are_in_the_order_of_emails_and_not_of_the_file() {
        let wanted = ["b@x.org", "C@x.org", "a@x.org"].map(|email| wanted(json!({"email": email, "name": "Jo"})));
        let plan = plan(&wanted, &directory([]), Missing::LeaveAlone);
        let emails: Vec<_> = plan.steps.iter().map(|step| step.email.as_str()).collect();
        assert_eq!(emails, ["a@x.org", "b@x.org", "C@x.org"]);
    }

    #[test]
    fn somebody_listed_twice_counts_once() {
        let there = directory([user("a", &json!({})), user("a", &json!({}))]);
        assert_eq!(plan(&[], &there, Missing::LeaveAlone).left_alone, 1);
    }

    mod sub_account_ids {
        use super::*;

        fn with_access(user: User, access: Result<&[&str], &str>) -> Directory {
            let access =
                access.map(|ids| Environments::of(ids.iter().map(|id| (*id).into()))).map_err(ToOwned::to_owned);
            Directory { access: BTreeMap::from([(user.id.clone(), access)]), users: vec![user] }
        }

        fn entry(ids: &[&str]) -> Value {
            json!({"email": "a@x.org", "sub_account_ids": ids})
        }

        #[test]
        fn are_compared_as_sets() {
            let there = with_access(user("a", &json!({})), Ok(&["s1", "s2"]));
            assert_eq!(action(entry(&["s2", "s1", "s1"]), &there)["action"], "unchanged");
            assert_eq!(
                action(entry(&["s3", "s1"]), &there)["changes"],
                json!({"sub_account_ids": {"old": ["s1", "s2"], "new": ["s1", "s3"]}}),
            );
            assert_eq!(
                action(json!({"email": "a@x.org", "sub_account_ids": "all"}), &there)["changes"],
                json!({"sub_account_ids": {"old": ["s1", "s2"], "new": "all"}}),
            );
        }

        #[test]
        fn differ_from_access_to_all_without_asking() {
            let all = user("a", &json!({"all_sub_accounts": true}));
            assert!(!needs_access(&wanted(entry(&["s1"])), &all));
            assert_eq!(
                action(entry(&["s1"]), &directory([all]))["changes"],
                json!({"sub_account_ids": {"old": "all", "new": ["s1"]}}),
            );
        }

        #[test]
        fn do_not_count_for_master_admins() {
            let master = user("a", &json!({"role": "master_admin"}));
            assert!(!needs_access(&wanted(entry(&["s1"])), &master));
            assert_eq!(action(entry(&["s1"]), &directory([master]))["action"], "unchanged");

            let promotion = json!({"email": "a@x.org", "role": "master_admin", "sub_account_ids": ["s1"]});
            let changes = &action(promotion, &directory([user("a", &json!({}))]))["changes"];
            assert_eq!(changes, &json!({"role": {"old": "billing", "new": "master_admin"}}));
        }

        #[test]
        fn cannot_be_taken_away_altogether() {
            let none = json!({"email": "a@x.org", "name": "A", "sub_account_ids": "none"});
            let there = with_access(user("a", &json!({})), Ok(&["s1"]));
            assert_eq!(action(none.clone(), &there)["error"], NO_ENVIRONMENTS);
            assert_eq!(action(none.clone(), &directory([]))["error"], NO_ENVIRONMENTS);
            let without = with_access(user("a", &json!({"name": "A"})), Ok(&[]));
            assert_eq!(action(none, &without)["action"], "unchanged");
        }

        #[test]
        fn are_asked_for_only_where_the_entry_states_them() {
            assert!(needs_access(&wanted(entry(&["s1"])), &user("a", &json!({}))));
            assert!(!needs_access(&wanted(json!({"email": "a@x.org"})), &user("a", &json!({}))));
        }

        #[test]
        fn that_cannot_be_read_block_the_user_and_nobody_else() {
            let there = with_access(user("a", &json!({})), Err("503"));
            assert_eq!(action(entry(&["s1"]), &there)["error"], "503");
            assert_eq!(action(json!({"email": "a@x.org"}), &there)["action"], "unchanged");
        }
    }
}
