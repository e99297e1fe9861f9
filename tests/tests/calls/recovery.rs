//! Creates whose response is lost, step by step: what is looked for, and what is taken for the result.

use std::time::{Duration, SystemTime};

use cloudinary_provisioning::http::{Response, StatusCode};
use cloudinary_provisioning::{
    Error, ErrorKind, Exchange, GiveUpReason, Operation, Outcome, Reading, Recover, RetryPolicy, Step,
    SubAccountAccess, TransportError, access_keys, custom_policies, product_environments, user_groups, users,
};
use cloudinary_provisioning_tests::faulty::account;
use serde_json::{Value, json};

/// When each look-up is answered, and the same a day before.
const NOW: &str = "2015-10-21T07:28:00Z";
const YESTERDAY: &str = "2015-10-20T07:28:00Z";
const STATEMENT: &str = "permit(principal, action, resource);";

fn answer(status: u16, body: &Value) -> Outcome {
    let response = Response::builder().status(status).header("date", "Wed, 21 Oct 2015 07:28:00 GMT");
    response.body(body.to_string().into_bytes()).unwrap().into()
}

fn ok(body: &Value) -> Outcome {
    answer(200, body)
}

fn lost() -> Outcome {
    TransportError::maybe_sent("reset").into()
}

fn new<O: Operation>(operation: O) -> Exchange<O> {
    Exchange::new(&account("https://api.cloudinary.com"), operation, RetryPolicy::default()).unwrap()
}

/// Makes a call whose attempts come to these outcomes, each after a second, without jitter. Returns what was done as well.
fn play<O: Operation>(
    mut call: Exchange<O>,
    outcomes: impl IntoIterator<Item = Outcome>,
) -> (Result<cloudinary_provisioning::Response<O::Output>, Error>, Vec<String>) {
    let (mut now, mut done) = (Duration::ZERO, Vec::new());
    for outcome in outcomes {
        let attempt = match call.begin(now) {
            Ok(attempt) => attempt,
            Err(error) => return (Err(error), done),
        };
        done.push(format!("{} {}", attempt.operation(), attempt.number()));
        now += Duration::from_secs(1);
        match call.on_outcome(attempt, outcome, Reading::new(now, SystemTime::UNIX_EPOCH, 0)) {
            Step::Done(response) => return (Ok(response), done),
            Step::Failed(error) => return (Err(error), done),
            Step::Send => {}
            Step::Retry(event) => {
                done.push(format!("{} again in {} ms", event.operation, event.delay.as_millis()));
                now += event.delay;
            }
        }
    }
    panic!("the call goes on after {done:?}")
}

/// The end of a call that nothing was found for.
#[track_caller]
fn assert_open<T: std::fmt::Debug>(result: Result<T, Error>, reason: GiveUpReason) {
    let error = result.unwrap_err();
    assert_eq!((error.reason(), error.maybe_applied()), (Some(reason), true), "{error:?}");
    assert!(matches!(error.kind(), ErrorKind::Transport(TransportError::MaybeSent(_))), "{error:?}");
}

fn john() -> Exchange<users::Create> {
    new(users::Create::new("John", "john@example.com")).recover().unwrap()
}

fn user(id: &str, created_at: Option<&str>) -> Value {
    json!({"id": id, "name": "John", "email": "john@example.com", "created_at": created_at})
}

#[test]
fn what_nobody_can_tell_the_time_of_is_not_taken_and_the_create_not_sent_again() {
    let (result, done) = play(john(), [lost(), ok(&json!({"users": [user("u1", None)]}))]);
    assert_open(result, GiveUpReason::UnsafeToRetry);
    assert_eq!(done, ["createUser 1", "getUsers 1"]);

    // Nor if another one was made by this call.
    let both = json!({"users": [user("u1", None), user("u2", Some(NOW))]});
    assert_open(play(john(), [lost(), ok(&both)]).0, GiveUpReason::UnsafeToRetry);
}

#[test]
fn two_that_this_call_may_have_made_are_not_told_apart() {
    let both = json!({"users": [user("u1", Some(NOW)), user("u2", Some(NOW))]});
    assert_open(play(john(), [lost(), ok(&both)]).0, GiveUpReason::UnsafeToRetry);
}

/// The call of a create whose look-up finds this, in this envelope.
#[track_caller]
fn found<O: Recover<Output: std::fmt::Debug>>(
    create: &O,
    envelope: &str,
    found: &Value,
) -> Result<cloudinary_provisioning::Response<O::Output>, Error> {
    play(new(create).recover().unwrap(), [lost(), ok(&json!({envelope: [found]}))]).0
}

/// This one with another value in a field.
fn with(value: &Value, field: &str, other: Value) -> Value {
    let mut value = value.clone();
    value[field] = other;
    value
}

#[test]
fn what_somebody_else_has_made_meanwhile_with_other_fields_is_not_taken() {
    let create =
        users::Create::new("John", "john@example.com").role("billing").enabled(true).sub_account_ids(["s1", "s2"]);
    let user = json!({"id": "u1", "name": "John", "email": "JOHN@example.com", "role": "billing", "enabled": true,
        "all_sub_accounts": false, "sub_account_ids": ["s2", "s1"], "created_at": NOW});
    assert!(found(&create, "users", &user).unwrap().recovered());
    for (field, other) in [
        ("name", json!("Joan")),
        ("role", json!("admin")),
        ("enabled", json!(false)),
        ("all_sub_accounts", json!(true)),
        ("sub_account_ids", json!(["s1"])),
        ("sub_account_ids", json!(["s1", "s3"])),
    ] {
        assert_open(found(&create, "users", &with(&user, field, other)), GiveUpReason::UnsafeToRetry);
    }
    let everywhere = users::Create::new("John", "john@example.com").sub_account_ids(SubAccountAccess::All);
    assert_open(found(&everywhere, "users", &user), GiveUpReason::UnsafeToRetry);

    let create = product_environments::Create::new("Shop").cloud_name("shop").enabled(true);
    let keys = json!([{"key": "k1", "secret": "s"}]);
    let shop = json!({"id": "s1", "name": "Shop", "cloud_name": "shop", "enabled": true, "created_at": NOW, "api_access_keys": keys});
    assert!(found(&create, "sub_accounts", &shop).unwrap().recovered());
    for (field, other) in [("name", json!("Another")), ("enabled", json!(false))] {
        assert_open(found(&create, "sub_accounts", &with(&shop, field, other)), GiveUpReason::UnsafeToRetry);
    }

    let create = access_keys::Generate::new("s1").name("ci").enabled(false);
    let key = json!({"api_key": "k1", "api_secret": "s", "name": "ci", "enabled": false, "created_at": NOW});
    assert!(found(&create, "access_keys", &key).unwrap().recovered());
    assert_open(found(&create, "access_keys", &with(&key, "enabled", json!(true))), GiveUpReason::UnsafeToRetry);

    let create = custom_policies::Create::new(STATEMENT, "account", "All").description("Why").enabled(true);
    let policy = json!({"id": "p1", "name": "All", "policy_statement": STATEMENT, "description": "Why", "enabled": true, "created_at": NOW});
    assert!(found(&create, "data", &policy).unwrap().recovered());
    for (field, other) in [("description", json!("What")), ("enabled", json!(false))] {
        assert_open(found(&create, "data", &with(&policy, field, other)), GiveUpReason::UnsafeToRetry);
    }
}

#[test]
fn a_look_up_without_the_time_of_the_service_proves_nothing() {
    let undated = Response::new(json!({"users": [user("u1", Some(NOW))]}).to_string().into_bytes());
    assert_open(play(john(), [lost(), undated.into()]).0, GiveUpReason::UnsafeToRetry);
}

/// The look-up ends two seconds after the call began, and times are in whole seconds.
#[test]
fn the_time_of_the_call_is_told_to_the_second() {
    for (created_at, is_it) in [
        ("2015-10-21T07:27:56Z", None),
        (NOW, Some(true)),
        ("2015-10-21T07:28:02Z", Some(true)),
        ("2015-10-21T07:28:03Z", Some(false)),
    ] {
        let found = ok(&json!({"users": [user("u1", Some(created_at))]}));
        // Where it was there before, the create is sent again, and the service says so.
        let (result, done) = play(
            john(),
            [lost(), found, answer(409, &json!({})), ok(&json!({"users": [user("u1", Some(YESTERDAY))]}))],
        );
        match is_it {
            Some(true) => assert!(result.unwrap().recovered(), "{created_at}"),
            Some(false) => assert_eq!(result.unwrap_err().reason(), Some(GiveUpReason::UnsafeToRetry), "{created_at}"),
            None => assert!(result.unwrap_err().is_conflict(), "{created_at}"),
        }
        assert_eq!(done.len(), if is_it.is_some() { 2 } else { 5 }, "{done:?}");
    }
}

#[test]
fn a_look_up_is_retried_as_any_other_read_and_says_so() {
    let found = ok(&json!({"users": [user("u1", Some(NOW))]}));
    let (result, done) = play(john(), [lost(), answer(503, &json!({})), found]);
    let response = result.unwrap();
    assert_eq!((response.recovered(), response.attempts(), &response.value().id), (true, 1, &"u1".into()));
    assert_eq!(done, ["createUser 1", "getUsers 1", "getUsers again in 0 ms", "getUsers 2"]);

    let busy = || answer(503, &json!({}));
    let (result, done) = play(john(), [lost(), busy(), busy(), busy()]);
    assert_open(result, GiveUpReason::UnsafeToRetry);
    assert_eq!(done.last().unwrap(), "getUsers 3");
}

#[test]
fn a_look_up_goes_on_to_its_last_page() {
    let policy = |id: &str, created_at: &str| json!({"id": id, "name": "All", "policy_statement": STATEMENT, "created_at": created_at});
    let create = || new(custom_policies::Create::new(STATEMENT, "account", "All")).recover().unwrap();
    let first = || ok(&json!({"data": [policy("p1", YESTERDAY)], "next_cursor": "c"}));
    let last = ok(&json!({"data": [policy("p2", NOW)], "next_cursor": null}));
    let (result, done) = play(create(), [lost(), first(), last]);
    assert_eq!(result.unwrap().value().id, "p2");
    assert_eq!(done, ["createCustomPolicy 1", "getCustomPolicies 1", "getCustomPolicies 1"]);

    // A page that cannot be read is a look-up that proves nothing.
    let refused = answer(403, &json!({}));
    assert_open(play(create(), [lost(), first(), refused]).0, GiveUpReason::UnsafeToRetry);
}

#[test]
fn what_is_not_there_yet_is_looked_for_again_after_it_had_time_to_appear() {
    let none = || ok(&json!({"user_groups": []}));
    let create = new(user_groups::Create::new("Editors")).recover().unwrap();
    let group = json!({"user_groups": [{"id": "g1", "name": "Editors"}]});
    let (result, done) = play(create, [none(), lost(), none(), ok(&group)]);
    assert_eq!(result.unwrap().value().id, "g1");
    let expected = [
        "getUserGroups 1",
        "createUserGroup 1",
        "getUserGroups 1",
        "createUserGroup again in 250 ms",
        "getUserGroups 1",
    ];
    assert_eq!(done, expected);
}

#[test]
fn a_group_is_not_created_if_nobody_can_tell_which_ones_there_are() {
    let create = new(user_groups::Create::new("Editors")).recover().unwrap();
    let (result, done) = play(create, [answer(403, &json!({}))]);
    let error = result.unwrap_err();
    assert_eq!((error.status(), error.maybe_applied()), (Some(StatusCode::FORBIDDEN), false));
    assert_eq!(done, ["getUserGroups 1"]);
}

#[test]
fn a_secret_is_lost_only_if_the_key_is_surely_the_one() {
    let create = || new(access_keys::Generate::new("s1").name("ci")).recover().unwrap();
    let key = |key: &str, created_at: Option<&str>| json!({"api_key": key, "name": "ci", "created_at": created_at});
    let one = json!({"access_keys": [key("k1", Some(NOW))]});
    let error = play(create(), [lost(), ok(&one)]).0.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::SecretLost { api_key: Some(key), .. } if *key == "k1"), "{error:?}");
    assert!(error.maybe_applied());

    let two = json!({"access_keys": [key("k1", Some(NOW)), key("k2", None)]});
    assert_open(play(create(), [lost(), ok(&two)]).0, GiveUpReason::UnsafeToRetry);
}

#[test]
fn an_environment_whose_secret_is_not_shown_says_so() {
    let create = new(product_environments::Create::new("Shop").cloud_name("shop")).recover().unwrap();
    let keys = json!([{"key": "k1", "secret": null}]);
    let found = json!({"sub_accounts": [{"id": "s9", "name": "Shop", "cloud_name": "shop", "created_at": NOW, "api_access_keys": keys}]});
    let error = play(create, [lost(), ok(&found)]).0.unwrap_err();
    let ErrorKind::SecretLost { sub_account_id, api_key } = error.kind() else { panic!("{error:?}") };
    assert_eq!((sub_account_id.as_str(), api_key.as_ref().map(AsRef::as_ref)), ("s9", Some("k1")));
}

#[test]
fn whoever_takes_what_is_there_does_not_recover_thereby() {
    let create = || new(users::Create::new("John", "john@example.com")).or_existing().unwrap();
    let (result, done) = play(create(), [lost()]);
    assert_open(result, GiveUpReason::UnsafeToRetry);
    assert_eq!(done, ["createUser 1"]);

    // What is not there is not waited for.
    let (result, done) = play(create(), [answer(409, &json!({})), ok(&json!({"users": []}))]);
    assert!(result.unwrap_err().is_conflict());
    assert_eq!(done, ["createUser 1", "getUsers 1"]);

    // Several are not one.
    let both = json!({"users": [user("u1", Some(YESTERDAY)), user("u2", Some(YESTERDAY))]});
    let error = play(create(), [answer(409, &json!({})), ok(&both)]).0.unwrap_err();
    assert!(error.is_conflict() && !error.maybe_applied(), "{error:?}");
}

#[test]
fn a_call_that_is_cancelled_in_a_look_up_has_made_the_attempts_of_the_create() {
    let mut call = john();
    let attempt = call.begin(Duration::ZERO).unwrap();
    let reading = Reading::new(Duration::from_secs(1), SystemTime::UNIX_EPOCH, 0);
    assert!(matches!(call.on_outcome(attempt, lost(), reading), Step::Send));
    let _looking = call.begin(Duration::from_secs(1)).unwrap();
    let error = call.cancel(Duration::from_secs(2));
    assert_eq!((error.reason(), error.attempts(), error.maybe_applied()), (Some(GiveUpReason::Cancelled), 1, true));
}

#[test]
fn a_retry_begins_only_if_there_is_time_for_it() {
    let policy = RetryPolicy::default().total_timeout(Duration::from_secs(2));
    let account = account("https://api.cloudinary.com");
    let mut call = Exchange::new(&account, users::Get::new("u1"), policy).unwrap();
    // The first attempt takes what is left.
    call.start(Duration::ZERO);
    let attempt = call.begin(Duration::from_millis(1_500)).unwrap();
    assert_eq!(attempt.timeout(), Duration::from_millis(500));

    let mut call = Exchange::new(&account, users::Get::new("u1"), policy).unwrap();
    let attempt = call.begin(Duration::ZERO).unwrap();
    let reading = Reading::new(Duration::from_millis(500), SystemTime::UNIX_EPOCH, 0);
    assert!(matches!(call.on_outcome(attempt, lost(), reading), Step::Retry(_)));
    let error = call.begin(Duration::from_millis(1_500)).unwrap_err();
    assert_eq!((error.reason(), error.attempts()), (Some(GiveUpReason::DeadlineExceeded), 1));
}
