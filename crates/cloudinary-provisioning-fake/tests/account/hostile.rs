//! Nothing that can be put into a request makes the account panic.

use crate::common::{USERS, account};
use cloudinary_provisioning_fake::{FakeAccount, Fault, Framing, NewUser};
use http::{HeaderValue, Method, Request, Uri};
use time::{Date, Duration, OffsetDateTime, Time, UtcOffset};

/// A repeatable source of numbers.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 11).unwrap() % sides
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[self.roll(from.len())]
    }

    fn bytes(&mut self, most: usize) -> Vec<u8> {
        (0..self.roll(most + 1)).map(|_| u8::try_from(self.roll(256)).unwrap()).collect()
    }
}

const PIECES: &[&str] = &[
    "/",
    "users",
    "groups",
    "sub_accounts",
    "u1",
    "..",
    ".",
    "%",
    "%2",
    "%2f",
    "%ff",
    "%00",
    "é",
    "?",
    "&",
    "=",
    "[",
    "]",
    "ids",
    "emails",
    "page",
    "page_size",
    "pending",
    "true",
    "from",
    "to",
    "last_login",
    "2024-02-29",
    "9999-12-31",
    "0000-00-00",
    "sort_by",
    "name",
    "prefix",
    "0",
    "1",
    "99999999999999999999",
    ",",
    "+",
    "-1",
    "#",
    "*",
    ":",
    "@",
];

const STARTS: &[&str] = &[
    USERS,
    USERS,
    USERS,
    "/v1_1/provisioning/accounts/acc/user_groups",
    "/v1_1/provisioning/accounts/acc/sub_accounts",
    "/v1_1/provisioning/accounts/acc/sub_accounts/s1/access_keys",
    "/v1_1/provisioning/accounts/acc/billing_usage",
    "/v1_1/provisioning/clouds",
    "/v2/accounts/acc/permissions/roles",
    "/v2/accounts/acc/permissions/principal_roles",
    "/v2/accounts/permissions/public/validate",
    "",
    "*",
    "http://h",
    "example.com:80",
];

const TYPES: &[&str] = &[
    "application/json",
    "application/json",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=b",
    "multipart/form-data",
    "text/html",
];

const JSON: &[&str] = &[
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    "null",
    "true",
    "1e999",
    "-0",
    "\"name\"",
    "\"email\"",
    "\"role\"",
    "\"enabled\"",
    "\"sub_account_ids\"",
    "\"a@b\"",
    "\"\\ud800\"",
    "\"",
    "\\",
    "\u{0}",
    "é",
    "{\"name\":\"N\",\"email\":\"n@example.com\"}",
    "name=N&email=n%40example.com",
    "a[b][][c]=",
    "[][]=&[",
    "--b\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\n",
    "\r\n--b--",
];

#[test]
fn random_requests_are_answered() {
    let mut dice = Dice(0x2545_f491_4f6c_dd1d);
    let mut account = account().with_user(NewUser::new("U", "u@example.com").id("u1")).with_rate_limit(u64::MAX);
    let authorization = account.authorization();
    let methods = ["GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "CONNECT", "PATCH", "X"];
    for _ in 0..20_000 {
        let mut target = dice.pick(STARTS).to_owned();
        for _ in 0..dice.roll(12) {
            target.push_str(dice.pick(PIECES));
        }
        let Ok(uri) = target.parse::<Uri>() else {
            continue;
        };
        let body = match dice.roll(3) {
            0 => dice.bytes(64),
            _ => (0..dice.roll(12)).map(|_| dice.pick(JSON)).collect::<String>().into_bytes(),
        };
        let mut request = Request::new(body);
        *request.method_mut() = Method::from_bytes(dice.pick(&methods).as_bytes()).unwrap();
        *request.uri_mut() = uri;
        if dice.roll(8) > 0 {
            let headers = request.headers_mut();
            headers.insert("authorization", authorization.parse().unwrap());
            headers.insert("content-type", dice.pick(TYPES).parse().unwrap());
        } else if let Ok(value) = HeaderValue::from_bytes(&dice.bytes(40)) {
            request.headers_mut().insert("authorization", value);
        }
        let response = account.respond(request);
        assert_ne!(response.status(), 500);
    }
    // The mix must have got somewhere, or it would prove nothing.
    let met = |status: u16| account.requests().filter(|asked| asked.status.unwrap() == status).count();
    for status in [200, 400, 401, 404, 405] {
        assert!(met(status) > 20, "{status}: {}", met(status));
    }
}

#[test]
fn the_ends_of_time_are_times() {
    let ends = [
        Date::MIN.with_time(Time::MIDNIGHT).assume_utc(),
        Date::MAX.with_time(Time::MAX).assume_utc(),
        Date::MAX.with_time(Time::MAX).assume_offset(UtcOffset::from_hms(-23, 0, 0).unwrap()),
        Date::MIN.with_time(Time::MIDNIGHT).assume_offset(UtcOffset::from_hms(23, 0, 0).unwrap()),
    ];
    for start in ends {
        for step in [Duration::MIN, Duration::ZERO, Duration::MAX] {
            let mut account = account().with_clock(start, step).with_rate_limit(1);
            account.insert_user(NewUser::new("U", "u@example.com").created_at(start).last_login(start));
            account.advance(step);
            account.log_in("u1", start);
            assert_eq!(crate::common::get(&mut account, "?last_login=true&sort_by=activity").0, 200);
        }
    }
}

#[test]
fn odd_settings_are_settings() {
    let mut odd = FakeAccount::new("", "", "")
        .with_page_cap(0)
        .with_seed(u64::MAX)
        .with_clock(OffsetDateTime::UNIX_EPOCH, Duration::ZERO);
    odd.insert_user(NewUser::new("", "").id(""));
    odd.insert_user(NewUser::new("", "").id(""));
    let target = "/v1_1/provisioning/accounts//users?page=1";
    let response = crate::common::ask(&mut odd, Method::GET, target, "");
    assert_eq!(response.status(), 200);
    assert_eq!(odd.user_count(), 1);
}

#[test]
fn odd_faults_are_faults() {
    let mut account = account();
    account.script([
        Fault::status(0),
        Fault::status(u16::MAX),
        Fault::status(999),
        Fault::status(100),
        Fault::close().header("a", "b").body("x").bare().then_close(),
        Fault::response().truncated_at(Framing::ContentLength, usize::MAX),
        (0..40_000).fold(Fault::status(503), |fault, n| fault.header(format!("x-{n}"), "v")),
    ]);
    while account.faults_left() > 0 {
        let request = crate::common::request(&account, Method::GET, USERS, "");
        let _ = account.try_respond(request);
    }
}
