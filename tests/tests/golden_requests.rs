//! Every request of the user operations, byte for byte against `fixtures/<operationId>/<case>.request.http`.

use cloudinary_provisioning::{
    Account, BuildReason, ListForm, Operation, Secret, SubAccountAccess,
    users::{self, Role, SortBy, SortOrder, UnionType},
};
use cloudinary_provisioning_tests::{fixture, wire};
use http::Request;
use time::{Date, macros::date};

const USER: &str = "5c1e7a90d2f84b36";
const NO_IDS: [&str; 0] = [];

fn account() -> Account {
    Account::new("16a8ff3b-736b-49a6-85c0-03b69d5a357b", "KEY", Secret::new("SECRET")).unwrap()
}

fn build<O: Operation>(operation: &O) -> Request<Vec<u8>> {
    account().request(operation).unwrap()
}

/// Compares each request with its fixture, and the list of cases with the folder, so that no fixture goes unread.
#[track_caller]
fn assert_golden<O: Operation>(cases: &[(&str, O)]) {
    for (case, operation) in cases {
        let id = operation.id();
        wire::assert_same_request(&build(operation), &fixture::request(id, case), &format!("{id}/{case}"));
    }
    let id = cases.first().unwrap().1.id();
    let mut names: Vec<_> = cases.iter().map(|(case, _)| *case).collect();
    names.sort_unstable();
    assert_eq!(names, fixture::request_cases(id), "cases of {id}");
}

#[test]
fn list_sends_each_parameter_under_its_documented_name() {
    let list = users::List::new;
    assert_golden(&[
        ("none", list()),
        ("pending-true", list().pending(true)),
        ("pending-false", list().pending(false)),
        ("ids", list().ids(["u1", "u/2", "u&3"])),
        ("emails", list().emails(["ada+lists@example.com", "max@example.com"])),
        ("prefix", list().prefix("Zoë & Co")),
        ("sub_account_id", list().sub_account_id("env/one")),
        ("last_login", list().last_login(true)),
        ("from", list().from(date!(2026 - 02 - 28))),
        ("to", list().to(date!(2026 - 12 - 01))),
        ("union_type-include", list().union_type(UnionType::Include)),
        ("union_type-exclude", list().union_type(UnionType::Exclude)),
        ("sort_order-asc", list().sort_order(SortOrder::Asc)),
        ("sort_order-desc", list().sort_order(SortOrder::Desc)),
        ("sort_by-name", list().sort_by(SortBy::Name)),
        ("sort_by-role", list().sort_by(SortBy::Role)),
        ("sort_by-status", list().sort_by(SortBy::Status)),
        ("sort_by-activity", list().sort_by(SortBy::Activity)),
        ("sort_by-created_at", list().sort_by(SortBy::CreatedAt)),
        ("sort_by-unknown", list().sort_by(SortBy::from("shoe size"))),
        ("page", list().page(3)),
        ("page_size", list().page_size(40)),
        (
            // Set in reverse, sent in the documented order.
            "all",
            list()
                .page_size(100)
                .page(1)
                .sort_by(SortBy::Activity)
                .sort_order(SortOrder::Asc)
                .union_type(UnionType::Exclude)
                .to(date!(2026 - 01 - 31))
                .from(date!(2025 - 01 - 31))
                .last_login(false)
                .sub_account_id("env1")
                .prefix("a")
                .emails(["ada@example.com"])
                .ids(["u1", "u2"])
                .pending(true),
        ),
    ]);
}

#[test]
fn create_sends_what_is_set_and_nothing_else() {
    let create = || users::Create::new("Ada Lind", "ada@example.com");
    assert_golden(&[
        ("required", create()),
        ("all", create().enabled(false).sub_account_ids(["env1", "env2"]).role(Role::Reports)),
        ("no_sub_accounts", create().sub_account_ids(SubAccountAccess::All)),
        (
            "unknown_role",
            users::Create::new("Ada \"the \\ first\"\nLind 👩‍💻", "ada+ü@example.com")
                .role(Role::from("night_watch"))
                .enabled(true),
        ),
        ("role-master_admin", create().role(Role::MasterAdmin)),
        ("role-admin", create().role(Role::Admin)),
        ("role-billing", create().role(Role::Billing)),
        ("role-technical_admin", create().role(Role::TechnicalAdmin)),
        ("role-reports", create().role(Role::Reports)),
        ("role-media_library_admin", create().role(Role::MediaLibraryAdmin)),
        ("role-media_library_user", create().role(Role::MediaLibraryUser)),
    ]);
}

#[test]
fn update_sends_what_is_set_and_an_empty_object_when_nothing_is() {
    let update = || users::Update::new(USER);
    assert_golden(&[
        ("nothing", update()),
        ("name", update().name("Ada Berg")),
        ("email", update().email("ada.berg@example.com")),
        ("role", update().role(Role::Billing)),
        ("sub_account_ids", update().sub_account_ids(["env2"])),
        ("no_sub_accounts", update().sub_account_ids(SubAccountAccess::All)),
        ("enabled", update().enabled(true)),
        (
            "all",
            update()
                .enabled(false)
                .sub_account_ids(["env1", "env3"])
                .role(Role::MediaLibraryUser)
                .email("ada.berg@example.com")
                .name("Ada Berg"),
        ),
    ]);
}

#[test]
fn update_tells_whether_it_changes_anything() {
    let update = || users::Update::new(USER);
    assert!(update().is_empty());
    for changed in [
        update().name(""),
        update().email(""),
        update().role(Role::Admin),
        update().sub_account_ids(SubAccountAccess::All),
        update().enabled(false),
    ] {
        assert!(!changed.is_empty(), "{changed:?}");
    }
}

#[test]
fn the_operations_on_one_user_name_it_in_the_path() {
    assert_golden(&[("plain", users::Get::new(USER)), ("encoded", users::Get::new("a/b é?c#d%"))]);
    assert_golden(&[("plain", users::Delete::new(USER))]);
    assert_golden(&[("plain", users::GetGroups::new(USER))]);
    assert_golden(&[("plain", users::ListSubAccounts::new(USER))]);
}

#[test]
fn credentials_are_marked_sensitive() {
    let request = build(&users::List::new());
    assert!(request.headers()["authorization"].is_sensitive());
}

#[test]
fn more_than_a_hundred_ids_or_emails_are_refused_and_a_hundred_are_sent() {
    let list_of = |count: usize| vec!["x@example.com"; count];
    for (field, hundred, more) in [
        ("ids", users::List::new().ids(list_of(100)), users::List::new().ids(list_of(101))),
        ("emails", users::List::new().emails(list_of(100)), users::List::new().emails(list_of(101))),
    ] {
        assert_eq!(wire::request_query(&build(&hundred)), vec![(field.to_owned(), "x@example.com".to_owned()); 100]);
        let error = account().request(&more).unwrap_err();
        assert_eq!(error.field(), field);
        assert_eq!(error.reason(), &BuildReason::TooMany { count: 101, max: 100 });
    }
}

#[test]
fn an_empty_list_or_an_empty_entry_is_refused_because_it_would_ask_for_everyone() {
    for (field, list) in [
        ("ids", users::List::new().ids(NO_IDS)),
        ("ids", users::List::new().ids([""])),
        ("ids", users::List::new().ids(["u1", "", "u3"])),
        ("emails", users::List::new().emails(NO_IDS)),
        ("emails", users::List::new().emails([""])),
        ("emails", users::List::new().emails(["ada@example.com", ""])),
    ] {
        let error = account().request(&list).unwrap_err();
        assert_eq!((error.field(), error.reason()), (field, &BuildReason::Empty), "{list:?}");
    }
}

#[test]
fn an_empty_list_of_product_environments_is_refused_because_it_would_grant_access_to_all() {
    let create = users::Create::new("Ada", "ada@example.com").sub_account_ids(NO_IDS);
    let update = users::Update::new(USER).sub_account_ids(NO_IDS);
    for error in [account().request(&create).unwrap_err(), account().request(&update).unwrap_err()] {
        assert_eq!((error.field(), error.reason()), ("sub_account_ids", &BuildReason::Empty));
    }
}

#[test]
fn an_empty_sub_account_id_is_refused_because_it_would_ask_for_everyone() {
    let error = account().request(&users::List::new().sub_account_id("")).unwrap_err();
    assert_eq!((error.field(), error.reason()), ("sub_account_id", &BuildReason::Empty));
}

#[test]
fn long_lists_are_split_into_operations_of_a_hundred_in_order() {
    for (count, sizes) in [
        (0, vec![]),
        (1, vec![1]),
        (99, vec![99]),
        (100, vec![100]),
        (101, vec![100, 1]),
        (200, vec![100, 100]),
        (250, vec![100, 100, 50]),
    ] {
        let values: Vec<String> = (0..count).map(|n| format!("u{n}@example.com")).collect();
        let by_ids: Vec<_> =
            users::List::by_ids(values.clone()).map(|list| wire::request_query(&build(&list))).collect();
        let by_emails: Vec<_> =
            users::List::by_emails(values.clone()).map(|list| wire::request_query(&build(&list))).collect();
        for (key, lists) in [("ids", by_ids), ("emails", by_emails)] {
            assert_eq!(lists.iter().map(Vec::len).collect::<Vec<_>>(), sizes, "{count} {key}");
            let expected: Vec<_> = values.iter().map(|value| (key.to_owned(), value.clone())).collect();
            assert_eq!(lists.concat(), expected, "{count} {key}");
        }
    }
}

#[test]
fn dates_have_four_digits_of_year_or_are_refused() {
    let from = |date| account().request(&users::List::new().from(date));
    let year = |year| Date::from_calendar_date(year, time::Month::January, 5).unwrap();
    for (date, text) in [(year(1), "0001-01-05"), (year(987), "0987-01-05"), (year(9999), "9999-01-05")] {
        assert_eq!(wire::request_query(&from(date).unwrap()), [("from".to_owned(), text.to_owned())]);
    }
    let error = from(year(-1)).unwrap_err();
    assert_eq!((error.field(), error.reason()), ("from", &BuildReason::YearOutOfRange { year: -1 }));
    assert_eq!(account().request(&users::List::new().to(year(-1))).unwrap_err().field(), "to");
}

#[test]
fn a_list_is_written_in_the_form_of_the_account() {
    let query = |form, ids: &[&str]| {
        let request = account().with_list_form(form).request(&users::List::new().ids(ids.iter().copied()));
        request.map(|request| request.uri().query().map(str::to_owned))
    };
    for (form, expected) in [
        (ListForm::Repeated, "ids=a&ids=b+c&ids=d"),
        (ListForm::Brackets, "ids%5B%5D=a&ids%5B%5D=b+c&ids%5B%5D=d"),
        (ListForm::Commas, "ids=a%2Cb+c%2Cd"),
    ] {
        let expected = expected.replace('+', "%20");
        assert_eq!(query(form, &["a", "b c", "d"]).unwrap(), Some(expected), "{form:?}");
    }
    let error = query(ListForm::Commas, &["a", "b,c"]).unwrap_err();
    assert_eq!((error.field(), error.reason()), ("ids", &BuildReason::Comma));
}
