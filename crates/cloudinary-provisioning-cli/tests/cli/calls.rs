//! How many calls a day's work takes: the formulas of the README's table.

use cloudinary_provisioning_fake::{
    FakeAccount, NewAccessKey, NewAssignment, NewGroup, NewSubAccount, NewUser, Principal,
};
use serde_json::json;

use crate::run::{TempFile, account, cldp, run, serve};

const ENVIRONMENTS: u64 = 4;
const USERS: u64 = 250;

fn loaded() -> FakeAccount {
    let user = |n: u64| {
        let user = NewUser::new(format!("User {n}"), format!("u{n}@x.org")).id(format!("u{n}")).role("billing");
        user.pending(false).sub_account_ids(["s1"])
    };
    let root = NewUser::new("Root", "root@x.org").role("master_admin").pending(false);
    let mut account = account().with_users((1..USERS).map(user).chain([root]));
    for n in 1..=ENVIRONMENTS {
        let name = format!("env-{n}");
        account.add_sub_account(NewSubAccount::new(name.clone()).id(format!("s{n}")).cloud_name(name));
    }
    account
        .with_access_key("s1", NewAccessKey::new("ci").api_key("111"))
        .with_access_key("s1", NewAccessKey::new("cd").api_key("112"))
        .with_group(NewGroup::new("Editors").id("g1").members(["u1", "u2"]))
        .with_assignment(Principal::user("u1"), NewAssignment::new("cld::role::account::user_manager"))
}

#[test]
fn a_day_s_work_takes_few_calls() {
    let lines = (1..USERS).map(|n| {
        let fields = json!({"group_id": "Editors", "user_id": format!("u{n}@x.org")});
        json!({"operation": "addUserToUserGroup", "fields": fields}).to_string()
    });
    let lines = TempFile::new("jsonl", &lines.collect::<Vec<_>>().join("\n"));
    let pages = USERS.div_ceil(100);
    for (arguments, calls) in [
        (&["whoami"][..], 1),
        (&["users", "get", "u1@x.org"], 1 + 1),
        (&["user-groups", "add-user", "Editors", "u9@x.org"], 2 + 1),
        (&["access-keys", "update", "env-1", "ci", "--name", "x"], 2 + 1),
        (&["roles", "get", "account/Admin"], 2 + 1),
        (&["batch", "LINES"], 1 + pages + USERS - 1),
        (&["users", "list", "--role", "billing", "--count", "--workers", "1"], pages + 1),
        (&["users", "list", "--ids", "u1@x.org", "--ids", "u2@x.org"], 1 + 1),
        (&["offboard", "u1@x.org", "--dry-run"], 3 + ENVIRONMENTS + 2),
        (&["offboard", "u1@x.org", "u2@x.org", "--dry-run"], 3 + ENVIRONMENTS + 2 + 2),
        (&["rotate", "env-1", "--dry-run"], 2 + 2 * 2),
        (&["rotate", "env-1/ci", "--dry-run"], 2 + 2),
        (&["review", "--environment", "env-2", "--columns", "principal"], 3),
        (&["review", "--environment", "env-2", "--columns", "principal", "--policies"], 3 + 1),
        (&["review", "--user", "u9@x.org", "--columns", "principal"], 3 + 2),
        (&["review", "--role", "cld::role::account::user_manager", "--columns", "principal"], 2 + 1),
    ] {
        let server = serve(loaded());
        let arguments: Vec<_> =
            arguments.iter().map(|it| if *it == "LINES" { lines.0.as_os_str() } else { it.as_ref() }).collect();
        run(cldp(&server).args(&arguments)).is_done();
        assert_eq!(server.requests(), calls, "{arguments:?}");
    }
}
