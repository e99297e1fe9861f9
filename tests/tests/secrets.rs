//! No secret in anything that a program prints or logs: every public type, every error with its causes, and every log
//! line down to DEBUG, searched for the secrets in any form.

use std::{
    collections::BTreeSet,
    error::Error as StdError,
    fmt::{Debug, Display},
    sync::{LazyLock, Mutex, Once, PoisonError},
    time::{Duration, UNIX_EPOCH},
};

use cloudinary_provisioning::catalog::IdKind;
use cloudinary_provisioning::{
    Account, AccountId, AccountReason, Admission, ApiKey, AssignmentChange, BuildReason, CallEvent, ContentParams,
    CursorPage, Error, ErrorKind, Exchange, Extra, FreshConnection, GiveUpReason, GroupId, JsonList, JsonObject,
    KeyName, ListForm, ManagementType, Null, Nullable, Origin, Outcome, Pager, PathPrefix, PermissionType, Permit,
    PolicyId, PrincipalId, PrincipalType, RateLimit, Raw, Reading, Region, RequestOptions, RetryPolicy, RoleId, Safety,
    ScopeId, ScopeType, Secret, SharedThrottle, SortOrder, Step, SubAccountAccess, SubAccountId, Throttle,
    TransportError, UserId, access_keys, catalog, http::Response, users,
};
use cloudinary_provisioning_fake::{
    self as fakes, FakeAccount, FakeServer, Fault, Framing, NewAccessKey, NewAssignment, NewCustomPolicy, NewGroup,
    NewRole, NewSubAccount, NewUser, PlanUsage, Principal, Switch, UsageCycle,
};
use cloudinary_provisioning_tests::{
    clock::Clock,
    hostile::read_as_each,
    leaks, samples,
    script::{self, Action, Endpoint, Script, raw},
    sources::public_types,
};
use cloudinary_provisioning_ureq::{
    CancelFlag, Client, ClientBuilder, ConfigError, SystemClock, Wakeup,
    ureq::{self, Proxy},
};
use http::Method;
use serde_json::json;

const KEY: &str = "key-MARK/1+2?é";
const SECRET: &str = "secret:MARK/3+4?@é";
/// A header of the caller's own.
const TOKEN: &str = "token-MARK/5+6?";
/// What an `api_secret` in a body holds.
const BODY: &str = samples::SECRET;
const PROXY: &str = "proxy-MARK-9";

static SEARCH: LazyLock<leaks::Search> = LazyLock::new(|| leaks::Search::new([KEY, SECRET, TOKEN, BODY, PROXY]));

#[track_caller]
fn assert_clean(what: &str, text: &str) {
    if let Some(form) = SEARCH.find(text) {
        panic!("{what} shows {form:?}: {text}");
    }
}

/// Types that were printed.
#[derive(Default)]
struct Printed {
    /// By their paths.
    types: BTreeSet<String>,
    /// Those that stood inside others: the module of the outer one, and the inner one's name.
    inner: BTreeSet<(String, String)>,
}

impl Printed {
    #[track_caller]
    fn debug<T: Debug + ?Sized>(&mut self, value: &T) {
        self.text(std::any::type_name::<T>(), &format!("{value:?}"));
        assert_clean(std::any::type_name::<T>(), &format!("{value:#?}"));
    }

    /// Searches what `Debug` prints of a value of this type.
    #[track_caller]
    fn text(&mut self, type_name: &str, text: &str) {
        assert_clean(type_name, text);
        let path = path_of(type_name);
        let module = path.rsplit_once("::").map_or("", |(module, _)| module);
        let words = text.split(|c: char| !(c.is_alphanumeric() || c == '_'));
        let names = words.filter(|word| word.starts_with(char::is_uppercase));
        self.inner.extend(names.map(|name| (module.to_owned(), name.to_owned())));
        self.types.insert(path.to_owned());
    }

    /// What of these types was not printed. An inner type is known by its name, if that is the only one in its crate or
    /// in the module of the outer type.
    fn missing(&self, public: &BTreeSet<String>) -> Vec<String> {
        let split =
            |path: &str| path.rsplit_once("::").map(|(module, name)| (module.to_owned(), name.to_owned())).unwrap();
        let was_inside = |path: &str| {
            let (module, name) = split(path);
            let is_only = public.iter().filter(|other| split(other).1 == name).count() == 1;
            self.inner.contains(&(module, name.clone())) || (is_only && self.inner.iter().any(|inner| inner.1 == name))
        };
        public.iter().filter(|path| !self.types.contains(*path) && !was_inside(path)).cloned().collect()
    }

    #[track_caller]
    fn both<T: Debug + Display>(&mut self, value: &T) {
        self.debug(value);
        assert_clean(std::any::type_name::<T>(), &value.to_string());
    }

    #[track_caller]
    fn error(&mut self, error: &(impl StdError + 'static)) {
        self.both(error);
        let mut cause = error.source();
        while let Some(error) = cause {
            assert_clean("a cause", &format!("{error} {error:?} {error:#?}"));
            cause = error.source();
        }
    }
}

fn account() -> Account {
    Account::new("acc", KEY, Secret::new(SECRET)).unwrap()
}

/// An operation with a secret in its body.
fn with_secret() -> Raw {
    Raw::new(Method::POST, ["sub_accounts", "s1", "access_keys"]).json(&json!({"api_secret": BODY, "name": [BODY]}))
}

/// Responses with a secret wherever one can stand but in the service's own message.
fn responses() -> Vec<Response<Vec<u8>>> {
    let secret = json!({"api_secret": BODY});
    let bodies = [
        json!({"id": "u1", "api_secret": BODY, "users": [], "groups": [], "sub_accounts": [], "message": "ok"})
            .to_string(),
        json!({"id": secret}).to_string(),
        json!({"id": 1, "api_secret": BODY}).to_string(),
        json!({"id": "u1", "enabled": BODY, "created_at": BODY, "group_count": BODY}).to_string(),
        json!({"id": "u1", "created_at": BODY}).to_string(),
        json!({"id": "u1", "group_count": BODY}).to_string(),
        json!({"users": BODY, "groups": BODY, "sub_accounts": BODY, "message": secret}).to_string(),
        json!({"users": [{"id": secret}], "groups": [{"id": secret}], "sub_accounts": [{"id": secret}]}).to_string(),
        json!({"error": {"message": "no", "code": "c", "details": secret, "api_secret": BODY}}).to_string(),
        json!({"error": secret}).to_string(),
        json!(BODY).to_string(),
        json!([BODY, secret]).to_string(),
        format!("{{\"id\":\"u1\",\"api_secret\":\"{BODY}"),
        format!("{{\"id\":\"u1\",\"id\":\"{BODY}\"}}"),
        format!("<html>{BODY}</html>"),
        format!("{{\"api_secret\": {BODY}}}"),
    ];
    let statuses = [200, 201, 204, 302, 400, 401, 404, 409, 420, 429, 500, 503];
    let mut responses = Vec::new();
    for body in bodies {
        for status in statuses {
            let response = Response::builder().status(status).header("set-cookie", TOKEN).header("location", TOKEN);
            responses.push(response.body(body.clone().into_bytes()).unwrap());
        }
    }
    responses
}

/// The path of a type's definition, without references and generic arguments.
fn path_of(type_name: &str) -> &str {
    type_name.trim_start_matches('&').split('<').next().unwrap_or(type_name)
}

#[test]
fn no_public_type_shows_a_secret() {
    let mut printed = Printed::default();
    core(&mut printed);
    operations(&mut printed);
    core_errors(&mut printed);
    core_machines(&mut printed);
    adapter(&mut printed);
    fake(&mut printed);

    let mut types = BTreeSet::new();
    for krate in ["cloudinary-provisioning", "cloudinary-provisioning-ureq", "cloudinary-provisioning-fake"] {
        types.extend(public_types(krate));
    }
    for entry in catalog() {
        let operation = format!("cloudinary_provisioning::api::{}::{}", entry.resource, entry.name);
        assert!(types.contains(&operation), "{operation} is not found in the sources");
    }
    // Nobody can get hold of these: sealed traits name them.
    for name in [
        "cloudinary_provisioning::call::raw_list::RawPosition",
        "cloudinary_provisioning::operation::any::Lookup",
        "cloudinary_provisioning::wire::json::Unreadable",
        "cloudinary_provisioning::wire::target::Target",
        "cloudinary_provisioning_ureq::builder::InnerTransport",
    ] {
        assert!(types.remove(name), "{name}");
    }
    assert_eq!(printed.missing(&types), [""; 0], "these are public and not searched");
}

#[test]
fn a_type_that_is_not_printed_is_missing() {
    let mut printed = Printed::default();
    printed.text("a::users::Get<'_>", "Get { role: Role(Name { .. }) }");
    let public =
        ["a::users::Get", "a::users::Role", "a::roles::Role", "a::roles::Get", "a::base::Name", "a::base::New"];
    let missing = printed.missing(&public.map(str::to_owned).into());
    assert_eq!(missing, ["a::base::New", "a::roles::Get", "a::roles::Role"]);
}

/// Every operation, and what it reads.
fn operations(printed: &mut Printed) {
    for sample in samples::all() {
        printed.text(sample.type_name(), &format!("{sample:?}"));
        let body = samples::body(&samples::entry(&*sample).response);
        let (_, text) = sample.read(&Response::new(body.to_string().into_bytes())).unwrap();
        printed.text(sample.type_name(), &text);
    }
}

/// What every operation is made of.
fn vocabulary(printed: &mut Printed) {
    printed.both(&ApiKey::from("k"));
    printed.both(&KeyName::from("k"));
    printed.both(&PolicyId::from("p"));
    printed.both(&PrincipalId::from("p"));
    printed.both(&RoleId::from("r"));
    printed.both(&ScopeId::from("s"));
    printed.both(&AssignmentChange::Add);
    printed.both(&ManagementType::System);
    printed.both(&PermissionType::Global);
    printed.both(&PrincipalType::User);
    printed.both(&ScopeType::Account);
    printed.both(&SortOrder::Asc);
    printed.debug(&SubAccountAccess::All);
    printed.debug(&JsonList::<String>::from(["x"]));
    printed.debug(&Null);
    printed.debug(&Nullable::<String>::from("x"));
    printed.debug(&ContentParams::from([("x", "y")]));
    printed.debug(&JsonObject::new());
    printed.debug(&json!(null));
    printed.debug(&ListForm::Commas);
    printed.both(&access_keys::SortBy::from("x"));
    printed.both(&access_keys::DedicatedFor::from("x"));
    printed.debug(&catalog().find_map(|entry| entry.needs).unwrap());
    printed.debug(&IdKind::User);
    printed.debug(&CursorPage::<u8>::new([1], None));
    printed.debug(&Extra::from(JsonObject::from_iter([("api_secret".to_owned(), BODY.into())])));
    let entry = catalog().find(|entry| entry.id == "getUsers").unwrap();
    printed.debug(entry);
    printed.debug(&entry.response);
    printed.debug(&entry.paging().unwrap());
    for field in entry.fields {
        printed.debug(field);
        printed.debug(&field.kind);
        printed.debug(&field.place);
    }
}

fn core(printed: &mut Printed) {
    let account = account();
    let headers =
        RequestOptions::new().header("authorization", format!("Bearer {TOKEN}")).header("x-api-secret", TOKEN);
    printed.debug(&account);
    printed.debug(account.secret());
    printed.debug(&account.clone().with_region(Region::ApiEu).with_user_agent_suffix("tool/1").unwrap());
    printed.debug(&headers);
    printed.debug(&Secret::from(SECRET));
    printed.both(account.origin());
    printed.debug(&Region::Api);
    printed.both(account.id());
    printed.both(&UserId::from("u1"));
    printed.both(&GroupId::from("g1"));
    vocabulary(printed);
    printed.both(&SubAccountId::from("s1"));
    printed.debug(&AccountId::from("acc"));
    printed.debug(&PathPrefix::Public);
    printed.debug(&Safety::Safe);
    printed.debug(&with_secret());

    let request = account.request_with(&users::List::new(), &headers).unwrap();
    // All but the body is what `http` prints; headers are marked for it.
    assert_clean("a request", &format!("{request:?} {request:#?} {:?}", request.headers()));
    assert_clean("a request's URL", &request.uri().to_string());

    let user: users::User = serde_json::from_value(json!({"id": "u1", "api_secret": BODY})).unwrap();
    printed.debug(&user);
    printed.debug(&user.extra);

    printed.debug(&Pager::new(users::List::new()));
    let role = users::Role::from("a role of tomorrow");
    printed.both(&role);
    if let users::Role::Unknown(value) = &role {
        printed.debug(value);
    }
    printed.both(&users::UnionType::Include);
    printed.both(&users::SortBy::Name);

    let body = samples::body(&samples::entry(&users::Get::new("u1")).response).to_string();
    let response = Response::builder().header("set-cookie", TOKEN).body(body).unwrap();
    printed.debug(&users::Get::new("u1").parse_response(&response).unwrap());
    printed.debug(&RateLimit::from_headers(response.headers()));
}

fn core_errors(printed: &mut Printed) {
    let colon = format!("{KEY}:{SECRET}");
    let end = format!("{SECRET}\n");
    let mut account_errors = vec![
        Account::new("acc", &*colon, SECRET).unwrap_err(),
        Account::new("acc", KEY, end.as_str()).unwrap_err(),
        Account::new("..", KEY, SECRET).unwrap_err(),
        Account::new("", KEY, SECRET).unwrap_err(),
    ];
    for url in [
        format!("https://{KEY}:{SECRET}@acc"),
        format!("account://{KEY}:{}", SECRET.replace('@', "")),
        format!("account://{KEY}@acc"),
        format!("account://:{SECRET}@acc"),
        format!("account://{KEY}:{SECRET}%@acc"),
        format!("account://{KEY}:{SECRET}@acc/{BODY}"),
        format!("account://{KEY}:{SECRET}%00@acc"),
        format!("account://{KEY}:{SECRET}%ff@acc"),
        SECRET.to_owned(),
    ] {
        account_errors.push(Account::from_url(&url).unwrap_err());
        account_errors.push(url.parse::<Account>().unwrap_err());
        let lookup = |name: &str| (name == "CLOUDINARY_ACCOUNT_URL").then(|| url.clone());
        account_errors.push(Account::from_lookup(lookup).unwrap_err());
    }
    for origin in [
        format!("https://user:{TOKEN}@example.com"),
        format!("https://example.com/?{TOKEN}"),
        format!("http://{TOKEN}"),
        format!("{TOKEN}://x"),
    ] {
        account_errors.push(Origin::url(&origin).unwrap_err());
        account_errors.push(Origin::url_allowing_http(&format!("x{origin}")).unwrap_err());
    }
    for error in account_errors {
        printed.error(&error);
        printed.both(error.reason());
        printed.error(&Error::from(error));
    }
    printed.both(&AccountReason::Missing);

    let account = account();
    for options in [
        RequestOptions::new().header("x-token", format!("{TOKEN}\n")),
        RequestOptions::new().header("host", TOKEN),
        RequestOptions::new().header("content-length", TOKEN),
    ] {
        let error = account.request_with(&users::List::new(), &options).unwrap_err();
        printed.error(&error);
        printed.both(error.reason());
    }
    printed.both(&BuildReason::Empty);

    for response in responses() {
        let mut results: Vec<_> = read_as_each(&response).into_iter().map(|(_, result)| result).collect();
        results.push(with_secret().parse(&response).map(drop));
        for error in results.into_iter().filter_map(Result::err) {
            printed.error(&error);
            printed.debug(error.kind());
        }
    }
}

fn core_machines(printed: &mut Printed) {
    let account = account();
    let sample = Reading::new(Duration::ZERO, UNIX_EPOCH, 0);
    printed.debug(&sample);
    printed.debug(&RetryPolicy::default());
    printed.both(&GiveUpReason::NotRetryable);
    printed.both(&TransportError::not_sent("refused"));
    printed.debug(&FreshConnection);
    let mut throttle = Throttle::new();
    printed.debug(&throttle.admit(sample));
    printed.debug(&throttle);
    printed.debug(&Admission::Full);
    printed.debug(&Permit::default());

    let shared = SharedThrottle::new();
    printed.debug(&shared.place());
    printed.debug(&shared);
    printed.debug(&with_secret().map(drop));
    printed.debug(&with_secret().by_page(["access_keys"]));
    printed.debug(&CallEvent::new("getUsers", 1, Duration::ZERO, Ok(http::StatusCode::OK)));

    let options = RequestOptions::new().header("x-token", TOKEN);
    let create = users::Create::new("Ada", "ada@example.com");
    let exchange = Exchange::with_options(&account, create, RetryPolicy::default(), &options);
    printed.debug(&exchange.unwrap().recover().unwrap());
    for response in responses() {
        let outcomes = [
            Outcome::Response(response.clone()),
            Outcome::Truncated(response.clone(), Some("cut".into())),
            Outcome::TooLarge(response, 7),
            TransportError::permanent("refused").into(),
        ];
        for outcome in outcomes {
            printed.debug(&outcome);
            let again = || match outcome.response() {
                Some(response) => Outcome::Response(response.clone()),
                None => TransportError::maybe_sent("lost").into(),
            };
            let get = users::Get::new("u1");
            let mut exchange = Exchange::with_options(&account, get, RetryPolicy::default(), &options).unwrap();
            let attempt = exchange.begin(Duration::ZERO).unwrap();
            printed.debug(&attempt);
            print_step(printed, exchange.on_outcome(attempt, again(), sample));
            printed.debug(&exchange);
            let mut exchange = Exchange::with_options(&account, with_secret(), RetryPolicy::none(), &options).unwrap();
            printed.debug(&exchange);
            let attempt = exchange.begin(Duration::ZERO).unwrap();
            match exchange.on_outcome(attempt, outcome, sample) {
                // What a raw call returns is the caller's own.
                Step::Done(_) => {}
                step => print_step(printed, step),
            }
        }
    }
}

fn print_step<T: Debug>(printed: &mut Printed, step: Step<'_, T>) {
    printed.debug(&step);
    match step {
        Step::Failed(error) => printed.error(&error),
        Step::Retry(event) => {
            printed.both(&event);
            printed.error(event.cause);
        }
        Step::Done(_) | Step::Send => {}
    }
}

fn builder(origin: &str) -> ClientBuilder {
    Client::builder(account().with_origin(Origin::url(origin).unwrap())).proxy(None).clock(Clock::new())
}

fn adapter(printed: &mut Printed) {
    let proxy = || Proxy::new(&format!("http://{PROXY}:{PROXY}@127.0.0.1:9")).unwrap();
    printed.debug(&builder("https://127.0.0.1:9").proxy(Some(proxy())).user_agent_suffix("tool/1"));
    let client = builder("https://127.0.0.1:9").proxy(Some(proxy())).build().unwrap();
    printed.debug(&client);
    printed.debug(&SystemClock);
    printed.debug(&CancelFlag::new());
    printed.debug(&Wakeup::default());
    let operation = with_secret();
    printed.debug(&client.call(&operation).header("authorization", TOKEN).header("x-token", TOKEN));
    printed.debug(&client.items(users::List::new()).header("x-token", TOKEN));
    printed.debug(&client.items_all([(BODY, users::List::new())]).header("x-token", TOKEN));
    printed.debug(&client.send_all([users::Get::new("u1")]).header("x-token", TOKEN));

    let error = builder("https://127.0.0.1:9").agent(ureq::agent()).build().unwrap_err();
    printed.error(&error);
    printed.debug(error.kind());
    let ErrorKind::Config(config) = error.kind() else { panic!("{error:?}") };
    printed.error(config.downcast_ref::<ConfigError>().unwrap());
    let error = client.call(&operation).header("x-token", format!("{TOKEN}\n")).send().unwrap_err();
    printed.error(&error);

    let server =
        Script::play([Action::respond(script::response(503, &[("x-request-id", "r1")], BODY)), Action::reset()]);
    let events = std::sync::Arc::new(Mutex::new(Vec::new()));
    let (shown, attempts) = (std::sync::Arc::clone(&events), std::sync::Arc::clone(&events));
    let client = builder(&server.origin())
        .on_retry(move |event| {
            shown.lock().unwrap().push(format!("{event} {event:?} {} {:?}", event.cause, event.cause));
        })
        .on_attempt(move |event| attempts.lock().unwrap().push(format!("{event:?} {:#?}", event.outcome)))
        .build()
        .unwrap();
    printed.error(&client.call(&users::Get::new("u1")).header("x-token", TOKEN).send().unwrap_err());
    let events = events.lock().unwrap();
    assert_eq!(events.len(), 5, "two retries and three attempts");
    for event in events.iter() {
        assert_clean("an event", event);
    }
    printed
        .types
        .extend(["RetryEvent", "AttemptEvent"].map(|name| format!("cloudinary_provisioning::call::events::{name}")));
}

fn fake(printed: &mut Printed) {
    let mut account = FakeAccount::new("acc", KEY, SECRET)
        .with_user(NewUser::new("Ada", "ada@example.com").id("u1"))
        .with_sub_account(NewSubAccount::new("Demo").id("s1"))
        .with_access_key("s1", NewAccessKey::new("ci").api_secret(BODY))
        .with_custom_policy(NewCustomPolicy::new("All", "permit(principal, action, resource);"))
        .with_role(NewRole::new("Mine", fakes::ScopeType::Account, fakes::PermissionType::Global).id("r1"))
        .with_assignment(Principal::user("u1"), NewAssignment::new("r1"))
        .with_group(NewGroup::new("Editors").member("u1"));
    for below in ["agents/accounts", "clouds"] {
        let body = json!({
            "email": "jane@example.com",
            "agent_framework": "mine",
            "agent_llm_model": "m1",
            "agent_goal": "Try it",
        });
        let request = http::Request::post(format!("/v1_1/provisioning/{below}"))
            .header("content-type", "application/json")
            .body(body.to_string().into_bytes());
        assert_eq!(account.respond(request.unwrap()).status(), 200);
    }
    for secret in [SECRET, "wrong"] {
        let asker = Account::new("acc", KEY, secret).unwrap();
        let request = asker.request(&users::Get::new("u1")).unwrap();
        let response = account.respond(request);
        assert_clean("a response of the fake", &format!("{response:?} {}", String::from_utf8_lossy(response.body())));
    }
    printed.debug(&account);
    printed.debug(&fakes::SharedAccount::new(account.clone()));
    account.requests().for_each(|request| printed.debug(request));
    account.users().for_each(|user| printed.debug(user));
    account.sub_accounts().for_each(|sub_account| printed.debug(sub_account));
    account.groups().for_each(|group| printed.debug(group));
    account.access_keys("s1").for_each(|key| printed.debug(key));
    account.custom_policies().for_each(|policy| printed.debug(policy));
    account.roles().for_each(|role| printed.debug(role));
    account.assignments().for_each(|assignment| printed.debug(assignment));
    for made in account.agent_accounts() {
        assert!(!format!("{made:?}").contains(&made.api_secret));
        printed.debug(made);
    }
    for made in account.agent_clouds() {
        assert!(!format!("{made:?}").contains(&made.api_secret));
        printed.debug(made);
    }
    printed.debug(&NewUser::new("Ada", "ada@example.com"));
    printed.debug(&NewSubAccount::new("Demo"));
    printed.debug(&NewGroup::new("Editors"));
    printed.debug(&NewAccessKey::new("ci").api_secret(SECRET));
    printed.debug(&NewCustomPolicy::new("All", "permit(principal, action, resource);"));
    printed.debug(&NewRole::new("Mine", fakes::ScopeType::Account, fakes::PermissionType::Global));
    printed.debug(&NewAssignment::new("r1"));
    printed.debug(&Principal::user("u1"));
    printed.debug(&PlanUsage::new("Plus"));
    printed.debug(&UsageCycle::new(time::Date::MIN, time::Date::MAX, 1.0));
    printed.debug(&Switch::NoAgents);
    printed.debug(&fakes::ScopeType::Account);
    printed.debug(&fakes::PermissionType::Global);
    printed.debug(&fakes::ManagementType::Custom);
    printed.debug(&fakes::PrincipalType::User);
    printed.debug(&Fault::throttled(2));
    printed.debug(&Framing::Chunked);
    account.fail_next(1, Fault::response().then_close());
    let request = account_request();
    printed.debug(&account.try_respond(request).unwrap_err());
    let server = FakeServer::start(account).unwrap();
    printed.debug(&server);
}

fn account_request() -> http::Request<Vec<u8>> {
    account().request(&users::Get::new("u1")).unwrap()
}

// What is logged.

static LINES: Mutex<Vec<String>> = Mutex::new(Vec::new());

struct Capture;

impl log::Log for Capture {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        let line = format!("{} {}: {}", record.level(), record.target(), record.args());
        LINES.lock().unwrap_or_else(PoisonError::into_inner).push(line);
    }

    fn flush(&self) {}
}

fn capture() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        log::set_logger(&Capture).unwrap();
        log::set_max_level(log::LevelFilter::Debug);
    });
}

/// Calls with everything that is secret, whose errors are searched as well.
fn call_all(client: &Client) {
    let mut printed = Printed::default();
    let operation = with_secret();
    let calls = [
        client.send(&users::Get::new("u1")).map(drop),
        client.send(&users::Create::new("Ada", "ada@example.com")).map(drop),
        client.call(&users::Delete::new("u1")).header("authorization", format!("Bearer {TOKEN}")).send().map(drop),
        client.call(&users::List::new()).header("x-api-secret", TOKEN).header("cookie", TOKEN).send().map(drop),
        client.call(&users::GetGroups::new("u1")).timeout(Duration::from_millis(200)).send().map(drop),
        client.call(&operation).send().map(drop),
        client.call(&operation).retry(RetryPolicy::default().retry_unsafe(true)).send().map(drop),
    ];
    for error in calls.into_iter().filter_map(Result::err) {
        printed.error(&error);
        printed.debug(error.kind());
    }
}

#[test]
fn no_log_line_down_to_debug_and_no_error_of_a_call_shows_a_secret() {
    capture();
    let secret = json!({"id": "u1", "api_secret": BODY, "users": []}).to_string();
    let hostile = json!({"id": {"api_secret": BODY}, "users": BODY}).to_string();
    let cookie = [("set-cookie", TOKEN), ("location", "https://user:pass@example.com/")];
    // What a service repeats of a request.
    let request = account_request();
    let authorization = request.headers()["authorization"].to_str().unwrap();
    let repeated = json!({"error": {"message": format!("{SECRET}, {authorization}"), "code": SECRET}}).to_string();
    let actions = [
        Action::respond(script::response(200, &cookie, &secret)),
        Action::respond(script::response(200, &cookie, &secret)).then_close(),
        Action::respond(script::response(200, &[], &hostile)),
        Action::respond(script::response(302, &cookie, &secret)),
        Action::respond(script::response(401, &cookie, &secret)),
        Action::respond(script::response(
            400,
            &[("x-request-id", authorization), ("location", authorization)],
            &repeated,
        )),
        Action::respond(script::response(429, &[("retry-after", "1")], &secret)),
        Action::respond(script::response(503, &cookie, format!("<html>{BODY}</html>"))),
        Action::respond(raw(&["200 OK", "content-length: 1000"], &secret)).then_close(),
        Action::respond(raw(&["200 OK", "transfer-encoding: chunked"], format!("{BODY}\r\n"))).then_close(),
        Action::respond(raw(&["200 OK", "content-encoding: gzip"], BODY)).then_close(),
        Action::respond(format!("{BODY}\r\n")).then_close(),
        Action::respond(raw(&["200 OK", BODY], "")).then_close(),
        Action::reset(),
        Action::close(),
    ];
    for action in actions {
        let server = Script::repeat(action);
        call_all(&builder(&server.origin()).build().unwrap());
        assert!(!server.requests().is_empty());
        // Each did carry what must not be shown.
        assert!(server.requests()[0].text().contains("authorization: Basic "));
    }
    call_all(&builder(&Endpoint::refusing().origin()).build().unwrap());
    // TLS that comes to nothing, directly and through a proxy with a password.
    let https = |server: &Script| server.origin().replace("http://", "https://");
    let server = Script::repeat(Action::hang_up());
    call_all(&builder(&https(&server)).build().unwrap());
    for response in ["407 Proxy Authentication Required", "200 Connected", "502 Bad Gateway"] {
        let server = Script::repeat(Action::respond(raw(&[response, "content-length: 0"], "")).then_close());
        let proxy = format!("http://{PROXY}:{PROXY}@{}", server.address());
        let proxied = |origin: &str| builder(origin).proxy(Some(Proxy::new(&proxy).unwrap())).build().unwrap();
        call_all(&proxied("https://api.cloudinary.com"));
        call_all(&proxied("http://localhost:9"));
    }

    let lines = LINES.lock().unwrap().clone();
    for line in &lines {
        assert_clean("a log line", line);
    }
    for target in ["DEBUG ureq", "DEBUG rustls"] {
        assert!(lines.iter().any(|line| line.starts_with(target)), "nothing of {target} in {} lines", lines.len());
    }
    assert!(lines.iter().any(|line| line.contains("Request")), "requests are logged");
    assert!(lines.iter().any(|line| line.contains("Response")), "responses are logged");
}
