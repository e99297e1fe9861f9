//! Every reply in `fixtures/<operationId>/`, read to its exact values.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a panic is a failed test"
)]

use std::time::Duration;

use cloudinary_provisioning::{
    ErrorKind, Operation, RateLimit, Response,
    users::{self, Role, SubAccountSummary, User, UserGroupSummary},
};
use cloudinary_provisioning_tests::fixture;
use serde_json::{Value, json};
use time::{OffsetDateTime, macros::datetime};

const ACCOUNT: &str = "16a8ff3b-736b-49a6-85c0-03b69d5a357b";
const USER: &str = "5c1e7a90d2f84b36";

/// All 21 fields of a user, comparable as one.
#[derive(Debug, Default, PartialEq)]
struct Fields {
    id: &'static str,
    name: Option<&'static str>,
    first_name: Option<&'static str>,
    last_name: Option<&'static str>,
    role: Option<Role>,
    email: Option<&'static str>,
    pending: Option<bool>,
    enabled: Option<bool>,
    created_at: Option<OffsetDateTime>,
    updated_at: Option<OffsetDateTime>,
    last_login: Option<OffsetDateTime>,
    all_sub_accounts: Option<bool>,
    providers: Option<Vec<&'static str>>,
    email_preferences: Option<Value>,
    account_id: Option<&'static str>,
    two_factor: Option<bool>,
    status: Option<&'static str>,
    root: Option<bool>,
    technical_role: Option<&'static str>,
    group_count: Option<u64>,
    sub_account_count: Option<u64>,
}

impl Fields {
    fn only(id: &'static str) -> Self {
        Self { id, ..Self::default() }
    }

    fn full() -> Self {
        Self {
            id: USER,
            name: Some("Ada Lind"),
            first_name: Some("Ada"),
            last_name: Some("Lind"),
            role: Some(Role::TechnicalAdmin),
            email: Some("ada@example.com"),
            pending: Some(false),
            enabled: Some(true),
            created_at: Some(datetime!(2024-02-29 08:15 UTC)),
            updated_at: Some(datetime!(2025-06-30 23:59:59 UTC)),
            last_login: Some(datetime!(2026-11-20 07:00:01 UTC)),
            all_sub_accounts: Some(false),
            providers: Some(vec!["google", "saml"]),
            email_preferences: Some(json!({"newsletter": true, "digest": {"every": "week", "count": 3}})),
            account_id: Some(ACCOUNT),
            two_factor: Some(true),
            status: Some("active"),
            root: Some(false),
            technical_role: Some("builder"),
            group_count: Some(2),
            sub_account_count: Some(7),
        }
    }

    fn unknown() -> Self {
        Self {
            name: Some("Nia"),
            role: Some(Role::from("night_watch")),
            status: Some("on_holiday"),
            technical_role: Some("wizard"),
            providers: Some(vec!["carrier_pigeon"]),
            email_preferences: Some(json!({})),
            ..Self::only("unknown-1")
        }
    }

    fn dates(
        id: &'static str,
        created_at: OffsetDateTime,
        updated_at: OffsetDateTime,
        last_login: OffsetDateTime,
    ) -> Self {
        Self {
            created_at: Some(created_at),
            updated_at: Some(updated_at),
            last_login: Some(last_login),
            ..Self::only(id)
        }
    }

    fn fractions() -> Self {
        let (updated, login) = (datetime!(2026-03-01 12:00:00.123456789 UTC), datetime!(2026-03-01 12:00 UTC));
        Self::dates("fraction", datetime!(2026-03-01 12:00:00.25 UTC), updated, login)
    }

    fn offsets() -> Self {
        let (updated, login) = (datetime!(2026-03-01 12:00:00.5 -09:30), datetime!(2026-03-01 00:30 UTC));
        Self::dates("offset", datetime!(2026-03-01 12:00 +02:00), updated, login)
    }

    fn bare_dates() -> Self {
        let (updated, login) = (datetime!(2024-02-29 00:00 UTC), OffsetDateTime::UNIX_EPOCH);
        Self::dates("bare", datetime!(2026-03-01 00:00 UTC), updated, login)
    }
}

#[track_caller]
fn assert_user(user: &User, expected: &Fields) {
    let text = |text: &Option<String>| text.as_deref().map(str::to_owned);
    let owned = |text: Option<&'static str>| text.map(str::to_owned);
    assert_eq!(user.id, expected.id);
    assert_eq!(text(&user.name), owned(expected.name), "name");
    assert_eq!(text(&user.first_name), owned(expected.first_name), "first_name");
    assert_eq!(text(&user.last_name), owned(expected.last_name), "last_name");
    assert_eq!(user.role, expected.role, "role");
    assert_eq!(text(&user.email), owned(expected.email), "email");
    assert_eq!(user.pending, expected.pending, "pending");
    assert_eq!(user.enabled, expected.enabled, "enabled");
    for (name, actual, expected) in [
        ("created_at", user.created_at, expected.created_at),
        ("updated_at", user.updated_at, expected.updated_at),
        ("last_login", user.last_login, expected.last_login),
    ] {
        // Times at different offsets are equal, so the offset is compared too.
        assert_eq!(actual, expected, "{name}");
        assert_eq!(actual.map(OffsetDateTime::offset), expected.map(OffsetDateTime::offset), "offset of {name}");
    }
    assert_eq!(user.all_sub_accounts, expected.all_sub_accounts, "all_sub_accounts");
    let providers = user.providers.as_ref().map(|list| list.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!(providers.as_deref(), expected.providers.as_deref(), "providers");
    let preferences = user.email_preferences.clone().map(Value::Object);
    assert_eq!(preferences, expected.email_preferences, "email_preferences");
    assert_eq!(user.account_id.as_ref().map(AsRef::as_ref), expected.account_id, "account_id");
    assert_eq!(user.two_factor, expected.two_factor, "two_factor");
    assert_eq!(text(&user.status), owned(expected.status), "status");
    assert_eq!(user.root, expected.root, "root");
    assert_eq!(text(&user.technical_role), owned(expected.technical_role), "technical_role");
    assert_eq!(user.group_count, expected.group_count, "group_count");
    assert_eq!(user.sub_account_count, expected.sub_account_count, "sub_account_count");
}

/// Reads a successful fixture and checks what stands in its head.
#[track_caller]
fn read<O: Operation>(operation: &O, case: &str) -> O::Output {
    let fixture = fixture::response(operation.id(), case);
    let response: Response<O::Output> =
        operation.parse_response(&fixture).unwrap_or_else(|error| panic!("{case}: {error}"));
    assert_eq!(response.status(), 200, "{case}");
    assert_eq!(response.headers(), fixture.headers(), "{case}");
    assert_eq!(response.request_id(), Some(format!("{}-{case}", operation.id()).as_str()));
    let expected = if case == "200-full" {
        (Some(500), Some(488), Some(datetime!(2026-11-23 11:00 UTC)))
    } else {
        (None, None, None)
    };
    assert_eq!(parts(response.rate_limit()), expected, "{case}");
    response.into_value()
}

fn parts(rate: RateLimit) -> (Option<u64>, Option<u64>, Option<OffsetDateTime>) {
    (rate.limit, rate.remaining, rate.reset)
}

#[track_caller]
fn assert_reads_users<O: Operation<Output = User>>(operation: &O) {
    for (case, expected) in [
        ("200-full", Fields::full()),
        ("200-only_id", Fields::only("only-1")),
        ("200-nulls", Fields::only("nulls-1")),
        ("200-unknown", Fields::unknown()),
        ("200-dates-fraction", Fields::fractions()),
        ("200-dates-offset", Fields::offsets()),
        ("200-dates-bare", Fields::bare_dates()),
    ] {
        assert_user(&read(operation, case), &expected);
    }
    assert_cases(operation.id(), 7);
}

/// The folder holds this many successes, so that none goes unread.
#[track_caller]
fn assert_cases(operation: &str, successes: usize) {
    let cases = fixture::response_cases(operation);
    assert_eq!(cases.iter().filter(|case| case.starts_with('2')).count(), successes, "{cases:?}");
}

#[test]
fn get_create_and_update_read_a_user() {
    assert_reads_users(&users::Get::new(USER));
    assert_reads_users(&users::Create::new("Ada Lind", "ada@example.com"));
    assert_reads_users(&users::Update::new(USER));
}

#[test]
fn list_reads_users() {
    let several = vec![
        Fields::full(),
        Fields {
            name: Some("Zoë 漢字 👩‍💻"),
            email: Some("zoe@example.com"),
            pending: Some(true),
            ..Fields::only("ü/2")
        },
        Fields {
            role: Some(Role::MasterAdmin),
            root: Some(true),
            group_count: Some(0),
            sub_account_count: Some(u64::MAX),
            ..Fields::only("3")
        },
    ];
    let cases = [
        ("200-full", vec![Fields::full()]),
        ("200-only_id", vec![Fields::only("only-1")]),
        ("200-nulls", vec![Fields::only("nulls-1")]),
        ("200-unknown", vec![Fields::unknown()]),
        ("200-dates", vec![Fields::fractions(), Fields::offsets(), Fields::bare_dates()]),
        ("200-empty", vec![]),
        ("200-several", several),
    ];
    for (case, expected) in &cases {
        let users = read(&users::List::new(), case);
        assert_eq!(users.len(), expected.len(), "{case}");
        for (user, expected) in users.iter().zip(expected) {
            assert_user(user, expected);
        }
    }
    assert_cases("getUsers", cases.len());
}

#[test]
fn a_role_of_the_future_is_kept_and_written_back() {
    let user = read(&users::Get::new(USER), "200-unknown");
    assert_eq!(user.role.as_ref().unwrap().as_str(), "night_watch");
    assert_eq!(serde_json::to_value(&user.role).unwrap(), "night_watch");
}

#[test]
fn delete_reads_the_message() {
    let cases = [
        ("200-full", Some("ok")),
        ("200-no_message", None),
        ("200-nulls", None),
        ("200-unknown", Some("gone for good")),
    ];
    for (case, message) in cases {
        assert_eq!(read(&users::Delete::new(USER), case).message.as_deref(), message, "{case}");
    }
    assert_cases("deleteUser", cases.len());
}

#[test]
fn get_groups_reads_groups() {
    let cases = [
        ("200-full", vec![("g1", Some("Editors")), ("g2", Some("Überprüfung"))]),
        ("200-only_id", vec![("g1", None)]),
        ("200-nulls", vec![("g1", None)]),
        ("200-unknown", vec![("g1", Some("Editors"))]),
        ("200-empty", vec![]),
    ];
    for (case, expected) in &cases {
        let groups: Vec<UserGroupSummary> = read(&users::GetGroups::new(USER), case);
        let groups: Vec<_> = groups.iter().map(|group| (group.id.as_str(), group.name.as_deref())).collect();
        assert_eq!(groups, *expected, "{case}");
    }
    assert_cases("getGroupsForUser", cases.len());
}

#[test]
fn list_sub_accounts_reads_product_environments() {
    let cases = [
        (
            "200-full",
            vec![
                ("env1", Some("Shop"), Some("The shop\nand its blog"), Some("shop-live"), Some(true)),
                ("env2", Some("Try"), Some(""), Some("shop-try"), Some(false)),
            ],
        ),
        ("200-only_id", vec![("env1", None, None, None, None)]),
        ("200-nulls", vec![("env1", None, None, None, None)]),
        ("200-unknown", vec![("env1", None, None, Some("shop-live"), None)]),
        ("200-empty", vec![]),
    ];
    for (case, expected) in &cases {
        let environments: Vec<SubAccountSummary> = read(&users::ListSubAccounts::new(USER), case);
        let fields = |environment: &SubAccountSummary| {
            let text = |text: &Option<String>| text.clone();
            let SubAccountSummary { id, name, description, cloud_name, enabled, .. } = environment;
            (id.to_string(), text(name), text(description), text(cloud_name), *enabled)
        };
        let expected: Vec<_> = expected
            .iter()
            .map(|(id, name, description, cloud_name, enabled)| {
                (
                    (*id).to_owned(),
                    name.map(str::to_owned),
                    description.map(str::to_owned),
                    cloud_name.map(str::to_owned),
                    *enabled,
                )
            })
            .collect();
        assert_eq!(environments.iter().map(fields).collect::<Vec<_>>(), expected, "{case}");
    }
    assert_cases("getSubAccountsForUser", cases.len());
}

/// An error reply: the fixture, its message, and for a throttled one the rate limit and the wait it asks for.
type Refusal = (&'static str, &'static str, Option<Throttle>);

struct Throttle {
    limit: u64,
    remaining: u64,
    reset: OffsetDateTime,
    wait: Duration,
}

const fn refusal(case: &'static str, message: &'static str) -> Refusal {
    (case, message, None)
}

/// `wait` in seconds.
fn throttled(
    case: &'static str,
    message: &'static str,
    (limit, remaining): (u64, u64),
    reset: OffsetDateTime,
    wait: u64,
) -> Refusal {
    (case, message, Some(Throttle { limit, remaining, reset, wait: Duration::from_secs(wait) }))
}

/// Reads every error fixture of an operation. The operation's kind makes no difference.
#[track_caller]
fn assert_refusals<O: Operation>(operation: &O, refusals: &[Refusal]) {
    for (case, message, throttle) in refusals {
        let fixture = fixture::response(operation.id(), case);
        let error = match operation.parse(&fixture) {
            Err(error) if matches!(error.kind(), ErrorKind::Status) => error,
            Err(other) => panic!("{case}: {other:?}"),
            Ok(_) => panic!("{case} was read as a success"),
        };
        assert_eq!(error.status().unwrap(), case[..3].parse::<u16>().unwrap(), "{case}");
        assert_eq!(error.message(), Some(*message), "{case}");
        assert_eq!((error.code(), error.category(), error.details()), (None, None, None), "{case}");
        assert_eq!(error.request_id(), Some(format!("{}-{case}", operation.id()).as_str()));
        assert_eq!(error.headers(), Some(fixture.headers()), "{case}");
        assert_eq!(error.body(), Some(fixture.body().as_slice()), "{case}");
        let (limit, remaining, reset, wait) = throttle.as_ref().map_or((None, None, None, None), |throttle| {
            (Some(throttle.limit), Some(throttle.remaining), Some(throttle.reset), Some(throttle.wait))
        });
        assert_eq!(parts(error.rate_limit()), (limit, remaining, reset), "{case}");
        assert_eq!(error.retry_after(), wait, "{case}");
    }
    let read: Vec<_> = refusals.iter().map(|refusal| refusal.0.to_owned()).collect();
    let mut on_disk = fixture::response_cases(operation.id());
    on_disk.retain(|case| !case.starts_with('2'));
    assert_eq!(read, on_disk, "refusals of {}", operation.id());
}

#[test]
fn list_reads_every_documented_refusal() {
    let half_a_minute = datetime!(2026-11-23 10:00:30 UTC);
    let at_eleven = datetime!(2026-11-23 11:00 UTC);
    assert_refusals(
        &users::List::new(),
        &[
            refusal("401", "getUsers: key or secret is wrong"),
            refusal("404", "No product environment has the id env9"),
            throttled(
                "420",
                "getUsers: the hourly quota of 100 calls is used up",
                (100, 0),
                datetime!(2026-11-23 10:11 UTC),
                31,
            ),
            throttled("420-reset_only", "getUsers: come back in half a minute", (100, 0), half_a_minute, 30),
            throttled("429", "getUsers: too many calls at once", (100, 1), at_eleven, 1),
            throttled("429-retry_date", "getUsers: come back at a quarter past", (100, 9), at_eleven, 900),
        ],
    );
}

#[test]
fn create_reads_every_documented_refusal() {
    assert_refusals(
        &users::Create::new("Ada Lind", "ada@example.com"),
        &[
            refusal("400", "The email of a new user is missing"),
            refusal("401", "createUser: key or secret is wrong"),
            refusal("403", "This key may not add a user"),
            refusal("404", "No product environment has the id env9"),
            refusal("409", "ada@example.com is in use already — choose another"),
            throttled(
                "420",
                "createUser: the hourly quota of 200 calls is used up",
                (200, 0),
                datetime!(2026-11-23 10:12 UTC),
                32,
            ),
            throttled("429", "createUser: too many calls at once", (200, 2), datetime!(2026-11-23 11:00 UTC), 2),
        ],
    );
}

#[test]
fn get_reads_every_documented_refusal() {
    assert_refusals(
        &users::Get::new(USER),
        &[
            refusal("401", "getUser: key or secret is wrong"),
            refusal("404", "getUser: no user has the id 5c1e7a90d2f84b36"),
            throttled(
                "420",
                "getUser: the hourly quota of 300 calls is used up",
                (300, 0),
                datetime!(2026-11-23 10:13 UTC),
                33,
            ),
            throttled("429", "getUser: too many calls at once", (300, 3), datetime!(2026-11-23 11:00 UTC), 3),
        ],
    );
}

#[test]
fn update_reads_every_documented_refusal() {
    assert_refusals(
        &users::Update::new(USER),
        &[
            refusal("400", "The role night_watch is unknown"),
            refusal("401", "updateUser: key or secret is wrong"),
            refusal("403", "This key may not change a master admin"),
            refusal("404", "updateUser: no user has the id 5c1e7a90d2f84b36"),
            refusal("409", "ada.berg@example.com is in use already"),
            throttled(
                "420",
                "updateUser: the hourly quota of 400 calls is used up",
                (400, 0),
                datetime!(2026-11-23 10:14 UTC),
                34,
            ),
            throttled("429", "updateUser: too many calls at once", (400, 4), datetime!(2026-11-23 11:00 UTC), 4),
        ],
    );
}

#[test]
fn delete_reads_every_documented_refusal() {
    assert_refusals(
        &users::Delete::new(USER),
        &[
            refusal("400", "A user cannot delete itself"),
            refusal("401", "deleteUser: key or secret is wrong"),
            refusal("403", "The root user cannot be deleted"),
            refusal("404", "deleteUser: no user has the id 5c1e7a90d2f84b36"),
            throttled(
                "420",
                "deleteUser: the hourly quota of 500 calls is used up",
                (500, 0),
                datetime!(2026-11-23 10:15 UTC),
                35,
            ),
            throttled("429", "deleteUser: too many calls at once", (500, 5), datetime!(2026-11-23 11:00 UTC), 5),
        ],
    );
}

#[test]
fn get_groups_reads_every_documented_refusal() {
    assert_refusals(
        &users::GetGroups::new(USER),
        &[
            refusal("401", "getGroupsForUser: key or secret is wrong"),
            refusal("404", "getGroupsForUser: no user has the id 5c1e7a90d2f84b36"),
            throttled(
                "420",
                "getGroupsForUser: the hourly quota of 600 calls is used up",
                (600, 0),
                datetime!(2026-11-23 10:16 UTC),
                36,
            ),
            throttled("429", "getGroupsForUser: too many calls at once", (600, 6), datetime!(2026-11-23 11:00 UTC), 6),
        ],
    );
}

#[test]
fn list_sub_accounts_reads_every_documented_refusal() {
    assert_refusals(
        &users::ListSubAccounts::new(USER),
        &[
            refusal("401", "getSubAccountsForUser: key or secret is wrong"),
            refusal("404", "getSubAccountsForUser: no user has the id 5c1e7a90d2f84b36"),
            throttled(
                "420",
                "getSubAccountsForUser: the hourly quota of 700 calls is used up",
                (700, 0),
                datetime!(2026-11-23 10:17 UTC),
                37,
            ),
            throttled(
                "429",
                "getSubAccountsForUser: too many calls at once",
                (700, 7),
                datetime!(2026-11-23 11:00 UTC),
                7,
            ),
        ],
    );
}

#[test]
fn every_documented_status_has_a_fixture() {
    for (operation, documented) in [
        ("getUsers", &["200", "401", "404", "420", "429"][..]),
        ("createUser", &["200", "400", "401", "403", "404", "409", "420", "429"]),
        ("getUser", &["200", "401", "404", "420", "429"]),
        ("updateUser", &["200", "400", "401", "403", "404", "409", "420", "429"]),
        ("deleteUser", &["200", "400", "401", "403", "404", "420", "429"]),
        ("getGroupsForUser", &["200", "401", "404", "420", "429"]),
        ("getSubAccountsForUser", &["200", "401", "404", "420", "429"]),
    ] {
        let mut statuses: Vec<_> = fixture::response_cases(operation).iter().map(|case| case[..3].to_owned()).collect();
        statuses.dedup();
        assert_eq!(statuses, documented, "{operation}");
    }
}
