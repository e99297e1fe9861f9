//! Creates whose request is applied late, or whose result the service shows late: never two of them, and never another one.

use cloudinary_provisioning_fake::{
    FakeAccount, Fault, NewAccessKey, NewCustomPolicy, NewGroup, NewRole, NewSubAccount, NewUser, PermissionType,
    ScopeType, Switch,
};
use cloudinary_provisioning_ureq::http::Method;
use cloudinary_provisioning_ureq::{
    Error, OptionalResult, Recover, RetryPolicy, access_keys, custom_policies, product_environments, roles,
    user_groups, users,
};

use time::Duration;

use crate::support::world;

const STATEMENT: &str = "permit(principal, action, resource);";

fn john() -> users::Create {
    users::Create::new("John", "john@example.com")
}

fn shop() -> product_environments::Create {
    product_environments::Create::new("Shop").cloud_name("shop-eu")
}

fn key() -> access_keys::Generate {
    access_keys::Generate::new("s1").name("ci")
}

fn editors() -> user_groups::Create {
    user_groups::Create::new("Editors")
}

fn everything() -> custom_policies::Create {
    custom_policies::Create::new(STATEMENT, "account", "Everything").description("All of it")
}

fn auditor() -> roles::Create {
    roles::Create::new("global", "account", "Auditor").id("auditor")
}

/// How many there are of all that these creates make.
fn count(account: &FakeAccount) -> usize {
    account.user_count()
        + account.sub_accounts().count()
        + account.access_keys("s1").count()
        + account.groups().count()
        + account.custom_policies().count()
        + account.roles().filter(|role| role.name == "Auditor").count()
}

/// Sends a create that never arrives to an account that has its like for long. Nothing is made, and nothing returned.
#[track_caller]
fn is_not_returned(there: impl Fn(FakeAccount) -> FakeAccount, create: impl Recover) -> Error {
    let (server, client) = world(there);
    let before = server.with(|account| {
        account.fail_next(1, Fault::close().on(Method::POST));
        count(account)
    });
    let error = client.build().unwrap().call(create).recover().response().map(drop).unwrap_err();
    assert_eq!(server.with(|account| count(account)), before, "{error}");
    error
}

#[test]
fn what_was_there_before_with_the_same_fields_is_a_conflict_where_the_service_says_so() {
    let user = NewUser::new("John", "john@example.com");
    let role = NewRole::new("Auditor", ScopeType::Account, PermissionType::Global).id("auditor");
    for error in [
        is_not_returned(|account| account.with_user(user.clone()), john()),
        is_not_returned(|account| account.with_user(user.clone()), john().enabled(true)),
        is_not_returned(|account| account.with_sub_account(NewSubAccount::new("Shop").cloud_name("shop-eu")), shop()),
        is_not_returned(|account| account.with_access_key("s1", NewAccessKey::new("ci")), key()),
        is_not_returned(|account| account.with_role(role.clone()), auditor()),
    ] {
        assert!(error.is_conflict(), "{error}");
    }
}

#[test]
fn what_was_there_before_with_other_fields_is_a_conflict_as_well() {
    let user = NewUser::new("John the Elder", "JOHN@example.com").role("billing").enabled(false);
    let shop_of_another_name = NewSubAccount::new("Another").cloud_name("shop-eu").enabled(false);
    let role = NewRole::new("Auditor", ScopeType::Account, PermissionType::Global).id("auditor").description("Old");
    for error in [
        is_not_returned(|account| account.with_user(user.clone()), john()),
        is_not_returned(|account| account.with_sub_account(shop_of_another_name.clone()), shop()),
        is_not_returned(|account| account.with_access_key("s1", NewAccessKey::new("ci").enabled(false)), key()),
        is_not_returned(|account| account.with_role(role.clone()), auditor()),
    ] {
        assert!(error.is_conflict(), "{error}");
    }
}

#[test]
fn what_was_there_before_leaves_it_open_where_a_name_may_be_taken_twice() {
    let policy = NewCustomPolicy::new("Everything", STATEMENT).description("All of it");
    for error in [
        is_not_returned(|account| account.with_custom_policy(policy.clone()), everything()),
        is_not_returned(|account| account.with_custom_policy(policy.clone().enabled(false)), everything()),
        is_not_returned(|account| account.with_group(NewGroup::new("Editors")), editors()),
        is_not_returned(
            |account| account.with_switch(Switch::DuplicateGroupNames).with_group(NewGroup::new("Editors")),
            editors(),
        ),
    ] {
        assert!(error.maybe_applied() && !error.is_conflict(), "{error}");
    }
}

/// Delays from 500 ms up to 8 s, so that what comes within 15 s is found.
fn policy() -> RetryPolicy {
    RetryPolicy::default().max_attempts(6)
}

/// What happens to a create, how far lists lag behind, and whether the result can be found.
fn late() -> Vec<(Fault, Duration, bool)> {
    let second = Duration::SECOND;
    vec![
        (Fault::status(503).applied_after(second), Duration::ZERO, true),
        (Fault::close().applied_after(5 * second), Duration::ZERO, true),
        (Fault::close().applied_after(Duration::MAX), Duration::ZERO, false),
        (Fault::reset().applied(), Duration::SECOND, true),
        (Fault::reset().applied(), Duration::HOUR, false),
        (Fault::status(504).applied_after(second), Duration::seconds(4), true),
    ]
}

/// Sends the create with each of these, and expects one of what it makes, now or later.
fn is_made_once<O: Recover>(create: &O, switch: Option<Switch>, is_unique: bool) {
    for (fault, lag, is_found) in late() {
        let shown = format!("{} with {switch:?} {lag} {fault:?}", create.id());
        let (server, client) = world(|account| account.with_switches(switch).with_list_lag(lag));
        let before = server.with(|account| {
            account.fail_next(1, fault.on(Method::POST));
            count(account)
        });
        let result = client.retry(policy()).build().unwrap().call(create).recover().response().map(drop);
        if is_found || is_unique {
            result.unwrap_or_else(|error| panic!("{shown}: {error}"));
        } else {
            assert!(result.unwrap_err().maybe_applied(), "{shown}");
        }
        let made = server.with(|account| {
            account.apply_delayed();
            count(account) - before
        });
        assert_eq!(made, 1, "{shown}");
    }
}

#[test]
fn groups_and_policies_are_not_made_twice_however_late_the_service_is() {
    is_made_once(&editors(), None, false);
    is_made_once(&editors(), Some(Switch::DuplicateGroupNames), false);
    is_made_once(&everything(), None, false);
}

/// What a second create is refused for, whether the list lags or not.
#[test]
fn what_is_unique_is_not_made_twice_however_late_the_service_is() {
    for (fault, lag, _) in late().into_iter().filter(|(_, lag, _)| *lag < Duration::HOUR) {
        let (server, client) = world(|account| account.with_list_lag(lag));
        let client = client.retry(policy()).build().unwrap();
        let before = server.with(|account| count(account));
        let send = |result: Result<(), Error>| result.unwrap_or_else(|error| panic!("{lag} {fault:?}: {error}"));
        let fail = || server.with(|account| account.fail_next(1, fault.clone().on(Method::POST)));
        fail();
        send(client.call(john()).recover().send().map(drop));
        fail();
        send(client.call(shop()).recover().send().map(drop));
        fail();
        send(client.call(key()).recover().send().map(drop));
        fail();
        send(client.call(auditor()).recover().send().map(drop));
        let after = server.with(|account| {
            account.apply_delayed();
            count(account)
        });
        assert_eq!(after - before, 4, "{lag} {fault:?}");
    }
}

#[test]
fn a_new_key_is_told_from_an_older_one_of_its_name() {
    let older = NewAccessKey::new("ci");
    let (server, client) =
        world(|account| account.with_switch(Switch::DuplicateKeyNames).with_access_key("s1", older.clone()));
    let old = server.with(|account| {
        account.fail_next(1, Fault::close().applied().on(Method::POST));
        account.access_keys("s1").last().unwrap().api_key.clone()
    });
    let made = client.build().unwrap().call(key()).recover().response().unwrap();
    assert!(made.recovered() && made.value().api_key != old.as_str());
    assert_eq!(server.with(|account| account.access_keys("s1").filter(|key| key.name == "ci").count()), 2);
}

#[test]
fn what_is_there_already_is_returned_where_that_is_asked_for_and_says_so() {
    let (server, client) = world(|account| {
        account
            .with_user(NewUser::new("John the Elder", "john@example.com").id("u1").role("billing"))
            .with_sub_account(NewSubAccount::new("Another").id("s2").cloud_name("shop-eu"))
            .with_group(NewGroup::new("Editors").id("g1"))
    });
    let client = client.build().unwrap();
    let user = client.call(john()).or_existing().response().unwrap();
    assert_eq!((user.existed(), user.recovered(), user.value().id.as_str()), (true, false, "u1"));
    let environment = client.call(shop()).or_existing().response().unwrap();
    assert_eq!((environment.existed(), environment.value().id.as_str()), (true, "s2"));
    let group = client.call(editors()).or_existing().response().unwrap();
    assert_eq!((group.existed(), group.value().id.as_str()), (true, "g1"));

    let new = client.call(users::Create::new("Jane", "jane@example.com")).or_existing().response().unwrap();
    assert!(!new.existed());
    assert_eq!(server.with(|account| account.user_count()), 2);
}

#[test]
fn what_is_there_already_is_returned_after_a_lost_request_too() {
    let (server, client) = world(|account| account.with_user(NewUser::new("John", "john@example.com").id("u1")));
    server.with(|account| account.fail_next(1, Fault::close().on(Method::POST)));
    let client = client.build().unwrap();
    let user = client.call(john()).recover().or_existing().response().unwrap();
    assert_eq!((user.existed(), user.value().id.as_str()), (true, "u1"));
}

#[test]
fn not_found_is_none_and_nothing_else_is() {
    let (server, client) = world(|account| account.with_user(NewUser::new("John", "john@example.com").id("u1")));
    let client = client.build().unwrap();
    assert!(client.send(users::Get::new("u1")).optional().unwrap().is_some());
    assert_eq!(client.send(users::Get::new("u2")).optional().unwrap(), None);
    assert_eq!(client.send(users::Delete::new("u2")).optional().unwrap(), None);
    server.with(|account| account.fail_next(1, Fault::status(403)));
    assert_eq!(client.send(users::Get::new("u2")).optional().unwrap_err().status().unwrap(), 403);
}
