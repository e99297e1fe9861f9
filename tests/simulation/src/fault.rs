//! What can happen to a request on its way, and to its response on the way back.

use std::time::Duration;

use cloudinary_provisioning::http::{HeaderMap, HeaderValue};
use fastrand::Rng;
use time::OffsetDateTime;

use crate::random::{chance, millis, pick};

/// Something that happens to one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fault {
    /// The connection is refused: the request is not sent.
    Refused,
    /// The connection is never made, and the transport knows it.
    SlowConnect,
    /// The connection is reset before the request arrives.
    RequestLost,
    /// Nothing comes back, and nothing arrived.
    BlackHole,
    /// The request is applied, and the connection is reset.
    ResponseLost,
    /// The client is told of a failure, and the request is applied later.
    Late,
    /// The response takes its time, or longer than there is.
    Slow,
    /// A proxy sends the request twice.
    Doubled,
    /// The response ends early.
    Truncated,
    /// The response ends early, and looks complete.
    CutSilently,
    /// The response is larger than the transport allows.
    TooLarge,
    /// The response has no body.
    Empty,
    /// A proxy answers with a page of its own, after the service got the request or instead of it.
    ProxyPage,
    /// Something answers 200 with JSON of another kind.
    OtherJson,
    /// The service throttles, with a hint of any kind or none.
    Throttled,
    /// The service fails, before it applied the request or after.
    ServerError,
    /// An idle connection is dead; a fresh one is not.
    DeadConnection,
    /// A success says that nothing is left of the rate limit.
    Spent,
    /// The response has no `Date`.
    NoDate,
    /// The certificate is wrong.
    Permanent,
}

impl Fault {
    /// All of them.
    pub const ALL: [Self; 20] = [
        Self::Refused,
        Self::SlowConnect,
        Self::RequestLost,
        Self::BlackHole,
        Self::ResponseLost,
        Self::Late,
        Self::Slow,
        Self::Doubled,
        Self::Truncated,
        Self::CutSilently,
        Self::TooLarge,
        Self::Empty,
        Self::ProxyPage,
        Self::OtherJson,
        Self::Throttled,
        Self::ServerError,
        Self::DeadConnection,
        Self::Spent,
        Self::NoDate,
        Self::Permanent,
    ];
}

/// How a request and its response travel.
#[derive(Clone, Debug)]
pub(crate) struct Way {
    pub(crate) fault: Option<Fault>,
    /// When the service gets the request: once, twice, or never.
    pub(crate) deliveries: Vec<Duration>,
    pub(crate) answer: Answer,
}

/// What the client gets.
#[derive(Clone, Debug)]
pub(crate) enum Answer {
    /// What the service answers to a copy, this long after.
    Service {
        copy: usize,
        after: Duration,
        change: Change,
    },
    /// Something else, at this time.
    Own {
        after: Duration,
        own: Own,
    },
    Nothing,
}

/// What becomes of a response of the service.
#[derive(Clone, Debug)]
pub(crate) enum Change {
    Unchanged,
    Lost,
    /// Its body ends after so many of 256 parts.
    Cut(u8),
    CutSilently(u8),
    TooLarge,
    Empty,
    NoDate,
    /// Nothing is left of the rate limit for so long, if it is a success.
    Spent(Hint),
    /// Something else comes in its place.
    Replaced(Own),
}

/// What the client gets without the service.
#[derive(Clone, Debug)]
pub(crate) enum Own {
    NotSent,
    MaybeSent,
    Permanent,
    Response { status: u16, body: &'static str, hint: Option<Hint> },
}

/// How a response says how long to wait.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Hint {
    Seconds(u64),
    Fraction(u64),
    Date(i64),
    List(u64),
    Reset(i64),
    /// A date, in a response that does not say what time it is.
    Undated(i64),
    /// A reset in a response that is dated 1970.
    Epoch,
    Junk,
}

/// What a hint means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Meant {
    Wait(Duration),
    /// Until a date of the wall clock, in seconds since 1970.
    Until(i64),
}

impl Hint {
    fn any(rng: &mut Rng) -> Option<Self> {
        let seconds = pick(rng, &[0, 1, 3, 20, 59, 61, 600, 3_700]);
        let signed = i64::try_from(seconds).unwrap_or(0);
        Some(match rng.u32(..12) {
            0 => return None,
            1 | 2 => Self::Seconds(seconds),
            3 => Self::Fraction(seconds),
            4 | 5 => Self::Date(signed),
            6 => Self::Date(-signed),
            7 => Self::List(seconds),
            8 => Self::Reset(signed),
            9 => Self::Undated(signed),
            10 => {
                if rng.bool() {
                    Self::Epoch
                } else {
                    Self::Seconds(365 * 24 * 60 * 60)
                }
            }
            _ => Self::Junk,
        })
    }

    /// Writes the headers, and returns what they mean.
    pub(crate) fn write(self, headers: &mut HeaderMap, now: OffsetDateTime) -> Option<Meant> {
        let mut set = |name: &'static str, value: String| {
            if let Ok(value) = HeaderValue::try_from(value) {
                headers.insert(name, value);
            }
        };
        let wait = |seconds: i64| Some(Meant::Wait(Duration::from_secs(u64::try_from(seconds).unwrap_or(0))));
        let date_in = |seconds: i64| http_date(now.unix_timestamp().saturating_add(seconds));
        // Dates before 1970 cannot be written.
        let since_1970 = |seconds: i64| now.unix_timestamp().saturating_add(seconds).max(0) - now.unix_timestamp();
        match self {
            Self::Seconds(seconds) => {
                set("retry-after", seconds.to_string());
                Some(Meant::Wait(Duration::from_secs(seconds)))
            }
            Self::Fraction(seconds) => {
                set("retry-after", format!("{seconds}.25"));
                Some(Meant::Wait(Duration::from_millis(1_000 * seconds + 250)))
            }
            Self::Date(seconds) => {
                set("retry-after", date_in(seconds));
                wait(since_1970(seconds))
            }
            Self::List(seconds) => {
                set("retry-after", format!("1, {seconds}, soon"));
                Some(Meant::Wait(Duration::from_secs(seconds.max(1))))
            }
            Self::Reset(seconds) => {
                set("x-featureratelimit-remaining", "0".to_owned());
                set("x-featureratelimit-reset", date_in(seconds));
                wait(since_1970(seconds))
            }
            Self::Undated(seconds) => {
                set("retry-after", date_in(seconds));
                headers.remove("date");
                Some(Meant::Until(now.unix_timestamp().saturating_add(seconds)))
            }
            Self::Epoch => {
                set("date", http_date(0));
                set("x-featureratelimit-remaining", "0".to_owned());
                set("x-featureratelimit-reset", http_date(4_000_000_000));
                wait(4_000_000_000)
            }
            Self::Junk => {
                set("retry-after", "soon".to_owned());
                None
            }
        }
    }
}

/// Chooses how a request travels, with a fault or without.
pub(crate) fn way(rng: &mut Rng, fault: Option<Fault>, is_fresh: bool, timeout: Duration) -> Way {
    let (there, back) = (millis(rng, 1..120), millis(rng, 1..80));
    let once = vec![there];
    let service = |change| Answer::Service { copy: 0, after: back, change };
    let own = |own| Answer::Own { after: there + back, own };
    let page = |status| Own::Response { status, body: "<html><title>proxy</title></html>", hint: None };
    let (deliveries, answer) = match fault {
        None => (once, service(Change::Unchanged)),
        Some(Fault::DeadConnection) if is_fresh => (once, service(Change::Unchanged)),
        Some(Fault::Refused) => (vec![], own(Own::NotSent)),
        Some(Fault::SlowConnect) => (vec![], Answer::Own { after: timeout / 2, own: Own::NotSent }),
        Some(Fault::RequestLost | Fault::DeadConnection) => (vec![], own(Own::MaybeSent)),
        Some(Fault::BlackHole) => (vec![], Answer::Nothing),
        Some(Fault::ResponseLost) => (once, if rng.bool() { Answer::Nothing } else { service(Change::Lost) }),
        Some(Fault::Late) => {
            let status = pick(rng, &[500, 502, 503, 504, 408]);
            let error = Own::Response { status, body: "", hint: None };
            let answer = [Answer::Nothing, own(Own::MaybeSent), own(error)][rng.usize(..3)].clone();
            let most = pick(rng, &[500, 5_000, 90_000]);
            (vec![there + millis(rng, 50..most)], answer)
        }
        Some(Fault::Slow) => {
            let most = pick(rng, &[1_000, 10_000, 60_000]);
            let after = millis(rng, 200..most);
            (once, Answer::Service { copy: 0, after, change: Change::Unchanged })
        }
        Some(Fault::Doubled) => {
            let copy = rng.usize(..2);
            (
                vec![there, there + millis(rng, 1..3_000)],
                Answer::Service { copy, after: back, change: Change::Unchanged },
            )
        }
        Some(Fault::Truncated) => (once, service(Change::Cut(rng.u8(..)))),
        Some(Fault::CutSilently) => (once, service(Change::CutSilently(rng.u8(..)))),
        Some(Fault::TooLarge) => (once, service(Change::TooLarge)),
        Some(Fault::Empty) => (once, service(Change::Empty)),
        Some(Fault::ProxyPage) => {
            if chance(rng, 50) {
                (once, service(Change::Replaced(page(pick(rng, &[200, 303, 502, 503, 504, 520])))))
            } else {
                (vec![], own(page(pick(rng, &[200, 302, 303, 403, 407, 502, 503, 504]))))
            }
        }
        Some(Fault::OtherJson) => {
            let body = pick(rng, &["{}", "[]", "null", "{\"ok\":true}", "{\"data\":{}}", "{\"users\":null}"]);
            let other = Own::Response { status: 200, body, hint: None };
            if rng.bool() { (once, service(Change::Replaced(other))) } else { (vec![], own(other)) }
        }
        Some(Fault::Throttled) => {
            let status = pick(rng, &[420, 429, 429]);
            (
                vec![],
                own(Own::Response { status, body: "{\"error\":{\"message\":\"slow down\"}}", hint: Hint::any(rng) }),
            )
        }
        Some(Fault::ServerError) => {
            let hint = if chance(rng, 30) { Hint::any(rng) } else { None };
            let error = Own::Response { status: pick(rng, &[408, 500, 501, 502, 503, 503, 504]), body: "", hint };
            if rng.bool() { (once, service(Change::Replaced(error))) } else { (vec![], own(error)) }
        }
        Some(Fault::Spent) => {
            let hint = Hint::Reset(pick(rng, &[0, 1, 5, 70, 4_000]));
            (once, service(Change::Spent(hint)))
        }
        Some(Fault::NoDate) => (once, service(Change::NoDate)),
        Some(Fault::Permanent) => (vec![], own(Own::Permanent)),
    };
    Way { fault, deliveries, answer }
}

/// The date of HTTP, from 1970 to 9999.
pub(crate) fn http_date(seconds: i64) -> String {
    let seconds = u64::try_from(seconds).unwrap_or(0).min(253_402_300_799);
    httpdate::fmt_http_date(std::time::UNIX_EPOCH + Duration::from_secs(seconds))
}
