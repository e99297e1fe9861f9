//! Reading a request from the bytes that arrive, in pieces of any size.

use http::header::{CONTENT_LENGTH, EXPECT, HeaderName, HeaderValue, TRANSFER_ENCODING};
use http::{HeaderMap, Method, Request, StatusCode, Uri, Version};

const MAX_HEAD: usize = 256 * 1024;
const MAX_HEADERS: usize = 4096;
const MAX_BODY: usize = 16 * 1024 * 1024;
const MAX_CHUNK_LINE: usize = 4096;
const FIRST_LOOK: usize = 1024;

/// The response to bytes that are not a request for the account.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Refusal {
    pub(super) status: StatusCode,
    pub(super) why: &'static str,
}

impl Refusal {
    fn new(status: StatusCode, why: &'static str) -> Self {
        Self { status, why }
    }

    fn bad(why: &'static str) -> Self {
        Self::new(StatusCode::BAD_REQUEST, why)
    }
}

/// A request that is being received.
#[derive(Debug, Default)]
pub(super) struct Message {
    /// Bytes that have arrived and are not parsed yet.
    raw: Vec<u8>,
    head: Option<Head>,
    body: Vec<u8>,
}

#[derive(Debug)]
struct Head {
    request: Request<()>,
    framing: BodyLength,
}

#[derive(Debug)]
enum BodyLength {
    Length(usize),
    Chunked(ChunkState),
}

#[derive(Debug)]
enum ChunkState {
    Size,
    Data(usize),
    DataEnd,
    Trailers(usize),
}

#[derive(Debug)]
pub(super) enum Received {
    More {
        wants_continue: bool,
    },
    Done {
        request: Box<Request<Vec<u8>>>,
        /// The number of pushed bytes after the end of this request.
        unused: usize,
    },
}

impl Message {
    pub(super) fn push(&mut self, fresh: &[u8]) -> Result<Received, Refusal> {
        self.raw.extend_from_slice(fresh);
        let mut expects = false;
        if self.head.is_none() {
            // A long head that arrives byte by byte is parsed at line breaks only. A short one is parsed at every
            // byte, so that a client that does not speak HTTP gets its response before a whole line.
            if self.raw.len() > FIRST_LOOK && !fresh.contains(&b'\n') {
                return self.more_head();
            }
            let Some((head, length)) = parse_head(&self.raw)? else {
                return self.more_head();
            };
            if length > MAX_HEAD {
                return Err(too_large());
            }
            self.raw.drain(..length);
            expects = head
                .request
                .headers()
                .get(EXPECT)
                .is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"100-continue"));
            self.head = Some(head);
        }
        let Some(head) = &mut self.head else {
            return self.more_head();
        };
        let complete = match &mut head.framing {
            BodyLength::Length(length) => {
                let complete = self.raw.len() >= *length;
                if complete {
                    self.body = self.raw.drain(..*length).collect();
                }
                complete
            }
            BodyLength::Chunked(state) => unchunk(state, &mut self.raw, &mut self.body)?,
        };
        if !complete {
            return Ok(Received::More { wants_continue: expects && self.raw.is_empty() && self.body.is_empty() });
        }
        let unused = self.raw.len();
        let body = std::mem::take(&mut self.body);
        let (parts, ()) = match self.head.take() {
            Some(head) => head.request.into_parts(),
            None => return self.more_head(),
        };
        Ok(Received::Done { request: Box::new(Request::from_parts(parts, body)), unused })
    }

    fn more_head(&self) -> Result<Received, Refusal> {
        if self.raw.len() > MAX_HEAD {
            return Err(too_large());
        }
        Ok(Received::More { wants_continue: false })
    }
}

fn too_large() -> Refusal {
    let status = StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE;
    Refusal::new(status, "The head of the request is too large")
}

/// The head and its length, once it is whole.
fn parse_head(raw: &[u8]) -> Result<Option<(Head, usize)>, Refusal> {
    let mut room = 64;
    loop {
        let mut headers = vec![httparse::EMPTY_HEADER; room];
        let mut parsed = httparse::Request::new(&mut headers);
        match parsed.parse(raw) {
            Ok(httparse::Status::Partial) => return Ok(None),
            Ok(httparse::Status::Complete(length)) => {
                return Ok(Some((convert(&parsed)?, length)));
            }
            Err(httparse::Error::TooManyHeaders) if room < MAX_HEADERS => room *= 2,
            Err(httparse::Error::TooManyHeaders) => return Err(too_large()),
            Err(_) => return Err(Refusal::bad("This is not HTTP/1.1")),
        }
    }
}

fn convert(parsed: &httparse::Request<'_, '_>) -> Result<Head, Refusal> {
    let method = parsed.method.unwrap_or_default();
    let method = Method::from_bytes(method.as_bytes()).map_err(|_| Refusal::bad("The method is not valid"))?;
    let target = parsed.path.unwrap_or_default();
    if target.len() >= usize::from(u16::MAX) {
        return Err(Refusal::new(StatusCode::URI_TOO_LONG, "The target is too long"));
    }
    // A target of the form `//a/b` is a path here, and would be an authority for the parser.
    let target =
        if target.starts_with('/') { Uri::builder().path_and_query(target).build().ok() } else { target.parse().ok() };
    let target = target.ok_or(Refusal::bad("The target is not valid"))?;
    let mut headers = HeaderMap::new();
    for header in parsed.headers.iter() {
        let name = HeaderName::from_bytes(header.name.as_bytes());
        let value = HeaderValue::from_bytes(header.value);
        let (Ok(name), Ok(value)) = (name, value) else {
            return Err(Refusal::bad("A header is not valid"));
        };
        headers.try_append(name, value).map_err(|_| too_large())?;
    }
    let framing = body_framing(&headers)?;
    let mut request = Request::new(());
    *request.method_mut() = method;
    *request.uri_mut() = target;
    *request.version_mut() = match parsed.version {
        Some(0) => Version::HTTP_10,
        _ => Version::HTTP_11,
    };
    *request.headers_mut() = headers;
    Ok(Head { request, framing })
}

fn body_framing(headers: &HeaderMap) -> Result<BodyLength, Refusal> {
    let mut lengths = headers.get_all(CONTENT_LENGTH).iter();
    let length = lengths.next();
    if lengths.any(|other| Some(other) != length) {
        return Err(Refusal::bad("There is more than one content-length"));
    }
    let mut codings = headers.get_all(TRANSFER_ENCODING).iter();
    match (codings.next(), codings.next(), length) {
        (None, _, None) => Ok(BodyLength::Length(0)),
        (None, _, Some(length)) => {
            let digits = length.to_str().unwrap_or("");
            if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
                return Err(Refusal::bad("content-length is not a number"));
            }
            match digits.parse() {
                Ok(length) if length <= MAX_BODY => Ok(BodyLength::Length(length)),
                _ => Err(body_too_large()),
            }
        }
        (Some(_), _, Some(_)) => Err(Refusal::bad("There is both a content-length and a transfer-encoding")),
        (Some(coding), None, None) if coding.as_bytes().eq_ignore_ascii_case(b"chunked") => {
            Ok(BodyLength::Chunked(ChunkState::Size))
        }
        _ => Err(Refusal::new(StatusCode::NOT_IMPLEMENTED, "No transfer-encoding but chunked is understood")),
    }
}

fn body_too_large() -> Refusal {
    Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, "The body is too large")
}

/// Moves complete chunks from `raw` to `body`, and returns whether the body is complete.
fn unchunk(state: &mut ChunkState, raw: &mut Vec<u8>, body: &mut Vec<u8>) -> Result<bool, Refusal> {
    let mut rest = raw.as_slice();
    let complete = loop {
        match state {
            ChunkState::Size => match httparse::parse_chunk_size(rest) {
                Ok(httparse::Status::Complete((used, size))) => {
                    rest = rest.get(used..).unwrap_or_default();
                    let size = usize::try_from(size).unwrap_or(usize::MAX);
                    if size > MAX_BODY.saturating_sub(body.len()) {
                        return Err(body_too_large());
                    }
                    *state = match size {
                        0 => ChunkState::Trailers(0),
                        size => ChunkState::Data(size),
                    };
                }
                Ok(httparse::Status::Partial) if rest.len() <= MAX_CHUNK_LINE => break false,
                _ => return Err(Refusal::bad("The size of a chunk is not valid")),
            },
            ChunkState::Data(left) => {
                let (data, after) = rest.split_at_checked(*left).unwrap_or((rest, &[]));
                body.extend_from_slice(data);
                rest = after;
                *left -= data.len();
                if *left > 0 {
                    break false;
                }
                *state = ChunkState::DataEnd;
            }
            ChunkState::DataEnd => match rest {
                [b'\r', b'\n', after @ ..] => {
                    rest = after;
                    *state = ChunkState::Size;
                }
                [] | [b'\r'] => break false,
                _ => return Err(Refusal::bad("A chunk does not end where it said")),
            },
            ChunkState::Trailers(length) => {
                let end = rest.iter().position(|byte| *byte == b'\n');
                let Some(end) = end else {
                    if rest.len() > MAX_HEAD {
                        return Err(too_large());
                    }
                    break false;
                };
                let (line, after) = rest.split_at_checked(end + 1).unwrap_or((rest, &[]));
                rest = after;
                if matches!(line, [b'\n'] | [b'\r', b'\n']) {
                    break true;
                }
                *length += line.len();
                if *length > MAX_HEAD {
                    return Err(too_large());
                }
            }
        }
    };
    let used = raw.len() - rest.len();
    raw.drain(..used);
    Ok(complete)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole(bytes: &[u8]) -> (Request<Vec<u8>>, usize) {
        match Message::default().push(bytes) {
            Ok(Received::Done { request, unused }) => (*request, unused),
            other => panic!("{other:?}"),
        }
    }

    fn refused(bytes: &[u8]) -> u16 {
        Message::default().push(bytes).unwrap_err().status.as_u16()
    }

    const CHUNKED: &[u8] =
        b"POST /a HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n3;x=y\r\nabc\r\n2\r\nde\r\n0\r\nt: u\r\n\r\n";

    #[test]
    fn a_chunked_body_is_put_together() {
        assert_eq!(whole(CHUNKED).0.body(), b"abcde");
    }

    #[test]
    fn a_message_may_come_byte_by_byte() {
        let mut message = Message::default();
        let (last, most) = CHUNKED.split_last().unwrap();
        for byte in most {
            assert!(matches!(message.push(&[*byte]), Ok(Received::More { .. })));
        }
        let done = message.push(&[*last]).unwrap();
        assert!(matches!(done, Received::Done { request, unused: 0 } if request.body() == b"abcde"));
    }

    #[test]
    fn bytes_after_a_message_are_left() {
        let mut bytes = CHUNKED.to_vec();
        bytes.extend_from_slice(b"GET / HTTP/1.1\r\n\r\n");
        assert_eq!(whole(&bytes).1, 18);
        let (request, unused) = whole(b"PUT /a HTTP/1.1\r\ncontent-length: 2\r\n\r\nhi!");
        assert_eq!((request.body().as_slice(), unused), (b"hi".as_slice(), 1));
    }

    #[test]
    fn a_target_with_two_slashes_is_a_path() {
        let (request, _) = whole(b"GET //evil.example/x?y HTTP/1.1\r\n\r\n");
        assert_eq!(request.uri().host(), None);
        assert_eq!(request.uri().path(), "//evil.example/x");
    }

    #[test]
    fn ambiguous_framing_is_refused() {
        assert_eq!(refused(b"\x16\x03\x01\x02\x00"), 400);
        assert_eq!(refused(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), 400);
        let post = |rest: &str| refused(format!("POST /a HTTP/1.1\r\n{rest}").as_bytes());
        assert_eq!(post("content-length: 1\r\ncontent-length: 2\r\n\r\n"), 400);
        assert_eq!(post("content-length: +1\r\n\r\n"), 400);
        assert_eq!(post("content-length: 99999999999999999999999\r\n\r\n"), 413);
        assert_eq!(post("content-length: 1\r\ntransfer-encoding: chunked\r\n\r\n"), 400);
        assert_eq!(post("transfer-encoding: gzip\r\n\r\n"), 501);
        assert_eq!(post("transfer-encoding: chunked\r\n\r\nxyz\r\n"), 400);
        assert_eq!(post("transfer-encoding: chunked\r\n\r\n1\r\nabc"), 400);
        assert_eq!(post("transfer-encoding: chunked\r\n\r\nfffffffffffff\r\n"), 413);
    }

    #[test]
    fn floods_are_refused() {
        let many = format!("GET / HTTP/1.1\r\n{}\r\n", "a: b\r\n".repeat(MAX_HEADERS + 1));
        assert_eq!(refused(many.as_bytes()), 431);
        let long = format!("GET / HTTP/1.1\r\na: {}", "b".repeat(MAX_HEAD));
        assert_eq!(refused(long.as_bytes()), 431);
        let target = format!("GET /{} HTTP/1.1\r\n\r\n", "a".repeat(70_000));
        assert_eq!(refused(target.as_bytes()), 414);
    }

    #[test]
    fn only_a_missing_body_is_asked_for() {
        let head = b"PUT /a HTTP/1.1\r\nexpect: 100-Continue\r\ncontent-length: 2\r\n\r\n";
        let progress = Message::default().push(head);
        assert!(matches!(progress, Ok(Received::More { wants_continue: true })));
        let progress = Message::default().push(&[head.as_slice(), b"h"].concat());
        assert!(matches!(progress, Ok(Received::More { wants_continue: false })));
    }

    #[test]
    fn damaged_messages_in_any_pieces_are_read_or_refused() {
        let mut state = 0x9e37_79b9_7f4a_7c15_u64;
        let mut roll = |sides: usize| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            usize::try_from(state >> 11).unwrap() % sides
        };
        let (mut done, mut refused) = (0, 0);
        for _ in 0..20_000 {
            let mut bytes = CHUNKED.to_vec();
            for _ in 0..roll(3) {
                let place = roll(bytes.len());
                bytes[place] = u8::try_from(roll(256)).unwrap();
            }
            let mut message = Message::default();
            let mut rest = bytes.as_slice();
            while !rest.is_empty() {
                let (piece, after) = rest.split_at(1 + roll(rest.len()));
                rest = after;
                match message.push(piece) {
                    Ok(Received::More { .. }) => continue,
                    Ok(Received::Done { unused, .. }) => {
                        assert!(unused < piece.len());
                        done += 1;
                    }
                    Err(_) => refused += 1,
                }
                break;
            }
        }
        assert!(done > 1000 && refused > 1000, "{done} {refused}");
    }
}
