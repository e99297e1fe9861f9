//! What a list shows.

use crate::common::{account, get, list, message};
use cloudinary_provisioning_fake::{FakeAccount, NewSubAccount, NewUser, Switch};
use time::{Date, Duration, Month, OffsetDateTime};

fn day(day: u8) -> OffsetDateTime {
    Date::from_calendar_date(2024, Month::March, day).unwrap().midnight().assume_utc()
}

fn seeded() -> FakeAccount {
    account()
        .with_sub_account(NewSubAccount::new("One").id("s1"))
        .with_sub_account(NewSubAccount::new("Two").id("s/2"))
        .with_user(
            NewUser::new("john Smith", "john@example.com")
                .id("a")
                .role("billing")
                .created_at(day(3))
                .last_login(day(10) + Duration::seconds(86_399)),
        )
        .with_user(
            NewUser::new("Johanna", "x+y@example.com")
                .id("b")
                .role("admin")
                .created_at(day(1))
                .sub_account_ids(["s/2"])
                .last_login(day(12)),
        )
        .with_user(NewUser::new("Ångström", "z@example.com").id("c").role("master_admin").created_at(day(2)))
        .with_user(
            NewUser::new("Jo hn&=é+", "w@example.com")
                .id("d")
                .role("reports")
                .created_at(day(2))
                .pending(false)
                .enabled(false)
                .sub_account_ids(["s1"]),
        )
}

#[test]
fn without_parameters_everybody_comes_in_the_order_of_creation() {
    assert_eq!(list(&mut seeded(), ""), ["a", "b", "c", "d"]);
}

#[test]
fn pending_has_three_states() {
    assert_eq!(list(&mut seeded(), "pending=true"), ["c"]);
    assert_eq!(list(&mut seeded(), "pending=false"), ["a", "b", "d"]);
    assert_eq!(list(&mut seeded(), "pending="), ["a", "b", "c", "d"]);
}

#[test]
fn pending_false_is_everybody_by_a_switch() {
    let mut account = seeded().with_switch(Switch::PendingFalseIsEverybody);
    assert_eq!(list(&mut account, "pending=false"), ["a", "b", "c", "d"]);
    assert_eq!(list(&mut account, "pending=true"), ["c"]);
}

#[test]
fn the_status_is_understood_too() {
    assert_eq!(list(&mut seeded(), "status=pending"), ["c"]);
    assert_eq!(list(&mut seeded(), "status=active"), ["a", "b"]);
    assert_eq!(list(&mut seeded(), "status=active&pending=true"), [""; 0]);
}

#[test]
fn ids_are_understood_as_every_client_writes_them() {
    for query in ["ids=d&ids=a", "ids[]=d&ids[]=a", "ids%5B%5D=d&ids%5B%5D=a", "ids=d,a", "ids=d%2Ca"] {
        assert_eq!(list(&mut seeded(), query), ["a", "d"], "{query}");
    }
    assert_eq!(list(&mut seeded(), "ids=b&ids=b&ids=nope"), ["b"]);
}

#[test]
fn emails_are_understood_likewise_and_in_any_case() {
    assert_eq!(list(&mut seeded(), "emails=X%2BY@example.com&emails=z@example.com"), ["b", "c"]);
    assert_eq!(list(&mut seeded(), "emails=JOHN@example.com,w@example.com"), ["a", "d"]);
}

#[test]
fn filters_hold_beside_ids_and_emails_too() {
    assert_eq!(list(&mut seeded(), "ids=a&ids=c&pending=false"), ["a"]);
    assert_eq!(list(&mut seeded(), "ids=a&pending=true"), [""; 0]);
    assert_eq!(list(&mut seeded(), "emails=john@example.com&last_login=true&from=2024-03-11"), [""; 0]);
    assert_eq!(list(&mut seeded(), "emails=john@example.com&ids=a&ids=b"), ["a"]);
    assert_eq!(get(&mut seeded(), "?ids=a&sub_account_id=nope").0, 404);
}

#[test]
fn filters_beside_ids_are_ignored_by_a_switch() {
    let mut account = seeded().with_switch(Switch::IdsWithoutOtherFilters);
    assert_eq!(list(&mut account, "ids=a&ids=c&pending=true&prefix=zzz&sub_account_id=nope"), ["a", "c"]);
}

#[test]
fn of_repeated_ids_the_last_counts_alone_by_a_switch() {
    let mut account = seeded().with_switch(Switch::LastRepeatedValueWins);
    assert_eq!(list(&mut account, "ids=a&ids=b"), ["b"]);
    assert_eq!(list(&mut account, "ids[]=a&ids[]=b"), ["a", "b"]);
    assert_eq!(list(&mut account, "ids=a,b"), ["a", "b"]);
}

#[test]
fn a_hundred_ids_are_fine_and_one_more_is_a_400() {
    for name in ["ids", "emails"] {
        let query = |count| vec![format!("{name}=x@y"); count].join("&");
        assert_eq!(get(&mut seeded(), &format!("?{}", query(100))).0, 200);
        let response = get(&mut seeded(), &format!("?{}", query(101)));
        assert_eq!(response.0, 400);
        assert!(message(&response).starts_with(name));
    }
}

#[test]
fn a_prefix_is_the_start_of_the_name_or_the_email_in_any_case() {
    assert_eq!(list(&mut seeded(), "prefix=JOH"), ["a", "b"]);
    assert_eq!(list(&mut seeded(), "prefix=X%2By@"), ["b"]);
    assert_eq!(list(&mut seeded(), "prefix=%C3%A5ng"), ["c"]);
    assert_eq!(list(&mut seeded(), "prefix=smith"), [""; 0]);
    assert_eq!(list(&mut seeded(), "prefix="), ["a", "b", "c", "d"]);
}

#[test]
fn a_plus_is_a_space() {
    assert_eq!(list(&mut seeded(), "prefix=jo+hn%26%3D%C3%A9%2B"), ["d"]);
    assert_eq!(list(&mut seeded(), "prefix=jo%20hn"), ["d"]);
}

#[test]
fn a_sub_account_is_whose_users_may_use_it() {
    assert_eq!(list(&mut seeded(), "sub_account_id=s1"), ["a", "c", "d"]);
    assert_eq!(list(&mut seeded(), "sub_account_id=s%2F2"), ["a", "b", "c"]);
}

#[test]
fn an_unknown_sub_account_is_a_404() {
    let response = get(&mut seeded(), "?sub_account_id=nope");
    assert_eq!((response.0, message(&response)), (404, "Cannot find sub account with id nope"));
}

#[test]
fn a_range_of_logins_includes_both_of_its_days() {
    let range = "last_login=true&from=2024-03-10&to=2024-03-10";
    assert_eq!(list(&mut seeded(), range), ["a"]);
    assert_eq!(list(&mut seeded(), "last_login=true&from=2024-03-11"), ["b"]);
    assert_eq!(list(&mut seeded(), "last_login=true&to=2024-03-11"), ["a"]);
    assert_eq!(list(&mut seeded(), "last_login=true"), ["a", "b"]);
    assert_eq!(list(&mut seeded(), "last_login=true&from=2024-03-12&to=2024-03-10"), [""; 0]);
}

#[test]
fn a_day_may_be_written_in_three_ways() {
    for range in [
        "from=2024-03-10&to=2024-03-10",
        "from=10-03-2024&to=10-03-2024",
        "from=2024-03-10+17:16:16.58&to=2024-03-10+18:00",
    ] {
        assert_eq!(list(&mut seeded(), &format!("last_login=true&{range}")), ["a"], "{range}");
    }
}

#[test]
fn empty_values_are_as_if_they_had_not_been_sent() {
    let query = "last_login=true&from=&to=&pending&sub_account_id=&prefix=&ids[]=&page=&sort_by=";
    assert_eq!(list(&mut seeded(), query), ["a", "b"]);
}

#[test]
fn the_others_can_be_asked_for() {
    let range = "from=2024-03-10&to=2024-03-10";
    let everybody_else = ["b", "c", "d"];
    assert_eq!(list(&mut seeded(), &format!("last_login=true&{range}&union_type=exclude")), everybody_else);
    assert_eq!(list(&mut seeded(), &format!("last_login=false&{range}")), everybody_else);
    assert_eq!(list(&mut seeded(), &format!("last_login=true&{range}&union_type=include")), ["a"]);
}

#[test]
fn dates_alone_select_nothing() {
    assert_eq!(list(&mut seeded(), "from=2023-01-01&to=2023-12-31"), ["a", "b", "c", "d"]);
}

#[test]
fn filters_have_to_hold_together() {
    assert_eq!(list(&mut seeded(), "prefix=jo&sub_account_id=s1&status=active"), ["a"]);
}

#[test]
fn every_order_can_be_asked_for() {
    for (by, upwards) in [
        ("name", ["d", "b", "a", "c"]),
        ("role", ["b", "a", "c", "d"]),
        ("status", ["a", "b", "d", "c"]),
        ("activity", ["c", "d", "a", "b"]),
        ("created_at", ["b", "c", "d", "a"]),
    ] {
        assert_eq!(list(&mut seeded(), &format!("sort_by={by}&sort_order=asc")), upwards, "{by}");
        let mut downwards = upwards;
        downwards.reverse();
        assert_eq!(list(&mut seeded(), &format!("sort_by={by}&sort_order=desc")), downwards, "{by}");
        assert_eq!(list(&mut seeded(), &format!("sort_by={by}")), downwards, "{by}");
    }
    assert_eq!(list(&mut seeded(), "sort_order=asc"), ["b", "c", "d", "a"]);
}

#[test]
fn pages_follow_one_another_to_an_empty_one() {
    let mut account = seeded();
    assert_eq!(list(&mut account, "page=1&page_size=3"), ["a", "b", "c"]);
    assert_eq!(list(&mut account, "page=2&page_size=3"), ["d"]);
    assert_eq!(list(&mut account, "page=3&page_size=3"), [""; 0]);
    assert_eq!(list(&mut account, "page=18446744073709551616&page_size=3"), [""; 0]);
    assert_eq!(list(&mut account, "page_size=2"), ["a", "b"]);
    assert_eq!(list(&mut account, "page=2&page_size=2&sort_by=name&sort_order=asc"), ["a", "c"]);
}

#[test]
fn a_page_alone_is_of_a_hundred() {
    let people = (0..150).map(|n| NewUser::new("N", format!("{n}@example.com")));
    let mut account = account().with_users(people);
    assert_eq!(list(&mut account, "page=1").len(), 100);
    assert_eq!(list(&mut account, "page=2").len(), 50);
    assert_eq!(list(&mut account, "").len(), 150);
}

#[test]
fn a_cap_shortens_pages_but_not_a_list_without_them() {
    let mut account = seeded().with_page_cap(2);
    assert_eq!(list(&mut account, "page=1&page_size=100"), ["a", "b"]);
    assert_eq!(list(&mut account, "page=2&page_size=100"), ["c", "d"]);
    assert_eq!(list(&mut account, "").len(), 4);
}

#[test]
fn what_is_malformed_is_a_400_that_names_it() {
    for (query, name) in [
        ("page=0", "page"),
        ("page=x", "page"),
        ("page_size=0", "page_size"),
        ("pending=yes", "pending"),
        ("last_login=on", "last_login"),
        ("from=01/02/2024", "from"),
        ("to=2024-02-30", "to"),
        ("union_type=both", "union_type"),
        ("sort_by=age", "sort_by"),
        ("sort_order=random", "sort_order"),
        ("status=asleep", "status"),
    ] {
        let response = get(&mut seeded(), &format!("?{query}"));
        assert_eq!(response.0, 400, "{query}");
        assert!(message(&response).starts_with(name), "{}", message(&response));
    }
}

#[test]
fn unknown_parameters_are_ignored_and_of_repeated_ones_the_last_counts() {
    assert_eq!(list(&mut seeded(), "colour=red&&=&prefix=zzz&prefix=joha"), ["b"]);
}

#[test]
fn pages_miss_nobody_after_deletions() {
    let people = (0..3000).map(|n| NewUser::new("N", format!("{n}@example.com")).id(format!("u{n}")));
    let mut account = account().with_users(people);
    for n in (0..3000).filter(|n| n % 3 == 0 || (1000..2100).contains(n)) {
        account.remove_user(&format!("u{n}"));
    }
    account.add_user("Last", "last@example.com");
    let everybody: Vec<_> = account.users().map(|user| user.id.clone()).collect();
    for size in [97, 1024] {
        let mut walked = Vec::new();
        for page in 1.. {
            let ids = list(&mut account, &format!("page={page}&page_size={size}"));
            if ids.is_empty() {
                break;
            }
            walked.extend(ids);
        }
        assert_eq!(walked, everybody);
    }
}

#[test]
fn a_hundred_thousand_users_are_no_trouble() {
    let people =
        (0..100_000).map(|n| NewUser::new(format!("User {n}"), format!("u{n}@example.com")).id(format!("u{n}")));
    let mut account = account().with_users(people);
    for (page, first) in [(1, "u0"), (500, "u49900"), (1000, "u99900")] {
        let ids = list(&mut account, &format!("page={page}&page_size=100"));
        assert_eq!((ids.len(), ids[0].as_str()), (100, first));
    }
    assert_eq!(list(&mut account, "page=1001&page_size=100"), [""; 0]);
    assert_eq!(
        list(&mut account, "prefix=user+9999"),
        ["u9999", "u99990", "u99991", "u99992", "u99993", "u99994", "u99995", "u99996", "u99997", "u99998", "u99999"]
    );
    for n in (0..100_000).step_by(100) {
        let email = format!(r#"{{"email":"new{n}@example.com"}}"#);
        assert_eq!(crate::common::put(&mut account, &format!("u{n}"), &email).0, 200);
        assert_eq!(crate::common::delete(&mut account, &format!("u{}", n + 1)).0, 200);
    }
    assert_eq!(account.user_count(), 99_000);
}
